/**
 * The words of a shell's language: quotes taken off, expansions left as written, every character still knowing its place.
 * Follows POSIX and bash as far as a word goes; nothing is expanded or run.
 */
import type { Command } from '../../rules/kit';
import type { Piece } from './piece';
import { part } from './piece';

/** A script being read, shared by all that read in it. */
export interface Cursor {
  readonly piece: Piece;
  at: number;
  /** False once a quote or bracket was found open. */
  whole: boolean;
  /** How often it may still go back to the line on which an open quote began: keeps the time linear. */
  rescues: number;
}

/** A word at offsets `start` to `end` of the script. `places` has the offset of each character of its text. */
export interface Word {
  readonly text: string;
  readonly places: readonly number[];
  readonly start: number;
  readonly end: number;
  /** Quotes or backslashes stood in it: no reserved word then. */
  readonly quoted: boolean;
  /** What runs inside it, in `$(…)`, `<(…)` or backquotes. */
  readonly inner: readonly Command[];
}

/**
 * Reads what runs in a substitution: the commands of `body`, or those from the cursor (behind an opening bracket) on, which
 * then moves behind the `)`.
 */
type Substitution = (body?: Piece) => readonly Command[];

/** Bound for what is looked ahead for: the end of `$((…))`. */
const NEAR = 500;
/** `${` in `${` in `${`: deeper than anybody writes, and the stack has an end. */
const DEEPEST = 50;

/**
 * The word at the cursor, which moves behind it; empty (with `start` = `end`) when there is none.
 * @param plain true inside `[[ … ]]`, where operators are words too
 */
export function readWord(cursor: Cursor, substitution: Substitution, plain = false): Word {
  return new WordReading(cursor, substitution, plain).read();
}

class WordReading {
  private text = '';
  private places: number[] = [];
  private inner: Command[] = [];
  private quoted = false;
  private depth = 0;
  private readonly script: string;

  constructor(private readonly cursor: Cursor, private readonly substitution: Substitution, private readonly plain: boolean) {
    this.script = cursor.piece.text;
  }

  read(): Word {
    const start = this.cursor.at;
    for (let here = this.peek(); here !== '' && !this.ends(here); here = this.peek()) {
      if ((here === '<' || here === '>') && this.peek(1) === '(') this.substitute(2);
      else this.piece(here);
    }
    return { text: this.text, places: this.places, start, end: this.cursor.at, quoted: this.quoted, inner: this.inner };
  }

  private ends(here: string): boolean {
    if ((here === '<' || here === '>') && this.peek(1) === '(') return false;
    return this.plain ? /\s/.test(here) : /[\s;&|<>()]/.test(here);
  }

  private peek(ahead = 0): string {
    return this.script.charAt(this.cursor.at + ahead);
  }

  private piece(here: string): void {
    if (here === '\\') this.escape();
    else if (here === "'") this.rescued(() => this.single());
    else if (here === '"') this.rescued(() => this.double());
    else if (here === '$' && /['"]/.test(this.peek(1))) this.cursor.at += 1;
    else if (here === '$') this.dollar();
    else if (here === '`') this.backquote();
    else this.keep();
  }

  /** Takes characters as they are. */
  private keep(count = 1): void {
    for (let left = count; left > 0 && this.cursor.at < this.script.length; left -= 1) {
      this.places.push(this.cursor.at);
      this.text += this.peek();
      this.cursor.at += 1;
    }
  }

  private escape(): void {
    const lineBreak = this.script.startsWith('\r\n', this.cursor.at + 1) ? 2 : /[\r\n]/.test(this.peek(1)) ? 1 : 0;
    this.quoted = true;
    this.cursor.at += 1 + lineBreak;
    if (lineBreak === 0) this.keep();
  }

  /**
   * Reads something that has an end. When the script ends first, the opening is taken to end with its line, so that the
   * lines after it are still read.
   */
  private rescued(read: () => boolean): void {
    const before = { at: this.cursor.at, text: this.text, places: this.places.length, inner: this.inner.length };
    this.quoted = true;
    if (read()) return;
    this.cursor.whole = false;
    if (this.cursor.rescues <= 0) return;
    this.cursor.rescues -= 1;
    this.cursor.at = before.at;
    this.text = before.text;
    this.places = this.places.slice(0, before.places);
    this.inner = this.inner.slice(0, before.inner);
    while (this.peek() !== '' && !/[\r\n]/.test(this.peek())) this.keep();
  }

  private single(): boolean {
    const end = this.script.indexOf("'", this.cursor.at + 1);
    this.cursor.at += 1;
    this.keep((end < 0 ? this.script.length : end) - this.cursor.at);
    this.cursor.at += 1;
    return end >= 0;
  }

  private double(): boolean {
    this.cursor.at += 1;
    for (let here = this.peek(); here !== ''; here = this.peek()) {
      if (here === '"') {
        this.cursor.at += 1;
        return true;
      }
      if (here === '\\' && /[$`"\\\r\n]/.test(this.peek(1))) this.escape();
      else if (here === '$') this.dollar();
      else if (here === '`') this.backquote();
      else this.keep();
    }
    return false;
  }

  private dollar(): void {
    const next = this.peek(1);
    if (next === '(' && this.peek(2) === '(' && this.arithmetic()) return;
    if (next === '(') this.substitute(2);
    else if (next === '{' && this.depth < DEEPEST) this.rescued(() => this.braces());
    else this.keep();
  }

  /** `$((…))` runs nothing. */
  private arithmetic(): boolean {
    const length = this.script.slice(this.cursor.at, this.cursor.at + NEAR).indexOf('))');
    if (length < 0) return false;
    this.keep(length + 2);
    return true;
  }

  /** `${…}`, with all that may stand in its default. */
  private braces(): boolean {
    const quoted = this.quoted;
    this.depth += 1;
    this.keep(2);
    for (let here = this.peek(); here !== ''; here = this.peek()) {
      if (here === '}') {
        this.keep();
        this.depth -= 1;
        this.quoted = quoted;
        return true;
      }
      if (here === '\\') this.keep(2);
      else if (here === '$') this.dollar();
      else if (here === '`') this.backquote();
      else this.keep();
    }
    this.depth -= 1;
    return false;
  }

  /** `$(…)` and `<(…)`: kept as written, and read for what they run. */
  private substitute(opening: number): void {
    const start = this.cursor.at;
    this.cursor.at += opening;
    this.inner.push(...this.substitution());
    const end = this.cursor.at;
    this.cursor.at = start;
    this.keep(end - start);
  }

  private backquote(): void {
    let end = this.cursor.at + 1;
    const limit = Math.min(this.script.length, end + 20 * NEAR);
    while (end < limit && this.script.charAt(end) !== '`') end += this.script.charAt(end) === '\\' ? 2 : 1;
    if (this.script.charAt(end) !== '`') {
      this.cursor.whole = false;
      return this.keep();
    }
    this.inner.push(...this.substitution(part(this.cursor.piece, this.cursor.at + 1, end)));
    this.keep(end + 1 - this.cursor.at);
  }
}
