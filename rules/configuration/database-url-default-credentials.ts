import type { CallMatch, Context, Credentials, Edit, Keyword, Module, Project, Selector, Setting, Source, Span, Value, Variation } from '../kit';
import {
  CONFIGURATION_READERS, call, credentialsIn, environmentVariables, importing, isDatabaseAddress, isLocalHost, isProgram, isReference, lastName, literalSpan, lookup, namedInExample, onlyInDevelopment, readingIn, readsIn, replace, required, rule, seenInProduction,
  standsInProduction, whenUnset,
} from '../kit';

/** A database's address (or its password alone), where it is given. */
interface Address {
  readonly sink: string;
  /** The variable of the environment that a fix reads instead. */
  readonly variable: string;
  readonly written: Value;
  readonly value: Value;
  readonly module: Module;
  readonly setting?: Setting;
  readonly match?: CallMatch;
  readonly keyword?: Keyword;
  /** Of Django's tables: the host beside the password. */
  readonly host?: Value;
}

const CONNECTS: Readonly<Record<string, { readonly keyword: string; readonly position?: number }>> = {
  'sqlalchemy.create_engine': { keyword: 'url', position: 0 }, 'sqlmodel.create_engine': { keyword: 'url', position: 0 }, 'sqlalchemy.ext.asyncio.create_async_engine': { keyword: 'url', position: 0 },
  'sqlalchemy.engine.create_engine': { keyword: 'url', position: 0 }, 'pymongo.MongoClient': { keyword: 'host', position: 0 }, 'motor.motor_asyncio.AsyncIOMotorClient': { keyword: 'host', position: 0 },
  'redis.from_url': { keyword: 'url', position: 0 }, 'redis.Redis.from_url': { keyword: 'url', position: 0 }, 'redis.asyncio.from_url': { keyword: 'url', position: 0 },
  'psycopg2.connect': { keyword: 'dsn', position: 0 }, 'psycopg.connect': { keyword: 'conninfo', position: 0 }, 'pyodbc.connect': { keyword: 'connstring', position: 0 }, 'asyncpg.connect': { keyword: 'dsn', position: 0 }, 'asyncpg.create_pool': { keyword: 'dsn', position: 0 },
  'mongoengine.connect': { keyword: 'host' }, 'dj_database_url.config': { keyword: 'default' }, 'dj_database_url.parse': { keyword: 'url', position: 0 }, 'databases.Database': { keyword: 'url', position: 0 },
};

