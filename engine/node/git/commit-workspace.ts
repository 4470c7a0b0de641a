import { LIMITS, openFiles } from '../../workspace/open';
import type { Workspace } from '../../workspace/workspace';
import type { CommitFiles } from './history';

/** A workspace of the files that a commit has, under the name of the folder they would be checked out to. All of them are tracked. */
export function commitWorkspace(name: string, { files, root, ids }: CommitFiles): Workspace {
  return openFiles({ files, name, root, shown: name, exclude: [], limits: LIMITS, tracked: new Set(ids.keys()) });
}
