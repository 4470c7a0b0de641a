import type { Decorator, Edit, Hook, Module, Project, Route, Selector, Source, Span, Value } from '../kit';
import { functionNamedAt, insert, lastName, replace, rule } from '../kit';

interface Get { readonly module: Module; readonly route: Route; readonly writes: string | undefined }

/** What a body does to state, by the calls that do it. */
const DELETES = /(^|[._])session\.delete$|\.(delete_one|delete_many|find_one_and_delete)$/;
const WRITES = /(^|[._])session\.(add|add_all|merge|bulk_save_objects|delete)$|\.(insert_one|insert_many|update_one|update_many|replace_one|bulk_write|delete_one|delete_many|find_one_and_update)$|\.objects\.(create|bulk_create)$/;
const STORES = /\.(insert_one|insert_many|update_one|update_many|replace_one|bulk_write|delete_one|delete_many|find_one_and_\w+)$|\.objects\.(create|bulk_create)$/;
const COMMITS = /(^|[._])(session|db|database|conn|connection|s)\.commit$/;
/** Stores of the project's own, whose method says what it does. */
const OWN_STORE = /(store|storage|repo|repository|crud|dao)\.(delete|remove|clear|clone|destroy|purge|archive|drop|save|create|insert|update|set|commit)(_\w+)?$/i;
const REMOVES_FILES = /^(os\.(remove|unlink|rmdir)|shutil\.rmtree)$/;
const MAILS = /(^|\.)(mail\.send|send_mail|send_email|send_message)$|^stripe\.\w+(\.\w+)*\.create$/;
/** Names that say a route is there to change something. */
const VERB = /(^|[/_.-])(delete|remove|destroy|archive|unarchive|approve|reject|cancel|toggle|deactivate|ban|unban|block|unblock|promote|demote|follow|unfollow|like|unlike|vote|upvote|downvote|update|create|add|insert|clear|restore|enable|disable|publish|unpublish|purge|accept|decline|leave|buy|checkout|pay|send|transfer|mark|close|reopen|revoke|grant|mute|unmute|pause|unpause|reset|regenerate|set)([/_.-]|$)/i;
/** Links that are followed from a mail or another site, counters, and what ends a session. */
const EXPECTED = /callback|oauth|sso|saml|oidc|confirm|verif|activat|unsubscribe|optout|opt_out|logout|signout|sign_out|login|log_in|signin|register|track|pixel|click|visit|\bview_count|webhook|hook|invite|invitation|magic|password|token|export|download|health/i;
/** The method is asked for inside of the body, or only a form that was sent is acted on. */
const ASKS_METHOD = /\.method\b|validate|is_submitted|\.form\b|\.files\b|get_json|request\.(json|data)\b/;

