import type { Call, Context, Edit, Inserted, Joined, Module, Passage, Source, Span, SqlCall, Value, Variation, Way } from '../kit';
import { alongWay, cannotCarrySql, functionAt, importing, insert, insertedInto, isBindName, lastName, mentions, options, placesOf, replace, rule, sqlCalls, taintIn, wayTo } from '../kit';

export default rule<SqlCall>({
  id: 'sql-injection',
  title: 'SQL statements use bound parameters',
  severity: 'critical', points: 40, confidence: 'confirmed', blocks: 'always', effort: 'M', since: '1',
  why: 'Text that reaches the SQL parser can change the statement, so one request can read or destroy every table. It is still the most damaging fault an auditor finds in small web apps.',
  how: 'Pass values as bound parameters or build the query with the ORM. For dynamic table or column names, choose from a constant allow-list.',
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/SQL_Injection_Prevention_Cheat_Sheet.html', 'https://docs.sqlalchemy.org/en/20/core/sqlelement.html#sqlalchemy.sql.expression.text'],
  anchors: ['bandit B608', 'bandit B610', 'bandit B611', 'ruff S608', 'ruff S610', 'ruff S611', 'semgrep sqlalchemy-execute-raw-query', 'semgrep tainted-sql-string', 'CWE-89', 'ASVS 1.2.4'],

  on: sqlCalls(),
  check: (it, context) => {
    const danger = dangerIn(it, context);
    if (!danger || isRepeated(it, context)) return false;
    return danger.grade;
  },
  message: (it, context) => {
    const danger = dangerIn(it, context);
    const sink = `${it.call.written.replace(/^.*?(\w+(?:\(\))?\.\w+)$/, '$1')}()`;
    if (!danger || !danger.how) return `SQL that a visitor sends (${shortened(sourceOf(danger?.value, context.source))}) is run by ${sink}.`;
    const visitors = danger.way && danger.way.legs.length > 1 ? `, a visitor's ${shortened(danger.way.read)},` : '';
    return `SQL is built from ${shortened(sourceOf(danger.value, context.source))}${visitors} by ${HOW[danger.how]} and sent to ${sink}.`;
  },
  underline: (it, context) => underlined(it, context),
  related: (it, context) => {
    const sink = { path: context.unit.path, ...it.call.calleeAt, text: `sent to ${it.call.written}()` };
    const places = placesOf(dangerIn(it, context)?.way, sink);
    return places.length > 0 ? places : isInline(it) ? [] : [sink];
  },
  holds: ({ statement, call }) => {
    if (statement.kind !== 'text') return undefined;
    return call.args.length > 1 || call.keywords.length > 0 ? 'Values are bound' : 'Constant SQL';
  },
  nothing: 'No SQL is sent as text.',
  summary: (count) => count === 1 ? 'The only SQL statement that is sent as text is not built from what a visitor sends' : `${count} SQL statements are sent as text, none is built from what a visitor sends`,

  fix: {
    title: 'Bind the value as a parameter',
    safety: 'review',
    edit: bound,
  },

  examples: () => ({
    'a request value in an f-string': {
      bad: 'from flask import request\ndef find(cur):\n    uid = request.args["id"]\n    cur.execute(f"SELECT name FROM account WHERE id = {uid}")\n',
      good: 'from flask import request\ndef find(cur):\n    uid = request.args["id"]\n    cur.execute("SELECT name FROM account WHERE id = %s", (uid,))\n',
    },
    'concatenation in text()': {
      bad: 'from sqlalchemy import text\ndef search(session, term):\n    return session.execute(text("SELECT * FROM book WHERE title LIKE \'%" + term + "%\'"))\n', severity: 'high',
      good: 'from sqlalchemy import text\ndef search(session, term):\n    return session.execute(text("SELECT * FROM book WHERE title LIKE :term"), {"term": f"%{term}%"})\n',
    },
    'bound': { good: 'from flask import request\ndef find(cur):\n    cur.execute("SELECT name FROM account WHERE id = %s", (request.args["id"],))\n' },
    'a placeholder list built from constants': { good: 'def many(cur, ids):\n    marks = ",".join("?" * len(ids))\n    cur.execute(f"SELECT id FROM account WHERE id IN ({marks})", ids)\n' },
    'looks like SQL, is a log line': { good: 'import logging\ndef note(name):\n    logging.info(f"select a plan from the list, {name}")\n' },
    'SQLite has its own placeholder': {
      bad: 'import sqlite3\nfrom flask import request\n\ndef login():\n    conn = sqlite3.connect("app.db")\n    c = conn.cursor()\n    name = request.form.get("name")\n    return c.execute(f"SELECT * FROM users WHERE name = \'{name}\'").fetchone()\n',
      good: 'import sqlite3\nfrom flask import request\n\ndef login():\n    conn = sqlite3.connect("app.db")\n    c = conn.cursor()\n    name = request.form.get("name")\n    return c.execute("SELECT * FROM users WHERE name = ?", (name,)).fetchone()\n',
    },
    'escaped quotes are left to the reader': { bad: 'import sqlite3\nfrom flask import request\n\ndef login(name):\n    c = sqlite3.connect("app.db").cursor()\n    return c.execute(f\'SELECT id FROM users WHERE name = \\\'{request.args["n"]}\\\'\')\n' },
    'the percent operator': {
      bad: 'import psycopg2\nfrom flask import request\n\ndef login():\n    cur = psycopg2.connect("").cursor()\n    cur.execute("SELECT id FROM users WHERE name = \'%s\' AND active" % request.form["name"])\n',
      good: 'import psycopg2\nfrom flask import request\n\ndef login():\n    cur = psycopg2.connect("").cursor()\n    cur.execute("SELECT id FROM users WHERE name = %s AND active", (request.form["name"],))\n',
    },
    'format in the call': {
      bad: 'import sqlite3\nfrom flask import request\n\ndef login():\n    c = sqlite3.connect("app.db").cursor()\n    c.execute("UPDATE users SET visits = {}, city = \'{}\'".format(0, request.form["city"]))\n',
      good: 'import sqlite3\nfrom flask import request\n\ndef login():\n    c = sqlite3.connect("app.db").cursor()\n    c.execute("UPDATE users SET visits = ?, city = ?", (0, request.form["city"]))\n',
    },
    'format, by way of a name': {
      bad: 'from flask import request\n\ndef login(db):\n    query = "SELECT * FROM users WHERE name = \'{}\' AND password = \'{}\'".format(request.form["name"], request.form["password"])\n    return db.execute(query).fetchone()\n',
    },
    'text() inside execute() is one finding, and takes a named parameter': {
      bad: 'from fastapi import APIRouter\nfrom sqlalchemy import text\nfrom sqlalchemy.orm import Session\n\nrouter = APIRouter()\n\n@router.get("/books")\ndef books(title: str, db: Session):\n    return db.execute(text(f"SELECT id FROM book WHERE title = \'{title}\'")).all()\n',
      good: 'from fastapi import APIRouter\nfrom sqlalchemy import text\nfrom sqlalchemy.orm import Session\n\nrouter = APIRouter()\n\n@router.get("/books")\ndef books(title: str, db: Session):\n    return db.execute(text("SELECT id FROM book WHERE title = :title"), {"title": title}).all()\n',
    },
    'FastAPI has turned it into a number': { good: 'from fastapi import APIRouter\nfrom sqlalchemy import text\n\nrouter = APIRouter()\n\n@router.get("/books/{book_id}")\ndef book(book_id: int, db):\n    return db.execute(text(f"SELECT id FROM book WHERE id = {book_id}")).all()\n' },
    'Django\'s cursor and raw()': {
      bad: 'from django.db import connection\n\ndef rows(request):\n    with connection.cursor() as cursor:\n        cursor.execute("SELECT * FROM shop_order WHERE status = \'" + request.GET["status"] + "\'")\n        return cursor.fetchall()\n', path: 'shop/views.py',
      good: 'from django.db import connection\n\ndef rows(request):\n    with connection.cursor() as cursor:\n        cursor.execute("SELECT * FROM shop_order WHERE status = %s", (request.GET["status"],))\n        return cursor.fetchall()\n',
    },
    'pieces for extra()': { bad: 'from django.http import HttpResponse\nfrom shop.models import Item\n\ndef items(request):\n    return Item.objects.extra(where=["name = \'%s\'" % request.GET["name"]], tables=["shop_item"])\n', path: 'shop/views.py' },
    'numbers, mapped': { good: 'from flask import request\n\ndef some(cur):\n    ids = [int(each) for each in request.args.getlist("id")]\n    cur.execute(f"SELECT id FROM item WHERE id IN ({\',\'.join(map(str, ids))})")\n' },
    'raw() with a value': { bad: 'from shop.models import Order\n\ndef orders(request):\n    return Order.objects.raw(f"SELECT * FROM shop_order WHERE owner = {request.user.name}")\n', path: 'shop/views.py', severity: 'high' },
    'the whole statement comes from outside': { bad: 'from flask import request\n\ndef console(conn):\n    return conn.execute(request.form["sql"]).fetchall()\n' },
    'a column to sort by': { bad: 'from flask import request\n\ndef listing(db):\n    order = request.args.get("order", "id")\n    return db.execute(f"SELECT id, name FROM item ORDER BY {order}").fetchall()\n' },
    'a column to sort by, from a list': { good: 'from flask import request\n\nCOLUMNS = ("id", "name")\n\ndef listing(db):\n    order = request.args.get("order", "id")\n    if order not in COLUMNS:\n        order = "id"\n    return db.execute(f"SELECT id, name FROM item ORDER BY {order}").fetchall()\n' },
    'a column to sort by, from a table': { good: 'from flask import request\n\nCOLUMNS = {"age": "created_at", "name": "name"}\n\ndef listing(db):\n    order = COLUMNS.get(request.args.get("order"), "id")\n    return db.execute(f"SELECT id, name FROM item ORDER BY {order}").fetchall()\n' },
    'a number by force': { good: 'from flask import request\n\ndef page(db):\n    size = int(request.args.get("size", 20))\n    return db.execute(f"SELECT id FROM item LIMIT {size} OFFSET {int(request.args[\'page\']) * 20}").fetchall()\n' },
    'conditions that are constants': { good: 'from flask import request\n\ndef search(cur):\n    sql = "SELECT id FROM item WHERE 1 = 1"\n    values = []\n    if request.args.get("name"):\n        sql += " AND name = %s"\n        values.append(request.args["name"])\n    conditions = ["active = 1"]\n    where = " AND ".join(conditions)\n    cur.execute(f"{sql} AND {where}", values)\n' },
    'a condition that is not': { bad: 'from flask import request\n\ndef search(cur):\n    sql = "SELECT id FROM item WHERE 1 = 1"\n    if request.args.get("name"):\n        sql += " AND name = \'" + request.args["name"] + "\'"\n    cur.execute(sql)\n' },
    'an unknown value, an argument': {
      bad: 'def find(cursor, name):\n    cursor.execute("SELECT id FROM users WHERE name = \'%s\'" % name)\n', good: 'def find(cursor, name):\n    cursor.execute("SELECT id FROM users WHERE name = %s", (name,))\n', severity: 'high',
    },
    'an unknown table, an argument': { bad: 'def count(cursor, table):\n    cursor.execute(f"SELECT COUNT(*) FROM {table}")\n', severity: 'low' },
    'tables that the program names': { good: 'TABLES = ("users", "orders")\nSCHEMA = "public"\n\ndef counts(cursor):\n    for table in TABLES:\n        cursor.execute(f"SELECT COUNT(*) FROM {SCHEMA}.{table}")\n\nclass Repository:\n    __tablename__ = "users"\n\n    def clear(self, cursor):\n        cursor.execute(f"DELETE FROM {self.__tablename__}")\n' },
    'names that the driver quotes': { good: 'from psycopg2 import sql\n\ndef count(cur, table):\n    cur.execute(sql.SQL("SELECT COUNT(*) FROM {}").format(sql.Identifier(table)))\n' },
    'an executor of something else': { good: 'from flask import request\n\ndef run(executor, client):\n    executor.execute(f"DELETE FROM {request.args[\'x\']}")\n    client.execute(f"update {request.args[\'y\']}")\n' },
    'a connection that is sent no SQL': { good: 'from flask import request\n\ndef run(conn, db):\n    conn.execute(f"touch /tmp/{request.args[\'x\']}")\n    db.execute(request)\n' },
    'the helper that a tutorial writes': {
      bad: 'import sqlite3\nfrom flask import Flask, g, request\n\napp = Flask(__name__)\n\ndef get_db():\n    return sqlite3.connect("app.db")\n\ndef query_db(query, args=(), one=False):\n    cur = get_db().execute(query, args)\n    return cur.fetchall()\n\n@app.route("/users")\ndef users():\n    return query_db("select * from users where name = \'%s\'" % request.args["name"])\n',
    },
    'the helper, with its arguments': {
      good: 'import sqlite3\nfrom flask import Flask, request\n\napp = Flask(__name__)\n\ndef get_db():\n    return sqlite3.connect("app.db")\n\ndef query_db(query, args=(), one=False):\n    return get_db().execute(query, args).fetchall()\n\n@app.route("/users")\ndef users():\n    return query_db("select * from users where name = ?", [request.args["name"]])\n',
    },
    'numbered and named binds': {
      good: 'from sqlalchemy import text\n\nasync def find(conn, session, values):\n    binds = ", ".join(f":v{i}" for i in range(len(values)))\n    session.execute(text(f"SELECT id FROM item WHERE name IN ({binds})"), {f"v{i}": value for i, value in enumerate(values)})\n    number = len(values)\n    await conn.fetch(f"SELECT id FROM item WHERE name = ANY($1) LIMIT ${number}", values, 10)\n',
    },
    'asyncpg counts its placeholders': {
      bad: 'import asyncpg\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n@app.get("/users")\nasync def users(name: str, city: str):\n    conn = await asyncpg.connect()\n    return await conn.fetch(f"SELECT id FROM users WHERE name = \'{name}\' AND city = \'{city}\'")\n',
      good: 'import asyncpg\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n@app.get("/users")\nasync def users(name: str, city: str):\n    conn = await asyncpg.connect()\n    return await conn.fetch("SELECT id FROM users WHERE name = $1 AND city = $2", name, city)\n',
    },
    'migrations are the developer\'s own': { path: 'migrations/0002_fill.py', good: 'def upgrade(cursor, name):\n    cursor.execute(f"UPDATE users SET name = \'{name}\'")\n' },
    'tests': { path: 'tests/test_db.py', good: 'def test_it(cursor, name):\n    cursor.execute(f"SELECT * FROM users WHERE name = \'{name}\'")\n' },
    'by way of a function of another file': {
      bad: {
        'app.py': 'from flask import Flask, request\nimport users\n\napp = Flask(__name__)\n\n@app.post("/login")\ndef login():\n    name = request.form.get("name")\n    return users.find(name)\n',
        'users.py': 'import sqlite3\n\ndef find(name):\n    cur = sqlite3.connect("app.db").cursor()\n    return cur.execute("SELECT id FROM users WHERE name = \'{}\'".format(name)).fetchone()\n',
      },
      severity: 'critical',
    },
    'by way of a repository and its base class': {
      bad: {
        'shop/views.py': 'from fastapi import APIRouter\nfrom shop.repository import Books\n\nrouter = APIRouter()\nbooks = Books()\n\n@router.get("/books")\ndef search(title: str):\n    return books.search(title)\n',
        'shop/repository.py': 'from sqlalchemy import text\nfrom shop.db import session\n\nclass Repository:\n    def run(self, condition):\n        return session.execute(text("SELECT * FROM book WHERE title = \'" + condition + "\'"))\n\nclass Books(Repository):\n    def search(self, title):\n        return self.run(title)\n',
        'shop/db.py': 'from sqlalchemy.orm import Session\n\nsession = Session()\n',
      },
      severity: 'critical',
    },
    'a number by the time another function has it': {
      good: {
        'app.py': 'from flask import Flask, request\nimport users\n\napp = Flask(__name__)\n\n@app.get("/user")\ndef user():\n    return users.find(int(request.args["id"]))\n',
        'users.py': 'import sqlite3\n\ndef find(id):\n    return sqlite3.connect("app.db").execute(f"SELECT name FROM users WHERE id = \'{id}\'").fetchone()\n',
        'Procfile': 'web: gunicorn app:app\n',
      },
    },
    'two functions of one name, of which one checks': {
      bad: 'import os\nimport sqlite3\nfrom flask import Flask, abort, request\n\napp = Flask(__name__)\n\nif os.environ.get("STRICT"):\n    @app.get("/users")\n    def listing():\n        order = request.args.get("order", "id")\n        if order not in ("id", "name"):\n            abort(400)\n        return sqlite3.connect("app.db").execute(f"SELECT id FROM users ORDER BY {order}").fetchall()\nelse:\n    @app.get("/users")\n    def listing():\n        order = request.args.get("order", "id")\n        return sqlite3.connect("app.db").execute(f"SELECT id FROM users ORDER BY {order}").fetchall()\n',
    },
    'checked before it is handed on': {
      good: {
        'app.py': 'from flask import Flask, abort, request\nimport users\n\napp = Flask(__name__)\n\n@app.get("/users")\ndef listing():\n    order = request.args.get("order", "id")\n    if order not in ("id", "name"):\n        abort(400)\n    return users.listing(order)\n',
        'users.py': 'import sqlite3\n\ndef listing(order):\n    return sqlite3.connect("app.db").execute(f"SELECT id FROM users ORDER BY {order}").fetchall()\n',
      },
    },
    'a function that is only given constants': {
      good: {
        'app.py': 'from flask import Flask\nimport users\n\napp = Flask(__name__)\n\n@app.get("/users")\ndef listing():\n    return {"active": users.count("active"), "new": users.count("new")}\n',
        'users.py': 'import sqlite3\n\ndef count(state):\n    return sqlite3.connect("app.db").execute(f"SELECT COUNT(*) FROM users WHERE state = \'{state}\'").fetchone()[0]\n',
        'Procfile': 'web: gunicorn app:app\n',
      },
    },
    'a statement put together elsewhere': {
      bad: {
        'app.py': 'from flask import Flask, request\nimport sqlite3\nfrom queries import by_name\n\napp = Flask(__name__)\n\n@app.get("/users")\ndef listing():\n    return sqlite3.connect("app.db").execute("SELECT id FROM users WHERE " + by_name(request.args["name"])).fetchall()\n',
        'queries.py': 'def by_name(name):\n    pattern = "%" + name + "%"\n    condition = "name LIKE \'" + pattern + "\'"\n    return condition\n',
      },
      severity: 'critical',
    },
    'a part of the address in Django': {
      bad: {
        'shop/urls.py': 'from django.urls import path\nfrom shop import views\n\nurlpatterns = [path("items/<str:name>/", views.item)]\n',
        'shop/views.py': 'from django.db import connection\n\ndef item(request, name):\n    with connection.cursor() as cursor:\n        cursor.execute(f"SELECT id FROM item WHERE name = \'{name}\'")\n        return cursor.fetchone()\n',
      },
    },
  }),
});

