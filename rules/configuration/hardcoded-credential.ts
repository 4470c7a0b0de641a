import type { Assignment, CallMatch, Context, Module, Project, Selector, Setting, Standing, Value, Variation } from '../kit';
import {
  CONFIGURATION_READERS, call, credentialsIn, environmentVariables, importing, isDatabaseAddress, isFiller, isLocalHost, isSigningKey, lastName, looksGenerated, namedInExample, onlyInDevelopment, options, originOf, replace, rule, seenInProduction, standsInProduction,
} from '../kit';

/** A place that takes a credential: an argument of a client, a setting of that name, an attribute of a library. */
interface Place {
  readonly sink: string;
  /** The variable of the environment that a fix reads instead. */
  readonly variable: string;
  readonly written: Value;
  readonly value: Value;
  readonly module: Module;
  readonly standing: Standing;
  readonly setting?: Setting;
  readonly match?: CallMatch;
  /** A name in capitals proves less than a client's argument: only what looks generated counts. */
  readonly weak: boolean;
}

/** Where clients take a credential: keywords, position, the variable that would hold it. `auth` is a pair of user and password. */
interface Client { readonly callees: readonly string[]; readonly keywords: readonly string[]; readonly position?: number; readonly pair?: true; readonly variable: string }
const CLIENTS: readonly Client[] = [
  { callees: ['smtplib.SMTP.login', 'smtplib.SMTP_SSL.login', 'aiosmtplib.SMTP.login', 'imaplib.IMAP4.login', 'imaplib.IMAP4_SSL.login'], keywords: ['password'], position: 1, variable: 'MAIL_PASSWORD' },
  { callees: ['ftplib.FTP.login', 'ftplib.FTP_TLS.login'], keywords: ['passwd'], position: 1, variable: 'FTP_PASSWORD' },
  { callees: ['ftplib.FTP', 'ftplib.FTP_TLS'], keywords: ['passwd'], position: 2, variable: 'FTP_PASSWORD' },
  { callees: ['pymysql.connect', 'MySQLdb.connect', 'mysql.connector.connect', 'mariadb.connect', 'aiomysql.connect', 'aiomysql.create_pool', 'pymssql.connect'], keywords: ['password', 'passwd'], position: 2, variable: 'DB_PASSWORD' },
  { callees: ['psycopg2.connect', 'psycopg.connect', 'asyncpg.connect', 'asyncpg.create_pool', 'oracledb.connect', 'cx_Oracle.connect', 'snowflake.connector.connect'], keywords: ['password'], variable: 'DB_PASSWORD' },
  { callees: ['sqlalchemy.URL.create', 'sqlalchemy.engine.URL.create', 'sqlalchemy.engine.url.URL.create'], keywords: ['password'], position: 2, variable: 'DB_PASSWORD' },
  { callees: ['redis.Redis', 'redis.StrictRedis', 'redis.asyncio.Redis', 'redis.ConnectionPool', 'redis.client.Redis'], keywords: ['password'], variable: 'REDIS_PASSWORD' },
  { callees: ['pymongo.MongoClient', 'motor.motor_asyncio.AsyncIOMotorClient'], keywords: ['password'], variable: 'MONGO_PASSWORD' },
  { callees: ['paramiko.SSHClient.connect', 'paramiko.client.SSHClient.connect'], keywords: ['password', 'passphrase'], position: 3, variable: 'SSH_PASSWORD' },
  { callees: ['boto3.client', 'boto3.resource', 'boto3.Session', 'boto3.session.Session', 'boto3.Session.client', 'boto3.session.Session.client'], keywords: ['aws_secret_access_key'], variable: 'AWS_SECRET_ACCESS_KEY' },
  { callees: ['minio.Minio'], keywords: ['secret_key'], position: 2, variable: 'MINIO_SECRET_KEY' },
  { callees: ['requests.auth.HTTPBasicAuth', 'requests.auth.HTTPDigestAuth', 'httpx.BasicAuth', 'httpx.DigestAuth', 'aiohttp.BasicAuth'], keywords: ['password'], position: 1, variable: 'API_PASSWORD' },
  { callees: ['requests.*', 'requests.Session.*', 'httpx.*', 'httpx.Client.*', 'httpx.AsyncClient.*'], keywords: ['auth'], pair: true, variable: 'API_PASSWORD' },
  { callees: ['elasticsearch.Elasticsearch', 'elasticsearch.AsyncElasticsearch'], keywords: ['basic_auth', 'http_auth'], pair: true, variable: 'ELASTIC_PASSWORD' },
  { callees: ['neo4j.GraphDatabase.driver'], keywords: ['auth'], pair: true, variable: 'NEO4J_PASSWORD' },
  { callees: ['pika.PlainCredentials'], keywords: ['password'], position: 1, variable: 'RABBITMQ_PASSWORD' },
  { callees: ['ldap3.Connection'], keywords: ['password'], position: 2, variable: 'LDAP_PASSWORD' },
  { callees: ['twilio.rest.Client'], keywords: ['password'], position: 1, variable: 'TWILIO_AUTH_TOKEN' },
  { callees: ['sendgrid.SendGridAPIClient'], keywords: ['api_key'], position: 0, variable: 'SENDGRID_API_KEY' },
  { callees: ['openai.OpenAI', 'openai.AsyncOpenAI', 'openai.AzureOpenAI'], keywords: ['api_key'], variable: 'OPENAI_API_KEY' },
  { callees: ['anthropic.Anthropic', 'anthropic.AsyncAnthropic'], keywords: ['api_key'], variable: 'ANTHROPIC_API_KEY' },
  { callees: ['google.generativeai.configure'], keywords: ['api_key'], variable: 'GOOGLE_API_KEY' },
  { callees: ['googlemaps.Client'], keywords: ['key'], position: 0, variable: 'GOOGLE_MAPS_API_KEY' },
  { callees: ['stripe.StripeClient'], keywords: ['api_key'], position: 0, variable: 'STRIPE_API_KEY' },
  { callees: ['slack_sdk.WebClient', 'slack_sdk.web.WebClient', 'slack.WebClient'], keywords: ['token'], position: 0, variable: 'SLACK_TOKEN' },
  { callees: ['telegram.Bot', 'telebot.TeleBot', 'aiogram.Bot'], keywords: ['token'], position: 0, variable: 'TELEGRAM_TOKEN' },
  { callees: ['github.Github'], keywords: ['login_or_token', 'password'], position: 0, variable: 'GITHUB_TOKEN' },
  { callees: ['hvac.Client'], keywords: ['token'], variable: 'VAULT_TOKEN' },
  { callees: ['influxdb_client.InfluxDBClient'], keywords: ['token'], position: 1, variable: 'INFLUXDB_TOKEN' },
  { callees: ['cloudinary.config'], keywords: ['api_secret'], variable: 'CLOUDINARY_API_SECRET' },
  { callees: ['razorpay.Client'], keywords: ['auth'], pair: true, variable: 'RAZORPAY_KEY_SECRET' },
  { callees: ['*.connect', '*.login'], keywords: ['password', 'passwd', 'pwd'], variable: 'SERVICE_PASSWORD' },
];

