import type { Call, Context, Edit, Func, Module, Selector, Source, Variation } from '../kit';
import { functionsAround, importing, insert, lastName, onlyAsProgram, onlyInDevelopment, replace, rule, runningOf } from '../kit';

/** What opens a connection, and whether leaving a `with` closes it. */
interface Opener { readonly pattern: RegExp; readonly closes: boolean; readonly light?: true }
const OPENERS: readonly Opener[] = [
  { pattern: /^sqlite3\.connect$/, closes: false, light: true },
  { pattern: /^(psycopg2|pyodbc)\.connect$/, closes: false },
  { pattern: /^(psycopg|pymysql|MySQLdb|mysql\.connector|cx_Oracle|oracledb|duckdb|asyncpg)\.connect$|^psycopg\.(Async)?Connection\.connect$/, closes: true },
  { pattern: /^sqlalchemy\.(\w+\.)*(create_engine|Engine)\.(connect|raw_connection)$/, closes: true },
  { pattern: /^sqlalchemy\.orm\.(session\.)?sessionmaker(\.__call__)?$/, closes: true },
  { pattern: /^psycopg2\.pool\.\w+\.getconn$/, closes: false },
];
const CALLEES = ['sqlite3.connect', 'psycopg2.connect', 'psycopg2.getconn', 'pyodbc.connect', 'psycopg.connect', 'pymysql.connect', 'MySQLdb.connect', 'mysql.connect', 'cx_Oracle.connect', 'oracledb.connect', 'duckdb.connect', 'asyncpg.connect', 'sqlalchemy.connect', 'sqlalchemy.raw_connection', 'sqlalchemy.__call__', '*.SessionLocal', '*.session_factory'] as const;

interface Opened { readonly module: Module; readonly call: Call; readonly func: Func; readonly opener: Opener }
type Fault = 'never' | 'returns' | 'commits only';

