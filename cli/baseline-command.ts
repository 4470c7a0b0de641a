/** `shipworthy baseline`: says how far the written-down findings are from today's, and writes them down when asked to. */
import path from 'node:path';
import type { Command } from 'commander';
import { BASELINE, BASELINE_PATH, type BaselineEntry } from '../engine/records/baseline';
import { formatDocument } from '../engine/records/document';
import { baselineProblem, nextBaseline } from '../report/comparison/next-baseline';
import { line } from '../report/escape';
import { count } from '../report/words';
import { existingBaseline, goneFrom } from './baseline';
import { day } from './day';
import { EXIT, UsageError } from './exit';
import { outputFile, send, writeWhole } from './output';
import { recordPlace } from './record-file';
import { scan } from './scan';
import type { Product, Surroundings } from './surroundings';
import { target } from './target';

interface Flags { readonly write?: boolean; readonly output?: string; readonly asOf?: string; readonly quiet?: boolean }

export function baselineCommand(command: Command, product: Product, around: Surroundings, done: (code: number) => void): void {
  command.description('compare the findings that were written down with those of today, or write them down')
    .argument('[path]', 'folder of the project', '.')
    .option('--write', 'write down the open findings of today as known')
    .option('-o, --output <file>', `the baseline (default: ${BASELINE_PATH} in the folder)`)
    .option('--as-of <day>', 'the day new entries are dated with, YYYY-MM-DD (default: today, UTC)', day)
    .option('-q, --quiet', 'no progress on standard error')
    .action(async (given: string, flags: Flags) => done(await baseline(given, flags, product, around)));
}

async function baseline(given: string, flags: Flags, product: Product, around: Surroundings): Promise<number> {
  const { folder, file: part } = target(given, around.cwd);
  if (part !== undefined) throw new UsageError('A baseline is about a whole project. Name its folder.');
  const file = place(flags, folder, around.cwd);
  const before = existingBaseline(file);
  const session = await product.open(folder);
  try {
    await scan(session, flags.quiet ?? false, around);
    const notices = session.notices();
    const problem = baselineProblem(notices);
    if (problem !== undefined) throw new UsageError(problem);
    const asOf = flags.asOf ?? around.today();
    const cards = session.audits().map((audit) => product.card(audit, session.config, asOf));
    const { entries, ...counts } = nextBaseline(before ?? [], { cards, notices, gone: goneFrom(folder), asOf });
    if (flags.write === true) writeWhole(file, formatDocument(BASELINE, entries));
    const said = sentences({ file, before, now: entries.length, ...counts }, flags.write === true);
    await send(around.stdout, said.map((one) => `${line(one)}\n`).join(''));
    return EXIT.ok;
  } finally {
    session.dispose();
  }
}

/** The folder for our files is made only when something is going to be written. */
function place({ output, write }: Flags, folder: string, cwd: string): string {
  if (output !== undefined) return outputFile(output, cwd);
  return write === true ? outputFile(recordPlace(folder, BASELINE_PATH), cwd) : path.join(folder, BASELINE_PATH);
}

interface Told { readonly file: string; readonly before: readonly BaselineEntry[] | undefined; readonly now: number; readonly fresh: number; readonly fixed: number; readonly kept: number }

function sentences({ file, before, now, fresh, fixed, kept }: Told, written: boolean): readonly string[] {
  const unseen = kept > 0 ? [`${count(kept, 'entry', 'entries')} of files that could not be read today ${written ? 'stay in it' : 'would stay in it'}.`] : [];
  if (written) return [`${file} now has ${count(now, 'finding')}: ${fresh} that ${fresh === 1 ? 'was' : 'were'} not in it, and ${fixed} that ${fixed === 1 ? 'is' : 'are'} gone from it.`, ...unseen];
  if (!before) return [`There is no baseline ${file}. ${count(now, 'finding')} would be written down with --write.`];
  if (fresh + fixed === 0) return [`${file} is up to date with ${count(before.length, 'finding')}.`, ...unseen];
  return [`${file} has ${count(before.length, 'finding')}. ${fresh} of today ${fresh === 1 ? 'is' : 'are'} not in it, and ${fixed} of it ${fixed === 1 ? 'is' : 'are'} gone. Bring it up to date with --write.`, ...unseen];
}
