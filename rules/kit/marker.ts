/** Comments that say something is not done. */
import type { Span } from './place';

export interface Marker {
  readonly word: 'TODO' | 'FIXME' | 'XXX' | 'HACK';
  /** What it says, without the marker and the comment's sign. */
  readonly text: string;
  /** From 0. */
  readonly line: number;
  /** The comment. */
  readonly at: Span;
}
