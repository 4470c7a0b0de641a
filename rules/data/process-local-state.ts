import type { Gap, Project } from '../kit';
import { byWorkers, lookup, projectRule, seenInProduction, sharedStates, webFrameworks } from '../kit';

/** Calls that use a cache as a store: what one process puts there, another must find. */
const STORES = ['*.cache.set', '*.cache.add', '*.cache.incr', '*.cache.delete', '*.delete_memoized', 'flask_caching.Cache.set', 'flask_caching.Cache.add', 'flask_caching.Cache.delete', 'flask_caching.Cache.inc', 'flask_caching.Cache.clear'] as const;

export default projectRule({
  id: 'process-local-state',
  title: 'Sessions, cache and job state are shared by all workers',
  severity: 'medium', points: 6, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: `The next request lands in another worker that knows nothing, so progress disappears and logins drop at random. A restart loses all of it.`,
  how: `Keep such state in Redis or the database, or fix one worker and say so.`,
  links: ['https://12factor.net/processes', 'https://docs.djangoproject.com/en/stable/topics/cache/#local-memory-caching'],

  applies: (project) => webFrameworks(project).size > 0 && project.deployable ? true : 'No web application is deployed from here.',
  reads: STORES,
  project(project) {
    const variation = byWorkers(project);
    const gaps = [...inMemory(project), ...caches(project)].map((each) => ({ ...each, ...(variation && { variation }) }));
    if (gaps.length > 0) return { open: gaps };
    return { notApplicable: 'Nothing that one request writes and another reads is kept in memory.' };
  },

  examples: () => ({
    'jobs in a table': {
      bad: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\njobs = {}\n@app.post("/jobs/<i>")\ndef start(i):\n    jobs[i] = "running"\n    return "ok"\n@app.get("/jobs/<i>")\ndef show(i):\n    return jobs.get(i, "unknown")\n', Procfile: 'web: gunicorn -w 4 app:app\n' },
    },
    'written by a thread, read by a request': {
      bad: {
        'main.py': 'import threading\nfrom fastapi import FastAPI\napp = FastAPI()\nprogress: dict[str, int] = {}\n\n\ndef work(name):\n    for step in range(100):\n        progress[name] = step\n\n\n@app.post("/work/{name}")\ndef begin(name: str):\n    threading.Thread(target=work, args=(name,)).start()\n\n\n@app.get("/work/{name}")\ndef show(name: str):\n    return progress[name]\n',
        Dockerfile: 'FROM python:3.12\nCMD ["fastapi", "run", "main.py", "--workers", "4"]\n',
      },
    },
    'connections of a web socket': {
      severity: 'low',
      bad: {
        'main.py': 'from fastapi import FastAPI, WebSocket\n\n\nclass Manager:\n    def __init__(self):\n        self.active: list[WebSocket] = []\n\n    async def connect(self, socket):\n        await socket.accept()\n        self.active.append(socket)\n\n    async def broadcast(self, text):\n        for socket in self.active:\n            await socket.send_text(text)\n\n\nmanager = Manager()\napp = FastAPI()\n\n\n@app.websocket("/ws")\nasync def chat(socket: WebSocket):\n    await manager.connect(socket)\n    while True:\n        await manager.broadcast(await socket.receive_text())\n',
        Dockerfile: 'FROM python:3.12\nCMD ["uvicorn", "main:app", "--host", "0.0.0.0"]\n',
      },
    },
    'one process, written down': {
      severity: 'info',
      bad: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\ncarts = {}\n@app.post("/cart/<i>")\ndef put(i):\n    carts[i] = 1\n    return "ok"\n@app.get("/cart/<i>")\ndef show(i):\n    return str(carts.get(i))\n', 'gunicorn.conf.py': 'workers = 1\nthreads = 8\n', Procfile: 'web: gunicorn app:app\n' },
    },
    'a simple cache that is used as a store': {
      bad: { 'app.py': 'from flask import Flask\nfrom flask_caching import Cache\napp = Flask(__name__)\napp.config["CACHE_TYPE"] = "SimpleCache"\ncache = Cache(app)\n\n\n@app.post("/code/<i>")\ndef send(i):\n    cache.set(i, "1234")\n    return "ok"\n', Procfile: 'web: gunicorn -w 4 app:app\n' },
    },
    'Django: sessions in local memory': {
      bad: { 'shop/settings.py': 'INSTALLED_APPS = []\nCACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}\nSESSION_ENGINE = "django.contrib.sessions.backends.cache"\n', 'shop/wsgi.py': 'application = None\n', Procfile: 'web: gunicorn -w 4 shop.wsgi\n' },
    },
    'in Redis': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n@app.post("/jobs/<i>")\ndef start(i):\n    app.redis.set("job:" + i, "running", ex=3600)\n    return "ok"\n', Procfile: 'web: gunicorn -w 4 app:app\n' } },
    'a registry filled at import': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\nEXPORTERS = {}\ndef exporter(name):\n    def deco(f):\n        EXPORTERS[name] = f\n        return f\n    return deco\n@app.get("/export/<name>")\ndef export(name):\n    return EXPORTERS[name]()\n', Procfile: 'web: gunicorn -w 4 app:app\n' } },
    'a copy that each process makes for itself': {
      good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n_prices = {}\nCACHE = {}\n\n\ndef price(code):\n    if code not in _prices:\n        _prices[code] = ask(code)\n    return _prices[code]\n\n\ndef ask(code):\n    return 1\n\n\n@app.get("/price/<code>")\ndef show(code):\n    CACHE[code] = price(code)\n    return str(CACHE)\n\n\n@app.get("/all")\ndef everything():\n    return str(CACHE)\n', Procfile: 'web: gunicorn -w 4 app:app\n' },
    },
    'measures of one process': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\nmetrics = {"requests": 0}\n\n\n@app.before_request\ndef count():\n    metrics["requests"] += 1\n\n\n@app.get("/metrics")\ndef show():\n    return metrics\n', Procfile: 'web: gunicorn -w 4 app:app\n' } },
    'said to be of one process': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n# Per process on purpose: each worker may warn once.\nnotices = set()\n\n\n@app.post("/n/<i>")\ndef put(i):\n    notices.add(i)\n    return "ok"\n\n\n@app.get("/n")\ndef show():\n    return str(len(notices))\n', Procfile: 'web: gunicorn -w 4 app:app\n' } },
    'filled when the application starts': { good: { 'main.py': 'from contextlib import asynccontextmanager\nfrom fastapi import FastAPI\nthings = {}\n\n\n@asynccontextmanager\nasync def lifespan(app):\n    things["a"] = object()\n    yield\n    things.clear()\n\n\napp = FastAPI(lifespan=lifespan)\n\n\n@app.get("/")\ndef show():\n    return str(things["a"])\n', Procfile: 'web: uvicorn main:app --workers 4\n' } },
    'of one request': { good: { 'app.py': 'from flask import Flask\nfrom flask.views import MethodView\napp = Flask(__name__)\n\n\nclass Upload(MethodView):\n    def __init__(self):\n        self.errors = []\n\n    def post(self):\n        self.check()\n        return str(self.errors)\n\n    def check(self):\n        self.errors.append("no")\n\n\napp.add_url_rule("/upload", view_func=Upload.as_view("upload"))\n', Procfile: 'web: gunicorn -w 4 app:app\n' } },
    'a context variable and a local of threads': { good: { 'app.py': 'import contextvars\nimport threading\nfrom flask import Flask\napp = Flask(__name__)\nuser = contextvars.ContextVar("user")\nlocal = threading.local()\n\n\n@app.before_request\ndef before():\n    user.set("x")\n    local.user = "x"\n\n\n@app.get("/")\ndef show():\n    return user.get()\n', Procfile: 'web: gunicorn -w 4 app:app\n' } },
    'a cache of decorators alone': { good: { 'app.py': 'from flask import Flask\nfrom flask_caching import Cache\napp = Flask(__name__)\napp.config["CACHE_TYPE"] = "SimpleCache"\ncache = Cache(app)\n\n\n@app.get("/")\n@cache.cached(timeout=60)\ndef home():\n    return "ok"\n', Procfile: 'web: gunicorn -w 4 app:app\n' } },
    'a cache in Redis': { good: { 'shop/settings.py': 'INSTALLED_APPS = []\nCACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://cache"}}\nSESSION_ENGINE = "django.contrib.sessions.backends.cache"\n', 'shop/wsgi.py': 'application = None\n', Procfile: 'web: gunicorn -w 4 shop.wsgi\n' } },
  }),
});

