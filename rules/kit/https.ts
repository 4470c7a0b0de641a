/** Whether visitors are kept on HTTPS, and by which layer: the application, a proxy in front of it, or the platform it runs on. */
import { edgeLines, fileName, flattened } from './edge';
import { environmentVariables } from './environment';
import { fronts, isTlsService, productionCompose, publishedPorts } from './front';
import type { Directive, Plain } from './files';
import { HEADER_CALLS, sentHeaders } from './headers';
import { HOOK_CALLS, hooks, middlewares } from './hooks';
import { idleModules } from './loading';
import type { Evidence, Project, Setting } from './project';
import { lastName } from './select';
import { mayServeProduction } from './standing';
import { isTrue, whenUnset } from './unset';
import { wiring } from './wiring';

export interface Https {
  /** What redirects plain HTTP, or answers nothing but HTTPS. */
  readonly enforced: readonly Evidence[];
  /** Switches that are off unless a variable nothing here sets says otherwise. */
  readonly undecided: readonly Evidence[];
  /** Where TLS ends, as far as files here say: a certificate, a listener, a platform. */
  readonly listens: readonly Evidence[];
  /** Signs that visitors come over HTTPS: HSTS, Secure cookies, trust in a proxy that says `https`. */
  readonly hinted: readonly Evidence[];
  /** Where the site answers plain HTTP on the port of the Web. */
  readonly plain: readonly Evidence[];
}

const TALISMANS = ['flask_talisman.Talisman', 'flask_talisman.talisman.Talisman', 'talisman.Talisman'] as const;
const SSLIFIES = ['flask_sslify.SSLify', 'flask_ssl_redirect.SSLRedirect'] as const;
const LISTENERS = ['uvicorn.run', '*.run', 'hypercorn.config.Config', '*.load_cert_chain', 'waitress.serve'] as const;
/** Names of calls these answers are made from: what a rule that asks must list in its `reads`. */
export const HTTPS_CALLS: readonly string[] = [...new Set([...HOOK_CALLS, ...HEADER_CALLS, ...SSLIFIES, ...LISTENERS, '*.init_app'])];

export function https(project: Project): Https {
  return project.once('https', () => {
    const idle = idleModules(project);
    const live = (all: readonly Evidence[]) => all.filter((each) => !idle.has(each.path)).map(({ path, start, end, text }) => ({ path, start, end, text }));
    const django = djangoRedirect(project);
    return {
      enforced: live([...django.on, ...libraries(project), ...ownRedirects(project), ...inFront(project), ...byPlatform(project)]), undecided: live(django.undecided),
      listens: live([...listeners(project), ...servers(project)]), hinted: live(inCode(project)), plain: plainHttp(project),
    };
  });
}

// ---- the application

function djangoRedirect(project: Project): { readonly on: readonly Evidence[]; readonly undecided: readonly Evidence[] } {
  const evidence = (each: Setting): Evidence => ({ path: each.path, start: each.start, end: each.end, text: 'SECURE_SSL_REDIRECT' });
  const mounted = !lacksMiddleware(project, 'django.middleware.security.SecurityMiddleware');
  const all = mounted ? project.settings('SECURE_SSL_REDIRECT').filter((each) => mayServeProduction(each, project) && !(each.value.kind === 'bool' && !each.value.value)) : [];
  const undecided = all.filter((each) => isUndecided(each, project));
  return { on: all.filter((each) => !undecided.includes(each)).map(evidence), undecided: undecided.map(evidence) };
}

/** A check of Django's own that the project silences on purpose: the control is somebody else's. */
export function silencesCheck(project: Project, check: string): boolean {
  return project.settings('SILENCED_SYSTEM_CHECKS').some((each) => each.value.kind === 'list' && each.value.items.some((item) => item.kind === 'text' && item.value === check));
}

/** Off unless a variable says otherwise which nothing here sets. Whether it is production at all is another matter: `not DEBUG` is meant to be on there. */
function isUndecided({ value }: Setting, project: Project): boolean {
  const variables = environmentVariables(value).filter((each) => !/DEBUG|(^|_)ENV(IRONMENT)?$|PROD|STAGE|TEST/i.test(each));
  if (variables.length === 0 || variables.some((each) => project.deployedVariable(each) !== undefined)) return false;
  const unset = whenUnset(value);
  return unset !== undefined && unset !== 'refuses' && !isTrue(unset);
}

