import type { Datastore, Deployed, Edit, Evidence, Judgement, Gap, Project, Source } from '../kit';
import { addedToService, datastoreOf, deployedServices, isInfrastructure, isOneShot, projectRule, restarts, saidOf, serviceIndent, waitsFor } from '../kit';

/** An application's service and a database of the same compose file that it needs. */
interface Pair { readonly app: Deployed; readonly database: Deployed; readonly store: Datastore }

export default projectRule({
  id: 'db-startup-wait-missing',
  title: 'The app waits until the database accepts connections',
  severity: 'low', confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'After a restart of the host the application comes up first, fails and stays down. Migrations in the entry script fail the same way.',
  how: 'Depend on the health of the database, or wait for it with a limit before the application starts.',
  links: ['https://docs.docker.com/compose/how-tos/startup-order/', 'https://12factor.net/disposability'],

  applies: (project) => pairs(project).length > 0 ? true : 'No compose file starts an application beside its database.',
  project: judge,

  fix: { title: 'Wait for the healthy database', safety: 'review', edit: (gap, { source, project }) => waiting(gap, source, project), remains: 'Start it once: a health check that never passes keeps the application down.' },

  examples: () => ({
    'named only': {
      bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    depends_on: [db]\n  db:\n    image: postgres:16\n    volumes: ["pg:/var/lib/postgresql/data"]\nvolumes: {pg: {}}\n', Dockerfile: 'FROM python:3.12\nCMD ["gunicorn", "app:app"]\n' },
      good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    depends_on:\n      db:\n        condition: service_healthy\n  db:\n    image: postgres:16\n    volumes: ["pg:/var/lib/postgresql/data"]\n    healthcheck:\n      test: ["CMD-SHELL", "pg_isready -U postgres"]\n      interval: 5s\n      retries: 12\nvolumes: {pg: {}}\n' },
    },
    'named in lines, beside others': {
      bad: { 'docker-compose.yml': 'services:\n  web:\n    image: shop:1\n    depends_on:\n      - cache\n      - db\n  cache:\n    image: redis:7\n  db:\n    image: mariadb:11\n    healthcheck:\n      test: ["CMD", "healthcheck.sh", "--connect"]\n' },
      good: { 'docker-compose.yml': 'services:\n  web:\n    image: shop:1\n    depends_on:\n      cache:\n        condition: service_started\n      db:\n        condition: service_healthy\n  cache:\n    image: redis:7\n  db:\n    image: mariadb:11\n    healthcheck:\n      test: ["CMD", "healthcheck.sh", "--connect"]\n' },
    },
    'only its start': { bad: { 'docker-compose.yml': 'services:\n  web:\n    image: shop:1\n    depends_on:\n      db: {condition: service_started}\n  db:\n    image: postgres:16\n    volumes: ["pg:/var/lib/postgresql/data"]\nvolumes: {pg: {}}\n' } },
    'healthy, but nobody asks': { bad: { 'docker-compose.yml': 'services:\n  web:\n    image: shop:1\n    depends_on:\n      db: {condition: service_healthy}\n  db:\n    image: postgres:16\n' } },
    'its health': { good: { 'docker-compose.yml': 'services:\n  web:\n    image: shop:1\n    depends_on:\n      db: {condition: service_healthy}\n  db:\n    image: postgres:16\n    healthcheck: {test: ["CMD-SHELL", "pg_isready -U postgres"]}\n' } },
    'its health, in the file that is extended': { good: { 'docker-compose.yml': 'services:\n  web:\n    image: shop:1\n    depends_on:\n      db: {condition: service_healthy}\n  db:\n    extends: {file: base.yml, service: db}\n', 'base.yml': 'services:\n  db:\n    image: postgres:16\n    healthcheck: {test: ["CMD-SHELL", "pg_isready"]}\n' } },
    'an entry script that waits': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    depends_on: [db]\n  db:\n    image: postgres:16\n', Dockerfile: 'FROM python:3.12\nCOPY . .\nENTRYPOINT ["./entrypoint.sh"]\n', 'entrypoint.sh': '#!/bin/sh\nset -e\nuntil pg_isready -h db; do sleep 1; done\nexec gunicorn app:app\n' } },
    'a loop without tools': { good: { 'docker-compose.yml': "services:\n  web:\n    image: shop:1\n    depends_on: [db]\n    command: bash -c 'while !</dev/tcp/db/5432; do sleep 1; done; uwsgi app.ini'\n  db:\n    image: postgres:16\n" } },
    'a script of its own that tries': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    depends_on: [db]\n  db:\n    image: postgres:16\n', Dockerfile: 'FROM python:3.12\nCOPY . .\nENTRYPOINT ["./start.sh"]\n', 'start.sh': '#!/bin/sh\npython app/backend_pre_start.py\nexec gunicorn app:app\n' } },
    'it comes back until the database answers': { good: { 'docker-compose.yml': 'services:\n  web:\n    image: shop:1\n    restart: unless-stopped\n    depends_on: [db]\n  db:\n    image: postgres:16\n' } },
    'the application tries again by itself': { good: { 'docker-compose.yml': 'services:\n  web:\n    image: shop:1\n    depends_on: [db]\n  db:\n    image: postgres:16\n', 'requirements.txt': 'flask==3.0.3\ntenacity==9.0.0\n' } },
    'a database elsewhere, and a cache': { good: { 'docker-compose.yml': 'services:\n  web:\n    image: shop:1\n    depends_on: [cache]\n  cache:\n    image: redis:7\n' } },
    'a file for developers': { good: { 'docker-compose.dev.yml': 'services:\n  web:\n    build: .\n    depends_on: [db]\n  db:\n    image: postgres:16\n' } },
  }),
});

