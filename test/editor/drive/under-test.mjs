// What the driven tests share: the package that is tested, and failures that explain themselves.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scene } from './scene.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../..');

/** The packaged extension: $SHIPWORTHY_VSIX, or the one in the root. */
export const VSIX = process.env.SHIPWORTHY_VSIX ?? join(ROOT, 'shipworthy.vsix');
/** Where pictures of failures are kept: $SHIPWORTHY_SHOTS, or a folder under out/. */
const SHOTS = process.env.SHIPWORTHY_SHOTS ?? join(ROOT, 'out/failures');

/**
 * Defines tests as mocha's it() does. When one fails, a picture is kept, and the error says what was on screen.
 * @param {string} kind  the first part of the picture's name
 * @param {() => import('playwright-core').Page} page  asked when a test has failed
 * @returns {(title: string, act: () => unknown) => void}
 */
export function witnessed(kind, page) {
  return (title, act) => {
    it(title, async function () {
      try {
        await act.call(this);
      } catch (error) {
        throw await explained(error, page(), `${kind}-${title}`);
      }
    });
  };
}

/** The same error with what is on screen, and where a picture of it is. */
async function explained(error, page, name) {
  mkdirSync(SHOTS, { recursive: true });
  const picture = join(SHOTS, `${name.replaceAll(/\W+/g, '-').slice(0, 120)}.png`);
  const kept = await page.screenshot({ path: picture }).then(() => `A picture of it: ${picture}`, (reason) => `No picture of it: ${reason.message.split('\n', 1)[0]}`);
  const message = `${error.message}\n${kept}\n${await scene(page)}\n`;
  error.stack = `${message}${(error.stack ?? '').replace(`${error.name}: ${error.message}`, '').replace(/^.*?\n(?=\s+at )/s, '\n')}`;
  error.message = message;
  return error;
}
