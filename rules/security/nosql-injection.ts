import type { CallMatch, Context, Edit, Project, Selector, Value, Variation, Way } from '../kit';
import { alongWay, call, functionAt, lastName, placesOf, readBy, replace, rule, wayTo } from '../kit';

const SURE = ['find_one', 'find_one_and_update', 'find_one_and_delete', 'find_one_and_replace', 'update_one', 'update_many', 'delete_one', 'delete_many', 'count_documents', 'replace_one'] as const;
/** Other things have methods of these names too. */
const SHARED = ['find', 'aggregate', 'distinct'] as const;
const MONGO = /^(pymongo|motor|flask_pymongo|mongoengine|flask_mongoengine|beanie|odmantic|umongo|mongomock|pymongo_inmemory|bson)(\.|$)/;

export default rule<CallMatch>({
  id: 'nosql-injection',
  title: 'Document queries do not accept operators from the client',
  severity: 'high', points: 15, confidence: 'likely', blocks: { when: 'a filter is made from the request', holds: () => true }, effort: 'S', since: '1',
  why: 'A JSON body can carry {"$ne": null} where a string is expected, which turns a password check into \'any user\'. Drivers do not refuse it.',
  how: 'Validate the body with a schema or cast each value.',
  links: ['https://cwe.mitre.org/data/definitions/943.html', 'https://cheatsheetseries.owasp.org/cheatsheets/Injection_Prevention_Cheat_Sheet.html'],
  anchors: ['njsscan node_nosqli_injection', 'CWE-943'],

  on: queries(),
  check: (it, context) => {
    const danger = dangerIn(it, context);
    if (!danger) return false;
    return alongWay(danger.way, danger.code ? CODE : isLookup(it) ? LOOKUP : true);
  },
  message: (it, context) => {
    const danger = dangerIn(it, context);
    return `${readBy(danger?.value, context.source)} reaches the filter of ${it.call.written}() ${danger?.code ? 'as code' : 'without a type check, so the client can send operators'}.`;
  },
  underline: (it, context) => dangerIn(it, context)?.value.at ?? it.call.calleeAt,
  related: (it, context) => placesOf(dangerIn(it, context)?.way, { path: context.unit.path, ...it.call.calleeAt, text: `asked by ${it.call.written}()` }),
  holds: (it) => filterOf(it)?.kind === 'dict' ? 'The filter takes no operators of a client' : undefined,
  nothing: 'No document database is asked.',
  summary: (count) => count === 1 ? 'The only document query takes no operators from a client' : `${count} document queries, none takes operators from a client`,

  fix: { title: 'Cast the value to a string', safety: 'review', edit: cast },

  examples: () => ({
    'the whole body': { bad: 'def listing(db, request):\n    return db.users.find_one(request.json)\n' },
    'a login': { bad: 'def login(db, request):\n    return db.users.find_one(request.json)\n', severity: 'critical' },
    'a value of JSON': {
      bad: 'from flask import request\nfrom app import mongo\n\ndef orders():\n    return mongo.db.orders.count_documents({"owner": request.json["owner"]})\n',
      good: 'from flask import request\nfrom app import mongo\n\ndef orders():\n    return mongo.db.orders.count_documents({"owner": str(request.json["owner"])})\n',
    },
    'a password, by way of names': { bad: 'from flask import Flask, request\nfrom pymongo import MongoClient\n\napp = Flask(__name__)\ndb = MongoClient().shop\n\n@app.post("/login")\ndef login():\n    data = request.get_json()\n    name = data.get("name")\n    return db.users.find_one({"name": name, "password": "x"})\n', severity: 'critical' },
    'a table of FastAPI': { bad: 'from fastapi import FastAPI\nfrom motor.motor_asyncio import AsyncIOMotorClient\n\napp = FastAPI()\ndb = AsyncIOMotorClient().shop\n\n@app.post("/search")\nasync def search(body: dict):\n    return await db.items.find(body).to_list(20)\n' },
    'code for the server': { bad: 'from flask import request\nfrom pymongo import MongoClient\n\ndb = MongoClient().shop\n\ndef search():\n    return list(db.items.find({"$where": "this.name == \'" + request.args["q"] + "\'"}))\n', severity: 'critical' },
    'by way of a function': { bad: { 'app.py': 'from flask import Flask, request\nfrom store import orders_of\n\napp = Flask(__name__)\n\n@app.post("/orders")\ndef orders():\n    return orders_of(request.json["owner"])\n', 'store.py': 'from pymongo import MongoClient\n\ndb = MongoClient().shop\n\ndef orders_of(owner):\n    return list(db.orders.find({"owner": owner}))\n' } },
    'cast': { good: 'def login(db, request):\n    return db.users.find_one({"email": str(request.json["email"])})\n' },
    'forms and addresses are text': { good: 'from flask import Flask, request\nfrom pymongo import MongoClient\n\napp = Flask(__name__)\ndb = MongoClient().shop\n\n@app.post("/login")\ndef login():\n    return db.users.find_one({"name": request.form["name"], "city": request.args.get("city")})\n\n@app.get("/items/<name>")\ndef item(name):\n    return db.items.find_one({"name": name})\n' },
    'a field of a model': { good: 'from fastapi import FastAPI\nfrom motor.motor_asyncio import AsyncIOMotorClient\nfrom pydantic import BaseModel\n\napp = FastAPI()\ndb = AsyncIOMotorClient().shop\n\nclass Login(BaseModel):\n    name: str\n\n@app.post("/login")\nasync def login(body: Login):\n    return await db.users.find_one({"name": body.name})\n' },
    'an id': { good: 'from bson import ObjectId\nfrom flask import request\nfrom app import mongo\n\ndef order():\n    return mongo.db.orders.find_one({"_id": ObjectId(request.json["id"]), "state": "open", "size": int(request.json["size"])})\n' },
    'compared with eq': { good: 'from flask import request\nfrom app import mongo\n\ndef order():\n    return mongo.db.orders.find_one({"name": {"$eq": request.json["name"]}})\n' },
    'its type is looked at': { good: 'from flask import abort, request\nfrom app import mongo\n\ndef order():\n    name = request.json["name"]\n    if not isinstance(name, str):\n        abort(400)\n    return mongo.db.orders.find_one({"name": name})\n' },
    'find of something else': { good: 'from flask import request\n\ndef position(text, soup):\n    return text.find(request.json["x"]), soup.find(request.json["y"]), Order.objects.aggregate(request.json)\n' },
    'tests': { path: 'tests/test_db.py', good: 'def test_it(db, request):\n    db.users.find_one(request.json)\n' },
  }),
});

