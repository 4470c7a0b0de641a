import type { Deployed, Edit, Port, Selector, Source } from '../kit';
import { besideTheApplication, datastoreOf, deployedServices, isLocalPort, portsOf, replace, rule, saidOf, strongPassword } from '../kit';

/** A port that a datastore publishes, and what it is the port of. */
interface Published { readonly port: Port; readonly deployed: Deployed; readonly what: string; readonly console: boolean }

export default rule<Published>({
  id: 'compose-port-exposed',
  title: 'Datastores are not published to the network',
  severity: 'high', points: 10, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: 'Published ports bypass the host firewall rules people rely on, so the database is on the internet. Automated scans find it the same day.',
  how: 'Remove the port, or bind it to 127.0.0.1 and reach it through a tunnel. Services of the same file reach each other without it.',
  links: ['https://docs.docker.com/engine/network/packet-filtering-firewalls/', 'https://docs.docker.com/reference/compose-file/services/#ports'],
  anchors: ['CWE-668'],
  attestable: 'database-network-access',

  on: published(),
  check: ({ port, deployed, console }, { project }) => {
    if (isLocalPort(port) || isIsolated(deployed)) return false;
    const beside = besideTheApplication(deployed.file, project);
    if (beside) return beside;
    return strongPassword(deployed) && !console ? { severity: 'medium', points: 4, because: 'its password has to be given when it starts' } : true;
  },
  message: ({ port, what, deployed }) => `${deployed.service.name} publishes ${what} (${port.target}) on every interface of the host.`,
  underline: ({ port }) => port.at,
  holds: ({ port, what }) => isLocalPort(port) ? `${what} listens on ${port.host ?? 'this machine'} only` : undefined,
  nothing: 'No datastore of a compose file publishes a port.',

  fix: { title: 'Bind the port to this machine', safety: 'safe', edit: ({ port }, { source }) => bound(port, source), remains: 'Clients on other machines then need a tunnel.' },

  examples: () => ({
    'a database': {
      bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    ports: ["5432:5432"]\n    environment: {POSTGRES_PASSWORD: postgres}\n' },
      good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    ports: ["127.0.0.1:5432:5432"]\n    environment: {POSTGRES_PASSWORD: postgres}\n' },
    },
    'in a list of lines': {
      bad: { 'compose.yml': 'services:\n  web:\n    image: shop:1\n  db:\n    image: mariadb:11\n    ports:\n      - 3306:3306\n' },
      good: { 'compose.yml': 'services:\n  web:\n    image: shop:1\n  db:\n    image: mariadb:11\n    ports:\n      - 127.0.0.1:3306:3306\n' },
    },
    'the long form': {
      bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  cache:\n    image: redis:7\n    ports:\n      - target: 6379\n        published: 6379\n' },
      good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  cache:\n    image: redis:7\n    ports:\n      - target: 6379\n        published: 6379\n        host_ip: 127.0.0.1\n' },
    },
    'a database for developers, beside the application': { severity: 'low', bad: { 'docker-compose.yml': 'services:\n  db:\n    image: postgres:16\n    restart: unless-stopped\n    ports: ["5432:5432"]\n    environment: {POSTGRES_PASSWORD: postgres}\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', Procfile: 'web: gunicorn app:app\n' } },
    'a port that a variable moves': { bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgis/postgis:16-3.4\n    ports:\n      - "${DB_PORT:-5432}:5432"\n' } },
    'a port of any number': { bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: mongo:7\n    ports: ["27017"]\n' } },
    'a console': { bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  admin:\n    image: dpage/pgadmin4:8\n    ports: ["5050:80"]\n    environment:\n      PGADMIN_DEFAULT_PASSWORD: ${PGADMIN_PASSWORD:?}\n' } },
    'an image of its own': { bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    build: ./db\n    ports: ["0.0.0.0:5432:5432"]\n' } },
    'laid over by the file of production': { bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    ports: ["5432:5432"]\n', 'docker-compose.prod.yml': 'services:\n  web:\n    restart: always\n  db:\n    restart: always\n' } },
    'a password that must be given': { severity: 'medium', bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    ports: ["5432:5432"]\n    environment:\n      - POSTGRES_PASSWORD=${POSTGRES_PASSWORD:?set it}\n' } },
    'only databases, which a server starts': { bad: { 'docker-compose.yml': 'services:\n  db:\n    image: postgres:16\n    restart: unless-stopped\n    ports: ["5432:5432"]\n' } },
    'only databases, for who runs the application by hand': { good: { 'docker-compose.yml': 'services:\n  db:\n    image: postgres:16\n    ports: ["5432:5432"]\n    environment: {POSTGRES_PASSWORD: postgres}\n' } },
    'only this machine': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    ports: ["127.0.0.1:5432:5432", "[::1]:5433:5432"]\n  cache:\n    image: redis:7\n    ports:\n      - "${BIND:-127.0.0.1}:6379:6379"\n' } },
    'the application, and a proxy': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    ports: ["8000:8000"]\n  proxy:\n    image: nginx:1.27\n    ports: ["80:80", "443:443"]\n  store:\n    image: minio/minio\n    ports: ["9000:9000"]\n' } },
    'a port for other services': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    expose: ["5432"]\n' } },
    'a network without a way out': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    ports: ["5432:5432"]\n    networks: [back]\nnetworks:\n  back:\n    internal: true\n' } },
    'an override, a profile and a file for developers': {
      good: {
        'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n  admin:\n    image: adminer:5\n    profiles: [debug]\n    ports: ["8080:8080"]\n',
        'docker-compose.override.yml': 'services:\n  db:\n    ports: ["5432:5432"]\n',
        'dev/docker-compose.yml': 'services:\n  db:\n    image: postgres:16\n    ports: ["5432:5432"]\n',
      },
    },
    'the source is laid over the image, and nothing comes back by itself': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    volumes: [".:/app"]\n  db:\n    image: postgres:16\n    ports: ["5432:5432"]\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
    'the environment says development': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    environment: {FLASK_ENV: development}\n  db:\n    image: postgres:16\n    ports: ["5432:5432"]\n' } },
    'taken back by the file of production': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    ports: ["5432:5432"]\n', 'docker-compose.prod.yml': 'services:\n  web:\n    restart: always\n  db:\n    restart: always\n    ports: !reset []\n' } },
  }),
});

/** Container ports by which a datastore that is built here is known. */
const PORTS: ReadonlyMap<string, string> = new Map([['5432', 'PostgreSQL'], ['3306', 'MySQL'], ['27017', 'MongoDB'], ['6379', 'Redis'], ['11211', 'Memcached'], ['9200', 'Elasticsearch'], ['15672', 'RabbitMQ']]);

function published(): Selector<Published> {
  return {
    kinds: ['compose'], callees: [],
    *select(unit, project) {
      for (const deployed of deployedServices(project)) yield* portsIn(deployed).filter(({ port }) => port.file.path === unit.path);
    },
  };
}

function portsIn(deployed: Deployed): readonly Published[] {
  const store = datastoreOf(deployed.service);
  return portsOf(deployed).flatMap((port) => {
    const known = deployed.service.build || !store ? PORTS.get(port.target) : store.ports.includes(port.target) ? store.name : undefined;
    return known === undefined ? [] : [{ port, deployed, what: known, console: store?.console === true }];
  });
}

/** All its networks are internal: what it publishes reaches nobody. */
function isIsolated(deployed: Deployed): boolean {
  const names = deployed.layers.flatMap(({ service }) => service.entries.flatMap((each) => each.key.startsWith('networks.') ? [/^networks\.\d+$/.test(each.key) ? each.value : each.key.split('.')[1] ?? ''] : []));
  return names.length > 0 && names.every((name) => deployed.layers.some(({ file }) => file.entries.some((each) => each.key === `networks.${name}.internal` && each.value === 'true')))
    || saidOf(deployed, 'network_mode')?.value === 'none';
}

/** `127.0.0.1:` before the port, or a `host_ip` beside `published`. */
function bound(port: Port, source: Source): readonly Edit[] | undefined {
  const written = source.slice(port.at);
  const short = /^(["']?)(?:0\.0\.0\.0:|\[::\]:)?([^"'\s]+)\1$/.exec(written);
  if (short) {
    const [, quote = '', rest = ''] = short;
    // A port without a number on the host keeps getting any.
    return [replace(port.at, `${quote}127.0.0.1:${port.published === undefined ? ':' : ''}${rest}${quote}`)];
  }
  const key = /^([ \t]*)(?:host_ip[ \t]*:[ \t]*[^\r\n]*)$/m.exec(written);
  if (key) return [replace({ start: port.at.start + key.index, end: port.at.start + key.index + key[0].length }, `${key[1] ?? ''}host_ip: 127.0.0.1`)];
  const last = source.indentation(port.at.end);
  return written.includes('\n') && !written.includes('{') ? [{ start: port.at.end, end: port.at.end, text: `\n${last.replace('-', ' ')}host_ip: 127.0.0.1` }] : undefined;
}