export default rule<Address>({
  id: 'database-url-default-credentials',
  title: 'Database credentials have no built-in fallback',
  severity: 'critical', points: 40, confidence: 'confirmed', blocks: 'always', effort: 'S', since: '1', secret: true,
  why: 'The same credentials then work wherever the variable was forgotten, and they are in the source. People also create the real user with that very password.',
  how: 'Require the URL; keep development credentials in the compose file or .env.',
  links: ['https://12factor.net/config', 'https://cheatsheetseries.owasp.org/cheatsheets/Database_Security_Cheat_Sheet.html', 'https://cwe.mitre.org/data/definitions/798.html'],
  anchors: ['semgrep detected-username-and-password-in-uri', 'CWE-798', 'CWE-1393'],
  hides: ['hardcoded-credential'],

  on: addresses(),
  check: (it, context) => {
    const found = exposed(it);
    if (!found || isJudgedElsewhere(it, context)) return false;
    const stands = it.setting ? standsInProduction(it.setting, context.project) : it.match === undefined || !onlyInDevelopment(it.match.call);
    if (stands === false || (typeof stands === 'object' && stands.severity === 'medium')) return stands;
    if (!isLocalHost(found.host, context.project)) return stands;
    return it.match && isProgram(it.match.module, context.project) ? { ...local(found.host), severity: 'medium', points: 6 } : local(found.host);
  },
  message: (it) => {
    const variable = passwordVariable(it);
    const what = it.host ? 'a password' : 'a URL with its password';
    return variable === undefined ? `${it.sink} is given ${what} that stands in the source.` : `${it.sink} falls back to ${what} in the source when ${variable} is not set.`;
  },
  underline: (it, { source }) => underlined(it, source),
  holds: (it, { project }) => whenUnset(it.value) === 'refuses' && !(it.setting && !seenInProduction(it.setting, project)) ? `${environmentVariables(it.value)[0] ?? it.variable} is required` : undefined,
  nothing: 'No database address is set in the code.',

  fix: {
    title: 'Require the variable',
    safety: 'review',
    edit: (it, context) => {
      const { source } = context;
      const reading = readingIn(it.written) ?? (it.written.kind === 'result' && it.written.of ? readingIn(it.written.of) : undefined);
      if (reading) return required(reading, it.module, source);
      if (it.match && it.keyword && it.match.call.callee === 'dj_database_url.config') return withoutKeyword(it.match, it.keyword, source);
      const literal = literalOf(it.written);
      if (!literal || !/^[rbu]{0,2}["']/i.test(source.slice(literal.at))) return undefined;
      return [replace(literal.at, `os.environ["${it.variable}"]`), ...importing(it.module, source, 'os'), ...namedInExample(context.project, it.variable)];
    },
    remains: 'Set the variable wherever the application runs, and change the password: the old one is in the history.',
  },

  examples: () => ({
    'a program that is started by hand, and its own machine': { path: 'look.py', bad: 'import psycopg2\n\ndef count():\n    return psycopg2.connect("postgresql://shop:Winter-Rain-7@localhost:5432/shop")\n\nif __name__ == "__main__":\n    count()\n', severity: 'medium' },
    'a fallback with credentials': {
      bad: 'import os\nSQLALCHEMY_DATABASE_URI = os.environ.get("DATABASE_URL") or "postgresql://app_user:app_pass@db.example.com/app"\n',
      good: 'import os\nSQLALCHEMY_DATABASE_URI = os.environ["DATABASE_URL"]\n', path: 'config.py',
    },
    'required': { good: 'import os\nSQLALCHEMY_DATABASE_URI = os.environ["DATABASE_URL"]\n', path: 'config.py' },
    'no credentials in the fallback': { good: 'import os\nSQLALCHEMY_DATABASE_URI = os.environ.get("DATABASE_URL", "sqlite:///dev.db")\n', path: 'config.py' },
    'a database on this machine': {
      bad: 'import os\nDATABASE_URL = os.getenv("DATABASE_URL", "postgresql://user:password@localhost/app")\n', good: 'import os\nDATABASE_URL = os.environ["DATABASE_URL"]\n', path: 'config.py', severity: 'high',
    },
    'a service of the compose file': {
      bad: { 'config.py': 'import os\nREDIS_URL = os.getenv("REDIS_URL", "redis://:hunter22@sessions:6379/0")\n', 'docker-compose.yml': 'services:\n  sessions:\n    image: redis:7\n' }, severity: 'high',
    },
    'an old scheme mended on the way': {
      bad: 'import os\n\nclass Config:\n    SQLALCHEMY_DATABASE_URI = os.environ.get("DATABASE_URL", "postgres://app:app_pass@db.example.com/app").replace("postgres://", "postgresql://")\n',
      good: 'import os\n\nclass Config:\n    SQLALCHEMY_DATABASE_URI = os.environ["DATABASE_URL"].replace("postgres://", "postgresql://")\n', path: 'config.py',
    },
    'put together from parts with defaults': {
      bad: 'import os\n\nUSER = os.getenv("DB_USER", "app")\nPASSWORD = os.getenv("DB_PASSWORD", "s3cret-db")\nDATABASE_URL = f"postgresql://{USER}:{PASSWORD}@db.example.com/app"\n', path: 'config.py',
    },
    'put together from required parts': { good: 'import os\n\nPASSWORD = os.environ["DB_PASSWORD"]\nDATABASE_URL = f"postgresql://app:{PASSWORD}@db.example.com/app"\n', path: 'config.py' },
    'straight into the engine': {
      bad: 'from sqlalchemy import create_engine\n\nengine = create_engine("mysql+pymysql://shop:Winter2024@mysql.example.com/shop", pool_pre_ping=True)\n',
      good: 'import os\nfrom sqlalchemy import create_engine\n\nengine = create_engine(os.environ["DATABASE_URL"], pool_pre_ping=True)\n', path: 'db.py',
    },
    'a setting that the engine is given is one finding': {
      bad: 'import os\nfrom sqlalchemy import create_engine\n\nDATABASE_URL = os.getenv("DATABASE_URL", "postgresql://app:app_pass@db.example.com/app")\nengine = create_engine(DATABASE_URL)\n', path: 'db.py',
    },
    'a client of a document database': { bad: 'import os\nfrom pymongo import MongoClient\n\nclient = MongoClient(os.environ.get("MONGO_URL", "mongodb+srv://root:s3cretpw@cluster0.example.net"))\n', path: 'db.py' },
    'pydantic settings': {
      bad: 'from pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    database_url: str = "postgresql+asyncpg://app:app_pass@db.example.com/app"\n',
      good: 'from pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    database_url: str\n', path: 'settings.py',
    },
    'the tables of Django': {
      bad: 'DATABASES = {\n    "default": {\n        "ENGINE": "django.db.backends.postgresql",\n        "NAME": "shop",\n        "USER": "shop",\n        "PASSWORD": "Winter2024pw",\n        "HOST": "db.example.com",\n    }\n}\n',
      good: 'import os\nDATABASES = {\n    "default": {\n        "ENGINE": "django.db.backends.postgresql",\n        "NAME": "shop",\n        "USER": "shop",\n        "PASSWORD": os.environ["DB_PASSWORD"],\n        "HOST": "db.example.com",\n    }\n}\n', path: 'shop/settings.py',
    },
    'the tables of Django, with defaults': {
      bad: 'import os\nDATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "PASSWORD": os.getenv("DB_PASSWORD", "postgres"), "HOST": os.getenv("DB_HOST", "localhost")}}\n',
      good: 'import os\nDATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "PASSWORD": os.environ["DB_PASSWORD"], "HOST": os.getenv("DB_HOST", "localhost")}}\n', path: 'shop/settings.py', severity: 'high',
    },
    'Django without a password, and with SQLite': {
      good: 'import os\nDATABASES = {\n    "default": {"ENGINE": "django.db.backends.postgresql", "NAME": "shop", "PASSWORD": os.getenv("DB_PASSWORD", "")},\n    "search": {"ENGINE": "django.db.backends.sqlite3", "NAME": "search.db", "PASSWORD": "unused-here"},\n}\n', path: 'shop/settings.py',
    },
    'a connection string': {
      bad: 'import psycopg2\n\nconn = psycopg2.connect("host=db.example.com dbname=shop user=shop password=Winter2024pw")\n', good: 'import os\nimport psycopg2\n\nconn = psycopg2.connect(os.environ["DATABASE_URL"])\n', path: 'db.py',
    },
    'dj-database-url': {
      bad: 'import dj_database_url\n\nDATABASES = {"default": dj_database_url.config(default="postgres://shop:app_pass@db.example.com/shop", conn_max_age=600)}\n',
      good: 'import dj_database_url\n\nDATABASES = {"default": dj_database_url.config(conn_max_age=600)}\n', path: 'shop/settings.py',
    },
    'django-environ': {
      bad: 'import environ\n\nenv = environ.Env()\nDATABASES = {"default": env.db("DATABASE_URL", default="postgres://shop:app_pass@db.example.com/shop")}\n',
      good: 'import environ\n\nenv = environ.Env()\nDATABASES = {"default": env.db("DATABASE_URL")}\n', path: 'shop/settings.py',
    },
    'only the test class': { good: 'import os\n\nclass Config:\n    SQLALCHEMY_DATABASE_URI = os.environ["DATABASE_URL"]\n\nclass TestingConfig(Config):\n    SQLALCHEMY_DATABASE_URI = "postgresql://test:test@localhost/test"\n', path: 'config.py' },
    'refused at start': {
      good: 'import os\n\nDEFAULT = "postgresql://user:pass@localhost/app"\nDATABASE_URL = os.getenv("DATABASE_URL", DEFAULT)\nif DATABASE_URL == DEFAULT:\n    raise RuntimeError("DATABASE_URL is not set")\n', path: 'config.py',
    },
    'placeholders are no credentials': { good: 'DATABASE_URL = "postgresql://${DB_USER}:${DB_PASSWORD}@db/app"\nEXAMPLE = "postgresql://<user>:<password>@host/db"\n', path: 'config.py' },
    'only a comment': { good: '# DATABASE_URL = "postgresql://app:app_pass@db.example.com/app"\nimport os\nDATABASE_URL = os.environ["DATABASE_URL"]\n', path: 'config.py' },
    'tests': { path: 'tests/conftest.py', good: 'import os\nDATABASE_URL = os.getenv("DATABASE_URL", "postgresql://test:test@localhost/test")\n' },
  }),
});

// ---- where addresses are given

function addresses(): Selector<Address> {
  const connects = call(...Object.keys(CONNECTS));
  return {
    kinds: ['module'], callees: [...connects.callees, ...CONFIGURATION_READERS],
    select: (unit, project) => unit.kind === 'module' && unit.language === 'python' ? project.once(`database addresses in ${unit.path}`, () => [...settingsOf(unit, project), ...connected(connects.select(unit, project), unit)]) : [],
  };
}

function* connected(matches: Iterable<CallMatch>, module: Module): Iterable<Address> {
  for (const match of matches) {
    const where = CONNECTS[match.call.callee];
    const value = where && match.argument(where.keyword, where.position);
    const keyword = match.call.keywords.find((each) => each.name === where?.keyword);
    const written = keyword?.value ?? (where?.position === undefined ? undefined : match.call.args[where.position]);
    if (value && written) yield { sink: `${match.call.written}()`, variable: environmentVariables(value)[0] ?? variableFor(match.call.callee), written, value, module, match, ...(keyword && { keyword }) };
  }
}

function* settingsOf(module: Module, project: Project): Iterable<Address> {
  for (const assignment of module.assignments) {
    const name = lastName(assignment.target);
    const read = environmentVariables(assignment.value).find((each) => isDatabaseAddress(each));
    if (name !== 'DATABASES' && !read && !isDatabaseAddress(name)) continue;
    const setting = project.settings(name).find((each) => each.assignment === assignment);
    if (!setting) continue;
    if (name === 'DATABASES') yield* tables(setting, project);
    else yield { sink: name, variable: read ?? name.toUpperCase(), written: assignment.value, value: setting.value, module, setting };
  }
}

/** Django's tables of databases: the password of each, or the address it is made from. */
function* tables(setting: Setting, project: Project): Iterable<Address> {
  const { module, assignment } = setting;
  if (assignment.value.kind !== 'dict') return;
  for (const { key, value: table } of assignment.value.entries) {
    const alias = key.kind === 'text' ? key.value : '…';
    const sink = `DATABASES["${alias}"]`;
    if (table.kind === 'environment') yield { sink, variable: table.variable, written: table, value: project.resolve(table, module), module, setting };
    const engine = lookup(table, 'ENGINE');
    const password = lookup(table, 'PASSWORD');
    if (!password || (engine?.kind === 'text' && /sqlite/.test(engine.value))) continue;
    const host = lookup(table, 'HOST') ?? { kind: 'text', value: 'localhost', at: password.at } as const;
    yield { sink: `${sink}["PASSWORD"]`, variable: environmentVariables(password)[0] ?? (alias === 'default' ? 'DB_PASSWORD' : `${alias.toUpperCase()}_DB_PASSWORD`), written: password, value: project.resolve(password, module), module, setting, host: project.resolve(host, module) };
  }
}

function variableFor(callee: string): string {
  return /mongo|motor/i.test(callee) ? 'MONGO_URL' : callee.startsWith('redis') ? 'REDIS_URL' : 'DATABASE_URL';
}

// ---- what they show

/** The credentials that stand in the source, as they are when no variable is set. */
function exposed(it: Address): Pick<Credentials, 'host'> | undefined {
  if (!it.host) { const url = shapeOf(it.value); return url === undefined ? undefined : credentialsIn(url); }
  const password = whenUnset(it.value);
  if (typeof password !== 'object' || password.kind !== 'text' || isReference(password.value)) return undefined;
  const host = whenUnset(it.host);
  return { host: typeof host !== 'object' || host.kind !== 'text' ? 'elsewhere' : host.value || 'localhost' };
}

/** The variable whose fallback is the password, among those the address is put together from. */
function passwordVariable(it: Address): string | undefined {
  const url = shapeOf(it.value);
  const password = url && credentialsIn(url)?.password;
  const parts = it.value.kind === 'joined' ? it.value.parts.flatMap(readsIn) : [];
  return parts.find((each) => each.fallback?.kind === 'text' && each.fallback.value === password)?.variable ?? (parts.length > 0 ? undefined : environmentVariables(it.value)[0]);
}

/** A URL with `${…}` where a part is only known at run time. */
function shapeOf(value: Value): string | undefined {
  const unset = whenUnset(value);
  if (typeof unset === 'object') return unset.kind === 'text' ? unset.value : undefined;
  if (unset === 'refuses' && value.kind !== 'joined') return undefined;
  if (value.kind === 'joined') return value.how === 'f-string' || value.how === 'concatenation' ? value.parts.map((part) => { const known = whenUnset(part); return typeof known === 'object' && known.kind === 'text' ? known.value : '${}'; }).join('') : undefined;
  if (value.kind === 'result' && value.of) return /\.(replace|strip)$/.test(value.callee) ? shapeOf(value.of) : undefined;
  if (value.kind === 'result') return /(^|\.)(str|make_url|PostgresDsn|MySQLDsn|RedisDsn|MongoDsn|AnyUrl|SecretStr)$/.test(value.callee) && value.args[0] ? shapeOf(value.args[0]) : undefined;
  // A helper that returns from several places.
  return value.kind === 'choice' && value.by === 'conditional' && !value.test ? readsIn(value).map(shapeOf).find((each) => each !== undefined && credentialsIn(each)) : undefined;
}

/** A name whose own value is judged where it stands. */
function isJudgedElsewhere(it: Address, { source, project, unit }: Context): boolean {
  const written = source.slice(it.written.at);
  const name = /^[\w.]*?([A-Za-z_]\w*)$/.exec(written)?.[1];
  if (name === undefined) return false;
  const judged = project.settings(name).some((each) => each.assignment !== it.setting?.assignment && lastName(each.assignment.target) === name && (isDatabaseAddress(name) || environmentVariables(each.assignment.value).some((variable) => isDatabaseAddress(variable))));
  if (judged) return true;
  for (const other of addresses().select(unit, project)) {
    if (other.written.at.start >= it.written.at.start) return false;
    if (source.slice(other.written.at) === written && exposed(other)) return true;
  }
  return false;
}

function local(host: string): Variation {
  return { severity: 'high', points: 12, because: `the host, ${host}, is not reached from outside` };
}

// ---- where it is shown and mended

function literalOf(value: Value): Value | undefined {
  if (value.kind === 'text' || (value.kind === 'joined' && value.how === 'f-string')) return value;
  if (value.kind === 'result') return value.of ? literalOf(value.of) : value.args[0] && literalOf(value.args[0]);
  return undefined;
}

/** The literal as written; the whole expression where it stands behind a name. */
function underlined(it: Address, source: Source): Span {
  const { at } = it.written;
  const reading = readingIn(it.written) ?? (it.written.kind === 'result' && it.written.of ? readingIn(it.written.of) : undefined);
  if (reading) return reading.fallbackAt;
  const literal = literalOf(it.written);
  if (literal && at.start <= literal.at.start && literal.at.end <= at.end) return literal.at;
  const text = shapeOf(it.value);
  return (text !== undefined && literalSpan(at, text, source)) || at;
}

/** The call without one of its keywords and the comma that goes with it. */
function withoutKeyword({ call: one }: CallMatch, keyword: Keyword, source: Source): readonly Edit[] {
  const after = /^\s*,\s*/.exec(source.slice({ start: keyword.at.end, end: one.argumentsAt.end - 1 }))?.[0] ?? '';
  const before = after ? '' : /,\s*$/.exec(source.slice({ start: one.argumentsAt.start, end: keyword.at.start }))?.[0] ?? '';
  return [replace({ start: keyword.at.start - before.length, end: keyword.at.end + after.length }, '')];
}
