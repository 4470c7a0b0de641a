// The boxes in which the editor asks one thing after another: answered by keyboard, as a person does.
import { until } from '../../../scripts/host.mjs';

/** @typedef {import('playwright-core').Page} Page */

const BOX = '.quick-input-widget';
const field = (page) => page.locator(`${BOX} input`).first();
const message = (page) => page.locator(`${BOX} .quick-input-message`).first();

/** Presses a key in the box, also where something else has taken the focus meanwhile, such as a panel that was just drawn. */
const press = (page, key) => field(page).press(key);

/**
 * Waits until the editor asks for a text.
 * @param {Page} page
 * @param {string} prompt  part of what is asked
 * @returns {Promise<string>} what is suggested
 */
export async function untilAsked(page, prompt) {
  await page.locator(`${BOX} .quick-input-message`, { hasText: prompt }).first().waitFor();
  return field(page).inputValue();
}

/**
 * Types an answer and presses Enter, and waits until the editor asks for something else, or for nothing.
 * @param {Page} page
 * @param {string} prompt  part of what is asked
 * @param {string} [text]  undefined takes what is suggested
 */
export async function answer(page, prompt, text) {
  await untilAsked(page, prompt);
  if (text !== undefined) await field(page).fill(text);
  await press(page, 'Enter');
  await page.locator(`${BOX} .quick-input-message`, { hasText: prompt }).first().waitFor({ state: 'hidden' });
}

/**
 * Types answers that are not taken, and puts back what was suggested.
 * @param {Page} page
 * @param {string} prompt  part of what is asked
 * @param {Readonly<Record<string, string>>} refusals  why an answer is not taken, word for word, by the answer
 */
export async function refused(page, prompt, refusals) {
  const suggested = await untilAsked(page, prompt);
  for (const [text, sentence] of Object.entries(refusals)) {
    await field(page).fill(text);
    await press(page, 'Enter');
    await until(`"${sentence}"`, async () => (await message(page).innerText()).includes(sentence));
  }
  // Where nothing was suggested, anything that is taken brings the prompt back.
  await field(page).fill(suggested || 'x');
  await untilAsked(page, prompt);
}

/**
 * Takes an entry of a list that the editor shows.
 * @param {Page} page
 * @param {string} title  of the list
 * @param {string} label  typed; the entry begins with it
 * @returns {Promise<string>} all that the list said
 */
export async function pick(page, title, label) {
  await page.locator(`${BOX} .quick-input-title`, { hasText: title }).first().waitFor();
  await field(page).fill(label);
  await page.locator(`${BOX} .monaco-list-row.focused[aria-label^="${label}"]`).waitFor();
  const said = `${await field(page).getAttribute('placeholder')}\n${await page.locator(`${BOX} .monaco-list`).filter({ visible: true }).innerText()}`;
  await press(page, 'Enter');
  return said;
}

/** Presses Escape, and waits until nothing is asked any more. */
export async function leave(page) {
  await press(page, 'Escape');
  await page.locator(BOX).first().waitFor({ state: 'hidden' });
}
