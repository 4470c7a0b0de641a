import type { Edit, Evidence, Func, Gap, Judgement, Module, Project, Source, Tool } from '../kit';
import {
  APM_TOOLS, HOOK_CALLS, LOGGING_TABLE_CALLS, applicationName, closure, constructionAt, declaredTool, environmentName, functionsIn, gapPlace, idleModules,
  importing, lastName, loggingTables, namedInExample, onlyInDevelopment, pathOf, projectRule, requiring, seenInProduction, statementsBefore, textsIn,
  toolsInUse, webFrameworks,
} from '../kit';

const TRACKERS: readonly Tool[] = [
  { name: 'Sentry', packages: ['sentry-sdk', 'raven', 'sentry-asgi'], calls: ['sentry_sdk.init', 'raven.Client', 'raven.contrib.flask.Sentry', 'sentry_asgi.SentryMiddleware'], listed: /^raven\./ },
  { name: 'Rollbar', packages: ['rollbar', 'pyrollbar'], calls: ['rollbar.init', 'rollbar.contrib.fastapi.add_to', 'rollbar.contrib.flask.report_exception'], listed: /rollbar/i },
  { name: 'Bugsnag', packages: ['bugsnag'], calls: ['bugsnag.configure', 'bugsnag.flask.handle_exceptions'], listed: /bugsnag/i },
  { name: 'Honeybadger', packages: ['honeybadger'], calls: ['honeybadger.honeybadger.configure', 'honeybadger.configure', 'honeybadger.contrib.FlaskHoneybadger', 'honeybadger.contrib.flask.FlaskHoneybadger'], listed: /honeybadger/i },
  { name: 'Airbrake', packages: ['pybrake', 'airbrake'], calls: ['pybrake.Notifier', 'pybrake.flask.init_app', 'pybrake.middleware.flask.init_app'], listed: /^pybrake/ },
  { name: 'Raygun', packages: ['raygun4py'], calls: ['raygun4py.raygunprovider.RaygunSender', 'raygun4py.middleware.flask.Provider'], listed: /^raygun4py/ },
  { name: 'Google Error Reporting', packages: ['google-cloud-error-reporting'], calls: ['google.cloud.error_reporting.Client', 'google.cloud.error_reporting.client.Client'] },
  { name: 'Highlight', packages: ['highlight-io'], calls: ['highlight_io.H'] },
  { name: 'PostHog', packages: [], calls: ['posthog.capture_exception'] },
  { name: 'Flask-ErrorMail', packages: ['flask-errormail'], calls: ['flask_errormail.mail_on_500'] },
  { name: 'an error tracker in the database', packages: ['django-error-log'], calls: [], listed: /error_?(log|report|track)/i },
  ...APM_TOOLS,
];

/** Calls by which a program tells somebody. */
const TELLS = /(^|\.)(requests|httpx|aiohttp|session|client|AsyncClient|Client|ClientSession)\.(post|request)$|(^|\.)urlopen$|smtplib|(^|[._])(send_?mail|mail_admins|mail_managers|send_?email|send_message|EmailMessage|send_alert\w*|alert_\w+|notify\w*|capture_?exception|report_(exception|error)\w*|exc_info_report|chat_postMessage|WebhookClient)$|slack|telegram|discord|pagerduty|opsgenie/i;

const CALLS = ['logging.handlers.SMTPHandler', '*.add_exception_handler', '*.register_error_handler', 'flask.got_request_exception.connect', 'django.core.signals.got_request_exception.connect', 'flask.signals.got_request_exception.connect'] as const;

