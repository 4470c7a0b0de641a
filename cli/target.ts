import { accessSync, constants, existsSync, realpathSync, statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { line } from '../report/escape';
import { UsageError } from './exit';

/** What `check` looks at: a folder and, when a file was named, the path in it whose findings are wanted. */
export interface Target {
  /** Absolute, links resolved. */
  readonly folder: string;
  /** Relative to the folder, with `/`. */
  readonly file?: string;
}

/**
 * The folder or file that `given` names, seen from `cwd`. A file belongs to `cwd` when it is below it; else to the nearest
 * folder above it with a `shipworthy.json` or a repository, else to its own folder.
 * Throws UsageError when there is nothing to read.
 */
export function target(given: string, cwd: string): Target {
  const shown = line(given);
  const real = resolved(path.resolve(cwd, given), shown);
  const stats = inspect(real, shown);
  if (stats.isDirectory()) {
    if (!readable(real, true)) throw new UsageError(`The folder ${shown} cannot be read: permission denied.`);
    return { folder: real };
  }
  if (!stats.isFile()) throw new UsageError(`${shown} is neither a folder nor a file. Name the folder of the project.`);
  if (!readable(real, false)) throw new UsageError(`The file ${shown} cannot be read: permission denied.`);
  const folder = home(real, resolved(cwd, '.'));
  return { folder, file: path.relative(folder, real).split(path.sep).join('/') };
}

function resolved(absolute: string, shown: string): string {
  try {
    return realpathSync(absolute);
  } catch (error) {
    throw new UsageError(refusal(error, shown));
  }
}

function inspect(absolute: string, shown: string): Stats {
  try {
    return statSync(absolute);
  } catch (error) {
    throw new UsageError(refusal(error, shown));
  }
}

function refusal(error: unknown, shown: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return `There is no file or folder ${shown}.`;
  if (code === 'EACCES' || code === 'EPERM') return `${shown} cannot be read: permission denied.`;
  if (code === 'ELOOP') return `${shown} cannot be read: its links lead in a circle.`;
  return `${shown} cannot be read (${String(code ?? error)}).`;
}

function readable(absolute: string, folder: boolean): boolean {
  try {
    accessSync(absolute, folder ? constants.R_OK | constants.X_OK : constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function home(file: string, cwd: string): string {
  if (inside(file, cwd)) return cwd;
  const own = path.dirname(file);
  for (let folder = own; path.dirname(folder) !== folder; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'shipworthy.json')) || existsSync(path.join(folder, '.git'))) return folder;
  }
  return own;
}

function inside(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '' && relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}
