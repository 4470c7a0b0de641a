/** A workspace over any kind of files: what disk and memory have in common. */
import type { Notice } from '../audit/outcome';
import { isEnvFile, isLock, kindOf } from '../files/kind';
import { roleOf } from '../files/role';
import { isBuilt } from '../files/vendored';
import { decoded } from './decode';
import type { Files } from './files';
import { codeOf, maybe } from './files';
import { isIgnored, prefixOf, rulesAround } from './ignored';
import { followLinks } from './links';
import type { Repository, Tracked } from './repository';
import { headBranch, headCommit, repositoryOf, trackedPaths } from './repository';
import { walk } from './walk';
import type { Listing, Reading, Revision, Workspace } from './workspace';

export interface Limits {
  /** Files of more bytes are not read. */
  readonly bytes: number;
  /** Files beyond this number are not looked at. */
  readonly files: number;
}

export const LIMITS: Limits = { bytes: 1_000_000, files: 50_000 };

export interface Opening {
  readonly files: Files;
  readonly name: string;
  /** Absolute, with `/`. */
  readonly root: string;
  /** The root as messages show it. */
  readonly shown: string;
  readonly exclude: readonly string[];
  readonly limits: Limits;
  /** Paths to take for tracked, instead of asking a repository. */
  readonly tracked?: ReadonlySet<string>;
  /** Whether tracked files differ from the commit that is checked out; undefined when that cannot be told. */
  readonly dirty?: (repository: Repository, commit: string | undefined) => Promise<boolean | undefined>;
}

export function openFiles(opening: Opening): Workspace {
  return new OpenFiles(opening);
}

class OpenFiles implements Workspace {
  readonly name: string;
  readonly root: string;
  /** The root with links followed. It does not change under an open workspace. */
  private top: string | undefined;
  /** A reading of the index that is under way: who lists asks for it twice at the same time. */
  private reading: Promise<Tracked> | undefined;

  constructor(private readonly opening: Opening) {
    this.name = opening.name;
    this.root = opening.shown;
  }

  async list(signal?: AbortSignal): Promise<Listing> {
    signal?.throwIfAborted();
    const { files, root, exclude, limits } = this.opening;
    const repository = await repositoryOf(files, root);
    const { paths, notice } = await this.trackedIn(repository);
    const walked = await walk({ files, root, repository, tracked: paths, exclude, limit: limits.files, signal });
    const followed = await followLinks(files, root, walked.links, walked.entries, limits.files);
    signal?.throwIfAborted();
    return {
      entries: [...walked.entries, ...followed.entries].sort((a, b) => (a.path < b.path ? -1 : 1)),
      ignoredEnvFiles: walked.ignoredEnvFiles, around: { rules: await rulesAround(files, repository), prefix: prefixOf(repository) },
      notices: [...(notice ? [notice] : []), ...walked.notices, ...followed.notices],
    };
  }

  async read(path: string): Promise<Reading> {
    try {
      const real = await this.realPath(path);
      if (real === undefined) return refused(path, `${path} was not read: it leads out of the workspace. Copy it in if it belongs to the project.`);
      if (isLock(real)) return await this.lockText(path);
      if ((isEnvFile(real) || isEnvFile(path)) && await this.isPrivate(real)) {
        return refused(path, `${path} was not read: git ignores it, so what is in it is private.`);
      }
      return await this.readText(path);
    } catch (error) {
      return { notice: failed(path, codeOf(error)) };
    }
  }

  async tracked(): Promise<ReadonlySet<string> | undefined> {
    return (await this.trackedIn(await repositoryOf(this.opening.files, this.opening.root))).paths;
  }

  async revision(): Promise<Revision | undefined> {
    const { files, root } = this.opening;
    const repository = await repositoryOf(files, root);
    if (!repository) return undefined;
    const [commit, branch] = await Promise.all([headCommit(files, repository), headBranch(files, repository)]);
    const dirty = await this.opening.dirty?.(repository, commit);
    return { ...(commit !== undefined && { commit }), ...(branch !== undefined && { branch }), ...(dirty !== undefined && { dirty }) };
  }

