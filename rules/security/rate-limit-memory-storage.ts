import type { Call, Context, Edit, Evidence, Gap, Judgement, Module, Project, Value, Variation } from '../kit';
import {
  CONFIGURATION_READERS, THROTTLE_CALLS, closure, functionNamedAt, idleModules, importing, lastName, limits, mayServeProduction, namedInExample,
  onlyInDevelopment, options, projectRule, webFrameworks, wiring, withArgument,
} from '../kit';

const FLASK = ['flask_limiter.Limiter', 'flask_limiter.extension.Limiter', 'flask_limiter._extension.Limiter'] as const;
const SLOWAPI = ['slowapi.Limiter', 'slowapi.extension.Limiter'] as const;
/** Where counters are kept: `memory` for sure, `fallback` when a variable is missing, `shared`, or not to be told. */
type Storage = 'memory' | 'explicit' | 'fallback' | 'shared' | 'unknown';
interface Store extends Evidence { readonly storage: Storage; readonly call?: Call; readonly module?: Module }

export default projectRule({
  id: 'rate-limit-memory-storage',
  title: 'Rate-limit counters are shared by all workers',
  severity: 'medium', points: 6, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'Each worker counts for itself and forgets at restart, so N workers allow N times the limit. The limiter looks present and is not.',
  how: 'Point the limiter at Redis, Memcached or the database.',
  links: ['https://flask-limiter.readthedocs.io/en/stable/', 'https://12factor.net/processes'],
  anchors: ['CWE-307', 'CWE-770'],
  ladder: { name: 'rate-limit', rung: 3 },

  applies: (project) => webFrameworks(project).size === 0 && project.calls(...FLASK, ...SLOWAPI).length === 0 ? 'No web application is served from here.' : stores(project).length > 0 ? true : 'Where a limiter keeps its counters, if there is one, cannot be told.',
  reads: [...THROTTLE_CALLS, ...FLASK, ...SLOWAPI, ...CONFIGURATION_READERS, '*.init_app'],
  project: judge,

  fix: { title: 'Require a shared store', safety: 'review', edit: shared, remains: 'Set RATELIMIT_STORAGE_URI to a Redis or Memcached that all workers reach.' },

  examples: () => ({
    'four workers that count for themselves': {
      bad: { 'app.py': 'from flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\ndef init(app):\n    Limiter(get_remote_address, app=app)\n', Procfile: 'web: gunicorn -w 4 app:app\n' },
      good: { 'app.py': 'import os\nfrom flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\ndef init(app):\n    Limiter(get_remote_address, app=app, storage_uri=os.environ["RATELIMIT_STORAGE_URI"])\n', Procfile: 'web: gunicorn -w 4 app:app\n' },
    },
    'a fallback nobody notices': { bad: { 'app.py': 'import os\nfrom flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\ndef init(app):\n    Limiter(get_remote_address, app=app, storage_uri=os.getenv("REDIS_URL", "memory://"))\n', Procfile: 'web: gunicorn -w 4 app:app\n' }, severity: 'low' },
    'said in so many words, for one worker': { bad: { 'app.py': 'from flask import Flask\nfrom flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\napp = Flask(__name__)\nLimiter(get_remote_address, app=app, storage_uri="memory://")\n', Procfile: 'web: gunicorn -w 1 app:app\n' }, severity: 'info' },
    'in the extension\'s own module': {
      bad: { 'shop/extensions.py': 'from flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\n\nlimiter = Limiter(key_func=get_remote_address)\n', 'shop/__init__.py': 'from flask import Flask\nfrom .extensions import limiter\n\n\ndef create_app():\n    app = Flask(__name__)\n    limiter.init_app(app)\n    return app\n', Procfile: 'web: gunicorn --workers 3 "shop:create_app()"\n' },
    },
    'slowapi by default': { bad: { 'main.py': 'from fastapi import FastAPI, Request\nfrom slowapi import Limiter\nfrom slowapi.util import get_remote_address\n\nlimiter = Limiter(key_func=get_remote_address)\napp = FastAPI()\napp.state.limiter = limiter\n\n\n@app.post("/login")\n@limiter.limit("5/minute")\ndef login(request: Request):\n    return {}\n', Dockerfile: 'FROM python:3.12-slim\nCMD ["uvicorn", "main:app", "--workers", "4"]\n' } },
    'throttles of REST framework over the local cache': { bad: { 'shop/settings.py': 'INSTALLED_APPS = ["rest_framework"]\nREST_FRAMEWORK = {"DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.AnonRateThrottle"], "DEFAULT_THROTTLE_RATES": {"anon": "10/minute"}}\n', Procfile: 'web: gunicorn -w 4 shop.wsgi\n' } },
    'a table of its own': { bad: { 'main.py': 'import time\nfrom collections import defaultdict\n\nfrom fastapi import FastAPI, HTTPException, Request\n\napp = FastAPI()\nseen = defaultdict(list)\n\n\n@app.middleware("http")\nasync def limit(request: Request, call_next):\n    now = time.time()\n    recent = [each for each in seen[request.client.host] if each > now - 60]\n    if len(recent) > 100:\n        raise HTTPException(429)\n    seen[request.client.host] = recent + [now]\n    return await call_next(request)\n', Dockerfile: 'FROM python:3.12-slim\nCMD ["gunicorn", "-w", "4", "-k", "uvicorn.workers.UvicornWorker", "main:app"]\n' } },
    'Redis': { good: { 'app.py': 'import os\nfrom flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\ndef init(app):\n    Limiter(get_remote_address, app=app, storage_uri=os.environ["REDIS_URL"])\n', Procfile: 'web: gunicorn -w 4 app:app\n' } },
    'one worker, fixed': { good: { 'app.py': 'from flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\ndef init(app):\n    Limiter(get_remote_address, app=app)\n', Procfile: 'web: gunicorn -w 1 app:app\n' } },
    'by the configuration': { good: { 'config.py': 'import os\n\nclass Config:\n    RATELIMIT_STORAGE_URI = os.environ["REDIS_URL"]\n', 'app.py': 'from flask import Flask\nfrom flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\nfrom config import Config\n\napp = Flask(__name__)\napp.config.from_object(Config)\nLimiter(get_remote_address, app=app)\n', Procfile: 'web: gunicorn -w 4 app:app\n' } },
    'memory while testing': { good: { 'config.py': 'class Config:\n    RATELIMIT_STORAGE_URI = "redis://cache:6379/1"\n\nclass TestingConfig(Config):\n    RATELIMIT_STORAGE_URI = "memory://"\n', 'app.py': 'from flask import Flask\nfrom flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\nfrom config import Config\n\napp = Flask(__name__)\napp.config.from_object(Config)\nLimiter(get_remote_address, app=app)\n', Procfile: 'web: gunicorn -w 4 app:app\n' } },
    'the variable is set where it runs': { good: { 'app.py': 'import os\nfrom flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\ndef init(app):\n    Limiter(get_remote_address, app=app, storage_uri=os.getenv("REDIS_URL", "memory://"))\n', 'docker-compose.yml': 'services:\n  web:\n    build: .\n    command: gunicorn -w 4 app:app\n    environment:\n      REDIS_URL: redis://cache:6379/0\n' } },
    'REST framework over Redis': { good: { 'shop/settings.py': 'INSTALLED_APPS = ["rest_framework"]\nCACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://cache:6379"}}\nREST_FRAMEWORK = {"DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.AnonRateThrottle"]}\n', Procfile: 'web: gunicorn -w 4 shop.wsgi\n' } },
    'counted in Redis by hand': { good: { 'main.py': 'import redis\nfrom fastapi import FastAPI, HTTPException, Request\n\napp = FastAPI()\nstore = redis.Redis()\ncache = {}\n\n\n@app.middleware("http")\nasync def limit(request: Request, call_next):\n    if store.incr(request.client.host) > 100:\n        raise HTTPException(429)\n    return await call_next(request)\n', Dockerfile: 'FROM python:3.12-slim\nCMD ["gunicorn", "-w", "4", "main:app"]\n' } },
    'no limiter': { good: 'from flask import Flask\napp = Flask(__name__)\n' },
  }),
});

