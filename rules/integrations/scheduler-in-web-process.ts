import type { Gap, Project, ScheduledJob, SchedulerStart, Variation } from '../kit';
import { projectRule, runningOf, scheduledJobs, schedulerName, schedulerStarts } from '../kit';

export default projectRule({
  id: 'scheduler-in-web-process',
  title: 'Scheduled jobs run once, outside the web workers',
  severity: 'high', points: 10, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: 'Four workers send every reminder four times, or charge four times. With a guard for the reloader they send none.',
  how: 'Run the scheduler in a process of its own, or take a lock before each job.',
  links: ['https://apscheduler.readthedocs.io/en/3.x/faq.html#how-do-i-share-a-single-job-store-among-one-or-more-worker-processes', 'https://12factor.net/concurrency'],
  anchors: ['CWE-662'],

  applies: (project) => project.deployable !== undefined || 'Nothing here is deployed or served.',
  project: (project) => {
    const starts = schedulerStarts(project);
    if (starts.length === 0) return beat(project) ?? { notApplicable: 'No scheduler runs inside of the application.' };
    const jobs = scheduledJobs(project);
    const judged = starts.map((one) => ({ one, verdict: verdictOn(one, jobs, project) }));
    const [first, ...others] = judged.filter(({ verdict }) => verdict === 'everywhere' || verdict === 'never');
    if (first) return { open: [gapOf(first.one, first.verdict === 'never', others.map(({ one }) => one), project)] };
    const apart = judged.filter(({ verdict }) => verdict === 'apart').map(({ one: { module, task } }) => ({ path: module.path, ...task.nameAt, text: `${schedulerName(task)} starts in one process alone` }));
    return apart.length > 0 ? { holds: apart.slice(0, 1) } : { notChecked: 'Nothing here shows which process starts the scheduler.' };
  },

  examples: () => ({
    'four workers, four schedulers': { bad: { 'app.py': 'from apscheduler.schedulers.background import BackgroundScheduler\ndef create_app(app, expire):\n    s = BackgroundScheduler()\n    s.add_job(expire, "interval", minutes=5)\n    s.start()\n    return app\n', 'Procfile': 'web: gunicorn -w 4 "app:create_app()"\n' } },
    'a guard for the reloader alone': { bad: { 'app.py': 'import os\nfrom apscheduler.schedulers.background import BackgroundScheduler\ndef create_app(app):\n    if os.environ.get("WERKZEUG_RUN_MAIN") == "true":\n        BackgroundScheduler().start()\n    return app\n', 'Procfile': 'web: gunicorn -w 2 "app:create_app()"\n' } },
    'a guard for the reloader, and production': { bad: { 'app.py': 'import os\nfrom flask import Flask\nfrom apscheduler.schedulers.background import BackgroundScheduler\napp = Flask(__name__)\nscheduler = BackgroundScheduler()\nif not app.debug or os.environ.get("WERKZEUG_RUN_MAIN") == "true":\n    scheduler.start()\n', 'Procfile': 'web: gunicorn -w 2 app:app\n' } },
    'a lifespan in several workers': { bad: { 'main.py': 'from contextlib import asynccontextmanager\nfrom apscheduler.schedulers.asyncio import AsyncIOScheduler\nfrom fastapi import FastAPI\nscheduler = AsyncIOScheduler()\n@asynccontextmanager\nasync def lifespan(app):\n    scheduler.start()\n    yield\n    scheduler.shutdown()\napp = FastAPI(lifespan=lifespan)\n', 'Dockerfile': 'FROM python:3.12\nCMD ["uvicorn", "main:app", "--workers", "4"]\n' } },
    'one worker, by default': { bad: { 'main.py': 'from apscheduler.schedulers.background import BackgroundScheduler\nfrom fastapi import FastAPI\napp = FastAPI()\nscheduler = BackgroundScheduler()\n@app.on_event("startup")\ndef start():\n    scheduler.start()\n', 'Dockerfile': 'FROM python:3.12\nCMD ["uvicorn", "main:app"]\n' }, severity: 'medium' },
    'one worker, as the command says': { bad: { 'main.py': 'from apscheduler.schedulers.background import BackgroundScheduler\nfrom flask import Flask\napp = Flask(__name__)\nscheduler = BackgroundScheduler()\nscheduler.start()\n', 'Procfile': 'web: gunicorn -w 1 main:app\n' }, severity: 'low' },
    'nobody says how many': { bad: { 'wsgi.py': 'from shop import create_app\napplication = create_app()\n', 'shop/__init__.py': 'from flask import Flask\nfrom shop.extensions import scheduler\ndef create_app():\n    app = Flask(__name__)\n    scheduler.init_app(app)\n    scheduler.start()\n    return app\n', 'shop/extensions.py': 'from flask_apscheduler import APScheduler\nscheduler = APScheduler()\n' }, severity: 'medium' },
    'a function that repeats itself': { bad: { 'main.py': 'from fastapi import FastAPI\nfrom fastapi_utils.tasks import repeat_every\napp = FastAPI()\n@app.on_event("startup")\n@repeat_every(seconds=60)\nasync def expire():\n    pass\n', 'Procfile': 'web: uvicorn main:app --workers 2\n' } },
    'Django\'s ready()': { bad: { 'shop/apps.py': 'from apscheduler.schedulers.background import BackgroundScheduler\nfrom django.apps import AppConfig\nclass ShopConfig(AppConfig):\n    name = "shop"\n    def ready(self):\n        scheduler = BackgroundScheduler()\n        scheduler.start()\n', 'shop/wsgi.py': 'from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n', 'Procfile': 'web: gunicorn shop.wsgi -w 3\n' } },
    'a process of its own': { good: { 'worker.py': 'from apscheduler.schedulers.blocking import BlockingScheduler\ndef main(expire):\n    s = BlockingScheduler()\n    s.add_job(expire, "interval", minutes=5)\n    s.start()\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', 'Procfile': 'web: gunicorn -w 4 app:app\nworker: python worker.py\n' } },
    'a background scheduler in a process of its own': { good: { 'jobs.py': 'import time\nfrom apscheduler.schedulers.background import BackgroundScheduler\nif __name__ == "__main__":\n    s = BackgroundScheduler()\n    s.start()\n    while True:\n        time.sleep(60)\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', 'Procfile': 'web: gunicorn -w 4 app:app\nworker: python jobs.py\n' } },
    'a switch that one process gets': { good: { 'app.py': 'import os\nfrom apscheduler.schedulers.background import BackgroundScheduler\ndef create_app(app):\n    if os.getenv("RUN_SCHEDULER") == "1":\n        BackgroundScheduler().start()\n    return app\n', 'Procfile': 'web: gunicorn -w 4 "app:create_app()"\n' } },
    'a switch in the configuration': { good: { 'app.py': 'from flask import Flask\nfrom apscheduler.schedulers.background import BackgroundScheduler\ndef create_app():\n    app = Flask(__name__)\n    if app.config.get("SCHEDULER_ENABLED"):\n        BackgroundScheduler().start()\n    return app\n', 'Procfile': 'web: gunicorn -w 4 "app:create_app()"\n' } },
    'a lock around the start': { good: { 'app.py': 'import fcntl\nfrom flask import Flask\nfrom apscheduler.schedulers.background import BackgroundScheduler\napp = Flask(__name__)\ndef start():\n    f = open("scheduler.lock", "wb")\n    try:\n        fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)\n    except OSError:\n        return\n    BackgroundScheduler().start()\nstart()\n', 'Procfile': 'web: gunicorn -w 4 app:app\n' } },
    'a lock in the job': { good: { 'app.py': 'from flask import Flask\nfrom apscheduler.schedulers.background import BackgroundScheduler\nfrom cache import redis\napp = Flask(__name__)\ndef expire():\n    with redis.lock("expire", timeout=60):\n        pass\nscheduler = BackgroundScheduler()\nscheduler.add_job(expire, "interval", minutes=5)\nscheduler.start()\n', 'Procfile': 'web: gunicorn -w 4 app:app\n' } },
    'loaded before the workers are made': { good: { 'app.py': 'from flask import Flask\nfrom apscheduler.schedulers.background import BackgroundScheduler\napp = Flask(__name__)\nscheduler = BackgroundScheduler()\nscheduler.start()\n', 'Procfile': 'web: gunicorn --preload -w 1 app:app\n' } },
    'Celery\'s beat': { good: { 'tasks.py': 'from celery import Celery\napp = Celery("shop")\napp.conf.beat_schedule = {"expire": {"task": "tasks.expire", "schedule": 60.0}}\n', 'main.py': 'from fastapi import FastAPI\napp = FastAPI()\n', 'Procfile': 'web: uvicorn main:app --workers 4\nbeat: celery -A tasks beat\n' } },
    'a library': { good: 'from apscheduler.schedulers.background import BackgroundScheduler\ndef start():\n    BackgroundScheduler().start()\n' },
  }),
});