export default rule<Get>({
  id: 'state-change-on-get',
  title: 'GET requests change nothing',
  severity: 'medium', points: 6, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'Crawlers, link previews and prefetching follow GET links, and CSRF protection does not cover them. One visit by a bot can delete everything.',
  how: 'Change state with POST, PUT, PATCH or DELETE only.',
  links: ['https://www.rfc-editor.org/rfc/rfc9110#name-safe-methods', 'https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html'],
  anchors: ['CWE-650', 'CWE-352'],

  on: gets(),
  check: ({ route, writes }) => {
    if (writes === undefined) return false;
    return route.reads.some((each) => /secret|api_?key|authorization|cron/i.test(each)) ? { severity: 'low', because: 'who asks must show a secret' } : true;
  },
  message: ({ route, writes }) => `GET ${route.path || '/'} ${writes ?? 'changes state'}.`,
  underline: ({ route }, { source }) => calleeOf(route, source),
  nothing: 'No route answers GET.',
  summary: (count) => count === 1 ? 'The only GET route was not seen to change state' : `${count} GET routes, and none was seen to change state`,

  fix: {
    title: 'Use POST', safety: 'review', edit: ({ route }, { source }) => posting(route, source),
    remains: 'Turn the links to it into forms with a CSRF token.',
  },

  examples: () => ({
    'SQL of a function that the address names': {
      bad: {
        'shop.py': 'from flask import Flask, g, redirect\nimport alerts\n\napp = Flask(__name__)\n\n@app.route("/alerts/disable", methods=["GET"])\ndef disable():\n    alerts.off(g.user)\n    return redirect("/alerts")\n',
        'alerts.py': 'import sqlite3\n\ndef off(user):\n    base = sqlite3.connect("shop.sqlite")\n    rows = base.cursor()\n    rows.execute("UPDATE users SET alerts = 0 WHERE name = ?", (user,))\n    base.commit()\n',
      },
    },
    'SQL of a function, after a look at where the link stood': {
      good: {
        'shop.py': 'from flask import Flask, g, redirect, request\nimport alerts\n\napp = Flask(__name__)\n\n@app.route("/alerts/disable", methods=["GET"])\ndef disable():\n    if request.headers["referer"] != "https://shop.example/alerts":\n        return redirect("/")\n    alerts.off(g.user)\n    return redirect("/alerts")\n',
        'alerts.py': 'import sqlite3\n\ndef off(user):\n    base = sqlite3.connect("shop.sqlite")\n    rows = base.cursor()\n    rows.execute("UPDATE users SET alerts = 0 WHERE name = ?", (user,))\n    base.commit()\n',
      },
    },
    'SQL that reads, of a function that the address names': {
      good: {
        'shop.py': 'from flask import Flask\nimport alerts\n\napp = Flask(__name__)\n\n@app.get("/alerts/send")\ndef send():\n    return alerts.listed()\n',
        'alerts.py': 'import sqlite3\n\ndef listed():\n    base = sqlite3.connect("shop.sqlite")\n    rows = base.cursor()\n    found = rows.execute("SELECT name FROM users").fetchall()\n    base.commit()\n    return found\n',
      },
    },
    'a link that deletes': {
      bad: 'from flask import Flask, redirect\napp = Flask(__name__)\n@app.get("/item/<int:i>/delete")\ndef delete(i):\n    app.db.session.delete(app.db.get(i))\n    app.db.session.commit()\n    return redirect("/")\n',
      good: 'from flask import Flask, redirect\napp = Flask(__name__)\n@app.post("/item/<int:i>/delete")\ndef delete(i):\n    app.db.session.delete(app.db.get(i))\n    app.db.session.commit()\n    return redirect("/")\n',
    },
    'a route without methods': {
      bad: 'from flask import Blueprint, redirect\nfrom shop import db\nbp = Blueprint("orders", __name__)\n\n@bp.route("/orders/<int:i>/cancel")\ndef cancel(i):\n    order = load(i)\n    order.state = "cancelled"\n    db.session.add(order)\n    db.session.commit()\n    return redirect("/")\n',
      good: 'from flask import Blueprint, redirect\nfrom shop import db\nbp = Blueprint("orders", __name__)\n\n@bp.route("/orders/<int:i>/cancel", methods=["POST"])\ndef cancel(i):\n    order = load(i)\n    order.state = "cancelled"\n    db.session.add(order)\n    db.session.commit()\n    return redirect("/")\n',
    },
    'GET and POST alike': {
      bad: 'from flask import Flask, redirect\nfrom shop import db\napp = Flask(__name__)\n\n@app.route("/orders/<int:i>/remove", methods=["GET", "POST"])\ndef remove(i):\n    db.session.delete(load(i))\n    db.session.commit()\n    return redirect("/")\n',
      good: 'from flask import Flask, redirect\nfrom shop import db\napp = Flask(__name__)\n\n@app.route("/orders/<int:i>/remove", methods=["POST"])\ndef remove(i):\n    db.session.delete(load(i))\n    db.session.commit()\n    return redirect("/")\n',
    },
    'a function of the project deletes': {
      bad: { 'app.py': 'from fastapi import FastAPI\nfrom crud import drop_item\napp = FastAPI()\n\n@app.get("/items/{i}/remove")\ndef remove(i: int, session):\n    drop_item(session, i)\n    return {}\n', 'crud.py': 'def drop_item(session, i):\n    session.delete(session.get(Item, i))\n    session.commit()\n' },
    },
    'documents of a database': { bad: 'from fastapi import FastAPI\napp = FastAPI()\n\n@app.get("/items/{i}/archive")\nasync def archive(i: str):\n    await app.db.items.update_one({"_id": i}, {"$set": {"archived": True}})\n    return {}\n' },
    'files': { bad: 'import os\nfrom flask import Flask, redirect\napp = Flask(__name__)\n\n@app.route("/backups/remove")\ndef remove_backups():\n    os.remove("/data/backup.zip")\n    return redirect("/")\n' },
    'a store of its own': { bad: 'from flask import Flask, redirect\n\ndef create_app(datastore):\n    app = Flask(__name__)\n\n    @app.route("/delete", methods=["GET"])\n    def form_delete():\n        datastore.delete(1)\n        return redirect("/")\n\n    return app\n' },
    'a view of Django': { bad: { 'shop/urls.py': 'from django.urls import path\nfrom . import views\n\nurlpatterns = [path("items/<int:i>/like/", views.like)]\n', 'shop/views.py': 'from django.shortcuts import redirect\nfrom .models import Like\n\ndef like(request, i):\n    Like.objects.create(item_id=i, user=request.user)\n    return redirect("/")\n' } },
    'a view of Django for POST alone': { good: { 'shop/urls.py': 'from django.urls import path\nfrom . import views\n\nurlpatterns = [path("items/<int:i>/like/", views.like), path("items/add/", views.add)]\n', 'shop/views.py': 'from django.shortcuts import redirect\nfrom django.views.decorators.http import require_POST\nfrom .models import Like\n\n@require_POST\ndef like(request, i):\n    Like.objects.create(item_id=i, user=request.user)\n    return redirect("/")\n\ndef add(request):\n    if request.method != "POST":\n        return redirect("/")\n    Like.objects.create(item_id=1, user=request.user)\n    return redirect("/")\n' } },
    'with a secret': { bad: 'from flask import Flask, abort, request\nfrom shop import db\napp = Flask(__name__)\n\n@app.get("/cron/purge")\ndef purge():\n    if request.headers["X-Cron-Secret"] != app.config["CRON_SECRET"]:\n        abort(403)\n    db.session.delete(oldest())\n    db.session.commit()\n    return "ok"\n', severity: 'low' },
    'by POST': { good: 'from flask import Flask, redirect\napp = Flask(__name__)\n@app.post("/item/<int:i>/delete")\ndef delete(i):\n    app.db.session.delete(app.db.get(i))\n    app.db.session.commit()\n    return redirect("/")\n' },
    'a counter': { good: 'from flask import Flask\napp = Flask(__name__)\n@app.get("/item/<int:i>")\ndef show(i):\n    app.redis.incr(f"views:{i}")\n    return "item"\n' },
    'who was here': { good: 'from flask import Flask\nfrom shop import db\napp = Flask(__name__)\n\n@app.get("/item/<int:i>")\ndef show(i):\n    db.session.add(Visit(item=i))\n    db.session.commit()\n    return "item"\n' },
    'a form on the same address': { good: 'from flask import Flask, request\nfrom shop import db\napp = Flask(__name__)\n\n@app.route("/items/add", methods=["GET", "POST"])\ndef add():\n    if request.method == "POST":\n        db.session.add(Item(request.form["name"]))\n        db.session.commit()\n    return "form"\n' },
    'a link from a mail': { good: 'from flask import Flask\nfrom shop import db\napp = Flask(__name__)\n\n@app.get("/unsubscribe/<token>")\ndef unsubscribe(token):\n    db.session.delete(subscriber(token))\n    db.session.commit()\n    return "bye"\n\n@app.get("/confirm/<token>")\ndef confirm(token):\n    db.session.add(confirmed(token))\n    db.session.commit()\n    return "thanks"\n' },
    'back from another service': { good: 'from fastapi import FastAPI\napp = FastAPI()\n\n@app.get("/oauth/callback")\ndef callback(code: str, session):\n    session.add(user_of(code))\n    session.commit()\n    return {}\n' },
    'a form that is shown': { good: 'from flask import Flask, render_template\napp = Flask(__name__)\n\n@app.get("/items/<int:i>/delete")\ndef ask(i):\n    return render_template("really.html", i=i)\n' },
    'the cookie session': { good: 'from flask import Flask, redirect, session\napp = Flask(__name__)\n\n@app.get("/language/set/<code>")\ndef language(code):\n    session["language"] = code\n    return redirect("/")\n' },
    'tests': { path: 'tests/app.py', good: 'from flask import Flask\napp = Flask(__name__)\n\n@app.get("/delete")\ndef delete():\n    app.db.session.delete(1)\n    app.db.session.commit()\n    return "ok"\n' },
  }),
});

