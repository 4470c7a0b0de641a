import type { Call, Decorator, Func, Handler, Loop, Module, Project, Selector, Source, Span } from '../kit';
import { REMOTE_CALLS, functionsAround, isRemote, lastName, loopsAround, onlyInDevelopment, qualifiedPath, rule, stepsFromRequest } from '../kit';

/** A loop around a call that fails, a function that calls itself again, or a library told to try again. */
type Retry =
  | { readonly kind: 'loop'; readonly module: Module; readonly call: Call; readonly loop: Loop; readonly handler: Handler }
  | { readonly kind: 'recursion'; readonly module: Module; readonly handler: Handler; readonly func: Func }
  | { readonly kind: 'library'; readonly module: Module; readonly func: Func; readonly decorator: Decorator };

/** Decorators that try for ever by themselves, and what stops them. */
const ENDLESS: Readonly<Record<string, readonly string[]>> = {
  'tenacity.retry': ['stop'], 'retrying.retry': ['stop_max_attempt_number', 'stop_max_delay', 'stop', 'stop_func'], 'retry.retry': ['tries'], 'retry.api.retry': ['tries'], 'retry2.retry': ['tries'],
};

export default rule<Retry>({
  id: 'retry-unbounded',
  title: 'Retries are bounded and back off',
  severity: 'medium', points: 4, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'The retries arrive at the moment the other side is weakest and keep it down. Your own worker spins at full load.',
  how: 'Cap the attempts, wait longer each time with some jitter, and make the call safe to repeat.',
  links: ['https://sre.google/sre-book/addressing-cascading-failures/', 'https://cwe.mitre.org/data/definitions/835.html', 'https://tenacity.readthedocs.io/en/latest/'],
  anchors: ['CWE-835', 'CWE-1088'],

  on: retries(),
  check: (it, { project, source }) => faultOf(it, project, source) !== undefined,
  message: (it, { project, source }) => messageOf(it, faultOf(it, project, source)),
  underline: (it, { source }) => it.kind === 'library' ? it.decorator.at : it.kind === 'recursion' ? it.handler.keyword : firstWord(it.loop.at, source),
  holds: (it, { source }) => it.kind !== 'recursion' && (it.kind === 'library' ? stops(it.decorator) : isBounded(it.loop, source) && pauses(it, source)) ? 'Attempts are capped' : undefined,
  nothing: 'No call of another service is tried again.',
  summary: (count) => count === 1 ? 'The only place that tries again has a limit or a pause' : `${count} places try again, each with a limit or a pause`,

  examples: () => ({
    'again and again, at once': { bad: 'import requests\ndef push(data):\n    while True:\n        try:\n            return requests.post("https://api.example.com", json=data, timeout=5)\n        except requests.RequestException:\n            continue\n' },
    'a function that calls itself': { bad: 'import requests\ndef push(data):\n    try:\n        return requests.post("https://api.example.com", json=data, timeout=5)\n    except requests.RequestException:\n        return push(data)\n' },
    'a method that calls itself': { bad: 'import requests\nclass Api:\n    def push(self, data):\n        try:\n            return requests.post("https://api.example.com", json=data, timeout=5)\n        except requests.RequestException:\n            self.log("again")\n            return self.push(data)\n' },
    'counted by a parameter': { good: 'import requests\ndef push(data, attempt=1):\n    try:\n        return requests.post("https://api.example.com", json=data, timeout=5)\n    except requests.RequestException:\n        if attempt > 3:\n            raise\n        return push(data, attempt + 1)\n' },
    'another address is tried, not the same again': { good: 'import requests\ndef fetch(url):\n    try:\n        return requests.get(url, timeout=5)\n    except requests.RequestException:\n        return fetch(url.replace("https:", "http:"))\n' },
    'a few attempts with a growing pause': { good: 'import time\nimport requests\ndef push(data):\n    for attempt in range(4):\n        try:\n            return requests.post("https://api.example.com", json=data, timeout=5)\n        except requests.RequestException:\n            time.sleep(2 ** attempt)\n    raise RuntimeError("push failed")\n' },
    'until it worked, logged but at once': { bad: 'import logging\nimport requests\nlogger = logging.getLogger(__name__)\ndef push(data):\n    done = False\n    while not done:\n        try:\n            requests.post("https://api.example.com", json=data, timeout=5)\n            done = True\n        except Exception:\n            logger.exception("again")\n' },
    'a count in a loop without end': { good: 'import requests\ndef push(data):\n    attempts = 0\n    while True:\n        try:\n            return requests.post("https://api.example.com", json=data, timeout=5)\n        except requests.RequestException:\n            attempts += 1\n            if attempts >= 3:\n                raise\n' },
    'a count as the condition': { good: 'import requests\ndef push(data):\n    left = 3\n    while left > 0:\n        try:\n            return requests.post("https://api.example.com", json=data, timeout=5)\n        except requests.RequestException:\n            left -= 1\n' },
    'a worker that pauses': { good: 'import time\nimport requests\ndef run():\n    while True:\n        try:\n            requests.get("https://api.example.com/jobs", timeout=60)\n        except requests.RequestException:\n            time.sleep(10)\n' },
    'the pause that a failure skips': { bad: 'import time\nimport requests\ndef run():\n    while True:\n        try:\n            requests.get("https://api.example.com/jobs", timeout=60)\n        except requests.RequestException:\n            continue\n        time.sleep(10)\n' },
    'the pause after the attempt': { good: 'import time\nimport requests\ndef run():\n    while True:\n        try:\n            requests.get("https://api.example.com/jobs", timeout=60)\n        except requests.RequestException as error:\n            print(error)\n        time.sleep(10)\n' },
    'the pause before the attempt': { good: 'import threading\nimport requests\nstop = threading.Event()\ndef run():\n    while not stop.wait(30):\n        try:\n            requests.get("https://api.example.com/jobs", timeout=60)\n        except requests.RequestException:\n            continue\n' },
    'a consumer that blocks on its queue': { good: 'import requests\ndef consume(queue):\n    while True:\n        job = queue.get()\n        try:\n            requests.post("https://api.example.com", json=job, timeout=5)\n        except requests.RequestException:\n            continue\n' },
    'the failure ends it': { good: 'import requests\ndef pages(url):\n    while True:\n        try:\n            page = requests.get(url, timeout=5).json()\n        except requests.RequestException:\n            break\n        url = page["next"]\n' },
    'a visitor waits for as long as it takes': { bad: 'import time\nimport requests\nfrom flask import Flask\napp = Flask(__name__)\n@app.get("/rate")\ndef rate():\n    while True:\n        try:\n            return requests.get("https://api.example.com/rate", timeout=5).json()\n        except requests.RequestException:\n            time.sleep(1)\n' },
    'tenacity without a stop': { bad: 'from tenacity import retry, wait_fixed\n@retry(wait=wait_fixed(2))\ndef push(client, data):\n    return client.post(data)\n' },
    'a listener that begins again': { good: 'from tenacity import retry, wait_exponential\n@retry(wait=wait_exponential(min=1, max=30))\ndef follow(client):\n    while True:\n        client.handle(client.next())\n' },
    'tenacity, bare': { bad: 'import tenacity\n@tenacity.retry\ndef push(client, data):\n    return client.post(data)\n' },
    'tenacity with a stop': { good: 'from tenacity import retry, stop_after_attempt, wait_random_exponential\n@retry(stop=stop_after_attempt(4), wait=wait_random_exponential(max=20))\ndef push(client, data):\n    return client.post(data)\n' },
    'tenacity with options of another file': { good: 'from tenacity import retry\nfrom settings import RETRY\n@retry(**RETRY)\ndef push(client, data):\n    return client.post(data)\n' },
    'retrying without a limit': { bad: 'from retrying import retry\n@retry(wait_fixed=2000)\ndef push(client, data):\n    return client.post(data)\n' },
    'Celery for ever': { bad: 'import requests\nfrom celery import shared_task\n@shared_task(autoretry_for=(requests.RequestException,), max_retries=None)\ndef push(data):\n    requests.post("https://api.example.com", json=data, timeout=5)\n' },
    'Celery stops after three by itself': { good: 'import requests\nfrom celery import shared_task\n@shared_task(autoretry_for=(requests.RequestException,), retry_backoff=True)\ndef push(data):\n    requests.post("https://api.example.com", json=data, timeout=5)\n' },
    'a loop over input': { good: 'def read(stream):\n    while True:\n        try:\n            return int(stream.readline())\n        except ValueError:\n            continue\n' },
    'async, at once': { bad: 'import httpx\nasync def push(client: httpx.AsyncClient, data):\n    while True:\n        try:\n            return await client.post("https://api.example.com", json=data)\n        except httpx.HTTPError:\n            pass\n' },
    'tests': { path: 'tests/test_a.py', good: 'import requests\ndef wait():\n    while True:\n        try:\n            return requests.get("http://localhost", timeout=1)\n        except requests.RequestException:\n            pass\n' },
  }),
});

