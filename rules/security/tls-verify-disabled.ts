import type { Assignment, Call, CallMatch, Command, Context, Edit, Module, Pair, Project, Selector, Source, Span, Unit, Value } from '../kit';
import { call, fileName, isDevelopmentService, lastName, onlyInDevelopment, options, replace, rule, whenUnset, withoutArgument } from '../kit';

/** A connection; `off` where something switches its verification off. */
interface Connection {
  /** What is connected with, as the message says it. */
  readonly by: string;
  readonly off?: Off;
}
interface Off {
  readonly at: Span;
  /** Who is asked is not written here but handed in, and nothing secret is seen to go with it. */
  readonly anybody?: boolean;
  readonly fix: (context: Context) => readonly Edit[] | undefined;
}

const VERBS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'request', 'stream', 'ws_connect'];
const verbsOf = (...owners: readonly string[]) => owners.flatMap((owner) => VERBS.map((verb) => `${owner}.${verb}`));
/** Clients, and the argument by which each switches verification off. */
interface Client { readonly callees: readonly string[]; readonly keywords: readonly string[]; readonly off: (value: Value) => boolean }
const CLIENTS: readonly Client[] = [
  { callees: [...verbsOf('requests', 'requests.api', 'requests.Session', 'requests.session', 'requests.sessions.Session', 'httpx'), 'httpx.Client', 'httpx.AsyncClient', 'boto3.client', 'boto3.resource', 'hvac.Client'], keywords: ['verify'], off: isFalse },
  { callees: [...verbsOf('aiohttp.ClientSession'), 'aiohttp.TCPConnector'], keywords: ['ssl', 'verify_ssl'], off: isFalse },
  { callees: ['elasticsearch.Elasticsearch', 'opensearchpy.OpenSearch'], keywords: ['verify_certs'], off: isFalse },
  { callees: ['urllib3.PoolManager', 'urllib3.ProxyManager', 'urllib3.HTTPSConnectionPool'], keywords: ['cert_reqs'], off: isNoCertificate },
  { callees: ['redis.Redis', 'redis.StrictRedis', 'redis.from_url', 'redis.Redis.from_url', 'redis.asyncio.Redis', 'redis.asyncio.from_url', 'redis.asyncio.Redis.from_url'], keywords: ['ssl_cert_reqs'], off: (value) => value.kind === 'none' || isNoCertificate(value) },
  { callees: ['pymongo.MongoClient', 'motor.motor_asyncio.AsyncIOMotorClient'], keywords: ['tlsAllowInvalidCertificates', 'tlsInsecure'], off: (value) => value.kind === 'bool' && value.value },
  { callees: ['asyncssh.connect'], keywords: ['known_hosts'], off: (value) => value.kind === 'none' },
];
const POLICY = 'paramiko.SSHClient.set_missing_host_key_policy';
const LAX_POLICY = /(^|\.)paramiko(\.client)?\.(AutoAddPolicy|WarningPolicy)$/;
const UNVERIFIED = 'ssl._create_unverified_context';

