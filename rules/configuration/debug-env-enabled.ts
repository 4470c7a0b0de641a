import type { Dockerfile, Dotenv, Instruction, Pair, Project, Selector, Service, Unit, Variation } from '../kit';
import { VARIABLE_KINDS, environmentVariables, fileName, givenVariables, isReference, oppositeOf, replace, rule } from '../kit';

/** A variable that a file of production sets, and that may switch debugging on. */
interface Given { readonly pair: Pair; readonly unit: Unit }

const DEBUGS: ReadonlySet<string> = new Set(['FLASK_DEBUG', 'DEBUG', 'DJANGO_DEBUG', 'APP_DEBUG', 'QUART_DEBUG', 'FASTAPI_DEBUG']);
const ENVIRONMENTS: ReadonlySet<string> = new Set(['FLASK_ENV', 'APP_ENV', 'DJANGO_ENV', 'ENVIRONMENT', 'ENV', 'FASTAPI_ENV']);

export default rule<Given>({
  id: 'debug-env-enabled',
  title: 'Deployment files do not switch debug on',
  severity: 'critical', points: 40, confidence: 'confirmed', blocks: 'always', effort: 'S', since: '1',
  why: 'The code may be clean while the deployment turns the debugger on. Nobody reads the compose file again once the app runs.',
  how: 'Keep debug switches in override files that production never loads.',
  links: ['https://flask.palletsprojects.com/en/stable/debugging/', 'https://docs.djangoproject.com/en/stable/ref/settings/#debug', 'https://cwe.mitre.org/data/definitions/489.html'],
  anchors: ['semgrep flask-debugging-enabled', 'CWE-489'],

  on: given(),
  check: ({ pair, unit }, { project }) => {
    const on = isDebug(pair);
    if ((!on && !isDevelopment(pair)) || !isRead(pair.name, project) || isOtherwiseElsewhere(pair, unit, project) || staysBehind(pair.name, unit, project)) return false;
    return on || { severity: 'high', because: 'it names the environment, and the code decides what follows from that' } satisfies Variation;
  },
  message: ({ pair, unit }) => isDebug(pair) ? `${unit.path} switches debugging on with ${pair.name}.` : `${unit.path} sets ${pair.name} to development.`,
  underline: ({ pair }) => pair.valueAt ?? pair.at,
  holds: ({ pair }) => DEBUGS.has(pair.name) && /^(0|false|no|off)$/i.test(plain(pair)) ? `${pair.name} is off` : ENVIRONMENTS.has(pair.name) && /^prod/i.test(plain(pair)) ? `${pair.name} is production` : undefined,
  nothing: 'No file of production sets a variable for debugging.',

  fix: {
    title: 'Switch debug off',
    safety: 'safe',
    edit: ({ pair }, { source }) => {
      if (!pair.valueAt) return undefined;
      const written = source.slice(pair.valueAt);
      const before = plain(pair);
      const after = isDebug(pair) ? pair.name === 'WERKZEUG_DEBUG_PIN' ? undefined : oppositeOf(before) : 'production';
      const at = written.lastIndexOf(before);
      return after === undefined || at < 0 ? undefined : [replace({ start: pair.valueAt.start + at, end: pair.valueAt.start + at + before.length }, after)];
    },
  },

  examples: () => ({
    'an image': {
      bad: { Dockerfile: 'FROM python:3.12-slim\nENV FLASK_DEBUG=1\nCMD ["gunicorn", "app:app"]\n' }, good: { Dockerfile: 'FROM python:3.12-slim\nENV FLASK_DEBUG=0\nCMD ["gunicorn", "app:app"]\n' },
    },
    'a compose file': {
      bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    environment:\n      DJANGO_DEBUG: "True"\n' }, good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    environment:\n      DJANGO_DEBUG: "False"\n' },
    },
    'unless the shell says otherwise': {
      bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    environment:\n      - DEBUG=${DEBUG:-true}\n', 'settings.py': 'import os\nDEBUG = os.getenv("DEBUG", "false") == "true"\n' },
      good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    environment:\n      - DEBUG=${DEBUG:-false}\n' },
    },
    'variables of production': {
      bad: { '.env.production': 'DEBUG=True\n', 'shop/settings.py': 'import environ\n\nenv = environ.Env()\nDEBUG = env.bool("DEBUG", default=False)\nINSTALLED_APPS = []\n' }, good: { '.env.production': 'DEBUG=False\n' },
    },
    'a field of pydantic settings': { bad: { 'fly.toml': 'app = "shop"\n\n[env]\nDEBUG = "true"\n', 'config.py': 'from pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    debug: bool = False\n' } },
    'in front of a command': { bad: { Procfile: 'web: FLASK_DEBUG=1 gunicorn app:app\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' }, good: { Procfile: 'web: FLASK_DEBUG=0 gunicorn app:app\n' } },
    'exported by the entry script': { bad: { 'entrypoint.sh': '#!/bin/sh\nexport FLASK_DEBUG=1\nexec gunicorn app:app\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' }, good: { 'entrypoint.sh': '#!/bin/sh\nexport FLASK_DEBUG=0\nexec gunicorn app:app\n' } },
    'a unit of systemd': { bad: { 'deploy/shop.service': '[Service]\nEnvironment="FLASK_DEBUG=1" "PORT=8000"\nExecStart=/srv/venv/bin/gunicorn app:app\n' } },
    'the name of the environment, which the code reads': {
      bad: { Dockerfile: 'FROM python:3.12-slim\nENV APP_ENV=development\nCMD ["gunicorn", "app:app"]\n', 'app.py': 'import os\nfrom flask import Flask\napp = Flask(__name__)\napp.debug = os.getenv("APP_ENV") == "development"\n' },
      good: { Dockerfile: 'FROM python:3.12-slim\nENV APP_ENV=production\nCMD ["gunicorn", "app:app"]\n' }, severity: 'high',
    },
    'off': { good: { Dockerfile: 'FROM python:3.12-slim\nENV FLASK_DEBUG=0\nCMD ["gunicorn", "app:app"]\n' } },
    'a compose file for development': { good: { 'docker-compose.dev.yml': 'services:\n  web:\n    build: .\n    environment:\n      DJANGO_DEBUG: "True"\n' } },
    'a compose file with one for production beside it': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    environment:\n      DJANGO_DEBUG: "True"\n', 'docker-compose.prod.yml': 'services:\n  web:\n    image: shop\n' } },
    'a compose file beside a platform that switches it off': {
      good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    environment:\n      - ENVIRONMENT=development\n', 'render.yaml': 'services:\n  - type: web\n    name: api\n    envVars:\n      - key: ENVIRONMENT\n        value: production\n', 'app.py': 'import os\nENVIRONMENT = os.getenv("ENVIRONMENT")\n' },
    },
    'a profile for development': { good: { 'docker-compose.yml': 'services:\n  web-dev:\n    build: .\n    profiles: [dev]\n    environment:\n      DJANGO_DEBUG: "True"\n' } },
    'an example of variables': { good: { '.env.example': 'DEBUG=True\nFLASK_ENV=development\n' } },
    'a stage that only builds': { good: { Dockerfile: 'FROM python:3.12-slim AS build\nENV FLASK_DEBUG=1\nRUN pip install .\n\nFROM python:3.12-slim\nCMD ["gunicorn", "app:app"]\n' } },
    'a workflow': { good: { '.github/workflows/ci.yml': 'on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    env:\n      DEBUG: "1"\n    steps:\n      - run: pytest\n' } },
    'a variable that nothing reads': { good: { Dockerfile: 'FROM python:3.12-slim\nENV FLASK_ENV=development DEBUG=1\nCMD ["gunicorn", "app:app"]\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
    'another program\'s': { good: { 'docker-compose.yml': 'services:\n  mail:\n    image: mailu/postfix\n    environment:\n      POSTFIX_DEBUG: "1"\n      LOG_LEVEL: debug\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
    'a value from elsewhere': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    environment:\n      DJANGO_DEBUG: ${DJANGO_DEBUG}\n' } },
    'only a comment': { good: { Dockerfile: 'FROM python:3.12-slim\n# ENV FLASK_DEBUG=1\nCMD ["gunicorn", "app:app"]\n' } },
  }),
});

function given(): Selector<Given> {
  return {
    kinds: VARIABLE_KINDS, callees: [],
    *select(unit, project) {
      if (!project.production.includes(unit)) return;
      for (const pair of givenVariables(unit, true)) if (DEBUGS.has(pair.name) || ENVIRONMENTS.has(pair.name) || pair.name === 'WERKZEUG_DEBUG_PIN') yield { pair, unit };
    },
  };
}

/** The value without quotes; of `${DEBUG:-true}` what it is when the shell says nothing. */
function plain({ value = '' }: Pair): string {
  const bare = value.trim().replace(/^(["'])(.*)\1$/, '$2');
  return /^\$\{\w+:?-([^}]*)\}$/.exec(bare)?.[1] ?? (isReference(bare) ? '' : bare);
}

function isDebug(pair: Pair): boolean {
  if (pair.name === 'WERKZEUG_DEBUG_PIN') return plain(pair) === 'off';
  return DEBUGS.has(pair.name) && /^(1|true|yes|on|t|y)$/i.test(plain(pair));
}

function isDevelopment(pair: Pair): boolean {
  return ENVIRONMENTS.has(pair.name) && /^(dev|development|local)$/i.test(plain(pair));
}

/** The framework reads it, or the code; where there is no code at hand, a switch for debugging counts. */
function isRead(name: string, project: Project): boolean {
  if (/^(FLASK_DEBUG|WERKZEUG_DEBUG_PIN)$/.test(name) && (project.frameworks.size === 0 || project.frameworks.has('flask'))) return true;
  if (project.modules.length === 0) return DEBUGS.has(name);
  const quoted = new RegExp(`["']${name}["']`);
  return project.modules.some((module) => module.assignments.some((each) => environmentVariables(each.value).includes(name)) || quoted.test(project.text(module.path) ?? ''));
}

/** Another file of production says the opposite: then this one is for developers, whatever it is called. */
function isOtherwiseElsewhere(pair: Pair, unit: Unit, project: Project): boolean {
  return project.production.some((other) => other !== unit && givenVariables(other, true).some((each) => each.name === pair.name && (/^prod/i.test(plain(each)) || /^(0|false|no|off)$/i.test(plain(each)))));
}

/** A plain `.env` beside images that do not take it along and services that are not given it: it is for whoever runs the code without them. */
function staysBehind(name: string, unit: Unit, project: Project): boolean {
  if (unit.kind !== 'dotenv' || fileName(unit.path) !== '.env' || project.production.some((each) => each.kind === 'procfile' || each.kind === 'platform' || each.kind === 'ini')) return false;
  const images = project.production.flatMap((each) => each.kind === 'dockerfile' ? [each] : []);
  return images.length > 0 && !images.some((each) => takesAlong(each, unit, project)) && !project.production.some((each) => each.kind === 'compose' && each.services.some((service) => isGivenTo(service, name, unit)));
}

/** As a file, as a folder of the machine's, or as one of the values that compose fills in from it. */
function isGivenTo(service: Service, name: string, unit: Dotenv): boolean {
  return service.envFiles.some((each) => each.path === unit.path) || service.environment.some((each) => each.name === name)
    || service.entries.some((each) => new RegExp(`\\$\\{?${name}\\b`).test(each.value))
    || service.volumes.some((each) => /^[./~$]/.test(each.text) && takes(each.text.split(':')[0] ?? '', '', unit));
}

function takesAlong(image: Dockerfile, unit: Dotenv, project: Project): boolean {
  const sources = image.stages.flatMap((stage) => stage.instructions.flatMap(sourcesOf));
  return contextsOf(image.path, project).some((context) => !isLeftOut(unit, context, project) && sources.some((each) => takes(each, context, unit)));
}

/** Folders an image may be built from: what compose says, or else its own and the project's. */
function contextsOf(dockerfile: string, project: Project): readonly string[] {
  const said = project.production.flatMap((each) => each.kind === 'compose' ? each.services.flatMap((service) => service.build?.dockerfile === dockerfile ? [service.build.context] : []) : []);
  return said.length > 0 ? said : [dockerfile.split('/').slice(0, -1).join('/'), ''];
}

/** What COPY and ADD take from the machine that builds. */
function sourcesOf({ keyword, flags, exec, text }: Instruction): readonly string[] {
  return (keyword === 'COPY' || keyword === 'ADD') && flags['from'] === undefined ? (exec ?? text.trim().split(/\s+/)).slice(0, -1) : [];
}

/** A folder around the file, the file itself, or a pattern or variable that may mean it. */
function takes(source: string, context: string, { path }: Dotenv): boolean {
  const bare = source.replace(/^(\.?\/)+|^\.$/, '').replace(/\/\.?$/, '');
  const whole = [context, bare].filter((each) => each !== '').join('/');
  return whole === '' || path === whole || path.startsWith(`${whole}/`) || /^(\$|\.?\*|\.e)/.test(bare);
}

function isLeftOut({ path }: Dotenv, context: string, project: Project): boolean {
  const folder = context === '' ? '' : `${context}/`;
  const below = path.startsWith(folder) ? path.slice(folder.length) : path;
  return project.of('ignore').some((each) => each.tool === 'docker' && each.path === `${folder}.dockerignore` && each.patterns.some(({ pattern, negated }) => !negated && /^(\*\*\/|\/)?(\.env|\.env\*|\*\.env|\.\*)$/.test(pattern) && (below === '.env' || pattern.startsWith('**/'))));
}
