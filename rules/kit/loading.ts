/** Which source files a running application loads: those its own file imports, directly or through others. */
import type { Module } from './module';
import type { Project } from './project';

/** Paths of the modules that are imported on the way from the project's applications; imports inside of functions count too. */
export function loadedModules(project: Project): ReadonlySet<string> {
  return project.once('loadedModules', () => loadedFrom(project, (module) => project.applications.some((app) => app.path === module.path) || /(^|\/)(wsgi|asgi)\.py$/.test(module.path)));
}

/**
 * Paths of modules that only applications nobody starts load: copies and earlier versions that stand beside the one which
 * production's commands name. What is wired there proves nothing. Empty where no command names one.
 */
export function idleModules(project: Project): ReadonlySet<string> {
  return project.once('idleModules', () => idle(project));
}

function idle(project: Project): ReadonlySet<string> {
  const served = project.applications.filter((app) => app.served);
  if (served.length === 0 || served.length === project.applications.length) return new Set();
  const running = loadedFrom(project, (module) => served.some((app) => app.path === module.path) || /(^|\/)(wsgi|asgi)\.py$/.test(module.path));
  const others = loadedFrom(project, (module) => project.applications.some((app) => app.path === module.path && !running.has(app.path)));
  return new Set([...others].filter((path) => !running.has(path)));
}

function loadedFrom(project: Project, isRoot: (module: Module) => boolean): ReadonlySet<string> {
  const byName = project.once('modulesByTail', () => byTail(project.modules));
  const loaded = new Set<string>();
  const queue = project.modules.filter(isRoot);
  for (let next = queue.pop(); next; next = queue.pop()) {
    if (loaded.has(next.path)) continue;
    loaded.add(next.path);
    for (const target of [...next.imports.map((each) => each.target), ...next.stars]) queue.push(...named(target, byName));
  }
  return loaded;
}

/** Source roots are declared nowhere: a module answers to every tail of its name. */
function byTail(modules: readonly Module[]): ReadonlyMap<string, readonly Module[]> {
  const byName = new Map<string, Module[]>();
  for (const module of modules) {
    const parts = module.name.split('.');
    for (let from = 0; from < parts.length; from++) {
      const tail = parts.slice(from).join('.');
      const known = byName.get(tail);
      if (known) known.push(module); else byName.set(tail, [module]);
    }
  }
  return byName;
}

/** The modules an import runs: the one it names, and the packages around it. */
function named(target: string, byName: ReadonlyMap<string, readonly Module[]>): Module[] {
  const parts = target.split('.');
  return parts.flatMap((_, index) => byName.get(parts.slice(0, index + 1).join('.')) ?? []);
}
