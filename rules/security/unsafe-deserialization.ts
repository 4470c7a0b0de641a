import type { CallMatch, Context, Selector, Setting, Value, Variation, Way } from '../kit';
import { alongWay, anyOf, call, isOwn, lastName, options, placesOf, readBy, rule, seenInProduction, setting, taintIn, wayTo } from '../kit';

const MODULES = ['pickle', 'cPickle', '_pickle', 'dill', 'cloudpickle', 'marshal'] as const;
/** They take the bytes themselves. */
const OF_BYTES = [...MODULES.map((name) => `${name}.loads`), 'jsonpickle.decode', 'jsonpickle.loads'] as const;
/** They take a file or its path. */
const OF_FILES = [...MODULES.map((name) => `${name}.load`), 'joblib.load', 'shelve.open', 'pandas.read_pickle', 'torch.load', 'numpy.load', 'pickle.Unpickler', 'dill.Unpickler'] as const;

export default rule<CallMatch | Setting>({
  id: 'unsafe-deserialization',
  title: 'Untrusted bytes are not unpickled',
  severity: 'high', points: 15, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: 'Unpickling calls functions named inside the data, so whoever writes the bytes runs code in the server. Signatures help only while the key stays secret.',
  how: 'Exchange JSON, MessagePack or a schema format; sign and version anything that must stay binary.',
  links: ['https://docs.python.org/3/library/pickle.html', 'https://cheatsheetseries.owasp.org/cheatsheets/Deserialization_Cheat_Sheet.html'],
  anchors: ['bandit B301', 'bandit B302', 'ruff S301', 'ruff S302', 'semgrep avoid-pickle', 'njsscan node_deserialize', 'CWE-502'],

  on: anyOf(loads(), setting('SESSION_SERIALIZER')),
  check: (it, context) => 'call' in it ? gradeOf(it, context) : isPickle(it.value) && seenInProduction(it, context.project),
  message: (it, context) => 'call' in it ? `${it.call.written}() rebuilds objects from ${origin(it, context)}.` : 'Sessions are pickled: who knows the signing key runs code in the server.',
  underline: (it) => 'call' in it ? it.call.calleeAt : it.assignment.value.at,
  related: (it, context) => 'call' in it ? placesOf(visitors(it, context), { path: context.unit.path, ...it.call.calleeAt, text: `rebuilt by ${it.call.written}()` }) : [],
  nothing: 'No objects are rebuilt from bytes.',

  examples: () => ({
    'the body of a request': { bad: 'import pickle\nfrom flask import request\ndef restore():\n    return pickle.loads(request.data)\n', severity: 'critical' },
    'what a store holds': { bad: 'import pickle\ndef job(redis):\n    return pickle.loads(redis.get("job:1"))\n' },
    'JSON': { good: 'import json\nfrom flask import request\ndef restore():\n    return json.loads(request.data)\n' },
    'constant file shipped with the package': { good: 'import pickle\nwith open("data/model.pkl", "rb") as f:\n    MODEL = pickle.load(f)\n' },
    'a cookie, decoded': { bad: 'import base64\nimport pickle\nfrom flask import request\n\ndef cart():\n    raw = request.cookies.get("cart", "")\n    return pickle.loads(base64.b64decode(raw))\n', severity: 'critical' },
    'an upload': { bad: 'import joblib\nfrom flask import request\n\ndef upload():\n    return joblib.load(request.files["model"])\n', severity: 'critical' },
    'an upload of FastAPI': { bad: 'import pickle\nfrom fastapi import FastAPI, UploadFile\n\napp = FastAPI()\n\n@app.post("/model")\nasync def model(file: UploadFile):\n    return pickle.loads(await file.read())\n', severity: 'critical' },
    'bytes in a buffer': { bad: 'import io\nimport pandas as pd\nfrom flask import request\n\ndef frame():\n    return pd.read_pickle(io.BytesIO(request.get_data()))\n', severity: 'critical' },
    'a client made by its library': { bad: 'import pickle\nimport redis\n\nstore = redis.Redis()\n\ndef job(key):\n    raw = store.get(key)\n    if raw is None:\n        return None\n    return pickle.loads(raw)\n' },
    'a socket': { bad: 'import pickle\n\ndef serve(sock):\n    return pickle.loads(sock.recv(4096))\n' },
    'a message of a queue': { bad: 'import pickle\nimport pika\n\ndef on_message(channel, method, properties, body):\n    handle(pickle.loads(body))\n' },
    'a file that an argument names': { bad: 'import pickle\n\ndef load(path):\n    with open(path, "rb") as f:\n        return pickle.load(f)\n', severity: 'medium' },
    'a model that an argument names': { bad: 'import torch\n\ndef load(path):\n    return torch.load(path)\n', severity: 'medium' },
    'bytes of unknown origin': { bad: 'import pickle\n\ndef restore(blob):\n    return pickle.loads(blob)\n', severity: 'medium' },
    'Django sessions': { bad: 'SECRET_KEY = "x"\nINSTALLED_APPS = []\nSESSION_SERIALIZER = "django.contrib.sessions.serializers.PickleSerializer"\n', path: 'shop/settings.py' },
    'Django sessions as JSON': { good: 'INSTALLED_APPS = []\nSESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"\n', path: 'shop/settings.py' },
    'weights alone': { good: 'import numpy as np\nimport torch\n\ndef load(path):\n    return torch.load(path, weights_only=True), np.load(path), np.load(path, allow_pickle=False)\n' },
    'arrays with objects': { bad: 'import numpy as np\n\ndef load(path):\n    return np.load(path, allow_pickle=True)\n', severity: 'medium' },
    'a path of settings': { good: 'import os\nimport joblib\nfrom config import settings\n\nBASE = os.path.dirname(os.path.abspath(__file__))\n\ndef load():\n    return joblib.load(os.path.join(BASE, "models", "churn.joblib")), joblib.load(settings.MODEL_PATH)\n' },
    'a path of pathlib': { good: 'import pickle\nfrom pathlib import Path\n\nBASE = Path(__file__).parent\n\ndef load():\n    return pickle.loads((BASE / "model.pkl").read_bytes()), pickle.load(open(BASE / "other.pkl", "rb"))\n' },
    'a cache that the application alone writes': { good: 'import pickle\nfrom django.core.cache import cache\n\ndef load(key):\n    return pickle.loads(cache.get(key))\n' },
    'a copy of an own object': { good: 'import pickle\n\ndef copied(tree):\n    return pickle.loads(pickle.dumps(tree))\n' },
    'an import alone': { good: 'import pickle\n\ndef save(thing):\n    return pickle.dumps(thing)\n' },
    'tests': { path: 'tests/test_pickle.py', good: 'import pickle\n\ndef test_it(raw):\n    assert pickle.loads(raw)\n' },
    'by way of a function': {
      bad: {
        'app.py': 'from flask import Flask, request\nfrom jobs import restore\n\napp = Flask(__name__)\n\n@app.post("/job")\ndef job():\n    return restore(request.data)\n',
        'jobs.py': 'import pickle\n\ndef restore(payload):\n    return pickle.loads(payload)\n',
      },
      severity: 'critical',
    },
  }),
});

