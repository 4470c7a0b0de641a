import type { CallMatch, Context, Edit, Keyword, Kind, Pair, Project, Selector, Span, Unit, Value } from '../kit';
import { VARIABLE_KINDS, callMatch, givenVariables, lookup, onlyInDevelopment, options, replace, rule } from '../kit';

interface Sent { readonly by: string; readonly what: string; readonly host: string; readonly at: Span; readonly module: boolean; readonly development: boolean; readonly safe: boolean }

const VERBS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'request'] as const;
const HTTP = ['requests', 'requests.Session', 'requests.sessions.Session', 'httpx', 'httpx.Client', 'httpx.AsyncClient', 'aiohttp.ClientSession'].flatMap((owner) => VERBS.map((verb) => `${owner}.${verb}`));
const LDAP = ['ldap.initialize', 'ldap3.Server'] as const;
const STORES = ['redis.from_url', 'redis.Redis.from_url', 'redis.StrictRedis.from_url', 'redis.asyncio.from_url', 'pymongo.MongoClient', 'motor.motor_asyncio.AsyncIOMotorClient', 'pika.URLParameters', 'sqlalchemy.create_engine', 'psycopg.connect', 'psycopg2.connect', 'celery.Celery'] as const;
const HTTP_NAMES: ReadonlySet<string> = new Set(HTTP);
const ASKED: ReadonlySet<string> = new Set([...HTTP, ...LDAP, ...STORES]);
const KINDS: readonly Kind[] = ['module', ...VARIABLE_KINDS];

export default rule<Sent>({
  id: 'plaintext-transport',
  title: 'Credentials and database traffic use TLS',
  severity: 'high', points: 10, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'A key sent once in clear text is a key everyone on the path has. Database protocols carry passwords and rows the same way.',
  how: 'Use the TLS scheme and require it in the connection string.',
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Transport_Layer_Security_Cheat_Sheet.html', 'https://www.postgresql.org/docs/current/libpq-ssl.html', 'https://cwe.mitre.org/data/definitions/319.html'],
  anchors: ['semgrep no-auth-over-http', 'semgrep request-with-http', 'CWE-319', 'CWE-522'],
  secret: true,

  on: outbound(),
  check: (sent) => !sent.safe && !sent.development,
  message: ({ by, what, host }) => `${by} sends ${what} to ${host} without TLS.`,
  underline: ({ at }) => at,
  holds: (sent) => sent.safe ? `${sent.by} uses TLS` : undefined,
  nothing: 'Nothing here sends credentials to another host.',
  summary: (count) => count === 1 ? 'The only connection with credentials uses TLS' : `${count} connections carry credentials, all over TLS`,

  fix: { title: 'Use the TLS endpoint', safety: 'review', edit: encrypted, remains: 'See that the other side answers on it.' },

  examples: () => ({
    'a key over plain HTTP': {
      bad: 'import requests\ndef send(key):\n    return requests.post("http://api.example.com/v1", headers={"Authorization": f"Bearer {key}"}, timeout=5)\n',
      good: 'import requests\ndef send(key):\n    return requests.post("https://api.example.com/v1", headers={"Authorization": f"Bearer {key}"}, timeout=5)\n',
    },
    'a database that may not encrypt': {
      path: '.env.production', bad: 'DATABASE_URL=postgresql://app:${DB_PASSWORD}@db.example.com:5432/app?sslmode=disable\n',
      good: 'DATABASE_URL=postgresql://app:${DB_PASSWORD}@db.example.com:5432/app?sslmode=require\n',
    },
    'a key in the address': { bad: 'import httpx\n\nBASE = "http://api.example.com"\n\n\nasync def quote(key):\n    async with httpx.AsyncClient() as client:\n        return await client.get(f"{BASE}/quote", params={"api_key": key})\n' },
    'a password in the body': { bad: 'import requests\n\n\ndef login(user, password):\n    return requests.post("http://accounts.example.com/login", json={"user": user, "password": password}, timeout=5)\n' },
    'Redis of a provider': { bad: { 'docker-compose.prod.yml': 'services:\n  web:\n    build: .\n    environment:\n      REDIS_URL: redis://:${REDIS_PASSWORD}@cache-1.example.net:6379/0\n' } },
    'LDAP in clear text': { bad: 'import ldap\n\n\ndef check(user, password):\n    server = ldap.initialize("ldap://directory.example.com")\n    server.simple_bind_s(user, password)\n' },
    'a key over HTTPS': { good: 'import requests\ndef send(key):\n    return requests.post("https://api.example.com/v1", headers={"Authorization": f"Bearer {key}"}, timeout=5)\n' },
    'inside the network of a compose file': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    environment:\n      REDIS_URL: redis://cache:6379/0\n      DATABASE_URL: postgresql://app:${PW}@db:5432/app?sslmode=disable\n' } },
    'a service beside it': { good: 'import requests\ndef send(key):\n    return requests.post("http://billing:3000/v1", headers={"Authorization": f"Bearer {key}"}, timeout=5)\n' },
    'inside a cluster': { good: 'import requests\ndef send(key):\n    requests.post("http://billing.shop.svc.cluster.local/v1", headers={"Authorization": key}, timeout=5)\n    requests.post("http://10.0.3.7/v1", auth=("a", key), timeout=5)\n    requests.post("http://vault.internal/v1", auth=("a", key), timeout=5)\n    requests.get("http://169.254.169.254/latest/api", headers={"X-aws-ec2-metadata-token": key}, timeout=1)\n    requests.get("http://metadata.google.internal/v1", headers={"Authorization": key}, timeout=1)\n' },
    'public data': { good: 'import requests\ndef rates():\n    return requests.get("http://rates.example.com/daily.xml", timeout=5)\n' },
    'LDAP that starts TLS': { good: 'import ldap\n\n\ndef check(user, password):\n    server = ldap.initialize("ldap://directory.example.com")\n    server.start_tls_s()\n    server.simple_bind_s(user, password)\n' },
    'Redis over TLS': { path: '.env.production', good: 'REDIS_URL=rediss://:${REDIS_PASSWORD}@cache-1.example.net:6379/0\nMONGO_URL=mongodb://app:${PW}@mongo.example.com/app?tls=true\nOTHER=mongodb+srv://app:${PW}@cluster.example.com/app\n' },
    'an example to copy': { path: '.env.example', good: 'DATABASE_URL=postgresql://app:secret@db.example.com:5432/app?sslmode=disable\n' },
    'names of schemas': { good: 'import requests\nNS = "http://www.w3.org/2005/Atom"\ndef parse(doc, key):\n    return requests.post("https://api.example.com", headers={"Authorization": key, "X-Schema": NS}, timeout=5)\n' },
    'while developing': { good: 'import os\nimport requests\ndef send(key):\n    if os.environ.get("APP_ENV") == "development":\n        requests.post("http://sandbox.example.com", auth=("a", key), timeout=5)\n' },
  }),
});

