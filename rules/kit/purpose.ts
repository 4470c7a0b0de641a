/** What a value is made for, by the names around the place that makes it: what it is given to, the function around it, what goes into it. */
import type { Module } from './module';
import type { Span } from './place';
import type { Project } from './project';

/** The last part of the definition around a place, where that is a function's name: `sign` of `Links.sign`. */
export function enclosingName(scope: string): string {
  return scope.slice(scope.lastIndexOf('.') + 1);
}

/** The name that the statement around a place gives its value to: `token` of `self.token = …`, `reset` of `return Mail(reset=…)`. Empty where it is given to none. */
export function targetName(at: Span, { path }: Pick<Module, 'path'>, project: Pick<Project, 'written'>): string {
  const before = project.written(path, { start: Math.max(0, at.start - 400), end: at.start });
  // Back to where the innermost assignment, keyword or key before the place stands, past calls and brackets that are still open.
  const found = /(?:^|[\s,({[.])(?:([A-Za-z_]\w*)|["']([A-Za-z_][\w-]*)["'][ \t]*\]?)[ \t]*(?::[ \t]*[\w.[\]|, ]+)?(?<![=!<>])(?:[-+|]?=|:)(?!=)[ \t]*(?:await[ \t]+)?((?:f?["'][^"'\n]*["']\.?|f["'][^"'\n]*\{|[\w.]+(?=\()|[([{+*%]|[ \t\r\n]|\\\n)*)$/.exec(before);
  return found?.[1] ?? found?.[2] ?? '';
}

/** The lines that a place is on, from the beginning of the first to the end of the last. */
export function linesOf(at: Span, { path }: Pick<Module, 'path'>, project: Pick<Project, 'written'>): string {
  return `${lineBefore(at.start, { path }, project)}${project.written(path, at)}${behindOn(at.end, path, project)}`;
}

/** Most lines are shorter: no more of the text is looked at than is needed. */
const LINE = 200;

/** What stands on a line before a place. */
export function lineBefore(end: number, { path }: Pick<Module, 'path'>, project: Pick<Project, 'written'>): string {
  for (let length = LINE; ; length *= 4) {
    const start = Math.max(0, end - length);
    const written = project.written(path, { start, end });
    const from = written.lastIndexOf('\n') + 1;
    if (from > 0 || start === 0) return written.slice(from);
  }
}

function behindOn(start: number, path: string, project: Pick<Project, 'written'>): string {
  for (let length = LINE; ; length *= 4) {
    const written = project.written(path, { start, end: start + length });
    const end = written.indexOf('\n');
    if (end >= 0 || written.length < length) return end < 0 ? written : written.slice(0, end);
  }
}

/** Identifiers and keys in a call's arguments as they are written. */
export function namesIn(written: string): readonly string[] {
  return [...written.replace(/f?(["'])(?:(?!\1)[^\\\n]|\\.)*\1/g, (literal) => literal.startsWith('f') ? [...literal.matchAll(/\{([\w.]+)/g)].map((each) => each[1]).join(' ') : /^["'][a-z_]+["']$/.test(literal) ? literal.slice(1, -1) : ' ').matchAll(/[A-Za-z_]\w*/g)].map((each) => each[0]);
}

/** The words of a name, lower case: `api`, `key` of `apiKey` and `API_KEY`. */
export function wordsOf(name: string): readonly string[] {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase().split(/[^a-z0-9]+/).filter(Boolean);
}
