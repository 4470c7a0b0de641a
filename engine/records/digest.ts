/**
 * Digests of the files that a sign-off speaks about. With one stored beside the commit, whether the sign-off is stale can be
 * told without history: in a shallow clone, after a rebase, and for changes that are not committed yet.
 */
import { createHash } from 'node:crypto';
import ignore from 'ignore';
import { byText } from './document';

/** A file as the digest sees it. Of what is not read as text, that it is there is all that counts. */
export interface Watched { readonly path: string; readonly text?: string }

/** The paths that gitignore patterns match, sorted. Files of ours are never among them: signing must not make a sign-off stale. */
export function matching(patterns: readonly string[], paths: readonly string[]): readonly string[] {
  if (patterns.length === 0) return [];
  const rules = ignore().add([...patterns]);
  return paths.filter((path) => !path.startsWith('.shipworthy/') && rules.ignores(path)).sort(byText);
}

/** `sha256:` and 64 hex digits, of these files in their order. How lines end does not count: git may change that by itself. */
export function digestOf(files: readonly Watched[]): string {
  const hash = createHash('sha256');
  for (const { path, text } of files) hash.update(`${path}\0${text === undefined ? '' : sha256(text.replace(/\r\n?/g, '\n'))}\0`);
  return `sha256:${hash.digest('hex')}`;
}

/** SHA-256 of a text as UTF-8, in hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
