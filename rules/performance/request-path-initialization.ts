import type { Call, Context, Module, Selector, Variation } from '../kit';
import { functionsAround, lastName, onlyInDevelopment, onlyInRequests, rule, stepsFromRequest } from '../kit';

interface Made { readonly call: Call; readonly module: Module; readonly what: string; readonly light: boolean }

interface Kind { readonly callees: readonly string[]; readonly what: string; readonly light?: true }
const KINDS: readonly Kind[] = [
  { callees: ['pymongo.MongoClient', 'pymongo.mongo_client.MongoClient', 'pymongo.AsyncMongoClient', 'motor.motor_asyncio.AsyncIOMotorClient', 'redis.Redis', 'redis.StrictRedis', 'redis.from_url', 'redis.Redis.from_url', 'redis.ConnectionPool', 'redis.asyncio.Redis', 'redis.asyncio.from_url', 'redis.asyncio.Redis.from_url', 'sqlalchemy.create_engine', 'sqlalchemy.ext.asyncio.create_async_engine', 'sqlmodel.create_engine', 'asyncpg.create_pool', 'psycopg2.pool.SimpleConnectionPool', 'psycopg2.pool.ThreadedConnectionPool', 'psycopg_pool.ConnectionPool', 'elasticsearch.Elasticsearch', 'elasticsearch.AsyncElasticsearch', 'kafka.KafkaProducer'], what: 'makes a client with connections of its own' },
  { callees: ['*.create_index', '*.ensure_index', '*.create_indexes'], what: 'builds an index' },
  { callees: ['*.create_all'], what: 'looks for every table' },
  { callees: ['torch.load', 'joblib.load', 'tensorflow.keras.models.load_model', 'keras.models.load_model', 'sentence_transformers.SentenceTransformer', 'spacy.load', 'whisper.load_model', 'ultralytics.YOLO', 'transformers.pipeline', 'easyocr.Reader', 'transformers.from_pretrained', 'diffusers.from_pretrained'], what: 'loads a model' },
  { callees: ['boto3.client', 'boto3.resource'], what: 'makes a client', light: true },
];
const BY_NAME: ReadonlyMap<string, Kind> = new Map(KINDS.flatMap((kind) => kind.callees.map((name) => [name, kind] as const)));