function retries(): Selector<Retry> {
  return {
    kinds: ['module'], callees: REMOTE_CALLS,
    *select(unit) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      yield* inLibraries(unit);
      if (unit.handlers.length > 0) { yield* inLoops(unit); yield* inRecursion(unit); }
    },
  };
}

function* inLibraries(module: Module): Iterable<Retry> {
  for (const func of module.functions) {
    for (const decorator of func.decorators) if (ENDLESS[decorator.name] || decorator.keywords.some((each) => each.name === 'autoretry_for')) yield { kind: 'library', module, func, decorator };
  }
}

/** Once for a loop, by its first call that may fail. */
function* inLoops(module: Module): Iterable<Retry> {
  const seen = new Set<Loop>();
  if (!module.loops.some((each) => each.kind === 'while')) return;
  for (const call of module.calls) {
    if (!isRemote(call.callee) || onlyInDevelopment(call)) continue;
    const loop = loopsAround(module, call).find((each) => each.kind === 'while');
    if (!loop || seen.has(loop)) continue;
    const handler = module.handlers.find((each) => each.scope === call.scope && contains(each.tryBody, call.at) && contains(loop.body, each.at));
    if (handler) { seen.add(loop); yield { kind: 'loop', module, call, loop, handler }; }
  }
}

function* inRecursion(module: Module): Iterable<Retry> {
  for (const handler of module.handlers) {
    if (handler.repeats || !handler.tries.some(isRemote)) continue;
    const [func] = functionsAround(module, handler.at);
    const own = func && qualifiedPath(module, func);
    if (func && own !== undefined && func.does.includes(own)) yield { kind: 'recursion', module, handler, func };
  }
}

