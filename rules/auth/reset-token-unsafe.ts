import type { Assignment, CallMatch, Context, Edit, Module, Project, Selector, Span, TokenPurpose, Value, Variation } from '../kit';
import { bodyAround, call, classByPath, enclosingName, functionsAround, lastName, lookup, onlyInDevelopment, rule, targetName, tokenPurpose, withArgument } from '../kit';

const TIMED = ['itsdangerous.URLSafeTimedSerializer.loads', 'itsdangerous.url_safe.URLSafeTimedSerializer.loads', 'itsdangerous.TimedSerializer.loads', 'itsdangerous.timed.TimedSerializer.loads'] as const;
/** Signers that are often asked for the time later, or for no account at all: only where the purpose is known. */
const SIGNERS = ['itsdangerous.TimestampSigner.unsign', 'itsdangerous.timed.TimestampSigner.unsign', 'django.core.signing.loads', 'django.core.signing.TimestampSigner.unsign', 'django.core.signing.TimestampSigner.unsign_object'] as const;
const UNTIMED = ['itsdangerous.URLSafeSerializer.dumps', 'itsdangerous.url_safe.URLSafeSerializer.dumps', 'itsdangerous.Serializer.dumps', 'itsdangerous.JSONWebSignatureSerializer.dumps', 'itsdangerous.Signer.sign', 'django.core.signing.Signer.sign', 'django.core.signing.Signer.sign_object'] as const;
const JWT = ['jwt.encode', 'jose.jwt.encode', 'authlib.jose.jwt.encode'] as const;
const ENCODERS = ['base64.b64encode', 'base64.urlsafe_b64encode', 'base64.standard_b64encode', 'hashlib.md5', 'hashlib.sha1', 'hashlib.sha256', 'hashlib.sha512', 'hashlib.new'] as const;
const LIBRARIES = ['django.contrib.auth.tokens.PasswordResetTokenGenerator.make_token', 'django.contrib.auth.tokens.default_token_generator.make_token'] as const;

/** A place that makes or accepts a token of this kind. */
interface Token {
  readonly at: Span;
  readonly purpose: string | undefined;
  /** What is wrong with it, as the end of a sentence; undefined when nothing is. */
  readonly problem?: string;
  /** Anybody can make one. */
  readonly forgeable?: boolean;
  readonly match?: CallMatch;
  readonly proof?: string;
}

