/** Who wrote something: the commit that brought it into a file, as `git blame` finds the commit of a line. */
import type { Commit } from './commits';
import { commitOf } from './commits';
import { GitFault } from './fault';
import type { Objects } from './objects';
import { treeEntries } from './trees';

/**
 * `uncommitted`: the file of HEAD does not have it. `unknown`: it is older than what a shallow clone has, and the oldest commit with it is
 * not the one that brought it.
 */
export type Origin = { readonly commit: string; readonly author: string } | 'uncommitted' | 'unknown';

/** Commits walked at most. */
const FARTHEST = 500_000;
const TEXT = new TextDecoder();

export interface Tracing {
  readonly objects: Objects;
  readonly hashLength: 20 | 32;
  /** Commits whose parents were left out of this clone. */
  readonly shallow: ReadonlySet<string>;
  /** From the root of the repository. */
  readonly path: string;
}

/**
 * Finds origins in one file. What was asked is remembered, so that several questions about a file walk its history once.
 * The function throws GitFault where commits or folders are missing or damaged.
 */
export function tracing({ objects, hashLength, shallow, path }: Tracing): (head: string, holds: (text: string) => boolean) => Promise<Origin> {
  const commits = new Map<string, Commit | undefined>();
  const blobs = new Map<string, string | undefined>();
  const texts = new Map<string, string>();
  const commitAt = async (id: string): Promise<Commit | undefined> => {
    if (!commits.has(id)) commits.set(id, await commitOf(objects, id));
    return commits.get(id);
  };
  const textAt = async (commit: Commit): Promise<string | undefined> => {
    if (!blobs.has(commit.tree)) blobs.set(commit.tree, await blobAt(objects, hashLength, commit.tree, path));
    const blob = blobs.get(commit.tree);
    if (blob === undefined) return undefined;
    if (!texts.has(blob)) texts.set(blob, TEXT.decode((await objects.read(blob))?.bytes));
    return texts.get(blob);
  };
  return async (head, holds) => {
    const has = async (commit: Commit): Promise<boolean> => { const text = await textAt(commit); return text !== undefined && holds(text); };
    let at = await commitAt(head);
    if (!at) throw new GitFault(`The commit ${head} is not in this clone. Fetch it with "git fetch".`);
    if (!await has(at)) return 'uncommitted';
    for (let steps = 0; steps < FARTHEST; steps += 1) {
      if (shallow.has(at.id)) return 'unknown';
      // After a merge, the side that had it is the one it came from.
      let before: Commit | undefined;
      for (const id of at.parents) {
        const parent = await commitAt(id);
        if (!parent) return 'unknown';
        if (await has(parent)) { before = parent; break; }
      }
      if (!before) return { commit: at.id, author: at.author };
      at = before;
    }
    return 'unknown';
  };
}

/** The name of the object of a file in a tree; undefined when it is not there or no plain file. */
async function blobAt(objects: Objects, hashLength: 20 | 32, tree: string, path: string): Promise<string | undefined> {
  let at = tree;
  const parts = path.split('/');
  for (const [index, part] of parts.entries()) {
    const object = await objects.read(at);
    const entries = object?.kind === 'tree' ? treeEntries(object.bytes, hashLength) : undefined;
    if (!entries) throw new GitFault(`The folder of ${path} is damaged or not in this clone. Look with "git fsck" whether the repository is whole.`);
    const entry = entries.find(({ name }) => name === part);
    const type = (entry?.mode ?? 0) & 0o170000;
    if (!entry || type !== (index === parts.length - 1 ? 0o100000 : 0o040000)) return undefined;
    at = entry.id;
  }
  return at;
}
