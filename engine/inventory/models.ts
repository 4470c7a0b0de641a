/** Tables and collections with their indexes, and which of them lead to which. */
import type { MappedModel, Project } from '../../rules/kit';
import { lastName } from '../../rules/kit';
import type { ModelEntry } from '../audit/inventory';
import type { Locate } from './spot';
import { byText } from './spot';

export function models(project: Project, locate: Locate): readonly ModelEntry[] {
  const byTable = new Map(project.models.flatMap(({ model }) => model.table === undefined ? [] : [[model.table.toLowerCase(), model.name] as const]));
  const names = new Set(project.models.map(({ model }) => model.name));
  return project.models.map((mapped): ModelEntry => {
    const { module, model } = mapped;
    return {
      name: model.name, ...(model.table !== undefined && { table: model.table }), at: locate({ path: module.path, ...model.nameAt }), columns: model.columns.length, indexes: indexesOf(mapped),
      relations: relationsOf(mapped, (target) => resolved(target, names, byTable)),
    };
  }).sort((a, b) => byText(a.name, b.name) || byText(a.at.path, b.at.path));
}

function indexesOf({ model }: MappedModel): ModelEntry['indexes'] {
  const single = model.columns.filter((each) => each.primaryKey || each.unique || each.index).map((each) => ({ columns: [each.name], unique: each.primaryKey || each.unique }));
  const several = model.constraints.filter((each) => each.columns.length > 0 && (each.kind === 'unique' || each.kind === 'index' || each.kind === 'primary-key'))
    .map((each) => ({ columns: [...each.columns], unique: each.unique || each.kind === 'primary-key' }));
  return [...single, ...several];
}

function relationsOf({ model }: MappedModel, name: (target: string) => string | undefined): readonly string[] {
  const targets = [...model.columns.flatMap((each) => each.foreignKey?.target ?? []), ...model.relations.flatMap((each) => each.target ?? [])];
  return [...new Set(targets.flatMap((target) => (target === 'self' ? model.name : name(target)) ?? []))];
}

/** `user.id` by its table, `app.models.User` and `auth.User` by the last name. What leads out of the project is not drawn. */
function resolved(target: string, names: ReadonlySet<string>, byTable: ReadonlyMap<string, string>): string | undefined {
  const table = target.includes('.') ? target.slice(0, target.lastIndexOf('.')) : target;
  const known = byTable.get(table.toLowerCase()) ?? byTable.get(lastName(table).toLowerCase());
  if (known !== undefined) return known;
  if (names.has(lastName(target))) return lastName(target);
  // Tables without a written name are called as their class is, in small letters and underscores.
  const plain = lastName(table).replaceAll('_', '').toLowerCase();
  return [...names].find((name) => name.toLowerCase() === plain);
}