export default rule<Connection>({
  id: 'tls-verify-disabled',
  title: 'TLS certificates and host keys are verified',
  severity: 'high', points: 15, confidence: 'confirmed', effort: 'S', since: '1',
  blocks: { when: 'credentials or personal data on that connection', holds: (project, { data }) => data.length > 0 || project.cookieAuth !== undefined || project.signs('tokens') },
  why: 'Without verification anyone on the path can answer in the server\'s name and read or change the data. The code still looks encrypted.',
  how: 'Trust the right CA file instead of switching checks off.',
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Transport_Layer_Security_Cheat_Sheet.html', 'https://docs.python.org/3/library/ssl.html'],
  anchors: ['bandit B501', 'bandit B323', 'bandit B507', 'ruff S501', 'ruff S323', 'ruff S507', 'semgrep disabled-cert-validation', 'checkov CKV2_DOCKER_2', 'CWE-295'],

  on: connections(),
  check: ({ off }) => off?.anybody ? { severity: 'medium', because: 'the address is handed in, such as a page that users name, and no credentials are seen to go with it' } : off !== undefined,
  message: ({ by, off }, { source }) => off ? `${by} trusts any server: ${shortened(source.slice(off.at))} switches verification off.` : '',
  underline: ({ off }) => off?.at ?? { start: 0, end: 0 },
  holds: () => 'Verification is on',
  nothing: 'Nothing here connects to another machine.',
  summary: (count) => count === 1 ? 'The only outbound connection verifies' : `${count} outbound connections, all with verification`,

  fix: {
    title: 'Switch verification on again',
    safety: 'review',
    edit: ({ off }, context) => off?.fix(context),
    remains: 'Give the CA file of the other side, or its host key, where it is not publicly known.',
  },

  examples: () => ({
    'a request': {
      bad: 'import requests\ndef push(data):\n    return requests.post("https://api.example.com/v1", json=data, verify=False, timeout=5)\n', good: 'import requests\ndef push(data):\n    return requests.post("https://api.example.com/v1", json=data, timeout=5)\n',
    },
    'a download in a script': { path: 'deploy.sh', bad: '#!/bin/bash\ncurl -k https://api.example.com/release | tar xz\n', good: '#!/bin/bash\ncurl https://api.example.com/release | tar xz\n' },
    'a file of trusted authorities': { good: 'import requests\ndef push(data):\n    return requests.post("https://api.example.com/v1", json=data, verify="/etc/ssl/corp-ca.pem", timeout=5)\n' },
    'its own machine': { path: 'check.sh', good: '#!/bin/sh\ncurl -kfsS https://localhost:8443/healthz\n' },
    'a page that users name': { bad: 'import requests\nfrom flask import request\n\ndef preview():\n    return fetch(request.form["url"])\n\ndef fetch(url):\n    return requests.get(url, headers={"User-Agent": "preview"}, verify=False, timeout=5)\n', severity: 'medium' },
    'an address handed in, with a token': { bad: 'import requests\n\ndef fetch(url, token):\n    return requests.get(url, headers={"Authorization": "Bearer " + token}, verify=False, timeout=5)\n', severity: 'high' },
    'an address that every caller writes': { bad: 'import requests\nfrom flask import Flask\napp = Flask(__name__)\n\ndef rates():\n    return fetch("https://api.example.com/rates")\n\ndef fetch(url):\n    return requests.get(url, verify=False, timeout=5)\n', severity: 'high' },
    'a session': {
      bad: 'import requests\n\nsession = requests.Session()\nsession.verify = False\n', good: 'import requests\n\nsession = requests.Session()\nsession.verify = True\n',
    },
    'a client over several lines': {
      bad: 'import httpx\n\nclient = httpx.AsyncClient(\n    base_url="https://api.example.com",\n    verify=False,\n)\n', good: 'import httpx\n\nclient = httpx.AsyncClient(\n    base_url="https://api.example.com",\n)\n',
    },
    'aiohttp': {
      bad: 'import aiohttp\n\nasync def rate():\n    async with aiohttp.ClientSession() as session:\n        async with session.get("https://api.example.com", ssl=False) as response:\n            return await response.json()\n',
      good: 'import aiohttp\n\nasync def rate():\n    async with aiohttp.ClientSession() as session:\n        async with session.get("https://api.example.com") as response:\n            return await response.json()\n',
    },
    'aiohttp\'s connector': { bad: 'import aiohttp\n\ndef make():\n    return aiohttp.TCPConnector(ssl=False)\n', good: 'import aiohttp\n\ndef make():\n    return aiohttp.TCPConnector()\n' },
    'urllib3': { bad: 'import urllib3\n\nhttp = urllib3.PoolManager(cert_reqs="CERT_NONE")\n', good: 'import urllib3\n\nhttp = urllib3.PoolManager()\n' },
    'a context that asks for no certificate': {
      bad: 'import ssl\nfrom urllib.request import urlopen\n\nctx = ssl.create_default_context()\nctx.check_hostname = False\nctx.verify_mode = ssl.CERT_NONE\n\ndef rate():\n    return urlopen("https://api.example.com", context=ctx, timeout=5).read()\n',
      good: 'import ssl\nfrom urllib.request import urlopen\n\nctx = ssl.create_default_context()\nctx.check_hostname = True\nctx.verify_mode = ssl.CERT_REQUIRED\n\ndef rate():\n    return urlopen("https://api.example.com", context=ctx, timeout=5).read()\n',
    },
    'a server asks its visitors for none': { good: 'import ssl\n\ncontext = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)\ncontext.load_cert_chain("cert.pem")\ncontext.verify_mode = ssl.CERT_NONE\n' },
    'an unverified context': { bad: 'import ssl\n\ndef context():\n    return ssl._create_unverified_context()\n', good: 'import ssl\n\ndef context():\n    return ssl.create_default_context()\n' },
    'for the whole program': { bad: 'import ssl\n\nssl._create_default_https_context = ssl._create_unverified_context\n', good: 'import ssl\n\nssl._create_default_https_context = ssl.create_default_context\n' },
    'any host key': {
      bad: 'import paramiko\n\ndef connect(host):\n    client = paramiko.SSHClient()\n    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())\n    client.connect(host)\n',
      good: 'import paramiko\n\ndef connect(host):\n    client = paramiko.SSHClient()\n    client.set_missing_host_key_policy(paramiko.RejectPolicy())\n    client.connect(host)\n',
    },
    'the policy as a class': { bad: 'import paramiko\n\nclient = paramiko.SSHClient()\nclient.set_missing_host_key_policy(paramiko.WarningPolicy)\n', good: 'import paramiko\n\nclient = paramiko.SSHClient()\nclient.set_missing_host_key_policy(paramiko.RejectPolicy)\n' },
    'Redis over TLS': { bad: 'import redis\n\nclient = redis.Redis(host="cache.example.com", ssl=True, ssl_cert_reqs=None)\n', good: 'import redis\n\nclient = redis.Redis(host="cache.example.com", ssl=True)\n' },
    'a constant of the settings': { bad: { 'config.py': 'VERIFY_TLS = False\n', 'client.py': 'import requests\nfrom config import VERIFY_TLS\n\ndef rate():\n    return requests.get("https://api.example.com", verify=VERIFY_TLS, timeout=5)\n' } },
    'a constant that is true': { good: { 'config.py': 'VERIFY_TLS = True\n', 'client.py': 'import requests\nfrom config import VERIFY_TLS\n\ndef rate(url):\n    requests.get(url, verify=VERIFY_TLS, timeout=5)\n    return requests.get(url, timeout=5)\n' } },
    'on unless the environment says otherwise': { good: 'import os\nimport requests\n\nVERIFY = os.getenv("VERIFY_TLS", "true").lower() == "true"\n\ndef rate(url):\n    return requests.get(url, verify=VERIFY, timeout=5)\n' },
    'its own machine, in Python': { good: 'import requests\n\ndef alive():\n    return requests.get("https://localhost:8443/health", verify=False, timeout=5).ok\n' },
    'only while developing': { good: 'import os\nimport requests\n\nsession = requests.Session()\nif os.environ.get("FLASK_ENV") == "development":\n    session.verify = False\n' },
    'a verify of something else': { good: 'def check(user, form):\n    user.verify = False\n    form.validate(verify=False)\n    # requests.get(url, verify=False)\n' },
    'a host key in a deployment script': { path: 'deploy.sh', bad: 'scp -o StrictHostKeyChecking=no app.tar.gz deploy@app.example.com:/srv/\n', good: 'scp app.tar.gz deploy@app.example.com:/srv/\n' },
    'a key that is accepted once': { path: 'deploy.sh', good: 'ssh -o StrictHostKeyChecking=accept-new deploy@app.example.com uptime\ncurl -o keys.txt https://example.com/k\ngrep -k x\n' },
    'packages from anywhere': { path: 'Dockerfile', bad: 'FROM python:3.12-slim\nRUN pip install --trusted-host pypi.example.com -r requirements.txt\nCMD ["gunicorn", "app:app"]\n', good: 'FROM python:3.12-slim\nRUN pip install -r requirements.txt\nCMD ["gunicorn", "app:app"]\n' },
    'wget in an image': { path: 'Dockerfile', bad: 'FROM debian:12\nRUN apt-get update && wget --no-check-certificate https://example.com/tool.tgz\n', good: 'FROM debian:12\nRUN apt-get update && wget https://example.com/tool.tgz\n' },
    'one letter among others': { path: 'get.sh', bad: 'curl -fksSL https://example.com/a -o a\n', good: 'curl -fsSL https://example.com/a -o a\n' },
    'git': { path: 'Dockerfile', bad: 'FROM debian:12\nRUN git config --global http.sslVerify false\n' },
    'a variable of an image': { path: 'Dockerfile', bad: 'FROM python:3.12\nENV PYTHONHTTPSVERIFY=0\nCMD ["python", "app.py"]\n' },
    'a variable of a service': { path: 'docker-compose.yml', bad: 'services:\n  web:\n    build: .\n    environment:\n      - NODE_TLS_REJECT_UNAUTHORIZED=0\n' },
    'a variable of a file': { path: '.env', bad: 'PYTHONHTTPSVERIFY=0\n' },
    'a health check of its own container': { path: 'Dockerfile', good: 'FROM python:3.12\nHEALTHCHECK CMD curl -kf https://127.0.0.1:8443/ || exit 1\nCMD ["gunicorn", "app:app"]\n' },
    'a Dockerfile for development': { path: 'Dockerfile.dev', good: 'FROM python:3.12\nRUN curl -k https://example.com/tool -o /tool\n' },
    'tests': { path: 'tests/test_api.py', good: 'import requests\n\ndef test_it():\n    requests.get("https://app.example.com", verify=False)\n' },
  }),
});

