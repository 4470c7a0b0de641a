/**
 * Work beside the request: which calls and decorators define, schedule, start or hand on work, by the library they come from.
 * What a name of another file stands for is known later: such candidates are `unknown` here, and named or dropped by the project.
 */
import type { Assignment, Call, Decorator, Func, Keyword, Span, Standing, Task, Value } from '../../rules/kit';
import { lastName, lookup } from '../../rules/kit';

/** Last names of calls that may be tasks: all others are passed over. */
const CALLED: ReadonlySet<string> = new Set([
  'add_job', 'start', 'add_listener', 'BackgroundScheduler', 'AsyncIOScheduler', 'BlockingScheduler', 'GeventScheduler', 'TornadoScheduler', 'TwistedScheduler', 'APScheduler', 'AsyncScheduler',
  'delay', 'apply_async', 'send_task', 'add_periodic_task', 'enqueue', 'enqueue_in', 'enqueue_at', 'enqueue_call', 'enqueue_job', 'async_task', 'schedule', 'defer', 'defer_async', 'kiq', 'cron', 'do',
  'Thread', 'Timer', 'Process', 'start_new_thread', 'submit', 'start_background_task', 'spawn', 'spawn_n', 'create_task', 'ensure_future', 'run_coroutine_threadsafe', 'start_soon', 'add_task', 'BackgroundTask', 'Celery',
]);

/** Whether a call of this last name may be a task. */
export function mayBeTask(last: string): boolean {
  return CALLED.has(last);
}

type Kind = readonly [pattern: RegExp, library: Task['library'], does: Task['does']];

const CALLS: readonly Kind[] = [
  [/^apscheduler\.(schedulers\.)?(\w+\.)*(Background|AsyncIO|Blocking|Gevent|Tornado|Twisted|Async)Scheduler$|^flask_apscheduler\.(\w+\.)?APScheduler$/, 'apscheduler', 'creates'],
  [/^(flask_)?apscheduler\.(\w+\.)*\w*Scheduler\.(add_job|add_schedule)$|(^|[._])(aps|sched\w*)\.add_job$/i, 'apscheduler', 'schedules'],
  [/^(flask_)?apscheduler\.(\w+\.)*\w*Scheduler\.start$/, 'apscheduler', 'starts'],
  [/^(flask_)?apscheduler\.(\w+\.)*\w*Scheduler\.add_listener$|(^|[._])sched\w*\.add_listener$/i, 'apscheduler', 'listens'],
  [/^celery\.(app\.base\.)?Celery$/, 'celery', 'creates'],
  [/(^|[._])(celery|Celery|celery_app)\.add_periodic_task$|(^|\.)sender\.add_periodic_task$/, 'celery', 'schedules'],
  [/\.(delay|apply_async)$|[cC]elery(_app)?\.send_task$/, 'celery', 'enqueues'],
  [/^(django_)?rq\.(\w+\.)*(Queue\.)?(enqueue|enqueue_in|enqueue_at|enqueue_call)$|(^|[._])(task_)?(queue|q|rq)\.(enqueue|enqueue_in|enqueue_at|enqueue_call)$/i, 'rq', 'enqueues'],
  [/^rq_scheduler\.(\w+\.)*Scheduler\.(schedule|cron)$/, 'rq', 'schedules'],
  [/(^|\.)(arq\w*|redis|pool|ArqRedis|create_pool)\.enqueue_job$/, 'arq', 'enqueues'],
  [/^arq\.(cron\.)?cron$/, 'arq', 'schedules'],
  [/^django_q\.(\w+\.)*async_task$/, 'django-q', 'enqueues'],
  [/^django_q\.(\w+\.)*schedule$/, 'django-q', 'schedules'],
  [/^procrastinate\..*\.(defer|defer_async)$/, 'procrastinate', 'enqueues'],
  [/^taskiq\w*\..*\.kiq$/, 'taskiq', 'enqueues'],
  [/^schedule\.(every|Scheduler)\b.*\.do$/, 'schedule', 'schedules'],
  [/^threading\.Thread$/, 'thread', 'creates'],
  [/^threading\.Timer$/, 'timer', 'creates'],
  [/^multiprocessing\.(\w+\.)?Process$/, 'process', 'creates'],
  [/^threading\.Thread\.start$|^_thread\.start_new_thread$|\.start_background_task$/, 'thread', 'starts'],
  [/^threading\.Timer\.start$/, 'timer', 'starts'],
  [/^multiprocessing\.(\w+\.)?Process\.start$/, 'process', 'starts'],
  [/^concurrent\.futures\.(\w+\.)?(Thread|Process)PoolExecutor\.submit$|(^|[._])(\w*executor|\w*pool)\.submit$/i, 'executor', 'starts'],
  [/^asyncio\.(create_task|ensure_future|run_coroutine_threadsafe|TaskGroup\.create_task)$|^asyncio\.(get_event_loop|get_running_loop|new_event_loop)\.create_task$|(^|[._])loop\.create_task$|^asyncio\.\w+\.create_task$/, 'asyncio', 'starts'],
  [/^anyio\..*\.start_soon$|(^|[._])(tg|task_group|nursery)\.(start_soon|create_task)$/, 'asyncio', 'starts'],
  [/^gevent\.spawn$|^eventlet\.spawn(_n)?$/, 'gevent', 'starts'],
  [/^(fastapi|starlette)\.(\w+\.)*BackgroundTasks\.add_task$|(^|[._])background_?tasks?\.add_task$|^starlette\.background\.BackgroundTask$|^(quart|sanic)\.\w+\.add_(background_)?task$/, 'background', 'enqueues'],
];

