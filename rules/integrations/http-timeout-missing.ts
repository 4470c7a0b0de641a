import type { Call, CallMatch, Context, Edit, Module, Project, Selector, Value, Variation } from '../kit';
import { call, functionsOf, importing, isProgram, lastName, onlyAsProgram, onlyInDevelopment, replace, rule, withArgument } from '../kit';

/** What each client takes a timeout by, and what it does without one. */
interface Client { readonly callees: readonly string[]; readonly position?: number; readonly has?: true; readonly long?: true }
const VERBS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'request'];
const each = (owner: string, names: readonly string[] = VERBS) => names.map((name) => `${owner}.${name}`);
const CLIENTS: readonly Client[] = [
  { callees: [...each('requests'), ...each('requests.api'), ...each('requests.Session'), ...each('requests.session'), ...each('requests.sessions.Session')] },
  { callees: ['urllib.request.urlopen'], position: 2 },
  { callees: ['urllib3.request', 'urllib3.PoolManager.request', 'urllib3.PoolManager.urlopen'] },
  { callees: ['http.client.HTTPConnection', 'http.client.HTTPSConnection'], position: 2 },
  // httpx waits five seconds by itself: only who switches that off is told.
  { callees: [...each('httpx', [...VERBS, 'stream']), ...each('httpx.Client'), ...each('httpx.AsyncClient'), 'httpx.Client', 'httpx.AsyncClient'], has: true },
  { callees: ['aiohttp.ClientSession'], long: true },
];

