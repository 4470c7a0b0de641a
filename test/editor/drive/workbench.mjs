// A workbench in a browser, with Shipworthy in it and a copy of a folder open: what a person has in front of them.
import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ensureHost, installVsix, openBrowser, pageUrl, remoteUri, startServer, temporaryFolder, until,
} from '../../../scripts/host.mjs';
import { noteNotifications } from './notifications.mjs';

const DRIVEN_SETTINGS = {
  'git.enabled': false,
  'editor.cursorBlinking': 'solid', // screenshots can be compared
  'workbench.quickOpen.closeOnFocusLost': false, // a panel that has just opened takes the focus away when it is drawn
};
const FIRST_PAGE = 60_000;
const ANY_STEP = 20_000;

/** The folder that is opened unless another is asked for. */
export const WORKSPACE = join(dirname(fileURLToPath(import.meta.url)), '../workspace');

/**
 * The themes that everything must be readable in: the name that settings know, the name that people read, the class that
 * the workbench bears, and the kind (data-vscode-theme-kind) that the body of a webview bears.
 */
export const THEMES = {
  'Default Light Modern': { label: 'Light Modern', workbench: 'light_modern', webview: 'vscode-light' },
  'Default Dark Modern': { label: 'Dark Modern', workbench: 'dark_modern', webview: 'vscode-dark' },
  'Default High Contrast': { label: 'Dark High Contrast', workbench: 'hc_black', webview: 'vscode-high-contrast' },
  'Default High Contrast Light': { label: 'Light High Contrast', workbench: 'hc_light', webview: 'vscode-high-contrast-light' },
};

/**
 * @typedef {object} Workbench
 * @property {import('playwright-core').Page} page
 * @property {string} folder  the copy of the workspace, on disk
 * @property {() => Promise<void>} close  stops server and browser, removes every file
 */

/**
 * Opens a copy of a folder in a real VS Code.
 * @param {object} options
 * @param {'newest' | 'oldest'} [options.host]
 * @param {string} [options.vsix]       path of the packaged extension to install: what a user gets
 * @param {string} [options.extension]  or the folder of a built one to load as it is, which is quicker to try
 * @param {string} [options.workspace]  folder to copy
 * @param {keyof THEMES} [options.theme]
 * @param {Record<string, unknown>} [options.settings]
 * @param {{ width: number, height: number }} [options.viewport]  CSS pixels
 * @returns {Promise<Workbench>} once the explorer lists the folder
 * @throws {Error} when anything does not start; everything is stopped then
 */
export async function openWorkbench({
  host: name = 'newest', vsix, extension, workspace = WORKSPACE, theme = 'Default Light Modern', settings = {}, viewport,
}) {
  const host = await ensureHost(name, console.log);
  const home = temporaryFolder();
  const folder = join(home.path, 'workspace');
  const all = { ...DRIVEN_SETTINGS, ...settings };
  const opened = [];
  const close = async () => {
    for (const part of opened.reverse()) await part();
    home.remove();
  };
  try {
    cpSync(workspace, folder, { recursive: true });
    if (vsix) await installVsix(host, home.path, vsix);
    const server = await startServer(host, { data: home.path, driven: Boolean(extension), settings: { ...all, 'workbench.colorTheme': theme } });
    opened.push(server.stop);
    const browser = await openBrowser(viewport);
    opened.push(browser.close);
    const { page } = browser;
    page.setDefaultTimeout(ANY_STEP);
    await noteNotifications(page);
    const payload = extension ? [['extensionDevelopmentPath', remoteUri(server, extension)]] : [];
    await page.goto(pageUrl(server, folder, payload), { timeout: FIRST_PAGE });
    await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: FIRST_PAGE });
    await untilTheme(page, theme, FIRST_PAGE);
    return { page, folder, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Waits until the workbench is drawn in a theme.
 * @param {import('playwright-core').Page} page
 * @param {keyof THEMES} theme
 * @param {number} [timeout]  milliseconds
 */
export async function untilTheme(page, theme, timeout = ANY_STEP) {
  await page.locator(`.monaco-workbench.vscode-theme-defaults-themes-${THEMES[theme].workbench}-json`).waitFor({ timeout });
}

/**
 * Takes a screenshot once the picture no longer changes.
 * @param {import('playwright-core').Page} page
 * @param {string} [path]  of the .png to write
 * @returns {Promise<Buffer>}
 * @throws {Error} when it still changes after ten seconds
 */
export async function screenshot(page, path) {
  let last = await page.screenshot();
  return until('a picture that stands still', async () => {
    const next = await page.screenshot(path ? { path } : {});
    const still = next.equals(last);
    last = next;
    return still && next;
  }, { limit: 10_000, every: 100 });
}
