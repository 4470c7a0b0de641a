/** What a place stands in: the functions around it, and the kind of file. */
import type { Source } from './fix';
import type { Module } from './module';
import type { Project } from './project';
import { lastName } from './select';

/** A program that is started by hand: it serves no route, runs as `__main__`, and nothing imports it. */
export function isProgram(module: Module, source: Source, project: Project): boolean {
  if (module.routes.length > 0 || !/^if __name__ == ["']__main__["']/m.test(source.text)) return false;
  return !project.modules.some((other) => other !== module && other.imports.some((one) => one.target.split('.').includes(lastName(module.name))));
}
