import type { Context, Edit, Evidence, Gap, Judgement, Place, Project, Route, Value } from '../kit';
import {
  CSRF_CALLS, HOOK_CALLS, classesNamed, cookieWrites, csrfProtection, functionNamedAt, idleModules, isSensitive, isWrite, lastName, mayServeProduction,
  middlewares, onlyInDevelopment, projectRule, protectsItself, replace, routeName, webFrameworks,
} from '../kit';

/** Names of cookies that say who somebody is. */
const IDENTITY = /(^|[-_.])(sess(ion)?(id)?|token|auth|jwt|sid|remember(me)?|refresh|access)($|[-_.])|session|(access|refresh|auth|id|jwt|bearer)_?token/i;

interface Cookie extends Place { readonly name: string; readonly valueAt: Place; readonly secure: boolean }

export default projectRule({
  id: 'cookie-samesite-none',
  title: 'Cross-site cookies come with a CSRF defence',
  severity: 'high', points: 15, confidence: 'likely', effort: 'M', since: '1',
  blocks: { when: 'routes change state on the word of a cookie', holds: (project) => project.cookieAuth !== undefined && project.routes.some(({ route }) => isWrite(route)) },
  why: "None switches off the browser's own protection, so every website can make the visitor's browser act. That setting needs a token or Origin check beside it.",
  how: 'Serve both from one site with Lax, or add a CSRF check.',
  links: ['https://developer.mozilla.org/en-US/docs/Web/HTTP/Headers/Set-Cookie', 'https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html', 'https://cwe.mitre.org/data/definitions/1275.html'],
  anchors: ['CWE-1275', 'CWE-352'],
  ladder: { name: 'csrf', rung: 2 },

  applies: (project) => cookies(project).length > 0 ? true : 'No cookie is set with SameSite=None.',
  reads: [...CSRF_CALLS, ...HOOK_CALLS, '*.set_cookie'],
  project: judge,

  fix: { title: 'Use SameSite=Lax', safety: 'review', edit: lax, remains: 'A front end on another site is then no longer recognised: serve both from one site.' },

  examples: () => ({
    'a session for every site': {
      bad: 'from fastapi import FastAPI, Response\napp = FastAPI()\n@app.post("/login")\ndef login(response: Response):\n    response.set_cookie("session_token", "t", secure=True, httponly=True, samesite="none")\n    return {}\n@app.post("/transfer")\ndef transfer():\n    return {}\n', path: 'main.py',
      good: 'from fastapi import FastAPI, Response\napp = FastAPI()\n@app.post("/login")\ndef login(response: Response):\n    response.set_cookie("session_token", "t", secure=True, httponly=True, samesite="lax")\n    return {}\n@app.post("/transfer")\ndef transfer():\n    return {}\n',
    },
    'browsers reject it': { path: 'settings.py', bad: 'INSTALLED_APPS = ["django.contrib.sessions"]\nSESSION_COOKIE_SAMESITE = "None"\nSESSION_COOKIE_SECURE = False\n' },
    'browsers reject the one of a handler': { path: 'main.py', bad: 'from fastapi import FastAPI, Response\napp = FastAPI()\n@app.post("/login")\ndef login(response: Response):\n    response.set_cookie("access_token", "t", httponly=True, samesite="None")\n    return {}\n' },
    'Django without its middleware': { path: 'settings.py', bad: 'INSTALLED_APPS = ["django.contrib.sessions"]\nMIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]\nSESSION_COOKIE_SAMESITE = "None"\nSESSION_COOKIE_SECURE = True\n' },
    'sessions of Starlette': { path: 'main.py', bad: 'from fastapi import FastAPI\nfrom starlette.middleware.sessions import SessionMiddleware\napp = FastAPI()\napp.add_middleware(SessionMiddleware, secret_key=load(), same_site="none", https_only=True)\n@app.post("/transfer")\ndef transfer():\n    return {}\n' },
    'Lax': { path: 'main.py', good: 'from fastapi import FastAPI, Response\napp = FastAPI()\n@app.post("/login")\ndef login(response: Response):\n    response.set_cookie("session_token", "t", secure=True, httponly=True, samesite="lax")\n    return {}\n' },
    'the origin is checked': { path: 'main.py', good: 'from fastapi import FastAPI, HTTPException, Request, Response\napp = FastAPI()\nALLOWED = {"https://app.example.com"}\n@app.middleware("http")\nasync def origin(request: Request, call_next):\n    if request.method != "GET" and request.headers.get("origin") not in ALLOWED:\n        raise HTTPException(403)\n    return await call_next(request)\n@app.post("/login")\ndef login(response: Response):\n    response.set_cookie("session_token", "t", secure=True, httponly=True, samesite="none")\n    return {}\n@app.post("/transfer")\ndef transfer():\n    return {}\n' },
    'Flask with CSRFProtect': { good: 'from flask import Flask\nfrom flask_login import LoginManager, login_required\nfrom flask_wtf.csrf import CSRFProtect\napp = Flask(__name__)\napp.config.update(SESSION_COOKIE_SAMESITE="None", SESSION_COOKIE_SECURE=True)\nCSRFProtect(app)\nLoginManager(app)\n@app.post("/email")\n@login_required\ndef email():\n    return "ok"\n' },
    'Django with its middleware': { path: 'settings.py', good: 'INSTALLED_APPS = ["django.contrib.sessions"]\nMIDDLEWARE = ["django.middleware.csrf.CsrfViewMiddleware"]\nSESSION_COOKIE_SAMESITE = "None"\nSESSION_COOKIE_SECURE = True\n' },
    'bodies of JSON need a preflight': { path: 'main.py', good: 'from fastapi import FastAPI, Response\nfrom pydantic import BaseModel\napp = FastAPI()\nclass Payment(BaseModel):\n    amount: int\n@app.post("/login")\ndef login(response: Response):\n    response.set_cookie("session_token", "t", secure=True, httponly=True, samesite="none")\n    return {}\n@app.post("/transfer")\ndef transfer(payment: Payment):\n    return {}\n@app.delete("/account")\ndef delete():\n    return {}\n' },
    'a preference': { path: 'main.py', good: 'from fastapi import FastAPI, Response\napp = FastAPI()\n@app.post("/theme")\ndef theme(response: Response):\n    response.set_cookie("theme", "dark", secure=True, samesite="none")\n    return {}\n' },
    'as the settings say': { path: 'main.py', good: 'from fastapi import FastAPI, Response\nfrom settings import settings\napp = FastAPI()\n@app.post("/login")\ndef login(response: Response):\n    response.set_cookie("session_token", "t", secure=True, samesite=settings.samesite)\n    return {}\n@app.post("/transfer")\ndef transfer():\n    return {}\n' },
    'Python\'s None is no None': { good: 'from flask import Flask, session\napp = Flask(__name__)\napp.config["SESSION_COOKIE_SAMESITE"] = None\n@app.post("/login")\ndef login():\n    session["user_id"] = 1\n    return "ok"\n' },
    'the missing check is said elsewhere': { good: 'from flask import Flask\nfrom flask_login import LoginManager, login_required\napp = Flask(__name__)\napp.config.update(SESSION_COOKIE_SAMESITE="None", SESSION_COOKIE_SECURE=True)\nLoginManager(app)\n@app.post("/transfer")\n@login_required\ndef transfer():\n    return "ok"\n' },
  }),
});

