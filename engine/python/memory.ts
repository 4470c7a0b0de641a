/**
 * What is remembered of an open file from one keystroke to the next: the facts of each statement at its top level.
 *
 * An edit changes one stretch of a text. The statements before it and behind it are the same to the letter, and so are their facts, as long
 * as every name they ask the module for still means the same. So each statement is kept with the names it asked for while it was read. After
 * an edit, the names that the changed statements bind (before or after it) are *stirred*; a statement that asked for a stirred name is read
 * again and stirs the names it binds itself, until nothing more is stirred. A function stirs its name only when others could see the change:
 * in its parameters, decorators, what it returns, or, where it is short enough to be followed, anything at all.
 *
 * Kept facts are moved to where their statement now stands. The rule that keeps this right is a test: after any edit, the facts are those
 * that a reading from nothing gives.
 */
import type { Expr, Stmt } from '../syntax/ast';
import type { Scopes } from './scopes';

/** Facts by the list they belong to. */
export type FactLists = Readonly<Record<string, readonly unknown[]>>;

export interface Remembered {
  readonly text: string;
  readonly start: number;
  /** Names it asked the module's scope for, found or not. */
  readonly asked: ReadonlySet<string>;
  /** Names of the module's scope that it binds. */
  readonly binds: readonly string[];
  /** What others can see of it, where that is not all of it. */
  readonly seen: string | undefined;
  /** Statements before it that leave a condition behind. */
  readonly ambient: readonly { readonly text: string; readonly start: number }[];
  readonly facts: FactLists;
  readonly does: readonly string[];
  /** Names it added to the sets that later statements ask. */
  readonly added: Readonly<Record<string, readonly string[]>>;
}

/** Whether the same conditions stand before a statement, at the same places. */
export function sameAmbient(a: Remembered['ambient'], b: Remembered['ambient']): boolean {
  return a.length === b.length && a.every((each, index) => each.start === b[index]?.start && each.text === b[index].text);
}

/** A statement of the program at hand, before it is read. */
interface Standing { readonly text: string; readonly start: number; readonly binds: readonly string[]; readonly seen: string | undefined }

/** Bodies that a value may be followed into (see `Values.helper`) have at most this many statements. */
const FOLLOWED = 8;

export class ModuleMemory {
  private last: readonly Remembered[] = [];
  private setting = '';
  /** What the statements added to the sets, all together. */
  private added = '';

  /**
   * What is known of each statement of a program, at its new place; undefined where it must be read.
   * @param setting all that facts depend on beside the statements: when it is another than before, nothing is known
   */
  recall(body: readonly Stmt[], text: string, scopes: Scopes, setting: string): Recollection {
    const standing = standings(body, text, scopes);
    const last = setting === this.setting ? this.last : [];
    const before = sameFrom(last, standing);
    const behind = sameTo(last, standing, before);
    this.setting = setting;
    const known = standing.map((_, index): Remembered | undefined => index < before ? last[index] : index >= standing.length - behind ? last[index - standing.length + last.length] : undefined);
    forgetStirred(known, standing, last.slice(before, last.length - behind));
    const later = new Set(standing.slice(standing.length - behind).flatMap((each) => each.binds));
    const first = last[last.length - behind];
    const moved = mover(first?.start ?? 0, behind > 0 && first ? (standing[standing.length - behind]?.start ?? 0) - first.start : 0);
    return {
      standing,
      known: known.map((each, index) => {
        if (!each) return undefined;
        const speaksOfLater = index >= standing.length - behind || [...each.asked].some((name) => later.has(name));
        return speaksOfLater ? { ...each, start: standing[index]?.start ?? each.start, facts: moved(each.facts), ambient: moved(each.ambient) } : each;
      }),
    };
  }

  /**
   * Keeps what a program was read to. False when the statements added other names to the sets than before, so that any of them may mean
   * something else now: then nothing is kept, and all has to be read.
   */
  remember(read: readonly Remembered[]): boolean {
    const added = JSON.stringify(read.flatMap((each) => Object.entries(each.added).flatMap(([set, names]) => names.map((name) => `${set} ${name}`))));
    const same = this.last.length === 0 || added === this.added;
    this.added = added;
    this.last = same ? read : [];
    return same;
  }
}

export interface Recollection { readonly standing: readonly Standing[]; readonly known: readonly (Remembered | undefined)[] }

