import type { Call, CallMatch, Context, Edit, Project, Selector, Source, Variation } from '../kit';
import { call, functionsAround, isProgram, lastName, onlyAsProgram, onlyInDevelopment, rule, withArgument } from '../kit';

/** What each client takes a timeout by, what a fix gives it, and where it must be called from to matter. */
interface Client {
  readonly callees: readonly string[];
  readonly keywords: readonly string[];
  readonly position?: number;
  readonly add: string;
  /** How long it waits by itself, as a message says it. */
  readonly waits: string;
  /** Only where a visitor waits for it: in a handler, or a function that a handler calls. */
  readonly inHandler?: true;
  readonly low?: string;
  /** Something may need longer: a blocking read, a long program. */
  readonly risky?: true;
}
const CLIENTS: readonly Client[] = [
  {
    callees: ['openai.OpenAI', 'openai.AsyncOpenAI', 'openai.AzureOpenAI', 'openai.AsyncAzureOpenAI', 'anthropic.Anthropic', 'anthropic.AsyncAnthropic'],
    keywords: ['timeout', 'http_client'], add: 'timeout=30', waits: 'it waits ten minutes',
  },
  {
    callees: ['openai.chat.completions.create', 'openai.completions.create', 'openai.responses.create', 'openai.embeddings.create', 'openai.images.generate', 'openai.audio.transcriptions.create'],
    keywords: ['timeout'], add: 'timeout=30', waits: 'it waits ten minutes',
  },
  // Its releases before 1.0 call it otherwise.
  { callees: ['openai.ChatCompletion.create', 'openai.Completion.create', 'openai.Embedding.create'], keywords: ['request_timeout'], add: 'request_timeout=30', waits: 'it waits ten minutes' },
  { callees: ['groq.Groq', 'groq.AsyncGroq'], keywords: ['timeout', 'http_client'], add: 'timeout=30', waits: 'it waits a minute' },
  { callees: ['smtplib.SMTP', 'smtplib.SMTP_SSL'], keywords: ['timeout'], add: 'timeout=10', waits: 'it waits as long as the server likes' },
  { callees: ['imaplib.IMAP4', 'imaplib.IMAP4_SSL', 'poplib.POP3', 'poplib.POP3_SSL', 'ftplib.FTP', 'ftplib.FTP_TLS'], keywords: ['timeout'], add: 'timeout=10', waits: 'it waits as long as the server likes' },
  {
    callees: ['redis.Redis', 'redis.StrictRedis', 'redis.from_url', 'redis.Redis.from_url', 'redis.StrictRedis.from_url', 'redis.asyncio.Redis', 'redis.asyncio.from_url', 'redis.asyncio.Redis.from_url'],
    keywords: ['socket_timeout', 'connection_pool'], add: 'socket_timeout=5', waits: 'it waits as long as the server likes', risky: true,
  },
  { callees: ['paramiko.SSHClient.connect', 'paramiko.client.SSHClient.connect'], keywords: ['timeout', 'sock'], add: 'timeout=10', waits: 'it waits as long as the other side likes' },
  { callees: ['psycopg2.connect', 'psycopg.connect'], keywords: ['connect_timeout', 'dsn'], add: 'connect_timeout=5', waits: 'it waits as long as the network likes', inHandler: true },
  {
    callees: ['subprocess.run', 'subprocess.check_output', 'subprocess.check_call', 'subprocess.call'], keywords: ['timeout'], add: 'timeout=60', waits: 'it waits as long as the program runs', inHandler: true,
    low: 'the program it starts is on the same machine', risky: true,
  },
];

