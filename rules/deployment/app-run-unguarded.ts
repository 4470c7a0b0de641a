import type { CallMatch, Module, Project, Selector, Source } from '../kit';
import { call, fileName, lastName, onlyAsProgram, onlyInDevelopment, replace, rule } from '../kit';

export default rule<CallMatch>({
  id: 'app-run-unguarded',
  title: 'Importing the app does not start a server',
  severity: 'medium', points: 6, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: 'gunicorn imports the module and then hangs in the development server, so the container never becomes healthy. Tests and migrations hang the same way.',
  how: 'Keep the call in a main guard.',
  links: ['https://flask.palletsprojects.com/en/stable/deploying/', 'https://docs.gunicorn.org/en/stable/deploy.html'],
  anchors: ['bandit B104', 'ruff S104', 'semgrep avoid_app_run_with_bad_host', 'CWE-605'],

  on: runs(),
  check: (match, { project }) => {
    const { call: one, module } = match;
    if (isAtImport(match)) return isEntry(module, project) ? { severity: 'low', because: 'the file only starts the server, and nothing imports it' } : true;
    return isOpenDevelopmentServer(match) && project.server === undefined && !onlyInDevelopment(one) && { severity: 'low', because: 'it only runs when the file is started, and no other server is configured' };
  },
  message: (match) => isAtImport(match) ? `${match.call.written}() runs when the file is imported.` : `${match.call.written}() opens the development server to every network.`,
  underline: (match) => isAtImport(match) ? match.call.calleeAt : match.argument('host', 0)?.at ?? match.call.calleeAt,
  holds: ({ call: one }) => onlyAsProgram(one) ? `${one.written}() stands in a main guard` : undefined,
  nothing: 'No file starts a server from Python.',

  fix: {
    title: 'Guard the call',
    safety: 'safe',
    edit: (match, { source, project }) => {
      const { call: one, module } = match;
      const text = source.slice(one.at);
      // A file that starts the server by importing this one would stop doing so.
      if (!isAtImport(match) || isImported(module, project) || !isStatement(match, source) || /"""|'''|\\\r?\n/.test(text)) return undefined;
      return [replace(one.at, `if __name__ == "__main__":\n    ${text.replace(/\r?\n(?=[^\r\n])/g, '\n    ')}`)];
    },
  },

  examples: () => ({
    'at the end of the file': {
      bad: 'from flask import Flask\napp = Flask(__name__)\napp.run(port=5000)\n', good: 'from flask import Flask\napp = Flask(__name__)\nif __name__ == "__main__":\n    app.run(port=5000)\n',
    },
    'several lines': {
      bad: 'from flask import Flask\n\napp = Flask(__name__)\n\napp.run(\n    port=5000,\n    threaded=True,\n)\n', good: 'from flask import Flask\n\napp = Flask(__name__)\n\nif __name__ == "__main__":\n    app.run(\n        port=5000,\n        threaded=True,\n    )\n',
    },
    'uvicorn, in the file it serves': {
      bad: 'import uvicorn\nfrom fastapi import FastAPI\n\napp = FastAPI()\nuvicorn.run(app, port=8000)\n', good: 'import uvicorn\nfrom fastapi import FastAPI\n\napp = FastAPI()\nif __name__ == "__main__":\n    uvicorn.run(app, port=8000)\n', path: 'main.py',
    },
    'sockets': { bad: 'from flask import Flask\nfrom flask_socketio import SocketIO\napp = Flask(__name__)\nsocketio = SocketIO(app)\nsocketio.run(app)\n' },
    'a file that another imports': { bad: { 'shop.py': 'from flask import Flask\napp = Flask(__name__)\napp.run()\n', 'wsgi.py': 'from shop import app\n' } },
    'a file that only starts the server': { bad: { 'run.py': 'from shop import app\n\napp.run()\n', 'shop/__init__.py': 'from flask import Flask\napp = Flask(__name__)\n' }, severity: 'low' },
    'an application from a factory': {
      bad: { 'serve.py': 'from shop import create_app\n\napp = create_app()\napp.run(port=5000)\n', 'shop/__init__.py': 'from flask import Flask\n\nclass Shop(Flask):\n    pass\n\ndef create_app():\n    app = Shop(__name__)\n    with app.app_context():\n        pass\n    return app\n' },
      good: { 'serve.py': 'from shop import create_app\n\napp = create_app()\nif __name__ == "__main__":\n    app.run(port=5000)\n' }, severity: 'low',
    },
    'a starter that gunicorn is pointed at': { bad: { 'run.py': 'from shop import app\n\napp.run()\n', 'shop/__init__.py': 'from flask import Flask\napp = Flask(__name__)\n', Procfile: 'web: gunicorn run:app\n' } },
    'open to every network': { bad: 'from flask import Flask\napp = Flask(__name__)\nif __name__ == "__main__":\n    app.run(host="0.0.0.0")\n', severity: 'low' },
    'guarded': { good: 'from flask import Flask\napp = Flask(__name__)\nif __name__ == "__main__":\n    app.run()\n' },
    'open to every network beside a real server': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\nif __name__ == "__main__":\n    app.run(host="0.0.0.0")\n', Procfile: 'web: gunicorn app:app\n' } },
    'gunicorn in a container': { good: { 'gunicorn.conf.py': 'bind = "0.0.0.0:8000"\n' } },
    'uvicorn is made for every network': { good: 'import uvicorn\nfrom fastapi import FastAPI\napp = FastAPI()\nif __name__ == "__main__":\n    uvicorn.run("main:app", host="0.0.0.0")\n', path: 'main.py' },
    'the host comes from the environment': { good: 'import os\nfrom flask import Flask\napp = Flask(__name__)\nif __name__ == "__main__":\n    app.run(host=os.getenv("HOST", "127.0.0.1"))\n' },
    'in a function': { good: 'from flask import Flask\napp = Flask(__name__)\n\ndef main():\n    app.run()\n' },
    'the file Python runs for a package': { good: { 'shop/__main__.py': 'from shop import app\n\napp.run()\n', 'shop/__init__.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
    'only while developing': { good: 'import os\nfrom flask import Flask\napp = Flask(__name__)\nif os.getenv("FLASK_ENV") == "development":\n    app.run()\n' },
    'another thing that runs': { good: 'import asyncio\nimport subprocess\n\nsubprocess.run(["ls"])\nasyncio.run(print())\n', path: 'tools.py' },
    'only a comment': { good: '# app.run(port=5000)\nfrom flask import Flask\napp = Flask(__name__)\n' },
    'tests': { path: 'tests/server.py', good: 'from flask import Flask\napp = Flask(__name__)\napp.run()\n' },
  }),
});

function runs(): Selector<CallMatch> {
  const known = call('flask.Flask.run', 'quart.Quart.run', 'flask_socketio.SocketIO.run', 'uvicorn.run', 'waitress.serve');
  const all = call(...known.callees, '*.run');
  return {
    ...all,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python' || /(^|\/)__main__\.py$/.test(unit.path)) return;
      for (const match of all.select(unit, project)) if (known.callees.includes(match.call.callee) || isFactoryMade(match, project)) yield match;
    },
  };
}

/** `app` as a factory we could not look through returns it: what it is given says it is a server's. */
function isFactoryMade({ call: one }: CallMatch, project: Project): boolean {
  return /^(app|application)\.run$/.test(one.written) && (project.frameworks.has('flask') || project.frameworks.has('quart')) && one.keywords.some((each) => /^(port|host|threaded|ssl_context)$/.test(each.name));
}

/** A statement of the module under no condition. */
function isAtImport({ call: one }: CallMatch): boolean {
  return one.scope === '' && one.guards.length === 0;
}

/** Named for starting the server, imported by nothing and by no command of production. */
function isEntry(module: Module, project: Project): boolean {
  const named = /^(run|main|serve|server|start|manage|wsgi|run_?\w+|\w+_?server|start_?\w+)\.py$/.test(fileName(module.path)) && !project.applications.some((each) => each.path === module.path);
  const served = new RegExp(`(^|[\\s.=])${lastName(module.name)}:\\w`);
  return named && !isImported(module, project) && !project.commands.some((each) => served.test(each.text));
}

function isImported(module: Module, project: Project): boolean {
  return project.modules.some((other) => other !== module && [...other.imports.map((each) => each.target), ...other.stars].some((target) => target === module.name || target.startsWith(`${module.name}.`)));
}

/** Flask's own server, which serves one developer. */
function isOpenDevelopmentServer(match: CallMatch): boolean {
  const host = match.argument('host', 0);
  return /^(flask\.Flask|quart\.Quart)\.run$/.test(match.call.callee) && onlyAsProgram(match.call) && host?.kind === 'text' && host.value === '0.0.0.0';
}

/** The call is a statement of its own, from the first column to the end of its line. */
function isStatement({ call: one }: CallMatch, source: Source): boolean {
  return source.lineStart(one.at.start) === one.at.start && /^[ \t]*(#.*)?$/.test(source.slice({ start: one.at.end, end: source.lineEnd(one.at.end) }));
}
