import { byWorkers, guardedWrites, projectRule } from '../kit';

export default projectRule({
  id: 'process-local-lock',
  title: 'Locks around shared data hold across processes',
  severity: 'medium', points: 6, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: `Each worker has its own lock, so the protected section runs in parallel anyway. The code looks safe in review and in development.`,
  how: `Lock the row, use an advisory or Redis lock, or enforce a single worker.`,
  links: ['https://www.postgresql.org/docs/current/explicit-locking.html', 'https://docs.python.org/3/library/threading.html'],
  anchors: ['CWE-662', 'CWE-820'],

  applies(project) {
    if (!project.deployable) return 'Nothing is deployed from here.';
    if (guardedWrites(project).length === 0) return 'No lock of one process guards data that all processes share.';
    return project.workers.count === 'one' && !project.workers.fixed ? 'One process is started, by default.' : true;
  },
  project(project) {
    const variation = byWorkers(project);
    const { evidence } = project.workers;
    return { open: guardedWrites(project).map((each) => ({
      at: each, message: `${each.lock} guards ${each.what} inside one process only${evidence ? ` (${evidence.text})` : ''}.`, ...(variation && project.workers.fixed && { variation }), ...(evidence && { related: [evidence] }),
    })) };
  },

  examples: () => ({
    'around a commit': { bad: { 'app.py': 'import threading\nlock = threading.Lock()\ndef checkout(db, item):\n    with lock:\n        item.stock -= 1\n        db.session.commit()\n', Procfile: 'web: gunicorn -w 4 app:app\n' } },
    'a lock of asyncio': { bad: { 'main.py': 'import asyncio\nlock = asyncio.Lock()\nasync def reserve(session, seat):\n    async with lock:\n        seat.taken = True\n        await session.commit()\n', Dockerfile: 'FROM python:3.12-slim\nCMD ["uvicorn", "main:app", "--workers", "4"]\n' } },
    'acquired by hand, number of workers unknown': { bad: { 'app.py': 'from threading import RLock\nfrom flask import Flask\napp = Flask(__name__)\n_guard = RLock()\n\n\n@app.post("/pay")\ndef pay():\n    _guard.acquire()\n    try:\n        Account.objects.filter(id=1).update(balance=0)\n    finally:\n        _guard.release()\n    return "ok"\n' } },
    'a lock of a class': { bad: { 'shop/stock.py': 'import threading\n\n\nclass Stock:\n    lock = threading.Lock()\n\n    def take(self, session, item):\n        with self.lock:\n            item.count -= 1\n            session.commit()\n', 'gunicorn.conf.py': 'workers = 3\n', Procfile: 'web: gunicorn shop:app\n' } },
    'a file that is read and written again': { bad: { 'app.py': 'import json\nimport threading\nfrom flask import Flask\napp = Flask(__name__)\nlock = threading.Lock()\n\n\n@app.post("/vote/<name>")\ndef vote(name):\n    with lock:\n        with open("votes.json") as file:\n            votes = json.load(file)\n        votes[name] += 1\n        with open("votes.json", "w") as file:\n            json.dump(votes, file)\n    return "ok"\n', Procfile: 'web: gunicorn -w 2 app:app\n' } },
    'one process, written down': { severity: 'info', bad: { 'app.py': 'import threading\nlock = threading.Lock()\ndef checkout(db, item):\n    with lock:\n        item.stock -= 1\n        db.session.commit()\n', Procfile: 'web: gunicorn -w 1 --threads 8 app:app\n' } },
    'the row is locked': { good: { 'app.py': 'def checkout(db, Item, i):\n    item = db.session.get(Item, i, with_for_update=True)\n    item.stock -= 1\n    db.session.commit()\n', Procfile: 'web: gunicorn -w 4 app:app\n' } },
    'it guards memory only': { good: { 'app.py': 'import threading\nlock = threading.Lock()\nseen = {}\ndef mark(k):\n    with lock:\n        seen[k] = True\n', Procfile: 'web: gunicorn -w 4 app:app\n' } },
    'a lock in Redis': { good: { 'app.py': 'import redis\nstore = redis.Redis()\ndef checkout(db, item):\n    with store.lock("stock"):\n        item.stock -= 1\n        db.session.commit()\n', Procfile: 'web: gunicorn -w 4 app:app\n' } },
    'a file lock inside': { good: { 'app.py': 'import threading\nfrom filelock import FileLock\nlock = threading.Lock()\ndef checkout(db, item):\n    with lock:\n        with FileLock("/run/stock.lock"):\n            item.stock -= 1\n            db.session.commit()\n', Procfile: 'web: gunicorn -w 4 app:app\n' } },
    'a connection that threads share': { good: { 'app.py': 'import sqlite3\nimport threading\nlock = threading.Lock()\nconnection = sqlite3.connect("app.db", check_same_thread=False)\ndef put(x):\n    with lock:\n        connection.execute("INSERT INTO t VALUES (?)", (x,))\n        connection.commit()\n', Procfile: 'web: gunicorn -w 4 app:app\n' } },
    'a model that is loaded once': { good: { 'app.py': 'import threading\nfrom flask import Flask\napp = Flask(__name__)\nlock = threading.Lock()\nmodel = None\ndef get_model():\n    global model\n    with lock:\n        if model is None:\n            model = load_model("m.bin")\n    return model\n', Procfile: 'web: gunicorn -w 4 app:app\n' } },
    'a lock that each object has for itself': { good: { 'shop/job.py': 'import threading\n\n\nclass Job:\n    def __init__(self):\n        self.lock = threading.Lock()\n\n    def finish(self, session):\n        with self.lock:\n            session.commit()\n', Procfile: 'web: gunicorn -w 4 shop:app\n' } },
    'a library': { good: { 'shop/stock.py': 'import threading\nlock = threading.Lock()\ndef take(session):\n    with lock:\n        session.commit()\n', 'pyproject.toml': '[project]\nname = "stock"\n' } },
  }),
});
