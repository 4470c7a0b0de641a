import type { Context, Edit, Gap, Judgement, Module, Place, Project } from '../kit';
import { CREATE_CALLS, createCalls, functionsAround, gapPlace, isCalledSomewhere, isCommand, lastName, migrationFiles, migrationTool, ormName, projectRule, relationalModels, replace, webFrameworks } from '../kit';

/** Functions a framework, a server or a person starts. */
const STARTED = /^(create_app|make_app|get_app|build_app|app_factory|create_application|get_application|lifespan|startup|on_startup|startup_event|main|run|ready|init_app|configure|__init__|__enter__|__call__)$/;
/** A line that would be the call, were it no comment. */
const SILENCED = /^[ \t]*#[ \t]*(?:with [\w.]+\.app_context\(\):[ \t]*)?((?:await[ \t]+)?(?:[\w.]+\.)?(?:create_all|create_tables|create_db_and_tables|init_db|init_database|create_db|setup_db|init_models|db_init)\([\w.=, ]*\))[ \t]*$/m;

export default projectRule({
  id: 'database-not-initialized',
  title: 'A documented step creates the tables',
  severity: 'high', points: 15, confidence: 'likely', blocks: 'always', effort: 'S', since: '1',
  why: "The first request on a fresh server answers 'no such table'. It works on the developer's machine because the file is old.",
  how: 'Create tables in a migration or an explicit command that the deploy runs.',
  links: ['https://flask-migrate.readthedocs.io/en/latest/', 'https://alembic.sqlalchemy.org/en/latest/tutorial.html'],
  anchors: ['ruff ERA001'],

  reads: CREATE_CALLS, roles: ['migration'],
  project: judge,

  fix: {
    title: 'Call it once', safety: 'review', remains: 'Migrations are still to be set up: what exists already, this never changes.',
    edit: ({ at }: Gap, { source, project }: Context): readonly Edit[] | undefined => {
      const found = SILENCED.exec(source.slice(at));
      const app = project.applications.find((each) => each.path === at.path && each.framework === 'flask' && each.factory === '');
      if (!found || migrationTool(project) || source.indentation(at.start) !== '') return undefined;
      if (!app) return project.frameworks.has('flask') ? undefined : [replace(at, found[1] ?? '')];
      return [replace(at, `with ${lastName(app.name)}.app_context():\n    ${found[1] ?? ''}`)];
    },
  },

  examples: () => ({
    'a call that became a comment': {
      bad: 'from flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\napp = Flask(__name__)\ndb = SQLAlchemy(app)\nclass Item(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\ndef create_tables():\n    db.create_all()\n# create_tables()\n',
      good: 'from flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\napp = Flask(__name__)\ndb = SQLAlchemy(app)\nclass Item(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\ndef create_tables():\n    db.create_all()\nwith app.app_context():\n    create_tables()\n',
    },
    'nothing at all': { bad: { 'main.py': 'from fastapi import FastAPI\nfrom sqlmodel import Field, SQLModel, create_engine\napp = FastAPI()\nengine = create_engine("sqlite:///app.db")\nclass Item(SQLModel, table=True):\n    id: int | None = Field(default=None, primary_key=True)\n' } },
    'a function nobody calls': { bad: { 'app.py': 'from flask import Flask\nfrom models import db\napp = Flask(__name__)\ndb.init_app(app)\n', 'models.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass Item(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n', 'setup_tables.py': 'from models import db\ndef make_tables():\n    db.create_all()\n' } },
    'a command': { good: 'import click\nfrom flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\napp = Flask(__name__)\ndb = SQLAlchemy(app)\nclass Item(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n@app.cli.command("init-db")\ndef init_db():\n    db.create_all()\n    click.echo("tables created")\n' },
    'a file of SQL beside the database': { good: { 'docker-compose.yml': 'services:\n  db:\n    image: postgres:16\n    volumes: ["./schema.sql:/docker-entrypoint-initdb.d/schema.sql", "pg:/var/lib/postgresql/data"]\nvolumes: {pg: {}}\n', 'main.py': 'from fastapi import FastAPI\nimport models\napp = FastAPI()\n', 'models.py': 'from sqlalchemy import Column, Integer\nfrom sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase):\n    pass\nclass Item(Base):\n    __tablename__ = "item"\n    id = Column(Integer, primary_key=True)\n', 'schema.sql': 'CREATE TABLE item (id integer primary key);\n' } },
    'in the factory': { good: { 'app.py': 'from flask import Flask\nfrom models import db, init_db\ndef create_app():\n    app = Flask(__name__)\n    db.init_app(app)\n    with app.app_context():\n        init_db()\n    return app\n', 'models.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass Item(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\ndef init_db():\n    db.create_all()\n' } },
    'through a connection': { good: { 'main.py': 'from contextlib import asynccontextmanager\nfrom fastapi import FastAPI\nfrom models import Base, engine\n@asynccontextmanager\nasync def lifespan(app):\n    async with engine.begin() as conn:\n        await conn.run_sync(Base.metadata.create_all)\n    yield\napp = FastAPI(lifespan=lifespan)\n', 'models.py': 'from sqlalchemy import Column, Integer\nfrom sqlalchemy.ext.asyncio import create_async_engine\nfrom sqlalchemy.orm import DeclarativeBase\nengine = create_async_engine("sqlite+aiosqlite:///a.db")\nclass Base(DeclarativeBase):\n    pass\nclass Item(Base):\n    __tablename__ = "item"\n    id = Column(Integer, primary_key=True)\n' } },
    'when the file is run': { good: 'from flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\napp = Flask(__name__)\ndb = SQLAlchemy(app)\nclass Item(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\nif __name__ == "__main__":\n    with app.app_context():\n        db.create_all()\n    app.run()\n' },
    'a script, and a line of the documents': { good: { 'app.py': 'from flask import Flask\nfrom models import db\napp = Flask(__name__)\ndb.init_app(app)\n', 'models.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass Item(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n', 'README.md': 'Run once:\n\n    flask shell\n    >>> db.create_all()\n' } },
    'peewee': { good: { 'app.py': 'from flask import Flask\nfrom peewee import CharField, Model, SqliteDatabase\napp = Flask(__name__)\ndb = SqliteDatabase("a.db")\nclass User(Model):\n    name = CharField(unique=True)\n    class Meta:\n        database = db\ndb.connect()\ndb.create_tables([User])\n' } },
    'migrations': { good: { 'app.py': 'from flask import Flask\nfrom models import db\napp = Flask(__name__)\ndb.init_app(app)\n', 'models.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass Item(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n', 'migrations/versions/0001_items.py': 'revision = "0001"\ndown_revision = None\ndef upgrade():\n    pass\n' } },
    'Django has migrate': { good: { 'site1/settings.py': 'INSTALLED_APPS = ["shop"]\nROOT_URLCONF = "x"\n', 'shop/models.py': 'from django.db import models\nclass Item(models.Model):\n    name = models.CharField(max_length=80)\n' } },
    'reflected': { good: { 'app.py': 'from flask import Flask\nimport models\napp = Flask(__name__)\n', 'models.py': 'from sqlalchemy import Column, Integer, create_engine\nfrom sqlalchemy.ext.automap import automap_base\nBase = automap_base()\nclass Item(Base):\n    __tablename__ = "item"\n    id = Column(Integer, primary_key=True)\nBase.prepare(autoload_with=create_engine("sqlite:///a.db"))\n' } },
  }),
});