const LOOKUP: Variation = { severity: 'critical', points: 40, because: 'the query decides who somebody is' };
const CODE: Variation = { severity: 'critical', points: 40, because: 'the database runs it as code' };

function queries(): Selector<CallMatch> {
  const all = call(...[...SURE, ...SHARED].map((each) => `*.${each}`));
  return {
    kinds: all.kinds, callees: all.callees,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const match of all.select(unit, project)) if (SURE.some((each) => each === lastName(match.call.callee)) || speaksMongo(match, project)) yield match;
    },
  };
}

function speaksMongo({ call: one, module }: CallMatch, project: Project): boolean {
  return MONGO.test(one.callee) || (one.written.split('.').length > 2 && (module.imports.some((each) => MONGO.test(each.target)) || (/(^|\.)(mongo|mdb|motor)\w*\./.test(one.written) && project.once('mongo', () => project.modules.some((each) => each.imports.some((one) => MONGO.test(one.target)))))));
}

function filterOf(it: CallMatch): Value | undefined {
  return it.argument('filter', 0) ?? it.argument('pipeline');
}

interface Danger { readonly value: Value; readonly way: Way; readonly code: boolean }

function dangerIn(it: CallMatch, context: Context): Danger | undefined {
  const filter = filterOf(it);
  if (!filter) return undefined;
  for (const { value, key } of partsOf(filter)) {
    const way = wayTo(value, it, context, { checked: (passage, leg) => isText(leg.whole) || passage.names.some((name) => new RegExp(`isinstance\\(\\s*${name}\\b`).test(passage.before)) });
    if (!way) continue;
    if (/^\$(where|function|accumulator)$/.test(key)) return { value, way, code: true };
    // What comes as JSON may be a table of operators; a whole form may hold keys that are.
    const table = isJson(way) || (key === '' && /request\.(form|args|GET|POST|values)\b(?!\[|\.get\()/.test(way.read));
    if (table && key !== '$eq') return { value, way, code: false };
  }
  return undefined;
}

function partsOf(value: Value, key = ''): readonly { readonly value: Value; readonly key: string }[] {
  if (value.kind === 'dict') return value.entries.flatMap((each) => partsOf(each.value, each.key.kind === 'text' ? each.key.value : '?'));
  if (isText(value)) return [];
  return value.kind === 'list' && key === '' ? value.items.flatMap((each) => partsOf(each)) : value.kind === 'list' || value.kind === 'joined' && !key.startsWith('$') ? [] : [{ value, key }];
}

/** `str(x)`: a table would be its own text. */
function isText(value: Value): boolean {
  return value.kind === 'result' && /^(str|repr|(builtins\.)?str)$/.test(value.callee);
}

/** It was read from a body of JSON, and no schema has looked at it. */
function isJson(way: Way): boolean {
  if (/request\.(json|get_json|data|body)|\.json\(\)|get_json\(/.test(way.read)) return true;
  const [first] = way.legs;
  const func = first && functionAt(first.module, first);
  const annotation = func?.parameters.find((each) => each.name === way.read)?.annotation;
  return annotation !== undefined && /^(dict|typing\.(Dict|Any|Mapping)|Dict|Any)$/.test(annotation);
}

/** A login, a reset, a token: by the function, or by what is asked for. */
function isLookup(it: CallMatch): boolean {
  const filter = filterOf(it);
  const keys = filter?.kind === 'dict' ? filter.entries.map((each) => each.key.kind === 'text' ? each.key.value : '') : [];
  return /login|log_in|signin|sign_in|authenticate|reset|verify_token|forgot/i.test(lastName(it.call.scope)) || keys.some((each) => /pass(word|wd)|token|otp|secret/i.test(each));
}

// ---- the fix

function cast(it: CallMatch, context: Context): readonly Edit[] | undefined {
  const danger = dangerIn(it, context);
  if (!danger || danger.code || filterOf(it)?.kind !== 'dict' || danger.way.legs.length > 1) return undefined;
  const { at } = danger.value;
  const inside = at.start >= it.call.argumentsAt.start && at.end <= it.call.argumentsAt.end;
  return inside ? [replace(at, `str(${context.source.slice(at)})`)] : undefined;
}
