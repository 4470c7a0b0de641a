import type { Compose, Evidence, Judgement, Project, Service, Unit } from '../kit';
import { DATABASE_CALLS, databases, fileName, isDevelopmentService, isInfrastructure, projectRule, textsIn } from '../kit';

/** What makes copies of data, by program or service. */
const TOOLS = /\b(pg_dump(all)?|pg_basebackup|mysqldump|mysqlpump|mydumper|mariadb-dump|mariadb-backup|mariabackup|xtrabackup|mongodump|sqlite3\b.*\.(backup|dump)\b|VACUUM INTO|litestream|wal-g|wal-e|barman|restic|borg(matic|backup)?|kopia|duplicity|duplicacy|pgbackrest|dbbackup|rdiff-backup|rsnapshot|tarsnap|velero|backup-local|docker-volume-backup|autopostgresqlbackup|postgres-backup\S*|mysql-backup\S*|pghoard|tiredofit\/db-backup)\b/i;
const BACKUP = /(^|[\s_./-])back-?ups?([\s_./-]|$)/i;
const STORES = /(^|\/)(postgres|postgis|timescaledb(-ha)?|pgvector|mysql|mariadb|percona(-server)?|mongo|mongodb|influxdb|couchdb|clickhouse-server|neo4j|surrealdb|supabase\/postgres|arangodb|cassandra|rethinkdb)([:@-]|$)/;

