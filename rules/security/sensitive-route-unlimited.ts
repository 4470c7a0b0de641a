import type { Edit, Evidence, Gap, Judgement, Module, Project, Route, Source } from '../kit';
import {
  HOOK_CALLS, PUBLIC_WRITE_CALLS, THROTTLE_CALLS, functionNamedAt, guardOf, hasOwnHandler, idleModules, insert, lastName, limits, limitsEverything,
  limitsRoute, maybeGuarded, onlyInDevelopment, projectRule, routeName, webFrameworks,
} from '../kit';

/** Where credentials are tried, and what costs money or mail; by a part of the path or the handler's name. */
const CREDENTIAL = /(^|[ /_.-])(log-?in|sign-?in|authenticate|token|access-token|forgot|forgot-password|password-?reset|reset-?password|reset|recover|password-recovery|register|registration|sign-?up|otp|verify-otp|verify-code|2fa|totp|mfa|unlock)([ /_.-]|$)/i;
const COSTLY = /(^|[ /_.-])(contact|feedback|newsletter|subscribe|invite|send-(mail|email|message)|checkout|booking|vote|generate)([ /_.-]|$)/i;
const OTHER = /webauthn|passkey|log-?out|sign-?out|refresh|revoke|webhook|callback|unsubscribe|csrf|test-token|push|device|(^|[/_.-])(tokens?|reset|unlock|verify)[/_-](view|filter|cache|all|search|list)/i;
const MOST = 6;

interface Sensitive { readonly module: Module; readonly route: Route; readonly credential: boolean }

