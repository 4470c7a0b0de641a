/** Who may read answers from another site: CORS as code, settings and proxies set it up, whatever the framework. */
import type { Directive, Nginx } from './files';
import { HEADER_CALLS } from './headers';
import { HOOK_CALLS, hooks } from './hooks';
import { idleModules } from './loading';
import type { Call, Module, Standing } from './module';
import type { Span } from './place';
import type { Project, Setting } from './project';
import type { Selector } from './select';
import { lastName } from './select';
import { onlyInDevelopment, seenInProduction } from './standing';
import { isTrue, whenUnset } from './unset';
import type { Keyword, Value } from './value';
import { lookup } from './value';

/** One place that sets CORS up. */
export interface CorsGrant {
  /** As a message says it: `CORSMiddleware`, `CORS()`, `CORS_ALLOW_ALL_ORIGINS`. */
  readonly where: string;
  /** The exact characters that say which origins, or the callee where nothing says it. */
  readonly at: Span;
  /** Every origin is allowed; `absent` where that is the default, `variable` where an environment variable says so. */
  readonly any?: { readonly how: 'written' | 'absent' | 'fallback' | 'deployed' | 'echoed'; readonly variable?: string };
  /** Cookies and other credentials are allowed with it. */
  readonly credentials: boolean;
  readonly call?: Call;
  readonly keyword?: Keyword;
  readonly setting?: Setting;
}

const MIDDLEWARE = /^(fastapi\.middleware\.cors|starlette\.middleware\.cors)\.CORSMiddleware$/;
const CONSTRUCTORS = ['fastapi.middleware.cors.CORSMiddleware', 'starlette.middleware.cors.CORSMiddleware'] as const;
const FLASK = 'flask_cors.CORS';

/** Every place that sets CORS up for production, unless code takes the asterisk out again. */
export function corsGrants(): Selector<CorsGrant> {
  return {
    kinds: ['module', 'nginx'], callees: [...CONSTRUCTORS, FLASK, `${FLASK}.init_app`, ...HOOK_CALLS, ...HEADER_CALLS],
    *select(unit, project) {
      if (unit.kind === 'nginx') { yield* inProxy(unit); return; }
      if (unit.kind !== 'module' || unit.language !== 'python' || isIdle(unit, project)) return;
      for (const grant of grantsIn(unit, project)) {
        if (refusesAsterisk(project.text(unit.path) ?? '')) return;
        yield grant;
      }
    },
  };
}

function* grantsIn(module: Module, project: Project): Iterable<CorsGrant> {
  for (const one of module.calls) {
    const made = isMiddleware(one) ? fromMiddleware : one.callee === FLASK ? fromFlask : undefined;
    const grant = made && !onlyInDevelopment(one) ? made(one, module, project, project.text(module.path) ?? '') : undefined;
    // Origins that cannot be read here prove nothing either way.
    if (grant && (grant.any || isRead(grant, module, project))) yield grant;
  }
  yield* fromDjango(module, project);
  yield* fromHeaders(module, project);
}

/** The origins are a list, a text or a variable, as far as they are given at all. */
function isRead({ keyword }: CorsGrant, module: Module, project: Project): boolean {
  const plain = (value: Value): boolean => ['list', 'text', 'environment'].includes(value.kind) || (value.kind === 'result' && value.of !== undefined && plain(value.of));
  return keyword !== undefined && plain(project.resolve(keyword.value, module));
}

/** Only an application that nothing starts loads it: neither a command nor a platform's build. */
function isIdle(module: Module, project: Project): boolean {
  return idleModules(project).has(module.path) && !project.of('platform').some((each) => each.entries.some((entry) => entry.value === module.path));
}

/** Code that looks for the asterisk among the origins and does something about it. */
function refusesAsterisk(text: string): boolean {
  return /["']\*["']\s*(not\s+)?in\s|[!=]=\s*["']\*["']|\.(remove|discard)\(\s*["']\*["']/.test(text);
}

