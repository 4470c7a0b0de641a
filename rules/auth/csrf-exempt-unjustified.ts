import type { CallMatch, Context, Decorator, Edit, Func, Module, Project, Route, Selector, Span, Value } from '../kit';
import { closure, functionNamedAt, lastName, onlyInDevelopment, removal, replace, routesServedBy, rule } from '../kit';

/** One exemption: by a decorator of the view, or by a call with the view or the blueprint. */
interface Exemption {
  readonly module: Module;
  readonly at: Span;
  readonly name: string;
  readonly decorator?: Decorator;
  /** The functions it opens. */
  readonly views: readonly { readonly module: Module; readonly func: Func; readonly route?: Route }[];
  readonly blueprint: boolean;
}

const BY_COOKIE = /(^|\.)(login_required|fresh_login_required|current_user|roles?_(required|accepted)|permissions?_(required|accepted)|admin_required|staff_member_required|user_passes_test|LoginRequiredMixin)$/i;
const COOKIE_READS = /(^|\.)(flask|quart)\.session(\.|$)|(^|\.)request\.(user|session)(\.|$)|(^|\.)current_user(\.|$)|\.COOKIES(\.|$)|\.cookies(\.|$)/;
const CHECKS = /(^|\.)(construct_event|compare_digest|constant_time_compare|unsign|unsign_object|check_signature|RequestValidator|api_key_required|token_required|jwt_required|hmac\.new|basic_auth|check_token)$|(^|\.)(verify|validate|check|authorize|require|authenticate)_?\w*(signature|token|key|hmac|webhook|bearer|api|jwt)\w*$|(^|\.)(auth|basic_auth|token_auth|multi_auth)\.login_required$|^itsdangerous\.|sign\w*\.loads$/i;
const HEADER_READS = /authorization|x-api-key|api[-_]key|x-auth|x-access-token|signature|HTTP_X_/i;
const WRITES = /(^|\.)(save|delete|create|update|bulk_create|bulk_update|get_or_create|update_or_create|add|commit|execute|insert|insert_one|update_one|delete_one|remove|send|set_password|charge|transfer|write)$/i;

