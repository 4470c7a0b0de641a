/** What limits the rate of requests: libraries that are given the application, the project's own counters, and proxies. */
import { edgeLines } from './edge';
import type { Hook } from './hooks';
import { closure, middlewares } from './hooks';
import { idleModules } from './loading';
import type { Func, Module, Route } from './module';
import type { Span } from './place';
import type { Evidence, Project } from './project';
import { lastName } from './select';
import { functionsAround, qualifiedPath } from './scopes';
import { onlyInDevelopment, seenInProduction } from './standing';
import type { Value } from './value';
import { wiring } from './wiring';
import { firstFrom } from './within';

const FLASK_LIMITER = ['flask_limiter.Limiter', 'flask_limiter.extension.Limiter', 'flask_limiter._extension.Limiter'] as const;
const DJANGO_DECORATORS = ['django_ratelimit.decorators.ratelimit', 'ratelimit.decorators.ratelimit', 'django_ratelimit.core.is_ratelimited', 'ratelimit.utils.is_ratelimited'] as const;

/** Names of calls these answers are made from: what a rule that asks must list in its `reads`. */
export const THROTTLE_CALLS: readonly string[] = [...FLASK_LIMITER, ...DJANGO_DECORATORS, '*.limit', '*.shared_limit', 'fastapi.FastAPI', 'fastapi.APIRouter', '*.include_router', 'fastapi.HTTPException', 'starlette.HTTPException', '*.JSONResponse', '*.abort'];

/** Limits that production's requests meet; empty when there are none. */
export function limits(project: Project): readonly Evidence[] {
  return project.once('limits', () => allLimits(project));
}

function allLimits(project: Project): readonly Evidence[] {
  const limiter = flaskLimiter(project);
  const idle = idleModules(project);
  return [...(limiter.problem ? [] : limiter.evidence), ...mounted(project), ...gates(project), ...django(project), ...homeGrown(project), ...attempts(project), ...inFront(project)].filter((each) => !idle.has(each.path));
}

/** Flask-Limiter as it stands: evidence of it, and what is wrong with it when it limits nothing. */
export function flaskLimiter(project: Project): { readonly evidence: readonly Evidence[]; readonly problem?: 'idle' | 'no limits' | 'switched off' } {
  const { wired, idle } = wiring(project, ...FLASK_LIMITER);
  if (wired.length === 0) return idle.length > 0 ? { evidence: idle, problem: 'idle' } : { evidence: [] };
  if (project.settings('RATELIMIT_ENABLED').some((each) => each.value.kind === 'bool' && !each.value.value && seenInProduction(each, project))) return { evidence: wired, problem: 'switched off' };
  const made = project.calls(...FLASK_LIMITER);
  const given = made.some(({ call }) => call.open || call.keywords.some((each) => /^(default_limits|application_limits|meta_limits|\*\*)/.test(each.name)));
  const configured = project.settings('RATELIMIT_DEFAULT', 'RATELIMIT_DEFAULT_LIMITS', 'RATELIMIT_APPLICATION').length > 0 || project.calls('*.from_prefixed_env', '*.from_pyfile', '*.from_envvar').length > 0;
  const decorated = project.modules.some((module) => module.functions.some((func) => func.decorators.some((each) => /(^|\.)(limit|shared_limit)$/.test(each.name)))) || project.calls('*.limit', '*.shared_limit').some(({ call }) => call.args[0]?.kind === 'text' || /limiter/i.test(call.callee));
  return given || configured || decorated ? { evidence: wired.map((each) => ({ ...each, text: `Flask-Limiter${stated(made.flatMap(({ call }) => call.keywords.filter((one) => one.name === 'default_limits').map((one) => one.value)))}` })) } : { evidence: wired, problem: 'no limits' };
}

function stated(values: readonly Value[]): string {
  const texts = values.flatMap((each) => each.kind === 'list' ? each.items : [each]).flatMap((each) => each.kind === 'text' ? [each.value] : []);
  return texts.length > 0 ? `, ${texts.join(', ')}` : '';
}

// ---- of every request, and of one route

/** Limits that every request meets whatever its route: middleware, proxies, framework-wide throttles, locks on logins, small default limits. */
export function limitsEverything(project: Project): boolean {
  const defaults = project.calls(...FLASK_LIMITER).flatMap(({ module, call }) => call.keywords.filter((each) => /^(default_limits|application_limits)$/.test(each.name)).map((each) => project.resolve(each.value, module)));
  const configured = project.settings('RATELIMIT_DEFAULT', 'RATELIMIT_APPLICATION').map((each) => each.value);
  return mounted(project).length > 0 || inFront(project).length > 0 || defaults.some(isSmall) || configured.some(isSmall) || [...defaults, ...configured].some((each) => each.kind === 'unknown' || each.kind === 'environment')
    || django(project).some((each) => /axes|allauth|DEFAULT_THROTTLE_CLASSES/.test(each.text));
}

