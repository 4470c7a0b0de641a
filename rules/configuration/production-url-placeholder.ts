import type { Compose, Pair, Project, Selector, Service, Unit } from '../kit';
import { allVariables, fileName, givenVariables, isInfrastructure, isReference, rule } from '../kit';

/** An address that a file of production gives. */
interface Given { readonly pair: Pair; readonly unit: Unit; readonly service?: Service }

const ADDRESS = /(^|_)(URL|URI|DSN|HOST|HOSTNAME|ENDPOINT|BROKER|SERVER)$/;
/** Where the program itself listens, or what is asked from inside of the same machine. */
const OWN_SIDE = /(^|_)(BIND|LISTEN|HEALTH\w*|APP|SERVER|WEB|API|UVICORN|GUNICORN|FLASK_RUN|NODE|PROBE|METRICS|CALLBACK_BIND)_(HOST|HOSTNAME|ADDR)$|^(HOST|HOSTNAME|SERVER)$|(^|_)(TEST|DEV|LOCAL|EXAMPLE|SAMPLE)_/;
const FOR_BROWSERS = /^(VITE|NEXT_PUBLIC|REACT_APP|NUXT_PUBLIC|EXPO_PUBLIC|GATSBY|PUBLIC)_/;
const DATASTORE = /(^|_)(DB|DATABASE|POSTGRES(QL)?|PG|MYSQL|MARIADB|REDIS|VALKEY|MONGO(DB)?|RABBITMQ|AMQP|BROKER|CACHE|ELASTIC(SEARCH)?|CELERY|MEMCACHED?)(_|$)/;
const DATASTORE_SCHEME = /^(postgres(ql)?|mysql|mariadb|rediss?|mongodb(\+srv)?|amqps?)(\+\w+)?:/i;

/** Where browsers report errors to: without it pages work, unseen. A server refuses to start with an address that is none. */
const REPORTS = /(^|_)(SENTRY|GLITCHTIP|BUGSNAG|ROLLBAR|HONEYBADGER|AIRBRAKE)_/;
const PLACEHOLDER = /(^|\.)example\.(com|org|net)$|(^|[.-])(your|my)[-_]?(\w+[-_])?(domain|site|app|host|server|company|project|bucket|database|db|instance|account|frontend|backend|org|dsn|key)\b|^your[-_.]|^change[-_]?me|^<[^>]*>$|^(todo|fixme|placeholder|host|hostname|domain|server)(\.(com|tld))?$|\.tld$/i;
const LOCAL = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/i;

