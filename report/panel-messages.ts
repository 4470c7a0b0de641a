/** What the report panel and the extension say to each other with `postMessage`. The panel's half is panel-script.ts. */

/** From the panel. Lines and columns count from 1, as the panel shows them. */
export type FromPanel =
  | { readonly type: 'ready' }
  | { readonly type: 'rescan' }
  | { readonly type: 'open'; readonly path: string; readonly line: number; readonly column: number }
  | { readonly type: 'fix'; readonly fingerprint: string; readonly index: number }
  /** Somebody wants to silence a finding: the extension asks for the reason. */
  | { readonly type: 'decide'; readonly lane: 'false-positive' | 'accepted-risk'; readonly fingerprint: string }
  | { readonly type: 'explain'; readonly rule: string }
  | { readonly type: 'export'; readonly form: string };

/** To the panel. */
export type ToPanel =
  /** The new content of `<main>`, made by `body` of html.ts. Filters, open details and focus stay. */
  | { readonly type: 'card'; readonly body: string }
  /** Go to the next finding that is shown (1), or to the one before (-1). */
  | { readonly type: 'step'; readonly by: 1 | -1 };
