/** A workspace of texts: for examples of rules and for tests. It lists and reads as a disk does. */
import type { FileKind, Files, Named } from './files';
import { fault } from './files';
import { LIMITS, openFiles } from './open';
import type { Workspace } from './workspace';

interface MemoryOptions {
  /** Paths that git tracks; without them, there is no repository. */
  readonly tracked?: Iterable<string>;
  readonly name?: string;
}

/** @param texts by path, relative to the workspace, with `/`; changed texts are seen by the next listing */
export function openMemory(texts: Readonly<Record<string, string>>, { tracked, name = 'memory' }: MemoryOptions = {}): Workspace {
  return openFiles({
    files: memoryFiles(texts), name, root: '/memory', shown: 'memory:', exclude: [], limits: LIMITS, ...(tracked && { tracked: new Set(tracked) }),
  });
}

function memoryFiles(texts: Readonly<Record<string, string>>): Files {
  const below = (path: string) => path.replace(/^\/memory\/?/, '');
  const kindOf = (path: string): FileKind => {
    if (Object.hasOwn(texts, below(path))) return 'file';
    const folder = below(path) === '' ? '' : `${below(path)}/`;
    if (below(path) === '' || Object.keys(texts).some((one) => one.startsWith(folder))) return 'folder';
    throw fault('ENOENT', path);
  };
  const bytesOf = (path: string) => new TextEncoder().encode(texts[below(path)] ?? '');
  return {
    async names(path) {
      if (kindOf(path) !== 'folder') throw fault('ENOTDIR', path);
      const folder = below(path) === '' ? '' : `${below(path)}/`;
      const found = new Map<string, Named>();
      for (const one of Object.keys(texts)) {
        const [name = '', ...rest] = one.startsWith(folder) ? one.slice(folder.length).split('/') : [];
        if (name !== '') found.set(name, { name, kind: rest.length > 0 ? 'folder' : 'file' });
      }
      return [...found.values()];
    },
    async stat(path) {
      const kind = kindOf(path);
      return { kind, size: bytesOf(path).length, mtime: kind === 'file' ? sum(texts[below(path)] ?? '') : 0 };
    },
    async realpath(path) {
      kindOf(path);
      return path;
    },
    async read(path, limit) {
      if (kindOf(path) !== 'file') throw fault('NOT_A_FILE', path);
      const bytes = bytesOf(path);
      if (bytes.length > limit) throw fault('TOO_LARGE', path);
      return bytes;
    },
  };
}

/** Stands for a modification time: another text, another number (FNV-1a). */
function sum(text: string): number {
  let hash = 0x811C9DC5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return hash;
}
