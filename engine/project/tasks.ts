/** Tasks with the names of other files followed: candidates whose library is known now are named, the others dropped. */
import type { Module, Task } from '../../rules/kit';
import { taskKind } from '../python/tasks';
import type { ProjectNames } from './names';
import { changed, same } from '../lists';

/** The tasks of a module, as rules see them. */
export function linkTasks(module: Module, names: ProjectNames): readonly Task[] {
  return same(module.tasks, module.tasks.flatMap((one): Task[] => {
    const callee = names.expand(one.callee, module);
    const runs = one.runs === undefined ? {} : { runs: names.expand(one.runs, module) };
    if (one.library !== 'unknown') return [changed(one, { callee, ...runs })];
    const kind = taskKind(callee, one.function ? 'decorator' : 'call') ?? derived(callee, module, names);
    return kind ? [{ ...one, ...kind, callee, ...runs }] : [];
  }));
}

/** `Worker().start()` of `class Worker(Thread)`: it runs the class's own `run`. */
function derived(callee: string, module: Module, names: ProjectNames): (Pick<Task, 'library' | 'does'> & { readonly runs: string }) | undefined {
  if (!callee.endsWith('.start')) return undefined;
  const owner = callee.slice(0, callee.lastIndexOf('.'));
  const found = names.definition(owner, module);
  if (found?.definition.kind !== 'class' || found.rest) return undefined;
  const { class: one, module: home } = found.definition;
  const bases = one.bases.map((each) => names.expand(each, home));
  const does = 'starts' as const;
  const runs = `${owner}.run`;
  return bases.includes('threading.Thread') ? { library: 'thread', does, runs } : bases.some((each) => /^multiprocessing\.(\w+\.)?Process$/.test(each)) ? { library: 'process', does, runs } : undefined;
}
