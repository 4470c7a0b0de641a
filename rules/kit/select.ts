/** Selectors: what a rule looks at. Each yields typed matches out of the facts of one file. */
import type { Kind, Unit, UnitOf } from './files';
import type { Assignment, Call, Handler, Module } from './module';
import type { Project, Setting } from './project';
import type { Value } from './value';
import { lookup } from './value';

export interface Selector<Match> {
  /** Kinds of files it looks into. */
  readonly kinds: readonly Kind[];
  /** Names of the calls it asks for; the reader keeps only calls that somebody asks for. */
  readonly callees: readonly string[];
  readonly select: (unit: Unit, project: Project) => Iterable<Match>;
}

/** A setting of this name, in any way of setting it. */
export function setting(...names: readonly string[]): Selector<Setting> {
  const wanted = names.map((name) => name.toUpperCase());
  return {
    kinds: ['module'], callees: [],
    *select(unit, project) {
      // Most files set none of them: the index over all files is asked only where one may be.
      if (unit.kind !== 'module' || unit.assignments.length === 0) return;
      const given = targetsIn(unit.assignments);
      if (!wanted.some((name) => given.has(name))) return;
      for (const one of project.settings(...names)) if (one.path === unit.path) yield one;
    },
  };
}

const targets = new WeakMap<readonly Assignment[], ReadonlySet<string>>();

/** The last parts of what a file gives values to, in capitals. */
function targetsIn(assignments: readonly Assignment[]): ReadonlySet<string> {
  const known = targets.get(assignments);
  if (known) return known;
  const made = new Set(assignments.map((one) => lastName(one.target).toUpperCase()));
  targets.set(assignments, made);
  return made;
}

export interface CallMatch {
  readonly call: Call;
  readonly module: Module;
  /** The argument under this keyword or at this position (from 0), with names followed; undefined when it is not given. */
  argument(keyword: string, position?: number): Value | undefined;
}

/** Calls whose resolved callee is one of `names`: `requests.get`, `requests.*` (any one further name), `*.execute` (any receiver). */
export function call(...names: readonly string[]): Selector<CallMatch> {
  const byLast = new Map<string, string[]>();
  for (const name of names) push(byLast, lastName(name), name);
  const rest = byLast.get('*') ?? [];
  return {
    kinds: ['module'], callees: names,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.calls.length === 0) return;
      for (const one of rest.length > 0 ? unit.calls : callsNamed(unit, byLast)) {
        const named = byLast.get(lastName(one.callee));
        if (named?.some((name) => calls(one.callee, name)) || rest.some((name) => calls(one.callee, name))) yield callMatch(one, unit, project);
      }
    },
  };
}

/** A list of names, or anything else that knows its names and how many they are. */
interface Names { readonly size: number; has(name: string): boolean; keys(): Iterable<string> }

/** The calls of a file whose callee's last part is one of these names, in the order they are written. Most files call few of the names that somebody asks for. */
export function callsNamed(module: Module, names: Names): readonly Call[] {
  if (module.calls.length === 0) return [];
  const index = callsByName(module.calls);
  const found: (readonly Call[])[] = [];
  if (index.size < names.size) { for (const [name, list] of index) if (names.has(name)) found.push(list); }
  else for (const name of names.keys()) { const list = index.get(name); if (list) found.push(list); }
  if (names.size === 1) return found[0] ?? [];
  return found.flat().sort((a, b) => a.at.start - b.at.start || b.at.end - a.at.end);
}

const byName = new WeakMap<readonly Call[], ReadonlyMap<string, readonly Call[]>>();

/** Calls by the last part of their callee. */
function callsByName(list: readonly Call[]): ReadonlyMap<string, readonly Call[]> {
  const known = byName.get(list);
  if (known) return known;
  const index = new Map<string, Call[]>();
  for (const one of list) push(index, lastName(one.callee), one);
  byName.set(list, index);
  return index;
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value); else map.set(key, [value]);
}

/** A call with its arguments at hand. */
export function callMatch(one: Call, module: Module, project: Project): CallMatch {
  return {
    call: one, module,
    argument(keyword, position) {
      const given = one.keywords.find((each) => each.name === keyword)?.value
        ?? (position === undefined ? undefined : one.args[position]) ?? spread(one, keyword);
      return given && project.resolve(given, module);
    },
  };
}

/** Whether a qualified callee is the one a pattern names. */
export function calls(callee: string, pattern: string): boolean {
  if (pattern.startsWith('*.')) return callee.endsWith(pattern.slice(1)) || callee === pattern.slice(2);
  if (pattern.endsWith('.*')) return callee.startsWith(pattern.slice(0, -1)) && !callee.slice(pattern.length - 1).includes('.');
  return callee === pattern;
}

/** `except` and `catch` clauses. */
export function handler(): Selector<{ readonly handler: Handler; readonly module: Module }> {
  return {
    kinds: ['module'], callees: [],
    *select(unit) {
      if (unit.kind === 'module') for (const one of unit.handlers) yield { handler: one, module: unit };
    },
  };
}

/** Files of one kind, whole. */
export function file<K extends Kind>(kind: K): Selector<UnitOf<K>> {
  return {
    kinds: [kind], callees: [],
    *select(unit) {
      if (unit.kind === kind) yield unit as UnitOf<K>;
    },
  };
}

/** Any of several selectors; the match says which by its own shape. */
export function anyOf<A, B>(a: Selector<A>, b: Selector<B>): Selector<A | B> {
  return {
    kinds: [...new Set([...a.kinds, ...b.kinds])], callees: [...a.callees, ...b.callees],
    *select(unit, project) {
      yield* a.select(unit, project);
      yield* b.select(unit, project);
    },
  };
}

function spread(one: Call, keyword: string): Value | undefined {
  const table = one.keywords.find((each) => each.name === '**')?.value;
  return table && lookup(table, keyword);
}

/** What follows the last dot of a qualified name. */
export function lastName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
