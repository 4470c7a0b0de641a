/** Where an application keeps its data, as far as its settings, its calls and the files that start it show. */
import { givenVariables } from './given-variable';
import { idleModules, loadedModules } from './loading';
import type { Module } from './module';
import type { Evidence, Project } from './project';
import { onlyAsProgram, onlyInDevelopment, seenInProduction } from './standing';
import type { Value } from './value';
import { lookup } from './value';

export interface Database extends Evidence {
  /** `unknown`: the environment decides, and nothing here says how. */
  readonly engine: 'sqlite' | 'networked' | 'unknown';
  /** A variable of the environment may put another in its place. */
  readonly replaceable: boolean;
}

const ENGINES = ['sqlalchemy.create_engine', 'sqlalchemy.engine.create_engine', 'sqlalchemy.ext.asyncio.create_async_engine', 'sqlmodel.create_engine', 'databases.Database', 'dataset.connect'] as const;
const FILES = ['sqlite3.connect', 'aiosqlite.connect', 'peewee.SqliteDatabase', 'playhouse.sqlite_ext.SqliteExtDatabase', 'playhouse.pool.PooledSqliteDatabase'] as const;
const CLIENTS = [
  'psycopg2.connect', 'psycopg.connect', 'psycopg_pool.ConnectionPool', 'psycopg_pool.AsyncConnectionPool', 'asyncpg.connect', 'asyncpg.create_pool', 'pymysql.connect', 'MySQLdb.connect', 'mysql.connector.connect', 'aiomysql.create_pool',
  'pymongo.MongoClient', 'pymongo.mongo_client.MongoClient', 'motor.motor_asyncio.AsyncIOMotorClient', 'mongoengine.connect', 'peewee.PostgresqlDatabase', 'peewee.MySQLDatabase',
] as const;
/** What a rule that asks for databases must list in its `reads`. */
export const DATABASE_CALLS: readonly string[] = [...ENGINES, ...FILES, ...CLIENTS];

/** Packages without which no database over the network is reached. */
const DRIVERS: readonly string[] = [
  'psycopg2', 'psycopg2-binary', 'psycopg', 'psycopg-binary', 'asyncpg', 'pg8000', 'aiopg', 'pymysql', 'mysqlclient', 'mysql-connector-python', 'mysql-connector', 'aiomysql', 'asyncmy', 'mariadb', 'pymongo', 'motor', 'beanie', 'mongoengine', 'flask-pymongo',
  'oracledb', 'cx-oracle', 'pyodbc', 'aioodbc', 'pymssql', 'supabase', 'firebase-admin', 'google-cloud-firestore', 'google-cloud-datastore', 'cassandra-driver', 'neo4j', 'couchdb', 'snowflake-sqlalchemy', 'clickhouse-connect', 'libsql', 'libsql-client', 'sqlalchemy-libsql', 'rqlite', 'pyrqlite', 'pynamodb', 'ibm-db',
];

/** A driver of a networked database that a manifest declares, or an image installs. */
export function networkedDriver(project: Project): Evidence | undefined {
  return project.once('networkedDriver', () => {
    for (const name of DRIVERS) {
      const found = project.declares(name);
      if (found) return found;
    }
    const word = new RegExp(String.raw`\b(pip3?|uv|poetry)\b.*\b(${DRIVERS.join('|')})\b`);
    for (const unit of project.of('dockerfile')) {
      const run = unit.stages.flatMap((stage) => stage.instructions).find((each) => each.keyword === 'RUN' && word.test(each.text));
      if (run) return { path: unit.path, ...run.at, text: 'an image installs a driver' };
    }
    return undefined;
  });
}

/** The databases that production's settings and calls name; files in memory and what only development or tests use are left out. */
export function databases(project: Project): readonly Database[] {
  return project.once('databases', () => {
    const idle = idleModules(project);
    return [...bySetting(project), ...byTable(project), ...byCall(project)].filter((each) => !idle.has(each.path));
  });
}

function bySetting(project: Project): readonly Database[] {
  return project.settings('SQLALCHEMY_DATABASE_URI', 'SQLALCHEMY_DATABASE_URL', 'DATABASE_URL', 'DATABASE_URI', 'DB_URL', 'DB_URI').filter((each) => seenInProduction(each, project))
    .flatMap((each) => { const found = ofUrl(each.value, project); return found ? [{ path: each.path, start: each.assignment.at.start, end: each.assignment.at.end, text: each.name, ...found }] : []; });
}

/** Django's DATABASES. */
function byTable(project: Project): readonly Database[] {
  return project.settings('DATABASES').filter((each) => seenInProduction(each, project)).flatMap((each) => {
    const main = lookup(each.value, 'default');
    const engine = main && lookup(main, 'ENGINE');
    const name = main && lookup(main, 'NAME');
    if (name?.kind === 'text' && name.value.startsWith(':memory:')) return [];
    const at = { path: each.path, start: each.assignment.at.start, end: each.assignment.at.end, text: 'DATABASES' };
    // `if os.getenv("DB") == "postgres": DATABASES = …` further down.
    const replaced = project.settings('DATABASES').some((other) => other !== each && other.path === each.path && other.start > each.end && !other.development);
    const found = engine ? ofEngine(engine, project) : { engine: 'unknown' as const, replaceable: true };
    return [{ ...at, ...found, ...(replaced && { replaceable: true }) }];
  });
}

