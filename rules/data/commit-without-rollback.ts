import type { Context, Edit, Handler, Module, Source, Span } from '../kit';
import { catchesAll, functionsAround, handler, insert, lastName, rule } from '../kit';

interface Match { readonly handler: Handler; readonly module: Module }

/** Qualified names of what writes for good: sessions of SQLAlchemy, connections of drivers. */
const COMMITS = /(^|[._])(session|sess|conn|connection|db|database|s|tx|engine)\w*(\(\))?\.(commit|flush)$|^(sqlalchemy|sqlmodel|flask_sqlalchemy|sqlite3|psycopg2?|pymysql|MySQLdb|mysql|asyncpg|aiosqlite)\..*\.(commit|flush)$/i;
const DATABASE_ERROR = /(^|\.)(SQLAlchemyError|IntegrityError|DBAPIError|OperationalError|DatabaseError|DataError|ProgrammingError|StatementError|UniqueViolation|(sqlite3|psycopg2?|pymysql|MySQLdb)\.Error)$/;
/** Where the transaction is opened in the block that fails, it ends there too. */
const OPENS = /(^|\.)(begin|begin_nested|atomic|Session|AsyncSession|SessionLocal|async_session\w*|session_scope|get_session|get_db|sessionmaker|connect|transaction|get_connection|get_db_connection|get_conn|session_factory|\w*sessionmaker|\w*session_maker|run_in_transaction)$/i;