export default rule<Given>({
  id: 'production-url-placeholder',
  title: 'Production settings point at real services',
  severity: 'high', points: 15, confidence: 'confirmed', blocks: 'always', effort: 'S', since: '1', secret: true,
  why: `The first production start fails, or worse, quietly uses an empty local database. The file looks finished.`,
  how: `Replace the value by a secret reference, or by the service name in compose.`,
  links: ['https://12factor.net/backing-services', 'https://12factor.net/config'],
  anchors: ['CWE-1188'],

  on: addresses(),
  check: (given, { project }) => fault(given, project) !== undefined && (!(REPORTS.test(given.pair.name) && FOR_BROWSERS.test(given.pair.name)) || { severity: 'medium', points: 6, because: 'only what browsers report gets lost' }),
  message: (given, { project }) => `${given.pair.name} in ${fileName(given.unit.path)} ${fault(given, project) ?? 'points at nothing'}.`,
  underline: ({ pair }) => pair.valueAt ?? pair.at,
  holds: ({ pair }) => isReference(pair.value ?? '') ? undefined : 'An address of production names a host of its own',
  nothing: 'No file for production gives an address.',
  summary: (count) => count === 1 ? 'The only address of production is no placeholder' : `${count} addresses of production, none a placeholder`,

  examples: () => ({
    'a database on this machine, in a container': { bad: { '.env.production': 'MONGO_URL=mongodb://localhost:27017/app\n', Dockerfile: 'FROM python:3.12-slim\nCMD ["gunicorn", "app:app"]\n' } },
    'another container is not this one': {
      bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    environment:\n      DATABASE_HOST: localhost\n  db:\n    image: postgres:16\n    volumes: ["pg:/var/lib/postgresql/data"]\nvolumes: {pg: {}}\n' },
    },
    'a domain for documents': { bad: { 'fly.toml': 'app = "shop"\n\n[env]\nSITE_URL = "https://shop.example.com"\n' } },
    'words where a host belongs': { bad: { '.env.prod': 'API_URL=https://your-api-domain.com/v1\nSECRET_KEY=\n' } },
    'every visitor\'s own machine': { bad: { 'frontend/.env.production': 'VITE_API_URL=http://localhost:8000\n' } },
    'a placeholder in a cluster': { bad: { 'k8s/web.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  REDIS_URL: redis://changeme:6379\n' } },
    'where browsers report errors to': { bad: { 'render.yaml': 'services:\n  - type: web\n    name: api\n    envVars:\n      - key: VITE_SENTRY_DSN\n        value: your-sentry-dsn\n' }, severity: 'medium' },
    'where the server reports errors to': { bad: { 'render.yaml': 'services:\n  - type: web\n    name: api\n    envVars:\n      - key: SENTRY_DSN\n        value: your-sentry-dsn\n' }, severity: 'high' },
    'a reference on the platform': { good: { 'render.yaml': 'services:\n  - type: web\n    name: api\n    envVars:\n      - key: DATABASE_URL\n        sync: false\n      - key: REDIS_URL\n        fromService:\n          name: cache\n          property: connectionString\n' } },
    'the service\'s name': {
      good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    environment:\n      DATABASE_HOST: db\n  db:\n    image: postgres:16\n    environment:\n      PGHOST: localhost\n    volumes: ["pg:/var/lib/postgresql/data"]\nvolumes: {pg: {}}\n' },
    },
    'the network of the host': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    network_mode: host\n    environment:\n      DATABASE_HOST: localhost\n  db:\n    image: postgres:16\n' } },
    'one machine for all of it': { good: { '.env.production': 'DATABASE_URL=postgres://shop:@localhost/shop\nREDIS_URL=redis://127.0.0.1:6379\n', 'deploy/shop.service': '[Service]\nExecStart=/srv/shop/venv/bin/gunicorn app:app\nEnvironmentFile=/srv/shop/.env.production\n' } },
    'where it listens': { good: { '.env.production': 'HOST=0.0.0.0\nBIND_HOST=127.0.0.1\nAPP_HOST=localhost\n', Dockerfile: 'FROM python:3.12-slim\nENV UVICORN_HOST=0.0.0.0\nCMD ["gunicorn", "app:app"]\n' } },
    'an example to copy': { good: { '.env.production.example': 'DATABASE_URL=postgres://localhost/shop\nSITE_URL=https://example.com\n' } },
    'one of several is real': { good: { '.env.production': 'CORS_ORIGIN_URL=https://shop.test,http://localhost:3000\n' } },
    'variables of the shell': { good: { 'docker-compose.prod.yml': 'services:\n  web:\n    image: shop\n    environment:\n      DATABASE_URL: postgres://${DB_USER}:${DB_PASSWORD}@${DB_HOST:-localhost}/shop\n      SITE_URL: https://${DOMAIN}\n' } },
    'a page for whoever starts it': { good: { 'docker-compose.yml': 'services:\n  page:\n    build: ./page\n    environment:\n      - VITE_API_URL=http://localhost:8000\n' } },
    'for development': { good: { '.env.development': 'DATABASE_URL=postgres://localhost/shop\n', 'docker-compose.dev.yml': 'services:\n  web:\n    build: .\n    environment:\n      DATABASE_HOST: localhost\n  db:\n    image: postgres:16\n' } },
    'a domain that only begins like one': { good: { '.env.production': 'API_URL=https://api.example-shop.io\nSITE_URL=https://myapple.io\n' } },
    'another program\'s sidecar': { good: { 'k8s/web.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: shop\n          env:\n            - name: DATABASE_HOST\n              value: 127.0.0.1\n' } },
    'the button that makes an application asks for them': { good: { 'app.json': '{ "env": { "SITE_URL": { "description": "Where it will be", "value": "https://example.com" } } }\n' } },
  }),
});

