import type { Edit, HealthRoute, Project, Route, Selector, Source, Variation } from '../kit';
import { closure, hasOwnHandler, healthRoutes, healthRoutesIn, idleModules, insert, lastName, rule } from '../kit';

interface Probe extends HealthRoute { readonly needs: readonly string[] }

/** What the application needs, by what it imports. */
const NEEDS: readonly (readonly [RegExp, string])[] = [
  [/^(sqlalchemy|flask_sqlalchemy|sqlmodel|django\.db|psycopg2?|psycopg|asyncpg|pymysql|MySQLdb|mysql|mongoengine|pymongo|motor|beanie|tortoise|peewee|databases|sqlite3|aiosqlite|flask_mongoengine|pony|gino|piccolo)(\.|$)/, 'the database'],
  [/^apscheduler\.schedulers\.(background|asyncio|gevent|tornado)\b|^(flask_apscheduler|rocketry)(\.|$)/, 'the scheduler'],
];
/** Calls that touch something the answer then depends on. */
const TOUCHES = /(^|[._])(ping|execute|executemany|exec|scalar|scalars|fetch\w*|connect|cursor|ensure_connection|is_usable|server_info|command|first|count|exists|all|query|get_jobs|check\w*|probe\w*|inspect|running|is_alive|is_connected|healthy|health\w*|status\w*|select|raw|acquire|get_connection|stat|getloadavg|disk_usage|begin|session)$|(^|\.)(redis|engine|connection|connections|db|database|cache|scheduler|mongo|client)\w*\./i;
/** Names of questions that are meant to be answered without a look. */
const LIVENESS = /(^|[/_.-])(livez?|liveness|ping|alive|up|heartbeat|startup)([/_.-]|$)/i;

export default rule<Probe>({
  id: 'health-check-shallow',
  title: 'The health endpoint checks what the application needs',
  severity: 'low', points: 2, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'The monitor stays green while every page fails. A check that cannot fail is decoration.',
  how: 'Check the database and workers in the process with a short timeout; keep a separate shallow route for liveness.',
  links: ['https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/', 'https://sre.google/sre-book/monitoring-distributed-systems/'],
  ladder: { name: 'health', rung: 2 },

  applies: (project) => needsOf(project).length > 0 ? true : 'The application needs no database and no scheduler.',
  on: probes(),
  nothing: 'No route says whether the application is well.',
  check: ({ module, route, needs }, { project }) => isShallow({ module, route, needs }, project) && grade(needs),
  message: ({ route, needs }) => `${route.path} answers without a look at ${needs.join(' and ')}.`,
  underline: ({ route }) => route.handlerAt,
  holds: ({ route, module }, { project }) => touches(route, project, module.path) ? `${route.path} looks at what the application needs` : undefined,
  fix: { title: 'Ask the database first', safety: 'review', edit: ({ route }, { source, project }) => asking(route, source, project) },

  examples: () => ({
    'a constant beside a database': {
      bad: 'from flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\napp = Flask(__name__)\ndb = SQLAlchemy(app)\n@app.get("/health")\ndef health():\n    return {"status": "ok"}\n',
      good: 'from flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\napp = Flask(__name__)\ndb = SQLAlchemy(app)\n@app.get("/health")\ndef health():\n    db.session.execute(db.text("SELECT 1"))\n    return {"status": "ok"}\n',
    },
    'a constant beside a scheduler': { severity: 'medium', bad: 'from apscheduler.schedulers.background import BackgroundScheduler\nfrom flask import Flask\napp = Flask(__name__)\nscheduler = BackgroundScheduler()\nscheduler.start()\n@app.get("/healthz")\ndef healthz():\n    return "ok"\n' },
    'behind a router of FastAPI': { bad: { 'main.py': 'from fastapi import FastAPI\nimport ops\nimport models\napp = FastAPI()\napp.include_router(ops.router, prefix="/api")\n', 'ops.py': 'from datetime import datetime\nfrom fastapi import APIRouter\nrouter = APIRouter()\n@router.get("/health")\nasync def health():\n    return {"status": "ok", "at": datetime.now()}\n', 'models.py': 'from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase):\n    pass\n' } },
    'it asks the database': { good: 'from flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\nfrom sqlalchemy import text\napp = Flask(__name__)\ndb = SQLAlchemy(app)\n@app.get("/health")\ndef health():\n    try:\n        db.session.execute(text("SELECT 1"))\n    except Exception:\n        app.logger.exception("database check failed")\n        return {"status": "unavailable"}, 503\n    return {"status": "ok"}\n' },
    'shallow liveness beside deep readiness': { good: 'import sqlite3\nfrom flask import Flask\napp = Flask(__name__)\n@app.get("/livez")\ndef livez():\n    return "ok"\n@app.get("/readyz")\ndef readyz():\n    app.redis.ping()\n    return "ok"\n' },
    'shallow health beside another that looks': { good: 'import sqlite3\nfrom flask import Flask\napp = Flask(__name__)\n@app.get("/health")\ndef health():\n    return "ok"\n@app.get("/health/db")\ndef db():\n    sqlite3.connect("x").execute("SELECT 1")\n    return "ok"\n' },
    'a helper looks': { good: { 'main.py': 'from fastapi import FastAPI\nfrom store import alive\napp = FastAPI()\n@app.get("/health")\ndef health():\n    return {"ok": alive()}\n', 'store.py': 'import sqlalchemy\nengine = sqlalchemy.create_engine("x")\ndef alive():\n    return engine.connect()\n' } },
    'a dependency opens the session': { good: 'from fastapi import Depends, FastAPI\nfrom sqlalchemy.orm import Session\napp = FastAPI()\ndef get_db():\n    yield None\n@app.get("/health")\ndef health(db: Session = Depends(get_db)):\n    return {"ok": db.is_active}\n', path: 'main.py' },
    'only liveness is asked': { good: 'import sqlite3\nfrom flask import Flask\napp = Flask(__name__)\n@app.get("/ping")\ndef ping():\n    return "pong"\n' },
    'nothing is needed': { good: 'from flask import Flask\napp = Flask(__name__)\n@app.get("/health")\ndef health():\n    return {"status": "ok"}\n' },
    'a page of states': { good: 'import sqlite3\nfrom flask import Flask, render_template\napp = Flask(__name__)\n@app.get("/status")\ndef status():\n    return render_template("status.html")\n@app.get("/orders/<int:i>/status")\ndef order(i):\n    return "sent"\n' },
  }),
});

