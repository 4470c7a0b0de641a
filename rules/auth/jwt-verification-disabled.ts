import type { Call, CallMatch, Context, Edit, Module, Project, Selector, Source, Value } from '../kit';
import { call, functionsAround, importing, isProgram, isReference, lastName, lookup, onlyInDevelopment, replace, rule } from '../kit';

const PYJWT = ['jwt.decode', 'jwt.decode_complete', 'jwt.api_jwt.decode', 'jwt.api_jwt.decode_complete', 'jwt.PyJWT.decode'] as const;
const JOSE = ['jose.jwt.decode', 'jose.jws.verify'] as const;
const AUTHLIB = ['authlib.jose.JsonWebToken'] as const;
const UNVERIFIED = ['jose.jwt.get_unverified_claims', 'jose.jws.get_unverified_claims'] as const;
const BASE64 = ['base64.b64decode', 'base64.urlsafe_b64decode', 'base64.standard_b64decode'] as const;

/** What is wrong with the way a token is read. */
type Fault = 'signature' | 'claims' | 'none' | 'keyless' | 'cookie' | 'mixed' | 'any';

export default rule<CallMatch>({
  id: 'jwt-verification-disabled',
  title: 'Tokens are verified before they are trusted',
  severity: 'critical', points: 40, confidence: 'confirmed', blocks: 'always', effort: 'S', since: '1',
  why: 'Anyone can then write any user id into a token. It is a login without a password.',
  how: 'Always pass the key and an explicit algorithm list.',
  links: ['https://www.rfc-editor.org/rfc/rfc8725', 'https://pyjwt.readthedocs.io/en/stable/usage.html', 'https://cwe.mitre.org/data/definitions/347.html'],
  anchors: ['semgrep unverified-jwt-decode', 'semgrep jwt-python-none-alg', 'CWE-347'],

  on: tokenReads(),
  check: (match, context) => {
    const fault = faultOf(match, context);
    if (!fault || isExcused(match, fault, context)) return false;
    if (fault === 'mixed') return { severity: 'medium', points: 6, because: 'it takes a public key that serves as a shared secret to be used' };
    if (fault === 'any') return /public|pub_?key|pem|cert|x5c/i.test(context.source.slice(match.call.argumentsAt)) ? { severity: 'medium', points: 6, confidence: 'likely', because: 'a public key then serves as a shared secret, which everybody knows' } : { severity: 'low', points: 2, confidence: 'likely', because: 'a key that stays secret keeps forgers out' };
    return fault === 'claims' || fault === 'cookie' || fault === 'keyless' ? { confidence: 'likely', because: 'what becomes of the claims was not followed' } : true;
  },
  message: (match, context) => {
    const name = `${match.call.written}()`;
    switch (faultOf(match, context)) {
      case 'none': return `${name} accepts tokens of the algorithm "none", which have no signature.`;
      case 'keyless': return `${name} is given neither a key nor algorithms.`;
      case 'any': return `${name} is given no algorithms, so the token itself names the one it is checked by.`;
      case 'mixed': return `${name} accepts shared-secret and public-key algorithms with one key.`;
      case 'cookie': return `${name} reads a session cookie as the visitor sent it; nothing verifies it.`;
      default: return `${name} accepts a token without verifying its signature.`;
    }
  },
  underline: (match, context) => {
    const fault = faultOf(match, context);
    const keyword = match.call.keywords.find((each) => fault === 'signature' ? each.name === 'options' || each.name === 'verify' : (fault === 'none' || fault === 'mixed') && each.name === 'algorithms');
    return keyword?.at ?? match.call.calleeAt;
  },
  holds: ({ call: one, argument }) => {
    const algorithms = argument('algorithms', 2);
    return isDecode(one) && hasKey(one) && algorithms ? `Verified with a key and ${names(algorithms).join(', ') || 'a list of algorithms'}` : undefined;
  },
  nothing: 'The code reads no JSON Web Tokens.',

  fix: { title: 'Verify the signature', safety: 'review', edit: verified, remains: 'Check that the key and the algorithm are those the tokens are signed with.' },

  examples: () => ({
    'the signature is switched off': {
      bad: 'import jwt\ndef user(token):\n    return jwt.decode(token, options={"verify_signature": False})["sub"]\n',
      good: 'import jwt\nimport os\ndef user(token):\n    return jwt.decode(token, os.environ["JWT_SECRET_KEY"], algorithms=["HS256"])["sub"]\n', path: 'auth.py',
    },
    'the key of the application': {
      bad: { 'auth.py': 'import jwt\nfrom flask import current_app\n\ndef user(token):\n    return jwt.decode(token, options={"verify_signature": False})\n', 'app.py': 'from flask import Flask\n\napp = Flask(__name__)\napp.config["JWT_SECRET"] = load()\n' },
      good: { 'auth.py': 'import jwt\nfrom flask import current_app\n\ndef user(token):\n    return jwt.decode(token, current_app.config["JWT_SECRET"], algorithms=["HS256"])\n' },
    },
    'the key that signs': {
      bad: 'import jwt\nfrom settings import settings\n\ndef issue(uid):\n    return jwt.encode({"sub": uid}, settings.jwt_key, algorithm="HS512")\n\ndef user(token):\n    claims = jwt.decode(token, options={"verify_signature": False, "verify_exp": True})\n    return claims["sub"]\n',
      good: 'import jwt\nfrom settings import settings\n\ndef issue(uid):\n    return jwt.encode({"sub": uid}, settings.jwt_key, algorithm="HS512")\n\ndef user(token):\n    claims = jwt.decode(token, settings.jwt_key, options={"verify_exp": True}, algorithms=["HS512"])\n    return claims["sub"]\n',
    },
    'with a key that is not used': {
      bad: 'import jwt\n\ndef user(token, key):\n    return jwt.decode(token, key, algorithms=["RS256"], options={"verify_signature": False})\n',
      good: 'import jwt\n\ndef user(token, key):\n    return jwt.decode(token, key, algorithms=["RS256"])\n',
    },
    'options by another name': { bad: 'import jwt as pyjwt\n\nOPTIONS = {"verify_signature": False}\n\ndef user(token):\n    return pyjwt.decode(token, options=OPTIONS)["user_id"]\n' },
    'verify=False of PyJWT 1': { bad: { 'auth.py': 'import jwt\n\ndef user(token, key):\n    return jwt.decode(token, key, verify=False)\n', 'requirements.txt': 'pyjwt==1.7.1\n' } },
    'verify=False means nothing to PyJWT 2': { good: { 'auth.py': 'import jwt\n\ndef user(token, key):\n    return jwt.decode(token, key, algorithms=["HS256"], verify=False)\n', 'requirements.txt': 'PyJWT==2.8.0\n' } },
    'no key, no algorithms': { bad: { 'auth.py': 'from jwt import decode\n\ndef user(token):\n    return decode(token)["sub"]\n', 'requirements.txt': 'pyjwt<2\n' } },
    'the algorithm none': { bad: 'import jwt\n\ndef user(token):\n    return jwt.decode(token, None, algorithms=["HS256", "none"])["sub"]\n' },
    'the algorithm none, for authlib': { bad: 'from authlib.jose import JsonWebToken\n\ntokens = JsonWebToken(["none"])\n' },
    'python-jose with a public key and no algorithms': { severity: 'medium', bad: 'from jose import jwt\n\ndef user(token):\n    return jwt.decode(token, PUBLIC_KEY)["sub"]\n' },
    'python-jose without algorithms': { severity: 'low', bad: 'from jose import jwt\n\ndef user(token, key):\n    return jwt.decode(token, key)["sub"]\n' },
    'python-jose with the algorithm of the settings': { good: 'from jose import jws, jwt\n\ndef user(token, key, settings):\n    jws.verify(token, key, settings.ALGORITHM)\n    return jwt.decode(token, key, settings.ALGORITHM)["sub"]\n\ndef other(token, key, **more):\n    return jwt.decode(token, key, **more)\n' },
    'claims that are not verified': { bad: 'from jose import jwt\n\ndef user(token):\n    return jwt.get_unverified_claims(token)["sub"]\n' },
    'python-jose with its check off': {
      bad: 'from jose import jwt\n\ndef user(token, key):\n    return jwt.decode(token, key, options={"verify_signature": False})["sub"]\n',
      good: 'from jose import jwt\n\ndef user(token, key):\n    return jwt.decode(token, key, algorithms=["HS256"])["sub"]\n',
    },
    'one key for two families': { bad: 'import jwt\n\ndef user(token, key):\n    return jwt.decode(token, key, algorithms=["HS256", "RS256"])\n', severity: 'medium' },
    'a session in base64': { bad: 'import base64\nimport json\nfrom flask import request\n\ndef load():\n    cookie = request.cookies.get("shop_session")\n    return json.loads(base64.b64decode(cookie.encode()))\n' },
    'a session in base64, read twice': { bad: 'import base64\nimport json\n\ndef load(request):\n    cookie = request.cookies.get("shop_session")\n    if base64.b64decode(cookie.encode()):\n        return json.loads(base64.b64decode(cookie))\n' },
    'key and algorithm': { good: 'import jwt\ndef user(token, key):\n    return jwt.decode(token, key, algorithms=["HS256"])["sub"]\n', path: 'auth.py' },
    'header lookup, then verified': { good: 'import jwt\ndef user(token, keys):\n    kid = jwt.get_unverified_header(token)["kid"]\n    return jwt.decode(token, keys[kid], algorithms=["RS256"])["sub"]\n', path: 'auth.py' },
    'the issuer is looked up, then verified': {
      good: 'import jwt\n\ndef user(token):\n    claims = jwt.decode(token, options={"verify_signature": False})\n    key = key_of(claims["iss"])\n    return jwt.decode(token, key, algorithms=["RS256"])\n\ndef key_of(issuer):\n    return issuer\n',
    },
    'verified by a function of its own': {
      good: 'from jose import jwt\n\ndef user(token):\n    claims = jwt.get_unverified_claims(token)\n    return verify(token, key_of(claims["iss"]))\n\ndef verify(token, key):\n    return jwt.decode(token, key, algorithms=["RS256"])\n',
    },
    'only when it ends': { good: 'import jwt\n\ndef expires(token):\n    claims = jwt.decode(token, options={"verify_signature": False})\n    return claims["exp"]\n\ndef age(token):\n    return jwt.decode(token, options={"verify_signature": False}).get("iat", 0)\n' },
    'straight from the provider': { good: 'import jwt\nimport requests\n\ndef callback(code):\n    tokens = requests.post("https://id.example.com/token", data={"code": code}, timeout=10).json()\n    return jwt.decode(tokens["id_token"], options={"verify_signature": False})\n' },
    'keys are fetched, and not used': { bad: 'import jwt\nimport requests\n\ndef user(token):\n    keys = requests.get("https://id.example.com/keys", timeout=10).json()\n    return jwt.decode(token, keys[0], algorithms=["RS256"], options={"verify_signature": False})\n' },
    'no key for a version that asks for one': { good: 'import jwt\n\ndef user(token):\n    return jwt.decode(token)\n' },
    'a program that looks into a token': { good: 'import jwt\n\ndef main(token):\n    print(jwt.decode(token, options={"verify_signature": False}))\n\nif __name__ == "__main__":\n    main(input())\n', path: 'inspect_token.py' },
    'a cookie that is verified': { good: 'import base64\nimport hmac\nfrom flask import request\n\ndef load(key):\n    body, mac = request.cookies["session"].split(".")\n    if not hmac.compare_digest(mac, sign(body, key)):\n        return None\n    return base64.b64decode(body)\n\ndef sign(body, key):\n    return hmac.new(key, body, "sha256").hexdigest()\n' },
    'options that are set elsewhere': { good: 'import jwt\n\ndef user(token, key, options):\n    return jwt.decode(token, key, algorithms=["HS256"], options=options)\n' },
    'another audience': { good: 'import jwt\n\ndef user(token, key):\n    return jwt.decode(token, key, algorithms=["HS256"], options={"verify_aud": False})\n' },
    'in a comment': { good: '# jwt.decode(token, options={"verify_signature": False})\nTEXT = \'jwt.decode(token, options={"verify_signature": False})\'\n' },
    'tests': { path: 'tests/test_auth.py', good: 'import jwt\n\ndef test_it(token):\n    assert jwt.decode(token, options={"verify_signature": False})["sub"]\n' },
  }),
});

