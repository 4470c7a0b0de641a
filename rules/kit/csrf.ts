/** Cross-site request forgery: which routes change state on the word of a cookie alone, and what checks where a request comes from. */
import type { Hook } from './hooks';
import { closure, hooks, middlewares } from './hooks';
import { classesNamed, idleModules } from './loading';
import type { Module, Route } from './module';
import type { Evidence, Project } from './project';
import { BY_COOKIE_READ, isSensitive, isWrite, routeName } from './public-writes';
import { qualifiedPath } from './scopes';
import { lastName } from './select';
import { seenInProduction } from './standing';
import type { Value } from './value';
import type { Wiring } from './wiring';
import { wiring } from './wiring';
import { within } from './within';

const EXTENSIONS = ['flask_wtf.CSRFProtect', 'flask_wtf.csrf.CSRFProtect', 'flask_wtf.CsrfProtect', 'flask_wtf.csrf.CsrfProtect', 'flask_seasurf.SeaSurf', 'quart_csrf.CSRFProtect', 'quart_wtf.CSRFProtect'] as const;

/** Names of calls these answers are made from: what a rule that asks must list in its `reads`. */
export const CSRF_CALLS: readonly string[] = [
  ...EXTENSIONS, 'asgi_csrf.asgi_csrf', 'fastapi.FastAPI', 'fastapi.APIRouter', '*.include_router', 'flask_cors.CORS', '*.set_cookie', 'starlette.middleware.sessions.SessionMiddleware', 'fastapi.middleware.cors.CORSMiddleware',
];

/** The extensions that check every request, and whether they are given the application. */
export function csrfExtensions(project: Project): Wiring {
  return wiring(project, ...EXTENSIONS);
}

/** What checks a token or the origin of every request. */
export function csrfProtection(project: Project): readonly Evidence[] {
  const idle = idleModules(project);
  const mounted = middlewares(project).filter((each) => /csrf|xsrf/i.test(lastName(each.name)) && !each.name.startsWith('django.'));
  const wrapped = project.calls('asgi_csrf.asgi_csrf').map(({ module, call }) => ({ path: module.path, ...call.at, text: 'asgi_csrf(…)' }));
  const dependencies = project.calls('fastapi.FastAPI', 'fastapi.APIRouter', '*.include_router').filter(({ call }) => call.keywords.some((each) => each.name === 'dependencies' && names(each.value).some((name) => /csrf|xsrf/i.test(name))))
    .map(({ module, call }) => ({ path: module.path, ...call.at, text: `${call.written}(…) with a CSRF dependency` }));
  return [...csrfExtensions(project).wired, ...mounted, ...wrapped, ...dependencies, ...ownChecks(hooks(project, 'before'))].filter((each) => !idle.has(each.path)).map(({ path, start, end, text }) => ({ path, start, end, text }));
}

function names(value: Value): readonly string[] {
  if (value.kind === 'list') return value.items.flatMap(names);
  if (value.kind === 'result') return [value.callee, ...value.args.flatMap(names)];
  return value.kind === 'reference' ? [value.name] : [];
}

// ---- the project's own check

/** A token or the origin, in a header, a form or a cookie. */
const TOKEN = /(^|\.)(headers|form|values|cookies|json|args|META|POST|query_params)\.[\w.-]*(csrf|xsrf|nonce|origin|referer|sec-fetch|requested-with)|(^|\.)(form|values|json|POST)\.(_?token|authenticity_token|form_token)$|(^|\.)request\.(origin|referrer)$|(^|\.)session\.[\w-]*(csrf|xsrf|nonce)/i;
const VALIDATES = /(^|\.)(compare_digest|validate_csrf\w*|csrf_protect|(check|verify|validate)_(csrf|xsrf|origin|same_origin)\w*|same_origin)$|csrf\w*\.protect$/i;
const REFUSES = /(^|\.)(abort|HTTPException|Forbidden|BadRequest|PermissionDenied|HttpResponseForbidden|JSONResponse|PlainTextResponse|Response|CSRFError|make_response|jsonify)$/;

/** Functions among these that compare a token or the origin, when one of them refuses. */
function ownChecks(all: readonly Hook[]): readonly Evidence[] {
  if (!all.some(({ module, func }) => func.does.some((each) => REFUSES.test(each)) || module.statuses.some((each) => [400, 401, 403, 419].includes(each.code) && func.at.start <= each.at.start && each.at.end <= func.at.end))) return [];
  return all.filter(({ func }) => func.reads.some((each) => TOKEN.test(each)) || func.does.some((each) => VALIDATES.test(each))).map(({ module, func }) => ({ path: module.path, ...func.nameAt, text: `${func.name} checks where requests come from` }));
}

// ---- routes

/** The text is the route's name: `POST /email`. */
export interface CookieWrite extends Evidence { readonly module: Module; readonly route: Route }