export default rule<CallMatch>({
  id: 'client-timeout-missing',
  title: 'SDK, mail, cache and process calls have a timeout',
  severity: 'medium', points: 4, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'SDK defaults are made for scripts: minutes, or none at all. A stuck mail server then freezes the checkout.',
  how: 'Set a timeout where the client is built.',
  links: ['https://docs.python.org/3/library/smtplib.html#smtplib.SMTP', 'https://redis.readthedocs.io/en/stable/connections.html', 'https://cwe.mitre.org/data/definitions/1088.html'],
  anchors: ['CWE-1088', 'CWE-400'],

  on: clients(),
  check: (match, context) => {
    const client = clientOf(match.call);
    if (!client || hasTimeout(match, client, context.project) || isAside(match, context)) return false;
    if (client.inHandler && !isAwaited(match, context.project)) return false;
    return client.low === undefined || { severity: 'low', because: client.low } satisfies Variation;
  },
  message: ({ call: one }) => `${one.written}() has no timeout: ${clientOf(one)?.waits ?? 'it waits'}.`,
  underline: ({ call: one }) => one.calleeAt,
  holds: (match, { project }) => {
    const client = clientOf(match.call);
    return client?.keywords.some((name) => match.call.keywords.some((each) => each.name === name)) && hasTimeout(match, client, project) ? `${match.call.written}() has a timeout` : undefined;
  },
  nothing: 'The code uses no client of a mail server, a cache, a language model or a process.',
  summary: (count) => count === 1 ? 'The only client has a timeout' : `${count} clients, all with a timeout`,

  fix: [
    { title: 'Add a timeout', safety: 'safe', edit: ({ call: one }, { source }) => clientOf(one)?.risky ? undefined : added(one, source) },
    { title: 'Add a timeout if nothing needs longer', safety: 'review', edit: ({ call: one }, { source }) => clientOf(one)?.risky ? added(one, source) : undefined, remains: 'See whether a blocking read or a long run goes through it.' },
  ],

  examples: () => ({
    'a language model': {
      bad: 'from openai import OpenAI\nclient = OpenAI()\ndef answer(q):\n    return client.chat.completions.create(model="m", messages=[{"role": "user", "content": q}])\n',
      good: 'from openai import OpenAI\nclient = OpenAI(timeout=30)\ndef answer(q):\n    return client.chat.completions.create(model="m", messages=[{"role": "user", "content": q}])\n', path: 'ai.py',
    },
    'a language model without a client': {
      bad: 'import openai\ndef answer(q):\n    return openai.chat.completions.create(\n        model="m",\n        messages=[],\n    )\n',
      good: 'import openai\ndef answer(q):\n    return openai.chat.completions.create(\n        model="m",\n        messages=[],\n        timeout=30,\n    )\n', path: 'ai.py',
    },
    'a language model, as before 1.0': {
      bad: 'import openai\ndef answer(q):\n    return openai.ChatCompletion.create(model="m", messages=[])\n', good: 'import openai\ndef answer(q):\n    return openai.ChatCompletion.create(model="m", messages=[], request_timeout=30)\n', path: 'ai.py',
    },
    'a timeout for the whole of a library': { good: 'import openai\nopenai.timeout = 20\ndef answer(q):\n    return openai.chat.completions.create(model="m", messages=[])\n', path: 'ai.py' },
    'a mail server': {
      bad: 'import smtplib\ndef send(msg):\n    with smtplib.SMTP("mail.example.com", 587) as s:\n        s.starttls()\n        s.send_message(msg)\n',
      good: 'import smtplib\ndef send(msg):\n    with smtplib.SMTP("mail.example.com", 587, timeout=10) as s:\n        s.starttls()\n        s.send_message(msg)\n', path: 'mail.py',
    },
    'a cache': {
      bad: 'import os\nimport redis\n\ncache = redis.from_url(\n    os.environ["REDIS_URL"],\n    decode_responses=True,\n)\n', good: 'import os\nimport redis\n\ncache = redis.from_url(\n    os.environ["REDIS_URL"],\n    decode_responses=True,\n    socket_timeout=5,\n)\n', path: 'cache.py',
    },
    'a cache that bounds only the connecting': { bad: 'import redis\n\ncache = redis.Redis(host="cache", socket_connect_timeout=5)\n', good: 'import redis\n\ncache = redis.Redis(host="cache", socket_connect_timeout=5, socket_timeout=5)\n', path: 'cache.py' },
    'a program that a handler waits for': {
      bad: 'import subprocess\nfrom flask import Flask\napp = Flask(__name__)\n\n@app.route("/thumb")\ndef thumb():\n    subprocess.run(["convert", "a.png", "b.png"], check=True)\n    return "ok"\n',
      good: 'import subprocess\nfrom flask import Flask\napp = Flask(__name__)\n\n@app.route("/thumb")\ndef thumb():\n    subprocess.run(["convert", "a.png", "b.png"], check=True, timeout=60)\n    return "ok"\n', severity: 'low',
    },
    'a program, in a function that a handler calls': { bad: 'import subprocess\nfrom fastapi import FastAPI\napp = FastAPI()\n\ndef render(path):\n    return subprocess.check_output(["pdftotext", path])\n\n@app.get("/text")\ndef text():\n    return render("a.pdf")\n', severity: 'low' },
    'a connection that a handler makes': {
      bad: 'import os\nimport psycopg2\nfrom flask import Flask\napp = Flask(__name__)\n\n@app.route("/orders")\ndef orders():\n    with psycopg2.connect(host=os.environ["DB_HOST"], dbname="shop") as connection:\n        return str(connection.closed)\n',
      good: 'import os\nimport psycopg2\nfrom flask import Flask\napp = Flask(__name__)\n\n@app.route("/orders")\ndef orders():\n    with psycopg2.connect(host=os.environ["DB_HOST"], dbname="shop", connect_timeout=5) as connection:\n        return str(connection.closed)\n',
    },
    'a language model with a timeout': { good: 'from openai import OpenAI\nclient = OpenAI(timeout=30, max_retries=2)\n', path: 'ai.py' },
    'a language model with a client of its own': { good: 'import httpx\nfrom openai import OpenAI\nclient = OpenAI(http_client=httpx.Client(timeout=20))\n', path: 'ai.py' },
    'a timeout for each call': { good: 'from openai import OpenAI\nclient = OpenAI()\ndef answer(q):\n    return client.chat.completions.create(model="m", messages=[], timeout=20)\n', path: 'ai.py' },
    'a timeout by with_options': { good: 'from openai import OpenAI\nclient = OpenAI()\ndef answer(q):\n    return client.with_options(timeout=20).chat.completions.create(model="m", messages=[])\n', path: 'ai.py' },
    'a mail server with a timeout': { good: 'import smtplib\ndef send(msg):\n    with smtplib.SMTP("mail.example.com", 587, timeout=10) as s:\n        s.starttls()\n        s.send_message(msg)\n', path: 'mail.py' },
    'the fourth argument': { good: 'import smtplib\ndef send(msg):\n    with smtplib.SMTP("mail.example.com", 587, "shop", 10) as s:\n        s.send_message(msg)\n', path: 'mail.py' },
    'a timeout in the address': { good: 'import psycopg2\nimport redis\nfrom flask import Flask\napp = Flask(__name__)\ncache = redis.from_url("redis://cache:6379/0?socket_timeout=5")\n\n@app.route("/")\ndef index():\n    return str(psycopg2.connect("dbname=shop connect_timeout=5").closed)\n' },
    'options that are passed on': { good: 'import redis\n\ndef connect(**options):\n    return redis.Redis(**options)\n', path: 'cache.py' },
    'a deadline around it': { good: 'import asyncio\nfrom openai import AsyncOpenAI\n\nasync def answer(q):\n    client = AsyncOpenAI()\n    return await asyncio.wait_for(client.chat.completions.create(model="m", messages=[]), 20)\n', path: 'ai.py' },
    'a default for all sockets': { good: 'import smtplib\nimport socket\n\nsocket.setdefaulttimeout(10)\n\ndef send(msg):\n    with smtplib.SMTP("mail.example.com") as s:\n        s.send_message(msg)\n', path: 'mail.py' },
    'in a task of a queue': { good: 'import smtplib\nfrom celery import shared_task\n\n@shared_task\ndef send(msg):\n    with smtplib.SMTP("mail.example.com", 587) as s:\n        s.send_message(msg)\n', path: 'tasks.py' },
    'in a command': { good: { 'shop/management/commands/build.py': 'import subprocess\n\ndef handle():\n    subprocess.run(["npm", "run", "build"])\n', 'shop/deploy.py': 'import subprocess\n\ndef build():\n    subprocess.run(["make"])\n' } },
    'a program beside the application': { good: 'import smtplib\n\ndef main():\n    smtplib.SMTP("mail.example.com").noop()\n\nif __name__ == "__main__":\n    main()\n', path: 'try_mail.py' },
    'a class called Redis': { good: 'class Redis:\n    pass\n\ncache = Redis()\n\ndef connect(smtplib):\n    return smtplib.SMTP("mail.example.com")\n', path: 'fake.py' },
    'only a comment': { good: '# smtplib.SMTP("mail.example.com")\nTEXT = "redis.Redis()"\n', path: 'notes.py' },
    'tests': { path: 'tests/test_mail.py', good: 'import smtplib\n\ndef test_it():\n    smtplib.SMTP("localhost")\n' },
  }),
});

