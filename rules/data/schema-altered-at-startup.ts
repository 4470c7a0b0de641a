import type { Call, Module, Project, Selector, SqlCall, Value } from '../kit';
import { functionsAround, isProgramModule, onlyInDevelopment, options, rule, runsAtStart, sqlCalls } from '../kit';

interface Match extends SqlCall { readonly ddl: string; readonly more: number }

/** Statements that change tables which exist already. */
const CHANGES = /\b(alter\s+table\s+(?:if\s+exists\s+|only\s+)?["`\w.{}?]+\s+(?:add|drop|rename|alter|modify|change)\b(?:\s+(?:column|to|constraint))?|drop\s+table(?:\s+if\s+exists)?\s+["`\w.]+|drop\s+column\s+\w+|rename\s+table\s+\w+|create\s+(?:unique\s+)?index\s+(?:concurrently\s+)?(?!if\s+not\s+exists)["`\w]+)/i;
/** Versions that the application keeps count of by itself: migrations, though home-made. */
const VERSIONED = /user_version|schema_version|schema_migrations?|db_version|database_version|migration_version|applied_migrations|_migrations\b|current_version/i;

export default rule<Match>({
  id: 'schema-altered-at-startup',
  title: 'The running app never changes the schema',
  severity: 'high', points: 15, confidence: 'likely', blocks: 'never', effort: 'L', since: '1',
  ladder: { name: 'migrations', rung: 2 },
  why: 'It runs on every start and in every worker, has no version and no way back, and its failure is usually swallowed. Two servers end up with different tables.',
  how: 'Move each statement into a migration and delete the start-up block.',
  links: ['https://alembic.sqlalchemy.org/en/latest/tutorial.html', 'https://12factor.net/admin-processes'],
  anchors: ['CWE-391'],

  on: changes(),
  check: (match) => match.ddl !== '',
  message: ({ call, module, ddl, more }) => `${ddl} is executed while the application starts${more > 0 ? `, with ${more} more ${more === 1 ? 'statement' : 'statements'} like it` : ''}${isSwallowed(call, module) ? ', and failures are swallowed' : ''}.`,
  underline: ({ call }) => call.calleeAt,
  nothing: 'No statement of SQL changes a table.',

  examples: () => ({
    'a column in the factory': { bad: 'from sqlalchemy import text\ndef create_app(app, db):\n    with app.app_context():\n        db.session.execute(text("ALTER TABLE book ADD COLUMN isbn VARCHAR(20)"))\n        db.session.commit()\n    return app\n' },
    'failures are swallowed': { bad: 'import sqlite3\nfrom flask import Flask\napp = Flask(__name__)\ndef init_db():\n    conn = sqlite3.connect("a.db")\n    conn.execute("CREATE TABLE IF NOT EXISTS book (id INTEGER PRIMARY KEY)")\n    try:\n        conn.execute("ALTER TABLE book ADD COLUMN isbn TEXT")\n    except Exception:\n        pass\ninit_db()\n' },
    'several in a row': { bad: 'from contextlib import asynccontextmanager\nfrom fastapi import FastAPI\nfrom sqlalchemy import text\nfrom db import engine\n@asynccontextmanager\nasync def lifespan(app):\n    async with engine.begin() as conn:\n        await conn.execute(text("ALTER TABLE a ADD COLUMN x int"))\n        await conn.execute(text("ALTER TABLE a DROP COLUMN y"))\n    yield\napp = FastAPI(lifespan=lifespan)\n' },
    'through a function of another file': { bad: { 'app.py': 'from flask import Flask\nfrom upgrades import ensure_columns\ndef create_app():\n    app = Flask(__name__)\n    ensure_columns()\n    return app\n', 'upgrades.py': 'import sqlite3\ndef ensure_columns():\n    conn = sqlite3.connect("a.db")\n    for statement in ["ALTER TABLE a ADD COLUMN b TEXT", "ALTER TABLE a ADD COLUMN c TEXT"]:\n        conn.execute(statement)\n' } },
    'a migration': { good: 'from alembic import op\nimport sqlalchemy as sa\ndef upgrade():\n    op.add_column("book", sa.Column("isbn", sa.String(20)))\n    op.execute("ALTER TABLE book ADD COLUMN x int")\ndef downgrade():\n    op.drop_column("book", "isbn")\n', path: 'migrations/versions/0002_isbn.py' },
    'a script': { good: 'def main(conn):\n    conn.execute("ALTER TABLE book ADD COLUMN isbn VARCHAR(20)")\n', path: 'scripts/fix_once.py' },
    'a program that is run by hand': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', 'add_isbn.py': 'import sqlite3\nconn = sqlite3.connect("a.db")\nconn.execute("ALTER TABLE book ADD COLUMN isbn TEXT")\n' } },
    'a command': { good: 'import click\nfrom flask import Flask\nfrom db import conn\napp = Flask(__name__)\n@app.cli.command("upgrade")\ndef upgrade():\n    conn.execute("ALTER TABLE book ADD COLUMN isbn TEXT")\n' },
    'tables that are made once': { good: 'import sqlite3\nfrom flask import Flask\napp = Flask(__name__)\nconn = sqlite3.connect("a.db")\nconn.execute("CREATE TABLE IF NOT EXISTS book (id INTEGER PRIMARY KEY)")\nconn.execute("CREATE INDEX IF NOT EXISTS ix ON book (id)")\n' },
    'versions of its own': { good: 'import sqlite3\nfrom flask import Flask\napp = Flask(__name__)\ndef migrate(conn):\n    version = conn.execute("PRAGMA user_version").fetchone()[0]\n    if version < 2:\n        conn.execute("ALTER TABLE book ADD COLUMN isbn TEXT")\n        conn.execute("PRAGMA user_version = 2")\nmigrate(sqlite3.connect("a.db"))\n' },
    'while developing': { good: 'import sqlite3\nfrom flask import Flask\napp = Flask(__name__)\nconn = sqlite3.connect("a.db")\nif app.debug:\n    conn.execute("DROP TABLE book")\n' },
    'for a request': { good: 'from flask import Flask\nfrom db import conn\napp = Flask(__name__)\n@app.post("/reset")\ndef reset():\n    conn.execute("DROP TABLE scratch")\n    return "ok"\n' },
    'only logged': { good: 'import logging\nfrom flask import Flask\napp = Flask(__name__)\nlogging.info("run ALTER TABLE book ADD COLUMN isbn TEXT")\n' },
    'tests': { good: 'import sqlite3\nsqlite3.connect("a.db").execute("DROP TABLE a")\n', path: 'tests/conftest.py' },
  }),
});

