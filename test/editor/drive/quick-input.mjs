// The box at the top of the workbench that files, commands and themes are chosen from.
import { until } from '../../../scripts/host.mjs';

/** @typedef {import('playwright-core').Page} Page */

const BOX = '.quick-input-widget';
const input = (page) => page.locator(`${BOX} input`).filter({ visible: true }).first();
/** A workbench that is just drawing itself can miss a key; one that has not is this quick at least, in milliseconds. */
const MISSED = 8000;

/**
 * Opens the box, types, and takes an entry, once it is there.
 * @param {Page} page
 * @param {string} key    that opens it
 * @param {string} text   to type
 * @param {string} entry  what to add to the selector of an entry, such as [aria-label^="settings.py"]
 * @throws {Error} when the box or the entry does not come, or the box stays
 */
export async function chooseFrom(page, key, text, entry) {
  await until(`the box that ${key} opens`, async () => {
    if (await input(page).count() === 0) await page.keyboard.press(key);
    return input(page).waitFor({ timeout: MISSED }).then(() => true, () => false);
  });
  await input(page).fill(text);
  await page.locator(`${BOX} .monaco-list-row${entry}`).first().click();
  // What was chosen may ask in the same box.
  await until(`"${text}" to be taken`, async () => (await input(page).evaluateAll((inputs) => inputs.map(({ value }) => value))).every((value) => value !== text));
}

/**
 * Goes on in a box that a command has opened: types and takes the entry that has the focus then.
 * @param {Page} page
 * @param {string} placeholder  part of what the empty box says
 * @param {string} text         to type; the label of the entry begins with it
 * @throws {Error} as chooseFrom
 */
export async function chooseNext(page, placeholder, text) {
  const next = page.locator(`${BOX} input[placeholder*="${placeholder}"]`);
  await next.fill(text);
  await page.locator(`${BOX} .monaco-list-row.focused[aria-label^="${text}"]`).waitFor();
  await next.press('Enter');
  await next.waitFor({ state: 'hidden' });
}
