/**
 * The second lock on secrets: whatever a rule says, what leaves the engine goes through here. A masked text keeps its length from
 * nobody: `***`, without its first letters.
 */

const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@"'`]*:)[^\s@"'`]+(@)/gi;
const NAMED = /((?:secret|password|passwd|pwd|passphrase|token|api[_-]?key|apikey|private[_-]?key|access[_-]?key|signing[_-]?key|salt|credential)\w*["']?\]?\s*(?::\s*\w+\s*)?(?:=>|[:=,(])+\s*(?:[rbuf]{0,2}))(["'])((?:\\.|(?!\2)[^\\\n])+)\2/gi;
/** `NAME=value` and `NAME: value` without quotes, as in environment files, compose files and units. */
const BARE = /^(\s*(?:export\s+|-\s+|ENV\s+|Environment=)?"?\w*(?:SECRET|PASSWORD|PASSWD|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIAL)\w*\s*[:=]\s*)([^\s"'$#][^\s#]*)/gim;
const LONG = /\b(?=[A-Za-z0-9_\-+/]*[0-9])(?=[A-Za-z0-9_\-+/]*[A-Za-z])[A-Za-z0-9_\-+]{32,}\b/g;
const KEY_BLOCK = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
const LITERAL = /("""|'''|"|')((?:\\.|(?!\1)[^\\])*)\1/g;

/** A text with everything that looks like a secret's value replaced. */
export function mask(text: string): string {
  return text
    .replace(KEY_BLOCK, '-----BEGIN PRIVATE KEY----- ***')
    .replace(URL_PASSWORD, '$1***$2')
    .replace(NAMED, (all, before: string, quote: string, value: string) => isName(value) ? all : `${before}${quote}***${quote}`)
    .replace(BARE, (all, before: string, value: string) => value.startsWith('${') ? all : `${before}***`)
    .replace(LONG, '***');
}

/** Every string literal masked but those that can only be the name of a variable: for code that a rule about secrets shows. */
export function maskLiterals(text: string): string {
  const literals = text.replace(LITERAL, (all, quote: string, value: string) => value === '' || isName(value) ? all : `${quote}***${quote}`);
  // A snippet may cut a long literal in half: what follows a lone quote goes too.
  return mask(/^(?:[^"']*(["'])[^"']*\1)*[^"']*$/.test(literals.replace(/"""|'''/g, '"')) ? literals : literals.replace(/(["'])(?!\*\*\*)(?!.*\1).*$/s, '$1***'));
}

/** `DATABASE_URL`: capitals with an underscore, no digit, as variables are called and passwords are not. */
function isName(value: string): boolean {
  return /^[A-Z]+(?:_[A-Z]+)+$/.test(value);
}
