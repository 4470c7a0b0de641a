import type { Call, CallMatch, Context, Func, Module, Project, Selector, Setting, Source, Span, Value, Variation } from '../kit';
import { anyOf, call, functionsAround, isProgram, lastName, lineBefore, onlyInDevelopment, options, rule, seenInProduction, setting } from '../kit';

const FAST = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha3_224', 'sha3_256', 'sha3_384', 'sha3_512', 'blake2b', 'blake2s', 'new'].map((each) => `hashlib.${each}`);
const KEYED = ['hmac.new', 'hmac.digest'];
const ENCODED = ['base64.b64encode', 'base64.urlsafe_b64encode'];
const WERKZEUG = ['werkzeug.security.generate_password_hash'];
const SALTS = ['bcrypt.gensalt'];
const FLASK_BCRYPT = ['flask_bcrypt.generate_password_hash', 'flask_bcrypt.Bcrypt.generate_password_hash'];
const STRETCHED = ['hashlib.pbkdf2_hmac'];
const CONTEXTS = ['passlib.context.CryptContext', 'passlib.apps.CryptContext'];
/** Formats of passlib that no longer protect a password. */
const OLD = ['md5_crypt', 'sha1_crypt', 'des_crypt', 'bsdi_crypt', 'bigcrypt', 'crypt16', 'apr_md5_crypt', 'hex_md4', 'hex_md5', 'hex_sha1', 'hex_sha256', 'hex_sha512', 'ldap_md5', 'ldap_sha1', 'ldap_salted_md5', 'ldap_salted_sha1', 'mysql323', 'mysql41', 'lmhash', 'nthash', 'plaintext', 'ldap_plaintext', 'django_salted_md5', 'django_salted_sha1', 'unix_fallback'];
const PASSLIB = OLD.flatMap((each) => [`passlib.hash.${each}.hash`, `passlib.hash.${each}.encrypt`]);
/** Libraries that get it right by themselves. */
const STRONG = ['argon2.PasswordHasher', 'pwdlib.PasswordHash', 'pwdlib.PasswordHash.recommended', 'passlib.hash.argon2.hash', 'passlib.hash.bcrypt.hash', 'passlib.hash.bcrypt_sha256.hash', 'passlib.hash.scrypt.hash', 'hashlib.scrypt'];

const FAST_BCRYPT: Variation = { severity: 'high', points: 12, because: 'a salted hash with too few rounds still takes longer than a plain one' };
const LOW_BCRYPT: Variation = { severity: 'low', points: 2, because: 'it is a slow hash, with fewer rounds than are advised today' };

/** What a password is hashed with, and how heavy that weighs (true: as the card says). */
interface Verdict { readonly by: string; readonly weight: true | Variation }