export default rule<Opened>({
  id: 'db-connection-leak',
  title: 'Connections and cursors are always closed',
  severity: 'medium', points: 4, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'A connection that stays open is one less for everybody else, until the database refuses new ones. The outage starts hours after the cause.',
  how: 'Open connections in a `with` statement that closes them, or close them in `finally`.',
  links: ['https://docs.python.org/3/library/contextlib.html#contextlib.closing', 'https://docs.python.org/3/library/sqlite3.html#sqlite3-connection-context-manager', 'https://cwe.mitre.org/data/definitions/772.html'],
  anchors: ['CWE-772'],

  on: opened(),
  check: (it, context) => {
    const fault = faultOf(it, context.source);
    if (!fault || serves(it, context)) return false;
    return it.opener.light ? LIGHT : true;
  },
  message: (it, { source }) => {
    const name = `${it.call.written}()`;
    switch (faultOf(it, source)) {
      case 'commits only': return `Leaving this with statement commits, but ${name} stays open.`;
      case 'returns': return `${it.func.name}() returns before it closes what ${name} opened.`;
      default: return `What ${name} opens in ${it.func.name}() is never closed.`;
    }
  },
  underline: ({ call: one }) => one.calleeAt,
  holds: ({ call: one, opener }) => (one.managed && opener.closes) || one.within.some((each) => /(^|\.)closing$/.test(each)) ? 'Closed by a with statement' : undefined,
  nothing: 'The code opens no database connection itself.',
  summary: (count) => count === 1 ? 'The only connection is opened in a with statement that closes it' : `${count} connections are opened in with statements that close them`,

  fix: { title: 'Close it with the with statement', safety: 'review', edit: closing },

  examples: () => ({
    'never closed': { bad: 'import sqlite3\ndef items():\n    conn = sqlite3.connect("app.db")\n    rows = conn.execute("SELECT name FROM item").fetchall()\n    return rows\n', severity: 'low' },
    'the lines below it': {
      bad: 'import psycopg2\nfrom flask import Flask\napp = Flask(__name__)\n@app.get("/items")\ndef items():\n    conn = psycopg2.connect("postgresql://db")\n    cur = conn.cursor()\n\n    if cur:\n        cur.execute("SELECT 1")  # now\n    return cur.fetchall()\n\n\nx = 1\n',
      good: 'import psycopg2\nfrom contextlib import closing\nfrom flask import Flask\napp = Flask(__name__)\n@app.get("/items")\ndef items():\n    with closing(psycopg2.connect("postgresql://db")) as conn:\n        cur = conn.cursor()\n\n        if cur:\n            cur.execute("SELECT 1")  # now\n        return cur.fetchall()\n\n\nx = 1\n',
    },
    'a server\'s connection, never closed': { bad: 'import psycopg2\nfrom flask import Flask\napp = Flask(__name__)\n@app.get("/items")\ndef items():\n    conn = psycopg2.connect("postgresql://db")\n    cur = conn.cursor()\n    cur.execute("SELECT name FROM item")\n    cur.close()\n    return cur.fetchall()\n' },
    'in a with statement': { good: 'import sqlite3\nfrom contextlib import closing\ndef items():\n    with closing(sqlite3.connect("app.db")) as conn:\n        return conn.execute("SELECT name FROM item").fetchall()\n' },
    'a with statement that only commits': {
      bad: 'import sqlite3\n\n\ndef add(name):\n    with sqlite3.connect("app.db") as conn:\n        conn.execute("INSERT INTO item VALUES (?)", (name,))\n',
      good: 'import sqlite3\nfrom contextlib import closing\n\n\ndef add(name):\n    with closing(sqlite3.connect("app.db")) as conn, conn:\n        conn.execute("INSERT INTO item VALUES (?)", (name,))\n', severity: 'low',
    },
    'a with statement that commits, and close after it': { good: 'import psycopg2\ndef add(name):\n    with psycopg2.connect("") as conn:\n        conn.cursor().execute("INSERT INTO item VALUES (%s)", (name,))\n    conn.close()\n' },
    'with a driver that closes': { good: 'import psycopg\nimport pymysql\ndef items():\n    with psycopg.connect("") as conn:\n        conn.execute("SELECT 1")\n    with pymysql.connect() as other:\n        return other.cursor()\n' },
    'closed in finally': { good: 'import psycopg2\ndef items():\n    conn = psycopg2.connect("")\n    try:\n        cur = conn.cursor()\n        cur.execute("SELECT 1")\n        return cur.fetchall()\n    finally:\n        conn.close()\n' },
    'closed at the end': { good: 'import psycopg2\ndef items():\n    conn = psycopg2.connect("")\n    rows = conn.cursor().fetchall()\n    conn.close()\n    return rows\n' },
    'a return before the end': { bad: 'import psycopg2\ndef item(id):\n    conn = psycopg2.connect("")\n    row = conn.cursor().fetchone()\n    if row is None:\n        return None\n    conn.close()\n    return row\n' },
    'closed on every way out': { good: 'import psycopg2\ndef item(id):\n    conn = psycopg2.connect("")\n    row = conn.cursor().fetchone()\n    if row is None:\n        conn.close()\n        return None\n    if row[0] == 1:\n        conn.close()\n        return 1\n    conn.close()\n    if row[0] == 2:\n        return 2\n    return row\n' },
    'a session of a factory': { bad: 'from flask import Flask\nfrom sqlalchemy import create_engine\nfrom sqlalchemy.orm import sessionmaker\nSessionLocal = sessionmaker(bind=create_engine("postgresql://db"))\napp = Flask(__name__)\n@app.get("/items")\ndef items():\n    db = SessionLocal()\n    return [each.name for each in db.query(Item).all()]\n' },
    'a session of another file': { bad: { 'db.py': 'from sqlalchemy import create_engine\nfrom sqlalchemy.orm import sessionmaker\nengine = create_engine("postgresql://db")\nSessionLocal = sessionmaker(bind=engine)\n', 'app.py': 'from db import SessionLocal\ndef names():\n    session = SessionLocal()\n    return [each.name for each in session.query(Item).all()]\n' } },
    'a dependency that closes': { path: 'deps.py', good: 'from db import SessionLocal\ndef get_db():\n    db = SessionLocal()\n    try:\n        yield db\n    finally:\n        db.close()\n' },
    'a session in a with statement': { good: { 'db.py': 'from sqlalchemy import create_engine\nfrom sqlalchemy.orm import sessionmaker\nSessionLocal = sessionmaker(bind=create_engine("postgresql://db"))\nSessionLocal.configure(expire_on_commit=False)\n', 'app.py': 'from db import SessionLocal\ndef names():\n    with SessionLocal() as session:\n        return session.query(Item).all()\n    with SessionLocal.begin() as session:\n        pass\n' } },
    'an engine\'s connection': { bad: 'from sqlalchemy import create_engine, text\nengine = create_engine("postgresql://db")\ndef ping():\n    engine.connect().execute(text("SELECT 1"))\n' },
    'an engine\'s connection, closed': { good: 'from sqlalchemy import create_engine, text\nengine = create_engine("postgresql://db")\ndef ping():\n    with engine.connect() as conn:\n        conn.execute(text("SELECT 1"))\n' },
    'who opens it gives it away': { good: 'import sqlite3\nimport psycopg2\nfrom flask import g\ndef connect():\n    conn = sqlite3.connect("app.db")\n    conn.row_factory = sqlite3.Row\n    return conn\ndef connect_now():\n    return sqlite3.connect("app.db")\ndef get_db():\n    if "db" not in g:\n        g.db = sqlite3.connect("app.db")\n    return g.db\ndef other():\n    db = getattr(g, "_database", None)\n    if db is None:\n        db = g._database = sqlite3.connect("app.db")\n    return db\ndef repository():\n    conn = psycopg2.connect("")\n    return Repository(conn)\ndef both():\n    conn = psycopg2.connect("")\n    return conn, conn.cursor()\nclass Store:\n    def __init__(self):\n        self.conn = psycopg2.connect("")\n' },
    'one for the whole module': { good: 'import sqlite3\nconn = sqlite3.connect("app.db", check_same_thread=False)\n' },
    'a program ends, and its connections with it': { path: 'scripts/fill.py', good: 'import psycopg2\ndef main():\n    conn = psycopg2.connect("")\n    conn.cursor().execute("SELECT 1")\nif __name__ == "__main__":\n    main()\n' },
    'a pool takes it back': { good: 'from psycopg2.pool import ThreadedConnectionPool\npool = ThreadedConnectionPool(1, 10)\ndef items():\n    conn = pool.getconn()\n    try:\n        return conn.cursor().fetchall()\n    finally:\n        pool.putconn(conn)\n' },
    'a pool does not get it back': { bad: 'from psycopg2.pool import ThreadedConnectionPool\npool = ThreadedConnectionPool(1, 10)\ndef items():\n    conn = pool.getconn()\n    return conn.cursor().fetchall()\n' },
    'tests': { path: 'tests/test_a.py', good: 'import sqlite3\ndef test_it():\n    conn = sqlite3.connect(":memory:")\n    conn.execute("SELECT 1")\n' },
  }),
});

