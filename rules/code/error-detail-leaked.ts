import type { Call, Context, Edit, Func, Handler, Module, Project, Selector, Span, Value, Variation } from '../kit';
import { attempted, calls, forAdministrators, functionsAround, importers, lastName, loggerOf, logging, makingLogger, onlyInDevelopment, pathOf, replace, rule, within } from '../kit';

/** What an exception says, on its way into an answer. */
interface Leak {
  readonly module: Module;
  /** The clause it was caught by; absent in a function that handles errors. */
  readonly handler?: Handler;
  /** The text that holds it, as a whole: what is answered under one key. */
  readonly shown: Value;
  readonly traceback: boolean;
  readonly at: Span;
  readonly scope: string;
  readonly guards: Handler['guards'];
}

const ANSWERS = ['flask.jsonify', 'flask.json.jsonify', 'quart.jsonify', 'flask.make_response', 'quart.make_response', 'flask.Response', 'flask.flash', 'flask.render_template', 'flask.abort', 'quart.render_template', 'quart.flash', 'quart.abort',
  'fastapi.HTTPException', 'starlette.exceptions.HTTPException', 'fastapi.exceptions.HTTPException', 'fastapi.responses.JSONResponse', 'fastapi.responses.PlainTextResponse', 'fastapi.responses.HTMLResponse', 'fastapi.Response',
  'starlette.responses.JSONResponse', 'starlette.responses.PlainTextResponse', 'starlette.responses.HTMLResponse', 'starlette.responses.Response',
  'django.http.JsonResponse', 'django.http.HttpResponse', 'django.http.HttpResponseServerError', 'django.http.response.JsonResponse', 'django.shortcuts.render', 'django.contrib.messages.error', 'rest_framework.response.Response'] as const;
/** Catching these says nothing about what went wrong. */
const BROAD = /^(Exception|BaseException|SQLAlchemyError|DBAPIError|DatabaseError|OperationalError|IntegrityError|ProgrammingError|OSError|IOError|PyMongoError)$|^(sqlite3|psycopg2?|pymysql|MySQLdb)\.Error$/;

