import type { CallMatch, Context, Edit, Project, Selector, Span, Value } from '../kit';
import { call, enclosingName, importing, lastName, lineBefore, namesIn, onlyInDevelopment, replace, rule, targetName, wordsOf } from '../kit';

/** A hash or cipher that something of trust goes through. */
interface Digest extends CallMatch {
  /** As a message says it: `MD5`, `AES in ECB mode`. */
  readonly algorithm: string;
  readonly weak: boolean;
  /** The exact characters that choose it. */
  readonly chosenAt: Span;
}

const HASHES = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'blake2b', 'blake2s', 'sha3_256', 'sha3_512', 'new'] as const;
const CALLEES = [
  ...HASHES.map((each) => `hashlib.${each}`), 'hmac.new', 'hmac.digest', 'Crypto.Cipher.DES.new', 'Cryptodome.Cipher.DES.new', 'Crypto.Cipher.ARC4.new', 'Cryptodome.Cipher.ARC4.new', 'Crypto.Cipher.AES.new', 'Cryptodome.Cipher.AES.new',
  'cryptography.hazmat.primitives.ciphers.modes.ECB', 'cryptography.hazmat.primitives.ciphers.algorithms.ARC4',
];

export default rule<Digest>({
  id: 'weak-digest',
  title: 'Tokens and signatures use a strong hash',
  severity: 'medium', points: 6, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'MD5 and SHA-1 collide cheaply, and a plain hash of secret plus value can be extended. Signed links and licences can then be forged.',
  how: 'Sign with HMAC-SHA-256 or itsdangerous.',
  links: ['https://docs.python.org/3/library/hashlib.html', 'https://cheatsheetseries.owasp.org/cheatsheets/Cryptographic_Storage_Cheat_Sheet.html', 'https://cwe.mitre.org/data/definitions/327.html'],
  anchors: ['bandit B303', 'bandit B324', 'ruff S324', 'semgrep insecure-hash-algorithm-md5', 'njsscan node_md5', 'CWE-327', 'CWE-328'],

  on: digests(),
  check: (it) => it.weak && !onlyInDevelopment(it.call),
  message: (it, { project }) => isCipher(it) ? `${it.algorithm} protects what is encrypted here.` : `${it.algorithm} protects ${trustIn(it, project) ?? 'a token'}.`,
  underline: (it) => it.chosenAt,
  holds: (it) => `${it.algorithm} for tokens and signatures`,
  nothing: 'No tokens or signatures are hashed.',

  fix: { title: 'Use HMAC-SHA-256', safety: 'review', edit: keyed, remains: 'Tokens and links that were signed before stop verifying: issue them anew.' },

  examples: () => ({
    'a signed path': {
      bad: 'import hashlib\ndef sign(path, secret):\n    return hashlib.md5((path + secret).encode()).hexdigest()\n',
      good: 'import hashlib\nimport hmac\ndef sign(path, secret):\n    return hmac.new(secret.encode(), path.encode(), hashlib.sha256).hexdigest()\n',
    },
    'a keyed hash': { good: 'import hashlib, hmac\ndef sign(path, secret):\n    return hmac.new(secret.encode(), path.encode(), hashlib.sha256).hexdigest()\n' },
    'a cache key, and said so': { good: 'import hashlib\ndef etag(body):\n    return hashlib.md5(body, usedforsecurity=False).hexdigest()\n' },
    'the secret in front, in an f-string': {
      bad: 'import hashlib\nfrom django.conf import settings\n\ndef download_url(path):\n    signature = hashlib.sha1(f"{settings.SECRET_KEY}{path}".encode()).hexdigest()\n    return f"/files/{path}?s={signature}"\n',
      good: 'import hashlib\nimport hmac\nfrom django.conf import settings\n\ndef download_url(path):\n    signature = hmac.new(settings.SECRET_KEY.encode(), path.encode(), hashlib.sha256).hexdigest()\n    return f"/files/{path}?s={signature}"\n',
      path: 'files/urls.py',
    },
    'an unsubscribe token': { bad: 'from hashlib import md5\n\ndef unsubscribe_token(user):\n    return md5(user.email.encode()).hexdigest()\n' },
    'by name': { bad: 'import hashlib\n\ndef license_for(customer):\n    license_key = hashlib.new("sha1", customer.encode()).hexdigest()\n    return license_key\n' },
    'a column for tokens': { bad: 'import hashlib\n\nclass Invitation:\n    def __init__(self, email):\n        self.token = hashlib.md5(email.encode()).hexdigest()\n' },
    'a keyed hash with MD5': { bad: 'import hmac\n\ndef check(body, signature, key):\n    return hmac.compare_digest(hmac.new(key, body, "md5").hexdigest(), signature)\n' },
    'a keyed hash with SHA-1': { good: 'import hashlib\nimport hmac\n\ndef sign(key, body):\n    return hmac.new(key, body, hashlib.sha1).hexdigest()\n' },
    'ECB': { bad: 'from Crypto.Cipher import AES\n\ndef encrypt(key, text):\n    return AES.new(key, AES.MODE_ECB).encrypt(text)\n' },
    'ECB, in the other library': { bad: 'from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes\n\ndef cipher(key):\n    return Cipher(algorithms.AES(key), modes.ECB())\n' },
    'an authenticated mode': { good: 'from Crypto.Cipher import AES\n\ndef encrypt(key, text):\n    return AES.new(key, AES.MODE_GCM).encrypt_and_digest(text)\n' },
    'entity tags, cache keys, avatars and checksums': {
      good: 'import hashlib\nfrom hashlib import md5, sha1\n\ndef cache_key(token, path):\n    return md5(f"{token}{path}".encode()).hexdigest()\n\ndef avatar(user):\n    digest = md5(user.email.lower().encode()).hexdigest()\n    return f"https://www.gravatar.com/avatar/{digest}"\n\ndef upload(file):\n    checksum = hashlib.md5(file.read()).hexdigest()\n    key = "user:%s" % hashlib.md5(file.name.encode()).hexdigest()\n    return checksum, key\n',
    },
    'a cached session': { good: 'import hashlib\n\ndef store(cache, session):\n    cache.set(hashlib.md5(session.id.encode()).hexdigest(), session)\n' },
    'the author of a page is not authentication': { good: 'import hashlib\n\ndef author_color(author, design):\n    return hashlib.md5(author.encode()).hexdigest()[:6]\n' },
    'passwords have a rule of their own': { good: 'import hashlib\n\ndef authenticate(password):\n    return hashlib.md5(password.encode()).hexdigest()\n' },
    'what a payment provider asks for': { good: 'import hashlib\n\ndef payment_webhook(request, merchant_secret):\n    signature = hashlib.md5((request.form["id"] + merchant_secret).encode()).hexdigest()\n    return signature == request.form["sign"]\n' },
    'a handshake that asks for SHA-1': { good: 'import base64\nimport hashlib\n\ndef websocket_accept(key):\n    signature = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()\n    return base64.b64encode(signature)\n' },
    'known leaks are asked for by SHA-1': { good: 'import hashlib\n\ndef is_pwned(secret):\n    return hashlib.sha1(secret.encode()).hexdigest()[:5]\n' },
    'a strong hash of a token': { good: 'import hashlib\n\ndef stored(token):\n    return hashlib.sha256(token.encode()).hexdigest()\n' },
    'tests': { path: 'tests/test_sign.py', good: 'import hashlib\n\ndef test_token():\n    token = hashlib.md5(b"a").hexdigest()\n' },
  }),
});

