import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A folder of its own for each test of a suite, gone afterwards. Call it inside `describe`; the answer is for use inside tests. */
export function temporaryFolder(): { readonly path: string; write(name: string, text?: string): string } {
  let folder = '';
  beforeEach(() => { folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'shipworthy-cli-'))); });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return {
    get path() { return folder; },
    write(name, text = '') {
      const file = path.join(folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
      return file;
    },
  };
}
