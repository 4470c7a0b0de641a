/**
 * What is remembered of an open file from one keystroke to the next: the facts of each of its pieces (see pieces.ts).
 *
 * An edit changes one stretch of a text. The pieces before it and behind it are the same to the letter, and so are their facts, as long
 * as every name they ask the module for still means the same. So each piece is kept with the names it asked for while it was read. After
 * an edit, the names that the changed pieces bind (before or after it) are *stirred*; a piece that asked for a stirred name is read
 * again and stirs the names it binds itself, until nothing more is stirred. A function stirs its name only when others could see the change:
 * in its parameters, decorators, what it returns, or, where it is short enough to be followed, anything at all.
 *
 * Kept facts are moved to where their piece now stands. The rule that keeps this right is a test: after any edit, the facts are those
 * that a reading from nothing gives.
 */
import type { Expr } from '../syntax/ast';
import type { Piece } from './pieces';
import { mover } from './places';
import type { Scopes } from './scopes';
import type { Known, Read } from './still';

/** Facts by the list they belong to. */
export type FactLists = Readonly<Record<string, readonly unknown[]>>;

/** What a piece is to the others. */
interface Standing {
  /** Names of the module's scope that it binds. */
  readonly binds: readonly string[];
  /** What others can see of it, where that is not all of it. */
  readonly seen: string | undefined;
}

export interface Remembered extends Standing {
  readonly piece: Piece;
  /** Names it asked the module's scope for, found or not. */
  readonly asked: ReadonlySet<string>;
  /** Conditions that statements before it leave behind. */
  readonly ambient: readonly Ambient[];
  readonly facts: FactLists;
  readonly does: readonly string[];
  /** Names it added to the sets that later statements ask. */
  readonly added: Readonly<Record<string, readonly string[]>>;
}

interface Ambient { readonly text: string; readonly start: number }

/** Whether the same conditions stand before a piece, at the same places. */
export function sameAmbient(a: readonly Ambient[], b: readonly Ambient[]): boolean {
  return a.length === b.length && a.every((each, index) => each.start === b[index]?.start && each.text === b[index].text);
}

/** Bodies that a value may be followed into (see `Values.helper`) have at most this many statements. */
const FOLLOWED = 8;

export class ModuleMemory {
  /** The file as it was read last. */
  read: Read | undefined;
  /** What it is since one definition of it says something else. */
  patched: Known | undefined;
  private last: readonly Remembered[] = [];
  private setting = '';
  /** What the pieces added to the sets, all together. */
  private added = '';

  /** Takes the file as it was read. */
  take(read: Read | undefined): void {
    this.read = read;
    this.patched = undefined;
  }

  /**
   * What is known of each piece of a program, at its new place; undefined where it must be read.
   * @param setting all that facts depend on beside the pieces: when it is another than before, nothing is known
   */
  recall(pieces: readonly Piece[], scopes: Scopes, setting: string): Recollection {
    const last = setting === this.setting ? this.last : [];
    const before = sameFrom(last, pieces);
    const behind = sameTo(last, pieces, before);
    this.setting = setting;
    const from = pieces.length - behind;
    const matched = pieces.map((_, index): Remembered | undefined => index < before ? last[index] : index >= from ? last[index - pieces.length + last.length] : undefined);
    const fresh = pieces.slice(before, from);
    const told = standings(fresh, scopes);
    const standing = matched.map((each, index): Standing => each ?? told[index - before] ?? { binds: [], seen: undefined });
    const known = withoutStirred(matched, standing, last.slice(before, last.length - behind));
    const later = new Set(standing.slice(from).flatMap((each) => each.binds));
    const first = last[last.length - behind]?.piece.start ?? 0;
    const by = behind > 0 ? (pieces[from]?.start ?? 0) - first : 0;
    const moved = by === 0 ? <T>(facts: T) => facts : mover((at) => at >= first ? at + by : at);
    return {
      standing,
      known: known.map((each, index) => {
        const piece = pieces[index];
        if (!each || !piece) return undefined;
        const speaksOfLater = index >= from || meets(each.asked, later);
        return speaksOfLater ? { ...each, piece, facts: moved(each.facts), ambient: moved(each.ambient) } : each;
      }),
    };
  }

  /**
   * Keeps what a program was read to. False when the pieces added other names to the sets than before, so that any of them may mean
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

/** What pieces that stand one behind the other are to the others of their file. */
function standings(pieces: readonly Piece[], scopes: Scopes): Standing[] {
  const [first, last] = [pieces[0], pieces.at(-1)];
  if (!first || !last) return [];
  const binds = pieces.map((): string[] => []);
  for (const [name, bindings] of scopes.module.bindings) for (const { at } of bindings) {
    if (at < first.start || at >= last.start + last.text.length) continue;
    const own = binds[pieces.findLastIndex((each) => each.start <= at)];
    if (own?.at(-1) !== name) own?.push(name);
  }
  return pieces.map((each, index) => ({ binds: binds[index] ?? [], seen: seenOf(each, scopes) }));
}

/** What other statements can see of a longer function: its head, what it returns, and what the names in there are made of. */
export function seenOf({ body, text, start }: Piece, scopes: Scopes): string | undefined {
  const [one, ...others] = body;
  const scope = one?.k === 'function' && others.length === 0 && one.body.body.length > FOLLOWED ? scopes.of(one) : undefined;
  if (one?.k !== 'function' || !scope) return undefined;
  const written = (expr: Expr) => text.slice(expr.start - start, expr.end - start);
  const made = scope.returns.length === 0 ? [] : [...scope.bindings.values()].flatMap((list) => list.map((each) => each.kind === 'value' || each.kind === 'unpacked' ? written(each.value) : each.kind === 'element' ? written(each.over) : each.kind === 'import' ? each.target : each.kind));
  return [text.slice(one.start - start, one.body.start - start), ...scope.returns.map(written), ...made].join('\0');
}

function sameFrom(last: readonly Remembered[], now: readonly Piece[]): number {
  let count = 0;
  while (count < last.length && count < now.length && last[count]?.piece.origin === now[count]?.origin && last[count]?.piece.start === now[count]?.start) count++;
  return count;
}

function sameTo(last: readonly Remembered[], now: readonly Piece[], before: number): number {
  const most = Math.min(last.length, now.length) - before;
  const delta = (now.at(-1)?.start ?? 0) - (last.at(-1)?.piece.start ?? 0);
  let count = 0;
  while (count < most) {
    const then = last[last.length - 1 - count]?.piece;
    const here = now[now.length - 1 - count];
    if (!then || !here || then.origin !== here.origin || here.start - then.start !== delta) break;
    count++;
  }
  return count;
}

function meets(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  for (const each of some) if (others.has(each)) return true;
  return false;
}

/** What is known, without what asked for a name that means something else now. */
function withoutStirred(matched: readonly (Remembered | undefined)[], standing: readonly Standing[], gone: readonly Remembered[]): readonly (Remembered | undefined)[] {
  const known = [...matched];
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
      if (!each || !meets(each.asked, stirred)) continue;
      known[index] = undefined;
      stir(each.binds);
      more = true;
    }
  }
  return known;
}
