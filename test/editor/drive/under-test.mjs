// What the driven tests share: the package that is tested, and a picture of each failure.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The packaged extension: $SHIPWORTHY_VSIX, or the one in the root. */
export const VSIX = process.env.SHIPWORTHY_VSIX ?? join(dirname(fileURLToPath(import.meta.url)), '../../../shipworthy.vsix');

/**
 * Takes a picture when a test has failed and $SHIPWORTHY_SHOTS names a folder.
 * @param {import('playwright-core').Page | undefined} page  undefined: there is nothing to see
 * @param {{ state?: string, title: string }} test
 * @param {string} kind  the first part of the file's name
 */
export async function pictureOfFailure(page, { state, title }, kind) {
  const folder = process.env.SHIPWORTHY_SHOTS;
  if (state !== 'failed' || !folder || !page) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `failed-${kind}-${title.replaceAll(/\W+/g, '-')}.png`) });
}
