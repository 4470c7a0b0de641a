/** Which functions of a file serve its routes. Kept for as long as the list of routes. */
import type { Func, Module, Route } from './module';
import type { Span } from './place';
import { classesAround, functionsAround } from './scopes';

interface Serving {
  readonly byName: ReadonlyMap<number, readonly Route[]>;
  /** In the order of the list, by where the body begins. */
  readonly byBody: ReadonlyMap<number, readonly { readonly route: Route; readonly position: number }[]>;
  readonly handlers: ReadonlySet<string>;
}

const known = new WeakMap<readonly Route[], Serving>();

/** Routes that a function serves, in the order they are written, as its own file writes them. */
export function routesServedBy(func: Func, module: Module): readonly Route[] {
  return servingOf(module.routes).byName.get(func.nameAt.start) ?? [];
}

/** Whether the definition of this path, as `scope` has it, serves a route of the file. */
export function servesRoute(path: string, module: Module): boolean {
  return servingOf(module.routes).handlers.has(path);
}

/**
 * The first route of a list whose body holds a place.
 * @param routes routes whose handlers stand in this module
 */
export function routeAround(routes: readonly Route[], module: Module, at: Span): Route | undefined {
  if (routes.length === 0) return undefined;
  const { byBody } = servingOf(routes);
  const found = [...functionsAround(module, at), ...classesAround(module, at)].flatMap(({ body }) => byBody.get(body.start) ?? []).filter(({ route: { body } }) => body.start <= at.start && at.end <= body.end);
  return found.sort((a, b) => a.position - b.position)[0]?.route;
}

function servingOf(routes: readonly Route[]): Serving {
  const before = known.get(routes);
  if (before) return before;
  const byName = grouped(routes.map((route) => [route.handlerAt.start, route] as const));
  const byBody = grouped(routes.map((route, position) => [route.body.start, { route, position }] as const));
  const made = { byName, byBody, handlers: new Set(routes.map((each) => each.handler)) };
  known.set(routes, made);
  return made;
}

function grouped<T>(entries: readonly (readonly [number, T])[]): ReadonlyMap<number, readonly T[]> {
  const groups = new Map<number, T[]>();
  for (const [key, one] of entries) {
    const list = groups.get(key);
    if (list) list.push(one); else groups.set(key, [one]);
  }
  return groups;
}
