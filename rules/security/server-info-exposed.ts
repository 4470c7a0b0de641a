import type { Command, Context, Edit, NginxBlock, Project, Selector, Span, Unit } from '../kit';
import { outward, commandLists, edgeLines, inForce, insert, nginxBlocks, ownDirectives, programWords, replace, rule } from '../kit';

interface Exposure {
  readonly where: string;
  /** `its version`, `lists of files`. */
  readonly what: 'its version' | 'lists of files' | '';
  readonly at: Span;
  /** The word `on` of an nginx directive. */
  readonly on?: Span;
  /** An http block that says nothing: behind its brace. */
  readonly silent?: NginxBlock;
}

export default rule<Exposure>({
  id: 'server-info-exposed',
  title: 'Server banners and directory listings are off',
  severity: 'low', points: 1, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: 'Listings hand out files nobody linked, and exact versions save an attacker the guessing. Neither helps a visitor.',
  how: 'Turn both off at the proxy and the framework.',
  links: ['https://nginx.org/en/docs/http/ngx_http_autoindex_module.html', 'https://cwe.mitre.org/data/definitions/548.html'],
  anchors: ['gixy version_disclosure', 'CWE-200', 'CWE-548'],

  on: exposures(),
  check: ({ what }) => what === 'lists of files' ? { severity: 'medium', points: 6, because: 'the names of files are shown' } : what !== '',
  message: ({ where, what }) => `${where} shows ${what} to anybody.`,
  underline: ({ at }) => at,
  holds: ({ what, where }) => what === '' ? `${where}` : undefined,
  nothing: 'No server is configured here that could show its version or lists of files.',

  fix: [
    { title: 'Switch it off', safety: 'safe', edit: (one, context) => one.what === 'its version' ? off(one, context) : undefined },
    { title: 'Switch it off', safety: 'review', edit: (one, context) => one.what === 'lists of files' ? off(one, context) : undefined, remains: 'Link the files that visitors are meant to find.' },
  ],

  examples: () => ({
    'the version of nginx': { path: 'nginx.conf', bad: 'http {\n  server_tokens on;\n  server { root /srv; }\n}\n', good: 'http {\n  server_tokens off;\n  server { root /srv; }\n}\n' },
    'nginx shows it when nothing is said': { path: 'nginx.conf', bad: 'events {}\nhttp {\n  server { root /srv; }\n}\n', good: 'events {}\nhttp {\n  server_tokens off;\n  server { root /srv; }\n}\n' },
    'lists of files': { severity: 'medium', path: 'nginx.conf', bad: 'server {\n  location /files/ { autoindex on; }\n}\n', good: 'server {\n  location /files/ { autoindex off; }\n}\n', fix: 'Switch it off' },
    'Apache shows lists': { severity: 'medium', path: 'apache/site.conf', bad: '<Directory /srv/app>\n  Options +Indexes +FollowSymLinks\n</Directory>\n' },
    'Apache shows all of it': { path: 'apache/site.conf', bad: '<VirtualHost *:443>\n</VirtualHost>\nServerTokens Full\n' },
    'Caddy lists files': { severity: 'medium', path: 'Caddyfile', bad: 'shop.example.com {\n\troot * /srv\n\tfile_server browse\n}\n' },
    'a server of files as a service': { severity: 'medium', bad: { Dockerfile: 'FROM python:3.12-slim\nWORKDIR /srv\nCMD ["python", "-m", "http.server", "8000"]\n' } },
    'off': { path: 'nginx.conf', good: 'http {\n  server_tokens off;\n  server { location /files/ { autoindex off; } }\n}\n' },
    'a site whose http block is elsewhere': { path: 'sites/app.conf', good: 'server {\n  listen 80;\n  root /srv;\n}\n' },
    'off in each server': { path: 'nginx.conf', good: 'http {\n  server { server_tokens off; root /srv; }\n}\n' },
    'off in a file it includes': { good: { 'nginx/nginx.conf': 'http {\n  include hardening.conf;\n  server { root /srv; }\n}\n', 'nginx/hardening.conf': 'server_tokens off;\n' } },
    'an include that is not here': { path: 'nginx.conf', good: 'http {\n  include /etc/nginx/hardening.conf;\n  server { root /srv; }\n}\n' },
    'a list behind a password': { path: 'nginx.conf', good: 'server {\n  location /files/ {\n    auth_basic "Files";\n    auth_basic_user_file /etc/nginx/users;\n    autoindex on;\n  }\n  location /internal/ { internal; autoindex on; }\n  location /lan/ { allow 10.0.0.0/8; deny all; autoindex on; }\n}\n' },
    'Apache, careful': { path: 'apache/site.conf', good: '<Directory /srv/app>\n  Options -Indexes +FollowSymLinks\n</Directory>\nServerTokens Prod\n' },
    'a test server': { good: { 'docker-compose.test.yml': 'services:\n  files:\n    image: python:3.12\n    command: python -m http.server\n', 'README.md': '`python -m http.server`\n' } },
    'a documentation server for developers': { good: { Makefile: 'docs:\n\tpython -m http.server\n' } },
  }),
});

