/** Files of environment variables: `.env` and its kin. Values are read as dotenv and Docker read them, and not expanded. */
import type { Dotenv, Pair } from '../../rules/kit';
import { lineComments } from './comments';
import { head } from './head';
import { isExampleName } from './kind';

/** One variable: `export NAME = `, then a value in quotes (over several lines, if need be) or up to a comment. */
const VARIABLE = /[ \t]*(?:export[ \t]+)?(?<name>[A-Za-z_][\w.-]*)(?:[ \t]*(?:=|:(?=[ \t]))[ \t]*(?<value>'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"|`[^`]*`|)(?=[ \t]*(?:[ \t]#.*)?$)|[ \t]*=[ \t]*(?<bare>[^\r\n]*)|[ \t]*$)/dmy;
const EMPTY = /[ \t\uFEFF]*(?:#.*)?(?:\r\n|\n|\r)|[ \t\uFEFF]*(?:#.*)?$/my;

export function readDotenv(path: string, text: string): Dotenv {
  const variables: Pair[] = [];
  let whole = true;
  for (let at = 0; at < text.length;) {
    const empty = match(EMPTY, text, at);
    const variable = empty ? undefined : match(VARIABLE, text, at);
    const pair = variable && pairOf(variable, text);
    if (pair) variables.push(pair);
    at = empty ? at + Math.max(empty[0].length, 1) : lineEnd(text, variable ? at + variable[0].length : at);
    whole &&= Boolean(empty ?? pair) && !(pair?.value ?? '').startsWith('"');
  }
  return { kind: 'dotenv', ...head(path, text, whole, lineComments(text)), example: isExampleName(path), variables };
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

function lineEnd(text: string, from: number): number {
  const found = /\r\n|\n|\r/.exec(text.slice(from));
  return found ? from + found.index + found[0].length : text.length;
}

function pairOf(found: RegExpExecArray, text: string): Pair | undefined {
  const groups = found.indices?.groups;
  const name = groups?.name;
  if (!name) return undefined;
  const range = groups.value ?? groups.bare;
  const named = { name: text.slice(name[0], name[1]) };
  if (!range) return { ...named, at: { start: name[0], end: name[1] } };
  const written = text.slice(range[0], range[1]);
  const kept = groups.value ? written : written.replace(/(?:^|[ \t])#.*$/, '').trimEnd();
  const valueAt = { start: range[0], end: range[0] + kept.length };
  return { ...named, value: groups.value ? unquoted(kept) : kept, at: { start: name[0], end: valueAt.end }, valueAt };
}

function unquoted(written: string): string {
  const inner = written.slice(1, -1);
  if (!written.startsWith('"')) return inner;
  return inner.replace(/\\([nrt"\\$])/g, (_, letter: string) => ({ n: '\n', r: '\r', t: '\t' })[letter] ?? letter);
}
