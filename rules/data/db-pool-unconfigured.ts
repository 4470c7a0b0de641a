import type { Call, Gap, Judgement, Module, Project, Value } from '../kit';
import { DATABASE_CALLS, databases, lastName, loadedModules, lookup, networkedDriver, onlyAsProgram, onlyInDevelopment, projectRule, seenInProduction, withArgument } from '../kit';

const ENGINES = ['sqlalchemy.create_engine', 'sqlalchemy.engine.create_engine', 'sqlalchemy.ext.asyncio.create_async_engine', 'sqlmodel.create_engine'] as const;
const FLASK = ['flask_sqlalchemy.SQLAlchemy', 'flask_sqlalchemy.extension.SQLAlchemy'] as const;
/** What stands between the application and the database and keeps connections itself, and databases that are asked over HTTP. */
const POOLERS = /pg-?bouncer|pgcat|odyssey|pgpool|supavisor|proxysql|maxscale|rds[- ]?proxy|pooler\.supabase|neon\.tech|planetscale/i;
/** PostgreSQL lets in as many as this when nobody changes it. */
const ALLOWED = 100;

export default projectRule({
  id: 'db-pool-unconfigured',
  title: 'The connection pool suits the database',
  severity: 'medium', points: 4, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: `After a database restart or an idle cut the next request of each process fails, as an error page. Too many connections take the database down for all.`,
  how: `Check connections before use and size the pool by workers.`,
  links: ['https://docs.sqlalchemy.org/en/20/core/pooling.html', 'https://www.postgresql.org/docs/current/runtime-config-connection.html'],
  anchors: ['CWE-400'],

  applies(project) {
    if (!project.deployable) return 'Nothing is deployed from here.';
    if (!networkedDriver(project) && !databases(project).some((each) => each.engine === 'networked')) return 'No database is reached over the network.';
    return pooled(project) ? 'Something else keeps the connections.' : true;
  },
  reads: [...DATABASE_CALLS, ...ENGINES, ...FLASK],
  project: judge,

  fix: { title: 'Add pool_pre_ping', safety: 'safe', edit: (gap, { source, unit }) => {
    const call = unit.kind === 'module' ? unit.calls.find((each) => each.at.start === gap.at.start && ENGINES.some((name) => name === each.callee)) : undefined;
    return call && !call.keywords.some((each) => each.name === 'pool_pre_ping') ? withArgument(call, 'pool_pre_ping=True', source) : undefined;
  } },

  examples: () => ({
    'an engine with the defaults': {
      bad: { 'db.py': 'import os\nfrom sqlalchemy import create_engine\nengine = create_engine(os.environ["DATABASE_URL"])\n', 'requirements.txt': 'sqlalchemy==2.0.35\npsycopg[binary]==3.2.3\n', Procfile: 'web: gunicorn db:app\n' },
      good: { 'db.py': 'import os\nfrom sqlalchemy import create_engine\nengine = create_engine(os.environ["DATABASE_URL"], pool_pre_ping=True)\n', 'requirements.txt': 'sqlalchemy==2.0.35\npsycopg[binary]==3.2.3\n', Procfile: 'web: gunicorn db:app\n' },
    },
    'four times thirty connections': {
      severity: 'low',
      bad: { 'db.py': 'import os\nfrom sqlalchemy import create_engine\nengine = create_engine(os.environ["DATABASE_URL"], pool_pre_ping=True, pool_size=10, max_overflow=20)\n', Procfile: 'web: gunicorn -w 4 app:app\n', 'requirements.txt': 'psycopg[binary]==3.2.3\n' },
    },
    'Flask-SQLAlchemy with the defaults': {
      bad: { 'app.py': 'import os\nfrom flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\napp = Flask(__name__)\napp.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]\ndb = SQLAlchemy(app)\n', 'requirements.txt': 'psycopg2-binary==2.9.9\n', Procfile: 'web: gunicorn app:app\n' },
    },
    'checked, and within the limit': { good: { 'db.py': 'import os\nfrom sqlalchemy import create_engine\nengine = create_engine(os.environ["DATABASE_URL"], pool_pre_ping=True, pool_size=5, max_overflow=5)\n', 'requirements.txt': 'psycopg[binary]==3.2.3\n', Procfile: 'web: gunicorn -w 4 app:app\n' } },
    'renewed before the database cuts them': { good: { 'db.py': 'import os\nfrom sqlalchemy import create_engine\nengine = create_engine(os.environ["DATABASE_URL"], pool_recycle=280)\n', 'requirements.txt': 'pymysql==1.1.1\n', Procfile: 'web: gunicorn db:app\n' } },
    'options of Flask-SQLAlchemy': {
      good: { 'app.py': 'import os\nfrom flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\napp = Flask(__name__)\napp.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]\napp.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": True}\ndb = SQLAlchemy(app)\n', 'requirements.txt': 'psycopg2-binary==2.9.9\n', Procfile: 'web: gunicorn app:app\n' },
    },
    'options from elsewhere': { good: { 'db.py': 'import os\nfrom sqlalchemy import create_engine\nfrom settings import OPTIONS\nengine = create_engine(os.environ["DATABASE_URL"], **OPTIONS)\n', 'requirements.txt': 'psycopg[binary]==3.2.3\n', Procfile: 'web: gunicorn db:app\n' } },
    'no pool at all': { good: { 'db.py': 'import os\nfrom sqlalchemy import create_engine\nfrom sqlalchemy.pool import NullPool\nengine = create_engine(os.environ["DATABASE_URL"], poolclass=NullPool)\n', 'requirements.txt': 'psycopg[binary]==3.2.3\n', Procfile: 'web: gunicorn db:app\n' } },
    'SQLite': { good: { 'db.py': 'from sqlalchemy import create_engine\nengine = create_engine("sqlite:///app.db")\n', 'requirements.txt': 'psycopg[binary]==3.2.3\n', Procfile: 'web: gunicorn db:app\n' } },
    'a pooler in between': { good: { 'db.py': 'import os\nfrom sqlalchemy import create_engine\nengine = create_engine(os.environ["DATABASE_URL"])\n', 'requirements.txt': 'psycopg[binary]==3.2.3\n', 'compose.yml': 'services:\n  web: {build: .}\n  pool: {image: "edoburu/pgbouncer:1.23"}\n' } },
    'a script that connects once': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', 'import_prices.py': 'import os\nfrom sqlalchemy import create_engine\nif __name__ == "__main__":\n    engine = create_engine(os.environ["DATABASE_URL"])\n', 'requirements.txt': 'psycopg[binary]==3.2.3\n', Procfile: 'web: gunicorn app:app\n' } },
  }),
});

