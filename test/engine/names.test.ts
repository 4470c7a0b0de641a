import assert from 'node:assert/strict';
import { ProjectNames, sameNames } from '../../engine/project/names';
import { moduleOf, projectOf } from '../support/python';

describe('names of Python', () => {
  const cases: Readonly<Record<string, readonly [string, string]>> = {
    'an alias': ['import requests as rq\nrq.get("x")', 'requests.get'],
    'from, with an alias': ['from requests import get as fetch\nfetch("x")', 'requests.get'],
    'an instance': ['from flask import Flask\napp = Flask(__name__)\napp.run()', 'flask.Flask.run'],
    'a factory in the file': ['from flask import Flask\ndef make():\n    return Flask(__name__)\napp = make()\napp.run()', 'flask.Flask.run'],
    'an attribute of self': ['import requests\nclass Api:\n    def __init__(self):\n        self.s = requests.Session()\n    def go(self):\n        return self.s.get("x")', 'requests.Session.get'],
    'a with statement': ['import sqlite3\nwith sqlite3.connect("x") as conn:\n    conn.execute("y")', 'sqlite3.connect.execute'],
    'an annotated parameter': ['from sqlalchemy.orm import Session\ndef f(db: Session):\n    db.execute("x")', 'sqlalchemy.orm.Session.execute'],
    'an Annotated alias': ['from typing import Annotated\nfrom fastapi import Depends\nfrom sqlmodel import Session\nDep = Annotated[Session, Depends(get_db)]\ndef f(db: Dep):\n    db.exec("x")', 'sqlmodel.Session.exec'],
    'an instance that is called': ['import environ\nenv = environ.Env()\nenv("X")', 'environ.Env.__call__'],
    'a chain': ['import sqlite3\nsqlite3.connect("x").cursor().execute("y")', 'sqlite3.connect.cursor.execute'],
    'await': ['import asyncpg\nasync def f():\n    conn = await asyncpg.connect("x")\n    await conn.fetch("y")', 'asyncpg.connect.fetch'],
  };
  for (const [title, [text, expected]] of Object.entries(cases)) {
    it(title, async () => {
      const module = await moduleOf(text);
      assert.ok(module.calls.some((each) => each.callee === expected), module.calls.map((each) => each.callee).join(', '));
    });
  }

  const across: Readonly<Record<string, readonly [Readonly<Record<string, string>>, string]>> = {
    'an extension in another module': [{ 'app/__init__.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n', 'app/views.py': 'from app import db\ndef f():\n    db.session.execute("x")\n' }, 'flask_sqlalchemy.SQLAlchemy.session.execute'],
    'a relative import': [{ 'app/ext.py': 'from flask_limiter import Limiter\nlimiter = Limiter(key)\n', 'app/views.py': 'from .ext import limiter\nlimiter.limit("x")\n' }, 'flask_limiter.Limiter.limit'],
    'a re-export': [{ 'app/db.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n', 'app/__init__.py': 'from .db import db\n', 'app/v.py': 'from app import db\ndb.create_all()\n' }, 'flask_sqlalchemy.SQLAlchemy.create_all'],
    'a star import': [{ 'shop/base.py': 'from flask import Flask\napp = Flask("x")\n', 'shop/run.py': 'from shop.base import *\napp.run()\n' }, 'flask.Flask.run'],
    'a star import of a package whose modules are imported by stars': [{ 'shop/__init__.py': 'from .base import *\nfrom .web import *\n', 'shop/base.py': '', 'shop/web.py': 'from flask import Flask\napp = Flask("x")\n', 'run.py': 'from shop import *\napp.run()\n' }, 'flask.Flask.run'],
    'a name by a star that a module of the package has too': [{ 'shop/__init__.py': 'from .tools import *\n', 'shop/tools.py': 'import requests\ncache = requests.Session()\n', 'shop/cache.py': 'X = 1\n', 'run.py': 'from shop import cache\ncache.get("x")\n' }, 'requests.Session.get'],
    'stars that go round': [{ 'a.py': 'from b import *\n', 'b.py': 'from a import *\nfrom c import *\n', 'c.py': 'from a import *\nimport requests\ns = requests.Session()\n', 'run.py': 'from a import s\ns.get("x")\n' }, 'requests.Session.get'],
    'a source root that nothing declares': [{ 'backend/core/db.py': 'import sqlalchemy\nengine = sqlalchemy.create_engine("x")\n', 'backend/main.py': 'from core.db import engine\nengine.execute("x")\n' }, 'sqlalchemy.create_engine.execute'],
    'a factory elsewhere': [{ 'app/__init__.py': 'from flask import Flask\ndef create_app():\n    app = Flask("x")\n    return app\n', 'wsgi.py': 'from app import create_app\napp = create_app()\napp.run()\n' }, 'flask.Flask.run'],
    'a submodule that shares its name with its function': [{ 'app/api/__init__.py': 'from .watch import watch, other\n', 'app/api/watch.py': 'import requests\ndef watch():\n    return 1\ndef other():\n    return requests.Session()\n', 'app/main.py': 'from app.api import other\nother().get("x")\n' }, 'requests.Session.get'],
    'cyclic imports': [{ 'a.py': 'from b import x\n', 'b.py': 'from a import x\nx.run()\n' }, 'a.x.run'],
  };
  for (const [title, [files, expected]] of Object.entries(across)) {
    it(`across files: ${title}`, async () => {
      const project = await projectOf(files);
      const found = project.modules.flatMap((module) => module.calls.map((each) => each.callee));
      assert.ok(found.includes(expected), found.join(', '));
    });
  }

  it('are looked for once in a package of many stars, however many ways lead there', async () => {
    const names = Array.from({ length: 24 }, (_, index) => `part${index}`);
    const files = Object.fromEntries(names.map((name, index) => [`kit/${name}.py`, `from . import ${names[(index + 1) % names.length]}\nfrom .${names[(index + 7) % names.length]} import *\ndef f${index}():\n    nowhere.go()\n`]));
    const project = await projectOf({ ...files, 'kit/__init__.py': names.map((name) => `from .${name} import *\n`).join(''), 'run.py': 'import kit\nfrom kit import *\nkit.nowhere.go()\nf3()\n' });
    const callees = project.modules.flatMap((module) => module.path === 'run.py' ? module.calls.map((each) => each.callee) : []);
    assert.deepEqual(callees, ['kit.nowhere.go', 'kit.part3.f3']);
  });

  it('lead elsewhere when the module they lead through is another', async () => {
    const user = await moduleOf('from app import app\napp.run()\n', 'run.py');
    const names = new ProjectNames([await moduleOf('from flask import Flask\napp = Flask("x")\n', 'app.py'), user]);
    assert.equal(names.expand('app.app.run', user), 'flask.Flask.run');
    names.replace(await moduleOf('import quart\napp = quart.Quart("x")\n', 'app.py'), true);
    assert.equal(names.expand('app.app.run', user), 'quart.Quart.run');
  });

  const BEFORE = 'from a import b\nfrom stars import *\nclass Shop(Base):\n    limit = 1\ndef make():\n    return Shop()\nshop = make()\n';
  const others: Readonly<Record<string, string>> = {
    'an import': BEFORE.replace('import b', 'import c'), 'its target': BEFORE.replace('from a', 'from z'), 'a star': BEFORE.replace('stars', 'moons'), 'a class': BEFORE.replace('class Shop', 'class Store'),
    'a base': BEFORE.replace('(Base)', '(Other)'), 'an attribute of a class': BEFORE.replace('limit', 'limits'), 'a function': BEFORE.replace('def make', 'def mix'), 'what it returns': BEFORE.replace('return Shop()', 'return Other()'),
    'what it may return as well': BEFORE.replace('    return', '    if x:\n        return b()\n    return'), 'a name': BEFORE.replace('shop =', 'store ='), 'what that is made by': BEFORE.replace('= make()', '= other()'), 'one name more': `${BEFORE}x = 1\n`,
  };
  for (const [what, text] of Object.entries(others)) it(`are others with another: ${what}`, async () => { assert.equal(sameNames(await moduleOf(BEFORE), await moduleOf(text)), false); });

  const same: Readonly<Record<string, string>> = {
    nothing: BEFORE, 'a plain value': BEFORE.replace('limit = 1', 'limit = "two"'), 'a remark above': `# shop\n${BEFORE}`, 'a call': BEFORE.replace('    return', '    print(1)\n    return'), 'an attribute of something': `${BEFORE}shop.limit = 2\n`,
  };
  for (const [what, text] of Object.entries(same)) it(`are the same with another: ${what}`, async () => { assert.equal(sameNames(await moduleOf(BEFORE), await moduleOf(text)), true); });
});
