import type { Call, CallMatch, Context, Edit, Module, Plain, Project, Selector, Setting, Span, Unit, Value, Variation } from '../kit';
import { call, fileName, functionsAround, importing, isReference, lastName, onlyInDevelopment, replace, rule, runsByItself, seenInProduction, setting, targetName } from '../kit';

/** Calls that take a password and keep it, with the position of the password. */
const HASHES = [
  'werkzeug.security.generate_password_hash', 'flask_bcrypt.generate_password_hash', '*.generate_password_hash', 'django.contrib.auth.hashers.make_password', '*.make_password', 'bcrypt.hashpw', '*.hash_password', '*.get_password_hash', '*.password_hash',
  'passlib.context.CryptContext.hash', 'argon2.PasswordHasher.hash', 'pwdlib.PasswordHash.hash', 'pwdlib.PasswordHash.recommended.hash', 'passlib.hash.bcrypt.hash', 'passlib.hash.argon2.hash', 'passlib.hash.pbkdf2_sha256.hash', 'passlib.hash.sha256_crypt.hash',
] as const;
const SETTERS = ['*.set_password', '*.create_superuser', '*.create_user', '*.acreate_superuser', '*.acreate_user'] as const;
const ACCOUNTS = ['User', 'Users', 'Admin', 'AdminUser', 'Administrator', 'Account', 'UserCreate', 'UserModel', 'Employee', 'Staff', 'Operator'] as const;
const SETTINGS = ['ADMIN_PASSWORD', 'DEFAULT_PASSWORD', '_DEFAULT_PASSWORD', 'DEFAULT_ADMIN_PASSWORD', 'DEFAULT_USER_PASSWORD', 'INITIAL_ADMIN_PASSWORD', 'SUPERUSER_PASSWORD', 'FIRST_SUPERUSER_PASSWORD', 'DJANGO_SUPERUSER_PASSWORD', 'ADMIN_PASS', 'ADMIN_DEFAULT_PASSWORD', 'SUPERADMIN_PASSWORD'] as const;

/** An account that is made, or the setting with its password. */
interface Account {
  readonly at: Span;
  readonly place: string;
  /** The password as it is written; absent when it comes from elsewhere. */
  readonly literal?: Value;
  /** The variable whose absence lets the literal in. */
  readonly variable?: string;
  readonly isAdmin: boolean;
  readonly itself?: string;
  readonly module?: Module;
}