export default rule<Match>({
  id: 'commit-without-rollback',
  title: 'A failed write is undone completely',
  severity: 'medium', points: 6, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'A session whose flush failed refuses every further statement, so one bad row breaks the rest of the request or worker. Half-done work stays visible.',
  how: 'Use a transaction block that commits or rolls back by itself.',
  links: ['https://docs.sqlalchemy.org/en/20/orm/session_basics.html', 'https://docs.djangoproject.com/en/stable/topics/db/transactions/'],
  anchors: ['CWE-755', 'CWE-459'],

  on: writes(),
  check: (match, { source }) => usedAgain(match, source) !== undefined,
  message: (match, { source }) => {
    const [func] = functionsAround(match.module, match.handler.at);
    const again = usedAgain(match, source);
    return `${func ? `${func.name}()` : 'This block'} catches a failed ${committed(match.handler, source)?.method ?? 'commit'} without undoing it${again === 'loop' ? ', and the next round goes on with the same session' : ' and goes on with the same session'}.`;
  },
  underline: ({ handler: one }) => one.keyword,
  holds: ({ handler: one }) => one.does.includes('rollback') ? 'a failed write is rolled back' : undefined,
  nothing: 'No failed write is caught.',
  summary: (count) => count === 1 ? 'The only failed write that is caught is undone' : `${count} failed writes that are caught are undone`,

  fix: {
    title: 'Roll back first', safety: 'safe',
    edit: ({ handler: one }, { source }: Context): readonly Edit[] | undefined => {
      const found = committed(one, source);
      const first = one.body.start;
      if (!found || new RegExp(`\\b${found.receiver.replace(/\W/g, '\\$&')}\\s*=[^=]`).test(source.slice(one.tryBody)) || source.line(first) === source.line(one.keyword.start)) return undefined;
      const start = source.lineStart(first);
      const indentation = source.indentation(first);
      return [insert(start, `${indentation}${found.awaited ? 'await ' : ''}${found.receiver}.rollback()\n`)];
    },
  },

  examples: () => ({
    'the failure is written down with the same session': {
      bad: 'def add(db, item, flash):\n    try:\n        db.session.add(item)\n        db.session.commit()\n    except Exception:\n        flash("not saved")\n        db.session.add(Log("failed"))\n        db.session.commit()\nclass Log:\n    def __init__(self, t):\n        self.t = t\n',
      good: 'def add(db, item, flash):\n    try:\n        db.session.add(item)\n        db.session.commit()\n    except Exception:\n        db.session.rollback()\n        flash("not saved")\n        db.session.add(Log("failed"))\n        db.session.commit()\nclass Log:\n    def __init__(self, t):\n        self.t = t\n',
    },
    'the next row of a loop': {
      bad: 'import logging\nfrom models import Row\n\nasync def load(session, rows):\n    for row in rows:\n        try:\n            session.add(Row(**row))\n            await session.commit()\n        except Exception:\n            logging.exception("row")\n',
      good: 'import logging\nfrom models import Row\n\nasync def load(session, rows):\n    for row in rows:\n        try:\n            session.add(Row(**row))\n            await session.commit()\n        except Exception:\n            await session.rollback()\n            logging.exception("row")\n',
    },
    'after the block': { bad: 'from sqlalchemy.exc import IntegrityError\nfrom models import User, db\n\ndef register(name):\n    try:\n        db.session.add(User(name=name))\n        db.session.flush()\n    except IntegrityError:\n        name = name + "1"\n    user = db.session.query(User).filter_by(name=name).first()\n    return user\n' },
    'undone': { good: 'def add(db, item, flash):\n    try:\n        db.session.add(item)\n        db.session.commit()\n    except Exception:\n        db.session.rollback()\n        flash("not saved")\n' },
    'a block that undoes by itself': { good: 'def add(session, item, log):\n    with session.begin():\n        session.add(item)\n    try:\n        with session.begin_nested():\n            session.add(item)\n            session.flush()\n    except Exception:\n        log("x")\n    session.commit()\n' },
    'the request ends': { good: 'from flask import Flask, flash\nfrom models import db\napp = Flask(__name__)\n@app.post("/a")\ndef add():\n    try:\n        db.session.commit()\n    except Exception:\n        flash("not saved")\n        return "no", 500\n    db.session.add(1)\n    return "ok"\n' },
    'passed on': { good: 'from fastapi import HTTPException\n\ndef add(db, item):\n    try:\n        db.add(item)\n        db.commit()\n    except Exception as error:\n        raise HTTPException(400) from error\n    db.refresh(item)\n' },
    'a session of its own': { good: 'import logging\nfrom db import SessionLocal\n\ndef work(rows):\n    for row in rows:\n        try:\n            with SessionLocal() as session:\n                session.add(row)\n                session.commit()\n        except Exception:\n            logging.exception("row")\n' },
    'closed in the end': { good: 'import logging\nfrom db import make_session\n\ndef work(rows):\n    for row in rows:\n        session = make_session()\n        try:\n            session.add(row)\n            session.commit()\n        except Exception:\n            logging.exception("row")\n        finally:\n            session.close()\n' },
    'rolled back by a helper': { good: 'from models import db, undo\n\ndef work(rows):\n    for row in rows:\n        try:\n            db.session.add(row)\n            db.session.commit()\n        except Exception:\n            undo(db.session)\n' },
    'another error is caught': { good: 'from models import db\n\ndef work(rows):\n    for row in rows:\n        try:\n            row.amount = int(row.text)\n            db.session.commit()\n        except ValueError:\n            continue\n' },
    'a commit of git': { good: 'def save(repos):\n    for repo in repos:\n        try:\n            repo.index.commit("x")\n        except Exception:\n            print("no")\n' },
    'tests': { path: 'tests/test_x.py', good: 'def test(session, rows):\n    for row in rows:\n        try:\n            session.commit()\n        except Exception:\n            pass\n' },
  }),
});

function writes() {
  const all = handler();
  return {
    kinds: all.kinds, callees: all.callees,
    *select(...given: Parameters<typeof all.select>): Iterable<Match> {
      for (const match of all.select(...given)) {
        const { handler: one, module } = match;
        if (module.language === 'python' && one.tries.some((each) => COMMITS.test(each)) && (catchesAll(one) || one.catches.some((each) => DATABASE_ERROR.test(each)))) yield match;
      }
    },
  };
}