/** Settings that hold a credential for something else. */
const NAME = /(^|_)(PASSWORD|PASSWD|PWD|PASSPHRASE|API_?KEY|API_?SECRET|AUTH_?KEY|ACCESS_TOKEN|AUTH_TOKEN|API_TOKEN|BOT_TOKEN|TOKEN|CLIENT_SECRET|SECRET_ACCESS_KEY|CONSUMER_SECRET|APP_SECRET|WEBHOOK_SECRET|SECRET_KEY|PRIVATE_KEY)$/;
/** Not a credential by itself, an account's first password (which has a rule of its own), or public by design. */
const OTHER = /(^|_)(PUBLIC|PUBLISHABLE|SITE|FIELD|HEADER|NAME|URL|PATH|FILE|DEFAULT|ADMIN|SUPERUSER|USER|TEST|DEMO|EXAMPLE|CSRF|MAX|MIN|NEXT|PAGE|RESET|CHANGE|FORGOT|RECAPTCHA_SITE)_/;
/** `stripe.api_key = "…"`: what libraries read by themselves. */
const LIBRARY = /^(stripe|openai|sendgrid|mailchimp|pusher|resend|braintree|twilio)\.(api_key|api_secret|auth_token)$/;
const ADDRESS = /_(URL|URI|DSN|BACKEND|BROKER)$/;

