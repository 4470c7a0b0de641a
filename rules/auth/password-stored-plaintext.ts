import type { Func, Module, Project, Selector, Span, Value, Variation } from '../kit';
import { calls, functionsAround, lastName, onlyInDevelopment, options, rule, sqlCalls } from '../kit';

interface Match { readonly module: Module; readonly at: Span; readonly func: Func | undefined; readonly verb: 'stores' | 'compares' | 'looks up'; readonly what: string; readonly sure: boolean }

/** Who signs in here; accounts at other systems have passwords that must be replayed. */
const PEOPLE = ['User', 'Users', 'UserModel', 'Account', 'Accounts', 'Member', 'Customer', 'Admin', 'Administrator', 'Employee', 'Student', 'Teacher', 'Client', 'Patient', 'Doctor', 'Player', 'Author', 'Seller', 'Vendor', 'Staff', 'Person', 'Login', 'Registration', 'Owner', 'Candidate', 'AppUser', 'DBUser', 'UserDB', 'Signup'] as const;
const PERSON = new RegExp(`^(${PEOPLE.join('|')})s?$`);
const TABLE = /^["'`[]?(\w+\.)?(app_?|auth_?|tbl_?|t_)?(users?|accounts?|members?|customers?|admins?|administrators?|employees?|students?|teachers?|clients?|patients?|doctors?|players?|logins?|registrations?|register|signup|credentials|people|persons?|staff|sellers?|vendors?|userdata|user_?info|user_?details)["'`\]]?$/i;
const NAME = /^(password|passwd|passwort|pwd|pass|user_?password|pw)$/i;
/** Whatever may make a password unreadable, however it is called. */
const HASHES = /hash|crypt|argon|scrypt|pbkdf|digest|md5|sha1|sha2|sha3|sha5|blake|passlib|pwdlib|pwd_context|set_password|setpassword|make_password|verify|check_pass|encode_pass|create_user|create_superuser|fernet|hmac|authenticate|passwordhasher|secure_pass|salt/i;
const LOOKUPS = ['*.filter_by', '*.find_one', '*.get_or_none'] as const;
const LOOKS: ReadonlySet<string> = new Set(LOOKUPS.map(lastName));
const STORES = ['*.objects.create', '*.insert_one'] as const;

/** Cheap to look for in a whole file. */
const SPELLED = /passw|pwd|Passw|PASSW/;
const COMPARED = /\.(?:password|passwd|pwd)/;

export default rule<Match>({
  id: 'password-stored-plaintext',
  title: 'Passwords are stored hashed',
  severity: 'critical', points: 45, confidence: 'confirmed', blocks: 'always', effort: 'M', since: '1',
  ladder: { name: 'passwords', rung: 1 }, hides: ['weak-password-hash'],
  why: 'One leaked backup gives every account, and people use the same password elsewhere. There is no way to undo it.',
  how: 'Hash with werkzeug, argon2 or bcrypt and verify with its check function; make users reset existing passwords.',
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html', 'https://cwe.mitre.org/data/definitions/256.html'],
  anchors: ['semgrep unvalidated-password', 'CWE-256', 'CWE-312'],

  on: places(),
  check: ({ sure }): boolean | Variation => sure || { confidence: 'likely', because: 'the model is not among the files' },
  message: ({ func, verb, what }) => `${func ? `${func.name}()` : 'This code'} ${verb} a password in plain text${what ? `: ${what}` : ''}.`,
  underline: ({ at }) => at,
  nothing: 'No password is stored or compared in plain text.',

  examples: () => ({
    'a row of a new account': { bad: 'from flask import request\ndef register(User, session):\n    session.add(User(name=request.form["name"], password=request.form["password"]))\n', severity: 'critical' },
    'a look-up by the password': { bad: 'from flask import request\ndef login(User):\n    return User.query.filter_by(name=request.form["name"], password=request.form["password"]).first()\n', severity: 'critical' },
    'a model of the project': { bad: { 'models.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    email = db.Column(db.String(120), unique=True)\n    password = db.Column(db.String(120))\n', 'app.py': 'from flask import request\nfrom models import User, db\ndef register():\n    data = request.get_json()\n    user = User(email=data["email"], password=data["password"])\n    db.session.add(user)\n    db.session.commit()\n' } },
    'given to an attribute': { bad: { 'models.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    password = db.Column(db.String(120))\n', 'app.py': 'from flask import request\nfrom models import User, db\ndef change(id):\n    user = User.query.get(id)\n    user.password = request.form["password"]\n    db.session.commit()\n' } },
    'a form': { bad: { 'models.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    password = db.Column(db.String(120))\n', 'app.py': 'from forms import RegisterForm\nfrom models import User, db\ndef register():\n    form = RegisterForm()\n    db.session.add(User(password=form.password.data))\n' } },
    'the body of a FastAPI request': { bad: { 'models.py': 'from sqlalchemy import Column, Integer, String\nfrom db import Base\nclass User(Base):\n    __tablename__ = "users"\n    id = Column(Integer, primary_key=True)\n    password = Column(String)\n', 'main.py': 'from fastapi import FastAPI\nfrom models import User\nfrom schemas import UserCreate\napp = FastAPI()\n@app.post("/users")\ndef create(user: UserCreate, db):\n    db.add(User(password=user.password))\n    db.commit()\n' } },
    'compared with what was typed': { bad: { 'models.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    password = db.Column(db.String(120))\n', 'app.py': 'from flask import request\nfrom models import User\ndef login():\n    user = User.query.filter_by(name=request.form["name"]).first()\n    if user and user.password == request.form["password"]:\n        return "ok"\n    return "no", 401\n' } },
    'a statement of SQL': { bad: 'import sqlite3\ndef login(username, password):\n    conn = sqlite3.connect("users.db")\n    return conn.execute("SELECT * FROM users WHERE username = ? AND password = ?", (username, password)).fetchone()\n', severity: 'critical' },
    'an insert': { bad: 'import sqlite3\nfrom flask import request\ndef register():\n    conn = sqlite3.connect("users.db")\n    conn.execute("INSERT INTO users (username, password) VALUES (?, ?)", (request.form["username"], request.form["password"]))\n    conn.commit()\n', severity: 'critical' },
    'Django\'s create': { bad: 'from django.contrib.auth.models import User\ndef register(request):\n    User.objects.create(username=request.POST["name"], password=request.POST["password"])\n', path: 'shop/views.py' },
    'a document': { bad: 'from flask import request\ndef register(db):\n    db.users.insert_one({"email": request.json["email"], "password": request.json["password"]})\n', severity: 'critical' },
    'hashed before': { good: 'from flask import request\nfrom werkzeug.security import generate_password_hash\ndef register(User, session):\n    session.add(User(name=request.form["name"], password=generate_password_hash(request.form["password"])))\n' },
    'the model hashes': { good: { 'models.py': 'from werkzeug.security import generate_password_hash\nclass User:\n    @property\n    def password(self):\n        raise AttributeError("write only")\n    @password.setter\n    def password(self, value):\n        self.password_hash = generate_password_hash(value)\n', 'app.py': 'from flask import request\nfrom models import User\ndef register():\n    u = User()\n    u.password = request.form["password"]\n' } },
    'a constructor that hashes': { good: { 'models.py': 'from extensions import bcrypt, db\nclass User(db.Model):\n    password = db.Column(db.String(120))\n    def __init__(self, **kwargs):\n        super().__init__(**kwargs)\n        self.password = bcrypt.generate_password_hash(kwargs["password"])\n', 'app.py': 'from flask import request\nfrom models import User\ndef register(session):\n    session.add(User(password=request.form["password"]))\n' } },
    'a type that hashes': { good: { 'models.py': 'from extensions import db\nfrom sqlalchemy_utils import PasswordType\nclass User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    password = db.Column(PasswordType(schemes=["bcrypt"]))\n', 'app.py': 'from flask import request\nfrom models import User\ndef register(session):\n    session.add(User(password=request.form["password"]))\n' } },
    'a listener that hashes': { good: { 'models.py': 'from extensions import db\nfrom security import hash_password\nfrom sqlalchemy import event\nclass User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    password = db.Column(db.String(100))\n@event.listens_for(User.password, "set", retval=True)\ndef hashed(target, value, old, initiator):\n    return hash_password(value)\n', 'app.py': 'from flask import request\nfrom models import User\ndef register(session):\n    session.add(User(password=request.form["password"]))\n' } },
    'confirmation field': { good: 'def same(form):\n    return form.password == form.confirm_password\n', path: 'forms.py' },
    'Django\'s own way': { good: 'from django.contrib.auth.models import User\ndef register(request):\n    User.objects.create_user(username=request.POST["name"], password=request.POST["password"])\n    user = User(username=request.POST["name"])\n    user.set_password(request.POST["password"])\n', path: 'shop/views.py' },
    'hashed by the caller': { good: { 'store.py': 'import sqlite3\ndef add(name, password):\n    sqlite3.connect("a.db").execute("INSERT INTO users (name, password) VALUES (?, ?)", (name, password))\n', 'app.py': 'import bcrypt\nfrom flask import request\nfrom store import add\ndef register():\n    add(request.form["name"], bcrypt.hashpw(request.form["password"].encode(), bcrypt.gensalt()))\n' } },
    'a schema, a client, a server of mail': { good: 'from flask import request\nfrom schemas import UserCreate\nfrom smtp import MailServer\ndef save(session):\n    UserCreate(password=request.json["password"])\n    session.add(MailServer(host="a", password=request.json["password"]))\n' },
    'a password of an administrator from the environment': { good: 'import os\nfrom models import User\ndef check(username, password):\n    return username == "admin" and password == os.environ["ADMIN_PASSWORD"]\n' },
    'a hash that is compared': { good: { 'models.py': 'from extensions import db\nclass User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    password = db.Column(db.String(100))\n', 'app.py': 'import hashlib\nfrom flask import request\nfrom models import User\ndef login():\n    user = User.query.first()\n    typed = hashlib.sha256(request.form["password"].encode()).hexdigest()\n    return user.password == typed\n' } },
    'a comment': { good: '# User(password=request.form["password"])\n' },
    'tests': { path: 'tests/test_app.py', good: 'from models import User\nfrom flask import request\ndef test(session):\n    session.add(User(password=request.form["password"]))\n' },
  }),
});

/** Places where a password goes into a row, or is looked for in one, as it was typed; one for each function. */
function places(): Selector<Match> {
  const sql = sqlCalls();
  return {
    kinds: ['module'], callees: [...sql.callees, ...LOOKUPS, ...STORES, ...PEOPLE.map((each) => `*.${each}`)],
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      if (!project.mentions(unit.path, SPELLED)) return;
      const seen = new Set<Func | undefined>();
      for (const match of [...inCalls(unit, project), ...inAssignments(unit, project), ...inStatements(unit, project), ...inComparisons(unit, project)].sort((a, b) => a.at.start - b.at.start)) {
        if (seen.has(match.func)) continue;
        seen.add(match.func);
        yield match;
      }
    },
  };
}

