/** What `check` compares its cards with: the options, their checks, and the bases they mean. */
import path from 'node:path';
import { Option, type Command } from 'commander';
import { BASELINE_PATH } from '../engine/records/baseline';
import type { Against } from '../report/comparison/compare';
import { count, list } from '../report/words';
import { againstBaseline, baselineIn, readBaseline } from './baseline';
import { againstCommit, meetingWith, textAt, type Today } from './since';

export interface ComparingFlags {
  /** True for the file that is meant by default. */
  readonly baseline?: string | true;
  readonly since?: string;
  readonly baselineNoGrow?: string;
}

/** Adds the options to a command. */
export function comparing(command: Command): Command {
  return command
    .addOption(new Option('--baseline [file]', `only findings that are not in this file count for the gate (default: ${BASELINE_PATH} in the folder)`).conflicts('since'))
    .option('--since <ref>', 'only findings count for the gate that are not in the commit where HEAD and this branch, tag or commit part')
    .option('--baseline-no-grow <ref>', 'exit with 1 when the baseline has more findings than in the commit where HEAD and this ref part');
}

/** What has to be known before a scan begins, so that it does not run in vain. */
export interface Comparing {
  /** Set when there is something to compare with. */
  readonly against?: (today: Today) => Promise<Against>;
  /** Why the run fails already: the baseline grew. */
  readonly failures: readonly string[];
}

/** Throws UsageError when a base is not there or not understood. */
export async function prepared(flags: ComparingFlags, folder: string, cwd: string): Promise<Comparing> {
  const { baseline, since, baselineNoGrow: limit } = flags;
  const file = typeof baseline === 'string' ? path.resolve(cwd, baseline) : path.join(folder, BASELINE_PATH);
  const failures = limit === undefined ? [] : await growth(file, folder, limit);
  if (since !== undefined) {
    const commit = await meetingWith(since, folder);
    return { failures, against: (today) => againstCommit({ ref: since, commit }, folder, today) };
  }
  if (baseline === undefined) return { failures };
  const against = againstBaseline(file, folder);
  return { failures, against: async () => against };
}

/** Findings that a baseline gained since HEAD and `ref` parted, when it has more than then. A baseline that is new has nothing to be measured by. */
async function growth(file: string, folder: string, ref: string): Promise<readonly string[]> {
  const now = readBaseline(file);
  const earlier = await textAt(ref, folder, file);
  if (earlier === undefined) return [];
  const before = baselineIn(earlier.text, `${path.relative(folder, file)} of ${earlier.commit.slice(0, 10)}`);
  if (now.length <= before.length) return [];
  const added = now.filter((entry) => !before.some((one) => one.fingerprint === entry.fingerprint)).map((entry) => `${entry.rule} in ${entry.path}`);
  return [`The baseline grew from ${count(before.length, 'finding')} to ${now.length} since ${earlier.commit.slice(0, 10)}, where HEAD and ${ref} part: ${list(added, 5)} (--baseline-no-grow).`];
}
