/**
 * The git repository a workspace lies in, read from its files alone: no process is started. A `.git` file leads to the
 * folder of a worktree or a submodule.
 */
import type { Notice } from '../audit/outcome';
import type { Files } from './files';
import { maybe } from './files';
import { readIndex } from './git-index';

export interface Repository {
  /** Folder with the `.git` in it, and the workspace relative to it: empty, or `packages/api`. */
  readonly top: string;
  readonly prefix: string;
  /** Folder of HEAD and index, and the folder of what worktrees share. */
  readonly folder: string;
  readonly common: string;
}

/** Paths relative to the workspace; `paths` is missing when the index could not be read, and the notice says why. */
export interface Tracked { readonly paths?: ReadonlySet<string>; readonly notice?: Notice }

/** Beyond a million files; an index is read as a whole. */
export const INDEX_LIMIT = 256 * 1024 * 1024;
const SMALL = 1024 * 1024;
const PACKED_LIMIT = 64 * 1024 * 1024;

/** The repository of a folder: its own, or that of the nearest folder around it. */
export async function repositoryOf(files: Files, root: string): Promise<Repository | undefined> {
  for (let top = root; ; top = parentOf(top)) {
    const folder = await gitFolder(files, top);
    if (folder !== undefined) {
      const shared = (await textOf(files, `${folder}/commondir`))?.trim();
      return { top, prefix: root.slice(top.length).replace(/^\//, ''), folder, common: shared ? against(folder, shared) : folder };
    }
    if (parentOf(top) === top) return undefined;
  }
}

/** `/a/b` to `/a`, `/a` to the empty root, which stays. */
function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

async function gitFolder(files: Files, top: string): Promise<string | undefined> {
  const found = await maybe(files.stat(`${top}/.git`));
  if (!found) return undefined;
  const pointed = found.kind === 'file' ? /^gitdir: (.+?)\s*$/m.exec(await textOf(files, `${top}/.git`) ?? '')?.[1] : undefined;
  const folder = found.kind === 'folder' ? `${top}/.git` : pointed && against(top, pointed.replaceAll('\\', '/'));
  return folder && await textOf(files, `${folder}/HEAD`) !== undefined ? folder : undefined;
}

/** Everything git tracks below the workspace, files of submodules included. */
export async function trackedPaths(files: Files, repository: Repository): Promise<Tracked> {
  const index = `${repository.folder}/index`;
  const found = await maybe(files.stat(index));
  // Before the first `git add` there is no index.
  if (!found) return { paths: new Set() };
  const bytes = await maybe(files.read(index, INDEX_LIMIT));
  const reading = bytes ? readIndex(bytes, await hashLength(files, repository)) : { fault: 'it cannot be read' };
  if ('fault' in reading) {
    const message = `Git's index was not understood: ${reading.fault}. Which files are tracked is decided by .gitignore instead. Run "git status" to see whether git can read it.`;
    return { notice: { code: 'not-parsed', path: '.git/index', message, incomplete: false } };
  }
  const before = repository.prefix === '' ? '' : `${repository.prefix}/`;
  const below = reading.entries.filter((entry) => entry.path.startsWith(before));
  const own = below.filter((entry) => !entry.submodule).map((entry) => entry.path.slice(before.length));
  const nested = await Promise.all(below.filter((entry) => entry.submodule).map((entry) => submodulePaths(files, repository.top, entry.path, before)));
  return { paths: new Set([...own, ...nested.flat()]) };
}

async function submodulePaths(files: Files, top: string, path: string, before: string): Promise<readonly string[]> {
  const folder = await gitFolder(files, `${top}/${path}`);
  if (folder === undefined) return [];
  const { paths } = await trackedPaths(files, { top: `${top}/${path}`, prefix: '', folder, common: folder });
  return [...paths ?? []].map((one) => `${path.slice(before.length)}/${one}`);
}

/** Bytes of an object's name in this repository. */
export async function hashLength(files: Files, repository: Repository): Promise<20 | 32> {
  const config = await textOf(files, `${repository.common}/config`) ?? '';
  return /^\s*objectformat\s*=\s*sha256\s*$/im.test(config) ? 32 : 20;
}

/** The commit HEAD stands on, in hexadecimal digits; undefined before the first commit. */
export function headCommit(files: Files, repository: Repository): Promise<string | undefined> {
  return refTarget(files, repository, 'HEAD');
}

/** The branch that is checked out; undefined when none is (a detached HEAD). */
export async function headBranch(files: Files, repository: Repository): Promise<string | undefined> {
  return /^ref: refs\/heads\/(.+)$/.exec((await refText(files, repository, 'HEAD'))?.trim() ?? '')?.[1];
}

/** What a ref stands for, such as `refs/heads/main`, in hexadecimal digits; undefined when there is no such ref. */
export async function refTarget(files: Files, repository: Repository, name: string): Promise<string | undefined> {
  let ref = name;
  for (let steps = 0; steps < 5; steps += 1) {
    const said = (await refText(files, repository, ref))?.trim() ?? await packed(files, repository, ref);
    if (said === undefined) return undefined;
    const next = /^ref: (refs\/.+)$/.exec(said)?.[1];
    if (next === undefined || !isRefName(next)) return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.exec(said)?.[0];
    ref = next;
  }
  return undefined;
}

/** Whether a text may be the name of a ref: it leads nowhere else on the disk. Git itself is stricter. */
export function isRefName(name: string): boolean {
  return /^[^\s\\:?*[^~\u0000-\u001F\u007F]+$/.test(name) && !name.split('/').some((part) => part === '' || part.startsWith('.') || part.endsWith('.lock')) && !name.includes('..');
}

async function refText(files: Files, repository: Repository, ref: string): Promise<string | undefined> {
  return await textOf(files, `${repository.folder}/${ref}`) ?? (ref === 'HEAD' ? undefined : textOf(files, `${repository.common}/${ref}`));
}

async function packed(files: Files, repository: Repository, ref: string): Promise<string | undefined> {
  const all = await textOf(files, `${repository.common}/packed-refs`, PACKED_LIMIT) ?? '';
  return all.split(/\r?\n/).find((line) => line.endsWith(` ${ref}`) && !line.startsWith('#'))?.split(' ')[0];
}

/** Text of a small file of git's, or undefined. */
export async function textOf(files: Files, path: string, limit = SMALL): Promise<string | undefined> {
  const bytes = await maybe(files.read(path, limit));
  return bytes && new TextDecoder().decode(bytes);
}

function against(folder: string, path: string): string {
  return /^(?:\/|[A-Za-z]:)/.test(path) ? path : `${folder}/${path}`;
}
