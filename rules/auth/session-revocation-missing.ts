import type { Evidence, Hook, Judgement, Module, Project } from '../kit';
import { BY_COOKIE_READ, bodyAround, closure, enclosingName, idleModules, lookup, onlyInDevelopment, projectRule, qualifiedPath, seenInProduction, targetName, tokenPurpose, webFrameworks, withoutComments } from '../kit';

const ENCODE = ['jwt.encode', 'jose.jwt.encode', 'authlib.jose.jwt.encode'] as const;
const DECODE = ['jwt.decode', 'jose.jwt.decode', 'authlib.jose.jwt.decode'] as const;
const EXTENDED = ['flask_jwt_extended.create_access_token', 'fastapi_jwt_auth.AuthJWT.create_access_token'] as const;

export default projectRule({
  id: 'session-revocation-missing',
  title: 'Sessions and tokens can be revoked',
  severity: 'low', confidence: 'possible', blocks: 'never', effort: 'M', since: '1',
  why: `After a stolen laptop or a dismissed employee there is no way to shut the door. Changing the password does not help.`,
  how: `Keep a version per user, put it into the session or token and compare it, or store refresh tokens.`,
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html', 'https://www.rfc-editor.org/rfc/rfc8725'],
  anchors: ['CWE-613'],

  reads: [...ENCODE, ...DECODE, ...EXTENDED, 'flask_login.login_user', 'flask_login.LoginManager', 'flask_session.Session', '*.SessionMiddleware'],
  applies: (project) => webFrameworks(project).size === 0 ? 'No web application is served from here.' : signIns(project).length > 0 || ends(project).length > 0 ? true : 'Nobody signs in here, as far as can be told.',
  project: judge,

  examples: () => ({
    'a session in a cookie': { path: 'auth.py', bad: 'from flask import Flask, session\n\napp = Flask(__name__)\n\n@app.post("/logout")\ndef logout():\n    session.clear()\n    return ""\n\n@app.post("/login")\ndef login(user):\n    session["user_id"] = user.id\n    return ""\n' },
    'Flask-Login as it comes': { bad: 'from flask import Flask\nfrom flask_login import LoginManager, UserMixin, login_user\n\napp = Flask(__name__)\nmanager = LoginManager(app)\n\nclass User(UserMixin):\n    pass\n\n@manager.user_loader\ndef load(user_id):\n    return User()\n\n@app.post("/login")\ndef login():\n    login_user(User())\n    return ""\n' },
    'tokens that nobody looks up': { bad: 'import time\nimport jwt\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n@app.post("/login")\ndef login(name: str):\n    return jwt.encode({"sub": name, "exp": time.time() + 86400}, "k", algorithm="HS256")\n\ndef current(token: str):\n    return jwt.decode(token, "k", algorithms=["HS256"])["sub"]\n' },
    'a version is compared': { path: 'auth.py', good: 'from flask import Flask, abort, session\n\napp = Flask(__name__)\n\n@app.post("/login")\ndef login(user):\n    session["user_id"] = user.id\n    return ""\n\ndef check(user):\n    if session.get("version") != user.session_version:\n        abort(401)\n' },
    'a hash of the password is compared': { good: 'from flask import Flask, session\n\napp = Flask(__name__)\n\n@app.post("/login")\ndef login(user):\n    session["id"] = user.id\n    session["hash"] = digest(user.password)\n    return ""\n\n@app.before_request\ndef check():\n    if session.get("hash") != digest(load(session.get("id")).password):\n        session.clear()\n\ndef digest(text):\n    return text\n\ndef load(id):\n    return None\n' },
    'sessions are kept on the server': { good: { 'app.py': 'from flask import Flask, session\nfrom flask_session import Session\n\napp = Flask(__name__)\nSession(app)\n\n@app.post("/login")\ndef login(user):\n    session["user_id"] = user.id\n    return ""\n' } },
    'an id that changes': { good: 'from flask import Flask\nfrom flask_login import LoginManager, UserMixin, login_user\n\napp = Flask(__name__)\nmanager = LoginManager(app)\n\nclass User(UserMixin):\n    def get_id(self):\n        return f"{self.id}:{self.session_token}"\n\n@manager.user_loader\ndef load(user_id):\n    return User()\n\n@app.post("/login")\ndef login():\n    login_user(User())\n    return ""\n' },
    'the account is asked each time': { good: 'import time\nimport jwt\nfrom fastapi import Depends, FastAPI, HTTPException\n\napp = FastAPI()\n\n@app.post("/login")\ndef login(name: str):\n    return jwt.encode({"sub": name, "exp": time.time() + 86400}, "k", algorithm="HS256")\n\ndef current(token: str):\n    user = find(jwt.decode(token, "k", algorithms=["HS256"])["sub"])\n    if not user.is_active:\n        raise HTTPException(401)\n    return user\n\ndef find(name):\n    return None\n' },
    'a code of HTTP is no state of an account': { bad: 'import time\nimport jwt\nfrom fastapi import FastAPI, HTTPException, status\n\napp = FastAPI()\n\n@app.post("/login")\ndef login(name: str):\n    return jwt.encode({"sub": name, "exp": time.time() + 86400}, "k", algorithm="HS256")\n\ndef get_current_user(token: str):\n    user = find(jwt.decode(token, "k", algorithms=["HS256"])["sub"])\n    if user is None:\n        raise HTTPException(status_code=status.HTTP_401_UNAUTHORIZED)\n    return user\n\ndef find(name):\n    return None\n' },
    'sessions of the database': { bad: 'import time\nimport jwt\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n@app.post("/login")\ndef login(name: str):\n    return jwt.encode({"sub": name, "exp": time.time() + 86400}, "k", algorithm="HS256")\n\ndef get_active_sessions(tracker):\n    return tracker.all()\n' },
    'Flask-Login with its own id': { bad: 'from flask import Flask\nfrom flask_login import LoginManager, UserMixin, login_user\n\napp = Flask(__name__)\nmanager = LoginManager(app)\n\nclass User(UserMixin):\n    def get_id(self):\n        return str(self.id)\n\n@app.post("/login")\ndef login():\n    login_user(User())\n    return ""\n' },
    'a refresh token that is a token too': { bad: 'import time\nimport jwt\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\ndef create_refresh_token(name):\n    return jwt.encode({"sub": name, "exp": time.time() + 864000}, "k", algorithm="HS256")\n\n@app.post("/login")\ndef login(name: str):\n    return create_refresh_token(name)\n' },
    'refresh tokens that are stored': { good: 'import time\nimport jwt\nfrom fastapi import FastAPI\nfrom app.db import Base\n\napp = FastAPI()\n\nclass RefreshToken(Base):\n    __tablename__ = "refresh_tokens"\n\n@app.post("/login")\ndef login(name: str):\n    return jwt.encode({"sub": name, "exp": time.time() + 864000}, "k", algorithm="HS256")\n' },
    'a list of what was revoked': { good: 'from flask import Flask\nfrom flask_jwt_extended import JWTManager, create_access_token\n\napp = Flask(__name__)\nmanager = JWTManager(app)\n\n@manager.token_in_blocklist_loader\ndef is_revoked(header, payload):\n    return payload["jti"] in BLOCKLIST\n\nBLOCKLIST = set()\n\n@app.post("/login")\ndef login(user):\n    return create_access_token(identity=user.id)\n' },
    'tokens of a few minutes': { good: 'from datetime import datetime, timedelta, timezone\nimport jwt\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n@app.post("/login")\ndef login(name: str):\n    return jwt.encode({"sub": name, "exp": datetime.now(timezone.utc) + timedelta(minutes=10)}, "k", algorithm="HS256")\n' },
    'a list of addresses that may not register': { bad: 'from flask import Flask, session\n\napp = Flask(__name__)\n\ndef check_email_is_blacklisted(address):\n    return address in domain_blacklist\n\ndomain_blacklist = set()\n\n@app.post("/login")\ndef login(user):\n    session["user_id"] = user.id\n    return ""\n' },
    'Django': { good: { 'shop/settings.py': 'ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = ["django.contrib.auth", "django.contrib.sessions"]\nMIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]\n', 'shop/views.py': 'from django.contrib.auth import login\n\ndef sign_in(request, user):\n    login(request, user)\n' } },
    'a basket is no login': { good: 'from flask import Flask, session\n\napp = Flask(__name__)\n\n@app.post("/basket")\ndef basket():\n    session["basket"] = []\n    return ""\n' },
    'tokens of another kind': { good: 'import time\nimport jwt\nfrom flask import Flask\n\napp = Flask(__name__)\n\ndef reset_token(user):\n    return jwt.encode({"reset": user.id, "exp": time.time() + 600}, "k", algorithm="HS256")\n' },
  }),
});