/** MIDDLEWARE is known, and this is not in it. */
export function lacksMiddleware(project: Project, name: string): boolean {
  const lists = project.settings('MIDDLEWARE', 'MIDDLEWARE_CLASSES').filter((each) => mayServeProduction(each, project));
  return lists.length > 0 && lists.every((each) => each.value.kind === 'list' && each.value.items.every((item) => item.kind === 'text' && item.value !== name));
}

function libraries(project: Project): readonly Evidence[] {
  const talisman = wiring(project, ...TALISMANS).wired.filter(({ call }) => !call.keywords.some((each) => each.name === 'force_https' && each.value.kind === 'bool' && !each.value.value));
  const mounted = middlewares(project).filter((each) => /https?_?redirect|sslify|(force|enforce|require|only|secure)_?(https|ssl)|(https|ssl)_?(only|enforce|redirect)/i.test(lastName(each.name)));
  return [...talisman.map((each) => ({ ...each, text: 'Talisman redirects to HTTPS' })), ...wiring(project, ...SSLIFIES).wired, ...mounted];
}

const SCHEME = /(^|\.)request\.(is_secure|scheme|url\.scheme|url_parts\.scheme)$|Request\.(is_secure|scheme|url\.scheme)$|x-forwarded-(proto|protocol|ssl)|x-url-scheme|HTTP_X_FORWARDED_PROTO|wsgi\.url_scheme/i;
const REDIRECTS = /(^|\.)(redirect|RedirectResponse|HttpResponseRedirect|HttpResponsePermanentRedirect|HTTPSRedirect\w*|permanent_redirect)$/;

/** A hook of the project's own that looks at the scheme and redirects. */
function ownRedirects(project: Project): readonly Evidence[] {
  return hooks(project, 'before').filter(({ func }) => func.does.some((each) => REDIRECTS.test(each))
    && [...func.reads, ...func.does].some((each) => SCHEME.test(each) || (/(^|\.)request\.url$/i.test(each) && func.does.some((one) => /\.(replace|startswith)$/.test(one)))))
    .map(({ module, func }) => ({ path: module.path, ...func.nameAt, text: `${func.name} redirects to HTTPS` }));
}

/** Signs in code that visitors come over HTTPS. */
function inCode(project: Project): readonly Evidence[] {
  const on = (text: string, ...names: readonly string[]) => project.settings(...names).filter((each) => mayServeProduction(each, project) && !(each.value.kind === 'bool' && !each.value.value) && each.value.kind !== 'none' && !isUndecided(each, project) && !(each.value.kind === 'number' && each.value.value === 0)).map((each) => ({ path: each.path, start: each.start, end: each.end, text: text || each.name }));
  const hsts = sentHeaders(project).filter((each) => each.header === 'strict-transport-security');
  const scheme = project.settings('PREFERRED_URL_SCHEME', 'ACCOUNT_DEFAULT_HTTP_PROTOCOL').filter((each) => each.value.kind === 'text' && each.value.value === 'https').map((each) => ({ path: each.path, start: each.start, end: each.end, text: `${each.name} is https` }));
  const sessions = middlewares(project).filter((each) => each.keywords.some((one) => one.name === 'https_only' && one.value.kind === 'bool' && one.value.value));
  return [...on('', 'SECURE_PROXY_SSL_HEADER'), ...on('', 'SECURE_HSTS_SECONDS'), ...hsts, ...on('', 'SESSION_COOKIE_SECURE'), ...scheme, ...sessions, ...wiring(project, ...TALISMANS).wired];
}

