import type { CallMatch, Context, Edit, Project, Selector, Source, Span, Variation } from '../kit';
import { call, enclosingName, functionAt, importing, lastName, linesOf, onlyInDevelopment, replace, rule, targetName, wordsOf } from '../kit';

const RANDOM = ['choice', 'choices', 'sample', 'randint', 'randrange', 'getrandbits', 'random', 'uniform', 'randbytes'] as const;
const CALLEES = [
  ...RANDOM.flatMap((each) => [`random.${each}`, `random.Random.${each}`]), ...['choice', 'randint', 'random', 'bytes', 'rand', 'random_sample'].map((each) => `numpy.random.${each}`), 'uuid.uuid1', 'uuid.uuid4',
  'time.time', 'time.time_ns', 'datetime.datetime.now', 'datetime.datetime.utcnow', 'secrets.token_hex', 'secrets.token_bytes', 'secrets.token_urlsafe', 'os.urandom',
] as const;

/** A secret that is made here. */
interface Making extends CallMatch {
  /** What it is, by the names around it. */
  readonly name: string;
  readonly fault?: Fault;
}
interface Fault { readonly kind: 'predictable' | 'time' | 'short'; readonly bits?: number; readonly at: Span }

export default rule<Making>({
  id: 'weak-token-entropy',
  title: 'Tokens come from a cryptographic generator',
  severity: 'high', points: 12, confidence: 'confirmed', effort: 'S', since: '1',
  blocks: { when: 'the token grants access (session, reset, API key, one-time code)', holds: (project) => project.deployable !== undefined },
  why: 'The default generators can be predicted from a few outputs, so a reset link or API key can be computed. Short tokens can be tried.',
  how: 'Use secrets or crypto with at least 128 bits.',
  links: ['https://docs.python.org/3/library/secrets.html', 'https://cwe.mitre.org/data/definitions/330.html'],
  anchors: ['bandit B311', 'ruff S311', 'CWE-330', 'CWE-338'],

  on: makings(),
  check: ({ fault }) => {
    if (!fault) return false;
    return fault.kind === 'time' ? { confidence: 'likely', because: 'what it grants cannot be told here' } satisfies Variation : true;
  },
  message: ({ name, fault, call: one }) => {
    if (fault?.kind === 'short') return `${name} has ${fault.bits ?? 0} bits of chance, which can be tried out.`;
    return fault?.kind === 'time' ? `${name} is made of the time, which anybody knows.` : `${name} is made with ${one.written}(), which can be predicted.`;
  },
  underline: ({ fault, call: one }) => fault?.at ?? one.calleeAt,
  holds: ({ call: one }) => `${lastName(one.callee)}()`,
  nothing: 'No tokens, codes, passwords or keys are made.',
  summary: (count) => count === 1 ? 'The only secret that is made comes from a cryptographic generator' : `${count} secrets are made, all with a cryptographic generator`,

  fix: [
    { title: 'Use the secrets module', safety: 'safe', edit: cryptographic },
    { title: 'Use 128 bits or more', safety: 'review', edit: longer, remains: 'Make room for the longer value where it is stored.' },
  ],

  examples: () => ({
    'a reset token': {
      bad: 'import random, string\ndef reset_token():\n    return "".join(random.choices(string.ascii_letters, k=32))\n',
      good: 'import random, string\nimport secrets\ndef reset_token():\n    return "".join(secrets.choice(string.ascii_letters) for _ in range(32))\n',
    },
    'a piece of a UUID': { bad: 'import uuid\ndef api_key():\n    return str(uuid.uuid4())[:8]\n', good: 'import secrets\nimport uuid\ndef api_key():\n    return secrets.token_urlsafe(32)\n' },
    'from secrets': { good: 'import secrets\ndef reset_token():\n    return secrets.token_urlsafe(32)\n' },
    'a delay': { good: 'import random\ndef retry_delay(attempt):\n    return 2 ** attempt + random.random()\n' },
    'a one-time code': {
      bad: 'import random\n\ndef send_otp(phone, sms):\n    otp = random.randint(100000, 999999)\n    sms.send(phone, f"Your code: {otp}")\n', good: 'import random\nimport secrets\n\ndef send_otp(phone, sms):\n    otp = secrets.randbelow(900000) + 100000\n    sms.send(phone, f"Your code: {otp}")\n',
    },
    'a verification code of digits': {
      bad: 'import random\nimport string\n\ndef generate_verification_code(length=6):\n    return "".join(random.choices(string.digits, k=length))\n',
      good: 'import random\nimport secrets\nimport string\n\ndef generate_verification_code(length=6):\n    return "".join(secrets.choice(string.digits) for _ in range(length))\n',
    },
    'a password, letter by letter': {
      bad: 'from random import choice\nimport string\n\ndef temporary_password():\n    return "".join(choice(string.ascii_letters) for _ in range(12))\n', good: 'from random import choice\nimport secrets\nimport string\n\ndef temporary_password():\n    return "".join(secrets.choice(string.ascii_letters) for _ in range(12))\n',
    },
    'a meeting\'s challenge': { bad: 'import random\nimport string\n\ndef gen_conference_challenge(length):\n    letters = string.ascii_letters + string.digits\n    return "".join(random.sample(letters, length))\n', good: 'import random\nimport secrets\nimport string\n\ndef gen_conference_challenge(length):\n    letters = string.ascii_letters + string.digits\n    return "".join(secrets.choice(letters) for _ in range(length))\n' },
    'an attribute': { bad: 'import random\n\nclass User:\n    def issue(self):\n        self.api_key = "%032x" % random.getrandbits(128)\n', good: 'import random\nimport secrets\n\nclass User:\n    def issue(self):\n        self.api_key = "%032x" % secrets.randbits(128)\n' },
    'an argument': { bad: 'import random\nimport string\n\ndef add(user):\n    user.set_password("".join(random.sample(string.ascii_letters, 10)))\n' },
    'a keyword': { bad: 'import random\n\ndef invite(Invite, email):\n    return Invite(email=email, token=str(random.random()))\n' },
    'a hash does not help': { bad: 'import hashlib\nimport random\n\ndef keygen(user):\n    key = hashlib.sha256(str(random.getrandbits(2048)).encode()).hexdigest()\n    return key\n', good: 'import hashlib\nimport random\nimport secrets\n\ndef keygen(user):\n    key = hashlib.sha256(str(secrets.randbits(2048)).encode()).hexdigest()\n    return key\n' },
    'a hash of the time': { bad: 'import hashlib\nimport time\n\ndef login(user):\n    session_token = hashlib.sha256(f"{user}{time.time()}".encode()).hexdigest()\n    return session_token\n' },
    'a UUID made of address and time': { bad: 'import uuid\n\ndef start(session):\n    session["csrf_token"] = str(uuid.uuid1())\n', good: 'import uuid\n\ndef start(session):\n    session["csrf_token"] = str(uuid.uuid4())\n' },
    'too short': { bad: 'import secrets\n\nclass Link:\n    def __init__(self):\n        self.access_token = secrets.token_hex(4)\n', good: 'import secrets\n\nclass Link:\n    def __init__(self):\n        self.access_token = secrets.token_hex(16)\n' },
    'one password of several letters is one finding': { bad: 'import random\n\ndef make_password(upper, lower):\n    letters = [random.choice(upper), random.choice(lower), random.choice(lower)]\n    random.shuffle(letters)\n    return "".join(letters)\n' },
    'enough': { good: 'import os\nimport secrets\nimport uuid\nfrom random import SystemRandom\n\ndef make(letters):\n    token = secrets.token_hex(16)\n    api_key = uuid.uuid4().hex + uuid.uuid4().hex\n    session_id = str(uuid.uuid4())\n    salt = os.urandom(16)\n    nonce = os.urandom(12)\n    password = "".join(SystemRandom().choice(letters) for _ in range(20))\n    otp = f"{secrets.randbelow(10**6):06}"\n    return token, api_key, session_id, salt, nonce, password, otp\n' },
    'codes a person types': { good: 'import secrets\n\ndef backup_codes(count):\n    return [secrets.token_hex(4).upper() for _ in range(count)]\n' },
    'jitter, samples, colours, ids for display and promotions': {
      good: 'import random\nimport time\nimport uuid\n\ndef create_access_token(user, jwt):\n    time.sleep(random.uniform(0, 0.1))\n    expires = time.time() + 60\n    return jwt.encode({"sub": user, "exp": expires, "iat": time.time()})\n\ndef decorate(items):\n    color = random.choice(["red", "blue"])\n    request_id = str(uuid.uuid4())[:8]\n    promo_code = random.randint(1000, 9999)\n    status_code = random.choice([200, 500])\n    return color, random.sample(items, 3), request_id, promo_code, status_code\n',
    },
    'a game that starts again, and a session\'s length': { good: 'import random\n\nclass Game:\n    def reset(self):\n        self.dice = random.randint(1, 6)\n\ndef plan():\n    session_length = random.randint(10, 20)\n    password_length = random.randint(8, 12)\n    return session_length, password_length\n' },
    'the time a token ends': { good: 'import time\nfrom datetime import datetime\n\ndef issue(pyotp, secret, token):\n    otp = pyotp.TOTP(secret).at(time.time())\n    token.reset_at = datetime.utcnow()\n    token_expiry = time.time() + 60\n    return otp\n' },
    'made-up users': { path: 'app/seed.py', good: 'import random\n\ndef seed(User):\n    User(password=str(random.randint(1, 9)))\n' },
    'tests': { path: 'tests/test_login.py', good: 'import random\n\ndef test_it():\n    token = random.randint(1, 9)\n' },
  }),
});