export default projectRule({
  id: 'backup-missing',
  title: 'The data is backed up automatically',
  severity: 'high', points: 15, confidence: 'likely', effort: 'M', since: '1',
  // People who were told that a pilot may lose what they enter are owed less than those who rely on it; payments have to be kept all the same.
  blocks: { when: 'it keeps personal data in production, or payment data', holds: (_, { data, stage }) => data.includes('payment') || (data.includes('personal') && stage === 'production') },
  why: `Disks fail, and so do people with a terminal. Without a copy that day is the end of the service.`,
  how: `Schedule a dump, copy it off the machine, and practise the restore.`,
  links: ['https://www.postgresql.org/docs/current/backup.html', 'https://www.sqlite.org/backup.html', 'https://sre.google/sre-book/data-integrity/'],
  ladder: { name: 'backups', rung: 1 },
  attestable: 'offsite-backup',

  applies: (project) => stores(project).length > 0 ? true : 'No data is kept on a machine of its own, as far as can be seen.',
  reads: [...DATABASE_CALLS, '*.backup', 'subprocess.run', 'subprocess.check_call', 'subprocess.check_output', 'subprocess.Popen', 'os.system'],
  project: judge,

  examples: {
    'a database in a container': {
      bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    restart: always\n  db:\n    image: postgres:16\n    volumes: ["pg:/var/lib/postgresql/data"]\nvolumes: {pg: {}}\n', 'README.md': 'Run `docker compose up -d`.\n' },
    },
    'a database service alone, for production': { bad: { 'docker-compose.prod.yml': 'services:\n  db:\n    image: mariadb:11\n    volumes: ["data:/var/lib/mysql"]\nvolumes: {data: {}}\n' } },
    'SQLite on the server': { bad: { 'app.py': 'SQLALCHEMY_DATABASE_URI = "sqlite:////srv/app/data/app.db"\n', Procfile: 'web: gunicorn -w 1 app:app\n' } },
    'SQLite of a program that nothing deploys': { severity: 'medium', bad: { 'app.py': 'import sqlite3\nfrom flask import Flask\napp = Flask(__name__)\nDB = sqlite3.connect("shop.sqlite")\n', 'requirements.txt': 'flask\n' } },
    'a stateful set': { bad: { 'k8s/db.yaml': 'apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: db\nspec:\n  template:\n    spec:\n      containers:\n        - name: db\n          image: postgres:16\n  volumeClaimTemplates:\n    - metadata:\n        name: data\n' } },
    'dumped by hand, says the documentation': {
      severity: 'low',
      bad: {
        'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    volumes: ["pg:/var/lib/postgresql/data"]\nvolumes: {pg: {}}\n',
        'docs/OPERATIONS.md': '## Backup\n\n```sh\ndocker compose exec db pg_dump -U app app > backup.sql\n```\n',
      },
    },
    'copied by hand, with a page of the application': {
      severity: 'low',
      bad: {
        'docker-compose.yml': 'services:\n  web:\n    build: .\n    command: bash -c "while !</dev/tcp/db/5432; do sleep 1; done; uwsgi /opt/uwsgi.ini"\n  db:\n    image: postgres:16\n    volumes: ["pg:/var/lib/postgresql/data"]\nvolumes: {pg: {}}\n',
        'shop/templates/admin/backup.html': '<a href="/admin/export">Download everything</a>\n',
      },
    },
    'Django: a file unless the environment says otherwise': {
      good: {
        'shop/settings.py': 'import os\nINSTALLED_APPS = []\nDATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}\nif os.getenv("DB") == "postgres":\n    DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "shop"}}\n',
        'shop/wsgi.py': 'application = None\n', Procfile: 'web: gunicorn shop.wsgi\n',
      },
    },
    'a service that backs up': {
      good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    volumes: ["pg:/var/lib/postgresql/data"]\n  backup:\n    image: prodrigestivill/postgres-backup-local:16\n    volumes: ["./backups:/backups"]\nvolumes: {pg: {}}\n' },
    },
    'a script and a crontab': {
      good: {
        'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    volumes: ["pg:/var/lib/postgresql/data"]\nvolumes: {pg: {}}\n',
        'ops/dump.sh': '#!/bin/sh\ndocker compose exec -T db pg_dump -U app app | gzip > "/srv/copies/$(date +%F).sql.gz"\n', 'ops/crontab': '0 3 * * * root /srv/app/ops/dump.sh\n',
      },
    },
    'a workflow': {
      good: {
        'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: mysql:8\n    volumes: ["data:/var/lib/mysql"]\nvolumes: {data: {}}\n',
        '.github/workflows/nightly.yml': 'on: {schedule: [{cron: "0 3 * * *"}]}\njobs:\n  copy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ssh host "mysqldump shop | restic backup --stdin"\n',
      },
    },
    'a management command': {
      good: {
        'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    volumes: ["pg:/var/lib/postgresql/data"]\nvolumes: {pg: {}}\n',
        'shop/settings.py': 'INSTALLED_APPS = ["shop", "dbbackup"]\n', 'shop/wsgi.py': 'application = None\n',
      },
    },
    'the application copies its SQLite file': {
      good: { 'app.py': 'import sqlite3\nfrom flask import Flask\napp = Flask(__name__)\nDB = sqlite3.connect("/srv/app/app.db")\n\n\ndef copy_database():\n    with sqlite3.connect("/mnt/copies/app.db") as target:\n        DB.backup(target)\n', Procfile: 'web: gunicorn -w 1 app:app\n' },
    },
    'SQLite, replicated': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\napp.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:////data/app.db"\n', 'litestream.yml': 'dbs:\n  - path: /data/app.db\n', Dockerfile: 'FROM python:3.12\nCMD ["litestream", "replicate", "-exec", "gunicorn app:app"]\n' } },
    'a managed database': { good: { 'render.yaml': 'databases:\n  - name: shop-db\n    plan: basic-1gb\nservices:\n  - type: web\n    name: shop\n    startCommand: gunicorn app:app\n' } },
    'compose for development beside a platform': {
      good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    volumes: ["pg:/var/lib/postgresql/data"]\nvolumes: {pg: {}}\n', 'fly.toml': 'app = "shop"\n' },
    },
    'compose that serves a developer': {
      good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    command: python manage.py runserver 0.0.0.0:8000\n    volumes: [".:/code"]\n  db:\n    image: postgres:16\n    volumes: ["pg:/var/lib/postgresql/data"]\nvolumes: {pg: {}}\n' },
    },
    'compose with a database for developers and no application': { good: { 'docker-compose.yml': 'services:\n  postgres:\n    image: postgres:16\n    ports: ["5432:5432"]\n    volumes: ["pg:/var/lib/postgresql/data"]\nvolumes: {pg: {}}\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', Procfile: 'web: gunicorn app:app\n' } },
    'a cache keeps nothing worth a copy': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  cache:\n    image: redis:7\n    volumes: ["r:/data"]\nvolumes: {r: {}}\n' } },
    'the provider backs up, says the documentation': {
      good: {
        'docker-compose.yml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    volumes: ["pg:/var/lib/postgresql/data"]\nvolumes: {pg: {}}\n',
        'docs/HOSTING.md': '# Hosting\n\n## Automatic backups\n\nThe volume is snapshotted every night by the provider.\n',
      },
    },
  },
});

