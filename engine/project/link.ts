/** Modules with the names of other files followed. A module that imports nothing of its project comes back as it is. */
import type { Call, Class, Decorator, Func, Module, Route, Value } from '../../rules/kit';
import { functionNamedAt } from '../../rules/kit';
import type { ProjectNames } from './names';
import { linkTasks } from './tasks';

/** @param own whether a name's first part is something of this project */
export function linkModule(module: Module, names: ProjectNames): Module {
  const expand = (name: string) => names.expand(name, module);
  const decorator = (one: Decorator): Decorator => changed(one, { name: expand(one.name) });
  const calls = module.calls.map((one): Call => changed(one, { callee: expand(one.callee) }));
  const depends = dependenciesIn(module, names);
  const functions = module.functions.map((one): Func => ({ ...one, ...(one.decorators.length > 0 && { decorators: one.decorators.map(decorator) }), does: one.does.map(expand), depends: [...one.depends.map(expand), ...depends(one)] }));
  const classes = module.classes.map((one): Class => ({ ...one, bases: one.bases.map(expand), decorators: one.decorators.map(decorator) }));
  const routes = module.routes.map((one): Route => ({ ...one, gates: [...one.gates.map(expand), ...depends(functionNamedAt(module, one.handlerAt.start))], does: one.does.map(expand), decorators: one.decorators.map(decorator) }));
  const assignments = module.assignments.map((one) => changed(one, { qualified: expand(one.qualified) }));
  return { ...module, calls, functions, classes, routes, assignments, tasks: linkTasks(module, names), does: module.does.map(expand) };
}

/** What FastAPI's dependencies name where a parameter's type is an alias of another file: `CurrentUser` of `from app.deps import CurrentUser`. */
function dependenciesIn(module: Module, names: ProjectNames): (func: Func | undefined) => readonly string[] {
  if (!module.imports.some((one) => /^(fastapi|starlette)(\.|$)/.test(one.target))) return () => [];
  const known = new Map<string, readonly string[]>();
  const behind = (annotation: string): readonly string[] => {
    const before = known.get(annotation);
    if (before) return before;
    const found = names.definition(annotation, module);
    const home = found?.definition.kind === 'value' && !found.rest ? found.definition : undefined;
    const all = home && home.module !== module ? dependedOn(home.assignment.value).map((name) => names.expand(name, home.module)) : [];
    known.set(annotation, all);
    return all;
  };
  return (func) => func?.parameters.flatMap((each) => each.annotation?.includes('.') ? behind(each.annotation) : []) ?? [];
}

/** `get_current_user` of `Annotated[User, Depends(get_current_user)]`. */
function dependedOn(value: Value): readonly string[] {
  if (value.kind !== 'result' || !/(^|\.)(Annotated|Depends|Security)$/.test(value.callee)) return [];
  if (value.callee.endsWith('Annotated')) return value.args.slice(1).flatMap(dependedOn);
  const [target] = value.args;
  return target?.kind === 'reference' ? [target.name] : target?.kind === 'result' ? [target.callee] : [];
}

function changed<T extends object>(one: T, to: Partial<T>): T {
  return (Object.keys(to) as (keyof T)[]).every((key) => one[key] === to[key]) ? one : { ...one, ...to };
}
