/**
 * Git's index (`.git/index`), versions 2 to 4: the paths git tracks. Read with care: the file may be half written, or be
 * something else altogether. The format is git's Documentation/gitformat-index.txt.
 */

export interface IndexEntry {
  /** Relative to the top of the repository, with `/`. */
  readonly path: string;
  /** A commit of another repository stands here: a submodule. */
  readonly submodule: boolean;
  /** Type and permissions as git counts them: 0o100644, 0o100755, 0o120000 for links, 0o160000, 0o040000 for a folder of a sparse index. */
  readonly mode: number;
  /** Name of the object, in hexadecimal digits. */
  readonly hash: string;
  /** As the file was when git last looked at it: bytes (the lower 32 bits), and time of modification in milliseconds. */
  readonly size: number;
  readonly mtime: number;
  /** Several versions of the path wait for a merge to end, or it is only intended to be added. */
  readonly unsettled: boolean;
  /** Git was told not to look at the file, or does not have it in the working tree: assume-unchanged, skip-worktree. */
  readonly unwatched: boolean;
}

/** Why an index could not be read, in words for a message: "it is cut off". */
type IndexReading = { readonly entries: readonly IndexEntry[]; readonly folders: readonly IndexEntry[] } | { readonly fault: string };

const HEADER = 12;
/** Times, device, inode, mode, owner and size stand before the object's name. */
const FIXED = 40;
const AT = { mtime: 8, nanoseconds: 12, mode: 24, size: 36, hash: FIXED };
const MODE = { submodule: 0o160000, folder: 0o040000, mask: 0o170000 };
/** Of the two words of flags; the second is there in version 3 and later. */
const FLAGS = { unchanged: 0x8000, extended: 0x4000, stage: 0x3000, skipped: 0x4000, intended: 0x2000 };

/**
 * The entries of an index, and apart from them the folders that a sparse index keeps whole. Never throws.
 * @param hashLength bytes of an object's name: 20, or 32 in a SHA-256 repository
 */
export function readIndex(bytes: Uint8Array, hashLength: 20 | 32 = 20): IndexReading {
  if (bytes.length < HEADER + hashLength || ascii(bytes, 0, 4) !== 'DIRC') return { fault: 'it is not an index' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(4);
  if (version < 2 || version > 4) return { fault: `its version is ${version}` };
  const end = bytes.length - hashLength;
  const entries: IndexEntry[] = [];
  const folders: IndexEntry[] = [];
  let at = HEADER;
  let path: Uint8Array = new Uint8Array();
  for (let left = view.getUint32(8); left > 0; left -= 1) {
    const entry = entryAt(bytes, view, at, { version, hashLength, end, previous: path });
    if (!entry) return { fault: 'it is cut off or damaged' };
    const found = { path: TEXT.decode(entry.path), ...factsAt(bytes, view, at, version, hashLength) };
    (isFolder(found.mode) ? folders : entries).push(found);
    ({ path } = entry);
    at = entry.next;
  }
  // A split index leaves out the names that its other file has.
  if (extensions(bytes, view, at, end).includes('link')) return { fault: 'it is split into several files (core.splitIndex)' };
  return entries.some((entry) => entry.path === '') ? { fault: 'it is damaged' } : { entries, folders };
}

const TEXT = new TextDecoder();

interface Surroundings { readonly version: number; readonly hashLength: number; readonly end: number; readonly previous: Uint8Array }
interface EntryAt { readonly path: Uint8Array; readonly next: number }

/** What stands before the name. `entryAt` has seen that it is all there. */
function factsAt(bytes: Uint8Array, view: DataView, at: number, version: number, hashLength: number): Omit<IndexEntry, 'path'> {
  const mode = view.getUint32(at + AT.mode);
  const flags = view.getUint16(at + FIXED + hashLength);
  const more = version >= 3 && (flags & FLAGS.extended) !== 0 ? view.getUint16(at + FIXED + hashLength + 2) : 0;
  return {
    submodule: (mode & MODE.mask) === MODE.submodule, mode, hash: hex(bytes, at + AT.hash, at + AT.hash + hashLength), size: view.getUint32(at + AT.size),
    mtime: view.getUint32(at + AT.mtime) * 1000 + Math.floor(view.getUint32(at + AT.nanoseconds) / 1_000_000),
    unsettled: (flags & FLAGS.stage) !== 0 || (more & FLAGS.intended) !== 0, unwatched: (flags & FLAGS.unchanged) !== 0 || (more & FLAGS.skipped) !== 0,
  };
}

function isFolder(mode: number): boolean {
  return (mode & MODE.mask) === MODE.folder;
}

/** The digits of every byte. */
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hex(bytes: Uint8Array, start: number, end: number): string {
  let digits = '';
  for (let at = start; at < end; at++) digits += HEX[bytes[at] ?? 0] ?? '';
  return digits;
}

function entryAt(bytes: Uint8Array, view: DataView, at: number, { version, hashLength, end, previous }: Surroundings): EntryAt | undefined {
  const flagsAt = at + FIXED + hashLength;
  if (flagsAt + 2 > end) return undefined;
  const extended = version >= 3 && (view.getUint16(flagsAt) & FLAGS.extended) !== 0;
  const nameAt = flagsAt + (extended ? 4 : 2);
  if (version === 4) return shortened(bytes, nameAt, end, previous);
  const nameEnd = bytes.indexOf(0, nameAt);
  if (nameEnd < 0 || nameEnd >= end) return undefined;
  // Entries are filled up with zeros to a multiple of eight bytes, one at least.
  const next = at + (Math.floor((nameEnd - at) / 8) + 1) * 8;
  return next > end ? undefined : { path: bytes.subarray(nameAt, nameEnd), next };
}

/** Version 4 writes how much of the previous path to drop, and what to put there. */
function shortened(bytes: Uint8Array, at: number, end: number, previous: Uint8Array): EntryAt | undefined {
  let drop = 0;
  let start = at;
  for (let more = true; more; start += 1) {
    const byte = bytes[start];
    if (byte === undefined || start >= end || drop > previous.length) return undefined;
    drop = start === at ? byte & 0x7F : (drop + 1) * 128 + (byte & 0x7F);
    more = (byte & 0x80) !== 0;
  }
  const nameEnd = bytes.indexOf(0, start);
  if (nameEnd < 0 || nameEnd >= end || drop > previous.length) return undefined;
  const path = new Uint8Array(previous.length - drop + nameEnd - start);
  path.set(previous.subarray(0, previous.length - drop));
  path.set(bytes.subarray(start, nameEnd), previous.length - drop);
  return { path, next: nameEnd + 1 };
}

/** Signatures of what follows the entries. */
function extensions(bytes: Uint8Array, view: DataView, from: number, end: number): readonly string[] {
  const found: string[] = [];
  for (let at = from; at + 8 <= end; at += 8 + view.getUint32(at + 4)) found.push(ascii(bytes, at, at + 4));
  return found;
}

function ascii(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}