export default rule<Leak>({
  id: 'error-detail-leaked',
  title: 'Clients get a generic error message',
  severity: 'medium', points: 6, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'Exception texts hold SQL, paths, host names and sometimes credentials. They help an attacker and confuse a customer.',
  how: 'Log the detail with an id, show the id.',
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Error_Handling_Cheat_Sheet.html', 'https://cwe.mitre.org/data/definitions/209.html'],
  anchors: ['njsscan generic_error_disclosure', 'CWE-209', 'CWE-497', 'ASVS 16.5.1'],

  on: leaks(),
  check: (it, { project }) => {
    if (onlyInDevelopment(it)) return false;
    if (forAdministrators(it.module, it.at, project)) return ADMIN;
    if (loadedByNothing(it.module, project)) return UNLOADED;
    return it.traceback ? TRACEBACK : true;
  },
  message: (it, { source }) => `${it.traceback ? 'A traceback' : shortened(source.slice(it.shown.at))} is sent to the client${it.scope ? ` by ${lastName(it.scope)}()` : ''}.`,
  underline: (it) => it.shown.at,
  nothing: 'No answer is made out of an exception.',

  fix: { title: 'Answer generically and log', safety: 'review', edit: generic },

  examples: () => ({
    'the text of any exception': {
      bad: 'import logging\nfrom flask import jsonify\nlogger = logging.getLogger(__name__)\n\ndef order(store):\n    try:\n        return jsonify(store.load())\n    except Exception as e:\n        return jsonify(error=str(e)), 500\n',
      good: 'import logging\nfrom flask import jsonify\nlogger = logging.getLogger(__name__)\n\ndef order(store):\n    try:\n        return jsonify(store.load())\n    except Exception as e:\n        logger.exception("order failed")\n        return jsonify(error="internal error"), 500\n',
    },
    'no status': { bad: 'from flask import jsonify\ndef order(store):\n    try:\n        return jsonify(store.load())\n    except Exception as e:\n        return jsonify({"error": str(e), "ok": False})\n' },
    'FastAPI': {
      bad: 'from fastapi import HTTPException\ndef order(store):\n    try:\n        return store.load()\n    except Exception as e:\n        raise HTTPException(500, detail=f"failed: {e}")\n', path: 'main.py',
      good: 'import logging\nfrom fastapi import HTTPException\n\nlogger = logging.getLogger(__name__)\n\n\ndef order(store):\n    try:\n        return store.load()\n    except Exception as e:\n        logger.exception("order failed")\n        raise HTTPException(500, detail="internal error")\n',
    },
    'a table that a route gives back': { bad: 'from fastapi import APIRouter\nfrom shop import store\n\nrouter = APIRouter()\n\n@router.get("/orders")\nasync def orders():\n    try:\n        return await store.load()\n    except Exception as exc:\n        return {"status": "error", "message": str(exc)}\n' },
    'text that a route gives back': { bad: 'from flask import Flask\nfrom shop import store\n\napp = Flask(__name__)\n\n@app.route("/orders")\ndef orders():\n    try:\n        return store.load()\n    except Exception as exc:\n        return f"Error: {exc}", 500\n' },
    'the traceback': { bad: 'import traceback\nfrom flask import jsonify\n\ndef order(store):\n    try:\n        return jsonify(store.load())\n    except Exception:\n        return jsonify({"error": "failed", "trace": traceback.format_exc()}), 500\n', severity: 'high' },
    'what a database says': { bad: 'from django.http import JsonResponse\nfrom django.db import DatabaseError\n\ndef order(request):\n    try:\n        return JsonResponse(load())\n    except DatabaseError as error:\n        return JsonResponse({"detail": repr(error)}, status=503)\n', path: 'shop/views.py' },
    'flashed': { bad: 'from flask import flash, redirect\n\ndef save(store):\n    try:\n        store.save()\n    except Exception as e:\n        flash(f"Could not save: {e}", "danger")\n    return redirect("/")\n' },
    'the handler of all errors': { bad: 'from flask import Flask, jsonify\n\napp = Flask(__name__)\n\n@app.errorhandler(Exception)\ndef failed(error):\n    return jsonify(message=str(error)), 500\n' },
    'the handler of FastAPI': { bad: 'from fastapi import FastAPI, Request\nfrom fastapi.responses import JSONResponse\n\napp = FastAPI()\n\n@app.exception_handler(Exception)\nasync def failed(request: Request, exc: Exception):\n    return JSONResponse(status_code=500, content={"detail": str(exc)})\n' },
    'for administrators': { bad: 'from flask import Flask, jsonify\nfrom auth import admin_required\nfrom shop import store\n\napp = Flask(__name__)\n\n@app.post("/admin/import")\n@admin_required\ndef load():\n    try:\n        return jsonify(store.load())\n    except Exception as e:\n        return jsonify(error=str(e)), 500\n', severity: 'low' },
    'in a module that nothing loads': {
      bad: {
        'shop/papers.py': 'from fastapi import HTTPException\n\nclass Papers:\n    @staticmethod\n    def bill(order):\n        try:\n            return order.draw()\n        except Exception as e:\n            raise HTTPException(status_code=500, detail=f"no bill: {e}")\n',
        'shop/main.py': 'from fastapi import FastAPI\n\napp = FastAPI()\n\n@app.get("/orders")\ndef orders():\n    return []\n',
      },
      severity: 'low',
    },
    'in a module that nothing loads, with a star import of something else': {
      bad: {
        'shop/papers.py': 'from fastapi import HTTPException\n\nclass Papers:\n    @staticmethod\n    def bill(order):\n        try:\n            return order.draw()\n        except Exception as e:\n            raise HTTPException(status_code=500, detail=f"no bill: {e}")\n',
        'shop/main.py': 'from fastapi import FastAPI\nfrom shop.names import *\n\napp = FastAPI()\n\n@app.get("/orders")\ndef orders():\n    return []\n', 'shop/names.py': 'A = 1\n',
      },
      severity: 'low',
    },
    'in a module that a route loads': {
      bad: {
        'shop/papers.py': 'from fastapi import HTTPException\n\nclass Papers:\n    @staticmethod\n    def bill(order):\n        try:\n            return order.draw()\n        except Exception as e:\n            raise HTTPException(status_code=500, detail=f"no bill: {e}")\n',
        'shop/main.py': 'from fastapi import FastAPI\nfrom .papers import Papers\n\napp = FastAPI()\n\n@app.get("/bill")\ndef bill():\n    return Papers.bill(load())\n',
      },
      severity: 'medium',
    },
    'a fixed text': { good: 'import logging\nfrom flask import jsonify\ndef order(store):\n    try:\n        return jsonify(store.load())\n    except Exception:\n        logging.getLogger(__name__).exception("order failed")\n        return jsonify(error="internal error"), 500\n' },
    'logged, not answered': { good: 'import logging\nfrom flask import jsonify\ndef order(store):\n    try:\n        return jsonify(store.load())\n    except Exception as e:\n        logging.error("order failed: %s", e)\n        return jsonify(error="internal error", kind=type(e).__name__), 500\n' },
    'an own domain error': { good: 'from flask import jsonify\nclass OutOfStock(Exception):\n    pass\ndef order(store):\n    try:\n        return jsonify(store.load())\n    except OutOfStock as e:\n        return jsonify(error=str(e)), 409\n' },
    'bad input, said so': { good: 'from fastapi import HTTPException\nfrom flask import jsonify\n\ndef order(store, text):\n    try:\n        return store.parse(text)\n    except Exception as e:\n        raise HTTPException(status_code=400, detail=str(e))\n\ndef other(store, text):\n    try:\n        return jsonify(store.parse(text))\n    except Exception as e:\n        return jsonify(error=str(e)), 400\n' },
    'bad input, said so after the text': { good: 'from flask import Blueprint, Response, make_response\nfrom shop import store\n\nbp = Blueprint("hooks", __name__)\n\n@bp.post("/hooks/try")\ndef attempt():\n    try:\n        store.call()\n    except Exception as e:\n        return make_response(str(e), 400)\n    return "ok"\n\n@bp.post("/hooks/parse")\ndef parse():\n    try:\n        store.parse()\n    except Exception as e:\n        return Response(f"not understood: {e}", 422)\n    return "ok"\n' },
    'a failure of the server, said so after the text': { bad: 'from flask import make_response\nfrom shop import store\n\ndef attempt():\n    try:\n        store.call()\n    except Exception as e:\n        return make_response(str(e), 502)\n    return "ok"\n' },
    'a specific clause inside': { good: 'from flask import jsonify\n\ndef order(store):\n    try:\n        return jsonify(store.load())\n    except Exception:\n        try:\n            return jsonify(store.again())\n        except KeyError as e:\n            return jsonify(error=str(e)), 500\n' },
    'what a function tells its caller': { good: 'def load(store):\n    try:\n        return {"ok": store.load()}\n    except Exception as e:\n        return {"ok": False, "error": str(e)}\n' },
    'HTTP errors have texts of their own': { good: 'from flask import Flask, jsonify\nfrom werkzeug.exceptions import HTTPException\n\napp = Flask(__name__)\n\n@app.errorhandler(HTTPException)\ndef failed(error):\n    return jsonify(message=error.description), error.code\n\n@app.errorhandler(404)\ndef missing(error):\n    return jsonify(message=str(error)), 404\n' },
    'only while developing': { good: 'from flask import current_app, jsonify\n\ndef order(store):\n    try:\n        return jsonify(store.load())\n    except Exception as e:\n        if current_app.debug:\n            return jsonify(error=str(e)), 500\n        return jsonify(error="internal error"), 500\n' },
    'tests': { path: 'tests/app.py', good: 'from flask import jsonify\ndef order(store):\n    try:\n        return jsonify(store.load())\n    except Exception as e:\n        return jsonify(error=str(e)), 500\n' },
  }),
});

