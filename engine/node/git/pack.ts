/** One pack and its index (version 2): objects by name, read at their place. */
import { open, type FileHandle } from 'node:fs/promises';
import { inflateSync } from 'node:zlib';
import { applied, deltaSizes } from './delta';
import { GitFault, tooLarge } from './fault';
import type { Kind } from './objects';

export interface Raw { readonly kind: Kind; readonly bytes: Uint8Array }

export interface Pack {
  /** Where an object begins; undefined when it is not in this pack. */
  offset(id: string): Promise<number | undefined>;
  /**
   * The object that begins at an offset.
   * @param base reads what a delta is against, by its name
   * @param largest in bytes; larger ones are refused
   */
  read(offset: number, base: (id: string) => Promise<Raw>, largest: number): Promise<Raw>;
  /** Bytes of the object that begins at an offset. */
  size(offset: number): Promise<number>;
  /** Names that begin with these digits, at most two. */
  beginning(digits: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Git itself makes chains of at most 4095. */
const LONGEST_CHAIN = 5000;
const KINDS: Readonly<Record<number, Kind>> = { 1: 'commit', 2: 'tree', 3: 'blob', 4: 'tag' };
const OFFSET_DELTA = 6;
const NAMED_DELTA = 7;
const HEADER = 8;
const FANOUT = 256 * 4;
/** Type, size and the place of a delta's base take no more. */
const LONGEST_HEAD = 64;

/** @param path without its ending */
export async function openPack(path: string, hashLength: 20 | 32): Promise<Pack> {
  return new OpenPack(path, hashLength);
}

interface Files { readonly index: FileHandle; readonly pack: FileHandle; readonly fanout: DataView }
interface Head { readonly type: number; readonly size: number; readonly data: number; readonly base?: number | string }

class OpenPack implements Pack {
  private files: Promise<Files> | undefined;
  /** Names by their first byte: a pack is asked for many. */
  private readonly buckets = new Map<number, Promise<Buffer>>();

  constructor(private readonly path: string, private readonly hashLength: 20 | 32) {}

  async offset(id: string): Promise<number | undefined> {
    const first = Number.parseInt(id.slice(0, 2), 16);
    const name = Buffer.from(id, 'hex');
    const names = await this.bucket(first);
    const place = lowest(names, name, this.hashLength);
    const { index, fanout } = await this.opened();
    const before = first === 0 ? 0 : fanout.getUint32((first - 1) * 4);
    if (!names.subarray(place * this.hashLength, (place + 1) * this.hashLength).equals(name)) return undefined;
    const total = fanout.getUint32(255 * 4);
    const table = HEADER + FANOUT + total * (this.hashLength + 4);
    const small = (await bytesAt(index, table + (before + place) * 4, 4, this.path)).readUInt32BE(0);
    if (small < 0x80000000) return small;
    return Number((await bytesAt(index, table + total * 4 + (small - 0x80000000) * 8, 8, this.path)).readBigUInt64BE(0));
  }

  async read(offset: number, base: (id: string) => Promise<Raw>, largest: number): Promise<Raw> {
    const deltas: Buffer[] = [];
    for (let at = offset; deltas.length < LONGEST_CHAIN;) {
      const head = await this.head(at);
      const data = await this.inflate(head, largest);
      if (head.base === undefined) return built({ kind: this.kind(head), bytes: data }, deltas, largest, this.path);
      deltas.push(data);
      if (typeof head.base === 'string') return built(await base(head.base), deltas, largest, this.path);
      at = head.base;
    }
    throw this.damaged();
  }

  async size(offset: number): Promise<number> {
    const head = await this.head(offset);
    return head.base === undefined ? head.size : deltaSizes(await this.inflate(head, Infinity), this.path).result;
  }

  async beginning(digits: string): Promise<readonly string[]> {
    const names = await this.bucket(Number.parseInt(digits.slice(0, 2), 16));
    const least = Buffer.from(digits.padEnd(this.hashLength * 2, '0'), 'hex');
    const place = lowest(names, least, this.hashLength);
    const two = [0, 1].map((more) => names.subarray((place + more) * this.hashLength, (place + more + 1) * this.hashLength).toString('hex'));
    return two.filter((name) => name !== '' && name.startsWith(digits));
  }

  async close(): Promise<void> {
    const files = await this.files?.catch(() => undefined);
    this.files = undefined;
    this.buckets.clear();
    await files?.index.close();
    await files?.pack.close();
  }

  private opened(): Promise<Files> {
    this.files ??= this.open();
    return this.files;
  }

  private async open(): Promise<Files> {
    const index = await open(`${this.path}.idx`);
    try {
      const start = await bytesAt(index, 0, HEADER + FANOUT, this.path);
      if (start.readUInt32BE(0) !== 0xFF744F63 || start.readUInt32BE(4) !== 2) throw new GitFault(`The index of the pack ${this.path} is of a version that is not read. "git gc" writes it anew.`);
      return { index, pack: await open(`${this.path}.pack`), fanout: new DataView(start.buffer, start.byteOffset + HEADER, FANOUT) };
    } catch (error) {
      await index.close();
      throw error;
    }
  }

  private bucket(first: number): Promise<Buffer> {
    const known = this.buckets.get(first) ?? this.readBucket(first);
    this.buckets.set(first, known);
    return known;
  }

  private async readBucket(first: number): Promise<Buffer> {
    const { index, fanout } = await this.opened();
    const from = first === 0 ? 0 : fanout.getUint32((first - 1) * 4);
    const to = fanout.getUint32(first * 4);
    if (to < from) throw this.damaged();
    return bytesAt(index, HEADER + FANOUT + from * this.hashLength, (to - from) * this.hashLength, this.path);
  }

  /** What stands before an object's bytes: its type, its size, and what it is a delta against. */
  private async head(offset: number): Promise<Head> {
    const { pack } = await this.opened();
    const bytes = Buffer.alloc(LONGEST_HEAD);
    const { bytesRead } = await pack.read(bytes, 0, LONGEST_HEAD, offset);
    let at = 0;
    const next = (): number => {
      const byte = bytes[at];
      if (byte === undefined || at >= bytesRead) throw this.damaged();
      at += 1;
      return byte;
    };
    let byte = next();
    const type = (byte >> 4) & 7;
    let size = byte & 15;
    for (let factor = 16; byte >= 0x80; factor *= 128) { byte = next(); size += (byte & 0x7F) * factor; }
    if (type === OFFSET_DELTA) {
      byte = next();
      let back = byte & 0x7F;
      while (byte >= 0x80) { byte = next(); back = (back + 1) * 128 + (byte & 0x7F); }
      if (back <= 0 || back >= offset) throw this.damaged();
      return { type, size, data: offset + at, base: offset - back };
    }
    if (type !== NAMED_DELTA) return { type, size, data: offset + at };
    if (at + this.hashLength > bytesRead) throw this.damaged();
    return { type, size, data: offset + at + this.hashLength, base: bytes.subarray(at, at + this.hashLength).toString('hex') };
  }

  /** Deflated bytes are never many more than the bytes themselves, so that their number need not be known. */
  private async inflate({ size, data }: Head, largest: number): Promise<Buffer> {
    if (size > largest) throw tooLarge(largest);
    const { pack } = await this.opened();
    const packed = Buffer.alloc(size + Math.ceil(size / 1000) + 128);
    const { bytesRead } = await pack.read(packed, 0, packed.length, data);
    try {
      const bytes = inflateSync(packed.subarray(0, bytesRead), { maxOutputLength: Math.max(size, 1) });
      if (bytes.length === size) return bytes;
    } catch {
      // Said below.
    }
    throw this.damaged();
  }

  private kind({ type }: Head): Kind {
    const kind = KINDS[type];
    if (!kind) throw this.damaged();
    return kind;
  }

  private damaged(): GitFault {
    return damaged(this.path);
  }
}

function built({ kind, bytes }: Raw, deltas: readonly Buffer[], largest: number, path: string): Raw {
  let result = bytes;
  for (const delta of deltas.toReversed()) result = applied(delta, result, path, largest);
  return { kind, bytes: result };
}

/** The first place whose name is not below the wanted one. */
function lowest(names: Buffer, wanted: Buffer, length: number): number {
  let low = 0;
  let high = names.length / length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (names.compare(wanted, 0, length, middle * length, (middle + 1) * length) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function bytesAt(file: FileHandle, at: number, length: number, path: string): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, at);
  if (bytesRead < length) throw damaged(path);
  return bytes;
}

function damaged(path: string): GitFault {
  return new GitFault(`The pack ${path} is damaged or cut off. Run "git fsck" to see what git says of it.`);
}
