import type { Call, Context, Edit, Func, Module, Selector, Span, Tainted, Value, Way } from '../kit';
import { alongWay, calls, functionAt, importing, lastName, pathOf, placesOf, readBy, replace, rule, wayTo } from '../kit';

/** A text that is sent as a page. */
interface Reply { readonly module: Module; readonly scope: string; readonly at: Span; readonly body: Value; readonly call?: Call }

const MADE = ['flask.make_response', 'flask.Response', 'flask.wrappers.Response', 'quart.make_response', 'quart.Response', 'werkzeug.wrappers.Response', 'django.http.HttpResponse', 'django.http.HttpResponseBadRequest', 'django.http.HttpResponseNotFound', 'django.http.HttpResponseForbidden', 'django.http.HttpResponseServerError', 'django.http.response.HttpResponse',
  'fastapi.responses.HTMLResponse', 'starlette.responses.HTMLResponse'] as const;

export default rule<Reply>({
  id: 'reflected-html-response',
  title: 'Request values are never returned as raw HTML',
  severity: 'high', points: 15, confidence: 'confirmed', blocks: 'always', effort: 'S', since: '1',
  why: 'The string is sent as text/html without a template, so nothing escapes it. A crafted link then runs script in the visitor\'s session.',
  how: 'Return a template or JSON, or escape each value.',
  links: ['https://flask.palletsprojects.com/en/stable/web-security/', 'https://cheatsheetseries.owasp.org/cheatsheets/Cross_Site_Scripting_Prevention_Cheat_Sheet.html'],
  anchors: ['semgrep directly-returned-format-string', 'semgrep raw-html-format', 'semgrep direct-response-write', 'njsscan express_xss', 'CWE-79'],

  on: replies(),
  check: (it, context) => {
    const way = reflected(it, context);
    return way ? alongWay(way) : false;
  },
  message: (it, context) => `${readBy(reflected(it, context)?.legs.at(-1)?.value, context.source)} is returned as HTML by ${it.call ? it.call.written : lastName(it.scope)}().`,
  underline: (it) => it.body.at,
  related: (it, context) => placesOf(reflected(it, context), { path: context.unit.path, ...it.at, text: 'sent as a page' }),
  nothing: 'No handler builds a page without a template.',
  summary: (count) => count === 1 ? 'The only answer that is built as text holds nothing that a visitor sends' : `${count} answers are built as text, none from what a visitor sends`,

  fix: { title: 'Escape the value', safety: 'review', edit: escaped },

  examples: () => ({
    'a greeting': {
      bad: 'from flask import request\ndef hello():\n    return f"<h1>Hello {request.args[\'name\']}</h1>"\n',
      good: 'from flask import request\nfrom markupsafe import escape\ndef hello():\n    return f"<h1>Hello {escape(request.args[\'name\'])}</h1>"\n',
    },
    'a part of the address': {
      bad: 'from flask import Flask\n\napp = Flask(__name__)\n\n@app.route("/user/<name>")\ndef user(name):\n    return "User " + name\n',
      good: 'from flask import Flask\nfrom markupsafe import escape\n\napp = Flask(__name__)\n\n@app.route("/user/<name>")\ndef user(name):\n    return "User " + escape(name)\n',
    },
    'with a status': { bad: 'from flask import Flask, request\n\napp = Flask(__name__)\n\n@app.route("/find")\ndef find():\n    q = request.args.get("q", "")\n    return f"nothing found for {q}", 404\n' },
    'Django': { bad: 'from django.http import HttpResponse\n\ndef find(request):\n    return HttpResponse("Nothing for %s" % request.GET["q"])\n', path: 'shop/views.py' },
    'FastAPI': { bad: 'from fastapi import FastAPI\nfrom fastapi.responses import HTMLResponse\n\napp = FastAPI()\n\n@app.get("/find")\ndef find(q: str):\n    return HTMLResponse(f"<p>{q}</p>")\n' },
    'FastAPI says it above': { bad: 'from fastapi import FastAPI\nfrom fastapi.responses import HTMLResponse\n\napp = FastAPI()\n\n@app.get("/find", response_class=HTMLResponse)\ndef find(q: str):\n    return f"<p>{q}</p>"\n' },
    'a response that is made': { bad: 'from flask import Flask, make_response, request\n\napp = Flask(__name__)\n\n@app.route("/find")\ndef find():\n    response = make_response("<p>" + request.form["q"] + "</p>")\n    response.set_cookie("seen", "1")\n    return response\n' },
    'by way of a function': { bad: { 'app.py': 'from flask import Flask, request\nfrom pages import page\n\napp = Flask(__name__)\n\n@app.route("/find")\ndef find():\n    return page("Find", request.args["q"])\n', 'pages.py': 'def page(title, text):\n    body = f"<h1>{title}</h1>"\n    body += f"<p>{text}</p>"\n    return body\n' } },
    'JSON, not HTML': { good: 'from flask import jsonify, request\ndef hello():\n    return jsonify(name=request.args["name"])\n' },
    'escaped': { good: 'from flask import request\nfrom markupsafe import escape\ndef hello():\n    return f"<h1>Hello {escape(request.args[\'name\'])}</h1>"\n' },
    'a table, a template, a redirect': { good: 'from flask import Flask, redirect, render_template, request, url_for\n\napp = Flask(__name__)\n\n@app.route("/a")\ndef a():\n    return {"q": request.args["q"]}\n\n@app.route("/b")\ndef b():\n    return render_template("b.html", q=request.args["q"])\n\n@app.route("/c")\ndef c():\n    return redirect(url_for("a", q=request.args["q"]))\n' },
    'plain text': { good: 'from flask import Flask, Response, make_response, request\n\napp = Flask(__name__)\n\n@app.route("/a")\ndef a():\n    return Response(request.args["q"], mimetype="text/plain")\n\n@app.route("/b")\ndef b():\n    return request.args["q"], 200, {"Content-Type": "text/plain"}\n\n@app.route("/c")\ndef c():\n    response = make_response(request.args["q"])\n    response.mimetype = "text/csv"\n    return response\n' },
    'a number': { good: 'from flask import Flask, request\n\napp = Flask(__name__)\n\n@app.route("/item/<int:id>")\ndef item(id):\n    return f"item {id}, page {int(request.args[\'page\'])}, {len(request.args[\'q\'])} letters"\n' },
    'a table that another function makes, numbers by type': { good: { 'app.py': 'from flask import Flask, request\nfrom pages import listing\n\napp = Flask(__name__)\n\n@app.route("/users")\ndef users():\n    page = request.args.get("page", 1, type=int)\n    return listing(page, request.args.get("q"))\n\n@app.route("/page")\ndef page():\n    return f"page {request.args.get(\'page\', 1, type=int)}"\n', 'pages.py': 'def listing(page, q):\n    start = page * 20\n    return {"start": start, "page": page, "q": q}\n' } },
    'FastAPI answers JSON': { good: 'from fastapi import FastAPI\n\napp = FastAPI()\n\n@app.get("/find")\ndef find(q: str):\n    return f"nothing for {q}"\n' },
    'a function that reads': { good: 'from flask import Flask, request\n\napp = Flask(__name__)\n\ndef language():\n    return request.args.get("lang") or "en"\n\n@app.route("/")\ndef home():\n    return {"language": language()}\n' },
    'one of a list': { good: 'from flask import Flask, request\n\napp = Flask(__name__)\n\n@app.route("/")\ndef home():\n    color = request.args.get("color")\n    if color not in ("red", "blue"):\n        color = "red"\n    return f"<body class={color}>"\n' },
    'what no link can carry': { good: 'from flask import Flask, request\n\napp = Flask(__name__)\n\n@app.post("/hook")\ndef hook():\n    return request.get_json()["challenge"]\n\n@app.route("/agent")\ndef agent():\n    return "you are " + request.headers["User-Agent"]\n' },
    'the handshake of a webhook': { good: 'import os\nfrom flask import Flask, request\n\napp = Flask(__name__)\n\n@app.get("/hook")\ndef hook():\n    if request.args.get("hub.verify_token") == os.environ["VERIFY"]:\n        return request.args["hub.challenge"]\n    return "", 403\n' },
    'a resource of an API': { good: 'from flask import request\nfrom flask_restful import Resource\n\nclass Find(Resource):\n    def get(self):\n        return "nothing for " + request.args["q"]\n' },
    'tests': { path: 'tests/app.py', good: 'from flask import request\ndef hello():\n    return f"<h1>Hello {request.args[\'name\']}</h1>"\n' },
  }),
});

