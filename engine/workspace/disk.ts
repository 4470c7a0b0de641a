/** The workspace on a disk. */
import { basename, resolve } from 'node:path';
import { isDirty } from '../node/git/dirty';
import { diskFiles, posix } from './disk-files';
import type { Files } from './files';
import type { Limits } from './open';
import { LIMITS, openFiles } from './open';
import type { Workspace } from './workspace';

interface DiskOptions {
  /** gitignore patterns of paths that are not looked at. */
  readonly exclude?: readonly string[];
  /** Default: a megabyte a file, 50,000 files. */
  readonly limits?: Partial<Limits>;
  /** Default: those of node. */
  readonly files?: Files;
}

/** Opens a folder of the disk. Nothing is read before it is asked for. */
export function openDisk(root: string, { exclude = [], limits, files = diskFiles }: DiskOptions = {}): Workspace {
  const absolute = resolve(root);
  return openFiles({
    files, name: basename(absolute), root: posix(absolute).replace(/\/$/, ''), shown: absolute, exclude, limits: { ...LIMITS, ...limits },
    dirty: (repository, commit) => isDirty(files, repository, commit),
  });
}
