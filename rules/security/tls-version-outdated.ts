import type { Context, Directive, Edit, Module, Selector, Span, Unit, Value } from '../kit';
import { edgeLines, flattened, lastName, replace, rule } from '../kit';

const CALLS = ['ssl.SSLContext', 'ssl.wrap_socket', 'OpenSSL.SSL.Context', 'uvicorn.run', '*.create_urllib3_context', '*.PoolManager'] as const;
const LAST: ReadonlySet<string> = new Set(CALLS.map(lastName));
const OLD = /^(?:PROTOCOL_)?(SSLv2|SSLv3|TLSv1|TLSv1_1)(?:_METHOD)?$/;
const WEAK = /^(?![!-]).*(RC4|(^|[-+_])DES([-+_]|$)|3DES|MD5|NULL|EXP(ORT)?)/i;

interface Enabled { readonly where: string; readonly what: string; readonly at: Span; readonly directive?: Directive; readonly value?: Value }

export default rule<Enabled>({
  id: 'tls-version-outdated',
  title: 'Only TLS 1.2 and newer are enabled',
  severity: 'medium', points: 6, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: 'Older versions have practical downgrade and cipher attacks and fail compliance scans. Browsers stopped using them years ago.',
  how: 'List TLSv1.2 and TLSv1.3 only.',
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Transport_Layer_Security_Cheat_Sheet.html', 'https://nginx.org/en/docs/http/configuring_https_servers.html'],
  anchors: ['bandit B502', 'bandit B503', 'bandit B504', 'ruff S502', 'ruff S503', 'ruff S504', 'semgrep insecure-ssl-version', 'CWE-326', 'CWE-327'],

  on: enabled(),
  check: ({ what }) => what !== '',
  message: ({ where, what }) => `${where} enables ${what}.`,
  underline: ({ at }) => at,
  holds: ({ where, what }) => what === '' ? `${where} keeps to current versions of TLS` : undefined,
  nothing: 'No versions of TLS are chosen here.',

  fix: { title: 'Allow TLS 1.2 and 1.3 only', safety: 'safe', edit: newer },

  examples: () => ({
    'nginx with the old ones': {
      path: 'nginx.conf', bad: 'server {\n  listen 443 ssl;\n  ssl_protocols TLSv1 TLSv1.1 TLSv1.2;\n}\n',
      good: 'server {\n  listen 443 ssl;\n  ssl_protocols TLSv1.2 TLSv1.3;\n}\n',
    },
    'a context of one old version': { bad: 'import ssl\nctx = ssl.SSLContext(ssl.PROTOCOL_TLSv1)\n' },
    'the lowest version of a context': {
      bad: 'import ssl\n\nctx = ssl.create_default_context()\nctx.minimum_version = ssl.TLSVersion.TLSv1\n',
      good: 'import ssl\n\nctx = ssl.create_default_context()\nctx.minimum_version = ssl.TLSVersion.TLSv1_2\n',
    },
    'imported by name': { bad: 'from ssl import PROTOCOL_TLSv1_1, SSLContext\n\nctx = SSLContext(PROTOCOL_TLSv1_1)\n' },
    'pyOpenSSL': { bad: 'from OpenSSL import SSL\n\nctx = SSL.Context(SSL.SSLv3_METHOD)\n' },
    'given to a server': { bad: 'import ssl\nimport uvicorn\n\nuvicorn.run("main:app", ssl_certfile="c.pem", ssl_version=ssl.PROTOCOL_TLSv1)\n' },
    'ciphers that are broken': { path: 'nginx.conf', bad: 'server {\n  ssl_ciphers HIGH:RC4-SHA:!aNULL;\n}\n' },
    'Traefik': { path: 'traefik/dynamic.yml', bad: 'tls:\n  options:\n    default:\n      minVersion: VersionTLS10\n' },
    'Apache': { path: 'apache/site.conf', bad: '<VirtualHost *:443>\n  SSLEngine on\n  SSLProtocol all -SSLv3\n  SSLProtocol TLSv1 TLSv1.2\n</VirtualHost>\n' },
    'nginx with the new ones': { path: 'nginx.conf', good: 'server {\n  listen 443 ssl;\n  ssl_protocols TLSv1.2 TLSv1.3;\n  ssl_ciphers HIGH:!aNULL:!MD5:!RC4:!3DES;\n}\n' },
    'nginx with careful ciphers': { path: 'nginx.conf', good: 'server {\n  ssl_ciphers "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:!DES:!EXPORT:!NULL";\n}\n' },
    'a default context': { good: 'import ssl\nctx = ssl.create_default_context()\nctx.minimum_version = ssl.TLSVersion.TLSv1_2\n' },
    'whatever both sides know': { good: 'import ssl\nctx = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)\nctx.options |= ssl.OP_NO_TLSv1 | ssl.OP_NO_TLSv1_1\nother = ssl.SSLContext(ssl.PROTOCOL_TLS)\n' },
    'Apache without the old ones': { path: 'apache/site.conf', good: '<VirtualHost *:443>\n  SSLEngine on\n  SSLProtocol all -SSLv3 -TLSv1 -TLSv1.1\n</VirtualHost>\n' },
    'the highest version': { good: 'import ssl\nctx = ssl.create_default_context()\nctx.maximum_version = ssl.TLSVersion.TLSv1_3\n' },
    'a test of old servers': { path: 'tests/test_tls.py', good: 'import ssl\nctx = ssl.SSLContext(ssl.PROTOCOL_TLSv1)\n' },
  }),
});

