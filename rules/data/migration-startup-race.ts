import type { Call, Command, Evidence, Gap, Judgement, Module, Project } from '../kit';
import { functionsAround, fileName, onlyInDevelopment, projectRule, runsAtStart } from '../kit';

const UPGRADES = ['flask_migrate.upgrade', 'alembic.command.upgrade', 'alembic.config.main', 'django.core.management.call_command', 'aerich.Command.upgrade', 'alembic.config.CommandLine.main'] as const;
/** Words of a command line that bring the schema up to date. */
const COMMAND = /\b(flask\b.*\bdb\s+upgrade|alembic\b.*\bupgrade|manage\.py\s+migrate|django-admin\s+migrate|aerich\s+upgrade)\b/;
const SERVERS = /\b(gunicorn|uvicorn|hypercorn|daphne|uwsgi|waitress-serve|granian|fastapi\s+run)\b/;
/** Locks by which one process at a time goes through. */
const LOCKS = /advisory_lock|\bGET_LOCK\b|FileLock|fcntl\.|\bflock\b|\.lock\(|\bLock\(|redlock|acquire\(/i;

export default projectRule({
  id: 'migration-startup-race',
  title: 'Migrations run once per deploy',
  severity: 'low', points: 2, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  ladder: { name: 'migrations', rung: 6 },
  why: 'Two processes altering the same table at once can fail half way or lock each other. It happens on the first scale-up, not in tests.',
  how: 'Run migrations in a release step or one-shot job before the new version starts.',
  links: ['https://12factor.net/admin-processes', 'https://alembic.sqlalchemy.org/en/latest/tutorial.html'],
  anchors: ['CWE-362'],

  reads: UPGRADES,
  project: judge,

  examples: () => ({
    'in the factory, with four workers': { bad: { 'app.py': 'from flask_migrate import upgrade\ndef create_app(app):\n    with app.app_context():\n        upgrade()\n    return app\n', Procfile: 'web: gunicorn -w 4 app:app\n' }, severity: 'medium' },
    'at the start of FastAPI': { bad: { 'main.py': 'from contextlib import asynccontextmanager\nfrom alembic import command\nfrom alembic.config import Config\nfrom fastapi import FastAPI\n@asynccontextmanager\nasync def lifespan(app):\n    command.upgrade(Config("alembic.ini"), "head")\n    yield\napp = FastAPI(lifespan=lifespan)\n', Procfile: 'web: uvicorn main:app --workers 4\n' }, severity: 'medium' },
    'in the entry point of three replicas': { bad: { 'entrypoint.sh': '#!/bin/sh\nset -e\nflask db upgrade\nexec gunicorn -w 4 app:app\n', 'docker-compose.yml': 'services:\n  web:\n    build: .\n    entrypoint: ./entrypoint.sh\n    deploy: {replicas: 3}\n' } },
    'a release step': { good: { Procfile: 'release: flask db upgrade\nweb: gunicorn -w 4 app:app\n' } },
    'in the entry point of one container': { good: { 'entrypoint.sh': '#!/bin/sh\nset -e\nflask db upgrade\nexec gunicorn -w 4 app:app\n', Dockerfile: 'FROM python:3.12\nENTRYPOINT ["./entrypoint.sh"]\n' } },
    'one worker': { good: { 'app.py': 'from flask_migrate import upgrade\ndef create_app(app):\n    with app.app_context():\n        upgrade()\n    return app\n', Procfile: 'web: gunicorn -w 1 app:app\n' } },
    'under a lock': { good: { 'app.py': 'from filelock import FileLock\nfrom flask_migrate import upgrade\ndef create_app(app):\n    with FileLock("/tmp/migrate"), app.app_context():\n        upgrade()\n    return app\n', Procfile: 'web: gunicorn -w 4 app:app\n' } },
    'a command': { good: { 'app.py': 'from flask import Flask\nfrom flask_migrate import upgrade\napp = Flask(__name__)\n@app.cli.command("deploy")\ndef deploy():\n    upgrade()\n', Procfile: 'web: gunicorn -w 4 app:app\n' } },
    'a service that runs once': { good: { 'docker-compose.yml': 'services:\n  migrate:\n    image: app\n    command: alembic upgrade head\n  web:\n    image: app\n    command: gunicorn -w 4 app:app\n    deploy: {replicas: 3}\n' } },
    'another command of Django': { good: { 'site1/wsgi.py': 'from django.core.management import call_command\nfrom django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\ncall_command("check")\n', Procfile: 'web: gunicorn -w 4 site1.wsgi\n' } },
    'tests': { good: { 'tests/conftest.py': 'from flask_migrate import upgrade\nupgrade()\n', Procfile: 'web: gunicorn -w 4 app:app\n' } },
  }),
});

function judge(project: Project): Judgement {
  const { workers } = project;
  const started = project.calls(...UPGRADES).find(({ module, call }) => isUpgrade(call) && isAtStart(project, module, call));
  if (started && !(workers.count === 'one')) {
    const several = workers.count === 'several';
    return { open: [{
      at: { path: started.module.path, ...started.call.calleeAt }, message: `Migrations run while the application starts, ${several ? `once for each of ${workers.processes ?? 'several'} processes` : 'in every process that serves it'}.`,
      ...(several ? { variation: { severity: 'medium', points: 6, because: 'it happens in the application itself' } as const } : {}), ...(workers.evidence && { related: [workers.evidence] }),
    }] };
  }
  const raced = racingEntry(project);
  if (raced) return { open: [raced] };
  const once = onceOnly(project);
  if (once) return { holds: [once] };
  return { notApplicable: started ? 'One process serves the application.' : 'Nothing that is deployed runs migrations.' };
}

function isUpgrade(call: Call): boolean {
  if (!call.callee.endsWith('call_command')) return !call.callee.endsWith('.main') || call.args.some((each) => each.kind === 'list' && each.items.some((item) => item.kind === 'text' && item.value === 'upgrade'));
  return call.args[0]?.kind === 'text' && call.args[0].value === 'migrate';
}

function isAtStart(project: Project, module: Module, call: Call): boolean {
  if (!runsAtStart(project, module, call) || onlyInDevelopment(call)) return false;
  const [func] = functionsAround(module, call.at);
  const text = project.text(module.path) ?? '';
  return !LOCKS.test(func ? text.slice(func.at.start, func.at.end) : text.slice(Math.max(0, call.at.start - 400), call.at.end));
}

/** A service of several replicas whose entry point migrates and then starts the server. */
function racingEntry(project: Project): Gap | undefined {
  for (const unit of project.production) {
    if (unit.kind !== 'compose') continue;
    for (const service of unit.services) {
      if ((service.replicas ?? 1) < 2) continue;
      const found = entryOf(project, service.commands, unit.path);
      if (found) return { at: found, message: `Migrations run when a container of ${service.name} starts, once for each of ${service.replicas ?? 2} replicas.`, related: [{ path: unit.path, ...service.nameAt, text: `${service.replicas ?? 2} replicas` }] };
    }
  }
  return undefined;
}

/** The command that migrates, when a server follows it in the same commands or in the script they start. */
function entryOf(project: Project, own: readonly Command[], path: string): Evidence | undefined {
  const scripts = own.flatMap((command) => command.words.map((word) => fileName(word))).filter((word) => /\.sh$|^(docker-)?entry-?point$/.test(word));
  const lists = [{ path, commands: own }, ...project.of('shell').filter((unit) => scripts.includes(fileName(unit.path))).map((unit) => ({ path: unit.path, commands: unit.commands }))];
  for (const list of lists) {
    const at = list.commands.findIndex((command) => COMMAND.test(command.words.join(' ')));
    const command = list.commands[at];
    if (command && list.commands.slice(at + 1).some((each) => SERVERS.test(each.words.join(' '))) && !list.commands.some((each) => LOCKS.test(each.words.join(' ')))) return { path: list.path, ...command.at, text: 'migrates' };
  }
  return undefined;
}

/** A release step, a job or an entry point that brings the schema up to date. */
function onceOnly(project: Project): Evidence | undefined {
  const found = project.commands.find((each) => COMMAND.test(each.text));
  if (found) return { ...found, text: 'migrations run in the deploy' };
  for (const unit of project.of('shell')) {
    const command = unit.commands.find((each) => COMMAND.test(each.words.join(' ')));
    if (command) return { path: unit.path, ...command.at, text: `migrations run in ${fileName(unit.path)}` };
  }
  return hooked(project);
}

/** uWSGI runs a command before it loads the application, once for all of its processes: `hook-pre-app = exec:./manage.py migrate`. */
function hooked(project: Project): Evidence | undefined {
  for (const unit of project.of('ini')) {
    const entry = unit.sections.filter((each) => each.name === 'uwsgi').flatMap((each) => each.entries).find((each) => each.name.startsWith('hook-') && COMMAND.test(each.value ?? ''));
    if (entry) return { path: unit.path, ...entry.at, text: `migrations run in ${fileName(unit.path)}` };
  }
  return undefined;
}
