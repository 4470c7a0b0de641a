/**
 * Whether the tracked files of a repository differ from its commit, decided as `git status` does and without git: the index
 * is compared with the commit, and the files with the index. Files that look as they did when git last looked are not read.
 * Files that git does not track make nothing dirty.
 */
import { createHash } from 'node:crypto';
import { lstatSync, type Stats } from 'node:fs';
import { lstat, readFile, readlink } from 'node:fs/promises';
import type { Files } from '../../workspace/files';
import { maybe } from '../../workspace/files';
import type { IndexEntry } from '../../workspace/git-index';
import { readIndex } from '../../workspace/git-index';
import { promptly } from '../../workspace/promptly';
import type { Repository } from '../../workspace/repository';
import { hashLength, INDEX_LIMIT, repositoryOf, textOf } from '../../workspace/repository';
import { treeOf } from './commits';
import { GitFault } from './fault';
import { openHistory } from './history';
import { openObjects } from './objects';
import { rootOf } from './trees';

/** Files looked at side by side. */
const AT_ONCE = 64;
/** More files are not looked at, and more bytes not read: then it stays unknown. */
const FILES = 100_000;
const BYTES = 256 * 1024 * 1024;

/** Undefined when it cannot be told: an index or objects that are not understood, too many files or bytes. */
export async function isDirty(files: Files, repository: Repository, commit: string | undefined): Promise<boolean | undefined> {
  const read = await indexOf(files, repository);
  // Before the first `git add` there is no index.
  if (read === 'none') return commit === undefined ? false : undefined;
  if (!read) return undefined;
  const { entries, folders, looked } = read;
  if (entries.some((entry) => entry.unsettled)) return true;
  const staged = await differs([...entries, ...folders], repository, commit, looked.length);
  if (staged !== false) return staged;
  const { changed, whole } = await changedFiles(entries, looked, 1);
  return changed.length > 0 || (whole ? false : undefined);
}

/**
 * Whether a file of the workspace is another than in the commit that is checked out, or is not in it: what somebody is at work on.
 * Undefined when that cannot be told.
 */
export async function changesOf(files: Files, root: string): Promise<((path: string) => boolean) | undefined> {
  const repository = await repositoryOf(files, root);
  const read = repository && await indexOf(files, repository);
  if (!repository || !read || read === 'none') return undefined;
  const { entries, looked } = read;
  const before = repository.prefix === '' ? '' : `${repository.prefix}/`;
  const mine = entries.filter((entry) => entry.path.startsWith(before));
  const committed = await committedIn(root);
  const { changed, whole } = await changedFiles(mine, looked, Infinity);
  if (!committed || !whole) return undefined;
  const staged = mine.filter((entry) => entry.unsettled || (!entry.submodule && committed.get(entry.path.slice(before.length)) !== entry.hash)).map((entry) => entry.path);
  const tracked = new Set(mine.map((entry) => entry.path));
  const others = new Set([...changed, ...staged]);
  return (path) => !tracked.has(before + path) || others.has(before + path);
}

async function committedIn(root: string): Promise<ReadonlyMap<string, string> | undefined> {
  const history = await openHistory(root);
  try {
    const head = await history?.head();
    return head === undefined ? new Map<string, string>() : (await history?.files(head))?.ids;
  } catch (error) {
    if (error instanceof GitFault) return undefined;
    throw error;
  } finally {
    await history?.close();
  }
}

interface Read { readonly entries: readonly IndexEntry[]; readonly folders: readonly IndexEntry[]; readonly looked: Looked }