  private async trackedIn(repository: Repository | undefined): Promise<Tracked> {
    if (this.opening.tracked) return { paths: this.opening.tracked };
    if (!repository) return {};
    this.reading ??= trackedPaths(this.opening.files, repository).finally(() => { this.reading = undefined; });
    return this.reading;
  }

  /** The path with links followed, relative to the workspace; undefined when that is outside of it. */
  private async realPath(path: string): Promise<string | undefined> {
    const { files, root } = this.opening;
    if (path === '' || /^[/\\]|^[A-Za-z]:/.test(path) || path.split(/[/\\]/).includes('..')) return undefined;
    const [top, real] = await Promise.all([this.top ?? files.realpath(root), files.realpath(`${root}/${path}`)]);
    this.top = top;
    return real.startsWith(`${top}/`) ? real.slice(top.length + 1) : undefined;
  }

  /** An `.env` that git ignores and does not track. */
  private async isPrivate(path: string): Promise<boolean> {
    const { files, root } = this.opening;
    const repository = await repositoryOf(files, root);
    const { paths } = await this.trackedIn(repository);
    return !paths?.has(path) && isIgnored(files, root, repository, path);
  }

  /** That a lock file is there counts, even where it is too large or no text. */
  private async lockText(path: string): Promise<Reading> {
    const reading = await this.readText(path);
    return 'notice' in reading ? { text: '' } : { text: reading.text };
  }

  private async readText(path: string): Promise<Reading> {
    const { files, root, limits } = this.opening;
    const file = `${root}/${path}`;
    try {
      const reading = decoded(path, await files.read(file, limits.bytes));
      if ('notice' in reading || !isBuilt(path, reading.text)) return reading;
      return { notice: { code: 'not-parsed', path, message: `${path} was not looked at: it is built or minified. What it was built from is.`, incomplete: false } };
    } catch (error) {
      if (codeOf(error) !== 'TOO_LARGE') throw error;
      return { notice: tooLarge(path, (await maybe(files.stat(file)))?.size ?? limits.bytes, limits.bytes) };
    }
  }
}

/** A large program keeps the card from being complete, a large text or table does not. */
function tooLarge(path: string, size: number, limit: number): Notice {
  const message = `${path} was not read: it has ${megabytes(size)}, and files of more than ${megabytes(limit)} are not looked at. Split it, or exclude it in shipworthy.json.`;
  const data: readonly unknown[] = ['plain', 'markdown', 'template', undefined];
  return { code: 'too-large', path, message, incomplete: roleOf(path) === 'production' && !data.includes(kindOf(path)) };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toLocaleString('en', { maximumFractionDigits: bytes < 10_000_000 ? 1 : 0 })} MB`;
}

function refused(path: string, message: string): Reading {
  return { notice: { code: 'unreadable', path, message, incomplete: false } };
}

function failed(path: string, code: string): Notice {
  if (code === 'ENOENT' || code === 'ENOTDIR') return { code: 'vanished', path, message: `${path} is not there any more.`, incomplete: false };
  if (code === 'ELOOP') return { code: 'link-loop', path, message: `${path} was not read: it is a symbolic link that leads back to itself.`, incomplete: false };
  if (code === 'NOT_A_FILE' || code === 'EISDIR') return { code: 'unreadable', path, message: `${path} was not read: it is no regular file.`, incomplete: false };
  const remedy = code === 'EACCES' || code === 'EPERM' ? 'Give the account that runs this the right to read it, or exclude it in shipworthy.json.' : 'Look whether its disk is in order.';
  return { code: 'unreadable', path, message: `${path} could not be read (${code === '' ? 'unknown error' : code}). ${remedy}`, incomplete: true };
}