// ---- Python

function isFalse(value: Value): boolean {
  const known = whenUnset(value);
  return typeof known === 'object' && known.kind === 'bool' && !known.value;
}

function isNoCertificate(value: Value): boolean {
  return (value.kind === 'reference' && /^ssl\.CERT_NONE$/.test(value.name)) || (value.kind === 'text' && /^(CERT_)?NONE$/i.test(value.value));
}

function connections(): Selector<Connection> {
  const clients = call(...CLIENTS.flatMap((each) => each.callees), POLICY, UNVERIFIED);
  return {
    kinds: ['module', 'shell', 'dockerfile', 'compose', 'dotenv'], callees: [...clients.callees, 'ssl.SSLContext', 'ssl.create_default_context'],
    *select(unit, project) {
      if (unit.kind !== 'module') { if (!project.developmentName(fileName(unit.path))) yield* written(unit); return; }
      if (unit.language !== 'python') return;
      for (const match of clients.select(unit, project)) if (!onlyInDevelopment(match.call)) yield* called(match, project);
      for (const one of unit.assignments) if (!onlyInDevelopment(one)) yield* assigned(one, unit);
    },
  };
}

function called(match: CallMatch, project: Project): readonly Connection[] {
  const { call: one } = match;
  const by = `${one.written}()`;
  if (one.callee === UNVERIFIED) return [{ by, off: { at: one.calleeAt, fix: ({ source }) => renamed(one.calleeAt, /_create_unverified_context$/, 'create_default_context', source) } }];
  if (one.callee === POLICY) return [{ by, ...policyOff(one) }];
  const client = CLIENTS.find((each) => each.callees.includes(one.callee));
  for (const name of client?.keywords ?? []) {
    const value = match.argument(name);
    if (!client || !value) continue;
    // What cannot be read here, or is meant for this machine alone, proves nothing either way.
    if (!client.off(value)) { if (isUnread(value)) return []; continue; }
    if (isOwnMachine(match, project) || isSetByDeployment(value, project)) return [];
    const keyword = one.keywords.find((each) => each.name === name);
    return [{ by, off: { at: keyword?.at ?? one.calleeAt, anybody: asksAnybody(match, project), fix: ({ source }) => keyword && withoutArgument(one, keyword.at, source) } }];
  }
  return one.open || one.keywords.some((each) => each.name === '**') ? [] : [{ by }];
}