function replies(): Selector<Reply> {
  return {
    kinds: ['module'], callees: MADE,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const one of unit.calls) {
        const body = MADE.some((each) => calls(one.callee, each)) && !isOtherType(one, unit, project.text(unit.path) ?? '') ? one.args[0] ?? one.keywords.find((each) => each.name === 'content' || each.name === 'response')?.value : undefined;
        if (body) yield { module: unit, scope: one.scope, at: one.at, body: firstOf(body), call: one };
      }
      for (const func of unit.functions) for (const value of func.returns) if (isText(firstOf(value)) && isPage(func, value) && !isTyped(value)) yield { module: unit, scope: pathOf(func), at: value.at, body: firstOf(value) };
    },
  };
}

/** The body of `body, status, headers`. */
function firstOf(value: Value): Value {
  return value.kind === 'list' ? value.items[0] ?? value : value;
}

function isText(value: Value): boolean {
  return value.kind === 'joined' || value.kind === 'tainted' || value.kind === 'choice' || value.kind === 'result';
}

/** Flask sends what a view gives back as a page; FastAPI where the route says so. Without a route, only what is HTML to the eye and reads the request itself. */
function isPage(func: Func, value: Value): boolean {
  if (func.decorators.some((each) => /^(flask|quart)\.\w+\.(route|get|post|put|patch|delete)$/.test(each.name))) return true;
  if (func.decorators.some((each) => each.keywords.some((one) => one.name === 'response_class' && one.value.kind === 'reference' && /(^|\.)HTMLResponse$/.test(one.value.name)))) return true;
  const body = firstOf(value);
  return !func.scope && func.decorators.length === 0 && func.reads.some((each) => /^(flask|quart)\.request\./.test(each)) && body.kind === 'joined' && body.parts.some((each) => each.kind === 'text' && /<[a-z][a-z0-9]*[\s>]/i.test(each.value));
}

