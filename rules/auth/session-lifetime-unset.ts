import type { Context, Edit, Evidence, Gap, Judgement, Module, Project, Value } from '../kit';
import { CONFIGURATION_READERS, constructionAt, functionsAround, gapPlace, idleModules, importing, lastName, mayServeProduction, onlyInDevelopment, projectRule, statementsAfter } from '../kit';

const DAY = 86_400;
const LONGEST = 90;
const FINDERS = ['*.find_one', '*.filter_by'] as const;

export default projectRule({
  id: 'session-lifetime-unset',
  title: 'Sessions end after a stated time',
  severity: 'low', points: 2, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'A forgotten login on a shared computer stays open for weeks. A stolen session never dies by itself.',
  how: 'State the lifetime and check it on the server.',
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html', 'https://flask.palletsprojects.com/en/stable/config/'],
  anchors: ['CWE-613', 'ASVS 7.3.1'],

  applies: (project) => permanent(project).length > 0 || lookups(project).length > 0 || lifetimes(project).length > 0 ? true : 'No session outlives the browser, and none is kept in a store of its own.',
  reads: [...FINDERS, ...CONFIGURATION_READERS, 'flask_login.login_user', '*.create_index', 'datetime.timedelta'],
  project: judge,

  fix: { title: 'Set a lifetime', safety: 'review', edit: bounded, remains: 'People sign in again after twelve hours: choose what suits them.' },

  examples: () => ({
    'permanent, for as long as Flask likes': { bad: 'from flask import session\nfrom flask_login import login_user\ndef login(user):\n    session.permanent = True\n    login_user(user, remember=True)\n' },
    'permanent, in an application': {
      bad: 'from flask import Flask, session\napp = Flask(__name__)\n\n\n@app.post("/login")\ndef login():\n    session.permanent = True\n    session["user_id"] = 1\n    return "ok"\n',
      good: 'from datetime import timedelta\nfrom flask import Flask, session\napp = Flask(__name__)\napp.config["PERMANENT_SESSION_LIFETIME"] = timedelta(hours=12)\n\n\n@app.post("/login")\ndef login():\n    session.permanent = True\n    session["user_id"] = 1\n    return "ok"\n',
    },
    'a year': { bad: 'from datetime import timedelta\nfrom flask import Flask, session\napp = Flask(__name__)\napp.config["PERMANENT_SESSION_LIFETIME"] = timedelta(days=365)\n\n\n@app.post("/login")\ndef login():\n    session.permanent = True\n    return "ok"\n' },
    'Django for half a year': { path: 'shop/settings.py', bad: 'INSTALLED_APPS = ["django.contrib.sessions"]\nSESSION_COOKIE_AGE = 60 * 60 * 24 * 180\n' },
    'a store that never looks at the clock': { path: 'auth.py', bad: 'async def current_user(db, token):\n    s = await db.user_sessions.find_one({"token": token})\n    return s and s["user_id"]\n', severity: 'medium' },
    'a lifetime': { good: 'import datetime as dt\nfrom flask import session\ndef login(app):\n    app.config["PERMANENT_SESSION_LIFETIME"] = dt.timedelta(hours=12)\n    session.permanent = True\n' },
    'a lifetime in the class': { good: { 'config.py': 'from datetime import timedelta\n\nclass Config:\n    PERMANENT_SESSION_LIFETIME = timedelta(days=14)\n    REMEMBER_COOKIE_DURATION = timedelta(days=30)\n', 'app.py': 'from flask import Flask, session\nfrom flask_login import LoginManager, login_user\nfrom config import Config\n\napp = Flask(__name__)\napp.config.from_object(Config)\nLoginManager(app)\n\n@app.post("/login")\ndef login():\n    session.permanent = True\n    login_user(find(), remember=True)\n    return "ok"\n' } },
    'a lifetime on the application': { good: 'from datetime import timedelta\nfrom flask import Flask, session\napp = Flask(__name__)\napp.permanent_session_lifetime = timedelta(hours=8)\n\n\n@app.post("/login")\ndef login():\n    session.permanent = True\n    return "ok"\n' },
    'for the browser session only': { good: 'from flask import Flask, session\napp = Flask(__name__)\n\n\n@app.post("/login")\ndef login():\n    session["user_id"] = 1\n    return "ok"\n' },
    'expiry is compared': { path: 'auth.py', good: 'import datetime as dt\nasync def current_user(db, token):\n    s = await db.user_sessions.find_one({"token": token})\n    if not s or s["expires_at"] < dt.datetime.now(dt.timezone.utc):\n        return None\n    return s["user_id"]\n' },
    'expiry is part of the question': { path: 'auth.py', good: 'async def current_user(db, token, now):\n    s = await db.sessions.find_one({"token": token, "expires_at": {"$gt": now}})\n    return s and s["user_id"]\n' },
    'the store forgets by itself': { path: 'auth.py', good: 'async def prepare(db):\n    await db.sessions.create_index("created", expireAfterSeconds=86400)\n\n\nasync def current_user(db, token):\n    s = await db.sessions.find_one({"token": token})\n    return s and s["user_id"]\n' },
    'the model knows whether it is valid': { path: 'auth.py', good: 'def current_user(token):\n    found = LoginToken.query.filter_by(token=token).first()\n    if found is None or found.is_expired():\n        return None\n    return found.user\n' },
    'sessions of a chat': { path: 'chat.py', good: 'async def get_session(db, session_id):\n    return await db.sessions.find_one({"session_id": session_id})\n\n\nasync def load_chat(db, token):\n    return await db.chat_sessions.find_one({"token": token})\n' },
    'deletion needs no clock': { path: 'auth.py', good: 'async def logout(db, token):\n    s = await db.sessions.find_one({"token": token})\n    await db.sessions.delete_one({"_id": s["_id"]})\n' },
    'tokens of devices': { path: 'push.py', good: 'def register(token):\n    return DeviceToken.query.filter_by(token=token).first()\n' },
    'Django by default': { path: 'shop/settings.py', good: 'INSTALLED_APPS = ["django.contrib.sessions"]\n' },
  }),
});