/** A verb on an address that comes from outside of the function, or out of an answer, without credentials of its own. */
function asksAnybody(match: CallMatch, project: Project): boolean {
  const { call: one, module } = match;
  const verb = lastName(one.callee);
  if (!VERBS.includes(verb) || one.keywords.some((each) => /^(auth|cert|cookies)$/.test(each.name) && each.value.kind !== 'none')) return false;
  const headers = match.argument('headers');
  if (headers?.kind === 'dict' && headers.entries.some((each) => each.key.kind === 'text' && /auth|token|key|cookie|secret/i.test(each.key.value))) return false;
  const address = match.argument('url', /^(request|stream)$/.test(verb) ? 1 : 0);
  return address !== undefined && options(address).every((each) => isHandedIn(project.resolve(each, module), project));
}

/** What a visitor or a caller names; a caller that only ever gives constants names nothing. */
function isHandedIn(value: Value, project: Project): boolean {
  if (value.kind === 'tainted') return true;
  if (value.kind === 'parameter') return /(^|[._])(url|uri|link|href|address|target|site|page|feed|webhook|endpoint)s?(_url)?$/i.test(value.name) && !/^(self|cls)\./.test(value.name) && !project.flow.givenOwn(value);
  return value.kind === 'result' && /(^|\.)urljoin$/.test(value.callee) && value.args[0] !== undefined && options(value.args[0]).some((each) => isHandedIn(each, project));
}