/** How the code goes on with the session that failed; undefined when it is undone, given up, or passed on. */
function usedAgain({ handler: one, module }: Match, source: Source): 'here' | 'after' | 'loop' | undefined {
  if (one.reraises || one.does.includes('raise') || one.does.includes('rollback') || one.tries.some((each) => OPENS.test(each))) return undefined;
  const found = committed(one, source);
  const [func] = functionsAround(module, one.at);
  if (!found || !func) return undefined;
  const body = source.slice(one.body);
  // A helper that is given the session may do what is needed.
  if (/rollback|undo|abort|close\(|remove\(|expunge|reset\(/i.test(body) || new RegExp(`\\(\\s*${escaped(found.receiver)}\\s*[,)]`).test(body)) return undefined;
  const again = new RegExp(`\\b${escaped(found.receiver)}\\.(add|add_all|commit|flush|execute|query|scalars?|delete|merge|get|refresh)\\(`);
  if (again.test(body)) return 'here';
  const rest = source.slice({ start: one.at.end, end: func.at.end });
  if (/^\s*finally\s*:/m.test(rest) && /\.(close|rollback|remove)\(/.test(rest)) return undefined;
  if (isInLoop(one, func.body, source) && !one.does.some((each) => each === 'break' || each === 'return' || each === 'return-constant') && !isMadeInside(found.receiver, one, func.body, source)) return 'loop';
  if (one.does.some((each) => each === 'return' || each === 'return-constant' || each === 'continue' || each === 'break' || each === 'answer')) return undefined;
  // Later clauses of the same statement do not run after this one.
  const later = rest.split('\n').filter((line) => line.trim() !== '');
  const indentation = source.indentation(one.at.start);
  const from = later.findIndex((line) => /^\s*/.exec(line)?.[0] === indentation && !/^\s*(except|else|finally)\b/.test(line));
  return from >= 0 && again.test(later.slice(from).join('\n')) ? 'after' : undefined;
}

/** Receiver and method of the commit in the `try` block, as written. */
function committed(one: Handler, source: Source): { readonly receiver: string; readonly method: string; readonly awaited: boolean } | undefined {
  const wanted = new Set(one.tries.filter((each) => COMMITS.test(each)).map(lastName));
  for (const [, wait, receiver = '', method = ''] of source.slice(one.tryBody).matchAll(/(await\s+)?([A-Za-z_][\w.]*)\.(commit|flush)\(\s*\)/g)) {
    if (wanted.has(method)) return { receiver, method, awaited: wait !== undefined };
  }
  return undefined;
}

/** A `for` or `while` of the same function stands around the `try`, by the indentation of its lines. */
function isInLoop(one: Handler, body: Span, source: Source): boolean {
  return loopAbove(one, body, source) !== undefined;
}

function loopAbove(one: Handler, body: Span, source: Source): number | undefined {
  let depth = source.indentation(one.at.start).length;
  for (let start = source.lineStart(one.tryBody.start); start > source.lineStart(body.start);) {
    start = source.lineStart(start - 1);
    const line = source.slice({ start, end: source.lineEnd(start) });
    const own = /^\s*/.exec(line)?.[0].length ?? 0;
    if (line.trim() === '' || own >= depth) continue;
    depth = own;
    if (/^\s*(async\s+)?(for|while)\b/.test(line)) return start;
  }
  return undefined;
}

/** The session is made anew in each round. */
function isMadeInside(receiver: string, one: Handler, body: Span, source: Source): boolean {
  const start = loopAbove(one, body, source) ?? body.start;
  return new RegExp(`\\b${escaped(receiver)}\\s*(=[^=]|:)|\\bas\\s+${escaped(receiver)}\\b`).test(source.slice({ start, end: one.at.start }));
}

function escaped(name: string): string {
  return name.replace(/\./g, '\\.');
}