export default rule<Made>({
  id: 'request-path-initialization',
  title: 'Clients, indexes and models are set up once',
  severity: 'medium', points: 6, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'Each request opens connections or builds indexes, which costs more than the query and exhausts the server. It shows only under load.',
  how: 'Build it once at the start and share it.',
  links: ['https://fastapi.tiangolo.com/advanced/events/', 'https://pymongo.readthedocs.io/en/stable/faq.html'],
  anchors: ['CWE-400'],

  on: made(),
  check: (it, context) => isEachTime(it, context) && (it.light ? LIGHT : true),
  message: ({ call: one, what, module }) => `${one.written}() ${what} on every request of ${functionsAround(module, one.at)[0]?.name ?? 'this page'}().`,
  underline: ({ call: one }) => one.calleeAt,
  nothing: 'No request sets up a client, an index or a model.',

  examples: () => ({
    'a client of MongoDB': { bad: 'from fastapi import FastAPI\nfrom pymongo import MongoClient\napp = FastAPI()\n@app.get("/items")\ndef items():\n    return list(MongoClient("mongodb://db").shop.items.find({}, {"_id": 0}).limit(50))\n', path: 'main.py' },
    'an index in a helper of middleware': { bad: 'from fastapi import FastAPI\napp = FastAPI()\nasync def rate_limit(request, db):\n    await db.hits.create_index("ts", expireAfterSeconds=60)\n    await db.hits.insert_one({"key": request.client.host})\n@app.middleware("http")\nasync def middleware(request, call_next):\n    await rate_limit(request, request.app.state.db)\n    return await call_next(request)\n', path: 'limiter.py' },
    'an engine in a dependency': { bad: 'from fastapi import Depends, FastAPI\nfrom sqlalchemy import create_engine\nfrom sqlalchemy.orm import Session\napp = FastAPI()\ndef get_db():\n    engine = create_engine("postgresql://db")\n    with Session(engine) as session:\n        yield session\n@app.get("/items")\ndef items(db: Session = Depends(get_db)):\n    return []\n', path: 'main.py' },
    'a model of a learner': { bad: 'import joblib\nfrom flask import Flask, request\napp = Flask(__name__)\n@app.post("/predict")\ndef predict():\n    model = joblib.load("model.joblib")\n    return str(model.predict([request.json["x"]]))\n' },
    'tables before each request': { bad: 'from flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\napp = Flask(__name__)\ndb = SQLAlchemy(app)\n@app.before_request\ndef tables():\n    db.create_all()\n' },
    'Redis in a route': { bad: 'import redis\nfrom flask import Flask\napp = Flask(__name__)\n@app.get("/hits")\ndef hits():\n    return str(redis.Redis(host="cache").incr("hits"))\n' },
    'a client of AWS': { bad: 'import boto3\nfrom flask import Flask\napp = Flask(__name__)\n@app.get("/file")\ndef file():\n    s3 = boto3.client("s3")\n    return s3.generate_presigned_url("get_object")\n', severity: 'low' },
    'once, in a lifespan': { path: 'main.py', good: 'from contextlib import asynccontextmanager\nfrom fastapi import FastAPI\nfrom pymongo import MongoClient\n@asynccontextmanager\nasync def lifespan(app):\n    app.state.db = MongoClient("mongodb://db").shop\n    app.state.db.items.create_index("sku")\n    yield\napp = FastAPI(lifespan=lifespan)\n' },
    'a session of a shared factory': { path: 'deps.py', good: 'from db import SessionLocal\ndef get_db():\n    db = SessionLocal()\n    try:\n        yield db\n    finally:\n        db.close()\n' },
    'a getter that is cached': { path: 'main.py', good: 'from functools import lru_cache\nfrom fastapi import Depends, FastAPI\nfrom pymongo import MongoClient\napp = FastAPI()\n@lru_cache\ndef client():\n    return MongoClient("mongodb://db")\n@app.get("/items")\ndef items(c=Depends(client)):\n    return client().shop.items.find_one()\n' },
    'a global that is made once': { path: 'main.py', good: 'import joblib\nfrom fastapi import FastAPI\nfrom pymongo import MongoClient\napp = FastAPI()\n_client = None\n_model = None\ndef client():\n    global _client\n    if _client is None:\n        _client = MongoClient("mongodb://db")\n    return _client\ndef model():\n    global _model\n    if not _model:\n        made = joblib.load("m")\n        _model = made\n    return _model\n@app.get("/items")\ndef items():\n    return [client().shop.items.find_one(), model().predict([1])]\n' },
    'kept on the application': { good: 'import redis\nfrom flask import Flask, current_app\napp = Flask(__name__)\ndef cache():\n    if "cache" not in current_app.extensions:\n        current_app.extensions["cache"] = redis.Redis()\n    return current_app.extensions["cache"]\n@app.get("/hits")\ndef hits():\n    return str(cache().incr("hits"))\n' },
    'at the start, and in a factory': { good: 'from flask import Flask\nfrom sqlalchemy import create_engine\nfrom flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nengine = create_engine("postgresql://db")\ndef create_app():\n    app = Flask(__name__)\n    db.init_app(app)\n    with app.app_context():\n        db.create_all()\n    @app.get("/")\n    def index():\n        return "ok"\n    return app\n' },
    'what the start calls as well': { path: 'main.py', good: 'import redis\nfrom fastapi import FastAPI\napp = FastAPI()\ndef connect():\n    return redis.Redis()\n@app.on_event("startup")\ndef start():\n    app.state.redis = connect()\n@app.post("/reconnect")\ndef reconnect():\n    app.state.redis = connect()\n' },
    'a page that sets the application up': { good: 'from flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\napp = Flask(__name__)\ndb = SQLAlchemy(app)\n@app.post("/setup")\ndef setup():\n    db.create_all()\n    return "done"\n' },
    'a connection that is tried': { good: 'from flask import Flask\nfrom sqlalchemy import create_engine\napp = Flask(__name__)\n@app.post("/connections/test")\ndef test_connection():\n    create_engine("postgresql://other").connect()\n    return "works"\n' },
    'a command': { good: 'from flask import Flask\nfrom sqlalchemy import create_engine\napp = Flask(__name__)\n@app.cli.command()\ndef fill():\n    create_engine("postgresql://db")\n' },
    'a client for each request, of the default kind': { path: 'main.py', good: 'import httpx\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.get("/rate")\nasync def rate():\n    async with httpx.AsyncClient(timeout=5) as client:\n        return (await client.get("https://api.example.com/rate")).json()\n' },
    'tests': { path: 'tests/test_a.py', good: 'from pymongo import MongoClient\nfrom main import app\n@app.get("/x")\ndef x():\n    return MongoClient("mongodb://db").shop.items.find_one()\n' },
  }),
});

const LIGHT: Variation = { severity: 'low', points: 2, because: 'it only reads its descriptions anew' };

function made(): Selector<Made> {
  return {
    kinds: ['module'], callees: KINDS.flatMap((each) => each.callees),
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const call of unit.calls) {
        const kind = BY_NAME.get(call.callee) ?? BY_NAME.get(`*.${lastName(call.callee)}`) ?? (/^(transformers|diffusers)\.\w+\.from_pretrained$/.test(call.callee) ? BY_NAME.get('transformers.from_pretrained') : undefined);
        if (!kind || call.scope === '' || project.func(call.callee) !== undefined || onlyInDevelopment(call) || stepsFromRequest(project, unit, call) === undefined) continue;
        yield { call, module: unit, what: kind.what, light: kind.light ?? false };
      }
    },
  };
}

const CACHED = /(^|[._])(lru_cache|cache|cached|cached_property|memoize|singleton|once|alru_cache|st\.cache_resource)$/;
const PURPOSE = /(^|_)(setup|install|init|initialize|init_db|reset|migrate|test|check|ping|health\w*|ready\w*|live\w*|status|seed|reindex|rebuild|create_tables|connect|reconnect|validate|verify|import|upload_model|train|reload)(_|$)/i;

/** Nothing but requests leads to it, what it makes is not kept, and the page is not there for it. */
function isEachTime({ call, module }: Made, { project, source }: Context): boolean {
  if (!onlyInRequests(project, module, call)) return false;
  const around = functionsAround(module, call.at);
  if (around.some((func) => PURPOSE.test(func.name) || func.decorators.some((each) => CACHED.test(each.name)))) return false;
  if (call.boundTo !== undefined && /[.[]/.test(call.boundTo)) return false;
  if (call.guards.some((each) => /\bis None\b|\bnot\s+\w|\bnot in\b|hasattr|is not None/.test(source.slice(each.at)))) return false;
  const [func] = around;
  return func === undefined || !/\bglobal\s+\w/.test(source.slice(func.body));
}
