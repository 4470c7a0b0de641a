/** Lists of URLs: Django's `urlpatterns`, Starlette's `routes`, and what is given to them. */
import type { Standing, Value } from '../../rules/kit';
import type { CallExpr, Expr } from '../syntax/ast';
import { argument, methodsIn, objectName } from './routing-names';
import type { RoutingReader } from './routing';
import type { Scope } from './scopes';
import type { Values } from './values';

/** Reads a list of URLs, however it is put together, as entries and mounts of `owner`. */
export function listed(reader: RoutingReader, value: Expr, owner: string, scope: Scope, standing: Standing): void {
  const again = (inner: Expr) => { listed(reader, inner, owner, scope, standing); };
  switch (value.k) {
    case 'list': value.items.forEach(again); break;
    case 'binary': again(value.left); again(value.right); break;
    case 'logic': again(value.left); again(value.right); break;
    case 'conditional': again(value.yes); again(value.no); break;
    case 'spread': again(value.of); break;
    case 'comprehension': again(value.body); break;
    case 'name': case 'attribute': mounted(reader, value, undefined, owner, scope, standing); break;
    case 'call': listedCall(reader, value, owner, scope, standing); break;
  }
}

function listedCall(reader: RoutingReader, call: CallExpr, owner: string, scope: Scope, standing: Standing): void {
  const last = call.callee.k === 'name' || call.callee.k === 'attribute' ? call.callee.name : '';
  const at: Standing = { ...standing, at: { start: call.start, end: call.end } };
  if (/^(path|re_path|url)$/.test(last)) djangoPath(reader, call, owner, scope, at);
  else if (/^(Route|WebSocketRoute|Mount|Host)$/.test(last)) starletteRoute(reader, call, last, owner, scope, at);
  else if (/^(i18n_patterns|format_suffix_patterns|list|tuple|chain|decorator_include|patterns)$/.test(last)) { for (const each of call.args) if (each.name === undefined) listed(reader, each.value, owner, scope, standing); }
  else wrappedList(reader, call, owner, scope, standing);
}

/** `urlpatterns = decorate_urlpatterns(urlpatterns, require_admin)`: something stands before all of them. */
function wrappedList(reader: RoutingReader, call: CallExpr, owner: string, scope: Scope, standing: Standing): void {
  const lists = call.args.filter((each) => each.value.k === 'list' || (each.value.k === 'name' && owner.endsWith(`.${each.value.name}`)));
  if (lists.length === 0) return;
  reader.guard(owner, [reader.names.callee(call.callee, scope), ...call.args.flatMap((each) => lists.includes(each) ? [] : listedNames(reader.values.evaluate(each.value, scope)))]);
  for (const each of lists) if (each.value.k === 'list') listed(reader, each.value, owner, scope, standing);
}

function djangoPath(reader: RoutingReader, call: CallExpr, owner: string, scope: Scope, standing: Standing): void {
  const path = argument(call, 'route') ?? argument(call, 'regex') ?? call.args[0]?.value;
  const view = argument(call, 'view') ?? call.args[1]?.value;
  if (!path || !view) return;
  const including = view.k === 'call' && (view.callee.k === 'name' || view.callee.k === 'attribute') && /(^|_)include$/.test(view.callee.name) ? view : undefined;
  if (including) {
    const gates = including.callee.k === 'name' && including.callee.name === 'decorator_include' ? listedNames(including.args[0] && reader.values.evaluate(including.args[0].value, scope)) : [];
    const given = (gates.length > 0 ? including.args[1] : including.args[0])?.value;
    // include((patterns, "app_name"))
    const what = given?.k === 'list' && given.items.length === 2 && given.items[1]?.k === 'text' ? given.items[0] : given;
    if (what) mounted(reader, what, path, owner, scope, standing, gates);
    return;
  }
  if (view.k === 'attribute' && view.name === 'urls') { mounted(reader, view, path, owner, scope, standing); return; }
  if (view.k === 'list') { const [inner] = view.items; if (inner) mounted(reader, inner, path, owner, scope, standing); return; }
  reader.push(path, view, owner, 'django', scope, standing, undefined);
}

function starletteRoute(reader: RoutingReader, call: CallExpr, last: string, owner: string, scope: Scope, standing: Standing): void {
  const path = argument(call, 'path') ?? call.args[0]?.value;
  if (!path) return;
  if (last === 'Mount' || last === 'Host') {
    const given = argument(call, 'routes') ?? argument(call, 'app') ?? call.args[1]?.value;
    if (given) mounted(reader, given, path, owner, scope, standing);
    return;
  }
  const view = argument(call, 'endpoint') ?? call.args[1]?.value;
  reader.push(path, view, owner, 'starlette', scope, standing, methodsIn(argument(call, 'methods'), reader.values, scope) ?? (last === 'WebSocketRoute' ? [] : undefined));
}

/** Another list, router or file of URLs under a prefix. A list that is written in place becomes an owner without a name of its own. */
function mounted(reader: RoutingReader, what: Expr, path: Expr | undefined, owner: string, scope: Scope, standing: Standing, gates: readonly string[] = []): void {
  const prefix = path && reader.values.evaluate(path, scope);
  const mount = (child: string) => { if (child !== owner) reader.mounts.push({ ...standing, parent: owner, child, replaces: false, gates, ...(prefix && { prefix }) }); };
  if (what.k === 'text') { mount(`${what.value}.urlpatterns`); return; }
  if (what.k === 'list' || what.k === 'binary') {
    const child = `${owner}@${what.start}`;
    reader.owners.push({ ...standing, name: child, made: 'list', gates: [] });
    mount(child);
    listed(reader, what, child, scope, standing);
    return;
  }
  const object = what.k === 'attribute' && what.name === 'urls' ? what.of : what;
  const name = objectName(reader.names, object, scope);
  if (name) mount(name);
}

/** What must pass by these keywords of a constructor or a mount: dependencies, decorators, ninja's `auth`. */
export function listedGates(call: CallExpr, keywords: readonly string[], scope: Scope, values: Values): string[] {
  return keywords.flatMap((keyword) => {
    const given = argument(call, keyword);
    return given ? listedNames(values.evaluate(given, scope)) : [];
  });
}

/** `Depends(user)` names `user`, `Security(user)` too; anything else names itself. */
export function listedNames(value: Value | undefined): string[] {
  switch (value?.kind) {
    case 'list': return value.items.flatMap(listedNames);
    case 'choice': return value.options.flatMap(listedNames);
    case 'reference': return [value.name];
    case 'text': return [value.value];
    case 'result': return /(^|\.)(Depends|Security|method_decorator)$/.test(value.callee) ? listedNames(value.args[0]) : [value.callee, ...value.args.flatMap((each) => each.kind === 'reference' ? [each.name] : [])];
    default: return [];
  }
}
