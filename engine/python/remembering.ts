/** Reading an open file: statements that mean what they meant before the edit are taken over, the others are read (see memory.ts). */
import type { Draft } from './draft';
import { draftOf } from './draft';
import type { ModuleMemory, Remembered } from './memory';
import { sameAmbient } from './memory';
import type { Piece } from './pieces';
import type { Place } from './standing';
import { behind, inside } from './standing';
import type { States } from './state';
import { statesIn } from './state';
import { block } from './statements';
import type { Read } from './still';

/** A piece as it was read, and where it stands: under which conditions of statements before it. */
export interface Standpoint { readonly remembered: Remembered; readonly place: Place }

/**
 * Reads the top level of an open file piece by piece.
 * @param top where the first piece stands
 * @param does what the module calls, to which is added
 */
export function readPieces(draft: Draft, pieces: readonly Piece[], top: Place, does: Set<string>, memory: ModuleMemory): readonly Standpoint[] {
  const { input: { path, role }, scopes, refusing, values, routeContext: { framework = '' } } = draft;
  const { standing, known } = memory.recall(pieces, scopes, [path, role, framework, ...scopes.stars, ...refusing].join('\0'));
  let here = top;
  let ambient: Remembered['ambient'] = [];
  let conditions: ReadonlySet<string> = new Set();
  const read = pieces.map((piece, index): Standpoint => {
    const before = known[index];
    const from = here;
    const { binds = [], seen } = standing[index] ?? {};
    const kept = before && sameAmbient(before.ambient, ambient) ? before : { piece, binds, seen, ambient, ...recorded(draft, piece, here, conditions) };
    for (const each of kept.does) does.add(each);
    if (kept === before) takeOver(draft, kept);
    for (const one of piece.body) {
      const next = behind(one, here, values);
      if (next !== here) { ambient = [...ambient, { text: piece.text, start: one.start }]; conditions = new Set([...conditions, ...kept.asked]); }
      here = next;
    }
    return { remembered: kept, place: from };
  });
  if (memory.remember(read.map((each) => each.remembered))) return read;
  for (const list of Object.values(draft.lists)) list.length = 0;
  for (const set of Object.values(draft.sets)) set.clear();
  does.clear();
  return readPieces(draft, pieces, top, does, memory);
}

/** Reads a piece into the draft, and says what it added and what it asked for. */
function recorded(draft: Draft, piece: Piece, place: Place, conditions: ReadonlySet<string>): Pick<Remembered, 'asked' | 'facts' | 'does' | 'added'> {
  const { lists, sets, scopes: { module } } = draft;
  const marks = sizes(lists, (list) => list.length);
  const before = sizes(sets, (set) => set.size);
  const does = new Set<string>();
  const asked = new Set<string>();
  // What is known from another piece would hide the names it rests on.
  draft.values.forget();
  draft.names.forget();
  module.asked = asked;
  block(draft, piece.body, inside(place, { does: [does] }));
  module.asked = undefined;
  for (const name of conditions) asked.add(name);
  return {
    asked, does: [...does], facts: Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, list.slice(marks[name])])),
    added: Object.fromEntries(Object.entries(sets).map(([name, set]) => [name, [...set].slice(before[name])])),
  };
}

function sizes<T>(of: Readonly<Record<string, T>>, size: (one: T) => number): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(of).map(([name, one]) => [name, size(one)]));
}

/** Adds what a piece gave when it was read. */
function takeOver(draft: Draft, { facts, added }: Remembered): void {
  addNames(draft, added);
  for (const [name, list] of Object.entries(draft.lists)) list.push(...facts[name] ?? []);
}

function addNames(draft: Draft, added: Remembered['added']): void {
  for (const [name, set] of Object.entries(draft.sets)) for (const each of added[name] ?? []) set.add(each);
}

/**
 * Reads a definition anew in the place of another.
 * @param read the pieces of the file as they were read, all of them
 * @param states what the file keeps between requests
 */
export function rereading({ input, refusing }: Draft, read: readonly Standpoint[], states: States): Read['again'] {
  return (piece, definition, index, scopes, text) => {
    const there = read[index];
    if (!there) throw new RangeError(`There is no piece ${index}.`);
    const { piece: gone } = there.remembered;
    const draft = draftOf({ ...input, text, program: { ...input.program, body: [definition] }, memory: undefined }, { scopes, refusing });
    for (const { remembered: { added } } of read.slice(0, index)) addNames(draft, added);
    const rest = new Map([...states].filter(([, { nameAt: { start } }]) => start < gone.start || gone.start + gone.text.length <= start));
    return { ...recorded(draft, piece, inside(there.place, { scope: scopes.module }), new Set()), states: statesIn(definition, rest, { scopes, names: draft.names, text }) };
  };
}
