import type { Context, Edit, Evidence, Gap, NewFile, Project, ScheduledJob, SchedulerStart } from '../kit';
import { catchesAll, classesAround, functionsAround, importing, insert, onlyInDevelopment, projectRule, scheduledJobs, schedulerName, schedulerStarts } from '../kit';

export default projectRule({
  id: 'scheduler-unmonitored',
  title: 'Failed or stopped jobs are noticed',
  severity: 'medium', points: 4, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'Reminders, renewals and clean-ups stop, and nobody complains for weeks. A line in a log that nobody reads is no alarm.',
  how: 'Tell somebody when a job fails or is missed, note each success, and raise an alarm when none came.',
  links: ['https://apscheduler.readthedocs.io/en/3.x/userguide.html#scheduler-events', 'https://sre.google/sre-book/monitoring-distributed-systems/'],
  anchors: ['CWE-778'],

  reads: ['*.add_listener', 'sentry_sdk.init', 'rollbar.init', 'bugsnag.configure', 'honeybadger.configure'],
  project: (project) => {
    const starts = schedulerStarts(project).filter(({ task }) => task.library === 'apscheduler');
    const [first] = starts;
    if (!first) return { notApplicable: 'No scheduler runs here.' };
    const jobs = scheduledJobs(project);
    const proof = watched(project, jobs);
    if (proof) return { holds: [proof] };
    return { open: [gapOf(first, jobs)] };
  },

  fix: { title: 'Log failed and missed jobs', safety: 'review', edit: listening, remains: 'Send these lines to somebody: a log that nobody reads is no alarm.' },

  examples: () => ({
    'nothing listens': {
      bad: 'from apscheduler.schedulers.background import BackgroundScheduler\ndef start(expire):\n    s = BackgroundScheduler()\n    s.add_job(expire, "interval", minutes=5)\n    s.start()\n',
      good: 'import logging\nfrom apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED\nfrom apscheduler.schedulers.background import BackgroundScheduler\ndef log_job_problem(event):\n    logging.getLogger(__name__).error("Job %s failed or was missed", event.job_id, exc_info=event.exception)\n\n\ndef start(expire):\n    s = BackgroundScheduler()\n    s.add_job(expire, "interval", minutes=5)\n    s.add_listener(log_job_problem, EVENT_JOB_ERROR | EVENT_JOB_MISSED)\n    s.start()\n',
    },
    'a scheduler of another file': { bad: { 'extensions.py': 'from flask_apscheduler import APScheduler\nscheduler = APScheduler()\n', 'app.py': 'from flask import Flask\nfrom extensions import scheduler\ndef create_app():\n    app = Flask(__name__)\n    scheduler.init_app(app)\n    scheduler.start()\n    return app\n' } },
    'jobs that catch their own failures, and nobody looks whether they run': { bad: 'import logging\nfrom apscheduler.schedulers.background import BackgroundScheduler\nlogger = logging.getLogger(__name__)\nscheduler = BackgroundScheduler()\ndef expire():\n    try:\n        clean()\n    except Exception:\n        logger.exception("expire failed")\nscheduler.add_job(expire, "interval", minutes=5)\nscheduler.start()\n', severity: 'low' },
    'a listener': { good: 'import logging\nfrom apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED\nfrom apscheduler.schedulers.background import BackgroundScheduler\ndef start(expire):\n    s = BackgroundScheduler()\n    s.add_job(expire, "interval", minutes=5)\n    s.add_listener(lambda e: logging.getLogger(__name__).error("job %s failed", e.job_id, exc_info=e.exception), EVENT_JOB_ERROR | EVENT_JOB_MISSED)\n    s.start()\n' },
    'a health route looks at it': { good: 'from apscheduler.schedulers.background import BackgroundScheduler\nfrom flask import Flask\napp = Flask(__name__)\nscheduler = BackgroundScheduler()\nscheduler.start()\n@app.get("/healthz")\ndef healthz():\n    return ("ok", 200) if scheduler.running else ("scheduler stopped", 503)\n' },
    'a heartbeat': { good: 'import requests\nfrom apscheduler.schedulers.background import BackgroundScheduler\nscheduler = BackgroundScheduler()\ndef expire():\n    clean()\n    requests.get("https://hc-ping.example.com/heartbeat/expire", timeout=5)\nscheduler.add_job(expire, "interval", minutes=5)\nscheduler.start()\n' },
    'errors are tracked': { good: { 'jobs.py': 'from apscheduler.schedulers.background import BackgroundScheduler\nscheduler = BackgroundScheduler()\nscheduler.start()\n', 'app.py': 'import sentry_sdk\nfrom flask import Flask\nsentry_sdk.init(dsn="")\napp = Flask(__name__)\n' } },
    'Celery has its own': { good: 'from celery import Celery\napp = Celery("shop")\napp.conf.beat_schedule = {"a": {"task": "tasks.a", "schedule": 60.0}}\n' },
    'tests': { path: 'tests/test_jobs.py', good: 'from apscheduler.schedulers.background import BackgroundScheduler\ndef test_it():\n    BackgroundScheduler().start()\n' },
  }),
});

