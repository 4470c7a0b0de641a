/**
 * How routes hang together, as far as one file says: what they hang on, what is given to what, routes without a decorator, and hooks.
 * Objects are known by their own names (`shop.auth.bp`), not by what made them: two blueprints are two.
 */
import type { Decorator, RouteEntry, RouteHook, RouteMount, RouteOwner, Routing, Standing } from '../../rules/kit';
import { NO_ROUTING } from '../../rules/kit';
import type { CallExpr, Expr, FunctionStmt } from '../syntax/ast';
import { listed, listedGates } from './routing-lists';
import { MAKERS, OWNER_LIKE, PATTERNS, argument, methodsIn, objectName, objectNames, ownerName, targetOf } from './routing-names';
import type { Names } from './names';
import type { Scope } from './scopes';
import { span } from './value-parts';
import type { Values } from './values';

const MOUNTS = new Set(['register_blueprint', 'register_api', 'include_router', 'mount', 'add_namespace', 'add_router', 'init_app']);
const ENTRIES = new Set(['add_url_rule', 'add_resource', 'add_api_route', 'add_route', 'add_websocket_route', 'add_api_websocket_route', 'register']);
const HOOKS = new Set(['before_request', 'before_app_request', 'add_middleware', 'middleware']);
const ADDS = new Set(['append', 'extend', 'insert']);

/** Where what is found is put. */
export interface RoutingLists { readonly owners: RouteOwner[]; readonly mounts: RouteMount[]; readonly entries: RouteEntry[]; readonly hooks: RouteHook[]; readonly guards: OwnerGuard[] }

/** What a statement puts before all that hangs on an owner of its file, which an earlier statement made. */
export interface OwnerGuard { readonly owner: string; readonly gates: readonly string[] }

/** What a file says of how routes hang together, out of the lists that its statements have filled. */
export function routingOf({ owners: found, mounts, entries, hooks, guards }: RoutingLists): Routing {
  if (found.length + mounts.length + entries.length + hooks.length === 0) return NO_ROUTING;
  const isFirst = ({ name }: RouteOwner, index: number) => found.findIndex((other) => other.name === name) === index;
  const guarded = (each: RouteOwner, index: number): RouteOwner => {
    const gates = guards.filter(({ owner }) => owner === each.name).flatMap((one) => one.gates);
    return gates.length > 0 && isFirst(each, index) ? { ...each, gates: [...each.gates, ...gates] } : each;
  };
  // A list that is added to is one list.
  return { owners: found.map(guarded).filter((each, index) => each.made !== 'list' || isFirst(each, index)), mounts, entries, hooks };
}

export class RoutingReader implements RoutingLists {
  readonly owners: RouteOwner[];
  readonly mounts: RouteMount[];
  readonly entries: RouteEntry[];
  readonly hooks: RouteHook[];
  readonly guards: OwnerGuard[];
  /** Local names of what this file makes. */
  readonly made = new Set<string>();

  constructor(readonly names: Names, readonly values: Values, { owners, mounts, entries, hooks, guards }: RoutingLists) {
    this.owners = owners;
    this.mounts = mounts;
    this.entries = entries;
    this.hooks = hooks;
    this.guards = guards;
  }

  /** Every call of the file comes by: what has nothing to do with routes is left at its last name. */
  call(expr: CallExpr, last: string, scope: Scope, standing: () => Standing, boundTo?: string): void {
    if (MAKERS.has(last) || (boundTo !== undefined && OWNER_LIKE.test(last))) this.owner(expr, scope, standing(), boundTo);
    else if (this.made.size > 0) this.given(expr, scope, standing);
    if (expr.callee.k === 'call') { this.wrapped(expr, expr.callee, scope, standing); return; }
    if (expr.callee.k !== 'attribute') return;
    if (MOUNTS.has(last)) this.mount(expr, expr.callee.of, last, scope, standing());
    else if (ENTRIES.has(last)) this.entry(expr, expr.callee.of, last, scope, standing());
    else if (HOOKS.has(last)) this.registered(expr, expr.callee.of, last, scope, standing());
    else if (ADDS.has(last) && expr.callee.of.k === 'name' && PATTERNS.test(expr.callee.of.name)) {
      const value = expr.args.at(-1)?.value;
      if (value) this.list(value, objectName(this.names, expr.callee.of, scope) ?? '', scope, standing());
    }
  }