const ANSWERING: ReadonlySet<string> = new Set(ANSWERS.map(lastName));
const TRACEBACK: Variation = { severity: 'high', points: 8, because: 'the traceback shows the code and where it runs' };
const ADMIN: Variation = { severity: 'low', because: 'only administrators see it' };
const UNLOADED: Variation = { severity: 'low', points: 1, because: 'nothing imports the file, so nothing answers with it yet' };

/** No route stands in the file and no other file imports it; any import by name, or by way of a package, counts. */
function loadedByNothing(module: Module, project: Project): boolean {
  const name = lastName(module.name);
  if (module.routes.length > 0 || project.routes.length === 0 || module.path.endsWith('__init__.py') || project.routes.some((each) => each.module.path === module.path) || project.applications.some((each) => each.path === module.path)) return false;
  if (module.functions.some((each) => errorParameter(each) !== undefined)) return false;
  const byName = [name, 'importlib', 'pkgutil'].some((each) => importers(each, project).some((path) => path !== module.path));
  return !byName && !project.modules.some((each) => each !== module && each.stars.some((star) => star.split('.').includes(name)));
}

function leaks(): Selector<Leak> {
  return {
    kinds: ['module'], callees: ANSWERS,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const one of unit.handlers) if (one.catchesAt === undefined || one.catches.some((each) => BROAD.test(each) || BROAD.test(lastName(each)))) yield* inClause(one, unit, project);
      for (const func of unit.functions) {
        const bound = errorParameter(func);
        if (bound !== undefined) yield* found(func.body, bound, undefined, unit, project, () => true);
      }
    },
  };
}