function outbound(): Selector<Sent> {
  return {
    kinds: KINDS, callees: [...HTTP, ...LDAP, ...STORES],
    *select(unit, project) {
      if (unit.kind !== 'module') { yield* inVariables(unit, project); return; }
      if (unit.language !== 'python') return;
      for (const one of unit.calls) {
        const sent = ASKED.has(one.callee) ? ofCall(callMatch(one, unit, project), project) : undefined;
        if (sent) yield sent;
      }
    },
  };
}

// ---- calls

function ofCall(match: CallMatch, project: Project): Sent | undefined {
  const { call: one } = match;
  const base = { by: `${one.written}()`, module: true, development: onlyInDevelopment(one) };
  if (HTTP_NAMES.has(one.callee)) {
    const url = match.argument('url', one.callee.endsWith('.request') ? 1 : 0);
    const text = url && addressOf(url);
    const what = text === undefined ? undefined : credential(match, text);
    const host = text && /^https?:\/\/(?:[^/@]*@)?([^/:?#]*)/i.exec(text)?.[1];
    if (!url || !what || !host) return undefined;
    const safe = /^https:/i.test(text);
    return safe || isPublic(host, project) ? { ...base, what, host, at: placeOf(url, one), safe } : undefined;
  }
  const first = match.argument(LDAP.some((name) => one.callee === name) ? 'uri' : 'url', 0) ?? match.argument('broker');
  const text = first && addressOf(first);
  if (!first || text === undefined) return undefined;
  if (LDAP.some((name) => one.callee === name)) {
    const host = /^ldap:\/\/([^/:?]+)/i.exec(text)?.[1];
    const starts = /start_tls|use_ssl\s*=\s*True|AUTO_BIND_TLS/.test(project.text(match.module.path) ?? '');
    return host && isPublic(host, project) && !starts ? { ...base, what: 'passwords', host, at: placeOf(first, one), safe: false } : undefined;
  }
  const host = exposedStore(text, project);
  return host === undefined ? undefined : { ...base, what: 'its traffic', host, at: placeOf(first, one), safe: false };
}

/** The beginning of an address, as far as it is a text. */
function addressOf(value: Value): string | undefined {
  const [first] = options(value);
  if (first?.kind === 'text') return first.value;
  if (first?.kind !== 'joined') return undefined;
  return first.parts.map((each) => each.kind === 'text' ? each.value : each.kind === 'joined' ? addressOf(each) ?? '{}' : '{}').join('');
}

function placeOf(value: Value, one: CallMatch['call']): Span {
  return value.at.path === undefined && value.at.start >= one.at.start && value.at.end <= one.at.end ? value.at : one.calleeAt;
}

const SECRET_HEADER = /^(authorization|proxy-authorization|x-(api|auth|access)[-_](key|token)|api[-_]key|x-api-key|token)$/i;
const SECRET_FIELD = /(^|_)(pass(word|wd)?|pwd|secret|token|api_?key|access_?key|client_secret)$/i;

/** What of a request is a secret. */
function credential({ call: one, argument }: CallMatch, url: string): string | undefined {
  if (/^https?:\/\/[^/@]+:[^/@]+@/.test(url)) return 'a password';
  const given = (name: string) => one.keywords.find((each: Keyword) => each.name === name);
  const auth = given('auth');
  if (auth && auth.value.kind !== 'none') return 'credentials';
  if (names(argument('headers')).some((each) => SECRET_HEADER.test(each))) return 'an authorization header';
  if (names(argument('params')).some((each) => SECRET_FIELD.test(each)) || /[?&](api_?key|token|access_token|key|password)=/i.test(url)) return 'a key in the address';
  return ['json', 'data'].some((name) => names(argument(name)).some((each) => SECRET_FIELD.test(each))) ? 'a secret' : undefined;
}

function names(table: Value | undefined): readonly string[] {
  if (table?.kind !== 'dict') return [];
  return table.entries.flatMap((each) => each.key.kind === 'text' && lookup(table, each.key.value)?.kind !== 'none' ? [each.key.value] : []);
}

// ---- variables of production

function* inVariables(unit: Unit, project: Project): Iterable<Sent> {
  if (!project.production.includes(unit)) return;
  for (const pair of givenVariables(unit)) {
    const host = pair.value === undefined ? undefined : exposedStore(pair.value, project);
    if (host !== undefined) yield { by: pair.name, what: 'its traffic', host, at: spanOf(pair), module: false, development: false, safe: false };
  }
}

function spanOf(pair: Pair): Span {
  return pair.valueAt ?? pair.at;
}

/** The public host of a store that is reached without TLS; undefined for all others. */
function exposedStore(text: string, project: Project): string | undefined {
  const [, scheme = '', host = ''] = /^["']?([a-z][a-z0-9+]*):\/\/(?:[^\s/@]*@)?([^\s/:?,@]+)/i.exec(text.trim()) ?? [];
  if (host === '' || !isPublic(host, project)) return undefined;
  if (/^(redis|amqp)$/i.test(scheme)) return /[?&]ssl(_cert_reqs)?=/i.test(text) ? undefined : host;
  if (/^mongodb$/i.test(scheme)) return /[?&](tls|ssl)=true/i.test(text) ? undefined : host;
  return /^(postgres(ql)?|cockroachdb)(\+\w+)?$/i.test(scheme) && /[?&]sslmode=disable\b/i.test(text) ? host : undefined;
}

const PRIVATE = /^(10\.|127\.|0\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/;

/** A name or address of the open network: single words are services beside it, and some endings never leave a network. */
function isPublic(host: string, project: Project): boolean {
  const name = host.toLowerCase();
  if (!/^[a-z0-9][a-z0-9.-]*\.[a-z0-9-]+$/.test(name) || PRIVATE.test(name)) return false;
  if (/\.(local|internal|svc|lan|intranet|corp|home|localhost|test|invalid|consul|docker|arpa)$|\.svc\.|\.(flycast|railway\.internal)$|^host\.docker/.test(name)) return false;
  return /^\d+(\.\d+){3}$/.test(name) || (/\.[a-z]{2,}$/.test(name) && !project.of('compose').some((each) => each.services.some((service) => service.name === name)));
}

function encrypted({ at }: Sent, { source }: Context): readonly Edit[] | undefined {
  const text = source.slice(at);
  const changed = /sslmode=disable/.test(text) ? text.replace('sslmode=disable', 'sslmode=require') : text.replace(/^(f?["']|)(http|redis|amqp|ldap):\/\//, (_all, quote: string, scheme: string) => `${quote}${scheme}s://`);
  return changed === text ? undefined : [replace(at, changed)];
}
