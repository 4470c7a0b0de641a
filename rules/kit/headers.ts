/** Which headers the application's responses carry, whoever sets them: hooks, middleware, libraries, Django's settings, proxies. */
import { edgeLines } from './edge';
import { middlewares, standsInHandler } from './hooks';
import { idleModules } from './loading';
import type { Module } from './module';
import type { Span } from './place';
import type { Evidence, Project, Setting } from './project';
import { lastName } from './select';
import { mayServeProduction, onlyInDevelopment } from './standing';
import type { Keyword, Value } from './value';
import { wiring } from './wiring';

/** A header some layer adds to every response. */
export interface SentHeader extends Evidence {
  /** Lower case. */
  readonly header: string;
  /** As far as it is written in the source. */
  readonly value?: string;
}

const WRITES = ['setdefault', 'set', 'add', 'append', 'extend', 'update', 'add_header', '__setitem__'] as const;
const WRITE: ReadonlySet<string> = new Set(WRITES);
/** What a response or its headers are called, or made by: other receivers of such common methods are not asked for. */
const RECEIVERS = ['response', 'resp', 'res', 'r', 'rv', 'headers', 'message', 'call_next', 'flask', 'quart', 'starlette', 'fastapi', 'django', 'self', 'make_response'];
const TALISMANS = ['flask_talisman.Talisman', 'flask_talisman.talisman.Talisman', 'talisman.Talisman'] as const;
/** Names of calls these answers are made from: what a rule that asks must list in its `reads`. */
export const HEADER_CALLS: readonly string[] = [
  ...RECEIVERS.flatMap((receiver) => WRITES.map((write) => `${receiver}.${write}`)), '*.items', ...TALISMANS, 'secweb.SecWeb', 'Secweb.SecWeb',
];

/** Headers of every layer in code and configuration; those set for one route alone or only in development are left out. */
export function sentHeaders(project: Project): readonly SentHeader[] {
  const idle = idleModules(project);
  return project.once('sentHeaders', () => [...project.modules.flatMap((module) => [...assigned(module), ...called(module, project)]), ...tables(project), ...fromTalisman(project), ...fromLibraries(project), ...fromDjango(project), ...fromEdge(project)].filter((each) => !idle.has(each.path)));
}

// ---- code

/** A key with a dash is no attribute: `response.headers["X-Frame-Options"]`, in Django `response["X-Frame-Options"]`. */
const KEY = /(?:^|\.)([A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)+)$/;

function assigned(module: Module): SentHeader[] {
  return module.assignments.flatMap((one) => {
    const header = KEY.exec(one.target)?.[1];
    return header && !onlyInDevelopment(one) && !standsInHandler(module, one) ? [sent(header, one.value, { path: module.path, ...one.at })] : [];
  });
}

function called(module: Module, project: Project): SentHeader[] {
  return module.calls.flatMap((call) => {
    if (!WRITE.has(lastName(call.callee)) || onlyInDevelopment(call) || standsInHandler(module, call)) return [];
    const [name, value] = call.args;
    const at = { path: module.path, ...call.at };
    if (name?.kind === 'text') return isHeader(name.value) ? [sent(name.value, value, at)] : [];
    return [...call.args, ...call.keywords.map((each) => each.value)].flatMap((each) => listed(project.resolve(each, module)).map((pair) => sent(pair.header, pair.value, at)));
  });
}

/** Tables of headers that are written one by one: `for name, value in HEADERS.items(): response.headers[name] = value`. */
function tables(project: Project): SentHeader[] {
  const writers = project.modules.filter((module) => writesOf(module).length > 0);
  if (writers.length === 0) return [];
  const constant = project.modules.flatMap((module) => module.assignments.filter((one) => !onlyInDevelopment(one)).flatMap((one) => listed(one.value).map((pair) => sent(pair.header, pair.value, { path: module.path, ...one.at }))));
  const local = writers.flatMap((module) => module.calls.filter((call) => lastName(call.callee) === 'items' && call.receiver).flatMap((call) =>
    call.receiver ? listed(project.resolve(call.receiver, module)).map((pair) => sent(pair.header, pair.value, { path: module.path, ...call.at })) : []));
  return [...constant, ...local];
}

/** A place where a response's header is written under a name that is known only when it runs: what it sends cannot be told from there. */
export function unknownHeader(project: Project): Evidence | undefined {
  const idle = idleModules(project);
  for (const module of project.modules) {
    const found = idle.has(module.path) ? undefined : writesOf(module)[0];
    if (found) return { path: module.path, ...found, text: 'headers are set from a table' };
  }
  return undefined;
}