// ---- what is made

/** Nouns of what grants access; `key`, `code` and `id` only do so with a word beside them. */
const SECRET: ReadonlySet<string> = new Set(['token', 'password', 'passwd', 'passphrase', 'otp', 'pin', 'secret', 'nonce', 'salt', 'csrf', 'apikey', 'keygen']);
const PAIRED = /(api|access|secret|session|auth|signing|encryption|license|reset|recovery)_?key|(verif\w*|confirm\w*|login|auth\w*|reset|invit\w*|backup|recovery|access|security|mfa|sms|2fa|otp|one_?time|activation|email)_?codes?|session_?(id|key|token)|^(generate_|make_|create_|new_|random_|gen_|get_)?codes?$|(generate|gen|make)_key$/i;
/** What is only about a secret: its length, its end, its name. */
const ABOUT = /(^|_)(length|len|size|count|number|ttl|expir\w*|timeout|delay|seconds|minutes|hours|days|at|index|type|name|field|url|age|interval|jitter|limit|retries|attempts|prefix|suffix|email|mail|hint|form|view|page|map|pins|status|time|timestamp|date|used|usage|price|cost)$/i;
const CODES = /codes?$|otp|pin$/i;
const MAKES = /^_*(generate|gen|make|create|new|random|rand|get|issue|build|temporary|temp|mint)_|(^|_)(generator|keygen)$/i;

