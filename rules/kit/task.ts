/** Work beside the request: tasks of queues, jobs of schedulers, threads and coroutines that are started. */
import type { Call, Module, Standing } from './module';
import type { Span } from './place';
import type { Keyword, Value } from './value';

export type TaskLibrary =
  | 'celery' | 'apscheduler' | 'rq' | 'dramatiq' | 'huey' | 'arq' | 'django-q' | 'procrastinate' | 'taskiq' | 'schedule' | 'repeat-every'
  | 'background' | 'thread' | 'timer' | 'process' | 'executor' | 'asyncio' | 'gevent';

export interface Task extends Standing {
  /** `unknown` only before the names of other files are followed: rules never see it. */
  readonly library: TaskLibrary | 'unknown';
  /**
   * `defines`: a function that a worker runs; `schedules`: a job that runs by the clock; `creates`: a scheduler or worker object is made;
   * `starts`: work, or the scheduler itself, begins here; `enqueues`: work is handed to a queue or to the framework; `listens`: somebody is told how jobs end.
   */
  readonly does: 'defines' | 'schedules' | 'creates' | 'starts' | 'enqueues' | 'listens';
  /** Qualified name of the call or decorator: `apscheduler.schedulers.background.BackgroundScheduler.add_job`. */
  readonly callee: string;
  /** As written: `scheduler.add_job`. */
  readonly written: string;
  /** Qualified name of the function it runs, when it is named; of a lambda or a bound call nothing is known. */
  readonly runs?: string;
  /** The place to underline: the callee, the decorator, or the key of a table. */
  readonly nameAt: Span;
  /** From `(` to `)`, for calls and decorators that have arguments. */
  readonly argumentsAt?: Span;
  readonly args: readonly Value[];
  readonly keywords: readonly Keyword[];
  /** `*args` or `**kwargs` among the arguments. */
  readonly open: boolean;
  /** For jobs: what sets them off. */
  readonly trigger?: 'interval' | 'cron' | 'date';
  /** For jobs by interval: seconds between two runs, when that is a constant. */
  readonly every?: number;
  /** The name its result is given to: `scheduler`, `self.task`. */
  readonly boundTo?: string;
  /** What it returns is thrown away: the call is a statement of its own. */
  readonly discarded?: true;
  /** For `defines`, and jobs made by a decorator: the function's own name and place. */
  readonly function?: { readonly name: string; readonly at: Span; readonly async: boolean };
}

/** A loop, kept when a call that somebody asks for stands in it. */
export interface Loop {
  readonly kind: 'for' | 'while' | 'comprehension';
  /** Where it stands: enclosing definitions, joined by dots. */
  readonly scope: string;
  readonly at: Span;
  /** What is repeated: the body with a `while`'s condition; of a comprehension all of it, `overAt` apart. */
  readonly body: Span;
  /** What it goes over, without a slice: a `for`'s collection, a comprehension's first one. Absent for `while`. */
  readonly over?: Value;
  readonly overAt?: Span;
  /** Names that it gives to each element. */
  readonly names: readonly string[];
  /** `while True`. */
  readonly endless?: true;
}

/** Loops of the same function that the call stands in, innermost first. */
export function loopsAround(module: Module, one: Pick<Call, 'scope' | 'at'>): readonly Loop[] {
  const holds = (outer: Span) => outer.start <= one.at.start && one.at.end <= outer.end;
  return module.loops.filter((loop) => loop.scope === one.scope && holds(loop.body) && !(loop.kind === 'comprehension' && loop.overAt && holds(loop.overAt))).reverse();
}
