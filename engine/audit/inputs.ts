/** All that facts and verdicts are made from, in one digest: with the same one, an answer of an earlier run is the answer of this one. */
import { createHash } from 'node:crypto';
import { byText } from '../records/document';
import type { Reading } from '../workspace/workspace';
import type { Notice } from './outcome';

export interface Inputs {
  /** Of the workspace. */
  readonly name: string;
  /** As they were read, or why they were not. `written` where `text` is not what stands there. */
  readonly files: Iterable<{ readonly path: string; readonly text?: string; readonly written?: string; readonly notice?: Notice }>;
  /** All that is there, read or not. */
  readonly entries: readonly { readonly path: string }[];
  /** Paths in git's index; undefined without a repository. */
  readonly tracked: ReadonlySet<string> | undefined;
  readonly records: ReadonlyMap<string, Reading>;
  /** What else counts, as JSON. */
  readonly settings: unknown;
}

/** SHA-256, in hex. The order of files does not count. */
export function digestOfInputs({ name, files, entries, tracked, records, settings }: Inputs): string {
  const hash = createHash('sha256');
  // Each part with its length, so that no two lists of parts give one text.
  const add = (text: string) => { hash.update(`${text.length}:`); hash.update(text); };
  add(name);
  add(JSON.stringify(settings) ?? '');
  add(JSON.stringify(entries.map(({ path }) => path)));
  add(JSON.stringify(tracked ? [...tracked].sort(byText) : 'none'));
  add(JSON.stringify([...records].sort(([a], [b]) => byText(a, b))));
  for (const file of [...files].sort((a, b) => byText(a.path, b.path))) {
    add(file.path);
    add(JSON.stringify(file.notice ?? ''));
    add(file.written ?? file.text ?? '');
  }
  return hash.digest('hex');
}
