import type { Call, Edit, Evidence, Gap, Judgement, Module, Project, Source } from '../kit';
import {
  applicationName, constructionAt, gapPlace, idleModules, importing, lastName, loadedModules, onlyAsProgram, onlyInDevelopment, projectRule, seenInProduction, statementsBefore, webFrameworks,
} from '../kit';

/** Calls that decide where log lines go and what they look like. */
const CONFIGURES = [
  'logging.basicConfig', 'logging.config.dictConfig', 'logging.config.fileConfig', '*.addHandler', 'picologging.basicConfig', 'structlog.configure', 'structlog.configure_once', 'loguru.logger.add',
  'loguru.logger.configure', 'coloredlogs.install', 'daiquiri.setup', 'logzero.setup_logger', 'logzero.setup_default_logger', 'logfire.configure', 'google.cloud.logging.Client.setup_logging',
  'google.cloud.logging_v2.Client.setup_logging', 'azure.monitor.opentelemetry.configure_azure_monitor', 'aws_lambda_powertools.Logger', 'json_logging.init_flask', 'json_logging.init_fastapi', 'json_logging.init_quart',
  'ddtrace.patch', 'eliot.to_file', 'google.cloud.logging.handlers.setup_logging',
] as const;

export default projectRule({
  id: 'logging-not-configured',
  title: 'Logging is configured once at start',
  severity: 'medium', confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: `Information lines vanish, since the root logger starts at WARNING, and what is left has no time or source, so an incident leaves no trace. It costs five lines.`,
  how: `Configure it once, before the application is made, to standard output or error, and let the platform collect it.`,
  links: ['https://docs.python.org/3/howto/logging.html', 'https://flask.palletsprojects.com/en/stable/logging/', 'https://12factor.net/logs'],
  anchors: ['CWE-778'],
  ladder: { name: 'logging', rung: 1 },

  applies(project) {
    const frameworks = webFrameworks(project);
    if (frameworks.size === 0 || !project.deployable) return 'No web application is deployed from here.';
    return frameworks.size > 1 || !frameworks.has('django') || switchedOff(project) ? true : 'Django configures logging by itself.';
  },
  reads: [...CONFIGURES, '*.setLevel', 'uvicorn.run', 'uvicorn.Config', 'logging.info', 'flask.info', 'main'],
  project: judge,

  fix: { title: 'Configure logging at start', safety: 'review', edit: (gap, { source, unit }) => unit.kind === 'module' ? configuring(gap, source, unit) : undefined },

  examples: () => ({
    'information that nobody sees': {
      bad: {
        'app.py': `import logging
from flask import Flask
app = Flask(__name__)
log = logging.getLogger(__name__)
@app.get("/")
def home():
    log.info("home")
    return "ok"
`,
        Procfile: 'web: gunicorn app:app\n',
      },
      good: {
        'app.py': `import logging
import os
from flask import Flask
logging.basicConfig(
    level=os.getenv("LOG_LEVEL", "INFO"),
    format="%(asctime)s %(levelname)s %(name)s %(message)s",
)
app = Flask(__name__)
log = logging.getLogger(__name__)
@app.get("/")
def home():
    log.info("home")
    return "ok"
`,
        Procfile: 'web: gunicorn app:app\n',
      },
    },
    'a factory': {
      bad: { 'shop/__init__.py': `from flask import Flask


def create_app():
    app = Flask(__name__)
    app.logger.info("starting")
    return app
` },
      good: { 'shop/__init__.py': `import logging
import os
from flask import Flask


def create_app():
    logging.basicConfig(
        level=os.getenv("LOG_LEVEL", "INFO"),
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )
    app = Flask(__name__)
    app.logger.info("starting")
    return app
` },
    },
    'configured where the server never comes': {
      bad: {
        'app.py': `import logging
from flask import Flask
app = Flask(__name__)

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    app.run()
`,
        Procfile: 'web: gunicorn app:app\n',
      },
    },
    'configured in a script beside the application': {
      bad: {
        'app/main.py': `import logging
from fastapi import FastAPI
from app.mail import send

logger = logging.getLogger(__name__)
app = FastAPI()


@app.post("/mail")
def mail():
    logger.info("sent %s", send())
`,
        'app/__init__.py': '',
        'app/mail.py': 'def send():\n    return 1\n',
        'app/initial_data.py': `import logging

logging.basicConfig(level=logging.INFO)
logger = logging.getLogger(__name__)


def main():
    logger.info("creating initial data")


if __name__ == "__main__":
    main()
`,
        Dockerfile: 'FROM python:3.12\nCOPY . .\nCMD ["fastapi", "run", "app/main.py"]\n',
      },
    },
    'configured for development only': {
      bad: `import logging
from flask import Flask
app = Flask(__name__)
if app.debug:
    logging.basicConfig(level=logging.DEBUG)
# logging.config.dictConfig(PRODUCTION)
`,
    },
    'a handler that drops everything': {
      bad: 'import logging\nfrom fastapi import FastAPI\n\nlogging.getLogger(__name__).addHandler(logging.NullHandler())\napp = FastAPI()\n',
    },
    'the dictionary configuration': {
      good: `import logging.config, os
from flask import Flask
logging.config.dictConfig({
    "version": 1,
    "handlers": {"out": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout"}},
    "root": {"level": os.getenv("LOG_LEVEL", "INFO"), "handlers": ["out"]},
})
app = Flask(__name__)
`,
    },
    'a function of its own, called by the factory': {
      good: {
        'shop/__init__.py': `from flask import Flask
from .logs import setup_logging


def create_app():
    setup_logging()
    return Flask(__name__)
`,
        'shop/logs.py': `import logging
import sys


def setup_logging():
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    root.addHandler(handler)
`,
      },
    },
    'configured at the server': {
      good: {
        'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
        'gunicorn.conf.py': 'logconfig_dict = {"version": 1, "root": {"level": "INFO", "handlers": []}}\n',
      },
    },
    'configured on the command line': {
      good: {
        'main.py': 'from fastapi import FastAPI\napp = FastAPI()\n',
        Dockerfile: 'FROM python:3.12\nCOPY . .\nCMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--log-config", "logging.yaml"]\n',
      },
    },
    'the handlers of gunicorn': {
      good: `import logging
from flask import Flask
app = Flask(__name__)
gunicorn = logging.getLogger("gunicorn.error")
app.logger.handlers = gunicorn.handlers
app.logger.setLevel(gunicorn.level)
`,
    },
    'loguru prints by itself': { good: { 'main.py': 'from fastapi import FastAPI\nfrom loguru import logger\n\napp = FastAPI()\nlogger.info("up")\n' } },
    'run by hand, with no server anywhere': {
      good: `import logging
from flask import Flask
app = Flask(__name__)

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    app.run(host="0.0.0.0")
`,
    },
    'Django configures logging by itself': {
      good: { 'shop/settings.py': 'ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = []\nDEBUG = False\n', 'shop/wsgi.py': 'from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n' },
    },
    'Django told not to': {
      bad: { 'shop/settings.py': 'ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = []\nLOGGING_CONFIG = None\n', 'shop/wsgi.py': 'from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n' },
    },
  }),
});

