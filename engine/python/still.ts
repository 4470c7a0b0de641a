/**
 * Whether an edit leaves the facts of an open file as they are, but for their places. Most letters that are typed do: a local name that
 * grows, a text, a line half written. Then nothing has to be read but the one definition the edit is in, and nothing judged anew that does
 * not look at the text itself.
 *
 * Told by reading that definition again among the others as they were read, and comparing. Where there is any doubt the answer is no,
 * and the file is read as after any other edit (see memory.ts). The test is that of the memory: facts are those of a reading from nothing.
 */
import type { Module } from '../../rules/kit';
import { MAY_MARK } from '../files/markers';
import { MAY_SILENCE } from '../files/suppression';
import type { ClassStmt, FunctionStmt } from '../syntax/ast';
import { pieceEnd } from './cuts';
import type { Remembered } from './memory';
import { seenOf } from './memory';
import type { Lowered, Piece } from './pieces';
import { placedAt } from './pieces';
import type { End } from './places';
import { alikeButMoved, mover } from './places';
import { isRefusing } from './refusals';
import type { Scopes } from './scopes';
import { scopesWith } from './scopes';
import type { States } from './state';
import { saysGlobal } from './state';
import type { Stretch } from '../syntax/stretch';
import { stretchBetween } from '../syntax/stretch';

/** A file as it was read, with all that is needed to read a part of it again. */
export interface Read {
  readonly text: string;
  readonly module: Module;
  readonly scopes: Scopes;
  readonly states: States;
  readonly pieces: readonly Remembered[];
  /**
   * What a definition adds to the module in the place of another.
   * @param index of the piece that it replaces
   * @param scopes those of the file, with the definition in them
   */
  again(piece: Piece, definition: FunctionStmt | ClassStmt, index: number, scopes: Scopes, text: string): Pick<Remembered, 'facts' | 'does' | 'added'> & { readonly states: States };
}

/** Comments that are facts of their own. */
const SAYING = new RegExp(`${MAY_SILENCE.source}|${MAY_MARK.source}`, 'i');

interface Move {
  readonly from: Module;
  /** Where the text differs from the one it was read from, by the places of that. */
  readonly edit: Stretch;
  /** The same facts of any module at their new places. */
  readonly place: (facts: Module) => Module;
}

const moves = new WeakMap<Module, Move>();

/** Of a module whose facts are those of an earlier one at other places, on the same lines: how it was made of that one. */
export function movedFrom(module: Module): Move | undefined {
  return moves.get(module);
}

/** The module that a module's facts were read as, which edits may have moved since. */
export function rootOf(module: Module): Module {
  return movedFrom(module)?.from ?? module;
}

/**
 * The module of another text of the same file, when only places differ; undefined where it has to be read.
 * @param lower reads a piece's text, in the place of another, as if it were a file
 */
export function movedModule(read: Read, text: string, lower: (text: string, before: Piece) => Lowered): Module | undefined {
  const edit = stretchBetween(read.text, text);
  if (edit.start === edit.end && edit.by === 0) return read.module;
  if (read.module.migration || changesLines(read.text, text, edit)) return undefined;
  const index = read.pieces.findIndex(({ piece }) => piece.start < edit.start && edit.end < piece.start + piece.text.length);
  const known = read.pieces[index];
  if (!known || !read.text.slice(known.piece.start, edit.start).includes('\n')) return undefined;
  const way = stillBy(read, text, edit, { index, known, lower });
  return way && placedModule(read.module, edit, way);
}

interface Edited { readonly index: number; readonly known: Remembered; readonly lower: (text: string, before: Piece) => Lowered }

/** What is inserted may belong to the token before it, to the token behind it, or to neither. */
type Joins = 'neither' | 'before' | 'behind';