function judge(project: Project): Judgement {
  const found = stores(project);
  const open = found.flatMap((each) => gapOf(each, project) ?? []);
  const [first] = open;
  if (first) return { open: [first] };
  if (found.every((each) => each.storage === 'unknown')) return { notChecked: 'Where the limiter keeps its counters is decided by a configuration that is not in the repository.' };
  return { holds: found.filter((each) => each.storage !== 'unknown').slice(0, 3).map(({ path, start, end, storage }) => ({ path, start, end, text: storage === 'shared' ? 'Counters are kept in a shared store' : 'One worker counts for all' })) };
}

function gapOf(store: Store, project: Project): Gap | undefined {
  const at = { path: store.path, start: store.start, end: store.end };
  const { count, fixed } = project.workers;
  const one = count === 'one';
  if (store.storage === 'fallback') return one ? undefined : { at, message: `${store.text} falls back to counters in process memory when its variable is not set.`, variation: { severity: 'low', points: 2, because: 'a shared store is used where the variable is set' } };
  if (store.storage !== 'memory' && store.storage !== 'explicit') return undefined;
  if (one && store.storage === 'memory') return undefined;
  const light: Variation | undefined = one ? { severity: 'info', points: 0, because: fixed ? 'one worker serves all requests' : 'one worker serves all requests as long as nobody adds another' } : undefined;
  const more = count === 'several' ? ', and several workers each count for themselves' : '';
  return { at, message: `${store.text} keeps its counters in process memory${more}.`, ...(light && { variation: light }), ...(project.workers.evidence && { related: [project.workers.evidence] }) };
}