function addresses(): Selector<Given> {
  return {
    kinds: ['dotenv', 'compose', 'dockerfile', 'platform', 'kubernetes'], callees: [],
    *select(unit, project) {
      if (unit.role !== 'production' || !project.production.includes(unit) || !isForProduction(unit)) return;
      if (unit.kind === 'compose') { yield* ofCompose(unit); return; }
      const pairs = unit.kind === 'kubernetes' ? allVariables(unit).map((each) => each.pair) : givenVariables(unit);
      for (const pair of pairs) if (isAddress(pair)) yield { pair, unit };
    },
  };
}

/** An `.env` that git holds is for development as often as not. The button of Heroku asks people for the values. */
function isForProduction(unit: Unit): boolean {
  if (unit.kind === 'dotenv') return /prod/i.test(fileName(unit.path));
  return unit.kind !== 'platform' || unit.platform !== 'heroku';
}

function* ofCompose(unit: Compose): Iterable<Given> {
  for (const service of unit.services) {
    if (isInfrastructure(service.image ?? '') || service.entries.some((each) => each.key === 'network_mode' && each.value === 'host')) continue;
    for (const pair of service.environment) if (isAddress(pair)) yield { pair, unit, service };
  }
}

function isAddress({ name, value }: Pair): boolean {
  return value !== undefined && value !== '' && ADDRESS.test(name.toUpperCase()) && !OWN_SIDE.test(name.toUpperCase());
}

/** What is wrong with an address, as the end of a sentence; undefined when nothing is. */
function fault({ pair, unit, service }: Given, project: Project): string | undefined {
  const values = (pair.value ?? '').replace(/^["']|["']$/g, '').split(/[,\s]+/).filter((each) => each !== '');
  const hosts = values.map(hostOf);
  if (hosts.length === 0 || hosts.some((each) => each === undefined)) return undefined;
  if (hosts.every((each) => each !== undefined && PLACEHOLDER.test(each))) return unit.kind === 'compose' && !/prod/i.test(fileName(unit.path)) ? undefined : 'still has a placeholder for its host';
  if (!hosts.every((each) => each !== undefined && LOCAL.test(each))) return undefined;
  // A compose file without a word for production serves the machine of whoever starts it as often as not.
  if (FOR_BROWSERS.test(pair.name) && (unit.kind !== 'compose' || /prod/i.test(fileName(unit.path)))) return 'sends every visitor\'s browser to the visitor\'s own machine';
  if (service) return isOfAnother(pair, service, unit) ? 'points at localhost, which is this container, while the service is in another' : undefined;
  return unit.kind !== 'kubernetes' && runsInContainers(project) && (DATASTORE.test(pair.name) || DATASTORE_SCHEME.test(values[0] ?? '')) ? 'points at localhost, which is the container itself' : undefined;
}

/** The host an address names; undefined where it is a reference, a socket or a path. */
function hostOf(value: string): string | undefined {
  if (/[$%{}]|^\/|^unix:|^sqlite|^file:/.test(value) || /%2F/i.test(value)) return undefined;
  const url = /^[a-z][\w+.-]*:\/\/(?:[^@/\s]*@)?([^\s:/?#,]+)/i.exec(value)?.[1];
  return (url ?? (/^[\w.<>-]+(:\d+)?$/.test(value) ? value.replace(/:\d+$/, '') : undefined))?.toLowerCase();
}

/** A datastore, and another service of the same file is one. */
function isOfAnother(pair: Pair, service: Service, unit: Unit): boolean {
  if (unit.kind !== 'compose' || !(DATASTORE.test(pair.name) || DATASTORE_SCHEME.test(pair.value ?? ''))) return false;
  return unit.services.some((each) => each !== service && /(^|\/)(postgres|postgis|timescaledb|pgvector|mysql|mariadb|mongo|redis|valkey|keydb|memcached|rabbitmq|elasticsearch|opensearch)([:@-]|$)/.test(each.image ?? ''));
}

/** Images are built, and nothing says that the program runs on the machine itself. */
function runsInContainers(project: Project): boolean {
  return project.production.some((unit) => unit.kind === 'dockerfile' || unit.kind === 'compose' || unit.kind === 'platform' || unit.kind === 'kubernetes') && !project.production.some((unit) => unit.kind === 'ini');
}