/** Something that configures logging, and whether production gets there. */
interface Configuration extends Evidence { readonly unreached?: string }

function judge(project: Project): Judgement {
  const idle = idleModules(project);
  const all = [...fromCalls(project), ...fromAssignments(project), ...fromImports(project), ...fromCommands(project)].filter((each) => !idle.has(each.path));
  const reached = all.filter((each) => each.unreached === undefined);
  const loaded = loadedModules(project);
  // What the application itself loads proves more than a file beside it.
  if (reached.length > 0) return { holds: (reached.some((each) => loaded.has(each.path)) ? reached.filter((each) => loaded.has(each.path)) : reached).slice(0, 3) };
  return { open: [{ at: gapPlace(project, 'LOGGING_CONFIG'), message: message(project, all), related: all.map((each) => ({ ...each, text: `${each.text} ${each.unreached ?? ''}` })) }] };
}

function message(project: Project, unreached: readonly Configuration[]): string {
  const [first] = unreached;
  const name = applicationName(project);
  if (first) return `${name} configures logging only where it ${first.unreached ?? 'is not reached'}: ${first.text} in ${first.path}.`;
  const lines = project.calls('logging.info', 'logging.getLogger.info', 'flask.Flask.logger.info', 'flask.current_app.logger.info').length;
  return `${name} never configures logging${lines > 0 ? `, so ${lines === 1 ? 'its info line is' : `its ${lines} info lines are`} dropped` : '; the root logger stays at WARNING, without time or source'}.`;
}