  /** `urlpatterns = [...]`, `routes = [Route(...)]`. */
  assigned(target: Expr, value: Expr, scope: Scope, standing: () => Standing): void {
    if (target.k !== 'name' || !PATTERNS.test(target.name)) return;
    const name = this.own(scope.path ? `${scope.path}.${target.name}` : target.name);
    this.owners.push({ ...standing(), name, made: 'list', gates: [] });
    this.list(value, name, scope, standing());
  }

  /** `@app.before_request`, `@app.middleware("http")`. */
  decorated(one: FunctionStmt, decorators: readonly Decorator[], scope: Scope, home: Scope, standing: Standing): void {
    for (const [index, decorator] of decorators.entries()) {
      const last = decorator.name.slice(decorator.name.lastIndexOf('.') + 1);
      const expr = one.decorators[index];
      if (!HOOKS.has(last) || last === 'add_middleware' || !expr) continue;
      const callee = expr.k === 'call' ? expr.callee : expr;
      if (callee.k !== 'attribute') continue;
      this.hooks.push({ ...standing, owner: ownerName(this.names, callee.of, home), everywhere: last !== 'before_request' || !isBlueprint(decorator.name), runs: this.own(scope.path) });
    }
  }

  /** `register_orders(bp, store)`: the function hangs routes on what it is given. */
  private given(expr: CallExpr, scope: Scope, standing: () => Standing): void {
    for (const [index, each] of expr.args.entries()) {
      if (each.value.k !== 'name' || !this.made.has(each.value.name)) continue;
      const parent = objectName(this.names, each.value, scope);
      const callee = this.names.qualify(expr.callee, scope);
      if (parent && callee) this.mounts.push({ ...standing(), parent, child: `@${callee}#${each.name ?? index}`, replaces: false, gates: [] });
    }
  }

  private owner(expr: CallExpr, scope: Scope, standing: Standing, boundTo?: string): void {
    if (boundTo !== undefined) this.made.add(boundTo);
    const made = this.names.callee(expr.callee, scope);
    const name = boundTo === undefined ? this.own(scope.path ? `${scope.path}.@${expr.start}` : `@${expr.start}`) : objectName(this.names, { k: 'name', name: boundTo, start: expr.end, end: expr.end }, scope) ?? this.own(boundTo);
    const prefix = argument(expr, 'url_prefix') ?? argument(expr, 'prefix') ?? argument(expr, 'path') ?? (/Namespace$/.test(made) ? expr.args[0]?.value : undefined);
    const bare = prefix && !argument(expr, 'path') && /Namespace$/.test(made) && !argument(expr, 'prefix');
    const value = prefix && this.values.evaluate(prefix, scope);
    this.owners.push({
      ...standing, name, made, gates: listedGates(expr, ['dependencies', 'decorators', 'auth'], scope, this.values),
      ...(value && { prefix: bare && value.kind === 'text' ? { ...value, value: `/${value.value}` } : value }),
    });
    const first = expr.args[0];
    // `Api(bp)` hangs on what it is given.
    if (first && first.name === undefined && /(^|\.)Api$/.test(made)) {
      this.mounts.push({ ...standing, parent: ownerName(this.names, first.value, scope), child: name, replaces: false, gates: [] });
    }
    const routes = argument(expr, 'routes') ?? (/(^|\.)routing\.Router$/.test(made) ? first?.value : undefined);
    if (routes) this.list(routes, name, scope, standing);
  }

  private mount(expr: CallExpr, on: Expr, last: string, scope: Scope, standing: Standing): void {
    const positional = expr.args.filter((each) => each.name === undefined && !each.stars);
    // Extensions are initialised everywhere; only APIs have routes of their own.
    if (last === 'init_app') {
      const child = objectName(this.names, on, scope); const parent = positional[0] && ownerName(this.names, positional[0].value, scope);
      if (child && parent && /(^|\.)Api\.init_app$/.test(this.names.callee(expr.callee, scope))) this.mounts.push({ ...standing, parent, child, replaces: false, gates: [] });
      return;
    }
    const pathFirst = last === 'mount' || last === 'add_router';
    const child = pathFirst ? argument(expr, last === 'mount' ? 'app' : 'router') ?? positional[1]?.value : positional[0]?.value ?? argument(expr, 'router') ?? argument(expr, 'blueprint');
    const prefix = argument(expr, 'url_prefix') ?? argument(expr, 'prefix') ?? argument(expr, 'path') ?? (pathFirst ? positional[0]?.value : last === 'add_namespace' ? positional[1]?.value : undefined);
    if (!child) return;
    const given = prefix && this.values.evaluate(prefix, scope);
    for (const name of objectNames(this.names, child, scope)) {
      this.mounts.push({
        ...standing, parent: ownerName(this.names, on, scope), child: name, replaces: /^(register_\w+|add_namespace)$/.test(last) && given !== undefined && given.kind !== 'none',
        gates: listedGates(expr, ['dependencies', 'auth'], scope, this.values), ...(given && given.kind !== 'none' && { prefix: given }),
      });
    }
  }

