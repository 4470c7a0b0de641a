/** Texts that a piece of code holds for people, taken from its source: what it logs, documents or comments is left out. */
import type { Span } from './place';

export interface Spoken { readonly text: string; readonly at: Span }

/** String literals between two offsets of a Python text, lines that log or print left out. `start` of the result is in the whole text. */
export function spokenIn(text: string, { start, end }: Span): readonly Spoken[] {
  const body = text.slice(start, end);
  const found: Spoken[] = [];
  // Comments and docstrings first, as blanks of the same length.
  const code = blanked(body);
  for (const each of code.matchAll(/(["'])((?:(?!\1)[^\\\n]|\\.)*)\1/g)) {
    const line = code.slice(code.lastIndexOf('\n', each.index) + 1, each.index);
    if (!/\b(log|logger|logging|_log|LOG|print|audit)\b[\w.]*\(/i.test(line)) found.push({ text: each[2] ?? '', at: { start: start + each.index, end: start + each.index + each[0].length } });
  }
  return found;
}

function blanked(code: string): string {
  return code.replace(/^([ \t]*)[rRuU]?("""[\s\S]*?"""|'''[\s\S]*?''')[ \t]*$/gm, (piece) => piece.replace(/[^\n]/g, ' ')).replace(/(^|[\s,;)\]}])#[^\n]*/g, (piece) => piece.replace(/[^\n]/g, ' '));
}