export default rule<Place>({
  id: 'hardcoded-credential',
  title: 'Passwords are not in the source',
  severity: 'high', points: 15, confidence: 'likely', blocks: 'never', effort: 'S', since: '1', secret: true, atRest: true,
  why: 'Everyone with read access to the code, its forks and its backups has the password. It also cannot differ between staging and production.',
  how: 'Read it from the environment or a secret store and change the exposed one.',
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html', 'https://12factor.net/config', 'https://cwe.mitre.org/data/definitions/798.html'],
  anchors: ['bandit B105', 'bandit B106', 'bandit B107', 'ruff S105', 'ruff S106', 'ruff S107', 'semgrep detected-generic-secret', 'CWE-798', 'CWE-259'],

  on: places(),
  check: (it, context) => {
    if (!literalIn(it) || /(^|\/)(seeds?|seeders?|fixtures?|demo)[\w-]*(\/|\.py$)/i.test(it.module.path) || isJudgedElsewhere(it, context)) return false;
    if (it.setting) return lighter(standsInProduction(it.setting, context.project));
    if (onlyInDevelopment(it.standing)) return false;
    const host = it.match && hostOf(it.match);
    return host !== undefined && isLocalHost(host, context.project)
      ? { severity: 'medium', because: `the host, ${host}, is not reached from outside` } : true;
  },
  message: (it) => {
    const variable = environmentVariables(it.value)[0];
    return variable === undefined ? `${it.sink} is given a credential that stands in the source.` : `${it.sink} falls back to a credential in the source when ${variable} is not set.`;
  },
  underline: (it, { source }) => originOf(literalIn(it) ?? it.written, it.module, source).at,
  holds: ({ value, sink, setting }, { project }) => {
    if (setting && !seenInProduction(setting, project)) return undefined;
    const all = options(value);
    if (all.some((each) => each.kind === 'secret-store')) return `${sink} comes from a secret store`;
    const variable = environmentVariables(value)[0];
    return variable !== undefined && all.every((each) => each.kind === 'environment') ? `${sink} comes from ${variable}` : undefined;
  },
  nothing: 'The code hands no password or key to another service.',

  fix: {
    title: 'Move the value to the environment',
    safety: 'review',
    edit: (it, { source, project }) => {
      const found = literalIn(it);
      const literal = found && originOf(found, it.module, source);
      if (!literal || it.value.kind === 'environment' || !/^[rbu]{0,2}["']/i.test(source.slice(literal.at))) return undefined;
      const read = `os.environ["${it.variable}"]`;
      return [replace(literal.at, /^r?b/i.test(source.slice(literal.at)) ? `${read}.encode()` : read), ...importing(it.module, source, 'os'), ...namedInExample(project, it.variable)];
    },
    remains: 'Set the variable wherever the application runs, to a new value: the old one is in the history.',
  },

  examples: () => ({
    'a mail server\'s password': {
      bad: 'import smtplib\ndef mail():\n    s = smtplib.SMTP("mail.example.com", timeout=10)\n    s.login("robot", "Winter2024pw")\n',
      good: 'import os\nimport smtplib\ndef mail():\n    s = smtplib.SMTP("mail.example.com", timeout=10)\n    s.login("robot", os.environ["MAIL_PASSWORD"])\n',
    },
    'from the environment': { good: 'import os, smtplib\ndef mail():\n    s = smtplib.SMTP("mail.example.com", timeout=10)\n    s.login(os.environ["MAIL_USER"], os.environ["MAIL_PASSWORD"])\n' },
    'names, not values': { good: 'password_field = "password"\nPASSWORD_RESET_URL = "/account/reset"\nERRORS = {"password": "Wrong password"}\n', path: 'forms.py' },
    'a setting': {
      bad: { 'config.py': 'class Config:\n    MAIL_SERVER = "mail.example.com"\n    MAIL_PASSWORD = "Winter2024pw"\n', 'app.py': 'from flask import Flask\nfrom config import Config\napp = Flask(__name__)\napp.config.from_object(Config)\n', '.env.example': 'SECRET_KEY=\n' },
      good: { 'config.py': 'import os\nclass Config:\n    MAIL_SERVER = "mail.example.com"\n    MAIL_PASSWORD = os.environ["MAIL_PASSWORD"]\n', '.env.example': 'SECRET_KEY=\nMAIL_PASSWORD=\n' },
    },
    'on the application\'s configuration': { bad: 'from flask import Flask\napp = Flask(__name__)\napp.config["MAIL_PASSWORD"] = "Winter2024pw"\n', good: 'import os\nfrom flask import Flask\napp = Flask(__name__)\napp.config["MAIL_PASSWORD"] = os.environ["MAIL_PASSWORD"]\n' },
    'a key that a library reads by itself': { bad: 'import stripe\n\nstripe.api_key = "live-key-0a1b2c3d4e5f"\n', good: 'import os\nimport stripe\n\nstripe.api_key = os.environ["STRIPE_API_KEY"]\n', path: 'billing.py' },
    'a key in capitals beside its use': { bad: 'import requests\n\nWEATHER_API_KEY = "9f86d081884c7d659a2feaa0c55ad015"\n\ndef weather(city):\n    return requests.get("https://api.example.com", params={"q": city, "key": WEATHER_API_KEY}, timeout=5).json()\n', path: 'weather.py' },
    'basic authentication': {
      bad: 'import requests\n\ndef orders():\n    return requests.get("https://erp.example.com/orders", auth=("robot", "Winter2024pw"), timeout=5).json()\n',
      good: 'import os\nimport requests\n\ndef orders():\n    return requests.get("https://erp.example.com/orders", auth=("robot", os.environ["API_PASSWORD"]), timeout=5).json()\n',
    },
    'a key of a cloud': {
      bad: 'import boto3\n\ns3 = boto3.client("s3", aws_access_key_id="id-of-the-key", aws_secret_access_key="wJalr/K7MDENG/bPxRfiCYz")\n',
      good: 'import boto3\nimport os\n\ns3 = boto3.client("s3", aws_access_key_id="id-of-the-key", aws_secret_access_key=os.environ["AWS_SECRET_ACCESS_KEY"])\n',
    },
    'a database on this machine': { bad: 'import psycopg2\n\nconn = psycopg2.connect(host="localhost", dbname="shop", user="shop", password="Winter2024pw")\n', severity: 'medium' },
    'a database elsewhere': {
      bad: 'import pymysql\n\nconn = pymysql.connect(host="mysql.example.com", user="shop", password="Winter2024pw", db="shop")\n',
      good: 'import os\nimport pymysql\n\nconn = pymysql.connect(host="mysql.example.com", user="shop", password=os.environ["DB_PASSWORD"], db="shop")\n',
    },
    'one constant, used twice': { bad: 'import smtplib\n\nPW = "Winter2024pw"\n\ndef first():\n    s = smtplib.SMTP("mail.example.com")\n    s.login("robot", PW)\n\ndef second():\n    s = smtplib.SMTP("mail.example.com")\n    s.login("robot", PW)\n' },
    'a generated key as fallback': { bad: 'import os\n\nclass Config:\n    OPENWEATHER_API_KEY = os.getenv("OPENWEATHER_API_KEY", "9f86d081884c7d659a2feaa0c55ad015")\n', path: 'config.py' },
    'a broker\'s address with credentials': { bad: 'INSTALLED_APPS = []\nCELERY_BROKER_URL = "amqp://shop:Winter2024pw@mq.example.com//"\n', path: 'shop/settings.py' },
    'an address without credentials, and a well-known guest': { good: 'CELERY_BROKER_URL = "redis://redis:6379/0"\nRESULT_BACKEND = "amqp://guest:guest@localhost//"\nSENTRY_DSN = "https://0a1b2c3d4e@o1.ingest.sentry.io/2"\n', path: 'settings.py' },
    'a weak fallback for development': { good: 'import os\n\nclass Config:\n    MAIL_PASSWORD = os.getenv("MAIL_PASSWORD", "mailpass")\n    SMS_TOKEN = os.environ.get("SMS_TOKEN") or "dev-token"\n', path: 'config.py' },
    'placeholders': { good: 'MAIL_PASSWORD = "<password>"\nAPI_KEY = "your-api-key-here"\nSMTP_PASSWORD = ""\nFTP_PASSWORD = None\nSMS_TOKEN = "${SMS_TOKEN}"\n', path: 'settings.py' },
    'names of fields, headers, routes and tokens that are none': {
      good: 'API_KEY_HEADER = "X-Api-Key-Header"\nNEXT_TOKEN = "NextToken1"\nPASSWORD = "password"\nRESET_PASSWORD = "reset_password"\nCSRF_TOKEN = "csrf_token_1"\nACCESS_TOKEN = "access_token"\nTOKEN = "oauth2/token"\nCHANGE_PASSWORD = "auth.change_password"\n', path: 'constants.py',
    },
    'permissions and enumerations': { good: 'import enum\n\nclass Scope(enum.Enum):\n    RESET_PASSWORD = "reset-password"\n    API_KEY = "api-key-scope"\n    REFRESH_TOKEN = "refresh1token"\n', path: 'scopes.py' },
    'a setting of the test class': { good: 'class Config:\n    pass\n\nclass TestingConfig(Config):\n    MAIL_PASSWORD = "Winter2024pw"\n', path: 'config.py' },
    'a form\'s label and a login view': { good: 'from wtforms import PasswordField\n\nclass LoginForm:\n    password = PasswordField("Password2")\n\ndef view(client, form):\n    client.login(username=form.name.data, password=form.password.data)\n', path: 'forms.py' },
    'tests': { path: 'tests/test_mail.py', good: 'import smtplib\ns = smtplib.SMTP("localhost")\ns.login("robot", "Winter2024pw")\n' },
  }),
});

// ---- where credentials are taken

function places(): Selector<Place> {
  const clients = call(...CLIENTS.flatMap((each) => each.callees));
  return {
    kinds: ['module'], callees: [...clients.callees, ...CONFIGURATION_READERS],
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const assignment of unit.assignments) {
        if (LIBRARY.test(assignment.qualified)) {
          yield { sink: assignment.target, variable: assignment.target.replace(/\W/g, '_').toUpperCase(), written: assignment.value, value: project.resolve(assignment.value, unit), module: unit, standing: assignment, weak: false };
        } else yield* named(assignment, unit, project);
      }
      for (const match of clients.select(unit, project)) yield* taken(match, project);
    },
  };
}