type Fault = 'no pause' | 'no limit';

function faultOf(it: Retry, project: Project, source: Source): Fault | undefined {
  switch (it.kind) {
    case 'library': return stops(it.decorator) || serves(it.func, source) ? undefined : 'no limit';
    case 'recursion': return callsAgain(it.handler, it.func, source) ? 'no limit' : undefined;
    case 'loop': {
      if (it.handler.reraises || it.handler.does.some((each) => LEAVES.has(each)) || isBounded(it.loop, source) || blocksFirst(it.loop, source)) return undefined;
      if (!pauses(it, source)) return 'no pause';
      return it.loop.endless && leavesWhenDone(it, source) && stepsFromRequest(project, it.module, it.call) !== undefined ? 'no limit' : undefined;
    }
  }
}

const LEAVES: ReadonlySet<string> = new Set(['raise', 'return', 'return-constant', 'answer', 'break']);

function messageOf(it: Retry, fault: Fault | undefined): string {
  if (it.kind === 'library') return `@${lastName(it.decorator.name)} tries ${it.func.name}() again without a limit.`;
  if (it.kind === 'recursion') return `${it.func.name}() calls itself again when it fails, without a limit.`;
  return fault === 'no limit' ? `The loop tries ${it.call.written}() again without a limit while a visitor waits.` : `The loop tries ${it.call.written}() again at once when it fails, without a pause or a limit.`;
}

