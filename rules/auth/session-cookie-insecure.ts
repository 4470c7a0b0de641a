import type { Call, Context, Edit, Gap, Judgement, Middleware, Place, Project, Setting, Source, Variation } from '../kit';
import {
  CONFIGURATION_READERS, HOOK_CALLS, constructionAt, gapPlace, idleModules, insert, mayBeReplaced, mayServeProduction, middlewares, projectRule, replace, seenInProduction, statementsAfter, webFrameworks, whenUnset, wiring, withArgument,
} from '../kit';

/** What one flag of a cookie is: given as it should be (or by a value that only the running program knows), switched off, or not given. */
type State = 'on' | 'off' | 'unset';
interface Flag { readonly name: string; readonly state: State; readonly setting?: Setting; /** The setting's value, as a fix writes it. */ readonly value: string }

const TALISMAN = ['flask_talisman.Talisman', 'talisman.Talisman'] as const;

export default projectRule({
  id: 'session-cookie-insecure',
  title: 'Session cookies are Secure, HttpOnly and SameSite',
  severity: 'high', points: 12, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'Without Secure the session travels over plain HTTP on the first careless link. Without HttpOnly any script reads it.',
  how: 'Set the flags in the production configuration and keep development over HTTP in its own class.',
  links: ['https://developer.mozilla.org/en-US/docs/Web/HTTP/Headers/Set-Cookie', 'https://flask.palletsprojects.com/en/stable/config/', 'https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html'],
  anchors: ['django security.W010', 'django security.W011', 'django security.W012', 'django security.W013', 'django security.W016', 'CWE-614', 'CWE-1004'],

  applies: (project) => webFrameworks(project).size > 0 ? true : 'No web application is served from here.',
  reads: [...TALISMAN, ...HOOK_CALLS, ...CONFIGURATION_READERS, '*.init_app', 'flask_login.login_user', 'starlette.middleware.sessions.SessionMiddleware'],
  project: judge,

  fix: { title: 'Set the cookie flags', safety: 'review', edit: flagged, remains: 'Log-in over plain HTTP stops working wherever the flags apply: keep development in a configuration of its own.' },

  examples: () => ({
    'a session with the defaults': {
      bad: 'from flask import Flask, session\napp = Flask(__name__)\n@app.post("/login")\ndef login():\n    session["user_id"] = 1\n    return "ok"\n',
      good: 'from flask import Flask, session\napp = Flask(__name__)\napp.config.update(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax")\n@app.post("/login")\ndef login():\n    session["user_id"] = 1\n    return "ok"\n',
    },
    'Django with a cookie for plain HTTP': {
      bad: 'INSTALLED_APPS = ["django.contrib.sessions", "django.contrib.auth"]\nSESSION_COOKIE_SECURE = False\n',
      good: 'INSTALLED_APPS = ["django.contrib.sessions", "django.contrib.auth"]\nSESSION_COOKIE_SECURE = True\nCSRF_COOKIE_SECURE = True\n', path: 'settings.py',
    },
    'Django with the defaults': {
      bad: 'import os\n\nDEBUG = os.getenv("DJANGO_DEBUG") == "1"\nINSTALLED_APPS = ["django.contrib.sessions", "django.contrib.auth"]\n',
      good: 'import os\n\nDEBUG = os.getenv("DJANGO_DEBUG") == "1"\nINSTALLED_APPS = ["django.contrib.sessions", "django.contrib.auth"]\nSESSION_COOKIE_SECURE = not DEBUG\nCSRF_COOKIE_SECURE = not DEBUG\n', path: 'shop/settings.py',
    },
    'Django, where a module that is not here comes last': { bad: 'import os\n\nDEBUG = os.getenv("DJANGO_DEBUG") == "1"\nINSTALLED_APPS = ["django.contrib.sessions", "django.contrib.auth"]\n\ntry:\n    from .local_settings import *\nexcept ImportError:\n    pass\n', path: 'shop/settings.py', severity: 'medium' },
    'only the CSRF cookie of Django': { bad: 'INSTALLED_APPS = ["django.contrib.sessions"]\nSESSION_COOKIE_SECURE = True\n', path: 'shop/settings.py', severity: 'low' },
    'switched off in the configuration class': {
      bad: {
        'config.py': 'class Config:\n    SESSION_COOKIE_SECURE = False\n    SESSION_COOKIE_SAMESITE = "Lax"\n',
        'app.py': 'from flask import Flask\nfrom flask_login import LoginManager\nfrom config import Config\n\napp = Flask(__name__)\napp.config.from_object(Config)\nLoginManager(app)\n',
      },
      good: { 'config.py': 'class Config:\n    SESSION_COOKIE_SECURE = True\n    SESSION_COOKIE_SAMESITE = "Lax"\n' },
    },
    'readable by scripts': {
      bad: 'from flask import Flask\nfrom flask_login import LoginManager\n\napp = Flask(__name__)\napp.config["SESSION_COOKIE_SECURE"] = True\napp.config["SESSION_COOKIE_HTTPONLY"] = False\nLoginManager(app)\n',
      good: 'from flask import Flask\nfrom flask_login import LoginManager\n\napp = Flask(__name__)\napp.config["SESSION_COOKIE_SECURE"] = True\napp.config["SESSION_COOKIE_HTTPONLY"] = True\napp.config["SESSION_COOKIE_SAMESITE"] = "Lax"\nLoginManager(app)\n',
    },
    'only SameSite is missing': { bad: 'from flask import Flask\nfrom flask_login import LoginManager\n\napp = Flask(__name__)\napp.config.update(SESSION_COOKIE_SECURE=True)\nLoginManager(app)\n', severity: 'medium' },
    'only the cookie that remembers': { bad: 'from flask import Flask\nfrom flask_login import LoginManager, login_user\n\napp = Flask(__name__)\napp.config.update(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_SAMESITE="Lax")\nLoginManager(app)\n\n@app.post("/login")\ndef login():\n    login_user(find(), remember=True)\n    return "ok"\n', severity: 'medium' },
    'Starlette with its default': {
      bad: 'from fastapi import FastAPI\nfrom starlette.middleware.sessions import SessionMiddleware\n\napp = FastAPI()\napp.add_middleware(SessionMiddleware, secret_key=load())\n',
      good: 'from fastapi import FastAPI\nfrom starlette.middleware.sessions import SessionMiddleware\n\napp = FastAPI()\napp.add_middleware(SessionMiddleware, secret_key=load(), https_only=True)\n',
    },
    'set in the development class alone': {
      bad: {
        'config.py': 'class Config:\n    DEBUG = False\n\nclass DevelopmentConfig(Config):\n    SESSION_COOKIE_SECURE = True\n    SESSION_COOKIE_SAMESITE = "Lax"\n',
        'app.py': 'from flask import Flask\nfrom flask_login import LoginManager\nfrom config import Config\n\napp = Flask(__name__)\napp.config.from_object(Config)\nLoginManager(app)\n',
      },
    },
    'Talisman that leaves the cookie alone': { bad: 'from flask import Flask, session\nfrom flask_talisman import Talisman\n\napp = Flask(__name__)\nTalisman(app, session_cookie_secure=False)\n\n@app.post("/login")\ndef login():\n    session["user_id"] = 1\n    return "ok"\n' },
    'all of them': { good: 'from flask import Flask, session\napp = Flask(__name__)\napp.config.update(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_SAMESITE="Lax")\n@app.post("/login")\ndef login():\n    session["user_id"] = 1\n    return "ok"\n' },
    'Talisman sets the flags': { good: 'from flask import Flask, session\nfrom flask_talisman import Talisman\napp = Flask(__name__)\nTalisman(app)\n@app.post("/login")\ndef login():\n    session["user_id"] = 1\n    return "ok"\n' },
    'Django, unless debugging': { good: 'import os\nDEBUG = os.getenv("DJANGO_DEBUG") == "1"\nINSTALLED_APPS = ["django.contrib.sessions", "django.contrib.auth"]\nSESSION_COOKIE_SECURE = not DEBUG\nCSRF_COOKIE_SECURE = not DEBUG\n', path: 'settings.py' },
    'Django, where it is no development': { good: 'import os\nDEBUG = os.getenv("DJANGO_DEBUG") == "1"\nINSTALLED_APPS = ["django.contrib.sessions"]\nif not DEBUG:\n    SESSION_COOKIE_SECURE = True\n    CSRF_COOKIE_SECURE = True\n', path: 'settings.py' },
    'Django, by production\'s module': { good: { 'shop/settings/base.py': 'INSTALLED_APPS = ["django.contrib.sessions"]\n', 'shop/settings/dev.py': 'from .base import *\n\nSESSION_COOKIE_SECURE = False\n', 'shop/settings/prod.py': 'from .base import *\n\nSESSION_COOKIE_SECURE = True\nCSRF_COOKIE_SECURE = True\n' } },
    'Django, by a module that the server selects': { good: { 'manage.py': 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.dev")\n', 'shop/settings/common.py': 'INSTALLED_APPS = ["django.contrib.sessions"]\n', 'shop/settings/dev.py': 'from .common import *\n\nSESSION_COOKIE_SECURE = False\n', 'shop/settings/prod.py': 'from .common import *\n\nSESSION_COOKIE_SECURE = True\nCSRF_COOKIE_SECURE = True\n' } },
    'a cookie of the project\'s own': { good: 'from flask import Flask, session, request\n\napp = Flask(__name__)\n\n@app.post("/login")\ndef login():\n    r = app.make_response("ok")\n    r.set_cookie("shop_session", seal(request.form["user"]), secure=True, httponly=True)\n    return r\n' },
    'Django with the CSRF token in the session': { good: 'INSTALLED_APPS = ["django.contrib.sessions"]\nSESSION_COOKIE_SECURE = True\nCSRF_USE_SESSIONS = True\n', path: 'shop/settings.py' },
    'by the environment': { good: 'import os\nfrom flask import Flask\nfrom flask_login import LoginManager\n\napp = Flask(__name__)\napp.config["SESSION_COOKIE_SECURE"] = os.environ.get("COOKIE_SECURE", "0") == "1"\napp.config["SESSION_COOKIE_SAMESITE"] = "Strict"\nLoginManager(app)\n' },
    'by the production class': {
      good: {
        'config.py': 'class Config:\n    SESSION_COOKIE_SAMESITE = "Lax"\n\nclass DevelopmentConfig(Config):\n    SESSION_COOKIE_SECURE = False\n\nclass ProductionConfig(Config):\n    SESSION_COOKIE_SECURE = True\n\nconfigs = {"development": DevelopmentConfig, "production": ProductionConfig}\n',
        'app.py': 'import os\nfrom flask import Flask\nfrom flask_login import LoginManager\nfrom config import configs\n\napp = Flask(__name__)\napp.config.from_object(configs[os.environ["APP_ENV"]])\nLoginManager(app)\n',
      },
    },
    'a configuration that is not here': { good: 'from flask import Flask\nfrom flask_login import LoginManager\n\napp = Flask(__name__)\napp.config.from_pyfile("/etc/shop.cfg")\nLoginManager(app)\n' },
    'a copy that no server starts signs people in': { good: { 'Procfile': 'web: gunicorn shop:app\n', 'shop.py': 'from flask import Flask\n\napp = Flask(__name__)\n\n@app.get("/")\ndef home():\n    return "ok"\n', 'shop_old.py': 'from flask import Flask\nfrom flask_login import LoginManager\n\napp = Flask(__name__)\nLoginManager(app)\n' } },
    'nobody signs in': { good: 'from flask import Flask\n\napp = Flask(__name__)\n\n@app.get("/")\ndef home():\n    return "ok"\n' },
    'bearer tokens': { good: 'from fastapi import FastAPI\nfrom fastapi.security import OAuth2PasswordBearer\n\napp = FastAPI()\nbearer = OAuth2PasswordBearer(tokenUrl="token")\n' },
    'Starlette over HTTPS': { good: 'from fastapi import FastAPI\nfrom starlette.middleware.sessions import SessionMiddleware\nfrom settings import settings\n\napp = FastAPI()\napp.add_middleware(SessionMiddleware, secret_key=load(), https_only=settings.https)\n' },
  }),
});

function judge(project: Project): Judgement {
  const found = cookies(project);
  if (found.length === 0) return { notApplicable: 'No framework keeps a session in a cookie.' };
  if (project.calls(...CONFIGURATION_READERS).length > 0 && found.every((each) => each.framework === 'flask') && found.some((each) => each.flags.some((flag) => flag.state === 'unset' && flag.name === 'SESSION_COOKIE_SECURE'))) {
    return { notChecked: 'Part of the configuration is read from a file or from variables that are not in the repository.' };
  }
  const open = found.flatMap((each) => gapOf(each, project) ?? []);
  if (open.length > 0) return { open: open.slice(0, 1) };
  return { holds: found.map(({ at, framework }) => ({ path: at.path, start: at.start, end: at.end, text: framework === 'django' ? 'The session and CSRF cookies of Django are Secure' : framework === 'flask' ? 'The session cookie is Secure, HttpOnly and SameSite' : 'The session cookie is for HTTPS only' })) };
}

// ---- the cookies of the frameworks

interface Cookie { readonly framework: 'flask' | 'django' | 'starlette'; readonly flags: readonly Flag[]; readonly at: Place; readonly middleware?: Middleware }

function cookies(project: Project): readonly Cookie[] {
  const frameworks = webFrameworks(project);
  return [
    ...(frameworks.has('flask') || frameworks.has('quart') ? flaskCookie(project) : []),
    ...(frameworks.has('django') ? djangoCookie(project) : []),
    ...starletteCookies(project),
  ];
}

function flaskCookie(project: Project): readonly Cookie[] {
  const idle = idleModules(project);
  const uses = project.modules.filter((module) => !idle.has(module.path)).some((module) => module.imports.some((one) => /^(flask_login|flask_security|flask_session)(\.|$)/.test(one.target)) || module.assignments.some((one) => /^(flask|quart)\.session\./.test(one.qualified)));
  if (!uses || !project.cookieAuth) return [];
  const talisman = wiring(project, ...TALISMAN).wired.find(({ call }) => !call.keywords.some((each) => /^session_cookie_(secure|http_only)$/.test(each.name) && each.value.kind === 'bool' && !each.value.value));
  const at = gapPlace(project);
  if (talisman) return [{ framework: 'flask', flags: [], at: talisman }];
  const remembers = project.calls('flask_login.login_user').some(({ call }) => call.args.length > 1 || call.keywords.some((each) => each.name === 'remember' && !(each.value.kind === 'bool' && !each.value.value)));
  const flags = [
    flag(project, 'SESSION_COOKIE_SECURE', 'True'), flag(project, 'SESSION_COOKIE_HTTPONLY', 'True', 'on'), flag(project, 'SESSION_COOKIE_SAMESITE', '"Lax"'),
    ...(remembers ? [flag(project, 'REMEMBER_COOKIE_SECURE', 'True'), flag(project, 'REMEMBER_COOKIE_HTTPONLY', 'True', 'on')] : []),
  ];
  return [{ framework: 'flask', flags, at: placeOf(flags) ?? at }];
}

function djangoCookie(project: Project): readonly Cookie[] {
  const sessions = project.settings('INSTALLED_APPS', 'MIDDLEWARE').some((each) => each.value.kind === 'list' && each.value.items.some((item) => item.kind === 'text' && item.value.startsWith('django.contrib.sessions')));
  if (!sessions) return [];
  const inSession = project.settings('CSRF_USE_SESSIONS').some((each) => each.value.kind === 'bool' && each.value.value && seenInProduction(each, project));
  const flags = [flag(project, 'SESSION_COOKIE_SECURE', 'True'), flag(project, 'SESSION_COOKIE_HTTPONLY', 'True', 'on'), ...(inSession ? [] : [flag(project, 'CSRF_COOKIE_SECURE', 'True')])];
  return [{ framework: 'django', flags, at: placeOf(flags) ?? gapPlace(project, 'MIDDLEWARE', 'INSTALLED_APPS') }];
}

function starletteCookies(project: Project): readonly Cookie[] {
  const idle = idleModules(project);
  return middlewares(project).filter((each) => /^(starlette|fastapi)\..*SessionMiddleware$|^SessionMiddleware$/.test(each.name) && !idle.has(each.path)).map((middleware) => {
    const given = middleware.keywords.find((each) => each.name === 'https_only' || each.name === '**')?.value;
    const state: State = given === undefined ? 'unset' : given.kind === 'bool' && !given.value ? 'off' : 'on';
    return { framework: 'starlette', middleware, flags: [{ name: 'https_only', state, value: 'True' }], at: { path: middleware.path, start: given?.at.start ?? middleware.start, end: given?.at.end ?? middleware.end } };
  });
}

/** A flag as production sees it. A literal False counts, and anything that is decided when the program runs does not. */
function flag(project: Project, name: string, value: string, preset: State = 'unset'): Flag {
  const seen = project.settings(name).filter((each) => mayServeProduction(each, project));
  const off = seen.find((each) => each.value.kind === 'bool' && !each.value.value);
  const on = seen.find((each) => each !== off);
  if (off && !on) return { name, state: 'off', setting: off, value };
  return on ? { name, state: 'on', setting: on, value } : { name, state: preset, value };
}

/** The first flag that is switched off has the finding on its line; where all are on, the first has the evidence. */
function placeOf(flags: readonly Flag[]): Place | undefined {
  const off = flags.find((each) => each.state === 'off')?.setting ?? (flags.every((each) => each.state === 'on') ? flags[0]?.setting : undefined);
  return off && { path: off.path, start: off.assignment.value.at.start, end: off.assignment.value.at.end };
}

// ---- the finding

const WORDS: Readonly<Record<string, string>> = { SECURE: 'Secure', HTTPONLY: 'HttpOnly', SAMESITE: 'SameSite' };

function gapOf({ flags, at, framework }: Cookie, project: Project): Gap | undefined {
  const missing = flags.filter((each) => each.state !== 'on');
  if (missing.length === 0) return undefined;
  const words = (prefix: string) => missing.filter((each) => each.name.startsWith(prefix)).map((each) => WORDS[each.name.slice(each.name.lastIndexOf('_') + 1)] ?? each.name);
  const session = framework === 'starlette' ? ['Secure'] : words('SESSION_');
  const parts = [[session, 'session'], [words('REMEMBER_'), 'remember-me'], [words('CSRF_'), 'CSRF']] as const;
  const message = parts.filter(([list]) => list.length > 0).map(([list, cookie]) => `the ${cookie} cookie lacks ${list.join(list.length > 2 ? ', ' : ' and ')}`).join('; ');
  const variation = weight(missing.map((each) => each.name)) ?? (framework === 'django' && isLocal(at, project) ? LOCAL : undefined);
  const text = `${message[0]?.toUpperCase() ?? ''}${message.slice(1)}${framework === 'starlette' ? ': https_only is off by default' : ''}.`;
  return { at: project.unit(at.path) ? at : project.anchor, message: text, ...(variation && { variation }) };
}

const LOCAL: Variation = { severity: 'medium', points: 6, because: 'a settings module that is not in the repository comes after it' };

/** Django: the module of this place ends with settings of the machine. */
function isLocal(at: Place, project: Project): boolean {
  return project.settings('INSTALLED_APPS', 'MIDDLEWARE').some((each) => each.path === at.path && mayBeReplaced(each, project));
}

function weight(missing: readonly string[]): Variation | undefined {
  if (missing.every((each) => each.startsWith('CSRF_'))) return { severity: 'low', points: 2, because: 'it is only the cookie of the CSRF token' };
  if (missing.every((each) => each === 'SESSION_COOKIE_SAMESITE')) return { severity: 'medium', points: 4, because: 'most browsers take Lax where nothing is said' };
  return missing.every((each) => each.startsWith('REMEMBER_') || each === 'SESSION_COOKIE_SAMESITE') ? { severity: 'medium', points: 4, because: 'the session cookie itself is for HTTPS only' } : undefined;
}

// ---- the fix

function flagged(gap: Gap, context: Context): readonly Edit[] | undefined {
  const { project, source } = context;
  const cookie = cookies(project).find((each) => each.at.path === gap.at.path && each.at.start === gap.at.start);
  if (!cookie) return undefined;
  if (cookie.middleware) return overHttps(cookie.middleware, project, source);
  const missing = cookie.flags.filter((each) => each.state !== 'on');
  const off = missing.filter((each) => each.setting);
  if (off.some((each) => each.setting?.path !== gap.at.path || source.slice(each.setting.assignment.value.at) !== 'False')) return undefined;
  const unset = missing.filter((each) => !each.setting);
  const switched = off.flatMap((each) => each.setting ? [replace(each.setting.assignment.value.at, 'True')] : []);
  const first = off.at(-1)?.setting;
  if (first) { const beside = addedBeside(first, unset, source); return beside && [...switched, ...beside]; }
  return cookie.framework === 'django' ? addedToSettings(gap, unset, context) : addedToApplication(gap, unset, cookie.flags, source);
}

function overHttps(middleware: Middleware, project: Project, source: Source): readonly Edit[] | undefined {
  const given = middleware.keywords.find((each) => each.name === 'https_only')?.value;
  if (given) return source.slice(given.at) === 'False' ? [replace(given.at, 'True')] : undefined;
  const call: Call | undefined = middleware.module.calls.find((each) => each.at.start === middleware.start && project.unit(middleware.path) === middleware.module);
  return call && withArgument(call, 'https_only=True', source);
}

/** The others in the same way as the one that is there: `app.config["…"] = …`, or an attribute of the class. */
function addedBeside({ assignment, name }: Setting, flags: readonly Flag[], source: Source): readonly Edit[] | undefined {
  if (flags.length === 0) return [];
  if (assignment.how === 'keyword') return [insert(assignment.at.end, flags.map((each) => `, ${each.name}=${each.value}`).join(''))];
  if (assignment.how !== 'statement' || source.slice(assignment.targetAt).split(name).length !== 2) return undefined;
  const lines = flags.map((each) => `\n${source.indentation(assignment.at.start)}${source.slice(assignment.targetAt).replace(name, each.name)} = ${each.value}`);
  return [insert(source.lineEnd(assignment.at.end), lines.join(''))];
}

function addedToSettings(gap: Gap, flags: readonly Flag[], { project, source }: Context): readonly Edit[] | undefined {
  const beside = project.settings('MIDDLEWARE', 'INSTALLED_APPS').find((each) => each.path === gap.at.path && each.assignment.targetAt.start === gap.at.start);
  if (!beside || beside.assignment.scope !== '') return undefined;
  const debug = project.settings('DEBUG').some((each) => each.path === gap.at.path && each.assignment.scope === '' && each.assignment.at.end < gap.at.start && whenUnset(each.value) !== 'refuses');
  return [insert(source.lineEnd(beside.assignment.at.end), flags.map((each) => `\n${each.name} = ${debug ? 'not DEBUG' : each.value}`).join(''))];
}

/** All three for a session of which nothing is said, so that they read as one. */
function addedToApplication(gap: Gap, unset: readonly Flag[], all: readonly Flag[], source: Source): readonly Edit[] | undefined {
  const at = constructionAt(gap.at, source);
  const written = unset.length > 1 ? all.filter((each) => !each.setting && each.name !== 'REMEMBER_COOKIE_HTTPONLY') : unset;
  return at && [statementsAfter(at, [`${at.name}.config.update(${written.map((each) => `${each.name}=${each.value}`).join(', ')})`])];
}
