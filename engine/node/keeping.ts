/** Answers of the last run over a folder, in a folder that is not part of it: `check --cache FOLDER`, and the storage that an editor gives. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Keeping } from '../audit/kept';
import { sha256 } from '../records/digest';

/**
 * One file for each folder that is checked, replaced by every run. It is there whole or not at all unless the power goes, and then the
 * digest in it tells.
 * @param folder absolute; made when something is to be kept
 * @param checked the absolute folder that is checked
 * @param edition of the product
 * @param partly see `Keeping`
 */
export function keepingIn(folder: string, checked: string, edition: string, partly = false): Keeping {
  const file = path.join(folder, `${sha256(checked).slice(0, 16)}.shipworthy-cache`);
  return {
    edition, partly,
    load: () => readFile(file, 'utf8').catch(() => undefined),
    save: async (text) => {
      const draft = path.join(folder, `.${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
      try {
        await make(folder);
        await writeFile(draft, text, { flag: 'wx' });
        await rename(draft, file);
        return undefined;
      } catch (error) {
        await rm(draft, { force: true }).catch(() => undefined);
        return `What was found could not be kept in ${folder}: ${error instanceof Error ? error.message : String(error)}. The next run begins from nothing.`;
      }
    },
  };
}

/** Git is told by the folder itself that nothing in it is to be committed, as other caches do. */
async function make(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true });
  if (made !== undefined) await writeFile(path.join(folder, '.gitignore'), '*\n');
}

/**
 * Which build of the product this is: the version, and the program itself, since a build of the same version may have other rules.
 * Rejects when the program cannot be read.
 * @param program path of the bundle that runs
 */
export async function editionOf(version: string, program: string): Promise<string> {
  return `${version} ${createHash('sha256').update(await readFile(program)).digest('hex')}`;
}