const isUnread = (value: Value) => ['parameter', 'unknown', 'choice', 'result', 'reference', 'environment'].includes(value.kind) && whenUnset(value) === undefined;

/** `AutoAddPolicy()` or the class itself. */
function policyOff(one: Call): { readonly off?: Off } {
  const [policy] = one.args;
  const name = policy?.kind === 'reference' ? policy.name : policy?.kind === 'result' ? policy.callee : '';
  if (!policy || !LAX_POLICY.test(name)) return {};
  return { off: { at: policy.at, fix: ({ source }) => renamed(policy.at, /(?<=\.)(AutoAddPolicy|WarningPolicy)(?=(\(\))?$)/, 'RejectPolicy', source) } };
}

function isOwnMachine(match: CallMatch, project: Project): boolean {
  return match.call.args.slice(0, 2).concat(match.call.keywords.filter((each) => /^(url|base_url|host)$/.test(each.name)).map((each) => each.value)).some((each) => {
    const value = project.resolve(each, match.module);
    const text = value.kind === 'joined' ? value.parts[0] : value;
    return text?.kind === 'text' && OWN_MACHINE.test(text.value);
  });
}
const OWN_MACHINE = /^(\w+:\/\/)?(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?|0\.0\.0\.0)([:/]|$)/i;

/** A variable decides, and what is deployed sets it. */
function isSetByDeployment(value: Value, project: Project): boolean {
  return value.kind === 'environment' && project.deployedVariable(value.variable) !== undefined;
}

