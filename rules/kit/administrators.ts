/** Code that only administrators reach. */
import type { Module } from './module';
import type { Span } from './place';
import type { Project } from './project';
import { lastName } from './select';
import { routeAround } from './serving';

/** The place stands in a route that asks for an administrator, or in Django's administration. */
export function forAdministrators(module: Module, at: Span, project: Project): boolean {
  if (/(^|\/)admin\.py$/.test(module.path)) return true;
  const route = routeAround(project.routesOf(module), module, at);
  return route !== undefined && (route.gates.some((each) => /admin|superuser|staff/i.test(lastName(each))) || /(^|\/)admin(\/|$)/.test(route.path));
}
