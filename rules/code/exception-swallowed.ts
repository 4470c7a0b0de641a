import type { CallMatch, Drop, Handler, Module, Selector, Source, Span } from '../kit';
import { attempted, call, cleansUp, costOf, discards, handler, isBroad, isConversion, isHarmless, lastName, loggerOf, logging, losesWork, makingLogger, onlyConverts, placeOf, rule } from '../kit';

/** A clause that catches every exception, a `with suppress(Exception)`, or a `return` in a `finally`. */
type Catch = { readonly module: Module; readonly handler: Handler } | { readonly module: Module; readonly suppress: CallMatch } | { readonly module: Module; readonly drop: Drop };

/** What asks for something that may not be there. */
const PROBES = /^(importlib(\.\w+)*\.\w+|pkg_resources\.\w+|ctypes(\.\w+)+|platform\.\w+|resource\.\w+|signal\.\w+|locale\.\w+|shutil\.which)$/;
/** Methods that are no part of what a library promises. */
const INTERNALS = /^(?!self\.|cls\.)[\w.]+\._[a-z]\w*$/;
const KEEPS = /\.(append|add|extend|update|setdefault)$/;
/** Functions that tell which build of the program runs. */
const TELLS_BUILD = /^_*((get|read|load|find|current|detect)_)?((git|app|build|package|server|project|source)_)?(version|revision|build_info|build_number|commit_(sha|hash|id)|version_info)$|(^|_)git_(commit|sha|hash|head|rev|describe|revision|version)$/;
const READS = /^((subprocess\.)?(check_output|run|Popen)|(io\.)?open|(json|orjson|tomllib|toml|yaml)\.\w+|git\.\w+|os\.\w+(\.\w+)?|.*\.(read|read_text|readline|readlines|communicate|joinpath|exists|is_file))$/;
/** Functions that ask a question: false is the answer. */
const ASKS = /^_*(is|has|can|could|should|check|verify|validate|valid|exists?|ping|health\w*|supports?|test|looks|probe|ready|alive|available|reachable|match\w*|matches|in)(_|$)/;