function clients(): Selector<CallMatch> {
  const all = call(...CLIENTS.flatMap((one) => one.callees));
  return {
    kinds: all.kinds,
    // Asked for beside them, to know who sets timeouts elsewhere.
    callees: [...all.callees, 'socket.setdefaulttimeout', '*.with_options', '*.create', '*.parse', '*.stream'],
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      // A parameter or a local of the library's name is something else.
      for (const match of all.select(unit, project)) if (match.call.callee !== match.call.written || unit.imports.some((each) => each.name === match.call.callee.split('.')[0])) yield match;
    },
  };
}

function clientOf(one: Call): Client | undefined {
  return CLIENTS.find((client) => client.callees.includes(one.callee));
}

function hasTimeout(match: CallMatch, client: Client, project: Project): boolean {
  const { call: one } = match;
  if (one.open || onlyInDevelopment(one)) return true;
  if (client.keywords.some((name) => one.keywords.some((each) => each.name === name) && match.argument(name)?.kind !== 'none')) return true;
  if (one.within.some((name) => /(^|\.)(wait_for|timeout|timeout_at|fail_after|move_on_after)$/.test(name))) return true;
  const address = match.argument('url', 0);
  if (address?.kind === 'text' && /timeout=/.test(address.value)) return true;
  // host, port, local_hostname, timeout; IMAP and POP: host, port, timeout; psycopg: an address that is not in the source.
  if (/^smtplib\.SMTP$/.test(one.callee) && one.args.length > 3) return true;
  if (/^(imaplib|poplib)\./.test(one.callee) && one.args.length > 2) return true;
  if (client.add.startsWith('connect_timeout') && address !== undefined && address.kind !== 'text') return true;
  if (/^openai\.[a-z]/.test(one.callee) || /^openai\.\w+\.create$/.test(one.callee)) return project.modules.some((module) => module.assignments.some((each) => /^openai\.(timeout|http_client)$/.test(each.target)));
  if (/^(openai|anthropic|groq)\./.test(one.callee)) return setForCalls(match, project);
  return /^(smtplib|imaplib|poplib|ftplib)\./.test(one.callee) && project.calls('socket.setdefaulttimeout').length > 0;
}

