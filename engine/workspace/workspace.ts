/** The interface to files: all that the engine knows of a disk, a remote folder or an editor's memory. */
import type { Notice } from '../audit/outcome';
import type { IgnoreRules } from './ignore-rules';

export interface Entry {
  /** Workspace-relative, with `/`. */
  readonly path: string;
  /** In bytes; 0 for files that nobody reads. */
  readonly size: number;
  /** Changes when the content may have changed: modification time and size on a disk. Empty for files that nobody reads. */
  readonly stamp: string;
  /** Set when the path leads through a symbolic link: the entry it is, under its own path. */
  readonly real?: string;
}

export interface Listing {
  /**
   * Files worth reading or knowing of: not in vendored folders, and not ignored unless git tracks them. Of a virtual
   * environment, only its `pyvenv.cfg`. Sorted by path.
   */
  readonly entries: readonly Entry[];
  /** Files such as `.env` that exist, are ignored and not tracked: that they are there counts, they are never read. */
  readonly ignoredEnvFiles: readonly string[];
  /** What git ignores by rules that stand outside of the workspace's own files: `.git/info/exclude`, and folders of the repository above it. */
  readonly around: Around;
  readonly notices: readonly Notice[];
}

/** Rules for paths of a repository, and what stands before a path of the workspace in it. */
export interface Around { readonly rules: IgnoreRules; readonly prefix: string }

/** `remark` says what was odd about a text that could be read all the same. */
export type Reading = { readonly text: string; readonly remark?: Notice } | { readonly notice: Notice };

/** The state of a repository's working tree. */
export interface Revision {
  /** In hexadecimal digits; missing before the first commit. */
  readonly commit?: string;
  /** Missing when no branch is checked out. */
  readonly branch?: string;
  /** Whether tracked files differ from the commit; missing when that could not be told. */
  readonly dirty?: boolean;
}

export interface Workspace {
  /** Name to show, such as the folder's. */
  readonly name: string;
  /** Absolute folder or URI, for messages only. */
  readonly root: string;
  /** Rejects with the signal's reason when it is aborted, and for nothing else. */
  list(signal?: AbortSignal): Promise<Listing>;
  /**
   * Never rejects: a file that cannot be read as text gives the notice that says so. The text has no byte order mark. Lock
   * files have the empty text: what is in them is not looked at.
   */
  read(path: string): Promise<Reading>;
  /** Paths in git's index, when there is a repository; undefined otherwise. */
  tracked(): Promise<ReadonlySet<string> | undefined>;
  /** What is checked out, when there is a repository. */
  revision(): Promise<Revision | undefined>;
}