export default projectRule({
  id: 'sensitive-route-unlimited',
  title: 'Credential and costly routes have their own limit',
  severity: 'medium', points: 6, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'A limit that is generous enough for pages still allows thousands of password guesses a day. Reset and contact routes also send mail at your cost.',
  how: 'Give each such route a small limit by address and, for logins, by account.',
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html', 'https://flask-limiter.readthedocs.io/en/stable/'],
  anchors: ['CWE-307', 'ASVS 6.3.1'],
  ladder: { name: 'rate-limit', rung: 2 },

  applies: (project) => webFrameworks(project).size > 0 ? true : 'No web application is served from here.',
  reads: [...THROTTLE_CALLS, ...HOOK_CALLS, ...PUBLIC_WRITE_CALLS],
  project: judge,
  fix: { title: 'Add a limit', safety: 'review', edit: (gap, { source, project }) => limiting(gap, source, project) },

  examples: () => ({
    'a login without a limit, beside a limited route': {
      bad: 'from flask import Flask\nfrom flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\n\napp = Flask(__name__)\nlimiter = Limiter(get_remote_address, app=app, storage_uri="redis://cache")\n\n\n@app.post("/login")\ndef login():\n    return "ok"\n\n\n@app.post("/api/like")\n@limiter.limit("10 per minute")\ndef like():\n    return "ok"\n',
      good: 'from flask import Flask\nfrom flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\n\napp = Flask(__name__)\nlimiter = Limiter(get_remote_address, app=app, storage_uri="redis://cache")\n\n\n@app.post("/login")\n@limiter.limit("10 per minute")\ndef login():\n    return "ok"\n\n\n@app.post("/api/like")\n@limiter.limit("10 per minute")\ndef like():\n    return "ok"\n',
    },
    'a generous default for all': { bad: 'from flask import Flask\nfrom flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\napp = Flask(__name__)\nlimiter = Limiter(get_remote_address, app=app, default_limits=["2000 per day", "500 per hour"])\n@app.post("/auth/forgot-password")\ndef forgot():\n    return "ok"\n' },
    'a form that sends mail': { severity: 'low', bad: 'from flask import Flask\nfrom flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\napp = Flask(__name__)\nlimiter = Limiter(get_remote_address, app=app, default_limits=["500 per hour"])\n@app.post("/login")\n@limiter.limit("5 per minute")\ndef login():\n    return "ok"\n@app.post("/contact")\ndef contact():\n    return "ok"\n' },
    'limited': { good: 'from flask import Flask\nfrom flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\napp = Flask(__name__)\nlimiter = Limiter(get_remote_address, app=app, storage_uri="redis://cache")\n@app.post("/login")\n@limiter.limit("10 per minute")\ndef login():\n    return "ok"\n' },
    'a small default': { good: 'from flask import Flask\nfrom flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\napp = Flask(__name__)\nlimiter = Limiter(get_remote_address, app=app, default_limits=["10 per minute"])\n@app.post("/login")\ndef login():\n    return "ok"\n' },
    'the blueprint is limited': { good: { 'auth.py': 'from flask import Blueprint\nbp = Blueprint("auth", __name__)\n@bp.post("/login")\ndef login():\n    return "ok"\n', 'app.py': 'from flask import Flask\nfrom flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\nfrom auth import bp\napp = Flask(__name__)\nlimiter = Limiter(get_remote_address, app=app)\nlimiter.limit("5/minute")(bp)\napp.register_blueprint(bp)\n' } },
    'a lock in the handler': { good: 'from flask import Flask, abort, request\napp = Flask(__name__)\n@app.post("/login")\ndef login():\n    user = find(request.form["user"])\n    if user.failed_attempts >= 5:\n        abort(429)\n    user.failed_attempts += 1\n    return "ok"\ndef find(name):\n    raise NotImplementedError\n' },
    'a counter of the project, in a dependency': { good: { 'main.py': 'from fastapi import Depends, FastAPI, HTTPException, Request\napp = FastAPI()\ndef slow_down(request: Request):\n    if redis.incr(request.client.host) > 5:\n        raise HTTPException(429)\n@app.post("/login", dependencies=[Depends(slow_down)])\ndef login():\n    return {}\nredis = None\n' } },
    'a proxy limits': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n@app.post("/login")\ndef login():\n    return "ok"\n', 'nginx.conf': 'limit_req_zone $binary_remote_addr zone=a:10m rate=5r/m;\nserver {\n  location /login {\n    limit_req zone=a;\n    proxy_pass http://app:8000;\n  }\n}\n' } },
    'throttles of the REST framework': { good: { 'shop/settings.py': 'ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = ["rest_framework"]\nREST_FRAMEWORK = {"DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.AnonRateThrottle"]}\n', 'shop/urls.py': 'from django.urls import path\nfrom shop import views\nurlpatterns = [path("login/", views.Login.as_view())]\n', 'shop/views.py': 'from rest_framework.views import APIView\nclass Login(APIView):\n    def post(self, request):\n        return None\n' } },
    'no limiter at all: another rule speaks': { good: 'from flask import Flask\napp = Flask(__name__)\n@app.post("/login")\ndef login():\n    return "ok"\n' },
    'signed-in users and signing out': { good: 'from flask import Flask\nfrom flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address\nfrom flask_login import login_required\napp = Flask(__name__)\nlimiter = Limiter(get_remote_address, app=app, default_limits=["500 per hour"])\n@app.post("/logout")\ndef logout():\n    return "ok"\n@app.post("/password/reset")\n@login_required\ndef change():\n    return "ok"\n@app.get("/login")\ndef page():\n    return "form"\n' },
  }),
});

function judge(project: Project): Judgement {
  const known = limits(project);
  if (known.length === 0) return { notApplicable: 'Nothing limits requests at all, which is what rate-limit-missing is about.' };
  const routes = sensitive(project);
  if (routes.length === 0) return { notApplicable: 'No route of the project takes credentials or costs money.' };
  if (limitsEverything(project)) return { holds: known.slice(0, 2) };
  const open = routes.filter(({ module, route }) => !limitsRoute(module, route, project));
  if (open.length === 0) return { holds: routes.slice(0, 4).map(({ module, route }): Evidence => ({ path: module.path, ...route.handlerAt, text: `${routeName(route)} is limited` })) };
  return { open: [...open].sort((a, b) => Number(b.credential) - Number(a.credential)).slice(0, MOST).map(({ module, route, credential }): Gap => ({
    at: { path: module.path, ...route.handlerAt }, message: `${routeName(route)} has no limit of its own.`,
    ...(!credential && { variation: { severity: 'low', because: 'no credentials are tried there' } }),
  })) };
}

function sensitive(project: Project): readonly Sensitive[] {
  const idle = idleModules(project);
  const seen = new Set<string>();
  return project.routes.flatMap(({ module, route }): Sensitive[] => {
    const key = `${module.path} ${route.handlerAt.start}`;
    if (seen.has(key) || !route.methods.includes('POST') || !hasOwnHandler(route) || idle.has(module.path) || onlyInDevelopment(route)) return [];
    const handler = lastName(route.handler);
    const name = `${route.path} ${/^(get|post|put)$/.test(handler) ? '' : handler.replace(/_/g, '-')}`.replace(/[<{][^>}]*[>}]/g, '');
    const credential = CREDENTIAL.test(name);
    // A secret in the path is no password that is guessed.
    if (/[<{][^>}]*(token|key|secret|sign|hash|code|uuid)[^>}]*[>}]/i.test(route.path)) return [];
    if ((!credential && !COSTLY.test(name)) || OTHER.test(name) || guardOf(route, project) !== undefined || (!credential && maybeGuarded(module, route, project))) return [];
    seen.add(key);
    return [{ module, route, credential }];
  });
}

/** The limiter that the file has at hand, above the function. */
function limiting(gap: Gap, source: Source, project: Project): readonly Edit[] | undefined {
  const unit = project.unit(gap.at.path);
  if (unit?.kind !== 'module' || !functionNamedAt(unit, gap.at.start)?.decorators.length) return undefined;
  const limiter = unit.functions.flatMap((each) => each.decorators).find((each) => /^flask_limiter\.(\w+\.)*limit$/.test(each.name))?.receiver
    ?? unit.assignments.find((each) => each.scope === '' && each.value.kind === 'result' && /^flask_limiter\.(\w+\.)*Limiter$/.test(each.value.callee))?.target;
  const line = source.lineStart(gap.at.start);
  return limiter === undefined ? undefined : [insert(line, `${source.indentation(line)}@${limiter}.limit("10 per minute")\n`)];
}
