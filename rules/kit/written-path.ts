/** Paths in the source: the part of a file's path that is written down, relative to wherever the program runs. */
import type { Value } from './value';

/** Relative paths a value may be, as far as they are written: `uploads` of `os.path.join(basedir, "uploads")` and `BASE_DIR / "uploads"`. Absolute ones are not among them. */
export function writtenPaths(value: Value): readonly string[] {
  switch (value.kind) {
    case 'text': return relative(value.value);
    case 'environment': return value.fallback ? writtenPaths(value.fallback) : [];
    case 'choice': return value.options.flatMap(writtenPaths);
    case 'joined': return value.how === 'join' ? tail(value.parts.slice(1)) : interpolated(value.parts);
    case 'result': return /(^|\.)(os\.path\.join|path\.join|join|safe_join|Path|PurePath|abspath|realpath|str|joinpath|normpath|as_posix)$/.test(value.callee) ? tail([...(value.of ? [value.of] : []), ...value.args]) : [];
    default: return [];
  }
}

/** Paths of the database files that SQLite URLs in a value name; databases in memory and absolute paths are none of the repository's. */
export function sqlitePaths(value: Value): readonly string[] {
  switch (value.kind) {
    case 'text': {
      const path = /^sqlite(?:\+\w+)?:\/\/\/(?!\/)([^?]*)/.exec(value.value)?.[1];
      return path === undefined || path === '' || path.startsWith(':memory:') ? [] : relative(path);
    }
    case 'environment': return value.fallback ? sqlitePaths(value.fallback) : [];
    case 'choice': return value.options.flatMap(sqlitePaths);
    case 'joined': {
      const [first, ...rest] = value.parts;
      if (first?.kind !== 'text' || !/^sqlite(\+\w+)?:\/\/\//.test(first.value)) return [];
      const last = rest.at(-1);
      return last === undefined ? [] : last.kind === 'text' ? relative(last.value.replace(/^\//, '').replace(/\?.*$/, '')) : writtenPaths(last);
    }
    case 'result': return value.of ? sqlitePaths(value.of) : value.args.flatMap(sqlitePaths);
    default: return [];
  }
}

/** What is written at the end of a joined path: all parts, or those after the last that is not known. */
function tail(parts: readonly Value[]): readonly string[] {
  let path = '';
  for (const part of [...parts].reverse()) {
    const known = part.kind === 'text' ? part.value : part.kind === 'result' || part.kind === 'joined' ? writtenPaths(part)[0] : undefined;
    if (known === undefined) break;
    path = path === '' ? known : `${known.replace(/\/$/, '')}/${path}`;
  }
  return relative(path);
}

function interpolated(parts: readonly Value[]): readonly string[] {
  const last = parts.at(-1);
  return last?.kind === 'text' && last.value.startsWith('/') && parts.length > 1 ? relative(last.value.slice(1)) : [];
}

function relative(path: string): readonly string[] {
  if (path === '' || /^[/~]|^[A-Za-z]:|[{}<>*$\n]/.test(path)) return [];
  const plain = path.split('/').filter((part) => part !== '.' && part !== '..' && part !== '').join('/');
  return plain === '' ? [] : [plain];
}