export default projectRule({
  id: 'error-tracking-missing',
  title: 'Unhandled errors are reported to someone',
  severity: 'low', points: 3, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: `Users meet errors before you do and mostly do not report them. An hour of work gives you the traceback and the count.`,
  how: `Initialise a tracker in production and route its alerts to a person.`,
  links: ['https://docs.sentry.io/platforms/python/', 'https://sre.google/sre-book/monitoring-distributed-systems/'],
  anchors: ['CWE-778'],
  attestable: 'apm-in-place',

  applies: (project) => webFrameworks(project).size > 0 && project.deployable ? true : 'No web application is deployed from here.',
  reads: [...TRACKERS.flatMap((each) => each.calls), ...CALLS, ...HOOK_CALLS, ...LOGGING_TABLE_CALLS],
  project: judge,

  fix: {
    title: 'Initialise Sentry when a DSN is set', safety: 'review', remains: 'Set SENTRY_DSN in production, and route the alerts to a person.',
    edit: (gap, { source, unit, project }) => unit.kind === 'module' ? initialising(gap, source, unit, project) : undefined,
  },

  examples: () => ({
    'nobody is told': {
      bad: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', Procfile: 'web: gunicorn app:app\n', 'requirements.txt': 'flask==3.0.3\n', '.env.example': 'APP_ENV=production\n' },
      good: {
        'app.py': `import os
import sentry_sdk
from flask import Flask
if os.getenv("SENTRY_DSN"):
    sentry_sdk.init(dsn=os.environ["SENTRY_DSN"], environment=os.getenv("APP_ENV", "production"))
app = Flask(__name__)
`,
        Procfile: 'web: gunicorn app:app\n', 'requirements.txt': 'flask==3.0.3\nsentry-sdk>=2.14\n', '.env.example': 'APP_ENV=production\nSENTRY_DSN=\n',
      },
    },
    'declared, not initialised': {
      bad: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', Procfile: 'web: gunicorn app:app\n', 'requirements.txt': 'flask==3.0.3\nsentry-sdk==2.14.0\n' },
    },
    'captured, but never initialised': {
      bad: {
        'main.py': `from fastapi import FastAPI
app = FastAPI()


@app.get("/")
def home():
    try:
        return {}
    except Exception as error:
        import sentry_sdk
        sentry_sdk.capture_exception(error)
        raise
`,
        Dockerfile: 'FROM python:3.12\nCMD ["uvicorn", "main:app"]\n',
      },
    },
    'only while developing': {
      bad: 'import sentry_sdk\nfrom flask import Flask\napp = Flask(__name__)\nif app.debug:\n    sentry_sdk.init("https://example.invalid/1")\n',
    },
    'a factory, a class of settings and a module of its own': {
      good: {
        'shop/__init__.py': 'from flask import Flask\nfrom .errors import init_sentry\n\n\ndef create_app(config):\n    app = Flask(__name__)\n    init_sentry(app, config)\n    return app\n',
        'shop/errors.py': 'import sentry_sdk\n\n\ndef init_sentry(app, config):\n    if not config.SENTRY_DSN:\n        return\n    sentry_sdk.init(dsn=config.SENTRY_DSN, release=config.VERSION)\n',
        'wsgi.py': 'from shop import create_app\napp = create_app(None)\n',
      },
    },
    'Django: in the settings of production': {
      good: {
        'shop/settings/base.py': 'INSTALLED_APPS = ["shop"]\nROOT_URLCONF = "shop.urls"\n',
        'shop/settings/production.py': 'from .base import *\nimport os\nimport sentry_sdk\nfrom sentry_sdk.integrations.django import DjangoIntegration\nsentry_sdk.init(dsn=os.environ["SENTRY_DSN"], integrations=[DjangoIntegration()])\n',
        'shop/wsgi.py': 'from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n',
      },
    },
    'Django: among the middleware': {
      good: { 'shop/settings.py': 'INSTALLED_APPS = ["shop"]\nMIDDLEWARE = ["rollbar.contrib.django.middleware.RollbarNotifierMiddleware"]\n', 'shop/wsgi.py': 'application = None\n' },
    },
    'Django mails its administrators': {
      good: { 'shop/settings.py': 'import os\nINSTALLED_APPS = ["shop"]\nADMINS = [("Ops", os.environ["ADMIN_EMAIL"])]\nEMAIL_HOST = os.environ["EMAIL_HOST"]\n', 'shop/wsgi.py': 'application = None\n' },
    },
    'Django: administrators without a mail server': {
      bad: { 'shop/settings.py': 'INSTALLED_APPS = ["shop"]\nADMINS = []\nEMAIL_HOST = "mail.internal"\n', 'shop/wsgi.py': 'application = None\n' },
    },
    'the server is started with an agent': {
      good: { 'main.py': 'from fastapi import FastAPI\napp = FastAPI()\n', Dockerfile: 'FROM python:3.12\nCOPY . .\nCMD ["ddtrace-run", "uvicorn", "main:app"]\n' },
    },
    'errors are mailed by a handler': {
      good: `import logging
from logging.handlers import SMTPHandler
from flask import Flask
app = Flask(__name__)
if not app.debug:
    handler = SMTPHandler(("mail.internal", 25), "shop@example.invalid", ["ops@example.invalid"], "Shop failed")
    handler.setLevel(logging.ERROR)
    app.logger.addHandler(handler)
`,
    },
    'a handler of its own posts to a chat': {
      good: `import logging
import requests
from flask import Flask


class ChatHandler(logging.Handler):
    def emit(self, record):
        requests.post(HOOK, json={"text": self.format(record)}, timeout=3)


app = Flask(__name__)
app.logger.addHandler(ChatHandler(level=logging.ERROR))
`,
    },
    'a handler of its own keeps records where people look': {
      good: {
        'shop/settings.py': 'INSTALLED_APPS = ["shop"]\nLOGGING = {"version": 1, "handlers": {"db": {"level": "ERROR", "class": "shop.logs.Keeper"}}}\n',
        'shop/logs.py': 'import logging\n\n\nclass Keeper(logging.Handler):\n    def emit(self, record):\n        from shop.models import Record\n        Record.objects.create(message=record.getMessage())\n',
        'shop/wsgi.py': 'application = None\n',
      },
    },
    'the error handler tells somebody': {
      good: `import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

app = FastAPI()


async def tell(error):
    async with httpx.AsyncClient() as client:
        await client.post(HOOK, json={"text": repr(error)})


@app.exception_handler(Exception)
async def failed(request: Request, error: Exception):
    await tell(error)
    return JSONResponse({"detail": "error"}, status_code=500)
`,
    },
    'an error handler that only answers': {
      bad: `from flask import Flask, render_template
app = Flask(__name__)


@app.errorhandler(500)
def failed(error):
    app.logger.exception("failed")
    return render_template("500.html"), 500
`,
    },
    'traces with OpenTelemetry': {
      good: 'from fastapi import FastAPI\nfrom opentelemetry.instrumentation.fastapi import FastAPIInstrumentor\napp = FastAPI()\nFastAPIInstrumentor.instrument_app(app)\n',
    },
    'a library': { good: { 'shop/__init__.py': 'def price():\n    return 1\n', 'pyproject.toml': '[project]\nname = "prices"\n' } },
  }),
});