function added(one: Call, source: Source): readonly Edit[] | undefined {
  const client = clientOf(one);
  return client && !one.keywords.some((each) => client.keywords.includes(each.name)) ? withArgument(one, client.add, source) : undefined;
}

/** Every request of the client has a timeout of its own, or stands in one. */
function setForCalls({ call: one, module }: CallMatch, project: Project): boolean {
  if (project.calls('*.with_options').some(({ call: each }) => each.keywords.some((keyword) => keyword.name === 'timeout'))) return true;
  const name = one.boundTo === undefined ? undefined : lastName(one.boundTo);
  const requests = module.calls.filter((each) => name !== undefined && /\.(create|parse|stream)$/.test(each.written) && each.written.split('.').includes(name));
  return requests.length > 0 && requests.every((each) => each.keywords.some((keyword) => keyword.name === 'timeout') || each.within.some((around) => /(^|\.)(wait_for|timeout|fail_after|move_on_after)$/.test(around)));
}

/** Work that no visitor waits for: tasks of a queue, commands, programs run by hand. */
function isAside({ call: one, module }: CallMatch, { project }: Context): boolean {
  if (onlyAsProgram(one) || /(^|\/)(management\/commands|jobs|tasks|cron|cli|scripts|commands|worker\w*)(\/|\.py$)/.test(module.path) || isProgram(module, project)) return true;
  return functionsAround(module, one.at).some((func) => func.decorators.some((each) => /(^|[._])(shared_task|task|periodic_task|scheduled_job|job|actor|command|cron)$/.test(each.name)));
}

/** In a handler, or in a function of this file that a handler of it calls. */
function isAwaited({ call: one, module }: CallMatch, project: Project): boolean {
  const around = functionsAround(module, one.at);
  const handles = (name: string) => project.routes.some(({ module: home, route }) => home === module && lastName(route.handler) === name);
  return around.some((func) => handles(func.name) || project.routes.some(({ module: home, route }) => home === module && route.does.some((each) => lastName(each) === func.name)));
}
