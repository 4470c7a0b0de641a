import type { Context, Decorator, Edit, Func, Module, Project, Selector, Value, Variation } from '../kit';
import { importing, insert, lastName, loggerOf, makingLogger, rule } from '../kit';

/** A function that answers for exceptions of every kind, and what it is registered for: `Exception`, `500`. */
interface CatchAll { readonly module: Module; readonly func: Func; readonly target: string; readonly flask: boolean }

const REGISTERS = ['*.register_error_handler', '*.add_exception_handler'] as const;
/** Error trackers that see the exception by themselves, and the signal that is sent before any handler. */
const TRACKERS = ['sentry_sdk.init', 'rollbar.init', 'rollbar.contrib.flask.report_exception', 'bugsnag.configure', 'bugsnag.flask.handle_exceptions', 'honeybadger.honeybadger.configure', 'newrelic.agent.initialize', 'elasticapm.contrib.flask.ElasticAPM', 'raven.contrib.flask.Sentry', 'airbrake.getLogger', 'ddtrace.patch_all', 'logfire.instrument_fastapi', '*.got_request_exception.connect', 'flask.got_request_exception.connect'] as const;
const LOGS = /(^|[._])(log|logs|logger|logging|debug|info|warn|warning|error|exception|critical|fatal|capture_exception|captureException|capture_message|print_exc|print_exception|format_exc|record_exception|log_exception|log_error|report_exc_info|notify|report|notice_error)$|(^|[._])log(ger|ging)?\./i;

export default rule<CatchAll>({
  id: 'error-handler-not-logging',
  title: 'The catch-all error handler records the error',
  severity: 'medium', points: 4, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: 'A handler for Exception takes over from the framework, which would have logged. Every bug then shows a friendly page and leaves nothing.',
  how: 'Log first, then answer.',
  links: ['https://flask.palletsprojects.com/en/stable/errorhandling/', 'https://fastapi.tiangolo.com/tutorial/handling-errors/'],
  anchors: ['CWE-778', 'ASVS 16.5.4'],

  on: catchAlls(),
  check: (it, { project, source }) => {
    if (records(it, project) || /\braise\b/.test(source.slice(it.func.body)) || project.calls(...TRACKERS).length > 0) return false;
    if (it.flask) return it.target === 'Exception' || { severity: 'info', because: 'Flask has logged the exception before it asks this handler' } satisfies Variation;
    return { severity: 'info', because: 'Starlette passes the exception on to the server, which logs it' };
  },
  message: ({ func, target }) => `${func.name}(), the handler for ${target}, does not log.`,
  underline: ({ func }) => func.nameAt,
  holds: (it, { project }) => records(it, project) ? `${it.func.name}() logs` : undefined,
  nothing: 'No handler answers for exceptions of every kind.',

  fix: { title: 'Log the exception', safety: 'safe', edit: recording },

  examples: () => ({
    'a page in place of the traceback': {
      bad: 'from flask import Flask, render_template\napp = Flask(__name__)\n@app.errorhandler(Exception)\ndef oops(e):\n    return render_template("500.html"), 500\n',
      good: 'from flask import Flask, render_template\napp = Flask(__name__)\n@app.errorhandler(Exception)\ndef oops(e):\n    app.logger.exception("unhandled exception")\n    return render_template("500.html"), 500\n',
    },
    'of a blueprint': {
      bad: 'from flask import Blueprint, jsonify\nbp = Blueprint("api", __name__)\n\n@bp.app_errorhandler(Exception)\ndef oops(e):\n    """Answers in JSON."""\n    return jsonify(error="internal"), 500\n',
      good: 'from flask import Blueprint, jsonify\nfrom flask import current_app\nbp = Blueprint("api", __name__)\n\n@bp.app_errorhandler(Exception)\ndef oops(e):\n    """Answers in JSON."""\n    current_app.logger.exception("unhandled exception")\n    return jsonify(error="internal"), 500\n',
    },
    'registered in a factory': { bad: 'from flask import Flask\n\ndef oops(e):\n    return "error", 500\n\ndef create_app():\n    app = Flask(__name__)\n    app.register_error_handler(Exception, oops)\n    return app\n' },
    'only for 500, which Flask has logged': { bad: 'from flask import Flask\napp = Flask(__name__)\n\n@app.errorhandler(500)\ndef oops(e):\n    return "error", 500\n', severity: 'info' },
    'FastAPI': {
      bad: 'from fastapi import FastAPI\nfrom fastapi.responses import JSONResponse\napp = FastAPI()\n\n@app.exception_handler(Exception)\nasync def oops(request, exc):\n    return JSONResponse({"error": "internal"}, 500)\n',
      good: 'import logging\nfrom fastapi import FastAPI\nfrom fastapi.responses import JSONResponse\n\nlogger = logging.getLogger(__name__)\n\n\napp = FastAPI()\n\n@app.exception_handler(Exception)\nasync def oops(request, exc):\n    logger.error("unhandled exception", exc_info=exc)\n    return JSONResponse({"error": "internal"}, 500)\n', severity: 'info',
    },
    'it logs': { good: 'from flask import Flask, render_template\napp = Flask(__name__)\n@app.errorhandler(Exception)\ndef oops(e):\n    app.logger.exception("unhandled")\n    return render_template("500.html"), 500\n' },
    'a function of the project logs': { good: 'import logging\nfrom flask import Flask\napp = Flask(__name__)\n\ndef remember(e):\n    logging.getLogger(__name__).error("unhandled", exc_info=e)\n\n@app.errorhandler(Exception)\ndef oops(e):\n    remember(e)\n    return "error", 500\n' },
    'only for what is not there': { good: 'from flask import Flask, render_template\nfrom werkzeug.exceptions import HTTPException\napp = Flask(__name__)\n@app.errorhandler(404)\ndef missing(e):\n    return render_template("404.html"), 404\n\n@app.errorhandler(HTTPException)\ndef other(e):\n    return e\n' },
    'a tracker sees it': { good: 'import os\nimport sentry_sdk\nfrom flask import Flask\nsentry_sdk.init(os.environ["SENTRY_DSN"])\napp = Flask(__name__)\n\n@app.errorhandler(Exception)\ndef oops(e):\n    return "error", 500\n' },
    'what is no visitor\'s fault is passed on': { good: 'from flask import Flask\nfrom werkzeug.exceptions import HTTPException\napp = Flask(__name__)\n\n@app.errorhandler(Exception)\ndef oops(e):\n    if isinstance(e, HTTPException):\n        return e\n    raise e\n' },
    'tests': { path: 'tests/app.py', good: 'from flask import Flask\napp = Flask(__name__)\n\n@app.errorhandler(Exception)\ndef oops(e):\n    return "error", 500\n' },
  }),
});

