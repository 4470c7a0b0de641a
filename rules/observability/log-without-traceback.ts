import type { Call, Context, Edit, Handler, Module, Project, Selector, Source } from '../kit';
import { attempted, catchesAll, cleansUp, failsAsExpected, handler, keepsTraceback, lastName, onlyAsProgram, onlyInDevelopment, replace, rule, TRACE_CALLS, withArgument } from '../kit';

/** A broad clause and the first call in it that logs; all of them when the clause records the traceback. */
interface Logged { readonly module: Module; readonly handler: Handler; readonly call: Call; readonly kept: boolean }
const LEVEL = /^(error|critical|fatal|warning|warn)$/;
/** `HTTPException(status_code=500, …`, after its `raise`. */
const ANSWER_500 = /^\s+(?:\w+\.)*HTTPException\(\s*(?:status_code\s*=\s*)?(?:500\b|[\w.]*(?:HTTP_500_)?INTERNAL_SERVER_ERROR\b)/;
const LOGGER = /(^|[._])(log|logger|logging|_log|LOG|LOGGER)\.\w+$/;

export default rule<Logged>({
  id: 'log-without-traceback',
  title: 'Caught errors are logged with their traceback',
  severity: 'low', points: 1, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: '\'list index out of range\' tells nobody where. The traceback was in hand and thrown away.',
  how: 'Use logger.exception inside except.',
  links: ['https://docs.python.org/3/howto/logging.html', 'https://docs.python.org/3/library/logging.html#logging.Logger.exception'],
  anchors: ['ruff TRY400', 'ruff TRY401', 'ruff G201'],

  on: loggingClauses(),
  check: ({ call: one, handler: clause, kept }, { project, source }) => !kept && endsHere(clause, source) && !clause.cleanup && !failsAsExpected(clause) && !onlyTidies(clause, source) && !onlyInDevelopment(one) && !onlyAsProgram(one) && !rendersTracebacks(project),
  message: ({ call: one }) => `${one.written}() logs what was caught${one.scope ? ` in ${lastName(one.scope)}()` : ''} without its traceback.`,
  underline: ({ call: one }) => one.calleeAt,
  holds: ({ kept }) => kept ? 'Logs with the traceback' : undefined,
  nothing: 'No clause that catches every exception logs it.',
  summary: (count) => count === 1 ? 'The only broad handler logs with the traceback' : `${count} broad handlers log with the traceback`,

  fix: { title: 'Log the traceback', safety: 'safe', edit: tracing },

  examples: {
    'only the text, in an f-string': {
      bad: 'import logging\nlogger = logging.getLogger(__name__)\ndef sync(api):\n    try:\n        api.pull()\n    except Exception as e:\n        logger.error(f"sync failed: {e}")\n',
      good: 'import logging\nlogger = logging.getLogger(__name__)\ndef sync(api):\n    try:\n        api.pull()\n    except Exception:\n        logger.exception("sync failed")\n',
    },
    'only the text, as an argument': {
      bad: 'import logging\n\ndef sync(api, shop):\n    try:\n        api.pull()\n    except (KeyError, Exception) as e:\n        logging.error("sync of %s failed: %s", shop.id, e)\n        return str(e)\n',
      good: 'import logging\n\ndef sync(api, shop):\n    try:\n        api.pull()\n    except (KeyError, Exception) as e:\n        logging.exception("sync of %s failed", shop.id)\n        return str(e)\n',
    },
    'more in the f-string': {
      bad: 'from flask import current_app\n\ndef sync(api, shop):\n    try:\n        api.pull()\n    except Exception as exc:\n        current_app.logger.error(f"{shop} failed - {exc!r}")\n        return None\n',
      good: 'from flask import current_app\n\ndef sync(api, shop):\n    try:\n        api.pull()\n    except Exception:\n        current_app.logger.exception(f"{shop} failed")\n        return None\n',
    },
    'the exception alone': {
      bad: 'import logging\nlogger = logging.getLogger(__name__)\ndef sync(api):\n    try:\n        api.pull()\n    except Exception as e:\n        logger.error(str(e))\n',
      good: 'import logging\nlogger = logging.getLogger(__name__)\ndef sync(api):\n    try:\n        api.pull()\n    except Exception:\n        logger.exception("api.pull failed")\n',
    },
    'a warning keeps its level': {
      bad: 'import logging\nlogger = logging.getLogger(__name__)\ndef sync(api):\n    try:\n        api.pull()\n    except Exception as e:\n        logger.warning("sync failed: %s", e)\n',
      good: 'import logging\nlogger = logging.getLogger(__name__)\ndef sync(api):\n    try:\n        api.pull()\n    except Exception as e:\n        logger.warning("sync failed: %s", e, exc_info=True)\n',
    },
    'a page that is closed': { good: 'import asyncio\nimport logging\nlogger = logging.getLogger(__name__)\n\nasync def end(page):\n    try:\n        await asyncio.wait_for(page.close(), timeout=5)\n        logger.debug("closed")\n    except Exception as e:\n        logger.warning("could not close: %s", e)\n' },
    'loguru': {
      bad: 'from loguru import logger\n\ndef sync(api):\n    try:\n        api.pull()\n    except Exception as e:\n        logger.error(f"{e} in sync")\n',
      good: 'from loguru import logger\n\ndef sync(api):\n    try:\n        api.pull()\n    except Exception as e:\n        logger.exception(f"{e} in sync")\n',
    },
    'a text without the exception': {
      bad: 'import logging\nlogger = logging.getLogger(__name__)\ndef sync(api):\n    try:\n        api.pull()\n    except Exception:\n        logger.error("sync failed")\n        api.reset()\n',
      good: 'import logging\nlogger = logging.getLogger(__name__)\ndef sync(api):\n    try:\n        api.pull()\n    except Exception:\n        logger.exception("sync failed")\n        api.reset()\n',
    },
    'several lines about one exception': { bad: 'import logging\nlogger = logging.getLogger(__name__)\ndef sync(api):\n    try:\n        api.pull()\n    except Exception as e:\n        logger.error("sync failed")\n        logger.error("because %s", e)\n' },
    'answered with a status that the framework does not log': {
      bad: 'import logging\nfrom fastapi import APIRouter, HTTPException\n\nlogger = logging.getLogger(__name__)\nrouter = APIRouter()\n\n@router.get("/stock")\ndef stock(shop):\n    try:\n        return shop.stock()\n    except Exception as e:\n        logger.error(f"no stock: {e}")\n        raise HTTPException(status_code=500, detail="No stock")\n',
      good: 'import logging\nfrom fastapi import APIRouter, HTTPException\n\nlogger = logging.getLogger(__name__)\nrouter = APIRouter()\n\n@router.get("/stock")\ndef stock(shop):\n    try:\n        return shop.stock()\n    except Exception:\n        logger.exception("no stock")\n        raise HTTPException(status_code=500, detail="No stock")\n',
    },
    'answered so, with the cause for nobody': { bad: 'import logging\nfrom fastapi import HTTPException, status\n\nlogger = logging.getLogger(__name__)\n\ndef stock(shop):\n    try:\n        return shop.stock()\n    except Exception as e:\n        logger.error("no stock: %s", e)\n        raise HTTPException(\n            status_code=status.HTTP_500_INTERNAL_SERVER_ERROR, detail="No stock",\n        ) from e\n' },
    'answered so, or passed on': { good: 'import logging\nfrom fastapi import HTTPException\n\nlogger = logging.getLogger(__name__)\n\ndef stock(shop, strict):\n    try:\n        return shop.stock()\n    except Exception as e:\n        logger.error("no stock: %s", e)\n        if strict:\n            raise\n        raise HTTPException(500, "No stock")\n' },
    'an answer that blames the request': { good: 'import logging\nfrom fastapi import HTTPException\n\nlogger = logging.getLogger(__name__)\n\ndef user_of(token, keys):\n    try:\n        return keys.read(token)\n    except Exception as e:\n        logger.warning("token refused: %s", e)\n        raise HTTPException(401, "Sign in again")\n' },
    'passed on as an error of its own': { good: 'import logging\nlogger = logging.getLogger(__name__)\n\ndef stock(shop):\n    try:\n        return shop.stock()\n    except Exception as e:\n        logger.error("no stock: %s", e)\n        raise RuntimeError("no stock") from e\n' },
    'logger.exception': { good: 'import logging\nlogger = logging.getLogger(__name__)\ndef sync(api):\n    try:\n        api.pull()\n    except Exception:\n        logger.exception("sync failed")\n' },
    'exc_info': { good: 'import logging\nlogger = logging.getLogger(__name__)\ndef sync(api, verbose):\n    try:\n        api.pull()\n    except Exception as e:\n        logger.error("sync failed: %s", e, exc_info=verbose)\n' },
    'the traceback in a line of its own': { good: 'import logging\nimport traceback\nlogger = logging.getLogger(__name__)\ndef sync(api):\n    try:\n        api.pull()\n    except Exception as e:\n        logger.error("sync failed: %s", e)\n        logger.debug(traceback.format_exc())\n' },
    'loguru with the exception': { good: 'from loguru import logger\n\ndef sync(api):\n    try:\n        api.pull()\n    except Exception as e:\n        logger.opt(exception=e).error("sync failed")\n' },
    'passed on': { good: 'import logging\nlogger = logging.getLogger(__name__)\ndef sync(api):\n    try:\n        api.pull()\n    except Exception as e:\n        logger.error("sync failed: %s", e)\n        raise\n' },
    'expected and specific': { good: 'import logging\nlogger = logging.getLogger(__name__)\ndef sync(api):\n    try:\n        api.pull()\n    except TimeoutError as e:\n        logger.warning("sync timed out: %s", e)\n' },
    'a specific clause inside a broad one': { good: 'import logging\nlogger = logging.getLogger(__name__)\ndef sync(api):\n    try:\n        api.pull()\n    except Exception:\n        try:\n            api.reset()\n        except OSError as e:\n            logger.warning("no reset: %s", e)\n        raise\n' },
    'a value that is no number': { good: 'import logging\nlogger = logging.getLogger(__name__)\ndef weight(row):\n    try:\n        return float(row.weight)\n    except Exception as e:\n        logger.warning("invalid weight %s: %s", row.weight, e)\n        return 0\n' },
    'messages of a form': { good: 'def sync(api, form, messages, request):\n    try:\n        api.pull()\n    except Exception as e:\n        form.error(str(e))\n        messages.error(request, f"failed: {e}")\n' },
    'structlog that renders what is current': { good: 'import structlog\nfrom structlog.processors import format_exc_info\n\nstructlog.configure(processors=[structlog.dev.set_exc_info, format_exc_info])\nlogger = structlog.get_logger()\n\ndef sync(api):\n    try:\n        api.pull()\n    except Exception as e:\n        logger.error("sync failed", error=str(e))\n' },
    'tests': { path: 'tests/test_sync.py', good: 'import logging\ndef test_sync(api):\n    try:\n        api.pull()\n    except Exception as e:\n        logging.error("failed: %s", e)\n' },
  },
});

function loggingClauses(): Selector<Logged> {
  const handlers = handler();
  return {
    kinds: ['module'], callees: [...TRACE_CALLS, 'structlog.configure'],
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const { handler: one } of handlers.select(unit, project)) {
        if (!catchesAll(one)) continue;
        const call = loggingCall(one, unit);
        if (call) yield { module: unit, handler: one, call, kept: keepsTraceback(one, unit) };
      }
    },
  };
}

