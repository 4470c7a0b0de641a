/** What runs around every request: hooks, middleware, and the functions they call. */
import type { Class, Func, Guard, Module, Standing } from './module';
import type { Evidence, Project } from './project';
import { functionsIn, pathOf, qualifiedPath } from './scopes';
import { calls, lastName } from './select';
import { onlyInDevelopment } from './standing';
import type { Value } from './value';

/** Middleware put in front of the application, by the name it is written with, resolved as far as it is known. */
export interface Middleware extends Evidence {
  readonly name: string;
  readonly module: Module;
  readonly keywords: readonly { readonly name: string; readonly value: Value }[];
  readonly guards: readonly Guard[];
}
export interface Hook { readonly module: Module; readonly func: Func }

/** Names of calls these answers are made from: what a rule that asks must list in its `reads`. */
export const HOOK_CALLS: readonly string[] = [
  '*.add_middleware', '*.before_request', '*.before_app_request', '*.after_request', '*.after_app_request', 'starlette.middleware.Middleware', 'fastapi.middleware.Middleware',
];

const BEFORE = /^(before_request|before_app_request|middleware|url_value_preprocessor)$/;
const AFTER = /^(after_request|after_app_request|middleware)$/;
/** Methods by which middleware and application classes see each request or response. */
const METHODS = /^(dispatch|__call__|process_request|process_view|process_response|process_template_response|preprocess_request|full_dispatch_request)$/;
/** Calls followed from a hook into the project's own functions. */
const DEEPEST = 4;

/** Middleware of the project's applications, that which is mounted only for development left out. */
export function middlewares(project: Project): readonly Middleware[] {
  return project.once('middlewares', () => allMiddlewares(project));
}

function allMiddlewares(project: Project): readonly Middleware[] {
  const added = project.calls('*.add_middleware', 'starlette.middleware.Middleware', 'fastapi.middleware.Middleware').flatMap(({ module, call }) =>
    named(call.args[0]).map((name) => ({ name, module, keywords: call.keywords, guards: call.guards, path: module.path, ...call.at, text: `${lastName(name)} is mounted` })));
  const wrapped = project.modules.flatMap((module) => module.assignments.flatMap((one) =>
    one.value.kind === 'result' && one.target.endsWith('sgi_app') && /\.(wsgi_app|asgi_app)$/.test(one.target)
      ? [{ name: one.value.callee, module, keywords: one.value.keywords, guards: one.guards, path: module.path, ...one.at, text: `${lastName(one.value.callee)} is mounted` }] : []));
  const listed = project.settings('MIDDLEWARE', 'MIDDLEWARE_CLASSES').filter((each) => !each.development).flatMap((each) => texts(each.value).map((item) =>
    ({ name: item.value, module: each.module, keywords: [], guards: each.assignment.guards, path: each.path, start: item.at.start, end: item.at.end, text: `${lastName(item.value)} is in MIDDLEWARE` })));
  return [...added, ...wrapped, ...listed].filter((each) => !onlyInDevelopment({ scope: '', at: each, guards: each.guards }));
}

/** Functions that run before (or after) the handler of every request, with the project's functions they call. */
export function hooks(project: Project, when: 'before' | 'after'): readonly Hook[] {
  return project.once(`hooks ${when}`, () => allHooks(project, when));
}

function allHooks(project: Project, when: 'before' | 'after'): readonly Hook[] {
  const words = when === 'before' ? BEFORE : AFTER;
  const first = [...decorated(project, words), ...registered(project, words), ...methods(project)].filter(({ func }) => !onlyInDevelopment(func));
  return closure(project, first);
}

/** These functions and the project's own functions they call, up to a few steps away. */
export function closure(project: Project, start: readonly Hook[]): readonly Hook[] {
  const found = new Set<Func>();
  const all: Hook[] = [];
  let next = start;
  for (let depth = 0; depth <= DEEPEST && next.length > 0; depth++) {
    const fresh = next.filter(({ func }) => !found.has(func));
    for (const each of fresh) { found.add(each.func); all.push(each); }
    next = fresh.flatMap(({ func }) => [...func.does, ...func.depends].flatMap((callee) => project.func(callee) ?? []));
  }
  return all;
}

/** Whether it stands in the handler of a route, so that it holds for that route alone. */
export function standsInHandler(module: Module, standing: Standing): boolean {
  return module.routes.some((route) => route.body.start <= standing.at.start && standing.at.end <= route.body.end);
}

function decorated(project: Project, words: RegExp): readonly Hook[] {
  return project.modules.flatMap((module) => module.functions.filter((func) => func.decorators.some((each) => words.test(lastName(each.name)))).map((func) => ({ module, func })));
}

/** `app.before_request(check)`, `add_middleware(BaseHTTPMiddleware, dispatch=check)`. */
function registered(project: Project, words: RegExp): readonly Hook[] {
  return project.calls(...HOOK_CALLS).flatMap(({ call }) => {
    const given = words.test(lastName(call.callee)) ? call.args[0] : call.keywords.find((each) => each.name === 'dispatch')?.value;
    return named(given).flatMap((name) => ownFunction(project, name) ?? []);
  });
}

/** Methods of the project's middleware classes that are mounted, and of its own application classes. */
function methods(project: Project): readonly Hook[] {
  const mounted = middlewares(project).map((each) => each.name);
  const byName = mounted.flatMap((name) => ownFunction(project, name) ?? []);
  const lasts = new Set(mounted.map(lastName));
  const classes = project.classes.filter(({ module, class: one }) => (lasts.has(one.name) && mounted.some((name) => isNamed(module, one, name))) || one.bases.some((base) => calls(base, 'flask.Flask') || calls(base, 'fastapi.FastAPI')));
  return [...byName, ...classes.flatMap(({ module, class: one }) => {
    return functionsIn(module, pathOf(one)).filter((func) => METHODS.test(func.name)).map((func) => ({ module, func }));
  })];
}

/** A function by a name as an import writes it, from whatever source root. */
function ownFunction(project: Project, name: string): Hook | undefined {
  const exact = project.func(name);
  if (exact) return exact;
  const all = (functionsByName(project).get(lastName(name)) ?? []).filter(({ module, func }) => isNamed(module, func, name));
  return all.length === 1 ? all[0] : undefined;
}

/** Every function of the project by its own name. */
function functionsByName(project: Project): ReadonlyMap<string, readonly Hook[]> {
  return project.once('functions by name', () => {
    const found = new Map<string, Hook[]>();
    for (const module of project.modules) for (const func of module.functions) {
      const list = found.get(func.name);
      if (list) list.push({ module, func }); else found.set(func.name, [{ module, func }]);
    }
    return found;
  });
}

function isNamed(module: Module, one: Func | Class, name: string): boolean {
  if (lastName(name) !== one.name) return false;
  const full = qualifiedPath(module, one);
  return full === name || full.endsWith(`.${name}`) || module.name.split('.').some((part) => name.startsWith(`${part}.`));
}

function named(value: Value | undefined): readonly string[] {
  return value?.kind === 'reference' ? [value.name] : value?.kind === 'result' ? [value.callee] : value?.kind === 'choice' ? value.options.flatMap(named) : [];
}

function texts(value: Value): readonly Extract<Value, { kind: 'text' }>[] {
  if (value.kind === 'text') return [value];
  if (value.kind === 'list') return value.items.flatMap(texts);
  return value.kind === 'choice' ? value.options.flatMap(texts) : [];
}