function judge(project: Project): Judgement {
  const found = [...toolsInUse(project, TRACKERS), ...mailed(project), ...ownHandlers(project), ...errorHandlers(project)];
  if (found.length > 0) return { holds: found.slice(0, 3) };
  const declared = declaredTool(project, TRACKERS);
  const app = applicationName(project);
  const message = declared ? `${declared.name} is ${declared.text} but never initialised, so ${app} reports its errors to nobody.` : `${app} reports unhandled errors to nobody: no error tracker is initialised.`;
  return { open: [{ at: gapPlace(project, 'INSTALLED_APPS'), message, ...(declared && { related: [declared] }) }] };
}

/** Handlers that mail errors: of logging itself, in a table of logging, and Django's own for its administrators. */
function mailed(project: Project): readonly Evidence[] {
  const made = project.calls('logging.handlers.SMTPHandler').filter(({ call }) => !onlyInDevelopment(call)).map(({ module, call }) => ({ path: module.path, ...call.at, text: 'errors are mailed' }));
  const listed = loggingTables(project).flatMap((each) => textsIn(each.table).filter((one) => /SMTPHandler$|(slack|teams|telegram|sentry|rollbar|discord)\w*(\.\w+)*Handler$/i.test(one.value)).map((one) => ({ path: each.path, start: one.at.start, end: one.at.end, text: lastName(one.value) })));
  const admins = project.settings('ADMINS').filter((each) => seenInProduction(each, project) && !(each.value.kind === 'list' && each.value.items.length === 0));
  const mail = project.settings('EMAIL_HOST', 'EMAIL_BACKEND', 'EMAIL_CONFIG', 'EMAIL_URL', 'EMAIL_HOST_USER', 'MAILERS', 'ANYMAIL', 'SERVER_EMAIL').length > 0;
  return [...made, ...listed, ...(mail ? admins.map((each) => ({ path: each.path, start: each.start, end: each.end, text: 'Django mails errors to ADMINS' })) : [])];
}

