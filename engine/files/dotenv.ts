/** Files of environment variables: `.env` and its kin. Values are read as dotenv and Docker read them, and not expanded. */
import type { Dotenv, Pair } from '../../rules/kit';
import { lineComments } from './comments';
import { head } from './head';
import { isExampleName } from './kind';

const NAME = /[ \t]*(?:export[ \t]+)?(?<name>[A-Za-z_][\w.-]*)(?<sign>[ \t]*(?:=|:(?=[ \t]|$))[ \t]*)?/dmy;
/** A quoted value, over several lines if need be; only a comment may follow it. */
const QUOTED = /(?:'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"|`[^`]*`)(?=[ \t]*(?:#.*)?$)/my;
const BARE = /.*/y;
const EMPTY = /[ \t\uFEFF]*(?:#.*)?(?:\r\n|\n|\r|(?![\s\S]))/y;

export function readDotenv(path: string, text: string): Dotenv {
  const variables: Pair[] = [];
  let whole = true;
  for (let at = 0; at < text.length;) {
    const empty = match(EMPTY, text, at);
    const pair = empty ? undefined : variableAt(text, at);
    if (pair) variables.push(pair);
    whole &&= empty !== undefined || (pair !== undefined && !isOpen(pair, text));
    at = empty ? at + empty[0].length : nextLine(text, pair?.at.end ?? at);
  }
  return { kind: 'dotenv', ...head(path, text, whole, lineComments(text)), example: isExampleName(path), variables };
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

/** Quotes are taken off: a value that still begins with one has lost the other. */
function isOpen(pair: Pair, text: string): boolean {
  return /^["'`]/.test(pair.value ?? '') && pair.value === text.slice(pair.valueAt?.start, pair.valueAt?.end);
}

function nextLine(text: string, from: number): number {
  const found = /\r\n|\n|\r/.exec(text.slice(from));
  return found ? from + found.index + found[0].length : text.length;
}

/** The variable that begins at an offset; undefined when none does. A name alone is one without a value. */
function variableAt(text: string, at: number): Pair | undefined {
  const found = match(NAME, text, at);
  const name = found?.indices?.groups?.name;
  if (!found || !name) return undefined;
  const start = at + found[0].length;
  if (!found.groups?.sign) return /^[ \t]*(?:#.*)?$/m.test(match(BARE, text, start)?.[0] ?? '') ? { name: text.slice(...name), at: { start: name[0], end: name[1] } } : undefined;
  const quoted = match(QUOTED, text, start)?.[0];
  const written = quoted ?? (match(BARE, text, start)?.[0] ?? '').replace(/(?:^|[ \t])#.*$/, '').trimEnd();
  const end = start + written.length;
  return { name: text.slice(...name), value: quoted === undefined ? written : unquoted(quoted), at: { start: name[0], end }, valueAt: { start, end } };
}

function unquoted(written: string): string {
  const inner = written.slice(1, -1);
  if (!written.startsWith('"')) return inner;
  return inner.replace(/\\([nrt"\\$])/g, (_, letter: string) => ({ n: '\n', r: '\r', t: '\t' })[letter] ?? letter);
}
