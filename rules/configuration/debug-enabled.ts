import type { Assignment, CallMatch, Context, Edit, Environment, Module, Project, Selector, Setting, Source, Value, Variation } from '../kit';
import {
  CONFIGURATION_READERS, call, environmentVariables, functionAt, importing, insert, isTrue, lastName, literalSpan, mayBeReplaced, onlyAsProgram,
  onlyInDevelopment, replace, replacedInProduction, rule, seenInProduction, whenUnset,
} from '../kit';

/** A place that says whether debug mode is on: a setting, or an argument of what makes or runs the application. */
interface Switch {
  readonly written: Value;
  readonly value: Value;
  readonly module: Module;
  readonly setting?: Setting;
  readonly match?: CallMatch;
  /** `debug` or `reload`. */
  readonly keyword: string;
}

const RUNNERS = ['flask.Flask.run', 'quart.Quart.run', 'flask_socketio.SocketIO.run', 'uvicorn.run', 'fastapi.FastAPI', 'starlette.applications.Starlette'] as const;
const REAL_SERVER = /gunicorn|uvicorn|waitress|uwsgi|hypercorn|daphne|granian|mod_wsgi/;

export default rule<Switch>({
  id: 'debug-enabled',
  title: 'Debug mode is off in production',
  severity: 'critical', points: 40, confidence: 'confirmed', blocks: 'always', effort: 'S', since: '1',
  why: 'The debugger gives a Python console to anyone who can raise an error, and error pages print settings. It also disables safety defaults.',
  how: 'Let the environment switch it on for development, with false as the default.',
  links: ['https://flask.palletsprojects.com/en/stable/debugging/', 'https://docs.djangoproject.com/en/stable/howto/deployment/checklist/#debug', 'https://cwe.mitre.org/data/definitions/489.html'],
  anchors: ['bandit B201', 'ruff S201', 'semgrep debug-enabled', 'semgrep avoid_hardcoded_config_DEBUG', 'django security.W018', 'CWE-489', 'CWE-94'],
  hides: ['app-run-unguarded'],

  // Django's settings import nothing of Django: their name and content speak for it.
  applies: (project) => project.frameworks.size > 0 || project.applications.length > 0 || project.settings('DEBUG').some((each) => /(^|\/)settings(\/\w+)?\.py$/.test(each.path)) || 'No web framework is used.',
  on: switches(),
  check: (it, context) => {
    if (!isOn(it) || isJudgedElsewhere(it, context)) return false;
    return it.setting ? settingStands(it, it.setting, context.project) : callStands(it, context.project);
  },
  message: (it) => {
    const unset = whenUnset(it.value);
    const variable = environmentVariables(it.value)[0];
    const what = it.keyword === 'reload' ? 'The reloader is on' : 'Debug mode is on';
    if (variable === undefined) return `${what}: ${it.setting ? it.setting.assignment.target : `${it.match?.call.written ?? ''}(${it.keyword}=…)`} is true.`;
    return typeof unset === 'object' && isAnyText(it) ? `${what} whatever ${variable} says: text that is not empty is true.` : `${what} when ${variable} is not set.`;
  },
  underline: (it) => it.written.at,
  holds: (it, { project }) => {
    const unset = whenUnset(it.value);
    if (typeof unset !== 'object' || isTrue(unset) || (it.setting && !seenInProduction(it.setting, project))) return undefined;
    const variable = environmentVariables(it.value)[0];
    return variable === undefined ? 'Debug is false' : `Debug is off unless ${variable} switches it on`;
  },
  nothing: 'Nothing in the code switches debug mode.',

  fix: {
    title: 'Read debug from the environment',
    safety: 'safe',
    edit: (it, context) => {
      const { source, project } = context;
      const variable = environmentVariables(it.value)[0];
      const fromEnvironment = (name: string) => [replace(it.written.at, `os.getenv("${name}", "").lower() in ("1", "true")`), ...importing(it.module, source, 'os')];
      const written = source.slice(it.written.at);
      if (/^(True|1)$/.test(written)) return variable === undefined ? fromEnvironment(variableFor(it, project)) : [replace(it.written.at, written === '1' ? '0' : 'False')];
      if (variable === undefined) return undefined;
      if (!isAnyText(it)) return withFalseFallback(it.written, source);
      if (/^(bool\()?(os\.)?(getenv|environ\.get)\([^()]*\)\)?$/.test(written)) return fromEnvironment(variable);
      return /^config\([^()]*\)$/.test(written) ? [insert(it.written.at.end - 1, ', cast=bool')] : undefined;
    },
  },

  examples: () => ({
    'an application that is run with it': {
      bad: 'from flask import Flask\napp = Flask(__name__)\napp.run(debug=True)\n',
      good: 'import os\nfrom flask import Flask\napp = Flask(__name__)\napp.run(debug=os.getenv("FLASK_DEBUG", "").lower() in ("1", "true"))\n',
    },
    'a fallback that is true': {
      bad: 'import os\nDEBUG = os.getenv("DEBUG", "True") == "True"\n',
      good: 'import os\nDEBUG = os.getenv("DEBUG", "False") == "True"\n', path: 'settings.py',
    },
    'text is always true': {
      bad: { 'config.py': 'import os\nclass Config:\n    DEBUG = bool(os.getenv("APP_DEBUG", "False"))\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\napp.config.from_object("config.Config")\n' },
      good: { 'config.py': 'import os\nclass Config:\n    DEBUG = os.getenv("APP_DEBUG", "").lower() in ("1", "true")\n' },
    },
    'text without a comparison': {
      bad: 'import os\nINSTALLED_APPS = []\nDEBUG = os.environ.get("DEBUG", "False")\n',
      good: 'import os\nINSTALLED_APPS = []\nDEBUG = os.getenv("DEBUG", "").lower() in ("1", "true")\n', path: 'settings.py',
    },
    'a helper of the project\'s own': {
      bad: 'import os\nINSTALLED_APPS = []\n\ndef flag(name, default):\n    value = os.getenv(name, default)\n    if value not in ("True", "False"):\n        raise ValueError(name)\n    return value == "True"\n\nDEBUG = flag("DEBUG", "True")\n',
      good: 'import os\nINSTALLED_APPS = []\n\ndef flag(name, default):\n    value = os.getenv(name, default)\n    if value not in ("True", "False"):\n        raise ValueError(name)\n    return value == "True"\n\nDEBUG = flag("DEBUG", "False")\n', path: 'settings.py',
    },
    'decouple without a cast': {
      bad: 'from decouple import config\nINSTALLED_APPS = []\nDEBUG = config("DEBUG", default="False")\n',
      good: 'from decouple import config\nINSTALLED_APPS = []\nDEBUG = config("DEBUG", default="False", cast=bool)\n', path: 'settings.py',
    },
    'read from the environment': { good: 'import os\nfrom flask import Flask\napp = Flask(__name__)\nif __name__ == "__main__":\n    app.run(debug=os.getenv("FLASK_DEBUG", "").lower() in ("1", "true"))\n' },
    'only the development class': {
      good: { 'config.py': 'class Config:\n    DEBUG = False\nclass DevelopmentConfig(Config):\n    DEBUG = True\n', 'app.py': 'from flask import Flask\nimport config\napp = Flask(__name__)\napp.config.from_object(config.Config)\n' },
    },
    'the development class is all there is': {
      bad: { 'config.py': 'class Config:\n    DEBUG = False\nclass DevelopmentConfig(Config):\n    DEBUG = True\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\napp.config.from_object("config.DevelopmentConfig")\n' },
    },
    'overridden in the production module': {
      good: { 'proj/settings/base.py': 'DEBUG = True\n', 'proj/settings/production.py': 'from .base import *\nDEBUG = False\n', Dockerfile: 'FROM python:3.12-slim\nENV DJANGO_SETTINGS_MODULE=proj.settings.production\nCMD ["gunicorn", "proj.wsgi"]\n', 'proj/wsgi.py': 'from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n' },
    },
    'overridden in a production class, chosen we cannot see where': { good: 'from flask import Flask\n\nclass Config:\n    DEBUG = True\n\nclass ProductionConfig(Config):\n    DEBUG = False\n', path: 'config.py' },
    'as Django generates it': {
      bad: { 'shop/settings.py': 'DEBUG = True\nINSTALLED_APPS = ["django.contrib.auth"]\n', 'shop/wsgi.py': 'import os\nfrom django.core.wsgi import get_wsgi_application\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\napplication = get_wsgi_application()\n' },
      good: { 'shop/settings.py': 'import os\nDEBUG = os.getenv("DJANGO_DEBUG", "").lower() in ("1", "true")\nINSTALLED_APPS = ["django.contrib.auth"]\n' },
    },
    'run by hand, while a real server serves': {
      bad: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n\nif __name__ == "__main__":\n    app.run(host="0.0.0.0", debug=True)\n', Procfile: 'web: gunicorn app:app\n' }, severity: 'medium',
    },
    'the image runs the file itself': {
      bad: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n\nif __name__ == "__main__":\n    app.run(host="0.0.0.0", debug=True)\n', Dockerfile: 'FROM python:3.12-slim\nCMD ["python", "app.py"]\n' },
    },
    'true unless a deployed file says otherwise, and one does': {
      bad: {
        'settings.py': 'import os\nINSTALLED_APPS = []\nDEBUG = os.getenv("DEBUG", "1") == "1"\n', 'docker-compose.yml': 'services:\n  web:\n    image: shop\n    environment:\n      DEBUG: "0"\n',
      },
      severity: 'medium',
    },
    'pydantic settings that FastAPI is given': {
      bad: {
        'settings.py': 'from pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    debug: bool = True\n\nsettings = Settings()\n',
        'main.py': 'from fastapi import FastAPI\nfrom settings import settings\n\napp = FastAPI(debug=settings.debug)\n',
      },
      good: { 'settings.py': 'from pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    debug: bool = False\n\nsettings = Settings()\n' },
      severity: 'high',
    },
    'pydantic settings of our own that no application object sees': {
      bad: { 'settings.py': 'from pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    DEBUG: bool = True\n', 'main.py': 'from fastapi import FastAPI\nfrom settings import Settings\n\napp = FastAPI()\n' }, severity: 'medium',
    },
    'FastAPI with tracebacks': {
      bad: 'from fastapi import FastAPI\napp = FastAPI(title="Shop", debug=True)\n', good: 'import os\nfrom fastapi import FastAPI\napp = FastAPI(title="Shop", debug=os.getenv("APP_DEBUG", "").lower() in ("1", "true"))\n', severity: 'high',
    },
    'a command for developers': { good: 'import click\nimport uvicorn\nfrom fastapi import FastAPI\napp = FastAPI()\n\n@click.command()\ndef develop():\n    uvicorn.run("main:app", reload=True)\n\n@click.command("dev")\ndef run_server():\n    uvicorn.run("main:app", reload=True)\n', path: 'cli.py' },
    'the reloader of uvicorn': {
      bad: 'import uvicorn\nfrom fastapi import FastAPI\napp = FastAPI()\n\nif __name__ == "__main__":\n    uvicorn.run("main:app", reload=True)\n',
      good: 'import os\nimport uvicorn\nfrom fastapi import FastAPI\napp = FastAPI()\n\nif __name__ == "__main__":\n    uvicorn.run("main:app", reload=os.getenv("UVICORN_RELOAD", "").lower() in ("1", "true"))\n', path: 'main.py', severity: 'medium',
    },
    'on the application object, under a development guard': { good: 'import os\nfrom flask import Flask\napp = Flask(__name__)\nif os.getenv("FLASK_ENV") == "development":\n    app.debug = True\n    app.run(debug=True)\n' },
    'on the application object': { bad: 'from flask import Flask\n\ndef create_app():\n    app = Flask(__name__)\n    app.debug = True\n    return app\n' },
    'the old tutorial: one constant, used twice': { bad: 'from flask import Flask\nDEBUG = True\napp = Flask(__name__)\napp.config.from_object(__name__)\n\nif __name__ == "__main__":\n    app.run(debug=DEBUG)\n' },
    'a constant that only the runner sees': { bad: 'from flask import Flask\nDEBUG = True\napp = Flask(__name__)\nif __name__ == "__main__":\n    app.run(debug=DEBUG)\n' },
    'assigned again in the same file': { good: 'import os\nINSTALLED_APPS = []\nDEBUG = True\nDEBUG = os.getenv("DEBUG") == "1"\n', path: 'settings.py' },
    'switched off in production in the same file': { good: 'import os\nINSTALLED_APPS = []\nDEBUG = True\nif os.getenv("DJANGO_ENV", "production") == "production":\n    DEBUG = False\n', path: 'settings.py' },
    'the environment\'s name decides, and defaults to development': {
      bad: 'import os\nfrom flask import Flask\n\napp = Flask(__name__)\nenv = os.environ.get("FLASK_ENV", "development")\nif __name__ == "__main__":\n    app.run(debug=env == "development")\n',
    },
    'Heroku\'s dyno switches it off': { good: 'import os\nINSTALLED_APPS = []\nDEBUG = "DYNO" not in os.environ\n', path: 'settings.py' },
    'levels of a logger are no switch': { good: 'import enum\nfrom flask import Flask\n\nclass Level(enum.IntEnum):\n    DEBUG = 1\n    INFO = 2\n\nclass Colors:\n    DEBUG = "\\033[94m"\n\napp = Flask(__name__)\n', path: 'levels.py' },
    'debug of something else': { good: 'import logging\nimport boto3\nfrom flask import Flask\n\nDEBUG = True\napp = Flask(__name__)\nclient = boto3.client("s3", debug=True)\nlogging.basicConfig(level=logging.DEBUG)\n', path: 'tools.py' },
    'casts by pydantic and environ': {
      good: 'import environ\nenv = environ.Env(DEBUG=(bool, False))\nDEBUG = env("DEBUG")\nTEMPLATE_DEBUG = env.bool("TEMPLATE_DEBUG", default=True)\nINSTALLED_APPS = []\n', path: 'shop/settings.py',
    },
    'only a comment': { good: '# app.run(debug=True)\n"""app.run(debug=True)"""\nfrom flask import Flask\napp = Flask(__name__)\n' },
    'tests may': { path: 'tests/conftest.py', good: 'from flask import Flask\napp = Flask(__name__)\napp.debug = True\n' },
  }),
});

