import type { Call, Context, Func, Handler, Module, Project, Selector } from '../kit';
import { REMOTE_CALLS, catchesAll, functionsAround, isRemote, lastName, onlyInDevelopment, qualifiedPath, rule, runningOf, stepsFromRequest, waitOf } from '../kit';

interface Outbound { readonly call: Call; readonly module: Module; readonly func: Func }

export default rule<Outbound>({
  id: 'outbound-failure-unhandled',
  title: 'A failing service does not break the page',
  severity: 'low', points: 2, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: 'A side service, such as a rate or avatar lookup, takes the main page down with it. The visitor could have gone on without.',
  how: 'Catch the failure, answer with less or with a 502, and log it. Retry only what is safe to repeat.',
  links: ['https://sre.google/sre-book/addressing-cascading-failures/', 'https://requests.readthedocs.io/en/latest/user/quickstart/#errors-and-exceptions'],
  anchors: ['CWE-755'],

  on: outbound(),
  check: (it, context) => !isCaught(it, context) && !isMapped(context.project),
  message: ({ call: one, func }) => `When ${one.written}() fails, ${func.name}() fails with it: nothing catches the error.`,
  underline: ({ call: one }) => one.calleeAt,
  holds: ({ call: one, module }) => module.handlers.some((each) => contains(each, one) && catches(each, one.callee)) ? 'A failure of the other side is caught' : undefined,
  nothing: 'No handler calls another service.',
  summary: (count) => count === 1 ? 'The failure of the only call of another service in a handler is caught' : `${count} calls of other services in handlers, and each failure is caught`,

  examples: () => ({
    'a failure that breaks the page': { bad: 'import requests\nfrom flask import Flask\napp = Flask(__name__)\n@app.get("/rate")\ndef rate():\n    return requests.get("https://api.example.com/rate", timeout=5).json()\n' },
    'a failure that is caught': { good: 'import requests\nfrom flask import Flask\napp = Flask(__name__)\n@app.get("/rate")\ndef rate():\n    try:\n        r = requests.get("https://api.example.com/rate", timeout=5)\n        r.raise_for_status()\n    except requests.RequestException:\n        app.logger.exception("rate service failed")\n        return {"rate": None, "stale": True}\n    return r.json()\n' },
    'mapped for all routes': { good: 'import requests\nfrom flask import Flask\napp = Flask(__name__)\n@app.errorhandler(requests.RequestException)\ndef upstream(e):\n    app.logger.exception("upstream failed")\n    return {"error": "upstream unavailable"}, 503\n@app.get("/rate")\ndef rate():\n    return requests.get("https://api.example.com/rate", timeout=5).json()\n' },
    'mapped by a factory': { good: 'import requests\nfrom flask import Blueprint, Flask\nbp = Blueprint("rates", __name__)\n@bp.get("/rate")\ndef rate():\n    return requests.get("https://api.example.com/rate", timeout=5).json()\ndef create_app():\n    app = Flask(__name__)\n    app.register_blueprint(bp)\n    @app.errorhandler(Exception)\n    def upstream(e):\n        return {"error": "try again"}, 500\n    return app\n' },
    'mapped by FastAPI': { path: 'main.py', good: 'import httpx\nfrom fastapi import FastAPI\nfrom fastapi.responses import JSONResponse\napp = FastAPI()\n@app.exception_handler(httpx.HTTPError)\nasync def upstream(request, error):\n    return JSONResponse({"error": "upstream"}, status_code=502)\n@app.get("/rate")\nasync def rate():\n    async with httpx.AsyncClient() as client:\n        return (await client.get("https://api.example.com/rate")).json()\n' },
    'async, not caught': { bad: 'import httpx\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.get("/rate")\nasync def rate():\n    async with httpx.AsyncClient(timeout=5) as client:\n        response = await client.get("https://api.example.com/rate")\n    return response.json()\n', path: 'main.py' },
    'another error is caught': { bad: 'import requests\nfrom flask import Flask\napp = Flask(__name__)\n@app.get("/rate")\ndef rate():\n    try:\n        return requests.get("https://api.example.com/rate", timeout=5).json()["rate"]\n    except KeyError:\n        return "unknown"\n' },
    'a helper whose caller catches': { good: { 'rates.py': 'import requests\ndef fetch():\n    return requests.get("https://api.example.com/rate", timeout=5).json()\n', 'app.py': 'from flask import Flask\nfrom rates import fetch\napp = Flask(__name__)\n@app.get("/rate")\ndef rate():\n    try:\n        return fetch()\n    except Exception:\n        app.logger.exception("rate failed")\n        return {"rate": None}\n' } },
    'a helper whose caller does not': { bad: { 'rates.py': 'import requests\ndef fetch():\n    return requests.get("https://api.example.com/rate", timeout=5).json()\n', 'app.py': 'from flask import Flask\nfrom rates import fetch\napp = Flask(__name__)\n@app.get("/rate")\ndef rate():\n    return fetch()\n' } },
    'a helper that says what failed': { good: { 'rates.py': 'import requests\ndef fetch():\n    try:\n        return requests.get("https://api.example.com/rate", timeout=5).json()\n    except (requests.ConnectionError, requests.Timeout) as error:\n        raise RateError from error\n', 'app.py': 'from flask import Flask\nfrom rates import fetch\napp = Flask(__name__)\n@app.get("/rate")\ndef rate():\n    return fetch()\n' } },
    'tried again, and given up': { good: 'import requests\nfrom flask import Flask\nfrom tenacity import retry, stop_after_attempt\napp = Flask(__name__)\n@retry(stop=stop_after_attempt(3))\ndef fetch():\n    return requests.get("https://api.example.com/rate", timeout=5).json()\n@app.get("/rate")\ndef rate():\n    return fetch()\n' },
    'once for a function': { bad: 'import requests\nfrom flask import Flask\napp = Flask(__name__)\n@app.get("/rate")\ndef rate():\n    a = requests.get("https://api.example.com/a", timeout=5).json()\n    b = requests.get("https://api.example.com/b", timeout=5).json()\n    return [a, b]\n' },
    'a job': { good: 'import requests\nfrom celery import shared_task\n@shared_task(autoretry_for=(Exception,))\ndef push():\n    requests.post("https://api.example.com", timeout=5)\n' },
    'a background task': { path: 'main.py', good: 'import requests\nfrom fastapi import BackgroundTasks, FastAPI\napp = FastAPI()\ndef push():\n    requests.post("https://api.example.com", timeout=5)\n@app.post("/order")\ndef order(tasks: BackgroundTasks):\n    tasks.add_task(push)\n    return {}\n' },
    'suppressed': { good: 'from contextlib import suppress\nimport requests\nfrom flask import Flask\napp = Flask(__name__)\n@app.get("/rate")\ndef rate():\n    with suppress(Exception):\n        requests.post("https://api.example.com/seen", timeout=5)\n    return "ok"\n' },
    'a command': { good: 'import requests\nfrom flask import Flask\napp = Flask(__name__)\n@app.cli.command()\ndef sync():\n    requests.get("https://api.example.com/rate", timeout=5)\n' },
    'tests': { path: 'tests/test_a.py', good: 'import requests\nfrom app import app\n@app.get("/x")\ndef x():\n    return requests.get("http://localhost").text\n' },
  }),
});

