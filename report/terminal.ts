/** Columns of a terminal: how wide text is there, and how it is wrapped, padded and coloured. */

/** Combining marks and joiners take no column; East Asian wide letters and emoji take two. Ranges from Unicode's EastAsianWidth W and F, coarsely. */
const NARROW = /[\p{Mn}\p{Me}\u200c\u200d]/u;
const WIDE = /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** How many columns a line of plain text takes. */
export function columns(text: string): number {
  let width = 0;
  for (const letter of text) width += NARROW.test(letter) ? 0 : WIDE.test(letter) ? 2 : 1;
  return width;
}

/** Fills up with spaces, at the right unless `end` is asked for. */
export function pad(text: string, width: number, align: 'start' | 'end' = 'start'): string {
  const fill = ' '.repeat(Math.max(0, width - columns(text)));
  return align === 'start' ? text + fill : fill + text;
}

/** Lines of at most `width` columns, broken between words, and within a word only when it does not fit a line by itself. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ').flatMap((one) => pieces(one, width))) {
    if (current !== '' && columns(current) + 1 + columns(word) > width) {
      lines.push(current);
      current = word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, current];
}

function pieces(word: string, width: number): readonly string[] {
  if (columns(word) <= width) return [word];
  const parts: string[] = [];
  let part = '';
  for (const letter of word) {
    if (columns(part + letter) > width && part !== '') {
      parts.push(part);
      part = letter;
    } else part += letter;
  }
  return [...parts, part];
}