function gets(): Selector<Get> {
  return {
    kinds: ['module'], callees: [],
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const route of project.routesOf(unit)) if (route.methods.includes('GET') && functionNamedAt(unit, route.handlerAt.start)) yield { module: unit, route, writes: writesOf(route, unit, project) };
    },
  };
}

/** What a handler changes on a GET, as the end of a sentence; undefined where it changes nothing, or what a link may. */
function writesOf(route: Route, module: Module, project: Project): string | undefined {
  if (EXPECTED.test(`${route.path} ${lastName(route.handler)}`)) return undefined;
  const found = changesOf(route, project);
  // The text is looked at where it decides something alone: a rule that looked there is asked again with every letter typed there.
  return found !== undefined && route.methods.some((each) => !/^(GET|HEAD|OPTIONS)$/.test(each)) && ASKS_METHOD.test(project.written(module.path, route.body)) ? undefined : found;
}

/** What a handler changes, whatever the method. */
function changesOf(route: Route, project: Project): string | undefined {
  const asked = route.path.split('/').some((part) => VERB.test(part)) || VERB.test(lastName(route.handler));
  const own = changes(route.does, asked);
  if (own !== undefined || !asked) return own;
  const checked = route.reads.some((each) => /(^|\.)(origin|referr?er)$/i.test(each));
  return route.does.map((callee) => { const called = project.func(callee); return called && (changes(called.func.does, false) ?? (checked ? undefined : sends(called))); }).find((each) => each !== undefined);
}

