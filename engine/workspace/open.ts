/** A workspace over any kind of files: what disk and memory have in common. */
import type { Notice } from '../audit/outcome';
import { isEnvFile, isLock } from '../files/kind';
import { isBuilt } from '../files/role';
import { decoded } from './decode';
import type { Files } from './files';
import { codeOf, maybe } from './files';
import { followLinks } from './links';
import type { Repository, Tracked } from './repository';
import { headCommit, repositoryOf, textOf, trackedPaths } from './repository';
import { walk } from './walk';
import type { IgnoreRules } from './ignore-rules';
import { NO_RULES } from './ignore-rules';
import type { Listing, Reading, Workspace } from './workspace';

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
  /** Absolute, with `/`; for messages, `root` of the workspace is `shown`. */
  readonly root: string;
  readonly shown: string;
  readonly exclude: readonly string[];
  readonly limits: Limits;
  /** Paths to take for tracked, instead of asking a repository. */
  readonly tracked?: ReadonlySet<string>;
}

export function openFiles(opening: Opening): Workspace {
  const { files, root, limits } = opening;
  const repository = () => repositoryOf(files, root);
  const tracked = async (of: Repository | undefined): Promise<Tracked> => (opening.tracked ? { paths: opening.tracked } : of ? trackedPaths(files, of) : {});
  return {
    name: opening.name,
    root: opening.shown,

    async list(signal): Promise<Listing> {
      signal?.throwIfAborted();
      const found = await repository();
      const { paths, notice } = await tracked(found);
      const walked = await walk({ files, root, repository: found, tracked: paths, exclude: opening.exclude, limit: limits.files, signal });
      const followed = await followLinks(files, root, walked.links, walked.entries, limits.files);
      signal?.throwIfAborted();
      return {
        entries: [...walked.entries, ...followed.entries].sort((a, b) => (a.path < b.path ? -1 : 1)),
        ignoredEnvFiles: walked.ignoredEnvFiles,
        notices: [...(notice ? [notice] : []), ...walked.notices, ...followed.notices],
      };
    },

    async read(path): Promise<Reading> {
      const place = await inside(files, root, path);
      if (typeof place !== 'string') return place;
      if (isLock(place)) return { text: '' };
      if (isEnvFile(place) || isEnvFile(path)) {
        const found = await repository();
        const { paths } = await tracked(found);
        if (!paths?.has(place) && (await rulesFor(files, root, found, place)).ignores(place, false)) return { notice: secret(path) };
      }
      return readText(files, root, path, limits.bytes);
    },

    async tracked() {
      return (await tracked(await repository())).paths;
    },

    async commit() {
      const found = await repository();
      return found && headCommit(files, found);
    },
  };
}