interface SignIn extends Evidence { readonly by: 'token' | 'cookie' }

const USER_KEY = /(^|\.)session\.(\w*user\w*|uid|account\w*|logged_?in|is_?logged\w*|auth\w*|admin\w*|id|email|member\w*|customer\w*)$/i;

/** Where somebody is signed in, by a token or by a cookie that holds all there is. */
function signIns(project: Project): readonly SignIn[] {
  return project.once('signIns', () => {
    const idle = idleModules(project);
    const tokens = project.calls(...ENCODE, ...EXTENDED).filter(({ module, call }) => !idle.has(module.path) && !onlyInDevelopment(call)).flatMap(({ module, call }): readonly SignIn[] => {
      const text = project.text(module.path) ?? '';
      const claims = call.args[call.callee.startsWith('authlib.') ? 1 : 0];
      const isShort = /timedelta\(\s*(minutes\s*=\s*(\d|1[0-5])|seconds\s*=\s*([1-8]?\d{1,2}|900))\s*\)/.test(bodyAround(module, call.at, text) ?? '');
      const isOther = tokenPurpose(enclosingName(call.scope), targetName(call.at, module, project)) !== undefined;
      const isPerson = !(ENCODE as readonly string[]).includes(call.callee) || (claims?.kind === 'dict' ? ['sub', 'user_id', 'id', 'uid', 'user', 'email', 'username'].some((key) => lookup(claims, key) !== undefined) : /access|login|auth|session|jwt|token/i.test(enclosingName(call.scope)));
      return isShort || isOther || !isPerson ? [] : [{ path: module.path, ...call.calleeAt, text: `${enclosingName(call.scope) || call.written}()`, by: 'token' }];
    });
    const cookies = project.modules.filter((each) => !idle.has(each.path)).flatMap((module) => [
      ...module.assignments.filter((one) => one.scope !== '' && USER_KEY.test(one.qualified) && one.value.kind !== 'none' && !onlyInDevelopment(one) && /^(flask|quart)\.session|(^|\.)request\.session/.test(one.qualified)).map((one): SignIn => ({ path: module.path, ...one.targetAt, text: one.target, by: 'cookie' })),
      ...module.calls.filter((call) => call.callee === 'flask_login.login_user').map((call): SignIn => ({ path: module.path, ...call.calleeAt, text: 'login_user()', by: 'cookie' })),
    ]);
    return project.frameworks.has('django') ? [] : [...tokens, ...cookies];
  });
}

