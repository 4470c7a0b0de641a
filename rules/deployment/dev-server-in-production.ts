import type { DevServer, Edit, Evidence, Gap, Judgement, Project, Source, Started, Variation } from '../kit';
import { DEV_SERVER_CALLS, composeServices, devServerOf, dockerfileOf, fileName, isConsciousProduction, lastName, lineage, ownCommands, placeInWord, projectRule, replace, serverIn, startedCommands, startedServers } from '../kit';

interface Found { readonly started: Started; readonly server: DevServer }

export default projectRule({
  id: 'dev-server-in-production',
  title: 'Production runs a production server',
  severity: 'high', confidence: 'confirmed', blocks: 'always', effort: 'S', since: '1',
  why: 'The built-in servers handle one slow client badly, do not restart and are not hardened; their authors say not to use them. Reloaders also watch and re-execute files.',
  how: 'Start gunicorn, uvicorn without reload, or the production command of the framework.',
  links: ['https://flask.palletsprojects.com/en/stable/deploying/', 'https://docs.gunicorn.org/en/stable/deploy.html', 'https://fastapi.tiangolo.com/deployment/manually/'],
  anchors: ['semgrep avoid_using_app_run_directly', 'CWE-489'],
  hides: ['app-run-unguarded'],

  applies: (project) => startedCommands(project).length > 0 || composeCommands(project).length > 0 ? true : 'No file says how the application is started.',
  reads: [...DEV_SERVER_CALLS],
  project: judge,

  fix: [
    { title: 'Stop reloading', safety: 'safe', edit: (gap, { source, project }) => withoutReload(gap, source, project) },
    { title: 'Start a production server', safety: 'review', edit: (gap, { source, project }) => production(gap, source, project), remains: 'The server must be among the requirements.' },
  ],

  examples: () => ({
    'a file that starts the development server': {
      bad: { Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nCMD ["python", "app.py"]\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\nif __name__ == "__main__":\n    app.run(host="0.0.0.0")\n' },
      good: { Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nCMD ["gunicorn", "--bind", "0.0.0.0:5000", "app:app"]\n' },
    },
    'flask run': {
      bad: { Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nEXPOSE 8000\nCMD ["flask", "run", "--host", "0.0.0.0"]\n', 'shop/__init__.py': 'from flask import Flask\ndef create_app():\n    app = Flask(__name__)\n    return app\n' },
      good: { Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nEXPOSE 8000\nCMD ["gunicorn", "--bind", "0.0.0.0:8000", "shop:create_app()"]\n' },
      fix: 'Start a production server',
    },
    'the server of Django': { bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    command: python manage.py runserver 0.0.0.0:8000\n' } },
    'a reloader': {
      bad: { Procfile: 'web: uvicorn main:app --reload --port $PORT\n' },
      good: { Procfile: 'web: uvicorn main:app --port $PORT\n' },
    },
    'a reloader in words': {
      bad: { Dockerfile: 'FROM python:3.12\nCMD ["uvicorn", "main:app", "--reload", "--port", "80"]\n' },
      good: { Dockerfile: 'FROM python:3.12\nCMD ["uvicorn", "main:app", "--port", "80"]\n' },
    },
    'a unit': { bad: { 'app.service': '[Service]\nExecStart=/srv/venv/bin/python /srv/app/run.py\nRestart=always\n', 'run.py': 'from shop import create_app\napp = create_app()\nif __name__ == "__main__":\n    app.run(port=5000)\n', 'shop/__init__.py': 'from flask import Flask\ndef create_app():\n    return Flask(__name__)\n' } },
    'an entry script': { bad: { Dockerfile: 'FROM python:3.12\nENTRYPOINT ["./boot.sh"]\n', 'boot.sh': '#!/bin/sh\nflask db upgrade\nexec flask run --host 0.0.0.0\n' } },
    'a debugger for everybody': { severity: 'critical', bad: { Procfile: 'web: flask run --debug --host=0.0.0.0\n' } },
    'uvicorn from Python, with reload': { bad: { Procfile: 'web: python main.py\n', 'main.py': 'import uvicorn\nfrom fastapi import FastAPI\napp = FastAPI()\nif __name__ == "__main__":\n    uvicorn.run("main:app", host="0.0.0.0", reload=True)\n' } },
    'fastapi dev': { bad: { Procfile: 'web: fastapi dev main.py\n' } },
    'gunicorn': { good: { Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nCMD ["gunicorn", "--bind", "0.0.0.0:8000", "app:app"]\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\nif __name__ == "__main__":\n    app.run(debug=True)\n' } },
    'uvicorn from Python': { good: { Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nCMD ["python", "main.py"]\n', 'main.py': 'import uvicorn\nfrom fastapi import FastAPI\napp = FastAPI()\nif __name__ == "__main__":\n    uvicorn.run(app, host="0.0.0.0", port=8000)\n' } },
    'a real server from Python': { good: { Procfile: 'web: python serve.py\n', 'serve.py': 'from waitress import serve\nfrom flask import Flask\napp = Flask(__name__)\nif __name__ == "__main__":\n    serve(app, port=8000)\n' } },
    'only for developers, by a variable': { good: { Procfile: 'web: python app.py\n', 'app.py': 'import os\nfrom flask import Flask\napp = Flask(__name__)\nif __name__ == "__main__":\n    if os.environ.get("FLASK_ENV") == "development":\n        app.run(debug=True)\n' } },
    'an override, and files for developers': { good: { 'docker-compose.override.yml': 'services:\n  web:\n    command: flask run --debug\n', 'docker-compose.dev.yml': 'services:\n  web:\n    command: flask run\n', 'Procfile.dev': 'web: flask run\n', 'Dockerfile.dev': 'FROM python:3.12\nCMD ["flask", "run"]\n', 'docker-compose.yml': 'services:\n  web:\n    build: .\n' } },
    'compose for developers, and an image that starts a real one': { good: { Dockerfile: 'FROM python:3.12\nCMD ["gunicorn", "shop.wsgi"]\n', 'docker-compose.yml': 'services:\n  web:\n    build: .\n    command: python manage.py runserver 0.0.0.0:8000\n    volumes: [".:/app"]\n' } },
    'the environment of compose says so': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    command: flask run\n    environment:\n      FLASK_ENV: development\n' } },
    'a script of development': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    entrypoint: ./docker-entrypoint.dev.sh\n    command: python manage.py runserver 0.0.0.0:8000\n' } },
    'one branch of a script is for developers': { good: { Dockerfile: 'FROM python:3.12\nENTRYPOINT ["./start.sh"]\n', 'start.sh': '#!/bin/sh\nif [ "$ENV" = "development" ]; then\n  exec flask run --debug\nelse\n  exec gunicorn app:app\nfi\n' } },
    'an image beside a platform that starts a real one': { good: { Dockerfile: 'FROM python:3.12\nCMD ["flask", "run"]\n', 'render.yaml': 'services:\n  - type: web\n    name: shop\n    runtime: python\n    startCommand: gunicorn app:app\n' } },
    'a script that nothing of production starts': { good: { 'start-backend.sh': '#!/bin/sh\nuvicorn main:app --reload\n', Procfile: 'web: uvicorn main:app\n' } },
    'a worker': { good: { Procfile: 'worker: python worker.py\n', 'worker.py': 'from rq import Worker\nif __name__ == "__main__":\n    Worker(["default"]).work()\n' } },
    'a command of the application': { good: { Dockerfile: 'FROM python:3.12\nCMD ["flask", "shop", "run-jobs"]\n' } },
  }),
});

function judge(project: Project): Judgement {
  const all = found(project);
  if (all.length > 0) return { open: all.map((each) => gapOf(each)) };
  const servers = startedServers(project).filter((each) => !each.command.words.includes('--reload')).map((each): Evidence => ({ path: each.path, ...each.command.at, text: `starts ${each.server}` }));
  return servers.length > 0 ? { holds: servers.slice(0, 3) } : { notChecked: 'No command starts a server that is known.' };
}

/** Starts that production uses, by the words of its files. A compose file that overrides what the image starts, or a platform beside an image, decides. */
function found(project: Project): readonly Found[] {
  return project.once('development servers', () => {
    const outside = [...startedCommands(project).filter((each) => each.by !== 'compose' && !each.alone), ...composeCommands(project)];
    const byPath = new Map<string, readonly Started[]>();
    for (const each of outside) byPath.set(each.path, [...byPath.get(each.path) ?? [], each]);
    const platform = outside.some((each) => (each.by === 'platform' || each.by === 'procfile') && serverIn(each.command.words));
    return outside.flatMap((started): readonly Found[] => {
      const server = devServerOf(started.command, project);
      if (!server || (platform && started.by !== 'platform' && started.by !== 'procfile')) return [];
      // A script or a process list that can start a real one chooses between them.
      const chooses = started.by === 'shell' && (byPath.get(started.path) ?? []).some((each) => serverIn(each.command.words) && !each.command.words.includes('--reload'));
      return chooses ? [] : [{ started, server }];
    });
  });
}

/** Commands of compose files, but for those of developers: those that say so, and those that put a developer's command over what the image starts. */
function composeCommands(project: Project): readonly Started[] {
  return composeServices(project).flatMap((deployed) => {
    const file = dockerfileOf(deployed, project);
    const image = file ? ownCommands(lineage(file, deployed.service.build?.target), []) : [];
    if (image.some((each) => serverIn(each.words)) && !isConsciousProduction(deployed)) return [];
    return deployed.layers.flatMap(({ file: unit, service }) => service.commands.map((command): Started => ({ path: unit.path, command, form: 'compose', by: 'compose' })));
  });
}

function gapOf({ started, server }: Found): Gap {
  const at = placeInWord(started.command, server.word, 0);
  const variation: Variation | undefined = server.open && { severity: 'critical', points: 40, because: 'its debugger runs code for everybody who reaches it' };
  const related = server.call && [{ path: started.path, start: at.start, end: at.end, text: `${server.call.written}() starts it` }];
  return { at: { path: started.path, start: at.start, end: at.end }, message: `${fileName(started.path)} starts ${server.name}, which is made for one developer.`, ...(variation && { variation }), ...(related && { related }) };
}

// ---- fixes

function foundAt(gap: Gap, project: Project): Found | undefined {
  return found(project).find(({ started, server }) => started.path === gap.at.path && placeInWord(started.command, server.word, 0).start === gap.at.start);
}

/** The word goes, with what parts it from the one before. */
function withoutReload(gap: Gap, source: Source, project: Project): readonly Edit[] | undefined {
  const one = foundAt(gap, project);
  const before = one?.started.command.wordsAt[(one.server.word) - 1];
  const own = one?.started.command.wordsAt[one.server.word];
  if (!one?.server.reloads || !before || !own || !/^[\s,]*$/.test(source.slice({ start: before.end, end: own.start }))) return undefined;
  return [replace({ start: before.end, end: own.end }, '')];
}

/** gunicorn or uvicorn with the application that was found, in the place of a Dockerfile's command. */
function production(gap: Gap, source: Source, project: Project): readonly Edit[] | undefined {
  const one = foundAt(gap, project);
  const unit = project.unit(gap.at.path);
  const application = project.applications.find((each) => ['flask', 'fastapi', 'starlette'].includes(each.framework));
  const module = application && project.modules.find((each) => each.path === application.path);
  if (!one || one.server.reloads || unit?.kind !== 'dockerfile' || !application || !module) return undefined;
  const instruction = unit.stages.flatMap((stage) => stage.instructions).find((each) => (each.keyword === 'CMD' || each.keyword === 'ENTRYPOINT') && each.at.start <= gap.at.start && gap.at.end <= each.at.end);
  const body = instruction && source.slice(instruction.at).search(/[^A-Za-z\s]|(?<=\s)\S/);
  if (!instruction || body === undefined || body < 0 || instruction.keyword !== 'CMD') return undefined;
  const exposed = unit.stages.flatMap((stage) => stage.instructions).findLast((each) => each.keyword === 'EXPOSE')?.text;
  const given = one.server.call?.keywords.find((each) => each.name === 'port')?.value;
  const port = given?.kind === 'number' ? String(given.value) : /^\d+/.exec(exposed ?? '')?.[0] ?? (application.framework === 'flask' ? '5000' : '8000');
  const target = `${module.name}:${application.factory === '' ? application.name : `${lastName(application.factory)}()`}`;
  const words = application.framework === 'flask' ? ['gunicorn', '--bind', `0.0.0.0:${port}`, target] : ['uvicorn', '--host', '0.0.0.0', '--port', port, target.replace(/\(\)$/, '')];
  if (application.framework !== 'flask' && application.factory !== '') words.push('--factory');
  return [replace({ start: instruction.at.start + body, end: instruction.at.end }, `[${words.map((word) => JSON.stringify(word)).join(', ')}]`)];
}
