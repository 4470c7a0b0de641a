/** Folders on the real disk for tests, taken away when the test ends. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Listing } from '../../engine/workspace/workspace';
import { COMMIT, indexOf } from './git';

export interface Folder {
  readonly root: string;
  write(files: Readonly<Record<string, string | Uint8Array>>): void;
  link(path: string, to: string): void;
  /** Makes it a repository that tracks these paths. */
  track(...paths: readonly string[]): void;
  remove(): void;
}

export function makeFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): Folder {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'shipworthy-')));
  const write: Folder['write'] = (added) => {
    for (const [path, content] of Object.entries(added)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
  };
  write(files);
  return {
    root, write,
    link(path, to) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      symlinkSync(to, join(root, path));
    },
    track(...paths) {
      write({ '.git/HEAD': 'ref: refs/heads/main\n', '.git/refs/heads/main': `${COMMIT}\n`, '.git/index': indexOf(paths) });
    },
    remove() {
      rmSync(root, { recursive: true, force: true });
    },
  };
}

export function pathsOf(listing: Listing): readonly string[] {
  return listing.entries.map((entry) => entry.path);
}
