/** What a workspace needs of a disk, so that tests and remote folders can stand in for one. */

export type FileKind = 'file' | 'folder' | 'link' | 'other';
export interface Named { readonly name: string; readonly kind: FileKind }
interface Stat { readonly kind: FileKind; readonly size: number; readonly mtime: number }

/** Paths are absolute, with `/`. Every method rejects with an error whose `code` is that of the system: `ENOENT`, `EACCES`… */
export interface Files {
  /** Names in a folder, links not followed, in any order. */
  names(folder: string): Promise<readonly Named[]>;
  /** Of what a link leads to. */
  stat(path: string): Promise<Stat>;
  /** The path with every link followed, with `/`. */
  realpath(path: string): Promise<string>;
  /** All bytes of a regular file. Rejects with `TOO_LARGE` past the limit, and with `NOT_A_FILE` for pipes, sockets and folders. */
  read(path: string, limit: number): Promise<Uint8Array>;
}

/** The `code` of a system error; empty when it has none. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** An error like those of the system. */
export function fault(code: string, path: string): Error & { readonly code: string } {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

/** What a promise gives, or undefined where the file is not there or cannot be had. */
export async function maybe<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (codeOf(error) === '') throw error;
    return undefined;
  }
}
