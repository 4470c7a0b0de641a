import type { Comparison, Context, Edit, Module, Selector, Source, Value, Variation } from '../kit';
import { importing, lastName, options, readBy, replace, rule, taintIn } from '../kit';

interface Compared { readonly module: Module; readonly comparison: Comparison }

export default rule<Compared>({
  id: 'secret-compared-directly',
  title: 'Secrets are compared in constant time or as hashes',
  severity: 'medium', points: 6, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: 'Plain comparison stops at the first different byte, which can be measured, and it needs the secret in readable form. A stored hash would also survive a leak of the settings.',
  how: 'Compare with compare_digest; keep human-chosen keys as a password hash.',
  links: ['https://docs.python.org/3/library/hmac.html#hmac.compare_digest', 'https://cwe.mitre.org/data/definitions/208.html'],
  anchors: ['njsscan node_timing_attack', 'eslint-plugin-security detect-possible-timing-attacks', 'CWE-208'],

  on: comparisons(),
  check: (it, context) => {
    const sides = sidesOf(it, context);
    if (!sides) return false;
    const chosen = isChosen(nameOf(sides.secret, context.source));
    if (chosen && sides.secret.kind === 'environment') return CHOSEN;
    return sides.secret.kind === 'result' && !/digest$|hmac/.test(sides.secret.callee) ? CALLED : true;
  },
  message: (it, context) => {
    const sides = sidesOf(it, context);
    return `${readBy(sides?.secret, context.source)} is compared with ${readBy(sides?.given, context.source)} by ${it.comparison.op}.`;
  },
  underline: (it) => it.comparison.at,
  nothing: 'No secret is compared with what a visitor sends.',

  fix: { title: 'Use compare_digest', safety: 'safe', edit: inConstantTime },

  examples: () => ({
    'a key of the environment': {
      bad: 'import os\nfrom flask import request\ndef unlock():\n    return request.form["key"] == os.environ["ACCESS_KEY"]\n',
      good: 'import hmac\nimport os\nfrom flask import request\ndef unlock():\n    return hmac.compare_digest(request.form["key"].encode(), os.environ["ACCESS_KEY"].encode())\n',
    },
    'not equal': {
      bad: 'from flask import abort, current_app, request\n\ndef hook():\n    if request.headers.get("X-Token") != current_app.config["HOOK_TOKEN"]:\n        abort(403)\n',
      good: 'import hmac\nfrom flask import abort, current_app, request\n\ndef hook():\n    if not hmac.compare_digest((request.headers.get("X-Token") or "").encode(), (current_app.config["HOOK_TOKEN"] or "").encode()):\n        abort(403)\n',
    },
    'a header of FastAPI': { bad: 'from fastapi import Depends, FastAPI, HTTPException, Security\nfrom fastapi.security import APIKeyHeader\nfrom config import settings\n\napp = FastAPI()\nheader = APIKeyHeader(name="X-API-Key")\n\ndef verify(api_key: str = Security(header)):\n    if api_key != settings.API_KEY:\n        raise HTTPException(403)\n\n@app.get("/", dependencies=[Depends(verify)])\ndef home():\n    return {}\n' },
    'a stored token': { bad: 'from django.http import HttpResponseForbidden\n\ndef confirm(request, user):\n    if user.reset_token == request.GET["token"]:\n        return reset(user)\n    return HttpResponseForbidden()\n', path: 'shop/views.py' },
    'a password that guards the administration': { bad: 'import os\nfrom flask import request, session\n\nADMIN_PASSWORD = os.environ["ADMIN_PASSWORD"]\n\ndef login():\n    if request.form["password"] == ADMIN_PASSWORD:\n        session["admin"] = True\n', severity: 'high' },
    'a password of the settings, by way of a function': { bad: 'from flask import request, session\nfrom shop.config import get_setting\n\ndef login():\n    preset_password = get_setting("ADMIN_PASSWORD")\n    password = request.form["password"]\n    if password == preset_password:\n        session["admin"] = True\n' },
    'a password that a function looks up for somebody': { good: 'from flask import request\nfrom shop.forms import read\n\ndef same():\n    repeated_password = read("password2")\n    return request.form["password"] == repeated_password\n' },
    'a signature': { bad: 'import hashlib\nimport hmac\nfrom flask import abort, request\nfrom config import SECRET\n\ndef hook():\n    expected = hmac.new(SECRET, request.data, hashlib.sha256).hexdigest()\n    if request.headers["X-Signature"] != expected:\n        abort(403)\n' },
    'by way of a function': { bad: { 'app.py': 'from flask import Flask, request\nfrom keys import is_right\n\napp = Flask(__name__)\n\n@app.get("/")\ndef home():\n    return {"ok": is_right(request.headers["X-Api-Key"])}\n', 'keys.py': 'import os\n\nAPI_KEY = os.environ["API_KEY"]\n\ndef is_right(given):\n    return given == API_KEY\n' } },
    'in constant time': { good: 'import hmac, os\nfrom flask import request\ndef unlock():\n    return hmac.compare_digest(request.form["key"].encode(), os.environ["ACCESS_KEY"].encode())\n' },
    'typed twice': { path: 'forms.py', good: 'from flask import request\n\ndef same(password, confirm_password):\n    return password == confirm_password\n\ndef form():\n    return request.form["password"] == request.form["password_again"]\n' },
    'nothing, and kinds of tokens': { good: 'import os\nfrom flask import request\n\nTOKEN = os.environ.get("TOKEN")\n\ndef check(user):\n    if request.form["token"] == "" or request.form["token"] == None or user.token == None:\n        return False\n    return request.form["token_type"] == "bearer" and request.form["grant"] == "password"\n' },
    'a condition of a query': { good: 'import sqlalchemy as sa\nfrom flask import request\nfrom shop.models import User, db\n\ndef load(token):\n    return db.session.scalar(sa.select(User).where(User.token == token))\n\ndef find():\n    return User.query.filter(User.api_key == request.headers["X-Api-Key"]).first()\n' },
    'the state of a login, a cache key': { good: 'from flask import request, session\n\ndef callback(entry):\n    if request.args["state"] != session["oauth_state"]:\n        return "no"\n    return request.args["key"] == entry.key\n' },
    'passwords that are hashed': { good: 'from flask import request\nfrom werkzeug.security import check_password_hash\n\ndef login(user):\n    return check_password_hash(user.password, request.form["password"])\n' },
    'settings among themselves': { good: 'import os\nfrom config import settings\n\ndef check():\n    if settings.SECRET_KEY == "changeme" or settings.API_KEY == os.environ.get("OTHER_API_KEY"):\n        raise RuntimeError("change the key")\n' },
    'tests': { path: 'tests/test_key.py', good: 'import os\nfrom flask import request\ndef test_it():\n    assert request.form["key"] == os.environ["ACCESS_KEY"]\n' },
  }),
});