function tokenReads(): Selector<CallMatch> {
  const all = call(...PYJWT, ...JOSE, ...AUTHLIB, ...UNVERIFIED, ...BASE64);
  return {
    kinds: all.kinds, callees: [...all.callees, 'jwt.encode', 'jose.jwt.encode'],
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const match of all.select(unit, project)) if (!isOneOf(BASE64, match.call.callee) || readsCookie(match.call)) yield match;
    },
  };
}

function isOneOf(names: readonly string[], name: string): boolean {
  return names.includes(name);
}

function isDecode(one: Call): boolean {
  return isOneOf(PYJWT, one.callee) || isOneOf(JOSE, one.callee);
}

/** Its argument is a cookie of the request with the name of a session. */
function readsCookie(one: Call): boolean {
  const [first] = one.args;
  return first?.kind === 'tainted' && /cookie|session|token/i.test(first.source);
}

function faultOf({ call: one, argument }: CallMatch, { project, source }: Pick<Context, 'project' | 'source'>): Fault | undefined {
  if (isOneOf(UNVERIFIED, one.callee)) return 'claims';
  if (isOneOf(BASE64, one.callee)) return readsSession(one, source) ? 'cookie' : undefined;
  if (isOneOf(AUTHLIB, one.callee)) return names(argument('algorithms', 0)).some(isNone) ? 'none' : undefined;
  const options = argument('options', isOneOf(PYJWT, one.callee) ? 3 : undefined);
  if (isFalse(options && lookup(options, 'verify_signature'))) return 'signature';
  const algorithms = algorithmsOf(one);
  if (isOneOf(PYJWT, one.callee)) {
    const old = !isVersion(project, /(==|>=|~=|\^|~)\s*([2-9]|\d\d)/);
    if (old && isFalse(argument('verify', 2))) return 'signature';
    if (algorithms.some(isNone)) return 'none';
    if (isVersion(project, /(==|~=|\^|~)\s*[01]\b|<\s*2\b/) && !one.open && one.args.length === 1 && one.keywords.length === 0) return 'keyless';
  }
  // PyJWT refuses to go without algorithms; python-jose takes the one that the token names.
  const given = one.keywords.find((each) => each.name === 'algorithms')?.value ?? one.args[2];
  if (isOneOf(JOSE, one.callee) && !one.open && one.args.length + one.keywords.length >= 2 && (given === undefined || given.kind === 'none')) return 'any';
  return algorithms.some((each) => /^HS\d/.test(each)) && algorithms.some((each) => /^(RS|ES|PS)\d/.test(each)) ? 'mixed' : undefined;
}

