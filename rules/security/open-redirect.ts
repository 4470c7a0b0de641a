import type { CallMatch, Context, Passage, Selector, Tainted, Value, Way } from '../kit';
import { alongWay, call, leadingPart, mentions, options, passageOf, placesOf, readBy, rule, taintIn, wayTo } from '../kit';

const REDIRECTS = [
  'flask.redirect', 'flask.helpers.redirect', 'werkzeug.utils.redirect', 'quart.redirect', 'django.shortcuts.redirect', 'django.http.HttpResponseRedirect', 'django.http.HttpResponsePermanentRedirect', 'django.http.response.HttpResponseRedirect',
  'fastapi.responses.RedirectResponse', 'starlette.responses.RedirectResponse', 'aiohttp.web.HTTPFound', 'aiohttp.web.HTTPSeeOther', 'flask.Flask.redirect', 'flask.current_app.redirect',
] as const;

export default rule<CallMatch>({
  id: 'open-redirect',
  title: 'Redirect targets are checked',
  severity: 'medium', points: 6, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'Attackers send a link on your domain that lands on theirs. It works best right after a real login page, where people type passwords.',
  how: 'Allow only local paths or named routes; reject a scheme, a host, // and backslashes.',
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Unvalidated_Redirects_and_Forwards_Cheat_Sheet.html', 'https://cwe.mitre.org/data/definitions/601.html'],
  anchors: ['semgrep open-redirect', 'semgrep express-open-redirect', 'njsscan express_open_redirect', 'CWE-601'],

  on: redirects(),
  check: (it, context) => {
    const way = leading(it, context);
    if (!way) return false;
    return alongWay(way, /refer+er/i.test(reading(it, way.taint, context)) ? { confidence: 'possible', because: 'only the page before decides where it goes' } : true);
  },
  message: (it, context) => `${it.call.written}() goes to ${readBy(leading(it, context)?.legs.at(-1)?.value, context.source)} unchecked.`,
  related: (it, context) => placesOf(leading(it, context), { path: context.unit.path, ...it.call.calleeAt, text: `followed by ${it.call.written}()` }),
  underline: (it) => targetOf(it)?.at ?? it.call.calleeAt,
  holds: (it, context) => {
    const target = targetOf(it);
    return target && target.kind !== 'text' && taintIn(target) && !leading(it, context) ? 'The target is checked' : undefined;
  },
  nothing: 'No handler redirects.',

  examples: () => ({
    'next, as it comes': { bad: 'from flask import redirect, request\ndef after_login():\n    return redirect(request.args.get("next") or "/")\n' },
    'a parsed target': { good: 'from flask import redirect, request\nfrom urllib.parse import urlparse\ndef after_login():\n    target = request.args.get("next", "/")\n    if urlparse(target).netloc or not target.startswith("/") or target.startswith("//"):\n        target = "/"\n    return redirect(target)\n' },
    'a named route': { good: 'from flask import redirect, request, url_for\ndef after_login():\n    return redirect(url_for("items", page=request.args.get("page", 1)))\n' },
    'by way of a name': { bad: 'from flask import redirect, request, url_for\n\ndef login():\n    next_page = request.args.get("next")\n    if not next_page:\n        next_page = url_for("index")\n    return redirect(next_page)\n' },
    'FastAPI': { bad: 'from fastapi import FastAPI\nfrom fastapi.responses import RedirectResponse\n\napp = FastAPI()\n\n@app.get("/out")\ndef out(url: str):\n    return RedirectResponse(url)\n' },
    'Django': { bad: 'from django.http import HttpResponseRedirect\n\ndef out(request):\n    return HttpResponseRedirect(request.GET["next"])\n', path: 'shop/views.py' },
    'Django\'s check': { good: 'from django.shortcuts import redirect\nfrom django.utils.http import url_has_allowed_host_and_scheme\n\ndef out(request):\n    target = request.GET.get("next", "/")\n    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):\n        target = "/"\n    return redirect(target)\n', path: 'shop/views.py' },
    'a check of the project\'s own': { good: 'from flask import abort, redirect, request\nfrom security import is_safe_url\n\ndef login():\n    target = request.args.get("next")\n    if not is_safe_url(target):\n        abort(400)\n    return redirect(target or "/")\n' },
    'a check over several lines': { good: 'from flask import redirect, request\nfrom utils import validators\n\ndef login():\n    if request.args.get("next") and validators.is_safe_url(\n        request.args.get("next")\n    ):\n        return redirect(request.args.get("next"))\n    return redirect("/")\n' },
    'a check inside the call': { good: 'from flask import redirect, request\nfrom security import is_local\n\ndef login():\n    return redirect(request.form["next"] if is_local(request.form["next"]) else "/")\n' },
    'a check on the value that is read again': { good: 'from flask import redirect, request\nfrom security import validate_redirect\n\ndef login():\n    if request.args.get("next") and validate_redirect(request.args.get("next")):\n        return redirect(request.args.get("next"))\n    return redirect("/")\n' },
    'a function that answers with a safe target': { good: 'from flask import redirect, request\nfrom security import safe_target\n\ndef login():\n    return redirect(safe_target(request.args.get("next")))\n' },
    'a slash in front is not enough': { bad: 'from flask import redirect, request\n\ndef login():\n    return redirect("/" + request.args.get("next", ""))\n' },
    'a folder in front is': { good: 'from flask import redirect, request\n\ndef login():\n    return redirect(f"/items/{request.args[\'id\']}?tab={request.args[\'tab\']}")\n' },
    'a host in front': { good: 'import os\nfrom flask import redirect, request\n\nFRONTEND = os.environ["FRONTEND_URL"]\n\ndef login(user):\n    if user:\n        return redirect(FRONTEND + request.args["path"])\n    return redirect("https://example.com/" + request.args["path"])\n' },
    'a host that a visitor names': { bad: 'from flask import redirect, request\n\ndef out():\n    return redirect(f"https://{request.args[\'host\']}/welcome")\n' },
    'the page before': { bad: 'from flask import redirect, request\n\ndef back():\n    return redirect(request.referrer or "/")\n', severity: 'medium' },
    'the page before, in Django': { bad: 'from django.shortcuts import redirect\n\ndef back(request):\n    target = request.META.get("HTTP_REFERER", "/")\n    return redirect(target)\n', path: 'shop/views.py', severity: 'medium' },
    'this host, by its header': { good: 'from fastapi import FastAPI, Request\nfrom fastapi.responses import RedirectResponse\n\napp = FastAPI()\n\n@app.get("/a")\ndef a(request: Request):\n    host = request.headers.get("host")\n    return RedirectResponse(f"https://{host}/b")\n\n@app.get("/b")\ndef b(request: Request):\n    return RedirectResponse(request.url_for("a"))\n' },
    'the address of this request': { good: 'from flask import Flask, redirect, request\n\napp = Flask(__name__)\n\n@app.before_request\ndef secure():\n    if not request.is_secure:\n        return redirect(request.url.replace("http://", "https://"), code=301)\n    if request.args.get("x"):\n        return redirect(request.path)\n' },
    'one of a list': { good: 'from flask import redirect, request\n\nTARGETS = {"docs": "https://docs.example.com", "home": "/"}\n\ndef out():\n    name = request.args["to"]\n    if name not in TARGETS:\n        return "no", 404\n    return redirect(TARGETS[name])\n' },
    'a slash test and a double slash test': { good: 'from flask import redirect, request\n\ndef login():\n    target = request.args.get("next", "/")\n    if not target.startswith("/") or target.startswith("//") or "\\\\" in target:\n        target = "/"\n    return redirect(target)\n' },
    'a slash test alone': { bad: 'from flask import redirect, request\n\ndef login():\n    target = request.args.get("next", "/")\n    if not target.startswith("/"):\n        target = "/"\n    return redirect(target)\n' },
    'a number': { good: 'from fastapi import FastAPI\nfrom fastapi.responses import RedirectResponse\n\napp = FastAPI()\n\n@app.get("/go/{page}")\ndef go(page: int):\n    return RedirectResponse(page)\n' },
    'an address of unknown origin': { good: 'from flask import redirect\n\ndef out(url):\n    return redirect(url)\n' },
    'an argument of a Django route': { good: 'from django.shortcuts import redirect\n\ndef show(request):\n    return redirect("item", pk=request.POST["id"])\n', path: 'shop/views.py' },
    'tests': { path: 'tests/test_out.py', good: 'from flask import redirect, request\n\ndef test_it():\n    return redirect(request.args["next"])\n' },
    'by way of a function': {
      bad: {
        'app.py': 'from flask import Flask, request\nfrom navigation import back\n\napp = Flask(__name__)\n\n@app.post("/login")\ndef login():\n    return back(request.form.get("next"))\n',
        'navigation.py': 'from flask import redirect\n\ndef back(target):\n    return redirect(target or "/")\n',
      },
    },
    'a function that looks at the target': {
      good: {
        'app.py': 'from flask import Flask, request\nfrom navigation import back\n\napp = Flask(__name__)\n\n@app.post("/login")\ndef login():\n    return back(request.form.get("next"))\n',
        'navigation.py': 'from flask import redirect\nfrom urllib.parse import urlsplit\n\ndef back(target):\n    if urlsplit(target).netloc:\n        return redirect("/")\n    return redirect(target or "/")\n',
      },
    },
  }),
});