function digests(): Selector<Digest> {
  const all = call(...CALLEES);
  return {
    kinds: all.kinds, callees: all.callees,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const match of all.select(unit, project)) {
        const found = digestOf(match);
        if (found && (isCipher(found) || trustIn(found, project))) yield found;
      }
    },
  };
}

const isCipher = (it: Pick<Digest, 'call'>) => it.call.callee.includes('Cipher') || it.call.callee.includes('ciphers');

// ---- the algorithm

const WEAK: Readonly<Record<string, string>> = { md5: 'MD5', sha1: 'SHA-1' };

function digestOf(match: CallMatch): Digest | undefined {
  const { call: one } = match;
  if (one.callee.startsWith('hmac.')) return macOf(match);
  if (!one.callee.startsWith('hashlib.')) return cipherOf(match);
  if (isForOther(match)) return undefined;
  const named = lastName(one.callee) === 'new' ? match.argument('name', 0) : undefined;
  const name = named ? (named.kind === 'text' ? named.value.toLowerCase().replace('-', '') : '') : lastName(one.callee);
  if (name === '' || name === 'new') return undefined;
  return { ...match, algorithm: WEAK[name] ?? name.toUpperCase().replace(/^SHA(?=\d)/, 'SHA-'), weak: name in WEAK, chosenAt: named?.at ?? one.calleeAt };
}

function isForOther(match: CallMatch): boolean {
  const used = match.argument('usedforsecurity');
  return used?.kind === 'bool' && !used.value;
}

