import type { Edit, Evidence, Gap, Judgement, Module, Project, Route, Source } from '../kit';
import {
  HOOK_CALLS, ROLE_WORDS, checksRole, functionNamedAt, guardOf, hasOwnHandler, idleModules, insert, isOpenOnPurpose, isPublicByNature, lastName,
  onlyInDevelopment, projectRule,
} from '../kit';

/** Paths for a few people; the visitor's own things under such a path are not. */
const PRIVILEGED = /(^|\/)(admin|administrators?|administration|super-?admin|back-?office|staff)(\/|$)/i;
const OWN = /(^|\/)(me|self|profile|account|my|mine|settings|preferences|password)(\/|$)/i;
/** What a user or a token has where roles are known. */
const ROLE_FIELD = /^(role|roles|user_?role|is_?(admin|staff|superuser|super_user|moderator)|admin|superuser|groups|permissions|scopes|access_level|user_type|account_type)$/i;

interface Privileged { readonly module: Module; readonly route: Route }

export default projectRule({
  id: 'admin-role-unchecked',
  title: 'Privileged routes check the role',
  severity: 'high', points: 10, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'Every registered customer is then an administrator who knows the address. Menus that hide the link protect nothing.',
  how: 'Check the role on the server, best for the whole blueprint or router.',
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Authorization_Cheat_Sheet.html', 'https://cwe.mitre.org/data/definitions/862.html'],
  anchors: ['CWE-862', 'CWE-269'],
  ladder: { name: 'access-control', rung: 4 },

  applies: (project) => roles(project) ? true : 'Users of the project have no roles.',
  reads: HOOK_CALLS,
  project: judge,
  fix: { title: 'Add the role check of the project', safety: 'review', edit: (gap, { source, project }) => checking(gap, source, project) },

  examples: () => ({
    'a login is enough': {
      bad: {
        'admin.py': 'from flask import Blueprint\nfrom flask_login import login_required\nbp = Blueprint("admin", __name__, url_prefix="/admin")\n@bp.get("/users")\n@login_required\ndef users():\n    return "all users"\n',
        'models.py': 'class User:\n    is_admin = False\n',
        'app.py': 'from flask import Flask\nfrom admin import bp\napp = Flask(__name__)\napp.register_blueprint(bp)\n',
      },
    },
    'one of several, beside a check that there is': {
      bad: {
        'admin.py': 'from functools import wraps\nfrom flask import Blueprint, Flask, abort\nfrom flask_login import current_user, login_required\n\nbp = Blueprint("admin", __name__, url_prefix="/admin")\n\n\ndef admins_only(f):\n    @wraps(f)\n    def inner(*a, **k):\n        if not current_user.is_admin:\n            abort(403)\n        return f(*a, **k)\n    return inner\n\n\n@bp.get("/users")\n@login_required\n@admins_only\ndef users():\n    return "all users"\n\n\n@bp.post("/prices")\n@login_required\ndef prices():\n    return "all prices"\n\n\napp = Flask(__name__)\napp.register_blueprint(bp)\n',
        'models.py': 'class User:\n    is_admin = False\n',
      },
      good: {
        'admin.py': 'from functools import wraps\nfrom flask import Blueprint, Flask, abort\nfrom flask_login import current_user, login_required\n\nbp = Blueprint("admin", __name__, url_prefix="/admin")\n\n\ndef admins_only(f):\n    @wraps(f)\n    def inner(*a, **k):\n        if not current_user.is_admin:\n            abort(403)\n        return f(*a, **k)\n    return inner\n\n\n@bp.get("/users")\n@login_required\n@admins_only\ndef users():\n    return "all users"\n\n\n@bp.post("/prices")\n@login_required\n@admins_only\ndef prices():\n    return "all prices"\n\n\napp = Flask(__name__)\napp.register_blueprint(bp)\n',
        'models.py': 'class User:\n    is_admin = False\n',
      },
    },
    'FastAPI, any signed-in user': {
      bad: {
        'main.py': 'from fastapi import APIRouter, Depends, FastAPI\nfrom deps import current_user\nrouter = APIRouter(prefix="/admin", dependencies=[Depends(current_user)])\n@router.delete("/orders/{i}")\ndef drop(i: int):\n    return {}\napp = FastAPI()\napp.include_router(router)\n',
        'deps.py': 'from fastapi import Request\ndef current_user(request: Request):\n    return load(request.headers["authorization"])\n',
        'models.py': 'from sqlalchemy.orm import Mapped\nclass User:\n    role: Mapped[str] = "member"\n',
      },
    },
    'a decorator that asks for the role': {
      good: {
        'admin.py': 'from functools import wraps\nfrom flask import Blueprint, Flask, abort\nfrom flask_login import current_user, login_required\nbp = Blueprint("admin", __name__, url_prefix="/admin")\ndef chiefs(f):\n    @wraps(f)\n    def inner(*a, **k):\n        if not current_user.is_admin:\n            abort(403)\n        return f(*a, **k)\n    return inner\n@bp.get("/users")\n@login_required\n@chiefs\ndef users():\n    return "all users"\napp = Flask(__name__)\napp.register_blueprint(bp)\n',
        'models.py': 'class User:\n    is_admin = False\n',
      },
    },
    'a dependency of the router that asks for the role': {
      good: {
        'main.py': 'from fastapi import APIRouter, Depends, FastAPI, HTTPException\nfrom fastapi.security import OAuth2PasswordBearer\ndef current_user(token: str = Depends(OAuth2PasswordBearer("token"))):\n    return load(token)\ndef chief(user=Depends(current_user)):\n    if user.role != "admin":\n        raise HTTPException(403)\nrouter = APIRouter(prefix="/admin")\n@router.delete("/orders/{i}")\ndef drop(i: int, one=Depends(current_user)):\n    return {}\napp = FastAPI()\napp.include_router(router, dependencies=[Depends(chief)])\n',
        'models.py': 'class User:\n    role = "member"\n',
      },
    },
    'asked for in the body': {
      good: {
        'admin.py': 'from flask import Blueprint, Flask, abort\nfrom flask_login import current_user, login_required\nbp = Blueprint("admin", __name__, url_prefix="/admin")\n@bp.get("/users")\n@login_required\ndef users():\n    if current_user.role != "admin":\n        abort(403)\n    return "all users"\napp = Flask(__name__)\napp.register_blueprint(bp)\n',
        'models.py': 'class User:\n    role = "member"\n',
      },
    },
    'before the blueprint': {
      good: {
        'admin.py': 'from flask import Blueprint, Flask, abort\nfrom flask_login import current_user, login_required\nbp = Blueprint("admin", __name__, url_prefix="/admin")\n@bp.before_request\ndef guard():\n    if not current_user.is_admin:\n        abort(403)\n@bp.get("/users")\n@login_required\ndef users():\n    return "all users"\napp = Flask(__name__)\napp.register_blueprint(bp)\n',
        'models.py': 'class User:\n    is_admin = False\n',
      },
    },
    'Django asks for a permission': {
      good: {
        'shop/settings.py': 'ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = ["django.contrib.auth"]\n',
        'shop/urls.py': 'from django.contrib.admin.views.decorators import staff_member_required\nfrom django.urls import path\nfrom shop import views\nurlpatterns = [path("staff/a/", views.a), path("staff/b/", staff_member_required(views.b)), path("staff/c/", views.C.as_view())]\n',
        'shop/views.py': 'from django.contrib.auth.decorators import login_required, permission_required\nfrom django.contrib.auth.mixins import LoginRequiredMixin, UserPassesTestMixin\nfrom django.views import View\n@login_required\n@permission_required("shop.change_item")\ndef a(request):\n    return None\n@login_required\ndef b(request):\n    return None\nclass C(LoginRequiredMixin, UserPassesTestMixin, View):\n    def test_func(self):\n        return self.request.user.is_staff\n    def get(self, request):\n        return None\n',
        'shop/models.py': 'class User:\n    is_staff = False\n',
      },
    },
    'nobody has a role': {
      good: { 'admin.py': 'from flask import Blueprint, Flask\nfrom flask_login import login_required\nbp = Blueprint("admin", __name__, url_prefix="/admin")\n@bp.get("/posts")\n@login_required\ndef posts():\n    return "posts"\napp = Flask(__name__)\napp.register_blueprint(bp)\n', 'models.py': 'class User:\n    email = ""\n' },
    },
    'a token that only administrators get': {
      good: {
        'admin.py': 'from fastapi import APIRouter, Depends, FastAPI\nfrom deps import get_current_admin\nrouter = APIRouter(prefix="/admin")\n@router.get("/users")\ndef users(one=Depends(get_current_admin)):\n    return []\napp = FastAPI()\napp.include_router(router)\n',
        'deps.py': 'from fastapi import Request\ndef get_current_admin(request: Request):\n    return load(request.headers["authorization"])\n',
        'models.py': 'class User:\n    role = "member"\n',
      },
    },
    'paths that only sound like it': {
      good: {
        'app.py': 'from flask import Flask\nfrom flask_login import login_required\napp = Flask(__name__)\n@app.get("/administrative-divisions")\n@login_required\ndef divisions():\n    return "x"\n@app.get("/admin/login")\n@login_required\ndef login():\n    return "x"\n@app.get("/admin/me")\n@login_required\ndef me():\n    return "x"\n',
        'models.py': 'class User:\n    role = "member"\n',
      },
    },
  }),
});