function* assigned(one: Assignment, module: Module): Iterable<Connection> {
  const name = lastName(one.target);
  if (name === 'verify' && /^(requests|httpx)\.(\w+\.)*verify$/.test(one.qualified)) {
    const at = one.value.at;
    if (isFalse(one.value)) yield { by: one.target.slice(0, -'.verify'.length), off: { at: one.at, fix: ({ source }) => renamed(at, /^False$/, 'True', source) } };
  } else if (name === 'verify_mode' && isNoCertificate(one.value) && !isServerContext(one, module)) {
    yield { by: one.target.slice(0, -'.verify_mode'.length), off: { at: one.at, fix: (context) => requiring(one, module, context) } };
  } else if (one.target.endsWith('_create_default_https_context') && one.value.kind === 'reference' && one.value.name === UNVERIFIED) {
    const at = one.value.at;
    yield { by: 'Every HTTPS request', off: { at: one.at, fix: ({ source }) => renamed(at, /_create_unverified_context$/, 'create_default_context', source) } };
  } else if (/(^|\.)environ\.\w+$/.test(one.target) && one.value.kind === 'text' && isSwitch(name, one.value.value)) yield { by: 'The process', off: { at: one.at, fix: () => undefined } };
}

/** The context serves, where asking visitors for no certificate is the rule. */
function isServerContext(one: Assignment, module: Module): boolean {
  const context = one.target.slice(0, -'.verify_mode'.length);
  return module.calls.some((made) => made.boundTo === context && made.scope === one.scope
    && [...made.args, ...made.keywords.map((each) => each.value)].some((each) => each.kind === 'reference' && /PROTOCOL_TLS_SERVER|CLIENT_AUTH/.test(each.name)));
}

function requiring(one: Assignment, module: Module, { source }: Context): readonly Edit[] | undefined {
  const mode = renamed(one.value.at, /CERT_NONE$/, 'CERT_REQUIRED', source);
  const owner = one.target.slice(0, -'verify_mode'.length);
  const names = module.assignments.filter((each) => each.target === `${owner}check_hostname` && each.scope === one.scope && isFalse(each.value)).map((each) => replace(each.value.at, 'True'));
  return mode && [...names, ...mode];
}

/** Replaces what a pattern finds at the end of an expression. */
function renamed(at: Span, from: RegExp, to: string, source: Source): readonly Edit[] | undefined {
  const text = source.slice(at);
  const changed = text.replace(from, to);
  return changed === text ? undefined : [replace(at, changed)];
}

// ---- commands and variables

function* written(unit: Unit): Iterable<Connection> {
  switch (unit.kind) {
    case 'shell': yield* unit.commands.flatMap(commanded); return;
    case 'dockerfile': for (const each of unit.stages.flatMap((stage) => stage.instructions)) { yield* each.commands.flatMap(commanded); if (each.keyword === 'ENV') yield* each.pairs.flatMap(variable); } return;
    case 'compose': for (const each of unit.services) if (!isDevelopmentService(each)) { yield* each.commands.flatMap(commanded); yield* each.environment.flatMap(variable); } return;
    case 'dotenv': if (!unit.example) yield* unit.variables.flatMap(variable); return;
  }
}