function* named(assignment: Assignment, module: Module, project: Project): Iterable<Place> {
  const name = lastName(assignment.target).toUpperCase();
  const address = ADDRESS.test(name) && !isDatabaseAddress(name);
  if (address && !mayHoldCredentials(assignment.value)) return;
  if (!address && (!NAME.test(name) || OTHER.test(name) || isSigningKey(name))) return;
  const setting = project.settings(lastName(assignment.target)).find((each) => each.assignment === assignment);
  if (!setting) return;
  const config = isConfiguration(assignment, module);
  if (!config && (assignment.scope !== '' || lastName(assignment.target) !== name)) return;
  yield { sink: lastName(assignment.target), variable: environmentVariables(setting.value)[0] ?? name, written: assignment.value, value: setting.value, module, standing: assignment, setting, weak: !config };
}

function mayHoldCredentials(value: Value): boolean {
  return options(value).some((each) => (each.kind === 'text' && credentialsIn(each.value)) || (each.kind === 'environment' && each.fallback?.kind === 'text' && credentialsIn(each.fallback.value)));
}

/** On an application's configuration, in a settings module or a settings class. */
function isConfiguration(assignment: Assignment, module: Module): boolean {
  if (assignment.target.includes('.') || assignment.how !== 'statement') return true;
  if (assignment.scope === '') return /^[A-Z0-9_]+$/.test(assignment.target) && (/(^|[._])(settings|config|configuration|conf)([._]|$)/i.test(module.name) || module.assignments.some((each) => each.target === 'INSTALLED_APPS'));
  return /config|settings/i.test(assignment.scope) || environmentVariables(assignment.value).length > 0;
}