export default rule<Token>({
  id: 'reset-token-unsafe',
  title: 'Reset and confirmation tokens are signed, random and expire',
  severity: 'high', points: 12, confidence: 'likely', effort: 'S', since: '1',
  blocks: { when: 'a password is reset by it', holds: (project) => project.deployable !== undefined },
  why: `A reset link is a password. Old mails, referrers and shared inboxes keep it long after the user forgot it.`,
  how: `Use a timed signer, or a random token that is stored as a hash with its end, and delete it after use.`,
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Forgot_Password_Cheat_Sheet.html', 'https://itsdangerous.palletsprojects.com/en/stable/timed/'],
  anchors: ['CWE-640', 'CWE-613'],

  on: tokens(),
  check: ({ problem, purpose, forgeable }): boolean | Variation => {
    if (problem === undefined) return false;
    if (forgeable || purpose === 'password reset' || purpose === 'login link') return true;
    return { severity: 'medium', because: purpose === undefined ? 'what the token grants cannot be told here' : 'it does not open an account by itself' };
  },
  message: ({ purpose, problem }) => `The ${purpose === undefined ? 'signed' : purpose} token ${problem ?? ''}.`,
  underline: ({ at }) => at,
  holds: ({ proof }) => proof,
  nothing: 'No tokens are sent by mail for resets, confirmations or invitations, as far as can be told.',

  fix: [
    { title: 'Accept it for an hour', safety: 'safe', edit: (token, context) => token.purpose === 'password reset' || token.purpose === 'login link' ? aged(token, context, 3600) : undefined },
    { title: 'Accept it for a day', safety: 'review', edit: (token, context) => token.purpose === 'password reset' || token.purpose === 'login link' ? undefined : aged(token, context, 86400), remains: 'Links that were sent earlier stop working.' },
  ],

  examples: () => ({
    'a timed signature whose age nobody asks for': {
      bad: 'from itsdangerous import URLSafeTimedSerializer\ndef user_of(token, key):\n    return URLSafeTimedSerializer(key).loads(token)\n', severity: 'medium',
      good: 'from itsdangerous import URLSafeTimedSerializer\ndef user_of(token, key):\n    return URLSafeTimedSerializer(key).loads(token, max_age=86400)\n', path: 'auth.py',
    },
    'of a password reset, by its salt': {
      bad: 'from flask import current_app\nfrom itsdangerous import URLSafeTimedSerializer\n\nclass User:\n    @staticmethod\n    def from_token(token):\n        s = URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="reset-password")\n        return User.query.get(s.loads(token)["user_id"])\n', severity: 'high',
      good: 'from flask import current_app\nfrom itsdangerous import URLSafeTimedSerializer\n\nclass User:\n    @staticmethod\n    def from_token(token):\n        s = URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="reset-password")\n        return User.query.get(s.loads(token, max_age=3600)["user_id"])\n',
    },
    'of a password reset, by the function': { bad: 'from itsdangerous import URLSafeTimedSerializer\n\ndef verify_reset_token(token, key):\n    serializer = URLSafeTimedSerializer(key)\n    return serializer.loads(token, max_age=None)\n' },
    'Django\'s signing': { bad: 'from django.core import signing\n\ndef magic_link(request, token):\n    return signing.loads(token, salt="login")\n' },
    'a signature without a time': { bad: 'from itsdangerous import URLSafeSerializer\n\ndef generate_reset_token(email, key):\n    return URLSafeSerializer(key, salt="reset").dumps(email)\n' },
    'a confirmation without a time': { severity: 'medium', bad: 'from itsdangerous import URLSafeSerializer\n\ndef generate_confirmation_token(email, key):\n    return URLSafeSerializer(key).dumps(email)\n' },
    'a JWT without an end': { bad: 'import jwt\n\ndef get_reset_token(user, key):\n    return jwt.encode({"reset_password": user.id}, key, algorithm="HS256")\n' },
    'an address in other letters': { bad: 'import base64\ndef reset_link(user):\n    return "/reset/" + base64.b64encode(user.email.encode()).decode()\n', path: 'auth.py' },
    'a hash of the address': { bad: 'import hashlib\n\ndef activation_token(email):\n    return hashlib.sha256(email.encode()).hexdigest()\n' },
    'stored, without an end': {
      bad: {
        'models.py': 'from flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\n\nclass User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    created_at = db.Column(db.DateTime)\n    reset_token = db.Column(db.String(64))\n',
        'views.py': 'import secrets\nfrom models import User, db\n\ndef forgot(email):\n    user = User.query.filter_by(email=email).first()\n    user.reset_token = secrets.token_urlsafe(32)\n    db.session.commit()\n',
      },
    },
    'with an age': { good: 'from itsdangerous import URLSafeTimedSerializer\ndef user_of(token, key):\n    return URLSafeTimedSerializer(key, salt="reset").loads(token, max_age=3600)\n', path: 'auth.py' },
    'with an age by position, and one that is given': { good: 'from itsdangerous import URLSafeTimedSerializer\n\ndef confirm_token(token, key, expiration=3600):\n    return URLSafeTimedSerializer(key).loads(token, expiration)\n\ndef load(token, key, **options):\n    return URLSafeTimedSerializer(key).loads(token, **options)\n' },
    'the time is compared by hand': { good: 'from datetime import datetime, timedelta, timezone\nfrom itsdangerous import URLSafeTimedSerializer\n\ndef reset_user(token, key):\n    user, stamp = URLSafeTimedSerializer(key).loads(token, return_timestamp=True)\n    if datetime.now(timezone.utc) - stamp > timedelta(hours=1):\n        raise ValueError("too old")\n    return user\n' },
    'stored with an expiry': { good: 'import datetime as dt\ndef user_of(row):\n    if row.expires_at < dt.datetime.now(dt.timezone.utc):\n        raise ValueError("expired")\n    return row.user_id\n', path: 'auth.py' },
    'stored with an end beside it': {
      good: {
        'models.py': 'from flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\n\nclass User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    reset_token = db.Column(db.String(64))\n    reset_token_expires = db.Column(db.DateTime)\n',
        'views.py': 'import secrets\nfrom models import User\n\ndef forgot(user):\n    user.reset_token = secrets.token_urlsafe(32)\n',
      },
    },
    'stored, and signed with a time': {
      good: {
        'models.py': 'from itsdangerous import URLSafeTimedSerializer\nfrom flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\n\nclass User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    reset_token = db.Column(db.String(256))\n\n    def renew(self, key):\n        self.reset_token = URLSafeTimedSerializer(key).dumps(self.id)\n',
      },
    },
    'stored, and signed by a function of its own': {
      good: {
        'models.py': 'from flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\n\nclass User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    reset_token = db.Column(db.String(256))\n',
        'views.py': 'from itsdangerous import URLSafeTimedSerializer\n\ndef fresh(user, key):\n    return URLSafeTimedSerializer(key).dumps(user.id)\n\ndef forgot(user, key):\n    user.reset_token = fresh(user, key)\n',
      },
    },
    'a column nobody writes': { good: 'from flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\n\nclass User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    reset_token = db.Column(db.String(64))\n' },
    'a link that may work for ever': { good: 'from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer\n\ndef unsubscribe(token, key):\n    return URLSafeTimedSerializer(key, salt="unsubscribe").loads(token)\n\ndef unsubscribe_link(email, key):\n    return URLSafeSerializer(key).dumps(email)\n' },
    'asked again, with an age': { good: 'from django.core.signing import SignatureExpired, TimestampSigner\n\ndef confirm(request, token):\n    signer = TimestampSigner(salt="invite")\n    user = signer.unsign(token)\n    try:\n        signer.unsign(token, max_age=300)\n    except SignatureExpired:\n        return None\n    return user\n' },
    'Django\'s own generator': { good: 'from django.contrib.auth.tokens import default_token_generator\nfrom django.utils.encoding import force_bytes\nfrom django.utils.http import urlsafe_base64_encode\n\ndef reset_link(user):\n    uid = urlsafe_base64_encode(force_bytes(user.pk))\n    return f"/reset/{uid}/{default_token_generator.make_token(user)}/"\n' },
    'a JWT with an end': { good: 'from time import time\nimport jwt\n\ndef get_reset_token(user, key, expires_in=600):\n    return jwt.encode({"reset_password": user.id, "exp": time() + expires_in}, key, algorithm="HS256")\n' },
    'a picture for an address': { good: 'import hashlib\n\ndef avatar(email):\n    digest = hashlib.md5(email.encode()).hexdigest()\n    return f"https://www.gravatar.com/avatar/{digest}"\n\ndef confirm_order(order):\n    return hashlib.sha256(order.lines.encode()).hexdigest()\n' },
    'a random token, hashed for the database': { good: 'import hashlib\nimport secrets\n\ndef reset_token(user):\n    token = secrets.token_urlsafe(32)\n    user.reset_hash = hashlib.sha256(token.encode()).hexdigest()\n    return token\n\ndef find_reset(token):\n    return hashlib.sha256(token.encode()).hexdigest()\n' },
    'tests': { path: 'tests/test_auth.py', good: 'from itsdangerous import URLSafeTimedSerializer\n\ndef test_reset(token, key):\n    assert URLSafeTimedSerializer(key).loads(token)\n' },
  }),
});

