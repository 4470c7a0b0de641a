import type { Context, Edit, NginxBlock, Placed, Project, Selector } from '../kit';
import { outward, inForce, insert, listed, nginxBlocks, ownDirectives, rule, spokenBlock } from '../kit';

interface Passed { readonly block: NginxBlock; readonly pass: Placed; readonly missing: readonly string[] }
/** Locations of one server that lack the same headers. */
interface Group { readonly first: Passed; readonly all: readonly Passed[] }

export default rule<Group>({
  id: 'nginx-proxy-headers-missing',
  title: 'The proxy forwards host, address and scheme',
  severity: 'low', points: 2, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: 'The app sees nginx as its only visitor and http as the scheme, so limits, logs and redirects are wrong. Nothing fails loudly.',
  how: 'Forward the headers and let the app trust one proxy.',
  links: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html', 'https://flask.palletsprojects.com/en/stable/deploying/proxy_fix/'],
  anchors: ['gixy host_spoofing', 'CWE-348'],

  on: passes(),
  check: ({ first }) => first.missing.length > 0,
  message: ({ first, all }) => `proxy_pass in ${spokenBlock(first.block)}${all.length > 1 ? ` and ${String(all.length - 1)} more` : ''} does not send ${listed(first.missing)}.`,
  underline: ({ first }) => first.pass.directive.at,
  related: ({ all }) => all.slice(1, 6).map((each) => ({ path: each.pass.unit.path, ...each.pass.directive.at, text: spokenBlock(each.block) })),
  holds: ({ first }, { project }) => first.missing.length === 0 ? `${spokenBlock(first.block)} forwards host${missingIn(first.block, project).length > 0 ? ' and address, over plain HTTP' : ', address and scheme'}` : undefined,
  nothing: 'No nginx here passes requests to the application.',

  fix: [
    { title: 'Add the headers', safety: 'safe', edit: (group, context) => group.first.missing.includes('Host') ? undefined : added(group, context) },
    { title: 'Add the headers', safety: 'review', edit: (group, context) => group.first.missing.includes('Host') ? added(group, context) : undefined, remains: 'See that the application accepts the names visitors use: ALLOWED_HOSTS, TRUSTED_HOSTS.' },
  ],

  examples: () => ({
    'none of them': {
      path: 'nginx.conf', bad: 'server {\n  location / {\n    proxy_pass http://app:8000;\n  }\n}\n',
      good: 'server {\n  location / {\n    proxy_set_header Host $host;\n    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n    proxy_set_header X-Forwarded-Proto $scheme;\n    proxy_pass http://app:8000;\n  }\n}\n',
    },
    'replaced by one of its own': { path: 'nginx.conf', bad: 'server {\n  proxy_set_header Host $host;\n  location / {\n    proxy_set_header X-Request-Id $request_id;\n    proxy_pass http://app:8000;\n  }\n}\n' },
    'the scheme': {
      path: 'nginx.conf', bad: 'server {\n  location / {\n    proxy_pass http://app;\n    proxy_set_header Host $host;\n    proxy_set_header X-Real-IP $remote_addr;\n  }\n}\n',
      good: 'server {\n  location / {\n    proxy_set_header X-Forwarded-Proto $scheme;\n    proxy_pass http://app;\n    proxy_set_header Host $host;\n    proxy_set_header X-Real-IP $remote_addr;\n  }\n}\n',
    },
    'several locations, one finding': { path: 'nginx.conf', bad: 'upstream shop { server app:8000; }\nserver {\n  location / { proxy_pass http://shop; }\n  location /api { proxy_pass http://shop; }\n}\n' },
    'sockets': { bad: { 'nginx.conf': 'server {\n  proxy_set_header Host $host;\n  proxy_set_header X-Forwarded-For $remote_addr;\n  proxy_set_header X-Forwarded-Proto $scheme;\n  location /socket.io/ {\n    proxy_pass http://app:8000;\n  }\n}\n', 'requirements.txt': 'flask\nflask-socketio\n' } },
    'the scheme, where TLS ends': { path: 'nginx.conf', bad: 'server {\n  listen 443 ssl;\n  location / {\n    proxy_pass http://app;\n    proxy_set_header Host $host;\n    proxy_set_header X-Real-IP $remote_addr;\n  }\n}\n' },
    'the address, where nothing is encrypted': { path: 'nginx.conf', bad: 'server {\n  listen 80;\n  location / {\n    proxy_pass http://app;\n    proxy_set_header Host $host;\n  }\n}\n' },
    'plain HTTP has no scheme to tell': { path: 'nginx.conf', good: 'server {\n  listen 80;\n  listen [::]:80 default_server;\n  location / {\n    proxy_pass http://app;\n    proxy_set_header Host $host;\n    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n  }\n}\n' },
    'probes and files': { path: 'nginx.conf', good: 'server {\n  listen 443 ssl;\n  location = /healthz { proxy_pass http://app; }\n  location ~* \\.(js|css|png|woff2)$ {\n    proxy_pass http://app;\n    expires 1y;\n  }\n}\n' },
    'a path that only begins like a probe': { path: 'nginx.conf', bad: 'server {\n  listen 443 ssl;\n  location /health/records { proxy_pass http://app; }\n}\n' },
    'all of them': { path: 'nginx.conf', good: 'server {\n  location / {\n    proxy_set_header Host $http_host;\n    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n    proxy_set_header X-Forwarded-Proto https;\n    proxy_pass http://app:8000;\n  }\n}\n' },
    'inherited': { path: 'nginx.conf', good: 'http {\n  proxy_set_header Host $host;\n  proxy_set_header X-Real-IP $remote_addr;\n  proxy_set_header X-Forwarded-Proto $scheme;\n  server {\n    location / { proxy_pass http://app:8000; }\n  }\n}\n' },
    'in another file': { good: { 'nginx/app.conf': 'server {\n  location / {\n    include proxy.conf;\n    proxy_pass http://app:8000;\n  }\n}\n', 'nginx/proxy.conf': 'proxy_set_header Host $host;\nproxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\nproxy_set_header X-Forwarded-Proto $scheme;\n' } },
    'in a file that includes it': { good: { 'nginx/nginx.conf': 'http {\n  proxy_set_header Host $host;\n  proxy_set_header X-Real-IP $remote_addr;\n  proxy_set_header X-Forwarded-Proto $scheme;\n  include /etc/nginx/conf.d/*.conf;\n}\n', 'nginx/conf.d/app.conf': 'server {\n  location / { proxy_pass http://app:8000; }\n}\n' } },
    'Debian\'s proxy_params, and other files': { path: 'nginx.conf', good: 'server {\n  location / {\n    include proxy_params;\n    proxy_pass http://app:8000;\n  }\n}\n' },
    'object storage': { path: 'nginx.conf', good: 'server {\n  location /media/ {\n    proxy_pass https://bucket.s3.amazonaws.com/media/;\n  }\n  location /files/ { proxy_pass http://minio:9000/; }\n}\n' },
    'somebody else\'s, by a variable': { path: 'nginx.conf', good: 'server {\n  location /i/ {\n    set $target "https://stats.example.com";\n    proxy_pass $target;\n  }\n}\n' },
    'a question to the login': { path: 'nginx.conf', good: 'server {\n  location = /auth {\n    internal;\n    proxy_pass http://app:8000/check;\n  }\n}\n' },
    'a front end of files': { path: 'nginx.conf', good: 'server {\n  location / {\n    proxy_pass http://frontend:80;\n  }\n}\n' },
    'other protocols': { path: 'nginx.conf', good: 'server {\n  location / {\n    include uwsgi_params;\n    uwsgi_pass app:8000;\n  }\n}\n' },
  }),
});

