/** A file's text with the questions rules, fixes and locations ask of it. */
import type { Source, Span } from '../../rules/kit';
import { lineAt, lineStarts } from '../files/lines';
import type { Position, Range } from './outcome';

export interface SourceText extends Source {
  /** Zero-based line and UTF-16 column. */
  position(offset: number): Position;
  range(span: Span): Range;
}

export function sourceOf(path: string, text: string): SourceText {
  let starts: number[] | undefined;
  const lines = () => starts ??= lineStarts(text);
  const line = (offset: number) => lineAt(lines(), offset);
  const lineStart = (offset: number) => lines()[line(offset)] ?? 0;
  const position = (offset: number): Position => { const row = line(offset); return { line: row, character: offset - (lines()[row] ?? 0) }; };
  const lineEnd = (offset: number) => {
    const row = line(offset);
    let end = lines()[row + 1] ?? text.length;
    while (end > (lines()[row] ?? 0) && (text[end - 1] === '\n' || text[end - 1] === '\r')) end--;
    return end;
  };
  return {
    path, text, length: text.length, newline: text.includes('\r\n') ? '\r\n' : '\n', line, lineStart, lineEnd, position,
    slice: (span) => text.slice(span.start, span.end),
    at: (offset) => text.charAt(offset),
    indentation: (offset) => /^[ \t]*/.exec(text.slice(lineStart(offset), lineEnd(offset)))?.[0] ?? '',
    range: (span) => ({ start: position(Math.min(span.start, text.length)), end: position(Math.min(span.end, text.length)) }),
  };
}
