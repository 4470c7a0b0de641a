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
import { pieceEnd } from './cuts';
import type { WasLowered } from './innermost';
import { innermostAgain } from './innermost';
import type { Part } from './members';
import { byStatements, partsOf } from './members';
import { shifted } from './shifted';
import type { Stretch } from '../syntax/stretch';
import { stretchBetween } from '../syntax/stretch';

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

  /** What was read of the parts of a definition that is broken, by their texts. */
  private parts: ReadonlyMap<string, Part> = new Map();

  /** Of what the parts are that are known. */
  private cut: Lowered | undefined;

  /** The piece that was edited last, as it was when it was whole. */
  private whole: WasLowered | undefined;

  /** What was lowered last, which may be asked for twice. */
  private latest: { readonly text: string; readonly lowered: Lowered } | undefined;

  /** @param lower reads the text of a piece as if it were a file */
  constructor(private readonly lower: (text: string) => Lowered) {}

  /**
   * What the text of a piece is made of.
   * @param before the piece in whose place it stands: only the statement that changed is read
   */
  lowered(text: string, before?: WasLowered): Lowered {
    if (this.latest?.text !== text) this.latest = { text, lowered: before ? this.again(text, before) : this.anew(text) };
    return this.latest.lowered;
  }

  private again(text: string, before: WasLowered): Lowered {
    if (before.origin.whole) this.whole = before;
    // A line that was whole is broken for some letters and whole again with the next.
    const again = this.whole && innermostAgain(this.whole, text, this.lower);
    if (again !== undefined && again !== 'broken') return again;
    const edit = stretchBetween(before.text, text);
    if ((before.origin.whole && again === undefined) || !staysInLine(before.text, text, edit)) return this.anew(text);
    // Most likely a bracket is open that was opened just now, or before: it is looked for where the edit is, and not in all of the definition.
    if (before.origin.whole && this.cut !== before.origin) this.parts = partsOf(before, edit.start);
    this.cut = before.origin;
    const read = this.inParts(text, edit.start);
    return read?.brokenThere ? read.read : this.anew(text);
  }

  private anew(text: string): Lowered {
    const read = this.lower(text);
    return read.whole ? read : this.inParts(text)?.read ?? read;
  }

  /** Parts that were read for the definition that was read last are not read again. */
  private inParts(text: string, suspect?: number): ReturnType<typeof byStatements> {
    const before = this.parts;
    const parts = new Map<string, Part>();
    this.parts = parts;
    return byStatements(text, suspect, { lower: this.lower, known: (part) => parts.get(part) ?? before.get(part), keep: (part, read) => { parts.set(part, read); } });
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

/** An edit that leaves a line one line, with the indentation it had. */
function staysInLine(before: string, now: string, { start, end, by }: Stretch): boolean {
  if (/[\r\n]/.test(before.slice(start, end)) || /[\r\n]/.test(now.slice(start, end + by))) return false;
  const line = before.slice(before.lastIndexOf('\n', start - 1) + 1, start);
  return /\S/.test(line) || /^\S{2}$/.test(before.charAt(start) + now.charAt(start));
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