export default rule<CallMatch | Setting>({
  id: 'weak-password-hash',
  title: 'Passwords use a slow, salted hash',
  severity: 'critical', points: 40, confidence: 'confirmed', blocks: 'always', effort: 'M', since: '1',
  why: 'A graphics card tries billions of fast hashes per second, so a stolen table is readable within hours. Without a salt equal passwords fall together.',
  how: 'Use argon2 or bcrypt; re-hash each password at the next login.',
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html', 'https://docs.djangoproject.com/en/stable/topics/auth/passwords/'],
  anchors: ['bandit B303', 'bandit B324', 'ruff S324', 'semgrep md5-used-as-password', 'CWE-916', 'CWE-759'],
  ladder: { name: 'passwords', rung: 2 },

  on: anyOf(hashing(), setting('BCRYPT_LOG_ROUNDS', 'PASSWORD_HASHERS')),
  check: (match, context) => verdict(match, context)?.weight ?? false,
  message: (match, context) => `Passwords are hashed with ${verdict(match, context)?.by ?? 'a weak hash'}.`,
  underline: (match) => {
    if ('assignment' in match) return match.assignment.value.at;
    const given = match.call.keywords.find((each) => /^(method|rounds|schemes|iterations|bcrypt__rounds)$/.test(each.name));
    return given?.at ?? match.call.calleeAt;
  },
  holds: (match, { project }) => 'assignment' in match ? settingHolds(match, seenInProduction(match, project)) : callHolds(match),
  nothing: 'The code hashes no passwords.',

  examples: () => ({
    'a plain SHA-256': { bad: 'import hashlib\ndef hash_pw(password):\n    return hashlib.sha256(password.encode()).hexdigest()\n' },
    'rounds in a setting': { bad: 'class Config:\n    BCRYPT_LOG_ROUNDS = 4\n', path: 'config.py', severity: 'high' },
    'under another name': { bad: 'from hashlib import md5\n\nclass User:\n    def set_password(self, raw):\n        self.password_hash = md5(raw.encode()).hexdigest()\n', path: 'models.py' },
    'with a constant in front': { bad: 'import hashlib\n\nSALT = "x9"\n\ndef hash_password(pw):\n    return hashlib.sha512(f"{SALT}{pw}".encode()).hexdigest()\n' },
    'a form\'s field': { bad: 'import hashlib\nfrom flask import Flask, request\n\napp = Flask(__name__)\n\n@app.post("/login")\ndef login():\n    digest = hashlib.sha1(request.form["password"].encode()).hexdigest()\n    return find(request.form["user"], digest)\n' },
    'by name': { bad: 'import hashlib\n\ndef hash_password(password):\n    h = hashlib.new("sha256", password.encode())\n    return h.hexdigest()\n' },
    'a keyed hash': { bad: 'import hmac\n\ndef hash_password(password, key):\n    return hmac.new(key, password.encode(), "sha256").hexdigest()\n' },
    'only encoded': { bad: 'import base64\n\ndef hash_password(password):\n    return base64.b64encode(password.encode()).decode()\n' },
    'Werkzeug with an old method': { bad: 'from werkzeug.security import generate_password_hash\n\ndef register(password):\n    return generate_password_hash(password, method="sha256")\n' },
    'Werkzeug with few iterations': { bad: 'from werkzeug.security import generate_password_hash\n\ndef register(password):\n    return generate_password_hash(password, "pbkdf2:sha256:5000")\n', severity: 'high' },
    'few rounds of bcrypt': { bad: 'import bcrypt\n\ndef register(password):\n    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(rounds=6))\n', severity: 'high' },
    'ten rounds of bcrypt': { bad: 'import bcrypt\n\ndef register(password):\n    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(10))\n', severity: 'low' },
    'PBKDF2 with few iterations': { bad: 'import hashlib\n\ndef register(password, salt):\n    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 1000)\n', severity: 'high' },
    'PBKDF2 as it was advised years ago': { bad: 'import hashlib\n\nITERATIONS = 100_000\n\ndef register(password, salt):\n    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)\n', severity: 'low' },
    'an old format of passlib': { bad: 'from passlib.context import CryptContext\n\npwd_context = CryptContext(schemes=["md5_crypt", "bcrypt"])\n' },
    'an old format of passlib, alone': { bad: 'from passlib.hash import hex_md5\n\ndef register(password):\n    return hex_md5.hash(password)\n' },
    'Django with MD5 first': { bad: 'INSTALLED_APPS = ["django.contrib.auth"]\nPASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]\n', path: 'shop/settings.py', severity: 'high' },
    'bcrypt as it comes': { good: 'import bcrypt\ndef hash_pw(password):\n    return bcrypt.hashpw(password.encode(), bcrypt.gensalt())\n' },
    'few rounds only in tests': { good: 'class Config:\n    BCRYPT_LOG_ROUNDS = 13\nclass TestingConfig(Config):\n    BCRYPT_LOG_ROUNDS = 4\n', path: 'config.py' },
    'file checksum': { good: 'import hashlib\ndef checksum(data):\n    return hashlib.sha256(data).hexdigest()\n' },
    'Werkzeug as it comes': { good: 'from werkzeug.security import generate_password_hash\n\ndef register(password):\n    return generate_password_hash(password), generate_password_hash(password, method="scrypt"), generate_password_hash(password, method="pbkdf2:sha256:600000"), generate_password_hash(password, method="pbkdf2:sha256")\n' },
    'a hash before bcrypt, which reads 72 bytes': { good: 'import base64\nimport hashlib\nimport bcrypt\n\ndef register(password):\n    digest = base64.b64encode(hashlib.sha256(password.encode()).digest())\n    return bcrypt.hashpw(digest, bcrypt.gensalt(12))\n' },
    'have I been pwned': { good: 'import hashlib\nimport requests\n\ndef leaked(password):\n    digest = hashlib.sha1(password.encode()).hexdigest().upper()\n    return digest[5:] in requests.get(f"https://api.pwnedpasswords.com/range/{digest[:5]}", timeout=5).text\n' },
    'a key for a cipher': { good: 'import base64\nimport hashlib\nfrom cryptography.fernet import Fernet\n\ndef box(password):\n    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(password.encode()).digest()))\n' },
    'basic authentication is no storage': { good: 'import base64\n\ndef headers(user, password):\n    token = base64.b64encode(f"{user}:{password}".encode()).decode()\n    return {"Authorization": f"Basic {token}"}\n' },
    'digest authentication': { good: 'import hashlib\n\ndef ha1(user, realm, password):\n    return hashlib.md5(f"{user}:{realm}:{password}".encode()).hexdigest()\n' },
    'what is stored already': { good: 'import hashlib\n\ndef fingerprint(user):\n    return hashlib.sha256(user.password_hash.encode()).hexdigest()\n' },
    'a token of a reset link': { good: 'import hashlib\nimport secrets\n\ndef password_reset(user):\n    token = secrets.token_urlsafe(32)\n    user.reset_digest = hashlib.sha256(token.encode()).hexdigest()\n    return token\n' },
    'a link that ends with the password, in Django': { good: 'import hashlib\nfrom django.conf import settings\n\ndef make(user, stamp):\n    return hashlib.sha256(f"{user.pk}{user.password}{stamp}".encode()).hexdigest()\n' },
    'the body of a FastAPI request': { bad: 'import hashlib\nfrom fastapi import FastAPI\nfrom schemas import UserCreate\n\napp = FastAPI()\n\n@app.post("/users")\ndef create(user: UserCreate):\n    return store(user.name, hashlib.sha256(user.password.encode()).hexdigest())\n', path: 'main.py' },
    'names that only begin alike': { good: 'import hashlib\n\ndef etag(passage, passport, compass, bypass):\n    return hashlib.md5(f"{passage}{passport}{compass}{bypass}".encode()).hexdigest()\n' },
    'a format that may still be read': { good: 'from passlib.context import CryptContext\n\npwd_context = CryptContext(schemes=["bcrypt", "md5_crypt"], deprecated=["md5_crypt"])\n' },
    'Django reads old hashes': { good: 'INSTALLED_APPS = ["django.contrib.auth"]\nPASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher", "django.contrib.auth.hashers.MD5PasswordHasher"]\n', path: 'shop/settings.py' },
    'Django\'s tests': { good: { 'shop/settings/base.py': 'INSTALLED_APPS = ["django.contrib.auth"]\n', 'shop/settings/test.py': 'from .base import *\n\nPASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]\n' } },
    'old hashes, renewed at login': { good: 'import hashlib\nfrom argon2 import PasswordHasher\n\nhasher = PasswordHasher()\n\ndef login(user, password):\n    if user.digest == hashlib.md5(password.encode()).hexdigest():\n        user.digest = hasher.hash(password)\n' },
    'in a comment': { good: '# hashlib.md5(password.encode())\n' },
    'tests': { path: 'tests/test_users.py', good: 'import hashlib\n\ndef test_it(password):\n    assert hashlib.md5(password.encode()).hexdigest()\n' },
  }),
});

