/**
 * When code runs: while a visitor waits, when the application starts, in a job of its own, or in a program started by hand. Followed
 * from what frameworks call by themselves, along the calls between the project's functions; what nothing here calls is not known.
 */
import type { Func, Module, Standing } from './module';
import type { Project } from './project';
import { loadedModules } from './loading';
import { classByPath, functionsAround, pathOf } from './scopes';
import { lastName } from './select';
import { onlyAsProgram } from './standing';
import type { Value } from './value';

/** `import`: when a file of the application is loaded; `start`: factories, lifespans, start-up hooks; `request`: handlers and what they call. */
export type Running = 'import' | 'start' | 'request' | 'job' | 'program';

/** A function, and in how many steps from a handler it is called: 0 is the handler itself. */
interface Reached { readonly when: Set<Running>; distance: number }

const DEEPEST = 6;
const STARTS = /^(create_app|make_app|get_app|build_app|app_factory|create_application|get_application|lifespan|startup|on_startup|ready)$/;
const START_HOOKS = /(^|\.)(on_event|before_first_request|before_serving|while_serving|asynccontextmanager|on_startup)$/;
const REQUEST_HOOKS = /(^|\.)(before_request|before_app_request|after_request|after_app_request|teardown_request|middleware|context_processor|app_context_processor|errorhandler|app_errorhandler|exception_handler|user_loader|request_loader|login_required|route|websocket|action|api_view)$/;
const METHODS = /^(get|post|put|patch|delete|head|options|list|retrieve|create|update|partial_update|destroy|dispatch|get_queryset|get_object|get_context_data|form_valid|perform_create|perform_update|perform_destroy|process_request|process_view|process_response|__call__|get_response)$/;
const VIEWS = /(^|\.)(\w*View|\w*ViewSet|\w*Resource|BaseHTTPMiddleware|MiddlewareMixin|HTTPEndpoint|\w*RequestHandler)$/;
const PROGRAMS = /(^|\.)(command|cli\.\w+|callback|group)$/;
const PROGRAM_FILES = /(^|\/)(management\/commands|scripts|bin|cli|commands)(\/|\.py$)|(^|\/)(manage|worker|scheduler|cron)\.py$/;

/** When the code at a place may run; empty where that is not known. */
export function runningOf(project: Project, module: Module, one: Standing): ReadonlySet<Running> {
  if (onlyAsProgram(one)) return new Set(['program']);
  const around = innermost(module, one);
  if (around) return reached(project).get(key(module, around))?.when ?? new Set();
  return new Set([loadedModules(project).has(module.path) ? 'import' : 'program']);
}

/** In how many steps from a handler the code at a place is called: 0 in a handler, 1 in a function that a handler calls; undefined where no visitor waits for it. */
export function stepsFromRequest(project: Project, module: Module, one: Standing): number | undefined {
  const around = innermost(module, one);
  const found = around && reached(project).get(key(module, around));
  return found?.when.has('request') ? found.distance : undefined;
}

/** Nothing but requests leads to it, as far as calls show. */
export function onlyInRequests(project: Project, module: Module, one: Standing): boolean {
  const when = runningOf(project, module, one);
  return when.size === 1 && when.has('request');
}

function innermost(module: Module, one: Standing): Func | undefined {
  const around = functionsAround(module, one.at);
  return around.find((func) => pathOf(func) === one.scope) ?? around[0];
}

const key = (module: Module, func: Func) => `${module.path}:${func.scope}.${func.name}`;

interface Node { readonly module: Module; readonly func: Func }

/** Kept while the project's facts hold; an edit of one file renews it with the next full build. */
function reached(project: Project): ReadonlyMap<string, Reached> {
  return project.once('running', () => {
    const found = new Map<string, Reached>();
    const names = namesOf(project);
    for (const [when, seeds] of Object.entries(seedsOf(project, names)) as [Running, Node[]][]) spread(when, seeds, names, found);
    return found;
  });
}

function spread(when: Running, seeds: readonly Node[], names: Names, found: Map<string, Reached>): void {
  let next = seeds;
  for (let distance = 0; distance <= DEEPEST && next.length > 0; distance++) {
    const fresh = next.filter(({ module, func }) => {
      const id = key(module, func);
      const known = found.get(id);
      if (known?.when.has(when)) return false;
      if (known) { known.when.add(when); if (when === 'request') known.distance = distance; } else found.set(id, { when: new Set([when]), distance });
      return true;
    });
    next = fresh.flatMap(({ module, func }) => calledBy(module, func, names.inner(module)).flatMap((name) => names.find(name)));
  }
}

/** What a function calls by itself: inner functions answer for what they call, and what is only handed to a thread or a task runs elsewhere. */
function calledBy(module: Module, func: Func, within: readonly Func[]): readonly string[] {
  const path = pathOf(func);
  const inner = within.filter((each) => each.scope === path || each.scope.startsWith(`${path}.`));
  // A function nested in this one is called from here or returned: what it does alone is not done here.
  const apart = new Set([...inner.flatMap((each) => each.does), ...module.tasks.filter((each) => each.scope === path && each.does !== 'creates').flatMap((each) => each.runs ?? [])]);
  return [...func.does.filter((each) => !apart.has(each)), ...func.depends];
}

