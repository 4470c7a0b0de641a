import type { CallMatch, Context, Edit, Module, Project, Selector, Setting, Span, Value } from '../kit';
import { bodyAround, call, enclosingName, importing, insert, lastName, lookup, onlyInDevelopment, rule, seenInProduction, setting, targetName, tokenPurpose } from '../kit';

const ENCODE = ['jwt.encode', 'jose.jwt.encode', 'authlib.jose.jwt.encode', 'authlib.jose.JsonWebToken.encode', 'authlib.jose.rfc7519.JsonWebToken.encode', 'jwt.PyJWT.encode', 'joserfc.jwt.encode'] as const;
/** Header first, then the claims. */
const HEADER_FIRST = /^(authlib|joserfc)\./;
const EXTENDED = ['flask_jwt_extended.create_access_token', 'flask_jwt_extended.create_refresh_token', 'fastapi_users.authentication.JWTStrategy', 'fastapi_users.authentication.strategy.JWTStrategy', 'fastapi_users.authentication.strategy.jwt.JWTStrategy'] as const;
const SETTINGS = ['JWT_ACCESS_TOKEN_EXPIRES', 'JWT_REFRESH_TOKEN_EXPIRES', 'JWT_EXPIRATION_DELTA', 'REST_KNOX'] as const;

/** A place where tokens get their lifetime, or none. */
interface Issue {
  readonly at: Span;
  /** `sub, role`: claims of a token without an end; or the setting that takes it away. */
  readonly fault?: string;
  readonly lifetime?: string;
  /** The claims, where an end can be written into them. */
  readonly claims?: Value;
  readonly module: Module;
}

