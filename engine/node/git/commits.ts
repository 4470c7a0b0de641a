/** Commits, and where two histories meet. */
import { GitFault } from './fault';
import type { GitObject, Objects } from './objects';

export interface Commit {
  readonly id: string;
  /** Of the tree, and of the commits before it, in hexadecimal digits. */
  readonly tree: string;
  readonly parents: readonly string[];
  /** Seconds since 1970, as the committer's clock said. */
  readonly time: number;
  /** Who wrote it, `NAME <MAIL>`. */
  readonly author: string;
}

/** A commit, by its own name or that of a tag that leads to it; undefined when it is not in the repository. Throws GitFault. */
export async function commitOf(objects: Objects, id: string): Promise<Commit | undefined> {
  let name = id;
  for (let steps = 0; steps < 10; steps += 1) {
    const object = await objects.read(name);
    if (!object) return undefined;
    if (object.kind === 'commit') return parsed(name, object);
    const next = object.kind === 'tag' ? /^object ([0-9a-f]+)$/m.exec(headerOf(object))?.[1] : undefined;
    if (next === undefined) throw new GitFault(`${id} is a ${object.kind}, not a commit.`);
    name = next;
  }
  throw new GitFault(`${id} is a tag that leads to no commit.`);
}

/** The tree of a commit; undefined when the commit is not in the repository. */
export async function treeOf(objects: Objects, id: string): Promise<string | undefined> {
  return (await commitOf(objects, id))?.tree;
}

/** The lines before a commit's message. */
function headerOf({ bytes }: GitObject): string {
  return new TextDecoder().decode(bytes).split('\n\n', 1)[0] ?? '';
}

function parsed(id: string, object: GitObject): Commit {
  const header = headerOf(object);
  const tree = /^tree ([0-9a-f]+)$/m.exec(header)?.[1];
  if (tree === undefined) throw new GitFault(`The commit ${id} is damaged. Run "git fsck" to see what git says of it.`);
  const parents = [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map((match) => match[1] ?? '');
  return { id, tree, parents, time: Number(/^committer .*> (\d+)/m.exec(header)?.[1] ?? 0), author: /^author (.*>)/m.exec(header)?.[1] ?? '' };
}

/** Commits walked at most while looking for where two histories meet. */
const FARTHEST = 500_000;
const OURS = 1;
const THEIRS = 2;
const STALE = 4;

/**
 * The best common ancestor of two commits, as `git merge-base` finds it: the newest that both have. Undefined when they have none.
 * @param shallow commits whose parents were left out of this clone
 * @throws GitFault when the histories do not meet within what the clone has
 */
export async function mergeBase(objects: Objects, ours: string, theirs: string, shallow: ReadonlySet<string>): Promise<string | undefined> {
  const seen = new Map<string, { readonly commit: Commit; flags: number }>();
  const queue: Commit[] = [];
  let cut = false;
  const mark = async (id: string, flags: number): Promise<void> => {
    const known = seen.get(id);
    if (known && (known.flags | flags) === known.flags) return;
    const commit = known?.commit ?? await commitOf(objects, id);
    if (!commit) { cut = true; return; }
    seen.set(id, { commit, flags: (known?.flags ?? 0) | flags });
    queue.push(commit);
  };
  const flagsOf = (commit: Commit) => seen.get(commit.id)?.flags ?? 0;
  await mark(ours, OURS);
  await mark(theirs, THEIRS);
  const found: Commit[] = [];
  while (queue.some((commit) => (flagsOf(commit) & STALE) === 0) && seen.size < FARTHEST) {
    queue.sort((a, b) => a.time - b.time);
    const commit = queue.pop();
    if (!commit) break;
    let flags = flagsOf(commit);
    if ((flags & (OURS | THEIRS)) === (OURS | THEIRS) && (flags & STALE) === 0) { found.push(commit); flags |= STALE; }
    if (shallow.has(commit.id)) cut = true;
    else for (const parent of commit.parents) await mark(parent, flags);
  }
  // What is an ancestor of another one that both have is not the best.
  const best = found.filter((commit) => (flagsOf(commit) & STALE) === 0).sort((a, b) => b.time - a.time)[0];
  if (!best && cut) throw new GitFault('Where the two histories meet is not in this clone, which is shallow. Fetch the whole history: "git fetch --unshallow", or `fetch-depth: 0` of actions/checkout.');
  return best?.id;
}
