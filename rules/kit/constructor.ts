/** Edits around the statement that makes the application object. */
import type { Edit, Source } from './fix';
import { insert } from './fix';
import type { Span } from './place';

export interface Construction {
  /** What the object is bound to: `app`. */
  readonly name: string;
  readonly indentation: string;
  /** Start of its first line and end of its last. */
  readonly start: number;
  readonly end: number;
}

/** The statement `app = Flask(…)` around a constructor call; undefined where the call is part of something else. */
export function constructionAt(call: Span, source: Source): Construction | undefined {
  const start = source.lineStart(call.start);
  const end = source.lineEnd(call.end);
  const before = /^([ \t]*)([A-Za-z_][\w.]*)[ \t]*(?::[ \t]*[\w.]+[ \t]*)?=[ \t]*$/.exec(source.slice({ start, end: call.start }));
  if (!before || !/^[ \t]*(#.*)?$/.test(source.slice({ start: call.end, end }))) return undefined;
  return { name: before[2] ?? 'app', indentation: before[1] ?? '', start, end };
}

/** A definition after the application is made, set off by blank lines as the place asks. */
export function definitionAfter(at: Construction, lines: readonly string[], source: Source): Edit {
  const gap = at.indentation === '' ? '\n\n\n' : '\n\n';
  const rest = source.slice({ start: at.end, end: source.length }).replace(/^\r?\n/, '');
  const next = /^(?:[ \t]*\r?\n)*([ \t]*)(\S)?/.exec(rest);
  const blank = /^(?:[ \t]*\r?\n)*/.exec(rest)?.[0].split('\n').length ?? 1;
  const wanted = at.indentation === '' ? 2 : 1;
  const after = next?.[2] === undefined ? '' : '\n'.repeat(Math.max(0, wanted - (blank - 1)));
  return insert(at.end, `${gap}${indented(lines, at.indentation)}${after}`);
}

/** Statements right after the application is made. */
export function statementsAfter(at: Construction, lines: readonly string[]): Edit {
  return insert(at.end, `\n${indented(lines, at.indentation)}`);
}

/** Statements right before the application is made. */
export function statementsBefore(at: Construction, lines: readonly string[]): Edit {
  return insert(at.start, `${indented(lines, at.indentation)}\n`);
}

function indented(lines: readonly string[], indentation: string): string {
  return lines.map((line) => line === '' ? '' : indentation + line).join('\n');
}
