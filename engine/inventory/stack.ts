/** What it is built with, and in which version: lock files before manifests, images for what runs beside it. */
import type { Manifest, Package, Project } from '../../rules/kit';
import { baseImage, idleModules, lineage } from '../../rules/kit';
import type { Spot, StackEntry } from '../audit/inventory';
import { STACK_PARTS } from '../audit/inventory';
import { fileName } from '../project/deployment';
import { packageName } from '../project/words';
import type { Known } from './known';
import { IMAGES, NODE, PYTHON } from './known';
import type { Locate } from './spot';
import { byText } from './spot';

export function stack(project: Project, locate: Locate): readonly StackEntry[] {
  const found = new Map<string, StackEntry>();
  const all = [...languages(project, locate), ...packages(project, locate, 'python', PYTHON), ...packages(project, locate, 'node', NODE), ...images(project, locate), ...frameworks(project, locate)];
  for (const entry of all) {
    const known = found.get(entry.name);
    if (!known || (!known.exact && entry.exact) || (known.version === undefined && entry.version !== undefined)) found.set(entry.name, entry);
  }
  return [...found.values()].sort((a, b) => STACK_PARTS.indexOf(a.part) - STACK_PARTS.indexOf(b.part));
}

/** A manifest names what production installs; a lock file says which version that is. */
function packages(project: Project, locate: Locate, ecosystem: Manifest['ecosystem'], known: readonly Known[]): readonly StackEntry[] {
  const manifests = project.of('manifest').filter((each) => each.ecosystem === ecosystem && each.role === 'production');
  const declared = new Map<string, { readonly unit: Manifest; readonly one: Package }>();
  for (const unit of manifests.filter((each) => !each.lock)) {
    for (const one of unit.packages) {
      const name = packageName(one.name);
      const earlier = declared.get(name);
      if (!one.dev || ecosystem === 'node') if (!earlier || (earlier.one.version === undefined && one.version !== undefined)) declared.set(name, { unit, one });
    }
  }
  const locked = lockedBy(manifests);
  return known.flatMap(({ name, part, packages: names }): readonly StackEntry[] => {
    const declaration = names.map((each) => declared.get(packageName(each))).find((each) => each !== undefined);
    const version = declaration && locked.get(packageName(declaration.one.name));
    if (declaration && version) return [{ name, part, version: version.version, exact: true, at: version.at }];
    if (!declaration) return [];
    const { unit, one } = declaration;
    const pin = /^={2,3}\s*([\w.!+-]+)$/.exec(one.version ?? '')?.[1] ?? (ecosystem === 'node' ? /^v?(\d[\w.+-]*)$/.exec(one.version ?? '')?.[1] : undefined);
    return [{ name, part, ...(one.version !== undefined && one.version !== '' && { version: pin ?? one.version }), exact: pin !== undefined, at: locate({ path: unit.path, ...one.at }) }];
  });
}

/** By plain name; what several files lock, as the first of them does. */
function lockedBy(manifests: readonly Manifest[]): ReadonlyMap<string, { readonly version: string; readonly at: Spot }> {
  const found = new Map<string, { readonly version: string; readonly at: Spot }>();
  for (const { path, locked = [] } of manifests) {
    for (const { name, version, line } of locked) {
      const plain = packageName(name);
      if (!found.has(plain)) found.set(plain, { version, at: { path, line } });
    }
  }
  return found;
}

/** Python and Node by the image they run in, a file that pins them, or the range of a manifest. */
function languages(project: Project, locate: Locate): readonly StackEntry[] {
  const entry = (name: string, version: string, exact: boolean, path: string, start: number): StackEntry => ({ name, part: 'language', version, exact, at: locate({ path, start, end: start }) });
  const languagesOf = new Map([['python', 'Python'], ['node', 'Node.js']]);
  const bases = project.production.flatMap((unit) => unit.kind === 'dockerfile' ? lineage(unit).slice(-1).map((stage) => ({ unit, image: baseImage(lineage(unit)), at: stage.imageAt.start })) : []);
  const byImage = bases.flatMap(({ unit, image, at }) => {
    const [, name = '', version] = /(?:^|\/)(python|node):v?(\d[\d.]*)/.exec(image) ?? [];
    return version === undefined ? [] : [entry(languagesOf.get(name) ?? name, version, true, unit.path, at)];
  });
  const byFile = project.of('plain').flatMap((unit) => {
    const name = fileName(unit.path);
    const version = /^(?:python-|v)?(\d[\d.]*)\s*$/m.exec(/^(\.python-version|runtime\.txt|\.nvmrc|\.node-version)$/.test(name) ? project.text(unit.path) ?? '' : '')?.[1];
    return version === undefined ? [] : [entry(/node|nvm/.test(name) ? 'Node.js' : 'Python', version, true, unit.path, 0)];
  });
  const byManifest = project.of('manifest').filter((unit) => unit.role === 'production').flatMap((unit) => [
    ...(unit.pythonVersion === undefined ? [] : [entry('Python', unit.pythonVersion, false, unit.path, 0)]), ...(unit.nodeVersion === undefined ? [] : [entry('Node.js', unit.nodeVersion, false, unit.path, 0)]),
  ]);
  return [...byImage, ...byFile, ...byManifest];
}

function images(project: Project, locate: Locate): readonly StackEntry[] {
  return project.production.flatMap((unit) => unit.kind !== 'compose' ? [] : unit.services.flatMap((service): readonly StackEntry[] => {
    const [, name = '', tag] = /(?:^|\/)([\w-]+)(?::([\w.-]+))?(?:@|$)/.exec(service.image ?? '') ?? [];
    const known = Object.hasOwn(IMAGES, name) ? IMAGES[name] : undefined;
    const version = /^v?(\d[\d.]*)/.exec(tag ?? '')?.[1];
    return known ? [{ name: known[0], part: known[1], ...(version !== undefined && { version }), exact: version !== undefined, at: locate({ path: unit.path, ...(service.imageAt ?? service.nameAt) }) }] : [];
  }));
}

const FRAMEWORKS: Readonly<Record<string, string>> = { flask: 'Flask', fastapi: 'FastAPI', starlette: 'Starlette', django: 'Django', quart: 'Quart' };

/** What is imported without being declared. */
function frameworks(project: Project, locate: Locate): readonly StackEntry[] {
  const idle = idleModules(project);
  return [...project.frameworks].sort(byText).flatMap((framework): readonly StackEntry[] => {
    const name = FRAMEWORKS[framework];
    const module = project.modules.find((each) => !idle.has(each.path) && each.imports.some((one) => one.target.startsWith(framework)));
    const at = module?.imports.find((one) => one.target.startsWith(framework))?.at;
    return name !== undefined && module && at ? [{ name, part: 'framework', exact: false, at: locate({ path: module.path, ...at }) }] : [];
  });
}
