/**
 * A Python file taken to pieces: each a statement of the top level, with the lines up to the next.
 *
 * A piece that is read by itself gives the same statements wherever it stands and whatever stands around it. That serves twice. While a file
 * is edited, only the piece that holds the edit is parsed and lowered. And where the syntax is broken (an open bracket, most often), the
 * damage ends with the piece, while a parser that sees the whole file takes all the rest of it for something else.
 *
 * Where pieces begin is decided by the lines alone: at a line that is not indented, outside of brackets and strings. Of a file that is whole,
 * the pieces are whole too, and together they are what the file is when it is read at once.
 */
import type { Program, Stmt } from '../syntax/ast';
import type { WasLowered } from './members';
import { classAgain } from './members';
import { shifted } from './stretch';

/** What a piece is made of, from its own beginning. */
export type Lowered = Program;

export interface Piece {
  readonly text: string;
  readonly start: number;
  readonly body: readonly Stmt[];
  readonly comments: Program['comments'];
  /** Pieces of the same origin differ in their place alone. */
  readonly origin: Lowered;
}

/** The pieces of an open file, kept from one text to the next. */
export class Pieces {
  private last: readonly Piece[] = [];

  /** What was lowered last, which may be asked for twice. */
  private latest: { readonly text: string; readonly lowered: Lowered } | undefined;

  /** @param lower reads the text of a piece as if it were a file */
  constructor(private readonly lower: (text: string) => Lowered) {}

  /**
   * What the text of a piece is made of.
   * @param before the piece in whose place it stands: of a class, only the method that changed is read
   */
  lowered(text: string, before?: WasLowered): Lowered {
    if (this.latest?.text !== text) this.latest = { text, lowered: (before && classAgain(before, text, this.lower)) ?? this.lower(text) };
    return this.latest.lowered;
  }

  read(text: string): Program & { readonly pieces: readonly Piece[] } {
    const { last } = this;
    const before = sameFront(last, text);
    const behind = sameBack(last, text, before);
    const pieces = last.slice(0, before);
    for (let at = endOf(pieces); at < text.length;) {
      const known = behind.get(at);
      if (known !== undefined) { pieces.push(...placed(last.slice(known), at)); break; }
      const end = pieceEnd(text, at);
      const written = text.slice(at, end);
      const same = last[pieces.length];
      pieces.push(same?.start === at && same.text === written ? same : placedAt(written, this.lowered(written, same), at));
      at = end;
    }
    this.last = pieces;
    return { pieces, body: pieces.flatMap((each) => each.body), comments: pieces.flatMap((each) => each.comments), whole: pieces.every((each) => each.origin.whole) };
  }
}

/**
 * How many pieces stand in front of the edit. Fewer than are the same: what now follows the last may belong to it, and where that is a line
 * without an end (`excep`), the line may be another now and belong to the piece before.
 */
function sameFront(last: readonly Piece[], text: string): number {
  let count = 0;
  while (count < last.length && text.startsWith(last[count]?.text ?? '', last[count]?.start)) count++;
  return Math.max(0, last[count - 1]?.text.includes('\n') ? count - 1 : count - 2);
}

/** Where in the text the pieces behind the edit would begin, with their number. */
function sameBack(last: readonly Piece[], text: string, before: number): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  let at = text.length;
  for (let index = last.length - 1; index >= before; index--) {
    const written = last[index]?.text ?? '';
    at -= written.length;
    if (at < 0 || !text.startsWith(written, at)) break;
    found.set(at, index);
  }
  return found;
}

function endOf(pieces: readonly Piece[]): number {
  const last = pieces.at(-1);
  return last ? last.start + last.text.length : 0;
}

function placed(pieces: readonly Piece[], start: number): readonly Piece[] {
  const by = start - (pieces[0]?.start ?? start);
  return by === 0 ? pieces : pieces.map((each) => ({ ...each, start: each.start + by, body: shifted(each.body, by), comments: shifted(each.comments, by) }));
}

/** A piece out of what its text was lowered to, at the place where it stands. */
export function placedAt(text: string, origin: Lowered, start: number): Piece {
  return { text, start, origin, body: shifted(origin.body, start), comments: shifted(origin.comments, start) };
}

// ---- where pieces end

/** Lines that go on with the statement above them. */
const GOES_ON = /(?:else|elif|except|finally)\b/y;
/** What cannot stand in brackets: where a line begins so, the brackets before it were never closed. */
const BEGINS = /(?:(?:async[ \t]+)?def|class)[ \t]+\w|import[ \t]+\w|from[ \t]+[\w.]+[ \t]+import\b/y;

const TAB = 9, NEWLINE = 10, FORM_FEED = 12, RETURN = 13, SPACE = 32, DOUBLE_QUOTE = 34, HASH = 35, SINGLE_QUOTE = 39, OPEN = 40, CLOSE = 41, AT = 64, OPEN_SQUARE = 91, BACKSLASH = 92, CLOSE_SQUARE = 93, OPEN_CURLY = 123, CLOSE_CURLY = 125;

/** The end of the piece that begins at `from`, which is where the next one begins or the text ends. */
export function pieceEnd(text: string, from: number): number {
  let depth = 0;
  // The first statement of a file may have blank and commented lines above it, and decorators are part of what they stand on.
  let begun = startsStatement(text, from);
  let decorated = text.charCodeAt(from) === AT;
  let decorator: number | undefined;
  for (let at = from; at < text.length;) {
    switch (text.charCodeAt(at)) {
      case HASH: at = orEnd(text.indexOf('\n', at), text); break;
      case BACKSLASH: at += text.charCodeAt(at + 1) === RETURN ? 3 : 2; break;
      case DOUBLE_QUOTE: case SINGLE_QUOTE: at = stringEnd(text, at); break;
      case OPEN: case OPEN_SQUARE: case OPEN_CURLY: depth++; at++; break;
      case CLOSE: case CLOSE_SQUARE: case CLOSE_CURLY: depth = Math.max(0, depth - 1); at++; break;
      case NEWLINE: {
        at++;
        if (!startsStatement(text, at)) break;
        if (depth > 0) {
          if (begins(BEGINS, text, at)) return decorator ?? at;
          decorator = text.charCodeAt(at) === AT ? decorator ?? at : undefined;
          break;
        }
        if (begun && !decorated && !begins(GOES_ON, text, at)) return at;
        begun = true;
        decorated = text.charCodeAt(at) === AT;
        break;
      }
      default: at++;
    }
  }
  return text.length;
}

/** Whether something other than white space or a comment stands at the beginning of a line. */
function startsStatement(text: string, at: number): boolean {
  if (at >= text.length) return false;
  const code = text.charCodeAt(at);
  return code !== SPACE && code !== TAB && code !== NEWLINE && code !== RETURN && code !== FORM_FEED && code !== HASH;
}

function begins(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

/** Behind a string that begins at `at`; one in single quotes ends with its line at the latest. */
function stringEnd(text: string, at: number): number {
  const quote = text.charAt(at);
  const triple = text.startsWith(quote.repeat(3), at);
  const code = quote.charCodeAt(0);
  for (let next = at + (triple ? 3 : 1); next < text.length; next++) {
    const here = text.charCodeAt(next);
    if (here === BACKSLASH) next += text.charCodeAt(next + 1) === RETURN ? 2 : 1;
    else if (here === code && !triple) return next + 1;
    else if (here === code && text.startsWith(quote.repeat(2), next + 1)) return next + 3;
    else if (here === NEWLINE && !triple) return next;
  }
  return text.length;
}

function orEnd(at: number, text: string): number {
  return at < 0 ? text.length : at;
}
