import type { Call, CallMatch, Context, Edit, Module, Project, Selector, Variation, Wait } from '../kit';
import { WAITING_CALLS, functionAt, functionsAround, importing, insert, isProgram, lastName, onlyInDevelopment, replace, rule, runningOf, sleepSeconds, waitOf } from '../kit';

/** What runs a coroutine on a loop of its own. */
const RUNNERS = ['asyncio.run', '*.run_until_complete', 'asgiref.sync.async_to_sync', 'anyio.run', 'trio.run'] as const;

export default rule<CallMatch & { readonly wait: Wait }>({
  id: 'blocking-call-in-async',
  title: 'Async functions do not block the event loop',
  severity: 'high', points: 8, confidence: 'confirmed', blocks: 'never', effort: 'M', since: '1',
  why: 'One slow call stops every request of the process, also the health check. Under load it looks like a dead server.',
  how: 'Use an async client, a plain `def` route, which runs in a thread, or `await asyncio.to_thread(…)`.',
  links: ['https://fastapi.tiangolo.com/async/', 'https://docs.python.org/3/library/asyncio-dev.html'],
  anchors: ['ruff ASYNC210', 'ruff ASYNC212', 'ruff ASYNC220', 'ruff ASYNC221', 'ruff ASYNC222', 'ruff ASYNC251', 'semgrep sync-sleep-in-async-code'],

  applies: (project) => oneLoopEach(project) ?? true,
  on: waitsOnLoop(),
  check: (match, context) => {
    if (runsAlone(match, context)) return false;
    if (match.wait === 'database') return isFirst(match) && DATABASE;
    const seconds = sleepSeconds(match.call);
    if (seconds !== undefined && seconds <= 0.1) return SHORT;
    const when = runningOf(context.project, match.module, match.call);
    return when.has('job') && !when.has('request') ? JOB : true;
  },
  message: ({ call: one, wait }, { unit }) => {
    const name = unit.kind === 'module' ? functionsAround(unit, one.at)[0]?.name : undefined;
    return `${one.written}() ${WHAT[wait]} inside async ${name ?? 'code'}(), and the event loop waits with it.`;
  },
  underline: ({ call: one }) => one.calleeAt,
  nothing: 'No async function waits for another program.',

  fix: [
    {
      title: 'Wait with asyncio.sleep', safety: 'safe',
      edit: ({ call: one, module, wait }, { source }) => wait === 'sleep' ? [replace(one.calleeAt, 'await asyncio.sleep'), ...importing(module, source, 'asyncio')] : undefined,
    },
    { title: 'Run it in a thread', safety: 'review', edit: inThread, remains: 'Look whether the object it is called on may be used by several threads.' },
  ],

  examples: () => ({
    'a request to another service': {
      bad: 'import requests\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.get("/rate")\nasync def rate():\n    return requests.get("https://api.example.com/rate", timeout=5).json()\n',
      good: 'import asyncio\nimport requests\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.get("/rate")\nasync def rate():\n    return (await asyncio.to_thread(requests.get, "https://api.example.com/rate", timeout=5)).json()\n', path: 'main.py',
    },
    'a pause': {
      bad: 'import time\nasync def poll(job):\n    while not job.done:\n        time.sleep(1)\n',
      good: 'import asyncio\nimport time\nasync def poll(job):\n    while not job.done:\n        await asyncio.sleep(1)\n', path: 'main.py',
    },
    'a short pause': { bad: 'import time\nasync def poll(job):\n    while not job.done:\n        time.sleep(0.05)\n', path: 'main.py', severity: 'low' },
    'a client that is async': { path: 'main.py', good: 'import httpx\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.get("/rate")\nasync def rate():\n    async with httpx.AsyncClient(timeout=5) as c:\n        return (await c.get("https://api.example.com/rate")).json()\n' },
    'a plain route runs in the thread pool': { path: 'main.py', good: 'import requests\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.get("/rate")\ndef rate():\n    return requests.get("https://api.example.com/rate", timeout=5).json()\n' },
    'handed to a thread': { path: 'main.py', good: 'import asyncio\nimport time\nimport requests\nasync def render(html, to_pdf):\n    await asyncio.to_thread(requests.get, "https://api.example.com", timeout=5)\n    await asyncio.to_thread(lambda: time.sleep(1))\n    return await asyncio.to_thread(to_pdf, html)\n' },
    'an inner function for the executor': { path: 'main.py', good: 'import asyncio\nimport subprocess\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.post("/convert")\nasync def convert():\n    def work():\n        return subprocess.run(["convert", "a", "b"], check=True)\n    await asyncio.get_running_loop().run_in_executor(None, work)\n    return {}\n' },
    'another program': {
      bad: 'import subprocess\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.post("/convert")\nasync def convert():\n    done = subprocess.run(\n        ["convert", "a.png", "b.jpg"],\n        check=True,\n    )\n    return {"code": done.returncode}\n',
      good: 'import asyncio\nimport subprocess\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.post("/convert")\nasync def convert():\n    done = await asyncio.to_thread(subprocess.run,\n        ["convert", "a.png", "b.jpg"],\n        check=True,\n    )\n    return {"code": done.returncode}\n', path: 'main.py',
    },
    'a program, async': { path: 'main.py', good: 'import asyncio\nasync def convert():\n    process = await asyncio.create_subprocess_exec("convert", "a", "b")\n    await process.wait()\n' },
    'one finding for the session of a function': {
      bad: 'from fastapi import Depends, FastAPI\nfrom sqlalchemy import select\nfrom sqlalchemy.orm import Session\nfrom db import User, get_db\napp = FastAPI()\n@app.post("/users")\nasync def users(db: Session = Depends(get_db)):\n    rows = db.execute(select(User)).scalars().all()\n    db.add(User())\n    db.commit()\n    return rows\n', path: 'main.py', severity: 'medium',
    },
    'the session of a factory, in another file': {
      bad: { 'db.py': 'from sqlalchemy import create_engine\nfrom sqlalchemy.orm import sessionmaker\nSessionLocal = sessionmaker(bind=create_engine("postgresql://db"))\n', 'main.py': 'from fastapi import FastAPI\nfrom db import SessionLocal\napp = FastAPI()\n@app.get("/users")\nasync def users():\n    db = SessionLocal()\n    return db.query(User).filter(User.active).all()\n' }, severity: 'medium',
    },
    'a dependency by a name of its own': {
      bad: { 'deps.py': 'from typing import Annotated\nfrom fastapi import Depends\nfrom sqlmodel import Session\ndef get_db():\n    yield Session()\nSessionDep = Annotated[Session, Depends(get_db)]\n', 'main.py': 'from fastapi import FastAPI\nfrom sqlmodel import select\nfrom deps import SessionDep\napp = FastAPI()\n@app.get("/users")\nasync def users(session: SessionDep):\n    return session.exec(select(User)).all()\n' }, severity: 'medium',
    },
    'an async session': { path: 'main.py', good: 'from fastapi import Depends, FastAPI\nfrom sqlalchemy import select\nfrom sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker\nfrom sqlalchemy.orm import sessionmaker\nfrom db import User, engine, get_db\napp = FastAPI()\nSession = sessionmaker(engine, class_=AsyncSession)\n@app.get("/users")\nasync def users(db: AsyncSession = Depends(get_db)):\n    async with Session() as other:\n        found = (await other.execute(select(User))).scalars().first()\n        await other.commit()\n    result = await db.execute(select(User))\n    return result.scalars().all()\n' },
    'async clients of databases': { path: 'main.py', good: 'import redis.asyncio as redis\nfrom motor.motor_asyncio import AsyncIOMotorClient\ncache = redis.Redis()\ndb = AsyncIOMotorClient("mongodb://db").shop\nasync def items():\n    pipe = cache.pipeline()\n    pipe.set("a", 1)\n    await pipe.execute()\n    await cache.get("a")\n    return await db.items.find_one({})\n' },
    'a client of Redis that is not': { bad: 'import redis\nfrom fastapi import FastAPI\napp = FastAPI()\ncache = redis.Redis()\n@app.get("/a")\nasync def a():\n    return cache.get("a")\n', path: 'main.py', severity: 'medium' },
    'MongoDB': { bad: 'from fastapi import FastAPI\nfrom pymongo import MongoClient\napp = FastAPI()\ndb = MongoClient("mongodb://db").shop\n@app.get("/a")\nasync def a():\n    return db.items.find_one({"a": 1}, {"_id": 0})\n', path: 'main.py', severity: 'medium' },
    'a client of a service\'s library': {
      bad: 'from fastapi import FastAPI\nfrom openai import OpenAI\napp = FastAPI()\nclient = OpenAI()\n@app.post("/ask")\nasync def ask(question: str):\n    return client.chat.completions.create(model="m", messages=[{"role": "user", "content": question}])\n', path: 'main.py',
    },
    'its async twin': { path: 'main.py', good: 'from fastapi import FastAPI\nfrom openai import AsyncOpenAI\napp = FastAPI()\nclient = AsyncOpenAI()\n@app.post("/ask")\nasync def ask(question: str):\n    return await client.chat.completions.create(model="m", messages=[{"role": "user", "content": question}])\n' },
    'before the first request': { path: 'main.py', good: 'import time\nfrom contextlib import asynccontextmanager\nimport requests\nfrom fastapi import FastAPI\n@asynccontextmanager\nasync def lifespan(app):\n    requests.get("https://api.example.com/warm", timeout=5)\n    await warm()\n    yield\nasync def warm():\n    time.sleep(1)\napp = FastAPI(lifespan=lifespan)\n' },
    'a program that is started by hand': { path: 'sync.py', good: 'import asyncio\nimport requests\nasync def main():\n    print(requests.get("https://api.example.com/x", timeout=5).json())\nif __name__ == "__main__":\n    asyncio.run(main())\n' },
    'on a loop of its own': { path: 'tasks.py', good: 'import asyncio\nimport requests\nfrom celery import shared_task\nasync def push(data):\n    requests.post("https://api.example.com", json=data, timeout=5)\n@shared_task\ndef send(data):\n    asyncio.run(push(data))\n' },
    'in a job of the worker': { bad: 'import requests\nfrom arq import cron\nasync def push(ctx):\n    requests.post("https://api.example.com", timeout=5)\nclass WorkerSettings:\n    cron_jobs = [cron(push, hour=1)]\n', path: 'worker_settings.py', severity: 'medium' },
    'Flask gives each view a loop of its own': { good: 'import requests\nfrom flask import Flask\napp = Flask(__name__)\n@app.get("/rate")\nasync def rate():\n    return requests.get("https://api.example.com/rate", timeout=5).json()\n' },
    'so does Django under WSGI': { good: { 'shop/views.py': 'import requests\nfrom django.http import JsonResponse\nasync def rate(request):\n    return JsonResponse(requests.get("https://api.example.com/rate", timeout=5).json())\n', 'shop/wsgi.py': 'from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n', 'Procfile': 'web: gunicorn shop.wsgi -w 3\n' } },
    'and not under ASGI': { bad: { 'shop/views.py': 'import requests\nfrom django.http import JsonResponse\nasync def rate(request):\n    return JsonResponse(requests.get("https://api.example.com/rate", timeout=5).json())\n', 'shop/asgi.py': 'from django.core.asgi import get_asgi_application\napplication = get_asgi_application()\n', 'Procfile': 'web: uvicorn shop.asgi:application\n' } },
    'Quart does not': { bad: 'import requests\nfrom quart import Quart\napp = Quart(__name__)\n@app.get("/rate")\nasync def rate():\n    return requests.get("https://api.example.com/rate", timeout=5).json()\n' },
    'a sleep of another kind': { path: 'main.py', good: 'from asyncio import sleep\nimport trio\nasync def poll(page):\n    await sleep(1)\n    await trio.sleep(1)\n    page.sleep(1)\n' },
    'while developing': { path: 'main.py', good: 'import time\nfrom fastapi import FastAPI\nfrom config import settings\napp = FastAPI()\n@app.get("/a")\nasync def a():\n    if settings.DEBUG:\n        time.sleep(1)\n    return {}\n' },
    'tests': { path: 'tests/test_a.py', good: 'import time\nasync def test_a():\n    time.sleep(1)\n' },
  }),
});