/** Nothing is raised from the clause but an answer of status 500, which the framework sends without a word in the log. */
function endsHere(one: Handler, source: Source): boolean {
  if (!one.reraises && !one.does.includes('raise')) return true;
  const raised = source.slice(one.body).split(/\braise\b/).slice(1);
  return raised.length > 0 && raised.every((each) => ANSWER_500.test(each));
}

/** The first call of a logger that belongs to this clause and to none inside of it. */
function loggingCall(one: Handler, module: Module): Call | undefined {
  const inside = (call: Call, { body }: Handler) => body.start <= call.at.start && call.at.end <= body.end;
  const nested = module.handlers.filter((other) => other !== one && one.body.start <= other.at.start && other.at.end <= one.body.end);
  return module.calls.find((call) => inside(call, one) && call.scope === one.scope && isLogging(call) && !nested.some((other) => inside(call, other)));
}

function isLogging(call: Call): boolean {
  const last = lastName(call.callee);
  return (LEVEL.test(last) || last === 'exception') && (LOGGER.test(call.written) || /^(logging|loguru|structlog)\./.test(call.callee));
}

/** structlog is told to add the current exception to every line. */
function rendersTracebacks(project: Project): boolean {
  return project.calls('structlog.configure').some(({ call }) => JSON.stringify(call.keywords.find((each) => each.name === 'processors')?.value ?? '').includes('set_exc_info'));
}

