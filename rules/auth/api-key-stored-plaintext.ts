import type { Module, Project, Selector, Span, Value } from '../kit';
import { LOOKUP_CALLS, functionsAround, lastName, lookupsIn, onlyInDevelopment, options, outermostClass, rule } from '../kit';

interface Match { readonly module: Module; readonly at: Span; readonly owner: string; readonly attribute: string }

const CLASSES = ['ApiKey', 'APIKey', 'ApiKeys', 'APIKeys', 'ApiToken', 'APIToken', 'AccessKey', 'PersonalAccessToken', 'UserApiKey', 'UserAPIKey', 'ServiceToken', 'ApiKeyModel', 'APIKeyModel', 'ApiCredential'] as const;
/** Tokens of users may be of any kind: those that are told apart by a prefix are handed to programs. */
const TOKENS = ['UserToken', 'UserTokens', 'AuthToken', 'AuthTokens', 'AccessToken', 'Token', 'Tokens'] as const;
const NAMES: ReadonlySet<string> = new Set(CLASSES);
const TOKEN_NAMES: ReadonlySet<string> = new Set(TOKENS);
const CLASS = /^(\w*api_?(key|token|credential)\w*|\w*personal_?access_?token\w*|access_?keys?|service_?tokens?)$/i;
/** Names that say it by themselves, and those that need a class that does. */
const SURE = /^(api_?key|apikey|api_?token|api_?secret)$/i;
const VAGUE = /^(key|token|secret|value|access_?key|access_?token|raw_key|key_value)$/i;
const HASHES = /hash|digest|hmac|sha\d|encrypt|bcrypt|argon|fernet|pbkdf/i;

export default rule<Match>({
  id: 'api-key-stored-plaintext',
  title: 'API keys are stored as hashes',
  severity: 'medium', points: 6, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: 'A read-only leak of the table is then full access as every customer. A random key needs no slow hash, so hashing costs nothing.',
  how: 'Show the key once, store its SHA-256, look up by the hash.',
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Cryptographic_Storage_Cheat_Sheet.html', 'https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html'],
  anchors: ['CWE-312', 'CWE-522'],

  on: keys(),
  check: () => true,
  message: ({ owner, attribute }) => `${owner}.${attribute} stores the API key itself.`,
  underline: ({ at }) => at,
  nothing: 'No API key is generated and stored.',

  examples: () => ({
    'made and looked up as it is': { bad: 'import secrets\nclass ApiKey:\n    def __init__(self, user):\n        self.user_id = user.id\n        self.key = secrets.token_urlsafe(32)\ndef find(session, header):\n    return session.query(ApiKey).filter_by(key=header).first()\n', path: 'models.py' },
    'a column of the user': { bad: { 'models.py': 'class User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    api_key = db.Column(db.String(64), unique=True)\ndb = None\n', 'app.py': 'import secrets\nfrom models import User\ndef renew(user, session):\n    user.api_key = secrets.token_hex(32)\n    session.commit()\ndef current(header):\n    return User.query.filter_by(api_key=header).first()\n' } },
    'a token with a prefix': { bad: { 'models.py': 'class UserToken(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    value = db.Column(db.String(128), unique=True)\ndb = None\n', 'app.py': 'import secrets\nfrom models import UserToken\ndef issue(user):\n    value = "shop_" + secrets.token_hex(32)\n    return UserToken(user_id=user.id, value=value)\ndef find(token):\n    return UserToken.query.filter_by(value=token).first()\n' } },
    'a token that may be of any kind': { good: { 'models.py': 'class UserToken(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    value = db.Column(db.String(128), unique=True)\ndb = None\n', 'app.py': 'import secrets\nfrom models import UserToken\ndef confirm(user):\n    return UserToken(user_id=user.id, value=secrets.token_hex(32))\ndef find(token):\n    return UserToken.query.filter_by(value=token).first()\n' } },
    'a default of the column': { bad: { 'models.py': 'import secrets\nclass ApiKey(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    key = db.Column(db.String(64), default=lambda: "sk_" + secrets.token_hex(24))\ndb = None\n', 'app.py': 'from sqlalchemy import select\nfrom models import ApiKey\ndef current(session, header):\n    return session.scalar(select(ApiKey).where(ApiKey.key == header))\n' } },
    'hashed': { good: 'import hashlib, secrets\nclass ApiKey:\n    def __init__(self, user):\n        raw = secrets.token_urlsafe(32)\n        self.user_id = user.id\n        self.key_hash = hashlib.sha256(raw.encode()).hexdigest()\n', path: 'models.py' },
    'a code that lives for minutes': { good: 'import datetime as dt, secrets\nclass LoginCode:\n    def __init__(self):\n        self.token = secrets.token_urlsafe(32)\n        self.expires_at = dt.datetime.now(dt.timezone.utc) + dt.timedelta(minutes=10)\ndef find(session, token):\n    return session.query(LoginCode).filter_by(token=token).first()\n', path: 'models.py' },
    'a prefix for looking up beside the hash': { good: 'import hashlib, secrets\nclass ApiKey:\n    def __init__(self):\n        raw = secrets.token_urlsafe(32)\n        self.key = raw[:8]\n        self.hashed = hashlib.sha256(raw.encode()).hexdigest()\ndef find(session, key):\n    return session.query(ApiKey).filter_by(key=key).first()\n', path: 'models.py' },
    'a key of another system': { good: { 'models.py': 'class User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    api_key = db.Column(db.String(64))\ndb = None\n', 'app.py': 'from flask import request\nfrom models import User\ndef save(user, session):\n    user.api_key = request.form["api_key"]\n    session.commit()\n' } },
    'a column that is encrypted': { good: { 'models.py': 'from sqlalchemy_utils import EncryptedType\nclass User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    api_key = db.Column(EncryptedType(db.String, "k"))\ndb = None\n', 'app.py': 'import secrets\nfrom models import User\ndef renew(user):\n    user.api_key = secrets.token_hex(32)\ndef current(header):\n    return User.query.filter_by(api_key=header).first()\n' } },
    'tests': { path: 'tests/test_keys.py', good: 'import secrets\nfrom models import ApiKey\ndef test(session):\n    session.add(ApiKey(key=secrets.token_hex(8)))\n    session.query(ApiKey).filter_by(key="x").first()\n' },
  }),
});

