/** A file's text with the questions rules, fixes and locations ask of it. */
import type { Source, Span } from '../../rules/kit';
import { lineAt, lineStarts } from '../files/lines';
import type { Position, Range } from './outcome';

export interface SourceText extends Source {
  /** Zero-based line and UTF-16 column. */
  position(offset: number): Position;
  range(span: Span): Range;
}

/** A text that answers them. Where its lines begin is found out when it is first asked for. */
export function sourceOf(path: string, text: string): SourceText {
  return new FileText(path, text);
}

/** A class, since there is one for every file: closures for each question took a thousand bytes and more of every one. */
class FileText implements SourceText {
  private starts: readonly number[] | undefined;

  constructor(readonly path: string, readonly text: string) {}

  get length(): number {
    return this.text.length;
  }

  get newline(): string {
    return this.text.includes('\r\n') ? '\r\n' : '\n';
  }

  line(offset: number): number {
    return lineAt(this.lines(), offset);
  }

  lineStart(offset: number): number {
    return this.lines()[this.line(offset)] ?? 0;
  }

  lineEnd(offset: number): number {
    const { text } = this;
    const row = this.line(offset);
    const start = this.lines()[row] ?? 0;
    let end = this.lines()[row + 1] ?? text.length;
    while (end > start && (text[end - 1] === '\n' || text[end - 1] === '\r')) end--;
    return end;
  }

  slice(span: Span): string {
    return this.text.slice(span.start, span.end);
  }

  at(offset: number): string {
    return this.text.charAt(offset);
  }

  indentation(offset: number): string {
    return /^[ \t]*/.exec(this.text.slice(this.lineStart(offset), this.lineEnd(offset)))?.[0] ?? '';
  }

  position(offset: number): Position {
    const row = this.line(offset);
    return { line: row, character: offset - (this.lines()[row] ?? 0) };
  }

  range(span: Span): Range {
    const { length } = this.text;
    return { start: this.position(Math.min(span.start, length)), end: this.position(Math.min(span.end, length)) };
  }

  private lines(): readonly number[] {
    return this.starts ??= lineStarts(this.text);
  }
}
