/**
 * Several applications in one repository. Each is a project of its own, since a control that one has protects no other: its own folder, and
 * what stands outside of all of them (compose files, workflows, documents, shared code), which those nearest to it see.
 */
import type { Module, Unit } from '../../rules/kit';
import { push } from '../lists';
import { isApplicationConstructor } from './applications';

/** One application's share of a workspace. `root` is empty when it is the whole. */
export interface Part { readonly root: string; readonly units: readonly Unit[]; readonly paths: readonly string[] }

/** A folder with one of these is built, installed or started by itself. */
const MARK = /^(requirements[^/]*\.txt|pyproject\.toml|pipfile|setup\.(py|cfg)|dockerfile[^/]*|[^/]*\.dockerfile|procfile|manage\.py|fly\.toml|render\.ya?ml|app\.ya?ml)$/i;
/** Files of the repository's root that speak of all applications in it; a Dockerfile there is that of the application there. */
const SHARED: ReadonlySet<Unit['kind']> = new Set(['compose', 'workflow', 'pipeline', 'ignore', 'markdown', 'nginx', 'kubernetes']);

/**
 * The folders of the applications, the workspace's own as the empty text; one entry, or none, when the workspace is one project.
 * @param units everything read, of all folders
 * @param paths everything listed
 */
export function applicationRoots(units: readonly Unit[], paths: readonly string[]): readonly string[] {
  const entries = units.filter((unit): unit is Module => unit.kind === 'module' && unit.role === 'production' && isEntry(unit));
  if (entries.length < 2) return [];
  const marked = new Set(paths.filter((path) => MARK.test(nameOf(path))).map(folderOf));
  const homes = new Set(entries.map((entry) => above(folderOf(entry.path)).find((folder) => marked.has(folder)) ?? ''));
  if (homes.size > 1) return [...homes].sort();
  return homes.has('') ? twins(entries, units) : [];
}

/**
 * Variants of one program side by side, such as `before/` and `after/`: folders below a common parent, no packages, whose modules have the
 * same names. As one project every name in them would be two things.
 */
function twins(entries: readonly Module[], units: readonly Unit[]): readonly string[] {
  const folders = [...new Set(entries.map((entry) => folderOf(entry.path)))].sort();
  const inside = (folder: string) => new Set(units.filter((unit) => unit.kind === 'module' && folderOf(unit.path) === folder).map((unit) => nameOf(unit.path)));
  const names = folders.map(inside);
  const [first] = names;
  const alike = folders.length > 1 && first !== undefined && folders.every((folder) => folder !== '' && folderOf(folder) === folderOf(folders[0] ?? ''))
    && names.every((each) => !each.has('__init__.py') && [...each].filter((name) => first.has(name)).length >= Math.max(2, Math.ceil(first.size / 2)));
  return alike ? folders : [];
}

/** A folder with one of these is a package that others may install. */
const PACKAGE = /^(pyproject\.toml|setup\.(py|cfg)|package\.json)$/i;

/**
 * Folders of packages beside the applications of a workspace: nothing in them is deployed by itself. None where there are no several applications.
 * @param roots as `applicationRoots` gives them
 */
export function libraryRoots(roots: readonly string[], units: readonly Unit[], paths: readonly string[]): readonly string[] {
  if (roots.length < 2) return [];
  const inside = (folder: string, path: string) => path.startsWith(`${folder}/`);
  const code = units.filter((unit) => unit.kind === 'module' && unit.role === 'production').map((unit) => unit.path);
  const folders = [...new Set(paths.filter((path) => PACKAGE.test(nameOf(path))).map(folderOf))].filter((folder) => folder !== '' && code.some((path) => inside(folder, path)));
  return folders.filter((folder) => !roots.some((root) => root !== '' && (root === folder || inside(folder, root) || inside(root, folder)))
    && !folders.some((other) => inside(other, folder))).sort();
}

/** @param roots as `applicationRoots` gives them; fewer than two leave the workspace whole */
export function partition(roots: readonly string[], units: readonly Unit[], paths: readonly string[]): readonly Part[] {
  if (roots.length < 2) return [{ root: '', units, paths }];
  const parts = new Map(roots.map((root) => [root, { root, units: new Array<Unit>(), paths: new Array<string>() }]));
  const owners = ownersOf(roots);
  for (const unit of units) for (const root of owners(unit.path, SHARED.has(unit.kind))) parts.get(root)?.units.push(unit);
  for (const path of paths) for (const root of owners(path, true)) parts.get(root)?.paths.push(path);
  return [...parts.values()];
}

/**
 * The applications that a file belongs to: the one it stands in, or else those nearest to it, which are all that stand in the innermost
 * folder around it that has any. What stands beside `shop/backend`, such as `shop/frontend` and `shop/compose.yml`, is the shop's, and no other's.
 * An application of the root has all that is in no other; of this, the others nearest to it see what is shared.
 */
function ownersOf(roots: readonly string[]): (path: string, shared: boolean) => readonly string[] {
  const whole = roots.includes('');
  const apart = new Set(roots.filter((root) => root !== ''));
  const below = new Map<string, string[]>();
  for (const root of apart) for (const folder of above(root).slice(1)) push(below, folder, root);
  const known = new Map<string, { readonly inside: boolean; readonly nearest: readonly string[] }>();
  const find = (folder: string): { readonly inside: boolean; readonly nearest: readonly string[] } => {
    if (apart.has(folder)) return { inside: true, nearest: [folder] };
    const beside = below.get(folder);
    return beside ? { inside: false, nearest: beside } : ownersAt(folderOf(folder));
  };
  const ownersAt = (folder: string) => {
    const found = known.get(folder) ?? find(folder);
    known.set(folder, found);
    return found;
  };
  return (path, shared) => {
    const { inside, nearest } = ownersAt(folderOf(path));
    return inside || !whole ? nearest : shared ? ['', ...nearest] : [''];
  };
}

/** Django's `manage.py`; what others call so manages all sorts of things. */
function isEntry(module: Module): boolean {
  return (nameOf(module.path) === 'manage.py' && module.imports.some((each) => /^django(\.|$)/.test(each.target))) || module.calls.some((call) => isApplicationConstructor(call.callee));
}

/** A folder and all above it, the innermost first, the root as the empty text last. */
function above(folder: string): readonly string[] {
  return folder === '' ? [''] : [folder, ...above(folderOf(folder))];
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
