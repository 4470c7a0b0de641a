// What a workbench has told: it takes notifications away after some seconds, and often somebody asks later.

/** @typedef {import('playwright-core').Page} Page */

const HEARD = '__notifications';

/**
 * Notes every notification from now on.
 * @param {Page} page  before it is opened
 */
export async function noteNotifications(page) {
  await page.addInitScript((heard) => {
    if (globalThis !== globalThis.top) return; // webviews have none
    const texts = globalThis[heard] = [];
    const known = new WeakMap();
    new MutationObserver(() => {
      for (const message of document.getElementsByClassName('notification-list-item-message')) {
        const text = message.textContent.trim();
        if (text === '' || known.get(message) === text) continue;
        known.set(message, text);
        texts.push(text);
      }
    }).observe(document, { subtree: true, childList: true, characterData: true });
  }, HEARD);
}

/**
 * @param {Page} page
 * @returns {Promise<string[]>} the texts of all notifications so far, in their order
 */
export const notifications = (page) => page.evaluate((heard) => globalThis[heard] ?? [], HEARD);