export default rule<Exemption>({
  id: 'csrf-exempt-unjustified',
  title: 'CSRF exemptions are limited to token or signature checks',
  severity: 'medium', points: 6, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'The exemption re-opens exactly the hole the library closes. It tends to sit on the routes that matter, such as payments.',
  how: 'Exempt only endpoints that verify a signature or a header token.',
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html', 'https://docs.djangoproject.com/en/stable/ref/csrf/'],
  anchors: ['semgrep no-csrf-exempt', 'CWE-352'],
  ladder: { name: 'csrf', rung: 5 },

  on: exemptions(),
  check: (match, { project }) => {
    if (!match.views.some((each) => trustsCookie(each, project))) return match.views.some((each) => signsIn(each, project)) && { severity: 'low', points: 2, because: 'only a login can be forged' };
    return match.blueprint ? { severity: 'high', points: 12, because: 'a whole blueprint is exempt' } : true;
  },
  message: ({ name, views }, { project }) => `${name} is exempt from CSRF protection but ${views.some((each) => trustsCookie(each, project)) ? 'trusts' : 'sets'} the session cookie.`,
  underline: ({ at }) => at,
  holds: ({ name, views }, { project }) => views.length > 0 && views.every((each) => isJustified(each, project)) ? `${name} is exempt, and checks a token or a signature` : undefined,
  nothing: 'Nothing is exempt from CSRF protection.',

  fix: { title: 'Remove the exemption', safety: 'review', edit: withoutExemption, remains: 'Send the token from the page that calls it.' },

  examples: () => ({
    'a transfer on the word of the session': {
      bad: 'from django.contrib.auth.decorators import login_required\nfrom django.views.decorators.csrf import csrf_exempt\n@csrf_exempt\n@login_required\ndef transfer(request):\n    request.user.account.send(request.POST["to"])\n',
      good: 'from django.contrib.auth.decorators import login_required\nfrom django.views.decorators.csrf import csrf_exempt\n@login_required\ndef transfer(request):\n    request.user.account.send(request.POST["to"])\n', path: 'views.py',
    },
    'a whole blueprint': {
      bad: 'from flask import Blueprint\nfrom flask_login import login_required\nfrom flask_wtf.csrf import CSRFProtect\ncsrf = CSRFProtect()\nbp = Blueprint("account", __name__)\ncsrf.exempt(bp)\n@bp.post("/email")\n@login_required\ndef email():\n    return "ok"\n',
      good: 'from flask import Blueprint\nfrom flask_login import login_required\nfrom flask_wtf.csrf import CSRFProtect\ncsrf = CSRFProtect()\nbp = Blueprint("account", __name__)\n@bp.post("/email")\n@login_required\ndef email():\n    return "ok"\n', severity: 'high',
    },
    'a route of Flask': {
      bad: { 'views.py': 'from flask import Blueprint, request, session\nfrom extensions import csrf\n\nbp = Blueprint("account", __name__)\n\n\n@bp.route("/email", methods=["POST"])\n@csrf.exempt\ndef email():\n    save(session["user_id"], request.form["email"])\n    return "ok"\n', 'extensions.py': 'from flask_wtf import CSRFProtect\n\ncsrf = CSRFProtect()\n' },
      good: { 'views.py': 'from flask import Blueprint, request, session\nfrom extensions import csrf\n\nbp = Blueprint("account", __name__)\n\n\n@bp.route("/email", methods=["POST"])\ndef email():\n    save(session["user_id"], request.form["email"])\n    return "ok"\n' },
    },
    'a login': { bad: 'from django.contrib.auth import authenticate, login\nfrom django.views.decorators.csrf import csrf_exempt\n\n@csrf_exempt\ndef sign_in(request):\n    login(request, authenticate(username=request.POST["name"], password=request.POST["password"]))\n', path: 'views.py', severity: 'low' },
    'a signature': { good: 'import hmac\nfrom django.views.decorators.csrf import csrf_exempt\n@csrf_exempt\ndef hook(request, secret=b""):\n    if not hmac.compare_digest(request.headers["X-Signature"], sign(secret, request.body)):\n        raise PermissionError\ndef sign(secret, body):\n    return hmac.new(secret, body, "sha256").hexdigest()\n', path: 'views.py' },
    'a header token': { good: 'from flask import Blueprint, abort, request\nfrom flask_wtf.csrf import CSRFProtect\ncsrf = CSRFProtect()\nbp = Blueprint("api", __name__)\ncsrf.exempt(bp)\n@bp.before_request\ndef key():\n    if not known(request.headers.get("X-API-Key")):\n        abort(401)\n@bp.post("/orders")\ndef order():\n    return "ok"\ndef known(k):\n    return False\n', path: 'api.py' },
    'a webhook of a payment provider': { good: 'import stripe\nfrom django.views.decorators.csrf import csrf_exempt\n\n@csrf_exempt\ndef webhook(request):\n    event = stripe.Webhook.construct_event(request.body, request.headers["stripe-signature"], SECRET)\n    request.user.save(event)\n', path: 'views.py' },
    'a body in JSON proves nothing': { bad: 'import json\nfrom django.views.decorators.csrf import csrf_exempt\n\n@csrf_exempt\ndef rename(request):\n    request.user.name = json.loads(request.body)["name"]\n    request.user.save()\n', path: 'views.py' },
    'read only': { good: 'from django.contrib.auth.decorators import login_required\nfrom django.views.decorators.csrf import csrf_exempt\nfrom django.views.decorators.http import require_GET\n\n@csrf_exempt\n@require_GET\n@login_required\ndef page(request):\n    return request.user.name\n', path: 'views.py' },
    'a machine without cookies': { good: 'from django.views.decorators.csrf import csrf_exempt\n\n@csrf_exempt\ndef ping(request, code):\n    Check.objects.get(code=code).ping(request.body)\n', path: 'views.py' },
    'a key in a helper': { good: 'from django.contrib.auth.decorators import login_required\nfrom django.views.decorators.csrf import csrf_exempt\n\n@csrf_exempt\ndef change(request):\n    project = project_of(request)\n    project.save()\n    return request.user\n\ndef project_of(request):\n    return find(request.headers["X-Api-Key"])\n', path: 'views.py' },
    'in a comment': { good: 'from django.contrib.auth.decorators import login_required\n\n# @csrf_exempt\n@login_required\ndef transfer(request):\n    request.user.account.send(request.POST["to"])\n', path: 'views.py' },
  }),
});