function writesOf(module: Module): readonly Span[] {
  // `response.headers[name] = value` is written longer than its name; `client.headers = {…}` is not.
  const assigned = module.assignments.filter((one) => RESPONSE.test(one.target) && one.targetAt.end - one.targetAt.start > one.target.length && !onlyInDevelopment(one) && !standsInHandler(module, one));
  const called = module.calls.filter((call) => WRITE.has(lastName(call.callee)) && RESPONSE.test(call.written.slice(0, call.written.lastIndexOf('.'))) && call.args[0] !== undefined && call.args[0].kind !== 'text' && call.args[0].kind !== 'dict' && call.args[0].kind !== 'list'
    && !onlyInDevelopment(call) && !standsInHandler(module, call));
  return [...assigned, ...called].map((each) => each.at);
}

/** The headers of something that is called like a response. */
const RESPONSE = /(^|\.)(response|resp|res|rv|r|result)\.headers$/;

/** Headers in a table, or in a list of pairs. */
function listed(value: Value): readonly { readonly header: string; readonly value: Value | undefined }[] {
  if (value.kind === 'dict') return value.entries.flatMap((each) => each.key.kind === 'text' && isHeader(each.key.value) ? [{ header: each.key.value, value: each.value }] : []);
  if (value.kind !== 'list') return [];
  const [name, content] = value.items;
  if (value.items.length === 2 && name?.kind === 'text' && isHeader(name.value)) return [{ header: name.value, value: content }];
  return value.items.flatMap((each) => each.kind === 'list' ? listed(each) : []);
}

function isHeader(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)+$/.test(text);
}

function sent(header: string, value: Value | undefined, at: { path: string; start: number; end: number }): SentHeader {
  return { ...at, header: header.toLowerCase(), ...(value?.kind === 'text' && { value: value.value }), text: `sets ${header}` };
}

// ---- libraries

/** Talisman's options that switch off what it sends by default. */
const TALISMAN: readonly (readonly [string, string])[] = [
  ['x_content_type_options', 'X-Content-Type-Options'], ['frame_options', 'X-Frame-Options'], ['referrer_policy', 'Referrer-Policy'],
  ['content_security_policy', 'Content-Security-Policy'], ['strict_transport_security', 'Strict-Transport-Security'],
];

function fromTalisman(project: Project): SentHeader[] {
  return wiring(project, ...TALISMANS).wired.flatMap((one) => TALISMAN
    .filter(([option]) => !one.call.keywords.some((each) => each.name === option && (each.value.kind === 'none' || (each.value.kind === 'bool' && !each.value.value))))
    .map(([option, header]): SentHeader => ({ path: one.path, start: one.start, end: one.end, header: `${header.toLowerCase()}${option === 'content_security_policy' && switchedOn(one.call.keywords, 'content_security_policy_report_only') ? '-report-only' : ''}`, text: `Talisman sends ${header}`, ...talismanValue(option, one.call.keywords) })));
}

/** Talisman keeps browsers on HTTPS for a year unless told otherwise. */
function talismanValue(option: string, keywords: readonly Keyword[]): { readonly value?: string } {
  if (option !== 'strict_transport_security') return {};
  const age = keywords.find((each) => each.name === 'strict_transport_security_max_age')?.value;
  return age === undefined ? { value: 'max-age=31556926' } : age.kind === 'number' ? { value: `max-age=${String(age.value)}` } : {};
}

function switchedOn(keywords: readonly Keyword[], name: string): boolean {
  return keywords.some((each) => each.name === name && each.value.kind === 'bool' && each.value.value);
}

/** What libraries of many headers send when they are used. */
const USUAL = ['X-Content-Type-Options', 'X-Frame-Options', 'Referrer-Policy', 'Content-Security-Policy', 'Strict-Transport-Security'] as const;

/** Libraries and middleware that send all the usual headers: `secure`, SecWeb, and anybody's SecurityHeadersMiddleware. */
function fromLibraries(project: Project): SentHeader[] {
  const all = (at: { path: string; start: number; end: number }, by: string): SentHeader[] => USUAL.map((header) => ({ path: at.path, start: at.start, end: at.end, header: header.toLowerCase(), text: `${by} sends ${header}` }));
  const own = new Set(project.classes.map((each) => each.class.name));
  return [
    ...imported(project),
    ...project.calls('secweb.SecWeb', 'Secweb.SecWeb').flatMap(({ module, call }) => all({ path: module.path, ...call.at }, 'SecWeb')),
    ...middlewares(project).filter((each) => /secur\w*headers|secure(asgi|wsgi)?middleware|^secweb/i.test(lastName(each.name)) && !own.has(lastName(each.name)) && !each.name.startsWith('django.')).flatMap((each) => all(each, lastName(each.name))),
    ...project.modules.flatMap((module) => module.functions.filter((func) => func.does.some((each) => /^secure\.\w+(\.\w+)*\.(set_headers|set_headers_async|flask|quart|fastapi|starlette|django)$/.test(each)) && !standsInHandler(module, func))
      .flatMap((func) => all({ path: module.path, ...func.nameAt }, 'secure'))),
  ];
}