/** Handlers of logging that the project wrote to tell somebody. */
function ownHandlers(project: Project): readonly Evidence[] {
  return project.classes.filter(({ class: one }) => one.bases.some((base) => /^logging\.(handlers\.)?\w*Handler$/.test(base))).flatMap(({ module, class: one }) => {
    const emit = functionsIn(module, pathOf(one)).find((func) => func.name === 'emit');
    const keeps = emit?.does.some((callee) => /\.objects\.create$|(^|\.)session\.add$|\.insert_one$/.test(callee));
    return emit && (keeps || tells(project, module, emit)) ? [{ path: module.path, ...one.nameAt, text: `${one.name} ${keeps ? 'keeps' : 'sends'} what is logged` }] : [];
  });
}

/** Functions that are called with every unhandled error, and tell somebody. */
function errorHandlers(project: Project): readonly Evidence[] {
  const idle = idleModules(project);
  const decorated = project.modules.flatMap((module) => module.functions.filter((func) => func.decorators.some((each) => /(^|\.)(errorhandler|app_errorhandler|exception_handler|connect|receiver)$/.test(each.name) && each.args.some(meansEveryError))
    || func.name === 'process_exception').map((func) => ({ module, func })));
  const registered = project.calls(...CALLS.slice(1)).flatMap(({ call }) => call.args.flatMap((each) => each.kind === 'reference' ? project.func(each.name) ?? [] : []));
  return [...decorated, ...registered].filter(({ module, func }) => !idle.has(module.path) && tells(project, module, func)).map(({ module, func }) => ({ path: module.path, ...func.nameAt, text: `${func.name}() tells somebody` }));
}

/** `Exception`, `500`, `InternalServerError`, the signal of an unhandled error. */
function meansEveryError(value: { readonly kind: string; readonly value?: unknown; readonly name?: string }): boolean {
  return value.kind === 'number' ? value.value === 500 : value.kind === 'reference' && /(^|\.)(Exception|BaseException|InternalServerError|got_request_exception)$/.test(value.name ?? '');
}

function tells(project: Project, module: Module, func: Func): boolean {
  return closure(project, [{ module, func }]).some((each) => each.func.does.some((callee) => TELLS.test(callee) && !/^sentry_sdk\./.test(callee)));
}

function initialising(gap: Gap, source: Source, module: Module, project: Project): readonly Edit[] | undefined {
  const at = constructionAt(gap.at, source);
  if (!at) return undefined;
  const lines = ['if os.getenv("SENTRY_DSN"):', `    sentry_sdk.init(dsn=os.environ["SENTRY_DSN"], environment=os.getenv("${environmentName(project)}", "production"))`];
  return [...importing(module, source, 'os'), ...importing(module, source, 'sentry_sdk'), statementsBefore(at, lines), ...requiring(project, 'sentry-sdk', 'sentry-sdk>=2.14'), ...namedInExample(project, 'SENTRY_DSN')];
}
