import type { Evidence, Judgement, Module, Project, Value } from '../kit';
import { HOOK_CALLS, LOGGING_TABLE_CALLS, idleModules, loadedModules, loggingTables, middlewares, onlyAsProgram, onlyInDevelopment, projectRule, textsIn, webFrameworks } from '../kit';

const CONFIGURES = ['logging.basicConfig', 'logging.config.dictConfig', 'logging.config.fileConfig', '*.addHandler', 'loguru.logger.add', 'loguru.logger.configure'] as const;
/** Libraries whose lines have fields, or carry the id of a request. */
const LIBRARIES = /^(structlog|pythonjsonlogger|json_log_formatter|json_logging|jsonlogger|ecs_logging|aws_lambda_powertools|logfire|eliot|logstash(_async)?|logstash_formatter|fluent|google\.cloud\.logging|asgi_correlation_id|flask_log_request_id|django_guid|django_structlog|log_request_id|request_id|starlette_context|opentelemetry\.instrumentation\.logging|ddtrace|watchtower|logging_loki|graypy|msgspec_logging|picologging)(\.|$)/;
const REQUEST_ID = /(request|correlation|trace|req)[_-]?id/i;

export default projectRule({
  id: 'structured-logging-missing',
  title: 'Log lines are structured or carry a request id',
  severity: 'low', points: 2, confidence: 'possible', blocks: 'never', effort: 'M', since: '1',
  why: `Finding one request among several workers needs an id on each line. Text has to be parsed with guesses.`,
  how: `Emit JSON with a request id, user id, route, status and duration.`,
  links: ['https://www.structlog.org/en/stable/', 'https://docs.python.org/3/library/logging.config.html', 'https://12factor.net/logs'],
  anchors: ['CWE-778'],
  ladder: { name: 'logging', rung: 2 },
  attestable: 'log-shipping',

  applies(project) {
    if (webFrameworks(project).size === 0 || !project.deployable) return 'No web application is deployed from here.';
    if (project.workers.count !== 'several') return 'One process writes the log, as far as can be seen.';
    return configured(project).length > 0 || structured(project).length > 0 ? true : 'Logging is not configured here.';
  },
  reads: [...CONFIGURES, ...LOGGING_TABLE_CALLS, ...HOOK_CALLS, 'logging.Formatter', 'contextvars.ContextVar'],
  project: judge,

  examples: () => ({
    'text from four workers': { bad: { 'app.py': 'import logging\nfrom flask import Flask\nlogging.basicConfig(level="INFO", format="%(asctime)s %(message)s")\napp = Flask(__name__)\n', Procfile: 'web: gunicorn -w 4 app:app\n' } },
    'text by Django\'s table': {
      bad: {
        'shop/settings.py': 'INSTALLED_APPS = []\nLOGGING = {"version": 1, "formatters": {"plain": {"format": "{levelname} {message}", "style": "{"}}, "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "plain"}}}\n',
        'gunicorn.conf.py': 'workers = 3\n', Procfile: 'web: gunicorn shop.wsgi\n', 'shop/wsgi.py': 'application = None\n',
      },
    },
    'structlog': { good: { 'app.py': 'import structlog\nfrom flask import Flask\nstructlog.configure(processors=[structlog.contextvars.merge_contextvars, structlog.processors.JSONRenderer()])\napp = Flask(__name__)\n', Procfile: 'web: gunicorn -w 4 app:app\n' } },
    'a formatter of JSON in the table': {
      good: {
        'shop/settings.py': 'INSTALLED_APPS = []\nLOGGING = {"version": 1, "formatters": {"json": {"()": "pythonjsonlogger.jsonlogger.JsonFormatter"}}}\n',
        Procfile: 'web: gunicorn -w 4 shop.wsgi\n', 'shop/wsgi.py': 'application = None\n',
      },
    },
    'a formatter of its own': {
      good: {
        'app.py': 'from flask import Flask\nfrom logs import setup\nsetup()\napp = Flask(__name__)\n',
        'logs.py': 'import json\nimport logging\n\n\nclass Lines(logging.Formatter):\n    def format(self, record):\n        return json.dumps({"message": record.getMessage(), "level": record.levelname})\n\n\ndef setup():\n    handler = logging.StreamHandler()\n    handler.setFormatter(Lines())\n    logging.getLogger().addHandler(handler)\n',
        Procfile: 'web: gunicorn -w 4 app:app\n',
      },
    },
    'an id on every line': {
      good: {
        'main.py': 'import contextvars\nimport logging\nfrom fastapi import FastAPI\nrequest_id = contextvars.ContextVar("request_id", default="-")\nlogging.basicConfig(format="%(asctime)s %(request_id)s %(message)s")\napp = FastAPI()\n',
        Dockerfile: 'FROM python:3.12\nCMD ["uvicorn", "main:app", "--workers", "4"]\n',
      },
    },
    'loguru that serialises': { good: { 'main.py': 'import sys\nfrom fastapi import FastAPI\nfrom loguru import logger\nlogger.add(sys.stdout, serialize=True)\napp = FastAPI()\n', Procfile: 'web: uvicorn main:app --workers 4\n' } },
    'one process': { good: { 'app.py': 'import logging\nfrom flask import Flask\nlogging.basicConfig(level="INFO")\napp = Flask(__name__)\n', Procfile: 'web: gunicorn -w 1 app:app\n' } },
    'not configured at all': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', Procfile: 'web: gunicorn -w 4 app:app\n' } },
  }),
});

