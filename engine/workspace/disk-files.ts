/** Files of a disk, through node. */
import { constants } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import type { FileKind, Files } from './files';
import { fault } from './files';

interface Kinded { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }

function kindOf(one: Kinded): FileKind {
  if (one.isSymbolicLink()) return 'link';
  return one.isFile() ? 'file' : one.isDirectory() ? 'folder' : 'other';
}

export const diskFiles: Files = {
  async names(folder) {
    const found = await readdir(folder, { withFileTypes: true });
    return found.map((one) => ({ name: one.name, kind: kindOf(one) }));
  },

  async stat(path) {
    const found = await stat(path);
    return { kind: kindOf(found), size: found.size, mtime: found.mtimeMs };
  },

  async realpath(path) {
    return posix(await realpath(path));
  },

  async read(path, limit) {
    // A pipe without a writer would keep `open` waiting for ever.
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const found = await file.stat();
      if (!found.isFile()) throw fault('NOT_A_FILE', path);
      if (found.size > limit) throw fault('TOO_LARGE', path);
      const bytes = new Uint8Array(found.size);
      let length = 0;
      for (let more = bytes.length > 0; more; more = length < bytes.length) {
        const { bytesRead } = await file.read(bytes, length, bytes.length - length, length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return bytes.subarray(0, length);
    } finally {
      await file.close();
    }
  },
};

/** `C:\x\y` as `C:/x/y`, which Windows takes as well. */
export function posix(path: string): string {
  return process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
}