const CHOSEN: Variation = { severity: 'high', points: 12, because: 'a person has chosen it, and it opens what is not for everybody' };

const CALLED: Variation = { confidence: 'likely', because: 'only its name says that it is a secret' };

function comparisons(): Selector<Compared> {
  return {
    kinds: ['module'], callees: [],
    *select(unit) {
      if (unit.kind === 'module') for (const comparison of unit.comparisons) yield { module: unit, comparison };
    },
  };
}

interface Sides { readonly secret: Value; readonly given: Value }

/** Which side is the application's secret and which a visitor's; undefined where it is not one of each. */
function sidesOf({ module, comparison }: Compared, context: Context): Sides | undefined {
  for (const [secret, given] of [[comparison.left, comparison.right], [comparison.right, comparison.left]] as const) {
    if (isSecret(secret, context) && isGiven(given, module, comparison, context)) return { secret, given };
  }
  return undefined;
}

const SECRET = /(^|_)(secret|token|api_?key|apikey|access_?(key|code)|auth_?key|private_?key|signing_?key|master_?key|admin_?key)$|(^|_)(secret|token|key)_(key|value)$/i;
const PASSWORD = /(^|_)(password|passwd|passphrase|passcode|pin)$/i;
const NO_SECRET = /csrf|xsrf|state|nonce|_id$|_type$|public|cache|idempotency|primary|foreign|sort|group/i;

