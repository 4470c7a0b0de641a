import type { Call, Context, Edit, Evidence, ExpiringStore, Func, Gap, Module, Project, Removals, Value } from '../kit';
import { EXPIRING_CALLS, calls, collectionOf, expiringStores, lastName, onlyInDevelopment, plain, projectRule, removalOf } from '../kit';

export default projectRule({
  id: 'expiring-records-no-ttl',
  title: 'Expired records are removed',
  severity: 'medium', points: 4, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'The table grows with every login until lookups slow down. Old tokens also stay in every backup.',
  how: 'Let the database expire them, with a date-typed field, or schedule a delete.',
  links: ['https://www.mongodb.com/docs/manual/core/index-ttl/', 'https://docs.djangoproject.com/en/stable/topics/http/sessions/'],
  anchors: ['CWE-459', 'CWE-770'],

  reads: EXPIRING_CALLS,
  project: (project) => {
    const stores = expiringStores(project);
    const django = djangoSessions(project);
    if (stores.length === 0 && !django) return { notApplicable: 'Nothing stores records that expire.' };
    const removals = stores.map((store) => ({ store, ...removalOf(store, project) }));
    const texts = stores.filter((store) => isText(store.value) && removals.some((each) => each.store === store && each.expired && each.expired.text.startsWith('an index')));
    const open = [
      ...grown(removals.filter((each) => !each.expired && !each.replaced)),
      ...texts.map((store): Gap => ({ at: { path: store.path, ...(store.value?.at ?? store) }, message: `${store.name} stores ${store.field} as text, and a TTL index on text never deletes anything.` })),
      ...(django && !django.cleared ? [django.gap] : []),
    ];
    if (open.length > 0) return { open };
    return { holds: [...removals.flatMap((each): Evidence[] => each.expired ? [each.expired] : []), ...(django?.cleared ? [django.cleared] : [])] };
  },

  fix: { title: 'Add a TTL index', safety: 'review', edit: indexed, remains: 'The field has to hold a date, not text, or the index deletes nothing.' },

  examples: () => ({
    'sessions in MongoDB': {
      bad: { 'auth.py': 'import datetime as dt\nasync def login(db, uid, token):\n    await db.user_sessions.insert_one({"user_id": uid, "token": token, "expires_at": dt.datetime.now(dt.timezone.utc) + dt.timedelta(days=7)})\n', 'startup.py': 'async def ensure_indexes(db):\n    pass\n' },
      good: { 'auth.py': 'import datetime as dt\nasync def login(db, uid, token):\n    await db.user_sessions.insert_one({"user_id": uid, "token": token, "expires_at": dt.datetime.now(dt.timezone.utc) + dt.timedelta(days=7)})\n', 'startup.py': 'async def ensure_indexes(db):\n    await db.user_sessions.create_index("expires_at", expireAfterSeconds=0)\n' },
    },
    'beside the other indexes': {
      bad: 'import datetime as dt\nfrom pymongo import MongoClient\nclient = MongoClient()\ndb = client.shop\n\ndef create_indexes():\n    db.users.create_index("email", unique=True)\n    db.orders.create_index("user_id")\n    print("ready")\n\ndef issue(user, code):\n    db.login_codes.insert_one({"user": user, "code": code, "expires_at": dt.datetime.utcnow() + dt.timedelta(minutes=10)})\n',
      good: 'import datetime as dt\nfrom pymongo import MongoClient\nclient = MongoClient()\ndb = client.shop\n\ndef create_indexes():\n    db.users.create_index("email", unique=True)\n    db.orders.create_index("user_id")\n    db.login_codes.create_index("expires_at", expireAfterSeconds=0)\n    print("ready")\n\ndef issue(user, code):\n    db.login_codes.insert_one({"user": user, "code": code, "expires_at": dt.datetime.utcnow() + dt.timedelta(minutes=10)})\n',
    },
    'a time that is text': { bad: { 'auth.py': 'import datetime as dt\nasync def setup(db):\n    await db.user_sessions.create_index("expires_at", expireAfterSeconds=0)\nasync def login(db, uid):\n    await db.user_sessions.insert_one({"user_id": uid, "expires_at": dt.datetime.now(dt.timezone.utc).isoformat()})\n' } },
    'a model written as text': { bad: { 'auth.py': 'import datetime as dt\nfrom pydantic import BaseModel\nclass UserSession(BaseModel):\n    user_id: str\n    expires_at: dt.datetime\nasync def setup(db):\n    await db.user_sessions.create_index([("expires_at", 1)], expireAfterSeconds=0)\nasync def login(db, uid):\n    session = UserSession(user_id=uid, expires_at=dt.datetime.now(dt.timezone.utc))\n    doc = session.model_dump()\n    doc["expires_at"] = doc["expires_at"].isoformat()\n    await db.user_sessions.insert_one(doc)\n' } },
    'a table of codes, and one of tokens': { bad: { 'models.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass LoginCode(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    code = db.Column(db.String(6))\n    expires_at = db.Column(db.DateTime)\nclass RefreshToken(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    token_hash = db.Column(db.String(64))\n    expires_at = db.Column(db.DateTime)\n', 'auth.py': 'from models import LoginCode, RefreshToken, db\ndef issue(code, exp):\n    db.session.add(LoginCode(code=code, expires_at=exp))\n    db.session.add(RefreshToken(token_hash=code, expires_at=exp))\n' } },
    'Django': { bad: { 'shop/models.py': 'from django.db import models\nclass PasswordReset(models.Model):\n    user = models.ForeignKey("auth.User", on_delete=models.CASCADE)\n    token = models.CharField(max_length=64)\n    expires_at = models.DateTimeField()\n', 'shop/views.py': 'from .models import PasswordReset\ndef ask(request, token, exp):\n    PasswordReset.objects.create(user=request.user, token=token, expires_at=exp)\n' } },
    'deleted only when used': {
      bad: { 'models.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass ResetToken(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    token = db.Column(db.String(64))\n    expires_at = db.Column(db.DateTime)\n', 'auth.py': 'from models import ResetToken, db\ndef issue(token, exp):\n    db.session.add(ResetToken(token=token, expires_at=exp))\ndef spend(token):\n    row = ResetToken.query.filter_by(token=token).one()\n    db.session.delete(row)\n' }, severity: 'low',
    },
    'Django\'s own sessions': { bad: { 'shop/settings.py': 'INSTALLED_APPS = ["django.contrib.sessions", "django.contrib.auth"]\nMIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]\nROOT_URLCONF = "shop.urls"\n', 'shop/urls.py': 'urlpatterns = []\n', Procfile: 'web: gunicorn shop.wsgi\n' }, severity: 'low' },
    'Django\'s own sessions, cleared': { good: { 'shop/settings.py': 'INSTALLED_APPS = ["django.contrib.sessions", "django.contrib.auth"]\nMIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]\nROOT_URLCONF = "shop.urls"\n', 'shop/urls.py': 'urlpatterns = []\n', Procfile: 'web: gunicorn shop.wsgi\n', 'ops/crontab': '0 3 * * * python manage.py clearsessions\n' } },
    'Django\'s sessions in a cache': { good: { 'shop/settings.py': 'INSTALLED_APPS = ["django.contrib.sessions", "django.contrib.auth"]\nSESSION_ENGINE = "django.contrib.sessions.backends.cache"\nMIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]\nROOT_URLCONF = "shop.urls"\n', 'shop/urls.py': 'urlpatterns = []\n', Procfile: 'web: gunicorn shop.wsgi\n' } },
    'a clean-up that nothing calls': { bad: { 'models.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass LoginCode(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    code = db.Column(db.String(6))\n    expires_at = db.Column(db.DateTime)\n', 'codes.py': 'from models import LoginCode, db\ndef issue(code, exp):\n    db.session.add(LoginCode(code=code, expires_at=exp))\ndef purge_expired_codes(now):\n    LoginCode.query.filter(LoginCode.expires_at < now).delete()\n' } },
    'a clean-up that a command calls': { good: { 'models.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass LoginCode(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    code = db.Column(db.String(6))\n    expires_at = db.Column(db.DateTime)\n', 'codes.py': 'from models import LoginCode, db\ndef issue(code, exp):\n    db.session.add(LoginCode(code=code, expires_at=exp))\ndef purge_expired_codes(now):\n    LoginCode.query.filter(LoginCode.expires_at < now).delete()\n', 'Makefile': 'purge:\n\tpython -c "import codes; codes.purge_expired_codes()"\n' } },
    'a TTL index': { good: { 'auth.py': 'import datetime as dt\nasync def setup(db):\n    await db.user_sessions.create_index("expires_at", expireAfterSeconds=0)\nasync def login(db, uid):\n    await db.user_sessions.insert_one({"user_id": uid, "expires_at": dt.datetime.now(dt.timezone.utc) + dt.timedelta(days=7)})\n' } },
    'a TTL index under another name': { good: { 'auth.py': 'import datetime as dt\nfrom db import db\nsessions = db["user_sessions"]\nasync def login(uid):\n    await sessions.insert_one({"user_id": uid, "token": "t", "expires_at": dt.datetime.utcnow()})\n', 'indexes.py': 'from pymongo import IndexModel\nINDEXES = {\n    "user_sessions": [IndexModel("expires_at", expireAfterSeconds=0)],\n}\n' } },
    'an index in the model': { good: { 'models.py': 'from mongoengine import DateTimeField, Document, StringField\nclass LoginCode(Document):\n    code = StringField()\n    expires_at = DateTimeField()\n    meta = {"indexes": [{"fields": ["expires_at"], "expireAfterSeconds": 0}]}\ndef issue(code, exp):\n    LoginCode(code=code, expires_at=exp).save()\n' } },
    'a job': { good: { 'jobs.py': 'import datetime as dt\ndef purge(db, Token):\n    Token.query.filter(Token.expires_at < dt.datetime.now(dt.timezone.utc)).delete()\n    db.session.commit()\ndef start(scheduler, db, Token):\n    scheduler.add_job(purge, "interval", hours=1, args=[db, Token])\n', 'models.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass Token(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    token = db.Column(db.String(40))\n    expires_at = db.Column(db.DateTime)\n', 'auth.py': 'from models import Token\ndef issue(db, exp):\n    db.session.add(Token(expires_at=exp))\n' } },
    'a job of the database': { good: { 'models.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass Token(db.Model):\n    __tablename__ = "tokens"\n    id = db.Column(db.Integer, primary_key=True)\n    token = db.Column(db.String(40))\n    expires_at = db.Column(db.DateTime)\ndef issue(exp):\n    db.session.add(Token(expires_at=exp))\n', 'ops/cleanup.sql': 'DELETE FROM tokens WHERE expires_at < now();\n' } },
    'a manager': { good: { 'shop/models.py': 'from django.db import models\nfrom django.utils import timezone\nclass CodeManager(models.Manager):\n    def prune(self):\n        self.filter(expires_at__lt=timezone.now()).delete()\nclass LoginCode(models.Model):\n    code = models.CharField(max_length=6)\n    expires_at = models.DateTimeField()\n    objects = CodeManager()\ndef issue(code, exp):\n    LoginCode.objects.create(code=code, expires_at=exp)\n' } },
    'one for each user': { good: { 'models.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass ResetToken(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    user_id = db.Column(db.ForeignKey("user.id"), unique=True)\n    expires_at = db.Column(db.DateTime)\ndef issue(exp):\n    db.session.add(ResetToken(expires_at=exp))\n' } },
    'the last one is replaced': { good: { 'models.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass ResetToken(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    user_id = db.Column(db.ForeignKey("user.id"))\n    valid_until = db.Column(db.DateTime)\n', 'auth.py': 'from models import ResetToken, db\ndef issue(user, exp):\n    ResetToken.query.filter_by(user_id=user.id).delete()\n    db.session.add(ResetToken(user_id=user.id, valid_until=exp))\n' } },
    'records of the trade': { good: { 'models.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass Subscription(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    expires_at = db.Column(db.DateTime)\nclass PromoCode(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    valid_until = db.Column(db.DateTime)\nclass GameSession(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    expires_at = db.Column(db.DateTime)\nclass ApiToken(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    expires_at = db.Column(db.DateTime)\ndef add(exp):\n    db.session.add_all([Subscription(expires_at=exp), PromoCode(valid_until=exp), GameSession(expires_at=exp), ApiToken(expires_at=exp)])\n' } },
    'tokens that people name, and those of another service': { good: { 'models.py': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass Tokens(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    description = db.Column(db.String(80))\n    expiration = db.Column(db.DateTime)\nclass MailToken(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    access_token = db.Column(db.Text)\n    refresh_token = db.Column(db.Text)\n    expires_at = db.Column(db.DateTime)\ndef add(exp):\n    db.session.add_all([Tokens(expiration=exp), MailToken(expires_at=exp)])\n' } },
    'Redis forgets by itself': { good: 'import redis\nr = redis.Redis()\ndef keep(sid, data):\n    r.setex(f"session:{sid}", 3600, data)\n' },
    'a table that nothing fills': { good: 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass Token(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    expires_at = db.Column(db.DateTime)\n' },
  }),
});

// ---- what grows

/** One gap for all stores: the job or the start-up function that is missing is one. */
function grown(left: readonly (Removals & { readonly store: ExpiringStore })[]): readonly Gap[] {
  const [first, ...rest] = [...left].sort((a, b) => Number(a.used ?? false) - Number(b.used ?? false));
  if (!first) return [];
  const names = [first, ...rest].map(({ store }) => store.name);
  const subject = names.length === 1 ? first.store.name : `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
  return [{
    at: { path: first.store.path, start: first.store.start, end: first.store.end },
    message: `${subject} ${names.length === 1 ? 'stores' : 'store'} expiring records and nothing ${first.idle === undefined ? 'deletes them' : `calls ${first.idle}, which would delete them`}.`,
    related: rest.map(({ store }) => ({ path: store.path, start: store.start, end: store.end, text: `${store.name}, by ${store.field}` })),
    ...(first.used && { variation: { severity: 'low' as const, because: 'records that are used are deleted, and only those that nobody uses stay' } }),
  }];
}

/** Django keeps sessions in a table unless told otherwise, and deletes a row only when its visitor comes back or signs out. */
function djangoSessions(project: Project): { readonly gap: Gap; readonly cleared?: Evidence } | undefined {
  const installed = project.settings('INSTALLED_APPS').find((each) => each.selected && !each.development && project.text(each.path)?.includes('django.contrib.sessions'));
  const kept = project.settings('SESSION_ENGINE').filter((each) => each.selected && !each.development);
  if (!installed || !project.deployable || kept.some((each) => each.value.kind !== 'text' || !/\.(db|cached_db)$/.test(each.value.value))) return undefined;
  const clearing = project.units.find((unit) => unit.role !== 'test' && /\bclear_?sessions\b|clear_expired\(/.test(project.text(unit.path) ?? ''));
  return {
    gap: {
      at: { path: installed.path, ...installed.assignment.targetAt }, message: 'Django stores sessions in a table, and nothing here runs clearsessions.',
      variation: { severity: 'low', confidence: 'possible', because: 'only rows of visitors who never come back stay, and a server may have a job for it' },
    },
    ...(clearing && { cleared: { path: clearing.path, start: 0, end: 0, text: `${clearing.path} clears sessions` } }),
  };
}

/** A value that is no date to the database. */
function isText(value: Value | undefined): boolean {
  if (!value) return false;
  return value.kind === 'text' || value.kind === 'joined' || (value.kind === 'result' && /^(isoformat|strftime|str)$/.test(lastName(value.callee)));
}

// ---- the fix

/** Into the function that makes indexes, behind its last one or in place of `pass`. Where there is none, nothing is guessed. */
function indexed(gap: Gap, { project }: Context): readonly Edit[] | undefined {
  const store = expiringStores(project).find((each) => each.insert && each.path === gap.at.path && each.start === gap.at.start && each.end === gap.at.end);
  const owner = store?.insert && ownerOf(store.insert, project, store.module);
  if (!store || owner === undefined) return undefined;
  const statement = `${owner}.${plain(store.name)}.create_index("${store.field}", expireAfterSeconds=0)`;
  for (const module of [store.module, ...project.modules.filter((each) => each !== store.module)]) {
    const text = project.text(module.path);
    const last = module.calls.findLast((each) => calls(each.callee, '*.create_index') && each.discarded && !onlyInDevelopment(each) && each.written.split('.').slice(0, -2).join('.') === owner);
    if (last && text !== undefined) return [lineAfter(text, last, `${last.awaited ? 'await ' : ''}${statement}`, module.path)];
    const empty = module.functions.find((func) => /index/i.test(func.name) && func.parameters.some((each) => each.name === owner) && text?.slice(func.body.start, func.body.end).trim() === 'pass');
    if (empty && text !== undefined) return [{ ...passIn(text, empty), text: `${empty.async ? 'await ' : ''}${statement}`, path: module.path }];
  }
  return undefined;
}

/** `db` of `db.user_sessions.insert_one`; undefined where the collection has a name of its own. */
function ownerOf(insert: Call, project: Project, module: Module): string | undefined {
  const [owner, collection, method, ...more] = insert.written.split('.');
  return owner !== undefined && owner !== 'self' && method !== undefined && more.length === 0 && collection === collectionOf(insert, project, module) ? owner : undefined;
}

function passIn(text: string, func: Func): { readonly start: number; readonly end: number } {
  const start = text.indexOf('pass', func.body.start);
  return { start, end: start + 'pass'.length };
}

/** On a line of its own behind the statement, at its depth. */
function lineAfter(text: string, call: Call, statement: string, path: string): Edit {
  const begin = text.lastIndexOf('\n', call.at.start) + 1;
  const depth = /^[ \t]*/.exec(text.slice(begin))?.[0] ?? '';
  const next = text.indexOf('\n', call.at.end);
  const end = next < 0 ? text.length : text[next - 1] === '\r' ? next - 1 : next;
  return { start: end, end, text: `\n${depth}${statement}`, path };
}
