/** Modules with the names of other files followed. A module that imports nothing of its project comes back as it is. */
import type { Decorator, Func, Module, Value } from '../../rules/kit';
import { functionNamedAt } from '../../rules/kit';
import type { ProjectNames } from './names';
import { linkTasks } from './tasks';
import { changed, has, joined, mapped } from '../lists';

/** The module with names of other files followed in its facts. */
export function linkModule(module: Module, names: ProjectNames): Module {
  const expand = (name: string) => names.expand(name, module);
  const decorators = (list: readonly Decorator[]) => mapped(list, (one) => changed(one, { name: expand(one.name) }));
  const depends = dependenciesIn(module, names);
  const linked: Partial<Module> = {
    calls: mapped(module.calls, (one) => changed(one, { callee: expand(one.callee) })),
    functions: mapped(module.functions, (one) => changed(one, { decorators: decorators(one.decorators), does: mapped(one.does, expand), depends: joined(mapped(one.depends, expand), depends(one)) })),
    classes: mapped(module.classes, (one) => changed(one, { bases: mapped(one.bases, expand), decorators: decorators(one.decorators) })),
    routes: mapped(module.routes, (one) => changed(one, {
      gates: joined(mapped(one.gates, expand), depends(functionNamedAt(module, one.handlerAt.start))), does: mapped(one.does, expand), decorators: decorators(one.decorators),
    })),
    assignments: mapped(module.assignments, (one) => changed(one, { qualified: expand(one.qualified) })),
    tasks: linkTasks(module, names), does: mapped(module.does, expand),
  };
  // Of many parts, which `changed` would make a dictionary of; modules alone are copied here.
  return has(module, linked) ? module : { ...module, ...linked };
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
