/**
 * Text taken out of a file, still knowing where each of its characters stands there: the script inside a YAML block, the
 * command inside a JSON string. What is read out of a piece points into the file.
 */
import type { Span } from '../../rules/kit';

export interface Piece {
  readonly text: string;
  /** The file's stretch for the characters `start` (inclusive) to `end` (exclusive) of the piece. */
  span(start: number, end: number): Span;
}

/** A piece that stands in the file as it is, beginning at `offset`. */
export function verbatim(text: string, offset = 0): Piece {
  return { text, span: (start, end) => ({ start: offset + start, end: offset + end }) };
}

/** A part of a piece, by its offsets in the piece. */
export function part(piece: Piece, start: number, end: number): Piece {
  return { text: piece.text.slice(start, end), span: (from, to) => piece.span(start + from, start + to) };
}

/** A piece whose characters stand at these offsets of another, one for each. */
export function placed(text: string, places: readonly number[], within: Piece): Piece {
  const place = (index: number) => places[index] ?? within.text.length;
  return {
    text,
    span: (start, end) => {
      const first = place(start);
      return within.span(first, end > start ? place(end - 1) + 1 : first);
    },
  };
}

/**
 * The value a quoted, folded or indented text stands for, laid over its source: characters that quoting, escaping and
 * indentation added are passed over. Where the two cannot be matched (a `\u` escape), every span is the whole source.
 * @param source the text as written, which begins at `offset` of the file
 */
export function aligned(value: string, source: string, offset: number): Piece {
  if (value === source) return verbatim(value, offset);
  const places = matched(value, source);
  const file = verbatim(source, offset);
  return places ? placed(value, places, file) : { text: value, span: () => file.span(0, source.length) };
}

function matched(value: string, source: string): number[] | undefined {
  const places: number[] = [];
  let at = 0;
  for (const wanted of value.split('')) {
    const blank = BLANK.test(wanted);
    if (blank && at >= source.length && at > 0) {
      places.push(source.length - 1);
      continue;
    }
    while (at < source.length && !meets(source, at, wanted, blank) && /["'\\\s]/.test(source.charAt(at))) at += 1;
    if (at >= source.length || !meets(source, at, wanted, blank)) return undefined;
    places.push(at);
    at += blank && source.charAt(at) === '\\' ? 2 : 1;
  }
  return places;
}

const BLANK = /\s/;

/** A blank of the value may be any blank of the source (lines are folded), or an escape such as `\n`. */
function meets(source: string, at: number, wanted: string, blank: boolean): boolean {
  const there = source.charAt(at);
  return there === wanted || (blank && (BLANK.test(there) || (there === '\\' && /[nrt]/.test(source.charAt(at + 1)))));
}
