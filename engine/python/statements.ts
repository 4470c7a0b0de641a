/** The walk over the statements of a file, each with the conditions that dominate it. */
import type { Expr, HandlerNode, Stmt, TryStmt } from '../syntax/ast';
import { assignment, settingCall, tableAssignment } from './assignments';
import { classStatement, functionStatement } from './definitions';
import type { Draft } from './draft';
import type { Use } from './expressions';
import { expression, loopAround } from './expressions';
import { alwaysRaises, deeds, leavesBlock, passesOn, usesBound } from './handlers';
import { idleKind } from './idle';
import { absolute } from './module-name';
import { refusalOf } from './refusals';
import type { Place } from './standing';
import { behind, conditions, inside, standing, under } from './standing';
import { span } from './value-parts';
import { callsIn, expressionsOf } from './walk';

/** Adds the facts of statements that stand one behind the other, and of all that is in them. */
export function block(draft: Draft, body: readonly Stmt[], place: Place): void {
  let here = place;
  for (const one of body) {
    statement(draft, one, here);
    here = behind(one, here, draft.values);
  }
}

function statement(draft: Draft, one: Stmt, place: Place): void {
  if (one.k === 'assign') for (const each of one.targets) draft.variables.given(each);
  if (one.k === 'loop') { loop(draft, one, place); return; }
  const use = useOf(draft, one);
  for (const expr of expressionsOf(one)) expression(draft, expr, place, use);
  switch (one.k) {
    case 'import': importStatement(draft, one, place); break;
    case 'assign': assignment(draft, one, place); tableAssignment(draft, one, place); break;
    case 'expression': settingCall(draft, one.value, place); refusalCall(draft, one.value, place); idleStatement(draft, one.value, place); break;
    case 'assert': refusal(draft, one.test, { at: one, raise: one, negated: true }, place); break;
    case 'if': branch(draft, one, place); break;
    case 'try': tryStatement(draft, one, place); break;
    case 'with': withStatement(draft, one, place); break;
    case 'match': for (const each of one.cases) block(draft, each.body, place); break;
    case 'function': functionStatement(draft, one, place, block); break;
    case 'class': classStatement(draft, one, place, block); break;
  }
}

function useOf(draft: Draft, one: Stmt): Use {
  const target = one.k === 'assign' ? one.targets[0] : undefined;
  return { bound: target && draft.names.written(target), discarded: one.k === 'expression', awaited: one.k === 'with' && isAsync(draft, one), managed: one.k === 'with' };
}

function isAsync({ input: { text } }: Draft, one: Stmt): boolean {
  return text.startsWith('async', one.start);
}

function importStatement(draft: Draft, one: Extract<Stmt, { k: 'import' }>, place: Place): void {
  for (const each of one.names) {
    const module = each.name === undefined ? each.module : absolute(each.module, draft.name, draft.package);
    const target = each.name === undefined || each.name === '*' ? module : `${module}.${each.name}`;
    const name = each.alias ?? each.name ?? (each.module.split('.')[0] ?? '');
    draft.found.imports.push({ name, target: each.name === undefined && !each.alias ? name : target, at: span(one), guards: place.guards() });
  }
}

function idleStatement(draft: Draft, expr: Expr, place: Place): void {
  const what = idleKind(expr, (called) => draft.names.callee(called, place.scope));
  if (what) draft.found.idle.push({ ...standing(place, expr), what });
}

// ---- blocks

function loop(draft: Draft, one: Extract<Stmt, { k: 'loop' }>, place: Place): void {
  const { over, target } = one;
  const inner = inside(place, { loop: loopAround(draft, one, target && over, place), repeats: place.repeats || !target });
  // The condition of a `while` is asked each time, the collection of a `for` once.
  if (over) expression(draft, over, target ? place : inner, { awaited: isAsync(draft, one) });
  if (target) expression(draft, target, place);
  block(draft, one.body.body, inner);
  block(draft, one.orelse?.body ?? [], place);
}