// ---- what is dangerous about it

interface Danger { readonly value: Value; readonly how?: Joined['how']; readonly inserted?: Inserted; readonly way?: Way; readonly grade: true | Variation }

const HOW: Readonly<Record<Joined['how'], string>> = { 'f-string': 'an f-string', percent: 'the % operator', format: 'format()', concatenation: 'concatenation', join: 'join()', template: 'a template' };
const UNPROVED: Variation = { severity: 'high', confidence: 'likely', because: 'nothing here shows that the value comes from a visitor' };
const NAME: Variation = { severity: 'low', confidence: 'possible', because: 'only the name of a table or column is put in, and nothing shows that it comes from a visitor' };
const KEY: Variation = { severity: 'low', confidence: 'possible', because: 'only the key of a record is put in, and nothing shows that it comes from a visitor' };

/** The worst of what is put into the statement; undefined when all of it is harmless. */
function dangerIn(it: SqlCall, context: Context): Danger | undefined {
  const dangers = options(it.statement).flatMap((each): Danger[] => {
    if (each.kind === 'tainted') {
      const way = wayTo(each, it, context, { checked });
      return way ? [{ value: each, way, grade: alongWay(way) }] : [];
    }
    if (each.kind !== 'joined') return [];
    return insertedInto(each).flatMap((inserted) => {
      const danger = dangerOf(inserted, it, context);
      return danger ? [{ value: inserted.value, how: each.how, inserted, ...danger }] : [];
    });
  });
  return dangers.sort((a, b) => rank(a) - rank(b))[0];
}

