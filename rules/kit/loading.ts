/** Which source files a running application loads: those its own file imports, directly or through others. */
import type { Class, Module } from './module';
import type { Project } from './project';
import { lastName } from './select';

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
  const asked = new Set<string>();
  const queue = [...roots];
  const take = (target: string) => {
    if (asked.has(target)) return;
    asked.add(target);
    for (const each of named(target, byName)) if (!found.has(each.path)) queue.push(each);
  };
  for (let next = queue.pop(); next; next = queue.pop()) {
    if (found.has(next.path)) continue;
    found.add(next.path);
    for (const { target } of next.imports) take(target);
    next.stars.forEach(take);
  }
  return found;
}

/**
 * Whether another file imports a module, or something out of it. Source roots are declared nowhere, so that any import counts that has the
 * last part of its name among its own.
 */
export function isImported(module: Module, project: Project): boolean {
  return importers(lastName(module.name), project).some((path) => path !== module.path);
}

/** Paths of the modules that have an import with this name among its parts: `models` of `from shop.models import User`. */
export function importers(name: string, project: Project): readonly string[] {
  const byPart = project.once('importers', () => {
    const index = new Map<string, string[]>();
    for (const { path, imports } of project.modules) {
      for (const part of new Set(imports.flatMap(({ target }) => target.split('.')))) {
        const list = index.get(part);
        if (list) list.push(path); else index.set(part, [path]);
      }
    }
    return index;
  });
  return byPart.get(name) ?? [];
}

/** The project's classes of a name, whatever they stand in. */
export function classesNamed(name: string, project: Project): readonly { readonly module: Module; readonly class: Class }[] {
  // Where each stands in its file: an edit that keeps the names of the file keeps that too.
  const byName = project.once('classes named', () => {
    const index = new Map<string, { readonly path: string; readonly at: number }[]>();
    for (const { path, classes } of project.modules) {
      for (const [at, each] of classes.entries()) {
        const list = index.get(each.name);
        if (list) list.push({ path, at }); else index.set(each.name, [{ path, at }]);
      }
    }
    return index;
  });
  return (byName.get(name) ?? []).flatMap(({ path, at }) => {
    const module = project.unit(path);
    const found = module?.kind === 'module' ? module.classes[at] : undefined;
    return found && module?.kind === 'module' ? [{ module, class: found }] : [];
  });
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
function named(target: string, byName: ReadonlyMap<string, readonly Module[]>): readonly Module[] {
  const found: Module[] = [];
  for (let dot = target.indexOf('.'); ; dot = target.indexOf('.', dot + 1)) {
    const modules = byName.get(dot < 0 ? target : target.slice(0, dot));
    if (modules) found.push(...modules);
    if (dot < 0) return found;
  }
}
