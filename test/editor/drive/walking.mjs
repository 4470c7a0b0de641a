// Going through a list by keyboard to an entry that is known by its words: every step is seen before the next, and what is said at the end
// tells the way, so that a key is never pressed on the strength of a guess.
import { until } from '../../../scripts/host.mjs';

/**
 * Presses a key until an entry has the focus.
 * @param {import('playwright-core').Page} page
 * @param {import('playwright-core').Locator} focused  whatever entry of the list has the focus, or none
 * @param {string} words  in the entry that is wanted
 * @param {{ key?: string, most?: number }} [options]  the most entries to pass
 * @throws {Error} with the entries that were passed, when it is not among them
 */
export async function walkTo(page, focused, words, { key = 'ArrowDown', most = 60 } = {}) {
  const at = async () => (await focused.evaluateAll((entries) => entries.map(({ dataset, ariaLabel, textContent }) => `${dataset.index ?? ''} ${textContent} ${ariaLabel ?? ''}`))).join();
  const passed = [];
  let here = await at();
  while (!passed.includes(here) && passed.length < most) {
    if (here.includes(words)) return;
    passed.push(here);
    await page.keyboard.press(key);
    here = await until(`the entry after "${here}"`, async () => {
      const now = await at();
      return now !== passed.at(-1) && now;
    }, { limit: 10_000, every: 20 });
  }
  throw new Error(`"${words}" is not in the list: ${passed.join(' | ')}`);
}