/** Talisman is imported and used in a way that is not understood: its defaults are given the benefit of the doubt. */
function imported(project: Project): SentHeader[] {
  const { wired, idle } = wiring(project, ...TALISMANS);
  if (wired.length > 0 || idle.length > 0) return [];
  const found = project.modules.flatMap((module) => module.imports.filter((one) => one.target.startsWith('flask_talisman') && !onlyInDevelopment({ scope: '', at: one.at, guards: one.guards })).map((one) => ({ path: module.path, ...one.at })))[0];
  return found ? USUAL.map((header) => ({ ...found, header: header.toLowerCase(), text: `Talisman sends ${header}` })) : [];
}

// ---- Django

function fromDjango(project: Project): SentHeader[] {
  const mounted = middlewares(project);
  const by = (name: string) => mounted.find((each) => each.name === name);
  const security = by('django.middleware.security.SecurityMiddleware');
  const frames = by('django.middleware.clickjacking.XFrameOptionsMiddleware');
  const csp = mounted.find((each) => /(^|\.)(CSPMiddleware|ContentSecurityPolicyMiddleware)$/.test(each.name));
  const header = (name: string, at: Evidence | undefined, off: string): SentHeader[] =>
    at && !settingsOf(project, off).some((each) => each.value.kind === 'none' || (each.value.kind === 'bool' && !each.value.value)) ? [{ path: at.path, start: at.start, end: at.end, header: name.toLowerCase(), text: `Django sends ${name}` }] : [];
  return [
    ...header('X-Content-Type-Options', security, 'SECURE_CONTENT_TYPE_NOSNIFF'), ...header('Referrer-Policy', security, 'SECURE_REFERRER_POLICY'), ...header('X-Frame-Options', frames, 'X_FRAME_OPTIONS'),
    ...hsts(project, security),
    ...(csp ? [{ path: csp.path, start: csp.start, end: csp.end, header: 'content-security-policy', value: '', text: csp.text }] : []),
    ...(csp ? settingsOf(project, 'CSP_FRAME_ANCESTORS', 'CONTENT_SECURITY_POLICY', 'SECURE_CSP').map((each): SentHeader => ({ path: each.path, start: each.start, end: each.end, header: 'content-security-policy', value: /ANCESTORS/.test(each.name) || mentions(each.value, 'frame-ancestors') ? 'frame-ancestors' : '', text: `sets ${each.name}` })) : []),
  ];
}

function hsts(project: Project, security: Evidence | undefined): SentHeader[] {
  // Settings alone, without a list of middleware, are a part of a project whose list is elsewhere.
  if (!security && project.settings('MIDDLEWARE', 'MIDDLEWARE_CLASSES').length > 0) return [];
  return settingsOf(project, 'SECURE_HSTS_SECONDS').filter((each) => !(each.value.kind === 'number' && each.value.value === 0)).map((each): SentHeader =>
    ({ path: each.path, start: each.start, end: each.end, header: 'strict-transport-security', ...(each.value.kind === 'number' && { value: `max-age=${String(each.value.value)}` }), text: `sets ${each.name}` }));
}

function settingsOf(project: Project, ...names: readonly string[]): readonly Setting[] {
  return project.settings(...names).filter((each) => mayServeProduction(each, project));
}

function mentions(value: Value, key: string): boolean {
  return value.kind === 'dict' && value.entries.some((each) => (each.key.kind === 'text' && each.key.value.toLowerCase() === key) || mentions(each.value, key));
}

// ---- in front

/** Traefik's own words for headers. */
const TRAEFIK: readonly (readonly [RegExp, string])[] = [
  [/contentTypeNosniff["']?\s*[:=\s]\s*["']?true/i, 'x-content-type-options'], [/frameDeny["']?\s*[:=\s]\s*["']?true|customFrameOptionsValue/i, 'x-frame-options'],
  [/referrerPolicy["']?\s*[:=\s]\s*\S/i, 'referrer-policy'], [/contentSecurityPolicy["']?\s*[:=\s]\s*\S/i, 'content-security-policy'], [/stsSeconds["']?\s*[:=\s]\s*["']?[1-9]/i, 'strict-transport-security'],
];

function fromEdge(project: Project): SentHeader[] {
  const text = (header: string) => `sets ${header}`;
  return edgeLines(project).flatMap((line) => [
    ...[...line.text.matchAll(/(?<![\w-])(x-content-type-options|x-frame-options|referrer-policy|permissions-policy|content-security-policy(?:-report-only)?|strict-transport-security|cross-origin-[a-z]+-policy)(?![\w-])(.*)/gi)]
      .filter(() => !/^(proxy_hide_header|more_clear_headers|proxy_set_header)\b/.test(line.text))
      .map((one): SentHeader => ({ path: line.path, start: line.start, end: line.end, header: (one[1] ?? '').toLowerCase(), ...(one[2]?.trim() && { value: one[2] }), text: text(one[1] ?? '') })),
    ...TRAEFIK.filter(([pattern]) => pattern.test(line.text)).map(([, header]): SentHeader => ({ path: line.path, start: line.start, end: line.end, header, value: line.text, text: text(header) })),
  ]);
}