/** The function that a verb of the address stands for sends a text of SQL that changes rows, and keeps it. */
function sends({ module, func }: Hook): string | undefined {
  if (!func.does.some((each) => /\.execute(many)?$/.test(each)) || !func.does.some((each) => /(^|\.)commit$/.test(each))) return undefined;
  const sent = module.calls.filter((each) => /\.execute(many)?$/.test(each.callee) && func.body.start <= each.at.start && each.at.end <= func.body.end).map((each) => CHANGES.exec(startOf(each.args[0]))?.[1]?.toUpperCase());
  if (sent.includes('DELETE')) return 'deletes from the database';
  return sent.some((each) => each !== undefined) ? 'writes to the database' : undefined;
}

const CHANGES = /^\s*(UPDATE|INSERT|DELETE|REPLACE)\s/i;

function startOf(value: Value | undefined): string {
  if (value?.kind === 'joined') return startOf(value.parts[0]);
  if (value?.kind === 'result') return startOf(value.of ?? value.args[0]);
  return value?.kind === 'text' ? value.value : '';
}

function changes(does: readonly string[], asked: boolean): string | undefined {
  const kept = does.some((each) => COMMITS.test(each));
  if (does.some((each) => DELETES.test(each) && (kept || STORES.test(each)))) return 'deletes from the database';
  if (!asked) return undefined;
  if (does.some((each) => (WRITES.test(each) && kept) || STORES.test(each))) return 'writes to the database';
  if (does.some((each) => OWN_STORE.test(each))) return 'changes what is stored';
  if (does.some((each) => REMOVES_FILES.test(each))) return 'deletes files';
  return does.some((each) => MAILS.test(each)) ? 'sends' : undefined;
}

function decoratorOf(route: Route): Decorator | undefined {
  return route.decorators.find((each) => /\.(get|route|api_route)$/.test(each.name) && [each.args[0], ...each.keywords.map((one) => one.value)].some((value) => value?.kind === 'text' && value.value === route.path));
}

function calleeOf(route: Route, source: Source): Span {
  const at = decoratorOf(route)?.at;
  return at ? { start: at.start, end: at.start + source.slice(at).indexOf('(') } : route.handlerAt;
}

// ---- the fix

function posting(route: Route, source: Source): readonly Edit[] | undefined {
  const decorator = decoratorOf(route);
  if (!decorator) return undefined;
  const callee = calleeOf(route, source);
  if (/\.get$/.test(decorator.name)) return [replace({ start: callee.end - 'get'.length, end: callee.end }, 'post')];
  const methods = decorator.keywords.find((each) => each.name === 'methods');
  if (methods) return [replace(methods.value.at, '["POST"]')];
  const [path] = decorator.args;
  return path && decorator.args.length === 1 ? [insert(path.at.end, ', methods=["POST"]')] : undefined;
}
