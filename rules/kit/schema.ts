/** Where the tables of a database come from: migrations, their tools, `create_all`, and files of SQL. */
import { fileName } from './edge';
import { isImported, loadedModules } from './loading';
import type { MappedModel, Migration } from './model';
import type { Call, Module } from './module';
import type { Evidence, Project } from './project';
import { functionsAround } from './scopes';
import { lastName } from './select';
import { onlyAsProgram, onlyInDevelopment } from './standing';

const RELATIONAL: ReadonlySet<string> = new Set(['sqlalchemy', 'sqlmodel', 'django', 'peewee', 'tortoise']);

/** Tables of relational databases that this project defines. */
export function relationalModels(project: Project): readonly MappedModel[] {
  return project.once('relational models', () => project.models.filter((each) => RELATIONAL.has(each.model.orm) && !each.model.foreign));
}

/** The library of most of its tables, as it is called. */
export function ormName(models: readonly MappedModel[]): string {
  const orm = models[0]?.model.orm;
  return orm === 'sqlalchemy' ? 'SQLAlchemy' : orm === 'sqlmodel' ? 'SQLModel' : orm === 'django' ? 'Django' : orm === 'peewee' ? 'Peewee' : 'Tortoise';
}

const FOLDER = /(^|\/)(migrations?|versions|revisions|changelogs?|changesets|alembic|migrate|liquibase|flyway|sqitch|aerich|schema_migrations)\//i;

