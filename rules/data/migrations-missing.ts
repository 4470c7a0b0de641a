import type { Gap, Judgement, Project } from '../kit';
import { CREATE_CALLS, createCalls, emptyMigrations, fileName, gapPlace, migrationFiles, migrationTool, migrationsSay, ormName, projectRule, relationalModels, runsAtStart } from '../kit';

export default projectRule({
  id: 'migrations-missing',
  title: 'The schema changes through versioned migrations',
  severity: 'high', points: 15, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  ladder: { name: 'migrations', rung: 1 },
  why: 'The next column means hand-written SQL on the live database, or dropped data. Nobody can say which schema a server has.',
  how: "Initialise the tool, generate the first migration from today's models, and run it in the deploy.",
  links: ['https://alembic.sqlalchemy.org/en/latest/tutorial.html', 'https://flask-migrate.readthedocs.io/en/latest/', 'https://docs.djangoproject.com/en/stable/topics/migrations/'],

  reads: CREATE_CALLS, roles: ['migration'],
  project: judge,

  examples: () => ({
    'a tool that was never initialised': { bad: { 'models.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass Item(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n', 'app.py': 'from flask import Flask\nfrom models import db\ndef create_app():\n    app = Flask(__name__)\n    db.init_app(app)\n    with app.app_context():\n        db.create_all()\n    return app\n', 'requirements.txt': 'flask-sqlalchemy==3.1.1\nflask-migrate==4.0.7\n' } },
    'tables from create_all, in FastAPI': { bad: { 'main.py': 'from fastapi import FastAPI\nfrom database import Base, engine\nimport models\nBase.metadata.create_all(bind=engine)\napp = FastAPI()\n', 'database.py': 'from sqlalchemy import create_engine\nfrom sqlalchemy.orm import declarative_base\nengine = create_engine("postgresql://db/app")\nBase = declarative_base()\n', 'models.py': 'from sqlalchemy import Column, Integer, String\nfrom database import Base\nclass Item(Base):\n    __tablename__ = "items"\n    id = Column(Integer, primary_key=True)\n    name = Column(String(50))\n' } },
    'Alembic without a revision': { bad: { 'app.py': 'from flask import Flask\nfrom models import db\napp = Flask(__name__)\ndb.init_app(app)\n', 'models.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass Item(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n', 'migrations/env.py': 'from alembic import context\n', 'requirements.txt': 'alembic\n' } },
    'Django without migrations': { bad: { 'manage.py': 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site1.settings")\n', 'site1/settings.py': 'INSTALLED_APPS = ["shop"]\nROOT_URLCONF = "site1.urls"\n', 'site1/wsgi.py': 'from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n', 'shop/models.py': 'from django.db import models\nclass Item(models.Model):\n    name = models.CharField(max_length=80)\n' } },
    'create_all beside migrations': { bad: { 'app.py': 'from flask import Flask\nfrom models import db\napp = Flask(__name__)\ndb.init_app(app)\nwith app.app_context():\n    db.create_all()\n', 'models.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass Item(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n', 'migrations/versions/0001_items.py': 'from alembic import op\nimport sqlalchemy as sa\nrevision = "0001"\ndown_revision = None\ndef upgrade():\n    op.create_table("item", sa.Column("id", sa.Integer, primary_key=True))\ndef downgrade():\n    op.drop_table("item")\n' }, severity: 'low' },
    'revisions of Alembic': { good: { 'alembic/versions/0001_items.py': 'from alembic import op\nimport sqlalchemy as sa\nrevision = "0001"\ndown_revision = None\ndef upgrade():\n    op.create_table("item", sa.Column("id", sa.Integer, primary_key=True))\ndef downgrade():\n    op.drop_table("item")\n', 'models.py': 'from sqlalchemy import Column, Integer\nfrom sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase):\n    pass\nclass Item(Base):\n    __tablename__ = "item"\n    id = Column(Integer, primary_key=True)\n', 'main.py': 'from fastapi import FastAPI\nimport models\napp = FastAPI()\n' } },
    'migrations of Django': { good: { 'shop/migrations/0001_initial.py': 'from django.db import migrations\nclass Migration(migrations.Migration):\n    operations = []\n', 'shop/models.py': 'from django.db import models\nclass Item(models.Model):\n    name = models.CharField(max_length=80)\n', 'site1/wsgi.py': 'from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n' } },
    'create_all for tests and by a command': { good: { 'app.py': 'import os\nfrom flask import Flask\nfrom models import db\napp = Flask(__name__)\ndb.init_app(app)\n@app.cli.command("init-db")\ndef init_db():\n    db.create_all()\nif app.testing:\n    with app.app_context():\n        db.create_all()\n', 'models.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass Item(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n', 'migrations/versions/0001_items.py': 'revision = "0001"\ndown_revision = None\ndef upgrade():\n    pass\ndef downgrade():\n    pass\n' } },
    'files of SQL by another tool': { good: { 'main.py': 'from fastapi import FastAPI\nimport models\napp = FastAPI()\n', 'models.py': 'from sqlalchemy import Column, Integer\nfrom sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase):\n    pass\nclass Item(Base):\n    __tablename__ = "item"\n    id = Column(Integer, primary_key=True)\n', 'db/migrations/20240101_items.sql': 'CREATE TABLE item (id integer primary key);\n' } },
    'a library of models': { good: 'from sqlalchemy import Column, Integer\nfrom sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase):\n    pass\nclass Item(Base):\n    __tablename__ = "item"\n    id = Column(Integer, primary_key=True)\n', path: 'mylib/models.py' },
    'documents': { good: { 'app.py': 'from flask import Flask\nfrom models import User\napp = Flask(__name__)\n', 'models.py': 'from mongoengine import Document, StringField\nclass User(Document):\n    email = StringField(unique=True)\n' } },
    'tables of somebody else': { good: { 'app.py': 'from flask import Flask\nfrom models import User\napp = Flask(__name__)\n', 'models.py': 'from sqlalchemy import MetaData, Table\nfrom sqlalchemy.orm import DeclarativeBase\nfrom db import engine\nclass Base(DeclarativeBase):\n    pass\nclass User(Base):\n    __table__ = Table("users", MetaData(), autoload_with=engine)\n' } },
    'a small demo of one file': { good: 'from flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\napp = Flask(__name__)\ndb = SQLAlchemy(app)\nclass Item(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\nwith app.app_context():\n    db.create_all()\n' },
  }),
});

function judge(project: Project): Judgement {
  const models = relationalModels(project);
  if (models.length === 0) return { notApplicable: 'No table of a relational database is defined.' };
  if (!project.deployable) return { notApplicable: 'Nothing here is deployed or served.' };
  const created = createCalls(project).find(({ module, call }) => runsAtStart(project, module, call));
  if (migrationFiles(project).length > 0) {
    const said = migrationsSay(project);
    const beside = created && created.call.guards.every((each) => each.means === 'set') && project.migrations.length > 0;
    if (beside) return { open: [{ at: { path: created.module.path, ...created.call.calleeAt }, message: `${created.call.written}() makes tables at start beside the migrations, which then no longer describe them.`, variation: { severity: 'low', points: 2, because: 'there are migrations' } }] };
    return { holds: said ? [said] : [] };
  }
  if (isDemo(project, models.length)) return { notApplicable: 'It is a demo of one small file.' };
  return { open: [gap(project, `${models.length} ${models.length === 1 ? 'model' : 'models'} of ${ormName(models)}`, created)] };
}

function gap(project: Project, models: string, created: ReturnType<typeof createCalls>[number] | undefined): Gap {
  const tool = migrationTool(project);
  const empty = emptyMigrations(project);
  const first = relationalModels(project)[0];
  const subject = `${models} ${models.startsWith('1 ') ? 'exists' : 'exist'}`;
  const source = created ? `the tables come from ${created.call.written}()` : 'there are none';
  const says = empty ? `${empty.slice(0, -fileName(empty).length)} holds no revision` : tool ? `${tool.name} is declared but was never initialised: ${source === 'there are none' ? 'there is no migration' : source}` : created ? `no tool for migrations is used: ${source}` : 'there are no migrations';
  const at = tool ? { path: tool.path, start: tool.start, end: tool.end } : created ? { path: created.module.path, ...created.call.calleeAt } : gapPlace(project, 'DATABASES');
  return { at, message: `${subject}, but ${says}.`, ...(first && { related: [{ path: first.module.path, ...first.model.nameAt, text: `the model ${first.model.name}` }] }) };
}

/** One file under 150 lines and a table or two. */
function isDemo(project: Project, models: number): boolean {
  const written = project.modules.filter((each) => each.lines > 2);
  return !project.frameworks.has('django') && written.length === 1 && (written[0]?.lines ?? 0) < 150 && models < 3 && project.production.length === 0;
}