function stops(decorator: Decorator): boolean {
  const keyword = (name: string) => decorator.keywords.find((each) => each.name === name);
  if (keyword('**')) return true;
  if (keyword('autoretry_for')) return keyword('max_retries')?.value.kind !== 'none';
  const limits = ENDLESS[decorator.name] ?? [];
  return limits.some((name) => keyword(name)) || (/^retry\d?\./.test(decorator.name) && decorator.args.length > 1);
}

/** It is meant to run for as long as the process does, and to begin again whenever it breaks. */
function serves(func: Func, source: Source): boolean {
  return /^_*(listen|consume|serve|watch|run|subscribe|follow|main|poll)/.test(func.name) || /\bwhile (True|1)\b/.test(code(func.body, source));
}

/** The same call with the same arguments, and nothing that counts. */
function callsAgain(handler: Handler, func: Func, source: Source): boolean {
  if (func.parameters.some((each) => COUNTS.test(each.name))) return false;
  const call = new RegExp(`(?:^|[^\\w.])(?:self\\.|cls\\.)?${func.name}\\(([^)]*)\\)`).exec(code(handler.body, source));
  if (!call) return false;
  const given = (call[1] ?? '').split(',').map((each) => each.trim().replace(/^\w+\s*=\s*/, '')).filter(Boolean);
  return given.every((each) => func.parameters.some((parameter) => parameter.name === each.replace(/^\*+/, '')));
}

const COUNTS = /attempt|retr(y|ies)|tries|count|depth|remaining|left|backoff/i;

/** Something counts the attempts, or looks at the clock. */
function isBounded(loop: Loop, source: Source): boolean {
  const text = code(loop.body, source);
  const condition = code({ start: loop.at.start, end: loop.at.end }, source).split('\n')[0] ?? '';
  return /[<>]/.test(condition) || /\b\w*(attempt|retr(y|ies)|tries|tried|fail(ure)?s|errors|count(er)?|deadline|elapsed|remaining|left|max_\w+)\w*\b[^\n]*([<>]|==)|\w*(attempt|retries|tries|left|remaining)\w*\s*-=|[<>]=?\s*\w*(attempt|retries|tries|deadline|max_\w+|MAX_\w+|timeout)|time\.(time|monotonic)\(\)\s*(-[^\n]*)?[<>]/i.test(text);
}

/** It waits for something else first: a queue, a socket, a subscription. */
function blocksFirst(loop: Loop, source: Source): boolean {
  return /\.(get|poll|consume|recv|recvfrom|receive\w*|accept|blpop|brpop|blmove|bzpopmin|xread\w*|listen|readline|next|select|join|get_message|wait_for_\w+)\(|\binput\(/.test(code(loop.body, source).replace(/\b(requests|httpx|client|session|http|api|self\.(client|session|http|_client|_session))\.get\(/g, ''));
}

const PAUSE = /\b\w*(sleep|wait|backoff|pause)\w*\(/i;

/** There is a pause on the way from a failure to the next attempt. */
function pauses({ loop, handler, call }: Extract<Retry, { kind: 'loop' }>, source: Source): boolean {
  if (PAUSE.test(code({ start: loop.body.start, end: call.at.start }, source)) || PAUSE.test(code(handler.body, source))) return true;
  return !handler.does.includes('continue') && PAUSE.test(code({ start: handler.at.end, end: loop.body.end }, source));
}

/** The loop ends when the call succeeds: it is there to try again, not to serve. */
function leavesWhenDone({ handler, loop }: Extract<Retry, { kind: 'loop' }>, source: Source): boolean {
  return /\b(return|break)\b/.test(code(handler.tryBody, source)) || /\b(return|break)\b/.test(code({ start: handler.at.end, end: loop.body.end }, source));
}

/** Text without comments and strings. */
function code(at: Span, source: Source): string {
  return source.slice(at).replace(/#[^\n]*|"""[\s\S]*?"""|"[^"\n]*"|'[^'\n]*'/g, '');
}

function contains(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

function firstWord(at: Span, source: Source): Span {
  return { start: at.start, end: at.start + (/^(async\s+)?\w+/.exec(source.slice(at))?.[0].length ?? 0) };
}