const DECORATORS: readonly Kind[] = [
  [/^(flask_)?apscheduler\.(\w+\.)*\w*Scheduler\.(scheduled_job|task)$|(^|[._])sched\w*\.(scheduled_job|task)$/i, 'apscheduler', 'schedules'],
  [/^celery\.(\w+\.)*periodic_task$/, 'celery', 'schedules'],
  [/^celery\.(\w+\.)*(shared_task|task)$|(^|\.)Celery\.task$|(^|[._])celery\w*\.task$/, 'celery', 'defines'],
  [/^dramatiq\.(actor|\w+\.actor)$/, 'dramatiq', 'defines'],
  [/(^|\.)(\w*[hH]uey)\.(db_)?periodic_task$/, 'huey', 'schedules'],
  [/(^|\.)(\w*[hH]uey)\.(db_|local_persistent_|context_)?task$/, 'huey', 'defines'],
  [/^(django_rq|rq)\.(\w+\.)*job$/, 'rq', 'defines'],
  [/^procrastinate\..*\.periodic$/, 'procrastinate', 'schedules'],
  [/^procrastinate\..*\.task$/, 'procrastinate', 'defines'],
  [/^taskiq\w*\..*\.task$|(^|[._])broker\.task$/, 'taskiq', 'defines'],
  [/^(fastapi_utils|fastapi_restful|fastapi_utilities)\.(\w+\.)*repeat_(every|at)$/, 'repeat-every', 'schedules'],
  [/^schedule\.repeat$/, 'schedule', 'schedules'],
];

/** The library a call or decorator belongs to, by its qualified name; for the last names above only. */
export function taskKind(callee: string, how: 'call' | 'decorator'): Pick<Task, 'library' | 'does'> | undefined {
  const found = (how === 'call' ? CALLS : DECORATORS).find(([pattern]) => pattern.test(callee));
  return found && { library: found[1], does: found[2] };
}

/** Decorators that may come from another file: `app.task` of `from proj.celery import app`. */
const MAY_DECORATE = /(^|\.)(task|db_task|periodic_task|db_periodic_task|scheduled_job|actor|job|repeat_every|repeat)$/;

