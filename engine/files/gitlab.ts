/** Jobs of a GitLab pipeline, with `default`, `extends` and the templates of the same file merged in. */
import type { Leaf, PipelineJob } from '../../rules/kit';
import { scriptOf } from './scripts';
import type { Member, Tree } from './tree';
import { get, items, leaves, member, members, nested, scalar, scalars } from './tree';

interface Jobs { readonly jobs: readonly PipelineJob[]; readonly stages: readonly string[]; readonly outside: boolean }

/** Keys of the whole file that name no job. */
const GLOBAL: ReadonlySet<string> = new Set([
  'default', 'include', 'stages', 'variables', 'workflow', 'spec', 'image', 'services', 'cache', 'before_script', 'after_script', 'types',
]);
const SCRIPTS = ['before_script', 'script', 'after_script'] as const;
const USUAL_STAGES = ['.pre', 'build', 'test', 'deploy', '.post'];

/** The jobs of all documents of one file; `pages` and the like are jobs as well. A file without jobs gives none. */
export function gitlabJobs(roots: readonly Tree[], text: string): Jobs {
  const root = roots.at(-1);
  const named = scalars(get(root, 'stages')).map((one) => one.text);
  const jobs = members(root).filter((one) => !GLOBAL.has(one.name) && !one.name.startsWith('.') && isJob(one.value));
  const shared = new Map(SCRIPTS.map((key) => [key, get(root, 'default', key) ?? get(root, key)]));
  return {
    jobs: jobs.map((one) => job(one, root, shared, text)),
    stages: named.length > 0 ? ['.pre', ...named, '.post'] : USUAL_STAGES,
    outside: items(get(root, 'include')).some(isOutside) || included(get(root, 'include')),
  };
}

function isJob(tree: Tree): boolean {
  return ['script', 'extends', 'trigger', 'run'].some((key) => member(tree, key) !== undefined);
}

/** A template, a component, another project's file or one of the web; files of this repository are read by themselves. */
function isOutside(tree: Tree): boolean {
  return tree.kind === 'map' ? member(tree, 'local') === undefined : tree.kind === 'scalar' && /^https?:/.test(tree.text);
}

function included(tree: Tree | undefined): boolean {
  return tree?.kind === 'map' && isOutside(tree);
}

/** @param shared what the file gives to jobs that do not say themselves */
function job(one: Member, root: Tree | undefined, shared: ReadonlyMap<string, Tree | undefined>, text: string): PipelineJob {
  const parts = [one.value, ...bases(one.value, root)];
  const of = (key: string) => parts.map((part) => get(part, key)).find((value) => value !== undefined);
  const stage = of('stage');
  return {
    id: one.name, at: one.at, idAt: one.nameAt, stage: stage?.kind === 'scalar' ? stage.text : 'test',
    needs: items(of('needs')).flatMap((need) => (need.kind === 'scalar' ? [need.text] : [scalar(need, 'job')?.text ?? ''])).filter((name) => name !== ''),
    scripts: SCRIPTS.flatMap((key) => nested(of(key) ?? shared.get(key)).map((script) => scriptOf(script, text))),
    entries: merged(parts),
  };
}

/** What a job extends, the nearest first: of several the last one wins. Each counts once, where it comes first. */
function bases(tree: Tree, root: Tree | undefined, seen = new Set<string>()): readonly Tree[] {
  return [...scalars(get(tree, 'extends'))].reverse().flatMap((name) => {
    const base = seen.has(name.text) ? undefined : get(root, name.text);
    seen.add(name.text);
    return base ? [base, ...bases(base, root, seen)] : [];
  });
}

/** Leaves of all parts; the first part to name a key decides on it. */
function merged(parts: readonly Tree[]): readonly Leaf[] {
  const seen = new Set<string>();
  return parts.flatMap((part) => members(part).flatMap((one): readonly Leaf[] => {
    if (seen.has(one.name) || (SCRIPTS as readonly string[]).includes(one.name)) return [];
    seen.add(one.name);
    const found = leaves(one.value).map((leaf) => ({ ...leaf, key: leaf.key === '' ? one.name : `${one.name}.${leaf.key}`, ...(leaf.key === '' && { at: one.at }) }));
    return found.length > 0 ? found : [{ key: one.name, value: '', at: one.at, valueAt: one.value.at }];
  }));
}
