/** Ignore rules as they lie on a disk, from the top of the repository down to a folder. */
import type { Files } from './files';
import type { IgnoreRules } from './ignore-rules';
import { NO_RULES } from './ignore-rules';
import type { Repository } from './repository';
import type { Around } from './workspace';
import { textOf } from './repository';

/**
 * The rules above a workspace: those of the folders of the repository around it, and of `.git/info/exclude`. None when the
 * repository ignores the workspace altogether, which is a project of its own then.
 */
export async function rulesAround(files: Files, repository: Repository | undefined): Promise<IgnoreRules> {
  if (!repository) return NO_RULES;
  let rules = NO_RULES.with('', await textOf(files, `${repository.common}/info/exclude`) ?? '');
  const names = repository.prefix.split('/').filter((name) => name !== '');
  for (let depth = 0; depth < names.length; depth += 1) {
    const folder = names.slice(0, depth).join('/');
    rules = rules.with(folder, await textOf(files, `${repository.top}/${folder === '' ? '' : `${folder}/`}.gitignore`) ?? '');
    if (rules.ignores(names.slice(0, depth + 1).join('/'), true)) return NO_RULES;
  }
  return rules;
}

/** Rules are written for the repository: what stands before paths of the workspace in it. */
export function prefixOf(repository: Repository | undefined): string {
  return repository?.prefix ? `${repository.prefix}/` : '';
}

/**
 * Whether git ignores a path of the workspace, by texts that are at hand: for asking about many paths, those of no file too.
 * @param texts `.gitignore` files by their folder, empty for the root
 */
export function ignoreTest({ rules: outer, prefix }: Around, texts: ReadonlyMap<string, string>): (path: string) => boolean {
  return (path) => {
    const names = path.split('/');
    // What files name may lie anywhere: outside of the workspace, or at no place at all.
    if (names.some((name) => name === '' || name === '.' || name === '..')) return false;
    let rules = outer;
    for (let depth = 0; depth < names.length; depth += 1) {
      const folder = names.slice(0, depth).join('/');
      const text = texts.get(folder);
      if (text !== undefined) rules = rules.with((prefix + folder).replace(/\/$/, ''), text);
      if (rules.ignores(prefix + names.slice(0, depth + 1).join('/'), depth < names.length - 1)) return true;
    }
    return false;
  };
}

/** Whether a file of the workspace is ignored, by every `.gitignore` on its way, read from the disk. */
export async function isIgnored(files: Files, root: string, repository: Repository | undefined, path: string): Promise<boolean> {
  const texts = new Map<string, string>();
  const names = path.split('/');
  for (let depth = 0; depth < names.length; depth += 1) {
    const folder = names.slice(0, depth).join('/');
    texts.set(folder, await textOf(files, `${root}/${folder === '' ? '' : `${folder}/`}.gitignore`) ?? '');
  }
  return ignoreTest({ rules: await rulesAround(files, repository), prefix: prefixOf(repository) }, texts)(path);
}