function judge(project: Project): Judgement {
  const found = automatic(project);
  if (found.length > 0) return { holds: found.slice(0, 3) };
  const [first, ...others] = stores(project);
  if (!first) return { notApplicable: 'No data is kept on a machine of its own, as far as can be seen.' };
  const documented = byHand(project);
  if (documented?.managed) return { holds: [documented] };
  const at = { path: first.path, start: first.start, end: first.end };
  if (documented) return { open: [{ at, message: `${first.text}; ${documented.text}, and nothing here does it by itself.`, variation: { severity: 'low', points: 2, because: 'a copy can be made by hand' }, related: [documented] }] };
  // A program that nobody is seen to run for others may hold nothing yet.
  const nowhere = project.production.length === 0 && project.server === undefined;
  return { open: [{ at, message: `${first.text}, and nothing in the repository backs it up.`, related: others.slice(0, 3), ...(nowhere && { variation: { severity: 'medium', because: 'nothing here shows that it is deployed' } }) }] };
}

/** Where data is kept by a machine of the owner's. */
function stores(project: Project): readonly Evidence[] {
  return project.once('selfHostedStores', () => {
    const hosted = project.production.some((unit) => unit.kind === 'platform');
    const compose = project.production.flatMap((unit) => unit.kind === 'compose' && unit.role === 'production' && !(hosted && !/prod|deploy/i.test(fileName(unit.path))) && runsApplication(unit) ? unit.services.filter(keepsData).map((each) => ({ path: unit.path, ...each.nameAt, text: `${each.name} (${each.image ?? ''}) keeps its data here` })) : []);
    const cluster = project.production.flatMap((unit) => unit.kind === 'kubernetes' ? unit.objects.filter((object) => /^(StatefulSet|Deployment)$/.test(object.type) && object.entries.some((each) => /containers\.\d+\.image$/.test(each.key) && STORES.test(each.value))).map((object) => ({ path: unit.path, ...object.at, end: object.at.start, text: `${object.name} keeps its data in the cluster` })) : []);
    const files = project.deployable && !hosted ? databases(project).filter((each) => each.engine === 'sqlite' && !each.replaceable).map((each) => ({ path: each.path, start: each.start, end: each.end, text: 'The data is in a file of SQLite' })) : [];
    return [...compose, ...cluster, ...files];
  });
}

function keepsData(service: Service): boolean {
  return service.image !== undefined && STORES.test(service.image) && service.volumes.length > 0 && !service.profiles.some((each) => /dev|test|debug|local/i.test(each));
}

/** The file is made to run the application for its users: named so, or with a service of the project's that no developer sits before. */
function runsApplication(unit: Compose): boolean {
  const own = unit.services.filter((each) => !isInfrastructure(each.image ?? '') && (each.build !== undefined || each.image !== undefined));
  if (/prod|deploy/i.test(fileName(unit.path))) return true;
  return own.some((each) => each.build !== undefined || each.ports.length > 0) && !own.some(isForDeveloper);
}