const WHAT: Readonly<Record<Wait, string>> = { sleep: 'sleeps', service: 'waits for another service', program: 'waits for another program', database: 'waits for the database', mail: 'waits for the mail server', terminal: 'waits for a terminal' };
const DATABASE: Variation = { severity: 'medium', points: 6, because: 'a query usually takes milliseconds' };
const SHORT: Variation = { severity: 'low', points: 1, because: 'the pause is short' };
const JOB: Variation = { severity: 'medium', points: 6, because: 'no visitor waits for this job, only the other jobs of its worker' };

function waitsOnLoop(): Selector<CallMatch & { readonly wait: Wait }> {
  return {
    kinds: ['module'],
    // Asked for beside them, to know what runs on a loop of its own.
    callees: [...WAITING_CALLS, ...RUNNERS],
    *select(unit) {
      if (unit.kind !== 'module') return;
      for (const one of unit.calls) {
        if (!one.onLoop || one.awaited) continue;
        const wait = waitOf(one) ?? waitOfAlias(one.callee);
        if (wait) yield { call: one, module: unit, wait, argument: () => undefined };
      }
    },
  };
}

/** Flask, and Django under WSGI, run each async view on an event loop of its own: there nobody else waits. */
function oneLoopEach(project: Project): string | undefined {
  const all = [...project.frameworks];
  if (all.length === 0 || all.some((each) => each !== 'flask' && each !== 'django')) return undefined;
  if (!all.includes('django')) return 'Flask runs each async view on an event loop of its own.';
  return project.server !== undefined && !project.commands.some(({ text }) => /uvicorn|daphne|hypercorn|granian|asgi/i.test(text)) ? 'Under WSGI, Django runs each async view on an event loop of its own.' : undefined;
}

