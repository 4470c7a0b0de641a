/**
 * Names across files. A module knows what its imports are called, not what stands behind them: this joins the two. It follows
 * imports, re-exports, star imports and packages, and what a name was given, so that `db.session.execute` after `from app import db` becomes
 * `flask_sqlalchemy.SQLAlchemy.session.execute`.
 */
import type { Assignment, Class, Func, Module, Value } from '../../rules/kit';

export type Definition =
  | { readonly kind: 'class'; readonly module: Module; readonly class: Class }
  | { readonly kind: 'func'; readonly module: Module; readonly func: Func }
  | { readonly kind: 'value'; readonly module: Module; readonly assignment: Assignment }
  | { readonly kind: 'module'; readonly module: Module };

/** Steps from name to name; longer chains are cycles. */
const LONGEST = 10;

/** What a module defines and imports. Each kind is sorted when it is first asked for: of a file that is edited, often none is before the next edit. */
class Contents {
  private classesByName: ReadonlyMap<string, Class> | undefined;
  private funcsByName: ReadonlyMap<string, Func> | undefined;
  private valuesByName: ReadonlyMap<string, Assignment> | undefined;
  private targets: ReadonlyMap<string, string> | undefined;

  constructor(readonly module: Module) {}

  get classes(): ReadonlyMap<string, Class> { return this.classesByName ??= byName(this.module.classes, (each) => inScope(each.scope, each.name)); }
  get funcs(): ReadonlyMap<string, Func> { return this.funcsByName ??= byName(this.module.functions, (each) => inScope(each.scope, each.name)); }
  get values(): ReadonlyMap<string, Assignment> {
    return this.valuesByName ??= byName(this.module.assignments.filter((each) => each.how === 'statement' && !each.target.includes('.')), (each) => inScope(each.scope, each.target));
  }
  get imports(): ReadonlyMap<string, string> {
    return this.targets ??= this.module.imports.length === 0 ? NOTHING : new Map(this.module.imports.filter((each) => each.name !== '*').map((each) => [each.name, each.target]));
  }
}

const NOTHING: ReadonlyMap<string, never> = new Map<string, never>();

function byName<T>(list: readonly T[], name: (one: T) => string): ReadonlyMap<string, T> {
  return list.length === 0 ? NOTHING : new Map(list.map((each) => [name(each), each]));
}

function inScope(scope: string, name: string): string {
  return scope ? `${scope}.${name}` : name;
}

export class ProjectNames {
  private readonly contents = new Map<string, Contents>();
  private readonly packages = new Set<string>();
  private readonly expanded = new Map<string, Map<string, string>>();
  private readonly prefixesOf = new Map<string, Map<string, readonly string[]>>();

  constructor(modules: readonly Module[]) {
    for (const module of modules) {
      this.contents.set(module.name, new Contents(module));
      const parts = module.name.split('.');
      for (let length = 1; length < parts.length; length++) this.packages.add(parts.slice(0, length).join('.'));
    }
  }

  /**
   * Takes the new facts of a module.
   * @param renamed its names are others than before (see sameNames)
   */
  replace(module: Module, renamed: boolean): void {
    if (!this.contents.has(module.name)) return;
    this.contents.set(module.name, new Contents(module));
    if (renamed) this.expanded.clear();
  }

  /** What a qualified name stands for in this project, seen from a module. `rest` is what follows the definition's own name. */
  definition(name: string, from: Module): { readonly definition: Definition; readonly rest: string } | undefined {
    return this.mayBeHere(name, from) ? this.find(name, from, 0, new Set()) : undefined;
  }

  /** Most names are those of libraries: nothing of the project begins like them. */
  private mayBeHere(name: string, from: Module): boolean {
    return from.stars.length > 0 || isOf(name, from) || this.prefixes(name.slice(0, indexOrEnd(name, '.')), from).length > 0;
  }

  /** The name with all that this project defines replaced by what stands behind it; names of libraries stay as they are. */
  expand(name: string, from: Module): string {
    const known = this.expanded.get(from.name) ?? new Map<string, string>();
    this.expanded.set(from.name, known);
    const before = known.get(name);
    if (before !== undefined) return before;
    const found = this.expandFrom(name, from, 0);
    known.set(name, found);
    return found;
  }