function hashing(): Selector<CallMatch> {
  const all = call(...FAST, ...KEYED, ...ENCODED, ...WERKZEUG, ...SALTS, ...FLASK_BCRYPT, ...STRETCHED, ...CONTEXTS, ...PASSLIB, ...STRONG);
  return {
    ...all,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      // Hashes of other things are no passwords that are hashed well.
      for (const match of all.select(unit, project)) if (!isPlain(match.call.callee) || hashesPassword(match.call, unit, project)) yield match;
    },
  };
}

function isPlain(callee: string): boolean {
  return FAST.includes(callee) || KEYED.includes(callee) || ENCODED.includes(callee);
}

function verdict(match: CallMatch | Setting, context: Context): Verdict | undefined {
  if ('assignment' in match) return seenInProduction(match, context.project) ? configured(match) : undefined;
  const { call: one, module } = match;
  if (onlyInDevelopment(one) || isProgram(module, context.project)) return undefined;
  const { callee } = one;
  if (isPlain(callee)) return { by: algorithm(one), weight: true };
  if (WERKZEUG.includes(callee)) return byMethod(match.argument('method', 1));
  if (SALTS.includes(callee)) return byRounds(match.argument('rounds', 0));
  if (FLASK_BCRYPT.includes(callee)) return byRounds(match.argument('rounds', 1));
  if (STRETCHED.includes(callee)) return byIterations(match, context.source);
  if (CONTEXTS.includes(callee)) return byScheme(match);
  return PASSLIB.includes(callee) ? { by: `${callee.split('.')[2] ?? ''} of passlib`, weight: true } : undefined;
}

