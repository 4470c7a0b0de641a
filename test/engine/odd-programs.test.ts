/** Programs that go round in circles or grow without measure: all rules judge them, none fails, and what stands beside them is still found. */
import assert from 'node:assert/strict';
import { openSession } from '../../engine/audit/open';
import type { Session } from '../../engine/audit/session';
import { openMemory } from '../../engine/workspace/memory';
import type { Grammars } from '../../engine/syntax/grammars';
import { testGrammars } from '../support/grammars';

const KEY = 'app.config["SECRET_KEY"] = "correct-horse-battery"\n';
const APP = `from flask import Flask\napp = Flask(__name__)\n${KEY}`;

describe('odd programs', function () {
  this.timeout(60_000);
  let grammars: Grammars;
  let session: Session | undefined;
  before(async () => { grammars = await testGrammars(); });
  afterEach(() => { session?.dispose(); session = undefined; });

  const judged = async (files: Readonly<Record<string, string>>): Promise<Session> => {
    session = openSession({ workspace: openMemory(files), grammars });
    await session.refresh();
    assert.deepEqual(session.notices().filter((each) => each.code === 'rule-failed').map((each) => each.message), []);
    return session;
  };
  const found = (of: Session, rule: string, path = 'app.py') => of.findings(path).filter((each) => each.rule === rule).length;

  it('modules that import each other, by name and by star', async () => {
    const of = await judged({
      'app.py': `from settings import *\nfrom settings import KEY\n${APP}app.config["JWT_SECRET_KEY"] = KEY\n`,
      'settings.py': 'from app import *\nfrom keys import KEY\nfrom app import app\n',
      'keys.py': 'from settings import KEY\nKEY = KEY or "another-fixed-key"\n',
    });
    assert.equal(found(of, 'secret-key-hardcoded'), 1);
  });

  it('names that every JavaScript object has', async () => {
    const names = Object.getOwnPropertyNames(Object.prototype).filter((name) => /^\w+$/.test(name));
    const lines = names.flatMap((name) => [`${name}("a", default=None)`, `os.${name}("X")`, `models.${name}("a")`, `app.config["${name}"] = os.environ.get("${name}")`, `env.${name}("${name}")`, `${name} = ${name}()`, `class ${name}_(db.Model):\n    ${name} = db.Column(db.${name})`]);
    const of = await judged({ 'app.py': `import os\nimport environ\nenv = environ.Env()\n${APP}${lines.join('\n')}\n`, Dockerfile: `FROM ${names[0] ?? ''}\nRUN ${names.join(' && ')}\nCMD ["${names[1] ?? ''}"]\n`, Procfile: names.map((name, index) => `p${index}: ${name} app:app`).join('\n') });
    assert.equal(found(of, 'secret-key-hardcoded'), 1);
  });

  it('a package that imports itself from within', async () => {
    const of = await judged({ 'shop/__init__.py': 'from .app import app\nfrom . import *\n', 'shop/app.py': `from . import app\nfrom .. import shop\n${APP}` });
    assert.equal(found(of, 'secret-key-hardcoded', 'shop/app.py'), 1);
  });

  it('classes that inherit from themselves and from each other', async () => {
    const of = await judged({ 'app.py': `${APP}class A(A):\n    x = A.x\nclass B(C):\n    SECRET_KEY = C.SECRET_KEY\nclass C(B):\n    SECRET_KEY = B.SECRET_KEY\napp.config.from_object(B)\napp.config.from_object("app.A")\n` });
    assert.equal(found(of, 'secret-key-hardcoded'), 1);
  });

  it('inheritance that goes round over files', async () => {
    await judged({ 'one.py': 'from two import Two\nclass One(Two):\n    name = Two.name\n', 'two.py': 'from one import One\nclass Two(One):\n    name = One.name\n', 'app.py': 'from one import One\nfrom flask import Flask\nclass App(One, Flask): pass\napp = App(__name__)\n' });
  });

  it('a table of 10,000 lines', async () => {
    const rows = Array.from({ length: 10_000 }, (_, at) => `    "key${at}": {"name": "value ${at}", "number": ${at}, "nested": [${at}, "x", None]},`).join('\n');
    const of = await judged({ 'app.py': `${APP}TABLE = {\n${rows}\n}\nchosen = TABLE["key9999"]["name"]\n` });
    assert.equal(found(of, 'secret-key-hardcoded'), 1);
  });

  it('a list of 10,000 calls and an expression of 5,000 operands', async () => {
    const of = await judged({ 'app.py': `${APP}CALLS = [\n${'    make("x", key=1),\n'.repeat(10_000)}]\ntext = ${Array.from({ length: 5000 }, (_, at) => `"part ${at}"`).join(' + ')}\n` });
    assert.equal(found(of, 'secret-key-hardcoded'), 1);
  });

  it('helpers that call themselves and each other', async () => {
    const of = await judged({
      'app.py': `import os\n${APP}def key(name):\n    return key(name)\ndef ping(name):\n    return pong(name) or os.getenv(name)\ndef pong(name):\n    return ping(name)\napp.config["JWT_SECRET_KEY"] = key("A")\napp.config["WTF_CSRF_SECRET_KEY"] = ping("B")\n`,
    });
    assert.equal(found(of, 'secret-key-hardcoded'), 1);
  });

  it('helpers that call each other over files with a visitor\'s data', async () => {
    await judged({
      'app.py': 'from flask import Flask, request\nfrom one import first\napp = Flask(__name__)\n@app.get("/x")\ndef x():\n    return first(request.args["q"])\n',
      'one.py': 'from two import second\ndef first(value):\n    return second(value)\n',
      'two.py': 'from one import first\ndef second(value, db=None):\n    db.execute("SELECT " + value)\n    return first(value)\n',
    });
  });

  it('names rebound in loops, and names that stand for themselves', async () => {
    const of = await judged({
      'app.py': `${APP}x = x\ny = z\nz = y\nkey = "a"\nfor key in [key, key + "b"]:\n    key = key + key\n    while key:\n        key = key[1:] + key\napp.config["SALT"] = key\ndef f(n):\n    for n in n:\n        n = n or f(n)\n    return n\n`,
    });
    assert.equal(found(of, 'secret-key-hardcoded'), 1);
  });

  it('definitions nested 80 deep, and decorators without end', async () => {
    const nested = Array.from({ length: 80 }, (_, at) => `${'    '.repeat(at)}def f${at}(a${at}):`).join('\n');
    const of = await judged({ 'app.py': `${APP}${nested}\n${'    '.repeat(80)}return eval(a0)\n${'@app.before_request\n'.repeat(500)}def hook(): pass\n` });
    assert.equal(found(of, 'secret-key-hardcoded'), 1);
  });

  it('a class of 2,000 methods and an if of 1,000 branches', async () => {
    const methods = Array.from({ length: 2000 }, (_, at) => `    def m${at}(self):\n        self.a${at} = self.m${(at + 1) % 2000}()\n        return self.a${(at + 7) % 2000}\n`).join('');
    const branches = Array.from({ length: 1000 }, (_, at) => `${at === 0 ? 'if' : 'elif'} mode == "${at}":\n    choice = "${at}"\n`).join('');
    const of = await judged({ 'app.py': `${APP}class Big:\n${methods}${branches}app.config["X"] = choice\n` });
    assert.equal(found(of, 'secret-key-hardcoded'), 1);
  });

  it('a name that may have any of thousands of values', async () => {
    const ways = Array.from({ length: 4000 }, (_, index) => `    if kind == ${index}:\n        query = build(query, ${index})\n`).join('');
    const of = await judged({ 'app.py': `${APP}import sqlite3\ndef run(kind, query):\n${ways}    sqlite3.connect("x").execute(query)\n    return query\n` });
    assert.equal(found(of, 'secret-key-hardcoded'), 1);
  });

  it('thousands of alternatives, of which every one is read', async () => {
    const alternatives = Array.from({ length: 4000 }, (_, index) => `    elif kind == ${index}:\n        pass\n`).join('');
    const of = await judged({ 'app.py': `${APP}import yaml\ndef run(kind, text):\n    if kind is None:\n        return yaml.load(text)\n${alternatives}    elif kind == "last":\n        return yaml.load(text + "")\n    else:\n        return yaml.load(text + "x")\n` });
    assert.equal(found(of, 'secret-key-hardcoded'), 1);
    assert.equal(found(of, 'yaml-unsafe-load'), 3);
  });
});
