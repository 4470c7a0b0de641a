/**
 * The second lock on secrets: whatever a rule says, what leaves the engine goes through here. A masked text keeps its length from
 * nobody: `***`, without its first letters.
 */

const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@"'`]*:)[^\s@"'`]+(@)/gi;
const NAMED = /((?:secret|password|passwd|pwd|passphrase|token|api[_-]?key|apikey|private[_-]?key|access[_-]?key|signing[_-]?key|salt|credential)\w*["']?\]?\s*(?::\s*\w+\s*)?(?:=>|[:=,(])+\s*(?:[rbuf]{0,2}))(["'])((?:\\.|(?!\2)[^\\\n])+)\2/gi;
/** `get_secret("SECRET_KEY", "…")`, `config("SECRET_KEY", cast=str, default="…")`: what a reader takes where its variable is not set. */
const DEFAULT = /((["'])\w*(?:secret|password|passwd|pwd|passphrase|token|api_?key|private_?key|access_?key|signing_?key|salt|credential)\w*\2\s*,\s*(?:\w+\s*=\s*[\w.]+\s*,\s*){0,4}(?:\w+\s*=\s*)?[rbuf]{0,2})(["'])((?:\\.|(?!\3)[^\\\n])+)\3/gi;
/** `os.environ.get("SECRET_KEY") or "…"`, and `||` and `??` alike. */
const FALLBACK = /((?:secret|password|passwd|pwd|passphrase|token|api[_-]?key|apikey|private[_-]?key|access[_-]?key|signing[_-]?key|salt|credential)\w*["']?[\])]*\s*(?:\bor\b|\|\||\?\?)\s*[rbuf]{0,2})(["'])(?:\\.|(?!\2)[^\\\n])+\2/gi;
/** `NAME=value` and `NAME: value` without quotes, as in environment files, compose files and units. */
const BARE = /^(\s*(?:export\s+|-\s+|ENV\s+|Environment=)?"?\w*(?:SECRET|PASSWORD|PASSWD|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIAL)\w*\s*[:=]\s*)([^\s"'$#][^\s#]*)/gim;
const LONG = /(?<!\bsha256:)\b(?=[A-Za-z0-9_\-+/]*[0-9])(?=[A-Za-z0-9_\-+/]*[A-Za-z])[A-Za-z0-9_\-+]{32,}\b/g;
/** `ghp_…`, `sk_live_…`: what providers put before a token. */
const PREFIXED = /\b([a-z]{2,4}_(?:live_|test_|pat_)?)[A-Za-z0-9_]{20,}/g;
const KEY_BLOCK = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
/** Calls that are handed a key or a password by its position. */
const TAKES_KEY = /\b(?:jw[ts]\.(?:en|de)code|Fernet|hmac\.(?:new|digest)|(?:URLSafe\w*|Timed\w*|JSONWebSignature)Serializer|\w*Signer|(?:smtp|mail|imap|server|client|ftp|conn)\w*\.login)\s*\([\s\S]*$/i;
const LITERAL = /("""|'''|"|'|`)((?:\\.|(?!\1)[^\\])*)\1/g;
/** The same in a template of JavaScript; in a sentence, backticks are for code. */
const NAMED_TEMPLATE = new RegExp(NAMED.source.replace('(["\'])', '(`)'), NAMED.flags);
const FALLBACK_TEMPLATE = new RegExp(FALLBACK.source.replace('(["\'])', '(`)'), FALLBACK.flags);

/** A sentence with everything that looks like a secret's value replaced. */
export function mask(text: string): string {
  return text
    .replace(KEY_BLOCK, '-----BEGIN PRIVATE KEY----- ***')
    .replace(URL_PASSWORD, '$1***$2')
    .replace(NAMED, (all, before: string, quote: string, value: string) => isName(value) ? all : `${before}${quote}***${quote}`)
    .replace(DEFAULT, (all, before: string, _: string, quote: string, value: string) => isName(value) ? all : `${before}${quote}***${quote}`)
    .replace(FALLBACK, (_, before: string, quote: string) => `${before}${quote}***${quote}`)
    .replace(LONG, (token: string) => isWords(token) ? token : '***');
}

/** Keys and tokens of providers alone, for examples that are shown on a page: a scanner of packages would take them for real ones. */
export function maskTokens(text: string): string {
  return text.replace(KEY_BLOCK, '(a private key)').replace(PREFIXED, (all, prefix: string) => isWords(all) ? all : `${prefix}***`).replace(LONG, (token: string) => isWords(token) ? token : '***');
}

/** As `mask`, for lines of a file, where a value may stand without quotes. */
export function maskCode(text: string): string {
  const unkeyed = text.replace(TAKES_KEY, (call) => call.replace(LITERAL, (all, quote: string, value: string, at: number) => isKnown(value) || isNoAlgorithm(value, call.slice(0, at)) || /^\s*:/.test(call.slice(at + all.length)) ? all : `${quote}***${quote}`));
  const untold = unkeyed.replace(NAMED_TEMPLATE, '$1`***`').replace(FALLBACK_TEMPLATE, '$1`***`');
  return mask(untold.replace(BARE, (all, before: string, value: string) => /^(?:\$\{|[A-Za-z_]\w*(?:\.\w+)*[([])/.test(value) ? all : `${before}***`));
}

/** Every string literal masked but those that can only be the name of a variable: for code that a rule about secrets shows. */
export function maskLiterals(text: string): string {
  const literals = text.replace(LITERAL, (all, quote: string, value: string) => value === '' || isName(value) ? all : `${quote}***${quote}`);
  // A snippet may cut a long literal in half: what follows a lone quote goes too.
  return maskCode(/^(?:[^"']*(["'])[^"']*\1)*[^"']*$/.test(literals.replace(/"""|'''/g, '"')) ? literals : literals.replace(/(["'])(?!\*\*\*)(?!.*\1).*$/s, '$1***'));
}

/** Words that stand before a colon or in brackets to name a value, and are none. */
const KEYS = /^(?:host|port|user|username|password|database|db|name|email|sender|recipient|subject|body|type|url|path|method|headers|params|json|data|timeout|debug|algorithm|algorithms|sub|exp|iat|id|user_id|role|roles|message|error|status|detail|secret_key|api_key|token|client_id|client_secret|pool_pre_ping|pool_size|max_overflow|pool_recycle|connect_args)$/;
/** Words that protocols and languages choose from, and nobody as a secret: methods, flags of cookies, character sets, kinds of content, algorithms, truth. */
const USUAL = new Set([
  'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'Lax', 'Strict', 'None', 'none', 'Bearer', 'Basic', 'utf-8', 'utf8', 'UTF-8', 'ascii', 'latin-1',
  'application/json', 'application/x-www-form-urlencoded', 'multipart/form-data', 'text/html', 'text/plain', 'http', 'https', 'true', 'false', 'True', 'False',
]);
const ALGORITHM = /^(?:[HREP]S(?:256|384|512)|EdDSA|ES256K|(?:dir|A(?:128|192|256)(?:KW|GCM|GCMKW|CBC-HS(?:256|384|512)))|RSA-OAEP(?:-(?:256|384|512))?|(?:hmac[-_])?(?:sha-?\d{1,3}|sha3[-_]\d{3}|md5|blake2[bs])|(?:pbkdf2(?:[:_]sha\d{1,3})?|scrypt|bcrypt|argon2(?:id|i|d)?|AES|ChaCha20-Poly1305))$/i;
const ROUTE = /@\w+\.(?:route|get|post|put|patch|delete|websocket)\(\s*$/;
/** What reads a variable of the environment, up to its name: `os.environ.get(`, `env.bool(`, `process.env[`. */
const READS = /\b(?:getenv|environ(?:\.get)?|env\w*(?:\.\w+)?|config)\s*[([]\s*$/;

/**
 * As `maskLiterals`, for the lines around a secret, which are to stay readable: what names a value (a usual key before its colon or in brackets, the path
 * of a route, a variable of the environment, `__main__`) stays, and so do words that are chosen from a list that everybody knows, such as methods and
 * algorithms. A key of any other word is masked, for a table may be looked up by a token.
 */
export function maskValues(text: string): string {
  const kept: string[] = [];
  const held = text.replace(LITERAL, (all, _: string, value: string, at: number) => {
    if (!isPlace(value, text.slice(0, at), text.slice(at + all.length)) && !isChosen(all, value, text.slice(0, at))) return all;
    kept.push(all);
    return `\u0000${kept.length - 1}\u0000`;
  });
  return maskLiterals(held).replace(/\u0000(\d+)\u0000/g, (_, index: string) => kept[Number(index)] ?? '***');
}

/**
 * As `maskValues`, for a line that a fix writes: what it takes over from the lines that were there is masked where it was masked there, and what the fix
 * says by itself stays.
 */
export function maskTaken(line: string, old: readonly string[]): string {
  const same = old.find((each) => each.trim() === line.trim());
  if (same !== undefined || isBare(line)) return maskLine(line);
  const own = line.replace(LITERAL, (all, quote: string, value: string, at: number) => {
    const kept = isPlace(value, line.slice(0, at), line.slice(at + all.length)) || isChosen(all, value, line.slice(0, at));
    const taken = value !== '' && !kept && old.some((each) => each.includes(value));
    return taken ? `${quote}***${quote}` : all;
  });
  // What a lone quote opens may go on with what was there.
  return /["'`]/.test(own.replace(LITERAL, '')) ? maskValues(line) : maskCode(own);
}

/**
 * Both sides of a change, masked, made to hide the same values: what a call takes as its key on one side may be an argument as any other on the other.
 *
 * @param sides the lines as they are, and as they are masked
 */
export function alike(...sides: readonly { readonly lines: readonly string[]; readonly masked: readonly string[] }[]): readonly (readonly string[])[] {
  const hidden = new Set(sides.flatMap(({ lines, masked }) => {
    const shown = new Set(literalsIn(masked));
    const bare = [...lines.join('\n').matchAll(BARE)].map((match) => match[2] ?? '').filter((value) => value !== '' && !masked.some((line) => line.includes(value)));
    return [...literalsIn(lines).filter((value) => value !== '' && !shown.has(value)), ...bare];
  }));
  const whole = (value: string) => new RegExp(`(?<!\\w)${value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?!\\w)`, 'g');
  const long = [...hidden].filter((value) => value.length >= 6).map(whole);
  return sides.map(({ masked }) => masked.map((line) => {
    const quoted = line.replace(LITERAL, (all, quote: string, value: string) => hidden.has(value) ? `${quote}***${quote}` : all);
    return long.reduce((now, value) => now.replace(value, '***'), quoted);
  }));
}

function literalsIn(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => [...line.matchAll(LITERAL)].map((match) => match[2] ?? ''));
}

/** One of the lines of code about a secret by itself, whatever the lines beside it are: the middle of a key that goes over several holds nothing but the key. */
export function maskLine(line: string): string {
  return isBare(line) ? '***' : maskValues(line);
}

function isBare(line: string): boolean {
  return /^\s*[A-Za-z0-9+/=_-]{20,}\s*$/.test(line);
}

/** So many characters before a literal say what it is for. */
const NEARBY = 300;

/** A word that is chosen from a list, unless it is what a secret is set to: somebody may well have set one to `none`. */
function isChosen(literal: string, value: string, before: string): boolean {
  return (USUAL.has(value) || ALGORITHM.test(value)) && maskCode(before.slice(-NEARBY) + literal).endsWith(literal);
}

/** `algorithm="none"`: what stands there is a choice, and the worst one. */
function isNoAlgorithm(value: string, before: string): boolean {
  return value.toLowerCase() === 'none' && /\balg\w*["']?\s*[=:]\s*[[({]?\s*$/.test(before);
}

function isPlace(value: string, before: string, after: string): boolean {
  if (isName(value)) return true;
  if (READS.test(before) && /^[A-Z][A-Z_]*$/.test(value)) return true;
  if (value === '__main__') return /==\s*$/.test(before);
  if (/^\/[a-z/_<>:{}-]{0,60}$/i.test(value)) return ROUTE.test(before);
  return KEYS.test(value) && ((/(?:^|[{,\n])\s*$/.test(before) && /^\s*:/.test(after)) || (/[\w)\]]\[$/.test(before) && after.startsWith(']')));
}

/** `test_2024_login_of_a_visitor_without_cookies`: words, as functions and files are called. */
function isWords(token: string): boolean {
  return token.split(/[_-]/).length > 2 && token.split(/[_-]/).every((part) => /^(?:[A-Za-z]+\d{0,2}|\d{1,4}|)$/.test(part) && !/[a-z][A-Z]{2}|[A-Z]{2}[a-z]/.test(part));
}

/** Nothing, an algorithm, or the name of a variable. */
function isKnown(value: string): boolean {
  return value === '' || isName(value) || ALGORITHM.test(value);
}

/** `DATABASE_URL`: capitals with an underscore, no digit, as variables are called and passwords are not. */
function isName(value: string): boolean {
  return /^[A-Z]+(?:_[A-Z]+)+$/.test(value);
}