interface Pool { readonly at: Gap['at']; readonly name: string; readonly checked: boolean; readonly most: number | undefined }

function judge(project: Project): Judgement {
  const pools = [...engines(project), ...flask(project)];
  if (pools.length === 0) return { notApplicable: 'No pool of connections to a database server is seen here that could be judged.' };
  const { processes, evidence } = project.workers;
  const gaps = pools.flatMap((pool): readonly Gap[] => {
    if (!pool.checked) return [{ at: pool.at, message: `${pool.name} takes connections from its pool unchecked (5 kept and 10 more, unless told otherwise): after a restart of the database the next request of each process fails.` }];
    const all = pool.most !== undefined && processes !== undefined ? pool.most * processes : 0;
    return all > ALLOWED ? [{ at: pool.at, message: `${processes ?? 1} processes with up to ${pool.most ?? 0} connections each make ${all}; PostgreSQL lets ${ALLOWED} in by default.`, variation: { severity: 'low', points: 2, because: 'the limit of the database may be higher' }, ...(evidence && { related: [evidence] }) }] : [];
  });
  return gaps.length > 0 ? { open: gaps } : { holds: pools.slice(0, 3).map((pool) => ({ ...pool.at, text: `${pool.name} checks its connections` })) };
}

function engines(project: Project): readonly Pool[] {
  const loaded = loadedModules(project);
  return project.calls(...ENGINES).filter(({ module, call }) => (loaded.size === 0 || loaded.has(module.path)) && !onlyInDevelopment(call) && !onlyAsProgram(call) && !module.imports.some((one) => one.target.startsWith('alembic')))
    .flatMap(({ module, call }) => isPooled(call, module, project) ? [poolOf(call, module)] : []);
}