function isForDeveloper(service: Service): boolean {
  const command = `${service.entrypoint ?? ''} ${service.command ?? ''}`;
  const mounted = service.volumes.some((each) => /^\.{1,2}\/?(\w+\/?)?:\/(app|code|src|usr\/src|workspace|srv|home)(\/\w*)*(:|$)/.test(each.text) && !/(data|upload|media|static|log|report|backup|config|ssl|cert|storage|instance)s?[/:]/i.test(each.text));
  const restarts = service.entries.some((each) => each.key === 'restart' && /always|unless-stopped/.test(each.value));
  return isDevelopmentService(service) || /\brunserver\b|--reload\b|\bflask\b.*\brun\b|\brun dev\b|[._-]dev\b|(?<![/\w])dev\b(?!\/)/.test(command) || (mounted && !restarts) || /dev/i.test(service.build?.target ?? '') || service.environment.some((each) => /^(FLASK_DEBUG|DEBUG|DJANGO_DEBUG)$/.test(each.name) && /^["']?(1|true|on|yes)/i.test(each.value ?? ''));
}

/** Whatever makes copies without a person. */
function automatic(project: Project): readonly Evidence[] {
  const apps = project.settings('INSTALLED_APPS').flatMap((each) => textsIn(each.value).filter((one) => one.value.startsWith('dbbackup')).map((one) => ({ path: each.path, start: one.at.start, end: one.at.end, text: 'django-dbbackup' })));
  const calls = project.calls('*.backup').filter(({ call }) => call.args.length > 0 && /conn|db|sqlite|source|database/i.test(call.callee)).map(({ module, call }) => ({ path: module.path, ...call.at, text: call.written }));
  const run = project.calls('subprocess.run', 'subprocess.check_call', 'subprocess.check_output', 'subprocess.Popen', 'os.system').filter(({ module, call }) => call.args.some((arg) => textsIn(project.resolve(arg, module)).some((one) => TOOLS.test(one.value)))).map(({ module, call }) => ({ path: module.path, ...call.at, text: 'the program dumps the data' }));
  const named = project.paths.filter((path) => BACKUP.test(path) && /(\.(sh|bash|service|timer|ya?ml|toml|cron)|(^|\/)management\/commands\/[^/]+\.py|(^|\/)(tasks?|jobs?|scripts?|ops|bin|cron\w*)\/[^/]+|crontab)$/.test(path) && !/(^|\/)(tests?|templates?|migrations|docs?)\//.test(path)).map((path) => ({ path, start: 0, end: 0, text: fileName(path) }));
  const litestream = project.paths.filter((path) => /(^|\/)(litestream|litefs|pgbackrest|borgmatic)(\.\w+)*$/.test(path)).map((path) => ({ path, start: 0, end: 0, text: fileName(path) }));
  return [...apps, ...calls, ...run, ...project.units.flatMap((unit) => inUnit(unit, project)), ...named, ...litestream];
}

function inUnit(unit: Unit, project: Project): readonly Evidence[] {
  const at = (span: { readonly start: number; readonly end: number }, text: string): Evidence => ({ path: unit.path, start: span.start, end: span.end, text: text.slice(0, 80) });
  const words = (all: readonly { readonly words: readonly string[]; readonly at: { readonly start: number; readonly end: number } }[]) => all.filter((each) => TOOLS.test(each.words.join(' '))).slice(0, 1).map((each) => at(each.at, each.words.join(' ')));
  switch (unit.kind) {
    case 'shell': return words(unit.commands);
    case 'crontab': return unit.jobs.filter((each) => TOOLS.test(each.command) || BACKUP.test(each.command)).map((each) => at(each.at, each.command));
    case 'workflow': return unit.jobs.flatMap((job) => words(job.steps.flatMap((step) => step.commands)));
    case 'pipeline': return unit.commands.flatMap((each) => words(each.commands));
    case 'ini': return unit.sections.flatMap((section) => words(section.commands));
    case 'dockerfile': return unit.stages.flatMap((stage) => stage.instructions.filter((each) => /^(CMD|ENTRYPOINT)$/.test(each.keyword)).flatMap((each) => words(each.commands)));
    case 'compose': return unit.services.filter((each) => BACKUP.test(each.name) || TOOLS.test(`${each.image ?? ''} ${each.command ?? ''}`) || BACKUP.test(each.image ?? '')).map((each) => at(each.nameAt, `${each.name} backs up`));
    case 'kubernetes': return unit.objects.filter((object) => /Backup/.test(object.type) || (object.type === 'CronJob' && object.entries.some((each) => TOOLS.test(each.value))) || object.entries.some((each) => /(^|\.)backup\./.test(each.key))).map((object) => at(object.at, `${object.name} backs up`));
    case 'platform': return unit.commands.flatMap((each) => words(each.commands));
    case 'plain': return unit.format === 'makefile' && TOOLS.test(project.text(unit.path) ?? '') ? [at({ start: 0, end: 0 }, 'a target of the Makefile')] : [];
    default: return [];
  }
}

/** A document that tells how data is copied; `managed` where it says that somebody else does it. */
function byHand(project: Project): (Evidence & { readonly managed: boolean }) | undefined {
  for (const unit of project.of('markdown')) {
    const heading = unit.headings.find((each) => /\bback-?ups?\b|snapshots?/i.test(each.text));
    const code = unit.code.find((each) => TOOLS.test(each.text));
    const place = code ?? heading;
    if (!place) continue;
    const managed = heading !== undefined && /\b(automatic|automated|managed|provider|nightly|daily|scheduled)\b/i.test(`${heading.text} ${(project.text(unit.path) ?? '').slice(heading.at.end, heading.at.end + 600)}`);
    return { path: unit.path, start: place.at.start, end: place.at.end, text: 'the documentation says how to copy it', managed };
  }
  const own = project.paths.find((path) => BACKUP.test(path) && /\.(py|html|jinja2?)$/.test(path) && !/(^|\/)(tests?|migrations|docs?)\//.test(path) && !/(^|\/)[^/]*backup\.py$/.test(path));
  return own === undefined ? undefined : { path: own, start: 0, end: 0, text: 'the application offers a copy to download', managed: false };
}
