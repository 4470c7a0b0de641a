/** After any edit, an open file's facts are those that a reading from nothing gives. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '../../rules';
import { unitReader } from '../../engine/audit/read';
import { registryOf } from '../../engine/audit/registry';
import { Documents } from '../../engine/syntax/documents';
import type { Grammars } from '../../engine/syntax/grammars';
import { testGrammars } from '../support/grammars';
import { random } from '../support/random';

const seed = Number(process.env['SHIPWORTHY_SEED'] ?? Date.now() % 1_000_000);
const ROUNDS = Number(process.env['SHIPWORTHY_EDITS'] ?? 25);

const PROGRAM = `import os
import sys
from flask import Flask, Blueprint, request, jsonify
from celery import Celery
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Index
from starlette.applications import Starlette
from starlette.routing import Route, Mount
from django.urls import path, include

DEBUG = os.environ.get("DEBUG") == "1"
KEYS = {"a": "one", "b": os.getenv("B", "two")}
if not DEBUG:
    sys.exit("only for development")
LIMIT = 10
db = SQLAlchemy()
def key(name):
    return os.getenv(name, KEYS["a"])
class Config:
    SECRET_KEY = key("SECRET_KEY")
    LIMIT = LIMIT
class Production(Config):
    SECRET_KEY = os.environ["SECRET_KEY"]
def check(value):
    if not value:
        raise RuntimeError("missing")
def create_app(config=Config):
    app = Flask(__name__)
    app.config.from_object(config)
    check(app.config["SECRET_KEY"])
    app.config.update(A=1, B=LIMIT, C=key("C"))
    for name in KEYS:
        print(name, KEYS[name])
    celery = Celery(app.name)
    x = 1
    y = x
    return app
app = create_app()
bp = Blueprint("shop", __name__, url_prefix="/shop")
@bp.route("/item/<name>", methods=["POST"])
def item(name):
    try:
        return jsonify(find(request.args["q"], name)), 404
    except Exception as error:
        pass
def find(query, name):
    db = connect()
    return db.execute("SELECT " + query + name)
class Shop(Flask):
    def __init__(self):
        self.client = connect()
    def go(self):
        return self.client.get(LIMIT)
class Order(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    total = db.Column(db.Float, default=LIMIT, nullable=False)
lines = db.Table("lines", db.Column("id", db.Integer, db.ForeignKey("order.id")))
Index("by_total", Order.total)
def register(app, where):
    app.register_blueprint(where)
register(app, bp)
@bp.before_request
def gate():
    pass
def serve():
    return Starlette(routes=[Route("/", gate), Mount("/x", routes=[Route("/y", gate)])])
urlpatterns = [path("a/", gate), path("b/", include([path("c/", gate)]))]
urlpatterns += [path("d/", gate)]
shop = Shop()
shop.run(debug=DEBUG, port=LIMIT)
`;

/** Longer than values are followed. */
const CHAIN = Array.from({ length: 21 }, (_, index) => index === 0 ? 'v0 = 1\n' : `v${index} = v${index - 1}\n`).join('');