export default rule<Issue>({
  id: 'token-no-expiry',
  title: 'Bearer tokens expire',
  severity: 'medium', confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: `A copied token works for ever, also after the password was changed. Logs, proxies and browsers copy tokens all the time.`,
  how: `Issue short access tokens, plus a refresh token that can be revoked.`,
  links: ['https://www.rfc-editor.org/rfc/rfc8725', 'https://pyjwt.readthedocs.io/en/stable/usage.html#expiration-time-claim-exp'],
  anchors: ['CWE-613', 'ASVS 9.2.1', 'semgrep jwt-python-exposed-data'],

  on: issues(),
  check: ({ fault }) => fault !== undefined,
  message: ({ fault }) => fault ?? '',
  underline: ({ at }) => at,
  holds: ({ lifetime }) => lifetime,
  nothing: 'No tokens are issued whose end could be told.',

  fix: { title: 'End it after an hour', safety: 'review', edit: ending, remains: 'Clients must be ready to sign in again, or be given a refresh token.' },

  examples: () => ({
    'claims without an end': {
      bad: 'import jwt\ndef issue(uid, key):\n    return jwt.encode({"sub": uid}, key, algorithm="HS256")\n',
      good: 'import jwt\nimport time\ndef issue(uid, key):\n    return jwt.encode({"sub": uid, "exp": int(time.time()) + 3600}, key, algorithm="HS256")\n',
    },
    'claims with a name': {
      bad: 'import time\nfrom jose import jwt\n\ndef create_token(user):\n    payload = {\n        "sub": str(user.id),\n        "iat": int(time.time()),\n    }\n    return jwt.encode(payload, KEY, algorithm="HS256")\n\nKEY = "k"\n',
      good: 'import time\nfrom jose import jwt\n\ndef create_token(user):\n    payload = {\n        "sub": str(user.id),\n        "iat": int(time.time()),\n        "exp": int(time.time()) + 3600,\n    }\n    return jwt.encode(payload, KEY, algorithm="HS256")\n\nKEY = "k"\n',
    },
    'claims by a call': { bad: 'import jwt\n\ndef make(user, key):\n    payload = dict(sub=user.id)\n    return jwt.encode(payload, key)\n' },
    'authlib puts the header first': { bad: 'from authlib.jose import jwt\n\ndef issue(uid, key):\n    return jwt.encode({"alg": "HS256"}, {"sub": uid}, key)\n' },
    'flask-jwt-extended, switched off': { bad: 'from flask import Flask\n\napp = Flask(__name__)\napp.config["JWT_ACCESS_TOKEN_EXPIRES"] = False\n' },
    'flask-jwt-extended, switched off for one token': { bad: 'from flask_jwt_extended import create_access_token\n\ndef login(user):\n    return create_access_token(identity=user.id, expires_delta=False)\n' },
    'fastapi-users, switched off': { bad: 'from fastapi_users.authentication import JWTStrategy\n\ndef get_jwt_strategy(secret):\n    return JWTStrategy(secret=secret, lifetime_seconds=None)\n' },
    'knox, switched off': { bad: { 'shop/settings.py': 'INSTALLED_APPS = ["knox"]\nROOT_URLCONF = "shop.urls"\nREST_KNOX = {"TOKEN_TTL": None}\n' } },
    'an end': { good: 'import datetime as dt\nimport jwt\ndef issue(uid, key):\n    exp = dt.datetime.now(dt.timezone.utc) + dt.timedelta(minutes=30)\n    return jwt.encode({"sub": uid, "exp": exp}, key, algorithm="HS256")\n', path: 'auth.py' },
    'an end that is added later': { good: 'from datetime import datetime, timedelta\nimport jwt\n\ndef issue(data, key):\n    payload = {"sub": 1}\n    payload["exp"] = datetime.utcnow() + timedelta(minutes=15)\n    other = {"sub": 2}\n    other.update(exp=1)\n    jwt.encode(other, key)\n    return jwt.encode(payload, key, algorithm="HS256")\n' },
    'claims from elsewhere': { good: 'import jwt\n\ndef encode(claims, key):\n    return jwt.encode(claims, key, algorithm="HS256")\n\ndef merged(claims, key):\n    return jwt.encode({**claims, "sub": 1}, key)\n\ndef copied(data, key):\n    to_encode = data.copy()\n    return jwt.encode(to_encode, key)\n' },
    'an end of its own name': { good: 'import time\nimport jwt\n\ndef issue(uid, key):\n    return jwt.encode({"id": uid, "expires": time.time() + 600}, key, algorithm="HS256")\n' },
    'the age is checked when it is read': {
      good: 'import time\nimport jwt\n\ndef issue(uid, key):\n    return jwt.encode({"sub": uid, "iat": int(time.time())}, key, algorithm="HS256")\n\ndef read(token, key):\n    claims = jwt.decode(token, key, algorithms=["HS256"])\n    if time.time() - claims["iat"] > 600:\n        raise ValueError("too old")\n    return claims\n',
    },
    'a service shows another who it is': { good: 'import time\nimport jwt\n\ndef provider_token(team, key, kid):\n    return jwt.encode({"iss": team, "iat": int(time.time())}, key, algorithm="ES256", headers={"kid": kid})\n' },
    'a link that may work for ever': { good: 'import jwt\n\ndef unsubscribe_token(email, key):\n    return jwt.encode({"email": email}, key, algorithm="HS256")\n' },
    'tokens that are looked up, by their number': { good: 'import jwt\n\ndef api_key(db, user, key):\n    row = db.create_key(user)\n    return jwt.encode({"sub": user.id, "jti": row.id}, key, algorithm="HS256")\n\ndef revoke(db, jti):\n    db.delete_key(jti)\n' },
    'the defaults of libraries': { good: 'from flask_jwt_extended import create_access_token\nfrom fastapi_users.authentication import JWTStrategy\n\ndef login(user):\n    return create_access_token(identity=user.id)\n\ndef strategy(secret):\n    return JWTStrategy(secret=secret, lifetime_seconds=3600)\n' },
    'a setting with an end': { good: 'from datetime import timedelta\nfrom flask import Flask\n\napp = Flask(__name__)\napp.config["JWT_ACCESS_TOKEN_EXPIRES"] = timedelta(minutes=15)\n' },
    'only in development': { good: 'from flask import Flask\n\napp = Flask(__name__)\nif app.debug:\n    app.config["JWT_ACCESS_TOKEN_EXPIRES"] = False\n' },
    'encodings of other kinds': { good: 'import base64\nimport json\n\ndef issue(uid):\n    return base64.b64encode(json.dumps({"sub": uid}).encode())\n' },
    'tests': { path: 'tests/test_auth.py', good: 'import jwt\n\ndef test_it(key):\n    assert jwt.encode({"sub": 1}, key)\n' },
  }),
});

function issues(): Selector<Issue> {
  const calls = call(...ENCODE, ...EXTENDED);
  const settings = setting(...SETTINGS);
  return {
    kinds: ['module'], callees: calls.callees,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const match of calls.select(unit, project)) {
        if (onlyInDevelopment(match.call)) continue;
        const issue = (EXTENDED as readonly string[]).includes(match.call.callee) ? ofLibrary(match) : encoded(match, project.text(unit.path) ?? '', project);
        if (issue) yield { ...issue, module: unit };
      }
      for (const each of settings.select(unit, project)) {
        const issue = seenInProduction(each, project) ? configured(each, project) : undefined;
        if (issue) yield { ...issue, module: unit };
      }
    },
  };
}

type Found = Omit<Issue, 'module'>;

