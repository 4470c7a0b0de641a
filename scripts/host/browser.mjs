// Chromium, as it is installed on this machine, driven through playwright-core (which brings no browser of its own).
import { accessSync, constants } from 'node:fs';
import { findProgram } from './processes.mjs';
import { within } from './waiting.mjs';

const CHROMIUM_ARGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const PATHS = ['/usr/bin/chromium', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium'];

/**
 * Finds Chromium or Chrome: $CHROMIUM, then PATH, then the usual places.
 * @returns {string} its path
 * @throws {Error} a sentence that says how to get one
 */
export function findChromium() {
  const given = process.env.CHROMIUM;
  if (given) {
    if (!isProgram(given)) throw new Error(`CHROMIUM is set to ${given}, and there is no program there.`);
    return given;
  }
  const found = PROGRAMS.map((name) => findProgram(name)).find(Boolean) ?? PATHS.find(isProgram);
  if (!found) throw new Error('No Chromium or Chrome was found: run scripts/system-packages.sh, or set CHROMIUM to its path.');
  return found;
}

/**
 * Starts a browser with one empty page.
 * @param {{ width?: number, height?: number }} [viewport]  CSS pixels
 * @returns {Promise<{ page: import('playwright-core').Page, close: () => Promise<void> }>}
 * @throws {Error} a sentence, when there is no browser, no playwright-core, or the browser does not start
 */
export async function openBrowser({ width = 1280, height = 800 } = {}) {
  const executablePath = findChromium();
  const { chromium } = await loadPlaywright();
  // Signals are the business of processes.mjs: playwright's own handlers would end this process before its server has ended.
  const browser = await chromium.launch({
    executablePath, args: CHROMIUM_ARGS, timeout: 60_000, handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false,
  });
  // A browser that does not close is killed by playwright when this process exits.
  const close = () => within('Closing the browser', browser.close(), 15_000);
  try {
    const page = await browser.newPage({ viewport: { width, height } });
    return { page, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function loadPlaywright() {
  try {
    return await import('playwright-core');
  } catch (error) {
    throw new Error(`playwright-core cannot be loaded: run npm ci. (${error.message.split('\n', 1)[0]})`);
  }
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