// ---- settings

function configured({ name, value }: Setting): Verdict | undefined {
  if (name.toUpperCase() === 'BCRYPT_LOG_ROUNDS') return byRounds(value);
  const first = value.kind === 'list' ? value.items[0] : undefined;
  const hasher = first?.kind === 'text' ? lastName(first.value) : '';
  return /(MD5|SHA1|UnsaltedSHA\w*|CryptPasswordHasher)/.test(hasher) && !/^PBKDF2/.test(hasher) ? { by: `${hasher}, the first of PASSWORD_HASHERS`, weight: { severity: 'high', points: 12, because: 'Django adds a salt' } } : undefined;
}

function settingHolds({ name, value }: Setting, seen: boolean): string | undefined {
  if (!seen) return undefined;
  if (value.kind === 'number') return `bcrypt, ${value.value} rounds`;
  const first = value.kind === 'list' ? value.items[0] : undefined;
  return first?.kind === 'text' ? `${lastName(first.value)} is the first of ${name}` : undefined;
}

// ---- libraries

function byRounds(value: Value | undefined): Verdict | undefined {
  if (value?.kind !== 'number' || value.value >= 12) return undefined;
  return { by: `${value.value} rounds of bcrypt`, weight: value.value < 10 ? FAST_BCRYPT : LOW_BCRYPT };
}

function byMethod(value: Value | undefined): Verdict | undefined {
  for (const each of value ? options(value) : []) {
    if (each.kind !== 'text') continue;
    const [kind = '', , count] = each.value.split(':');
    if (/^(plain|md5|sha\d+)$/.test(kind)) return { by: kind === 'plain' ? 'nothing (method "plain")' : `${kind}, one round`, weight: true };
    if (kind === 'pbkdf2' && count !== undefined) return iterations(Number(count), true);
  }
  return undefined;
}

function byIterations(match: CallMatch, source: Source): Verdict | undefined {
  const count = match.argument('iterations', 3);
  const hash = match.argument('hash_name', 0);
  if (count?.kind !== 'number' || feedsCipher(match.call, match.module) || !speaksOfPassword(source.slice(match.call.argumentsAt))) return undefined;
  return iterations(count.value, hash?.kind === 'text' && hash.value.toLowerCase() === 'sha256');
}

function iterations(count: number, sha256: boolean): Verdict | undefined {
  if (count < 100_000) return { by: `PBKDF2, ${count} iterations`, weight: { severity: 'high', points: 12, because: 'PBKDF2 with too few iterations still takes longer than a plain hash' } };
  return sha256 && count < 310_000 ? { by: `PBKDF2, ${count} iterations`, weight: { severity: 'low', points: 2, because: 'it is a slow hash, with fewer iterations than are advised today' } } : undefined;
}

function byScheme(match: CallMatch): Verdict | undefined {
  const first = match.argument('default') ?? firstOf(match.argument('schemes', 0));
  if (first?.kind === 'text' && OLD.includes(first.value)) return { by: `${first.value} of passlib`, weight: true };
  return byRounds(match.argument('bcrypt__rounds') ?? match.argument('bcrypt__default_rounds'));
}

function firstOf(value: Value | undefined): Value | undefined {
  return value?.kind === 'list' ? value.items[0] : value;
}

function callHolds(match: CallMatch): string | undefined {
  const { callee } = match.call;
  if (SALTS.includes(callee)) { const rounds = match.argument('rounds', 0); return rounds === undefined ? 'bcrypt, 12 rounds' : rounds.kind === 'number' ? `bcrypt, ${rounds.value} rounds` : undefined; }
  if (WERKZEUG.includes(callee)) { const method = match.argument('method', 1); return method === undefined ? "Werkzeug's default" : method.kind === 'text' ? method.value.replace(/:.*/, '') : undefined; }
  if (CONTEXTS.includes(callee)) { const first = firstOf(match.argument('schemes', 0)); return first?.kind === 'text' ? `passlib, ${first.value}` : undefined; }
  return STRONG.includes(callee) ? callee.split('.').filter((each) => !/^(passlib|hash|hashlib)$/.test(each))[0] : undefined;
}

// ---- plain hashes

/** Words of an identifier that say it holds a password, and those that say it holds something made of one. */
const PASSWORD = /^(pass|password|passwd|passphrase|passcode|pwd|pw|passwort)$/;
const MADE = /^(hash|hashed|digest|reset|token|salt|id|url|path|field|expires|changed|policy|length|at)$/;