function enabled(): Selector<Enabled> {
  return {
    kinds: ['module', 'nginx', 'plain', 'compose', 'platform', 'kubernetes', 'ini'], callees: CALLS,
    *select(unit, project) {
      if (unit.kind === 'module') yield* ofModule(unit);
      else if (unit.kind === 'nginx') yield* ofNginx(unit.directives);
      else for (const line of edgeLines(project)) if (line.path === unit.path) yield* ofLine(unit, line);
    },
  };
}

function* ofModule(module: Module): Iterable<Enabled> {
  for (const call of module.calls) {
    if (!LAST.has(lastName(call.callee))) continue;
    const given = [...call.args.slice(0, 1), ...call.keywords.filter((each) => /^(ssl_version|protocol|ssl_minimum_version)$/.test(each.name)).map((each) => each.value)];
    for (const value of given) if (value.kind === 'reference') yield { where: call.written, what: old(value), at: value.at, value };
  }
  for (const one of module.assignments) {
    if (/(^|\.)(minimum_version|ssl_version)$/.test(one.target) && one.value.kind === 'reference') yield { where: one.target, what: old(one.value), at: one.value.at, value: one.value };
  }
}

function old(value: Value): string {
  const name = value.kind === 'reference' && /(^|\.)(ssl|SSL|TLSVersion)(\.|$)/.test(value.name) ? OLD.exec(lastName(value.name))?.[1] : undefined;
  return name === undefined ? '' : spoken(name.replace('_', '.'));
}

function spoken(version: string): string {
  return version.replace(/^TLSv1$/, 'TLS 1.0').replace(/^TLSv1\.1$/, 'TLS 1.1').replace(/^SSLv(\d)$/, 'SSL $1');
}

function* ofNginx(directives: readonly Directive[]): Iterable<Enabled> {
  for (const one of flattened(directives)) {
    if (one.name === 'ssl_protocols') yield { where: 'ssl_protocols', what: one.args.filter((each) => /^(SSLv2|SSLv3|TLSv1|TLSv1\.1)$/i.test(each)).map(spoken).join(' and '), at: one.at, directive: one };
    if (one.name === 'ssl_ciphers') yield { where: 'ssl_ciphers', what: one.args.join(':').split(/[:,\s]+/).filter((each) => WEAK.test(each)).slice(0, 3).join(', '), at: one.at };
  }
}

function* ofLine(unit: Unit, line: { readonly text: string; readonly start: number; readonly end: number }): Iterable<Enabled> {
  const at = { start: line.start, end: line.end };
  const apache = /^SSLProtocol\s+(.*)$/i.exec(line.text)?.[1];
  if (apache !== undefined) yield { where: 'SSLProtocol', what: apache.split(/\s+/).filter((each) => /^\+?(SSLv2|SSLv3|TLSv1|TLSv1\.1)$/i.test(each)).map((each) => spoken(each.replace('+', ''))).join(' and '), at };
  const lowest = /\bminVersion\W+VersionTLS(1[0-3])\b/i.exec(line.text)?.[1];
  if (lowest !== undefined) yield { where: 'minVersion', what: lowest === '10' || lowest === '11' ? `TLS 1.${lowest.slice(1)}` : '', at };
  if (unit.kind === 'plain' && unit.format === 'caddyfile' && /^protocols\s+tls1\.[01]\b/.test(line.text)) yield { where: 'protocols', what: 'TLS 1.0 or 1.1', at };
}

function newer({ directive, value, at, where }: Enabled, { source }: Context): readonly Edit[] | undefined {
  const [first] = directive?.argsAt ?? [];
  const last = directive?.argsAt.at(-1);
  if (first && last) return [replace({ start: first.start, end: last.end }, 'TLSv1.2 TLSv1.3')];
  if (!value || !/minimum_version$/.test(where)) return undefined;
  const written = source.slice(at);
  return /TLSVersion\.\w+$/.test(written) ? [replace(at, written.replace(/\w+$/, 'TLSv1_2'))] : undefined;
}
