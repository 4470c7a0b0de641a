/**
 * Whether an edit leaves the facts of an open file as they are, but for their places. Most letters that are typed do: a local name that
 * grows, a text, a line half written. Then nothing has to be read but the one definition the edit is in, and nothing judged anew that does
 * not look at the text itself.
 *
 * Told by reading that definition again among the others as they were read, and comparing it with what it said then and with what it said
 * when it last said something else. Where it says something new, the module is patched (see patched.ts). Where there is any doubt the answer
 * is no, and the file is read as after any other edit (see memory.ts). The test is that of the memory: facts are those of a reading from
 * nothing.
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
import type { Reread } from './patched';
import { lazily, namesBehind, patchedModule } from './patched';
import type { End, Joins } from './places';
import { alikeButMoved, mover, moves } from './places';
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
  again(piece: Piece, definition: FunctionStmt | ClassStmt, index: number, scopes: Scopes, text: string): Omit<Reread, 'index' | 'piece'>;
}

/** What a definition said, and the module in which it stood. */
export interface Known {
  readonly text: string;
  readonly module: Module;
  readonly piece: { readonly start: number; readonly end: number };
  readonly whole: boolean;
  readonly said: readonly unknown[];
}

/** An open file: as it was read last, and what it is since one definition of it says something else. */
interface OpenFile { readonly read: Read | undefined; patched: Known | undefined }

/** Comments that are facts of their own. */
const SAYING = new RegExp(`${MAY_SILENCE.source}|${MAY_MARK.source}`, 'i');

interface Move {
  readonly from: Module;
  /** Where the text differs from the one it was read from, by the places of that. */
  readonly edit: Stretch;
  /** The same facts of any module at their new places. */
  readonly place: (facts: Module) => Module;
}

const moved = new WeakMap<Module, Move>();

/** Of a module whose facts are those of an earlier one at other places, on the same lines: how it was made of that one. */
export function movedFrom(module: Module): Move | undefined {
  return moved.get(module);
}

/** The module that a module's facts were read as, which edits may have moved since. */
export function rootOf(module: Module): Module {
  return movedFrom(module)?.from ?? module;
}

/**
 * The module of another text of the same file, where one definition differs at the most; undefined where the file has to be read.
 * @param lower reads a piece's text, in the place of another, as if it were a file
 */
export function editedModule(file: OpenFile, text: string, lower: (text: string, before: Piece) => Lowered): Module | undefined {
  const { read } = file;
  if (!read) return undefined;
  const edit = stretchBetween(read.text, text);
  if (edit.start === edit.end && edit.by === 0) return read.module;
  if (read.module.migration || changesLines(read.text, text, edit)) return undefined;
  const index = read.pieces.findIndex(({ piece }) => piece.start < edit.start && edit.end < piece.start + piece.text.length);
  const known = read.pieces[index];
  if (!known || !read.text.slice(known.piece.start, edit.start).includes('\n')) return undefined;
  const now = readAgain(read, text, edit, { index, known, lower });
  if (!now) return undefined;
  const said = saidBy(now.piece, now, now.states);
  const { patched } = file;
  const still = (patched && !namesBehind(read, now) ? stillAs(patched, now.piece, said, text) : undefined) ?? stillAs(knownOf(read, known), now.piece, said, text);
  if (still) return still;
  const saysSame = alikeButMoved(sayings(known.piece), sayings(now.piece), within(placeOf(known.piece), edit, 'neither'));
  const module = saysSame ? patchedModule(read, edit, now) : undefined;
  if (module) file.patched = { text, module, piece: placeOf(now.piece), whole: now.piece.origin.whole, said };
  return module;
}

interface Edited { readonly index: number; readonly known: Remembered; readonly lower: (text: string, before: Piece) => Lowered }

/** The definition that the edit is in, read again; undefined where others would see that it is another. */
function readAgain(read: Read, text: string, edit: Stretch, { index, known, lower }: Edited): Reread | undefined {
  const gone = placeOf(known.piece);
  const before = definitionOf(known.piece);
  if (!before || pieceEnd(text, gone.start) !== gone.end + edit.by) return undefined;
  const written = text.slice(gone.start, gone.end + edit.by);
  const piece = placedAt(written, lower(written, known.piece), gone.start);
  const definition = definitionOf(piece);
  if (!definition || definition.k !== before.k || definition.name !== before.name) return undefined;
  if (isRefusing([definition]).join() !== isRefusing([before]).join() || saysGlobal(written) !== saysGlobal(known.piece.text)) return undefined;
  const scopes = scopesWith(read.scopes, gone, piece);
  const seen = seenOf(piece, scopes);
  if ((seen === undefined || seen !== known.seen) && read.pieces.some((each) => each !== known && each.asked.has(before.name))) return undefined;
  return { index, piece, ...read.again(piece, definition, index, scopes, text) };
}

function knownOf({ text, module, states }: Read, known: Remembered): Known {
  return { text, module, piece: placeOf(known.piece), whole: known.piece.origin.whole, said: saidBy(known.piece, known, states) };
}

/** All that a definition says, in one list. */
function saidBy(piece: Piece, { facts, does, added }: Pick<Remembered, 'facts' | 'does' | 'added'>, states: States): readonly unknown[] {
  return [sayings(piece), facts, does, added, statesAt(states, placeOf(piece))];
}

/** The module in which a definition says what it said, at other places. */
function stillAs(known: Known, { origin: { whole } }: Piece, said: readonly unknown[], text: string): Module | undefined {
  if (whole !== known.whole) return undefined;
  const edit = stretchBetween(known.text, text);
  if (edit.start === edit.end && edit.by === 0) return known.module;
  const ways: readonly Joins[] = edit.start === edit.end ? ['before', 'neither', 'behind'] : ['neither'];
  const way = ways.find((each) => alikeButMoved(known.said, said, within(known.piece, edit, each)));
  return way && placedModule(known.module, edit, way);
}

/** Lines come or go, or the line that changes has a comment that says something to us. */
function changesLines(before: string, now: string, { start, end, by }: Stretch): boolean {
  const line = (text: string, to: number) => text.slice(text.lastIndexOf('\n', start - 1) + 1, Math.max(0, text.indexOf('\n', to)) || text.length);
  return /[\r\n]/.test(before.slice(start, end)) || /[\r\n]/.test(now.slice(start, end + by)) || SAYING.test(line(before, end)) || SAYING.test(line(now, end + by));
}

function placeOf({ start, text }: Piece): { readonly start: number; readonly end: number } {
  return { start, end: start + text.length };
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
  const move = moves(edit, joins);
  const inside = (at: number, end: End) => end === 'start' ? piece.start <= at && at < piece.end : piece.start < at && at <= piece.end;
  return (at, end) => !inside(at, end) ? at : edit.start < at && at < edit.end ? Number.NaN : move(at, end);
}

/** The facts of a module at the places of another text. */
function placedModule(from: Module, edit: Stretch, joins: Joins): Module {
  const move = mover(moves(edit, joins));
  // Each kind of facts is moved when somebody asks for it.
  const place = (facts: Module) => lazily(facts, (key) => move(facts[key]));
  const module = place(from);
  moved.set(module, { from, edit, place });
  return module;
}