export default rule<Catch>({
  id: 'exception-swallowed',
  title: 'Exceptions are never silently discarded',
  severity: 'high', points: 8, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'Mails are not sent, rows are skipped and nobody knows. The next failure is diagnosed without any trace of this one.',
  how: 'Catch what you expect, log the rest, and let real faults reach the error handler.',
  links: ['https://cwe.mitre.org/data/definitions/390.html', 'https://docs.python.org/3/tutorial/errors.html'],
  anchors: ['bandit B110', 'bandit B112', 'ruff S110', 'ruff S112', 'ruff SIM105', 'ruff B012', 'CWE-390', 'CWE-391'],
  hides: ['broad-except', 'log-without-traceback'],

  on: broadHandlers(),
  check: (it, { source, project }) => {
    const one = 'suppress' in it ? suppressed(it.suppress, source) : 'drop' in it ? dropped(it.drop) : it.handler;
    if (!discards(one) || importsOnly(one, source) || answersQuestion(one, source) || mayNotRaise(one)) return false;
    if (tellsBuild(one)) return { severity: 'low', because: 'it only tells which build runs' };
    if (asksInternals(one)) return { severity: 'medium', because: 'only internals of a library are asked' };
    if (cleansUp(one, source)) return { severity: 'low', because: 'only a clean-up is tried' };
    if (onlyConverts(one)) return { severity: 'low', because: 'only a value is converted, and a default stands in for it' };
    return costOf(one, it.module, source, project) ?? true;
  },
  message: (it) => 'suppress' in it ? `Every exception is discarded by suppress() ${it.suppress.call.scope ? `in ${lastName(it.suppress.call.scope)}()` : 'at module level'}.`
    : 'drop' in it ? `A return in finally drops every exception in ${lastName(it.drop.scope)}().` : `${caught(it.handler)} is discarded ${placeOf(it.handler)}.`,
  underline: (it) => 'suppress' in it ? argumentAt(it.suppress) : 'drop' in it ? it.drop.at : it.handler.catchesAt ?? it.handler.keyword,
  holds: (it) => 'handler' in it && it.handler.does.some((each) => each === 'log' || each === 'raise') ? 'Logs or raises' : undefined,
  nothing: 'Nothing catches every exception.',
  summary: (count) => count === 1 ? 'The only broad handler does not discard what it catches' : `${count} broad handlers, and none discards what it catches`,

  fix: [
    {
      title: 'Log the exception',
      safety: 'safe',
      edit: (it, { source }) => {
        const logger = 'handler' in it ? loggerOf(it.module, it.handler) : undefined;
        return 'handler' in it && logger ? logging(it.handler, logger, attempted(it.handler, source), source) : undefined;
      },
    },
    {
      title: 'Add a logger, and log the exception',
      safety: 'review',
      edit: (it, { source }) => {
        if (!('handler' in it) || loggerOf(it.module, it.handler)) return undefined;
        return [...makingLogger(it.module, source), ...logging(it.handler, 'logger', attempted(it.handler, source), source)];
      },
    },
  ],

  examples: () => ({
    'a mail that is not sent': {
      bad: 'def notify(mailer, order):\n    try:\n        mailer.send(order)\n    except Exception:\n        pass\n',
      good: 'import logging\n\nlogger = logging.getLogger(__name__)\n\n\ndef notify(mailer, order):\n    try:\n        mailer.send(order)\n    except Exception:\n        logger.exception("mailer.send failed")\n',
    },
    'with a logger at hand': {
      bad: 'import logging\nlogger = logging.getLogger(__name__)\n\ndef notify(mailer, order):\n    try:\n        mailer.send(order)\n    except Exception:\n        pass  # best effort\n',
      good: 'import logging\nlogger = logging.getLogger(__name__)\n\ndef notify(mailer, order):\n    try:\n        mailer.send(order)\n    except Exception:\n        logger.exception("mailer.send failed")  # best effort\n',
    },
    'a row that is skipped': {
      bad: 'def load_all(items):\n    out = []\n    for i in items:\n        try:\n            out.append(i.load())\n        except Exception:\n            continue\n    return out\n', severity: 'medium',
    },
    'a panel of the page that stays empty': { bad: 'from flask import Flask, jsonify\napp = Flask(__name__)\n\n@app.get("/hint")\ndef hint():\n    try:\n        text = advisor.hint_for(1)\n    except Exception:\n        text = ""\n    return jsonify(text=text)\n', severity: 'medium' },
    'the first of two ways to find a kind': { bad: 'import mimetypes\n\ndef kind_of(path):\n    kind = None\n    try:\n        import sniffer\n        kind = sniffer.sniff(path)\n    except Exception:\n        pass\n    return kind or mimetypes.guess_type(path)[0]\n', severity: 'low' },
    'a patch of a library': { bad: 'def quiet(server):\n    try:\n        first = server.log\n        server.log = first.quiet\n    except Exception:\n        pass\n', severity: 'low' },
    'a step that is commanded': { bad: 'def close(shop, till):\n    try:\n        till.balance(shop)\n    except Exception:\n        pass\n', severity: 'medium' },
    'true or false, whatever it is called': { good: 'class Plugin:\n    @property\n    def broken(self):\n        try:\n            registry.lookup(self.slug)\n            return False\n        except Exception:\n            return True\n' },
    'false, where truth was reached otherwise': { bad: 'def login(user, password, kdf):\n    try:\n        kdf.verify(password, user.hash)\n        return user.name\n    except Exception:\n        return False\n', severity: 'medium' },
    'a token that cannot be read': { bad: 'from shop.tokens import unserialize\n\ndef owner(token):\n    try:\n        token = unserialize(token, max_age=3600)\n    except Exception:\n        token = False\n    return token or refuse()\n', severity: 'low' },
    'a price that is not stored': { bad: 'def reprice(shop, items):\n    for item in items:\n        try:\n            shop.update_price(item)\n        except Exception:\n            continue\n' },
    'an order that is not queued': { bad: 'from shop.tasks import fulfil\n\ndef checkout(order):\n    try:\n        fulfil.delay(order)\n    except Exception:\n        pass\n' },
    'on one line, in a route with the application\'s logger': { severity: 'medium',
      bad: 'from flask import Blueprint, current_app\n\nbp = Blueprint("items", __name__)\n\n@bp.post("/items")\ndef load_all():\n    for i in items:\n        try:\n            i.load()\n        except (KeyError, Exception): continue\n    return "ok"\n',
      good: 'from flask import Blueprint, current_app\n\nbp = Blueprint("items", __name__)\n\n@bp.post("/items")\ndef load_all():\n    for i in items:\n        try:\n            i.load()\n        except (KeyError, Exception):\n            current_app.logger.exception("i.load failed")\n            continue\n    return "ok"\n',
    },
    'in a thread, where there is no current application': {
      bad: 'from flask import current_app\n\ndef deliver(mailer, message):\n    try:\n        mailer.send(message)\n    except Exception:\n        pass\n',
      good: 'import logging\nfrom flask import current_app\n\nlogger = logging.getLogger(__name__)\n\ndef deliver(mailer, message):\n    try:\n        mailer.send(message)\n    except Exception:\n        logger.exception("mailer.send failed")\n',
    },
    'rolled back and forgotten': { bad: 'def save(db, row):\n    try:\n        db.session.add(row)\n        db.session.commit()\n    except Exception:\n        db.session.rollback()\n        return None\n' },
    'suppressed': { bad: 'from contextlib import suppress\n\ndef notify(mailer, order):\n    with suppress(Exception):\n        mailer.send(order)\n' },
    'suppressed around a clean-up': { bad: 'from contextlib import suppress\n\nasync def end(socket, conn):\n    with suppress(Exception):\n        await socket.close()\n    conn.save()\n', severity: 'low' },
    'suppressed around a question': { bad: 'from contextlib import suppress\n\ndef title(page):\n    with suppress(Exception):\n        return page.find("title").text\n', severity: 'medium' },
    'word to the makers of the program': { bad: 'import requests\n\ndef check_for_new_version(settings):\n    try:\n        requests.post("https://tool.example.com/version", json={"mine": settings.version}, timeout=5)\n    except Exception:\n        pass\n', severity: 'low' },
    'a computation that is waited for': { bad: 'from concurrent.futures import ThreadPoolExecutor\n\ndef preview(page):\n    text = ""\n    try:\n        with ThreadPoolExecutor() as executor:\n            text = executor.submit(page.filtered).result()\n    except Exception:\n        pass\n    return text\n', severity: 'medium' },
    'a computation that nobody waits for': { bad: 'def begin(executor, job):\n    try:\n        executor.submit(job)\n    except Exception:\n        pass\n' },
    'a return in finally': { bad: 'def save(db, row):\n    try:\n        db.session.add(row)\n        db.session.commit()\n    finally:\n        return row\n' },
    'a return in finally, after a clause that raises': { bad: 'def save(db, row, lock):\n    try:\n        db.execute(row)\n    except ValueError as e:\n        raise RuntimeError("no row") from e\n    finally:\n        if lock:\n            return None\n' },
    'a return in finally, with every exception answered': { good: 'import logging\n\ndef save(db, row):\n    try:\n        db.execute(row)\n    except Exception:\n        logging.exception("no row")\n    finally:\n        return row\n' },
    'a function of its own in finally': { good: 'def save(db, row):\n    try:\n        db.execute(row)\n    finally:\n        def undo():\n            return row\n        db.later(undo)\n' },
    'a push beside what is done': { bad: 'from shop.push import fcm_service\n\nasync def reward(account):\n    account.credit(5)\n    try:\n        await fcm_service.send_notification(account.device)\n    except Exception:\n        pass\n', severity: 'medium' },
    'a signal beside what is done': { bad: 'from blinker import signal\n\norder_seen = signal("order-seen")\n\ndef see(order):\n    try:\n        order_seen.send(order=order)\n    except Exception:\n        pass\n', severity: 'medium' },
    'a message that is tried again': { bad: 'import requests\n\ndef text_to(number, text):\n    attempt = 0\n    while attempt < 3:\n        try:\n            requests.post("https://sms.example.com", json={"to": number, "text": text}, timeout=5)\n            break\n        except Exception:\n            pass\n        attempt += 1\n', severity: 'medium' },
    'a job of a worker that is lost': { bad: 'def serve(queue):\n    while True:\n        try:\n            queue.process_next()\n        except Exception:\n            pass\n', severity: 'high' },
    'logged': { good: 'import logging\nlogger = logging.getLogger(__name__)\ndef notify(mailer, order):\n    try:\n        mailer.send(order)\n    except Exception:\n        logger.exception("order mail failed")\n' },
    'narrow and expected': { good: 'import os\nfrom contextlib import suppress\ndef remove(path):\n    try:\n        os.remove(path)\n    except FileNotFoundError:\n        pass\n    with suppress(FileNotFoundError):\n        os.remove(path)\n' },
    'optional dependency': { good: 'try:\n    import orjson as json\nexcept ImportError:\n    import json\n\ntry:\n    from markupsafe import escape\nexcept Exception:\n    escape = None\n' },
    'an answer to the caller': {
      good: 'from flask import Flask, flash, jsonify\napp = Flask(__name__)\n\n@app.route("/a")\ndef a():\n    try:\n        work()\n    except Exception:\n        return jsonify(error="failed"), 500\n\n@app.route("/b")\ndef b():\n    try:\n        work()\n    except Exception:\n        flash("That did not work.")\n    return "ok"\n\n@app.route("/c")\ndef c():\n    try:\n        work()\n    except Exception:\n        return {"error": "failed"}, 500\n\ndef d():\n    try:\n        work()\n    except Exception:\n        return False, "work failed"\n',
    },
    'passed on under another name': { good: 'def load(path):\n    try:\n        return parse(path)\n    except Exception as error:\n        raise ValueError(path) from error\n' },
    'a question': { good: 'def is_reachable(client):\n    try:\n        client.ping()\n        return True\n    except Exception:\n        return False\n' },
    'a probe for what may not be there': { good: 'from importlib.metadata import version\ntry:\n    VERSION = version("shop")\nexcept Exception:\n    VERSION = "unknown"\n' },
    'a log handler': { good: 'import logging\n\nclass Collecting(logging.Handler):\n    def emit(self, record):\n        try:\n            self.out.append(record.getMessage())\n        except Exception:\n            pass\n' },
    'a clean-up': { bad: 'def end(conn):\n    try:\n        conn.close()\n    except Exception:\n        pass\n', severity: 'low' },
    'a conversion': { bad: 'def price(text):\n    try:\n        return float(text.replace(",", "."))\n    except Exception:\n        return None\n', severity: 'low' },
    'a line for debugging': { bad: 'def total(rows):\n    try:\n        print(f"rows={len(rows)} total={sum(float(r.get(\'price\') or 0) for r in rows)}")\n    except Exception:\n        pass\n', severity: 'low' },
    'which build runs, asked of git': { bad: 'import subprocess\n\ndef get_git_commit(folder):\n    try:\n        return subprocess.check_output(["git", "describe", "--always"], cwd=folder).decode()\n    except Exception:\n        return None\n', severity: 'low' },
    'which build runs, read from a file': { bad: 'import json\n\ndef get_build_info():\n    try:\n        with open("/srv/build.json") as file:\n            return json.load(file)\n    except Exception:\n        pass\n    return {"version": "dev"}\n', severity: 'low' },
    'a version that is stored': { bad: 'def get_version(db):\n    try:\n        db.execute("update versions set seen = now()")\n    except Exception:\n        return None\n' },
    'internals of a library': { bad: 'def tables(statement):\n    found = []\n    if hasattr(statement, "_compile"):\n        try:\n            for each in statement._compile().parts:\n                if hasattr(each, "table"):\n                    found.append(each.table)\n        except Exception:\n            pass\n    return found\n', severity: 'medium' },
    'a method of its own': { severity: 'medium', bad: 'class Shop:\n    def close(self, orders):\n        try:\n            self._bill(orders)\n        except Exception:\n            pass\n' },
    'an address is put together': { bad: 'def picture(item, base):\n    try:\n        url = item.picture.url\n        return url if url.startswith("http") else base + url.lstrip("/")\n    except Exception:\n        return None\n', severity: 'low' },
    'an absolute address': { bad: 'def picture(request, item):\n    url = None\n    try:\n        url = request.build_absolute_uri(item.picture.url)\n    except Exception:\n        url = None\n    return url\n', severity: 'low' },
    'a row that is looked up': { bad: 'def owner(shop, number):\n    try:\n        return Owner.objects.get(id=int(number))\n    except Exception:\n        return None\n', severity: 'medium' },
    'a table that is looked into': { bad: 'def amount(data):\n    try:\n        return int(data.get("amount"))\n    except Exception:\n        return None\n', severity: 'low' },
    'a cookie that is looked into': { bad: 'from flask import session\n\ndef visits():\n    try:\n        return int(session.get("visits"))\n    except Exception:\n        return None\n', severity: 'low' },
    'the old file of a field': { bad: 'def replace(item, upload):\n    try:\n        item.picture.delete(save=False)\n    except Exception:\n        pass\n    item.picture = upload\n    item.save()\n', severity: 'low' },
    'a stored file': { bad: 'from django.core.files.storage import default_storage\n\ndef forget(path):\n    try:\n        default_storage.delete(path)\n    except Exception:\n        pass\n', severity: 'low' },
    'a row that is not deleted': { bad: 'def forget(account):\n    try:\n        account.delete()\n    except Exception:\n        pass\n', severity: 'high' },
    'the exception is used': { good: 'def load(rows, errors):\n    for row in rows:\n        try:\n            row.load()\n        except Exception as error:\n            errors[row.id] = error\n' },
    'another way is taken': { good: 'def load(cache, key):\n    try:\n        return cache.get(key)\n    except Exception:\n        return compute(key)\n' },
    'tests': { path: 'tests/test_mail.py', good: 'def test_it(mailer):\n    try:\n        mailer.send(1)\n    except Exception:\n        pass\n' },
  }),
});