const LIGHT: Variation = { severity: 'low', because: 'Python closes the file of SQLite when the function ends and nothing else refers to it' };

function opened(): Selector<Opened> {
  return {
    kinds: ['module'], callees: CALLEES,
    *select(unit) {
      if (unit.kind !== 'module') return;
      for (const call of unit.calls) {
        const opener = OPENERS.find((each) => each.pattern.test(call.callee));
        const func = opener && functionsAround(unit, call.at)[0];
        // `sessionmaker(…)` makes the factory, a call of what it made opens a session.
        if (opener && func && !/(^|\.)sessionmaker$/.test(call.written) && !onlyInDevelopment(call)) yield { module: unit, call, func, opener };
      }
    },
  };
}

/** A program that is started by hand ends before it leaks. */
function serves({ module, call }: Opened, { project }: Context): boolean {
  const when = runningOf(project, module, call);
  return onlyAsProgram(call) || (when.size > 0 && [...when].every((each) => each === 'program' || each === 'import' || each === 'start'));
}

function faultOf(it: Opened, source: Source): Fault | undefined {
  const { call, func, opener } = it;
  if (call.within.some((each) => /closing|enter_context|enter_async_context|callback|ExitStack/.test(each))) return undefined;
  const rest = code(source.slice({ start: call.at.end, end: func.body.end }));
  if (call.managed) {
    if (opener.closes) return undefined;
    const name = /^\s*as\s+(\w+)/.exec(source.slice({ start: call.at.end, end: source.length }))?.[1];
    return name !== undefined && (closes(name).test(rest) || givesAway(name, rest)) ? undefined : 'commits only';
  }
  const before = source.slice({ start: source.lineStart(call.at.start), end: call.at.start });
  if (call.boundTo === undefined) return /^\s*\./.test(source.slice({ start: call.at.end, end: source.length })) && call.within.length === 0 && !/\breturn\b/.test(before) ? 'never' : undefined;
  if (/[.[]/.test(call.boundTo) || /=[^=]*=\s*(await\s+)?$/.test(before)) return undefined;
  return afterwards(call.boundTo, rest, source.indentation(call.at.start).length, opener);
}

function afterwards(name: string, rest: string, depth: number, opener: Opener): Fault | undefined {
  if (givesAway(name, rest) || new RegExp(`\\bwith\\b[^\\n]*closing\\(\\s*${name}\\b`).test(rest) || (opener.closes && new RegExp(`\\bwith\\s+${name}\\b`).test(rest))) return undefined;
  if (!closes(name).test(rest)) return 'never';
  if (/\bfinally\s*:/.test(rest) || /\bexcept\b/.test(rest)) return undefined;
  return returnsOpen(name, rest, depth) ? 'returns' : undefined;
}

/** It is returned, yielded, kept in an object, or handed to something that closes it. */
function givesAway(name: string, rest: string): boolean {
  return new RegExp(`\\b(return|yield)\\s+\\(?([\\w.]+\\s*,\\s*)*${name}\\b(?![\\w.(\\[])|[\\w\\]]\\s*=\\s*${name}\\s*$|\\b(global|nonlocal)\\b[^\\n]*\\b${name}\\b|\\b([A-Z]\\w*|\\w*(close|release|putconn|put|register|cleanup|append|add)\\w*)\\(([^()\\n]*[,=(]\\s*)?${name}\\b(?!\\.(?!close\\b))`, 'm').test(rest);
}

function closes(name: string): RegExp {
  return new RegExp(`\\b${name}\\.(close|aclose|release|remove|dispose|terminate)\\(|\\b(\\w*close\\w*|putconn|release|\\w*_release)\\(\\s*${name}\\b`);
}

/** A `return` that no `close()` of its own block, or of one around it, stands before. */
function returnsOpen(name: string, rest: string, depth: number): boolean {
  let closed: number | undefined;
  let inner: number | undefined;
  for (const line of rest.split('\n').slice(1)) {
    if (/^\s*$/.test(line)) continue;
    const indentation = /^[ \t]*/.exec(line)?.[0].length ?? 0;
    if (indentation < depth) return false;
    if (inner !== undefined && indentation > inner) continue;
    inner = /^\s*(async\s+)?def\s/.test(line) ? indentation : undefined;
    if (closed !== undefined && indentation < closed) closed = undefined;
    if (closes(name).test(line)) closed = Math.min(closed ?? indentation, indentation);
    else if (closed === undefined && /^\s*return\b/.test(line)) return true;
  }
  return false;
}

/** Text without comments and strings. */
function code(text: string): string {
  return text.replace(/#[^\n]*|"""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n]*"|'[^'\n]*'/g, (found) => found.startsWith('#') ? '' : '""');
}

// ---- the fix

function closing(it: Opened, context: Context): readonly Edit[] | undefined {
  if (it.call.managed) return closingToo(it, context);
  return faultOf(it, context.source) === 'never' && it.call.boundTo !== undefined ? inWith(it, it.call.boundTo, context) : undefined;
}

/** `with closing(sqlite3.connect(…)) as conn, conn:` closes, and commits as before. */
function closingToo({ call: one, module, opener }: Opened, { source }: Context): readonly Edit[] | undefined {
  if (opener.closes || lastName(one.callee) !== 'connect') return undefined;
  const name = /^\s*as\s+(\w+)\s*:/.exec(source.slice({ start: one.at.end, end: source.length }));
  if (!name?.[1]) return undefined;
  const colon = one.at.end + name[0].length - 1;
  return [insert(one.at.start, 'closing('), replace({ start: one.at.end, end: colon }, `) as ${name[1]}, ${name[1]}`), ...importing(module, source, 'closing', 'contextlib')];
}

/** The rest of its block goes into a `with` statement; not where texts of several lines would be moved with it, or where an await is needed. */
function inWith({ call: one, func, module, opener }: Opened, name: string, { source }: Context): readonly Edit[] | undefined {
  const start = source.lineStart(one.at.start);
  const indentation = source.indentation(start);
  const before = new RegExp(`^${indentation}${name}\\s*=\\s*$`).test(source.slice({ start, end: one.at.start }));
  if (!before || one.awaited || one.onLoop || source.lineEnd(one.at.end) !== one.at.end || /getconn$/.test(one.callee)) return undefined;
  const rest = blockAfter(one.at.end, func.body.end, indentation.length, source);
  if (rest === undefined || /"""|'''|\\$/m.test(rest.text)) return undefined;
  const unit = indentation.startsWith('\t') ? '\t' : '    ';
  const made = source.slice(one.at);
  const context = opener.closes ? made : `closing(${made})`;
  const moved = rest.text.split('\n').map((line) => /\S/.test(line) ? unit + line : line).join('\n');
  return [replace({ start: start + indentation.length, end: rest.end }, `with ${context} as ${name}:${moved}`), ...(opener.closes ? [] : importing(module, source, 'closing', 'contextlib'))];
}

/** The lines of the same block below a statement, as they are written; undefined where there are none. */
function blockAfter(from: number, to: number, depth: number, source: Source): { readonly text: string; readonly end: number } | undefined {
  let end = from;
  for (const found of source.slice({ start: from, end: to }).matchAll(/\r?\n([ \t]*)(\S[^\r\n]*)?/g)) {
    if (found[2] === undefined) continue;
    if ((found[1] ?? '').length < depth) break;
    end = from + found.index + found[0].length;
  }
  return end > from ? { text: source.slice({ start: from, end }).replace(/\r\n/g, '\n'), end } : undefined;
}