function judge(project: Project): Judgement {
  const models = relationalModels(project).filter((each) => each.model.orm !== 'django');
  if (models.length === 0) return { notApplicable: 'No table is defined with SQLAlchemy, SQLModel, Peewee or Tortoise.' };
  const frameworks = webFrameworks(project);
  if (!project.deployable || (frameworks.size > 0 && [...frameworks].every((each) => each === 'django'))) return { notApplicable: 'Nothing here is deployed or served.' };
  const files = migrationFiles(project);
  if (files[0] !== undefined) return { holds: [{ path: files[0], start: 0, end: 0, text: 'migrations create the tables' }] };
  const calls = createCalls(project);
  const reached = calls.find(({ module, call }) => call.scope === '' || isCommand(module, call) || functionsAround(module, call.at).some((func) => func.decorators.length > 0 || func.scope !== '' || STARTED.test(func.name) || isCalledSomewhere(project, func.name, module)));
  if (reached) return { holds: [{ path: reached.module.path, ...reached.call.at, text: `${reached.call.written}(…)` }] };
  const elsewhere = saidElsewhere(project, calls.map((each) => each.module.path));
  if (elsewhere) return { holds: [elsewhere] };
  return { open: [gap(project, models, calls)] };
}

/** `run_sync(Base.metadata.create_all)`, scripts, files of SQL that are applied, documents, and what starts the database. */
function saidElsewhere(project: Project, known: readonly string[]): (Place & { readonly text: string }) | undefined {
  for (const unit of project.units) {
    if (known.includes(unit.path) || (unit.kind === 'module' && unit.role === 'test')) continue;
    const text = project.text(unit.path);
    if (text === undefined || !/create_all|create_tables|generate_schemas|initdb\.d|executescript|\.sql\b|CREATE TABLE|automap_base|\.reflect\(|DeferredReflection|init[-_]db|db[-_]init|create[-_]db/i.test(text)) continue;
    const found = /^(?![ \t]*(?:#|--|\/\/)).*(?:create_all|create_tables|generate_schemas|docker-entrypoint-initdb\.d|executescript\(|CREATE TABLE|automap_base|\.reflect\(|DeferredReflection|\b(?:psql|mysql|sqlite3)\b.*\.sql|\b(?:flask|python3?|manage\.py|make|uv run)\b.*\b(?:init[-_]?db|db[-_]init|create[-_]db)\b)/im.exec(text);
    if (found) return { path: unit.path, start: found.index, end: found.index + found[0].length, text: 'the tables are made here' };
  }
  return undefined;
}

function gap(project: Project, models: ReturnType<typeof relationalModels>, calls: ReturnType<typeof createCalls>): Gap {
  const subject = `${models.length === 1 ? 'A model' : `${models.length} models`} of ${ormName(models)} ${models.length === 1 ? 'exists' : 'exist'}, but nothing creates ${models.length === 1 ? 'its table' : 'their tables'}`;
  const silenced = commentedCall([...calls.map((each) => each.module), ...project.modules.filter((each) => project.applications.some((app) => app.path === each.path)), ...models.map((each) => each.module)], project);
  if (silenced) return { at: silenced, message: `${subject}: the call ${silenced.call} is a comment.` };
  const [unused] = calls;
  const func = unused && functionsAround(unused.module, unused.call.at)[0];
  if (func) return { at: { path: unused.module.path, ...func.nameAt }, message: `${subject}: nothing calls ${func.name}().` };
  return { at: gapPlace(project), message: `${subject}.`, related: models.slice(0, 3).map(({ module, model }) => ({ path: module.path, ...model.nameAt, text: `the model ${model.name}` })) };
}

function commentedCall(modules: readonly Module[], project: Project): (Place & { readonly call: string }) | undefined {
  for (const module of new Set(modules)) {
    const found = SILENCED.exec(project.text(module.path) ?? '');
    if (found) { const start = found.index + found[0].search(/\S/); return { path: module.path, start, end: found.index + found[0].trimEnd().length, call: found[1] ?? '' }; }
  }
  return undefined;
}