/** Claims that name nobody: a service shows another who it is, as Apple's push service wants it, without an end. */
const SERVICE = /^(iss|iat|nbf|aud|kid|scope|alg)$/;
const ENDS = /["'](exp|expires?|expiry|expires?_?(at|in|on)?|expiration\w*|valid_(until|to)|not_after|ttl|deadline)["']|\bexp\s*=|\bexpires?_(at|in|delta)\b/i;

function encoded(match: CallMatch, text: string, project: Project): Found | undefined {
  const { call: one, module } = match;
  const claims = match.argument(HEADER_FIRST.test(one.callee) ? 'claims' : 'payload', HEADER_FIRST.test(one.callee) ? 1 : 0) ?? match.argument('claims');
  const names = claims && claimNames(claims);
  if (!claims || !names) return undefined;
  const body = bodyAround(module, one.at, text) ?? text.slice(Math.max(0, one.at.start - 600), one.at.end);
  if (ENDS.test(body)) return { at: one.calleeAt, lifetime: lifetimeIn(body) };
  // A token that opens an account by mail is another rule's; one that opens nothing is nobody's.
  if (names.includes('jti') || /api_?key|personal_access/i.test(enclosingName(one.scope)) || names.every((each) => SERVICE.test(each)) || tokenPurpose(enclosingName(one.scope), targetName(one.at, module, project), ...names, ...purposeTexts(claims)) !== undefined || checksAge(names, project)) return undefined;
  return { at: one.calleeAt, fault: `The token ${names.length > 0 ? `with ${names.slice(0, 3).join(', ')} ` : ''}is issued without an expiry: it works for ever.`, claims };
}

/** Names of all the claims, of `{"sub": …}` or `dict(sub=…)`; undefined where there may be others. */
function claimNames(claims: Value): readonly string[] | undefined {
  if (claims.kind === 'dict') return claims.open || claims.entries.some((each) => each.key.kind !== 'text') ? undefined : claims.entries.flatMap((each) => each.key.kind === 'text' ? [each.key.value] : []);
  return claims.kind === 'result' && claims.callee === 'dict' && claims.args.length === 0 && !claims.keywords.some((each) => each.name === '**') ? claims.keywords.map((each) => each.name) : undefined;
}

/** `"purpose": "reset"`. */
function purposeTexts(claims: Value): readonly string[] {
  return ['purpose', 'type', 'typ', 'scope', 'action', 'use'].flatMap((key) => { const value = lookup(claims, key); return value?.kind === 'text' ? [value.value] : []; });
}

function lifetimeIn(body: string): string {
  const written = /timedelta\(\s*([^()]{1,40})\)/.exec(body)?.[1]?.trim();
  return written ? `tokens end after ${written.replace(/\s*=\s*/, ' = ')}` : 'tokens carry an end';
}

/** The reader of tokens compares when they were issued with the time. */
function checksAge(names: readonly string[], project: Project): boolean {
  const stamps = names.filter((each) => /^(iat|issued|created|time|timestamp|ts)/.test(each));
  return stamps.length > 0 && project.calls(...DECODE).some(({ module, call: one }) => {
    const body = bodyAround(module, one.at, project.text(module.path) ?? '') ?? '';
    return stamps.some((each) => new RegExp(`["']${each}["']`).test(body)) && /[<>]/.test(body);
  });
}

const DECODE = ['jwt.decode', 'jose.jwt.decode', 'authlib.jose.jwt.decode'] as const;

function ofLibrary(match: CallMatch): Found | undefined {
  const isStrategy = lastName(match.call.callee) === 'JWTStrategy';
  const given = isStrategy ? match.argument('lifetime_seconds', 1) : match.argument('expires_delta', 2);
  const never = isStrategy ? given?.kind === 'none' : given?.kind === 'bool' && !given.value;
  if (never) return { at: given?.at ?? match.call.calleeAt, fault: `${match.call.written}() is told to issue tokens that never expire.` };
  return { at: match.call.calleeAt, lifetime: given ? `${match.call.written}() sets an end` : 'tokens end after the time the library sets' };
}

function configured({ name, value, assignment }: Setting, project: Project): Found | undefined {
  const at = assignment.targetAt;
  if (name === 'REST_KNOX') {
    const ttl = lookup(value, 'TOKEN_TTL');
    return ttl?.kind === 'none' ? { at: ttl.at.path === undefined ? ttl.at : at, fault: 'REST_KNOX["TOKEN_TTL"] is None: tokens never expire.' } : undefined;
  }
  if (project.frameworks.size === 0) return undefined;
  const never = (value.kind === 'bool' && !value.value) || (value.kind === 'none' && name === 'JWT_EXPIRATION_DELTA');
  return never ? { at, fault: `${name} is switched off: tokens never expire.` } : undefined;
}

// ---- the fix

function ending({ claims, module }: Issue, { source }: Context): readonly Edit[] | undefined {
  const last = claims?.kind === 'dict' ? claims.entries.at(-1) : undefined;
  const isTime = module.imports.filter((each) => each.name === 'time').every((each) => each.target === 'time');
  if (!claims || !last || claims.at.path !== undefined || !isTime || /#/.test(source.slice(claims.at))) return undefined;
  const written = '"exp": int(time.time()) + 3600';
  const own = source.line(last.key.at.start) !== source.line(claims.at.start);
  return [insert(last.value.at.end, own ? `,\n${source.indentation(last.key.at.start)}${written}` : `, ${written}`), ...importing(module, source, 'time')];
}

