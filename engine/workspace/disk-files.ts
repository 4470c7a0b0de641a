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

  read(path, limit) {
    return promptly(() => readNow(path, limit), () => readLater(path, limit));
  },
};

/** A pipe without a writer would keep `open` waiting for ever. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

function readNow(path: string, limit: number): Uint8Array {
  const file = openSync(path, FLAGS);
  try {
    const bytes = spaceFor(file, path, limit);
    let length = 0;
    for (let more = bytes.length > 0; more; more = length < bytes.length) {
      const bytesRead = readSync(file, bytes, length, bytes.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

async function readLater(path: string, limit: number): Promise<Uint8Array> {
  const file = await opened(path, FLAGS);
  try {
    // Of an open file this and closing it wait for nothing, and asked in the background each would cost as much as the reading itself.
    const bytes = spaceFor(file, path, limit);
    let length = 0;
    for (let more = bytes.length > 0; more; more = length < bytes.length) {
      const { bytesRead } = await readFrom(file, bytes, length, bytes.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

/** Room for what is in an open file. Throws where it is no file, or too large. */
function spaceFor(file: number, path: string, limit: number): Uint8Array {
  const found = fstatSync(file);
  if (!found.isFile()) throw fault('NOT_A_FILE', path);
  if (found.size > limit) throw fault('TOO_LARGE', path);
  return new Uint8Array(found.size);
}

/** `C:\x\y` as `C:/x/y`, which Windows takes as well. */
export function posix(path: string): string {
  return process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
}
