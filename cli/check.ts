/** `shipworthy check`: scan a folder, write the report, answer with an exit code. */
import { resolve } from 'node:path';
import type { Notice } from '../engine/audit/outcome';
import type { ReportCard } from '../report/card';
import { compared } from '../report/comparison/compare';
import { line } from '../report/escape';
import type { HistoryPoint } from '../report/history/points';
import { withTrend } from '../report/history/trend';
import { list, scoreText } from '../report/words';
import { chosen } from './applications';
import { prepared, type ComparingFlags } from './comparing';
import { destinations, type Destination } from './destinations';
import { markdownOptions, type DocumentFlags } from './document';
import { EXIT, UsageError } from './exit';
import { judge, type Judged, type Threshold } from './gate';
import { addToHistory, historyIn } from './history';
import { listing } from './listing';
import { isPart, narrow, type Wanted } from './narrow';
import { deliver, send } from './output';
import { filesAddress, fixesUnderRepository, underRepository } from './repository';
import { scan } from './scan';
import type { Format, Product, Style, Surroundings } from './surroundings';
import { target, type Target } from './target';
import { look } from './terminal';

export interface CheckOptions extends ComparingFlags, DocumentFlags {
  /** Default: by the endings of `outputs`, else text. */
  readonly format?: Format;
  /** Files, or `form:file`, for the report instead of standard output. */
  readonly outputs: readonly string[];
  readonly failOn: Threshold;
  /** ISO day; default: today. */
  readonly asOf?: string;
  readonly verbose: boolean;
  /** Lists every finding, however many a rule has. */
  readonly all: boolean;
  readonly quiet: boolean;
  readonly colour?: boolean;
  /** Adds the run to the history of the folder. */
  readonly history: boolean;
  /** A folder for what is found, so that a run over files that did not change is quick. */
  readonly cache?: string;
  /** The only application to report on, by folder or name. */
  readonly app?: string;
  /** Known ids; empty for all. */
  readonly rules: readonly string[];
}

/** Reasons said after a run, at most; the report holds the rest. */
const REASONS = 5;

/** Forms that list findings, and so can list some of them. */
const PARTS: ReadonlySet<Format> = new Set(['text', 'json', 'csv', 'lines', 'github-annotations']);

/** Forms that a host of repositories reads: it knows files by their path from the root of the repository, whichever folder was checked. */
const HOSTED: ReadonlySet<Format> = new Set(['sarif', 'sarif-full', 'gitlab', 'junit', 'github-summary', 'github-comment', 'github-annotations']);

/** Runs the check of `path` and resolves with the exit code. Rejects with UsageError or Interrupted. */
export async function check(path: string, options: CheckOptions, product: Product, around: Surroundings): Promise<number> {
  const aim = target(path, around.cwd);
  const wanted = wantedOf(aim, options);
  const wishes = destinations(options.outputs, options.format, around.cwd);
  if (isPart(wanted)) refuseDocuments(wishes);
  const comparing = await prepared(options, aim.folder, around.cwd);
  const past = pastOf(aim.folder, options);
  const session = await product.open(aim.folder, options.cache === undefined ? undefined : resolve(around.cwd, options.cache));
  try {
    await scan(session, options.quiet, around);
    const asOf = options.asOf ?? around.today();
    const all = session.audits().map((audit) => product.card(audit, session.config, asOf, { near: (fingerprint, fixed) => session.closeUp(fingerprint, fixed), ...(options.planOrder && { planOrder: options.planOrder }) }));
    const against = await comparing.against?.({ session, asOf, product, scan: (one) => scan(one, options.quiet, around) });
    const mine = chosen(against ? compared(all, against) : all, options.app).map((card) => withTrend(card, past.points));
    const cards = narrow(mine, wanted);
    const judged = judge(cards, concerning(session.notices(), wanted), { threshold: options.failOn, narrowed: isPart(wanted), failures: comparing.failures, gate: session.config.gate });
    const whole = underRepository(cards, aim.folder);
    const fixes = fixesUnderRepository(session, aim.folder);
    // All are made before the first is written, so that one that cannot be made leaves none behind.
    const reports = wishes.map(({ form, file }) => {
      const style = { ...styleOf(options, file, around), asOf, ...markdownOptions(options), ...filesAddress(cards, around.env), fixes };
      const text = form === 'text' && isPart(wanted) ? listing(cards, wanted, style) : product.formats[form](HOSTED.has(form) ? whole : cards, style);
      return { file, text };
    });
    await deliver(reports, around.stdout);
    const unkept = await session.keep();
    if (options.history && judged.code !== EXIT.usage) addToHistory(aim.folder, mine);
    await conclude({ ...judged, remarks: [...past.remarks, ...judged.remarks, ...(unkept === undefined ? [] : [line(unkept)])] }, cards, reports.flatMap(({ file }) => file ?? []), options.quiet, around);
    return judged.code;
  } finally {
    session.dispose();
  }
}

/** The runs before. A history that is not understood takes the trend away and nothing else, unless this run is to be added to it. */
function pastOf(folder: string, { history }: CheckOptions): { readonly points: readonly HistoryPoint[]; readonly remarks: readonly string[] } {
  try {
    return { points: historyIn(folder), remarks: [] };
  } catch (error) {
    if (history || !(error instanceof UsageError)) throw error;
    return { points: [], remarks: [`${error.message} Without it there is no trend.`] };
  }
}

function wantedOf(aim: Target, options: CheckOptions): Wanted {
  return { ...(options.rules.length > 0 && { rules: new Set(options.rules) }), ...(aim.file !== undefined && { file: aim.file }) };
}

/** Colours in a file only when they were asked for in so many words. */
function styleOf(options: CheckOptions, file: string | undefined, around: Surroundings): Omit<Style, 'asOf'> {
  const colour = file === undefined ? options.colour : options.colour ?? false;
  return { ...look(around.stdout, around.env, around.platform, colour), verbose: options.verbose, all: options.all };
}

/** A document is about a whole project, never a part of it. */
function refuseDocuments(wishes: readonly Destination[]): void {
  const document = wishes.find(({ form }) => !PARTS.has(form));
  if (document) throw new UsageError(`A report as ${document.form} is about a whole project. For one file or one rule use --format ${[...PARTS].join(', ')}.`);
}

/** Says on standard error what the report does not: where it went, and why the exit code is not 0. Errors are said even when it is to be quiet. */
async function conclude(judged: Judged, cards: readonly ReportCard[], files: readonly string[], quiet: boolean, around: Surroundings): Promise<void> {
  const where = files.length === 0 || quiet ? [] : [`${cards.map(headline).join('; ')}. The ${files.length === 1 ? 'report is' : 'reports are'} in ${list(files)}.`];
  const more = judged.reasons.length - REASONS;
  const reasons = quiet && judged.code === EXIT.gate ? [] : [...judged.reasons.slice(0, REASONS), ...(more > 0 ? [`And ${more} more, see the report.`] : [])];
  const lines = [...where, ...reasons, ...(quiet ? [] : judged.remarks)];
  if (lines.length > 0) await send(around.stderr, lines.map((one) => `${line(one)}\n`).join(''));
}

function concerning(notices: readonly Notice[], { file }: Wanted): readonly Notice[] {
  return notices.filter((notice) => file === undefined || notice.path === undefined || notice.path === file || notice.code === 'config');
}

function headline(card: ReportCard): string {
  return `${card.project.name}: ${card.verdict.value}, ${scoreText(card)}`;
}