function branch(draft: Draft, one: Extract<Stmt, { k: 'if' }>, place: Place): void {
  const { values } = draft;
  if (alwaysRaises(one.body)) refusal(draft, one.test, { at: one, raise: one.body, negated: false }, place);
  block(draft, one.body.body, under(one.test, false, place, values));
  if (!one.orelse) return;
  if (alwaysRaises(one.orelse) && one.orelse.body[0]?.k !== 'if') refusal(draft, one.test, { at: one, raise: one.orelse, negated: true }, place);
  block(draft, one.orelse.body, under(one.test, true, place, values));
}

function withStatement(draft: Draft, one: Extract<Stmt, { k: 'with' }>, place: Place): void {
  let { within } = place;
  for (const { value } of one.items) if (value.k === 'call') within = { name: () => draft.names.callee(value.callee, place.scope), outer: within };
  block(draft, one.body.body, inside(place, { within }));
}

function tryStatement(draft: Draft, one: TryStmt, place: Place): void {
  block(draft, one.body.body, place);
  const tries = [...new Set(callsIn(one.body.body).map((each) => draft.names.callee(each.callee, place.scope)))];
  for (const each of one.handlers) {
    handler(draft, each, one, tries, place);
    block(draft, each.body.body, place);
  }
  block(draft, one.orelse?.body ?? [], place);
  const left = one.final && leavesBlock(one.final.body);
  if (left && one.handlers.every((each) => deeds(each.body.body).includes('raise'))) draft.found.drops.push({ ...standing(place, left), tries, tryBody: span(one.body) });
  block(draft, one.final?.body ?? [], inside(place, { cleanup: true }));
}

function handler({ names, found, input: { text } }: Draft, one: HandlerNode, { body: tried }: TryStmt, tries: readonly string[], place: Place): void {
  const types = one.type ? (one.type.k === 'list' ? one.type.items : [one.type]) : [];
  found.handlers.push({
    scope: place.scope.path, guards: place.guards(), at: span(one), keyword: { start: one.start, end: one.keywordEnd }, catches: types.map((each) => names.qualify(each, place.scope) ?? names.written(each)),
    ...(one.type && { catchesAt: span(one.type) }), ...(one.bound && { bound: one.bound }), body: { start: one.body.start, end: one.body.end }, does: deeds(one.body.body),
    tries, tryBody: { start: tried.start, end: tried.end }, reraises: alwaysRaises(one.body), usesBound: usesBound(one, text), passesOn: passesOn(one), repeats: place.repeats,
    cleanup: place.cleanup || /(^|\.)(__del__|__exit__|__aexit__)$/.test(place.scope.path),
  });
}

// ---- refusals

interface Refused { readonly at: Stmt; readonly raise: { readonly start: number; readonly end: number }; /** It is refused where the test is false. */ readonly negated: boolean }

function refusal({ names, values, found }: Draft, test: Expr, { at, raise, negated }: Refused, place: Place): void {
  const own = conditions(test, negated, place.scope, values).filter((each) => each.means === 'production' || each.means === 'development' || each.means === 'tests');
  found.refusals.push({ ...standing(place, at), guards: [...place.guards(), ...own], ...refusalOf(test, negated, place.scope, names, values), raise: span(raise) });
}

/** A call of a function of this file that raises on its arguments refuses like the check in it. */
function refusalCall({ names, values, found, refusing }: Draft, expr: Expr, place: Place): void {
  if (expr.k !== 'call') return;
  const name = expr.callee.k === 'attribute' || expr.callee.k === 'name' ? expr.callee.name : '';
  if (!refusing.has(name) || expr.args.length === 0) return;
  const all: Expr = { k: 'list', start: expr.start, end: expr.end, items: expr.args.map((each) => each.value) };
  found.refusals.push({ ...standing(place, expr), ...refusalOf(all, false, place.scope, names, values), raise: span(expr) });
}