/** Where users, members or tokens are given a role. */
function roles(project: Project): Evidence | undefined {
  return project.once('roles of users', () => {
    for (const module of project.modules) {
      const field = module.assignments.find((one) => one.scope !== '' && ROLE_FIELD.test(one.target) && /user|member|account|token|profile|person|employee|admin|principal/i.test(one.scope));
      if (field) return { path: module.path, ...field.targetAt, text: `${lastName(field.scope)}.${field.target}` };
    }
    return project.frameworks.has('django') ? { ...project.anchor, text: 'is_staff of Django\'s users' } : undefined;
  });
}

function judge(project: Project): Judgement {
  const all = privileged(project);
  if (all.length === 0) return { notApplicable: 'No route under /admin or /staff asks for a login.' };
  const open = all.filter(({ module, route }) => !checksRole(module, route, project));
  const [first] = all;
  if (open.length === 0 && first) return { holds: [{ path: first.module.path, ...first.route.handlerAt, text: all.length === 1 ? 'its one privileged route asks for a role' : `all ${all.length} privileged routes ask for a role` }] };
  const role = roles(project);
  return { open: open.slice(0, 5).map(({ module, route }): Gap => ({
    at: { path: module.path, ...route.handlerAt },
    message: `${route.methods.find((each) => each !== 'GET') ?? 'GET'} ${route.path} requires a login (${lastName(guardOf(route, project) ?? '')}) but no role.`, ...(role && { related: [role] }),
  })) };
}

