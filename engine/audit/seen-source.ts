/** The text of a file as rules are given it: what they look at is noted. */
import type { Source, Span } from '../../rules/kit';
import { lookAt, lookAtPart } from '../project/looks';
import type { SourceText } from './source';

const seen = new WeakMap<SourceText, Source>();

/** A text of which is noted what somebody looks at. Which line a place is on is told without looking. */
export function seenSource(source: SourceText): Source {
  const known = seen.get(source);
  if (known) return known;
  const made = new SeenSource(source);
  seen.set(source, made);
  return made;
}

class SeenSource implements Source {
  constructor(private readonly source: SourceText) {}

  get path(): string {
    return this.source.path;
  }

  get newline(): string {
    return this.source.newline;
  }

  get length(): number {
    return this.source.length;
  }

  get text(): string {
    lookAt(this.path);
    return this.source.text;
  }

  line(offset: number): number {
    return this.source.line(offset);
  }

  slice(span: Span): string {
    lookAtPart(this.path, span);
    return this.source.slice(span);
  }

  at(offset: number): string {
    lookAtPart(this.path, { start: offset, end: offset + 1 });
    return this.source.at(offset);
  }

  lineStart(offset: number): number {
    this.lookAtLine(offset);
    return this.source.lineStart(offset);
  }

  lineEnd(offset: number): number {
    this.lookAtLine(offset);
    return this.source.lineEnd(offset);
  }

  indentation(offset: number): string {
    this.lookAtLine(offset);
    return this.source.indentation(offset);
  }

  private lookAtLine(offset: number): void {
    lookAtPart(this.path, { start: this.source.lineStart(offset), end: this.source.lineEnd(offset) });
  }
}