// ---- the limiters and their stores

function stores(project: Project): readonly Store[] {
  return project.once('rateLimitStores', () => {
    const idle = idleModules(project);
    return [...flask(project), ...slowapi(project), ...django(project), ...ownTables(project)].filter((each) => !idle.has(each.path));
  });
}

function flask(project: Project): readonly Store[] {
  if (wiring(project, ...FLASK).wired.length === 0) return [];
  const configured = project.settings('RATELIMIT_STORAGE_URI', 'RATELIMIT_STORAGE_URL').find((each) => mayServeProduction(each, project));
  return project.calls(...FLASK).filter(({ call }) => !onlyInDevelopment(call)).map(({ module, call }): Store => {
    const given = call.keywords.find((each) => /^(storage_uri|storage)$/.test(each.name))?.value;
    const base = { text: 'Flask-Limiter', module, call };
    if (given) return { ...base, path: module.path, ...spanOf(given, call), storage: storageOf(project.resolve(given, module), project) };
    if (configured) return { ...base, path: configured.path, start: configured.assignment.at.start, end: configured.assignment.at.end, storage: configured.refusal ? 'shared' : storageOf(configured.value, project) };
    return { ...base, path: module.path, ...call.at, storage: call.open || project.calls(...CONFIGURATION_READERS).length > 0 || project.deployedVariable('RATELIMIT_STORAGE_URI') ? 'unknown' : 'memory' };
  });
}

function slowapi(project: Project): readonly Store[] {
  return project.calls(...SLOWAPI).filter(({ call }) => !onlyInDevelopment(call)).map(({ module, call }): Store => {
    const given = call.keywords.find((each) => each.name === 'storage_uri')?.value;
    const base = { text: 'The limiter of slowapi', module, call };
    if (!given) return { ...base, path: module.path, ...call.at, storage: call.open ? 'unknown' : 'memory' };
    return { ...base, path: module.path, ...spanOf(given, call), storage: storageOf(project.resolve(given, module), project) };
  });
}

function spanOf(value: Value, call: Call) {
  return value.at.path === undefined && value.at.start >= call.at.start && value.at.end <= call.at.end ? { start: value.at.start, end: value.at.end } : { start: call.at.start, end: call.at.end };
}