function tokens(): Selector<Token> {
  const calls = call(...TIMED, ...SIGNERS, ...UNTIMED, ...JWT, ...ENCODERS, ...LIBRARIES);
  return {
    kinds: calls.kinds, callees: calls.callees,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const match of calls.select(unit, project)) {
        const token = onlyInDevelopment(match.call) ? undefined : tokenOf(match, project);
        if (token) yield token;
      }
      yield* stored(unit, project);
    },
  };
}

function isOneOf(names: readonly string[], name: string): boolean {
  return names.includes(name);
}

function tokenOf(match: CallMatch, project: Project): Token | undefined {
  const { callee } = match.call;
  if (isOneOf(LIBRARIES, callee)) return { at: match.call.calleeAt, purpose: 'password reset', proof: 'Django makes and checks the token' };
  if (isOneOf(ENCODERS, callee)) return encoded(match, project);
  const found = purposeOf(match, project);
  if (found === 'harmless') return undefined;
  const purpose = found?.purpose;
  const at = match.call.calleeAt;
  if (isOneOf(TIMED, callee) || isOneOf(SIGNERS, callee)) return purpose === undefined && isOneOf(SIGNERS, callee) ? undefined : read(match, purpose);
  if (purpose === undefined) return undefined;
  if (isOneOf(UNTIMED, callee)) return { at, purpose, problem: 'is signed without a time, so it never ends', match };
  return issued(match, purpose, project.text(match.module.path) ?? '');
}

