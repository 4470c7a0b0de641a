/** Work that nobody waits for: jobs by the clock, tasks that a worker takes, and what a crontab starts. */
import type { Project, Task, TaskLibrary } from '../../rules/kit';
import { idleModules, lastName, onlyInDevelopment } from '../../rules/kit';
import type { JobEntry } from '../audit/inventory';
import type { Locate } from './spot';
import { byText } from './spot';

const LIBRARIES: Readonly<Partial<Record<TaskLibrary, string>>> = {
  celery: 'Celery', apscheduler: 'APScheduler', rq: 'RQ', dramatiq: 'Dramatiq', huey: 'Huey', arq: 'arq', 'django-q': 'Django Q', procrastinate: 'Procrastinate', taskiq: 'Taskiq',
  schedule: 'schedule', 'repeat-every': 'repeat_every',
};

export function jobs(project: Project, locate: Locate): readonly JobEntry[] {
  return [...ofCode(project, locate), ...ofCrontabs(project, locate)].sort((a, b) => byText(a.by, b.by) || byText(a.name, b.name) || byText(a.at.path, b.at.path) || a.at.line - b.at.line);
}

function ofCode(project: Project, locate: Locate): readonly JobEntry[] {
  const idle = idleModules(project);
  return project.modules.flatMap((module) => idle.has(module.path) ? [] : module.tasks.flatMap((task): readonly JobEntry[] => {
    const by = task.library === 'unknown' ? undefined : LIBRARIES[task.library];
    if (by === undefined || (task.does !== 'schedules' && task.does !== 'defines') || onlyInDevelopment(task)) return [];
    return [{ name: nameOf(task), when: whenOf(task), by, at: locate({ path: module.path, ...task.nameAt }) }];
  }));
}

function nameOf(task: Task): string {
  return task.function?.name ?? (task.runs === undefined ? task.written.replace(/^["']|["']$/g, '') : lastName(task.runs));
}

function whenOf(task: Task): string {
  if (task.does === 'defines') return 'on demand';
  if (task.every !== undefined) return every(task.every);
  return task.trigger === 'interval' ? 'at intervals' : task.trigger === 'date' ? 'once' : task.trigger === 'cron' ? 'by the clock' : 'on a schedule';
}

function every(seconds: number): string {
  const [amount, unit] = seconds % 86_400 === 0 ? [seconds / 86_400, 'd'] : seconds % 3600 === 0 ? [seconds / 3600, 'h'] : seconds % 60 === 0 ? [seconds / 60, 'min'] : [seconds, 's'];
  return `every ${amount} ${unit}`;
}

function ofCrontabs(project: Project, locate: Locate): readonly JobEntry[] {
  return project.of('crontab').filter((unit) => unit.role === 'production').flatMap((unit) => unit.jobs.map((job): JobEntry => ({
    name: programOf(job.commands[0]?.words ?? []) ?? 'a command', when: job.schedule, by: 'cron', at: locate({ path: unit.path, ...job.at }),
  })));
}

/** The program and its first plain argument; what else stands on the line may hold a secret. */
function programOf(words: readonly string[]): string | undefined {
  const [program, ...rest] = words;
  const argument = rest.find((word) => /^[\w./-]+\.(py|sh)$|^[a-z][\w-]*$/.test(word));
  return program === undefined ? undefined : [program, argument].filter(Boolean).join(' ');
}