/** `none` where there is no index, undefined where there is one that is not understood. */
async function indexOf(files: Files, repository: Repository): Promise<Read | 'none' | undefined> {
  const path = `${repository.folder}/index`;
  const [stats, bytes, length] = await Promise.all([maybe(files.stat(path)), maybe(files.read(path, INDEX_LIMIT)), hashLength(files, repository)]);
  if (!stats) return 'none';
  const index = bytes ? readIndex(bytes, length) : undefined;
  if (!index || 'fault' in index || index.entries.length > FILES) return undefined;
  const config = await textOf(files, `${repository.common}/config`) ?? '';
  return { ...index, looked: { top: repository.top, at: stats.mtime, length, modes: process.platform !== 'win32' && !/^\s*filemode\s*=\s*false\s*$/im.test(config) } };
}

/** Whether the index is another than the commit. */
async function differs(entries: readonly IndexEntry[], repository: Repository, commit: string | undefined, length: 20 | 32): Promise<boolean | undefined> {
  if (commit === undefined) return entries.length > 0;
  const own = rootOf(entries, length);
  const objects = openObjects(repository.common, length);
  try {
    const tree = await treeOf(objects, commit);
    return own === undefined || tree === undefined ? undefined : own !== tree;
  } catch (error) {
    if (error instanceof GitFault) return undefined;
    throw error;
  } finally {
    await objects.close();
  }
}

interface Looked { readonly top: string; readonly at: number; readonly length: 20 | 32; readonly modes: boolean }

/** Paths of files that are others than in the index, at least `enough` of them where there are; `whole` is false when there were too many bytes to look into. */
async function changedFiles(entries: readonly IndexEntry[], looked: Looked, enough: number): Promise<{ readonly changed: readonly string[]; readonly whole: boolean }> {
  const watched = entries.filter((entry) => !entry.submodule && !entry.unwatched);
  const changed: string[] = [];
  let budget = BYTES;
  for (let start = 0; start < watched.length && changed.length < enough; start += AT_ONCE) {
    const some = watched.slice(start, start + AT_ONCE);
    const seen = await Promise.all(some.map((entry) => look(entry, looked)));
    for (const [at, entry] of some.entries()) {
      if (seen[at] === 'unsure') {
        budget -= entry.size;
        if (budget < 0) return { changed, whole: false };
      }
      if (seen[at] === 'changed' || (seen[at] === 'unsure' && !await isSame(entry, looked))) changed.push(entry.path);
    }
  }
  return { changed, whole: true };
}

/** As far as the file's own numbers tell. `unsure`: it was touched since, or in the very moment the index was written. */
async function look(entry: IndexEntry, { top, at, modes }: Looked): Promise<'same' | 'changed' | 'unsure'> {
  let stats: Stats;
  try {
    const path = `${top}/${entry.path}`;
    stats = await promptly(() => lstatSync(path), () => lstat(path));
  } catch {
    return 'changed';
  }
  const link = (entry.mode & 0o170000) === 0o120000;
  // Where links cannot be made, git writes them as files.
  if (link ? !stats.isSymbolicLink() && process.platform !== 'win32' : !stats.isFile()) return 'changed';
  if (!link && modes && ((stats.mode & 0o100) !== 0) !== ((entry.mode & 0o100) !== 0)) return 'changed';
  // The last thousandth of a millisecond may be rounded up to the next: then the file is looked into.
  const mtime = Math.floor(stats.mtimeMs);
  if (mtime === entry.mtime && stats.size % 2 ** 32 === entry.size && mtime < Math.floor(at)) return 'same';
  return 'unsure';
}

async function isSame(entry: IndexEntry, { top, length }: Looked): Promise<boolean> {
  const path = `${top}/${entry.path}`;
  try {
    const link = (await lstat(path)).isSymbolicLink();
    const bytes = link ? Buffer.from(await readlink(path)) : await readFile(path);
    if (blobName(bytes, length) === entry.hash) return true;
    // A checkout may have turned line ends into those of Windows; git turns them back before it compares.
    return !link && bytes.includes('\r\n') && blobName(Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1'), length) === entry.hash;
  } catch {
    return false;
  }
}

function blobName(bytes: Buffer, length: 20 | 32): string {
  return createHash(length === 20 ? 'sha1' : 'sha256').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