/** What the token is for: the salt, the names in the claims, the function, the name it is given to. */
function purposeOf({ call: one, argument, module }: CallMatch, project: Project): TokenPurpose {
  const texts = (value: Value | undefined): readonly string[] => value?.kind === 'text' ? [value.value] : value?.kind === 'dict' ? value.entries.flatMap((each) => [...texts(each.key), ...texts(each.value)]) : [];
  const receiver = one.receiver?.kind === 'result' ? [...one.receiver.keywords.filter((each) => each.name === 'salt').map((each) => each.value), ...one.receiver.args.slice(1)] : [];
  const around = functionsAround(module, one.at);
  const path = module.routes.find((route) => around.some((func) => func.nameAt.start === route.handlerAt.start))?.path ?? '';
  return tokenPurpose(...[argument('salt'), ...receiver].flatMap(texts), enclosingName(one.scope), path, ...texts(argument('payload', 0)), targetName(one.at, module, project), one.written);
}

/** A timed token is read: with what age? */
function read(match: CallMatch, purpose: string | undefined): Token | undefined {
  const { call: one, module, argument } = match;
  const position = one.callee === 'django.core.signing.loads' ? undefined : 1;
  const age = argument('max_age', position);
  const at = one.calleeAt;
  if (age && age.kind !== 'none') return { at, purpose, proof: age.kind === 'number' ? `tokens end after ${age.value} seconds` : 'tokens end after a time that is set' };
  const stamp = argument('return_timestamp', 2);
  const again = module.calls.some((other) => other !== one && other.scope === one.scope && other.callee === one.callee && other.keywords.some((each) => each.name === 'max_age'));
  if (one.open || again || (stamp && !(stamp.kind === 'bool' && !stamp.value))) return undefined;
  return { at, purpose, problem: `is accepted whatever its age: ${one.written}() is given no max_age`, match };
}