function* taken(match: CallMatch, project: Project): Iterable<Place> {
  const { call: one, module } = match;
  const client = CLIENTS.find((each) => each.callees.some((callee) => matches(one.callee, callee)));
  if (!client) return;
  for (const keyword of client.keywords) {
    const given = one.keywords.find((each) => each.name === keyword)?.value ?? (client.position === undefined ? undefined : one.args[client.position]);
    const written = client.pair ? (given?.kind === 'list' ? given.items[1] : undefined) : given;
    if (!written) continue;
    yield { sink: `${one.written}()`, variable: client.variable, written, value: project.resolve(written, module), module, standing: one, match, weak: false };
    return;
  }
}

function matches(callee: string, pattern: string): boolean {
  if (pattern.startsWith('*.')) return callee.endsWith(pattern.slice(1));
  return pattern.endsWith('.*') ? callee.startsWith(pattern.slice(0, -1)) && !callee.slice(pattern.length - 1).includes('.') : callee === pattern;
}

// ---- what counts

/** The literal that is a credential; undefined for references, fillers, names and labels. */
function literalIn(it: Place): Value | undefined {
  // What is imported stands in another file: the name that brings it here is all there is to show.
  const shown = (value: Value) => it.written.kind === 'reference' || it.value.kind === 'text' ? it.written : value;
  for (const each of options(it.value)) {
    if (each.kind === 'text' && isCredential(each.value, it)) return shown(each);
    if (each.kind === 'environment' && each.fallback?.kind === 'text' && (looksGenerated(each.fallback.value) || (isAddress(it) && isCredential(each.fallback.value, it)))) return shown(each.fallback);
  }
  return undefined;
}