/** The cookie's name stands in the function, or the code calls it a session or a token. */
function readsSession(one: Call, source: Source): boolean {
  const before = source.slice({ start: Math.max(0, one.at.start - 600), end: one.at.end });
  return /(cookies|COOKIES)(\.get\(|\[)\s*["'][\w-]*(sess|token|auth|user|sid\b)[\w-]*["']/i.test(before);
}

function algorithmsOf(one: Call): readonly string[] {
  return names(one.keywords.find((each) => each.name === 'algorithms')?.value ?? one.args[2]);
}

function names(value: Value | undefined): readonly string[] {
  if (value?.kind === 'text') return [value.value];
  return value?.kind === 'list' ? value.items.flatMap(names) : [];
}

function isNone(text: string): boolean {
  return text.toLowerCase() === 'none';
}

function isFalse(value: Value | undefined): boolean {
  return value?.kind === 'bool' && !value.value;
}

function hasKey(one: Call): boolean {
  const key = one.args[1] ?? one.keywords.find((each) => each.name === 'key')?.value;
  return key !== undefined && key.kind !== 'none' && !(key.kind === 'text' && isReference(key.value));
}

/** What a manifest says of PyJWT: the second version knows no `verify`, and refuses to decode without algorithms. */
function isVersion(project: Project, range: RegExp): boolean {
  return project.of('manifest').some((unit) => unit.packages.some((each) => each.name.toLowerCase() === 'pyjwt' && range.test(each.version ?? '')));
}

// ---- what excuses it

/** Claims that say nothing about who it is. */
const PLAIN_CLAIMS: ReadonlySet<string> = new Set(['exp', 'iat', 'nbf', 'kid', 'alg', 'iss']);
const FROM_PROVIDER = /^(requests|httpx|urllib\.request)\.|(^|\.)(fetch_(access_)?token|authorize_access_token|exchange_code\w*|get_access_token|acquire_token\w*)$/;
const VERIFIES = /(^|\.)(compare_digest|verify|unsign|loads?_signed|check_hmac|decrypt)$|^itsdangerous\.|(^|\.)verify_\w+$/;

function isExcused({ call: one, module }: CallMatch, fault: Fault, { project, source }: Context): boolean {
  if (onlyInDevelopment(one) || isProgram(module, project)) return true;
  const around = functionsAround(module, one.at);
  const does = around.flatMap((func) => func.does);
  if (fault === 'cookie') return does.some((each) => VERIFIES.test(each)) || isSecondReading(one, module);
  if (fault !== 'signature' && fault !== 'claims') return false;
  const [token] = one.args;
  const received = token !== undefined && /id_token|\btokens?\[|\b(resp|response)\b/.test(source.slice(token.at)) && does.some((each) => FROM_PROVIDER.test(each));
  return received || readsPlainClaims(one, module, source) || verifiedNearby(one, module, does, project);
}

/** The cookie is read twice in one function: one cause, one finding. */
function isSecondReading(one: Call, module: Module): boolean {
  return module.calls.some((other) => other.at.start < one.at.start && other.scope === one.scope && isOneOf(BASE64, other.callee) && readsCookie(other));
}

/** A decode with its check on, in the same function or in one it calls. */
function verifiedNearby(one: Call, module: Module, does: readonly string[], project: Project): boolean {
  const called = does.flatMap((name) => project.func(name) ?? []);
  return project.calls(...PYJWT, ...JOSE).some((other) => {
    if (other.call === one || !hasKey(other.call) || isFalse(lookupOption(other.call, 'verify_signature'))) return false;
    if (other.module.path === module.path && one.scope !== '' && other.call.scope === one.scope) return true;
    return called.some(({ module: home, func }) => home.path === other.module.path && func.at.start <= other.call.at.start && other.call.at.end <= func.at.end);
  });
}

function lookupOption(one: Call, name: string): Value | undefined {
  const options = one.keywords.find((each) => each.name === 'options')?.value;
  return options && lookup(options, name);
}

/** Only the times and the issuer are read of what it gives. */
function readsPlainClaims(one: Call, module: Module, source: Source): boolean {
  const keyed = /^(?:\[\s*|\.get\(\s*)["'](\w+)["']/;
  const direct = keyed.exec(source.slice({ start: one.at.end, end: one.at.end + 60 }))?.[1];
  if (direct !== undefined) return PLAIN_CLAIMS.has(direct);
  const func = functionsAround(module, one.at)[0];
  if (!one.boundTo || !func || !/^\w+$/.test(one.boundTo)) return false;
  const rest = source.slice({ start: one.at.end, end: func.at.end });
  const uses = [...rest.matchAll(new RegExp(`\\b${one.boundTo}\\b`, 'g'))].map((each) => keyed.exec(rest.slice(each.index + each[0].length))?.[1]);
  return uses.length > 0 && uses.every((each) => each !== undefined && PLAIN_CLAIMS.has(each));
}

// ---- the fix

function verified(match: CallMatch, context: Context): readonly Edit[] | undefined {
  const { call: one, module } = match;
  const { source, project } = context;
  const [token, key, list] = one.args;
  const written = source.slice(one.argumentsAt);
  if (faultOf(match, context) !== 'signature' || !isDecode(one) || !token || one.open || one.args.length > 3 || written.includes('#')) return undefined;
  const known = key || one.keywords.some((each) => each.name === 'key') ? undefined : keyFor(one, module, source, project);
  const kept = one.keywords.flatMap((each) => {
    if (each.name === 'verify') return [];
    const text = source.slice(each.at);
    return each.name === 'options' ? remaining(text) : [text];
  });
  if (kept.some((each) => /^options\s*=\s*(?!\{)/.test(each))) return undefined;
  const algorithm = known?.algorithm ?? 'HS256';
  const algorithms = list || one.keywords.some((each) => each.name === 'algorithms') ? [] : [`algorithms=["${algorithm}"]`];
  const all = [...one.args.map((each) => source.slice(each.at)), ...(known ? [known.text] : []), ...kept, ...algorithms];
  return [replace(one.argumentsAt, `(${all.join(', ')})`), ...(known?.needsOs ? importing(module, source, 'os') : [])];
}

/** The options without the one that switches the check off; nothing when it was the only one. */
function remaining(options: string): readonly string[] {
  const rest = options.replace(/\s*["']verify_signature["']\s*:\s*False\s*,?\s*/, '');
  return /=\s*\{\s*\}$/.test(rest) ? [] : [rest.replace(/,\s*\}$/, '}')];
}

interface Key { readonly text: string; readonly algorithm: string; readonly needsOs: boolean }

/** The key as this module may write it: the one it signs with, one of the application's settings, else a variable of the environment. */
function keyFor(one: Call, module: Module, source: Source, project: Project): Key {
  for (const other of module.calls) {
    if (!/^(jose\.)?jwt\.(encode|decode)$/.test(other.callee) || other === one) continue;
    const [, key] = other.args;
    const given = other.keywords.find((each) => each.name === 'algorithm')?.value ?? (lastName(other.callee) === 'encode' ? other.args[2] : undefined);
    const algorithm = given?.kind === 'text' ? given.value : algorithmsOf(other)[0] ?? 'HS256';
    if (key && /^HS/.test(algorithm) && /^[A-Za-z_][\w.]*(\[["']\w+["']\])?$/.test(source.slice(key.at)) && !functionsAround(module, other.at).some((func) => func.parameters.some((each) => each.name === source.slice(key.at).split(/[.[]/)[0]))) {
      return { text: source.slice(key.at), algorithm, needsOs: false };
    }
  }
  const setting = ['JWT_SECRET_KEY', 'JWT_SECRET', 'SECRET_KEY'].find((name) => project.settings(name).length > 0);
  const app = module.imports.find((each) => each.target === 'flask.current_app' && each.guards.length === 0);
  if (setting && app) return { text: `${app.name}.config["${setting}"]`, algorithm: 'HS256', needsOs: false };
  return { text: 'os.environ["JWT_SECRET_KEY"]', algorithm: 'HS256', needsOs: true };
}