function fromCalls(project: Project): readonly Configuration[] {
  const loaded = loadedModules(project);
  const scripts = new Set(project.modules.filter((module) => !loaded.has(module.path) && module.calls.some(onlyAsProgram)).map((module) => module.path));
  return [...project.calls(...CONFIGURES, 'uvicorn.run', 'uvicorn.Config'), ...project.calls('*.setLevel').filter(({ call }) => /(^|\.)(app|application|server|current_app|Flask)\.logger\.setLevel$/.test(call.callee))]
    .filter(({ call }) => !onlyInDevelopment(call) && decides(call))
    .map(({ module, call }) => {
      const unreached = scripts.has(module.path) ? 'runs as a script of its own' : module.imports.some((one) => one.target === 'alembic.context') ? 'runs with migrations' : onlyAsProgram(call) && project.server ? 'is started by hand, which the server never does' : undefined;
      return { path: module.path, ...call.at, text: call.written, ...(unreached && { unreached }) };
    });
}

/** Whether this call has a say in logging: some have only with the right argument, and a handler that drops everything never has. */
function decides(call: Call): boolean {
  const given = (name: string) => call.keywords.some((each) => each.name === name && each.value.kind !== 'none');
  if (call.callee.startsWith('uvicorn.')) return given('log_config');
  if (call.callee === 'ddtrace.patch') return given('logging');
  const [handler] = call.args;
  return !(lastName(call.callee) === 'addHandler' && handler?.kind === 'result' && lastName(handler.callee) === 'NullHandler');
}

/** Settings of gunicorn's configuration file, and handlers that are handed on. */
function fromAssignments(project: Project): readonly Configuration[] {
  return project.modules.flatMap((module) => module.assignments.filter((one) => !onlyInDevelopment(one) && (/(^|\.)(app|root|logger|log|current_app)\.(logger\.)?handlers$/.test(one.target)
    || (/(^|\/)gunicorn[\w.-]*\.py$/.test(module.path) && one.scope === '' && /^(logconfig|logconfig_dict|logconfig_json|logger_class)$/.test(one.target))))
    .map((one) => ({ path: module.path, ...one.at, text: `sets ${one.target}` })));
}

/** Libraries that print every level, with time and source, as soon as they are imported. */
function fromImports(project: Project): readonly Configuration[] {
  return project.modules.flatMap((module) => module.imports.filter((one) => /^(loguru|structlog|logfire|eliot)(\.|$)/.test(one.target)).map((one) => ({ path: module.path, ...one.at, text: `logs with ${one.target.split('.')[0] ?? ''}` })));
}

function fromCommands(project: Project): readonly Configuration[] {
  return project.commands.filter((each) => /--log-config(-json)?\b|--logger-class\b|\bddtrace-run\b|\bopentelemetry-instrument\b/.test(each.text)).map((each) => ({ ...each, text: 'configured on the command line' }));
}

function switchedOff(project: Project): boolean {
  return project.settings('LOGGING_CONFIG').some((each) => each.value.kind === 'none' && seenInProduction(each, project));
}

function configuring(gap: Gap, source: Source, module: Module): readonly Edit[] | undefined {
  const at = constructionAt(gap.at, source);
  if (!at || gap.related?.length) return undefined;
  const lines = ['logging.basicConfig(', '    level=os.getenv("LOG_LEVEL", "INFO"),', '    format="%(asctime)s %(levelname)s %(name)s %(message)s",', ')'];
  return [...importing(module, source, 'logging'), ...importing(module, source, 'os'), statementsBefore(at, lines)];
}