/** Routes for a few people that somebody is signed in for, one for each handler. */
function privileged(project: Project): readonly Privileged[] {
  const idle = idleModules(project);
  const seen = new Set<string>();
  return project.routes.filter(({ module, route }) => {
    const key = `${module.path} ${route.handlerAt.start}`;
    if (seen.has(key) || !PRIVILEGED.test(route.path) || OWN.test(route.path) || !route.traced || !hasOwnHandler(route) || idle.has(module.path) || isPublicByNature(route) || isOpenOnPurpose(route) || onlyInDevelopment(route)) return false;
    seen.add(key);
    return guardOf(route, project) !== undefined;
  });
}

/** The decorator by which another route of the file asks for the role, above the function. */
function checking(gap: Gap, source: Source, project: Project): readonly Edit[] | undefined {
  const unit = project.unit(gap.at.path);
  if (unit?.kind !== 'module' || !functionNamedAt(unit, gap.at.start)) return undefined;
  const written = project.routesOf(unit).filter((each) => /^(flask|django|quart)$/.test(each.framework)).flatMap((each) => each.decorators)
    .filter((each) => ROLE_WORDS.test(lastName(each.name)) || ROLE_WORDS.test(bodyOf(each.name, project))).map((each) => source.slice(each.at)).find((each) => /^[\w.]+(\([^\n]*\))?$/.test(each) && !/\.(route|get|post|put|patch|delete)\(/.test(each));
  const line = source.lineStart(gap.at.start);
  return written === undefined ? undefined : [insert(line, `${source.indentation(line)}@${written}\n`)];
}

function bodyOf(name: string, project: Project): string {
  const found = project.func(name);
  return found ? project.written(found.module.path, found.func.body) : '';
}
