// One run of a bundle of suites inside one VS Code. The page tells VS Code what to load and hears from it how it went:
// with --enable-smoke-test-driver the workbench calls two functions of its page, codeAutomationLog and codeAutomationExit.
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openBrowser, pageUrl, pause, remoteUri, startServer, temporaryFolder } from '../../scripts/host.mjs';

const EXIT = { hostDied: 96, noResults: 97, tooLate: 98 };

/**
 * @typedef {{ title: string, state: 'passed' | 'failed' | 'skipped', milliseconds?: number, error?: string }} Result
 */

/**
 * Runs a bundle once, in a fresh server, browser, home and copy of the workspace.
 * @param {import('../../scripts/host/install.mjs').Host} host
 * @param {object} options
 * @param {string} options.extension  folder of the extension under test, built
 * @param {string} options.bundle     the file that exports run()
 * @param {string} options.workspace  folder to give the suites a copy of
 * @param {number} options.limit      milliseconds for the whole run
 * @param {string} [options.grep]     only tests whose title matches
 * @param {boolean} [options.verbose] show the console of the workbench
 * @returns {Promise<{ code: number, results: Result[] }>} whatever went wrong is among the results
 * @throws {Error} when the server or the browser does not start
 */
export async function runInHost(host, { extension, bundle, workspace, limit, grep, verbose = false }) {
  const home = temporaryFolder();
  const folder = join(home.path, 'workspace');
  const resultsFile = join(home.path, 'results.json');
  // Before the server starts: its file watcher can miss a folder made inside a folder that was made just now.
  cpSync(workspace, folder, { recursive: true });
  let server;
  let browser;
  try {
    server = await startServer(host, {
      data: home.path,
      driven: true,
      settings: { 'git.enabled': false },
      environment: { HOST_TEST_RESULTS: resultsFile, ...(grep ? { HOST_TEST_GREP: grep } : {}) },
    });
    browser = await openBrowser();
    const url = pageUrl(server, folder, [
      ['extensionDevelopmentPath', remoteUri(server, extension)],
      ['extensionTestsPath', remoteUri(server, bundle)],
    ]);
    if (verbose) browser.page.on('console', (message) => console.log(`     ${message.type()}: ${message.text()}`));
    // A host that was killed never calls codeAutomationExit.
    const died = [server.hostDied, server.ended].map((sentence) => sentence.then((problem) => ({ code: EXIT.hostDied, problem })));
    const end = await endOfRun(browser.page, url, limit, died);
    return judge(end, readReport(resultsFile), server.log());
  } finally {
    await browser?.close();
    await server?.stop();
    home.remove();
  }
}

/**
 * Opens the page and waits for the first of: VS Code's exit code, the time limit, another end.
 * @param {import('playwright-core').Page} page
 * @param {string} url
 * @param {number} limit  milliseconds
 * @param {Promise<{ code: number, problem: string }>[]} [others]
 * @returns {Promise<{ code: number, problem?: string }>}
 */
export async function endOfRun(page, url, limit, others = []) {
  const timer = new AbortController();
  let exit;
  const exited = new Promise((resolve) => { exit = resolve; });
  await page.exposeFunction('codeAutomationExit', (code) => exit({ code }));
  await page.exposeFunction('codeAutomationLog', () => {});
  try {
    await page.goto(url, { timeout: 60_000 });
    return await Promise.race([
      exited,
      ...others,
      pause(limit, timer.signal).then(() => ({ code: EXIT.tooLate, problem: `The suites did not end within ${limit / 1000} s.` })),
    ]);
  } finally {
    timer.abort();
  }
}

/**
 * Turns what the suite wrote and how the host ended into results that never look better than they are.
 * @param {{ code: number, problem?: string }} end  VS Code's exit code, or why there is none
 * @param {{ finished: boolean, results: (Result | Omit<Result, 'state'> & { state: 'running' })[] } | undefined} report
 * @param {string} log  shown where the run came to no end
 */
export function judge({ code, problem }, report, log) {
  const results = (report?.results ?? [])
    .map((result) => (result.state === 'running' ? { ...result, state: 'failed', error: problem ?? 'It was never finished.' } : result));
  const failed = results.some(({ state }) => state === 'failed');
  const fail = (title, error) => results.push({ title, state: 'failed', error });
  if (problem) {
    if (!failed) fail('the extension host runs the suites to their end', `${problem}\n${log.trim().split('\n').slice(-15).join('\n')}`);
    return { code, results };
  }
  if (!report?.finished || results.length === 0) {
    fail('the suites report their results', `VS Code ended with exit code ${code}, and ${report ? 'the report is not complete' : 'there is no report'}.`);
    return { code: code || EXIT.noResults, results };
  }
  if (code === 0 && failed) return { code: 1, results };
  if (code !== 0 && !failed) fail('VS Code ends well', `It ended with exit code ${code}.`);
  return { code, results };
}

function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
