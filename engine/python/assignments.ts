/** What names and settings are given: assignments, and calls that set several at once. */
import type { Assignment, Span, Value } from '../../rules/kit';
import type { Argument, Expr, Stmt } from '../syntax/ast';
import { calledName } from './calls';
import type { Draft } from './draft';
import { ownName } from './draft';
import { tableModel } from './models';
import { configurationsField, isSettingsClass, settingsField } from './settings';
import type { Place } from './standing';
import { standing } from './standing';
import { span } from './value-parts';

type Assign = Extract<Stmt, { k: 'assign' }>;

/** Adds what an assignment gives to each of its targets: names outside of functions, attributes and entries anywhere. */
export function assignment(draft: Draft, one: Assign, place: Place): void {
  const { scope } = place;
  const { names, values, variables, routing } = draft;
  const settings = scope.kind === 'class' && isSettingsClass(scope, names);
  for (const target of one.targets) {
    if (one.value) routing.assigned(target, one.value, scope, () => standing(place, one));
    if (target.k === 'name' && scope.kind === 'function') continue;
    if (target.k === 'list') { unpacked(draft, target.items, one.value, one, place); continue; }
    const field = settings && target.k === 'name' ? settingsField(target.name, one.value, one.annotation, scope, values, names) : undefined;
    if (!one.value && !field) continue;
    if (field) variables.field(field, () => standing(place, one));
    const value = field?.value ?? (one.value && target.k === 'name' && scope.kind === 'class' ? configured(draft, target.name, one.value, place) : undefined) ?? (one.value ? values.evaluate(one.value, scope) : undefined);
    if (value) assign(draft, target, value, one, place, one.annotation);
    if (one.op === '|' && one.value?.k === 'dict') entriesOf(draft, target, one.value, place);
  }
}

function configured(draft: Draft, name: string, given: Expr, place: Place): Value | undefined {
  const value = configurationsField(name, given, place.scope, draft.values, draft.names);
  if (value?.kind === 'environment') draft.variables.field({ value, aliases: [], composed: false }, () => standing(place, given));
  return value;
}

function unpacked(draft: Draft, targets: readonly Expr[], value: Expr | undefined, one: Stmt, place: Place): void {
  if (value?.k !== 'list' || value.items.length !== targets.length || place.scope.kind === 'function') return;
  for (const [index, target] of targets.entries()) {
    const item = value.items[index];
    if (item) assign(draft, target, draft.values.evaluate(item, place.scope), one, place);
  }
}

function assign(draft: Draft, target: Expr, value: Value, at: Stmt, place: Place, annotation?: Expr): void {
  const { names } = draft;
  const written = names.written(target);
  const qualified = target.k === 'name' ? ownName(draft, place.scope, target.name) : names.qualify(target, place.scope) ?? written;
  const typed = annotation && names.annotated(annotation, place.scope);
  draft.found.assignments.push({ scope: place.scope.path, guards: place.guards(), at: span(at), target: written, qualified, targetAt: span(target), value, how: 'statement', ...(typed && { annotation: typed }) });
}

/** Adds the model that a `Table(…)` is, by the name it is given to. */
export function tableAssignment(draft: Draft, one: Assign, place: Place): void {
  if (one.value?.k !== 'call' || calledName(one.value) !== 'Table') return;
  const model = tableModel(one, place.scope, standing(place, one), draft.modelFile);
  if (model) draft.found.models.push(model);
}

// ---- calls that set

const SETTERS = new Set(['update', 'from_mapping', 'configure', 'setdefault']);

/** Adds what such a call sets: `app.config.update(K=v)`, `from_mapping(K=v)`, `update({"K": v})`, `settings.configure(K=v)`. */
export function settingCall(draft: Draft, expr: Expr, place: Place): void {
  if (expr.k !== 'call' || expr.callee.k !== 'attribute' || !SETTERS.has(expr.callee.name)) return;
  const { names, values } = draft;
  const object = expr.callee.name === 'from_mapping' || expr.callee.name === 'configure' || isConfigObject(names.written(expr.callee.of)) ? expr.callee.of : undefined;
  if (!object) return;
  const [first, second] = expr.args;
  if (expr.callee.name === 'setdefault' && first?.value.k === 'text' && second) {
    entry(draft, object, { key: first.value.value, keyAt: span(first), value: values.evaluate(second.value, place.scope), at: expr, how: 'entry' }, place);
    return;
  }
  for (const each of expr.args) {
    if (each.name !== undefined) entry(draft, object, { key: each.name, keyAt: { start: each.start, end: each.start + each.name.length }, value: values.evaluate(each.value, place.scope), at: each, how: 'keyword' }, place);
    else if (each.value.k === 'dict') entriesOf(draft, object, each.value, place);
    else entriesByName(draft, object, each, place);
  }
}

function isConfigObject(written: string): boolean {
  return /(^|\.)(config|conf|settings)$|^(globals|locals|vars)\(\)$/i.test(written);
}

/** A table that stands elsewhere in the file, or `dict(K=v)`: what is set here is what it holds. */
function entriesByName(draft: Draft, object: Expr, given: Argument, place: Place): void {
  const table = draft.values.evaluate(given.value, place.scope);
  const entries = table.kind === 'dict' ? table.entries.flatMap(({ key, value }) => key.kind === 'text' ? [{ name: key.value, value }] : []) : table.kind === 'result' && table.callee === 'dict' ? table.keywords.filter((each) => each.name !== '**') : [];
  for (const each of entries) entry(draft, object, { key: each.name, keyAt: span(given), value: each.value, at: given, how: 'entry' }, place);
}

function entriesOf(draft: Draft, object: Expr, table: Extract<Expr, { k: 'dict' }>, place: Place): void {
  for (const { key, value } of table.entries) {
    if (key?.k === 'text') entry(draft, object, { key: key.value, keyAt: span(key), value: draft.values.evaluate(value, place.scope), at: { start: key.start, end: value.end }, how: 'entry' }, place);
  }
}

interface Entry { readonly key: string; readonly keyAt: Span; readonly value: Value; readonly at: { readonly start: number; readonly end: number }; readonly how: Assignment['how'] }

function entry({ names, found }: Draft, object: Expr, { key, keyAt, value, at, how }: Entry, place: Place): void {
  const written = `${names.written(object)}.${key}`;
  const qualified = names.qualify(object, place.scope);
  found.assignments.push({ scope: place.scope.path, guards: place.guards(), at: span(at), target: written, qualified: qualified ? `${qualified}.${key}` : written, targetAt: keyAt, value, how });
}