/** A server that is given a certificate, whoever starts it. */
function servers(project: Project): readonly Evidence[] {
  const called = project.calls(...LISTENERS).filter(({ call }) => call.guards.every((each) => each.means === 'main' || each.means === 'production')).filter(({ call }) => /load_cert_chain$/.test(call.callee) || call.keywords.some((each) => /^(ssl_context|ssl_certfile|ssl_keyfile|certfile)$/.test(each.name) && each.value.kind !== 'none'))
    .map(({ module, call }) => ({ path: module.path, ...call.at, text: `${call.written}(…) with a certificate` }));
  const flags = project.commands.filter((each) => /--(ssl-certfile|certfile|ssl-keyfile|https-socket|ssl-context)\b|(^|\s)--https\b/.test(each.text)).map((each) => ({ ...each, text: 'the server has a certificate' }));
  const gunicorn = project.modules.filter((module) => /(^|\/)gunicorn[\w.-]*\.py$/.test(module.path)).flatMap((module) => module.assignments.filter((one) => one.target === 'certfile' && one.value.kind !== 'none').map((one) => ({ path: module.path, ...one.at, text: 'the server has a certificate' })));
  return [...called, ...flags, ...gunicorn];
}

// ---- in front

/** One line of a proxy's configuration that redirects, in whoever's words. */
const REDIRECT = new RegExp([
  String.raw`^return\s+(30[1278]\s+)?["']?https:`, String.raw`^rewrite\s.*\shttps:`, String.raw`^RewriteRule\s.*https:`, String.raw`^Redirect(Match|Permanent)?\s.*https:`, String.raw`^redir\s.*https:`,
  String.raw`(http-request\s+)?redirect\s+scheme\s+https`, String.raw`redirectscheme\W*scheme\W+https`, String.raw`redirections\.entrypoint\.(to|scheme)`, String.raw`^redirections:`, String.raw`^redirectScheme:`, String.raw`\bhttpsRedirect\W+true`, String.raw`redirectToHttps\W`, String.raw`(force-)?ssl-redirect["']?[\s:=]+["']?(true|443|\{)`,
  String.raw`https_redirect\W+true`, String.raw`\brequestRedirect\.scheme\W+https`, String.raw`insecureEdgeTerminationPolicy\W+Redirect`, String.raw`\bscheme\W+https\b.*permanent`, String.raw`allow-http["']?[\s:=]+["']?false`,
].join('|'), 'i');
const LISTENS = /^listen\b.*(\bssl\b|\b443\b)|^ssl_certificate\s|^SSLCertificateFile\b|^SSLEngine\s+on|^<VirtualHost[^>]*:443|^bind\s.*\bssl\b|certresolver|certificatesresolvers|routers\.[\w-]+\.tls|^tls(\s|:|\.|$)|spec\.tls\.|letsencrypt|cert-manager\.io|managed-certificates|certificate-arn|^caddy\b/i;

function inFront(project: Project): readonly Evidence[] {
  const lines = edgeLines(project).filter((line) => REDIRECT.test(line.text)).map((line) => ({ path: line.path, start: line.start, end: line.end, text: `redirects to HTTPS: ${line.text.slice(0, 60)}` }));
  return [...lines.slice(0, 2), ...caddy(project).automatic, ...services(project), ...ingressTls(project)];
}

/** The certificate companions of compose files, and tunnels that only speak HTTPS outside. */
function services(project: Project): readonly Evidence[] {
  return productionCompose(project).flatMap((file) => file.services.filter(isTlsService).map((service) => ({ path: file.path, ...service.nameAt, text: `${service.name} sees to HTTPS` })));
}

/** An Ingress with a certificate: the usual controller redirects by itself unless told not to. */
function ingressTls(project: Project): readonly Evidence[] {
  return project.of('kubernetes').filter((unit) => unit.role === 'production').flatMap((unit) => unit.objects.filter((each) => each.type === 'Ingress').flatMap((object) => {
    const tls = object.entries.find((each) => each.key.startsWith('spec.tls.'));
    const off = object.entries.some((each) => /ssl-redirect$/.test(each.key) && each.value === 'false');
    return tls && !off ? [{ path: unit.path, ...tls.at, text: `Ingress ${object.name} ends TLS` }] : [];
  }));
}

function listeners(project: Project): readonly Evidence[] {
  const lines = edgeLines(project).filter((line) => LISTENS.test(line.text)).map((line) => ({ path: line.path, start: line.start, end: line.end, text: `TLS in front: ${line.text.slice(0, 60)}` }));
  const ports = publishedPorts(project).filter((each) => each.host === '443');
  const ingress = fronts(project).filter((each) => each.kind === 'platform' || (each.name === 'Cloudflare Tunnel'));
  return [...lines.slice(0, 2), ...ports, ...ingress];
}