const BY_COOKIE = /(^|\.)(login_required|fresh_login_required|active_login_required|login_fresh|current_user|roles?_(required|accepted)|permissions?_(required|accepted)|admin_required|admins_only|authed_only|auth_required)$/i;
const BY_TOKEN = /^flask_httpauth\.|OAuth2|HTTPBearer|HTTPBasic|HTTPDigest|APIKey(Header|Query)|bearer|api_?key|jwt_required|jwt|token_(required|auth)|auth_token|verify_token|hmac|signature|(^|\.)(auth|basic_auth|token_auth|multi_auth)\.login_required$/i;
const TOKEN_READS = /authorization|x-api-key|api[-_]key|x-auth-token|x-access-token|signature/i;

/** Routes that change state for whoever the cookie says it is. Login and the like, token APIs and signed webhooks are not among them. */
export function cookieWrites(project: Project): readonly CookieWrite[] {
  return project.once('writes by cookie', () => allCookieWrites(project));
}

function allCookieWrites(project: Project): readonly CookieWrite[] {
  const idle = idleModules(project);
  const everywhere = hooks(project, 'before').filter(({ module }) => !idle.has(module.path));
  const kept = keptVisitors(everywhere, project);
  const gatedEverywhere = everywhere.some(({ func }) => func.decorators.some((each) => BY_COOKIE.test(each.name)) || func.does.some((each) => BY_COOKIE.test(each)) || (func.reads.some((each) => BY_COOKIE_READ.test(each)) && func.does.some((each) => /(^|\.)(abort|redirect|HTTPException|RedirectResponse)$/.test(each))));
  return project.routes.filter(({ module, route }) => !idle.has(module.path) && route.framework !== 'django' && isWrite(route) && !isWebhook(route)).flatMap(({ module, route }): CookieWrite[] => {
    const gates = gatesOf(route, project);
    const said = [...route.gates, ...gates.flatMap(({ func }) => func.depends)];
    const read = [...route.reads, ...gates.flatMap(({ func }) => func.reads)];
    if (said.some((each) => BY_TOKEN.test(each)) || read.some((each) => TOKEN_READS.test(each))) return [];
    const byVisitor = route.reads.some((each) => kept.has(each.split('.', 3).join('.')));
    const cookie = byVisitor || said.some((each) => BY_COOKIE.test(each)) || read.some((each) => BY_COOKIE_READ.test(each));
    if (!cookie && (!gatedEverywhere || isSensitive(route))) return [];
    const own = byVisitor || (!saysWho(module, route) && route.reads.some((each) => /session\.\w*(user|uid|id|account)/i.test(each)));
    if (isSensitive(route) && route.gates.length === 0 && !own) return [];
    return [{ path: module.path, ...route.handlerAt, text: routeName(route), module, route }];
  });
}

/** Names of `g` under which a hook keeps what a cookie said: `flask.g.user`. */
function keptVisitors(before: readonly Hook[], project: Project): ReadonlySet<string> {
  return new Set(before.flatMap((hook) => {
    const kept = within(hook.module.assignments, hook.func.body).filter((each) => /^(flask|quart)\.g\.\w+$/.test(each.qualified));
    return kept.length > 0 && closure(project, [hook]).some(({ func }) => func.reads.some((each) => BY_COOKIE_READ.test(each))) ? kept.map((each) => each.qualified) : [];
  }));
}

/** The handler sets who is signed in, or forgets it: it does not act for whom the session names. */
function saysWho(module: Module, route: Route): boolean {
  return route.does.some((each) => /^(flask|quart)\.session\.(pop|clear)$/.test(each))
    || within(module.assignments, route.body).some((each) => /^(flask|quart)\.session\.\w*(user|uid|id|account)/i.test(each.qualified));
}

function gatesOf(route: Route, project: Project): readonly Hook[] {
  return closure(project, route.gates.flatMap((name) => project.func(name) ?? []));
}

function isWebhook(route: Route): boolean {
  return /webhook|(^|[/_-])(hooks?|callback|ipn)([/_-]|$)/i.test(`${route.path} ${lastName(route.handler)}`) || route.does.some((each) => /construct_event|verify_signature|validate_signature|RequestValidator/.test(each));
}

/** The handler validates a FlaskForm, a check stands in it or its gates, or no other site can send what it reads. */
export function protectsItself({ module, route }: CookieWrite, project: Project): boolean {
  if (isOutOfReach(route, module, project)) return true;
  const gates = gatesOf(route, project);
  const body = route.does.filter((each) => /csrf|xsrf|origin/i.test(lastName(each))).flatMap((name) => project.func(name) ?? []);
  const does = [...route.does, ...route.gates, ...gates.flatMap(({ func }) => func.does)];
  return does.some((each) => /(^|\.)validate_on_submit$/.test(each) || VALIDATES.test(each) || /csrf|xsrf/i.test(lastName(each)) || isFormValidation(each, project))
    || route.reads.some((each) => TOKEN.test(each)) || gates.some(({ func }) => func.reads.some((each) => TOKEN.test(each))) || body.some(({ func }) => func.does.some((each) => REFUSES.test(each)));
}