/** Whether a name in this code, texts left out, is that of a password as somebody types it. */
function speaksOfPassword(code: string): boolean {
  const plain = code.replace(/(?<![fF])"(?:[^"\\\n]|\\.)*"(?!\])|(?<![fF])'(?:[^'\\\n]|\\.)*'(?!\])/g, '""');
  return [...plain.matchAll(/[A-Za-z_]\w*/g)].some(([name]) => { const words = wordsOf(name); return words.some((each) => PASSWORD.test(each)) && !words.some((each) => MADE.test(each)); });
}

function wordsOf(name: string): readonly string[] {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase().split('_');
}

function hashesPassword(one: Call, module: Module, project: Project): boolean {
  const written = (at: Span) => project.written(module.path, at);
  const around = functionsAround(module, one.at);
  if (isOtherUse(one, module, around[0], written)) return false;
  const whole = hashed(one, written);
  if (whole === undefined) return false;
  // What Django calls `user.password` is a hash already.
  const given = project.frameworks.has('django') ? whole.replace(/\b(user|account|instance|self)\.password\b/g, '') : whole;
  if (ENCODED.includes(one.callee)) return namesHash(around[0]) && speaksOfPassword(given) && !given.includes(':');
  return speaksOfPassword(given) || (storesPassword(lineBefore(one.at.start, module, project)) && !/token|secrets?\.|nonce|uuid/i.test(given));
}

/** What is hashed, as written; undefined where nothing is given yet. */
function hashed(one: Call, written: (at: Span) => string): string | undefined {
  const at = one.args[KEYED.includes(one.callee) || one.callee === 'hashlib.new' ? 1 : 0] ?? one.keywords.find((each) => each.name === 'msg' || each.name === 'data')?.value;
  return at && written(at.at);
}

/** The statement gives its value to a password: `user.password_hash = sha256(raw)`. */
function storesPassword(before: string): boolean {
  const target = /^\s*([\w.]+)(?:\s*:[^=]+)?\s*=[^=]/.exec(before)?.[1];
  const words = target === undefined ? [] : wordsOf(lastName(target));
  return words.some((each) => PASSWORD.test(each)) && !words.some((each) => /^(reset|token|salt|id|key)$/.test(each));
}

function namesHash(func: Func | undefined): boolean {
  const words = func ? wordsOf(func.name) : [];
  return words.some((each) => PASSWORD.test(each)) && words.some((each) => /^(hash|encrypt|encode|store|set|save)/.test(each));
}

const STRONGER = /(^|\.)(hashpw|gensalt|argon2\w*|PasswordHasher|scrypt|pbkdf2_hmac|pwd_context|CryptContext|Fernet|AES|AESGCM|Cipher|ChaCha20Poly1305)(\.|$)|^(bcrypt|argon2|passlib|pwdlib)\./;

/** A pre-hash for a slow one, a key for a cipher, a look-up of leaked passwords, digest authentication, a key of a cache. */
function isOtherUse(one: Call, module: Module, func: Func | undefined, written: (at: Span) => string): boolean {
  if (one.within.some((each) => STRONGER.test(each)) || func?.does.some((each) => STRONGER.test(each))) return true;
  if (/pwned|hibp|haveibeen|\[:5\]|\brealm\b/i.test(written((func ?? one).at))) return true;
  if (func && wordsOf(func.name).some((each) => /^(cache|etag|fingerprint|gravatar|checksum)$/.test(each))) return true;
  return feedsCipher(one, module);
}

function feedsCipher(one: Call, module: Module): boolean {
  const ciphers = module.imports.some((each) => /^(cryptography\.(fernet|hazmat)|Crypto(dome)?\.Cipher|nacl\.secret)/.test(each.target));
  return ciphers && functionsAround(module, one.at).some((func) => wordsOf(func.name).some((each) => /^(key|derive|cipher|encrypt|decrypt|fernet|box)$/.test(each)));
}

function algorithm(one: Call): string {
  if (ENCODED.includes(one.callee)) return 'base64, which is no hash';
  if (KEYED.includes(one.callee)) return 'HMAC, a fast hash';
  const [first] = one.args;
  const name = one.callee === 'hashlib.new' ? (first?.kind === 'text' ? first.value : 'a fast hash') : lastName(one.callee);
  return /^(md5|sha|blake)/i.test(name) ? `${name.toUpperCase().replace(/^SHA(\d{3})$/, 'SHA-$1').replace(/^SHA1$/, 'SHA-1')}, a fast hash` : name;
}
