import type { Call, Context, Edit, Handler, Module, Project, Selector, Source } from '../kit';
import { TRACE_CALLS, attempted, catchesAll, handler, isPlanned, keepsTraceback, lastName, losesWork, onlyAsProgram, onlyInDevelopment, replace, rule, saysHowItGoesOn, withArgument, within } from '../kit';

/** A broad clause and the first call in it that logs; all of them when the clause records the traceback. */
interface Logged { readonly module: Module; readonly handler: Handler; readonly call: Call; readonly kept: boolean }
const LEVEL = /^(error|critical|fatal|warning|warn)$/;
/** `HTTPException(status_code=500, …`, after its `raise`, and one that blames the request. */
const ANSWER_500 = /^\s+(?:\w+\.)*HTTPException\(\s*(?:status_code\s*=\s*)?(?:500\b|[\w.]*(?:HTTP_500_)?INTERNAL_SERVER_ERROR\b)/;
const ANSWER_400 = /^\s+(?:\w+\.)*HTTPException\(\s*(?:status_code\s*=\s*)?(?:4\d\d\b|[\w.]*(?:HTTP_4\d\d_|\.BAD_REQUEST\b))/;
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
  check: ({ call: one, handler: clause, kept, module }, { project, source }) => !kept && endsHere(clause, source) && !clause.cleanup && !saysHowItGoesOn(one.written, source.slice(one.at)) && !isPlanned(clause, module, source)
    && !onlyInDevelopment(one) && !onlyAsProgram(one) && !rendersTracebacks(project),
  message: ({ call: one }) => `${one.written}() logs what was caught${one.scope ? ` in ${lastName(one.scope)}()` : ''} without its traceback.`,
  underline: ({ call: one }) => one.calleeAt,
  holds: ({ kept }) => kept ? 'Logs with the traceback' : undefined,
  nothing: 'No clause that catches every exception logs it.',
  summary: (count) => count === 1 ? 'The only broad handler logs with the traceback' : `${count} broad handlers log with the traceback`,

  fix: { title: 'Log the traceback', safety: 'safe', edit: tracing },

  examples: () => ({
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
    'a probe that asks whether the database answers': { good: 'import logging\nlogger = logging.getLogger(__name__)\n\ndef database_health(engine):\n    try:\n        with engine.connect() as conn:\n            conn.exec_driver_sql("SELECT 1")\n        return True\n    except Exception as e:\n        logger.error("database does not answer: %s", e)\n        return False\n' },
    'a service that is asked on the way': { good: 'import logging\nlogger = logging.getLogger(__name__)\n\nasync def settings_page(db):\n    there = False\n    try:\n        await db.command("ping")\n        there = True\n    except Exception as e:\n        logger.error(f"no database: {e}")\n    return {"database": there}\n' },
    'a loop that tends what is unhealthy': { bad: 'import logging\nlogger = logging.getLogger(__name__)\n\nasync def _health_check_loop(pool):\n    while True:\n        try:\n            await pool.replace_stale()\n        except Exception as e:\n            logger.error("loop failed: %s", e)\n' },
    'another way, named by the warning': { good: 'import logging\nlogger = logging.getLogger(__name__)\n\ndef counter(redis, key, memory):\n    try:\n        return redis.incr(key)\n    except Exception as e:\n        logger.warning(f"Redis failed: {e}. Falling back to memory.")\n    return memory.incr(key)\n' },
    'another way, but an error all the same': { bad: 'import logging\nlogger = logging.getLogger(__name__)\n\ndef oncall(service, default):\n    try:\n        return service.current().name\n    except Exception as e:\n        logger.error(f"no oncall: {e}. Falling back to the default.")\n        return default\n' },
    'an attempt of several': { good: 'import logging\nlogger = logging.getLogger(__name__)\nimport time\n\ndef fetch(api):\n    last = None\n    for attempt in range(3):\n        try:\n            return api.pull()\n        except Exception as e:\n            last = e\n            logger.error("pull %s failed: %s", attempt, e)\n            time.sleep(1)\n    raise last\n' },
    'a refusal that the visitor reads': { good: 'import logging\nlogger = logging.getLogger(__name__)\nfrom flask import jsonify\n\ndef upload(file, kinds):\n    try:\n        kind = kinds.of(file.head())\n    except Exception as e:\n        logger.error("unknown kind: %s", e)\n        return jsonify(error="This is no picture"), 400\n    return jsonify(kind=kind)\n' },
    'a record that is not written, blamed on the request': { bad: 'import logging\nlogger = logging.getLogger(__name__)\nfrom flask import jsonify\n\ndef sign_up(db, person):\n    try:\n        db.session.add(person)\n        db.session.commit()\n    except Exception as e:\n        logger.error("no sign-up: %s", e)\n        return jsonify(error="Try again"), 400\n' },
    'so with a raise': { bad: 'import logging\nlogger = logging.getLogger(__name__)\nfrom fastapi import HTTPException\n\ndef sign_up(db, person):\n    try:\n        db.add(person)\n        db.commit()\n    except Exception as e:\n        db.rollback()\n        logger.error("no sign-up: %s", e)\n        raise HTTPException(status_code=400, detail="Try again")\n' },
    'an error of the form': { good: 'import logging\nlogger = logging.getLogger(__name__)\n\ndef validate(form, environment):\n    try:\n        environment.compile(form.template.data)\n    except Exception as e:\n        logger.error(e)\n        form.template.errors.append(f"Not a template: {e}")\n        return False\n    return True\n' },
    'an address that is judged': { good: 'import logging\nlogger = logging.getLogger(__name__)\nfrom shop.addresses import expanded\n\ndef is_safe_address(text):\n    try:\n        return expanded(text).startswith("https://")\n    except Exception as e:\n        logger.error("not an address: %s", e)\n        return False\n' },
    'a record that is asked for': { bad: 'import logging\nlogger = logging.getLogger(__name__)\n\ndef is_revoked(db, number):\n    try:\n        return db.revoked.find_one(number) is not None\n    except Exception as e:\n        logger.error("no answer: %s", e)\n        return False\n' },
    'a report of the error that is lost': { good: 'import logging\nlogger = logging.getLogger(__name__)\nimport sentry_sdk\n\ndef failed(request, exc):\n    try:\n        sentry_sdk.capture_exception(exc)\n    except Exception as e:\n        logger.warning("not reported: %s", e)\n' },
    'a rollback before the first error goes on': { good: 'import logging\nlogger = logging.getLogger(__name__)\n\ndef middleware(db, call):\n    try:\n        return call()\n    except Exception as first:\n        try:\n            db.rollback()\n        except Exception as e:\n            logger.error("no rollback: %s", e)\n        raise first\n' },
    'workers that are let go': { good: 'import logging\nlogger = logging.getLogger(__name__)\n\ndef on_signal(pool):\n    try:\n        pool.shutdown_workers()\n    except Exception as e:\n        logger.error("workers stay: %s", e)\n' },
    'numbers, and a word about them': { good: 'import logging\nlogger = logging.getLogger(__name__)\n\ndef box(text):\n    found = None\n    try:\n        found = [int(each) for each in text.split(",")]\n        logger.info("box of %s", len(found))\n    except Exception as e:\n        logger.warning("no box: %s", e)\n    return found\n' },
    'a specific clause inside a broad one': { good: 'import logging\nlogger = logging.getLogger(__name__)\ndef sync(api):\n    try:\n        api.pull()\n    except Exception:\n        try:\n            api.reset()\n        except OSError as e:\n            logger.warning("no reset: %s", e)\n        raise\n' },
    'a value that is no number': { good: 'import logging\nlogger = logging.getLogger(__name__)\ndef weight(row):\n    try:\n        return float(row.weight)\n    except Exception as e:\n        logger.warning("invalid weight %s: %s", row.weight, e)\n        return 0\n' },
    'messages of a form': { good: 'def sync(api, form, messages, request):\n    try:\n        api.pull()\n    except Exception as e:\n        form.error(str(e))\n        messages.error(request, f"failed: {e}")\n' },
    'structlog that renders what is current': { good: 'import structlog\nfrom structlog.processors import format_exc_info\n\nstructlog.configure(processors=[structlog.dev.set_exc_info, format_exc_info])\nlogger = structlog.get_logger()\n\ndef sync(api):\n    try:\n        api.pull()\n    except Exception as e:\n        logger.error("sync failed", error=str(e))\n' },
    'tests': { path: 'tests/test_sync.py', good: 'import logging\ndef test_sync(api):\n    try:\n        api.pull()\n    except Exception as e:\n        logging.error("failed: %s", e)\n' },
  }),
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

/**
 * Nothing is raised from the clause but an answer, which the framework sends without a word in the log: one of status 500,
 * or, where a record could not be written, one that blames the request for it.
 */
function endsHere(one: Handler, source: Source): boolean {
  if (!one.reraises && !one.does.includes('raise')) return true;
  const raised = source.slice(one.body).split(/\braise\b/).slice(1);
  return raised.length > 0 && raised.every((each) => ANSWER_500.test(each) || (losesWork(one) && ANSWER_400.test(each)));
}

/** The first call of a logger that belongs to this clause and to none inside of it. */
function loggingCall(one: Handler, module: Module): Call | undefined {
  const nested = within(module.handlers, one.body).filter((other) => other !== one);
  return within(module.calls, one.body).find((call) => call.scope === one.scope && isLogging(call) && !nested.some(({ body }) => body.start <= call.at.start && call.at.end <= body.end));
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
  const as = gone ? /^\s+as\s+\w+/.exec(source.slice({ start: gone.end, end: source.length })) : null;
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
  const rest = source.slice({ start: body.start, end: one.at.start }) + source.slice({ start: one.at.end, end: body.end });
  return !new RegExp(`\\b${bound}\\b`).test(rest);
}