/** What would tell somebody: a listener, a tracker of errors, a heartbeat, a route that looks at the scheduler. */
function watched(project: Project, jobs: readonly ScheduledJob[]): Evidence | undefined {
  for (const module of project.modules) {
    const listener = module.tasks.find((task) => task.does === 'listens' && !onlyInDevelopment(task));
    if (listener) return { path: module.path, ...listener.nameAt, text: 'A listener hears how jobs end' };
  }
  const tracker = project.calls('sentry_sdk.init', 'rollbar.init', 'bugsnag.configure', 'honeybadger.configure').find(({ call }) => !onlyInDevelopment(call));
  if (tracker) return { path: tracker.module.path, ...tracker.call.calleeAt, text: 'Errors of jobs reach a tracker' };
  const beating = jobs.find((job) => job.func && HEARTBEAT.test(textOf(project, job.func.module.path, job.func.func.at)));
  if (beating) return { path: beating.module.path, ...beating.task.nameAt, text: 'A job sends a heartbeat' };
  const route = project.routes.find((each) => LOOKS.test(textOf(project, each.module.path, each.route.body)));
  return route && { path: route.module.path, ...route.route.handlerAt, text: 'A route looks at the scheduler' };
}

const HEARTBEAT = /heartbeat|hc-ping|healthchecks\.|cronitor|deadmanssnitch|betterstack|betteruptime|uptime|sentry_sdk\.(monitor|crons)|@monitor\(|last_run|last_success|statsd|prometheus|_counter\.|_gauge\.|\.inc\(|push_to_gateway/i;
const LOOKS = /\b\w*sched\w*\.(running|state|get_jobs|get_job)\b/i;

function gapOf({ module, task }: SchedulerStart, jobs: readonly ScheduledJob[]): Gap {
  const catching = jobs.length > 0 && jobs.every(({ func }) => func !== undefined && func.module.handlers.some((one) => one.at.start >= func.func.body.start && one.at.end <= func.func.body.end && catchesAll(one) && one.does.includes('log')));
  return {
    at: { path: module.path, ...task.nameAt },
    message: catching ? `The jobs of ${schedulerName(task)} log their failures, but nothing looks whether they still run.` : `Nobody is told when a job of ${schedulerName(task)} fails or is missed: there is no listener, heartbeat or health check.`,
    ...(catching && { variation: { severity: 'low' as const, because: 'every job logs its own failures' } }),
  };
}

// ---- the fix

function listening(gap: Gap, { project, unit, source }: Context): readonly (Edit | NewFile)[] | undefined {
  if (unit.kind !== 'module' || unit.path !== gap.at.path) return undefined;
  const written = source.slice(gap.at);
  const owner = /^([\w.]+)\.start$/.exec(written)?.[1];
  const start = source.lineStart(gap.at.start);
  const indentation = source.indentation(gap.at.start);
  if (owner === undefined || start + indentation.length !== gap.at.start || project.modules.length === 0) return undefined;
  const outer = functionsAround(unit, gap.at).at(-1);
  const holder = outer && classesAround(unit, outer.at).at(-1);
  const above = source.lineStart((holder ?? outer)?.at.start ?? gap.at.start);
  const definition = 'def log_job_problem(event):\n    logging.getLogger(__name__).error("Job %s failed or was missed", event.job_id, exc_info=event.exception)\n\n\n';
  return [
    ...importing(unit, source, 'logging'), ...importing(unit, source, 'EVENT_JOB_ERROR, EVENT_JOB_MISSED', 'apscheduler.events'),
    insert(above, above === start ? `${definition}${indentation}${owner}.add_listener(log_job_problem, EVENT_JOB_ERROR | EVENT_JOB_MISSED)\n` : definition),
    ...(above === start ? [] : [insert(start, `${indentation}${owner}.add_listener(log_job_problem, EVENT_JOB_ERROR | EVENT_JOB_MISSED)\n`)]),
  ];
}

function textOf(project: Project, path: string, at: { readonly start: number; readonly end: number }): string {
  return project.written(path, at);
}
