/** What a place stands in: the functions around it, and the kind of file. */
import { isImported } from './loading';
import type { Module } from './module';
import type { Project } from './project';

/** A program that is started by hand: it serves no route, runs as `__main__`, and nothing imports it. */
export function isProgram(module: Module, project: Project): boolean {
  return module.routes.length === 0 && !isImported(module, project) && project.mentions(module.path, /^if __name__ == ["']__main__["']/m);
}