/** What is proved first, then what other functions hand on, then what may be. */
function rank({ grade, way }: Danger): number {
  return grade === true ? 0 : way ? 1 : grade.severity === 'high' ? 2 : 3;
}

function dangerOf(inserted: Inserted, it: SqlCall, context: Context): Pick<Danger, 'way' | 'grade'> | undefined {
  const { value, before, position } = inserted;
  if (isBindName(before) || cannotCarrySql(value, it.module, context.project)) return undefined;
  const way = wayTo(value, it, context, { checked });
  if (way) return { way, grade: alongWay(way) };
  // A visitor's data comes here, and is checked each time.
  if (taintIn(value) || context.project.flow.ways(value, { module: it.module, scope: it.call.scope, at: it.call.at }).length > 0 || isChecked(value, it, context)) return undefined;
  const written = context.source.slice(value.at);
  if (position === 'clause' || /(placeholder|marks|binds|qmark)s?\b/i.test(written)) return undefined;
  if (position === 'name') return value.kind === 'parameter' && !value.name.endsWith('.*') && !written.includes('[') ? { grade: NAME } : undefined;
  return { grade: /(^|[._])(id|pk|rowid)$|\b(\w+_)?(ids|pks)\)*$/.test(written) ? KEY : UNPROVED };
}

