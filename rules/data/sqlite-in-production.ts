import type { Database, Evidence, Gap, Judgement, Project, Variation } from '../kit';
import { DATABASE_CALLS, databases, isInfrastructure, networkedDriver, projectRule, textsIn } from '../kit';

export default projectRule({
  id: 'sqlite-in-production',
  title: 'The production database fits the deployment',
  severity: 'low', points: 2, confidence: 'likely', blocks: 'never', effort: 'L', since: '1',
  why: `One writer at a time and one disk: more workers wait or fail with 'database is locked'. On throw-away disks a deploy erases everything.`,
  how: `Keep SQLite for one process with a volume, WAL and backups; otherwise use PostgreSQL or MySQL.`,
  links: ['https://www.sqlite.org/whentouse.html', 'https://12factor.net/backing-services'],

  applies(project) {
    if (!project.deployable) return 'Nothing is deployed from here.';
    if (!databases(project).some((each) => each.engine === 'sqlite')) return 'Production keeps no data in SQLite.';
    return networkedDriver(project) || databases(project).some((each) => each.engine === 'networked') ? 'A networked database is configured beside it.' : true;
  },
  reads: [...DATABASE_CALLS, '*.execute'],
  project: judge,

  examples: () => ({
    'four workers': { severity: 'medium', bad: { 'app.py': 'SQLALCHEMY_DATABASE_URI = "sqlite:///app.db"\n', Procfile: 'web: gunicorn -w 4 app:app\n', 'requirements.txt': 'gunicorn==22.0.0\n' } },
    'a disk that is thrown away': {
      severity: 'high',
      bad: { Dockerfile: 'FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nCMD ["gunicorn", "app:app"]\n', 'app.py': 'import sqlite3\nDB = sqlite3.connect("/app/data.db")\n', 'render.yaml': 'services:\n  - type: web\n    name: app\n    runtime: docker\n' },
    },
    'a service without a volume': {
      severity: 'high',
      bad: {
        Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nCMD ["gunicorn", "-w", "1", "shop.wsgi"]\n', 'compose.yml': 'services:\n  web:\n    build: .\n    ports: ["8000:8000"]\n',
        'shop/settings.py': 'INSTALLED_APPS = []\nDATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}\n', 'shop/wsgi.py': 'application = None\n',
      },
    },
    'one worker with a volume and nothing else': {
      bad: { Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nCMD ["gunicorn", "-w", "1", "app:app"]\n', 'compose.yml': 'services:\n  web:\n    build: .\n    volumes: ["data:/data"]\nvolumes: {data: {}}\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\napp.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:////data/app.db"\n' },
    },
    'one worker, a volume and WAL': {
      severity: 'info',
      bad: {
        Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nCMD ["gunicorn", "-w", "1", "app:app"]\n', 'compose.yml': 'services:\n  web:\n    build: .\n    volumes: ["data:/data"]\nvolumes: {data: {}}\n',
        'app.py': 'from flask import Flask\nfrom sqlalchemy import create_engine, event\napp = Flask(__name__)\nengine = create_engine("sqlite:////data/app.db")\n\n\n@event.listens_for(engine, "connect")\ndef pragmas(connection, record):\n    connection.execute("PRAGMA journal_mode=WAL")\n',
      },
    },
    'the fallback is all there is': { severity: 'medium', bad: { 'app.py': 'import os\nfrom flask import Flask\napp = Flask(__name__)\napp.config["SQLALCHEMY_DATABASE_URI"] = os.environ.get("DATABASE_URL", "sqlite:///app.db")\n', 'requirements.txt': 'flask==3.0.3\nflask-sqlalchemy==3.1.1\n', 'gunicorn.conf.py': 'workers = 3\n', Procfile: 'web: gunicorn app:app\n' } },
    'the variable is required': { good: { 'app.py': 'import os\nSQLALCHEMY_DATABASE_URI = os.environ["DATABASE_URL"]\n', Procfile: 'web: gunicorn -w 4 app:app\n' } },
    'a fallback for development, with a driver for production': { good: { 'app.py': 'import os\nSQLALCHEMY_DATABASE_URI = os.getenv("DATABASE_URL") or "sqlite:///dev.db"\n', 'requirements.txt': 'psycopg2-binary==2.9.9\n', Procfile: 'web: gunicorn -w 4 app:app\n' } },
    'a fallback that compose replaces': {
      good: { 'app.py': 'import os\nSQLALCHEMY_DATABASE_URI = os.getenv("DATABASE_URL", "sqlite:///dev.db")\n', 'docker-compose.yml': 'services:\n  web:\n    build: .\n    environment:\n      DATABASE_URL: postgresql://app:${DB_PASSWORD}@db/app\n' },
    },
    'only in the configuration of development': {
      good: { 'config.py': 'import os\nclass Config:\n    SQLALCHEMY_DATABASE_URI = os.environ["DATABASE_URL"]\nclass DevelopmentConfig(Config):\n    SQLALCHEMY_DATABASE_URI = "sqlite:///dev.db"\nclass TestConfig(Config):\n    SQLALCHEMY_DATABASE_URI = "sqlite://"\n', Procfile: 'web: gunicorn -w 4 app:app\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\napp.config.from_object("config.Config")\n' },
    },
    'Django, replaced in production': {
      good: {
        'shop/settings/base.py': 'INSTALLED_APPS = []\nDATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}\n',
        'shop/settings/production.py': 'from .base import *\nDATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "shop"}}\n',
        'shop/wsgi.py': 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.production")\n', Procfile: 'web: gunicorn -w 4 shop.wsgi\n',
      },
    },
    'in memory, and opened for a look': { good: { 'app.py': 'import sqlite3\nfrom flask import Flask\napp = Flask(__name__)\ndb = sqlite3.connect(":memory:")\n\n\ndef look(path):\n    return sqlite3.connect(path).execute("SELECT 1")\n\n\ndef words():\n    return sqlite3.connect("file:words.db?mode=ro", uri=True)\n', Procfile: 'web: gunicorn -w 4 app:app\n' } },
    'replicated by Litestream': { severity: 'info', bad: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\napp.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:////data/app.db"\n', Dockerfile: 'FROM python:3.12\nCOPY . .\nCMD ["litestream", "replicate", "-exec", "gunicorn -w 1 app:app"]\n', 'fly.toml': 'app = "shop"\n[mounts]\nsource = "data"\ndestination = "/data"\n' } },
    'a script beside a library': { good: { 'prices/load.py': 'import sqlite3\nDB = sqlite3.connect("prices.db")\n', 'pyproject.toml': '[project]\nname = "prices"\n' } },
  }),
});

function judge(project: Project): Judgement {
  const found = databases(project).filter((each) => each.engine === 'sqlite');
  const place = found.find((each) => !each.replaceable) ?? found[0];
  return place ? { open: [gapOf(place, project)] } : { notApplicable: 'Production keeps no data in SQLite.' };
}

function gapOf(place: Database, project: Project): Gap {
  const { workers } = project;
  const thrown = throwAway(project);
  const copied = copies(project);
  const care = [...journal(project), ...copied];
  const base = `SQLite is the only database${place.replaceable ? ' unless a variable says otherwise' : ''}`;
  const at = { path: place.path, start: place.start, end: place.end };
  const related = [...(workers.evidence ? [workers.evidence] : []), ...(thrown ? [thrown] : []), ...care].slice(0, 4);
  if (thrown && copied.length === 0) return { at, message: `${base}, and ${thrown.text}: a deploy loses the data.`, variation: { severity: 'high', points: 10, because: 'the file lies on a disk that is thrown away' }, related };
  if (workers.count === 'several') return { at, message: `${base}, and several processes write to it (${workers.evidence?.text ?? 'several workers'}).`, variation: { severity: 'medium', points: 6, because: 'several processes wait for one writer' }, related };
  const calm: Variation = { severity: 'info', because: 'one process writes, with a journal or a copy' };
  if (care.length > 0 && (workers.count === 'one' || copied.length > 0)) return { at, message: `${base}, for one process.`, variation: calm, related };
  return { at, message: `${base}: it holds for one process on one disk.`, related };
}

/** Why the disk under the application does not outlive a deploy; undefined where a volume is mounted, or nothing says where it runs. */
function throwAway(project: Project): Evidence | undefined {
  if (keepsDisk(project)) return undefined;
  const platform = project.production.find((unit) => unit.kind === 'platform' && /^(render|heroku|fly|appengine|vercel|railway|digitalocean|apprunner)$/.test(unit.platform));
  if (platform?.kind === 'platform') return { path: platform.path, start: 0, end: 0, text: `${platform.platform} gives it no disk that lasts` };
  for (const unit of project.production) {
    const service = unit.kind === 'compose' ? unit.services.find((each) => each.build && !isInfrastructure(each.image ?? '')) : undefined;
    if (service) return { path: unit.path, ...service.nameAt, text: `${service.name} has no volume` };
  }
  return undefined;
}

/** A volume of a service, an image, a cluster or a platform; or a document that tells how to mount one. */
function keepsDisk(project: Project): boolean {
  return project.production.some((unit) => {
    switch (unit.kind) {
      case 'compose': return unit.services.some((each) => !isInfrastructure(each.image ?? '') && each.volumes.length > 0);
      case 'dockerfile': return unit.stages.some((stage) => stage.instructions.some((each) => each.keyword === 'VOLUME'));
      case 'platform': return unit.entries.some((each) => /(^|\.)(disk|disks|mounts?|volumes?)(\.|$)/i.test(each.key));
      case 'kubernetes': return unit.objects.some((object) => object.entries.some((each) => /persistentVolumeClaim|volumeClaimTemplates|hostPath/.test(each.key)));
      case 'ini': return true;
      default: return false;
    }
  }) || project.of('markdown').some((unit) => unit.code.some((each) => /\bdocker\b[\s\S]*\brun\b[\s\S]*(\s-v\s|--volume|--mount)/.test(each.text)))
    || project.of('shell').some((unit) => unit.commands.some((each) => each.words[0] === 'docker' && each.words.some((word) => /^(-v|--volume|--mount)/.test(word))));
}

function journal(project: Project): readonly Evidence[] {
  const executed = project.calls('*.execute').filter(({ call }) => call.args.some((arg) => textsIn(arg).some((one) => /journal_mode\s*=?\s*\(?["']?wal/i.test(one.value)))).map(({ module, call }) => ({ path: module.path, ...call.at, text: 'WAL' }));
  const set = project.settings('DATABASES').flatMap((each) => textsIn(each.value).filter((one) => /journal_mode\s*=\s*wal/i.test(one.value)).map((one) => ({ path: each.path, start: one.at.start, end: one.at.end, text: 'WAL' })));
  return [...executed, ...set];
}

/** Something copies the file while the application runs. */
function copies(project: Project): readonly Evidence[] {
  const commands = project.commands.filter((each) => /\b(litestream|litefs|rqlited)\b/.test(each.text)).map((each) => ({ ...each, text: 'the file is replicated' }));
  const file = project.paths.find((path) => /(^|\/)(litestream|litefs)\.ya?ml$/.test(path));
  return [...commands, ...(file ? [{ path: file, start: 0, end: 0, text: 'the file is replicated' }] : [])];
}