/** `everywhere`: in every web worker; `never`: only where a reloader runs; `apart`: something keeps it in one process. */
type Verdict = 'everywhere' | 'never' | 'apart' | 'unknown';

function verdictOn(one: SchedulerStart, jobs: readonly ScheduledJob[], project: Project): Verdict {
  const { module, task } = one;
  const when = runningOf(project, module, task.function ? { scope: task.scope ? `${task.scope}.${task.function.name}` : task.function.name, at: task.function.at, guards: task.guards } : task);
  if (/BlockingScheduler/.test(task.callee)) return 'apart';
  if (!when.has('import') && !when.has('start') && !when.has('request')) return when.size > 0 ? 'apart' : 'unknown';
  const guards = task.guards.map((each) => textOf(project, module.path, each.at));
  if (guards.some((text) => /WERKZEUG_RUN_MAIN|is_running_from_reloader/.test(text))) return onlyReloader(guards) && project.server !== undefined ? 'never' : 'everywhere';
  if (task.guards.some((each, index) => isSwitch(each.variable, each.unset, guards[index] ?? '', project))) return 'unknown';
  return takesLock(one, jobs, project) || isPreloaded(project) ? 'apart' : 'everywhere';
}

/** `if os.environ.get("WERKZEUG_RUN_MAIN") == "true":` and no other way in. */
function onlyReloader(guards: readonly string[]): boolean {
  return guards.some((text) => /WERKZEUG_RUN_MAIN|is_running_from_reloader/.test(text) && !/\bor\b|\bnot\b|!=|debug/i.test(text));
}