function isSecret(name: string): boolean {
  const words = wordsOf(name);
  return words.length > 0 && !ABOUT.test(words.at(-1) ?? '') && (words.some((word) => SECRET.has(word)) || PAIRED.test(words.join('_')));
}

/** Calls that pass on what chance is in their arguments. */
const WRAPPERS = /^(str|int|float|round|repr|hex|list|tuple|bytes|abs|md5|sha\d+|hashlib\.\w+|base64\.\w+|b64encode|urlsafe_b64encode|.*\.?(join|encode|format|hexdigest|digest|zfill))$|^(["'].*)$/;

/** What the value is, by what it is given to, the call it is an argument of, or the function that gives it back. */
function purposeOf({ call: one, module }: CallMatch, project: Project): string | undefined {
  const wrapped = one.within.findLast((each) => !WRAPPERS.test(each));
  if (wrapped && /(^|\.)(sleep|wait|jwt\.encode|timedelta|randrange|range)$/.test(wrapped)) return undefined;
  const target = targetName(one.at, module, project);
  if (isSecret(target)) return target;
  const outer = wrapped === undefined ? '' : lastName(wrapped);
  if (/^(set_|make_|hash_|change_)/.test(outer) && isSecret(outer)) return outer.replace(/^[a-z]+_/, '');
  const around = enclosingName(one.scope);
  const func = functionAt(module, one);
  if (!func || wrapped !== undefined || ABOUT.test(target) || !(isSecret(around) || isChallenge(around, one.within))) return undefined;
  if (MAKES.test(around) || /keygen/i.test(around)) return around.replace(MAKES, '') || 'a key';
  const isReturned = func.returns.some((each) => each.at.start <= one.at.start && one.at.end <= each.at.end);
  return target === '' && isReturned && !/^(send|check|verify|validate|is|has|use|handle|on|update|delete|login|parse)_/.test(around) ? around : undefined;
}

/** Random letters that a visitor must know to get in, as into a meeting. */
function isChallenge(name: string, within: readonly string[]): boolean {
  return wordsOf(name).at(-1) === 'challenge' && within.some((each) => each.endsWith('join'));
}

function makings(): Selector<Making> {
  const all = call(...CALLEES);
  return {
    kinds: all.kinds, callees: all.callees,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python' || /(^|[/_])(seeds?|populate|fixtures?|demo|mocks?|fake|factory|factories|faker|simulat\w+)([_/.]|$)/.test(unit.path)) return;
      const seen = new Set<string>();
      for (const match of all.select(unit, project)) {
        const name = onlyInDevelopment(match.call) ? undefined : purposeOf(match, project);
        if (name === undefined || seen.has(`${match.call.scope} ${name}`)) continue;
        const fault = faultOf(match, name, project);
        // The time is in many values; it matters where nothing else is.
        if (!fault && isTime(match)) continue;
        if (fault) seen.add(`${match.call.scope} ${name}`);
        yield { ...match, name, ...(fault && { fault }) };
      }
    },
  };
}

// ---- how it is made

const isTime = ({ call: one }: CallMatch) => /^(time|datetime)\./.test(one.callee);

function faultOf(match: CallMatch, name: string, project: Project): Fault | undefined {
  const { call: one, module } = match;
  if (/^(random|numpy\.random)\.|^uuid\.uuid1$/.test(one.callee)) return { kind: 'predictable', at: one.calleeAt };
  if (isTime(match)) return isOnlyTime(match, name, project) ? { kind: 'time', at: one.at } : undefined;
  if (CODES.test(name)) return undefined;
  if (one.callee === 'uuid.uuid4') {
    const cut = sliceAfter(one.at.end, project.written(module.path, { start: one.at.end, end: one.at.end + 120 }));
    return cut && cut.digits < 22 && !addsMore(match, project) ? { kind: 'short', bits: cut.digits * 4, at: cut.at } : undefined;
  }
  const size = match.argument('nbytes', 0);
  return size?.kind === 'number' && size.value < 16 && !/nonce|salt/i.test(name) && !addsMore(match, project) ? { kind: 'short', bits: size.value * 8, at: size.at } : undefined;
}

/** Nothing but the time and what is known goes into it, through calls that add no chance. */
function isOnlyTime({ call: one, module }: CallMatch, name: string, project: Project): boolean {
  if (!isSecret(targetName(one.at, module, project)) || CODES.test(name) || !one.within.every((each) => WRAPPERS.test(each))) return false;
  const line = linesOf(one.at, module, project);
  return !/uuid|secrets?\.|urandom|random|token_|hmac|_KEY|SECRET|[-+]\s*(\d|datetime|timedelta)/.test(line);
}

/** Another source of chance stands in the same line. */
function addsMore({ call: one, module }: CallMatch, project: Project): boolean {
  return (linesOf(one.at, module, project).match(/uuid4\(|token_\w+\(|urandom\(|\bsign|hmac/g)?.length ?? 0) > 1;
}

/** `[:8]` behind a UUID, and how many of its hex digits that leaves. */
function sliceAfter(end: number, behind: string): { readonly digits: number; readonly at: Span } | undefined {
  const found = /^((?:\)|\.hex|\.replace\([^()]*\)|\.upper\(\)|\.lower\(\))*)(\[\s*(?::\s*(\d+)|-\s*(\d+)\s*:|(\d+)\s*:\s*(\d+))\s*\])/.exec(behind);
  if (!found) return undefined;
  const length = Number(found[3] ?? found[4] ?? Number(found[6]) - Number(found[5]));
  const from = end + (found[1]?.length ?? 0);
  return { digits: length, at: { start: from, end: from + (found[2]?.length ?? 0) } };
}

// ---- the fixes

/** The same call of the secrets module, with the same alphabet and length. */
function cryptographic({ call: one, module, fault }: Making, { source }: Context): readonly Edit[] | undefined {
  if (fault?.kind !== 'predictable') return undefined;
  if (one.callee === 'uuid.uuid1') return /(^|\.)uuid1$/.test(one.written) && one.written !== 'uuid1' && one.args.length + one.keywords.length === 0 ? [replace(one.calleeAt, one.written.replace(/uuid1$/, 'uuid4'))] : undefined;
  if (!one.callee.startsWith('random.')) return undefined;
  const edits = renewed(one, source);
  return edits && [...edits, ...importing(module, source, 'secrets')];
}

function renewed(one: Making['call'], source: Source): readonly Edit[] | undefined {
  const whole = { start: one.calleeAt.start, end: one.argumentsAt.end };
  const [first, second] = one.args;
  switch (lastName(one.callee)) {
    case 'choice': return [replace(one.calleeAt, 'secrets.choice')];
    case 'getrandbits': return [replace(one.calleeAt, 'secrets.randbits')];
    case 'randbytes': return [replace(one.calleeAt, 'secrets.token_bytes')];
    case 'choices': case 'sample': {
      const count = one.keywords.find((each) => each.name === 'k')?.value ?? (lastName(one.callee) === 'sample' ? second : undefined);
      if (!first || !count || one.args.length + one.keywords.length !== 2 || !isAlone(whole, source)) return undefined;
      return [replace(whole, `secrets.choice(${source.slice(first.at)}) for _ in range(${source.slice(count.at)})`)];
    }
    case 'randint': {
      if (first?.kind !== 'number' || second?.kind !== 'number' || !standsAlone(whole, source)) return undefined;
      return [replace(whole, `secrets.randbelow(${second.value - first.value + 1})${first.value === 0 ? '' : ` + ${first.value}`}`)];
    }
    default: return undefined;
  }
}

/** The only argument of `join`. */
function isAlone(at: Span, source: Source): boolean {
  return /\.join\(\s*$/.test(source.slice({ start: Math.max(0, at.start - 40), end: at.start })) && /^\s*\)/.test(source.slice({ start: at.end, end: at.end + 40 }));
}

/** No operator beside it would bind tighter than the sum it becomes. */
function standsAlone(at: Span, source: Source): boolean {
  return /(=|\(|,|\{|return|:)\s*$/.test(source.slice({ start: Math.max(0, at.start - 20), end: at.start })) && /^\s*([),}\]#:]|$)/m.test(source.slice({ start: at.end, end: at.end + 20 }).replace(/^[ \t]+(?=\S)/, ' '));
}

function longer({ call: one, module, fault }: Making, { source }: Context): readonly Edit[] | undefined {
  if (fault?.kind !== 'short') return undefined;
  if (one.callee !== 'uuid.uuid4') return [replace(fault.at, '16')];
  const before = /str\(\s*$/.exec(source.slice({ start: Math.max(0, one.at.start - 10), end: one.at.start }))?.[0] ?? '';
  const from = one.at.start - before.length;
  const text = source.slice({ start: from, end: fault.at.end });
  return /^str\(\s*[\w.]+\(\)\s*\)\[|^[\w.]+\(\)\.hex\[/.test(text) ? [replace({ start: from, end: fault.at.end }, 'secrets.token_urlsafe(32)'), ...importing(module, source, 'secrets')] : undefined;
}
