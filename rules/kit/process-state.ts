/** State in memory that one request writes and another must see, and locks that guard more than memory. */
import { closure } from './hooks';
import type { Hook } from './hooks';
import { idleModules, loadedModules } from './loading';
import type { Func, Module } from './module';
import type { Evidence, Project } from './project';
import type { Variation } from './rule';
import { functionAt, pathOf } from './scopes';
import { lastName } from './select';
import type { State, StateUse } from './state';

export interface SharedState extends Evidence {
  readonly module: Module;
  readonly state: State;
  /** Functions by the last part of their name: who puts something in, and who looks for it elsewhere. */
  readonly writer: string;
  readonly reader: string;
}

/** Names of what each process may well have for itself: caches, registries, measures, pools, limits. */
const OWN = /cache|memo|lru|lookup|compil|regist|plugins?|hooks?|handlers?|listeners|callbacks|metrics?|stats?\b|statistic|counters?|counts?\b|timings?|histogram|latenc|load(ed|er)|instances?|engines?|pools?|models?\b|converters|templates|translations|throttl|limit|attempts|circuit|breaker|warned|logged|lock|patterns|types?\b|schemas?|factories|providers|adapters|drivers|clients_by|warmed|fonts|once\b/i;
/** Taking out is no writing that another must see. */
const TAKES = /^(clear|pop|popleft|popitem|remove|discard)$/;
/** Functions that look after the state itself: what they read and write is their own process's business. */
const KEEPS_HOUSE = /disconnect|unregister|unsubscribe|remove|close|clean|expire|purge|prune|evict|release|shut|stop|stats?$|statistics|status$|health|count|size|info$|reset|clear/i;
/** Beside a socket, what is kept for it belongs to the process that holds it: only what is sent to others misses somebody. */
const TELLS_OTHERS = /broadcast|notify|publish|emit|push|send_?(to|message|personal|user|all|room|update)|^send$|room/i;
const ALONE = /per[- ](process|worker)|process[- ]local|single[- ](process|worker)|one (process|worker)|each (process|worker)|in-process/i;

/** Containers that a function on the way of a request fills and another looks into. */
export function sharedStates(project: Project): readonly SharedState[] {
  return project.once('sharedStates', () => {
    const idle = idleModules(project);
    const loaded = loadedModules(project);
    const modules = project.modules.filter((module) => !idle.has(module.path) && (loaded.size === 0 || loaded.has(module.path) || project.frameworks.has('django')) && module.states.some((each) => each.holds !== 'lock'));
    if (modules.length === 0) return [];
    const requested = requestFunctions(project);
    return modules.flatMap((module) => module.states.flatMap((state) => sharedIn(state, module, requested, project)));
  });
}

function sharedIn(state: State, module: Module, requested: ReadonlySet<string>, project: Project): readonly SharedState[] {
  if (state.holds === 'lock' || OWN.test(state.name.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/[_.]/g, ' ')) || isDocumented(state, module, project)) return [];
  if (state.ofObject && !hasGlobalObject(state.owner ?? '', module, project)) return [];
  const live = module.imports.some((one) => /WebSocket|socketio|SocketIO/i.test(one.target));
  const asked = (use: StateUse) => requested.has(keyOf(module, use.scope));
  const writers = state.uses.filter((use) => use.how === 'write' && !TAKES.test(use.by) && asked(use) && !KEEPS_HOUSE.test(lastName(use.scope)));
  const readers = state.uses.filter((use) => use.how === 'read' && asked(use) && !KEEPS_HOUSE.test(lastName(use.scope)) && (!live || (TELLS_OTHERS.test(lastName(use.scope)) && !/loop/i.test(use.scope))));
  for (const write of writers) {
    // A function that looks before it fills keeps a copy of what each process can make again.
    const reader = readers.find((read) => read.scope !== write.scope && !writers.some((other) => other.scope === read.scope));
    const fills = readers.some((read) => read.scope === write.scope);
    if (reader && !(fills && state.holds === 'dict' && isMemo(state, write, module))) return [{ path: module.path, ...state.nameAt, text: state.name, module, state, writer: lastName(write.scope), reader: lastName(reader.scope) }];
  }
  return [];
}

/** The function returns what it keeps, so that it can be made again. */
function isMemo(state: State, write: StateUse, module: Module): boolean {
  const func = functionAt(module, write);
  return state.uses.some((use) => use.how === 'read' && use.scope === write.scope) && func !== undefined && /^_?(get|load|fetch|find|lookup|resolve|compute|build|make|ensure)/.test(func.name);
}

