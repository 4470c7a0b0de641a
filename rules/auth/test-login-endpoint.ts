import type { Context, Guard, Module, Project, Route, Selector, Span } from '../kit';
import { lastName, rule } from '../kit';

/** A route by its path, its function and where it stands. */
interface Entry { readonly path: string; readonly at: Span; readonly guards: readonly Guard[]; readonly module: Module; readonly route?: Route; readonly view: string }

/** At the start of a segment or of a name: `reading-test-sessions` are sessions of another kind. */
const LOGIN = /(^|\/)_*(((test|dev|debug|fake|mock|backdoor|e2e)[-_/]?(log-?in|sign-?in|auth|token|user)|(dev|debug|fake|mock|backdoor|e2e)[-_/]?(session|users)|auto[-_]?login[-_](test|dev)|backdoor)([-_/]|$)|__test|e2e[-_]?test[-_]?login)/i;
const IMPERSONATION = /(^|[/_-])(login[-_]?as|impersonate)([/_-]|$)/i;
const DUMP = /(^|\/)_*debug[-_/](env|environ|environment|settings|config|vars|users)([-_/]|$)/i;
/** What asks who it is before the handler runs. */
const KNOWN = /login|current_\w*user|auth|admin|staff|superuser|permission|role|verif|token|jwt|bearer|api_?key|require/i;
const ADMIN = /admin|staff|superuser|permission|role|scope/i;

export default rule<Entry>({
  id: 'test-login-endpoint',
  title: 'No test login is shipped',
  severity: 'high', points: 15, confidence: 'likely', blocks: { when: 'the route is registered when its switch is unset', holds: (project) => project.deployable !== undefined }, effort: 'S', since: '1',
  why: 'It signs in anyone who knows the path, and the path is in the repository. A flag checked inside the handler is one mistake away from open.',
  how: 'Register the route only when the switch is on and refuse to start with it in production.',
  links: ['https://cwe.mitre.org/data/definitions/489.html', 'https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html'],
  anchors: ['CWE-489', 'CWE-912'],

  on: entries(),
  check: (entry, context) => {
    if (isSwitched(entry.guards) || isProtected(entry) || isRegisteredBySwitch(entry, context.project)) return false;
    const own = refusal(entry, context);
    return own === 'secret' ? false : own === 'switch' ? { severity: 'low', points: 2, because: 'the handler refuses unless a switch is on' } : true;
  },
  message: ({ path, view }) => `${path === '' ? `${lastName(view)}()` : path} is a test or debug ${DUMP.test(path) ? 'page' : 'login'} in application code.`,
  underline: ({ at }) => at,
  holds: ({ path, guards }) => isSwitched(guards) ? `${path || 'The test login'} is registered only with its switch` : undefined,
  nothing: 'No route looks like a test login.',

  examples: () => ({
    'a login for tests': { bad: 'from fastapi import FastAPI\napp = FastAPI()\n@app.post("/auth/test-login")\ndef test_login(user: str):\n    return {"token": user}\n', path: 'main.py' },
    'a login for developers, in Flask': { bad: 'from flask import Flask, session\n\napp = Flask(__name__)\n\n@app.route("/dev-login/<name>")\ndef dev_login(name):\n    session["user"] = name\n    return "ok"\n' },
    'all users': { bad: 'from flask import Flask, jsonify\n\napp = Flask(__name__)\n\n@app.get("/debug/users")\ndef users():\n    return jsonify([each.name for each in User.query])\n' },
    'the environment': { bad: 'import os\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n@app.get("/debug/env")\ndef environment():\n    return dict(os.environ)\n', path: 'main.py' },
    'somebody else without a gate': { bad: 'from flask import Blueprint\nfrom flask_login import login_user\n\nbp = Blueprint("support", __name__)\n\n@bp.post("/login-as/<int:user_id>")\ndef login_as(user_id):\n    login_user(find(user_id))\n    return "ok"\n' },
    'a path of Django': { bad: { 'shop/urls.py': 'from django.urls import path\nfrom . import views\n\nurlpatterns = [path("accounts/fake-login/", views.fake_login)]\n' } },
    'a view of Django with a path elsewhere': { bad: { 'shop/settings.py': 'INSTALLED_APPS = []\nROOT_URLCONF = "shop.urls"\n', 'shop/urls.py': 'from django.urls import include, path\n\nurlpatterns = [path("dev-login/", include("people.urls"))]\n', 'people/urls.py': 'from django.urls import path\nfrom . import views\n\nurlpatterns = [path("enter/", views.enter)]\n', 'people/views.py': 'from django.contrib.auth import login\n\ndef enter(request):\n    login(request, first())\n' } },
    'a path of Django under a switch': { good: { 'shop/urls.py': 'from django.conf import settings\nfrom django.urls import path\nfrom . import views\n\nurlpatterns = []\nif settings.DEBUG:\n    urlpatterns += [path("dev-login/", views.dev_login)]\n', 'shop/views.py': 'from django.contrib.auth import login\n\ndef dev_login(request):\n    login(request, first())\n' } },
    'a view of Django for administrators': { good: { 'shop/urls.py': 'from django.urls import path\nfrom . import views\n\nurlpatterns = [path("impersonate/<int:i>/", views.impersonate)]\n', 'shop/views.py': 'from django.contrib.admin.views.decorators import staff_member_required\nfrom django.contrib.auth import login\n\n@staff_member_required\ndef impersonate(request, i):\n    login(request, find(i))\n' } },
    'a switch in the handler': { bad: 'from fastapi import FastAPI, HTTPException\nfrom settings import settings\n\napp = FastAPI()\n\n@app.post("/auth/test-login")\ndef test_login(user: str):\n    if not settings.enable_test_login:\n        raise HTTPException(404)\n    return {"token": user}\n', path: 'main.py', severity: 'low' },
    'a switch around the route': { good: 'import os\nfrom fastapi import FastAPI\napp = FastAPI()\nif os.getenv("E2E_LOGIN") == "1":\n    @app.post("/auth/test-login")\n    def test_login(user: str):\n        return {"token": user}\n', path: 'main.py' },
    'in helpers of tests': { good: { 'tests/app_helpers.py': 'def add_test_login(app):\n    @app.post("/auth/test-login")\n    def test_login():\n        return "ok"\n' } },
    'a switch around the router': { good: { 'main.py': 'from fastapi import FastAPI\nfrom settings import settings\nfrom e2e import router\n\napp = FastAPI()\nif settings.enable_e2e:\n    app.include_router(router)\n', 'e2e.py': 'from fastapi import APIRouter\n\nrouter = APIRouter()\n\n@router.post("/e2e/login")\ndef e2e_login(user: str):\n    return {"token": user}\n' } },
    'a switch and a secret in the handler': { good: 'import hmac\nfrom fastapi import FastAPI, HTTPException, Request\nfrom settings import settings\n\napp = FastAPI()\n\n@app.post("/auth/test-login")\ndef test_login(request: Request, user: str):\n    if not settings.enable_test_login or not hmac.compare_digest(request.headers["x-e2e-key"], settings.e2e_key):\n        raise HTTPException(404)\n    return {"token": user}\n', path: 'main.py' },
    'a check of one\'s own token': { good: 'from typing import Annotated\nfrom fastapi import Depends, FastAPI\n\napp = FastAPI()\n\ndef get_current_user():\n    return load()\n\n@app.post("/login/test-token")\ndef test_token(current_user: Annotated[str, Depends(get_current_user)]):\n    return current_user\n', path: 'main.py' },
    'support by administrators': { good: 'from flask import Blueprint\nfrom flask_login import login_user\nfrom permissions import admin_required\n\nbp = Blueprint("support", __name__)\n\n@bp.post("/impersonate/<int:user_id>")\n@admin_required\ndef impersonate(user_id):\n    audit(user_id)\n    login_user(find(user_id))\n    return "ok"\n' },
    'tests of another kind': { good: 'from fastapi import FastAPI\n\napp = FastAPI()\n\n@app.get("/reading-test-sessions")\ndef sessions():\n    return []\n\n@app.get("/test-sessions/{id}")\ndef session(id: int):\n    return id\n\n@app.get("/tests/results")\ndef results():\n    return []\n\n@app.get("/devices/users")\ndef devices():\n    return []\n', path: 'main.py' },
    'the debug toolbar': { good: { 'shop/urls.py': 'import debug_toolbar\nfrom django.conf import settings\nfrom django.urls import include, path\n\nurlpatterns = []\nif settings.DEBUG:\n    urlpatterns += [path("__debug__/", include(debug_toolbar.urls))]\n' } },
    'in a comment': { good: '# @app.post("/auth/test-login")\n' },
  }),
});