export default rule<CallMatch>({
  id: 'http-timeout-missing',
  title: 'Outbound HTTP calls have a timeout',
  severity: 'medium', points: 8, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: 'When the other side hangs, so do your workers, one by one, until the site is down. It is someone else\'s outage that becomes yours.',
  how: 'Set connect and read timeouts on every client.',
  links: ['https://requests.readthedocs.io/en/latest/user/advanced/#timeouts', 'https://www.python-httpx.org/advanced/timeouts/', 'https://docs.aiohttp.org/en/stable/client_quickstart.html#timeouts'],
  anchors: ['bandit B113', 'ruff S113', 'semgrep use-timeout', 'CWE-400', 'CWE-1088'],

  on: outbound(),
  check: (match, { project }) => {
    if (hasTimeout(match, project)) return false;
    const { call: one, module } = match;
    if (clientOf(one)?.long) return { severity: 'low', because: 'aiohttp gives up after five minutes by itself' };
    return isJob(one, module) || isProgram(module, project) ? { severity: 'low', because: 'it runs in a job, where no visitor waits' } satisfies Variation : true;
  },
  message: ({ call: one }) => given(one) ? `${one.written}() switches its timeout off.` : `${one.written}() has no timeout.`,
  underline: ({ call: one }) => given(one)?.at ?? one.calleeAt,
  holds: (match) => given(match.call) ? 'A timeout is given' : 'A timeout is the default',
  nothing: 'The code calls no other service over HTTP.',
  summary: (count) => count === 1 ? 'The only outbound call has a timeout' : `${count} outbound calls, all with a timeout`,

  fix: {
    title: 'Add timeout=10',
    safety: 'safe',
    edit: (match, context) => {
      const none = given(match.call);
      if (none) return none.kind === 'none' && context.source.slice(none.at) === 'None' ? [replace(none.at, '10')] : undefined;
      return clientOf(match.call)?.long ? totalTimeout(match, context) : withArgument(match.call, 'timeout=10', context.source);
    },
  },

  examples: () => ({
    'a call without a timeout': {
      bad: 'import requests\ndef rate():\n    return requests.get("https://api.example.com/rate").json()\n', good: 'import requests\ndef rate():\n    return requests.get("https://api.example.com/rate", timeout=10).json()\n',
    },
    'a session in an attribute': {
      bad: 'import requests\nclass Api:\n    def __init__(self):\n        self.session = requests.Session()\n    def orders(self):\n        return self.session.get("https://api.example.com/orders").json()\n',
      good: 'import requests\nclass Api:\n    def __init__(self):\n        self.session = requests.Session()\n    def orders(self):\n        return self.session.get("https://api.example.com/orders", timeout=10).json()\n', path: 'client.py',
    },
    'httpx with its timeout switched off': {
      bad: 'import httpx\ndef rate():\n    return httpx.get("https://api.example.com/rate", timeout=None).json()\n', good: 'import httpx\ndef rate():\n    return httpx.get("https://api.example.com/rate", timeout=10).json()\n', path: 'client.py',
    },
    'with a timeout': { good: 'import requests\ndef rate():\n    return requests.get("https://api.example.com/rate", timeout=10).json()\n' },
    'httpx has five seconds by itself': { good: 'import httpx\ndef rate():\n    return httpx.get("https://api.example.com/rate").json()\n', path: 'client.py' },
    'options that are passed on': { good: 'import requests\ndef call(url, **options):\n    return requests.get(url, **{"timeout": 10, **options})\n', path: 'client.py' },
    'several lines': {
      bad: 'import requests\n\ndef pay(order):\n    response = requests.post(\n        "https://pay.example.com/charges",\n        json={"amount": order.total},  # in cents\n    )\n    return response.json()\n',
      good: 'import requests\n\ndef pay(order):\n    response = requests.post(\n        "https://pay.example.com/charges",\n        json={"amount": order.total},\n        timeout=10,  # in cents\n    )\n    return response.json()\n',
    },
    'a session in a with statement': {
      bad: 'import requests\n\ndef rate():\n    with requests.Session() as session:\n        return session.get(url="https://api.example.com/rate", ).json()\n',
      good: 'import requests\n\ndef rate():\n    with requests.Session() as session:\n        return session.get(url="https://api.example.com/rate", timeout=10, ).json()\n',
    },
    'a session of another file': {
      bad: { 'http_client.py': 'import requests\n\nsession = requests.Session()\n', 'rates.py': 'from http_client import session\n\ndef rate():\n    return session.get("https://api.example.com/rate").json()\n' },
      good: { 'rates.py': 'from http_client import session\n\ndef rate():\n    return session.get("https://api.example.com/rate", timeout=10).json()\n' },
    },
    'the standard library': {
      bad: 'from urllib.request import urlopen\n\ndef rate():\n    return urlopen("https://api.example.com/rate").read()\n', good: 'from urllib.request import urlopen\n\ndef rate():\n    return urlopen("https://api.example.com/rate", timeout=10).read()\n',
    },
    'aiohttp with its five minutes': {
      bad: 'import aiohttp\n\nasync def rate():\n    async with aiohttp.ClientSession() as session:\n        async with session.get("https://api.example.com/rate") as response:\n            return await response.json()\n',
      good: 'import aiohttp\n\nasync def rate():\n    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:\n        async with session.get("https://api.example.com/rate") as response:\n            return await response.json()\n', severity: 'low',
    },
    'aiohttp, imported by name': {
      bad: 'from aiohttp import ClientSession\n\nasync def rate():\n    async with ClientSession(raise_for_status=True) as session:\n        return await session.get("https://api.example.com/rate")\n',
      good: 'from aiohttp import ClientSession\nfrom aiohttp import ClientTimeout\n\nasync def rate():\n    async with ClientSession(raise_for_status=True, timeout=ClientTimeout(total=10)) as session:\n        return await session.get("https://api.example.com/rate")\n', severity: 'low',
    },
    'in a background task': { bad: 'import requests\nfrom celery import shared_task\n\n@shared_task\ndef ping():\n    requests.get("https://api.example.com/ping")\n', severity: 'low' },
    'when the file is loaded': { bad: 'import requests\n\nRATES = requests.get("https://api.example.com/rates").json()\n', severity: 'low' },
    'in a command of Django': { bad: { 'shop/management/commands/sync.py': 'import requests\n\ndef handle():\n    requests.get("https://api.example.com/ping")\n' }, severity: 'low' },
    'a deadline around it': { good: 'import asyncio\nimport aiohttp\n\nasync def rate():\n    async with asyncio.timeout(10):\n        session = aiohttp.ClientSession()\n        return await session.get("https://api.example.com/rate")\n' },
    'an adapter that sets it': { good: 'import requests\nfrom http_adapters import TimeoutAdapter\n\nsession = requests.Session()\nsession.mount("https://", TimeoutAdapter(10))\n\ndef rate():\n    return session.get("https://api.example.com/rate").json()\n' },
    'a session class of the project\'s own': { good: 'import requests\n\nclass Session(requests.Session):\n    def request(self, *args, **kwargs):\n        kwargs.setdefault("timeout", 10)\n        return super().request(*args, **kwargs)\n\nsession = Session()\n\ndef rate():\n    return session.get("https://api.example.com/rate").json()\n' },
    'a request bound to a timeout': { good: 'import functools\nimport requests\n\nsession = requests.Session()\nsession.request = functools.partial(session.request, timeout=10)\n\ndef rate():\n    return session.get("https://api.example.com/rate").json()\n' },
    'a program beside the application': { bad: 'import requests\n\ndef main():\n    print(requests.get("https://api.example.com/rate").json())\n\nif __name__ == "__main__":\n    main()\n', path: 'verify.py', severity: 'low' },
    'a pool with a timeout': { good: 'import urllib3\n\nhttp = urllib3.PoolManager(timeout=5.0)\n\ndef rate():\n    return http.request("GET", "https://api.example.com/rate").json()\n' },
    'a pool without one': { bad: 'import urllib3\n\nhttp = urllib3.PoolManager()\n\ndef rate():\n    return http.request("GET", "https://api.example.com/rate").json()\n', good: 'import urllib3\n\nhttp = urllib3.PoolManager()\n\ndef rate():\n    return http.request("GET", "https://api.example.com/rate", timeout=10).json()\n' },
    'a default for all sockets': { good: 'import socket\nfrom urllib.request import urlopen\n\nsocket.setdefaulttimeout(10)\n\ndef rate():\n    return urlopen("https://api.example.com/rate").read()\n' },
    'a default for all sockets, which requests ignores': { bad: 'import socket\nimport requests\n\nsocket.setdefaulttimeout(10)\n\ndef rate():\n    return requests.get("https://api.example.com/rate").json()\n' },
    'a timeout by position': { good: 'import http.client\nfrom urllib.request import urlopen\n\ndef rate():\n    urlopen("https://api.example.com/rate", None, 10)\n    return http.client.HTTPSConnection("api.example.com", timeout=5)\n' },
    'a dictionary called requests': { good: 'requests = {"a": 1}\n\ndef first(session, request):\n    session.get("user")\n    request.get("x")\n    return requests.get("a")\n' },
    'tests': { path: 'tests/test_api.py', good: 'import requests\n\ndef test_it():\n    requests.get("http://localhost:5000")\n' },
  }),
});

