/**
 * Text of the repository made harmless for each output. Paths, names and messages come from whoever wrote the code that is
 * looked at; they must not move a cursor, hide a line, open a link or run in a page.
 */

/** C0 and C1 controls, direction marks, zero-width space, line and paragraph separators, lone surrogates, tags. Joiners stay: scripts need them. */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\p{Cs}\u{e0000}-\u{e007f}]/gu;

/** One line: white space becomes a space, anything else that cannot be seen is shown by its number, as `\u{1b}`. */
export function line(text: string): string {
  return text.replace(/[\t\r\n]+/g, ' ').replace(UNSEEN, shown);
}

/** Several lines, for code: line breaks stay, a tab is two spaces, anything else as in `line`. */
export function block(text: string): readonly string[] {
  return text.split(/\r\n|\r|\n/).map((one) => one.replaceAll('\t', '  ').replace(UNSEEN, shown));
}

function shown(letter: string): string {
  return `\\u{${(letter.codePointAt(0) ?? 0).toString(16)}}`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;' };

/** Text for HTML to be read, inside elements and quoted attributes alike. One line. */
export function htmlText(text: string): string {
  return entities(line(text));
}

/** The exact text for a quoted attribute that a script reads back, such as a path: nothing is shortened or shown by its number. */
export function attribute(text: string): string {
  return entities(text).replace(UNSEEN, (letter) => `&#${letter.codePointAt(0) ?? 0};`);
}

/** Code for a `pre`. */
export function htmlBlock(text: string): string {
  return entities(block(text).join('\n'));
}

/** Several lines for XML, in elements and quoted attributes alike: what XML does not allow is shown by its number. */
export function xmlBlock(text: string): string {
  return entities(block(text).join('\n').replace(/[\ufffe\uffff]/g, shown));
}

/** The same on one line. */
export function xmlText(text: string): string {
  return xmlBlock(line(text));
}

function entities(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? '');
}

/** Text for HTML in which `backticks` make code. */
export function htmlProse(text: string): string {
  return prose(text, entities, (code) => `<code>${entities(code)}</code>`);
}

/** Text for Markdown, in which nothing is a mark, a link, a mention, an issue or HTML. One line. Table cells go through `cell` besides. */
export function markdownText(text: string): string {
  return marks(line(text)).replace(/^[-+>#]/, '\\$&').replace(/^(\d+)(?=[.)](?:\s|$))/, '$1\\');
}

/** The same with `backticks` making code. */
export function markdownProse(text: string): string {
  return prose(text, marks, codeSpan);
}

/** Addresses, mentions and issues are linked by hosts after rendering, so an entity would not keep them apart: an empty comment does. */
const APART = '<!-- -->';

function marks(text: string): string {
  return text.replace(/[\\`*[\]<~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\$&').replace(/&(?=#?\w+;)/g, '&amp;')
    .replace(/@(?=\w)|#(?=\d)|\b(?:https?|ftp|mailto|xmpp)(?=:\S)|\bwww(?=\.)/gi, `$&${APART}`);
}

/** Markdown for the cell of a table. */
export function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** Inline code for Markdown, whatever backticks it holds. */
export function codeSpan(text: string): string {
  const code = line(text);
  const longest = Math.max(0, ...[...code.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const padded = code.startsWith('`') || code.endsWith('`') || code.trim() === '' ? ` ${code} ` : code;
  return `${fence}${padded}${fence}`;
}

/** A code block for Markdown, its fence longer than any in the code. Ends with a line break. */
export function codeBlock(text: string, indent = '', language = ''): string {
  const lines = block(text);
  const longest = Math.max(2, ...lines.flatMap((one) => [...one.matchAll(/`+/g)].map(([run]) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence].map((one) => `${indent}${one}\n`).join('');
}

/** A path as the target of a link relative to the report, never an address elsewhere. */
export function pathLink(path: string): string {
  const segments = path.replace(/\p{Cs}/gu, '\ufffd').split('/').filter((segment) => segment !== '');
  return `./${segments.map((segment) => encodeURIComponent(segment).replace(/[()'!*]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)).join('/')}`;
}

/** An address that may be followed, or undefined: rules of a team's own may hold anything. */
export function webLink(address: string): string | undefined {
  return /^https?:\/\/[^\s<>"'`\\]+$/.test(address) ? address : undefined;
}

function prose(text: string, plain: (part: string) => string, code: (part: string) => string): string {
  return line(text).split(/`([^`]+)`/).map((part, index) => (index % 2 === 1 ? code(part) : plain(part))).join('');
}