/** Candidates of a file. */
export function taskCandidates(calls: readonly Call[], functions: readonly Func[], assignments: readonly Assignment[]): Task[] {
  return [...calls.flatMap(called), ...functions.flatMap(decorated), ...assignments.flatMap(beat)].sort((a, b) => a.at.start - b.at.start);
}

function called(one: Call): Task[] {
  const kind = taskKind(one.callee, 'call') ?? { library: 'unknown' as const, does: 'starts' as const };
  // `Thread(target=f).start()` says what it runs where it is made.
  const made = lastName(one.callee) === 'start' && one.receiver?.kind === 'result' ? one.receiver : one;
  return [{
    ...standing(one), ...kind, callee: one.callee, written: one.written, nameAt: one.calleeAt, argumentsAt: one.argumentsAt, args: made.args, keywords: made.keywords, open: one.open,
    ...ranBy(lastName(one.callee), one.callee, made.args, made.keywords), ...timing(lastName(one.callee), one.args, one.keywords), ...(one.boundTo !== undefined && { boundTo: one.boundTo }), ...(one.discarded && !one.awaited && { discarded: true }),
  }];
}

function decorated(func: Func): Task[] {
  return func.decorators.flatMap((one: Decorator): Task[] => {
    const kind = taskKind(one.name, 'decorator') ?? (MAY_DECORATE.test(one.name) ? { library: 'unknown' as const, does: 'defines' as const } : undefined);
    if (!kind) return [];
    const argumentsAt = one.args.length > 0 || one.keywords.length > 0 ? { start: Math.min(...[...one.args, ...one.keywords].map((each) => each.at.start)), end: one.at.end } : undefined;
    return [{
      scope: func.scope, guards: func.guards, at: one.at, ...kind, callee: one.name, written: one.receiver === undefined ? lastName(one.name) : `${one.receiver}.${lastName(one.name)}`, nameAt: one.at, ...(argumentsAt && { argumentsAt }),
      args: one.args, keywords: one.keywords, open: one.keywords.some((each) => each.name === '**'), ...timing(lastName(one.name), one.args, one.keywords),
      function: { name: func.name, at: func.nameAt, async: func.async },
    }];
  });
}

const BEAT = /(^|[._])(beat_schedule|CELERYBEAT_SCHEDULE|CELERY_BEAT_SCHEDULE)$/;

/** Entries of Celery's `beat_schedule`. */
function beat(one: Assignment): Task[] {
  const whole = BEAT.test(one.target);
  if (!whole && !BEAT.test(one.target.slice(0, Math.max(0, one.target.lastIndexOf('.'))))) return [];
  const entries = whole ? (one.value.kind === 'dict' ? one.value.entries : []) : [{ key: { kind: 'text' as const, value: lastName(one.target), at: one.targetAt }, value: one.value }];
  return entries.flatMap(({ key, value }): Task[] => {
    const task = lookup(value, 'task');
    const when = lookup(value, 'schedule');
    if (key.kind !== 'text' || value.kind !== 'dict' || !when) return [];
    return [{
      ...standing(one), at: value.at, library: 'celery', does: 'schedules', callee: 'celery.beat_schedule', written: key.value, nameAt: key.at, args: [], open: value.open,
      keywords: value.entries.flatMap((each): Keyword[] => each.key.kind === 'text' ? [{ name: each.key.value, value: each.value, at: { start: each.key.at.start, end: each.value.at.end } }] : []),
      ...(task?.kind === 'text' && { runs: task.value }), ...clock(when),
    }];
  });
}

function standing({ scope, guards, at }: Standing): { scope: string; guards: Standing['guards']; at: Span } {
  return { scope, guards, at };
}