/** Quotes are refused in it. */
function checked(passage: Passage): boolean {
  return mentions(passage, (name) => `["'][^"'\\w]*["']\\s+not\\s+in\\s+${name}`);
}

/** A check of the same name in the function before: membership of a list, digits only, a pattern. */
function isChecked(value: Value, it: SqlCall, { source }: Context): boolean {
  const name = source.slice(value.at);
  if (!/^[A-Za-z_][\w.]*$/.test(name)) return false;
  const func = functionAt(it.module, it.call);
  const before = source.slice({ start: func?.body.start ?? 0, end: it.call.at.start });
  const own = name.replace(/\./g, '\\.');
  return new RegExp(`(?<!for\\s)(?<![\\w.])${own}\\s+(?:not\\s+)?in\\b|(?<![\\w.])${own}\\.(?:isdigit|isdecimal|isnumeric|isalnum|isalpha|isidentifier)\\(|(?:match|fullmatch)\\([^\\n]*(?<![\\w.])${own}\\b|["'][^"'\\w]*["']\\s+not\\s+in\\s+${own}\\b`).test(before);
}

// ---- where it is shown

/** The statement is written as the argument itself. */
function isInline({ written }: SqlCall): boolean {
  return written.kind === 'tainted' || (written.kind === 'joined' && partsSpan(written) !== undefined && within(partsSpan(written), written.at));
}

