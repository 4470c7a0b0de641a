/**
 * Models as the whole project knows them: a class with what it inherits from its bases, in whatever file they are. Mixins and abstract
 * bases are not tables; whether a class without a table's name is one, its bases tell.
 */
import type { Class, Column, MappedModel, Model, Module } from '../../rules/kit';
import { bringsColumns, rootOrm } from '../python/models';
import type { ProjectNames } from './names';
import { qualified } from './names';

/** Generations of bases that are followed. */
const DEEPEST = 12;

/** Bases that are mixed in and make no table. */
const NO_TABLE = /^(object|abc\.|typing\.|dataclasses\.|flask_login\.|enum\.)/;

interface Ancestor { readonly module: Module; readonly class: Class; readonly model: Model | undefined }

interface Ancestry {
  /** Nearest first. */
  readonly ancestors: readonly Ancestor[];
  /** One of the bases makes it a model, or is a class of somebody else's that may. */
  readonly rooted: boolean;
  readonly open: boolean;
}

export class ProjectModels {
  readonly all: readonly MappedModel[];
  private readonly byName: ReadonlyMap<string, MappedModel>;

  constructor(modules: readonly Module[], private readonly names: ProjectNames) {
    this.all = modules.flatMap((module) => module.models.flatMap((model) => {
      const mapped = this.mapped(module, model);
      return mapped ? [{ module, model: mapped, name: qualified(module, model.scope, model.name) }] : [];
    }));
    this.byName = new Map(this.all.map((each) => [each.name, each]));
  }

  /** The model a name begins with, and the rest of the name. */
  named(name: string, from: Module): { readonly mapped: MappedModel; readonly rest: string } | undefined {
    const found = this.names.definition(name, from);
    if (found?.definition.kind === 'class') {
      const { module, class: one } = found.definition;
      const mapped = this.byName.get(qualified(module, one.scope, one.name)) ?? this.ofAncestor(module, one);
      return mapped && { mapped, rest: found.rest };
    }
    if (found?.definition.kind !== 'value') return undefined;
    const { module, assignment } = found.definition;
    const table = this.byName.get(qualified(module, assignment.scope, assignment.target));
    if (table) return { mapped: table, rest: found.rest };
    // `User.email` is an attribute that the class gives a value.
    const owner = assignment.scope ? this.byName.get(qualified(module, '', assignment.scope)) : undefined;
    return owner && { mapped: owner, rest: found.rest ? `${assignment.target}.${found.rest}` : assignment.target };
  }

  /** A class without columns of its own is served by the table of its base. */
  private ofAncestor(module: Module, one: Class): MappedModel | undefined {
    return this.ancestry(module, one.bases).ancestors.map((each) => this.byName.get(qualified(each.module, each.class.scope, each.class.name))).find((each) => each !== undefined);
  }

  private mapped(module: Module, model: Model): Model | undefined {
    if (model.abstract) return undefined;
    if (model.bases.length === 0) return model;
    const { ancestors, rooted, open } = this.ancestry(module, model.bases);
    if (model.orm === 'sqlalchemy' && model.table === undefined && !rooted) return undefined;
    const own = new Set(model.columns.map((each) => each.name));
    const inherited: Column[] = [];
    for (const { module: home, class: one, model: base } of ancestors) {
      for (const column of base?.columns ?? []) {
        if (own.has(column.name)) continue;
        own.add(column.name);
        inherited.push({ ...column, from: { path: home.path, model: one.name } });
      }
    }
    return {
      ...model, columns: [...model.columns, ...inherited], constraints: [...model.constraints, ...ancestors.flatMap((each) => each.model?.constraints ?? [])],
      open: model.open || open || ancestors.some((each) => each.model?.open), foreign: model.foreign || ancestors.some((each) => each.model?.foreign && !each.model.abstract),
      ...(model.table === undefined && tableOf(ancestors)),
    };
  }

  private ancestry(module: Module, bases: readonly string[], depth = 0, seen = new Set<string>()): Ancestry {
    const ancestors: Ancestor[] = [];
    let rooted = false;
    let open = false;
    for (const base of bases) {
      const found = depth < DEEPEST ? this.names.definition(base, module) : undefined;
      const home = found?.definition.kind === 'class' && !found.rest ? found.definition : undefined;
      const name = home ? qualified(home.module, home.class.scope, home.class.name) : this.names.expand(base, module);
      if (!home) {
        rooted ||= rootOrm(name) !== undefined || rootOrm(base) !== undefined || !NO_TABLE.test(base);
        open ||= bringsColumns(name);
        continue;
      }
      if (seen.has(name)) continue;
      seen.add(name);
      ancestors.push({ module: home.module, class: home.class, model: home.module.models.find((each) => each.name === home.class.name && each.scope === home.class.scope) });
      const above = this.ancestry(home.module, home.class.bases, depth + 1, seen);
      ancestors.push(...above.ancestors);
      rooted ||= above.rooted;
      open ||= above.open;
    }
    return { ancestors, rooted, open };
  }
}

/** A child without a table's name lives in that of its parent. */
function tableOf(ancestors: readonly Ancestor[]): { readonly table?: string } {
  const table = ancestors.find((each) => each.model && !each.model.abstract && each.model.table !== undefined)?.model?.table;
  return table === undefined ? {} : { table };
}
