/** How code reads a variable of the environment, and what it looks like without its fallback: the edits of fixes that demand one. */
import type { Edit, Source } from './fix';
import { importing, insert, replace } from './fix';
import type { Module } from './module';
import type { Span } from './place';
import type { Setting } from './project';
import type { Environment, Value } from './value';

/** An environment variable and the literal that stands in for it, each where it is written. */
export interface Reading {
  readonly variable: string;
  /** The whole expression: the read, and `or "…"` behind it. */
  readonly at: Span;
  /** The read alone. */
  readonly readAt: Span;
  readonly fallbackAt: Span;
}

/** The read and its fallback in a value, as it is written at its own place (not behind a name); undefined for other shapes. */
export function readingIn(value: Value): Reading | undefined {
  // A settings field whose default reads the environment by itself.
  if (value.kind === 'environment' && value.fallback?.kind === 'environment' && value.fallback.at.start === value.at.start) return readingIn(value.fallback);
  if (value.kind === 'environment' && value.fallback && within(value.fallback.at, value.at)) return { variable: value.variable, at: value.at, readAt: value.at, fallbackAt: value.fallback.at };
  if (value.kind !== 'choice' || value.by !== 'or' || value.options.length !== 2) return undefined;
  const [read, fallback] = value.options;
  if (read?.kind !== 'environment' || !fallback || !within(read.at, value.at) || !within(fallback.at, value.at)) return undefined;
  if (read.fallback && !within(read.fallback.at, read.at)) return undefined;
  return { variable: read.variable, at: value.at, readAt: read.at, fallbackAt: fallback.at };
}

/** Edits that make the program refuse to start without the variable; undefined where the code has a shape of its own. */
export function required(reading: Reading, module: Module, source: Source): readonly Edit[] | undefined {
  const { at, readAt, fallbackAt, variable } = reading;
  const read = source.slice(readAt);
  if (READS_OS.test(read)) return [replace(at, `os.environ["${variable}"]`), ...importing(module, source, 'os')];
  if (at !== readAt || /setdefault\($/.test(source.slice({ start: at.start, end: fallbackAt.start }).replace(/(\().*$/s, '$1'))) return undefined;
  if (fallbackAt.start === at.start && fallbackAt.end === at.end) return field(reading, source);
  if (/^(\w+\.)?Field\(/.test(read)) return [replace(fallbackAt, '...')];
  const before = source.slice({ start: at.start, end: fallbackAt.start });
  const gap = /,\s*(?:default\s*=\s*)?$/.exec(before);
  return gap ? [replace({ start: fallbackAt.start - gap[0].length, end: fallbackAt.end }, '')] : undefined;
}

/** A field of a settings class loses its default: `key: str = "x"` becomes `key: str`. */
function field(reading: Reading, source: Source): readonly Edit[] | undefined {
  const gap = /\s*=\s*$/.exec(source.slice({ start: source.lineStart(reading.at.start), end: reading.at.start }));
  return gap ? [replace({ start: reading.at.start - gap[0].length, end: reading.at.end }, '')] : undefined;
}

/**
 * Edits that keep the fallback for development and refuse it everywhere else: the form that changes nothing for who develops with
 * the variable `environment` set to `development`. Only where the value is given by a statement of its own.
 */
export function guarded(reading: Reading, setting: Setting, environment: string, source: Source, module: Module): readonly Edit[] | undefined {
  const { assignment } = setting;
  const lenient = withoutFallback(reading, source);
  const indentation = source.indentation(assignment.at.start);
  const alone = source.lineStart(assignment.at.start) + indentation.length === assignment.at.start && assignment.at.end === reading.at.end && source.lineEnd(reading.at.end) === lineEndAfterComment(source, reading.at.end);
  if (assignment.how !== 'statement' || !lenient || !alone || assignment.targetAt.start !== assignment.at.start) return undefined;
  const target = source.slice(assignment.targetAt);
  const unit = /^\t/.test(indentation) ? '\t' : '    ';
  const line = (depth: number, text: string) => `\n${indentation}${unit.repeat(depth)}${text}`;
  const check = line(0, `if not ${target}:`) + line(1, `if os.environ.get("${environment}", "production") != "development":`)
    + line(2, `raise RuntimeError("${reading.variable} is not set.")`) + line(1, `${target} = ${source.slice(reading.fallbackAt)}`);
  return [replace(reading.at, lenient), insert(source.lineEnd(reading.at.end), check), ...importing(module, source, 'os')];
}

/** The read with nothing in place of the variable: `os.environ.get("KEY")`, `config("KEY", default="")`. */
function withoutFallback({ at, readAt, fallbackAt, variable }: Reading, source: Source): string | undefined {
  const read = source.slice(readAt);
  const reader = READS_OS.exec(read)?.[1];
  if (reader) return `${reader}("${variable}")`;
  if (at !== readAt || fallbackAt.start === at.start || /^(\w+\.)?Field\(/.test(read)) return undefined;
  return `${source.slice({ start: at.start, end: fallbackAt.start })}""${source.slice({ start: fallbackAt.end, end: at.end })}`;
}

const READS_OS = /^((?:os\.)?(?:environ\.get|getenv))\(/;

/** The end of the line when nothing but a comment follows. */
function lineEndAfterComment(source: Source, offset: number): number {
  return /^[ \t]*(#.*)?$/.test(source.slice({ start: offset, end: source.lineEnd(offset) })) ? source.lineEnd(offset) : -1;
}

/** Where a text stands as a literal inside an expression; undefined when it is not there, or more than once. */
export function literalSpan(at: Span, text: string, source: Source): Span | undefined {
  const written = source.slice(at);
  const found = [`"${text}"`, `'${text}'`].flatMap((each) => {
    const first = written.indexOf(each);
    return first < 0 ? [] : [{ start: at.start + first, end: at.start + first + each.length, once: written.indexOf(each, first + 1) < 0 }];
  });
  return found.length === 1 && found[0]?.once ? { start: found[0].start, end: found[0].end } : undefined;
}

function within(inner: Span, outer: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** The reads of the environment among the options of a value. */
export function readsIn(value: Value): readonly Environment[] {
  if (value.kind === 'environment') return [value];
  return value.kind === 'choice' ? value.options.flatMap(readsIn) : [];
}
