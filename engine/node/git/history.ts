/** Earlier states of a repository: commits by the names people give them, and their files. Nothing is started and nothing written. */
import { resolve } from 'node:path';
import { diskFiles, posix } from '../../workspace/disk-files';
import type { Files } from '../../workspace/files';
import type { Repository } from '../../workspace/repository';
import { hashLength, headCommit, isRefName, refTarget, repositoryOf, textOf } from '../../workspace/repository';
import { commitOf, mergeBase } from './commits';
import type { Commit } from './commits';
import { commitFiles } from './commit-files';
import { GitFault } from './fault';
import type { Objects } from './objects';
import { openObjects } from './objects';
import { tracing } from './origin';
import type { Origin } from './origin';

/** The files of one commit below the folder that was asked for. */
export interface CommitFiles {
  readonly files: Files;
  /** Of the virtual folder they are in. */
  readonly root: string;
  /** Names of the objects of files and links, by their paths. */
  readonly ids: ReadonlyMap<string, string>;
}

export interface History {
  /** The commit that HEAD stands on; undefined before the first. */
  head(): Promise<string | undefined>;
  /**
   * The commit that a branch, a tag, `HEAD~2` or the beginning of a commit's name means.
   * @throws GitFault when there is none, or several
   */
  commit(name: string): Promise<string>;
  /** Where HEAD and another commit part. @throws GitFault when they have nothing in common, or not in this clone */
  meeting(commit: string): Promise<string>;
  /** The files of a commit. @throws GitFault when they are not in this clone */
  files(commit: string): Promise<CommitFiles>;
  /**
   * Tells of a file of the folder which commit brought what its text is asked for, and who wrote that. Undefined before the first commit.
   * @throws GitFault, as the function does, when objects are missing or damaged
   */
  origins(path: string): Promise<((holds: (text: string) => boolean) => Promise<Origin>) | undefined>;
  close(): Promise<void>;
}

/** The history of the repository that an absolute folder lies in; undefined when it lies in none. */
export async function openHistory(folder: string): Promise<History | undefined> {
  const files = diskFiles;
  const repository = await repositoryOf(files, posix(resolve(folder)).replace(/\/$/, ''));
  if (!repository) return undefined;
  const length = await hashLength(files, repository);
  return new OpenHistory(files, repository, openObjects(repository.common, length), length);
}

/** Where git looks for a name, in its order. */
const PLACES = ['', 'refs/', 'refs/tags/', 'refs/heads/', 'refs/remotes/'] as const;
/** Digits of a commit's name that git takes for one, at least. */
const FEWEST = 4;

class OpenHistory implements History {
  constructor(private readonly disk: Files, private readonly repository: Repository, private readonly objects: Objects, private readonly length: 20 | 32) {}

  head(): Promise<string | undefined> {
    return headCommit(this.disk, this.repository);
  }

  async commit(name: string): Promise<string> {
    const [, start = '', steps = ''] = /^(.*?)((?:[~^]\d*)*)$/s.exec(name) ?? [];
    const found = await this.named(start === '@' ? 'HEAD' : start);
    if (found === undefined) throw await this.unknown(name);
    let commit = await this.present(found, name);
    for (const [, way, number] of steps.matchAll(/([~^])(\d*)/g)) commit = await this.before(commit, way === '~', number === '' ? 1 : Number(number), name);
    return commit.id;
  }

  async meeting(commit: string): Promise<string> {
    const head = await this.head();
    if (head === undefined) throw new GitFault('Nothing has been committed to this repository yet, so there is nothing to compare with.');
    const found = await mergeBase(this.objects, head, commit, await this.shallow());
    if (found === undefined) throw new GitFault(`HEAD and ${commit.slice(0, 10)} have no commit in common.`);
    return found;
  }

  async files(commit: string): Promise<CommitFiles> {
    const { tree } = await this.present(commit, commit);
    return commitFiles(this.objects, tree, { prefix: this.repository.prefix, hashLength: this.length, commit });
  }

  async origins(path: string): ReturnType<History['origins']> {
    const head = await this.head();
    if (head === undefined) return undefined;
    const prefix = this.repository.prefix.replace(/\/$/, '');
    const trace = tracing({ objects: this.objects, hashLength: this.length, shallow: await this.shallow(), path: prefix === '' ? path : `${prefix}/${path}` });
    return (holds) => trace(head, holds);
  }

  close(): Promise<void> {
    return this.objects.close();
  }

  private async shallow(): Promise<ReadonlySet<string>> {
    return new Set((await textOf(this.disk, `${this.repository.common}/shallow`) ?? '').split(/\s+/));
  }

  private async named(name: string): Promise<string | undefined> {
    if (isRefName(name)) {
      for (const place of [...PLACES.map((before) => before + name), `refs/remotes/${name}/HEAD`]) {
        const found = await refTarget(this.disk, this.repository, place);
        if (found !== undefined) return found;
      }
    }
    const digits = name.toLowerCase();
    if (!/^[0-9a-f]+$/.test(digits) || digits.length < FEWEST || digits.length > this.length * 2) return undefined;
    if (digits.length === this.length * 2) return digits;
    const ids = await this.objects.beginning(digits);
    if (ids.length > 1) throw new GitFault(`${name} is the beginning of several objects of this repository. Give more of its digits.`);
    return ids[0];
  }

  private async present(id: string, name: string): Promise<Commit> {
    const commit = await commitOf(this.objects, id);
    if (!commit) throw new GitFault(`The commit ${name} is not in this clone. ${await this.remedy()}`);
    return commit;
  }

  private async before(commit: Commit, first: boolean, number: number, name: string): Promise<Commit> {
    let at = commit;
    for (let left = first ? number : Math.min(number, 1); left > 0; left -= 1) {
      const parent = at.parents[first ? 0 : number - 1];
      if (parent === undefined) throw new GitFault(`There is no commit ${name}: the history does not go back as far.`);
      at = await this.present(parent, name);
    }
    return at;
  }

  private async unknown(name: string): Promise<GitFault> {
    const remote = isRefName(name) ? await refTarget(this.disk, this.repository, `refs/remotes/origin/${name}`) : undefined;
    if (remote !== undefined) return new GitFault(`There is no branch, tag or commit ${JSON.stringify(name)} in this clone. Did you mean origin/${name}?`);
    return new GitFault(`There is no branch, tag or commit ${JSON.stringify(name)} in this clone. ${await this.remedy()}`);
  }

  private async remedy(): Promise<string> {
    const shallow = await textOf(this.disk, `${this.repository.common}/shallow`) !== undefined;
    return shallow ? 'It is shallow: fetch the whole history with "git fetch --unshallow", or `fetch-depth: 0` of actions/checkout.' : 'Fetch it with "git fetch" if it is elsewhere.';
  }
}
