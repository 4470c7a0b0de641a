/**
 * TOML with places, read tolerantly: a line that cannot be understood is left out and the rest goes on, so that half a
 * manifest still counts while it is typed. The grammar is small enough for a reader of its own, which is simpler than a syntax tree to
 * lower and needs no grammar to be loaded; the libraries for it know no places, or stop at the first fault.
 */
import type { Span } from '../../rules/kit';
import type { Parsed, Scalar, Tree } from './tree';

interface Table { readonly kind: 'map'; readonly members: Entry[]; at: Span }
interface Row { readonly kind: 'list'; readonly items: Growing[]; at: Span }
type Growing = Table | Row | Scalar;
interface Entry { readonly name: string; readonly nameAt: Span; value: Growing; at: Span }
interface Key { readonly name: string; readonly at: Span }

const DEEPEST = 64;

/** The table of a TOML text. `whole` is false when something had to be left out. */
export function parseToml(text: string): Parsed {
  const reading = new Reading(text);
  return { roots: [reading.read() satisfies Tree], whole: reading.whole };
}

class Reading {
  whole = true;
  private at = 0;

  constructor(private readonly text: string) {}

  read(): Table {
    const root: Table = { kind: 'map', members: [], at: { start: 0, end: this.text.length } };
    let current = root;
    for (this.blanks(); this.at < this.text.length; this.blanks()) {
      const start = this.at;
      // What stands under a header that was not understood belongs nowhere.
      if (this.peek() === '[') current = this.header(root) ?? { kind: 'map', members: [], at: root.at };
      else this.assignment(current);
      if (this.at === start || !(this.lineEnds() || this.lineBegins())) this.skipLine();
    }
    return root;
  }

  /** `[a.b]` or `[[a.b]]`: the table that follows. */
  private header(root: Table): Table | undefined {
    const start = this.at;
    const many = this.text.startsWith('[[', this.at);
    this.at += many ? 2 : 1;
    const path = this.path();
    const closed = path.length > 0 && this.text.startsWith(many ? ']]' : ']', this.at);
    if (!closed) return this.fault();
    this.at += many ? 2 : 1;
    const at = { start, end: this.at };
    const last = path.at(-1);
    const parent = path.slice(0, -1).reduce<Table | undefined>((table, key) => table && this.below(table, key, at), root);
    if (!parent || !last) return this.fault();
    return many ? this.nextOf(parent, last, at) : this.below(parent, last, at);
  }

  /** The table under a key, made when there is none; of an array of tables, its last. */
  private below(table: Table, key: Key, at: Span): Table | undefined {
    const known = table.members.find((one) => one.name === key.name)?.value;
    if (known?.kind === 'map') return known;
    const last = known?.kind === 'list' ? known.items.at(-1) : undefined;
    if (last?.kind === 'map') return last;
    if (known) return undefined;
    const made: Table = { kind: 'map', members: [], at };
    table.members.push({ name: key.name, nameAt: key.at, value: made, at });
    return made;
  }

  private nextOf(parent: Table, key: Key, at: Span): Table | undefined {
    const made: Table = { kind: 'map', members: [], at };
    const known = parent.members.find((one) => one.name === key.name)?.value;
    if (known && known.kind !== 'list') return this.fault();
    if (known) known.items.push(made);
    else parent.members.push({ name: key.name, nameAt: key.at, value: { kind: 'list', items: [made], at }, at });
    return made;
  }

  private assignment(table: Table): void {
    const start = this.at;
    const path = this.path();
    if (path.length === 0 || this.peek() !== '=') return void this.fault();
    this.at += 1;
    this.spaces();
    const value = this.value(0);
    if (!value) return void this.fault();
    const at = { start, end: this.at };
    const last = path.at(-1);
    const parent = path.slice(0, -1).reduce<Table | undefined>((one, key) => one && this.below(one, key, at), table);
    if (parent && last) parent.members.push({ name: last.name, nameAt: last.at, value, at });
    else this.whole = false;
  }

  /** `a."b c".d`, with blanks around the dots. */
  private path(): Key[] {
    const keys: Key[] = [];
    for (;;) {
      this.spaces();
      const start = this.at;
      const quoted = this.peek() === '"' || this.peek() === "'" ? this.string() : undefined;
      const name = quoted?.text ?? this.take(/[\w-]+/y);
      if (name === undefined) return keys;
      keys.push({ name, at: { start, end: this.at } });
      this.spaces();
      if (this.peek() !== '.') return keys;
      this.at += 1;
    }
  }

  private value(depth: number): Growing | undefined {
    if (depth > DEEPEST) return undefined;
    const first = this.peek();
    if (first === '"' || first === "'") return this.string();
    if (first === '[') return this.array(depth);
    if (first === '{') return this.inline(depth);
    const start = this.at;
    const bare = this.take(/[^\s,\]}#="'[{]+(?: \d\d:\d\d[\d:.]*(?:Z|[+-]\d\d:\d\d)?)?/y);
    return bare === undefined ? undefined : { kind: 'scalar', text: bare, quoted: false, at: { start, end: this.at } };
  }