function judge(project: Project): Judgement {
  const all = cookies(project);
  const rejected = all.find((each) => !each.secure);
  if (rejected) return { open: [{ at: rejected.valueAt, message: `${rejected.name} is SameSite=None without Secure, and browsers reject it.` }] };
  const protection = [...csrfProtection(project), ...djangoProtection(project)];
  if (protection.length > 0) return { holds: protection.slice(0, 3) };
  if (cookieWrites(project).some((each) => !protectsItself(each, project))) return { notApplicable: 'The missing check is what csrf-missing speaks of.' };
  const [cookie] = all;
  const writes = reachable(project);
  if (!cookie || (writes.length === 0 && !webFrameworks(project).has('django'))) return { notApplicable: 'No other site can send what its routes read.' };
  const [first] = writes;
  return { open: [{ at: cookie.valueAt, message: `${cookie.name} is SameSite=None and nothing checks a token or the origin${first ? ` (${first.text})` : ''}.`, related: writes.slice(0, 4) }] };
}

function djangoProtection(project: Project): readonly Evidence[] {
  return middlewares(project).filter((each) => lastName(each.name) === 'CsrfViewMiddleware').map(({ path, start, end, text }) => ({ path, start, end, text }));
}

// ---- the cookies

function cookies(project: Project): readonly Cookie[] {
  return project.once('crossSiteCookies', () => {
    const idle = idleModules(project);
    return [...bySetting(project), ...byCall(project), ...byMiddleware(project)].filter((each) => !idle.has(each.path));
  });
}

function isNone(value: Value | undefined): boolean {
  return value?.kind === 'text' && value.value.toLowerCase() === 'none';
}

