/** Requests anybody may send that change something or try something: logins, registrations, forms, and writes no gate stands before. */
import { idleModules } from './loading';
import type { Route } from './module';
import type { Evidence, Project } from './project';
import { lastName } from './select';

/** Names of calls these answers are made from: what a rule that asks must list in its `reads`. */
export const PUBLIC_WRITE_CALLS: readonly string[] = ['django.urls.path', 'django.urls.re_path', 'django.conf.urls.url', 'django.urls.include'];

const SENSITIVE = /(^|[/_.-])(log-?in|sign-?in|authenticate|auth|token|register|registration|sign-?up|reset|forgot|password|otp|verify|2fa|totp|contact|feedback|subscribe|newsletter|invite)([/_.-]|$)/i;
/** Reads that tell who asks, by a cookie. */
export const BY_COOKIE_READ = /(^|\.)(flask|quart)\.session\.|(^|\.)[Rr]equest\.(session|user|cookies)(\.|$)|(^|\.)current_user(\.|$)/;
const GATE = /login|auth|user|admin|permi|requir|token|key|jwt|principal|scope|member|staff|session|verif|signature|bearer|access|protect|role/i;

/** Gates only somebody who is signed in passes: a change of one's own password is no login. */
const SIGNED_IN = /login_required|current_\w*user$|superuser|OAuth2PasswordBearer|HTTPBearer|jwt_required|require_(login|auth|user|admin)/i;

export const isWrite = (route: Route): boolean => route.methods.some((each) => /^(POST|PUT|PATCH|DELETE)$/.test(each));

/** The part of a route's name that people know, `POST /login`; long paths are cut. */
export function routeName(route: Route): string {
  const method = route.methods.find((each) => /^(POST|PUT|PATCH|DELETE)$/.test(each)) ?? route.methods[0] ?? 'GET';
  const path = route.path || '/';
  return `${method} ${path.length > 32 ? `${path.slice(0, 31)}…` : path}`;
}

/** Something must be proved before the body runs, or the body itself looks who asks. */
export function isGated(route: Route): boolean {
  return route.gates.some((each) => GATE.test(lastName(each)) || /APIKey|OAuth2|HTTPBearer|HTTPBasic/.test(each)) || route.reads.some((each) => BY_COOKIE_READ.test(each) || /\.authorization(\.|$)|api[-_]?key/i.test(each)) || route.does.some((each) => /(^|\.)(get_current_user|verify_\w+|authenticate\w*|check_auth\w*|require_\w+|login_required)$/i.test(each));
}

/** A library's view stands for itself: its route has no code of the project. */
export function hasOwnHandler(route: Route): boolean {
  return route.body.start !== route.at.start;
}

/** Login, sign-up, reset, contact and the like, by path or handler. */
export function isSensitive(route: Route): boolean {
  return SENSITIVE.test(route.path) || SENSITIVE.test(lastName(route.handler));
}

/** Writes that are open to everybody, and those of APIs with keys, as `POST /login` with the place of the handler. */
export function publicWrites(project: Project): readonly Evidence[] {
  const idle = idleModules(project);
  const routes = project.routes.filter(({ module, route }) => !idle.has(module.path) && isWrite(route) && hasOwnHandler(route) && ((isSensitive(route) && !route.gates.some((each) => SIGNED_IN.test(each))) || !isGated(route) || route.gates.some((each) => /APIKey/.test(each))))
    .sort((a, b) => Number(isSensitive(b.route)) - Number(isSensitive(a.route)))
    .map(({ module, route }) => ({ path: module.path, ...route.handlerAt, text: routeName(route) }));
  const own = project.routes.flatMap(({ route }) => route.framework === 'django' && hasOwnHandler(route) ? [route.path] : []);
  const django = project.calls('django.urls.path', 'django.urls.re_path', 'django.conf.urls.url').flatMap(({ module, call }) => {
    const [path, view] = call.args;
    const target = view?.kind === 'reference' ? view.name : view?.kind === 'result' ? (view.args[0]?.kind === 'text' ? view.args[0].value : view.callee) : '';
    const named = path?.kind === 'text' ? path.value : '';
    // What the project answers itself is among the routes.
    const ending = named.replace(/^\^|\$$/g, '');
    if (named !== '' && own.some((each) => each.endsWith(ending))) return [];
    return SENSITIVE.test(named) || /(^|\.)(LoginView|PasswordResetView|ObtainAuthToken|obtain_auth_token|TokenObtainPairView|contrib\.auth\.urls|allauth\.urls|SignupView|RegisterView)(\.|$)/.test(target)
      ? [{ path: module.path, ...call.at, text: `/${named.replace(/^[\^/]+|\$$/g, '')}` }] : [];
  });
  return [...routes, ...django];
}
