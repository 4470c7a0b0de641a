/** Deltas of packs: instructions that copy from an older version and insert what is new. */
import { GitFault, tooLarge } from './fault';

interface Sizes { readonly base: number; readonly result: number; readonly start: number }

/** Bytes of what a delta is against and of what it makes, and where its instructions begin. Throws GitFault. */
export function deltaSizes(delta: Uint8Array, path: string): Sizes {
  const base = varint(delta, 0, path);
  const result = varint(delta, base.next, path);
  return { base: base.value, result: result.value, start: result.next };
}

/** What a delta makes of a base. Throws GitFault when it does not fit, and when that would be more than `largest` bytes. */
export function applied(delta: Uint8Array, base: Uint8Array, path: string, largest: number): Uint8Array {
  const sizes = deltaSizes(delta, path);
  if (sizes.base !== base.length) throw damaged(path);
  if (sizes.result > largest) throw tooLarge(largest);
  const result = new Uint8Array(sizes.result);
  let filled = 0;
  let at = sizes.start;
  const next = (): number => {
    const byte = delta[at];
    if (byte === undefined) throw damaged(path);
    at += 1;
    return byte;
  };
  while (at < delta.length) {
    const instruction = next();
    let from = 0;
    let length = 0;
    if (instruction >= 0x80) {
      for (let bit = 0; bit < 4; bit += 1) if (instruction & (1 << bit)) from += next() * 256 ** bit;
      for (let bit = 0; bit < 3; bit += 1) if (instruction & (16 << bit)) length += next() * 256 ** bit;
      length ||= 0x10000;
    } else {
      length = instruction;
      from = at;
      at += length;
    }
    const source = instruction >= 0x80 ? base : delta;
    if (instruction === 0 || from + length > source.length || filled + length > result.length) throw damaged(path);
    result.set(source.subarray(from, from + length), filled);
    filled += length;
  }
  if (filled !== result.length) throw damaged(path);
  return result;
}

function varint(bytes: Uint8Array, start: number, path: string): { readonly value: number; readonly next: number } {
  let value = 0;
  for (let at = start, factor = 1; at < start + 8; at += 1, factor *= 128) {
    const byte = bytes[at];
    if (byte === undefined) break;
    value += (byte & 0x7F) * factor;
    if (byte < 0x80) return { value, next: at + 1 };
  }
  throw damaged(path);
}

function damaged(path: string): GitFault {
  return new GitFault(`A delta in the pack ${path} is damaged. Run "git fsck" to see what git says of it.`);
}