/** `10 per minute` or less: enough to stop guessing. */
function isSmall(value: Value): boolean {
  if (value.kind === 'list') return value.items.some(isSmall);
  const texts = value.kind === 'text' ? value.value.split(/[;,]/) : [];
  return texts.some((each) => { const found = /(\d+)\s*(?:per|\/)\s*(\d+)?\s*(second|minute)/i.exec(each); return found !== null && (found[3]?.toLowerCase() === 'second' ? Number(found[1]) * 60 : Number(found[1])) / Number(found[2] ?? 1) <= 20; });
}

/** Something limits this route: a decorator, its blueprint, a throttle of its class, or the project's own counter in front of the body or in it. */
export function limitsRoute(module: Module, route: Route, project: Project): boolean {
  if (route.gates.some((each) => isLimiting(each) || LIMITS.test(each)) || route.decorators.some((each) => LIMITS.test(each.name) || isLimiting(each.name)) || route.does.some((each) => (LIMITS.test(each) && !ROWS.test(each)) || isLimiting(lastName(each)))) return true;
  if (limitedRouters(project).has(lastName(route.owner))) return true;
  const klass = route.handler.includes('.') ? route.handler.slice(0, route.handler.lastIndexOf('.')) : route.handler;
  const throttled = throttledScopes(project);
  if (throttled.has(`${module.path} ${klass}`) || throttled.has(`${module.path} ${route.handler}`)) return true;
  const own = counters(project);
  const counted = (path: string, span: Span) => { const starts = own.get(path) ?? []; return (starts[firstFrom(starts, span.start)]?.at.start ?? span.end) < span.end; };
  const opened = closure(project, [...route.gates, ...route.hooks, ...route.does].flatMap((each) => project.func(each) ?? methodsOf(each, project)));
  return counted(module.path, { start: Math.min(route.at.start, route.handlerAt.start), end: route.body.end }) || opened.some((each) => counted(each.module.path, each.func.at)) || opened.some(({ func }) => func.does.some((each) => isLimiting(lastName(each))));
}

/** Classes that say how often they may be asked. */
function throttledScopes(project: Project): ReadonlySet<string> {
  return project.once('throttled scopes', () => new Set(project.modules.flatMap((module) => module.assignments.flatMap((one) => /^(throttle_classes|throttle_scope)$/.test(one.target) ? [`${module.path} ${one.scope}`] : []))));
}

/** Where the project's own limits stand, in the order of each file. */
function counters(project: Project): ReadonlyMap<string, readonly { readonly at: Span }[]> {
  return project.once('home-grown limits by file', () => {
    const byPath = new Map<string, { readonly at: Span }[]>();
    for (const each of [...homeGrown(project), ...attempts(project)]) {
      const list = byPath.get(each.path);
      if (list) list.push({ at: each }); else byPath.set(each.path, [{ at: each }]);
    }
    for (const list of byPath.values()) list.sort((a, b) => a.at.start - b.at.start);
    return byPath;
  });
}

/** Last names of routers and blueprints that are handed to a limiter: `limiter.limit(bp)`. */
function limitedRouters(project: Project): ReadonlySet<string> {
  return project.once('limited routers', () => new Set(project.calls('*.limit', '*.shared_limit').flatMap(({ module, call }) => {
    const [first] = call.args;
    return first === undefined || first.kind === 'text' ? [] : [lastName(project.written(module.path, first.at))];
  })));
}

/** The methods of a class that is made: a form or a serializer may count in its checks. */
function methodsOf(name: string, project: Project): readonly Hook[] {
  const byClass = project.once('methods by class', () => {
    const index = new Map<string, Hook[]>();
    for (const module of project.modules) {
      for (const func of module.functions) {
        if (func.scope === '') continue;
        const key = `${module.name}.${func.scope}`;
        const list = index.get(key);
        if (list) list.push({ module, func }); else index.set(key, [{ module, func }]);
      }
    }
    return index;
  });
  return byClass.get(name) ?? [];
}

/** `select(…).limit(10)` is about rows. */
const ROWS = /(select|query|filter\w*|where|order_by|offset|join|options|objects|all|statement|stmt|find|aggregate|sort|skip)(\(\))?\.limit$/;
const LIMITS = /(^|\.)(limit|shared_limit|limit_requests?|RateLimiter|ratelimit|throttle)$/;

// ---- libraries

const LIMITING = /rate_?limit|limiter|throttl|slowapi|^axes\.|\.axes\.|defender/i;
/** Limits of another kind: sizes, uploads, concurrency, paging. */
const OTHER_LIMITS = /size|body|upload|content|concurren|memory|page|depth/i;