function isMiddleware(one: Call): boolean {
  const [first] = one.args;
  return CONSTRUCTORS.some((each) => each === one.callee) || (/(^|\.)(add_middleware|Middleware)$/.test(one.callee) && first?.kind === 'reference' && MIDDLEWARE.test(first.name));
}

const option = (one: Call, name: string): Keyword | undefined => one.keywords.find((each) => each.name === name);

function given(keywords: readonly Keyword[], name: string): Value | undefined {
  const table = keywords.find((each) => each.name === '**')?.value;
  return keywords.find((each) => each.name === name)?.value ?? (table && lookup(table, name));
}

function isOn(value: Value | undefined, module: Module, project: Project): boolean {
  const known = value && whenUnset(project.resolve(value, module));
  return typeof known === 'object' && isTrue(known);
}

function fromMiddleware(one: Call, module: Module, project: Project, text: string): CorsGrant {
  const pattern = given(one.keywords, 'allow_origin_regex');
  const resolved = pattern && project.resolve(pattern, module);
  const everything = resolved?.kind === 'text' && isAnyPattern(resolved.value);
  const keyword = option(one, everything ? 'allow_origin_regex' : 'allow_origins');
  const origins = given(one.keywords, 'allow_origins');
  const any = everything ? { how: 'written' as const } : origins && anyOf(origins, module, project, text);
  return { where: 'CORSMiddleware', at: keyword?.value.at ?? one.calleeAt, credentials: isOn(given(one.keywords, 'allow_credentials'), module, project), call: one, ...(keyword && { keyword }), ...(any && { any }) };
}

/** Flask-CORS: the constructor's options and those of `init_app`; without origins it allows all of them. */
function fromFlask(one: Call, module: Module, project: Project, text: string): CorsGrant {
  const later = one.args.length === 0 && !option(one, 'app') ? project.calls(`${FLASK}.init_app`).flatMap(({ call }) => call.keywords) : [];
  const keywords = [...one.keywords, ...later];
  const credentials = isOn(given(keywords, 'supports_credentials'), module, project) || project.settings('CORS_SUPPORTS_CREDENTIALS').some((each) => isOn(each.value, each.module, project));
  const keyword = option(one, 'origins');
  const origins = given(keywords, 'origins') ?? project.settings('CORS_ORIGINS').find((each) => seenInProduction(each, project))?.value;
  const resources = given(keywords, 'resources') ?? project.settings('CORS_RESOURCES')[0]?.value;
  const any = one.open && !origins && !keywords.some((each) => each.name === '**' && each.value.kind === 'dict') ? undefined : flaskOrigins(origins, resources && project.resolve(resources, module), module, project, text);
  return { where: `${one.written}()`, at: keyword?.value.at ?? option(one, 'resources')?.value.at ?? one.calleeAt, credentials, call: one, ...(keyword && { keyword }), ...(any && { any }) };
}

function flaskOrigins(origins: Value | undefined, resources: Value | undefined, module: Module, project: Project, text: string): CorsGrant['any'] {
  const own = origins ? anyOf(origins, module, project, text) : { how: 'absent' as const };
  if (!resources) return own;
  if (resources.kind === 'text') return isPublic(resources.value) ? undefined : own;
  if (resources.kind === 'list') return resources.items.every((each) => each.kind === 'text' && isPublic(each.value)) ? undefined : own;
  if (resources.kind !== 'dict') return undefined;
  for (const { key, value } of resources.entries) {
    if (key.kind === 'text' && isPublic(key.value)) continue;
    const inner = lookup(project.resolve(value, module), 'origins');
    const found = inner ? anyOf(inner, module, project, text) : value.kind === 'dict' && !value.open ? own : undefined;
    if (found) return found;
  }
  return undefined;
}