function* inCalls(module: Module, project: Project): Iterable<Match> {
  for (const one of module.calls) {
    const name = lastName(one.callee);
    const stores = (name === 'create' || name === 'insert_one') && STORES.some((each) => calls(one.callee, each));
    const looks = LOOKS.has(name);
    const owner = stores || looks ? one.callee.split('.').findLast((each) => PERSON.test(each) || TABLE.test(each)) : PERSON.test(name) ? name : undefined;
    if (owner === undefined || onlyInDevelopment(one)) continue;
    const table = one.args[0]?.kind === 'dict' ? one.args[0].entries.map((each) => ({ name: each.key.kind === 'text' ? each.key.value : '', value: each.value, at: each.value.at })) : [];
    const given = [...one.keywords, ...table].find((each) => NAME.test(each.name));
    const func = functionsAround(module, one.at)[0];
    if (!given || !isTyped(given.value, func, module, project, looks) || hashesSomewhere(func, one.callee, module, project)) continue;
    const found = modelOf(one.callee, module, project);
    yield { module, at: given.at, func, verb: looks ? 'looks up' : 'stores', what: '', sure: found };
  }
}

/** `user.password = request.form["password"]`. */
function* inAssignments(module: Module, project: Project): Iterable<Match> {
  for (const one of module.assignments) {
    const parts = one.target.split('.');
    if (one.how !== 'statement' || parts.length < 2 || !NAME.test(parts.at(-1) ?? '') || /^(self|cls|config|settings|app)$/.test(parts[0] ?? '') || onlyInDevelopment(one)) continue;
    const owner = one.qualified.split('.').find((each) => PERSON.test(each)) ?? (/^(user|account|member|customer|admin|new_?user|current_?user)$/i.test(parts.at(-2) ?? '') ? parts.at(-2) : undefined);
    const func = functionsAround(module, one.at)[0];
    if (owner === undefined || !func || !isTyped(one.value, func, module, project) || hashesSomewhere(func, one.qualified, module, project)) continue;
    if (modelOf(one.qualified, module, project) || hasPlainModel(project)) yield { module, at: one.targetAt, func, verb: 'stores', what: '', sure: true };
  }
}

