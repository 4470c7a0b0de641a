/** A stretch of text, in UTF-16 offsets from the start of a file, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** Set only when the text is in another file than the fact that holds it. Workspace-relative, with `/`. */
  readonly path?: string;
}

/** A stretch of text in a named file. */
export interface Place extends Span {
  readonly path: string;
}
