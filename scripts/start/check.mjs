// Proof that a started server is of use: its page is a workbench, and Shipworthy is in it.
import { openBrowser } from '../host/browser.mjs';

const LIMIT = 60_000;

/**
 * Asks the server over HTTP, then loads the page in a browser.
 * @param {import('../host/server.mjs').Server} server
 * @param {string} url  of the workbench
 * @throws {Error} a sentence
 */
export async function checkWorkbench(server, url) {
  const answer = await fetch(`${server.url}/version`, { signal: AbortSignal.timeout(LIMIT) });
  if (!answer.ok) throw new Error(`${server.url} answers with status ${answer.status}.`);
  const stranger = await fetch(server.url, { signal: AbortSignal.timeout(LIMIT) });
  if (stranger.ok) throw new Error(`${server.url} lets in anybody who does not know the token.`);
  const browser = await openBrowser();
  try {
    await browser.page.goto(url, { timeout: LIMIT });
    await appears(browser.page, '.explorer-folders-view .monaco-list-row', 'The explorer shows no file.');
    await appears(browser.page, '.activitybar a.action-label[aria-label^="Shipworthy"]', 'Shipworthy is not in the activity bar.');
  } finally {
    await browser.close();
  }
}

async function appears(page, selector, otherwise) {
  await page.locator(selector).first().waitFor({ timeout: LIMIT }).catch(() => { throw new Error(otherwise); });
}