// ---- where it is switched

function switches(): Selector<Switch> {
  const runs = call(...RUNNERS);
  return {
    kinds: ['module'], callees: [...runs.callees, ...CONFIGURATION_READERS],
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      const settings = new Map(project.settings('DEBUG').filter((each) => each.path === unit.path).map((each) => [each.assignment, each]));
      for (const [assignment, setting] of settings) if (isSwitch(assignment, unit)) yield { written: assignment.value, value: setting.value, module: unit, setting, keyword: 'debug' };
      for (const match of runs.select(unit, project)) yield* argumentsOf(match);
    },
  };
}

function* argumentsOf(match: CallMatch): Iterable<Switch> {
  const { call: one, module } = match;
  for (const keyword of one.callee === 'uvicorn.run' ? ['debug', 'reload'] : ['debug']) {
    const position = one.callee === 'flask.Flask.run' ? 2 : undefined;
    const value = match.argument(keyword, position);
    const written = one.keywords.find((each) => each.name === keyword)?.value ?? (position === undefined ? undefined : one.args[position]);
    if (value && written) yield { written, value, module, match, keyword };
  }
}

/** Whether this `DEBUG` is the framework's: on an application or its configuration, in settings, in a settings class. */
function isSwitch(assignment: Assignment, module: Module): boolean {
  const { target, scope, how, value } = assignment;
  const name = lastName(target);
  if (how !== 'statement') return name === 'DEBUG';
  if (target.includes('.')) return name === 'DEBUG' || /^(flask|quart|fastapi|starlette)\./.test(assignment.qualified) || /^(app|application)\.debug$/.test(assignment.qualified);
  if (scope === '') return name === 'DEBUG' && isSettingsModule(module);
  return environmentVariables(value).length > 0 || (name === 'DEBUG' && (value.kind === 'bool' || (value.kind === 'number' && value.value === 1)) && /config|settings|prod|default|base/i.test(scope));
}