function exemptions(): Selector<Exemption> {
  return {
    kinds: ['module'], callees: ['*.exempt'],
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const func of unit.functions) {
        const decorator = func.decorators.find((each) => isExempt(each.name));
        if (decorator && !onlyInDevelopment(func)) yield { module: unit, at: decorator.at, name: func.name, decorator, views: [viewOf(unit, func)], blueprint: false };
      }
      for (const call of unit.calls) if (isExempt(call.callee) && !onlyInDevelopment(call)) yield* exempted({ call, module: unit }, project);
    },
  };
}

function isExempt(name: string): boolean {
  return /(^|\.)csrf_exempt$/.test(name) || /csrf\w*(\.\w+)*\.exempt$/i.test(name);
}

/** `csrf.exempt(view)`, `csrf.exempt(blueprint)`. */
function* exempted({ call, module }: Pick<CallMatch, 'call' | 'module'>, project: Project): Iterable<Exemption> {
  const [first] = call.args;
  const name = first && nameOf(first);
  if (name === undefined || call.args.length !== 1) return;
  const known = project.func(name);
  if (known) { yield { module, at: call.at, name: lastName(name), views: [viewOf(known.module, known.func)], blueprint: false }; return; }
  const written = /\(\s*([\w.]+)\s*\)$/.exec(project.written(module.path, call.argumentsAt))?.[1];
  if (written === undefined || !/Blueprint$/.test(name)) return;
  const views = module.routes.filter((route) => route.owner === written || lastName(route.owner) === written || route.decorators.some((each) => each.receiver === written))
    .flatMap((route) => { const func = functionNamedAt(module, route.handlerAt.start); return func ? [{ module, func, route }] : []; });
  const guards = module.functions.filter((func) => func.decorators.some((each) => each.receiver === written && /before_request$/.test(each.name)));
  const keyed = guards.some((func) => isJustified({ module, func }, project));
  yield { module, at: call.at, name: written, views: keyed ? [] : views, blueprint: true };
}

function nameOf(value: Value): string | undefined {
  return value.kind === 'reference' ? value.name : value.kind === 'result' ? value.callee : undefined;
}

function viewOf(module: Module, func: Func): Exemption['views'][number] {
  const [route] = routesServedBy(func, module);
  return { module, func, ...(route && { route }) };
}

// ---- judgement

/** It knows its visitor by the cookie alone, and changes something. */
function trustsCookie(view: Exemption['views'][number], project: Project): boolean {
  const { func, route } = view;
  const cookie = func.decorators.some((each) => BY_COOKIE.test(each.name)) || func.reads.some((each) => COOKIE_READS.test(each));
  return cookie && changes(func, route) && !isJustified(view, project);
}

/** It writes the session of whoever it signs in. */
function signsIn(view: Exemption['views'][number], project: Project): boolean {
  return view.func.does.some((each) => /^(django\.contrib\.auth\.login|flask_login\.login_user)$/.test(each)) && !isJustified(view, project);
}

function changes(func: Func, route: Route | undefined): boolean {
  if (func.decorators.some((each) => /require_(GET|safe)$/.test(each.name))) return false;
  if (route) return route.methods.some((each) => /^(POST|PUT|PATCH|DELETE)$/.test(each));
  return func.reads.some((each) => /request\.(POST|body|data|FILES)(\.|$)/.test(each)) || func.does.some((each) => WRITES.test(each));
}

/** It, its gates or a function it calls check a signature, or read a token from a header. */
function isJustified({ module, func }: Exemption['views'][number], project: Project): boolean {
  const own = func.decorators.filter((each) => !isExempt(each.name)).flatMap((each) => project.func(each.name) ?? []);
  const all = closure(project, [{ module, func }, ...own]);
  return func.decorators.some((each) => CHECKS.test(each.name)) || all.some((each) => each.func.does.some((name) => CHECKS.test(name)) || each.func.reads.some((name) => HEADER_READS.test(name)));
}

// ---- the fix

function withoutExemption(match: Exemption, { source }: Context): readonly Edit[] | undefined {
  const { decorator, at } = match;
  if (!decorator) { const edit = removal(at, source); return edit && [edit]; }
  const start = source.lineStart(decorator.at.start);
  const end = source.lineEnd(decorator.at.end);
  if (!/^[ \t]*@[ \t]*[\w.]+[ \t]*(#.*)?$/.test(source.slice({ start, end }))) return undefined;
  return [replace({ start, end: Math.min(end + source.newline.length, source.length) }, '')];
}
