/**
 * Lowered statements of an open document, kept from one keystroke to the next. What stands at the top level of a file means the same wherever
 * it stands: a statement whose text is unchanged is moved, not lowered again. Compared by text, since node ids of freed trees come back.
 */
import type { Stmt } from '../syntax/ast';

export interface Lowered {
  readonly start: number;
  readonly body: readonly Stmt[];
  readonly comments: readonly { readonly start: number; readonly end: number }[];
}

export class LoweredStatements {
  private last: ReadonlyMap<string, Lowered> = new Map();
  private next = new Map<string, Lowered>();

  /** A statement of this text as if it began at `start`. */
  find(text: string, start: number): Lowered | undefined {
    const known = this.next.get(text) ?? this.last.get(text);
    if (!known) return undefined;
    const moved = known.start === start ? known : { start, body: shifted(known.body, start - known.start), comments: shifted(known.comments, start - known.start) };
    this.next.set(text, moved);
    return moved;
  }

  keep(text: string, lowered: Lowered): void {
    this.next.set(text, lowered);
  }

  /** Forgets what the last program did not have. */
  settle(): void {
    this.last = this.next;
    this.next = new Map();
  }
}

const OFFSETS: ReadonlySet<string> = new Set(['start', 'end', 'nameAt', 'open', 'keywordEnd']);

/** A deep copy with all offsets moved. */
function shifted<T>(value: T, by: number): T {
  if (Array.isArray(value)) return value.map((each: unknown) => shifted(each, by)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const part = (value as Record<string, unknown>)[key];
    copy[key] = typeof part === 'number' ? (OFFSETS.has(key) ? part + by : part) : typeof part === 'object' ? shifted(part, by) : part;
  }
  return copy as T;
}