function needsOf(project: Project): readonly string[] {
  return project.once('needs of the application', () => NEEDS.filter(([pattern]) => project.modules.some((module) => module.imports.some((each) => pattern.test(each.target)))).map(([, name]) => name));
}

function probes(): Selector<Probe> {
  return {
    kinds: ['module'], callees: [],
    *select(unit, project) {
      if (unit.kind !== 'module' || idleModules(project).has(unit.path)) return;
      for (const each of healthRoutesIn(unit, project)) if (hasOwnHandler(each.route)) yield { ...each, needs: needsOf(project) };
    },
  };
}

/** It looks at nothing, it is not meant to be shallow, and no other route looks. */
function isShallow({ module, route }: Probe, project: Project): boolean {
  if (LIVENESS.test(route.path) || touches(route, project, module.path)) return false;
  // A page for people, or what a monitor would not read.
  if (/status|monitoring|warmup/i.test(lastPart(route.path)) && !route.does.every((each) => /jsonify|datetime|time|str$/.test(each))) return false;
  return !project.once('a health route looks', () => healthRoutes(project).some((each) => touches(each.route, project, each.module.path)));
}

function touches(route: Route, project: Project, path: string): boolean {
  if (route.gates.length > 0) return true;
  const text = project.written(path, route.body);
  return route.does.some((each) => TOUCHES.test(each) && !/datetime|time\.|jsonify/.test(each)) || /\.(running|is_active|is_connected|connected|state)\b|SELECT 1/i.test(text)
    || closure(project, route.does.flatMap((each) => project.func(each) ?? [])).some(({ func }) => func.does.some((each) => TOUCHES.test(each)));
}

function grade(needs: readonly string[]): true | Variation {
  return needs.includes('the scheduler') ? { severity: 'medium', points: 4, because: 'a scheduler runs inside of the process and nothing looks at it' } : true;
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `db` of Flask-SQLAlchemy, where this file has it under its name. */
function asking(route: Route, source: Source, project: Project): readonly Edit[] | undefined {
  const unit = project.unit(source.path);
  if (unit?.kind !== 'module' || route.framework !== 'flask') return undefined;
  const own = unit.assignments.find((each) => each.scope === '' && each.value.kind === 'result' && each.value.callee === 'flask_sqlalchemy.SQLAlchemy')?.target
    ?? unit.imports.find((each) => { const name = lastName(each.target); return project.modules.some((module) => each.target === `${module.name}.${name}` && module.assignments.some((one) => one.scope === '' && one.target === name && one.value.kind === 'result' && one.value.callee === 'flask_sqlalchemy.SQLAlchemy')); })?.name;
  if (!own || source.line(route.body.start) === source.line(route.handlerAt.start)) return undefined;
  return [insert(route.body.start, `${own}.session.execute(${own}.text("SELECT 1"))\n${source.indentation(route.body.start)}`)];
}
