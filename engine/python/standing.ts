/** Where a statement stands: in which scope, under which conditions, and inside of what. */
import type { Guard, Standing } from '../../rules/kit';
import { NONE, settled } from '../lists';
import type { Block, Expr, Stmt } from '../syntax/ast';
import { guardsOf } from './conditions';
import { alwaysRaises } from './handlers';
import type { LoopAround } from './loops';
import type { Scope } from './scopes';
import type { Values } from './values';
import { span } from './value-parts';

/** Calls and `with` statements around a place, innermost first; named when somebody asks. */
export interface Around { readonly name: () => string; readonly outer: Around | undefined }

export interface Place {
  readonly scope: Scope;
  /** Evaluated when a fact is found under them, which most conditions never see. */
  readonly guards: () => readonly Guard[];
  readonly within: Around | undefined;
  readonly cleanup: boolean;
  /** In a `while` loop of this scope. */
  readonly repeats: boolean;
  /** The innermost loop of this scope. */
  readonly loop: LoopAround | undefined;
  /** Directly in an `async def`. */
  readonly onLoop: boolean;
  /** What the functions around it call, innermost last: each call is added to all of them. */
  readonly does: readonly Set<string>[];
}

/** A place in another: what is said here is another, the rest is as it was. Every place is made with all it has, so that all are of one shape. */
export function inside({ scope, guards, within, cleanup, repeats, loop, onLoop, does }: Place, to: Partial<Place>): Place {
  return { scope, guards, within, cleanup, repeats, loop, onLoop, does, ...to };
}

/** The place of a file's first statement. */
export function topOf(module: Scope, does: Set<string>): Place {
  return { scope: module, guards: () => NONE, within: undefined, cleanup: false, repeats: false, loop: undefined, onLoop: false, does: [does] };
}

/** What every fact says of its place. Kinds of which there are many take it part by part: V8 of Node 20 gives each object that begins by a spread a shape of its own, once there are several kinds. */
export function standing(place: Place, at: { readonly start: number; readonly end: number }): Standing {
  return { scope: place.scope.path, guards: place.guards(), at: span(at) };
}

/** Names of what is around a place, outermost first. */
export function namesOf(around: Around | undefined): readonly string[] {
  const names: string[] = [];
  for (let at = around; at; at = at.outer) names.unshift(at.name());
  return settled(names);
}

/** The conditions that hold where `test` is true (or false, when `negated`). */
export function conditions(test: Expr, negated: boolean, scope: Scope, values: Values): Guard[] {
  const found = guardsOf(values.evaluate(test, scope), negated, span(test));
  return negated ? found.map((each) => ({ ...each, negated: true as const })) : found;
}

/** The place of what runs where `test` is true (or false, when `negated`). */
export function under(test: Expr, negated: boolean, place: Place, values: Values, wanted: (guard: Guard) => boolean = () => true): Place {
  let made: readonly Guard[] | undefined;
  return inside(place, { guards: () => made ??= [...place.guards(), ...conditions(test, negated, place.scope, values).filter(wanted)] });
}

/** The place behind a statement: `if not app.debug: return` guards all that follows it in the block. */
export function behind(one: Stmt, place: Place, values: Values): Place {
  if (one.k !== 'if' || one.orelse || !leaves(one.body, place.scope)) return place;
  return under(one.test, true, place, values, (guard) => guard.means !== 'unknown' && guard.means !== 'main');
}

/** The block always ends by leaving it: return, raise, continue, break. A module has nothing to return from, unless its syntax is broken. */
function leaves(block: Block, scope: Scope): boolean {
  const last = block.body.at(-1);
  return last !== undefined && ((last.k === 'return' && scope.kind !== 'module') || last.k === 'continue' || last.k === 'break' || alwaysRaises(block));
}