function exposures(): Selector<Exposure> {
  return {
    kinds: ['nginx', 'plain', 'ini', 'dockerfile', 'compose', 'procfile', 'shell', 'platform'], callees: [],
    *select(unit, project) {
      if (unit.kind === 'nginx') yield* ofNginx(unit, project);
      else if (unit.kind === 'plain' || unit.kind === 'ini') yield* ofLines(unit, project);
      if (unit.kind !== 'nginx' && unit.kind !== 'plain' && project.production.includes(unit)) yield* ofCommands(commandLists(unit).filter((list) => !/RUN|HEALTHCHECK/.test(list.name)).flatMap((list) => list.commands));
    },
  };
}

function* ofNginx(unit: Unit, project: Project): Iterable<Exposure> {
  const all = nginxBlocks(project);
  for (const block of all.filter((each) => each.unit === unit)) {
    for (const { directive } of ownDirectives(block, 'autoindex').filter((each) => each.unit === unit)) {
      if (directive.args[0] === 'on' && !isProtected(block)) yield { where: 'autoindex', what: 'lists of files', at: directive.at, ...(directive.argsAt[0] && { on: directive.argsAt[0] }) };
    }
    for (const { directive } of ownDirectives(block, 'server_tokens').filter((each) => each.unit === unit)) {
      const shown = directive.args[0] === 'on' || directive.args[0] === 'build';
      yield { where: shown ? 'nginx' : 'server_tokens off', what: shown ? 'its version' : '', at: directive.at, ...(directive.argsAt[0] && { on: directive.argsAt[0] }) };
    }
    const said = all.some((each) => outward(each).includes(block) && ownDirectives(each, 'server_tokens').length > 0);
    const serves = all.some((each) => each.directive?.name === 'server' && outward(each).includes(block));
    if (block.directive?.name === 'http' && serves && !said && !block.unseen && !all.some((each) => each.unseen && outward(each).includes(block)) && !clears(all)) yield { where: 'nginx', what: 'its version', at: block.directive.nameAt, silent: block };
  }
}

function clears(all: readonly NginxBlock[]): boolean {
  return all.some((each) => ownDirectives(each, 'more_clear_headers').length > 0 || ownDirectives(each, 'more_set_headers').some((one) => one.directive.args.some((arg) => /^Server:/i.test(arg))));
}

/** A password, or addresses that alone may come. */
function isProtected(block: NginxBlock): boolean {
  const has = (name: string, wanted = /./) => wanted.test(inForce(block, name)?.found.map((each) => each.directive.args.join(' ')).join('\n') ?? '');
  return has('auth_basic', /^(?!off$)./) || has('auth_request') || has('auth_jwt') || ownDirectives(block, 'internal').length > 0 || has('deny', /\ball\b/) || has('ssl_verify_client', /^on/);
}

function* ofLines(unit: Unit, project: Project): Iterable<Exposure> {
  for (const line of edgeLines(project).filter((each) => each.path === unit.path)) {
    const at = { start: line.start, end: line.end };
    if (/^Options\s+(.*\s)?\+?Indexes\b/i.test(line.text)) yield { where: 'Options Indexes', what: 'lists of files', at };
    if (/^ServerTokens\s+(Full|OS|Minimal|Min|Minor|Major)\b/i.test(line.text)) yield { where: 'Apache', what: 'its version', at };
    if (/^file_server\s+(.*\s)?browse\b/.test(line.text)) yield { where: 'file_server browse', what: 'lists of files', at };
  }
}

function* ofCommands(commands: readonly Command[]): Iterable<Exposure> {
  for (const command of commands) {
    const words = programWords(command).join(' ');
    if (/^(\S*\/)?python[\d.]* (-\w+ )*-m (http\.server|SimpleHTTPServer)\b/.test(words) || /^(npx (-y )?)?http-server\b(?!.*-d ?false)/.test(words)) yield { where: /http-server/.test(words) ? 'http-server' : 'http.server', what: 'lists of files', at: command.at };
  }
}

function off({ on, silent }: Exposure, { source }: Context): readonly Edit[] | undefined {
  if (on) return [replace(on, 'off')];
  const first = silent?.directive?.block?.[0];
  return first && [insert(first.at.start, `server_tokens off;\n${source.indentation(first.at.start)}`)];
}