function judge(project: Project): Judgement {
  const store = lookups(project).find((each) => !each.compares);
  if (store) return { open: [{ at: { path: store.path, start: store.start, end: store.end }, message: `${store.text} takes a session from ${store.store} without looking whether it has expired.`, variation: { severity: 'medium', points: 6, because: 'a session of its own store never ends' } }] };
  const said = lifetimes(project);
  const long = said.find((each) => each.days !== undefined && each.days > LONGEST);
  if (long) return { open: [{ at: long, message: `${long.name} keeps sessions for ${String(long.days)} days.` }] };
  const missing = [...new Set(permanent(project).filter((each) => !said.some((one) => one.name === each.setting)).map((each) => each.setting))];
  const [first] = permanent(project).filter((each) => missing.includes(each.setting));
  if (!first) return { holds: [...said.map(({ path, start, end, name, days }): Evidence => ({ path, start, end, text: days === undefined ? `${name} is set` : `${name} is ${days >= 1 ? `${String(days)} days` : 'less than a day'}` })), ...lookups(project).map(({ path, start, end, text }) => ({ path, start, end, text: `${text} compares the expiry` }))].slice(0, 3) };
  if (project.calls(...CONFIGURATION_READERS).length > 0) return { notChecked: 'Part of the configuration is read from a file or from variables that are not in the repository.' };
  const at = project.applications.some((each) => each.framework === 'flask') ? gapPlace(project) : first;
  return { open: [{ at, message: `${missing.includes('PERMANENT_SESSION_LIFETIME') ? 'Permanent sessions have no stated lifetime (Flask keeps them for 31 days)' : 'Remembered logins have no stated lifetime (Flask-Login keeps them for a year)'}.`, related: permanent(project).slice(0, 3).map(({ path, start, end, text }) => ({ path, start, end, text })) }] };
}

// ---- Flask's sessions

interface Kept extends Evidence { readonly setting: 'PERMANENT_SESSION_LIFETIME' | 'REMEMBER_COOKIE_DURATION' }

function permanent(project: Project): readonly Kept[] {
  return project.once('permanentSessions', () => {
    const idle = idleModules(project);
    const sessions = project.modules.flatMap((module) => module.assignments.filter((one) => /^(flask|quart)\.session\.permanent$/.test(one.qualified) && !(one.value.kind === 'bool' && !one.value.value) && !onlyInDevelopment(one)).map((one): Kept => ({ path: module.path, ...one.at, text: 'session.permanent', setting: 'PERMANENT_SESSION_LIFETIME' })));
    const remembered = project.calls('flask_login.login_user').filter(({ call }) => !call.keywords.some((each) => each.name === 'duration') && [call.args[1], call.keywords.find((each) => each.name === 'remember')?.value].some((each) => each !== undefined && !(each.kind === 'bool' && !each.value))).map(({ module, call }): Kept => ({ path: module.path, ...call.at, text: 'login_user(…, remember)', setting: 'REMEMBER_COOKIE_DURATION' }));
    return [...sessions, ...remembered].filter((each) => !idle.has(each.path));
  });
}

interface Lifetime { readonly path: string; readonly start: number; readonly end: number; readonly name: string; readonly days?: number }

function lifetimes(project: Project): readonly Lifetime[] {
  return project.settings('PERMANENT_SESSION_LIFETIME', 'REMEMBER_COOKIE_DURATION', 'SESSION_COOKIE_AGE').filter((each) => mayServeProduction(each, project)).map((each) => {
    const days = daysOf(each.value);
    return { path: each.path, start: each.assignment.at.start, end: each.assignment.at.end, name: each.name, ...(days !== undefined && { days }) };
  });
}