/** Paths that anybody may read: public and static ones, fonts. */
function isPublic(path: string): boolean {
  return /(^|[/^])(public|static|assets|fonts?|media|images?|img|cdn|\.well-known|health\w*|openapi|embed|widgets?)([/.*\\($]|$)/i.test(path);
}

function isAnyPattern(text: string): boolean {
  return /^\*$|^\^?\(?(https?\??:\/\/)?\(?\.[*+]\)?\)?\$?$|^\^?https\?:\/\/\.[*+]\$?$/.test(text);
}

/** Whether a value lets every origin in, read by way of the environment's fallbacks. */
function anyOf(value: Value, module: Module, project: Project, text: string): CorsGrant['any'] {
  const it = project.resolve(value, module);
  switch (it.kind) {
    case 'text': return isAnyPattern(it.value) ? { how: 'written' } : undefined;
    case 'list': return it.items.length === 1 && it.items[0] && !['text', 'environment'].includes(it.items[0].kind) ? fallbackWritten(value, text) : it.items.map((each) => anyOf(each, module, project, text)).find((each) => each !== undefined);
    case 'environment': {
      if (project.deployedVariable(it.variable)?.value?.replace(/["'[\]]/g, '') === '*') return { how: 'deployed', variable: it.variable };
      return it.fallback && anyOf(it.fallback, module, project, text) && project.deployedVariable(it.variable)?.value === undefined ? { how: 'fallback', variable: it.variable } : undefined;
    }
    case 'choice': return it.by === 'or' ? it.options.map((each) => anyOf(each, module, project, text)).find((each) => each !== undefined) : undefined;
    case 'result': return it.of && /\.(split|strip|replace)$/.test(it.callee) ? anyOf(it.of, module, project, text) : /^(list|tuple|str|json\.loads)$/.test(it.callee) && it.args[0] ? anyOf(it.args[0], module, project, text) : undefined;
    // `settings.CORS_ORIGINS`, an attribute of a settings object.
    case 'reference': return /origin/i.test(lastName(it.name)) ? project.settings(lastName(it.name)).filter((each) => each.value.kind !== 'reference' && seenInProduction(each, project)).map((each) => anyOf(each.value, each.module, project, '')).find((each) => each !== undefined) : undefined;
    default: return undefined;
  }
}

/** `[o.strip() for o in os.getenv("CORS_ORIGINS", "*").split(",")]`: a list made of a variable that falls back to the asterisk. */
function fallbackWritten(value: Value, text: string): CorsGrant['any'] {
  const name = text.slice(value.at.start, value.at.end);
  const found = [...text.matchAll(/(\w+)\s*(?::[^=\n]+)?=\s*\[[^\]]*?(?:getenv|environ\.get|config|env)\(\s*["'](\w+)["']\s*,\s*(?:default\s*=\s*)?["']\*["']/g)].find((each) => each[1] === name)
    ?? /^\[[^\]]*?(?:getenv|environ\.get|config|env)\(\s*(?:)["']()(\w+)["']\s*,\s*(?:default\s*=\s*)?["']\*["']/.exec(name.replace(/^\[/, '['));
  const variable = found?.[2];
  return variable ? { how: 'fallback', variable } : undefined;
}

// ---- Django

function* fromDjango(module: Module, project: Project): Iterable<CorsGrant> {
  const names = ['CORS_ALLOW_ALL_ORIGINS', 'CORS_ORIGIN_ALLOW_ALL', 'CORS_ALLOWED_ORIGINS', 'CORS_ORIGIN_WHITELIST', 'CORS_ALLOWED_ORIGIN_REGEXES'];
  if (!module.assignments.some((each) => names.includes(each.target))) return;
  for (const setting of project.settings(...names)) {
    if (setting.path !== module.path || setting.refusal || !seenInProduction(setting, project)) continue;
    const { value } = setting.assignment;
    const known = value.kind === 'bool' || value.kind === 'environment' ? whenUnset(value) : undefined;
    const all = /ALLOW_ALL/.test(setting.name) && typeof known === 'object' && isTrue(known) && !(value.kind === 'environment' && project.deployedVariable(value.variable) !== undefined);
    const pattern = setting.name.endsWith('REGEXES') && value.kind === 'list' && value.items.some((each) => each.kind === 'text' && isAnyPattern(each.value));
    if (/ALLOW_ALL/.test(setting.name) && !all) continue;
    const credentials = project.settings('CORS_ALLOW_CREDENTIALS').some((each) => seenInProduction(each, project) && isOn(each.value, each.module, project));
    yield { where: setting.name, at: value.at, credentials, setting, ...((all || pattern) && { any: value.kind === 'environment' ? { how: 'fallback', variable: value.variable } : { how: 'written' } }) };
  }
}

// ---- headers by hand

const ORIGIN = /(^|\.)Access-Control-Allow-Origin$/i;
const CREDENTIALS = /(^|\.)Access-Control-Allow-Credentials$/i;

interface Written extends Standing { readonly header: string; readonly value: Value }

/** Headers that a hook or a middleware writes into every response. */
function* fromHeaders(module: Module, project: Project): Iterable<CorsGrant> {
  const all = [...headersIn(module)];
  const origins = all.filter((each) => ORIGIN.test(each.header));
  if (origins.length === 0) return;
  const around = hooks(project, 'after').filter((each) => each.module.path === module.path);
  for (const one of origins) {
    if (onlyInDevelopment(one) || !around.some(({ func }) => func.body.start <= one.at.start && one.at.end <= func.body.end)) continue;
    const value = project.resolve(one.value, module);
    // Behind a condition an origin that is sent back may have been looked up in a list.
    const echoed = isOrigin(value) && one.guards.length === 0;
    const any = value.kind === 'text' && value.value === '*';
    const credentials = all.some((each) => CREDENTIALS.test(each.header) && each.scope === one.scope && each.value.kind === 'text' && each.value.value.toLowerCase() === 'true');
    yield { where: 'Access-Control-Allow-Origin', at: one.value.at, credentials, ...((any || echoed) && { any: { how: echoed ? 'echoed' as const : 'written' as const } }) };
  }
}

function isOrigin(value: Value): boolean {
  return (value.kind === 'tainted' && /origin|headers/i.test(value.source)) || (value.kind === 'choice' && value.by === 'or' && value.options.some(isOrigin));
}

function* headersIn(module: Module): Iterable<Written> {
  for (const one of module.assignments) if (ORIGIN.test(one.target) || CREDENTIALS.test(one.target)) yield { scope: one.scope, guards: one.guards, at: one.at, header: one.target, value: one.value };
  for (const one of module.calls) {
    const [name, value] = one.args;
    if (name?.kind === 'text' && value && /^(add|set|setdefault|append|__setitem__)$/.test(lastName(one.callee))) yield { scope: one.scope, guards: one.guards, at: one.at, header: name.value, value };
  }
}

function* inProxy(unit: Nginx): Iterable<CorsGrant> {
  const walk = function* (list: readonly Directive[], location: string): Iterable<CorsGrant> {
    const header = (pattern: RegExp) => list.find((each) => each.name === 'add_header' && pattern.test(each.args[0] ?? ''));
    const origin = header(ORIGIN);
    const value = origin?.args[1]?.replace(/["']/g, '') ?? '';
    const at = origin?.argsAt[1];
    if (origin && at && !isPublic(location) && !/\\?\.\(?(woff2?|ttf|eot|otf|svg|png|jpe?g|css|js)/.test(location)) {
      const any = value === '*' ? { how: 'written' as const } : value === '$http_origin' ? { how: 'echoed' as const } : undefined;
      yield { where: 'add_header', at, credentials: header(CREDENTIALS)?.args[1]?.replace(/["']/g, '') === 'true', ...(any && { any }) };
    }
    for (const each of list) if (each.block && !/^if$/.test(each.name)) yield* walk(each.block, each.name === 'location' ? each.args.join(' ') : location);
  };
  yield* walk(unit.directives, '');
}

/** Callers show who they are by a token they send themselves, never by a cookie, so another site cannot borrow it. */
export function isTokenOnly(project: Project): boolean {
  if (project.cookieAuth !== undefined) return false;
  return project.signs('tokens') || project.routes.some(({ route }) => route.gates.some((each) => /HTTPBearer|OAuth2PasswordBearer|APIKeyHeader|TokenAuthentication|JWTAuthentication|jwt_required/.test(each)) || route.reads.some((each) => /headers\.(authorization|x-api-key)/i.test(each)));
}
