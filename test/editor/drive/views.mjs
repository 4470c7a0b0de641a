// What Shipworthy shows beside the text: its view in the side bar, its commands, its report.
import { until } from '../../../scripts/host.mjs';
import { chooseFrom, chooseNext } from './quick-input.mjs';
import { persistently, SHORT, THEMES, untilTheme } from './workbench.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('playwright-core').Locator} Locator */

const CONTAINER = '[id="workbench.view.extension.shipworthy"]';

/**
 * Opens Shipworthy in the side bar.
 * @param {Page} page
 * @returns {Promise<Locator>} the whole container
 */
export async function openContainer(page) {
  const container = page.locator(CONTAINER);
  const icon = page.locator('.activitybar a.action-label[aria-label^="Shipworthy"]');
  await icon.waitFor(); // its extension may only just be loading
  // A second click would close it again.
  await until('the side bar with Shipworthy', async () => {
    if (await container.isVisible()) return true;
    await icon.click({ force: true }); // the badge lies over its middle, and hands the click on
    return container.isVisible();
  }, { every: 500 });
  await page.mouse.move(0, 0); // else the icon's tooltip comes up, sooner or later
  return container;
}

/** The rows of the report card, in the side bar, that contain a text; all without one. */
export function rows(page, text) {
  return page.locator(`${CONTAINER} .monaco-list-row`, text === undefined ? {} : { hasText: text });
}

/**
 * Expands the rows of the report card from the top, by keyboard: with a mouse, rows can move under it. Goes back to the top then.
 * @param {Page} page
 * @param {number} [limit]  rows that are looked at
 */
export async function expandRows(page, limit = 12) {
  await runCommand(page, 'Shipworthy: Focus on Report card View');
  const focused = page.locator(`${CONTAINER} .monaco-list-row.focused`);
  await persistently(async () => {
    await page.keyboard.press('Home');
    await focused.waitFor(SHORT);
  });
  for (let left = limit; left > 0; left--) {
    if (await focused.getAttribute('aria-expanded') === 'false') {
      await page.keyboard.press('ArrowRight');
      // What is in it comes later, and would push the next row away from under the focus.
      const [index, level] = await focused.evaluate((row) => [Number(row.dataset.index), Number(row.ariaLevel)]);
      await page.locator(`${CONTAINER} .monaco-list-row[data-index="${index + 1}"][aria-level="${level + 1}"]`).waitFor();
    }
    await page.keyboard.press('ArrowDown');
  }
  await page.keyboard.press('Home');
}

/**
 * Draws the edge of the side bar, with the mouse.
 * @param {Page} page
 * @param {number} width  CSS pixels
 */
export async function widenSideBar(page, width) {
  const bar = await page.locator('.part.sidebar').boundingBox();
  const y = bar.y + bar.height / 2;
  await page.mouse.move(bar.x + bar.width, y);
  await page.mouse.down();
  await page.mouse.move(bar.x + width, y, { steps: 4 });
  await page.mouse.up();
  await page.mouse.move(0, 0);
}

/**
 * Goes to a row of the report card by keyboard: a list jumps to what is typed.
 * @param {Page} page
 * @param {...string} labels  of the rows on the way down, each expanded but the last; beginnings that no row before has
 */
export async function focusRow(page, ...labels) {
  await runCommand(page, 'Shipworthy: Focus on Report card View');
  for (const [depth, label] of labels.entries()) {
    const row = rows(page, label).first();
    if (depth > 0) {
      await persistently(async () => {
        await page.keyboard.press('ArrowRight');
        await row.waitFor(SHORT);
      });
    }
    const focused = page.locator(`${CONTAINER} .monaco-list-row.focused`, { hasText: label });
    await persistently(async () => {
      await page.keyboard.type(label.split(' ')[0]); // a blank would choose the row
      await focused.waitFor(SHORT);
    });
  }
}

/**
 * Takes an entry of the context menu of the row that has the focus, by keyboard.
 * @param {Page} page
 * @param {string} title  part of the entry's
 */
export async function contextMenu(page, title) {
  const entries = page.locator('.monaco-menu .action-item');
  await persistently(async () => {
    await page.keyboard.press('Shift+F10');
    await entries.first().waitFor(SHORT);
  });
  const chosen = page.locator('.monaco-menu .action-item.focused', { hasText: title });
  await until(`"${title}" to be chosen`, async () => {
    if (await chosen.count() > 0) return true;
    await page.keyboard.press('ArrowDown');
    return false;
  }, { limit: 10_000, every: 100 });
  await page.keyboard.press('Enter');
  await entries.first().waitFor({ state: 'hidden' });
}

/**
 * Runs a command out of the command palette.
 * @param {Page} page
 * @param {string} title  with its category: "Shipworthy: Open Report"
 */
export async function runCommand(page, title) {
  await persistently(() => invoke(page, title));
  await page.mouse.move(0, 0); // else a tooltip of what was under the box comes up
}

const invoke = (page, title) => chooseFrom(page, 'F1', `>${title}`, `:has-text("${title}")`);

/** Closes every editor and panel, and shows the explorer: as it was when the folder was opened. */
export async function startAfresh(page) {
  await runCommand(page, 'View: Close All Editors');
  await page.locator('.tab').first().waitFor({ state: 'detached' });
  await runCommand(page, 'View: Show Explorer');
  await page.locator('.explorer-folders-view').waitFor();
}

/**
 * Switches the colour theme, as a person would. (A changed settings file is not noticed by a running workbench.)
 * @param {Page} page
 * @param {keyof THEMES} theme
 * @returns {Promise<void>} when the workbench is drawn in it
 */
export async function switchTheme(page, theme) {
  await persistently(async () => {
    await invoke(page, 'Preferences: Color Theme');
    await chooseNext(page, 'Color Theme', THEMES[theme].label);
  });
  await untilTheme(page, theme);
}

/**
 * Opens the report and waits until it is drawn.
 * @param {Page} page
 * @returns {Promise<import('playwright-core').FrameLocator>} the document inside the panel
 */
export async function openReport(page) {
  await runCommand(page, 'Shipworthy: Open Report');
  await page.locator('.tab[aria-label^="Shipworthy report"]').first().waitFor();
  const document = webview(page);
  await document.locator('h1').first().waitFor();
  return document;
}

/**
 * The document of the webview that is on screen: an iframe in an iframe. Hidden ones stay in the page.
 * @param {Page} page
 */
export function webview(page) {
  return page.locator('iframe.webview.ready').filter({ visible: true }).last().contentFrame().frameLocator('#active-frame');
}
