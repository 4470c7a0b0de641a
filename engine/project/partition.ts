/**
 * Several applications in one repository. Each is a project of its own, since a control that one has protects no other: its own folder, and
 * what stands outside of all of them (compose files, workflows, documents, shared code), which every one of them sees.
 */
import type { Module, Unit } from '../../rules/kit';
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
  const home = (path: string) => roots.filter((root) => root !== '' && path.startsWith(`${root}/`)).sort((a, b) => b.length - a.length)[0] ?? '';
  const whole = roots.includes('');
  return roots.map((root) => {
    // Without an application of its own, the root's files are everybody's.
    const isShared = (unit: Unit) => home(unit.path) === '' && (!whole || SHARED.has(unit.kind));
    const own = units.filter((unit) => home(unit.path) === root || isShared(unit));
    return { root, units: own, paths: paths.filter((path) => home(path) === root || home(path) === '') };
  });
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