function inMemory(project: Project): readonly Gap[] {
  const { evidence } = project.workers;
  return sharedStates(project).slice(0, 10).map((each) => ({
    at: { path: each.path, start: each.start, end: each.end },
    message: `${each.text} is filled by ${each.writer}() and read by ${each.reader}(), and each process has its own${project.workers.count === 'several' && evidence ? ` (${evidence.text})` : ''}.`,
    ...(evidence && { related: [evidence] }),
  }));
}

/** Caches in local memory that sessions or the code's own values are kept in. */
function caches(project: Project): readonly Gap[] {
  const used = project.calls(...STORES).length > 0;
  const simple = project.settings('CACHE_TYPE').filter((each) => seenInProduction(each, project) && each.value.kind === 'text' && /^(flask_caching\.backends\.)?(simple|SimpleCache|simplecache)$/.test(each.value.value) && used).map((each): Gap => ({ at: each, message: `${each.name} keeps what the code puts into the cache in the memory of one process.` }));
  const sessions = project.settings('SESSION_ENGINE').some((each) => seenInProduction(each, project) && each.value.kind === 'text' && /backends\.cache$/.test(each.value.value));
  const local = project.settings('CACHES').filter((each) => seenInProduction(each, project)).flatMap((each): readonly Gap[] => {
    const main = lookup(each.value, 'default');
    const backend = main && lookup(main, 'BACKEND');
    return backend?.kind === 'text' && /LocMemCache$/.test(backend.value) && (sessions || used) ? [{ at: { path: each.path, start: each.start, end: each.end }, message: `${sessions ? 'Sessions are' : 'What the code puts into the cache is'} kept in the memory of one process: the default cache is LocMemCache.` }] : [];
  });
  return [...simple, ...local];
}