function pairs(project: Project): readonly Pair[] {
  return project.once('applications and databases', () => {
    const all = deployedServices(project);
    const databases = all.flatMap((database) => {
      const store = datastoreOf(database.service);
      return store && !store.cache && !store.console && /SQL|MariaDB|Mongo/.test(store.name) ? [{ database, store }] : [];
    });
    const apps = databases.length === 0 ? [] : all.filter((app) => !isInfrastructure(app.service.image ?? '') && !datastoreOf(app.service) && !isOneShot(app, all));
    return apps.flatMap((app): readonly Pair[] => databases.filter(({ database }) => app.layers.some(({ service }) => service.dependsOn.includes(database.service.name))).map((each) => ({ app, ...each })));
  });
}

function judge(project: Project): Judgement {
  const holds: Evidence[] = [];
  for (const pair of pairs(project)) {
    const gap = gapOf(pair, project);
    if (gap && 'message' in gap) return { open: [gap] };
    if (gap) holds.push(gap);
  }
  return holds.length > 0 ? { holds } : { notChecked: 'What the application does before it starts is not in the project.' };
}

/** What is missing, or the proof that it waits; undefined where nothing can be told. */
function gapOf({ app, database }: Pair, project: Project): Gap | Evidence | undefined {
  const name = database.service.name;
  const condition = saidOf(app, `depends_on.${name}.condition`);
  const checked = database.layers.some(({ service }) => service.healthcheck && !service.healthcheck.disabled);
  const place = { path: app.file.path, ...app.service.nameAt };
  if (condition?.value === 'service_healthy') {
    if (checked || !database.whole) return { path: condition.file.path, ...condition.at, text: `${app.service.name} waits until ${name} is healthy` };
    return { at: { path: condition.file.path, start: condition.valueAt.start, end: condition.valueAt.end }, message: `${app.service.name} waits until ${name} is healthy, and ${name} has no health check: it never starts.` };
  }
  const waits = waitsFor(app, project);
  if (waits === 'waits') return { ...place, text: `${app.service.name} waits for ${name} before it starts` };
  if (restarts(app)) return { ...place, text: `${app.service.name} comes back until ${name} answers` };
  if (waits === 'unseen' || !app.whole || ['tenacity', 'backoff', 'retrying', 'stamina'].some((each) => project.declares(each))) return undefined;
  const named = app.layers.flatMap(({ file, service }) => service.entries.filter((each) => (/^depends_on\.\d+$/.test(each.key) && each.value === name) || each.key.startsWith(`depends_on.${name}`)).map((each) => ({ path: file.path, start: each.at.start, end: each.at.end })))[0];
  return { at: named ?? place, message: `${app.service.name} starts without waiting for ${name}: nothing asks whether it accepts connections, and nothing starts it again.` };
}