function storageOf(value: Value, project: Project): Storage {
  const all = options(value);
  if (all.some((each) => isMemory(each))) return all.length === 1 ? 'explicit' : 'fallback';
  const read = all.find((each) => each.kind === 'environment');
  if (read?.kind !== 'environment') return all.some((each) => each.kind === 'text' || each.kind === 'joined') ? 'shared' : 'unknown';
  if (read.required || project.deployedVariable(read.variable)) return 'shared';
  const { fallback } = read;
  if (fallback === undefined) return all.length > 1 ? 'shared' : 'fallback';
  return options(fallback).some((each) => isMemory(each) || each.kind === 'none') ? 'fallback' : 'shared';
}

function isMemory(value: Value): boolean {
  return value.kind === 'text' && /^(async\+)?memory:/.test(value.value);
}

/** Throttles of Django REST framework and django-ratelimit count in the default cache, which is local unless another is set. */
function django(project: Project): readonly Store[] {
  const throttles = limits(project).filter((each) => /THROTTLE_CLASSES|throttle_classes|ratelimit|is limited$/i.test(each.text) && !/axes|defender/i.test(each.text));
  const [first] = webFrameworks(project).has('django') ? throttles : [];
  if (!first) return [];
  const caches = project.settings('CACHES').filter((each) => mayServeProduction(each, project));
  const backends = caches.flatMap((each) => backendsOf(each.value));
  const storage: Storage = caches.length === 0 ? 'memory' : backends.length === 0 ? 'unknown' : backends.some((each) => !/LocMemCache|DummyCache/.test(each)) ? 'shared' : 'memory';
  return [{ path: first.path, start: first.start, end: first.end, text: 'Throttling over the local cache of each process', storage }];
}

function backendsOf(value: Value): readonly string[] {
  if (value.kind === 'choice') return value.options.flatMap(backendsOf);
  if (value.kind !== 'dict') return value.kind === 'list' || value.kind === 'none' ? [] : ['unknown'];
  return value.entries.flatMap((each) => each.key.kind === 'text' && each.key.value === 'BACKEND' ? (each.value.kind === 'text' ? [each.value.value] : ['unknown']) : each.key.kind === 'text' && each.key.value === 'default' ? backendsOf(each.value) : []);
}

const SHARES = /redis|memcache|cache\b|(^|\.)(incr\w*|setex|psetex|zadd|hincrby|expire|execute|commit|query|find_one\w*|update_one|objects|scalars?|get_or_create)$/i;

/** A counter of the project's own in a table of its module or object. */
function ownTables(project: Project): readonly Store[] {
  return limits(project).filter((each) => each.text.endsWith('counts and refuses')).flatMap((each): Store[] => {
    const module = project.modules.find((one) => one.path === each.path);
    const func = module && functionNamedAt(module, each.start);
    if (!module || !func) return [];
    const shares = closure(project, [{ module, func }]).some((one) => one.func.does.some((callee) => SHARES.test(callee)));
    const table = module.assignments.find((one) => isTable(one.value) && (one.scope === '' || (one.target.startsWith('self.') && func.scope !== '' && one.scope.startsWith(func.scope))) && used(lastName(one.target), project.written(module.path, func.at)));
    return shares || !table ? [] : [{ path: module.path, ...func.nameAt, text: func.name === '' ? 'The limiter' : func.name, storage: 'memory' }];
  });
}

function isTable(value: Value): boolean {
  return (value.kind === 'dict' && value.entries.length === 0) || (value.kind === 'result' && /(^|\.)(defaultdict|dict|OrderedDict|TTLCache|LRUCache|Counter|deque)$/.test(value.callee));
}

function used(name: string, text: string): boolean {
  return new RegExp(`\\b${name}\\b`).test(text);
}

function shared(gap: Gap, { project, source, unit }: Context): readonly Edit[] | undefined {
  const store = stores(project).find((each) => each.path === gap.at.path && each.start === gap.at.start);
  if (!store?.call || !store.module || unit.kind !== 'module' || store.storage !== 'memory' || store.start !== store.call.at.start || unit.path !== store.module.path) return undefined;
  const added = withArgument(store.call, 'storage_uri=os.environ["RATELIMIT_STORAGE_URI"]', source);
  return added && [...added, ...importing(unit, source, 'os'), ...namedInExample(project, 'RATELIMIT_STORAGE_URI')];
}
