/** Documents with an upper limit: what a host would drop as a whole is cut here, and what was cut is said. */

/** A piece of a document. Its items are left out from the end when there is no room, and it is left out itself when none fits. */
export interface Section {
  /** What its items are, for the line that says how many were left out: `findings`. */
  readonly name: string;
  readonly head: string;
  readonly items: readonly string[];
  readonly tail: string;
}

/** Bytes kept for the line that says what was cut. */
const NOTE = 1000;

/**
 * The sections in order, as far as `budget` bytes of UTF-8 go, and a last line about what was left out. A section without items is its head and tail.
 */
export function fitting(sections: readonly Section[], budget: number): string {
  let room = budget - NOTE;
  let text = '';
  const cut = new Map<string, number>();
  for (const { name, head, items, tail } of sections) {
    const { taken, size } = fill(items, room - bytes(head) - bytes(tail));
    const left = items.length - taken;
    if (left > 0) cut.set(name, (cut.get(name) ?? 0) + left);
    const nothing = room < bytes(head) + bytes(tail) || (taken === 0 && items.length > 0);
    if (nothing) continue;
    text += head + items.slice(0, taken).join('') + tail;
    room -= bytes(head) + size + bytes(tail);
  }
  return text + note(cut, budget);
}

function fill(items: readonly string[], room: number): { readonly taken: number; readonly size: number } {
  let size = 0;
  let taken = 0;
  for (const item of items) {
    const next = size + bytes(item);
    if (next > room) break;
    size = next;
    taken += 1;
  }
  return { taken, size };
}

function note(cut: ReadonlyMap<string, number>, budget: number): string {
  if (cut.size === 0) return '';
  const parts = [...cut].map(([name, amount]) => `${amount} ${name}`);
  return `\n> [!NOTE]\n> Left out, because there is room for ${Math.floor(budget / 1024)} KiB here: ${parts.join(', ')}. Other forms of the report have them.\n`;
}

/** Of UTF-8, which is what hosts count. */
export function bytes(text: string): number {
  let size = 0;
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    size += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return size;
}