function keys(): Selector<Match> {
  return {
    kinds: ['module'], callees: [...LOOKUP_CALLS, ...[...CLASSES, ...TOKENS].map((each) => `*.${each}`)],
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      const seen = new Set<string>();
      for (const match of [...assigned(unit), ...given(unit), ...defaults(unit, project)]) {
        const name = `${match.owner}.${match.attribute}`;
        if (seen.has(name) || !isLookedUp(match, project) || isHashed(match, project)) continue;
        seen.add(name);
        yield match;
      }
    },
  };
}

/** `self.key = secrets.token_urlsafe(32)`, `user.api_key = uuid4().hex`. */
function assigned(module: Module): readonly Match[] {
  return module.assignments.flatMap((one): Match[] => {
    const parts = one.target.split('.');
    const attribute = parts.at(-1) ?? '';
    if (parts.length !== 2 || one.how !== 'statement' || !isMade(one.value) || onlyInDevelopment(one) || !one.scope) return [];
    const owner = parts[0] === 'self' ? outermostClass(module, one)?.name : one.qualified.split('.').at(-2)?.replace(/^\w/, (letter) => letter.toUpperCase()) ?? parts[0];
    if (owner === undefined || !(SURE.test(attribute) || (VAGUE.test(attribute) && CLASS.test(owner))) || hashesAround(module, one.at)) return [];
    return [{ module, at: one.targetAt, owner: /^[A-Z]/.test(owner) ? owner : parts[0] ?? owner, attribute }];
  });
}

/** `ApiKey(key=secrets.token_hex(32))`, `UserToken(value="shop_" + secrets.token_hex(32))`. */
function given(module: Module): readonly Match[] {
  const isToken = (callee: string) => TOKEN_NAMES.has(lastName(callee));
  return module.calls.filter((one) => (NAMES.has(lastName(one.callee)) || isToken(one.callee)) && !onlyInDevelopment(one)).flatMap((one): Match[] => one.keywords
    .filter((each) => (SURE.test(each.name) || VAGUE.test(each.name)) && isMade(each.value) && (!isToken(one.callee) || isPrefixed(each.value)) && !hashesAround(module, one.at)).map((each) => ({ module, at: each.at, owner: lastName(one.callee), attribute: each.name })));
}

function defaults(module: Module, project: Project): readonly Match[] {
  return module.models.flatMap((model) => model.columns.filter((each) => each.default && (SURE.test(each.name) || (VAGUE.test(each.name) && CLASS.test(model.name)))).flatMap((column): Match[] => {
    const at = column.default?.at;
    const written = at ? project.written(module.path, at) : '';
    return /secrets\.token_|token_(hex|urlsafe)\(|uuid4|urandom|generate_(api_)?(key|token)$/.test(written) && !HASHES.test(written) ? [{ module, at: column.nameAt, owner: model.name, attribute: column.name }] : [];
  }));
}

/** `shop_…`: as keys are written that programs are given. */
function isPrefixed(value: Value): boolean {
  return options(value).every((each) => each.kind === 'joined' && each.parts[0]?.kind === 'text' && /^[a-z][a-z0-9]*[_-]$/i.test(each.parts[0].value));
}

/** Random, with a prefix perhaps, and not cut short. */
function isMade(value: Value): boolean {
  return options(value).every((each) => {
    switch (each.kind) {
      case 'generated': return true;
      case 'joined': return each.parts.some(isMade);
      case 'result': return /(^|\.)(str|hex|decode|format|urlsafe_b64encode|b64encode|hexlify|hexencode)$/.test(each.callee) && [each.of, ...each.args].some((one) => one !== undefined && isMade(one));
      case 'reference': return /^uuid\.uuid4(\.hex)?$/.test(each.name);
      default: return false;
    }
  });
}

function hashesAround(module: Module, at: Span): boolean {
  return functionsAround(module, at).some((func) => func.does.some((each) => HASHES.test(each)));
}

/** Some query asks for rows by this very value. */
function isLookedUp({ attribute }: Match, project: Project): boolean {
  const names = project.once('columns that are looked up', () => new Set([
    ...project.modules.flatMap((module) => lookupsIn(module, project).flatMap((each) => each.columns)),
    ...project.calls('*.filter_by', '*.filter').flatMap(({ call }) => call.keywords.map((each) => each.name)),
  ]));
  return names.has(attribute);
}

/** A hash or an encrypted type stands in the same class. */
function isHashed({ owner, attribute }: Match, project: Project): boolean {
  return project.models.some(({ model }) => model.name === owner && model.columns.some((each) => HASHES.test(each.name) || (each.name === attribute && HASHES.test(each.type?.name ?? ''))));
}
