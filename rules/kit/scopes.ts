/**
 * The definitions a place stands in. A scope says them by name (`Api.get`), and a file may define a name more than once: in the branches
 * of a condition, or again further down. Then the place decides which one is meant.
 *
 * Found through an index over each list of definitions. The index lives as long as its list, so that it never tells of another text.
 */
import type { Class, Func, Module, Standing } from './module';
import type { Span } from './place';
import { firstFrom, within } from './within';

/** Where something stands. */
export type Spot = Pick<Standing, 'scope' | 'at'>;

interface Definition { readonly scope: string; readonly name: string; readonly nameAt: Span; readonly at: Span }

/** The dotted path of a definition in its file, as the scope of what stands directly in it says it: `Api.get`. */
export function pathOf({ scope, name }: Pick<Definition, 'scope' | 'name'>): string {
  return scope ? `${scope}.${name}` : name;
}

/** The path with the module in front, as an import would write it: `shop.views.Api.get`. */
export function qualifiedPath({ name }: Pick<Module, 'name'>, one: Pick<Definition, 'scope' | 'name'>): string {
  return name ? `${name}.${pathOf(one)}` : pathOf(one);
}

/**
 * The function of a path.
 * @param at a place in it, which tells functions of one path apart; without it, or where none holds it, the first is taken
 */
export function functionByPath(module: Module, path: string, at?: Span): Func | undefined {
  return holding(index(module.functions).byPath.get(path) ?? [], at);
}

/** The function a place stands directly in; undefined at module level and in the body of a class. */
export function functionAt(module: Module, { scope, at }: Spot): Func | undefined {
  return functionByPath(module, scope, at);
}

/** The class of a path; `at` as for `functionByPath`. */
export function classByPath(module: Module, path: string, at?: Span): Class | undefined {
  return holding(index(module.classes).byPath.get(path) ?? [], at);
}

/** The function whose name stands at this offset: the handler of a route, a task's function. */
export function functionNamedAt(module: Module, start: number): Func | undefined {
  return index(module.functions).byName.get(start);
}

/** The class whose name stands at this offset. */
export function classNamedAt(module: Module, start: number): Class | undefined {
  return index(module.classes).byName.get(start);
}

/** Functions directly in a class or a function: those whose scope is its path. */
export function functionsIn(module: Module, path: string): readonly Func[] {
  return index(module.functions).byScope.get(path) ?? [];
}

/** Functions by whose names the scope of a place goes, outermost first; the classes in between are left out. */
export function functionsOf(module: Module, spot: Spot): readonly Func[] {
  return along(module.functions, spot);
}

/** The outermost function around a place; the method of a class at module level is its own. */
export function outermostFunction(module: Module, spot: Spot): Func | undefined {
  return along(module.functions, spot)[0];
}

/** The outermost class around a place. */
export function outermostClass(module: Module, spot: Spot): Class | undefined {
  return along(module.classes, spot)[0];
}

/** Functions whose text holds the place, decorators and defaults included; innermost first. */
export function functionsAround(module: Module, at: Span): readonly Func[] {
  return around(module.functions, at);
}

/** Functions whose text lies in a stretch, in the order of the file. */
export function functionsWithin(module: Module, at: Span): readonly Func[] {
  return within(module.functions, at);
}

/** Classes whose text holds the place, innermost first. */
export function classesAround(module: Module, at: Span): readonly Class[] {
  return around(module.classes, at);
}

/** Definitions of a list, found in several ways. Of a file that is edited, mostly one of them is asked for before the next edit. */
class Index<D extends Definition> {
  private paths: ReadonlyMap<string, readonly D[]> | undefined;
  private scopes: ReadonlyMap<string, readonly D[]> | undefined;
  private names: ReadonlyMap<number, D> | undefined;
  private around: readonly number[] | undefined;

  constructor(private readonly list: readonly D[]) {}

  /** Each list in the order of the file. */
  get byPath(): ReadonlyMap<string, readonly D[]> { return this.paths ??= grouped(this.list, pathOf); }
  get byScope(): ReadonlyMap<string, readonly D[]> { return this.scopes ??= grouped(this.list, (each) => each.scope); }
  /** By the offset of the name. */
  get byName(): ReadonlyMap<number, D> { return this.names ??= new Map(this.list.map((each) => [each.nameAt.start, each])); }
  /** For each definition of the list, the place in it of the one around it. */
  get outer(): readonly number[] { return this.around ??= nested(this.list); }
}

const indexes = new WeakMap<readonly Definition[], Index<Definition>>();
const EMPTY = new Index<never>([]);

function index<D extends Definition>(list: readonly D[]): Index<D> {
  if (list.length === 0) return EMPTY;
  const known = indexes.get(list) as Index<D> | undefined;
  if (known) return known;
  const made = new Index(list);
  indexes.set(list, made as unknown as Index<Definition>);
  return made;
}

function grouped<D>(list: readonly D[], key: (one: D) => string): ReadonlyMap<string, readonly D[]> {
  const groups = new Map<string, D[]>();
  for (const each of list) {
    const group = groups.get(key(each));
    if (group) group.push(each); else groups.set(key(each), [each]);
  }
  return groups;
}

function nested(list: readonly Definition[]): readonly number[] {
  const outer: number[] = [];
  let open = -1;
  for (const [position, { at }] of list.entries()) {
    while (open >= 0 && !holds(list[open], at)) open = outer[open] ?? -1;
    outer.push(open);
    open = position;
  }
  return outer;
}

function along<D extends Definition>(list: readonly D[], { scope, at }: Spot): readonly D[] {
  if (scope === '' || list.length === 0) return [];
  const { byPath } = index(list);
  const found: D[] = [];
  for (let dot = scope.indexOf('.'); ; dot = scope.indexOf('.', dot + 1)) {
    const one = holding(byPath.get(dot < 0 ? scope : scope.slice(0, dot)) ?? [], at);
    if (one) found.push(one);
    if (dot < 0) return found;
  }
}

function around<D extends Definition>(list: readonly D[], at: Span): readonly D[] {
  const found: D[] = [];
  let position = lastBefore(list, at.start);
  if (position < 0) return found;
  const { outer } = index(list);
  for (; position >= 0; position = outer[position] ?? -1) {
    const one = list[position];
    if (one && holds(one, at)) found.push(one);
  }
  return found;
}

/** Definitions of one path stand behind one another, never in each other. */
function holding<D extends Definition>(list: readonly D[], at: Span | undefined): D | undefined {
  const [first] = list;
  if (!at || list.length < 2) return first;
  const one = list[lastBefore(list, at.start)];
  return holds(one, at) ? one : first;
}

/** Position of the last one that begins at or before an offset; -1 where there is none. */
function lastBefore(list: readonly Definition[], offset: number): number {
  return firstFrom(list, offset + 1) - 1;
}

function holds(one: Definition | undefined, at: Span): boolean {
  return one !== undefined && one.at.start <= at.start && at.end <= one.at.end;
}