function underlined(it: SqlCall, context: Context): Span {
  if (isInline(it) || it.written.kind === 'reference') return it.written.at;
  const danger = dangerIn(it, context);
  const whole = options(it.written).flatMap((each) => each.kind === 'joined' && (!danger?.inserted || insertedInto(each).some((one) => one.value.at.start === danger.value.at.start)) ? [each] : [])[0];
  if (!danger || !whole) return it.written.at;
  return whole.how === 'concatenation' ? danger.value.at : partsSpan(whole) ?? it.written.at;
}

/** From the first to the last part of what is joined. */
function partsSpan(joined: Joined): Span | undefined {
  const starts = joined.parts.map((each) => each.at.start);
  return starts.length > 0 ? { start: Math.min(...starts), end: Math.max(...joined.parts.map((each) => each.at.end)) } : undefined;
}

/** The same built statement sent by an earlier call too: one cause, one finding. */
function isRepeated(it: SqlCall, context: Context): boolean {
  if (isInline(it)) return false;
  const at = underlined(it, context);
  return at !== it.written.at && (firstSent(context).get(placeOf(at)) ?? it.call.at.start) < it.call.at.start;
}

/** Where each dangerous statement is first sent, by the place where it is shown. */
function firstSent(context: Context): ReadonlyMap<string, number> {
  return context.project.once(`dangerous statements in ${context.unit.path}`, () => {
    const first = new Map<string, number>();
    for (const each of sqlCalls().select(context.unit, context.project)) {
      const at = dangerIn(each, context) && placeOf(underlined(each, context));
      if (at !== undefined && each.call.at.start < (first.get(at) ?? Infinity)) first.set(at, each.call.at.start);
    }
    return first;
  });
}