/** The first statement of each function that changes tables at start, with the number of those after it. */
function changes(): Selector<Match> {
  const all = sqlCalls();
  return {
    kinds: all.kinds, callees: [...all.callees, '*.run', '*.command'],
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python' || unit.migration) return;
      const firsts = new Map<string, Match>();
      for (const match of all.select(unit, project)) {
        const ddl = changeIn(match.statement);
        if (ddl === undefined) continue;
        const known = firsts.get(match.call.scope);
        if (known) firsts.set(match.call.scope, { ...known, more: known.more + 1 });
        else if (isAtStart(match.call, unit, project)) firsts.set(match.call.scope, { ...match, ddl, more: 0 });
      }
      yield* firsts.values();
    },
  };
}

function isAtStart(call: Call, module: Module, project: Project): boolean {
  if (onlyInDevelopment(call) || isProgramModule(module, project) || !runsAtStart(project, module, call)) return false;
  const text = project.text(module.path) ?? '';
  return !VERSIONED.test(text) && !/(^|\/|_)migrat\w*(\/|\.py$)/i.test(module.path) && !functionsAround(module, call.at).some((func) => /^(reset|drop|destroy|teardown|downgrade)/.test(func.name));
}

function changeIn(value: Value): string | undefined {
  for (const each of options(value)) {
    const text = each.kind === 'text' ? each.value : each.kind === 'joined' && each.how !== 'join' ? each.parts.map((part) => part.kind === 'text' ? part.value : '?').join('') : '';
    const found = CHANGES.exec(text.replace(/^\s*--.*$/gm, ''));
    // Copies into a temporary table are part of something larger.
    if (found && !/_(tmp|temp|new|old|backup)\b|\btemp/i.test(found[0])) return found[0].replace(/\s+/g, ' ').trim();
  }
  return undefined;
}

/** The `try` around it catches and goes on. */
function isSwallowed(call: Call, module: Module): boolean {
  return module.handlers.some((one) => one.tryBody.start <= call.at.start && call.at.end <= one.tryBody.end && !one.reraises && !one.does.includes('raise'));
}