/** `LoginForm.validate`, where the class comes from Flask-WTF. */
function isFormValidation(callee: string, project: Project): boolean {
  if (!callee.endsWith('.validate')) return false;
  const owner = callee.slice(0, -'.validate'.length);
  return /^flask_wtf\.|(^|\.)(FlaskForm|StarletteForm|QuartForm|SecureForm)$/.test(owner) || isForm(owner, project, 0);
}

function isForm(name: string, project: Project, depth: number): boolean {
  if (depth > 6) return false;
  return classesNamed(lastName(name), project).some(({ module, class: one }) => qualifiedPath(module, one) === name
    && one.bases.some((base) => /(^|\.)(FlaskForm|StarletteForm|QuartForm|SecureForm)$|^flask_wtf\./.test(base) || isForm(base, project, depth + 1)));
}

/**
 * No page elsewhere can send what the route reads: a body of JSON needs a preflight that CORS does not grant; under a cookie that stays at
 * home (`Lax`, `Strict`) a FastAPI route without a form is not reached either.
 */
function isOutOfReach(route: Route, module: Module, project: Project): boolean {
  if (route.framework === 'fastapi') {
    const form = module.imports.some((one) => /^fastapi\.(Form|File|UploadFile)$/.test(one.target)) || [...route.reads, ...route.does].some((each) => /\.form$/.test(each));
    const site = sameSite(project);
    return !form && (site === 'lax' || site === 'strict');
  }
  const json = route.does.some((each) => /request\.get_json$/.test(each)) || route.reads.some((each) => /request\.json(\.|$)/.test(each));
  return json && !route.reads.some((each) => /request\.(form|values|files)(\.|$)/.test(each)) && corsWithCredentials(project, true) === undefined;
}

/** What the identity cookie says of other sites, as far as the code says it: Starlette's cookies are `lax` by default. */
export function sameSite(project: Project): 'strict' | 'lax' | 'none' | undefined {
  const said = [
    ...project.settings('SESSION_COOKIE_SAMESITE').filter((each) => seenInProduction(each, project)).map((each) => each.value),
    ...project.calls('*.set_cookie').filter(({ call }) => call.args[0]?.kind === 'text' && /sess|token|auth|jwt|sid\b/i.test(call.args[0].value)).flatMap(({ module, call }) => {
      const given = call.keywords.find((each) => each.name === 'samesite')?.value;
      return given ? [given] : module.imports.some((one) => /^(fastapi|starlette)(\.|$)/.test(one.target)) ? [{ kind: 'text', value: 'lax', at: call.at } as const] : [];
    }),
  ].map((value) => value.kind === 'text' ? value.value.toLowerCase() : undefined);
  const sessions = middlewares(project).filter((each) => lastName(each.name) === 'SessionMiddleware' && !each.name.startsWith('django.')).map((each) => {
    const given = each.keywords.find((one) => one.name === 'same_site')?.value;
    return given === undefined ? 'lax' : given.kind === 'text' ? given.value.toLowerCase() : undefined;
  });
  const all = [...said, ...sessions];
  if (all.includes('none')) return 'none';
  if (all.length === 0 || all.includes(undefined)) return undefined;
  return all.every((each) => each === 'strict') ? 'strict' : 'lax';
}

/**
 * Other sites may send the cookie along and read the answer.
 * @param anybody only where every site may, because origins are not listed or `*` is among them
 */
export function corsWithCredentials(project: Project, anybody = false): Evidence | undefined {
  const yes = (value: Value | undefined) => value?.kind === 'bool' && value.value;
  const reached = (keywords: readonly { readonly name: string; readonly value: Value }[], credentials: string, origins: string) =>
    keywords.some((one) => one.name === credentials && yes(one.value)) && (!anybody || isAnybody(keywords.find((one) => one.name === origins)?.value));
  const call = project.calls('flask_cors.CORS').find((each) => reached(each.call.keywords, 'supports_credentials', 'origins'));
  if (call) return { path: call.module.path, ...call.call.at, text: 'CORS with credentials' };
  const mounted = middlewares(project).find((each) => lastName(each.name) === 'CORSMiddleware' && reached(each.keywords, 'allow_credentials', 'allow_origins') && (!anybody || each.keywords.some((one) => one.name === 'allow_origins')));
  if (mounted) return { path: mounted.path, start: mounted.start, end: mounted.end, text: 'CORS with credentials' };
  const setting = project.settings('CORS_SUPPORTS_CREDENTIALS').find((each) => yes(each.value) && seenInProduction(each, project));
  return setting && { path: setting.path, start: setting.start, end: setting.end, text: 'CORS with credentials' };
}

/** No list of origins, or one with `*`: Flask-CORS and Starlette then answer any origin with its own name. */
function isAnybody(origins: Value | undefined): boolean {
  if (origins === undefined) return true;
  return origins.kind === 'list' ? origins.items.some(isAnybody) : origins.kind === 'text' && /^(\*|\.\*|https?:\/\/\*)$/.test(origins.value);
}
