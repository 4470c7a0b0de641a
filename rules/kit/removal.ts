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
  if (!before.test(source.slice({ start, end: statement.start })) || !/^[ \t]*;?[ \t]*(#.*)?$/.test(source.slice({ start: statement.end, end }))) return undefined;
  const indentation = source.indentation(start);
  if (alone(start, end, indentation.length, source)) return replace({ start: start + indentation.length, end }, 'pass');
  const next = Math.min(end + source.newline.length, source.length);
  return replace({ start, end: next }, '');
}

/** Nothing else stands in the block: the line of code before opens it, and the one after is further out. */
function alone(start: number, end: number, depth: number, source: Source): boolean {
  if (depth === 0) return false;
  const before = codeBefore(start, source);
  const after = codeAfter(end, source);
  const opens = before === undefined || depthOf(before) < depth || /:\s*(#.*)?$/.test(before);
  return opens && (after === undefined || depthOf(after) < depth);
}

/** The nearest line of code above an offset that begins a line. */
function codeBefore(offset: number, source: Source): string | undefined {
  for (let start = offset; start > 0;) {
    start = source.lineStart(start - 1);
    const line = source.slice({ start, end: source.lineEnd(start) });
    if (isCode(line)) return line;
  }
  return undefined;
}

/** The nearest line of code below an offset that ends a line. */
function codeAfter(offset: number, source: Source): string | undefined {
  for (let end = offset; end < source.length;) {
    const start = end + (source.slice({ start: end, end: end + 2 }) === '\r\n' ? 2 : 1);
    if (start > source.length) return undefined;
    end = source.lineEnd(start);
    const line = source.slice({ start, end });
    if (isCode(line)) return line;
  }
  return undefined;
}

function isCode(line: string): boolean {
  return /^[ \t]*[^\s#]/.test(line);
}

function depthOf(line: string): number {
  return /^[ \t]*/.exec(line)?.[0].length ?? 0;
}
