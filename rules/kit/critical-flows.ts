/** Routes where a mistake costs money, data or an account, and the tests that speak of them. */
import { idleModules } from './loading';
import type { Route } from './module';
import type { Evidence, Project } from './project';
import { hasOwnHandler, isWrite } from './public-writes';
import { wordsOf } from './purpose';

/** A handler, with every address it is reached by. */
export interface CriticalFlow extends Evidence { readonly route: Route; readonly routes: readonly Route[] }

/** Words for what costs money, data or an account when it goes wrong. */
const CRITICAL = /^(login|log_in|signin|sign_in|authenticate|access_token|register|registration|signup|sign_up|reset_password|password_reset|forgot_password|forgot|change_password|set_password|checkout|payments?|pay|charge|refunds?|purchase|buy|transfer|withdraw|withdrawal|payout|deposit|bookings?|reserve|webhooks?|uploads?|delete_account|close_account|deactivate_account|roles?|permissions?|promote|impersonate|two_factor|2fa|mfa|totp|otp)$/;

/** Writes whose path or handler is called for such a thing. */
export function criticalFlows(project: Project): readonly CriticalFlow[] {
  return project.once('criticalFlows', () => {
    const idle = idleModules(project);
    const found = new Map<string, CriticalFlow>();
    for (const { module, route } of project.routes) {
      const isAsked = isWrite(route) || (route.framework === 'django' && route.methods.length === 0) || (route.framework === 'django' && route.methods.includes('GET') && route.methods.includes('POST'));
      if (module.language !== 'python' || module.role !== 'production' || idle.has(module.path) || !isAsked || !hasOwnHandler(route) || !namesOf(route).some((each) => CRITICAL.test(each))) continue;
      const key = `${module.path} ${route.handlerAt.start}`;
      const known = found.get(key);
      found.set(key, known ? { ...known, routes: [...known.routes, route] } : { path: module.path, ...route.handlerAt, text: `${changingMethod(route)} ${route.path || '/'}`, route, routes: [route] });
    }
    return [...found.values()];
  });
}

export function changingMethod({ methods }: Route): string {
  return methods.find((each) => /^(POST|PUT|PATCH|DELETE)$/.test(each)) ?? 'POST';
}

/** Constant parts of the path from its end, and the handler, as words joined by underscores. */
function namesOf(route: Route): readonly string[] {
  const segments = route.path.split('/').filter((each) => each !== '' && !/[<{*:(]/.test(each)).slice(-2);
  return [...segments, ...handlerNames(route)].map((each) => wordsOf(each).join('_'));
}

/** The function; for a method of a class, the class without what such classes end in. */
export function handlerNames(route: Route): readonly string[] {
  const parts = route.handler.split('.');
  const name = parts.at(-1) ?? '';
  if (!/^(get|post|put|patch|delete|dispatch|create|update|destroy|partial_update|form_valid|as_view)$/.test(name) && !/(View|Resource|API|Endpoint|Controller|ViewSet)$/.test(name)) return [name];
  const owner = /(View|Resource|API|Endpoint|Controller|ViewSet)$/.test(name) ? name : parts.at(-2) ?? name;
  return [owner, owner.replace(/(API)?(View|Resource|API|Endpoint|Controller|ViewSet)$/, '')].filter(Boolean);
}

/** Files of tests that send a request to one of its addresses; where none does, the first that names its handler or the last word of its path. */
export function testsOfFlow({ routes }: CriticalFlow, { tests }: Project): readonly string[] {
  return [...new Set(routes.flatMap((route) => {
    const last = route.path.split('/').findLast((each) => each !== '' && !/[<{*:(]/.test(each));
    const names = [...handlerNames(route), ...(last === undefined ? [] : [last, wordsOf(last).join('_')])].filter((each) => each.length > 2);
    return tests.visits(route.path) ?? names.map((each) => tests.mentions(each)).find((each) => each !== undefined) ?? [];
  }))];
}
