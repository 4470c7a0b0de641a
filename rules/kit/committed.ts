/** What git holds, or would take in, and the edit that keeps it from taking in more. */
import type { Edit, NewFile } from './fix';
import { insert } from './fix';
import type { Project } from './project';

/** By git's index; without one, a file that lies beside a .gitignore which does not cover it counts as one that is about to be taken in. */
export function inGit(path: string, project: Project): 'tracked' | 'unignored' | undefined {
  const tracked = project.tracked(path);
  if (tracked !== undefined) return tracked ? 'tracked' : undefined;
  return project.of('ignore').some((each) => each.tool === 'git') && project.paths.includes(path) && !project.ignored(path) ? 'unignored' : undefined;
}

/** Whether anything can be said of what git holds. */
export function knowsGit(project: Project): boolean {
  return project.tracked(project.paths[0] ?? '') !== undefined || project.of('ignore').some((each) => each.tool === 'git');
}

/** Patterns at the end of the .gitignore at the root, or a new one; none where all are there. */
export function ignoring(patterns: readonly string[], project: Project): readonly (Edit | NewFile)[] | undefined {
  const text = project.paths.includes('.gitignore') ? project.text('.gitignore') : '';
  if (text === undefined) return undefined;
  const there = new Set(text.split(/\r?\n/).map((line) => line.trim()));
  const missing = patterns.filter((each) => !there.has(each));
  if (missing.length === 0) return undefined;
  if (!project.paths.includes('.gitignore')) return [{ path: '.gitignore', create: `${missing.join('\n')}\n` }];
  return [{ ...insert(text.length, `${text === '' || text.endsWith('\n') ? '' : '\n'}${missing.join('\n')}\n`), path: '.gitignore' }];
}
