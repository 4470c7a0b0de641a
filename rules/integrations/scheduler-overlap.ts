import type { Context, Edit, Keyword, Module, Selector, Source, Task, Value } from '../kit';
import { functionNamedAt, lookup, onlyInDevelopment, replace, rule } from '../kit';

/** A job, or the defaults of a scheduler's jobs, with what lets runs of it meet. */
interface Overlap { readonly module: Module; readonly task: Task; readonly option: Keyword; readonly fault: 'parallel' | 'piling' }

export default rule<Overlap | { readonly module: Module; readonly task: Task; readonly option?: undefined; readonly fault?: undefined }>({
  id: 'scheduler-overlap',
  title: 'A job cannot overlap itself',
  severity: 'low', points: 2, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: 'A slow run is overtaken by the next, and both change the same rows. After a pause all missed runs start at once.',
  how: 'Keep one instance and let missed runs count as one, which are the defaults of APScheduler 3, or take a lock inside the job.',
  links: ['https://apscheduler.readthedocs.io/en/3.x/userguide.html#limiting-the-number-of-concurrently-executing-instances-of-a-job'],
  anchors: ['CWE-362'],

  on: jobs(),
  check: ({ module, task, fault, option }, context) => fault !== undefined && !onlyInDevelopment(task) && !isExplained(option, context.source) && !takesLock(task, module, context),
  message: ({ task, fault, option }) => {
    const name = nameOf(task);
    if (fault === 'piling') return `Runs of ${name} that were missed all start one after another, for coalesce is off.`;
    return `${sentence(name)} may run ${String(option?.value.kind === 'number' ? option.value.value : 2)} times at once.`;
  },
  underline: ({ option, task }) => option?.at ?? task.nameAt,
  holds: ({ task }) => task.keywords.every((each) => each.name !== 'max_instances' || (each.value.kind === 'number' && each.value.value === 1)) ? 'One run at a time' : undefined,
  nothing: 'No job runs by the clock.',
  summary: (count) => count === 1 ? 'The only job does not overlap itself' : `${count} jobs, none of which overlaps itself`,

  fix: [{
    title: 'Allow one run at a time', safety: 'review',
    edit: ({ option, fault }, { source }) => option && [replace(option.value.at, fault === 'parallel' ? '1' : capital(source.slice(option.value.at)))],
  }],

  examples: () => ({
    'several at once': {
      bad: 'def start(scheduler, sync):\n    scheduler.add_job(sync, "interval", minutes=1, max_instances=5)\n', good: 'def start(scheduler, sync):\n    scheduler.add_job(sync, "interval", minutes=1, max_instances=1)\n', path: 'jobs.py',
    },
    'said explicitly': { path: 'jobs.py', good: 'def start(scheduler, sync):\n    scheduler.add_job(sync, "interval", minutes=5, max_instances=1, coalesce=True)\n' },
    'the defaults are enough': { path: 'jobs.py', good: 'def start(scheduler, sync):\n    scheduler.add_job(sync, "interval", minutes=5)\n' },
    'a job by decorator': {
      bad: 'from apscheduler.schedulers.background import BackgroundScheduler\nscheduler = BackgroundScheduler()\n@scheduler.scheduled_job("interval", seconds=30, max_instances=3)\ndef sync():\n    push()\n',
      good: 'from apscheduler.schedulers.background import BackgroundScheduler\nscheduler = BackgroundScheduler()\n@scheduler.scheduled_job("interval", seconds=30, max_instances=1)\ndef sync():\n    push()\n', path: 'jobs.py',
    },
    'the defaults of a scheduler': {
      bad: 'from apscheduler.schedulers.background import BackgroundScheduler\nscheduler = BackgroundScheduler(job_defaults={"max_instances": 3, "coalesce": True})\n',
      good: 'from apscheduler.schedulers.background import BackgroundScheduler\nscheduler = BackgroundScheduler(job_defaults={"max_instances": 1, "coalesce": True})\n', path: 'jobs.py',
    },
    'defaults that the jobs overrule': { path: 'jobs.py', good: 'from apscheduler.schedulers.background import BackgroundScheduler\nscheduler = BackgroundScheduler(job_defaults={"max_instances": 1})\nscheduler.add_job(print, "interval", minutes=1)\n' },
    'missed runs of a day': {
      bad: 'def start(scheduler, sync):\n    scheduler.add_job(sync, "interval", minutes=1, coalesce=False, misfire_grace_time=86400)\n', good: 'def start(scheduler, sync):\n    scheduler.add_job(sync, "interval", minutes=1, coalesce=True, misfire_grace_time=86400)\n', path: 'jobs.py',
    },
    'missed runs however late': { bad: 'def start(scheduler, sync):\n    scheduler.add_job(sync, "interval", minutes=1, coalesce=False, misfire_grace_time=None)\n', path: 'jobs.py' },
    'missed runs are dropped after a second': { path: 'jobs.py', good: 'def start(scheduler, sync):\n    scheduler.add_job(sync, "interval", minutes=1, coalesce=False)\n    scheduler.add_job(sync, "interval", hours=1, coalesce=False, misfire_grace_time=60)\n' },
    'once a day, and never longer than that': { path: 'jobs.py', good: 'def start(scheduler, report):\n    scheduler.add_job(report, "cron", hour=3, max_instances=2)\n    scheduler.add_job(report, "interval", days=1, max_instances=3)\n    scheduler.add_job(report, "date", max_instances=3)\n' },
    'every minute of a cron': { bad: 'def start(scheduler, sync):\n    scheduler.add_job(sync, "cron", minute="*", max_instances=4)\n', path: 'jobs.py' },
    'a lock inside the job': { path: 'jobs.py', good: 'def sync(cache):\n    with cache.lock("sync"):\n        push()\n\ndef start(scheduler):\n    scheduler.add_job(sync, "interval", minutes=1, max_instances=5)\n' },
    'a comment that says why': { path: 'jobs.py', good: 'def start(scheduler, poll):\n    # Polls wait for an hour, and each looks at another tenant.\n    scheduler.add_job(poll, "interval", minutes=1, max_instances=5)\n    scheduler.add_job(poll, "interval", minutes=1, max_instances=5)  # in parallel on purpose\n' },
    'a job of another library': { path: 'jobs.py', good: 'class Queue:\n    def add_job(self, job, max_instances):\n        pass\n\ndef start(queue: Queue, job):\n    queue.add_job(job, max_instances=5)\n' },
    'tests': { path: 'tests/test_jobs.py', good: 'def test_it(scheduler):\n    scheduler.add_job(print, "interval", minutes=1, max_instances=5)\n' },
  }),
});

