/** `shipworthy history`: what became of the scores, and a run added to them; `shipworthy rescore`: an old report by today's formula. */
import { Option, type Command } from 'commander';
import type { ReportCard } from '../report/card';
import { rescored } from '../report/comparison/rescore';
import { line } from '../report/escape';
import type { HistoryPoint } from '../report/history/points';
import { historyText } from '../report/history/table';
import { ofApplication } from '../report/history/trend';
import { printed } from '../report/json';
import { count, scoreText } from '../report/words';
import { day } from './day';
import { EXIT, UsageError } from './exit';
import { addToHistory, historyIn } from './history';
import { outputFile, send, writeWhole } from './output';
import { reportFile } from './report-file';
import { scan } from './scan';
import type { Product, Surroundings } from './surroundings';
import { target } from './target';
import { look } from './terminal';

interface Flags { readonly format: 'text' | 'json'; readonly add?: boolean; readonly report?: readonly string[]; readonly asOf?: string; readonly quiet?: boolean }

export function historyCommand(command: Command, product: Product, around: Surroundings, done: (code: number) => void): void {
  command.description('show what became of the scores, or add a run to them')
    .argument('[path]', 'folder of the project', '.')
    .addOption(new Option('-f, --format <format>', 'form of the answer').choices(['text', 'json']).default('text'))
    .option('--add', 'check the folder and add its scores')
    .option('--report <file>', 'with --add: the scores of a JSON report, by today\'s formula, instead of a check; may be repeated', (file: string, files: readonly string[] = []) => [...files, file])
    .option('--as-of <day>', 'the day the check is made for, YYYY-MM-DD (default: today, UTC)', day)
    .option('-q, --quiet', 'no progress on standard error')
    .action(async (given: string, flags: Flags) => done(await history(given, flags, product, around)));
}

async function history(given: string, flags: Flags, product: Product, around: Surroundings): Promise<number> {
  const { folder, file: part } = target(given, around.cwd);
  if (part !== undefined) throw new UsageError('A history is about a whole project. Name its folder.');
  if (flags.report && flags.add !== true) throw new UsageError('--report says which scores are added: give --add with it.');
  // A history that is not understood is said before a scan runs in vain.
  historyIn(folder);
  if (flags.add === true) addToHistory(folder, flags.report ? flags.report.flatMap((one) => reportFile(one, around.cwd).map((card) => again(card, one))) : await checked(folder, flags, product, around));
  const points = historyIn(folder);
  if (flags.format === 'json') await send(around.stdout, printed(points));
  else await send(around.stdout, points.length === 0 ? `There is no history in ${line(folder)} yet. \`shipworthy history --add\` begins one.\n` : table(points, look(around.stdout, around.env, around.platform).unicode));
  return EXIT.ok;
}

async function checked(folder: string, flags: Flags, product: Product, around: Surroundings): Promise<readonly ReportCard[]> {
  const session = await product.open(folder);
  try {
    await scan(session, flags.quiet ?? false, around);
    const wrong = session.notices().find((notice) => notice.code === 'config');
    if (wrong) throw new UsageError(`${wrong.message} Mend it first: the scores would be others.`);
    return session.audits().map((audit) => product.card(audit, session.config, flags.asOf ?? around.today()));
  } finally {
    session.dispose();
  }
}

function table(points: readonly HistoryPoint[], unicode: boolean): string {
  const roots = [...new Set(points.map((point) => point.app))].sort();
  return roots.map((root) => historyText(root || 'The application', ofApplication(points, root), unicode)).join('\n');
}

export function rescoreCommand(command: Command, product: Product, around: Surroundings, done: (code: number) => void): void {
  command.description("score an old JSON report by today's formula: the same findings, rules, profile and day")
    .argument('<report>', 'report of `shipworthy check --format json`')
    .addOption(new Option('-f, --format <format>', 'form of the answer; json is the whole report').choices(['text', 'json']).default('text'))
    .option('-o, --output <file>', 'write it to a file instead of standard output')
    .action(async (given: string, { format, output }: { readonly format: 'text' | 'json'; readonly output?: string }) => {
      const file = output === undefined ? undefined : outputFile(output, around.cwd);
      const before = reportFile(given, around.cwd);
      const after = before.map((card) => again(card, given));
      const style = { ...look(around.stdout, around.env, around.platform, false), verbose: false, asOf: around.today() };
      const text = format === 'json' ? product.formats.json(after, style) : `${before.map((card, index) => sentence(card, after[index] ?? card)).join('\n')}\n`;
      if (file === undefined) await send(around.stdout, text);
      else writeWhole(file, text);
      done(EXIT.ok);
    });
}

/** A report may have been changed where nobody looks when it is read. */
function again(card: ReportCard, given: string): ReportCard {
  try {
    return rescored(card);
  } catch (error) {
    throw new UsageError(`${line(given)} cannot be scored again: it is not whole (${error instanceof Error ? line(error.message) : String(error)}).`);
  }
}

function sentence(before: ReportCard, after: ReportCard): string {
  const same = scoreText(before) === scoreText(after) && before.verdict.value === after.verdict.value;
  const now = `${scoreText(after)}, ${after.verdict.value} by scoring ${after.scoring}`;
  return line(`${before.project.name} on ${before.asOf}: ${same ? now : `${scoreText(before)}, ${before.verdict.value} by scoring ${before.scoring} → ${now}`} (${count(before.results.length, 'rule')} of rule set ${before.ruleset}).`);
}