const CRITICAL: Variation = { severity: 'critical', points: 40, confidence: 'confirmed', because: 'the bytes come from a visitor' };
const FILE: Variation = { severity: 'medium', because: 'the bytes come from a file whose path is not constant' };
const UNPROVED: Variation = { severity: 'medium', confidence: 'possible', because: 'nothing here shows where the bytes come from' };

function loads(): Selector<CallMatch> {
  const all = call(...OF_BYTES, ...OF_FILES);
  return {
    kinds: all.kinds, callees: all.callees,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const match of all.select(unit, project)) if (isDangerous(match)) yield match;
    },
  };
}

/** It can rebuild any object, by what it is told and by its default. */
function isDangerous(it: CallMatch): boolean {
  const given = (name: string) => { const value = it.argument(name); return value?.kind === 'bool' && value.value; };
  if (it.call.callee === 'torch.load') return !given('weights_only');
  return it.call.callee !== 'numpy.load' || given('allow_pickle');
}

function inputOf(it: CallMatch): Value | undefined {
  const { args, keywords } = it.call;
  return it.argument('file', 0) ?? (args.length === 0 ? keywords[0]?.value : undefined);
}

/** The way of a visitor's bytes. */
function visitors(it: CallMatch, context: Context): Way | undefined {
  const input = inputOf(it);
  return input && wayTo(input, it, context);
}

function gradeOf(it: CallMatch, context: Context): boolean | Variation {
  const input = inputOf(it);
  if (!input) return false;
  const way = visitors(it, context);
  if (way) return alongWay(way, CRITICAL);
  const all = options(input).filter((each) => !isOwn(each, context.project) && !isOwnWork(each));
  if (all.some((each) => isReceived(each, it))) return true;
  const named = all.some((each) => each.kind === 'result' && /(^|\.)(open|read|read_bytes)$/.test(each.callee));
  if (OF_FILES.some((each) => each === it.call.callee) || named) return all.length > 0 && FILE;
  return all.some((each) => each.kind === 'parameter' || each.kind === 'reference') && UNPROVED;
}

const CACHE = /^(django\.core\.cache|flask_caching|cachelib|diskcache|aiocache)\b/;
const STORES = /^(redis|aioredis|valkey|rediscluster|memcache|pymemcache|pylibmc|bmemcached|socket|zmq|kafka|confluent_kafka|pika|kombu|boto3|aio_pika|nats|paho|websockets?)\./;
const STORE_NAME = /(^|[._])(redis\w*|rdb|memcached?|cache|queue|socket|sock|connection|conn|channel|consumer|broker|producer|pubsub|r|rc)$/i;
const READS = /^(get|hget|mget|hgetall|getset|getdel|lpop|rpop|blpop|brpop|lindex|lrange|recv|recv_bytes|receive|receive_message|read|poll|basic_get|get_message|get_nowait|smembers|zrange|xread)$/;

/** What another process put into a store, a queue or a socket. */
function isReceived(value: Value, it: CallMatch): boolean {
  if (value.kind === 'result') {
    const owner = value.callee.slice(0, -lastName(value.callee).length - 1);
    return READS.test(lastName(value.callee)) && (STORES.test(value.callee) || STORE_NAME.test(owner));
  }
  return value.kind === 'parameter' && /^(body|message|msg|payload)(\.(body|value|data))?$/.test(value.name) && it.module.imports.some((each) => STORES.test(`${each.target}.`));
}

/** Bytes that were made here, or that the framework's cache holds, which the application alone writes. */
function isOwnWork(value: Value): boolean {
  return value.kind === 'result' && (/(^|\.)dumps$/.test(value.callee) || CACHE.test(value.callee));
}

function isPickle(value: Value): boolean {
  return options(value).some((each) => (each.kind === 'text' && /(^|\.)PickleSerializer$/.test(each.value)) || (each.kind === 'reference' && /(^|\.)PickleSerializer$/.test(each.name)));
}

function origin(it: CallMatch, { source, project }: Context): string {
  const input = inputOf(it);
  const taint = input && taintIn(input);
  return readBy(taint ?? (input && options(input).find((each) => !isOwn(each, project))) ?? input, source);
}