function isPooled(call: Call, module: Module, project: Project): boolean {
  if (call.open || call.keywords.some((each) => each.name === '**' || each.name === 'poolclass' || each.name === 'creator')) return false;
  const [url] = call.args;
  return url === undefined || !mayBeSqlite(project.resolve(url, module));
}

function mayBeSqlite(value: Value): boolean {
  switch (value.kind) {
    case 'text': return value.value.startsWith('sqlite') || POOLERS.test(value.value);
    case 'joined': return value.parts.some(mayBeSqlite);
    case 'choice': return value.options.length > 0 && value.options.every(mayBeSqlite);
    case 'parameter': return true;
    default: return false;
  }
}

function poolOf(call: Call, module: Module): Pool {
  const given = (name: string) => call.keywords.find((each) => each.name === name)?.value;
  const ping = given('pool_pre_ping');
  return { at: { path: module.path, ...call.at }, name: lastName(call.written), checked: (ping !== undefined && !(ping.kind === 'bool' && !ping.value)) || given('pool_recycle') !== undefined, most: most(given('pool_size'), given('max_overflow')) };
}

function most(size: Value | undefined, overflow: Value | undefined): number | undefined {
  if (size?.kind !== 'number' || (overflow && overflow.kind !== 'number')) return undefined;
  return size.value + (overflow?.value ?? 10);
}

/** Flask-SQLAlchemy takes its options from a setting or from its constructor. */
function flask(project: Project): readonly Pool[] {
  const made = project.calls(...FLASK)[0];
  if (!made || project.calls('*.from_prefixed_env', '*.from_pyfile').length > 0 || databases(project).some((each) => each.engine === 'sqlite' && !each.replaceable)) return [];
  const settings = project.settings('SQLALCHEMY_ENGINE_OPTIONS', 'SQLALCHEMY_POOL_RECYCLE').filter((each) => seenInProduction(each, project));
  const option = made.call.keywords.find((each) => each.name === 'engine_options')?.value;
  const tables = [...settings.map((each) => each.value), ...(option ? [project.resolve(option, made.module)] : [])];
  const checked = tables.some((table) => table.kind !== 'dict' || table.open || lookup(table, 'pool_pre_ping') !== undefined || lookup(table, 'pool_recycle') !== undefined || lookup(table, 'poolclass') !== undefined)
    || project.modules.some((module) => module.assignments.some((one) => /SQLALCHEMY_ENGINE_OPTIONS/.test(one.target)));
  const [table] = tables;
  return [{ at: { path: made.module.path, ...made.call.at }, name: 'Flask-SQLAlchemy', checked, most: table?.kind === 'dict' ? most(lookup(table, 'pool_size'), lookup(table, 'max_overflow')) : undefined }];
}

/** A pooler stands between, by compose, by a variable or by the documentation. */
function pooled(project: Project): boolean {
  return project.of('compose').some((unit) => unit.services.some((each) => POOLERS.test(`${each.name} ${each.image ?? ''}`) || each.environment.some((one) => POOLERS.test(one.value ?? ''))))
    || project.of('dotenv').some((unit) => unit.variables.some((one) => POOLERS.test(one.value ?? ''))) || project.of('markdown').some((unit) => POOLERS.test(project.text(unit.path) ?? ''));
}
