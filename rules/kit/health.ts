/** Routes by which others ask whether the application is well. */
import { loadedModules } from './loading';
import type { Module, Route } from './module';
import type { Project } from './project';
import { lastName } from './select';

/** Said by itself. */
const STRONG = /(^|[/_.-])(healthy?|healthz|health[-_]?checks?|readyz|readiness|livez|liveness|heartbeat|__lbheartbeat__|__heartbeat__|is[-_]?alive)(\/|$)/i;
/** Said of the application only right under its root: `/orders/status` and `/scores/live` are something else. */
const WEAK = /^(\/(api|v\d+(\.\d+)?|app|system|service|server|internal|monitor(ing)?|ops|utils?|core|common|public))*\/_?(ping|ready|live|status|alive|up|warmup|lb-status)\/?$/i;

export interface HealthRoute { readonly module: Module; readonly route: Route }

/** Under any prefix, by the path's last parts or the handler's name; those that ask for one thing's state (`/orders/<id>/status`) are not among them. */
export function healthRoutes(project: Project): readonly HealthRoute[] {
  return project.once('health routes', () => project.modules.flatMap((module) => healthRoutesIn(module, project)));
}

/** Those of one file. */
export function healthRoutesIn(module: Module, project: Project): readonly HealthRoute[] {
  const loaded = loadedModules(project);
  return project.routesOf(module).filter((route) => (loaded.size === 0 || loaded.has(module.path) || route.traced) && isHealth(route)).map((route) => ({ module, route }));
}

function isHealth(route: Route): boolean {
  if (route.methods.length > 0 && !route.methods.some((each) => each === 'GET' || each === 'HEAD')) return false;
  if (/[<{][^/]*\/?$/.test(route.path)) return false;
  // With a parameter it is about one thing among many, as /ping/<code>/fail is, and not about the application.
  if (/[<{]/.test(route.path)) return STRONG.test(route.path);
  return STRONG.test(route.path) || WEAK.test(route.path) || /^(health|healthz|healthcheck|health_check|readiness|liveness|heartbeat|ping)$/i.test(lastName(route.handler));
}
