/** Modules with the names of other files followed. A module that imports nothing of its project comes back as it is. */
import type { Call, Class, Decorator, Func, Module, Route } from '../../rules/kit';
import type { ProjectNames } from './names';

/** @param own whether a name's first part is something of this project */
export function linkModule(module: Module, names: ProjectNames): Module {
  const expand = (name: string) => names.expand(name, module);
  const decorator = (one: Decorator): Decorator => changed(one, { name: expand(one.name) });
  const calls = module.calls.map((one): Call => changed(one, { callee: expand(one.callee) }));
  const functions = module.functions.map((one): Func => ({ ...one, ...(one.decorators.length > 0 && { decorators: one.decorators.map(decorator) }), does: one.does.map(expand), depends: one.depends.map(expand) }));
  const classes = module.classes.map((one): Class => ({ ...one, bases: one.bases.map(expand), decorators: one.decorators.map(decorator) }));
  const routes = module.routes.map((one): Route => ({ ...one, gates: one.gates.map(expand), does: one.does.map(expand), decorators: one.decorators.map(decorator) }));
  const assignments = module.assignments.map((one) => changed(one, { qualified: expand(one.qualified) }));
  return { ...module, calls, functions, classes, routes, assignments, does: module.does.map(expand) };
}

function changed<T extends object>(one: T, to: Partial<T>): T {
  return (Object.keys(to) as (keyof T)[]).every((key) => one[key] === to[key]) ? one : { ...one, ...to };
}