/** Files of migrations of any tool, of other languages too. */
export function migrationFiles(project: Project): readonly string[] {
  return project.once('files of migrations', () => {
    const read = project.migrations.map((each) => each.module.path);
    return read.length > 0 ? read : project.paths.filter((path) => (FOLDER.test(path) && /\.(py|sql|ya?ml|xml|go|rb|ts|js)$/.test(path) && !/(^|\/)(__init__|env|conftest|manage)\.py$|(^|\/)(tests?|node_modules|site-packages)\//.test(path)) || /(^|\/)(V\d+__\w+|\d{3,14}[_-][\w-]+(\.up)?)\.sql$|(^|\/)(sqitch\.plan|atlas\.hcl)$/.test(path));
  });
}

export const CREATE_CALLS: readonly string[] = ['*.create_all', '*.create_tables', '*.create_table', '*.generate_schemas', '*.register_tortoise', 'register_tortoise', '*.init_models', '*.create_db_and_tables', '*.executescript'];

/** Calls that make the tables of models, outside of tests. */
export function createCalls(project: Project): readonly { readonly module: Module; readonly call: Call }[] {
  return project.once('calls that create tables', () => project.calls(...CREATE_CALLS).filter(({ call }) => /(^|\.)(create_all|create_tables|create_table|generate_schemas)$/.test(call.callee) || (/(^|\.)register_tortoise$/.test(call.callee) && call.keywords.some((each) => each.name === 'generate_schemas'))));
}

/** Functions that are run by hand: commands of the command line. */
export function isCommand(module: Module, call: Call): boolean {
  return onlyAsProgram(call) || /(^|\/)(management\/commands|cli|commands|scripts?)(\/|\.py$)|(^|\/)manage\.py$/.test(module.path) || functionsAround(module, call.at).some((func) => func.decorators.some((each) => /(^|\.)(command|shell_context_processor|option|group|fixture)$/.test(each.name)));
}

/** The call runs whenever the application starts, and not only in development, for a test, or by a command. */
export function runsAtStart(project: Project, module: Module, call: Call): boolean {
  if (onlyInDevelopment(call) || isCommand(module, call) || !project.runs(call, module)) return false;
  const loaded = loadedModules(project);
  return loaded.size === 0 || loaded.has(module.path) || project.applications.some((each) => each.path === module.path);
}

/** A file that is started by hand: nothing imports it, and it is no application. */
export function isProgramModule(module: Module, project: Project): boolean {
  if (module.routes.length > 0 || project.applications.some((each) => each.path === module.path) || module.package) return false;
  return project.applications.length > 0 && !isImported(module, project);
}

const TOOLS = ['flask-migrate', 'alembic', 'flask-alembic', 'aerich', 'peewee-migrate', 'yoyo-migrations', 'piccolo', 'peewee-migrations'] as const;

/** The tool for migrations a manifest names. */
export function migrationTool(project: Project): (Evidence & { readonly name: string }) | undefined {
  for (const name of TOOLS) { const found = project.declares(name); if (found) return { ...found, name }; }
  return undefined;
}

/** Folders of a tool that hold no revision yet: `env.py` of Alembic is there. */
export function emptyMigrations(project: Project): string | undefined {
  return project.paths.find((path) => /(^|\/)(migrations|alembic)\/env\.py$/.test(path));
}

/** The place a list of migrations is in, as a strength says it: `12 revisions of Alembic in migrations/versions`. */
export function migrationsSay(project: Project): Evidence | undefined {
  const [first] = project.migrations;
  const path = first?.module.path ?? migrationFiles(project)[0];
  if (path === undefined) return undefined;
  const paths = first ? project.migrations.map((each) => each.module.path) : migrationFiles(project);
  const folders = new Set(paths.map((each) => each.slice(0, -fileName(each).length - 1)));
  const [folder = ''] = [...folders];
  const where = folders.size > 1 ? ` in ${folders.size} folders` : folder === '' ? '' : ` in ${folder}`;
  const count = paths.length;
  const what = first?.migration.framework === 'alembic' ? 'revisions of Alembic' : first ? 'migrations of Django' : 'migrations';
  return { path, start: 0, end: 0, text: `${count} ${count === 1 ? what.replace(/s( of|$)/, '$1') : what}${where}` };
}

/** The newest migrations, which are still to be deployed or may have to be taken back: how many come after each of the last few, by path. */
export function newestMigrations(project: Project): ReadonlyMap<string, number> {
  return project.once('newest migrations', () => new Map([...newestOfAlembic(project), ...newestOfDjango(project)]));
}
const NEWEST = 5;

function newestOfAlembic(project: Project): readonly (readonly [string, number])[] {
  const all = project.migrations.filter((each) => each.migration.framework === 'alembic');
  const byRevision = new Map(all.map((each) => [each.migration.revision, each]));
  const parents = new Set(all.flatMap((each) => each.migration.parents));
  const found: [string, number][] = [];
  for (const head of all.filter((each) => !parents.has(each.migration.revision))) {
    let at: { readonly module: Module; readonly migration: Migration } | undefined = head;
    for (let count = 0; at && count < NEWEST; count++) {
      found.push([at.module.path, count]);
      at = byRevision.get(at.migration.parents[0] ?? '');
    }
  }
  return found;
}

function newestOfDjango(project: Project): readonly (readonly [string, number])[] {
  const byFolder = new Map<string, string[]>();
  for (const { module, migration } of project.migrations) {
    if (migration.framework !== 'django') continue;
    const folder = module.path.slice(0, module.path.lastIndexOf('/') + 1);
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), module.path]);
  }
  return [...byFolder.values()].flatMap((paths) => paths.sort().reverse().slice(0, NEWEST).map((path, count) => [path, count] as const));
}

/** Whether somebody calls a function of this module by its name, in the project's code or in a script, a document or a command beside it. */
export function isCalledSomewhere(project: Project, name: string, within: Module): boolean {
  const called = project.once('names that are called', () => new Set(project.modules.flatMap((module) => [...module.does, ...module.functions.flatMap((func) => [...func.does.filter((each) => lastName(each) !== func.name), ...func.depends])].map(lastName))));
  if (called.has(name)) return true;
  const mentioned = new RegExp(`\\b${name}\\b`);
  return project.units.some((unit) => unit.path !== within.path && (unit.kind === 'shell' || unit.kind === 'markdown' || unit.kind === 'dockerfile' || unit.kind === 'compose' || unit.kind === 'plain' || unit.kind === 'procfile' || unit.kind === 'workflow' || unit.kind === 'manifest' || (unit.kind === 'module' && unit.role !== 'test')) && mentioned.test(codeOf(project, unit.path)));
}

function codeOf(project: Project, path: string): string {
  return (project.text(path) ?? '').replace(/^[ \t]*#.*$/gm, '');
}