function isLimiting(name: string): boolean {
  return LIMITING.test(name) && !OTHER_LIMITS.test(lastName(name)) && !name.startsWith('flask_limiter.');
}

function mounted(project: Project): readonly Evidence[] {
  return middlewares(project).filter((each) => isLimiting(each.name)).map(({ path, start, end, text }) => ({ path, start, end, text }));
}

/** Decorators and dependencies of routes, and dependencies of whole routers. */
function gates(project: Project): readonly Evidence[] {
  const routes = project.routes.flatMap(({ module, route }) => {
    const gate = route.gates.find(isLimiting);
    return gate ? [{ path: module.path, ...route.handlerAt, text: `${route.path} passes ${lastName(gate)}` }] : [];
  });
  const routers = project.calls('fastapi.FastAPI', 'fastapi.APIRouter', '*.include_router').flatMap(({ module, call }) => {
    const named = call.keywords.filter((each) => each.name === 'dependencies').flatMap((each) => each.value.kind === 'list' ? each.value.items : []).map(dependency);
    return named.some((each) => each !== undefined && isLimiting(each)) ? [{ path: module.path, ...call.at, text: `${call.written}(…) with a limiter` }] : [];
  });
  return [...routes, ...routers];
}

function dependency(value: Value): string | undefined {
  const target = value.kind === 'result' ? value.args[0] : undefined;
  return target?.kind === 'reference' ? target.name : target?.kind === 'result' ? target.callee : undefined;
}

function django(project: Project): readonly Evidence[] {
  return project.once('django limits', () => djangoLimits(project));
}

function djangoLimits(project: Project): readonly Evidence[] {
  const listed = (name: string, wanted: RegExp) => project.settings(name).filter((each) => seenInProduction(each, project)).flatMap((each) => {
    const found = each.value.kind === 'list' ? each.value.items.find((item) => item.kind === 'text' && wanted.test(item.value)) : undefined;
    return found?.kind === 'text' ? [{ path: each.path, start: found.at.start, end: found.at.end, text: `${found.value} is in ${name}` }] : [];
  });
  const throttled = project.modules.flatMap((module) => module.assignments.filter((one) => one.target.endsWith('throttle_classes') && lastName(one.target) === 'throttle_classes' && one.value.kind === 'list' && one.value.items.length > 0).map((one) => ({ path: module.path, ...one.at, text: 'throttle_classes' })));
  const framework = project.settings('REST_FRAMEWORK').flatMap((each) => {
    const found = each.value.kind === 'dict' ? each.value.entries.find((entry) => entry.key.kind === 'text' && entry.key.value === 'DEFAULT_THROTTLE_CLASSES' && entry.value.kind === 'list' && entry.value.items.length > 0) : undefined;
    return found ? [{ path: each.path, start: found.key.at.start, end: found.value.at.end, text: 'DEFAULT_THROTTLE_CLASSES' }] : [];
  });
  const called = project.calls(...DJANGO_DECORATORS).map(({ module, call }) => ({ path: module.path, ...call.at, text: call.written }));
  const decorated = project.modules.flatMap((module) => [...module.functions, ...module.classes].flatMap((one) => one.decorators.filter((each) => /^(django_ratelimit|axes|defender)\.|^ratelimit\.decorators\./.test(each.name)).map((each) => ({ path: module.path, ...each.at, text: `${one.name} is limited` }))));
  const ninja = project.modules.flatMap((module) => module.imports.filter((one) => one.target.startsWith('ninja.throttling.')).map((one) => ({ path: module.path, ...one.at, text: lastName(one.target) })));
  return [...listed('AUTHENTICATION_BACKENDS', /axes/i), ...listed('INSTALLED_APPS', /^allauth\.account$/), ...throttled, ...framework, ...called, ...decorated, ...ninja];
}

// ---- the project's own

/** Counting within a window of time: Redis, a cache, a table, or a clock. */
const COUNTS = /(^|\.)(incr|incr_?by|hincrby|incr_\w+|expire|setex|psetex|zadd|zcard|zcount|zremrangebyscore|popleft|hit|get_or_create|update_or_create|total_seconds)$|(cache|redis|memcache)\w*(\.\w+)*\.(get|set|add|incr)$|^(time\.(time|monotonic|perf_counter)|datetime\.\w*\.?(now|utcnow)|datetime\.timedelta|django\.utils\.timezone\.now)$|(^|\.)(now|utcnow|monotonic)$/i;
const TOO_MANY = /429|TOO_MANY_REQUESTS/;
/** Code that asks others and is told 429 by them. */
const ASKS_OTHERS = /^(requests|httpx|aiohttp|urllib3?|pycurl|boto3|openai|anthropic|stripe|twilio|tenacity)\.|(^|\.)(sleep|Retry)$/;