const SOCKETS = ['flask-socketio', 'python-socketio', 'flask-sock', 'channels', 'websockets', 'simple-websocket', 'socket.io', 'ws'];

function passes(): Selector<Group> {
  return {
    kinds: ['nginx'], callees: [],
    *select(unit, project) {
      if (unit.kind !== 'nginx' || unit.role !== 'production') return;
      const groups = new Map<string, Passed[]>();
      for (const block of nginxBlocks(project)) {
        const pass = block.unit === unit ? ownDirectives(block, 'proxy_pass').find((each) => each.unit === unit) : undefined;
        if (!pass || !isApplication(pass, block) || ownDirectives(block, 'internal').length > 0 || asksNothing(block) || mayBeSet(block)) continue;
        const all = missingIn(block, project);
        // What a proxy in front says of the scheme goes through, and without one plain HTTP is the truth.
        const missing = all.length === 1 && all[0] === 'X-Forwarded-Proto' && isPlain(block) ? [] : all;
        const server = outward(block).find((each) => each.directive?.name === 'server');
        const key = `${String(server?.directive?.at.start ?? -1)} ${missing.join(' ')}`;
        groups.set(key, [...groups.get(key) ?? [], { block, pass, missing }]);
      }
      for (const all of groups.values()) if (all[0]) yield { first: all[0], all };
    },
  };
}

/** Probes and files with fixed names: neither visitor nor scheme makes a difference to the answer. */
function asksNothing({ directive }: NginxBlock): boolean {
  const path = directive?.args.at(-1) ?? '';
  return directive?.name === 'location' && (/^\/(nginx[-_])?(health(z|[-_]?check)?|ping|livez?|liveness|readyz?|readiness|heartbeat|status)\/?$/i.test(path) || (directive.args.length > 1 && /\\\.\(?(\?:)?[\w|?]*\b(css|js|png|woff2?)\b[\w|?]*\)?\$?$/.test(path)));
}