function isSettingsModule(module: Module): boolean {
  return /(^|[._])(settings|config|configuration|conf)([._]|$)/i.test(module.name) || module.assignments.some((each) => each.scope === '' && each.target === 'INSTALLED_APPS')
    || module.calls.some((each) => lastName(each.callee) === 'from_object' && each.args[0]?.kind === 'reference' && each.args[0].name === '__name__');
}

// ---- whether it is on

function isOn({ value, setting }: Switch): boolean {
  const unset = whenUnset(value);
  if (unset === undefined || unset === 'refuses') return false;
  // Settings classes turn text into what the field is annotated with.
  if (unset.kind === 'text' && setting?.assignment.annotation === 'bool') return /^(1|true|yes|on|t|y)$/i.test(unset.value);
  return isTrue(unset);
}

/** On whatever the variable says, because its text is taken for a truth value. */
function isAnyText({ value, setting }: Switch): boolean {
  const text = value.kind === 'result' && value.callee === 'bool' ? value.args[0] : value;
  const unset = text && whenUnset(text);
  return typeof unset === 'object' && unset.kind === 'text' && setting?.assignment.annotation !== 'bool';
}

/** `app.run(debug=DEBUG)` where DEBUG is a setting that is judged by itself. */
function isJudgedElsewhere(it: Switch, { source, project }: Context): boolean {
  const name = /^[\w.]*?([A-Za-z_]\w*)$/.exec(source.slice(it.written.at))?.[1];
  if (name === undefined || name.toUpperCase() !== 'DEBUG') return false;
  return project.settings('DEBUG').some((each) => each.assignment !== it.setting?.assignment && isSwitch(each.assignment, each.module));
}

