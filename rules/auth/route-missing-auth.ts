import type { Edit, Module, Project, Route, Selector, Source } from '../kit';
import {
  authenticates, functionNamedAt, guardOf, guardsEverything, hasOwnHandler, idleModules, insert, isOpenOnPurpose, isPublicByNature, isWrite, lastName,
  maybeGuarded, onlyInDevelopment, recognisedRoutes, rule,
} from '../kit';

/** A route that changes something or is for administrators, with the routes beside it. */
interface Place { readonly module: Module; readonly route: Route; readonly siblings: readonly Route[]; readonly guarded: number }

/** Parts of a path that are for a few; the second kind is also used for one's own things, and behind a network's border. */
const ADMIN = /(^|\/)(admin|administrators?|super-?admin|back-?office|staff)(\/|$)/i;
const MANAGE = /(^|\/)(internal|manage|management)(\/|$)/i;
const MOST = 0.8;

export default rule<Place>({
  id: 'route-missing-auth',
  title: 'Every sensitive route carries the guard its siblings have',
  severity: 'high', points: 15, confidence: 'likely', blocks: 'always', effort: 'S', since: '1',
  why: 'One forgotten decorator opens an action to the internet that is closed everywhere else. Comparing a route with those beside it finds exactly these.',
  how: 'Guard the blueprint or router as a whole instead of each route, and open single routes on purpose.',
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Authorization_Cheat_Sheet.html', 'https://cwe.mitre.org/data/definitions/862.html'],
  anchors: ['CWE-862', 'CWE-285', 'ASVS 8.2.1'],
  ladder: { name: 'access-control', rung: 2 },

  applies: (project) => recognisedRoutes(project) > 0 ? true : 'No route of the project asks who is there.',
  on: places(),
  nothing: 'No route changes anything or is for administrators.',
  check: (place, { project }) => isForgotten(place, project),
  message: ({ route, siblings, guarded, module }, { project }) => {
    const beside = guarded > 0 ? `${guarded} of the ${siblings.length} routes ${placeOfSiblings(route, module)} have one` : `${recognisedRoutes(project)} other routes of the project have one`;
    return `${nameOf(route)} has no auth guard, although ${beside}.`;
  },
  underline: ({ route }) => route.handlerAt,
  holds: ({ route }, { project }) => { const guard = guardOf(route, project); return guard && `${nameOf(route)} asks ${lastName(guard)}`; },
  summary: (count) => count === 1 ? 'The only sensitive route is guarded' : `${count} sensitive routes are guarded`,
  fix: { title: 'Add the guard of its siblings', safety: 'review', edit: (place, { source, project }) => guarding(place, source, project) },

  examples: () => ({
    'one forgotten in a blueprint for administrators': {
      bad: { 'admin.py': 'from flask import Blueprint, Flask\nfrom flask_login import login_required\n\napp = Flask(__name__)\nbp = Blueprint("admin", __name__, url_prefix="/admin")\n\n\n@bp.get("/users")\n@login_required\ndef users():\n    return "list"\n\n\n@bp.post("/users/<int:i>/delete")\ndef delete(i):\n    return "gone"\n\n\napp.register_blueprint(bp)\n' },
      good: { 'admin.py': 'from flask import Blueprint, Flask\nfrom flask_login import login_required\n\napp = Flask(__name__)\nbp = Blueprint("admin", __name__, url_prefix="/admin")\n\n\n@bp.get("/users")\n@login_required\ndef users():\n    return "list"\n\n\n@bp.post("/users/<int:i>/delete")\n@login_required\ndef delete(i):\n    return "gone"\n\n\napp.register_blueprint(bp)\n' },
    },
    'the prefix is given where the blueprint is registered': {
      bad: {
        'users.py': 'from flask import Blueprint\nfrom flask_login import login_required\nbp = Blueprint("users", __name__)\n@bp.get("/")\n@login_required\ndef users():\n    return "list"\n@bp.post("/<int:i>/ban")\ndef ban(i):\n    return "gone"\n',
        'app.py': 'from flask import Flask\nfrom users import bp\napp = Flask(__name__)\napp.register_blueprint(bp, url_prefix="/admin/users")\n',
      },
    },
    'one of many writes': {
      bad: { 'main.py': `from fastapi import Depends, FastAPI, Request

app = FastAPI()


def current(request: Request):
    return load(request.headers["authorization"])


${['a', 'b', 'c', 'd'].map((name) => `@app.post("/${name}s")\ndef add_${name}(user=Depends(current)):\n    return {}\n`).join('\n\n')}

@app.delete("/ds/{i}")
def drop_d(i: int):
    return {}
` },
    },
    'a Django view among guarded ones': {
      bad: {
        'shop/settings.py': 'ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = ["django.contrib.auth"]\n',
        'shop/urls.py': 'from django.urls import path\nfrom shop import views\nurlpatterns = [path(f"{name}/", view) for name, view in []] + [path("a/", views.add_a), path("b/", views.add_b), path("c/", views.add_c), path("d/", views.add_d), path("e/", views.edit_e)]\n',
        'shop/views.py': `from django.contrib.auth.decorators import login_required
from django.views.decorators.http import require_POST
${['a', 'b', 'c', 'd'].map((name) => `@login_required\n@require_POST\ndef add_${name}(request):\n    return save(request.POST)\n`).join('')}@require_POST
def edit_e(request):
    return save(request.POST)
`,
      },
    },
    'a guard before the blueprint': {
      good: 'from flask import Blueprint, Flask\nfrom flask_login import current_user, login_required\napp = Flask(__name__)\nbp = Blueprint("admin", __name__, url_prefix="/admin")\n@bp.before_request\ndef guard():\n    if not current_user.is_authenticated:\n        return "no", 403\n@bp.post("/users/<int:i>/delete")\ndef delete(i):\n    return "gone"\n@app.get("/me")\n@login_required\ndef me():\n    return "me"\napp.register_blueprint(bp)\n',
    },
    'a guard of the router, in another file': {
      good: {
        'deps.py': 'from fastapi import Request\ndef user(request: Request):\n    return request.headers["authorization"]\n',
        'orders.py': 'from fastapi import APIRouter\nrouter = APIRouter(prefix="/admin")\n@router.post("/orders")\ndef create():\n    return {}\n',
        'main.py': 'from fastapi import Depends, FastAPI\nfrom deps import user\nimport orders\napp = FastAPI()\napp.include_router(orders.router, dependencies=[Depends(user)])\n@app.get("/me")\ndef me(one=Depends(user)):\n    return one\n',
      },
    },
    'a guard of all, before every request': {
      good: 'from flask import Flask, abort, request, session\nfrom flask_login import login_required\napp = Flask(__name__)\n@app.before_request\ndef gate():\n    if request.endpoint != "login" and "uid" not in session:\n        abort(401)\n@app.get("/admin/a")\n@login_required\ndef a():\n    return "a"\n@app.post("/admin/b")\ndef b():\n    return "b"\n',
    },
    'middleware that asks': {
      good: { 'main.py': 'from fastapi import Depends, FastAPI, Request\nfrom fastapi.responses import JSONResponse\nfrom fastapi.security import HTTPBearer\napp = FastAPI()\n@app.middleware("http")\nasync def keys(request: Request, call_next):\n    if request.headers.get("authorization") != KEY:\n        return JSONResponse({}, status_code=401)\n    return await call_next(request)\n@app.get("/me")\ndef me(token=Depends(HTTPBearer())):\n    return token\n@app.post("/admin/b")\ndef b():\n    return {}\n' },
    },
    'a check in the body': {
      good: 'from flask import Flask, abort\nfrom flask_login import current_user, login_required\napp = Flask(__name__)\n@app.get("/admin/a")\n@login_required\ndef a():\n    return "a"\n@app.post("/admin/b")\ndef b():\n    if not current_user.is_admin:\n        abort(403)\n    return "b"\n@app.post("/admin/c")\ndef c():\n    ensure()\n    return "c"\ndef ensure():\n    if not current_user.is_admin:\n        abort(403)\n',
    },
    'a decorator of the project': {
      good: 'from functools import wraps\nfrom flask import Flask, redirect, session\napp = Flask(__name__)\ndef members(f):\n    @wraps(f)\n    def inner(*a, **k):\n        if "uid" not in session:\n            return redirect("/login")\n        return f(*a, **k)\n    return inner\n@app.get("/admin/a")\n@members\ndef a():\n    return "a"\n@app.post("/admin/b")\n@members\ndef b():\n    return "b"\n',
    },
    'open by purpose': {
      good: `from flask import Flask
from flask_login import login_required
app = Flask(__name__)
${['a', 'b', 'c', 'd', 'e'].map((name) => `@app.post("/${name}")\n@login_required\ndef add_${name}():\n    return "ok"\n`).join('')}@app.post("/login")
def login():
    return "ok"
@app.post("/stripe/webhook")
def stripe_event():
    return "ok"
@app.post("/reset/<token>")
def reset(token):
    return "ok"
@app.post("/newsletter")
def newsletter():
    return "ok"
@app.post("/admin/login")
def admin_login():
    return "ok"
@app.get("/admin/health")
def health():
    return "ok"
`,
    },
    'open on purpose, as it says': {
      good: {
        'shop/settings.py': 'ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = ["rest_framework"]\n',
        'shop/urls.py': 'from django.urls import path\nfrom shop import views\nurlpatterns = [path("admin/things/", views.Things.as_view()), path("mine/", views.Mine.as_view())]\n',
        'shop/views.py': 'from rest_framework.permissions import AllowAny, IsAuthenticated\nfrom rest_framework.views import APIView\nclass Things(APIView):\n    permission_classes = [AllowAny]\n    def post(self, request):\n        return None\nclass Mine(APIView):\n    permission_classes = [IsAuthenticated]\n    def get(self, request):\n        return None\n',
      },
    },
    'a new account': {
      good: `from flask import Flask
from flask_httpauth import HTTPTokenAuth
app = Flask(__name__)
auth = HTTPTokenAuth()
${['a', 'b', 'c', 'd', 'e'].map((name) => `@app.put("/${name}")\n@auth.login_required\ndef put_${name}():\n    return "ok"\n`).join('')}@app.post("/api/users")
def create_user():
    return "ok"
`,
    },
    'middleware that refuses for another reason': {
      bad: { 'main.py': 'from fastapi import Depends, FastAPI, Request\nfrom fastapi.responses import JSONResponse\nfrom fastapi.security import HTTPBearer\napp = FastAPI()\n@app.middleware("http")\nasync def rate_limit(request: Request, call_next):\n    if too_many(request.headers.get("authorization")):\n        return JSONResponse({}, status_code=429)\n    return await call_next(request)\n@app.get("/me")\ndef me(token=Depends(HTTPBearer())):\n    return token\n@app.post("/admin/cleanup")\ndef cleanup():\n    return {}\n' },
    },
    'a blueprint whose registration is not seen': {
      good: 'from flask import Blueprint\nfrom flask_login import login_required\nbp = Blueprint("admin", __name__, url_prefix="/admin")\n@bp.get("/users")\n@login_required\ndef users():\n    return "list"\n@bp.post("/users/<int:i>/delete")\ndef delete(i):\n    return "gone"\n',
    },
    'a public site with a few guarded pages': {
      good: `from flask import Flask
from flask_login import login_required
app = Flask(__name__)
@app.get("/account")
@login_required
def account():
    return "ok"
@app.post("/posts/<int:i>/rate")
def rate(i):
    return "ok"
@app.post("/calculate")
def calculate():
    return "ok"
`,
    },
    'tests': { path: 'tests/app.py', good: 'from flask import Flask\napp = Flask(__name__)\n@app.post("/admin/x")\ndef x():\n    return "x"\n' },
  }),
});

