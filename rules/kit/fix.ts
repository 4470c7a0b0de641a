import type { Import, Module } from './module';
import type { Span } from './place';

/** Replaces `start…end` of a file by `text`. Without a path: the file of the finding. */
export interface Edit extends Span { readonly text: string }

/** A file that does not exist yet; a fix never overwrites one. */
export interface NewFile { readonly path: string; readonly create: string }

/**
 * The text of the file a fix is for, with the questions fixes ask. Offsets are UTF-16. What rules look at is noted, so that a letter typed
 * elsewhere leaves their answer as it is: ask for the stretch that is needed, and not for the whole `text`.
 */
export interface Source {
  readonly path: string;
  readonly text: string;
  /** `\r\n` or `\n`: the file's own. Edits that hold `\n` are converted by the engine. */
  readonly newline: string;
  readonly length: number;
  slice(span: Span): string;
  /** The character at an offset; empty outside of the text. */
  at(offset: number): string;
  /** Start of the line that holds this offset, and the white space it begins with. */
  lineStart(offset: number): number;
  /** End of the line, before its line break. */
  lineEnd(offset: number): number;
  indentation(offset: number): string;
  /** From 0. */
  line(offset: number): number;
}

export const replace = (span: Span, text: string): Edit => ({ ...span, text });
export const insert = (at: number, text: string): Edit => ({ start: at, end: at, text });

/**
 * The edit that makes `import <name>` (or `from <from> import <name>`) hold in a Python module; nothing when it is there.
 * It goes before the first import that sorts after it among the first block of imports, else after docstring and `__future__`.
 */
export function importing(module: Module, source: Source, name: string, from?: string): readonly Edit[] {
  const target = from ? `${from}.${name}` : name;
  if (importsAs(module.imports).has(`${name} ${target}`)) return [];
  const line = from ? `from ${from} import ${name}` : `import ${name}`;
  const top = topImports(module, source);
  const next = top.find((one) => !one.future && one.text > line && one.from === Boolean(from)) ?? (from ? undefined : top.find((one) => !one.future && one.from));
  if (next) return [insert(source.lineStart(next.start), `${line}\n`)];
  const last = top.at(-1);
  if (last) return [insert(afterLine(source, last.end), `${line}\n`)];
  if (module.docstring) return [insert(afterLine(source, module.docstring.end), `\n${line}\n`)];
  return [insert(preamble(source.text), `${line}\n`)];
}

const imported = new WeakMap<readonly Import[], ReadonlySet<string>>();

/** What a file imports whatever happens: the local name and what it stands for. */
function importsAs(imports: readonly Import[]): ReadonlySet<string> {
  const known = imported.get(imports);
  if (known) return known;
  const made = new Set(imports.flatMap((one) => one.guards.length === 0 ? [`${one.name} ${one.target}`] : []));
  imported.set(imports, made);
  return made;
}

interface TopImport { readonly start: number; readonly end: number; readonly text: string; readonly from: boolean; readonly future: boolean }

const tops = new WeakMap<readonly Import[], readonly TopImport[]>();

/** Unindented import statements from the top of the file on, one entry per statement. A list of imports is that of one text. */
function topImports({ imports }: Module, source: Source): readonly TopImport[] {
  const known = tops.get(imports);
  if (known) return known;
  const made = topImportsOf(imports, source);
  tops.set(imports, made);
  return made;
}

function topImportsOf(imports: readonly Import[], source: Source): readonly TopImport[] {
  const seen = new Set<number>();
  const found: TopImport[] = [];
  for (const one of imports) {
    if (seen.has(one.at.start) || one.guards.length > 0 || source.lineStart(one.at.start) !== one.at.start) continue;
    seen.add(one.at.start);
    const text = source.slice(one.at);
    found.push({ start: one.at.start, end: one.at.end, text, from: text.startsWith('from'), future: text.startsWith('from __future__') });
  }
  return found;
}

function afterLine(source: Source, offset: number): number {
  const end = source.lineEnd(offset);
  return Math.min(end + source.newline.length, source.length);
}

/** After a byte order mark, a `#!` line, an encoding line and leading comments. */
function preamble(text: string): number {
  return /^\uFEFF?(?:#[^\n]*\n)*/.exec(text)?.[0].length ?? 0;
}