/** How the edit moves what was found; undefined where it does more than that. */
function stillBy(read: Read, text: string, edit: Stretch, { index, known, lower }: Edited): Joins | undefined {
  const { piece } = known;
  const gone = { start: piece.start, end: piece.start + piece.text.length };
  const before = definitionOf(piece);
  if (!before || pieceEnd(text, gone.start) !== gone.end + edit.by) return undefined;
  const written = text.slice(gone.start, gone.end + edit.by);
  const now = placedAt(written, lower(written, piece), gone.start);
  const definition = definitionOf(now);
  if (!definition || definition.k !== before.k || definition.name !== before.name || now.origin.whole !== piece.origin.whole) return undefined;
  if (isRefusing([definition]).join() !== isRefusing([before]).join() || saysGlobal(written) !== saysGlobal(piece.text)) return undefined;
  const scopes = scopesWith(read.scopes, gone, now);
  const seen = seenOf(now, scopes);
  if ((seen === undefined || seen !== known.seen) && read.pieces.some((each) => each !== known && each.asked.has(before.name))) return undefined;
  const again = read.again(now, definition, index, scopes, text);
  const old = [sayings(piece), known.facts, known.does, known.added, statesAt(read.states, gone)];
  const found = [sayings(now), again.facts, again.does, again.added, statesAt(again.states, { start: gone.start, end: gone.end + edit.by })];
  const ways: readonly Joins[] = edit.start === edit.end ? ['before', 'neither', 'behind'] : ['neither'];
  return ways.find((each) => alikeButMoved(old, found, within(gone, edit, each)));
}

/** Lines come or go, or the line that changes has a comment that says something to us. */
function changesLines(before: string, now: string, { start, end, by }: Stretch): boolean {
  const line = (text: string, to: number) => text.slice(text.lastIndexOf('\n', start - 1) + 1, Math.max(0, text.indexOf('\n', to)) || text.length);
  return /[\r\n]/.test(before.slice(start, end)) || /[\r\n]/.test(now.slice(start, end + by)) || SAYING.test(line(before, end)) || SAYING.test(line(now, end + by));
}

/** The definition that is all of a piece. */
function definitionOf({ body: [one, ...others] }: Piece): FunctionStmt | ClassStmt | undefined {
  return others.length === 0 && (one?.k === 'function' || one?.k === 'class') ? one : undefined;
}

function sayings({ text, start, comments }: Piece): readonly unknown[] {
  return comments.filter((each) => SAYING.test(text.slice(each.start - start, each.end - start)));
}

/** State that is declared in a stretch, and what is done there with all other. */
function statesAt(states: States, at: { readonly start: number; readonly end: number }): readonly unknown[] {
  const inside = (one: { readonly start: number }) => at.start <= one.start && one.start < at.end;
  return [...states].flatMap(([name, { uses, ...state }]) => {
    const own = uses.filter((each) => inside(each.at));
    return inside(state.nameAt) ? [name, state, own] : own.length > 0 ? [name, own] : [];
  });
}

/** Where what is found in the new text must be for what was found in the old: outside of the piece it is still told by the old places. */
function within(piece: { readonly start: number; readonly end: number }, edit: Stretch, joins: Joins): (at: number, end: End) => number {
  const inside = (at: number, end: End) => end === 'start' ? piece.start <= at && at < piece.end : piece.start < at && at <= piece.end;
  return (at, end) => !inside(at, end) ? at : edit.start < at && at < edit.end ? Number.NaN : shifted(edit, joins, at, end);
}

function shifted({ start, end, by }: Stretch, joins: Joins, at: number, which: End): number {
  const touches = at === end && (start < end || (which === 'start' ? joins !== 'behind' : joins === 'before'));
  return at > end || touches ? at + by : at;
}

/** The facts of a module at the places of another text. */
function placedModule(from: Module, edit: Stretch, joins: Joins): Module {
  const move = mover((at, end) => shifted(edit, joins, at, end));
  const place = (facts: Module) => lazily(facts, move);
  const module = place(from);
  moves.set(module, { from, edit, place });
  return module;
}

/** Each kind of facts is moved when somebody asks for it. */
function lazily(facts: Module, move: <T>(facts: T) => T): Module {
  const module = {} as Module;
  for (const key of Object.keys(facts) as (keyof Module)[]) {
    let there: { readonly value: unknown } | undefined;
    Object.defineProperty(module, key, { enumerable: true, configurable: true, get: () => (there ??= { value: move(facts[key]) }).value });
  }
  return module;
}
