/**
 * The second lock on secrets: whatever a rule says, what leaves the engine goes through here. A masked text keeps its length from
 * nobody: `***`, without its first letters.
 */

const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@"'`]*:)[^\s@"'`]+(@)/gi;
const NAMED = /((?:secret|password|passwd|pwd|passphrase|token|api[_-]?key|apikey|private[_-]?key|access[_-]?key|signing[_-]?key|salt|credential)\w*["']?\]?\s*(?::\s*\w+\s*)?(?:=>|[:=,(])+\s*(?:[rbuf]{0,2}))(["'])((?:\\.|(?!\2)[^\\\n])+)\2/gi;
/** `os.environ.get("SECRET_KEY") or "…"`, and `||` and `??` alike. */
const FALLBACK = /((?:secret|password|passwd|pwd|passphrase|token|api[_-]?key|apikey|private[_-]?key|access[_-]?key|signing[_-]?key|salt|credential)\w*["']?[\])]*\s*(?:\bor\b|\|\||\?\?)\s*[rbuf]{0,2})(["'])(?:\\.|(?!\2)[^\\\n])+\2/gi;
/** `NAME=value` and `NAME: value` without quotes, as in environment files, compose files and units. */
const BARE = /^(\s*(?:export\s+|-\s+|ENV\s+|Environment=)?"?\w*(?:SECRET|PASSWORD|PASSWD|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIAL)\w*\s*[:=]\s*)([^\s"'$#][^\s#]*)/gim;
const LONG = /\b(?=[A-Za-z0-9_\-+/]*[0-9])(?=[A-Za-z0-9_\-+/]*[A-Za-z])[A-Za-z0-9_\-+]{32,}\b/g;
/** `ghp_…`, `sk_live_…`: what providers put before a token. */
const PREFIXED = /\b([a-z]{2,4}_(?:live_|test_|pat_)?)[A-Za-z0-9_]{20,}/g;
const KEY_BLOCK = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
/** Calls that are handed a key or a password by its position. */
const TAKES_KEY = /\b(?:jw[ts]\.(?:en|de)code|Fernet|hmac\.(?:new|digest)|(?:URLSafe\w*|Timed\w*|JSONWebSignature)Serializer|\w*Signer|(?:smtp|mail|imap|server|client|ftp|conn)\w*\.login)\s*\([\s\S]*$/i;
const LITERAL = /("""|'''|"|')((?:\\.|(?!\1)[^\\])*)\1/g;

/** A sentence with everything that looks like a secret's value replaced. */
export function mask(text: string): string {
  return text
    .replace(KEY_BLOCK, '-----BEGIN PRIVATE KEY----- ***')
    .replace(URL_PASSWORD, '$1***$2')
    .replace(NAMED, (all, before: string, quote: string, value: string) => isName(value) ? all : `${before}${quote}***${quote}`)
    .replace(FALLBACK, (_, before: string, quote: string) => `${before}${quote}***${quote}`)
    .replace(LONG, (token: string) => isWords(token) ? token : '***');
}

/** Keys and tokens of providers alone, for examples that are shown on a page: a scanner of packages would take them for real ones. */
export function maskTokens(text: string): string {
  return text.replace(KEY_BLOCK, '(a private key)').replace(PREFIXED, (all, prefix: string) => isWords(all) ? all : `${prefix}***`).replace(LONG, (token: string) => isWords(token) ? token : '***');
}

/** As `mask`, for lines of a file, where a value may stand without quotes. */
export function maskCode(text: string): string {
  const unkeyed = text.replace(TAKES_KEY, (call) => call.replace(LITERAL, (all, quote: string, value: string, at: number) => isKnown(value) || /^\s*:/.test(call.slice(at + all.length)) ? all : `${quote}***${quote}`));
  return mask(unkeyed.replace(BARE, (all, before: string, value: string) => /^(?:\$\{|[A-Za-z_]\w*(?:\.\w+)*[([])/.test(value) ? all : `${before}***`));
}

/** Every string literal masked but those that can only be the name of a variable: for code that a rule about secrets shows. */
export function maskLiterals(text: string): string {
  const literals = text.replace(LITERAL, (all, quote: string, value: string) => value === '' || isName(value) ? all : `${quote}***${quote}`);
  // A snippet may cut a long literal in half: what follows a lone quote goes too.
  return maskCode(/^(?:[^"']*(["'])[^"']*\1)*[^"']*$/.test(literals.replace(/"""|'''/g, '"')) ? literals : literals.replace(/(["'])(?!\*\*\*)(?!.*\1).*$/s, '$1***'));
}

/** `test_2024_login_of_a_visitor_without_cookies`: words, as functions and files are called. */
function isWords(token: string): boolean {
  return token.split(/[_-]/).length > 2 && token.split(/[_-]/).every((part) => /^(?:[A-Za-z]+\d{0,2}|\d{1,4}|)$/.test(part) && !/[a-z][A-Z]{2}|[A-Z]{2}[a-z]/.test(part));
}

/** Nothing, an algorithm, or the name of a variable. */
function isKnown(value: string): boolean {
  return value === '' || isName(value) || /^(?:[HREP]S(?:256|384|512)|EdDSA|sha\d{1,3}|md5)$/.test(value);
}

/** `DATABASE_URL`: capitals with an underscore, no digit, as variables are called and passwords are not. */
function isName(value: string): boolean {
  return /^[A-Z]+(?:_[A-Z]+)+$/.test(value);
}
