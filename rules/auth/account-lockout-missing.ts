import type { Evidence, Hook, Judgement, Module, Project, Route } from '../kit';
import { HOOK_CALLS, PUBLIC_WRITE_CALLS, THROTTLE_CALLS, closure, functionNamedAt, functionsWithin, hasOwnHandler, idleModules, isWrite, lastName, limits, projectRule, seenInProduction, webFrameworks, withoutComments } from '../kit';

export default projectRule({
  id: 'account-lockout-missing',
  title: 'Repeated failed logins slow down or lock the account',
  severity: 'low', confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: `Limits by address do not stop one password being tried from many addresses. A delay per account does, at little cost to users.`,
  how: `Count failures per account, and add a growing delay or a short lock.`,
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html', 'https://cheatsheetseries.owasp.org/cheatsheets/Credential_Stuffing_Prevention_Cheat_Sheet.html'],
  anchors: ['CWE-307'],
  attestable: 'edge-rate-limiting',

  reads: [...HOOK_CALLS, ...PUBLIC_WRITE_CALLS, ...THROTTLE_CALLS],
  applies(project) {
    if (webFrameworks(project).size === 0 || !project.deployable) return 'No web application is deployed from here.';
    if (logins(project).length === 0) return 'No passwords are checked at a login of its own.';
    return limits(project).length > 0 || counted(project).length > 0 ? true : 'Nothing limits requests yet: that comes first.';
  },
  project: judge,

  examples: () => ({
    'a limit by address alone': {
      bad: {
        'app.py': 'from flask import Flask, request\nfrom flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\nfrom werkzeug.security import check_password_hash\n\napp = Flask(__name__)\nlimiter = Limiter(get_remote_address, app=app)\n\n@app.post("/login")\n@limiter.limit("10 per minute")\ndef login():\n    user = find(request.form["name"])\n    if not user or not check_password_hash(user.password_hash, request.form["password"]):\n        return "wrong", 401\n    return "ok"\n\ndef find(n):\n    return None\n',
        Procfile: 'web: gunicorn app:app\n',
      },
    },
    'FastAPI, with a service': {
      bad: {
        'main.py': 'from fastapi import Depends, FastAPI, HTTPException\nfrom fastapi.security import OAuth2PasswordRequestForm\nfrom slowapi import Limiter\nfrom slowapi.middleware import SlowAPIMiddleware\nfrom app.users import authenticate\n\napp = FastAPI()\napp.add_middleware(SlowAPIMiddleware)\n\n@app.post("/token")\ndef token(form: OAuth2PasswordRequestForm = Depends()):\n    user = authenticate(form.username, form.password)\n    if not user:\n        raise HTTPException(401)\n    return {}\n',
        'app/users.py': 'from passlib.context import CryptContext\n\npwd_context = CryptContext(schemes=["bcrypt"])\n\ndef authenticate(name, password):\n    user = find(name)\n    return user if user and pwd_context.verify(password, user.hash) else None\n\ndef find(name):\n    return None\n',
        Procfile: 'web: uvicorn main:app\n',
      },
    },
    'failures are counted with the account': {
      good: { 'app.py': 'from flask import Flask, request\nfrom werkzeug.security import check_password_hash\napp = Flask(__name__)\n@app.post("/login")\ndef login():\n    user = find(request.form["name"])\n    if not check_password_hash(user.password_hash, request.form["password"]):\n        user.failed_attempts += 1\n        return "wrong", 401\n    return "ok"\ndef find(n):\n    raise NotImplementedError\n', Procfile: 'web: gunicorn app:app\n' },
    },
    'failures are counted by a service': {
      good: {
        'app.py': 'from flask import Flask, abort, request\nfrom werkzeug.security import check_password_hash\nfrom guard import blocked, note\n\napp = Flask(__name__)\n\n@app.post("/login")\ndef login():\n    name = request.form["name"]\n    if blocked(name):\n        abort(429)\n    user = find(name)\n    if not check_password_hash(user.password_hash, request.form["password"]):\n        note(name)\n        return "wrong", 401\n    return "ok"\n\ndef find(n):\n    raise NotImplementedError\n',
        'guard.py': 'import redis\n\nr = redis.Redis()\n\ndef blocked(name):\n    return int(r.get(f"login_attempts:{name}") or 0) > 5\n\ndef note(name):\n    r.incr(f"login_attempts:{name}")\n',
        Procfile: 'web: gunicorn app:app\n',
      },
    },
    'a limit by account': {
      good: { 'app.py': 'from flask import Flask, request\nfrom flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\nfrom werkzeug.security import check_password_hash\n\napp = Flask(__name__)\nlimiter = Limiter(get_remote_address, app=app)\n\n@app.post("/login")\n@limiter.limit("5 per minute", key_func=lambda: request.form["username"])\ndef login():\n    return str(check_password_hash("x", request.form["password"]))\n', Procfile: 'web: gunicorn app:app\n' },
    },
    'axes': { good: { 'shop/settings.py': 'ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = ["axes"]\nAUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend"]\nMIDDLEWARE = ["axes.middleware.AxesMiddleware"]\n', 'shop/urls.py': 'from django.contrib.auth.views import LoginView\nfrom django.urls import path\n\nurlpatterns = [path("login/", LoginView.as_view())]\n', 'shop/wsgi.py': 'from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n' } },
    'Django\'s login, with a limit by address': {
      bad: { 'shop/settings.py': 'ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = ["django.contrib.auth"]\nMIDDLEWARE = []\n', 'shop/urls.py': 'from django.contrib.auth.views import LoginView\nfrom django.urls import path\nfrom django_ratelimit.decorators import ratelimit\n\nurlpatterns = [path("login/", ratelimit(key="ip", rate="10/m")(LoginView.as_view()))]\n', 'shop/wsgi.py': 'from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n' },
    },
    'nothing limits anything': { good: { 'app.py': 'from flask import Flask, request\nfrom werkzeug.security import check_password_hash\napp = Flask(__name__)\n@app.post("/login")\ndef login():\n    return str(check_password_hash("x", request.form["password"]))\n', Procfile: 'web: gunicorn app:app\n' } },
    'one password for all': { good: { 'app.py': 'from flask import Flask, request\nfrom flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\nfrom werkzeug.security import check_password_hash\n\napp = Flask(__name__)\nlimiter = Limiter(get_remote_address, app=app, default_limits=["100/hour"])\n\n@app.post("/login")\ndef login():\n    return str(check_password_hash(app.config["HASH"], request.form["password"]))\n', Procfile: 'web: gunicorn app:app\n' } },
    'somebody else signs people in': { good: { 'app.py': 'from authlib.integrations.flask_client import OAuth\nfrom flask import Flask\nfrom flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\n\napp = Flask(__name__)\noauth = OAuth(app)\nlimiter = Limiter(get_remote_address, app=app, default_limits=["100/hour"])\n\n@app.route("/login")\ndef login():\n    return oauth.sso.authorize_redirect("/callback")\n', Procfile: 'web: gunicorn app:app\n' } },
  }),
});