interface Sites { readonly automatic: readonly Evidence[]; readonly plain: readonly Evidence[] }

/** Caddy redirects by itself for every site that has a name. */
function caddy(project: Project): Sites {
  const files = project.of('plain').filter((unit): unit is Plain => unit.format === 'caddyfile' && unit.role === 'production' && !project.developmentName(fileName(unit.path)));
  const sites = files.flatMap((unit) => {
    const text = project.text(unit.path) ?? '';
    const off = /^\s*auto_https\s+(off|disable_redirects)/m.test(text);
    return [...text.matchAll(/^(?![ \t#(}])([^\n{]*(?:\{\$[^}]*\}[^\n{]*)*)\{?[ \t]*$/gm)].flatMap((one) => (one[1] ?? '').split(/[\s,]+/).filter((each) => each !== '' && /[.:$]|localhost/.test(each)).map((address) => ({ address, off, path: unit.path, start: one.index, end: one.index + one[0].trimEnd().length })));
  });
  const isPlain = (address: string, off: boolean) => off || /^http:\/\/|^:(?!443)\d+$|:80$/.test(address);
  return {
    automatic: sites.filter((each) => !isPlain(each.address, each.off) && !/^localhost|^127\./.test(each.address)).map(({ path, start, end, address }) => ({ path, start, end, text: `Caddy redirects ${address} to HTTPS` })),
    plain: sites.filter((each) => isPlain(each.address, each.off)).map(({ path, start, end, address }) => ({ path, start, end, text: `serves ${address}` })),
  };
}

// ---- platforms

const REDIRECTING = /^(Render|Railway|App Platform|App Runner|Zeabur|Platform\.sh|Vercel|Netlify|Cloudflare|Cloud Run|Azure Container Apps|the API gateway|Cloudflare Tunnel)$/;

function byPlatform(project: Project): readonly Evidence[] {
  const all = fronts(project).filter((each) => REDIRECTING.test(each.name)).map((each) => ({ ...each, text: `${each.name} serves HTTPS only` }));
  const forced = project.of('platform').flatMap((unit) => unit.entries.filter((each) => (/(^|\.)(force_https|httpsOnly)$/.test(each.key) && each.value === 'true') || (/(^|\.)secure$/.test(each.key) && each.value === 'always')).map((each) => ({ path: unit.path, ...each.at, text: `${each.key} is ${each.value}` })));
  return [...forced, ...all];
}

// ---- plain HTTP

/** A published port 80, or a proxy's server on port 80 that answers itself instead of redirecting. */
function plainHttp(project: Project): readonly Evidence[] {
  const published = publishedPorts(project).filter((each) => each.host === '80').map(({ path, start, end, text }) => ({ path, start, end, text }));
  return [...published, ...nginxPlain(project)];
}

function nginxPlain(project: Project): readonly Evidence[] {
  // In a container port 80 is nobody's until it is published.
  const contained = project.of('dockerfile').some((unit) => /(^|\/)nginx\b|openresty/.test(unit.stages.at(-1)?.image ?? '')) || productionCompose(project).some((unit) => unit.services.some((each) => /nginx|openresty/.test(`${each.name} ${each.image ?? ''}`)));
  return contained ? [] : project.of('nginx').filter((unit) => unit.role === 'production' && !project.developmentName(fileName(unit.path))).flatMap((unit) => serversOf(unit.directives).flatMap((server) => {
    const inside = server.block ?? [];
    const listens = inside.filter((each) => each.name === 'listen');
    const passes = flattened(inside).some((each) => /^(proxy_pass|uwsgi_pass|fastcgi_pass)$/.test(each.name));
    const on80 = listens.length === 0 || listens.some((each) => /(^|:)80$/.test(each.args[0] ?? ''));
    return passes && on80 && !listens.some((each) => each.args.includes('ssl')) ? [{ path: unit.path, ...(listens[0] ?? server).at, text: 'answers on port 80' }] : [];
  }));
}

export function serversOf(directives: readonly Directive[]): readonly Directive[] {
  return directives.flatMap((each) => each.name === 'server' && each.block ? [each] : serversOf(each.block ?? []));
}