function catchAlls(): Selector<CatchAll> {
  return {
    kinds: ['module'], callees: [...REGISTERS, ...TRACKERS],
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const func of unit.functions) {
        const decorator = func.decorators.find((each) => /(^|\.)(errorhandler|app_errorhandler|exception_handler)$/.test(each.name));
        const target = decorator ? targetOf(decorator.args[0]) : registered(func, unit, project);
        if (target) yield { module: unit, func, target, flask: isFlask(decorator, unit) };
      }
    },
  };
}

function isFlask(decorator: Decorator | undefined, module: Module): boolean {
  return decorator ? /errorhandler$/.test(decorator.name) : !module.imports.some((each) => /^(fastapi|starlette)(\.|$)/.test(each.target));
}

/** What a handler is registered for, when that is everything. */
function targetOf(value: Value | undefined): string | undefined {
  if (value?.kind === 'number') return value.value === 500 ? '500' : undefined;
  const name = value?.kind === 'reference' ? lastName(value.name) : undefined;
  return name === 'BaseException' ? 'Exception' : name === 'Exception' || name === 'InternalServerError' ? name : undefined;
}

function registered(func: Func, module: Module, project: Project): string | undefined {
  return project.calls(...REGISTERS).flatMap(({ module: other, call }) => {
    const [what, by] = call.args;
    return by?.kind === 'reference' && lastName(by.name) === func.name && (other === module || by.name.includes(lastName(module.name))) ? targetOf(what) ?? [] : [];
  })[0];
}

/** It logs by itself, or through a function of the project. */
function records({ func }: CatchAll, project: Project): boolean {
  return func.does.some((each) => LOGS.test(each) || project.func(each)?.func.does.some((inner) => LOGS.test(inner)));
}

// ---- the fix

function recording({ module, func, flask }: CatchAll, { source }: Context): readonly Edit[] | undefined {
  const exception = func.parameters.at(-1)?.name;
  if (source.line(func.body.start) === source.line(func.nameAt.start) || exception === undefined) return undefined;
  const known = loggerOf(module, func);
  const logger = known ?? (flask ? 'current_app.logger' : 'logger');
  const text = flask ? `${logger}.exception("unhandled exception")` : `${logger}.error("unhandled exception", exc_info=${exception})`;
  const needed = known ? [] : flask ? importing(module, source, 'current_app', 'flask') : makingLogger(module, source);
  const doc = /^("""[^]*?"""|'''[^]*?'''|"[^"\n]*"|'[^'\n]*')[ \t]*(?=\r?\n)/.exec(source.slice(func.body));
  const indentation = source.indentation(func.body.start);
  return [...needed, doc ? insert(func.body.start + doc[0].length, `\n${indentation}${text}`) : insert(func.body.start, `${text}\n${indentation}`)];
}
