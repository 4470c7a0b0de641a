// What a workbench shows, in words: for whoever reads of a failure and was not there.
import { notifications } from './notifications.mjs';
import { REPORT_CARD } from './views.mjs';

/** @typedef {import('playwright-core').Page} Page */

/**
 * Describes what is on screen.
 * @param {Page} page
 * @returns {Promise<string>} one line each for notifications, questions, menus, editor, report card and focus; never throws
 */
export async function scene(page) {
  const texts = async (selector, limit = 12, length = 200) => (await page.locator(selector).filter({ visible: true }).allInnerTexts())
    .slice(0, limit).map((text) => text.replaceAll(/\s+/g, ' ').trim().slice(0, length)).filter(Boolean);
  const said = {
    'notifications so far': () => notifications(page),
    'the box at the top': () => texts('.quick-input-title, .quick-input-message, .quick-input-list .monaco-list-row'),
    'typed there': () => page.locator('.quick-input-widget input').filter({ visible: true }).evaluateAll((inputs) => inputs.map(({ value }) => value)),
    'quick fixes': () => texts('.action-widget .monaco-list-row.action'),
    'context menu': () => texts('.monaco-menu .action-item', 30),
    'bubbles': () => texts('.monaco-editor-overlaymessage, .monaco-hover-content', 3),
    'editor': () => texts('.tab.active'),
    'its text': () => texts('.editor-instance .view-lines', 1),
    'report card': () => texts(`${REPORT_CARD} .monaco-list-row`, 40, 50),
    'the row with the focus': () => texts(`${REPORT_CARD} .monaco-list-row.focused`),
    'keys go to': async () => [await page.evaluate(() => { const { tagName, className, ariaLabel } = document.activeElement ?? {}; return `${tagName} ${className} ${ariaLabel ?? ''}`; })],
  };
  const lines = [];
  for (const [what, look] of Object.entries(said)) {
    const found = await look().catch((reason) => [`cannot be seen: ${reason.message.split('\n', 1)[0]}`]);
    if (found.length > 0) lines.push(`${what}: ${found.map((each) => JSON.stringify(each)).join(', ')}`);
  }
  return lines.join('\n');
}
