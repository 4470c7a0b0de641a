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

/** Where each line of a text begins. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  if (!text.includes('\r')) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    return starts;
  }
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) starts.push(at + 1);
  }
  return starts;
}

/** The line of an offset, both from 0. */
export function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle; else high = middle - 1;
  }
  return low;
}

/** A function from an offset to its line, both from 0. The text is gone through when the first is asked for. */
export function lineOf(text: string): (offset: number) => number {
  let starts: readonly number[] | undefined;
  return (offset) => lineAt(starts ??= lineStarts(text), offset);
}
