/** Source text without its comments, and its strings apart: for readers that look at words and need no tree. */

/** `code` is as long as the text: comments and the insides of strings are blanks, except each short string's first character. */
export interface Stripped { readonly code: string; readonly strings: readonly string[] }

const PYTHON = /#[^\n]*|"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:[^"\\\n]|\\[\s\S])*"?|'(?:[^'\\\n]|\\[\s\S])*'?/g;
const SCRIPT = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|`(?:[^`\\]|\\[\s\S])*`?|"(?:[^"\\\n]|\\[\s\S])*"?|'(?:[^'\\\n]|\\[\s\S])*'?/g;

/** Docstrings count as comments. */
export function strippedPython(text: string): Stripped {
  return stripped(text, PYTHON, (piece, at) => piece.startsWith('#') || (/^("""|''')/.test(piece) && /(^|\n)[ \t]*[rRuU]?$/.test(text.slice(Math.max(0, at - 200), at))));
}

/** Regular expressions are not known from divisions: a quote in one hides the rest of its line at most. */
export function strippedScript(text: string): Stripped {
  return stripped(text, SCRIPT, (piece) => piece.startsWith('/'));
}

function stripped(text: string, pieces: RegExp, isComment: (piece: string, at: number) => boolean): Stripped {
  const strings: string[] = [];
  const code = text.replace(pieces, (piece, at: number) => {
    if (isComment(piece, at)) return ' '.repeat(piece.length);
    const quote = /^("""|'''|["'`])/.exec(piece)?.[0] ?? '"';
    const content = piece.endsWith(quote) && piece.length >= 2 * quote.length ? piece.slice(quote.length, -quote.length) : piece.slice(quote.length);
    strings.push(content);
    const mark = piece.slice(0, 1);
    const first = quote.length === 1 && content !== '' && !content.startsWith('\n') ? content.slice(0, 1) : '';
    return piece.length === 1 ? mark : `${mark}${first}`.padEnd(piece.length - 1).slice(0, piece.length - 1) + mark;
  });
  return { code, strings };
}
