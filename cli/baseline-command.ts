/** `shipworthy baseline`: says how far the written-down findings are from today's, and writes them down when asked to. */
import path from 'node:path';
import type { Command } from 'commander';
import type { Notice } from '../engine/audit/outcome';
import { BASELINE, BASELINE_PATH, type BaselineEntry } from '../engine/records/baseline';
import { formatDocument } from '../engine/records/document';
import { compared, knownOf, matched, openFindings } from '../report/comparison/compare';
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
    refuseWrong(session.notices());
    const asOf = flags.asOf ?? around.today();
    const cards = session.audits().map((audit) => product.card(audit, session.config, asOf));
    const against = { base: { kind: 'baseline' as const, file: BASELINE_PATH, entries: before?.length ?? 0 }, known: before ?? [], gone: goneFrom(folder) };
    const comparisons = compared(cards, against).flatMap((card) => card.comparison ?? []);
    const fixed = comparisons.flatMap((one) => one.fixed);
    const fresh = new Set(comparisons.flatMap((one) => one.new)).size;
    const unread = unreadable(session.notices());
    const kept = (before ?? []).filter((entry) => fixed.some((one) => one.fingerprint === entry.fingerprint) && unread(entry.path));
    const open = openFindings(cards);
    // A finding that was written down before keeps its day, also when its file had another name then.
    const was = matched(open, before ?? [], against.gone);
    const entries = [...open.map((finding): BaselineEntry => ({ ...knownOf(finding), since: was.get(finding.fingerprint)?.since ?? asOf })), ...kept];
    if (flags.write === true) writeWhole(file, formatDocument(BASELINE, entries));
    const said = sentences({ file, before, now: entries.length, fresh, fixed: fixed.length - kept.length, kept: kept.length }, flags.write === true);
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

/** By a configuration that is not understood, other findings would be open. */
function refuseWrong(notices: readonly Notice[]): void {
  const wrong = notices.find((notice) => notice.code === 'config');
  if (wrong) throw new UsageError(`${wrong.message} Mend it first: the baseline would hold other findings.`);
}

/** Whether nothing is known of a file today, so that its findings are not gone but unseen. */
function unreadable(notices: readonly Notice[]): (file: string) => boolean {
  const paths = notices.filter((notice) => notice.incomplete).flatMap((notice) => notice.path ?? []);
  return (file) => paths.some((one) => file === one || file.startsWith(`${one}/`));
}

interface Told { readonly file: string; readonly before: readonly BaselineEntry[] | undefined; readonly now: number; readonly fresh: number; readonly fixed: number; readonly kept: number }

function sentences({ file, before, now, fresh, fixed, kept }: Told, written: boolean): readonly string[] {
  const unseen = kept > 0 ? [`${count(kept, 'entry', 'entries')} of files that could not be read today ${written ? 'stay in it' : 'would stay in it'}.`] : [];
  if (written) return [`${file} now has ${count(now, 'finding')}: ${fresh} that ${fresh === 1 ? 'was' : 'were'} not in it, and ${fixed} that ${fixed === 1 ? 'is' : 'are'} gone from it.`, ...unseen];
  if (!before) return [`There is no baseline ${file}. ${count(now, 'finding')} would be written down with --write.`];
  if (fresh + fixed === 0) return [`${file} is up to date with ${count(before.length, 'finding')}.`, ...unseen];
  return [`${file} has ${count(before.length, 'finding')}. ${fresh} of today ${fresh === 1 ? 'is' : 'are'} not in it, and ${fixed} of it ${fixed === 1 ? 'is' : 'are'} gone. Bring it up to date with --write.`, ...unseen];
}