/** A number of seconds, or `timedelta(…)` in figures. */
function daysOf(value: Value): number | undefined {
  if (value.kind === 'number') return Math.floor(value.value / DAY);
  if (value.kind !== 'result' || !/(^|\.)timedelta$/.test(value.callee)) return undefined;
  const of = (name: string, position: number) => { const given = value.keywords.find((each) => each.name === name)?.value ?? value.args[position]; return given === undefined ? 0 : given.kind === 'number' ? given.value : NaN; };
  const days = of('days', 0) + of('weeks', 6) * 7 + of('hours', 5) / 24 + of('minutes', 4) / 1440 + of('seconds', 1) / DAY;
  return Number.isNaN(days) ? undefined : Math.floor(days);
}

// ---- stores of the project's own

interface Lookup extends Evidence { readonly store: string; readonly compares: boolean }

const STORE = /^(((user|login|auth|web|app|api)_?)?(sessions?|logins?)|(auth|access|login|session|refresh|remember|api)_?tokens?|tokens)$/i;
const CLASS = /^(User|Login|Auth|Web|App)?(Session|Login)s?$|^(Auth|Access|Login|Session|Refresh|Remember)_?Tokens?$/;
/** Asked by its token it is a login; sessions of other kinds (of a chat, of a course) have an id as everything has. */
const TOKEN = /^((access|auth|session)_?)?token(_?hash)?$/i;
const SESSION_ID = /^(session_?(id|key)|sid)$/i;
const EXPIRES = /expir|valid_?(until|to|till)|ttl|max_?age|created(_?at)?\b.{0,60}(timedelta|now|<|>)|timedelta|is_valid|is_active\(|not_after|last_(seen|used|activity)/i;

function lookups(project: Project): readonly Lookup[] {
  return project.once('sessionLookups', () => {
    const idle = idleModules(project);
    const forgets = project.calls('*.create_index').some(({ call }) => call.keywords.some((each) => each.name === 'expireAfterSeconds'));
    return forgets ? [] : project.calls(...FINDERS).filter(({ module, call }) => !idle.has(module.path) && !onlyInDevelopment(call)).flatMap(({ module, call }) => {
      const store = storeOf(call.written, call.callee);
      const keys = [...call.keywords.map((each) => each.name), ...call.args.flatMap((each) => each.kind === 'dict' ? each.entries.flatMap((one) => one.key.kind === 'text' ? [one.key.value] : []) : [])];
      const names = keys.some((each) => TOKEN.test(each)) ? BY_TOKEN : keys.some((each) => SESSION_ID.test(each)) ? BY_SESSION : undefined;
      return store && names ? lookup(store, module, call.at, names, project) : [];
    });
  });
}

function storeOf(written: string, callee: string): string | undefined {
  const parts = written.split('.').slice(0, -1);
  const owner = lastName(callee) === 'filter_by' ? parts.filter((each) => each !== 'query').at(-1) ?? '' : parts.at(-1) ?? '';
  return (lastName(callee) === 'filter_by' ? CLASS : STORE).test(owner) ? owner : undefined;
}

/** Only functions that let somebody in by it: their names say so. */
const BY_TOKEN = /current|get_?user|get_?session|auth|verify|validate|check|require|load|resolve|login_required/i;
const BY_SESSION = /current_?user|get_?user|auth|login/i;

function lookup(store: string, module: Module, at: { start: number; end: number }, names: RegExp, project: Project): Lookup[] {
  const func = functionsAround(module, at).find((each) => each.name !== '');
  if (!func || !names.test(func.name) || /logout|delete|revoke|clean|purge|list/i.test(func.name)) return [];
  const text = project.written(module.path, func.at);
  if (/delete_(one|many)|\.delete\(/.test(text)) return [];
  const called = func.does.flatMap((name) => { const found = project.func(name); return found ? [project.written(found.module.path, found.func.at)] : []; });
  return [{ path: module.path, ...func.nameAt, text: func.name, store, compares: [text, ...called].some((each) => EXPIRES.test(each)) }];
}

function bounded(gap: Gap, { project, source, unit }: Context): readonly Edit[] | undefined {
  const isFlask = project.applications.some((each) => each.framework === 'flask' && each.path === gap.at.path && each.start === gap.at.start);
  const at = isFlask ? constructionAt(gap.at, source) : undefined;
  if (!at || unit.kind !== 'module') return undefined;
  const name = permanent(project).some((each) => each.setting === 'PERMANENT_SESSION_LIFETIME') ? 'PERMANENT_SESSION_LIFETIME' : 'REMEMBER_COOKIE_DURATION';
  return [...importing(unit, source, 'timedelta', 'datetime'), statementsAfter(at, [`${at.name}.config["${name}"] = timedelta(hours=12)`])];
}
