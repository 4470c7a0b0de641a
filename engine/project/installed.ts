/** Folders of installed packages and of what interpreters leave behind, among paths that git holds. */
import type { InstalledFolder } from '../../rules/kit';

const PACKAGES = /^(?<above>(?:.*?\/)??)(?<name>node_modules|bower_components|__pycache__)\//;
/** `lib/python3.12/site-packages` of a virtual environment, whose own folder stands before it. */
const SITE = /^(?<folder>.+?)\/(?:lib|lib64|Lib)(?:\/python[\d.]+)?\/site-packages\//;

/** Each top folder once, with the number of files in it, largest first. */
export function installedFolders(paths: Iterable<string>): readonly InstalledFolder[] {
  const all = [...paths];
  const environments = new Set(all.flatMap((path) => path.endsWith('/pyvenv.cfg') ? [path.slice(0, -'/pyvenv.cfg'.length)] : []));
  const found = new Map<string, { kind: InstalledFolder['kind']; count: number }>();
  const add = (path: string, kind: InstalledFolder['kind']) => { const known = found.get(path) ?? { kind, count: 0 }; known.count++; found.set(path, known); };
  for (const path of all) {
    const environment = environments.size > 0 ? above(path).find((each) => environments.has(each)) : undefined;
    const site = environment ?? SITE.exec(path)?.groups?.folder;
    const { above: before = '', name } = PACKAGES.exec(path)?.groups ?? {};
    if (site !== undefined) add(site, 'environment');
    else if (name !== undefined) add(before + name, name === '__pycache__' ? 'cache' : 'packages');
  }
  return [...found].map(([path, { kind, count }]) => ({ path, kind, count })).sort((a, b) => b.count - a.count || (a.path < b.path ? -1 : 1));
}

/** Folders around a path, outermost first. */
function above(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