function isSecret(value: Value, { source }: Context): boolean {
  const name = nameOf(value, source);
  const named = SECRET.test(name) && !NO_SECRET.test(name);
  if (value.kind === 'result' && /(^|\.)hmac\.\w+(\.(hex)?digest)?$|^hmac\.digest$/.test(value.callee)) return true;
  // `User.token == token` is a condition that a database looks at.
  if (taintIn(value) || /(^|\.)[A-Z]+[a-z]\w*\.\w+$/.test(source.slice(value.at))) return false;
  const [constant] = options(value);
  switch (constant?.kind) {
    case 'environment': return (SECRET.test(constant.variable) || PASSWORD.test(constant.variable)) && !NO_SECRET.test(constant.variable);
    case 'reference': return named || (PASSWORD.test(name) && /(^|\.)(settings|config|conf|cfg)\.|(^|\.)[A-Z][A-Z0-9_]*$/.test(constant.name));
    case 'text': return constant.value.length > 5 && /^[A-Z][A-Z0-9_]*$/.test(name) && (named || PASSWORD.test(name));
    // A column of a record, an attribute: never what the function itself was given.
    case 'parameter': return named && constant.name.includes('.') && !/(^|\.)(request|req|form|data|body|payload|params|args|kwargs|event)\./.test(constant.name);
    case 'result': return named || (PASSWORD.test(name) && constant.args.some((each) => each.kind === 'text' && /^[A-Z][A-Z0-9_]*$/.test(each.value) && PASSWORD.test(each.value)));
    case 'unknown': return named && /\./.test(source.slice(value.at));
    default: return false;
  }
}

/** A visitor's: read from the request, or handed to a function under such a name. */
function isGiven(value: Value, module: Module, comparison: Comparison, context: Context): boolean {
  if (value.kind === 'parameter' && !value.name.includes('.') && /token|key|secret|password|authorization|credential|signature/i.test(value.name) && !NO_SECRET.test(value.name)) return true;
  return context.project.flow.ways(value, { module, scope: comparison.scope, at: comparison.at }).length > 0;
}

function nameOf(value: Value, source: Source): string {
  const written = source.slice(value.at);
  const key = /(?:\[\s*["']([\w-]+)["']\s*\]|\(\s*["']([\w-]+)["'][^()]*\))$/.exec(written);
  return key ? key[1] ?? key[2] ?? '' : lastName(written);
}

function isChosen(name: string): boolean {
  return PASSWORD.test(name) || /^(admin|master|root|super\w*)_?(key|token|secret|code)$/i.test(name);
}

// ---- the fix

function inConstantTime({ module, comparison }: Compared, { source }: Context): readonly Edit[] | undefined {
  const sides = [comparison.left, comparison.right].map((each) => encoded(each, source));
  if (sides.some((each) => each === undefined) || !/^[^\n]+$/.test(source.slice(comparison.at))) return undefined;
  return [replace(comparison.at, `${comparison.op === '!=' ? 'not ' : ''}hmac.compare_digest(${sides.join(', ')})`), ...importing(module, source, 'hmac')];
}

/** As bytes; what may be nothing is empty text. Values that are bytes already, or of an unknown kind, are left to the reader. */
function encoded(value: Value, source: Source): string | undefined {
  const written = source.slice(value.at);
  if (!/^[\w.]+(\[["'][\w-]+["']\]|\.get\(["'][\w-]+["']\))?$/.test(written) || value.kind === 'result') return undefined;
  const always = /^os\.environ\[|^request\.(form|headers|args|cookies)\[/.test(written);
  return always ? `${written}.encode()` : `(${written} or "").encode()`;
}