// ---- how much it weighs

function settingStands(it: Switch, setting: Setting, project: Project): boolean | Variation {
  if (!seenInProduction(setting, project) || replacedInProduction(setting, project) || isOffInProduction(setting, project)) return false;
  const variable = environmentVariables(it.value)[0];
  if (variable !== undefined && !isAnyText(it) && isSetFalse(variable, project)) return { severity: 'medium', points: 8, because: `${variable} is set to false where the project says how it is deployed` };
  if (!['flask', 'django', 'quart'].some((each) => project.frameworks.has(each as 'flask')) && project.frameworks.size > 0) {
    const given = project.calls('fastapi.FastAPI', 'starlette.applications.Starlette').some((each) => each.call.keywords.some((keyword) => keyword.name === 'debug'));
    return given ? { severity: 'high', because: 'this framework shows tracebacks with it, and no console' } : { severity: 'medium', confidence: 'likely', because: 'no application object is given it' };
  }
  return mayBeReplaced(setting, project) ? { severity: 'high', because: 'a configuration file that is not in the repository may replace it' } : true;
}

function callStands(it: Switch, project: Project): boolean | Variation {
  const { match } = it;
  if (!match || onlyInDevelopment(match.call) || isForDevelopers(match, project)) return false;
  const { server } = project;
  if ((onlyAsProgram(match.call) || /(^|\/)(run|start|dev)\w*\.py$/.test(match.module.path)) && server && REAL_SERVER.test(server.text)) return { severity: 'medium', because: `production ${server.text}; this only runs by hand` };
  if (it.keyword === 'reload') return { severity: 'medium', because: 'it watches files and restarts, and shows nothing to visitors' };
  if (match.call.callee === 'uvicorn.run' || lastName(match.call.callee) !== 'run') return { severity: 'high', because: 'this framework shows tracebacks with it, and no console' };
  return true;
}