// ---- the fix

function tracing({ call: one, handler: clause }: Logged, { source }: Context): readonly Edit[] | undefined {
  const method = { start: one.calleeAt.end - lastName(one.written).length, end: one.calleeAt.end };
  if (one.open || one.args.length + one.keywords.length === 0) return undefined;
  // loguru takes no exc_info: there, only its own method records the traceback.
  if (!/^(error|exception)$/.test(lastName(one.written))) return one.callee.startsWith('loguru.') ? undefined : withArgument(one, 'exc_info=True', source);
  const message = shortened(one, clause, source);
  const gone = message.length > 0 && clause.bound !== undefined && unused(one, clause, source) && clause.catchesAt;
  const as = gone ? /^\s+as\s+\w+/.exec(source.text.slice(gone.end)) : null;
  return [...(gone && as ? [replace({ start: gone.end, end: gone.end + as[0].length }, '')] : []), replace(method, 'exception'), ...message];
}

/** The edits that take the exception's text, which the traceback ends with, off the end of the message. */
function shortened(one: Call, clause: Handler, source: Source): readonly Edit[] {
  const { bound } = clause;
  const [first] = one.args;
  const final = one.args.at(-1);
  if (!first || !final || !bound || one.keywords.length > 0) return [];
  const text = source.slice(first.at);
  if (one.args.length === 1) {
    if (text === bound || text === `str(${bound})`) return [replace(first.at, `"${attempted(clause, source)} failed"`)];
    const joined = new RegExp(`^f(["'])([^"'\\n\\\\]*?\\w[^"'\\n\\\\]*?)[\\s:,;=-]*[([]?\\{\\s*(?:str\\()?${bound}\\)?\\s*(?:![rs])?\\}[)\\]]?[.!]?\\1$`).exec(text);
    return joined?.[1] && joined[2] ? [replace(first.at, `${joined[2].includes('{') ? 'f' : ''}${joined[1]}${joined[2]}${joined[1]}`)] : [];
  }
  const percent = /^(["'])([^"'\n\\]*?\w[^"'\n\\]*?)[\s:,;=-]*[([]?%[sr][)\]]?[.!]?\1$/.exec(text);
  if (!percent?.[1] || !percent[2] || ![bound, `str(${bound})`].includes(source.slice(final.at))) return [];
  const before = one.args.at(-2);
  return before ? [replace(first.at, `${percent[1]}${percent[2]}${percent[1]}`), replace({ start: before.at.end, end: final.at.end }, '')] : [];
}

/** The name of the exception is read nowhere else in the clause. */
function unused(one: Call, { bound = '', body }: Handler, source: Source): boolean {
  const rest = source.text.slice(body.start, one.at.start) + source.text.slice(one.at.end, body.end);
  return !new RegExp(`\\b${bound}\\b`).test(rest);
}

/** Something is closed or taken away, within a time and with a word about it: why that failed is rarely asked. */
function onlyTidies(clause: Handler, source: Source): boolean {
  return cleansUp({ ...clause, tries: clause.tries.filter((each) => !/(^|\.)(wait_for|gather|shield)$|\.(debug|info|trace|warning)$/.test(each)) }, source);
}