interface Login extends Evidence { readonly hooks: readonly Hook[]; readonly name: string }

const CHECKS = /(^|\.)(check_password_hash|check_password|verify_password|checkpw|verify_and_update|authenticate(_user)?|aauthenticate|validate_password|password_matches|is_correct_password|verify_hash)$|CryptContext\.verify$|PasswordHasher\.verify$|PasswordHash\.verify$|^passlib\.hash\.\w+\.verify$/;
const LOGIN = /(^|[/_.\s-])(log[_-]?in|sign[_-]?in|authenticate|auth|token|sessions?)([/_.\s-]|$)/i;

/** Handlers that check a password, and Django's own login views. */
function logins(project: Project): readonly Login[] {
  return project.once('passwordLogins', () => {
    const idle = idleModules(project);
    const own = project.routes.filter(({ module, route }) => module.language === 'python' && !idle.has(module.path) && LOGIN.test(`${route.path} ${lastName(route.handler)}`) && (isWrite(route) || route.framework === 'django') && hasOwnHandler(route))
      .flatMap(({ module, route }): readonly Login[] => {
        const hooks = closure(project, handlersOf(module, route));
        return isForAccounts(route) && hooks.some(({ func }) => func.does.some((each) => CHECKS.test(each))) ? [{ path: module.path, ...route.handlerAt, text: route.path, hooks, name: lastName(route.handler) }] : [];
      });
    return [...own, ...djangoViews(project)];
  });
}