function placeOf({ start, end }: Span): string {
  return `${String(start)} ${String(end)}`;
}

function sourceOf(value: Value | undefined, source: Source): string {
  const taint = value && taintIn(value);
  const written = value ? source.slice(value.at) : '';
  return /^[^\n"']+$/.test(written) && written.length <= 40 ? written : taint?.source ?? written;
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 40 ? `${line.slice(0, 37)}…` : line;
}

function within(inner: Span | undefined, outer: Span): boolean {
  return inner !== undefined && outer.start <= inner.start && inner.end <= outer.end;
}

// ---- the fix

type Style = '?' | '%s' | '$' | ':';

/** Values out of the text and into the call, where the statement is one literal and everything put in stands for a value. */
function bound(it: SqlCall, context: Context): readonly Edit[] | undefined {
  const { call: one, written } = it;
  if (written.kind !== 'joined' || lastName(one.callee) === 'extra' || !isInline(it) || one.args.length !== 1 || one.keywords.length > 0 || one.open || !insertedInto(written).every((each) => each.position === 'value')) return undefined;
  const style = styleOf(it, context);
  const taken = written.how === 'f-string' ? fromInterpolation(written, style, context.source) : written.how === 'concatenation' ? fromConcatenation(written, style, context.source) : fromTemplate(written, style, context.source);
  if (!taken || taken.values.length === 0) return undefined;
  const { literal, values } = taken;
  if (style === '$') return [replace(written.at, `${literal}, ${values.map((each) => each.code).join(', ')}`)];
  if (style !== ':') return [replace(written.at, `${literal}, (${values.map((each) => each.code).join(', ')}${values.length === 1 ? ',' : ''})`)];
  const table = `{${values.map((each) => `"${each.name}": ${each.code}`).join(', ')}}`;
  if (lastName(one.callee) !== 'text') return [replace(written.at, `text(${literal}), ${table}`), ...importing(it.module, context.source, 'text', 'sqlalchemy')];
  const outer = context.project.once(`calls by their argument in ${it.module.path}`, () => byArgument(it.module)).get(placeOf(one.at));
  return outer && [replace(written.at, literal), insert(one.at.end, `, ${table}`)];
}

function styleOf({ call: one, module }: SqlCall, { project }: Context): Style {
  if (/^(sqlalchemy|flask_sqlalchemy|sqlmodel|databases)\./.test(one.callee)) return ':';
  if (/^asyncpg\./.test(one.callee)) return '$';
  if (/^(sqlite3|aiosqlite|duckdb|pyodbc)\./.test(one.callee)) return '?';
  if (/^\w+\./.test(one.callee) && /^(psycopg|pymysql|MySQLdb|mysql|mariadb|aiomysql|aiopg|django)/.test(one.callee)) return '%s';
  const imports = (pattern: RegExp) => [module, ...project.modules].some((each) => each.imports.some((one) => pattern.test(one.target)));
  return imports(/^(sqlite3|aiosqlite)\b/) && !imports(/^(psycopg|pymysql|MySQLdb|mysql|asyncpg)/) ? '?' : '%s';
}

interface Taken { readonly literal: string; readonly values: readonly { readonly code: string; readonly name: string }[] }

/** `f"… {x} …"`: each `{x}` becomes a placeholder, with the quotes around it. */
function fromInterpolation(joined: Joined, style: Style, source: Source): Taken | undefined {
  const written = source.slice(joined.at);
  const [, prefix = '', quote = ''] = /^([fFrR]{1,2})("""|'''|"|')/.exec(written) ?? [];
  if (!prefix || !written.endsWith(quote)) return undefined;
  const from = joined.at.start + prefix.length + quote.length;
  const to = joined.at.end - quote.length;
  const dynamic = joined.parts.filter((each) => each.kind !== 'text' || source.at(each.at.start - 1) === '{').filter((each) => within(each.at, { start: from, end: to }));
  const holes = dynamic.map((each) => ({ start: each.at.start - 1, end: each.at.end + 1 }));
  if (holes.some((hole) => source.at(hole.start) !== '{' || source.at(hole.end - 1) !== '}')) return undefined;
  const texts = segments(holes, from, to, source);
  if (texts.some((text) => text.includes(quote))) return undefined;
  return assembled(`${prefix.replace(/f/i, '')}${quote}`, quote, texts.map((text) => text.replace(/\{\{/g, '{').replace(/\}\}/g, '}')), dynamic.map((each) => source.slice(each.at)), style);
}

/** `"… %s" % (x, y)` and `"… {}".format(x)`, with placeholders that need no name. */
function fromTemplate(joined: Joined, style: Style, source: Source): Taken | undefined {
  const [template, ...values] = joined.parts;
  if (template?.kind !== 'text' || (joined.how !== 'percent' && joined.how !== 'format')) return undefined;
  const written = source.slice(template.at);
  const [, prefix = '', quote = ''] = /^([rR]?)("""|'''|"|')/.exec(written) ?? [];
  if (!quote || !written.endsWith(quote)) return undefined;
  const inner = written.slice(prefix.length + quote.length, -quote.length);
  const percent = joined.how === 'percent';
  const texts = inner.split(percent ? /%[sd]/ : '{}');
  if (inner.includes(quote) || texts.length !== values.length + 1 || texts.some((text) => (percent ? /%(?!%)/ : /[{}]/).test(text))) return undefined;
  return assembled(`${prefix}${quote}`, quote, texts.map((text) => percent ? text.replace(/%%/g, '%') : text), values.map((each) => source.slice(each.at)), style);
}

/** `"… '" + x + "'"`: plain literals and values in turn. */
function fromConcatenation(joined: Joined, style: Style, source: Source): Taken | undefined {
  const literals = joined.parts.map((each) => each.kind === 'text' ? /^(["'])((?:(?!\1)[^\\\n])*)\1$/.exec(source.slice(each.at)) : undefined);
  const texts = [''];
  const codes: string[] = [];
  for (const [index, part] of joined.parts.entries()) {
    const literal = literals[index];
    if (part.kind === 'text' && !literal) return undefined;
    if (literal) texts[texts.length - 1] += literal[2] ?? ''; else { codes.push(source.slice(part.at)); texts.push(''); }
  }
  const quote = texts.some((text) => text.includes('"')) ? undefined : '"';
  return quote && assembled(quote, quote, texts, codes, style);
}

function segments(holes: readonly Span[], from: number, to: number, source: Source): string[] {
  const ends = [...holes.map((each) => each.start), to];
  return [from, ...holes.map((each) => each.end)].map((start, index) => source.slice({ start, end: ends[index] ?? to }));
}

/** Calls of one argument, by where it stands. */
function byArgument(module: Module): ReadonlyMap<string, Call> {
  return new Map(module.calls.flatMap((each): readonly (readonly [string, Call])[] => { const [only] = each.args; return only && each.args.length === 1 && each.keywords.length === 0 ? [[placeOf(only.at), each]] : []; }).reverse());
}

/** The literal with placeholders between the texts, and what is bound to them; text in quotes around a value goes with the value. */
function assembled(open: string, close: string, texts: readonly string[], codes: readonly string[], style: Style): Taken | undefined {
  if (texts.some((text) => /\\['"\\]/.test(text))) return undefined;
  const values: { code: string; name: string }[] = [];
  let literal = open;
  /** The pieces of a text in quotes that is not closed yet. */
  let quoted: { text?: string; code?: string }[] | undefined;
  const place = (pieces: readonly { text?: string; code?: string }[]): boolean => {
    const code = boundCode(pieces);
    if (code === undefined) return false;
    const last = /([A-Za-z_]\w*)\W*$/.exec(pieces.find((each) => each.code !== undefined)?.code ?? '')?.[1] ?? 'value';
    const name = values.some((each) => each.name === last) ? `${last}_${values.length + 1}` : last;
    values.push({ code, name });
    literal += style === ':' ? `:${name}` : style === '$' ? `$${values.length}` : style;
    return true;
  };
  for (const [index, text] of texts.entries()) {
    const pieces = text.split("'");
    for (const [number, piece] of pieces.entries()) {
      const opens = number < pieces.length - 1;
      if (!quoted) { literal += style === '%s' ? piece.replace(/%/g, '%%') : piece; if (opens) quoted = []; continue; }
      if (piece !== '') quoted.push({ text: piece });
      if (!opens) continue;
      if (quoted.every((each) => each.code === undefined)) literal += `'${quoted.map((each) => each.text ?? '').join('')}'`;
      else if (!place(quoted)) return undefined;
      quoted = undefined;
    }
    const code = codes[index];
    if (code === undefined) continue;
    if (quoted) quoted.push({ code }); else if (!place([{ code }])) return undefined;
  }
  return quoted ? undefined : { literal: literal + close, values };
}

/** What is bound for a value with text around it: `f"%{term}%"`; the value itself where there is none. */
function boundCode(pieces: readonly { readonly text?: string; readonly code?: string }[]): string | undefined {
  if (pieces.length === 1) return pieces[0]?.code;
  const plain = pieces.every((each) => !/["\\\n]/.test(each.text ?? each.code ?? ''));
  return plain ? `f"${pieces.map((each) => each.code === undefined ? (each.text ?? '').replace(/[{}]/g, '$&$&') : `{${each.code}}`).join('')}"` : undefined;
}