/** A session behind an alias of another file, `SessionDep = Annotated[Session, Depends(get_db)]`: what it stands for is looked up where it is judged. */
function waitOfAlias(callee: string): Wait | undefined {
  return /^typing(_extensions)?\.Annotated\.(exec|execute|scalars|scalar|commit|flush|refresh|get|query(\.\w+)*\.(all|first|one|one_or_none|count))$/.test(callee) ? 'database' : undefined;
}

/** Nobody else is on this loop: before the server serves, in a program, under `asyncio.run` in a thread or a task; or nothing waits after all. */
function runsAlone({ call: one, module, wait }: CallMatch & { readonly wait: Wait }, { project }: Context): boolean {
  if (onlyInDevelopment(one) || (wait === 'database' && one.callee.includes('.Annotated.') && !isSession(one, project, module))) return true;
  const when = runningOf(project, module, one);
  if (when.size > 0 && !when.has('request') && !when.has('job')) return true;
  const [around] = functionsAround(module, one.at);
  return (around !== undefined && !when.has('request') && ranAlone(project).has(around.name)) || isProgram(module, project);
}


/** Names of the coroutine functions that are run on a loop of their own. */
function ranAlone(project: Project): ReadonlySet<string> {
  return project.once('ranAlone', () => new Set(project.calls(...RUNNERS).flatMap(({ call: one }) => {
    const [given] = one.args;
    return given?.kind === 'result' ? [lastName(given.callee)] : given?.kind === 'reference' ? [lastName(given.name)] : [];
  })));
}