/** `text, 200, {"Content-Type": "text/plain"}`. */
function isTyped(value: Value): boolean {
  const headers = value.kind === 'list' ? value.items.at(-1) : undefined;
  return headers?.kind === 'dict' && headers.entries.some((each) => each.key.kind === 'text' && /^content-type$/i.test(each.key.value) && !(each.value.kind === 'text' && /html/.test(each.value.value)));
}

/** It says that it is no HTML, in the call or after it. */
function isOtherType(one: Call, module: Module, text: string): boolean {
  const type = one.keywords.find((each) => /^(mimetype|content_type|media_type)$/.test(each.name))?.value;
  if (type) return !(type.kind === 'text' && /html/.test(type.value));
  const headers = one.keywords.find((each) => each.name === 'headers')?.value;
  if (headers && isTyped({ kind: 'list', items: [headers], at: headers.at })) return true;
  const func = functionAt(module, one);
  return func !== undefined && /\.(mimetype|content_type)\s*=[^=]|\[["']content-type["']\]\s*=[^=]/i.test(text.slice(one.at.end, func.body.end));
}

/** What a link or a form of another site can carry. */
const BY_LINK = /(^|\.)(args|form|values|GET|POST|query_params|view_args|query_string)(\.|\[|\(|$)|^\w+$/;

function reflected({ module, scope, at, body }: Reply, context: Context): Way | undefined {
  const way = wayTo(body, { module, call: { scope, at } }, context, { checked: (_, leg) => leg.whole.kind === 'dict' });
  return way && BY_LINK.test(way.read.replace(/^.*request\./, 'request.')) && !/headers|cookies|COOKIES|META|json|challenge/.test(way.read) ? way : undefined;
}

// ---- the fix

function escaped(it: Reply, context: Context): readonly Edit[] | undefined {
  if (reflected(it, context)?.legs.length !== 1) return undefined;
  const values = taintsIn(it.body);
  const inside = values.filter((each) => each.at.start >= it.body.at.start && each.at.end <= it.body.at.end);
  if (inside.length !== values.length || inside.length === 0) return undefined;
  return [...inside.map((each) => replace(each.at, `escape(${context.source.slice(each.at)})`)), ...importing(it.module, context.source, 'escape', 'markupsafe')];
}

function taintsIn(value: Value): readonly Tainted[] {
  if (value.kind === 'tainted') return [value];
  return value.kind === 'joined' ? value.parts.flatMap(taintsIn) : [];
}