function entries(): Selector<Entry> {
  return {
    kinds: ['module'], callees: ['*.include_router', '*.register_blueprint'],
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      const told = project.routesOf(unit).filter((route) => isTold(route.path) || isTold(lastName(route.handler)));
      for (const route of told) {
        // A class has a route for each of its methods.
        if (told.find((each) => each.handlerAt.start === route.handlerAt.start) === route) yield { path: route.path, at: route.handlerAt, guards: route.guards, module: unit, route, view: route.handler };
      }
    },
  };
}

function isTold(name: string): boolean {
  return LOGIN.test(name) || IMPERSONATION.test(name) || DUMP.test(name);
}

/** Some condition stands before it that does not hold by itself. */
function isSwitched(guards: readonly Guard[]): boolean {
  return guards.some((each) => each.means !== 'main' && each.means !== 'production' && each.unset !== true);
}

function isProtected({ route, path, view }: Entry): boolean {
  if (!route?.gates.some((each) => KNOWN.test(lastName(each))) && !route?.reads.some((each) => /(^|\.)current_user(\.|$)|authorization|api[-_]?key/i.test(each))) return false;
  if (!IMPERSONATION.test(path) && !IMPERSONATION.test(lastName(view))) return true;
  return [...route.gates, ...route.does].some((each) => ADMIN.test(lastName(each)));
}

/** Its router is given to the application under a switch, and nowhere without one. */
function isRegisteredBySwitch({ route, module }: Entry, project: Project): boolean {
  if (!route) return false;
  const owner = lastName(route.owner);
  const given = project.calls('*.include_router', '*.register_blueprint').filter(({ call }) => {
    const [first] = call.args;
    const source = first?.kind === 'reference' ? first.name : first?.kind === 'result' ? first.callee : '';
    const written = project.modules.find((each) => each.calls.includes(call))?.imports.find((each) => each.target === `${module.name}.${owner}`);
    return source === `${module.name}.${owner}` || source.endsWith(`.${lastName(module.name)}.${owner}`) || written !== undefined;
  });
  return given.length > 0 && given.every(({ call }) => isSwitched(call.guards));
}

/** What the handler itself asks for first: a switch, or a switch and a secret. */
function refusal({ route }: Entry, { source }: Context): 'secret' | 'switch' | undefined {
  if (!route) return undefined;
  const body = source.slice(route.body);
  const asks = /\bif\b[^\n:]*(test|e2e|debug|dev|env|mode)[^\n]*:\s*(#[^\n]*)?\n?\s*(raise|return|abort)\b/i.test(body);
  if (!asks) return undefined;
  return /compare_digest|headers(\.get\(|\[)/.test(body) ? 'secret' : 'switch';
}