function places(): Selector<Place> {
  return {
    kinds: ['module'], callees: [],
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      const routes = project.routesOf(unit);
      if (routes.length === 0 || idleModules(project).has(unit.path)) return;
      const groups = groupsOf(routes, project);
      const closed = new Set([...groups.values()].flatMap((each) => each.siblings.map((one) => one.handlerAt.start)));
      const judged = new Set<number>();
      for (const route of routes) {
        if (judged.has(route.handlerAt.start) || !closed.has(route.handlerAt.start) || !(isWrite(route) || isForFew(route)) || onlyInDevelopment(route)) continue;
        judged.add(route.handlerAt.start);
        const group = groups.get(groupOf(route));
        if (group) yield { module: unit, route, siblings: group.siblings, guarded: group.guarded };
      }
    },
  };
}

interface Group { readonly siblings: Route[]; guarded: number }

/** The routes of one blueprint or router in this file, one for each handler, those that are open by nature left out. */
function groupsOf(routes: readonly Route[], project: Project): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  const seen = new Set<number>();
  for (const route of routes) {
    if (seen.has(route.handlerAt.start) || !hasOwnHandler(route) || isPublicByNature(route)) continue;
    seen.add(route.handlerAt.start);
    const group = groups.get(groupOf(route)) ?? { siblings: [], guarded: 0 };
    groups.set(groupOf(route), group);
    group.siblings.push(route);
    if (guardOf(route, project) !== undefined) group.guarded++;
  }
  return groups;
}