/** The server listens, and nowhere for TLS. */
function isPlain(block: NginxBlock): boolean {
  const server = outward(block).find((each) => each.directive?.name === 'server');
  const listens = server ? ownDirectives(server, 'listen') : [];
  return listens.length > 0 && listens.every((each) => !each.directive.args.some((arg) => /^(ssl|quic|http3)$|(^|:)443$/.test(arg))) && server !== undefined && ownDirectives(server, 'ssl').length === 0 && ownDirectives(server, 'ssl_certificate').length === 0;
}

/** A file that is not here may set the headers in force. */
function mayBeSet(block: NginxBlock): boolean {
  const found = inForce(block, 'proxy_set_header');
  for (const each of outward(block)) {
    if (each.unseen && (each.directive?.name !== 'http' || ownIncludes(each))) return true;
    if (each === found?.at) return false;
  }
  return false;
}

/** What http includes are servers as a rule, by a pattern; one file by its name may be anything. */
function ownIncludes(block: NginxBlock): boolean {
  return block.directive?.block?.some((each) => each.name === 'include' && !/\*|mime\.types/.test(each.args[0] ?? '')) ?? false;
}

function missingIn(block: NginxBlock, project: Project): readonly string[] {
  const sent = new Set(inForce(block, 'proxy_set_header')?.found.map((each) => (each.directive.args[0] ?? '').toLowerCase()) ?? []);
  const has = (...names: readonly string[]) => names.some((each) => sent.has(each));
  const socket = /socket|(^|[/ ])ws([/ ]|$)/i.test(block.directive?.args.join(' ') ?? '') && SOCKETS.some((each) => project.declares(each));
  return [
    ...(has('host') ? [] : ['Host']), ...(has('x-forwarded-for', 'x-real-ip', 'forwarded', 'x-client-ip', 'true-client-ip') ? [] : ['X-Forwarded-For']),
    ...(has('x-forwarded-proto', 'x-forwarded-scheme', 'x-scheme', 'x-forwarded-ssl', 'x-forwarded-protocol', 'forwarded', 'x-url-scheme') ? [] : ['X-Forwarded-Proto']), ...(socket && !has('upgrade') ? ['Upgrade'] : []),
  ];
}

/** Not object storage, a server of files, or somebody else's site. */
function isApplication({ directive }: Placed, block: NginxBlock): boolean {
  const url = resolved(directive.args[0] ?? '', block);
  const host = /^https?:\/\/(?:unix:)?([^:/]+)/.exec(url)?.[1] ?? '';
  if (/s3|minio|bucket|storage|(^|[-_])(frontend|front|ui|client|static|assets|docs|cdn|spa)($|[-_])/i.test(host)) return false;
  const isPublic = /\.[a-z]{2,}$/i.test(host) && !/\.(local|internal|lan|cluster\.local|svc|docker|localdomain|localhost)$/i.test(host);
  return host !== '' && !isPublic;
}

function resolved(url: string, block: NginxBlock): string {
  const name = /^(?:https?:\/\/)?\$\{?(\w+)/.exec(url)?.[1];
  const value = name === undefined ? undefined : outward(block).flatMap((each) => ownDirectives(each, 'set')).find((each) => each.directive.args[0] === `$${name}`)?.directive.args[1];
  return value === undefined ? url : url.replace(/\$\{?\w+\}?/, value);
}

const VALUES: Readonly<Record<string, string>> = { Host: 'Host $host', 'X-Forwarded-For': 'X-Forwarded-For $proxy_add_x_forwarded_for', 'X-Forwarded-Proto': 'X-Forwarded-Proto $scheme', Upgrade: 'Upgrade $http_upgrade' };

/** Lines before each proxy_pass; what was inherited so far is repeated, as one line of its own replaces it. */
function added({ all }: Group, { source }: Context): readonly Edit[] {
  return all.flatMap(({ block, pass, missing }) => {
    const found = inForce(block, 'proxy_set_header');
    const inherited = found && found.at !== block ? found.found.map((each) => each.directive.args.map((arg) => /[\s;{}]|^$/.test(arg) ? `"${arg}"` : arg).join(' ')) : [];
    const socket = missing.includes('Upgrade') ? ['Connection "upgrade"'] : [];
    const lines = [...inherited, ...missing.map((each) => VALUES[each] ?? each), ...socket].map((each) => `proxy_set_header ${each};`);
    const { start } = pass.directive.at;
    const alone = source.slice({ start: source.lineStart(start), end: start }).trim() === '';
    const version = missing.includes('Upgrade') && ownDirectives(block, 'proxy_http_version').length === 0 ? ['proxy_http_version 1.1;'] : [];
    return [insert(start, [...version, ...lines].map((each) => alone ? `${each}\n${source.indentation(start)}` : `${each} `).join(''))];
  });
}
