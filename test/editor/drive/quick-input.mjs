// The box at the top of the workbench that files, commands and themes are chosen from.
import { SHORT } from './workbench.mjs';

const BOX = '.quick-input-widget';

/**
 * Opens the box, types, and takes an entry, in one go and quickly: see persistently().
 * @param {import('playwright-core').Page} page
 * @param {string} key    that opens it
 * @param {string} text   to type
 * @param {string} entry  what to add to the selector of an entry, such as [aria-label^="settings.py"]
 * @throws {Error} when a step takes too long; the box is closed then
 */
export async function chooseFrom(page, key, text, entry) {
  try {
    await page.keyboard.press(key);
    await page.locator(`${BOX} input`).first().fill(text, SHORT);
    await page.locator(`${BOX} .monaco-list-row${entry}`).first().click(SHORT);
  } catch (error) {
    await page.keyboard.press('Escape');
    throw error;
  }
}

/**
 * Goes on in a box that a command has opened: types and takes the entry that has the focus then.
 * @param {import('playwright-core').Page} page
 * @param {string} placeholder  part of what the empty box says
 * @param {string} text         to type; the label of the entry begins with it
 * @throws {Error} as chooseFrom
 */
export async function chooseNext(page, placeholder, text) {
  try {
    const input = page.locator(`${BOX} input[placeholder*="${placeholder}"]`);
    await input.fill(text, SHORT);
    await page.locator(`${BOX} .monaco-list-row.focused[aria-label^="${text}"]`).waitFor(SHORT);
    await page.keyboard.press('Enter');
    await input.waitFor({ state: 'hidden', ...SHORT });
  } catch (error) {
    await page.keyboard.press('Escape');
    throw error;
  }
}