function* inClause(one: Handler, module: Module, project: Project): Iterable<Leak> {
  const inner = within(module.handlers, one.body).filter((each) => each !== one);
  yield* found(one.body, one.bound, one, module, project, (at) => !inner.some((each) => isWithin(at, each.body)));
}

function* found(body: Span, bound: string | undefined, handler: Handler | undefined, module: Module, project: Project, counts: (at: Span) => boolean): Iterable<Leak> {
  const around = [...functionsAround(module, body)].reverse().filter((func) => isWithin(body, func.body));
  const returned = around.flatMap((func) => func.returns.filter((each) => isWithin(each.at, body)).map((value) => ({ func, value })));
  for (const one of within(module.calls, body)) {
    if (!ANSWERING.has(lastName(one.callee)) || !counts(one.at) || !ANSWERS.some((each) => calls(one.callee, each)) || isClients(one, returned.map((each) => each.value))) continue;
    for (const value of [...one.args, ...one.keywords.map((each) => each.value)]) {
      const leak = leakIn(value, bound);
      if (leak) { yield { module, ...(handler && { handler }), ...leak, at: one.at, scope: one.scope, guards: one.guards }; break; }
    }
  }
  for (const { func, value } of returned) {
    if (!counts(value.at) || !answers(func, handler === undefined, module, project) || statusOf(value)?.startsWith('4')) continue;
    const leak = leakIn(value.kind === 'list' ? value.items[0] ?? value : value, bound);
    if (leak) yield { module, ...(handler && { handler }), ...leak, at: value.at, scope: pathOf(func), guards: handler?.guards ?? [] };
  }
}

/** What a function gives back is the answer: it serves a route or handles errors. */
function answers(func: Func, handlesErrors: boolean, module: Module, project: Project): boolean {
  return handlesErrors || project.routesOf(module).some((route) => route.body.start === func.body.start);
}

/** The answer says that the client is at fault. */
function isClients(one: Call, returned: readonly Value[]): boolean {
  const around = returned.find((each) => each.kind === 'list' && each.items[0]?.at.start === one.at.start);
  const given = one.keywords.find((each) => /^(status|status_code|code)$/.test(each.name))?.value ?? one.args[statusPosition(one.callee)];
  const status = around ? statusOf(around) : given && codeOf(given);
  return status?.startsWith('4') ?? false;
}