export default rule<Account>({
  id: 'default-account-password',
  title: 'No account is created with a known password',
  severity: 'high', points: 15, confidence: 'likely', effort: 'S', since: '1', secret: true,
  blocks: { when: 'the code runs by itself in production (start-up, migration, entrypoint)', holds: () => false },
  why: `The first thing an attacker tries is the password in your repository. Seed scripts are run once in production and forgotten.`,
  how: `Ask for it or read it from the environment, and force a change at the first login.`,
  links: ['https://cwe.mitre.org/data/definitions/1392.html', 'https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html'],
  anchors: ['CWE-1392', 'CWE-798'],

  on: accounts(),
  roles: ['production', 'script', 'migration'],
  check: ({ literal, variable, isAdmin, itself }): boolean | Variation => {
    if (literal === undefined) return false;
    if (variable !== undefined) return { severity: 'medium', because: `the password is only used when ${variable} is not set` };
    if (!isAdmin) return { severity: 'medium', because: 'the accounts have no rights of an administrator, as far as can be seen' };
    return itself === undefined ? true : { severity: 'critical', because: `it runs ${itself}` };
  },
  message: ({ place, variable, isAdmin }) => {
    if (variable !== undefined) return `${place} falls back to a password that stands in the source when ${variable} is not set.`;
    return `${place} ${isAdmin ? 'gives an administrator' : 'gives accounts'} a password that stands in the source.`;
  },
  underline: ({ at, literal }) => literal?.at.path === undefined ? literal?.at ?? at : at,
  // A token that is hashed like a password belongs to no new account.
  holds: ({ literal, place }) => literal === undefined && !/token/i.test(place) ? `${place} is given its password from outside` : undefined,
  nothing: 'No code or script makes accounts.',

  fix: { title: 'Read the password from the environment', safety: 'review', edit: fromEnvironment, remains: 'Set ADMIN_PASSWORD where this runs, and change the password of accounts that were made with the old one.' },

  examples: () => ({
    'a seed script': {
      bad: 'from werkzeug.security import generate_password_hash\ndef seed(User, session):\n    session.add(User(name="admin", is_admin=True, password_hash=generate_password_hash("admin123")))\n', path: 'seed.py',
      good: 'import os\nfrom werkzeug.security import generate_password_hash\ndef seed(User, session):\n    session.add(User(name="admin", is_admin=True, password_hash=generate_password_hash(os.environ["ADMIN_PASSWORD"])))\n',
    },
    'when the application starts': {
      severity: 'critical',
      bad: 'from flask import Flask\nfrom werkzeug.security import generate_password_hash\nfrom models import User, db\n\ndef create_app():\n    app = Flask(__name__)\n    ensure_admin()\n    return app\n\ndef ensure_admin():\n    if not User.query.filter_by(username="admin").first():\n        db.session.add(User(username="admin", password_hash=generate_password_hash("admin")))\n        db.session.commit()\n',
      good: 'import os\nfrom flask import Flask\nfrom werkzeug.security import generate_password_hash\nfrom models import User, db\n\ndef create_app():\n    app = Flask(__name__)\n    ensure_admin()\n    return app\n\ndef ensure_admin():\n    if not User.query.filter_by(username="admin").first():\n        db.session.add(User(username="admin", password_hash=generate_password_hash(os.environ["ADMIN_PASSWORD"])))\n        db.session.commit()\n',
    },
    'in the lifespan of FastAPI': {
      severity: 'critical',
      bad: 'from contextlib import asynccontextmanager\nfrom fastapi import FastAPI\nfrom passlib.context import CryptContext\nfrom models import User\n\npwd_context = CryptContext(schemes=["bcrypt"])\n\n@asynccontextmanager\nasync def lifespan(app):\n    await User.create(email="admin@example.com", role="admin", hashed_password=pwd_context.hash("ChangeMe123"))\n    yield\n\napp = FastAPI(lifespan=lifespan)\n',
    },
    'when the module is imported': { severity: 'critical', bad: 'import bcrypt\nfrom flask import Flask\n\napp = Flask(__name__)\nUSERS = {"admin": bcrypt.hashpw("secret1".encode("utf-8"), bcrypt.gensalt())}\n' },
    'in a migration': { severity: 'critical', path: 'shop/migrations/0002_admin.py', bad: 'from django.contrib.auth.hashers import make_password\nfrom django.db import migrations\n\ndef add(apps, schema_editor):\n    User = apps.get_model("auth", "User")\n    User.objects.create(username="admin", is_superuser=True, password=make_password("admin"))\n' },
    'by a command that the container runs': {
      severity: 'critical',
      bad: { 'create_admin.py': 'from shop.models import User\n\ndef main():\n    User.objects.create_superuser("admin", "admin@example.com", "hunter22")\n\nmain()\n', Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nCMD python create_admin.py && gunicorn shop.wsgi\n' },
    },
    'a superuser, by hand': { path: 'scripts/first_user.py', bad: 'from shop.models import User\n\ndef main():\n    User.objects.create_superuser("root@example.com", "hunter22")\n', good: 'import os\nfrom shop.models import User\n\ndef main():\n    User.objects.create_superuser("root@example.com", os.environ["ADMIN_PASSWORD"])\n' },
    'a command of Flask': { bad: 'import click\nfrom flask import Flask\nfrom models import User\n\napp = Flask(__name__)\n\n@app.cli.command("create-admin")\ndef create_admin():\n    user = User(username="admin", role="admin")\n    user.set_password("admin")\n' },
    'several accounts are one finding': { path: 'seed.py', bad: 'from models import User\n\ndef seed():\n    admin = User(username="admin", is_admin=True)\n    admin.set_password("admin1")\n    editor = User(username="editor")\n    editor.set_password("editor1")\n' },
    'a password without a hash': { path: 'app/seed_users.py', bad: 'from models import User, db\n\ndef seed_users():\n    db.session.add(User(username="admin", role="admin", password="admin"))\n' },
    'visitors of a demonstration': { severity: 'medium', path: 'seed.py', bad: 'from models import User\n\ndef seed():\n    guest = User(username="guest")\n    guest.set_password("guest")\n' },
    'a fallback': { severity: 'medium', bad: 'import os\nfrom models import User\n\ndef bootstrap():\n    User.objects.create_superuser("admin", "a@example.com", os.environ.get("ADMIN_PASSWORD", "admin"))\n' },
    'a setting': { bad: { 'config.py': 'class Config:\n    ADMIN_USERNAME = "admin"\n    ADMIN_PASSWORD = "admin123"\n', 'app.py': 'from flask import Flask\nfrom config import Config\napp = Flask(__name__)\napp.config.from_object(Config)\n' } },
    'a setting that falls back': { severity: 'medium', bad: { 'config.py': 'import os\n\nclass Config:\n    ADMIN_PASSWORD = os.getenv("ADMIN_PASSWORD", "admin123")\n', 'app.py': 'from flask import Flask\nfrom config import Config\napp = Flask(__name__)\napp.config.from_object(Config)\n' } },
    'a setting that is used': {
      severity: 'medium',
      bad: 'from fastapi import FastAPI\nfrom passlib.context import CryptContext\nfrom pydantic_settings import BaseSettings\nfrom app.db import User\n\nclass Settings(BaseSettings):\n    first_superuser_password: str = "admin1"\n\nsettings = Settings()\npwd_context = CryptContext(schemes=["bcrypt"])\napp = FastAPI()\n\ndef init_db(session):\n    session.add(User(is_superuser=True, hashed_password=pwd_context.hash(settings.first_superuser_password)))\n',
    },
    'in SQL': { bad: { 'db/init.sql': "INSERT INTO users (name, role, password_hash) VALUES ('admin', 'admin', '$2b$12$abcdefghijklmnopqrstuv');\n" } },
    'in SQL that the image runs': { severity: 'critical', bad: { 'db/init.sql': "CREATE TABLE users (id int);\nINSERT INTO `users` (id, name, password) VALUES\n  (1, 'admin', 'admin'),\n  (2, 'guest', 'guest');\n", 'compose.yml': 'services:\n  db:\n    image: mysql:8\n    volumes:\n      - ./db/init.sql:/docker-entrypoint-initdb.d/init.sql\n' } },
    'in SQL of Python': { bad: 'import sqlite3\n\ndef init_db():\n    conn = sqlite3.connect("shop.db")\n    conn.execute("INSERT INTO users (username, password, role) VALUES (\'admin\', \'admin123\', \'admin\')")\n' },
    'from the environment': { good: 'import os\nfrom werkzeug.security import generate_password_hash\ndef seed(User, session):\n    session.add(User(name="admin", is_admin=True, password_hash=generate_password_hash(os.environ["ADMIN_PASSWORD"])))\n', path: 'seed.py' },
    'generated and shown once': { good: 'import secrets\ndef seed(create_user):\n    password = secrets.token_urlsafe(16)\n    create_user("admin", password=password, is_admin=True)\n    print("admin password:", password)\n', path: 'seed.py' },
    'asked for': { good: 'import getpass\nfrom models import User\n\ndef create_admin():\n    user = User(username="admin", is_admin=True)\n    user.set_password(getpass.getpass())\n' },
    'of a form': { good: 'from werkzeug.security import generate_password_hash\nfrom flask import request\nfrom models import User\n\ndef register():\n    return User(username=request.form["name"], password=generate_password_hash(request.form["password"]))\n' },
    'something to compare with when there is no such account': { good: 'from werkzeug.security import check_password_hash, generate_password_hash\n\nDUMMY_HASH = generate_password_hash("timing")\n\ndef login(user, password):\n    return check_password_hash(user.password if user else DUMMY_HASH, password) and user is not None\n' },
    'only in development': { good: 'from flask import Flask\nfrom models import User\n\napp = Flask(__name__)\n\nif app.debug:\n    User(username="admin", role="admin").set_password("admin")\n' },
    'refused in production': { path: 'seed.py', good: 'import os\nfrom models import User\n\ndef seed():\n    if os.environ.get("APP_ENV") == "production":\n        raise SystemExit("not here")\n    admin = User(username="admin", role="admin")\n    admin.set_password("admin")\n' },
    'tests, fixtures and factories': {
      good: { 'tests/test_login.py': 'from models import User\n\ndef test_login():\n    User(username="admin").set_password("admin")\n', 'shop/factories.py': 'from django.contrib.auth.hashers import make_password\n\nclass UserFactory:\n    password = make_password("admin")\n', 'conftest.py': 'def admin(User):\n    return User.objects.create_superuser("admin", "a@example.com", "admin")\n' },
    },
    'a hash that is only printed': { good: 'from passlib.context import CryptContext\n\npwd_context = CryptContext(schemes=["bcrypt"])\n\nplain_password = "admin123"\nprint(pwd_context.hash(plain_password))\n', path: 'password_hash.py' },
    'made-up people': { good: 'from faker import Faker\nfrom models import User\n\nfake = Faker()\n\ndef populate():\n    User(username=fake.name(), password="password")\n', path: 'populate.py' },
    'no password at all': { good: 'from django.contrib.auth.hashers import make_password\n\ndef invite(User):\n    user = User.objects.create_user("a", "a@example.com")\n    user.password = make_password(None)\n    return user\n' },
    'a form and a label': { good: 'from wtforms import PasswordField\n\nPASSWORD_LABEL = "password"\nDEFAULT_PASSWORD_LENGTH = 12\n\ndef hash_password(password):\n    return password\n' },
    'SQL with parameters': { good: { 'db.py': 'def add(conn, name, digest):\n    conn.execute("INSERT INTO users (name, password) VALUES (?, ?)", (name, digest))\n', 'db/init.sql': "INSERT INTO users (name, password) VALUES ('admin', :'password');\nINSERT INTO roles (name) VALUES ('admin');\n" } },
    'SQL for development': { good: { 'db/dev-data.sql': "INSERT INTO users (name, password) VALUES ('admin', 'admin');\n" } },
  }),
});

const NOT_REAL = /(^|[/_.-])(factor(y|ies)|fixtures?|mocks?|stubs?|faker?|samples?)([/_.-]|$)/i;
const ADMIN = /\badmin|superuser|super_user|superadmin|is_staff|is_root|administrator|\broot\b|\bowner\b/i;

function accounts(): Selector<Account> {
  const calls = call(...HASHES, ...SETTERS, ...ACCOUNTS.flatMap((each) => [each, `*.${each}`]), '*.execute');
  const settings = setting(...SETTINGS);
  return {
    kinds: ['module', 'plain'], callees: calls.callees,
    *select(unit, project) {
      if (NOT_REAL.test(unit.path) || project.developmentName(fileName(unit.path))) return;
      if (unit.kind === 'plain') { yield* ofSql(unit, project); return; }
      // Made-up people are for a developer's machine.
      if (unit.kind !== 'module' || unit.language !== 'python' || unit.imports.some((each) => /^(faker|mimesis|factory|model_bakery)(\.|$)/.test(each.target))) return;
      for (const each of settings.select(unit, project)) {
        const found = seenInProduction(each, project) && !each.refusal ? ofSetting(each) : undefined;
        if (found) yield found;
      }
      yield* ofCalls([...calls.select(unit, project)], project);
    },
  };
}

/** The heaviest of each function: a seed that makes five accounts is one fault. */
function* ofCalls(matches: readonly CallMatch[], project: Project): Iterable<Account> {
  const byScope = new Map<string, Account>();
  for (const match of matches) {
    const found = onlyInDevelopment(match.call) ? undefined : ofCall(match, project);
    const known = found && byScope.get(match.call.scope);
    if (found && (!known || weight(found) > weight(known))) byScope.set(match.call.scope, found);
  }
  yield* byScope.values();
}

function weight({ literal, variable, isAdmin }: Account): number {
  return literal === undefined ? 0 : variable !== undefined ? 1 : isAdmin ? 3 : 2;
}

function ofCall(match: CallMatch, project: Project): Account | undefined {
  const { call: one, module } = match;
  const [func] = functionsAround(module, one.at);
  const made = (nearby: string) => {
    const itself = runsByItself(one, module, project);
    return { at: one.calleeAt, place: func ? `${func.name}()` : fileName(module.path), isAdmin: /create_superuser$/.test(one.callee) || ADMIN.test(nearby), module, ...(itself !== undefined && { itself }) };
  };
  if (lastName(one.callee) === 'execute') {
    const row = one.args[0]?.kind === 'text' ? rowsIn(one.args[0].value)[0] : undefined;
    return row && one.args[0] ? { ...made(row.text), literal: one.args[0] } : undefined;
  }
  const given = passwordOf(match);
  if (given === undefined || isStandIn(match, project) || (func && refusesProduction(project.written(module.path, func.at)))) return undefined;
  const { literal, variable } = literalIn(given);
  // A password says nothing of the account it is for.
  const nearby = around(match, func?.at, project, literal?.at);
  if (!isKept(one, nearby)) return undefined;
  if (literal === undefined) return given.kind === 'environment' || given.kind === 'secret-store' || given.kind === 'generated' ? made(nearby) : undefined;
  // The setting it comes from is judged where it stands.
  const written = project.written(module.path, given.at).replace(/["'\])]+$/, '').replace(/^.*[.["']/s, '');
  return (SETTINGS as readonly string[]).includes(written.toUpperCase()) ? undefined : { ...made(nearby), literal, ...(variable !== undefined && { variable }) };
}

/** A hash that is only printed makes no account: it goes into one, or accounts are spoken of beside it. */
function isKept(one: Call, nearby: string): boolean {
  if (one.within.some((each) => /print|echo|log/.test(each))) return false;
  return /^a?create_(super)?user$|^set_password$/.test(lastName(one.callee)) || (ACCOUNTS as readonly string[]).includes(lastName(one.callee)) || /\b(users?|accounts?|admins?|administrators?|members?|operators?|employees?|staff)\b|\binsert\b|\.save\(|\bobjects\.|\.add\(/i.test(nearby);
}

/** The password among the arguments; undefined where there is none. */
function passwordOf({ call: one, argument }: CallMatch): Value | undefined {
  const last = lastName(one.callee);
  if (/^a?create_(super)?user$/.test(last)) {
    const texts = one.args.filter((each) => each.kind !== 'text' || !each.value.includes('@'));
    return argument('password') ?? (last.includes('super') && one.args.length > 1 ? texts.at(-1) === one.args[0] ? undefined : texts.at(-1) : argument('password', 2));
  }
  if ((ACCOUNTS as readonly string[]).includes(last)) {
    const given = argument('password');
    return given?.kind === 'text' || given?.kind === 'environment' ? given : undefined;
  }
  return argument('password', 0) ?? argument('raw_password', 0);
}

/** The text itself, what stands in for a variable, or what is encoded: `"x".encode()`. */
function literalIn(value: Value): { readonly literal?: Value; readonly variable?: string } {
  if (value.kind === 'text') return value.value === '' || isReference(value.value) ? {} : { literal: value };
  if (value.kind === 'result' && value.of && /(^|\.)(encode|strip)$/.test(value.callee)) return literalIn(value.of);
  const read = value.kind === 'environment' ? value : value.kind === 'choice' && value.by === 'or' ? value.options.find((each) => each.kind === 'environment') : undefined;
  const fallback = value.kind === 'environment' ? value.fallback : value.kind === 'choice' ? value.options.at(-1) : undefined;
  const literal = read && fallback ? literalIn(fallback).literal : undefined;
  return literal && read?.kind === 'environment' ? { literal, variable: read.variable } : {};
}

/** A hash to compare with when there is no such account, so that both take as long. */
function isStandIn({ call: one, module }: CallMatch, project: Project): boolean {
  return /dummy|fake|timing|placeholder|unusable|invalid|sentinel|constant|decoy|nobody|missing|bogus/i.test(`${targetName(one.at, module, project)} ${one.boundTo ?? ''} ${project.written(module.path, one.argumentsAt)}`);
}

function refusesProduction(written: string): boolean {
  return /(prod|debug|environment|_env\b|is_dev|testing)[^\n]*:\s*(#[^\n]*)?\n\s*(raise|return|sys\.exit|exit|abort|click\.|print|logger|self\.std)/i.test(written);
}

/** A few lines around the call, within its function, without the password. */
function around({ call: one, module: { path } }: CallMatch, func: Span | undefined, project: Project, hidden: Span = { start: one.at.start, end: one.at.start }): string {
  const text = func ? project.written(path, func) : project.text(path) ?? '';
  const from = func?.start ?? 0;
  let start = one.at.start - from;
  let end = one.at.end - from;
  for (let line = 0; line < 7; line++) { start = Math.max(0, text.lastIndexOf('\n', start - 1)); const next = text.indexOf('\n', end + 1); end = next < 0 ? text.length : next; }
  const gap = { start: hidden.start - from, end: hidden.end - from };
  return gap.start < start || gap.end > end ? text.slice(start, end) : text.slice(start, gap.start) + text.slice(gap.end, end);
}

function ofSetting({ name, value, assignment, module }: Setting): Account | undefined {
  const { literal, variable } = literalIn(value);
  const base = { at: assignment.targetAt, place: name, isAdmin: !/DEFAULT_(USER_)?PASSWORD/.test(name), module };
  return literal ? { ...base, literal, ...(variable !== undefined && { variable }) } : value.kind === 'environment' ? base : undefined;
}

// ---- SQL

interface Row { readonly text: string; readonly at: number }

/** Rows of `INSERT INTO users (…, password, …) VALUES (…, 'literal', …)`. */
function rowsIn(sql: string): readonly Row[] {
  return [...sql.matchAll(/insert\s+(?:or\s+\w+\s+|ignore\s+)?into\s+(?:[`"[]?\w+[`"\]]?\.)?[`"[]?\w*(?:users?|accounts?|admins?|employees?|staff|members?|operators?)[`"\]]?\s*\(([^)]*)\)\s*values\s*/gi)].flatMap((head) => {
    const columns = (head[1] ?? '').split(',').map((each) => each.trim().replace(/^[`"[]|[`"\]]$/g, '').toLowerCase());
    const position = columns.findIndex((each) => /pass|pwd/.test(each));
    if (position < 0) return [];
    const from = head.index + head[0].length;
    return tuples(sql.slice(from, from + 20_000)).flatMap(({ values, text }) => {
      const given = values[position];
      const written = given && /^'((?:[^']|'')+)'$/.exec(given.text)?.[1];
      return given && written !== undefined && !isReference(written) && !/^[!*x]|^(none|null)$/i.test(written) ? [{ text, at: from + given.at }] : [];
    });
  });
}

/** `(1, 'a'), (2, 'b')` as values with their offsets. */
function tuples(text: string): readonly { readonly text: string; readonly values: readonly { readonly text: string; readonly at: number }[] }[] {
  const found: { text: string; values: { text: string; at: number }[] }[] = [];
  const pieces = /'(?:[^']|'')*'|[(),;]|[^'(),;]+/g;
  let depth = 0;
  let row: { text: string; values: { text: string; at: number }[] } = { text: '', values: [] };
  for (const piece of text.matchAll(pieces)) {
    const written = piece[0];
    if (written === '(' && depth++ === 0) { row = { text: '', values: [{ text: '', at: piece.index + 1 }] }; continue; }
    if (written === ')' && --depth === 0) { found.push(row); continue; }
    if (depth === 0) { if (written === ';' || /\w/.test(written)) break; continue; }
    row.text += written;
    const last = row.values.at(-1);
    if (written === ',' && depth === 1) row.values.push({ text: '', at: piece.index + 1 });
    else if (last) { if (last.text.trim() === '') last.at = piece.index + (/^\s*/.exec(written)?.[0].length ?? 0); last.text = (last.text + written).trim(); }
  }
  return found;
}