function isAddress(it: Place): boolean {
  return it.setting !== undefined && ADDRESS.test(it.sink.toUpperCase());
}

function isCredential(text: string, it: Place): boolean {
  if (isAddress(it)) {
    const found = credentialsIn(text);
    return found !== undefined && !isFiller(found.password) && found.password !== found.user;
  }
  if (text.length < 6 || /\s/.test(text) || isFiller(text)) return false;
  if (looksGenerated(text)) return true;
  if (/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(text) || /^([a-z]+:\/\/|[./~])|^\w+(\.\w+)+$/.test(text) || (!it.match && /\/.*\//.test(text))) return false;
  const plain = text.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (/^(\w*(password|passwd|token|secret|apikey|key|auth))$/.test(plain) || plain === it.sink.toLowerCase().replace(/[^a-z0-9]/g, '')) return false;
  return !it.weak;
}

/** A name that is judged where it gets its value, or that an earlier place of the file has been judged for. */
function isJudgedElsewhere(it: Place, { source, project, unit }: Context): boolean {
  const written = source.slice(it.written.at);
  const name = /^[\w.]*?([A-Za-z_]\w*)$/.exec(written)?.[1];
  if (name === undefined) return false;
  for (const other of places().select(unit, project)) {
    if (other.written.at.start === it.written.at.start) continue;
    if (other.setting && lastName(other.setting.assignment.target) === name && literalIn(other)) return true;
    if (other.written.at.start < it.written.at.start && source.slice(other.written.at) === written && literalIn(other)) return true;
  }
  return project.settings(name).some((each) => each.path !== it.module.path && NAME.test(name.toUpperCase()) && isConfiguration(each.assignment, each.module));
}

/** One step below this rule's own grade, for the same reason. */
function lighter(stands: boolean | Variation): boolean | Variation {
  return typeof stands === 'object' ? { severity: 'medium', because: stands.because } : stands;
}

/** The host that a call names, in `host=` or first. */
function hostOf(match: CallMatch): string | undefined {
  const host = match.argument('host') ?? match.argument('hostname') ?? (/connect$|Redis$|MongoClient$/.test(match.call.callee) ? match.argument('host', 0) : undefined);
  return host?.kind === 'text' ? host.value : undefined;
}