/** Where a call that answers takes the status without its name; past all arguments where it takes none. */
function statusPosition(callee: string): number {
  if (/HTTPException$|(^|\.)abort$/.test(callee)) return 0;
  return /(^|\.)HttpResponse$/.test(callee) ? 2 : /(^|\.)(make_response|(JSON|PlainText|HTML)?Response)$/.test(callee) ? 1 : Infinity;
}

function statusOf(value: Value): string | undefined {
  const second = value.kind === 'list' ? value.items[1] : undefined;
  return second && codeOf(second);
}

function codeOf(value: Value): string | undefined {
  if (value.kind === 'number') return String(value.value);
  return value.kind === 'reference' ? /HTTP_(\d{3})/.exec(value.name)?.[1] ?? (/\.(BAD_REQUEST|UNAUTHORIZED|FORBIDDEN|NOT_FOUND|CONFLICT|UNPROCESSABLE_ENTITY)$/.test(value.name) ? '400' : undefined) : undefined;
}

/** The exception a function for errors is given: of `errorhandler(Exception)`, `errorhandler(500)`, `exception_handler(Exception)`. */
function errorParameter(func: Func): string | undefined {
  const handles = func.decorators.some((each) => /(^|\.)(errorhandler|app_errorhandler|exception_handler)$/.test(each.name) && each.args.some((arg) => (arg.kind === 'number' && arg.value === 500) || (arg.kind === 'reference' && /(^|\.)(Exception|InternalServerError)$/.test(arg.name))));
  return handles ? func.parameters.filter((each) => each.name !== 'self' && each.name !== 'request').at(-1)?.name : undefined;
}

interface Found { readonly shown: Value; readonly traceback: boolean }

/** The text under one key that tells what the exception says. */
function leakIn(value: Value, bound: string | undefined): Found | undefined {
  switch (value.kind) {
    case 'dict': return first(value.entries.map((each) => each.value), bound);
    case 'list': return first(value.items, bound);
    case 'choice': return first(value.options, bound);
    default: {
      const told = tells(value, bound);
      return told && { shown: value, traceback: told === 'traceback' };
    }
  }
}

function first(values: readonly Value[], bound: string | undefined): Found | undefined {
  const all = values.flatMap((each) => leakIn(each, bound) ?? []);
  return all.find((each) => each.traceback) ?? all[0];
}

function tells(value: Value, bound: string | undefined): 'text' | 'traceback' | undefined {
  const any = (values: readonly Value[]) => { const all = values.map((each) => tells(each, bound)); return all.includes('traceback') ? 'traceback' as const : all.find((each) => each !== undefined); };
  switch (value.kind) {
    case 'reference': case 'parameter': return bound !== undefined && (value.name === bound || TEXTS.some((each) => value.name === `${bound}.${each}`)) ? 'text' : undefined;
    case 'joined': return any(value.parts);
    case 'choice': return any(value.options);
    case 'result':
      if (/(^|\.)traceback\.(format_exc|format_exception|format_tb)$/.test(value.callee)) return 'traceback';
      if (/^(str|repr|format|html\.escape|markupsafe\.escape)$/.test(value.callee)) return any(value.args);
      return value.of && /\.(strip|split|replace|__getitem__|join|format)$/.test(value.callee) ? tells(value.of, bound) : undefined;
    default: return undefined;
  }
}

const TEXTS = ['args', 'message', 'orig', 'strerror', 'msg'];

function isWithin(inner: Span, outer: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 40 ? `${line.slice(0, 37)}…` : line;
}

// ---- the fix

function generic({ module, handler, shown }: Leak, { source }: Context): readonly Edit[] | undefined {
  const text = source.slice(shown.at);
  if (!handler || !/^(str\(|repr\(|[fF]?["']|traceback\.|\w+$)/.test(text)) return undefined;
  const answer = replace(shown.at, '"internal error"');
  if (handler.does.includes('log')) return [answer];
  const logger = loggerOf(module, handler);
  return [...(logger ? [] : makingLogger(module, source)), ...logging(handler, logger ?? 'logger', handler.scope ? lastName(handler.scope) : attempted(handler, source), source), answer];
}
