/** Lines as an editor counts them: `\r\n`, `\n` and a lone `\r` end one. */

export interface Line {
  readonly text: string;
  /** Offset of its first character, and of its line break (or the end of the text). */
  readonly start: number;
  readonly end: number;
}

/** Every line of a text, without its break; a text that ends in a break has an empty last line. */
export function lines(text: string): Line[] {
  const found: Line[] = [];
  let start = 0;
  for (const each of text.matchAll(/\r\n|\n|\r/g)) {
    found.push({ text: text.slice(start, each.index), start, end: each.index });
    start = each.index + each[0].length;
  }
  found.push({ text: text.slice(start), start, end: text.length });
  return found;
}

/** A function from an offset to its line, both from 0. */
export function lineOf(text: string): (offset: number) => number {
  const starts = lines(text).map((line) => line.start);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
}
