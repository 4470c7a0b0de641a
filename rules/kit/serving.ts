/** Which functions of a file serve its routes. Kept for as long as the list of routes. */
import type { Func, Module, Route } from './module';

interface Serving { readonly byName: ReadonlyMap<number, readonly Route[]>; readonly handlers: ReadonlySet<string> }

const known = new WeakMap<readonly Route[], Serving>();

/** Routes that a function serves, in the order they are written, as its own file writes them. */
export function routesServedBy(func: Func, module: Module): readonly Route[] {
  return servingOf(module.routes).byName.get(func.nameAt.start) ?? [];
}

/** Whether the definition of this path, as `scope` has it, serves a route of the file. */
export function servesRoute(path: string, module: Module): boolean {
  return servingOf(module.routes).handlers.has(path);
}

function servingOf(routes: readonly Route[]): Serving {
  const before = known.get(routes);
  if (before) return before;
  const byName = new Map<number, Route[]>();
  for (const route of routes) {
    const list = byName.get(route.handlerAt.start);
    if (list) list.push(route); else byName.set(route.handlerAt.start, [route]);
  }
  const made = { byName, handlers: new Set(routes.map((each) => each.handler)) };
  known.set(routes, made);
  return made;
}
