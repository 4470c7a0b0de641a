// One run of a bundle of suites inside VS Code for the Web, whose extension host is a web worker of the page.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { openBrowser, pause, temporaryFolder } from '../../scripts/host.mjs';
import { startWeb } from '../../scripts/host/web.mjs';
import { RESULT } from './build.mjs';
import { EXIT, judge } from './run-in-host.mjs';

/** Lines of the page's console that a failure of the whole run is shown with. */
const SHOWN = 15;

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
    const { end, report, said } = await follow(browser.page, served.url, { limit, verbose });
    return judge(end, report, said.slice(-SHOWN).join('\n'));
  } finally {
    await browser?.close();
    served?.stop();
    home.remove();
  }
}

/** Opens the page and listens to its console until VS Code says that it is over, or the time is. */
async function follow(page, url, { limit, verbose }) {
  const report = { finished: false, results: [] };
  const said = [];
  const timer = new AbortController();
  let exit;
  const exited = new Promise((resolve) => { exit = resolve; });
  await page.exposeFunction('codeAutomationExit', (code) => exit({ code }));
  await page.exposeFunction('codeAutomationLog', () => {});
  page.on('console', (message) => {
    const text = message.text();
    const at = text.indexOf(RESULT);
    if (at >= 0) take(report, JSON.parse(text.slice(at + RESULT.length)));
    else said.push(text);
    if (verbose && at < 0) console.log(`     ${message.type()}: ${text}`);
  });
  page.on('pageerror', (error) => said.push(String(error)));
  try {
    await page.goto(url, { timeout: 60_000 });
    const late = pause(limit, timer.signal).then(() => ({ code: EXIT.tooLate, problem: `The suites did not end within ${limit / 1000} s.` }));
    return { end: await Promise.race([exited, late]), report, said };
  } finally {
    timer.abort();
  }
}

function take(report, { finished = false, ...result }) {
  if (finished) { report.finished = true; return; }
  const known = report.results.find(({ title, state }) => title === result.title && state === 'running');
  if (known) Object.assign(known, result);
  else report.results.push(result);
}
