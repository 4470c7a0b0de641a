import type { Judgement, Project } from '../kit';
import { automaticBackups, copiedByHand, DATABASE_CALLS, projectRule, selfHostedStores, showsNoDeployment } from '../kit';

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

  applies: (project) => selfHostedStores(project).length > 0 ? true : 'No data is kept on a machine of its own, as far as can be seen.',
  reads: [...DATABASE_CALLS, '*.backup', 'subprocess.run', 'subprocess.check_call', 'subprocess.check_output', 'subprocess.Popen', 'os.system'],
  project: judge,

  examples: () => ({
    'a job of a schedule tells the server to': {
      good: {
        'docker-compose.prod.yml': 'services:\n  web:\n    build: .\n    restart: always\n  db:\n    image: postgres:16\n    volumes: ["pg:/var/lib/postgresql/data"]\nvolumes: {pg: {}}\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
        '.github/workflows/nightly.yml': "on: {schedule: [{cron: '0 2 * * *'}]}\njobs:\n  copies:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: appleboy/ssh-action@v1\n        with:\n          host: shop.example.test\n          script: |\n            cd /opt/shop\n            ./scripts/backup.sh\n",
      },
    },
    'a layer for production over what developers start': {
      bad: {
        'docker-compose.yml': 'services:\n  web:\n    build: .\n    ports: ["8000:8000"]\n    volumes: [".:/usr/src/app"]\n  db:\n    image: postgres:16\n    volumes: ["pg:/var/lib/postgresql/data"]\nvolumes: {pg: {}}\n',
        'docker-compose.prod.yml': 'services:\n  web:\n    command: gunicorn app:app\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
      },
    },
    'a database in a container': {
      bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    restart: always\n  db:\n    image: postgres:16\n    volumes: ["pg:/var/lib/postgresql/data"]\nvolumes: {pg: {}}\n', 'README.md': 'Run `docker compose up -d`.\n' },
    },
    'a database service alone, for production': { bad: { 'docker-compose.prod.yml': 'services:\n  db:\n    image: mariadb:11\n    volumes: ["data:/var/lib/mysql"]\nvolumes: {data: {}}\n' } },
    'SQLite on the server': { bad: { 'app.py': 'SQLALCHEMY_DATABASE_URI = "sqlite:////srv/app/data/app.db"\n', Procfile: 'web: gunicorn -w 1 app:app\n' } },
    'SQLite of a program that nothing deploys': { severity: 'low', bad: { 'app.py': 'import sqlite3\nfrom flask import Flask\napp = Flask(__name__)\nDB = sqlite3.connect("shop.sqlite")\n', 'requirements.txt': 'flask\n' } },
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
  }),
});

function judge(project: Project): Judgement {
  const found = automaticBackups(project);
  if (found.length > 0) return { holds: found.slice(0, 3) };
  const [first, ...others] = selfHostedStores(project);
  if (!first) return { notApplicable: 'No data is kept on a machine of its own, as far as can be seen.' };
  const documented = copiedByHand(project);
  if (documented?.managed) return { holds: [documented] };
  const at = { path: first.path, start: first.start, end: first.end };
  if (documented) return { open: [{ at, message: `${first.text}; ${documented.text}, and nothing here does it by itself.`, variation: { severity: 'low', points: 2, because: 'a copy can be made by hand' }, related: [documented] }] };
  // A program that nobody is seen to run for others may hold nothing yet.
  const nowhere = showsNoDeployment(project);
  return { open: [{ at, message: `${first.text}, and nothing in the repository backs it up.`, related: others.slice(0, 3), ...(nowhere && { variation: { severity: 'low', points: 2, because: 'nothing here shows that it is deployed' } }) }] };
}