const INSERT = /\binsert\s+(?:or\s+\w+\s+)?into\s+(\S+?)\s*\(([^)]*)\)/i;
const WHERE = /\b(?:from|update)\s+(\S+)[\s\S]*?\bwhere\b[\s\S]*?\b(?:\w+\.)?["'`]?(password|passwd|pwd|pass)["'`]?\s*(?:=|like)\s*(?:\?|%s|%\(|:\w|\{|'|"|\$\d|@)/i;
const UPDATE = /\bupdate\s+(\S+)\s+set\b[^;]*?\b(password|passwd|pwd|pass)\s*=\s*(?:\?|%s|%\(|:\w|'|"|\$\d)/i;

function* inStatements(module: Module, project: Project): Iterable<Match> {
  for (const match of sqlCalls().select(module, project)) {
    const func = functionsAround(module, match.call.at)[0];
    if (onlyInDevelopment(match.call) || !func) continue;
    for (const statement of options(match.statement)) {
      const text = statement.kind === 'text' ? statement.value : statement.kind === 'joined' && statement.how !== 'join' ? statement.parts.map((each) => each.kind === 'text' ? each.value : "'").join('') : '';
      const insert = INSERT.exec(text);
      const stored = insert && TABLE.test(insert[1] ?? '') && (insert[2] ?? '').split(',').some((each) => NAME.test(each.trim().replace(/["'`[\]]/g, '')));
      const [, table = ''] = WHERE.exec(text) ?? UPDATE.exec(text) ?? [];
      if (!(stored || (table !== '' && TABLE.test(table))) || !handsTyped(match.call.args.slice(1), statement, func, module, project, !stored && !UPDATE.test(text)) || hashesSomewhere(func, '', module, project)) continue;
      yield { module, at: match.call.calleeAt, func, verb: stored || UPDATE.test(text) ? 'stores' : 'looks up', what: '', sure: true };
      break;
    }
  }
}

/** Some value that the statement is given is a password as it was typed. */
function handsTyped(given: readonly Value[], statement: Value, func: Func, module: Module, project: Project, looked: boolean): boolean {
  const parts = statement.kind === 'joined' ? statement.parts : [];
  const all = [...given, ...parts].flatMap((each) => each.kind === 'list' ? each.items : each.kind === 'dict' ? each.entries.map((entry) => entry.value) : [each]);
  return all.some((each) => speaksOfPassword(each) && isTyped(each, func, module, project, looked));
}

function speaksOfPassword(value: Value): boolean {
  const name = value.kind === 'parameter' ? value.name : value.kind === 'tainted' ? value.source : value.kind === 'reference' ? value.name : '';
  return /passw|pwd|\bpass\b/i.test(name) && !/hash|digest|reset|token/i.test(name);
}

/** `user.password == request.form["password"]`: comparisons are no facts, so the text of a file that speaks of such a model is looked through. */
function* inComparisons(module: Module, project: Project): Iterable<Match> {
  if (!project.mentions(module.path, COMPARED) || !hasPlainModel(project)) return;
  const text = project.text(module.path) ?? '';
  const compared = /\b(\w*(?:user|account|member|customer|admin|employee|student|teacher|patient|doctor)\w*)\.(password|passwd|pwd)\s*[=!]=\s*(request\.[\w.]+(?:\[[^\]]+\]|\([^)]*\))?|form\.\w+\.data|data\[[^\]]+\]|(?:\w+\.)?\w*(?:password|passwd|pwd)\w*)(?![\w.(])/gi;
  for (const found of text.matchAll(compared)) {
    const [, object = '', , right = ''] = found;
    const at = { start: found.index, end: found.index + found[0].length };
    const line = text.slice(text.lastIndexOf('\n', at.start) + 1, at.start);
    const func = functionsAround(module, at)[0];
    if (/#/.test(line) || !func || /hash|confirm|repeat|again|digest|old_|settings|config|getenv|environ|None/i.test(right) || right.startsWith(`${object}.`) || hashesSomewhere(func, '', module, project)) continue;
    yield { module, at, func, verb: 'compares', what: '', sure: true };
  }
}

// ---- what is known of the value and of the model

/** As somebody typed it: read from the request or a form, or handed on by a project in which nothing is hashed. */
function isTyped(value: Value, func: Func | undefined, module: Module, project: Project, looked = false): boolean {
  const resolved = project.resolve(value, module);
  return options(resolved).every((each) => {
    switch (each.kind) {
      case 'tainted': return true;
      case 'reference': return /\.(password|passwd|pwd|pass)\.data$/i.test(each.name);
      case 'parameter': return /(^|\.)(password|passwd|pwd|pass|user_?password)(\.data)?$/i.test(each.name) && !(looked ? hashesPlainly(project) : projectHashes(project)) && func !== undefined;
      case 'result': return /(^|\.)(strip|str|get|get_secret_value|data)$/.test(each.callee) && [each.of, ...each.args].some((one) => one !== undefined && (one.kind === 'tainted' || one.kind === 'parameter') && isTyped(one, func, module, project, looked));
      default: return false;
    }
  });
}

/** The function hashes, whatever it is that it hashes; or the model does, or something that listens to it. */
function hashesSomewhere(func: Func | undefined, name: string, module: Module, project: Project): boolean {
  if (func?.does.some((each) => HASHES.test(each))) return true;
  const found = name === '' ? undefined : project.model(name, module);
  if (found && !found.mapped.model.columns.some((each) => NAME.test(each.name) && /^(String|Text|Unicode|UnicodeText|VARCHAR|CHAR|TEXT|CharField|TextField|StringField|LargeBinary|)$/i.test(each.type?.name ?? ''))) return true;
  return modelsHash(project);
}

/** A method, a setter or a listener beside some model of people hashes. */
function modelsHash(project: Project): boolean {
  return project.once('models that hash passwords', () => project.modules.some((module) => module.functions.some((func) => func.does.some((each) => HASHES.test(each))
    && (PERSON.test(lastName(func.scope)) || func.decorators.some((each) => /(^|\.)(listens_for|validates|receiver|before_insert|field_validator|validator|pre_save)$/.test(each.name))) && /passw|pwd|hash|__init__|__setattr__|save|encrypt/i.test(`${func.name} ${func.parameters.map((each) => each.name).join(' ')}`))));
}

const STRONG = /generate_password_hash|hashpw|(^|[._])hash_?(password|pw)|get_password_hash|make_password|pwd_context|PasswordHasher|CryptContext|argon2|passlib|pwdlib|scrypt|pbkdf2|bcrypt|set_password|encrypt_password/i;
/** A hash of any kind, over something that is called a password. */
const ANY = /\b(hashlib\.\w+|new|sha\d+|md5|blake2\w|hash_?password|hash_?pw|encrypt_?password)\([^()\n]*(\([^()\n]*\)[^()\n]*)?(passw|pwd)/i;

/** Something in this project makes hashes of passwords. */
function projectHashes(project: Project): boolean {
  return hashesPlainly(project) || project.once('hashes passwords', () => project.modules.some((module) => [...module.does, ...module.functions.flatMap((each) => each.does)].some((each) => STRONG.test(each))));
}

/** A hash without a salt, by which rows can be looked up: one with a salt is another each time. */
function hashesPlainly(project: Project): boolean {
  return project.once('hashes passwords plainly', () => project.modules.some((module) => project.mentions(module.path, ANY)));
}

/** The project's own model of people, with a plain column for the password. */
function modelOf(name: string, module: Module, project: Project): boolean {
  return project.model(name, module) !== undefined || /^django\.contrib\.auth\.models\.User\b|insert_one$|find_one$/.test(name);
}

function hasPlainModel(project: Project): boolean {
  return project.once('people with plain passwords', () => project.models.some(({ model }) => PERSON.test(model.name) && model.columns.some((each) => NAME.test(each.name))));
}
