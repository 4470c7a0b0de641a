/**
 * The objects of a git repository, read from its files: no process is started and nothing is written. Loose objects and packs
 * are read, deltas put together, and stores that this one borrows from (`objects/info/alternates`) are asked as well. Packs are
 * read where they are needed and never as a whole: those of old repositories are larger than memory. The formats are those of
 * git's Documentation/gitformat-pack.txt.
 */
import { readFile, readdir } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { inflateSync } from 'node:zlib';
import { codeOf } from '../../workspace/files';
import { GitFault, tooLarge } from './fault';
import type { Pack, Raw } from './pack';
import { openPack } from './pack';

export type Kind = 'commit' | 'tree' | 'blob' | 'tag';
export interface GitObject { readonly kind: Kind; readonly bytes: Uint8Array }

export interface Objects {
  /** An object by its whole name in hexadecimal digits; undefined when it is not here. Throws GitFault when it is damaged or too large. */
  read(id: string): Promise<GitObject | undefined>;
  /** Bytes of an object, without reading more of it than that takes; undefined when it is not here. */
  size(id: string): Promise<number | undefined>;
  /** The names that begin with these hexadecimal digits (four at least), at most two: one is meant, two are ambiguous. */
  beginning(digits: string): Promise<readonly string[]>;
  /** Closes the packs. */
  close(): Promise<void>;
}

/** Larger objects are no source and are not read. */
const LARGEST = 64 * 1024 * 1024;
/** Stores borrow from stores; git follows five. */
const DEEPEST = 5;

/**
 * Opens the objects of a repository. Nothing is read before it is asked for.
 * @param common absolute folder that a repository's worktrees share: with `objects` in it
 * @param hashLength bytes of an object's name: 20, or 32 in a SHA-256 repository
 */
export function openObjects(common: string, hashLength: 20 | 32): Objects {
  return new Stores(join(common, 'objects'), hashLength);
}

class Stores implements Objects {
  private opened: Promise<readonly Store[]> | undefined;

  constructor(private readonly folder: string, private readonly hashLength: 20 | 32) {}

  private stores(): Promise<readonly Store[]> {
    this.opened ??= storesFrom(this.folder, this.hashLength, 0);
    return this.opened;
  }

  async read(id: string): Promise<GitObject | undefined> {
    for (const store of await this.stores()) {
      const loose = await store.loose(id);
      if (loose) return loose;
      for (const pack of store.packs) {
        const offset = await pack.offset(id);
        if (offset === undefined) continue;
        const { kind, bytes } = await pack.read(offset, (base) => this.raw(base), LARGEST);
        return { kind, bytes };
      }
    }
    return undefined;
  }

  async size(id: string): Promise<number | undefined> {
    for (const store of await this.stores()) {
      for (const pack of store.packs) {
        const offset = await pack.offset(id);
        if (offset !== undefined) return pack.size(offset);
      }
    }
    return (await this.read(id))?.bytes.length;
  }

  async beginning(digits: string): Promise<readonly string[]> {
    const found = new Set<string>();
    for (const store of await this.stores()) {
      for (const id of await store.looseBeginning(digits)) found.add(id);
      for (const pack of store.packs) for (const id of await pack.beginning(digits)) found.add(id);
    }
    return [...found].sort().slice(0, 2);
  }

  async close(): Promise<void> {
    if (this.opened) for (const store of await this.opened) for (const pack of store.packs) await pack.close();
    this.opened = undefined;
  }

  /** What a delta is against when that is named and not placed: it may be in another pack. */
  private async raw(id: string): Promise<Raw> {
    const found = await this.read(id);
    if (!found) throw new GitFault(`The repository lacks the object ${id}. Run "git fsck" to see what is missing.`);
    return found;
  }
}

async function storesFrom(folder: string, hashLength: 20 | 32, depth: number): Promise<readonly Store[]> {
  const store = new Store(folder, await packsIn(folder, hashLength));
  if (depth >= DEEPEST) return [store];
  const others = (await textOf(join(folder, 'info', 'alternates')) ?? '').split(/\r?\n/).filter((one) => one !== '' && !one.startsWith('#'));
  const further = await Promise.all(others.map((one) => storesFrom(isAbsolute(one) ? one : resolve(folder, one), hashLength, depth + 1)));
  return [store, ...further.flat()];
}

async function packsIn(folder: string, hashLength: 20 | 32): Promise<readonly Pack[]> {
  const names = await namesIn(join(folder, 'pack'));
  return Promise.all(names.filter((name) => name.endsWith('.idx') && names.includes(name.replace(/idx$/, 'pack'))).sort()
    .map((name) => openPack(join(folder, 'pack', name.slice(0, -'.idx'.length)), hashLength)));
}

class Store {
  constructor(private readonly folder: string, readonly packs: readonly Pack[]) {}

  async loose(id: string): Promise<GitObject | undefined> {
    const path = join(this.folder, id.slice(0, 2), id.slice(2));
    const packed = await bytesOf(path);
    return packed && unpacked(packed, path);
  }

  async looseBeginning(digits: string): Promise<readonly string[]> {
    const first = digits.slice(0, 2);
    return (await namesIn(join(this.folder, first))).filter((name) => /^[0-9a-f]+$/.test(name) && name.startsWith(digits.slice(2))).map((name) => first + name);
  }
}

/** `blob 12`, a zero byte, and the bytes, all of it deflated. */
function unpacked(packed: Uint8Array, path: string): GitObject {
  const all = inflated(packed, path);
  const end = all.indexOf(0);
  const [, kind, size] = /^(commit|tree|blob|tag) (\d+)$/.exec(new TextDecoder().decode(all.subarray(0, Math.max(end, 0)))) ?? [];
  if (end < 0 || Number(size) !== all.length - end - 1) throw new GitFault(`${path} is damaged. Run "git fsck" to see what git says of it.`);
  return { kind: kind as Kind, bytes: all.subarray(end + 1) };
}

function inflated(packed: Uint8Array, path: string): Uint8Array {
  try {
    return inflateSync(packed, { maxOutputLength: LARGEST });
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(LARGEST);
    throw new GitFault(`${path} is damaged. Run "git fsck" to see what git says of it.`);
  }
}

async function bytesOf(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error))) return undefined;
    throw new GitFault(`${path} could not be read (${codeOf(error)}).`);
  }
}

async function textOf(path: string): Promise<string | undefined> {
  const bytes = await bytesOf(path);
  return bytes && new TextDecoder().decode(bytes);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}