  private expandFrom(name: string, from: Module, depth: number): string {
    const found = depth < LONGEST ? this.definition(name, from) : undefined;
    if (!found) return name;
    const { definition, rest } = found;
    const tail = rest ? `.${rest}` : '';
    switch (definition.kind) {
      case 'class': return `${qualified(definition.module, definition.class.scope, definition.class.name)}${tail}`;
      case 'module': return `${definition.module.name}${tail}`;
      case 'func': {
        const own = qualified(definition.module, definition.func.scope, definition.func.name);
        const made = rest ? definition.func.returns.map(madeBy).find((each) => each !== undefined) : undefined;
        return made ? this.expandFrom(`${made}${tail}`, definition.module, depth + 1) : `${own}${tail}`;
      }
      case 'value': {
        const made = madeBy(definition.assignment.value);
        const own = `${definition.module.name}.${definition.assignment.target}`;
        return made && made !== own ? this.expandFrom(`${made}${tail}`, definition.module, depth + 1) : `${own}${tail}`;
      }
    }
  }

  /** @param seen questions asked on the way: star imports that go round would ask them again, each time from more sides */
  private find(name: string, from: Module, depth: number, seen: Set<string>): ReturnType<ProjectNames['definition']> {
    const question = `${from.name} ${name}`;
    if (depth > LONGEST || seen.has(question)) return undefined;
    seen.add(question);
    const own = depth === 0 ? this.ownName(name, from, seen) : undefined;
    if (own) return own;
    for (const root of this.roots(name, from, depth === 0)) {
      const parts = root.split('.');
      for (let length = parts.length; length > 0; length--) {
        const contents = this.contents.get(parts.slice(0, length).join('.'));
        if (!contents || (this.rebound(parts.slice(0, length), root) && !isInSubmodule(contents, parts.slice(length - 1)))) continue;
        const rest = parts.slice(length);
        if (rest.length === 0) return { definition: { kind: 'module', module: contents.module }, rest: '' };
        const inside = this.inside(contents, rest, depth, seen);
        if (inside) return inside;
      }
    }
    return undefined;
  }

  /** What a module says of itself is not asked of its package, which may use the same name for something else. */
  private ownName(name: string, from: Module, seen: Set<string>): ReturnType<ProjectNames['definition']> {
    const contents = isOf(name, from) ? this.contents.get(from.name) : undefined;
    if (!contents) return undefined;
    const parts = name.slice(from.name.length + 1).split('.');
    const target = contents.imports.get(parts[0] ?? '');
    return (target === undefined || !`${name}.`.startsWith(`${target}.`)) ? this.inside(contents, parts, 0, seen) : undefined;
  }

  /** A package that imports a name from its submodule of the same name (`from .db import db`) means the name, not the submodule. */
  private rebound(parts: readonly string[], whole: string): boolean {
    const parent = this.contents.get(parts.slice(0, -1).join('.'));
    const target = parent?.imports.get(parts.at(-1) ?? '');
    return target !== undefined && target !== parts.join('.') && whole !== target && !whole.startsWith(`${target}.`);
  }

  private inside(contents: Contents, parts: readonly string[], depth: number, seen: Set<string>): ReturnType<ProjectNames['definition']> {
    const { module } = contents;
    for (let length = parts.length; length > 0; length--) {
      const name = parts.slice(0, length).join('.');
      const rest = parts.slice(length).join('.');
      const klass = contents.classes.get(name);
      if (klass) return { definition: { kind: 'class', module, class: klass }, rest };
      const func = contents.funcs.get(name);
      if (func) return { definition: { kind: 'func', module, func }, rest };
      const assignment = contents.values.get(name);
      if (assignment) return { definition: { kind: 'value', module, assignment }, rest };
    }
    const [first = '', ...others] = parts;
    const target = contents.imports.get(first);
    const tail = others.length > 0 ? `.${others.join('.')}` : '';
    if (target !== undefined && target !== `${module.name}.${first}`) return this.find(target + tail, module, depth + 1, seen);
    for (const star of module.stars) {
      const found = this.fromStar(star, module, parts, depth + 1, seen);
      if (found && found.definition.kind !== 'module') return found;
    }
    return undefined;
  }

