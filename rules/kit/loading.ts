/** Which source files a running application loads: those its own file imports, directly or through others. */
import type { Module } from './module';
import type { Project } from './project';

/** Paths of the modules that are imported on the way from the project's applications; imports inside of functions count too. */
export function loadedModules(project: Project): ReadonlySet<string> {
  return project.once('loadedModules', () => loaded(project, (module) => project.applications.some((app) => app.path === module.path) || /(^|\/)(wsgi|asgi)\.py$/.test(module.path)));
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
  // What Django loads is named in its settings, and imports do not tell.
  if (served.length === 0 || served.length === project.applications.length || project.applications.some((app) => app.framework === 'django')) return new Set();
  const running = loaded(project, (module) => served.some((app) => app.path === module.path) || /(^|\/)(wsgi|asgi)\.py$/.test(module.path));
  const others = loaded(project, (module) => project.applications.some((app) => app.path === module.path && !running.has(app.path)));
  return new Set([...others].filter((path) => !running.has(path)));
}

function loaded(project: Project, isRoot: (module: Module) => boolean): ReadonlySet<string> {
  return loadedFrom(project.modules.filter(isRoot), project.once('modulesByTail', () => modulesByTail(project.modules)));
}

/**
 * Paths of these modules and of all that they import, directly or through others.
 * @param byName the project's modules, by every name an import may know them under
 */
export function loadedFrom(roots: readonly Module[], byName: ReadonlyMap<string, readonly Module[]>): ReadonlySet<string> {
  const found = new Set<string>();
  const queue = [...roots];
  for (let next = queue.pop(); next; next = queue.pop()) {
    if (found.has(next.path)) continue;
    found.add(next.path);
    for (const target of [...next.imports.map((each) => each.target), ...next.stars]) queue.push(...named(target, byName));
  }
  return found;
}

/** Source roots are declared nowhere: a module answers to every tail of its name. */
export function modulesByTail(modules: readonly Module[]): ReadonlyMap<string, readonly Module[]> {
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
