/** Folders on the real disk for tests, taken away when the test ends. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Notice } from '../../engine/audit/outcome';
import { openDisk } from '../../engine/workspace/disk';
import { diskFiles } from '../../engine/workspace/disk-files';
import type { Files } from '../../engine/workspace/files';
import { fault } from '../../engine/workspace/files';
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

type Options = NonNullable<Parameters<typeof openDisk>[1]>;

export interface OnDisk {
  readonly folder: Folder;
  made(files?: Readonly<Record<string, string | Uint8Array>>): Folder;
  listed(options?: Options): Promise<Listing>;
  paths(): Promise<readonly string[]>;
  /** Text of a file that must be read. */
  text(path: string): Promise<string>;
  /** The notice of a file that must not be: it names the path and is a whole sentence. */
  refusal(path: string, options?: Options): Promise<Notice>;
  /** The disk, with some paths that the system refuses. */
  refusing(code: string, ...refused: readonly string[]): Files;
}

/** A folder for each test of the suite this is called in, and the workspace in it. */
export function onDisk(): OnDisk {
  let folder: Folder | undefined;
  const here = (): Folder => {
    assert.ok(folder, 'made() comes first');
    return folder;
  };
  afterEach(() => folder?.remove());
  return {
    get folder() { return here(); },
    made(files) {
      folder = makeFolder(files);
      return folder;
    },
    listed: (options) => openDisk(here().root, options).list(),
    paths: async () => pathsOf(await openDisk(here().root).list()),
    async text(path) {
      const reading = await openDisk(here().root).read(path);
      assert.ok('text' in reading, 'notice' in reading ? reading.notice.message : '');
      return reading.text;
    },
    async refusal(path, options) {
      const reading = await openDisk(here().root, options).read(path);
      assert.ok('notice' in reading, 'it was read');
      assert.equal(reading.notice.path, path);
      assert.ok(reading.notice.message.includes(path) && reading.notice.message.endsWith('.'), reading.notice.message);
      return reading.notice;
    },
    refusing(code, ...refused) {
      const check = (path: string) => {
        if (refused.some((one) => path === `${here().root}/${one}`)) throw fault(code, path);
      };
      return {
        ...diskFiles,
        async names(path) { check(path); return diskFiles.names(path); },
        async read(path, limit) { check(path); return diskFiles.read(path, limit); },
      };
    },
  };
}
