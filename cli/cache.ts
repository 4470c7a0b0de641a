/** Answers of the last run over a folder, in a folder that the user names: `check --cache FOLDER`. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Keeping } from '../engine/audit/kept';
import { sha256 } from '../engine/records/digest';
import { line } from '../report/escape';
import { UsageError } from './exit';
import { writeWhole } from './output';

/**
 * One file for each folder that is checked, replaced by every run.
 * @param folder absolute; made when something is to be kept
 * @param checked the absolute folder that is checked
 * @param edition of the product
 */
export function cacheIn(folder: string, checked: string, edition: string): Keeping {
  const file = path.join(folder, `${sha256(checked).slice(0, 16)}.shipworthy-cache`);
  return {
    edition,
    load: () => readFile(file, 'utf8').catch(() => undefined),
    save: async (text) => {
      try {
        make(folder);
        writeWhole(file, text, 'What was found');
        return undefined;
      } catch (error) {
        const why = error instanceof UsageError ? error.message : `The folder ${line(folder)} could not be made: ${error instanceof Error ? error.message : String(error)}.`;
        return `${why} The next run begins from nothing.`;
      }
    },
  };
}

/** Git is told by the folder itself that nothing in it is to be committed, as other caches do. */
function make(folder: string): void {
  if (existsSync(folder)) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, '.gitignore'), '*\n');
}

/** The version, and the program itself: a build of the same version may have other rules. */
export function editionOf(version: string, program: string): string {
  return `${version} ${sha256(readFileSync(program, 'utf8'))}`;
}