/** A function that counts and refuses with 429, itself or by what it calls; or one that is named for it, counts, and is called. */
function homeGrown(project: Project): readonly Evidence[] {
  return project.once('home-grown limits', () => {
    const all = project.modules.flatMap((module) => module.functions.filter((func) => !onlyInDevelopment(func) && !isErrorHandler(func)).map((func) => ({ module, func })));
    const refusals = new Set(project.modules.flatMap((module) => refusalsIn(module, project)));
    const refusing = all.filter(({ func }) => (refusals.has(func) || func.does.some(isRefusal)) && !func.does.some((each) => ASKS_OTHERS.test(each)));
    const names = new Set(refusing.map(({ module, func }) => qualified(module, func)));
    const calling = names.size > 0 ? all.filter(({ func }) => func.does.some((each) => names.has(each))) : [];
    const named = calledByOthers(all.filter(({ func }) => NAMED.test(func.name) || NAMED.test(func.scope)), project);
    return [...new Set([...refusing, ...calling, ...named])].filter((hook) => counts(hook, project)).map(({ module, func }) => ({ path: module.path, ...func.nameAt, text: `${func.name} counts and refuses` }));
  });
}

const NAMED = /rate_?limit|limiter|throttl|(token|leaky)_?bucket|too_many/i;

function qualified(module: Module, func: Func): string {
  return qualifiedPath(module, func);
}

/** Functions around a place where the file answers with 429. */
function refusalsIn(module: Module, project: Project): readonly Func[] {
  const answers = module.statuses.filter((each) => each.code === 429 && !isCompared(project.written(module.path, { start: Math.max(0, each.at.start - 60), end: each.at.start })));
  const named = module.calls.filter((call) => call.args.some(isTooMany) || call.keywords.some((each) => isTooMany(each.value)));
  return [...answers, ...named].flatMap(({ at }) => functionsAround(module, at));
}

function isTooMany(value: Value): boolean {
  return value.kind === 'reference' && TOO_MANY.test(lastName(value.name));
}

function isRefusal(callee: string): boolean {
  return /^(TooManyRequests|RateLimit\w*|Throttled)$/.test(lastName(callee));
}

/** `answer.status_code == 429`, `in (429, 503)`: what others answer, not we. */
function isCompared(before: string): boolean {
  return /(?:[=!]=|\bin|[<>]=?)\s*[[({]?[\s\d,]*$/.test(before);
}

/** Those of the functions that another one calls, that stand before a route, or that a file calls when it is loaded. */
function calledByOthers(hooks: readonly Hook[], project: Project): readonly Hook[] {
  if (hooks.length === 0) return [];
  const wanted = new Set(hooks.map(({ module, func }) => qualified(module, func)));
  const callers = new Map<string, Set<Func | Module>>();
  const note = (names: readonly string[], by: Func | Module) => { for (const name of names) if (wanted.has(name)) callers.set(name, (callers.get(name) ?? new Set()).add(by)); };
  for (const module of project.modules) {
    note(module.does, module);
    for (const route of module.routes) note(route.gates, module);
    for (const func of module.functions) note(func.does, func);
  }
  return hooks.filter(({ module, func }) => [...callers.get(qualified(module, func)) ?? []].some((each) => each !== func));
}

function counts(hook: Hook, project: Project): boolean {
  return closure(project, [hook]).some((each) => each.func.does.some((callee) => COUNTS.test(callee)));
}

function isErrorHandler(func: Func): boolean {
  return func.decorators.some((each) => /(^|\.)(errorhandler|app_errorhandler|exception_handler|error_handler)$/.test(each.name));
}

/** A count of failed logins, or a lock until some time, kept with the account. */
function attempts(project: Project): readonly Evidence[] {
  return project.modules.flatMap((module) => module.assignments.filter((one) => one.scope !== '' && /\.(failed_?(login|attempt)\w*|login_attemp\w*|failed_logins?|locked?_(until|at)|lockout_until|locked_out_until)$/i.test(one.target))
    .map((one) => ({ path: module.path, ...one.targetAt, text: `${lastName(one.target)} counts failed logins` })));
}

// ---- in front

function inFront(project: Project): readonly Evidence[] {
  return edgeLines(project).filter((line) => /^limit_(req|conn)\s|^rate_limit\b|rate-?limit|limit-(rps|rpm|connections)|throttl|http_req_rate|\bsc_http_req_rate/i.test(line.text) && !/^limit_(req|conn)_/.test(line.text))
    .map((line) => ({ path: line.path, start: line.start, end: line.end, text: `limits in front: ${line.text.slice(0, 60)}` })).slice(0, 3);
}
