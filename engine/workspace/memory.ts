/** A workspace of texts: for examples of rules and for tests. */
import type { Workspace } from './workspace';

export function openMemory(files: Readonly<Record<string, string>>, options: { readonly tracked?: readonly string[]; readonly name?: string } = {}): Workspace {
  const paths = Object.keys(files).sort();
  return {
    name: options.name ?? 'memory', root: 'memory:',
    list: () => Promise.resolve({ entries: paths.map((path) => ({ path, size: files[path]?.length ?? 0, stamp: files[path] ?? '' })), notices: [] }),
    read: (path) => {
      const text = files[path];
      return Promise.resolve(text === undefined ? { notice: { code: 'vanished', path, incomplete: false, message: `${path} is not there.` } } : { text });
    },
    tracked: () => Promise.resolve(options.tracked && new Set(options.tracked)),
    commit: () => Promise.resolve(undefined),
  };
}
