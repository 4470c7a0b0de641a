/** Models and columns as rules ask for them: where they are declared, what covers them, and how they are changed. */
import type { Column, MappedModel, Model, Operation, TableConstraint } from './model';
import type { Module } from './module';
import type { Project } from './project';
import type { Selector } from './select';

export interface ColumnMatch { readonly module: Module; readonly model: Model; readonly column: Column }

/** Columns where they are declared: in a table, or in a mixin or base that a table of the project derives from. */
export function columns(wanted: (column: Column) => boolean): Selector<ColumnMatch> {
  return {
    kinds: ['module'], callees: [],
    *select(unit, project) {
      if (unit.kind !== 'module' || !unit.models.some((model) => model.columns.some(wanted))) return;
      for (const model of unit.models) {
        if (model.foreign || !holdsRows(model, unit, project)) continue;
        for (const column of model.columns) if (wanted(column)) yield { module: unit, model, column };
      }
    },
  };
}

/** The tables a file declares, each with what it inherits. */
export function tables(wanted: (model: Model) => boolean): Selector<MappedModel> {
  return {
    kinds: ['module'], callees: [],
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.models.length === 0) return;
      for (const each of mappedIn(project).get(unit.path) ?? []) if (!each.model.foreign && wanted(each.model)) yield each;
    },
  };
}

function mappedIn(project: Project): ReadonlyMap<string, readonly MappedModel[]> {
  return project.once('tables by file', () => {
    const found = new Map<string, MappedModel[]>();
    for (const each of project.models) { const known = found.get(each.module.path); if (known) known.push(each); else found.set(each.module.path, [each]); }
    return found;
  });
}

/** The class is a table, or one derives from it. */
function holdsRows(model: Model, module: Module, project: Project): boolean {
  const homes = project.once('homes of columns', () => new Set(project.models.flatMap((each) => [`${each.module.path} ${each.model.name}`, ...each.model.columns.flatMap((one) => one.from ? [`${one.from.path} ${one.from.model}`] : [])])));
  return homes.has(`${module.path} ${model.name}`);
}

// ---- what covers a column

/** Unique by itself, as the only column of a constraint, or by an index that a migration makes. */
export function isUnique(model: Model, name: string, project: Project): boolean {
  const column = columnNamed(model, name);
  const names = column ? [column.name, ...(column.column ? [column.column] : [])] : [name];
  if (column?.unique || (column?.primaryKey && model.columns.filter((each) => each.primaryKey).length === 1)) return true;
  return coveredBy(model, project).some((each) => each.unique && each.columns.length === 1 && names.includes(each.columns[0] ?? ''));
}

/** Some unique constraint has this column among others. */
export function isUniqueTogether(model: Model, name: string, project: Project): boolean {
  return coveredBy(model, project).some((each) => each.unique && each.columns.length > 1 && each.columns.includes(columnNamed(model, name)?.column ?? name)) || model.columns.filter((each) => each.primaryKey).length > 1 && model.columns.some((each) => each.primaryKey && each.name === name);
}

/** A look-up by this column finds its rows by an index: its own, or one it comes first in. */
export function isIndexed(model: Model, name: string, project: Project): boolean {
  const column = columnNamed(model, name);
  const names = [name, ...(column ? [column.name, ...(column.column ? [column.column] : [])] : [])];
  if (column?.unique || column?.index || column?.primaryKey) return true;
  return coveredBy(model, project).some((each) => each.kind !== 'check' && each.kind !== 'foreign-key' && each.columns[0] !== undefined && names.includes(each.columns[0]));
}

function columnNamed(model: Model, name: string): Column | undefined {
  return model.columns.find((each) => each.name === name) ?? model.columns.find((each) => each.column === name || `${each.name}_id` === name);
}

type Cover = Pick<TableConstraint, 'kind' | 'unique' | 'columns'>;

/** Constraints of the class and those that migrations make for its table. */
export function coveredBy(model: Model, project: Project): readonly Cover[] {
  const made = constraintsOfMigrations(project);
  return [...model.constraints, ...tableNames(model).flatMap((name) => made.get(name) ?? [])];
}

/** What a table may be called in migrations, in lower case: as written, or as its library names it after the class. */
export function tableNames(model: Model): readonly string[] {
  if (model.table !== undefined) return [model.table.toLowerCase().replace(/^.*\./, '')];
  const snake = model.name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/([A-Z])([A-Z][a-z])/g, '$1_$2').toLowerCase();
  return [...new Set([snake, model.name.toLowerCase()])];
}

function constraintsOfMigrations(project: Project): ReadonlyMap<string, readonly Cover[]> {
  return project.once('constraints of migrations', () => {
    const found = new Map<string, Cover[]>();
    for (const { migration } of project.migrations) {
      for (const step of migration.upgrade) {
        for (const [table, cover] of coversOf(step)) found.set(table, [...(found.get(table) ?? []), cover]);
      }
    }
    return found;
  }, (module) => module.migration !== undefined);
}

const CREATES = /create\s+(unique\s+)?index\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?(?:["`\w]+\s+)?on\s+(?:only\s+)?["`]?(?:\w+["`]?\.["`]?)?(\w+)["`]?\s*(?:using\s+\w+\s*)?\(([^;]*?)\)(?:\s*where|\s*;|\s*$|\s*include)/gi;
const ADDS = /alter\s+table\s+(?:only\s+)?["`]?(?:\w+["`]?\.["`]?)?(\w+)["`]?\s+add\s+(?:constraint\s+["`\w]+\s+)?unique\s*\(([^)]*)\)/gi;

function coversOf(step: Operation): readonly (readonly [string, Cover])[] {
  const words = (list: string) => list.match(/[A-Za-z_]\w*/g)?.filter((each) => !/^(lower|upper|coalesce|desc|asc|nulls|first|last)$/i.test(each)) ?? [];
  if (step.sql !== undefined) {
    return [
      ...[...step.sql.matchAll(CREATES)].map(([, unique, table = '', list = '']) => [table.toLowerCase(), { kind: 'index', unique: unique !== undefined, columns: words(list) }] as const),
      ...[...step.sql.matchAll(ADDS)].map(([, table = '', list = '']) => [table.toLowerCase(), { kind: 'unique', unique: true, columns: words(list) }] as const),
    ];
  }
  if (step.table === undefined) return [];
  const table = step.table.toLowerCase();
  if (/^create_(unique_constraint|index)$/.test(step.name)) {
    const unique = step.name === 'create_unique_constraint' || step.call.keywords.some((each) => each.name === 'unique' && each.value.kind === 'bool' && each.value.value);
    return [[table, { kind: 'index', unique, columns: step.names }]];
  }
  return step.columns.filter((each) => each.unique).map((each) => [table, { kind: 'unique', unique: true, columns: [each.name] }] as const);
}

// ---- names

/** Words of a name, in lower case: `unit`, `price` of `unitPrice` and `unit_price`. */
export function nameWords(name: string): readonly string[] {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase().split(/[_\W]+/).filter(Boolean);
}