/** In a command of a command line that is called `develop`, or stands in a function of that name. */
function isForDevelopers({ call: one, module }: CallMatch, project: Project): boolean {
  const func = functionAt(module, one);
  return project.developmentName(one.scope) || (func?.decorators.some((each) => each.name.endsWith('command') && each.args.some((arg) => arg.kind === 'text' && project.developmentName(arg.value))) ?? false);
}

/** A sibling class or settings module, named for production, switches it off. */
function isOffInProduction(setting: Setting, project: Project): boolean {
  const folder = (path: string) => path.slice(0, path.lastIndexOf('/') + 1);
  return project.settings('DEBUG').some((other) => {
    const unset = whenUnset(other.value);
    if (other.assignment === setting.assignment || folder(other.path) !== folder(setting.path) || typeof unset !== 'object' || isTrue(unset)) return false;
    return /prod|live|deploy|release|staging|heroku/i.test(setting.owner === undefined ? lastName(other.module.name) : other.owner ?? '');
  });
}

/** A file of production, or an example of an environment file, gives the variable a false value. */
function isSetFalse(variable: string, project: Project): boolean {
  const said = [project.deployedVariable(variable)?.value, ...project.of('dotenv').filter((each) => each.example).flatMap((each) => each.variables.filter((one) => one.name === variable).map((one) => one.value))];
  return said.some((value) => value !== undefined && /^["']?(0|false|no|off|)["']?$/i.test(value.trim()));
}

// ---- the fix

function variableFor(it: Switch, project: Project): string {
  if (it.keyword === 'reload') return 'UVICORN_RELOAD';
  if (it.match && /^(fastapi|starlette|uvicorn)/.test(it.match.call.callee)) return 'APP_DEBUG';
  return it.match || project.frameworks.has('flask') ? 'FLASK_DEBUG' : project.frameworks.has('django') || it.module.assignments.some((each) => each.target === 'INSTALLED_APPS') ? 'DJANGO_DEBUG' : 'APP_DEBUG';
}

/** The fallback of the read, turned into what makes the whole expression false. */
function withFalseFallback(value: Value, source: Source): readonly Edit[] | undefined {
  const read = readIn(value);
  const fallback = read?.fallback;
  if (!read || !fallback) return undefined;
  const inside = fallback.at.start >= value.at.start && fallback.at.end <= value.at.end;
  // The argument of a helper that hands it to the read.
  const handed = fallback.kind === 'text' && /^[\w.]+\([^()]*\)$/.test(source.slice(value.at));
  const at = inside ? fallback.at : handed ? literalSpan(value.at, fallback.value, source) : undefined;
  if (!at) return undefined;
  if (fallback.kind === 'bool') return [replace(fallback.at, 'False')];
  if (fallback.kind === 'number') return [replace(fallback.at, '0')];
  if (fallback.kind !== 'text') return undefined;
  const off = [OPPOSITE[fallback.value], '0', 'false', ''].find((each): each is string => {
    const unset = each === undefined ? undefined : whenUnset(exchanged(value, read, { ...fallback, value: each }));
    return typeof unset === 'object' && !isTrue(unset);
  });
  return off === undefined ? undefined : [replace(at, `"${off}"`)];
}

const OPPOSITE: Readonly<Record<string, string>> = { True: 'False', true: 'false', TRUE: 'FALSE', '1': '0', yes: 'no', on: 'off', Yes: 'No', On: 'Off', t: 'f', y: 'n' };

function readIn(value: Value): Environment | undefined {
  if (value.kind === 'environment') return value;
  if (value.kind === 'test') return readIn(value.left) ?? (value.right && readIn(value.right));
  if (value.kind === 'result') return [...(value.of ? [value.of] : []), ...value.args].map(readIn).find((each) => each !== undefined);
  return value.kind === 'choice' ? value.options.map(readIn).find((each) => each !== undefined) : undefined;
}

/** The value with another fallback in place of the read's own. */
function exchanged(value: Value, read: Environment, fallback: Value): Value {
  if (value === read) return { ...read, fallback };
  if (value.kind === 'test') return { ...value, left: exchanged(value.left, read, fallback), ...(value.right && { right: exchanged(value.right, read, fallback) }) };
  if (value.kind === 'result') return { ...value, args: value.args.map((each) => exchanged(each, read, fallback)), ...(value.of && { of: exchanged(value.of, read, fallback) }) };
  return value.kind === 'choice' ? { ...value, options: value.options.map((each) => exchanged(each, read, fallback)) } : value;
}