  /** What `from star import *` brings under a name. Only the module itself is asked: what lies above it cannot have been meant, and leads back here by longer and longer names. */
  private fromStar(star: string, from: Module, parts: readonly string[], depth: number, seen: Set<string>): ReturnType<ProjectNames['definition']> {
    if (depth > LONGEST) return undefined;
    for (const root of this.roots(star, from, false)) {
      const contents = this.contents.get(root);
      const question = `* ${root} ${parts.join('.')}`;
      if (!contents || seen.has(question)) continue;
      seen.add(question);
      const found = this.inside(contents, parts, depth, seen);
      if (found) return found;
    }
    return undefined;
  }

  /**
   * The names an import may mean: from the root, and from every folder on the way to the importing file (source roots are not declared anywhere).
   * @param local the name is one the file itself uses, so that its star imports may have brought it
   */
  /** What may stand before a name that begins with `first`: nothing, or the folders in which there is something of that name. Kept, since most names begin alike. */
  private prefixes(first: string, from: Module): readonly string[] {
    const of = this.prefixesOf.get(from.name) ?? new Map<string, readonly string[]>();
    this.prefixesOf.set(from.name, of);
    const known = of.get(first);
    if (known) return known;
    const exists = (name: string) => this.contents.has(name) || this.packages.has(name);
    const found = exists(first) ? [''] : [];
    const parts = from.name.split('.');
    for (let length = parts.length - (from.package ? 0 : 1); length > 0; length--) {
      const prefix = `${parts.slice(0, length).join('.')}.`;
      if (exists(prefix + first)) found.push(prefix);
    }
    of.set(first, found);
    return found;
  }

  private *roots(name: string, from: Module, local: boolean): Iterable<string> {
    const first = name.slice(0, indexOrEnd(name, '.'));
    if (!first) return;
    for (const prefix of this.prefixes(first, from)) yield prefix + name;
    if (local) for (const star of from.stars) yield `${star}.${name}`;
  }
}

/** The name is that of something in the module. */
function isOf(name: string, { name: module }: Module): boolean {
  return name.charCodeAt(module.length) === DOT && name.startsWith(module);
}
const DOT = '.'.charCodeAt(0);

/**
 * `from .watch import watch, history` gives a package a function of its submodule's name: `package.watch.history` is still the submodule's.
 * @param parts from the submodule's name on
 */
function isInSubmodule(contents: Contents, parts: readonly string[]): boolean {
  const [name = '', inside] = parts;
  return inside !== undefined && (contents.classes.has(name) || contents.funcs.has(name)) && (contents.classes.has(inside) || contents.funcs.has(inside));
}

/** Whether other modules see the same names behind a module as before: what it imports, defines and makes its values by. */
export function sameNames(a: Module, b: Module): boolean {
  const plain = (module: Module) => module.assignments.filter((each) => !each.target.includes('.'));
  return a.name === b.name && alike(a.stars, b.stars, Object.is)
    && alike(a.imports, b.imports, (one, other) => one.name === other.name && one.target === other.target)
    && alike(a.classes, b.classes, (one, other) => one.scope === other.scope && one.name === other.name && alike(one.bases, other.bases, Object.is))
    && alike(a.functions, b.functions, (one, other) => one.scope === other.scope && one.name === other.name && alike(one.returns, other.returns, madeAlike))
    && alike(plain(a), plain(b), (one, other) => one.scope === other.scope && one.target === other.target && madeAlike(one.value, other.value));
}

function alike<T>(before: readonly T[], now: readonly T[], same: (one: T, other: T) => boolean): boolean {
  // What no edit has touched is the thing itself.
  return before.length === now.length && before.every((one, at) => { const other = now[at]; return other !== undefined && (one === other || same(one, other)); });
}

function madeAlike(a: Value, b: Value): boolean {
  return a === b || madeBy(a) === madeBy(b);
}

/** What a value was made by, or is another name for. */
export function madeBy(value: Value): string | undefined {
  switch (value.kind) {
    case 'result': return value.callee;
    case 'reference': return value.name;
    case 'choice': return value.options.map(madeBy).find((each) => each !== undefined);
    default: return undefined;
  }
}

export function qualified(module: Module, scope: string, name: string): string {
  return [module.name, scope, name].filter(Boolean).join('.');
}

function indexOrEnd(text: string, part: string): number {
  const at = text.indexOf(part);
  return at < 0 ? text.length : at;
}
