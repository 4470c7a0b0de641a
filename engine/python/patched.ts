/**
 * A module in which one definition says something else than it did: nothing of the others is read again, their facts are moved to where they
 * stand now.
 *
 * That is right as long as the definition is to the others what it was and names nothing that stands behind it, whose places would be the
 * old ones. Where there is any doubt the file is read as after any other edit (see memory.ts).
 */
import type { Import, Module } from '../../rules/kit';
import type { Stmt } from '../syntax/ast';
import type { Stretch } from '../syntax/stretch';
import type { Lists } from './composed';
import { COMPOSED } from './composed';
import type { Remembered } from './memory';
import type { Piece } from './pieces';
import { alikeButMoved, mover, moves } from './places';
import type { Scopes } from './scopes';
import { shifted } from './shifted';
import type { States } from './state';
import { statesWith, written } from './state';

/** A definition that was read again in the place of another. */
export interface Reread extends Pick<Remembered, 'facts' | 'does' | 'added' | 'asked'> {
  readonly index: number;
  readonly piece: Piece;
  readonly states: States;
}

/** The file as it was read. */
interface Before { readonly module: Module; readonly scopes: Scopes; readonly states: States; readonly pieces: readonly Remembered[] }

/**
 * The module with a definition in the place of another; undefined where more of it may be another.
 * @param edit where the text differs, by the places it had when it was read
 */
export function patchedModule(read: Before, edit: Stretch, now: Reread): Module | undefined {
  const known = read.pieces[now.index];
  if (!known || !isAlone(read, known, now)) return undefined;
  const end = known.piece.start + known.piece.text.length;
  const move = mover((at) => at >= end ? at + edit.by : at);
  const states = statesWith(read.states, { start: known.piece.start, end }, now.states, move);
  if (!states) return undefined;
  const { pieces } = read;
  const parts = pieces.map((each): Pick<Remembered, 'piece' | 'does'> => each === known ? now : each);
  const lists = lazily(known.facts, (name) => pieces.flatMap((each) => each === known ? now.facts[name] ?? [] : move(each.facts[name] ?? []))) as unknown as Lists;
  const body = () => parts.flatMap(({ piece: { body: here } }, index): readonly Stmt[] => index > now.index ? shifted(here, edit.by) : here);
  const made: Readonly<Record<string, () => unknown>> = {
    ...Object.fromEntries(Object.entries(COMPOSED).map(([key, compose]) => [key, () => compose(lists, body)])),
    whole: () => parts.every(({ piece }) => piece.origin.whole),
    does: () => [...new Set(parts.flatMap(({ does }) => does))],
    states: () => written(states),
    suppressions: () => mover(moves(edit, 'neither'))(read.module.suppressions),
    markers: () => mover(moves(edit, 'neither'))(read.module.markers),
  };
  return lazily(read.module, (key) => made[key]?.() ?? (key in lists ? lists[key as keyof Lists] : read.module[key as keyof Module])) as unknown as Module;
}

/** An object with the same keys, whose values are found when somebody asks for them. */
export function lazily<T extends object>(like: T, find: (key: keyof T & string) => unknown): T {
  const made = {} as T;
  for (const key of Object.keys(like) as (keyof T & string)[]) {
    let there: { readonly value: unknown } | undefined;
    Object.defineProperty(made, key, { enumerable: true, configurable: true, get: () => (there ??= { value: find(key) }).value });
  }
  return made;
}

/** Nobody else speaks of the definition, and it speaks of nothing behind it; what it imports, and what it adds to what later statements ask, is what it was. */
function isAlone({ scopes, pieces }: Before, known: Remembered, now: Reread): boolean {
  const imports = (facts: Remembered['facts']) => (facts['imports'] ?? []).map((each) => { const { name, target } = each as Import; return `${name} ${target}`; }).join();
  return imports(known.facts) === imports(now.facts) && alikeButMoved(known.added, now.added, (at) => at)
    && !known.binds.some((name) => pieces.some((each) => each !== known && each.asked.has(name)))
    && !namesBehind({ scopes, pieces }, now);
}

/** Whether a definition names what is bound behind it, and so may tell of places there. An import is told of by its name alone. */
export function namesBehind({ scopes: { module }, pieces }: Pick<Before, 'scopes' | 'pieces'>, { asked, index }: Reread): boolean {
  const next = pieces[index + 1]?.piece.start ?? Number.POSITIVE_INFINITY;
  return [...asked].some((name) => module.bindings.get(name)?.some(({ at, kind }) => at >= next && kind !== 'import'));
}