function broadHandlers(): Selector<Catch> {
  const handlers = handler();
  const suppress = call('contextlib.suppress');
  return {
    kinds: ['module'], callees: suppress.callees,
    *select(unit, project) {
      for (const one of handlers.select(unit, project)) if (one.module.language === 'python' && one.handler.catches.some(isBroad)) yield one;
      if (unit.kind === 'module' && unit.language === 'python') for (const drop of unit.drops) yield { module: unit, drop };
      for (const match of suppress.select(unit, project)) if (broadArgument(match)) yield { module: match.module, suppress: match };
    },
  };
}

function broadArgument(match: CallMatch): Span | undefined {
  return match.call.args.find((each) => each.kind === 'reference' && isBroad(each.name))?.at;
}

function argumentAt(match: CallMatch): Span {
  return broadArgument(match) ?? match.call.calleeAt;
}

function caught(one: Handler): string {
  return lastName(one.catches.find(isBroad) ?? 'Exception');
}

/** `with suppress(Exception): …` as the clause it stands for: what its block calls, and nothing done about it. */
function suppressed({ call: one }: CallMatch, source: Source): Handler {
  const depth = source.indentation(one.at.start).length;
  const first = source.lineEnd(one.argumentsAt.end);
  const rest = source.slice({ start: first, end: source.length });
  const after = new RegExp(`\\n[ \\t]{0,${depth}}(?=[^\\s#])`).exec(rest);
  const tryBody = { start: one.argumentsAt.end, end: after ? first + after.index : source.length };
  const tries = [...source.slice(tryBody).replace(/"[^"\n]*"|'[^'\n]*'|#[^\n]*/g, '').matchAll(/([A-Za-z_][\w.]*)\(/g)].map((each) => each[1] ?? '');
  return { scope: one.scope, guards: one.guards, at: one.at, keyword: one.calleeAt, catches: ['Exception'], body: tryBody, does: ['pass'], tries, tryBody, reraises: false, usesBound: false, passesOn: false, repeats: false, cleanup: false };
}

/** A `return` of a `finally` as the clause it stands for: whatever is raised is passed over. */
function dropped(drop: Drop): Handler {
  return { ...drop, keyword: drop.at, catches: ['BaseException'], body: drop.at, does: ['pass'], reraises: false, usesBound: false, passesOn: false, repeats: false, cleanup: false };
}

/** The `try` only imports: an optional dependency. */
function importsOnly(one: Handler, source: Source): boolean {
  return /^\s*(import|from)\b/.test(source.slice(one.tryBody)) && one.tries.length === 0;
}

/** `def is_valid(): … except Exception: return False`, or any function that says true at the end of the block and false here. */
function answersQuestion(one: Handler, source: Source): boolean {
  if (!one.does.includes('return-constant')) return false;
  const said = /^return (True|False)\s*$/.exec(source.slice(one.body).trim())?.[1];
  return ASKS.test(lastName(one.scope)) || (said !== undefined && !losesWork(one) && new RegExp(`\\breturn ${said === 'True' ? 'False' : 'True'}\\s*$`).test(source.slice(one.tryBody)));
}

/** A handler of the logging module, which cannot log its own failure; a probe for what may not be installed. */
function mayNotRaise(one: Handler): boolean {
  return lastName(one.scope) === 'emit' || (one.tries.length > 0 && one.tries.some((each) => PROBES.test(each)) && one.tries.every((each) => PROBES.test(each) || isHarmless(each)));
}

/** `def _git_revision(): … except Exception: return None`: nothing that is done depends upon it. */
function tellsBuild(one: Handler): boolean {
  return TELLS_BUILD.test(lastName(one.scope)) && one.tries.length > 0 && one.tries.every((each) => READS.test(each) || PROBES.test(each) || isConversion(each) || isHarmless(each));
}

/** `query._compile_state()`: what another release of the library may not have, and nothing but reading. */
function asksInternals(one: Handler): boolean {
  return one.tries.some((each) => INTERNALS.test(each)) && one.tries.every((each) => INTERNALS.test(each) || isHarmless(each) || KEEPS.test(each));
}