interface Names { readonly find: (name: string) => readonly Node[]; /** Functions of a file that stand in others. */ readonly inner: (module: Module) => readonly Func[] }

/** Functions by their qualified names, classes by their constructor, and methods of unknown objects by a name that only one function has. */
function namesOf(project: Project): Names {
  const byName = new Map<string, Node[]>();
  for (const module of project.modules) {
    for (const func of module.functions) {
      const list = byName.get(func.name);
      if (list) list.push({ module, func }); else byName.set(func.name, [{ module, func }]);
    }
  }
  const nested = new Map(project.modules.map((module) => [module.path, insideOthers(module)]));
  return {
    inner: (module) => nested.get(module.path) ?? [],
    find(name) {
      const exact = project.func(name) ?? project.func(`${name}.__init__`);
      if (exact) return [exact];
      const same = name.includes('.') ? byName.get(lastName(name)) : undefined;
      return same?.length === 1 && !COMMON.test(lastName(name)) ? same : [];
    },
  };
}
/** Methods stand in a class: only functions within functions count. */
function insideOthers(module: Module): readonly Func[] {
  const classes = new Set(module.classes.map(pathOf));
  return module.functions.filter((each) => each.scope !== '' && !classes.has(each.scope));
}
/** Method names that objects of libraries have as well. */
const COMMON = /^(get|set|add|all|run|send|save|delete|update|create|close|open|start|stop|read|write|first|filter|execute|commit|append|pop|items|keys|values|join|split|format|load|dump|loads|dumps|json|strip|encode|decode|info|debug|error|warning|exception)$/;

// ---- where it begins

const NONE: ReadonlySet<number> = new Set();

function seedsOf(project: Project, names: Names): Readonly<Record<Running, readonly Node[]>> {
  const loaded = loadedModules(project);
  const seeds: Record<Running, Node[]> = { import: [], start: [], request: [], job: [], program: [] };
  const given = handed(project);
  for (const name of given.starts) seeds.start.push(...names.find(name));
  for (const name of given.serves) seeds.request.push(...names.find(name));
  const served = new Map<string, Set<number>>();
  for (const { module, route } of project.routes) served.set(module.path, (served.get(module.path) ?? new Set()).add(route.handlerAt.start));
  for (const module of project.modules) {
    const loads: Running = loaded.has(module.path) ? 'import' : 'program';
    seeds[loads].push(...module.does.flatMap((name) => names.find(name)));
    const handlers = served.get(module.path) ?? NONE;
    for (const func of module.functions) {
      for (const when of rolesOf(module, func, handlers)) seeds[when].push({ module, func });
    }
    for (const task of module.tasks) if (task.runs !== undefined && task.does !== 'creates') seeds.job.push(...names.find(task.runs));
  }
  return seeds;
}

function rolesOf(module: Module, func: Func, handlers: ReadonlySet<number>): readonly Running[] {
  const all: Running[] = [];
  const decorated = (words: RegExp) => func.decorators.some((each) => words.test(each.name));
  if (module.tasks.some((each) => each.function?.at.start === func.nameAt.start)) all.push('job');
  if (STARTS.test(func.name) || decorated(START_HOOKS)) all.push('start');
  if (handlers.has(func.nameAt.start) || decorated(REQUEST_HOOKS) || takesRequest(func) || isViewMethod(module, func, handlers)) all.push('request');
  if (decorated(PROGRAMS) || PROGRAM_FILES.test(module.path)) all.push('program');
  return all;
}

/** Django's views and middleware take the request first. */
function takesRequest(func: Func): boolean {
  const [first, second] = func.parameters;
  return first?.name === 'request' || (first?.name === 'self' && second?.name === 'request');
}

function isViewMethod(module: Module, func: Func, handlers: ReadonlySet<number>): boolean {
  if (!METHODS.test(func.name) || !func.scope) return false;
  const owner = classByPath(module, func.scope, func.at);
  return owner !== undefined && (handlers.has(owner.nameAt.start) || owner.bases.some((each) => VIEWS.test(each)));
}

interface Given { readonly starts: ReadonlySet<string>; readonly serves: ReadonlySet<string> }

/** Names of calls by which functions are handed to a framework. */
export const RUNNING_CALLS: readonly string[] = ['*.before_request', '*.add_event_handler', 'fastapi.FastAPI'];

/** Functions handed to a framework by a call, by their qualified names: `add_event_handler("startup", f)`, `FastAPI(lifespan=f)`, `before_request(f)`. */
function handed(project: Project): Given {
  const starts = new Set<string>();
  const serves = new Set<string>();
  const add = (set: Set<string>, value: Value | undefined) => { if (value?.kind === 'reference') set.add(value.name); else if (value?.kind === 'list') for (const each of value.items) add(set, each); };
  for (const { call } of project.calls(...RUNNING_CALLS)) {
    const keyword = (name: string) => call.keywords.find((each) => each.name === name)?.value;
    switch (lastName(call.callee)) {
      case 'add_event_handler': if (call.args[0]?.kind === 'text' && call.args[0].value === 'startup') add(starts, call.args[1]); break;
      case 'FastAPI': add(starts, keyword('lifespan')); add(starts, keyword('on_startup')); break;
      default: add(serves, call.args[0]);
    }
  }
  return { starts, serves };
}