function groupOf(route: Route): string {
  return route.framework === 'django' ? 'django' : route.router;
}

function isForFew(route: Route): boolean {
  return ADMIN.test(route.path) || MANAGE.test(route.path);
}

function isForgotten({ module, route, siblings, guarded }: Place, project: Project): boolean {
  if (!route.traced || isOpenOnPurpose(route) || guardOf(route, project) !== undefined || guardsEverything(route, project)) return false;
  const voted = isWrite(route) && siblings.length >= 4 && guarded / siblings.length >= MOST;
  const forFew = (ADMIN.test(route.path) && isWrite(route) && recognisedRoutes(project) > 0) || (isForFew(route) && guarded > 0 && guarded / siblings.length >= 0.5);
  return (voted || forFew) && !maybeGuarded(module, route, project);
}

function nameOf(route: Route): string {
  return `${route.methods.find((each) => /^(POST|PUT|PATCH|DELETE)$/.test(each)) ?? 'GET'} ${route.path.length > 70 ? `${route.path.slice(0, 69)}…` : route.path}`;
}

function placeOfSiblings(route: Route, module: Module): string {
  return route.framework === 'django' ? `in ${lastName(module.name)}` : `of ${lastName(route.owner)}`;
}

// ---- the fix

/** The decorator that most of its siblings have, under those the function has already. */
function guarding({ module, route, siblings }: Place, source: Source, project: Project): readonly Edit[] | undefined {
  if (!functionNamedAt(module, route.handlerAt.start) || !/^(flask|django|quart)$/.test(route.framework)) return undefined;
  const counts = new Map<string, number>();
  for (const each of siblings.flatMap((one) => one.decorators).filter((one) => authenticates(one.name, project))) {
    const written = source.slice(each.at);
    if (/^[\w.]+(\([^\n]*\))?$/.test(written)) counts.set(written, (counts.get(written) ?? 0) + 1);
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  if (!most) return undefined;
  const line = source.lineStart(route.handlerAt.start);
  return [insert(line, `${source.indentation(line)}@${most[0]}\n`)];
}
