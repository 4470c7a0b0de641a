import type { Blocks, Datastore, Deployed, Edit, Password, Project, Selector, Source, Span, Variation } from '../kit';
import { besideTheApplication, composeIsProduction, datastoreOf, deployedServices, isLocalPort, namedInExample, passwordsOf, portsOf, replace, rule } from '../kit';

/** A service that keeps data, and what is wrong (or right) with the password it asks for. */
interface Asked { readonly deployed: Deployed; readonly password?: Password; readonly store?: Datastore; readonly at: Span; readonly path: string }

const BLOCKS: Blocks = {
  when: 'the compose file is what production runs',
  holds: composeIsProduction,
};

export default rule<Asked>({
  id: 'compose-default-password',
  title: 'Datastores do not use default passwords',
  severity: 'high', points: 12, confidence: 'confirmed', blocks: BLOCKS, effort: 'S', since: '1', secret: true,
  why: 'Sample files become production files, and the default password is the first one tried. One published port is then enough.',
  how: 'Reference a variable that must be set, or a secret file.',
  links: ['https://docs.docker.com/reference/compose-file/services/#environment', 'https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html', 'https://cwe.mitre.org/data/definitions/1392.html'],
  anchors: ['CWE-1393', 'CWE-798'],

  on: asked(),
  check: (it, { project }) => gradeOf(it, project),
  message: (it) => message(it),
  underline: ({ at }) => at,
  holds: ({ deployed, password }) => password?.is === 'given' ? `the password of ${deployed.service.name} is given by ${password.pair.name}` : undefined,
  nothing: 'No compose file gives a datastore a password.',

  fix: {
    title: 'Require the variable', safety: 'review',
    edit: ({ password }, { source, project }) => password && password.is !== 'none' ? required(password, source, project) : undefined,
    remains: 'Set the variable where it runs, and use it in the address the application connects with. A database that exists keeps its old password until it is changed there.',
  },

  examples: () => ({
    'databases beside a development container': {
      severity: 'low',
      bad: {
        'docker/docker-compose.yml': 'services:\n  db:\n    image: postgres:16\n    restart: unless-stopped\n    ports: ["5432:5432"]\n    environment: {POSTGRES_PASSWORD: postgres}\n',
        '.devcontainer/docker-compose.yml': 'services:\n  app:\n    build: {context: .., dockerfile: .devcontainer/Dockerfile}\n    command: sleep infinity\n', 'docker/Dockerfile': 'FROM python:3.12-slim\nCOPY . .\nUSER app\nCMD ["gunicorn", "app:app"]\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
      },
    },
    'the usual one': {
      severity: 'low',
      bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: postgres\n    volumes: ["pg:/var/lib/postgresql/data"]\nvolumes: {pg: {}}\n' },
      good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?set POSTGRES_PASSWORD}\n    volumes: ["pg:/var/lib/postgresql/data"]\nvolumes: {pg: {}}\n' },
    },
    'the usual one, behind an open port': {
      bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    ports: ["5432:5432"]\n    environment: {POSTGRES_USER: shop, POSTGRES_PASSWORD: shop}\n' },
      good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    ports: ["5432:5432"]\n    environment: {POSTGRES_USER: shop, POSTGRES_PASSWORD: "${POSTGRES_PASSWORD:?set POSTGRES_PASSWORD}"}\n' },
    },
    'unless somebody sets the variable': {
      bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: mysql:8.4\n    ports: ["3306:3306"]\n    environment:\n      - MYSQL_ROOT_PASSWORD=${DB_PASSWORD:-root}\n', '.env.example': 'DEBUG=\n' },
      good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: mysql:8.4\n    ports: ["3306:3306"]\n    environment:\n      - MYSQL_ROOT_PASSWORD=${DB_PASSWORD:?set DB_PASSWORD}\n', '.env.example': 'DEBUG=\nDB_PASSWORD=\n' },
    },
    'a text of its own, behind an open port': { severity: 'medium', bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: mongo:7\n    ports: ["27017:27017"]\n    environment:\n      MONGO_INITDB_ROOT_PASSWORD: tulip-basket-nine\n' } },
    'in a list on one line': {
      severity: 'low',
      bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: mysql:8.4\n    environment: ["MYSQL_ROOT_PASSWORD=root"]\n' },
      good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: mysql:8.4\n    environment: ["MYSQL_ROOT_PASSWORD=${MYSQL_ROOT_PASSWORD:?set MYSQL_ROOT_PASSWORD}"]\n' },
    },
    'one finding for a service with two passwords': { severity: 'low', bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: mariadb:11\n    environment:\n      - MARIADB_ROOT_PASSWORD=shop\n      - MARIADB_USER=shop\n      - MARIADB_PASSWORD=shop\n' } },
    'a database for developers, beside the application': { severity: 'low', bad: { 'docker-compose.yml': 'services:\n  db:\n    image: postgres:16\n    restart: unless-stopped\n    ports: ["5432:5432"]\n    environment: {POSTGRES_PASSWORD: postgres}\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', Procfile: 'web: gunicorn app:app\n' } },
    'a database alone, named for production': { bad: { 'docker-compose.prod.yml': 'services:\n  db:\n    image: postgres:16\n    restart: always\n    ports: ["5432:5432"]\n    environment: {POSTGRES_PASSWORD: postgres}\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', Procfile: 'web: gunicorn app:app\n' } },
    'no password at all': { bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    ports: ["5432:5432"]\n    environment:\n      POSTGRES_HOST_AUTH_METHOD: trust\n' } },
    'Redis that lets everybody in': { bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  cache:\n    image: redis:7-alpine\n    ports: ["6379:6379"]\n' } },
    'MongoDB that lets everybody in': { bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  store:\n    image: mongo:7\n    ports: ["27017:27017"]\n' } },
    'a console': { severity: 'high', bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  charts:\n    image: grafana/grafana:11.2.0\n    ports: ["3000:3000"]\n    environment:\n      GF_SECURITY_ADMIN_PASSWORD: admin\n' } },
    'Redis with a password': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  cache:\n    image: redis:7\n    command: redis-server --requirepass ${REDIS_PASSWORD:?}\n    ports: ["6379:6379"]\n' } },
    'Redis with a file of settings': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  cache:\n    image: redis:7\n    command: redis-server /etc/redis.conf\n    volumes: ["./redis.conf:/etc/redis.conf:ro"]\n    ports: ["6379:6379"]\n' } },
    'Redis among services': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  cache:\n    image: redis:7\n' } },
    'references and files': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  a:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?set POSTGRES_PASSWORD}\n  b:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD_FILE: /run/secrets/pg\n  c:\n    image: mysql:8.4\n    env_file: [db.env]\n    environment:\n      - MYSQL_ROOT_PASSWORD\n  d:\n    image: mariadb:11\n    environment:\n      MARIADB_ROOT_PASSWORD: $DB_PASSWORD\n' } },
    'a file for developers': { good: { 'docker-compose.dev.yml': 'services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: postgres\n', 'docker-compose.yml': 'services:\n  web:\n    build: .\n' } },
    'a profile for tests': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  testdb:\n    image: postgres:16\n    profiles: [test]\n    environment:\n      POSTGRES_PASSWORD: postgres\n' } },
    'the file of production asks': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: postgres\n', 'docker-compose.prod.yml': 'services:\n  web:\n    restart: always\n  db:\n    restart: always\n    environment:\n      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}\n' } },
    'a variable of the application': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    environment:\n      RESET_PASSWORD: enabled\n' } },
  }),
});

function asked(): Selector<Asked> {
  return {
    kinds: ['compose'], callees: [],
    *select(unit, project) {
      for (const deployed of deployedServices(project)) yield* askedOf(deployed).filter((each) => each.path === unit.path);
    },
  };
}

/** The worst password of a service, or the datastore itself where it asks for none. */
function askedOf(deployed: Deployed): readonly Asked[] {
  const store = datastoreOf(deployed.service);
  if (!store && (deployed.service.build || !/grafana|postgres|mysql|mariadb|mongo|redis/.test(deployed.service.image ?? ''))) return [];
  const known = store ? { store } : {};
  const all = passwordsOf(deployed);
  const worst = (['none', 'weak', 'written', 'given'] as const).flatMap((is) => all.find((each) => each.is === is) ?? [])[0];
  if (worst) return [{ deployed, ...known, password: worst, at: worst.pair.valueAt ?? worst.pair.at, path: worst.file.path }];
  const open = store && (store.name === 'Redis' || store.name === 'MongoDB') && isPublished(deployed, store) && !authenticates(deployed);
  return open ? [{ deployed, ...known, at: deployed.service.imageAt ?? deployed.service.nameAt, path: deployed.file.path }] : [];
}

/** A command, a file of settings or a file of variables may ask for a password. */
function authenticates({ layers }: Deployed): boolean {
  return layers.some(({ service }) => service.envFiles.length > 0 || service.volumes.some((each) => /\.conf|\.cfg|\.acl|\/etc\/|init/.test(each.text))
    || service.commands.some((command) => command.words.some((word) => /requirepass|--auth\b|--keyFile|--aclfile|\.conf$|REDIS_ARGS/.test(word)))
    || service.environment.some((pair) => /PASS|REDIS_ARGS|AUTH/.test(pair.name)));
}

function isPublished(deployed: Deployed, store: Datastore | undefined): boolean {
  return portsOf(deployed).some((port) => !isLocalPort(port) && (!store || store.console || store.ports.includes(port.target)));
}

function gradeOf({ deployed, password, store }: Asked, project: Project): boolean | Variation {
  if (password?.is === 'given') return false;
  const beside = besideTheApplication(deployed.file, project);
  if (beside) return beside;
  if (!isPublished(deployed, store)) return { severity: 'low', points: 2, because: 'no port of it is published: only the services of the file reach it' };
  return password?.is === 'written' ? { severity: 'medium', points: 6, because: 'it is not one of those that are tried first' } : true;
}

function message({ deployed, password, store }: Asked): string {
  const name = deployed.service.name;
  if (!password || password.is === 'none') return `${name} lets everybody in who reaches it: ${store?.name ?? 'it'} asks for no password.`;
  const unless = password.fallback ? ', unless a variable is set' : '';
  return password.is === 'weak' ? `${name} uses a password that is tried first${unless} (${password.pair.name}).` : `The password of ${name} stands in the file${unless} (${password.pair.name}).`;
}

/** `${NAME:?set NAME}` in place of the value, in quotes where braces would begin a map. */
function required({ pair, service }: Password, source: Source, project: Project): readonly Edit[] | undefined {
  if (!pair.valueAt || pair.valueAt.start < service.at.start || pair.valueAt.end > service.at.end) return undefined;
  const name = /^["']?\$\{(\w+)/.exec(pair.value ?? '')?.[1] ?? pair.name;
  const reference = `\${${name}:?set ${name}}`;
  const before = source.slice({ start: source.lineStart(pair.valueAt.start), end: pair.valueAt.start });
  const quote = /^["']/.exec(source.slice(pair.valueAt))?.[0] ?? (/[{[]/.test(before) && !/["']\w+=$/.test(before) ? '"' : '');
  return [replace(pair.valueAt, `${quote}${reference}${quote}`), ...namedInExample(project, name)];
}
