/** Files of a disk, through node. */
import { closeSync, constants, fstatSync, open, openSync, read, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { FileKind, Files } from './files';
import { fault } from './files';
import { promptly } from './promptly';

interface Kinded { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }

function kindOf(one: Kinded): FileKind {
  if (one.isSymbolicLink()) return 'link';
  return one.isFile() ? 'file' : one.isDirectory() ? 'folder' : 'other';
}

/** Handles as `node:fs/promises` makes them cost more than what is done with them here. */
const opened = promisify(open);
const readFrom = promisify(read);

export const diskFiles: Files = {
  async names(folder) {
    const found = await promptly(() => readdirSync(folder, { withFileTypes: true }), () => readdir(folder, { withFileTypes: true }));
    return found.map((one) => ({ name: one.name, kind: kindOf(one) }));
  },

  async stat(path) {
    const found = await promptly(() => statSync(path), () => stat(path));
    return { kind: kindOf(found), size: found.size, mtime: found.mtimeMs };
  },

  async realpath(path) {
    return posix(await promptly(() => realpathSync.native(path), () => realpath(path)));
  },

  async read(path, limit) {
    // A pipe without a writer would keep `open` waiting for ever.
    const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
    const file = await promptly(() => openSync(path, flags), () => opened(path, flags));
    try {
      // Of an open file these two wait for nothing, and asked in the background each would cost as much as the reading itself.
      const found = fstatSync(file);
      if (!found.isFile()) throw fault('NOT_A_FILE', path);
      if (found.size > limit) throw fault('TOO_LARGE', path);
      const bytes = new Uint8Array(found.size);
      let length = 0;
      for (let more = bytes.length > 0; more; more = length < bytes.length) {
        const [at, left] = [length, bytes.length - length];
        const bytesRead = await promptly(() => readSync(file, bytes, at, left, at), async () => (await readFrom(file, bytes, at, left, at)).bytesRead);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return bytes.subarray(0, length);
    } finally {
      closeSync(file);
    }
  },
};

/** `C:\x\y` as `C:/x/y`, which Windows takes as well. */
export function posix(path: string): string {
  return process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
}
