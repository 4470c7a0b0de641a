// The text editor of a workbench: open a file, see a squiggle, read its hover, take a quick fix.
import { until } from '../../../scripts/host.mjs';
import { chooseFrom } from './quick-input.mjs';
import { walkTo } from './walking.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {'error' | 'warning' | 'info' | 'hint'} Severity */

const MENU_ENTRY = '.action-widget .monaco-list-row.action';

/**
 * Opens a file by name, as with Ctrl+P.
 * @param {Page} page
 * @param {string} path  relative to the folder, with forward slashes
 * @returns {Promise<void>} when its text is on screen
 */
export async function openFile(page, path) {
  const name = path.split('/').at(-1);
  await chooseFrom(page, 'Control+P', path, `[aria-label^="${name}"]`);
  await page.locator(`.tab.active[aria-label^="${name}"]`).first().waitFor();
  await page.locator('.editor-instance .view-line').first().waitFor();
}

/** The line of the open file, among those on screen, that contains a text. */
export const line = (page, text) => page.locator('.view-line', { hasText: text }).first();

/**
 * Waits until a line is underlined.
 * @param {Page} page
 * @param {string} text  somewhere in the line
 * @param {Severity} [severity]  default: any
 * @returns {Promise<{ x: number, y: number, width: number, height: number }>} where the squiggle is, in CSS pixels
 */
export function untilSquiggle(page, text, severity) {
  return until(`a squiggle under ${text}`, async () => (await squiggles(page, text, severity))?.[0]);
}

/** Waits until a line is there and nothing in it is underlined. */
export function untilNoSquiggle(page, text) {
  return until(`no squiggle under ${text}`, async () => (await squiggles(page, text))?.length === 0);
}

/** The boxes of the squiggles in a line; undefined while the line is not on screen. */
async function squiggles(page, text, severity) {
  const place = await line(page, text).boundingBox({ timeout: 1000 }).catch(() => null);
  if (!place) return undefined;
  const kinds = severity ? [severity] : ['error', 'warning', 'info', 'hint'];
  const all = await page.locator(kinds.map((kind) => `.squiggly-${kind}`).join(', '))
    .evaluateAll((elements) => elements.map((element) => element.getBoundingClientRect().toJSON()));
  // Squiggles are no children of the line: they are laid over it.
  return all.filter(({ y, height }) => y + height / 2 > place.y && y + height / 2 < place.y + place.height);
}

/**
 * Points at the squiggle of a line and waits for what it says.
 * @param {Page} page
 * @param {string} text  somewhere in the line
 * @param {string | RegExp} says  part of the hover
 * @returns {Promise<string>} the whole hover as text
 */
export async function hover(page, text, says) {
  const box = await untilSquiggle(page, text);
  const bubble = page.locator('.monaco-hover-content', { hasText: says }).filter({ visible: true }).first();
  let side = 0;
  // The bubble appears when the mouse has come to rest: so move it, a little, and wait.
  await until(`a hover over ${text}`, async () => {
    await page.mouse.move(box.x + box.width / 2 + (side++ % 2), box.y + box.height / 2);
    return bubble.waitFor({ timeout: 3000 }).then(() => true, () => false);
  });
  return bubble.innerText();
}

/**
 * Opens the quick fix menu at the squiggle of a line. The key is not pressed before the light bulb has come: VS Code asks for it shortly
 * after the cursor has moved, and a menu that is still being asked for then never opens. Where either does not come, it is closed and the
 * cursor moved again, as a person would: a second press alone would choose the first entry of a menu that was only late.
 * @param {Page} page
 * @param {string} text  somewhere in the line
 * @param {string} title  of an entry to wait for
 * @returns {Promise<string[]>} the titles of all entries
 */
export async function openQuickFixes(page, text, title) {
  const bulb = page.locator('.lightBulbWidget').filter({ visible: true });
  const box = await untilSquiggle(page, text);
  await until(`a menu of fixes at ${text} with "${title}"`, async () => {
    await page.keyboard.press('Escape'); // a hover that is in the way, or a menu of another line
    await page.locator(MENU_ENTRY).first().waitFor({ state: 'hidden' });
    // From another line: then the bulb that comes is the new one.
    await page.keyboard.press('Control+End');
    await bulb.waitFor({ state: 'detached' });
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    if (!await bulb.waitFor({ timeout: 6000 }).then(() => true, () => false)) return false;
    await page.mouse.move(0, 0); // an entry under the mouse would take the focus
    await page.keyboard.press('Control+.');
    return page.locator(MENU_ENTRY, { hasText: title }).first().waitFor({ timeout: 6000 }).then(() => true, () => false);
  }, { limit: 60_000 });
  return page.locator(MENU_ENTRY).allInnerTexts();
}

/** Takes an entry of the open quick fix menu: by keyboard, because an older VS Code covers the page while a menu is open. */
export async function applyQuickFix(page, title) {
  await walkTo(page, page.locator(`${MENU_ENTRY}.focused`), title);
  await page.keyboard.press('Enter');
  await page.locator(MENU_ENTRY).first().waitFor({ state: 'hidden' });
}

/** Undoes the last edit of the editor that has the focus. */
export const undo = (page) => page.keyboard.press('Control+Z');

/** Types at the end of the open file, without the editor closing brackets or choosing suggestions for us. */
export async function typeAtEnd(page, text) {
  await page.locator('.editor-instance .view-line').first().click();
  await page.keyboard.press('Control+End');
  await page.keyboard.insertText(text);
}