/** The function a call sets to work: its first argument, `target` of a thread, the second of a timer, the object of `.delay()`. */
function ranBy(last: string, callee: string, args: readonly Value[], keywords: readonly Keyword[]): { runs?: string } {
  if (last === 'delay' || last === 'apply_async' || last === 'kiq' || last === 'defer' || last === 'defer_async') return { runs: callee.slice(0, callee.lastIndexOf('.')) };
  if (/^(Celery|add_listener)$|Scheduler$/.test(last)) return {};
  const given = keywords.find((each) => /^(target|func|function|f|job_func)$/.test(each.name))?.value ?? (last === 'Timer' || last === 'add_periodic_task' || (last === 'start' && callee.endsWith('Timer.start')) ? args[1] : last === 'Thread' || last === 'start' ? undefined : args[0]);
  const name = given && functionIn(given);
  return name === undefined ? {} : { runs: name };
}

function functionIn(value: Value): string | undefined {
  switch (value.kind) {
    case 'reference': return value.name;
    case 'text': return value.value.replace(':', '.');
    // `create_task(job())`, `functools.partial(job, 1)`, `job.s(1)`, `copy_current_request_context(job)`
    case 'result': {
      if (/^functools\.partial$|copy_current_request_context$|^weakref\./.test(value.callee)) return value.args[0] && functionIn(value.args[0]);
      return /\.(s|si|signature)$/.test(value.callee) ? value.callee.slice(0, value.callee.lastIndexOf('.')) : value.callee;
    }
    default: return undefined;
  }
}

// ---- the clock

function timing(last: string, args: readonly Value[], keywords: readonly Keyword[]): Pick<Task, 'trigger' | 'every'> {
  switch (last) {
    case 'add_job': case 'scheduled_job': case 'task': {
      const given = keywords.find((each) => each.name === 'trigger')?.value ?? args.find((each, at) => (last !== 'add_job' || at === 1) && (each.kind === 'text' || each.kind === 'result'));
      if (given?.kind === 'text' && /^(interval|cron|date)$/.test(given.value)) return { trigger: given.value as 'interval' | 'cron' | 'date', ...(given.value === 'interval' && every(keywords)) };
      if (given?.kind === 'result') return clock(given);
      return last === 'add_job' && !given && args.length < 2 ? { trigger: 'date' } : {};
    }
    case 'repeat_every': return { trigger: 'interval', ...every(keywords) };
    case 'add_periodic_task': return args[0] ? clock(args[0]) : {};
    case 'cron': case 'repeat_at': case 'periodic_task': case 'db_periodic_task': case 'periodic': return { trigger: 'cron' };
    case 'do': return { trigger: 'interval' };
    default: return {};
  }
}

/** A number of seconds, a `timedelta`, `crontab(…)`, `IntervalTrigger(…)`. */
function clock(value: Value): Pick<Task, 'trigger' | 'every'> {
  if (value.kind === 'number') return { trigger: 'interval', every: value.value };
  if (value.kind !== 'result') return {};
  switch (lastName(value.callee)) {
    case 'timedelta': case 'IntervalTrigger': case 'schedule': return { trigger: 'interval', ...(value.args[0]?.kind === 'number' && lastName(value.callee) === 'schedule' ? { every: value.args[0].value } : every(value.keywords)) };
    case 'CronTrigger': case 'from_crontab': case 'crontab': return { trigger: 'cron', ...(lastName(value.callee) === 'crontab' && value.keywords.length === 0 && value.args.length === 0 && { every: 60 }) };
    case 'DateTrigger': return { trigger: 'date' };
    default: return {};
  }
}

const UNITS: Readonly<Record<string, number>> = { milliseconds: 0.001, seconds: 1, minutes: 60, hours: 3600, days: 86_400, weeks: 604_800 };

function every(keywords: readonly Keyword[]): { every?: number } {
  let total = 0;
  for (const { name, value } of keywords) {
    if (!Object.hasOwn(UNITS, name)) continue;
    if (value.kind !== 'number') return {};
    total += value.value * (UNITS[name] ?? 0);
  }
  return total > 0 ? { every: total } : {};
}