function judge(project: Project): Judgement {
  const found = structured(project);
  if (found.length > 0) return { holds: found.slice(0, 3) };
  const all = configured(project);
  const loaded = loadedModules(project);
  const first = all.find((each) => loaded.has(each.path)) ?? all[0];
  const { evidence } = project.workers;
  return { open: [{ at: first ?? project.anchor, message: `Log lines are plain text without fields or a request id, and several processes write them (${evidence?.text ?? 'several workers'}).`, ...(evidence && { related: [evidence] }) }] };
}

/** Where logging is configured for production. */
function configured(project: Project): readonly Evidence[] {
  const idle = idleModules(project);
  const calls = project.calls(...CONFIGURES).filter(({ module, call }) => !idle.has(module.path) && !onlyInDevelopment(call) && !onlyAsProgram(call)).map(({ module, call }) => ({ path: module.path, ...call.at, text: call.written }));
  return [...calls, ...loggingTables(project).map(({ path, start, end, text }) => ({ path, start, end, text }))];
}

/** What gives lines fields or an id. */
function structured(project: Project): readonly Evidence[] {
  return project.once('structuredLogging', () => [
    ...project.modules.flatMap((module) => inModule(module)),
    ...loggingTables(project).flatMap((each) => textsIn(each.table).filter((one) => /json|structlog|logstash|ecs|gelf|%\(\w*id\)/i.test(one.value) || isStructured(one)).map((one) => ({ path: each.path, start: one.at.start, end: one.at.end, text: one.value.slice(0, 60) }))),
    ...middlewares(project).filter((each) => REQUEST_ID.test(each.name)).map(({ path, start, end, text }) => ({ path, start, end, text })),
    ...project.commands.filter((each) => /--log-config(-json)?\b|--access-logformat[= ]["']?\{|ddtrace-run|opentelemetry-instrument/.test(each.text)).map((each) => ({ ...each, text: 'configured on the command line' })),
  ]);
}

function inModule(module: Module): readonly Evidence[] {
  const at = (span: { readonly start: number; readonly end: number }, text: string): Evidence => ({ path: module.path, start: span.start, end: span.end, text });
  const imported = module.imports.filter((one) => LIBRARIES.test(one.target)).map((one) => at(one.at, `logs with ${one.target.split('.')[0] ?? ''}`));
  const own = module.classes.filter((one) => one.bases.some((base) => /(^|\.)\w*Formatter$/.test(base))).filter((one) => /json|struct|ecs|logfmt/i.test(one.name) || module.functions.some((func) => func.scope === one.name && func.does.some((callee) => /(^|\.)dumps$/.test(callee)))).map((one) => at(one.nameAt, `${one.name} formats fields`));
  const ids = module.assignments.filter((one) => REQUEST_ID.test(one.target) && one.how !== 'entry' && !/\.(GET|POST|args|data)\b/.test(one.target)).map((one) => at(one.at, `${one.target} is kept`));
  const given = module.calls.filter((call) => /(^|\.)(basicConfig|Formatter|add|configure)$/.test(call.callee) && (call.keywords.some((each) => each.name === 'serialize' || isStructured(each.value)) || call.args.some(isStructured))).map((call) => at(call.at, 'a format with fields'));
  const read = module.functions.filter((func) => func.reads.some((each) => /headers\.(x[-_])?(request|correlation|trace)[-_]?id/i.test(each))).map((func) => at(func.nameAt, 'the request\'s id is read'));
  return [...imported, ...own, ...ids, ...given, ...read];
}

/** A format with an id, with JSON or with `level=…`. */
function isStructured(value: Value): boolean {
  return value.kind === 'text' && (REQUEST_ID.test(value.value) || /^\s*\{\s*["']/.test(value.value) || /\blevel(name)?=%\(levelname\)/.test(value.value));
}
