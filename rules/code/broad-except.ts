import type { Handler, Module, Project, Selector, Source, Variation } from '../kit';
import { STARTERS, TRACE_CALLS, attempted, catchesAll, discards, failsAsExpected, handler, isBoundary, isProgram, keepsTraceback, loggerOf, logging, makingLogger, placeOf, rule, servesRoute } from '../kit';

/** A broad clause, or all of a file that has too many of them to name each. */
interface Broad { readonly module: Module; readonly handler: Handler; readonly all: number }
const MANY = 10;
/** Functions that ask a question: false is the answer. */
const ASKS = /^_*(is|has|can|could|should|check|verify|validate|exists?|supports?|test|probe|try)(_|$)/;

/** What makes an answer of a text, by which a visitor is told and nobody else. */
const RESPONDS = /\b(\w*Response|jsonify|render\w*|make_response|redirect|flash|abort|HTTPException)\(|messages\.\w+\(|,\s*[45]\d\d\b/;
const TOLD: Variation = { severity: 'low', because: 'the text of what it catches goes to the caller' };

export default rule<Broad>({
  id: 'broad-except',
  title: 'Broad handlers keep the cause',
  severity: 'medium', points: 4, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: 'A typo and a network fault look the same and are both hidden. The user sees a message, the developer nothing.',
  how: 'Catch the specific exceptions; keep one broad handler at the boundary that logs.',
  links: ['https://cwe.mitre.org/data/definitions/396.html', 'https://docs.python.org/3/tutorial/errors.html'],
  anchors: ['ruff BLE001', 'pylint broad-exception-caught', 'semgrep broad-except', 'CWE-396', 'CWE-755'],

  on: broadClauses(),
  check: ({ module, handler: one, all }, { project, source }) => loses(one, module, project) && !isProgram(module, project) && (all > MANY || !tellsCaller(one, module, source) || TOLD),
  message: ({ handler: one, all }) => all > MANY ? `${all} clauses of this file catch ${caught(one)} and neither raise nor log it; the first ${placeOf(one)}.`
    : `What ${caught(one)} catches ${placeOf(one)} is neither raised nor logged.`,
  underline: ({ handler: one }) => one.catchesAt ?? one.keyword,
  holds: ({ module, handler: one }) => keepsTraceback(one, module) ? 'Records the traceback' : undefined,
  nothing: 'Nothing catches every exception.',
  summary: (count) => count === 1 ? 'The only broad handler raises, logs, or stands at a boundary' : `${count} broad handlers raise, log, or stand at a boundary`,

  fix: {
    title: 'Record the traceback',
    safety: 'review',
    edit: ({ module, handler: one }, { source }) => {
      const logger = loggerOf(module, one);
      return [...(logger ? [] : makingLogger(module, source)), ...logging(one, logger ?? 'logger', attempted(one, source), source)];
    },
    remains: 'Name the exceptions that are expected here.',
  },

  examples: () => ({
    'a message for the user alone': {
      bad: 'from flask import flash, redirect\ndef save(form, store):\n    try:\n        store.save(form)\n    except Exception:\n        flash("could not save")\n    return redirect("/")\n',
      good: 'import logging\nfrom flask import flash, redirect\n\nlogger = logging.getLogger(__name__)\n\n\ndef save(form, store):\n    try:\n        store.save(form)\n    except Exception:\n        logger.exception("store.save failed")\n        flash("could not save")\n    return redirect("/")\n',
    },
    'with a logger at hand': {
      bad: 'import logging\nlogger = logging.getLogger(__name__)\n\ndef save(form, store):\n    try:\n        store.save(form)\n    except Exception as e:\n        form.error = str(e)\n',
      good: 'import logging\nlogger = logging.getLogger(__name__)\n\ndef save(form, store):\n    try:\n        store.save(form)\n    except Exception as e:\n        logger.exception("store.save failed")\n        form.error = str(e)\n',
    },
    'the text for the caller': { path: 'mailer.py', bad: 'def deliver(server, message):\n    try:\n        server.deliver(message)\n        return True, "sent"\n    except Exception as e:\n        return False, str(e)\n', severity: 'low' },
    'only the kind is told': { path: 'services.py', bad: 'def price(api, sku):\n    try:\n        return api.price(sku)\n    except Exception as e:\n        return {"error": "unavailable", "sku": sku, "kind": type(e).__name__}\n' },
    'among others': { bad: 'def price(api, sku):\n    try:\n        return api.price(sku)\n    except (KeyError, Exception):\n        return {"error": "unavailable", "sku": sku}\n' },
    'many in one file': { path: 'views.py', bad: Array.from({ length: 11 }, (_, at) => `def price_${at}(api, sku):\n    try:\n        return api.price(sku)\n    except Exception as e:\n        return {"error": str(e)}\n`).join('\n') },
    'a middleware that answers for everything': { path: 'ids.py', bad: 'from starlette.middleware.base import BaseHTTPMiddleware\nfrom starlette.responses import Response\n\nclass Ids(BaseHTTPMiddleware):\n    async def dispatch(self, request, call_next):\n        try:\n            return await call_next(request)\n        except Exception:\n            return Response("failed", status_code=500)\n' },
    'a middleware that goes on with an answer of its own': { path: 'ids.py', bad: 'from starlette.middleware.base import BaseHTTPMiddleware\nfrom starlette.responses import Response\n\nclass Ids(BaseHTTPMiddleware):\n    async def dispatch(self, request, call_next):\n        try:\n            response = await call_next(request)\n        except Exception:\n            response = Response("failed", status_code=500)\n        response.headers["X-Id"] = "1"\n        return response\n' },
    'a middleware that lets the server know': { path: 'ids.py', good: 'from starlette.middleware.base import BaseHTTPMiddleware\n\nclass Ids(BaseHTTPMiddleware):\n    async def dispatch(self, request, call_next):\n        try:\n            return await call_next(request)\n        except Exception:\n            request.state.failed = True\n            raise\n' },
    'logged': { good: 'import logging\nfrom flask import flash, redirect\nlogger = logging.getLogger(__name__)\ndef save(form, store):\n    try:\n        store.save(form)\n    except Exception:\n        logger.exception("save failed")\n        flash("could not save")\n    return redirect("/")\n' },
    'reported to a tracker': { good: 'import sentry_sdk\nfrom flask import flash\ndef save(form, store):\n    try:\n        store.save(form)\n    except Exception as e:\n        sentry_sdk.capture_exception(e)\n        flash("could not save")\n' },
    'the traceback as text': { good: 'import traceback\ndef save(form, store, journal):\n    try:\n        store.save(form)\n    except Exception:\n        journal.append(f"save: {traceback.format_exc()}")\n' },
    'passed on as another': { good: 'from fastapi import HTTPException\ndef save(form, store):\n    try:\n        store.save(form)\n    except Exception as e:\n        form.unlock()\n        raise HTTPException(400) from e\n' },
    'handed to a function': { good: 'def save(form, store, report):\n    try:\n        store.save(form)\n    except Exception as e:\n        report(e)\n        return {"error": "failed"}\n' },
    'kept for the caller': { good: 'def save_all(forms, store):\n    failed = []\n    for form in forms:\n        try:\n            store.save(form)\n        except Exception as e:\n            failed.append((form.id, e))\n    return failed\n' },
    'the loop of a worker': { path: 'queue_loop.py', good: 'import logging\ndef loop(queue, handle):\n    while True:\n        job = queue.get()\n        try:\n            handle(job)\n        except Exception:\n            logging.getLogger(__name__).exception("job failed")\n' },
    'a health probe': { good: 'from flask import Flask, jsonify\napp = Flask(__name__)\n\n@app.get("/health")\ndef status():\n    try:\n        ask_database()\n    except Exception as e:\n        return jsonify(ok=False), 503\n    return jsonify(ok=True)\n' },
    'a task of a queue': { good: 'from celery import shared_task\n\n@shared_task\ndef sync(store):\n    try:\n        store.pull()\n    except Exception as e:\n        store.mark("failed", str(e))\n' },
    'a command': { path: 'shop/management/commands/sync.py', good: 'def handle(self):\n    try:\n        pull()\n    except Exception as e:\n        self.stdout.style = str(e)\n' },
    'a thread': { good: 'import threading\n\ndef pull(store):\n    try:\n        store.pull()\n    except Exception as e:\n        store.mark("failed", str(e))\n\nthreading.Thread(target=pull).start()\n' },
    'a reading of its own, else the text': { good: 'import json\ndef text_of(value):\n    try:\n        return json.dumps(value, ensure_ascii=False)\n    except Exception:\n        return str(value)\n' },
    'a socket that was left': { good: 'async def broadcast(sockets, text):\n    gone = set()\n    for socket in sockets:\n        try:\n            await socket.send_text(text)\n        except Exception:\n            gone.add(socket)\n    return gone\n' },
    'named exceptions': { good: 'def price(api, sku):\n    try:\n        return api.price(sku)\n    except (KeyError, TimeoutError) as e:\n        return {"error": str(e)}\n' },
    'logged without its traceback, which is another rule': { good: 'import logging\ndef price(api, sku):\n    try:\n        return api.price(sku)\n    except Exception as e:\n        logging.error("no price: %s", e)\n        return {"error": "unavailable"}\n' },
    'tests': { path: 'tests/test_price.py', good: 'def test_price(api):\n    try:\n        api.price(1)\n    except Exception as e:\n        assert_known(str(e))\n' },
  }),
});

function broadClauses(): Selector<Broad> {
  const handlers = handler();
  return {
    kinds: ['module'], callees: [...TRACE_CALLS, ...STARTERS],
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      const broad = [...handlers.select(unit, project)].map((each) => each.handler).filter((one) => one.catchesAt !== undefined && catchesAll(one));
      const lost = broad.filter((one) => loses(one, unit, project));
      const [first] = lost;
      const grouped = lost.length > MANY && first ? [first, ...broad.filter((one) => !lost.includes(one))] : broad;
      for (const one of grouped) yield { module: unit, handler: one, all: lost.length };
    },
  };
}

/** The exception is answered or worked around, and its cause is gone. */
function loses(one: Handler, module: Module, project: Project): boolean {
  if (one.scope === '' || one.reraises || discards(one) || one.passesOn || one.does.some((each) => each === 'log' || each === 'raise') || keepsTraceback(one, module)) return false;
  if (failsAsExpected(one)) return false;
  return !ASKS.test(one.scope.slice(one.scope.lastIndexOf('.') + 1)) && (!isBoundary(one, module, project) || hidesFromServer(one));
}

/** A function that is no route returns, or takes down, the exception's text: the caller can do something about it. */
function tellsCaller({ bound, body, scope }: Handler, module: Module, source: Source): boolean {
  const text = source.slice(body);
  // Half-written code binds what is no name.
  return bound !== undefined && /^\w+$/.test(bound) && !RESPONDS.test(text) && !servesRoute(scope, module)
    && new RegExp(`(?:\\breturn\\b|\\w\\.append\\(|(?<![\\w.])\\w+\\s*=)[^\\n]*(?<!type\\()\\b${bound}\\b`).test(text);
}

/** A middleware that answers in place of what failed: the server, which would have logged it, never hears of it. */
function hidesFromServer(one: Handler): boolean {
  return /\.dispatch$/.test(one.scope) && one.tries.some((each) => /(^|\.)call_next$/.test(each));
}

function caught(one: Handler): string {
  return `except ${one.catches.some((each) => /BaseException$/.test(each)) ? 'BaseException' : 'Exception'}`;
}
