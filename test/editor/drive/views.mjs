// What Shipworthy shows beside the text: its view in the side bar, its commands, its report.
import { until } from '../../../scripts/host.mjs';
import { chooseFrom, chooseNext } from './quick-input.mjs';
import { walkTo } from './walking.mjs';
import { THEMES, untilTheme } from './workbench.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('playwright-core').Locator} Locator */

/** The selector of the container in the side bar. */
export const REPORT_CARD = '[id="workbench.view.extension.shipworthy"]';
const FOCUSED = `${REPORT_CARD} .monaco-list-row.focused`;

/**
 * Opens Shipworthy in the side bar.
 * @param {Page} page
 * @returns {Promise<Locator>} the whole container
 */
export async function openContainer(page) {
  const container = page.locator(REPORT_CARD);
  const icon = page.locator('.activitybar a.action-label[aria-label^="Shipworthy"]');
  await icon.waitFor(); // its extension may only just be loading
  // Once: a second click would close it again.
  if (!await container.isVisible()) await icon.click({ force: true }); // the badge lies over its middle, and hands the click on
  await container.waitFor();
  await page.mouse.move(0, 0); // else the icon's tooltip comes up, sooner or later
  return container;
}

/** The rows of the report card, in the side bar, that contain a text; all without one. */
export function rows(page, text) {
  return page.locator(`${REPORT_CARD} .monaco-list-row`, text === undefined ? {} : { hasText: text });
}

/**
 * Expands the rows of the report card from the top, by keyboard: with a mouse, rows can move under it. Goes back to the top then.
 * @param {Page} page
 * @param {number} [limit]  rows that are looked at
 */
export async function expandRows(page, limit = 12) {
  await focusList(page);
  await page.keyboard.press('Home');
  const focused = page.locator(FOCUSED);
  await focused.and(page.locator('[data-index="0"]')).waitFor();
  for (let left = limit; left > 0; left--) {
    if (await focused.getAttribute('aria-expanded') === 'false') await enter(page);
    else await page.keyboard.press('ArrowDown');
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

/** Gives the keys to the report card: before anything is typed, or it would be typed into a file. */
async function focusList(page) {
  await runCommand(page, 'Shipworthy: Focus on Report card View');
  await page.locator(`${REPORT_CARD} .monaco-list:focus`).waitFor();
  await rows(page).first().waitFor();
}

/**
 * Goes to a row of the report card by keyboard.
 * @param {Page} page
 * @param {...string} labels  of the rows on the way down, each expanded but the last; beginnings that no row before has
 */
export async function focusRow(page, ...labels) {
  await focusList(page);
  await page.keyboard.press('Control+ArrowLeft'); // collapses all: it is less far
  await page.keyboard.press('Home');
  await page.locator(`${FOCUSED}[data-index="0"]`).waitFor();
  for (const [depth, label] of labels.entries()) {
    await walkTo(page, page.locator(FOCUSED), label);
    if (depth < labels.length - 1) await enter(page);
  }
}

/** Expands the row that has the focus, and goes to the first in it: that may come later, and out of sight. */
async function enter(page) {
  const at = () => page.locator(FOCUSED).evaluate(({ dataset }) => Number(dataset.index));
  const index = await at();
  // The key expands, does nothing while there is nothing in it yet, and then goes in.
  await until('what is in the row', async () => {
    await page.keyboard.press('ArrowRight');
    return await at() > index;
  }, { limit: 20_000, every: 200 });
}

/**
 * Takes an entry of the context menu of the row that has the focus, by keyboard.
 * @param {Page} page
 * @param {string} title  part of the entry's
 */
export async function contextMenu(page, title) {
  const entries = page.locator('.monaco-menu .action-item');
  await page.keyboard.press('Shift+F10');
  await entries.first().waitFor();
  await walkTo(page, page.locator('.monaco-menu .action-item.focused'), title);
  await page.keyboard.press('Enter');
  await entries.first().waitFor({ state: 'hidden' });
}

/**
 * Runs a command out of the command palette.
 * @param {Page} page
 * @param {string} title  with its category: "Shipworthy: Open Report"
 */
export async function runCommand(page, title) {
  await invoke(page, title);
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
  await invoke(page, 'Preferences: Color Theme');
  await chooseNext(page, 'Color Theme', THEMES[theme].label);
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
