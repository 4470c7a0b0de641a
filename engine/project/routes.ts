/** Routes as they are served: every file's own, with prefixes, gates and views of other files joined in. */
import type { Module, Route } from '../../rules/kit';
import { classByPath, classNamedAt, functionByPath } from '../../rules/kit';
import type { ProjectNames } from './names';
import { joinPath, rooted } from './route-paths';
import { controllerGates, gatesOf, viewRoutes } from './route-views';
import type { ViewSources } from './route-views';
import { resolveOwner } from './route-ways';
import type { Entered, RouteWays, Way } from './route-ways';

/** The routes whose handlers stand in one module. */
export function routesOf(module: Module, ways: RouteWays, sources: ViewSources): readonly Route[] {
  if (module.language !== 'python') return module.routes;
  const decorated = module.routes.flatMap((route) => served(route, module, ways, sources));
  const entered = (ways.entered.get(module.path) ?? []).flatMap((each) => enteredRoutes(each, module, ways, sources));
  return [...decorated, ...entered].sort((a, b) => a.handlerAt.start - b.handlerAt.start);
}

function wayTo(name: string, module: Module, ways: RouteWays, names: ProjectNames): Way {
  const key = resolveOwner(name, module, names, (each) => ways.ways.has(each));
  return ways.ways.get(key) ?? { prefix: '', gates: [], hooks: ways.everywhere, traced: key === '@app' };
}

/** A decorated handler: its own gates behind those of the way to it. */
function served(route: Route, module: Module, ways: RouteWays, sources: ViewSources): readonly Route[] {
  const way = wayTo(route.router, module, ways, sources.names);
  const auth = route.framework === 'ninja' ? route.decorators.flatMap((each) => each.keywords.filter((one) => one.name === 'auth')).at(0)?.value : undefined;
  // ninja: what an operation says of `auth` stands in place of what its router says.
  const above = auth ? [] : way.gates;
  const own = auth?.kind === 'reference' ? [auth.name] : auth?.kind === 'result' ? [auth.callee] : auth?.kind === 'list' ? auth.items.flatMap((each) => each.kind === 'reference' ? [each.name] : each.kind === 'result' ? [each.callee] : []) : [];
  const joined: Route = { ...route, path: rooted(joinPath(way.prefix, route.path, false)), gates: [...new Set([...above, ...own, ...route.gates])], hooks: way.hooks, traced: way.traced };
  const klass = classNamedAt(module, route.handlerAt.start);
  if (!klass) {
    const around = route.scope === '' ? undefined : classByPath(module, route.scope, route.at);
    return [around ? { ...joined, gates: [...new Set([...joined.gates, ...controllerGates(module, around, sources)])] } : joined];
  }
  return viewRoutes(module, klass, { ...joined, methods: [], gates: above }, sources, false);
}

function enteredRoutes({ entry, from, path, way, definition, target, gates }: Entered, module: Module, ways: RouteWays, sources: ViewSources): readonly Route[] {
  const base: Route = {
    framework: entry.framework, path: rooted(path), methods: entry.methods ?? [], handler: definition ?? target, handlerAt: entry.targetAt, owner: entry.owner, router: entry.owner, decorators: [],
    gates: [...way.gates, ...gates, ...entry.keywords.filter((each) => each.name === 'permission_classes').flatMap((each) => each.value.kind === 'list' ? each.value.items.flatMap((one) => one.kind === 'reference' ? [one.name] : []) : [])],
    hooks: way.hooks, traced: way.traced, does: [], reads: [], body: entry.at, scope: entry.scope, guards: entry.guards, at: entry.at,
  };
  if (definition === undefined) return from === module.path ? [{ ...base, methods: entry.methods ?? libraryMethods(target) }] : [];
  const func = functionByPath(module, definition);
  if (func) {
    const decorated = func.decorators.flatMap(gatesOf);
    const rest = func.decorators.some((each) => /(^|\.)api_view$/.test(each.name)) && !func.decorators.some((each) => /(^|\.)permission_classes$/.test(each.name)) ? ways.permissions : [];
    return [{
      ...base, scope: func.scope, at: func.at, guards: [...func.guards, ...entry.guards], methods: entry.methods ?? functionMethods(func, entry.framework), handler: definition, handlerAt: func.nameAt, body: func.body,
      decorators: func.decorators, gates: [...new Set([...base.gates, ...decorated, ...rest, ...func.depends])], does: func.does, reads: func.reads, ...(func.answer && { answer: func.answer }),
    }];
  }
  const klass = classByPath(module, definition);
  return klass ? viewRoutes(module, klass, base, sources, entry.set) : [];
}

/** What a function view answers: what its decorators allow, else what it looks at. */
function functionMethods(func: Module['functions'][number], framework: string): readonly string[] {
  for (const each of func.decorators) {
    const last = each.name.slice(each.name.lastIndexOf('.') + 1);
    if (last === 'require_POST') return ['POST'];
    if (last === 'require_GET' || last === 'require_safe') return ['GET'];
    const [first] = each.args;
    if ((last === 'require_http_methods' || last === 'api_view') && first?.kind === 'list') return first.items.flatMap((one) => one.kind === 'text' ? [one.value.toUpperCase()] : []);
    if (last === 'api_view') return ['GET'];
  }
  if (framework !== 'django') return ['GET'];
  return func.reads.some((each) => /(^|\.)(POST|FILES|body|method)(\.|$)/.test(each)) ? ['GET', 'POST'] : ['GET'];
}

function libraryMethods(target: string): readonly string[] {
  return /(Login|Password\w*|Signup|Register|Registration|FormView|TokenObtain\w*|TokenRefresh\w*|obtain_auth_token)/.test(target) ? ['GET', 'POST'] : ['GET'];
}
