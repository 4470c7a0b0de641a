/** Facts of all modules by a key, kept while files are edited: an edit of one file replaces that file's facts and looks at no other. */
import type { Module } from '../../rules/kit';
import { push } from '../lists';

export interface Indexed<Fact> { readonly module: Module; readonly fact: Fact }

export class ModuleIndex<Fact> {
  /** By key: what the only module has that has it, or by path what each has. Most keys are those of one module. */
  private readonly byKey = new Map<string, readonly Indexed<Fact>[] | Map<string, readonly Indexed<Fact>[]>>();
  private readonly keysOf = new Map<string, readonly string[]>();
  /** Modules whose new facts are still to be taken: nobody has asked since. */
  private readonly changed = new Map<string, Module>();

  /** @param facts what a module has, each under its key */
  constructor(modules: readonly Module[], private readonly facts: (module: Module) => Iterable<readonly [key: string, fact: Fact]>) {
    for (const module of modules) this.add(module);
  }

  /** Takes the new facts of a module instead of those it had. */
  replace(module: Module): void {
    this.changed.set(module.path, module);
  }

  /** What all modules have under a key, by the path of the module, then in the order of the module. */
  get(key: string): readonly Indexed<Fact>[] {
    this.catchUp();
    const known = this.byKey.get(key) ?? [];
    return known instanceof Map ? [...known].sort(([a], [b]) => a < b ? -1 : 1).flatMap(([, facts]) => facts) : known;
  }

  keys(): Iterable<string> {
    this.catchUp();
    return this.byKey.keys();
  }

  private catchUp(): void {
    for (const module of this.changed.values()) {
      for (const key of this.keysOf.get(module.path) ?? []) this.drop(key, module.path);
      this.add(module);
    }
    this.changed.clear();
  }

  private drop(key: string, path: string): void {
    const known = this.byKey.get(key);
    // The key keeps its place among the others.
    if (known instanceof Map) known.delete(path); else this.byKey.set(key, []);
  }

  private add(module: Module): void {
    const here = new Map<string, Indexed<Fact>[]>();
    for (const [key, fact] of this.facts(module)) push(here, key, { module, fact });
    for (const [key, list] of here) {
      const known = this.byKey.get(key);
      if (known instanceof Map) known.set(module.path, list);
      else this.byKey.set(key, known?.[0] ? new Map([[known[0].module.path, known], [module.path, list]]) : list);
    }
    this.keysOf.set(module.path, [...here.keys()]);
  }
}