function isSwitch(name: string, value: string): boolean {
  const text = value.replace(/["']/g, '').trim();
  return (/^(PYTHONHTTPSVERIFY|NODE_TLS_REJECT_UNAUTHORIZED)$/.test(name) && text === '0') || (name === 'GIT_SSL_NO_VERIFY' && /^(1|true)$/i.test(text));
}

function variable(pair: Pair): Connection[] {
  return pair.value !== undefined && isSwitch(pair.name, pair.value) ? [{ by: 'The process', off: { at: pair.at, fix: () => undefined } }] : [];
}

/** Options that switch verification off, by the program; `takes` when the next word belongs to it. */
interface Option { readonly program: RegExp; readonly word: RegExp; readonly takes?: true; readonly keep?: true }
const OPTIONS: readonly Option[] = [
  { program: /^curl$/, word: /^--insecure$/ }, { program: /^wget$/, word: /^--no-check-certificate$/ },
  { program: /^(pip[\d.]*|python[\d.]*|uv)$/, word: /^--(trusted-host|allow-insecure-host)=/ }, { program: /^(pip[\d.]*|python[\d.]*|uv)$/, word: /^--(trusted-host|allow-insecure-host)$/, takes: true },
  { program: /^(npm|yarn|pnpm)$/, word: /^--strict-ssl=false$/ }, { program: /^apt(-get)?$/, word: /^--(allow-unauthenticated|allow-insecure-repositories)$/ },
  { program: /^(ssh|scp|sftp|rsync|sshpass|git|export|autossh)$/, word: /StrictHostKeyChecking[= ]no\b/i, keep: true },
];
/** Letters of curl that take no argument, which may stand before its `k`. */
const INSECURE = /^-([#0-46afgGijIlLnNOpqRsSv]*)k/;

function commanded(command: Command): Connection[] {
  const program = fileName(command.words.find((each) => !/^(sudo|env|exec|command|nohup|time|\w+=.*|-\w+)$/.test(each)) ?? '');
  if (command.words.some((each) => OWN_MACHINE.test(each.replace(/^["']/, '')))) return [];
  const assigned = [...command.assignments.flatMap(variable), ...(program === 'export' ? exported(command) : [])];
  const found = OPTIONS.filter((option) => option.program.test(program)).flatMap((option) => command.words.flatMap((word, index) => option.word.test(word) ? [removal(command, index, option)] : []));
  const letter = program === 'curl' ? command.words.findIndex((word) => INSECURE.test(word)) : -1;
  const at = command.wordsAt[letter];
  const short: Off[] = at ? [{ at, fix: ({ source }) => /^-k$/.test(source.slice(at)) ? removed(at, at, source) : [replace(at, source.slice(at).replace('k', ''))] }] : [];
  const off = [...found, ...short, ...configured(program, command)][0];
  if (off) return [{ by: program, off }, ...assigned];
  return [...(/^(curl|wget|ssh|scp|sftp)$/.test(program) ? [{ by: program }] : []), ...assigned];
}

function exported(command: Command): Connection[] {
  return command.words.flatMap((word, index) => {
    const [, name = '', value = ''] = /^(\w+)=(.*)$/.exec(word) ?? [];
    const at = command.wordsAt[index];
    return at ? variable({ name, value, at }) : [];
  });
}

function removal(command: Command, index: number, option: Option): Off {
  const at = command.wordsAt[index] ?? command.at;
  const before = command.wordsAt[index - 1];
  const separate = option.keep && command.words[index - 1] === '-o' && before && /^StrictHostKeyChecking=no$/i.test(command.words[index] ?? '');
  return { at, fix: ({ source }) => option.keep && !separate ? undefined : removed(separate ? before : at, option.takes ? command.wordsAt[index + 1] ?? at : at, source) };
}

/** Takes words out with the blank before them. */
function removed(first: Span, last: Span, source: Source): readonly Edit[] {
  const blank = /[ \t]*$/.exec(source.slice({ start: source.lineStart(first.start), end: first.start }))?.[0].length ?? 0;
  return [replace({ start: first.start - blank, end: last.end }, '')];
}

/** `git config http.sslVerify false`, `npm config set strict-ssl false`: what a tool remembers. */
function configured(program: string, command: Command): readonly Off[] {
  const index = command.words.findIndex((word) => (program === 'git' && /^http\.sslverify(=false)?$/i.test(word)) || (/^(npm|yarn|pnpm)$/.test(program) && /^strict-ssl(=false)?$/.test(word)));
  const at = command.wordsAt[index];
  const value = command.wordsAt[index + 1];
  if (!at) return [];
  if (/=false$/i.test(command.words[index] ?? '')) return [{ at, fix: () => undefined }];
  return value && /^(false|0)$/i.test(command.words[index + 1] ?? '') ? [{ at: { start: at.start, end: value.end }, fix: ({ source }) => [replace(value, source.slice(value).replace(/false|0/i, 'true'))] }] : [];
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 50 ? `${line.slice(0, 47)}…` : line;
}
