/** Taking a statement out of a Python file without breaking the block it stands in. */
import type { Edit, Source } from './fix';
import { replace } from './fix';
import type { Span } from './place';

/**
 * The edit that removes a statement with its lines, or puts `pass` in its place where its block would be empty; undefined where the
 * statement shares a line with others. `before` matches what may stand in front of it on its first line and goes with it.
 */
export function removal(statement: Span, source: Source, before = /^[ \t]*$/): Edit | undefined {
  const start = source.lineStart(statement.start);
  const end = source.lineEnd(statement.end);
  if (!before.test(source.text.slice(start, statement.start)) || !/^[ \t]*;?[ \t]*(#.*)?$/.test(source.text.slice(statement.end, end))) return undefined;
  const indentation = source.indentation(start);
  if (alone(start, end, indentation.length, source)) return replace({ start: start + indentation.length, end }, 'pass');
  const next = Math.min(end + source.newline.length, source.text.length);
  return replace({ start, end: next }, '');
}

/** Nothing else stands in the block: the line of code before opens it, and the one after is further out. */
function alone(start: number, end: number, depth: number, source: Source): boolean {
  if (depth === 0) return false;
  const before = source.text.slice(0, start).split(/\r?\n/).findLast(isCode);
  const after = source.text.slice(end).split(/\r?\n/).slice(1).find(isCode);
  const opens = before === undefined || depthOf(before) < depth || /:\s*(#.*)?$/.test(before);
  return opens && (after === undefined || depthOf(after) < depth);
}

function isCode(line: string): boolean {
  return /^[ \t]*[^\s#]/.test(line);
}

function depthOf(line: string): number {
  return /^[ \t]*/.exec(line)?.[0].length ?? 0;
}