describe('the memory of an open file', function () {
  this.timeout(60_000);
  let grammars: Grammars;
  const { interest } = registryOf(rules);
  const roots: ReadonlySet<string> = new Set(['app']);
  before(async () => { grammars = await testGrammars(); });

  /** Types a list of texts one after the other into one document, and reads each as the file of a closed document beside it. */
  const typed = (texts: readonly string[], what: string) => {
    const documents = new Documents(grammars);
    const reader = unitReader(grammars, documents, interest, () => roots);
    try {
      for (const [index, text] of texts.entries()) assert.deepEqual(reader.read('app.py', text, true), reader.read('app.py', text, false), `${what}, edit ${index}\n${text.slice(0, 3000)}`);
    } finally {
      documents.dispose();
    }
  };

  /** A line of a text typed letter by letter, somewhere in it. */
  const letters = (lines: readonly string[], at: number, what: string, where: number) => {
    const line = lines[at] ?? '';
    const column = Math.floor(where * line.length);
    return Array.from(what, (_, length) => lines.with(at, line.slice(0, column) + what.slice(0, length + 1) + line.slice(column)).join('\n'));
  };

  const edits: Readonly<Record<string, readonly [from: string, to: string]>> = {
    'a value that others use': ['LIMIT = 10', 'LIMIT = 20'],
    'a value becomes an environment variable': ['LIMIT = 10', 'LIMIT = int(os.environ["LIMIT"])'],
    'a name goes': ['LIMIT = 10\n', ''],
    'an import changes': ['import os\n', 'import os as system\n'],
    'a framework goes': ['from flask import Flask, Blueprint, request, jsonify\n', 'from quart import Quart as Flask, Blueprint, request, jsonify\n'],
    'a followed helper': ['return os.getenv(name, KEYS["a"])', 'return os.environ[name]'],
    'a table': ['"a": "one"', '"a": "three"'],
    'inside a long function': ['x = 1\n', 'x = 1\n    make(x)\n'],
    'what a factory returns': ['    return app\napp', '    return celery\napp'],
    'a refusing helper no longer refuses': ['raise RuntimeError("missing")', 'print("missing")'],
    'a condition that ends the program': ['if not DEBUG:\n    sys.exit("only for development")', 'if not DEBUG:\n    print("only for development")'],
    'what such a condition rests on': ['DEBUG = os.environ.get("DEBUG") == "1"', 'DEBUG = os.environ.get("ENV") == "production"'],
    'a base class': ['class Shop(Flask):', 'class Shop(object):'],
    'an attribute of a class': ['self.client = connect()', 'self.client = Flask("x")'],
    'a decorator': ['methods=["POST"]', 'methods=["GET"]'],
    'an inherited value': ['SECRET_KEY = key("SECRET_KEY")', 'SECRET_KEY = "fixed"'],
    'broken syntax': ['def find(query, name):', 'def find(query, name:'],
    'an open string': ['"/shop"', '"/shop'],
    'a line in front': ['import os\n', '"""Shop."""\nimport os\n'],
    'the same line twice': ['app = create_app()\n', 'app = create_app()\napp = create_app()\n'],
    'a definition of the same name later': ['shop = Shop()\n', 'def key(name):\n    return "k"\nshop = Shop()\n'],
    'a blueprint': ['bp = Blueprint("shop", __name__, url_prefix="/shop")', 'bp = make("shop")'],
    'all of it': [PROGRAM, 'x = 1\n'],
  };
  for (const [title, [from, to]] of Object.entries(edits)) {
    it(`holds for: ${title}, there and back`, () => {
      assert.ok(PROGRAM.includes(from));
      const after = PROGRAM.replace(from, () => to);
      typed([PROGRAM, after, PROGRAM, after], title);
    });
  }

  const others: Readonly<Record<string, readonly string[]>> = {
    'a route behind a framework that is imported late': ['from flask import abort\nfrom shop import shop\n@shop.route("/a")\ndef a():\n    return 1\nimport fastapi\n@shop.route("/b")\ndef b():\n    return 1\n', 'from flask import abort\nfrom shop import shop\n@shop.route("/a")\ndef a():\n    return 1\nimport fastapi\n@shop.route("/b")\ndef b():\n    return find(1)\n'],
    'a framework that nothing names': ['from shop import shop\n@shop.route("/a")\ndef a():\n    return 1\n', 'import flask\nfrom shop import shop\n@shop.route("/a")\ndef a():\n    return 1\n'],
    'a framework imported in a function': ['from shop import shop\ndef first():\n    import flask\n@shop.route("/a")\ndef a():\n    return 1\n', 'from shop import shop\ndef first():\n    import os\n@shop.route("/a")\ndef a():\n    return 1\n'],
    'the first `global`, which makes state of numbers elsewhere': ['COUNT = 0\ndef first():\n    print()\n    #global OTHER\n    return 1\ndef count():\n    COUNT[0] = 1\n', 'COUNT = 0\ndef first():\n    print()\n    global OTHER\n    return 1\ndef count():\n    COUNT[0] = 1\n'],
    'the first `global`, of a number that is counted there': ['COUNT = 0\ndef count():\n    print()\n    #global COUNT\n    COUNT += 1\n', 'COUNT = 0\ndef count():\n    print()\n    global COUNT\n    COUNT += 1\n'],
    'a list of routes that is wrapped below': ['from django.urls import path\nurlpatterns = [path("a/", view)]\nurlpatterns = decorated(urlpatterns, require_admin)\nx = 1\n', 'from django.urls import path\nurlpatterns = [path("a/", view)]\nurlpatterns = decorated(urlpatterns, require_admin)\nx = 2\n'],
    'a loop above a line that is indented too far': ['def f():\n    db = connect()\n        print(db)\n    return 1\n', 'def f():\n    for name in KEYS:\n        print(db)\n    return 1\n'],
    'a value behind a long chain of names': [`${CHAIN}last = v20\n`, `${CHAIN}final = v20\n`],
  };
  for (const [title, [before = '', after = '']] of Object.entries(others)) {
    it(`holds for: ${title}, there and back`, () => { typed([before, after, before, after], title); });
  }

  it(`holds for lines cut, moved and typed anywhere (seed ${seed})`, () => {
    const chance = random(seed);
    const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(chance() * list.length)];
    const folder = 'examples/not-ready';
    const others = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.py')).map((name) => readFileSync(join(folder, name), 'utf8'));
    for (const start of [PROGRAM, PROGRAM + others.join('\n')]) {
      const texts = [start];
      for (let round = 0; round < ROUNDS; round++) {
        const lines = (texts.at(-1) ?? '').split('\n');
        const at = Math.floor(chance() * lines.length);
        const what = chance();
        if (what < 0.3) lines.splice(at, 1 + Math.floor(chance() * 3));
        else if (what < 0.6) lines.splice(at, 0, pick(PROGRAM.split('\n')) ?? '');
        else if (what < 0.8) lines[at] = (lines[at] ?? '').replace(/\w(?=\W|$)/, (letter) => `${letter}x`);
        else if (what < 0.9) lines[at] = (lines[at] ?? '').slice(0, Math.floor(chance() * 20));
        else if (what < 0.95) texts.push(...letters(lines, at, pick(['shop_', 'x = f("a")', '.get(LIMIT', ' # TODO', '"']) ?? '', chance()));
        else lines.splice(at, 0, pick(['x = LIMIT', 'def key(name): return LIMIT', 'from flask import *', 'os = None', 'if DEBUG: raise SystemExit', 'bp = None', 'urlpatterns = []', 'class Config: pass', 'for item in KEYS: find(item, x)']) ?? '');
        texts.push(lines.join('\n'));
        if (chance() < 0.2) texts.push(start);
      }
      typed(texts, `SHIPWORTHY_SEED=${seed}`);
    }
  });
});