function byCall(project: Project): readonly Database[] {
  const loaded = loadedModules(project);
  const counts = (module: Module) => loaded.size === 0 || loaded.has(module.path);
  const engines = project.calls(...ENGINES).filter(({ module, call }) => counts(module) && !onlyInDevelopment(call) && !onlyAsProgram(call)).flatMap(({ module, call }) => {
    const url = call.args[0] ?? call.keywords.find((each) => each.name === 'url')?.value;
    const found = url && ofUrl(project.resolve(url, module), project);
    return found ? [{ path: module.path, ...call.at, text: call.written, ...found }] : [];
  });
  const files = project.calls(...FILES).filter(({ module, call }) => counts(module) && !onlyInDevelopment(call) && !onlyAsProgram(call) && !isTransient(call.args[0])).map(({ module, call }) => ({ path: module.path, ...call.at, text: call.written, engine: 'sqlite' as const, replaceable: false }));
  const clients = project.calls(...CLIENTS).filter(({ call }) => !onlyInDevelopment(call)).map(({ module, call }) => ({ path: module.path, ...call.at, text: call.written, engine: 'networked' as const, replaceable: false }));
  return [...engines, ...files, ...clients];
}

/** In memory, read-only, temporary, a cache or what is opened for a moment under a name the code was handed. */
function isTransient(value: Value | undefined): boolean {
  if (!value || value.kind === 'parameter') return true;
  if (value.kind === 'text') return value.value === ':memory:' || /mode=(memory|ro)|immutable=1|cache|tmp|temp/i.test(value.value);
  return value.kind === 'joined' && value.parts.some((part) => part.kind === 'text' && /mode=(memory|ro)|immutable=1|cache/.test(part.value));
}

type Found = Pick<Database, 'engine' | 'replaceable'> | undefined;

/** What a URL stands for; undefined for a database in memory. */
function ofUrl(value: Value, project: Project): Found {
  switch (value.kind) {
    case 'text': return ofText(value.value);
    case 'joined': { const [first] = value.parts; return first ? ofUrl(first, project) : { engine: 'unknown', replaceable: true }; }
    case 'environment': {
      const given = givenValue(value.variable, project);
      if (given !== undefined) return ofText(given) ?? { engine: 'unknown', replaceable: true };
      const fallback = project.deployedVariable(value.variable) ? undefined : value.fallback && ofUrl(value.fallback, project);
      return fallback ? { ...fallback, replaceable: true } : { engine: 'unknown', replaceable: true };
    }
    case 'choice': {
      const all = value.options.flatMap((each) => ofUrl(each, project) ?? []);
      const known = all.find((each) => each.engine === 'networked') ?? (value.by === 'or' && value.options.some((each) => each.kind === 'environment' && project.deployedVariable(each.variable)) ? undefined : all.find((each) => each.engine === 'sqlite'));
      return known ? { ...known, replaceable: true } : { engine: 'unknown', replaceable: true };
    }
    case 'result': return value.of ? ofUrl(value.of, project) : value.args[0] && /(^|\.)(str|make_url|URL)$/.test(value.callee) ? ofUrl(value.args[0], project) : { engine: 'unknown', replaceable: true };
    default: return { engine: 'unknown', replaceable: true };
  }
}

function ofText(text: string): Found {
  const plain = text.replace(/^["']/, '');
  if (/^sqlite(\+\w+)?:(\/\/)?(\/?:memory:|$|\/\/$)|mode=memory/.test(plain)) return undefined;
  if (plain.startsWith('sqlite')) return { engine: 'sqlite', replaceable: false };
  return { engine: /^[a-z][\w+]*:\/\//i.test(plain) ? 'networked' : 'unknown', replaceable: !/^[a-z]/i.test(plain) };
}

function ofEngine(value: Value, project: Project): Pick<Database, 'engine' | 'replaceable'> {
  if (value.kind === 'text') return { engine: /sqlite|spatialite/.test(value.value) ? 'sqlite' : 'networked', replaceable: false };
  if (value.kind === 'environment' && value.fallback && givenValue(value.variable, project) === undefined && !project.deployedVariable(value.variable)) return { ...ofEngine(value.fallback, project), replaceable: true };
  return { engine: 'unknown', replaceable: true };
}

/** The value that files of production give a variable. */
function givenValue(name: string, project: Project): string | undefined {
  const all = project.once('givenByProduction', () => new Map(project.production.filter((unit) => unit.kind !== 'shell').flatMap((unit) => givenVariables(unit)).flatMap((each) => each.value === undefined ? [] : [[each.name, each.value] as const]).reverse()));
  return all.get(name);
}