  private entry(expr: CallExpr, on: Expr, last: string, scope: Scope, standing: Standing): void {
    const positional = expr.args.filter((each) => each.name === undefined && !each.stars);
    const owner = ownerName(this.names, on, scope);
    if (last === 'register') { if (positional.length > 1 && /router$/i.test(this.names.written(on))) this.registeredSet(expr, owner, scope, standing); return; }
    if (last === 'add_resource') {
      // restx takes any number of paths behind the class, and namespaces too.
      for (const path of positional.slice(1)) this.push(path.value, positional[0]?.value, owner, 'flask', scope, standing, undefined);
      return;
    }
    const flask = last === 'add_url_rule';
    const view = flask ? argument(expr, 'view_func') ?? positional[2]?.value : argument(expr, 'endpoint') ?? argument(expr, 'route') ?? positional[1]?.value;
    const path = argument(expr, flask ? 'rule' : 'path') ?? positional[0]?.value;
    if (!path || (!view && flask)) return;
    this.push(path, view, owner, flask ? 'flask' : last.includes('api') ? 'fastapi' : 'starlette', scope, standing, methodsIn(argument(expr, 'methods'), this.values, scope) ?? (last === 'add_api_route' ? ['GET'] : undefined), listedGates(expr, ['dependencies'], scope, this.values));
  }

  /** `router.register("orders", OrderViewSet)`. */
  private registeredSet(expr: CallExpr, owner: string, scope: Scope, standing: Standing): void {
    const [path, view] = expr.args;
    if (path && view) this.push(path.value, view.value, owner, 'django', scope, standing, undefined, [], true);
  }

  /** Adds what stands before all that hangs on an owner of this file. */
  guard(owner: string, gates: readonly string[]): void {
    this.guards.push({ owner, gates });
  }

  push(path: Expr, view: Expr | undefined, owner: string, framework: string, scope: Scope, standing: Standing, methods: readonly string[] | undefined, gates: readonly string[] = [], set = false): void {
    const target = view ? targetOf(view, scope, this.names, this.values) : undefined;
    this.entries.push({
      ...standing, owner, framework, path: this.values.evaluate(path, scope), target: target?.name ?? '', gates: [...gates, ...target?.gates ?? []], keywords: target?.keywords ?? [],
      targetAt: span(view ?? path), set, ...((methods ?? target?.methods) && { methods: methods ?? target?.methods ?? [] }),
    });
  }

  private registered(expr: CallExpr, on: Expr, last: string, scope: Scope, standing: Standing): void {
    const given = last === 'middleware' ? undefined : expr.args[0]?.value;
    const dispatch = argument(expr, 'dispatch');
    const runs = (dispatch ?? given) && this.names.qualify(dispatch ?? given ?? expr, scope);
    if (runs) this.hooks.push({ ...standing, owner: ownerName(this.names, on, scope), everywhere: last !== 'before_request' || !isBlueprint(this.names.callee(expr.callee, scope)), runs });
  }

  /** `app.middleware("http")(limit)`. */
  private wrapped(expr: CallExpr, inner: CallExpr, scope: Scope, standing: () => Standing): void {
    const given = expr.args[0]?.value;
    const runs = inner.callee.k === 'attribute' && inner.callee.name === 'middleware' && given ? this.names.qualify(given, scope) : undefined;
    if (runs !== undefined && inner.callee.k === 'attribute') this.hooks.push({ ...standing(), owner: ownerName(this.names, inner.callee.of, scope), everywhere: true, runs });
  }

  list(value: Expr, owner: string, scope: Scope, standing: Standing): void {
    listed(this, value, owner, scope, standing);
  }

  private own(path: string): string {
    return [this.names.module, path].filter(Boolean).join('.');
  }
}

function isBlueprint(hook: string): boolean {
  return /(^|\.)(APIBlueprint|Blueprint|\w*bp|\w*blueprint)\.before_request$/i.test(hook);
}