function* ofSql(unit: Plain, project: Project): Iterable<Account> {
  const text = unit.format === 'sql' ? project.text(unit.path) : undefined;
  if (text === undefined || !/insert\s/i.test(text)) return;
  const rows = rowsIn(text.replace(/--[^\n]*/g, (comment) => ' '.repeat(comment.length)));
  const row = rows.find((each) => ADMIN.test(each.text)) ?? rows[0];
  if (!row) return;
  const isMounted = project.production.some((each) => mounts(each, unit.path));
  const itself = unit.role === 'migration' ? 'when the database is migrated' : isMounted ? 'when the database is made' : undefined;
  const end = text.indexOf("'", row.at + 1);
  yield { at: { start: row.at, end: end < 0 ? row.at + 1 : end + 1 }, place: fileName(unit.path), literal: { kind: 'text', value: '', at: { start: row.at, end: end < 0 ? row.at + 1 : end + 1 } }, isAdmin: ADMIN.test(row.text), ...(itself !== undefined && { itself }) };
}

/** The file, or its folder, is where a database's image looks for what to run first. */
function mounts(unit: Unit, path: string): boolean {
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.';
  const named = (text: string) => text.includes('docker-entrypoint-initdb.d') && (text.includes(fileName(path)) || text.includes(`${folder}:`) || text.includes(`${folder}/:`) || new RegExp(`(^|[\\s/])${folder.replace(/^.*\//, '')}/?[:\\s]`).test(text));
  if (unit.kind === 'compose') return unit.services.some((service) => service.volumes.some((each) => named(each.text)));
  return unit.kind === 'dockerfile' && unit.stages.some((stage) => stage.instructions.some((each) => /^(COPY|ADD)$/.test(each.keyword) && named(each.text)));
}

// ---- the fix

function fromEnvironment({ literal, variable, module }: Account, { source }: Context): readonly Edit[] | undefined {
  const written = literal && source.slice(literal.at);
  if (!module || !literal || variable !== undefined || literal.at.path !== undefined || !/^b?["'][^"'\n]*["']$/i.test(written ?? '')) return undefined;
  return [replace(literal.at, `os.environ["ADMIN_PASSWORD"]${/^b/i.test(written ?? '') ? '.encode()' : ''}`), ...importing(module, source, 'os')];
}