function jobs(): Selector<Overlap | { readonly module: Module; readonly task: Task }> {
  return {
    kinds: ['module'], callees: [],
    *select(unit) {
      if (unit.kind !== 'module') return;
      for (const task of unit.tasks) {
        if (task.library !== 'apscheduler' || (task.does !== 'schedules' && task.does !== 'creates')) continue;
        const found = faultsIn(task, unit);
        if (found) yield found; else if (task.does === 'schedules') yield { module: unit, task };
      }
    },
  };
}

function faultsIn(task: Task, module: Module): Overlap | undefined {
  const given = task.does === 'creates' ? defaultsOf(task) : task.keywords;
  const option = (name: string) => given.find((each) => each.name === name);
  const instances = option('max_instances');
  if (instances?.value.kind === 'number' && instances.value.value > 1 && comesOften(task)) return { module, task, option: instances, fault: 'parallel' };
  const coalesce = option('coalesce');
  return coalesce?.value.kind === 'bool' && !coalesce.value.value && pilesUp(option('misfire_grace_time')?.value, task.every) ? { module, task, option: coalesce, fault: 'piling' } : undefined;
}

/** `job_defaults={…}` of the constructor, or the older `"apscheduler.job_defaults.max_instances": "3"`, which holds texts and is left alone. */
function defaultsOf(task: Task): readonly Keyword[] {
  const table = task.keywords.find((each) => each.name === 'job_defaults')?.value ?? task.args.map((each) => lookup(each, 'job_defaults')).find((each) => each !== undefined);
  return table?.kind === 'dict' ? table.entries.flatMap((each) => each.key.kind === 'text' ? [{ name: each.key.value, value: each.value, at: { start: each.key.at.start, end: each.value.at.end } }] : []) : [];
}

/** Runs that come hours apart do not meet. */
function comesOften(task: Task): boolean {
  if (task.trigger === 'date') return false;
  if (task.every !== undefined) return task.every < 3600;
  return task.trigger !== 'cron' || task.keywords.some((each) => (each.name === 'minute' || each.name === 'second') && each.value.kind === 'text' && /[*/,]/.test(each.value.value));
}

/** By default a run that is more than a second late is dropped: then nothing piles up. */
function pilesUp(grace: Value | undefined, every: number | undefined): boolean {
  if (grace?.kind === 'none') return true;
  return grace?.kind === 'number' && grace.value >= Math.max(60, 3 * (every ?? 3600));
}

/** A comment beside it or above it says why. */
function isExplained(option: Keyword | undefined, source: Source): boolean {
  if (!option) return false;
  const start = source.lineStart(option.at.start);
  const above = source.slice({ start: 0, end: start }).trimEnd().split('\n').at(-1) ?? '';
  return /#\s*\w/.test(source.slice({ start: option.at.end, end: source.lineEnd(option.at.end) })) || /^\s*#\s*\w/.test(above);
}

function takesLock(task: Task, module: Module, { project }: Context): boolean {
  const func = task.function ? functionNamedAt(module, task.function.at.start) : task.runs === undefined ? undefined : project.func(task.runs)?.func;
  return func !== undefined && func.does.some((each) => /lock|semaphore|acquire/i.test(each));
}

function nameOf(task: Task): string {
  const name = task.function?.name ?? (task.runs === undefined ? undefined : task.runs.slice(task.runs.lastIndexOf('.') + 1));
  return task.does === 'creates' ? 'a job' : name === undefined ? 'the job' : `${name}()`;
}

function sentence(text: string): string {
  return /^(a|the) /.test(text) ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : text;
}

/** `True` for `False`. */
function capital(written: string): Edit['text'] {
  return written === 'False' ? 'True' : 'true';
}