function outbound(): Selector<Outbound> {
  return {
    kinds: ['module'], callees: [...REMOTE_CALLS, '*.register_error_handler', '*.add_exception_handler'],
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      const seen = new Set<string>();
      for (const call of unit.calls) {
        if (!isService(call) || seen.has(call.scope) || onlyInDevelopment(call)) continue;
        const steps = stepsFromRequest(project, unit, call);
        const when = runningOf(project, unit, call);
        const [func] = functionsAround(unit, call.at);
        if (steps === undefined || steps > 1 || !func || when.has('job') || when.has('program')) continue;
        seen.add(call.scope);
        yield { call, module: unit, func };
      }
    },
  };
}

/** HTTP and the libraries of services; databases and mail have rules of their own. */
function isService(call: Call): boolean {
  const wait = waitOf(call);
  return wait === 'service' || (wait === undefined && isRemote(call.callee) && /^(httpx|aiohttp|openai|anthropic)\b/.test(call.callee) && !/\.(close|aclose)$/.test(call.callee));
}

function isCaught(it: Outbound, { project }: Context): boolean {
  const { call, module, func } = it;
  if (call.within.some((each) => /(^|\.)suppress$/.test(each))) return true;
  if (func.decorators.some((each) => /retry|circuit|breaker|backoff|catch|handle|fallback|wrap|safe|errors?$/i.test(each.name))) return true;
  if (module.handlers.some((one) => contains(one, call) && catches(one, call.callee))) return true;
  const own = qualifiedPath(module, func);
  return stepsFromRequest(project, module, call) !== 0 && callersCatch(project).has(own);
}

