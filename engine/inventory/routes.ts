/** Every route with what stands before it: who may pass, how often, and whether another site may send it. */
import type { CookieWrite, Module, Project, Route } from '../../rules/kit';
import {
  cookieWrites, csrfProtection, guardOf, idleModules, isOpenOnPurpose, isPublicByNature, isWrite, lastName, limitsEverything, limitsRoute, maybeGuarded, middlewares, protectsItself,
} from '../../rules/kit';
import type { RouteEntry } from '../audit/inventory';
import type { Locate } from './spot';
import { byText } from './spot';

export function routes(project: Project, locate: Locate): readonly RouteEntry[] {
  const idle = idleModules(project);
  const all = project.routes.filter(({ module }) => !idle.has(module.path));
  const limited = limitsEverything(project);
  const csrf = csrfOf(project);
  return all.map(({ module, route }): RouteEntry => ({
    methods: route.methods, path: route.path || '/', handler: route.handler, at: locate({ path: module.path, ...route.handlerAt }), ...accessOf(module, route, project),
    limit: limitsRoute(module, route, project) ? 'own' : limited ? 'all' : 'none', csrf: csrf(module, route),
  })).sort((a, b) => byText(a.path, b.path) || byText(a.methods.join(), b.methods.join()) || byText(a.at.path, b.at.path) || a.at.line - b.at.line);
}

function accessOf(module: Module, route: Route, project: Project): Pick<RouteEntry, 'auth' | 'by'> {
  const guard = guardOf(route, project);
  if (guard !== undefined) return { auth: 'guarded', by: gateName(guard) };
  const opened = route.gates.find((each) => isOpenOnPurpose({ ...route, gates: [each] }));
  // What opens a route to all may stand there so that its body can ask in a way of its own.
  if (opened !== undefined) return maybeGuarded(module, { ...route, gates: [] }, project) ? { auth: 'inside' } : { auth: 'public', by: gateName(opened) };
  if (isPublicByNature(route)) return { auth: 'public' };
  return { auth: maybeGuarded(module, route, project) ? 'inside' : 'open' };
}

/** `login_required`; with the object it hangs on where that says what is asked for: `HTTPTokenAuth.login_required`. */
function gateName(gate: string): string {
  const [owner, name] = gate.split('.').slice(-2);
  return name !== undefined && /^[A-Z]|(^|_)auth$/.test(owner ?? '') ? `${owner ?? ''}.${name}` : lastName(gate);
}

/** What a decorator or a call takes out of a check that all others meet. */
const EXEMPT = /(^|\.)csrf_exempt$|csrf\w*(\.\w+)*\.exempt$/i;

function csrfOf(project: Project): (module: Module, route: Route) => RouteEntry['csrf'] {
  const django = middlewares(project).some((each) => lastName(each.name) === 'CsrfViewMiddleware');
  const everywhere = csrfProtection(project).length > 0;
  const writes = new Map(cookieWrites(project).map((each) => [keyOf(each.module, each.route), each] as const));
  const exempt = exemptNames(project);
  return (module, route) => {
    if (!changes(route)) return 'not-needed';
    const checked = everywhere || (django && route.framework === 'django');
    if (checked && (route.decorators.some((each) => EXEMPT.test(each.name)) || exempt.has(lastName(route.handler)) || exempt.has(lastName(route.owner)))) return 'exempt';
    if (checked) return 'checked';
    if (route.framework === 'django') return 'unchecked';
    const write: CookieWrite | undefined = writes.get(keyOf(module, route));
    return write === undefined ? 'not-needed' : protectsItself(write, project) ? 'checked' : 'unchecked';
  };
}

/** Django's views take any method unless they say otherwise. */
function changes(route: Route): boolean {
  return isWrite(route) || (route.framework === 'django' && route.methods.length === 0);
}

/** Last names of handlers and blueprints that `csrf.exempt(…)` is given. */
function exemptNames(project: Project): ReadonlySet<string> {
  return new Set(project.calls('*.exempt').filter(({ call }) => EXEMPT.test(call.callee)).flatMap(({ module, call }) => {
    const [first] = call.args;
    const written = first && project.text(module.path)?.slice(first.at.start, first.at.end);
    return written === undefined || !/^[\w.]+$/.test(written) ? [] : [lastName(written)];
  }));
}

function keyOf(module: Module, route: Route): string {
  return `${module.path} ${route.handlerAt.start} ${route.path} ${route.methods.join()}`;
}
