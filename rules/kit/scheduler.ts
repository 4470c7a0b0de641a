/** Schedulers that run in the process they are started in: where they start, and what they run. */
import { idleModules } from './loading';
import type { Func, Module } from './module';
import type { Project } from './project';
import { functionNamedAt, functionsAround } from './scopes';
import { lastName } from './select';
import { onlyInDevelopment } from './standing';
import type { Task } from './task';

export interface SchedulerStart { readonly module: Module; readonly task: Task; /** The function it stands in. */ readonly func?: Func }
export interface ScheduledJob { readonly module: Module; readonly task: Task; readonly func?: { readonly module: Module; readonly func: Func } }

/** Statements that start a scheduler, those for development left out: `scheduler.start()`, and functions that repeat themselves by a decorator. */
export function schedulerStarts(project: Project): readonly SchedulerStart[] {
  const idle = idleModules(project);
  return project.modules.flatMap((module) => idle.has(module.path) ? [] : module.tasks.filter((task) => isStart(task, module) && !onlyInDevelopment(task)).map((task) => {
    const [func] = functionsAround(module, task.at);
    return { module, task, ...(func && { func }) };
  }));
}

function isStart(task: Task, module: Module): boolean {
  if (task.library === 'apscheduler') return task.does === 'starts';
  if (task.library === 'repeat-every') return task.does === 'schedules';
  // A timer that the function it runs sets again.
  return task.library === 'timer' && task.does === 'starts' && task.runs !== undefined && task.scope !== '' && lastName(task.runs) === lastName(task.scope) && module.functions.some((each) => each.name === lastName(task.runs ?? ''));
}

/** Jobs of such schedulers, with the functions they run. */
export function scheduledJobs(project: Project): readonly ScheduledJob[] {
  return project.modules.flatMap((module) => module.tasks.filter((task) => task.does === 'schedules' && (task.library === 'apscheduler' || task.library === 'schedule' || task.library === 'repeat-every')).map((task) => {
    const own = task.function && functionNamedAt(module, task.function.at.start);
    const func = own ? { module, func: own } : task.runs === undefined ? undefined : project.func(task.runs);
    return { module, task, ...(func && { func }) };
  }));
}

/** What the scheduler is called where it starts: `scheduler`, `AsyncIOScheduler`. */
export function schedulerName(task: Task): string {
  if (task.function) return `${task.function.name}()`;
  if (task.library === 'timer') return 'The timer';
  const owner = task.written.replace(/\.start$/, '').replace(/\(\)$/, '');
  return lastName(owner);
}