/** Off unless a variable is set, or a setting whose name says what it is for. */
function isSwitch(variable: string | undefined, unset: boolean | undefined, text: string, project: Project): boolean {
  if (variable !== undefined) return unset !== true || project.deployedVariable(variable) !== undefined;
  return /schedul|cron|worker|jobs?\b|beat|leader|primary|master|lock/i.test(text);
}

const LOCKS = /lock|flock|setnx|acquire|leader|advisory|semaphore|socket\.bind/i;

function takesLock({ module, task, func }: SchedulerStart, jobs: readonly ScheduledJob[], project: Project): boolean {
  if (func && (func.does.some((each) => LOCKS.test(each)) || /\bLOCK_EX\b/.test(textOf(project, module.path, func.body)))) return true;
  if (task.scope === '' && module.does.some((each) => /fcntl|filelock|FileLock|portalocker|setnx|advisory/i.test(each))) return true;
  return jobs.some((job) => job.func?.func.does.some((each) => LOCKS.test(each)) ?? false);
}

/** gunicorn loads the application once, and threads started then stay in the one process that serves nobody. */
function isPreloaded(project: Project): boolean {
  return project.commands.some(({ text }) => /gunicorn\b.*--preload\b/.test(text));
}

function gapOf(one: SchedulerStart, never: boolean, others: readonly SchedulerStart[], project: Project): Gap {
  const name = schedulerName(one.task);
  const grade = never ? undefined : gradeOf(project);
  const { evidence, count } = project.workers;
  return {
    at: { path: one.module.path, ...one.task.nameAt },
    message: never ? `${name} starts only under Flask's reloader, which production does not use, so its jobs never run there.` : count === 'one' ? `${name} starts inside the web process, so a second worker would run every job twice.` : `${name} starts in every web worker, so each runs every job.`,
    ...(grade && { variation: grade }),
    related: [...(evidence ? [evidence] : []), ...others.map(({ module, task }) => ({ path: module.path, ...task.nameAt, text: `${schedulerName(task)} starts here` }))],
  };
}

function gradeOf({ workers }: Project): Variation | undefined {
  if (workers.count === 'several') return undefined;
  if (workers.count === 'unknown') return { severity: 'medium', points: 6, because: 'nothing here says how many processes serve requests' };
  return workers.fixed ? { severity: 'low', because: 'the start command keeps it to one process' } : { severity: 'medium', points: 4, because: 'one process serves requests, by default' };
}

/** Celery's beat, or another process for jobs alone. */
function beat(project: Project): { readonly holds: Gap['related'] & object } | undefined {
  const found = project.commands.find(({ text }) => /\bcelery\b.*\bbeat\b|\b(celery|rq|dramatiq|huey_consumer|arq|procrastinate|taskiq)\b.*\b(worker|work)?\b/.test(text) && !/\b(install|pip|pytest)\b/.test(text));
  const scheduled = project.modules.some((module) => module.tasks.some((task) => task.does === 'schedules'));
  return found && scheduled ? { holds: [{ ...found, text: 'Jobs run in a process of their own' }] } : undefined;
}

function textOf(project: Project, path: string, at: { readonly start: number; readonly end: number }): string {
  return project.written(path, at);
}