function standings(body: readonly Stmt[], text: string, scopes: Scopes): Standing[] {
  const binds = body.map((): string[] => []);
  for (const [name, bindings] of scopes.module.bindings) for (const { at } of bindings) {
    const index = indexAt(body, at);
    if (binds[index]?.at(-1) !== name) binds[index]?.push(name);
  }
  return body.map((one, index) => ({ text: text.slice(one.start, one.end), start: one.start, binds: binds[index] ?? [], seen: seenOf(one, text, scopes) }));
}

function indexAt(body: readonly Stmt[], at: number): number {
  let low = 0;
  let high = body.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((body[middle]?.start ?? 0) <= at) low = middle + 1; else high = middle;
  }
  return low - 1;
}

/** What other statements can see of a longer function: its head, what it returns, and what the names in there are made of. */
function seenOf(one: Stmt, text: string, scopes: Scopes): string | undefined {
  const scope = one.k === 'function' && one.body.body.length > FOLLOWED ? scopes.of(one) : undefined;
  if (one.k !== 'function' || !scope) return undefined;
  const written = (expr: Expr) => text.slice(expr.start, expr.end);
  const made = scope.returns.length === 0 ? [] : [...scope.bindings.values()].flatMap((list) => list.map((each) => each.kind === 'value' || each.kind === 'unpacked' ? written(each.value) : each.kind === 'element' ? written(each.over) : each.kind === 'import' ? each.target : each.kind));
  return [text.slice(one.start, one.body.start), ...scope.returns.map(written), ...made].join('\0');
}

function sameFrom(last: readonly Remembered[], now: readonly Standing[]): number {
  let count = 0;
  while (count < last.length && count < now.length && last[count]?.text === now[count]?.text && last[count]?.start === now[count]?.start) count++;
  return count;
}

function sameTo(last: readonly Remembered[], now: readonly Standing[], before: number): number {
  const most = Math.min(last.length, now.length) - before;
  const delta = (now.at(-1)?.start ?? 0) - (last.at(-1)?.start ?? 0);
  let count = 0;
  while (count < most) {
    const then = last[last.length - 1 - count];
    const here = now[now.length - 1 - count];
    if (!then || !here || then.text !== here.text || here.start - then.start !== delta) break;
    count++;
  }
  return count;
}

/** Takes out of `known` what asked for a name that means something else now. */
function forgetStirred(known: (Remembered | undefined)[], standing: readonly Standing[], gone: readonly Remembered[]): void {
  const fresh = standing.filter((_, index) => known[index] === undefined);
  const stirred = new Set<string>();
  const stir = (names: readonly string[]) => { for (const name of names) stirred.add(name); };
  // A function that shows others what it showed before stirs nothing.
  const shown = new Set(gone.flatMap((each) => each.seen ?? []));
  const showing = new Set(fresh.flatMap((each) => each.seen ?? []));
  for (const each of [...gone, ...fresh]) if (each.seen === undefined || !shown.has(each.seen) || !showing.has(each.seen)) stir(each.binds);
  for (let more = stirred.size > 0; more;) {
    more = false;
    for (const [index, each] of known.entries()) {
      if (!each || ![...each.asked].some((name) => stirred.has(name))) continue;
      known[index] = undefined;
      stir(each.binds);
      more = true;
    }
  }
}

/** Keys of names that may end in the place where a nameless object is made: `shop.@120`. */
const NAMES: ReadonlySet<string> = new Set(['name', 'parent', 'child', 'owner']);

/** Copies facts with every place from `boundary` on moved. */
function mover(boundary: number, by: number): <T>(facts: T) => T {
  const moved = (at: number) => at >= boundary ? at + by : at;
  const part = (key: string, value: unknown): unknown => {
    if (typeof value === 'object') return move(value);
    if (typeof value === 'number') return key === 'start' || key === 'end' ? moved(value) : value;
    return typeof value === 'string' && NAMES.has(key) && value.includes('@') ? value.replace(/@(\d+)(?=@|$)/g, (_, at: string) => `@${moved(Number(at))}`) : value;
  };
  const move = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(move);
    if (typeof value !== 'object' || value === null) return value;
    const copy: Record<string, unknown> = {};
    for (const key of Object.keys(value)) copy[key] = part(key, (value as Record<string, unknown>)[key]);
    return copy;
  };
  return by === 0 ? (facts) => facts : <T>(facts: T) => move(facts) as T;
}
