/** The interface to files: all that the engine knows of a disk, a remote folder or an editor's memory. */
import type { Notice } from '../audit/outcome';

export interface Entry {
  /** Workspace-relative, with `/`. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Changes when the content may have changed: modification time and size on a disk. */
  readonly stamp: string;
}

export interface Listing {
  /** Files worth reading or knowing of: not ignored, not in vendored folders. Sorted by path. */
  readonly entries: readonly Entry[];
  readonly notices: readonly Notice[];
}

export type Reading = { readonly text: string } | { readonly notice: Notice };

export interface Workspace {
  /** Name to show, such as the folder's. */
  readonly name: string;
  /** Absolute folder or URI, for messages only. */
  readonly root: string;
  list(signal?: AbortSignal): Promise<Listing>;
  /** Never rejects: a file that cannot be read as text gives the notice that says so. */
  read(path: string): Promise<Reading>;
  /** Paths in git's index, when there is a repository; undefined otherwise. */
  tracked(): Promise<ReadonlySet<string> | undefined>;
  /** Commit that is checked out, when there is a repository. */
  commit(): Promise<string | undefined>;
}
