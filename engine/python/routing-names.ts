/** Objects by their own names, and views behind what is wrapped around them. */
import type { Keyword } from '../../rules/kit';
import type { CallExpr, Expr } from '../syntax/ast';
import type { Names } from './names';
import type { Scope } from './scopes';
import { bindingsOf } from './scopes';
import type { Values } from './values';

/** Last names of what makes owners of routes. */
export const MAKERS: ReadonlySet<string> = new Set(['Flask', 'Quart', 'APIFlask', 'OpenAPI', 'FastAPI', 'Starlette', 'Blueprint', 'APIBlueprint', 'APIRouter', 'Router', 'Namespace', 'NinjaAPI', 'NinjaExtraAPI', 'DefaultRouter', 'SimpleRouter', 'Api']);
export const OWNER_LIKE = /(Flask|FastAPI|Router|Blueprint|Api|API|App)$/;

/** Names of lists of URLs. */
export const PATTERNS = /(^|_)(urlpatterns|patterns|urls|routes)$/i;

export interface Target { readonly name: string; readonly gates: readonly string[]; readonly keywords: readonly Keyword[]; readonly methods?: readonly string[] }

/** The value of a keyword argument. */
export function argument(call: CallExpr, name: string): Expr | undefined {
  return call.args.find((each) => each.name === name)?.value;
}

/**
 * The own name of the object behind an expression: of a local, where it is bound; of an import, what it imports; of a call, the function that makes
 * it. Undefined for parameters and what else cannot be told.
 */
export function objectName(names: Names, expr: Expr, scope: Scope): string | undefined {
  switch (expr.k) {
    case 'name': return named(names, expr.name, expr.start, scope);
    case 'attribute': {
      if (expr.of.k === 'name' && (expr.of.name === 'self' || expr.of.name === 'cls')) return names.qualify(expr.of, scope) && `${names.qualify(expr.of, scope) ?? ''}.${expr.name}`;
      const of = objectName(names, expr.of, scope);
      return of && `${of}.${expr.name}`;
    }
    case 'call': return objectName(names, expr.callee, scope);
    case 'await': return objectName(names, expr.of, scope);
    default: return undefined;
  }
}

/** What routes hang on: the object's own name; `@app` for a parameter that is the application by its name or type, `@shop.register#bp` for any other. */
export function ownerName(names: Names, expr: Expr, scope: Scope): string {
  const known = objectName(names, expr, scope);
  if (known !== undefined) return known;
  const written = names.written(expr);
  if (APPLICATION.test(written) || APPLICATION_TYPE.test(names.qualify(expr, scope) ?? '')) return '@app';
  const home = expr.k === 'name' ? bindingsOf(expr.name, scope)?.scope : undefined;
  return home ? `@${own(names, home.path)}#${written}` : `@${written}`;
}

const APPLICATION = /^(self\.)?_?(app|application|flask_app|fastapi_app|web_?app|server)$/i;
const APPLICATION_TYPE = /(^|\.)(Flask|Quart|FastAPI|Starlette|APIFlask)$/;

/** Own names behind a name that goes through a list: `for bp in (a, b): app.register_blueprint(bp)`. */
export function objectNames(names: Names, expr: Expr, scope: Scope): readonly string[] {
  if (expr.k === 'name') {
    const binding = names.binding(expr.name, scope, expr.start);
    if (binding?.kind === 'element') return listOf(names, binding.over, scope).flatMap((each) => each.k === 'list' ? each.items.slice(0, 1) : [each]).flatMap((each) => objectName(names, each, scope) ?? []);
  }
  const one = objectName(names, expr, scope);
  return one === undefined ? [] : [one];
}

function listOf(names: Names, over: Expr, scope: Scope): readonly Expr[] {
  if (over.k === 'list') return over.items;
  const binding = over.k === 'name' ? names.binding(over.name, scope, over.start) : undefined;
  return binding?.kind === 'value' && binding.value.k === 'list' ? binding.value.items : [];
}