/** The mapping form of `depends_on`, and a health check that the database's image has a tool for. */
function waiting(gap: Gap, source: Source, project: Project): readonly Edit[] | undefined {
  const pair = pairs(project).find((each) => each.app.file.path === gap.at.path && each.app.service.at.start <= gap.at.start && gap.at.end <= each.app.service.at.end);
  if (!pair || pair.database.file.path !== gap.at.path || source.line(gap.at.start) === source.line(pair.app.service.nameAt.start)) return undefined;
  const depends = conditioned(pair, source);
  const check = pair.database.service.healthcheck ? [] : healthCheck(pair, source);
  return depends && check ? [...depends, ...check] : undefined;
}

function conditioned({ app, database }: Pair, source: Source): readonly Edit[] | undefined {
  const name = database.service.name;
  const said = app.service.entries.find((each) => each.key === `depends_on.${name}.condition`);
  if (said) return said.value === 'service_healthy' ? [] : [{ start: said.valueAt.start, end: said.valueAt.end, text: 'service_healthy' }];
  const items = app.service.entries.filter((each) => /^depends_on\.\d+$/.test(each.key));
  const [first, last] = [items[0], items.at(-1)];
  const indent = serviceIndent(app.service, source);
  if (!first || !last || indent === undefined) return undefined;
  const key = source.text.lastIndexOf('depends_on', first.at.start);
  const closed = /^["']?[ \t]*\]/.exec(source.slice({ start: last.at.end, end: source.length }));
  const head = /^depends_on[ \t]*:/.exec(source.slice({ start: key, end: first.at.start }));
  if (key < app.service.at.start || !head || source.lineEnd(last.at.end) > last.at.end + (closed?.[0].length ?? 0)) return undefined;
  const step = /^ +$/.test(indent) && indent.length >= 4 && indent.length % 4 === 0 && source.indentation(app.service.nameAt.start).length === indent.length / 2 ? indent.slice(0, indent.length / 2) : '  ';
  const lines = items.map((each) => `\n${indent}${step}${each.value}:\n${indent}${step}${step}condition: ${each.value === name ? 'service_healthy' : 'service_started'}`);
  return [{ start: key + head[0].length, end: last.at.end + (closed?.[0].length ?? 0), text: lines.join('') }];
}

function healthCheck({ database, store }: Pair, source: Source): readonly Edit[] | undefined {
  const user = database.service.environment.find((each) => each.name === 'POSTGRES_USER')?.value;
  const test = store.name === 'PostgreSQL' ? `["CMD-SHELL", "pg_isready -U ${user === undefined ? 'postgres' : /^\w+$/.test(user) ? user : '$$POSTGRES_USER'}"]`
    : store.name === 'MariaDB' ? '["CMD", "healthcheck.sh", "--connect", "--innodb_initialized"]'
    : store.name === 'MySQL' ? '["CMD", "mysqladmin", "ping", "-h", "127.0.0.1"]'
    : store.name === 'MongoDB' ? '["CMD", "mongosh", "--quiet", "--eval", "db.adminCommand(\'ping\')"]' : undefined;
  return test === undefined ? undefined : addedToService(database.service, source, ['healthcheck:', `  test: ${test}`, '  interval: 5s', '  retries: 12']);
}

