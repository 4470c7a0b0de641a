/**
 * Where statements begin and end, told by the lines alone: at a line that is not indented further, outside of brackets and strings.
 * It holds for code that is half written, too.
 */

/** Lines that go on with the statement above them. */
const GOES_ON = /(?:else|elif|except|finally)\b/y;
/** What cannot stand in brackets: where a line begins so, the brackets before it were never closed. */
const BEGINS = /(?:(?:async[ \t]+)?def|class)[ \t]+\w|import[ \t]+\w|from[ \t]+[\w.]+[ \t]+import\b|(?:return|raise|try|while|with|del|assert|pass|break|continue|global|nonlocal)\b(?![ \t]*=)/y;

const TAB = 9, NEWLINE = 10, FORM_FEED = 12, RETURN = 13, SPACE = 32, DOUBLE_QUOTE = 34, HASH = 35, SINGLE_QUOTE = 39, OPEN = 40, CLOSE = 41, COLON = 58, AT = 64, OPEN_SQUARE = 91, BACKSLASH = 92, CLOSE_SQUARE = 93, OPEN_CURLY = 123, CLOSE_CURLY = 125;

/**
 * The end of the piece that begins at `from`, which is where the next one begins or the text ends.
 * @param indent what stands before statements: of a class, its members are cut
 */
export function pieceEnd(text: string, from: number, indent = ''): number {
  let depth = 0;
  // The first statement of a file may have blank and commented lines above it, and decorators are part of what they stand on.
  const first = (at: number) => text.charCodeAt(behindContinued(text, at + indent.length));
  let begun = startsStatement(text, from, indent);
  let decorated = begun && first(from) === AT;
  let decorator: number | undefined;
  for (let at = from; at < text.length;) {
    const code = text.charCodeAt(at);
    depth = depthBehind(code, depth);
    at = behind(text, at, code);
    if (code !== NEWLINE || !startsStatement(text, at, indent)) continue;
    if (depth > 0) {
      if (begins(BEGINS, text, at + indent.length)) return decorator ?? at;
      decorator = first(at) === AT ? decorator ?? at : undefined;
      continue;
    }
    if (begun && !decorated && !begins(GOES_ON, text, at + indent.length)) return at;
    begun = true;
    decorated = first(at) === AT;
  }
  return text.length;
}

/** Whether a line ends in a stretch of a text outside of brackets and strings, and is not continued. */
export function lineEndsIn(text: string, from: number, to: number): boolean {
  const first = text.indexOf('\n', from);
  if (first < 0 || first >= to) return false;
  let depth = 0;
  for (let at = from; at < to;) {
    const code = text.charCodeAt(at);
    depth = depthBehind(code, depth);
    if (code === NEWLINE && depth === 0) return true;
    at = behind(text, at, code);
  }
  return false;
}

/** Whether the line in which the head of a statement begins ends before its colon. */
export function headRunsOn(text: string, from: number): boolean {
  let depth = 0;
  for (let at = from; at < text.length;) {
    const code = text.charCodeAt(at);
    depth = depthBehind(code, depth);
    if (depth === 0 && (code === NEWLINE || code === COLON)) return code === NEWLINE;
    at = behind(text, at, code);
  }
  return false;
}

/** Behind lines that hold nothing but a backslash, which the line below goes on from. */
function behindContinued(text: string, at: number): number {
  const continued = /(?:\\\r?\n[ \t]*)+/y;
  continued.lastIndex = at;
  return continued.test(text) ? continued.lastIndex : at;
}

/** Behind the character at `at`, or behind the comment, the string or the end of a continued line that begins with it. */
function behind(text: string, at: number, code: number): number {
  switch (code) {
    case HASH: return orEnd(text.indexOf('\n', at), text);
    case BACKSLASH: return at + (text.charCodeAt(at + 1) === RETURN ? 3 : 2);
    case DOUBLE_QUOTE: case SINGLE_QUOTE: return stringEnd(text, at);
    default: return at + 1;
  }
}

/** How many brackets stand open behind a character. */
function depthBehind(code: number, depth: number): number {
  switch (code) {
    case OPEN: case OPEN_SQUARE: case OPEN_CURLY: return depth + 1;
    case CLOSE: case CLOSE_SQUARE: case CLOSE_CURLY: return Math.max(0, depth - 1);
    default: return depth;
  }
}

/** Whether something other than white space or a comment stands at the beginning of a line, behind the indentation. Less indented lines count as well: nothing of what is above goes on there. */
function startsStatement(text: string, line: number, indent: string): boolean {
  let at = line;
  for (let deep = 0; deep < indent.length && text.charCodeAt(at) === indent.charCodeAt(deep); deep++) at++;
  if (at >= text.length) return false;
  const code = text.charCodeAt(at);
  return code !== SPACE && code !== TAB && code !== NEWLINE && code !== RETURN && code !== FORM_FEED && code !== HASH;
}

function begins(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

/** Behind a string that begins at `at`; one in single quotes ends with its line at the latest. */
function stringEnd(text: string, at: number): number {
  const quote = text.charAt(at);
  const triple = text.startsWith(quote.repeat(3), at);
  const code = quote.charCodeAt(0);
  for (let next = at + (triple ? 3 : 1); next < text.length; next++) {
    const here = text.charCodeAt(next);
    if (here === BACKSLASH) next += text.charCodeAt(next + 1) === RETURN ? 2 : 1;
    else if (here === code && !triple) return next + 1;
    else if (here === code && text.startsWith(quote.repeat(2), next + 1)) return next + 3;
    else if (here === NEWLINE && !triple) return next;
  }
  return text.length;
}

function orEnd(at: number, text: string): number {
  return at < 0 ? text.length : at;
}

/**
 * Where the lines below the head of a definition begin; undefined where it has none, or the text is no definition.
 * @param indent what stands before the definition, and before its decorators
 */
export function headEnd(text: string, indent = ''): number | undefined {
  const keyword = new RegExp(`^${indent}(?:class|(?:async[ \\t]+)?def)[ \\t]+\\w`, 'm').exec(text)?.index;
  if (keyword === undefined || new RegExp(`^${indent}[^\\s@#)\\]}]`, 'm').exec(text)?.index !== keyword) return undefined;
  let depth = 0;
  for (let at = keyword; at < text.length;) {
    const code = text.charCodeAt(at);
    depth = depthBehind(code, depth);
    if (depth === 0 && code === NEWLINE) return undefined;
    if (depth === 0 && code === COLON) {
      const line = orEnd(text.indexOf('\n', at), text);
      return /^:[ \t]*(?:#[^\n]*)?\r?$/.test(text.slice(at, line)) && line < text.length ? line + 1 : undefined;
    }
    at = behind(text, at, code);
  }
  return undefined;
}