function named(names: Names, name: string, at: number, scope: Scope): string | undefined {
  if (name === 'self' || name === 'cls') return names.qualify({ k: 'name', name, start: at, end: at }, scope);
  if (name.startsWith('self.')) return names.qualify({ k: 'attribute', of: { k: 'name', name: 'self', start: at, end: at }, name: name.slice('self.'.length), start: at, end: at }, scope);
  const found = bindingsOf(name, scope);
  const binding = found && names.binding(name, scope, at);
  if (!found || !binding) return undefined;
  switch (binding.kind) {
    case 'import': return binding.target;
    case 'definition': return own(names, binding.scope.path);
    case 'value': return otherName(names, binding.value, name, binding.at, found.scope) ?? own(names, joined(found.scope.path, name));
    case 'parameter': return undefined;
    default: return own(names, joined(found.scope.path, name));
  }
}

/** `bp = other`, `bp = make_blueprint(store)`. */
function otherName(names: Names, value: Expr, name: string, at: number, scope: Scope): string | undefined {
  if (value.k === 'name') return value.name === name ? undefined : named(names, value.name, at, scope);
  const callee = value.k === 'call' ? value.callee : undefined;
  const last = callee?.k === 'name' || callee?.k === 'attribute' ? callee.name : '';
  return callee && /^_?[a-z]/.test(last) && !PATTERNS.test(name) ? objectName(names, callee, scope) : undefined;
}

function joined(path: string, name: string): string {
  return path ? `${path}.${name}` : name;
}

function own(names: Names, path: string): string {
  return names.module ? `${names.module}.${path}` : path;
}

const DEEPEST = 6;

/** The view an expression means, with the decorators that are wrapped around it. */
export function targetOf(expr: Expr, scope: Scope, names: Names, values: Values, depth = 0): Target {
  const plain = (name: string): Target => ({ name, gates: [], keywords: [] });
  if (depth > DEEPEST) return plain('');
  if (expr.k === 'text') return plain(expr.value);
  if (expr.k === 'name') {
    const binding = names.binding(expr.name, scope, expr.start);
    if (binding?.kind === 'value') return targetOf(binding.value, bindingsOf(expr.name, scope)?.scope ?? scope, names, values, depth + 1);
    return plain(names.qualify(expr, scope) ?? expr.name);
  }
  if (expr.k !== 'call') return plain(expr.k === 'attribute' ? names.qualify(expr, scope) ?? '' : '');
  const { callee } = expr;
  const inner = expr.args.find((each) => each.name === undefined && !each.stars)?.value;
  if (callee.k === 'attribute' && /^as_(view|asgi)$/.test(callee.name)) {
    const actions = inner?.k === 'dict' ? inner.entries.flatMap((each) => each.key?.k === 'text' ? [each.key.value.toUpperCase()] : []) : undefined;
    return { name: names.qualify(callee.of, scope) ?? names.written(callee.of), gates: [], keywords: values.keywords(expr.args, scope), ...(actions && { methods: actions }) };
  }
  const decorator = callee.k === 'call' ? callee : undefined;
  const gate = names.callee(decorator ? decorator.callee : callee, scope);
  if (!inner || !/^(name|attribute|call|lambda)$/.test(inner.k)) return plain(gate);
  const found = targetOf(inner, scope, names, values, depth + 1);
  const also = decorator ? decorator.args.flatMap((each) => each.value.k === 'name' || each.value.k === 'attribute' ? [names.qualify(each.value, scope) ?? ''] : []) : [];
  return { ...found, gates: [gate, ...also.filter(Boolean), ...found.gates] };
}

/** Methods of a list, upper case, where they are written out. */
export function methodsIn(expr: Expr | undefined, values: Values, scope: Scope): readonly string[] | undefined {
  const value = expr && values.evaluate(expr, scope);
  return value?.kind === 'list' ? value.items.flatMap((each) => each.kind === 'text' ? [each.value.toUpperCase()] : []) : undefined;
}