  private array(depth: number): Row {
    const start = this.at;
    const items: Growing[] = [];
    this.at += 1;
    for (;;) {
      this.blanks();
      if (this.peek() === ']') break;
      // A list that was left open swallows no table that follows it.
      const value = this.atHeader() ? undefined : this.value(depth + 1);
      if (!value) return this.cut({ kind: 'list', items, at: { start, end: this.at } });
      items.push(value);
      this.blanks();
      if (this.peek() === ',') this.at += 1;
      else if (this.peek() !== ']') return this.cut({ kind: 'list', items, at: { start, end: this.at } });
    }
    this.at += 1;
    return { kind: 'list', items, at: { start, end: this.at } };
  }

  private inline(depth: number): Table {
    const start = this.at;
    const table: Table = { kind: 'map', members: [], at: { start, end: start } };
    this.at += 1;
    for (;;) {
      this.blanks();
      if (this.peek() === '}') break;
      const from = this.at;
      const path = depth < DEEPEST ? this.path() : [];
      const sign = this.peek();
      this.at += sign === '=' ? 1 : 0;
      this.blanks();
      const value = path.length > 0 && sign === '=' ? this.value(depth + 1) : undefined;
      const last = path.at(-1);
      if (!value || !last) return this.cut(table);
      const at = { start: from, end: this.at };
      const parent = path.slice(0, -1).reduce<Table | undefined>((one, key) => one && this.below(one, key, at), table);
      parent?.members.push({ name: last.name, nameAt: last.at, value, at });
      this.blanks();
      if (this.peek() === ',') this.at += 1;
      else if (this.peek() !== '}') return this.cut(table);
    }
    this.at += 1;
    table.at = { start, end: this.at };
    return table;
  }

  /** What there is of a list or table that does not end. */
  private cut<T extends Table | Row>(part: T): T {
    this.whole = false;
    part.at = { start: part.at.start, end: this.at };
    return part;
  }

  private string(): Scalar {
    const start = this.at;
    const quote = this.peek();
    const long = this.text.startsWith(quote.repeat(3), start);
    const pattern = long
      ? quote === '"' ? /"""((?:\\[\s\S]|(?!""")[^\\])*)("{3,5})/y : /'''((?:(?!''')[\s\S])*)('{3,5})/y
      : quote === '"' ? /"((?:\\.|[^"\\\r\n])*)(")/y : /'([^'\r\n]*)(')/y;
    pattern.lastIndex = start;
    const found = pattern.exec(this.text);
    // The closing quote is missing: the string is taken to end with its line.
    if (!found) this.whole = false;
    const whole = found?.[0] ?? this.take(/[^\r\n]*/y) ?? '';
    this.at = start + whole.length;
    const extra = '"'.repeat(Math.max((found?.[2]?.length ?? 0) - 3, 0)).replaceAll('"', quote);
    const body = found ? (found[1] ?? '') + (long ? extra : '') : whole.slice(1);
    return { kind: 'scalar', text: long ? unescape(body.replace(/^\r?\n/, ''), quote) : unescape(body, quote), quoted: true, at: { start, end: this.at } };
  }

  private atHeader(): boolean {
    if (!this.lineBegins()) return false;
    const header = /\[\[?\s*(?!true|false|nan|inf)[A-Za-z_][\w."' -]*\]\]?\s*(?:#.*)?$/my;
    header.lastIndex = this.at;
    return header.test(this.text);
  }

  private lineBegins(): boolean {
    return this.at > 0 && /[\r\n]/.test(this.text.charAt(this.at - 1));
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  private peek(): string {
    return this.text.charAt(this.at);
  }

  private fault(): undefined {
    this.whole = false;
    return undefined;
  }

  private spaces(): void {
    this.take(/[ \t]*/y);
  }

  /** White space, line breaks and comments. */
  private blanks(): void {
    this.take(/(?:[\s\uFEFF]+|#[^\r\n]*)*/y);
  }

  /** Nothing but a comment may follow on a line; true when that is so. */
  private lineEnds(): boolean {
    this.take(/[ \t]*(?:#[^\r\n]*)?/y);
    return this.at >= this.text.length || /[\r\n]/.test(this.peek());
  }

  private skipLine(): void {
    this.whole = false;
    this.take(/[^\r\n]*/y);
  }
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', e: '\u001B', '"': '"', '\\': '\\' };

function unescape(body: string, quote: string): string {
  if (quote === "'" || !body.includes('\\')) return body;
  return body.replace(/\\(?:u([\dA-Fa-f]{4})|U([\dA-Fa-f]{8})|x([\dA-Fa-f]{2})|[ \t]*\r?\n\s*|(.))/g, (all: string, u?: string, long?: string, x?: string, one?: string) => {
    const code = u ?? long ?? x;
    if (code !== undefined) return Number.parseInt(code, 16) <= 0x10FFFF ? String.fromCodePoint(Number.parseInt(code, 16)) : all;
    return one === undefined ? '' : ESCAPES[one] ?? all;
  });
}