const ENDS = /["'](exp|expires?\w*|expiry|expiration\w*|valid_\w+|ttl)["']|\bexp\s*=/;

function issued({ call: one, argument, module }: CallMatch, purpose: string, text: string): Token | undefined {
  const claims = argument(one.callee.startsWith('authlib.') ? 'claims' : 'payload', one.callee.startsWith('authlib.') ? 1 : 0);
  const body = bodyAround(module, one.at, text);
  if (claims?.kind !== 'dict' || claims.open || body === undefined) return undefined;
  return ENDS.test(body) || lookup(claims, 'exp') ? { at: one.calleeAt, purpose, proof: 'tokens carry an end' } : { at: one.calleeAt, purpose, problem: 'carries no exp, so it never ends' };
}

// ---- tokens anybody can make

const CHANCE = /(^|\.)(secrets|uuid|random|os\.urandom|hmac|jwt|itsdangerous|cryptography)\b|token_\w+$|uuid\d$|urandom$|get_random_string$|make_token$|(^|\.)(encrypt|sign|dumps|choices|randint|hexhmac)$/;

/** `b64encode(user.email)` that a function called for tokens or links gives out. */
function encoded({ call: one, module }: CallMatch, project: Project): Token | undefined {
  const func = functionsAround(module, one.at)[0];
  const name = `${func?.name ?? ''} ${targetName(one.at, module, project)}`;
  const found = tokenPurpose(name);
  if (!func || found === undefined || found === 'harmless' || !/token|link|url|code|key|hash/i.test(name) || /^(check|verify|validate|find|load|get_user|is)_/.test(func.name)) return undefined;
  const written = project.written(module.path, one.argumentsAt);
  const isKnown = /\b(e?mail|username|user_?id|user\.id|user\.pk|pk|uid|self\.id)\b/i.test(written) && !/secret|salt|password|\bkey\b|_KEY|token|time|now|nonce/i.test(written);
  if (!isKnown || [...func.does, ...one.within].some((each) => CHANCE.test(each))) return undefined;
  const how = one.callee.startsWith('base64.') ? 'is only written in other letters' : 'is a hash of what anybody knows';
  return { at: one.calleeAt, purpose: found.purpose, problem: `${how}: whoever knows the account can make it`, forgeable: true };
}

// ---- tokens in the database

const COLUMN = /(^|\.)(Column|mapped_column|Field|CharField|TextField|UUIDField|StringField|SlugField)$/;
const SIGNED = /itsdangerous|jwt|jose|signing|(^|\.)(dumps|encode|make_token|sign)$/;

/** Columns for such a token, without one for its end beside it. */
function* stored(module: Module, project: Project): Iterable<Token> {
  for (const one of module.assignments) {
    if (!/^_?(password_?)?(reset|recovery|forgot|magic|login_link)\w*_?(token|code|key|hash|otp)(_hash)?$/i.test(one.target) || one.value.kind !== 'result' || !COLUMN.test(one.value.callee)) continue;
    if (!classByPath(module, one.scope, one.at)) continue;
    const written = writesOf(one.target, project);
    const ends = module.assignments.some((other) => other !== one && other.scope === one.scope && isAboutTime(other, one.target));
    if (ends) yield { at: one.targetAt, purpose: 'password reset', proof: 'its end is stored beside it' };
    else if (written.length > 0 && !written.some((each) => isSigned(each.value, project))) {
      yield { at: one.targetAt, purpose: 'password reset', problem: `is stored in ${lastName(one.scope)} without a time at which it ends` };
    }
  }
}

/** A signer makes it, or a function of the project that calls one: then its end is in it. */
function isSigned(value: Value, project: Project): boolean {
  return value.kind === 'result' && (SIGNED.test(value.callee) || (project.func(value.callee)?.func.does.some((each) => SIGNED.test(each)) ?? false));
}

/** `reset_token_expires`, `reset_sent_at`, `token_created`; an account's own `created_at` says nothing. */
function isAboutTime({ target }: Assignment, token: string): boolean {
  return /expir|valid_(until|to)|_until$|_ttl$/i.test(target) || (/(reset|recovery|forgot|token|code|otp|link|request)\w*_(at|on|time|date|timestamp|ts|sent|created|issued|generated\w*)$|(sent|created|issued|requested)_\w*(reset|token|code)/i.test(target) && target !== token);
}

function writesOf(column: string, project: Project): readonly Assignment[] {
  return project.modules.flatMap((module) => module.assignments.filter((one) => one.target.endsWith(`.${column}`) && one.value.kind !== 'none'));
}

// ---- the fix

function aged({ match, problem }: Token, { source }: Context, seconds: number): readonly Edit[] | undefined {
  if (!match || problem === undefined || !(isOneOf(TIMED, match.call.callee) || isOneOf(SIGNERS, match.call.callee))) return undefined;
  const none = match.call.keywords.find((each) => each.name === 'max_age');
  if (none) return [{ ...none.value.at, text: String(seconds) }];
  return match.call.args.length === 1 ? withArgument(match.call, `max_age=${seconds}`, source) : undefined;
}
