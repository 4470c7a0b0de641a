// One run of a bundle of suites inside VS Code for the Web, whose extension host is a web worker of the page.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { openBrowser, temporaryFolder } from '../../scripts/host.mjs';
import { startWeb } from '../../scripts/host/web.mjs';
import { RESULT } from './build.mjs';
import { endOfRun, judge } from './run-in-host.mjs';

/**
 * Runs a bundle once, in a fresh page over a copy of the workspace. Like `runInHost`.
 * @param {import('../../scripts/host/install.mjs').Host} host  whose workbench is taken
 * @param {object} options
 * @param {string} options.extension
 * @param {string} options.bundle     made for a worker
 * @param {string} options.workspace
 * @param {number} options.limit      milliseconds
 * @param {boolean} [options.verbose]
 * @returns {Promise<{ code: number, results: import('./run-in-host.mjs').Result[] }>}
 */
export async function runInWeb(host, { extension, bundle, workspace, limit, verbose = false }) {
  const home = temporaryFolder();
  const folder = join(home.path, 'workspace');
  cpSync(workspace, folder, { recursive: true });
  let served;
  let browser;
  try {
    served = await startWeb(host, { data: home.path, folder, extension, bundle });
    browser = await openBrowser();
    const report = { finished: false, results: [] };
    const said = [];
    listen(browser.page, report, said, verbose);
    const end = await endOfRun(browser.page, served.url, limit);
    return judge(end, report, said.join('\n'));
  } finally {
    await browser?.close();
    served?.stop();
    home.remove();
  }
}

/** Listens to the console of the page: what comes is added to the report, or to what was said besides. */
function listen(page, report, said, verbose) {
  page.on('console', (message) => {
    const text = message.text();
    const at = text.indexOf(RESULT);
    if (at >= 0) return take(report, JSON.parse(text.slice(at + RESULT.length)));
    said.push(text);
    if (verbose) console.log(`     ${message.type()}: ${text}`);
  });
  page.on('pageerror', (error) => said.push(String(error)));
}

function take(report, { finished = false, ...result }) {
  if (finished) { report.finished = true; return; }
  const known = report.results.find(({ title, state }) => title === result.title && state === 'running');
  if (known) Object.assign(known, result);
  else report.results.push(result);
}