// ---- what can end one

const REVOKES = /black_?list|block_?list|deny_?list|revok|(token|session|auth|login|jwt)_?(version|epoch|generation|stamp|nonce|counter)|tokens?_?valid_?(since|after|from)|valid_?since|security_?stamp|fs_uniquifier|alternative_?id|session_?(token|hash|key|store|record)|force_?log_?out|log_?out_?(all|everywhere)|password_?changed_?at|last_password_change|get_session_auth_hash|active_sessions|login_sessions|^jti$/i;
/** Lists of what is refused that hold no sessions: addresses, domains, words. */
const OTHER_LISTS = /(e_?mail|domain|(^|_)ips?(_|$)|address|word|countr|agent|extension|host|url).*(black|block|deny)_?list|(black|block|deny)_?list.*(e_?mail|domain|(^|_)ips?(_|$)|address|word|countr|agent|extension|host|url)/i;
/** Tables of sessions or refresh tokens. */
const STORES = /^(refresh_?tokens?|(user|login|auth|active)_?sessions?)$/i;
const STATE = /\b(is_)?_?(active|disabled|enabled|banned|blocked|deactivated|suspended|locked)\b|[."']status\b(?!\.HTTP)/i;
/** What only says which there are. */
const LISTS = /^_*(get|list|count|track|log|show|fetch|find)_/;
const COMPARED = /(^|\.)session\.\w*(hash|version|stamp|epoch|sid|token_id|issued|login_at|auth_time|fresh_at)\w*$/i;

function revokes(name: string): boolean {
  return REVOKES.test(name) && !OTHER_LISTS.test(name);
}

function ends(project: Project): readonly Evidence[] {
  return project.once('sessionEnds', () => {
    if (project.frameworks.has('django')) {
      const setting = project.settings('INSTALLED_APPS').find((each) => seenInProduction(each, project));
      return setting ? [{ path: setting.path, ...setting.assignment.targetAt, text: 'Django ends sessions when the password changes' }] : [];
    }
    const idle = idleModules(project);
    const modules = project.modules.filter((each) => each.language === 'python' && !idle.has(each.path));
    return [...libraries(project, modules), ...modules.flatMap((module) => named(module, project)), ...asked(project, modules)];
  });
}

function libraries(project: Project, modules: readonly Module[]): readonly Evidence[] {
  const stores = project.calls('flask_session.Session').map(({ module, call }) => ({ path: module.path, ...call.at, text: 'sessions are kept on the server' }));
  const imported = modules.flatMap((module) => module.imports.filter((each) => /^(flask_security|flask_kvsession|flask_session|starsessions|fastapi_users\.authentication\.strategy\.db|fastapi_users\.authentication\.(RedisStrategy|DatabaseStrategy)|flask_user|authlib\.integrations\.\w+\.(Resource|Authorization)|keycloak|firebase_admin\.auth|supertokens_python|clerk|auth0|descope)/i.test(each.target)).map((each) => ({ path: module.path, ...each.at, text: `${each.name} keeps or ends sessions` })));
  return [...stores, ...imported];
}

/** Names of what is stored, defined or claimed that can only be for this. */
function named(module: Module, project: Project): readonly Evidence[] {
  const last = (name: string) => name.slice(name.lastIndexOf('.') + 1);
  return [
    ...module.classes.filter((each) => revokes(each.name) || (STORES.test(each.name) && !each.bases.some((base) => /(BaseModel|Schema|Form|Serializer)$/.test(base)))).map((each) => ({ path: module.path, ...each.nameAt, text: `${each.name} can end sessions` })),
    ...module.functions.filter((each) => (revokes(each.name) && !LISTS.test(each.name)) || (each.name === 'get_id' && each.scope !== '' && /token|version|hash|stamp|uuid|session|alternative|password/i.test(project.written(module.path, each.body)))).map((each) => ({ path: module.path, ...each.nameAt, text: `${each.name}()` })),
    ...module.assignments.filter((each) => revokes(last(each.target))).map((each) => ({ path: module.path, ...each.targetAt, text: last(each.target) })),
    ...module.functions.filter((each) => each.reads.some((read) => COMPARED.test(read))).map((each) => ({ path: module.path, ...each.nameAt, text: `${each.name}() compares what the session holds` })),
  ];
}

/** Whoever reads a token or session asks each time whether the account may still come in. */
function asked(project: Project, modules: readonly Module[]): readonly Evidence[] {
  const reading = modules.flatMap((module) => module.functions.filter((func) => func.does.some((each) => (DECODE as readonly string[]).includes(each) || /(^|\.)(get_jwt_identity|verify_jwt_in_request|decode_(access_)?token|decode_jwt|verify_(access_)?token)$/.test(each)) || func.decorators.some((each) => /user_loader|request_loader|user_lookup_loader|before_request|before_app_request/.test(each.name)) || isCurrentUser(func.name)).map((func): Hook => ({ module, func })));
  const names = new Set(reading.map(({ module, func }) => qualifiedPath(module, func)));
  const above = modules.flatMap((module) => module.functions.filter((func) => func.depends.some((each) => names.has(each)) || func.does.some((each) => names.has(each))).filter((func) => isCurrentUser(func.name) || /^(require|check|verify|ensure|is)_\w*(user|active|auth|login)/i.test(func.name)).map((func): Hook => ({ module, func })));
  return closure(project, [...reading, ...above]).filter(({ module, func }) => STATE.test(withoutComments(project.written(module.path, func.body)))).slice(0, 3).map(({ module, func }) => ({ path: module.path, ...func.nameAt, text: `${func.name}() asks whether the account is still active` }));
}

function isCurrentUser(name: string): boolean {
  return /^(get_|require_|load_)?(current|active|authenticated|logged_in)_\w*user$|^load_user|^get_user_from_(token|session)/.test(name) || BY_COOKIE_READ.test(`.${name}.`);
}

function judge(project: Project): Judgement {
  const found = ends(project);
  if (found.length > 0) return { holds: found.slice(0, 3) };
  const [first] = signIns(project);
  if (!first) return { notApplicable: 'Nobody signs in here, as far as can be told.' };
  const message = first.by === 'token' ? `Tokens that ${first.text} issues stay valid until they expire: nothing on the server can end one.` : `A session that ${first.text} begins lives in the cookie alone: nothing on the server can end it before it expires.`;
  return { open: [{ at: { path: first.path, start: first.start, end: first.end }, message }] };
}