/** The parameter's type is an alias of a session that is not async. */
function isSession(one: Call, project: Project, module: Module): boolean {
  const annotation = functionAt(module, one)?.parameters.find((each) => one.written.startsWith(`${each.name}.`))?.annotation;
  if (annotation === undefined) return false;
  const value = project.resolve({ kind: 'reference', name: annotation, at: { start: 0, end: 0 } }, module);
  const type = value.kind === 'result' ? value.args[0] : undefined;
  return type?.kind === 'reference' && /(^|\.)Session$/.test(type.name);
}

function isFirst({ call: one, module }: CallMatch): boolean {
  return module.calls.find((each) => each.scope === one.scope && each.onLoop && !each.awaited && (waitOf(each) === 'database' || waitOfAlias(each.callee))) === one;
}

/** `await asyncio.to_thread(f, …)`, in brackets where something follows. */
function inThread({ call: one, module, wait }: CallMatch & { readonly wait: Wait }, { source }: Context): readonly Edit[] | undefined {
  if (wait === 'sleep' || wait === 'database' || wait === 'mail') return undefined;
  const empty = one.args.length === 0 && one.keywords.length === 0 && !one.open;
  const called = `await asyncio.to_thread(${source.slice(one.calleeAt)}${empty ? '' : ','}`;
  const followed = /^\s*[.[(]/.test(source.slice({ start: one.at.end, end: source.length }));
  const gap = empty || /^\s/.test(source.at(one.argumentsAt.start + 1)) ? '' : ' ';
  return [replace({ start: one.calleeAt.start, end: one.argumentsAt.start + 1 }, `${followed ? '(' : ''}${called}${gap}`), ...(followed ? [insert(one.at.end, ')')] : []), ...importing(module, source, 'asyncio')];
}