function outbound(): Selector<CallMatch> {
  const all = call(...CLIENTS.flatMap((one) => one.callees));
  return {
    kinds: all.kinds,
    // Asked for beside them, to know who sets timeouts for all.
    callees: [...all.callees, '*.mount', 'socket.setdefaulttimeout', 'urllib3.PoolManager'],
    *select(unit, project) {
      if (unit.kind === 'module' && unit.language === 'python') yield* all.select(unit, project);
    },
  };
}

function clientOf(one: Call): Client | undefined {
  return CLIENTS.find((client) => client.callees.includes(one.callee));
}

/** The timeout as given, in any way of giving it. */
function given(one: Call): Value | undefined {
  const position = clientOf(one)?.position;
  return one.keywords.find((keyword) => keyword.name === 'timeout')?.value ?? (position === undefined ? undefined : one.args[position]);
}

function hasTimeout(match: CallMatch, project: Project): boolean {
  const { call: one, module } = match;
  const value = match.argument('timeout', clientOf(one)?.position);
  if (value) return value.kind !== 'none' || onlyInDevelopment(one);
  if (clientOf(one)?.has || one.open || onlyInDevelopment(one)) return true;
  if (one.within.some((name) => /(^|\.)(wait_for|timeout|timeout_at|fail_after|move_on_after)$/.test(name))) return true;
  // requests hands None to the socket, which undoes the default; the standard library and urllib3 leave it alone.
  return (!one.callee.startsWith('requests.') && project.calls('socket.setdefaulttimeout').length > 0) || setForSession(one, module, project);
}

/** The session has an adapter that sets it, or a `request` of its own. */
function setForSession(one: Call, module: Module, project: Project): boolean {
  const session = one.written.slice(0, one.written.lastIndexOf('.'));
  const given = project.once(`targets of ${module.path}`, () => new Set(module.assignments.map((each) => each.target)));
  if (given.has(`${session}.request`) || given.has(`${session}.timeout`)) return true;
  if (one.callee.startsWith('urllib3.PoolManager.') && module.calls.some((made) => made.callee === 'urllib3.PoolManager' && (made.open || made.keywords.some((keyword) => keyword.name === 'timeout')))) return true;
  return /[sS]ession\.\w+$/.test(one.callee) && project.calls('*.mount').some(({ call: mount }) => mount.args.some((arg) => arg.kind === 'result' && /timeout/i.test(arg.callee)) && lastName(mount.written.slice(0, mount.written.lastIndexOf('.'))) === lastName(session));
}

/** Work that no visitor waits for: tasks of a queue, commands, programs run by hand, what runs once when a file is loaded. */
function isJob(one: Call, module: Module): boolean {
  if (one.scope === '' || onlyAsProgram(one) || /(^|\/)(management\/commands|jobs|tasks|cron|cli)(\/|\.py$)/.test(module.path)) return true;
  return functionsOf(module, one).some((func) => func.decorators.some((decorator) => /(^|[._])(shared_task|task|periodic_task|scheduled_job|job|actor|command|cron)$/.test(decorator.name)));
}

// ---- the fix

function totalTimeout({ call: one, module }: CallMatch, { source }: Context): readonly Edit[] | undefined {
  const owner = /^(\w+)\.ClientSession$/.exec(one.written)?.[1];
  const edits = withArgument(one, `timeout=${owner ? `${owner}.` : ''}ClientTimeout(total=10)`, source);
  return edits && [...edits, ...(owner ? [] : importing(module, source, 'ClientTimeout', 'aiohttp'))];
}