/** A password without a name belongs to the application, which has one account. */
function isForAccounts({ reads }: Route): boolean {
  const keys = reads.map(lastName);
  return !keys.some((each) => /passw|pwd/i.test(each)) || keys.some((each) => /user|e_?mail|login|name|account|identifier|phone/i.test(each));
}

function handlersOf(module: Module, route: Route): readonly Hook[] {
  const own = functionNamedAt(module, route.handlerAt.start);
  return [...(own ? [own] : []), ...functionsWithin(module, route.body)].map((func) => ({ module, func }));
}

const VIEWS = /(^|\.)contrib\.auth\.(views\.(LoginView|login)|urls)|(^|\.)(obtain_auth_token|ObtainAuthToken|TokenObtainPairView)(\.|$)/;

function djangoViews(project: Project): readonly Login[] {
  return project.calls('django.urls.path', 'django.urls.re_path', 'django.conf.urls.url').flatMap(({ module, call }) => {
    const [, view] = call.args;
    const text = (project.text(module.path) ?? '').slice(view?.at.start ?? 0, view?.at.end ?? 0);
    const named = view?.kind === 'reference' ? view.name : view?.kind === 'result' ? `${view.callee} ${view.args[0]?.kind === 'text' ? view.args[0].value : view.args[0]?.kind === 'reference' ? view.args[0].name : ''}` : '';
    return VIEWS.test(named) || /\b(LoginView|TokenObtainPairView|obtain_auth_token)\b/.test(text) ? [{ path: module.path, ...call.at, text: 'Django’s login', hooks: [], name: 'Django’s login view' }] : [];
  });
}

// ---- what counts failures for each account

const COUNTS = /failed_?(login|attempt|auth|password|sign)|(login|auth|password|sign_?in|otp)_?(attempts|attempt_?count|failures|fails|fail_?count|tries)|failures?_?(count|limit)|bad_?password_?(count|attempts)|attempts?_?(left|remaining|count)|lock(ed)?_?(out|until|at|account)|lock_?(time|duration|minutes)|account_?lock|brute_?force|too_?many_?(failed|login|attempts)|captcha|turnstile|recaptcha/i;
const BY_ACCOUNT = /key(_func)?\s*=[^\n]*(user|e-?mail|login|account|post:|name)/i;
const APPS = /^(axes|defender|allauth\.account|django_lockout|lockout|admin_honeypot_lockout|django_login_attempts|login_failure|maxfail|two_factor_lockout)(\.|$)/;

function counted(project: Project): readonly Evidence[] {
  const apps = project.settings('INSTALLED_APPS').filter((each) => seenInProduction(each, project)).flatMap((each) => (each.value.kind === 'list' ? each.value.items : []).flatMap((item) => item.kind === 'text' && APPS.test(item.value) ? [{ path: each.path, start: item.at.start, end: item.at.end, text: `${item.value} counts failures` }] : []));
  const own = logins(project).flatMap(({ hooks }) => hooks).flatMap(({ module, func }): readonly Evidence[] => {
    const text = withoutComments(project.written(module.path, func.at));
    const found = COUNTS.exec(text);
    if (found) return [{ path: module.path, ...func.nameAt, text: `${func.name}() looks at ${found[0]}` }];
    return BY_ACCOUNT.test(text) && func.decorators.some((each) => /limit/i.test(each.name)) ? [{ path: module.path, ...func.nameAt, text: `${func.name}() is limited by account` }] : [];
  });
  const limited = limits(project).filter((each) => /counts and refuses$/.test(each.text) && /login|passw|e_?mail|account|user/i.test(each.text));
  return [...apps, ...own, ...limited];
}

function judge(project: Project): Judgement {
  const found = counted(project);
  if (found.length > 0) return { holds: found.slice(0, 3) };
  const [first] = logins(project);
  if (!first) return { notApplicable: 'No passwords are checked at a login of its own.' };
  return { open: [{ at: { path: first.path, start: first.start, end: first.end }, message: `${first.name}${first.name.includes(' ') ? '' : '()'} keeps no count of failed attempts per account: limits by address alone let many addresses try one account.` }] };
}
