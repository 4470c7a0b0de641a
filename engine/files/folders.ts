/** Paths as files name each other: relative, with `/`, seen from the folder of the one that names. */

/** Folder of a path; empty for the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

/**
 * A path written in a file of `folder`, as a path of the workspace: `../x` and `./x` resolved, empty for the root. What
 * leads out of the workspace keeps its `..`; URLs, absolute paths and paths with variables stay as written.
 */
export function resolved(folder: string, written: string): string {
  if (/^[a-z][\w+.-]*:|^\/|^~|\$|^git@/i.test(written)) return written;
  const parts: string[] = [];
  for (const name of `${folder}/${written.replaceAll('\\', '/')}`.split('/')) {
    if (name === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (name !== '' && name !== '.') parts.push(name);
  }
  return parts.join('/');
}