function redirects(): Selector<CallMatch> {
  const all = call(...REDIRECTS);
  return {
    kinds: all.kinds, callees: all.callees,
    *select(unit, project) {
      if (unit.kind === 'module' && unit.language === 'python') yield* all.select(unit, project);
    },
  };
}

function targetOf(it: CallMatch): Value | undefined {
  return ['location', 'url', 'redirect_to', 'to'].map((name, index) => it.argument(name, index === 0 ? 0 : undefined)).find((each) => each !== undefined);
}

/** The way of the visitor's value that decides the host of the target, when nothing checks it. */
function leading(it: CallMatch, context: Context): Way | undefined {
  const target = targetOf(it);
  if (!target) return undefined;
  for (const option of options(target)) {
    const head = leadingPart(option);
    const way = head && wayTo(head, it, context, { checked: isChecked, of: target });
    if (way && !isOwnAddress(way.taint) && !/headers[^\n]*["'](?:x-forwarded-)?host["']|HTTP_HOST/i.test(reading(it, way.taint, context))) return way;
  }
  return undefined;
}

function isChecked(passage: Passage): boolean {
  return mentions(passage, (name) => `(?:${CHECK})\\w*\\(\\s*[^\\n]*${name}`) || mentions(passage, (name) => `(?:urlparse|urlsplit|url_parse|urllib3\\.util\\.parse_url|yarl\\.URL)\\(\\s*[^\\n]*${name}`)
    || (mentions(passage, (name) => `${name}\\.startswith\\(`) && /["'](\/\/|\\\\)/.test(passage.before));
}

/** All the ways in which the function writes the value. */
function reading(it: CallMatch, taint: Tainted, { source }: Pick<Context, 'source'>): string {
  return [source.slice(taint.at), taint.source, ...passageOf(taint, taint, it, source).names].join(' ');
}

const CHECK = '(?:\\w*_)?(?:safe|valid|validate|verify|allowed|allow|same_?host|same_?origin|is_local|is_internal|is_relative|check|url_has_allowed)[_a-zA-Z]*(?:url|uri|redirect|next|target|path|host|scheme|local|internal|relative)?';

/** The request's own address: its host is this host. */
function isOwnAddress(taint: Tainted): boolean {
  return /(^|\.)(url|base_url|url_root|host_url|path|full_path|get_full_path|script_root)(\(\)|\.\w+)*$/.test(taint.source) && /(^|\.)request\./.test(taint.source) && !/(args|form|GET|POST|json|query_params|headers|cookies|values|data)\./.test(taint.source);
}
