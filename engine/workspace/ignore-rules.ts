/** What git ignores: `.gitignore` of every folder on the way, and `.git/info/exclude`, the nearest one deciding. */
import ignore from 'ignore';
import type { Ignore } from 'ignore';

/** Patterns of one file, for what lies below its folder. */
interface Level { readonly folder: string; readonly patterns: Ignore }

/** Rules that hold in a folder. Paths are relative to the top of the repository, or to the workspace where there is none. */
export interface IgnoreRules {
  /** Whether a path is ignored, given that none of its folders is. */
  ignores(path: string, folder: boolean): boolean;
  /** The rules with those of a `.gitignore` in `folder` (empty for the top) added. */
  with(folder: string, text: string): IgnoreRules;
}

export const NO_RULES: IgnoreRules = rules([]);

function rules(levels: readonly Level[]): IgnoreRules {
  return {
    ignores(path, folder) {
      for (const level of levels) {
        const said = verdict(level, folder ? `${path}/` : path);
        if (said !== undefined) return said;
      }
      return false;
    },
    with(folder, text) {
      return rules([{ folder: folder === '' ? '' : `${folder}/`, patterns: ignore({ ignorecase: foldsCase }).add(patternsOf(text)) }, ...levels]);
    },
  };
}

/** Longer than any path may be: such a line matches nothing, and no regular expression can be made of it. */
const LONGEST = 4_096;

function patternsOf(text: string): string {
  return text.length <= LONGEST ? text : text.split(/\r?\n/).filter((line) => line.length <= LONGEST).join('\n');
}

/** As git's `core.ignorecase` is set on the systems that have such disks. */
const foldsCase = typeof process !== 'undefined' && (process.platform === 'win32' || process.platform === 'darwin');

/** What one level says: ignored, taken back, or nothing. */
function verdict(level: Level, path: string): boolean | undefined {
  const below = path.slice(level.folder.length);
  if (!path.startsWith(level.folder) || below === '') return undefined;
  const { ignored, unignored } = level.patterns.test(below);
  if (!ignored) return unignored ? false : undefined;
  // A folder it ignores may have been taken back nearer by: then it has said nothing of what is inside.
  const parent = below.replace(/\/$/, '').replace(/[^/]+$/, '');
  return parent !== '' && level.patterns.test(parent).ignored ? undefined : true;
}
