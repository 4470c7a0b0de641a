/** `shipworthy check`: scan a folder, write the report, answer with an exit code. */
import type { Notice } from '../engine/audit/outcome';
import type { Session } from '../engine/audit/session';
import type { ReportCard } from '../report/card';
import { line } from '../report/escape';
import { scoreText } from '../report/words';
import { EXIT, UsageError } from './exit';
import { judge, type Judged, type Threshold } from './gate';
import { interruptible } from './interrupt';
import { listing } from './listing';
import { isPart, narrow, type Wanted } from './narrow';
import { outputFile, send, writeWhole } from './output';
import { ProgressLine } from './progress';
import { FORMATS, type Format, type Product, type Style, type Surroundings } from './surroundings';
import { target, type Target } from './target';
import { look } from './terminal';

export interface CheckOptions {
  /** Default: by the ending of `output`, else text. */
  readonly format?: Format;
  /** A file for the report instead of standard output. */
  readonly output?: string;
  readonly failOn: Threshold;
  /** ISO day; default: today. */
  readonly asOf?: string;
  readonly verbose: boolean;
  readonly quiet: boolean;
  readonly colour?: boolean;
  /** Known ids; empty for all. */
  readonly rules: readonly string[];
}

/** Reasons said after a run, at most; the report holds the rest. */
const REASONS = 5;

/** Runs the check of `path` and resolves with the exit code. Rejects with UsageError or Interrupted. */
export async function check(path: string, options: CheckOptions, product: Product, around: Surroundings): Promise<number> {
  const aim = target(path, around.cwd);
  const wanted = wantedOf(aim, options);
  const form = format(options, wanted);
  const file = options.output === undefined ? undefined : outputFile(options.output, around.cwd);
  const session = await product.open(aim.folder);
  try {
    await scan(session, options.quiet, around);
    const asOf = options.asOf ?? around.today();
    const cards = narrow(session.audits().map((audit) => product.card(audit, session.config, asOf)), wanted);
    const judged = judge(cards, concerning(session.notices(), wanted), options.failOn, isPart(wanted));
    const style = styleOf(options, around);
    const text = form === 'text' && isPart(wanted) ? listing(cards, wanted, style) : product.formats[form](cards, style);
    if (file === undefined) await send(around.stdout, text);
    else writeWhole(file, text);
    await conclude(judged, cards, file, options.quiet, around);
    return judged.code;
  } finally {
    session.dispose();
  }
}

function wantedOf(aim: Target, options: CheckOptions): Wanted {
  return { ...(options.rules.length > 0 && { rules: new Set(options.rules) }), ...(aim.file !== undefined && { file: aim.file }) };
}

async function scan(session: Session, quiet: boolean, around: Surroundings): Promise<void> {
  const { stderr, env } = around;
  const shown = !quiet && stderr.isTTY === true && env.TERM !== 'dumb';
  const progress = new ProgressLine((text) => void stderr.write(text), look(stderr, env, around.platform).width, around.clock);
  try {
    await interruptible(around.signals, (signal) => session.refresh(shown ? (at) => progress.show(at) : undefined, signal));
  } finally {
    progress.clear();
  }
}

/** Colours in a file only when they were asked for in so many words. */
function styleOf(options: CheckOptions, around: Surroundings): Style {
  const colour = options.output === undefined ? options.colour : options.colour ?? false;
  return { ...look(around.stdout, around.env, around.platform, colour), verbose: options.verbose };
}

/** `report.md`, `report.html` and the like say what they want to be. A document is about a whole project, never a part of it. */
function format(options: CheckOptions, wanted: Wanted): Format {
  const ending = /\.(\w+)$/.exec(options.output ?? '')?.[1]?.toLowerCase();
  const named = ending === 'md' ? 'markdown' : ending === 'htm' ? 'html' : ending;
  const form = options.format ?? FORMATS.find((one) => one === named) ?? 'text';
  if (isPart(wanted) && form !== 'text' && form !== 'json') {
    throw new UsageError(`A report as ${form} is about a whole project. For one file or one rule use --format text or json.`);
  }
  return form;
}

/** Says on standard error what the report does not: where it went, and why the exit code is not 0. Errors are said even when it is to be quiet. */
async function conclude(judged: Judged, cards: readonly ReportCard[], file: string | undefined, quiet: boolean, around: Surroundings): Promise<void> {
  const where = file === undefined || quiet ? [] : [`${cards.map(headline).join('; ')}. The report is in ${file}.`];
  const more = judged.reasons.length - REASONS;
  const reasons = quiet && judged.code === EXIT.gate ? [] : [...judged.reasons.slice(0, REASONS), ...(more > 0 ? [`And ${more} more, see the report.`] : [])];
  const lines = [...where, ...reasons];
  if (lines.length > 0) await send(around.stderr, lines.map((one) => `${line(one)}\n`).join(''));
}

function concerning(notices: readonly Notice[], { file }: Wanted): readonly Notice[] {
  return notices.filter((notice) => file === undefined || notice.path === undefined || notice.path === file || notice.code === 'config');
}

function headline(card: ReportCard): string {
  return `${card.project.name}: ${card.verdict.value}, ${scoreText(card)}`;
}
