/** Ignore rules as they lie on a disk, from the top of the repository down to a folder. */
import type { Files } from './files';
import type { IgnoreRules } from './ignore-rules';
import { NO_RULES } from './ignore-rules';
import type { Repository } from './repository';
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

/** Whether a file of the workspace is ignored, by every `.gitignore` on its way. */
export async function isIgnored(files: Files, root: string, repository: Repository | undefined, path: string): Promise<boolean> {
  const prefix = prefixOf(repository);
  const names = path.split('/');
  let rules = await rulesAround(files, repository);
  for (let depth = 0; depth < names.length; depth += 1) {
    const folder = names.slice(0, depth).join('/');
    rules = rules.with((prefix + folder).replace(/\/$/, ''), await textOf(files, `${root}/${folder === '' ? '' : `${folder}/`}.gitignore`) ?? '');
    if (rules.ignores(prefix + names.slice(0, depth + 1).join('/'), depth < names.length - 1)) return true;
  }
  return false;
}
