/** Calls that wait for something outside the program: what they wait for, by their qualified names. */
import type { Call } from './module';
import { lastName } from './select';

/** `database` covers sessions and drivers, `service` anything behind HTTP. */
export type Wait = 'sleep' | 'service' | 'program' | 'database' | 'mail' | 'terminal';

const VERBS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'request'] as const;
const each = (owner: string, names: readonly string[]) => names.map((name) => `${owner}.${name}`);
const QUERIES = ['execute', 'executemany', 'scalars', 'scalar', 'commit', 'flush', 'refresh', 'all', 'first', 'one', 'one_or_none', 'count', 'get'] as const;

const SERVICES: readonly string[] = [
  ...each('requests', VERBS), ...each('requests.api', VERBS), ...['requests.Session', 'requests.session', 'requests.sessions.Session'].flatMap((owner) => each(owner, VERBS)),
  ...each('httpx', [...VERBS, 'stream']), ...each('httpx.Client', [...VERBS, 'stream', 'send']), 'urllib.request.urlopen', 'urllib.request.urlretrieve',
  ...each('urllib3.PoolManager', ['request', 'urlopen']), 'urllib3.request', ...['http.client.HTTPConnection', 'http.client.HTTPSConnection'].flatMap((owner) => each(owner, ['request', 'getresponse'])),
  'socket.create_connection', 'socket.socket.connect', 'socket.socket.recv', 'socket.socket.accept', 'openai.ChatCompletion.create', 'openai.chat.completions.create', 'openai.Completion.create', 'openai.Embedding.create', 'openai.embeddings.create',
];
const PROGRAMS: readonly string[] = [...each('subprocess', ['run', 'call', 'check_call', 'check_output', 'getoutput', 'getstatusoutput']), 'subprocess.Popen.wait', 'subprocess.Popen.communicate', 'os.system', 'os.popen', 'os.wait', 'os.waitpid'];

/** Names of calls by which `waitOf` answers: what a rule that asks must list. */
export const WAITING_CALLS: readonly string[] = [
  'time.sleep', 'input', ...SERVICES, ...PROGRAMS, 'smtplib.SMTP', 'smtplib.SMTP_SSL', 'redis.*', 'pymongo.*', 'boto3.*', 'stripe.*', 'twilio.create', 'sendgrid.send', 'openai.create', 'openai.parse', 'anthropic.create',
  ...['sqlalchemy', 'sqlmodel', 'flask_sqlalchemy', 'psycopg2', 'psycopg', 'sqlite3', 'pymysql', 'MySQLdb'].flatMap((owner) => each(owner, QUERIES)),
];

const EXACT: ReadonlyMap<string, Wait> = new Map([
  ['time.sleep', 'sleep'], ['input', 'terminal'], ['smtplib.SMTP', 'mail'], ['smtplib.SMTP_SSL', 'mail'],
  ...SERVICES.map((name) => [name, 'service'] as const), ...PROGRAMS.map((name) => [name, 'program'] as const),
]);

const SDKS = /^(openai\.(OpenAI|AzureOpenAI)(\.\w+)*\.(create|parse)|anthropic\.(Anthropic|AnthropicBedrock)\.messages\.create|twilio\.rest\.Client\.\w+\.create|sendgrid\.SendGridAPIClient\.send|stripe\.(\w+\.)*(create|retrieve|modify|confirm|cancel|capture|list)|boto3\.(client|resource)\.(?!get_waiter|get_paginator|meta|exceptions|Table|Bucket|Object|generate_presigned)\w+)$/;
const DATABASES = new RegExp([
  // A session or connection of SQLAlchemy, by class, factory or `get_db`; what its results give is at hand already.
  '^(sqlalchemy|sqlmodel|flask_sqlalchemy)\\.(?!ext\\.asyncio)(\\w+\\.)*(Session|scoped_session|sessionmaker|sessionmaker\\.begin|SQLAlchemy\\.session|Connection|create_engine\\.(connect|begin)|Engine\\.(connect|begin))\\.(execute|exec|scalars|scalar|commit|flush|refresh|get|query(\\.\\w+)*\\.(all|first|one|one_or_none|count|scalar|delete|update))$',
  '^(psycopg2|psycopg|sqlite3|pymysql|MySQLdb)\\.connect(\\.cursor)?\\.(execute|executemany|commit)$',
  '^pymongo\\.(\\w+\\.)?MongoClient\\.(\\w+\\.)*(find_one|insert_one|insert_many|update_one|update_many|delete_one|delete_many|replace_one|aggregate|count_documents|distinct|find_one_and_\\w+|command)$',
  '^redis\\.(client\\.)?(Redis|StrictRedis|from_url|Redis\\.from_url)\\.(?!pipeline|lock|pubsub|register_script|close|connection_pool)\\w+$',
].join('|'));

/** Calls over the network that do not block, and those that only connect: what may fail for reasons of the other side. */
const REMOTE: readonly string[] = [
  ...['httpx.AsyncClient', 'aiohttp.ClientSession'].flatMap((owner) => each(owner, [...VERBS, 'stream', 'send', 'ws_connect'])), 'aiohttp.request', 'psycopg2.connect', 'psycopg.connect', 'pymysql.connect', 'MySQLdb.connect', 'asyncpg.connect', 'asyncpg.create_pool',
  'pika.BlockingConnection', 'websockets.connect', 'websocket.create_connection', 'kafka.KafkaProducer', 'kafka.KafkaConsumer', 'redis.Redis.ping', 'redis.asyncio.Redis.ping', 'sqlalchemy.create_engine.connect', 'sqlalchemy.connect',
  'openai.AsyncOpenAI.chat.completions.create', 'anthropic.AsyncAnthropic.messages.create', 'urllib.request.urlopen',
];
const REMOTES: ReadonlySet<string> = new Set([...REMOTE, ...SERVICES, 'smtplib.SMTP', 'smtplib.SMTP_SSL']);

/** Names of calls by which `isRemote` answers: what a rule that asks must list. */
export const REMOTE_CALLS: readonly string[] = [...new Set([...WAITING_CALLS, ...REMOTE])];

/** Whether a qualified callee talks to another machine, waiting on a thread or on the event loop. */
export function isRemote(callee: string): boolean {
  return REMOTES.has(callee) || SDKS.test(callee) || DATABASES.test(callee) || /^sqlalchemy\.(\w+\.)*(create_engine|create_async_engine|Engine)\.(connect|begin)$/.test(callee);
}

/** What a call waits for; undefined for calls that return at once, or of which that is not known. */
export function waitOf(one: Call): Wait | undefined {
  const exact = EXACT.get(one.callee);
  if (exact) return exact;
  return SDKS.test(one.callee) ? 'service' : one.callee.includes('.') && DATABASES.test(one.callee) ? 'database' : undefined;
}

/** The number of seconds a `time.sleep` is given, when it is a constant. */
export function sleepSeconds(one: Call): number | undefined {
  const [given] = one.args;
  return lastName(one.callee) === 'sleep' && given?.kind === 'number' ? given.value : undefined;
}