function contains(one: Handler, call: Call): boolean {
  return one.tryBody.start <= call.at.start && call.at.end <= one.tryBody.end;
}

const FAILURES = /(RequestException|HTTPError|ConnectionError|Timeout\w*|TimeoutError|ConnectError|TransportError|RequestError|NetworkError|HTTPStatusError|ClientError|ClientConnectorError|ClientResponseError|URLError|OSError|IOError|SSLError|BotoCoreError|StripeError|APIError|APIConnectionError|OpenAIError|AnthropicError|TwilioRestException|InvalidURL|\w*Error)$/;
const OTHERS = /(^|\.)(KeyError|ValueError|TypeError|AttributeError|IndexError|JSONDecodeError|UnicodeDecodeError|ImportError|ModuleNotFoundError|AssertionError|ZeroDivisionError|LookupError|NotImplementedError|DoesNotExist|ValidationError|IntegrityError)$/;

/** The clause catches what a call over the network raises. */
function catches(one: Handler, callee: string): boolean {
  if (catchesAll(one)) return true;
  return one.catches.some((each) => FAILURES.test(each) && !(OTHERS.test(each) && !callee.startsWith(each.slice(0, each.indexOf('.')) || '\0')));
}

/** Functions of the project that are called inside of a `try` which catches such failures. */
function callersCatch(project: Project): ReadonlySet<string> {
  return project.once('callersCatch', () => {
    const found = new Set<string>();
    for (const module of project.modules) for (const one of module.handlers) if (catches(one, '')) for (const name of one.tries) found.add(project.func(name) ? name : expanded(name, module, project));
    return found;
  });
}

function expanded(name: string, module: Module, project: Project): string {
  const value = project.resolve({ kind: 'result', callee: name, args: [], keywords: [], at: { start: 0, end: 0 } }, module);
  return value.kind === 'result' ? value.callee : name;
}

/** Somebody answers for all routes: an error handler for every exception, or for those of the client. */
function isMapped(project: Project): boolean {
  return project.once('upstreamMapped', () => project.modules.some((module) => module.functions.some((func) => func.decorators.some((each) => /(^|\.)(errorhandler|app_errorhandler|exception_handler)$/.test(each.name) && each.args.some((arg) => arg.kind === 'reference' && isUpstream(arg.name))))
    || module.calls.some((call) => /(^|\.)(register_error_handler|add_exception_handler)$/.test(call.callee) && call.args.some((arg) => arg.kind === 'reference' && isUpstream(arg.name)))));
}

function isUpstream(name: string): boolean {
  return /^(builtins\.)?(Exception|BaseException)$/.test(name) || (/^(requests|httpx|aiohttp|urllib3?|openai|anthropic|stripe|botocore)\b/.test(name) && FAILURES.test(lastName(name)));
}
