import assert from 'node:assert/strict';
import type { Task } from '../../rules/kit';
import { projectOf } from '../support/python';

/** Tasks of a project in short: `app.py: celery defines charge`. */
async function tasksOf(files: string | Readonly<Record<string, string>>): Promise<readonly string[]> {
  const project = await projectOf(typeof files === 'string' ? { 'app.py': files } : files);
  return project.modules.flatMap((module) => module.tasks.map(short));
}

function short(one: Task): string {
  const runs = one.function?.name ?? one.runs;
  const options = one.keywords.filter((each) => /^(max_|coalesce|misfire|autoretry|acks|daemon)/.test(each.name)).map((each) => each.name);
  const clock = one.trigger === undefined ? undefined : `${one.trigger}${one.every === undefined ? '' : ` ${String(one.every)}`}`;
  return [one.library, one.does, runs, clock, ...options, one.discarded && 'dropped', one.boundTo && `as ${one.boundTo}`].filter(Boolean).join(' ');
}

describe('tasks', () => {
  it('knows APScheduler, its jobs and their options', async () => {
    const text = 'from apscheduler.schedulers.background import BackgroundScheduler\nfrom apscheduler.triggers.interval import IntervalTrigger\nscheduler = BackgroundScheduler(job_defaults={"coalesce": False})\ndef tick():\n    pass\nscheduler.add_job(tick, "interval", minutes=5, max_instances=3)\nscheduler.add_job(func=tick, trigger=IntervalTrigger(hours=1))\nscheduler.add_job(tick, "cron", hour=3)\n@scheduler.scheduled_job("interval", seconds=30, coalesce=False)\ndef tock():\n    pass\nscheduler.start()\n';
    assert.deepEqual(await tasksOf(text), [
      'apscheduler creates as scheduler', 'apscheduler schedules app.tick interval 300 max_instances dropped', 'apscheduler schedules app.tick interval 3600 dropped', 'apscheduler schedules app.tick cron dropped',
      'apscheduler schedules tock interval 30 coalesce', 'apscheduler starts dropped',
    ]);
  });

  it('follows a scheduler of another file, and an attribute', async () => {
    assert.deepEqual(await tasksOf({
      'extensions.py': 'from flask_apscheduler import APScheduler\nscheduler = APScheduler()\n',
      'app.py': 'from extensions import scheduler\ndef create_app(app):\n    scheduler.init_app(app)\n    scheduler.start()\n@scheduler.task("interval", id="a", seconds=10, misfire_grace_time=900)\ndef job():\n    pass\n',
    }), ['apscheduler creates as scheduler', 'apscheduler starts dropped', 'apscheduler schedules job interval 10 misfire_grace_time']);
    assert.deepEqual(await tasksOf('from apscheduler.schedulers.asyncio import AsyncIOScheduler\nclass Jobs:\n    def __init__(self):\n        self.s = AsyncIOScheduler()\n    def run(self):\n        self.s.start()\n'), ['apscheduler creates as self.s', 'apscheduler starts dropped']);
  });

  it('knows Celery: tasks, options, calls, the beat', async () => {
    assert.deepEqual(await tasksOf({
      'proj/celery.py': 'from celery import Celery\nfrom celery.schedules import crontab\napp = Celery("proj")\napp.conf.beat_schedule = {\n    "clean": {"task": "proj.tasks.clean", "schedule": 30.0},\n    "report": {"task": "proj.tasks.report", "schedule": crontab(hour=7)},\n}\n',
      'proj/tasks.py': 'from celery import shared_task\nfrom proj.celery import app\n@app.task(bind=True, autoretry_for=(Exception,), max_retries=5)\ndef clean(self):\n    pass\n@shared_task\ndef report():\n    pass\n',
      'proj/views.py': 'from proj.tasks import clean\ndef view(request):\n    clean.delay(1)\n    return clean.apply_async(args=(1,))\n',
    }), [
      'celery creates as app', 'celery schedules proj.tasks.clean interval 30', 'celery schedules proj.tasks.report cron',
      'celery defines clean autoretry_for max_retries', 'celery defines report', 'celery enqueues proj.tasks.clean dropped', 'celery enqueues proj.tasks.clean',
    ]);
  });

  it('reads the beat of Django settings', async () => {
    assert.deepEqual(await tasksOf('from datetime import timedelta\nCELERY_BEAT_SCHEDULE = {"a": {"task": "shop.tasks.a", "schedule": timedelta(minutes=2)}}\n'), ['celery schedules shop.tasks.a interval 120']);
  });

  it('knows threads, timers and processes with what they run', async () => {
    const text = 'import threading\nfrom multiprocessing import Process\ndef job():\n    pass\nthreading.Thread(target=job, daemon=True).start()\nt = threading.Thread(target=job)\nt.start()\nthreading.Timer(60, job).start()\nProcess(target=job).start()\nclass Worker(threading.Thread):\n    def run(self):\n        pass\nWorker().start()\n';
    const starts = (await tasksOf(text)).filter((each) => each.includes('starts'));
    assert.deepEqual(starts, ['thread starts app.job daemon dropped', 'thread starts app.job dropped', 'timer starts app.job dropped', 'process starts app.job dropped', 'thread starts app.Worker.run dropped']);
  });

  it('knows coroutines, executors and what the framework runs afterwards', async () => {
    const text = 'import asyncio\nfrom concurrent.futures import ThreadPoolExecutor\nfrom fastapi import BackgroundTasks\npool = ThreadPoolExecutor(4)\nasync def job():\n    pass\nasync def f(tasks: BackgroundTasks):\n    asyncio.create_task(job())\n    kept = asyncio.ensure_future(job())\n    async with asyncio.TaskGroup() as tg:\n        tg.create_task(job())\n    pool.submit(job)\n    tasks.add_task(job)\n';
    assert.deepEqual(await tasksOf(text), ['asyncio starts app.job dropped', 'asyncio starts app.job as kept', 'asyncio starts app.job dropped', 'executor starts app.job dropped', 'background enqueues app.job dropped']);
  });

  it('knows the smaller queues', async () => {
    const text = 'import dramatiq\nimport django_rq\nfrom huey import RedisHuey\nfrom rq import Queue\nfrom arq import cron\nfrom fastapi_utils.tasks import repeat_every\nimport schedule\nhuey = RedisHuey()\nqueue = Queue()\n@dramatiq.actor(max_retries=3)\ndef a():\n    pass\n@huey.task()\ndef b():\n    pass\n@huey.periodic_task(crontab())\ndef c():\n    pass\nqueue.enqueue(a, 1)\ndjango_rq.enqueue(a)\njobs = [cron(a, hour=1)]\n@repeat_every(seconds=60)\nasync def d():\n    pass\nschedule.every(10).minutes.do(a)\n';
    assert.deepEqual(await tasksOf(text), [
      'dramatiq defines a max_retries', 'huey defines b', 'huey schedules c cron', 'rq enqueues app.a dropped', 'rq enqueues app.a dropped', 'arq schedules app.a cron', 'repeat-every schedules d interval 60', 'schedule schedules app.a interval dropped',
    ]);
  });

  it('takes nothing for a task that only shares a name', async () => {
    assert.deepEqual(await tasksOf('import time\nclass Timer:\n    def start(self):\n        pass\ntimer = Timer()\ntimer.start()\nserver.start()\nform.submit()\nx.spawn()\ndelay(3)\nclient.schedule(a)\ndef f(app):\n    db.init_app(app)\n'), []);
  });
});