/** The lines above the name, or its own, say that it is meant for one process. */
function isDocumented(state: State, module: Module, project: Project): boolean {
  const text = project.text(module.path);
  if (text === undefined) return false;
  const start = text.lastIndexOf('\n', state.nameAt.start);
  const end = text.indexOf('\n', state.nameAt.end);
  const above = text.slice(Math.max(0, start - 400), start).split('\n').slice(-4).filter((line) => /^\s*#/.test(line));
  return ALONE.test([...above, text.slice(start, end < 0 ? text.length : end)].join('\n'));
}

/** `manager = ConnectionManager()` at the top of a file: every request meets the same object. */
function hasGlobalObject(owner: string, module: Module, project: Project): boolean {
  return project.once(`object of ${module.path} ${owner}`, () => project.modules.some((other) => (other === module || other.imports.some((one) => lastName(one.target) === owner || module.name.endsWith(lastName(one.target))))
    && other.assignments.some((one) => one.scope === '' && one.value.kind === 'result' && lastName(one.value.callee) === owner)));
}

/** Functions on the way of a request: handlers, handlers of sockets, the project's functions they call, and what those start beside them. */
function requestFunctions(project: Project): ReadonlySet<string> {
  const roots = project.modules.flatMap((module): readonly Hook[] => {
    const handlers = new Set(module.routes.map((route) => route.handlerAt.start));
    const classes = new Set(module.routes.map((route) => route.handler));
    return module.functions.filter((func) => handlers.has(func.nameAt.start) || classes.has(func.scope) || isSocketHandler(func)).map((func) => ({ module, func }));
  });
  const views = project.routes.flatMap(({ route }) => project.func(route.handler) ?? []);
  const first = closure(project, [...roots, ...views]);
  const known = new Set(first.map(({ module, func }) => keyOf(module, pathOf(func))));
  const started = project.modules.flatMap((module) => module.tasks.filter((task) => known.has(keyOf(module, task.scope))).flatMap((task) => task.runs === undefined ? [] : project.func(task.runs) ?? []));
  return new Set([...known, ...closure(project, started).map(({ module, func }) => keyOf(module, pathOf(func)))]);
}

function isSocketHandler(func: Func): boolean {
  return func.decorators.some((each) => /(^|\.)(on|event|websocket)$/.test(each.name) && /socket|sio|ws|app|router/i.test(each.name));
}

function keyOf(module: Module, scope: string): string {
  return `${module.path} ${scope}`;
}

// ---- locks

export interface GuardedWrite extends Evidence { readonly lock: string; readonly what: string }

const COMMITS = /(^|\.)(commit|bulk_create|bulk_update|bulk_save_objects|update_or_create|get_or_create|insert_one|insert_many|update_one|update_many|find_one_and_update)$|\.objects\.(\w+\.)*(create|update|delete)$/;

/** Locks of one process around writes to what all processes share. */
export function guardedWrites(project: Project): readonly GuardedWrite[] {
  return project.once('guardedWrites', () => {
    const idle = idleModules(project);
    return project.modules.filter((module) => !idle.has(module.path)).flatMap((module) => module.states.flatMap((state): readonly GuardedWrite[] => {
      if (state.holds !== 'lock' || state.made.startsWith('multiprocessing.') || (state.ofObject && !hasGlobalObject(state.owner ?? '', module, project))) return [];
      const found = state.uses.flatMap((use) => { const what = use.how === 'hold' ? shared(use.does ?? []) : undefined; return what === undefined ? [] : [{ use, what }]; })[0];
      return found ? [{ path: module.path, ...found.use.at, text: state.name, lock: state.name, what: `${found.what} in ${lastName(found.use.scope)}()` }] : [];
    }));
  });
}

/** What is written while the lock is held, when other processes can see it; a connection of SQLite's is guarded for its own sake. */
function shared(does: readonly string[]): string | undefined {
  if (does.some((callee) => /redis|(^|[._])(flock|lockf|advisory\w*|with_for_update|FileLock|filelock)/i.test(callee)) || does.some((callee) => /^(sqlite3|aiosqlite)\./.test(callee))) return undefined;
  if (does.some((callee) => COMMITS.test(callee))) return 'a change of the database';
  const rewrites = does.some((callee) => /(^|\.)(load|safe_load|read_text|read_json|read_csv)$/.test(callee)) && does.some((callee) => /(^|\.)(dump|safe_dump|write_text|to_json|to_csv)$/.test(callee));
  return rewrites ? 'a file that is read and written again' : undefined;
}

/** How heavy it is that a process keeps something for itself, by the number of processes. */
export function byWorkers(project: Project): Variation | undefined {
  const { count, fixed } = project.workers;
  if (count === 'several') return undefined;
  if (count === 'one' && fixed) return { severity: 'info', because: 'one process is started, and the file that starts it says so' };
  return { severity: 'low', points: 2, because: count === 'one' ? 'one process is started, by default' : 'how many processes are started is not written here' };
}
