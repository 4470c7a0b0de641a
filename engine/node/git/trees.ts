/** Trees: folders as git keeps them. */
import { createHash } from 'node:crypto';
import type { IndexEntry } from '../../workspace/git-index';

export interface TreeEntry {
  readonly name: string;
  /** 0o100644, 0o100755, 0o120000 for links, 0o160000 for submodules, 0o040000 for folders. */
  readonly mode: number;
  /** Of the object, in hexadecimal digits. */
  readonly id: string;
}

/** The entries of a tree object; undefined when it is damaged. */
export function treeEntries(bytes: Uint8Array, hashLength: 20 | 32): readonly TreeEntry[] | undefined {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const zero = bytes.indexOf(0, space);
    const next = zero + 1 + hashLength;
    const mode = space < 0 ? '' : TEXT.decode(bytes.subarray(at, space));
    if (!/^[0-7]{5,6}$/.test(mode) || zero < 0 || next > bytes.length) return undefined;
    entries.push({ name: TEXT.decode(bytes.subarray(space + 1, zero)), mode: Number.parseInt(mode, 8), id: Buffer.from(bytes.subarray(zero + 1, next)).toString('hex') });
    at = next;
  }
  return entries;
}

const TEXT = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The name of the tree that a commit of this index would have; undefined where a path is no UTF-8, so that its bytes are not known
 * any more. Paths of an index are in order, and in the very order that trees have.
 */
export function rootOf(entries: readonly Pick<IndexEntry, 'path' | 'mode' | 'hash'>[], hashLength: 20 | 32): string | undefined {
  if (entries.some(({ path }) => path.includes('\uFFFD'))) return undefined;
  const sorted = entries.map((entry) => ({ ...entry, bytes: Buffer.from(entry.path) })).sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  const name = (start: number, end: number, prefix: number): string => {
    const hash = createHash(hashLength === 20 ? 'sha1' : 'sha256');
    const parts: Buffer[] = [];
    for (let at = start; at < end;) {
      const entry = sorted[at];
      if (!entry) break;
      const slash = entry.bytes.indexOf(0x2F, prefix);
      const own = entry.bytes.subarray(prefix, slash < 0 ? undefined : slash);
      // A folder that a sparse index keeps whole ends in a slash, and its tree is known.
      const whole = slash === entry.bytes.length - 1;
      const next = slash < 0 || whole ? at + 1 : endOf(sorted, at, end, slash + 1);
      const id = slash < 0 || whole ? entry.hash : name(at, next, slash + 1);
      parts.push(Buffer.from(`${slash < 0 ? entry.mode.toString(8) : '40000'} `), own, Buffer.from([0]), Buffer.from(id, 'hex'));
      at = next;
    }
    const body = Buffer.concat(parts);
    return hash.update(`tree ${body.length}\0`).update(body).digest('hex');
  };
  return name(0, sorted.length, 0);
}

/** The first entry after `at` that does not begin with its first `length` bytes. */
function endOf(sorted: readonly { readonly bytes: Buffer }[], at: number, end: number, length: number): number {
  const folder = sorted[at]?.bytes.subarray(0, length);
  let next = at + 1;
  while (next < end && folder && sorted[next]?.bytes.subarray(0, length).equals(folder)) next += 1;
  return next;
}