function bySetting(project: Project): readonly Cookie[] {
  return project.settings('SESSION_COOKIE_SAMESITE').filter((each) => isNone(each.value) && mayServeProduction(each, project)).map((each) => {
    const flags = project.settings('SESSION_COOKIE_SECURE').filter((one) => mayServeProduction(one, project));
    return { name: 'The session cookie', path: each.path, start: each.start, end: each.end, valueAt: { path: each.path, start: each.assignment.value.at.start, end: each.assignment.value.at.end }, secure: flags.some((one) => !(one.value.kind === 'bool' && !one.value.value)) };
  });
}

function byCall(project: Project): readonly Cookie[] {
  return project.calls('*.set_cookie').flatMap(({ module, call }): Cookie[] => {
    const key = call.args[0] ?? call.keywords.find((each) => each.name === 'key')?.value;
    const name = key && project.resolve(key, module);
    const given = call.keywords.find((each) => each.name === 'samesite')?.value;
    if (!given || onlyInDevelopment(call) || !isNone(given) || name?.kind !== 'text' || !IDENTITY.test(name.value) || /csrf|xsrf/i.test(name.value) || /(^|\.)(client|driver|browser|jar|cookies|page|context)\.set_cookie$/i.test(call.written)) return [];
    const secure = call.keywords.find((each) => each.name === 'secure')?.value ?? call.args[6];
    return [{ name: name.value, path: module.path, ...call.at, valueAt: { path: module.path, start: given.at.start, end: given.at.end }, secure: call.open || (secure !== undefined && !(secure.kind === 'bool' && !secure.value)) }];
  });
}

function byMiddleware(project: Project): readonly Cookie[] {
  return middlewares(project).filter((each) => lastName(each.name) === 'SessionMiddleware' && !each.name.startsWith('django.')).flatMap((each): Cookie[] => {
    const given = each.keywords.find((one) => one.name === 'same_site')?.value;
    if (!given || !isNone(given)) return [];
    const secure = each.keywords.find((one) => one.name === 'https_only' || one.name === '**')?.value;
    return [{ name: 'The session cookie', path: each.path, start: each.start, end: each.end, valueAt: { path: each.path, start: given.at.start, end: given.at.end }, secure: secure !== undefined && !(secure.kind === 'bool' && !secure.value) }];
  });
}

// ---- what other sites can send

/** Writes that a form elsewhere can make: not the login itself, and not what needs a body of JSON. */
function reachable(project: Project): readonly Evidence[] {
  const idle = idleModules(project);
  return project.routes.filter(({ module, route }) => !idle.has(module.path) && isWrite(route) && !isSensitive(route) && isSimple(route, module.path, project)).map(({ module, route }) => ({ path: module.path, ...route.handlerAt, text: routeName(route) }));
}

function isSimple(route: Route, path: string, project: Project): boolean {
  if (!route.methods.includes('POST')) return false;
  if (route.framework !== 'fastapi') return !route.does.some((each) => /get_json$/.test(each)) && !route.reads.some((each) => /request\.json(\.|$)/.test(each));
  const unit = project.unit(path);
  const func = unit?.kind === 'module' ? functionNamedAt(unit, route.handlerAt.start) : undefined;
  return !route.reads.some((each) => /\.(json|body)$/.test(each)) && !route.does.some((each) => /\.(json|body)$/.test(each))
    && !func?.parameters.some((each) => isBody(each.annotation ?? '', project) || (each.fallback?.kind === 'result' && /(^|\.)Body$/.test(each.fallback.callee)));
}

/** A model, a table or a list: FastAPI takes it from a body of JSON. */
function isBody(annotation: string, project: Project): boolean {
  if (/(^|[.[\s])(dict|Dict|list|List)\b|\bBody\(/.test(annotation)) return true;
  const last = /([A-Za-z_]\w*)[^A-Za-z_]*$/.exec(annotation)?.[1] ?? '';
  return /(Create|Update|Request|Schema|In|Payload|Model|Form|Input|Data|Body|DTO)$/.test(last) && !/^(Request|OAuth2PasswordRequestForm)$/.test(last) ? true : classesNamed(last, project).some((each) => each.class.bases.some((base) => /BaseModel|SQLModel|Struct|Schema/.test(base)));
}

function lax(gap: Gap, { source }: Context): readonly Edit[] | undefined {
  const written = source.slice(gap.at);
  return /^["']none["']$/i.test(written) ? [replace(gap.at, written.replace(/none/i, (text) => text === 'none' ? 'lax' : 'Lax'))] : undefined;
}