/** Keyed hashes: MD5 alone is weak there. */
function macOf(match: CallMatch): Digest | undefined {
  const chosen = match.argument('digestmod', 2) ?? match.argument('digest', 2);
  const name = chosen?.kind === 'text' ? chosen.value.toLowerCase() : chosen?.kind === 'reference' ? lastName(chosen.name) : '';
  return chosen && name !== '' ? { ...match, algorithm: `HMAC-${WEAK[name] ?? name.toUpperCase()}`, weak: name === 'md5', chosenAt: chosen.at } : undefined;
}

function cipherOf(match: CallMatch): Digest | undefined {
  const { call: one } = match;
  if (/\.AES\.new$/.test(one.callee)) {
    const mode: Value | undefined = match.argument('mode', 1);
    return mode?.kind === 'reference' && mode.name.endsWith('MODE_ECB') ? { ...match, algorithm: 'AES in ECB mode', weak: true, chosenAt: mode.at } : undefined;
  }
  const algorithm = one.callee.endsWith('modes.ECB') ? 'ECB mode' : one.callee.includes('DES') ? 'DES' : 'RC4';
  return { ...match, algorithm, weak: true, chosenAt: one.calleeAt };
}

// ---- what it protects

const TRUST: ReadonlySet<string> = new Set(['token', 'tokens', 'sign', 'signed', 'signing', 'signature', 'auth', 'authenticate', 'secret', 'verify', 'verification', 'session', 'license', 'licence', 'activation', 'unsubscribe', 'invite', 'csrf', 'otp']);
const COMPOUND = /(^|_)(api|secret|license|licence|signing|access|session|auth|private)_?key$|download_?link|signed_?url/i;
/** Words of uses that are no matter of trust, or where another side has chosen the algorithm. */
const OTHER = /cache|etag|gravatar|avatar|checksum|fingerprint|dedup|colou?r|content_?md5|file_?hash|bucket|throttle|rate_?limit|websocket|webhook|callback|ipn|pwned|passw|pwd|tokeni[sz]|n_?tokens|max_?tokens|prompt|258EAFA5/i;

/** The name that says it is a matter of trust: what it is given to, the function around it, what goes in. */
function trustIn(it: CallMatch, project: Project): string | undefined {
  const names = namesAround(it, project);
  if (OTHER.test(project.written(it.module.path, it.call.at)) || names.some((name) => OTHER.test(name))) return undefined;
  const found = names.find((name) => COMPOUND.test(name) || wordsOf(name).some((word) => TRUST.has(word)));
  // A keyed hash has no other purpose.
  return found ?? (it.call.callee.startsWith('hmac.') ? 'a signature' : undefined);
}

/** Names around it: what it is given to, the function it stands in, what goes in, and the calls it is an argument of. */
function namesAround({ call: one, module }: CallMatch, project: Project): readonly string[] {
  const before = lineBefore(one.at.start, module, project);
  const outer = /[\w.]+(?=\([^()]*$)/.exec(before)?.[0].split('.') ?? [];
  return [targetName(one.at, module, project), enclosingName(one.scope), ...namesIn(project.written(module.path, one.argumentsAt)), ...outer].filter(Boolean);
}

// ---- the fix

/** `md5((a + secret).encode())` or `md5(f"{secret}{a}".encode())` as a keyed hash of the other part. */
function keyed(it: Digest, { source, unit }: Context): readonly Edit[] | undefined {
  if (unit.kind !== 'module' || !/^hashlib\.(md5|sha1)$/.test(it.call.written)) return undefined;
  const inner = /^\((.*)\)$/s.exec(source.slice(it.call.argumentsAt))?.[1] ?? '';
  const [, first, second] = /^\(\s*([\w.]+)\s*\+\s*([\w.]+)\s*\)\.encode\((?:["']utf-?8["'])?\)$/i.exec(inner) ?? /^f["']\{([\w.]+)\}[:|.-]?\{([\w.]+)\}["']\.encode\((?:["']utf-?8["'])?\)$/i.exec(inner) ?? [];
  if (!first || !second) return undefined;
  const isSecret = (name: string) => /secret|(^|_)key$/i.test(lastName(name));
  if (isSecret(first) === isSecret(second)) return undefined;
  const [key, value] = isSecret(first) ? [first, second] : [second, first];
  return [replace({ start: it.call.calleeAt.start, end: it.call.argumentsAt.end }, `hmac.new(${key}.encode(), ${value}.encode(), hashlib.sha256)`), ...importing(unit, source, 'hmac')];
}
