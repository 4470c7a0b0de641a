/** What lets a run pass: `--fail-on`, and whether everything was looked at. */
import type { Notice } from '../engine/audit/outcome';
import type { ReportCard } from '../report/card';
import { count, placeText } from '../report/words';
import { SEVERITIES, type Severity } from '../rules/kit';
import { EXIT } from './exit';

/** `blocker`: the verdict. A severity: open findings of it or worse. `never`: nothing fails. */
export const THRESHOLDS = ['blocker', 'critical', 'high', 'medium', 'low', 'never'] as const;
export type Threshold = (typeof THRESHOLDS)[number];

export interface Judged {
  /** A number of `EXIT`. */
  readonly code: number;
  /** Why it is not 0, in whole sentences for the terminal. */
  readonly reasons: readonly string[];
}

/**
 * The exit code of a run. A wrong configuration wins over everything, because nothing below it was done as decided; then
 * come findings past the threshold, then what could not be looked at. `narrowed` says that the cards hold only some of a
 * project's results: the verdict, which speaks of all, is then left aside.
 */
export function judge(cards: readonly ReportCard[], notices: readonly Notice[], threshold: Threshold, narrowed: boolean): Judged {
  const wrong = notices.filter((notice) => notice.code === 'config');
  if (wrong.length > 0) return { code: EXIT.usage, reasons: wrong.map(placed) };
  const past = threshold === 'never' ? [] : cards.flatMap((card) => failing(card, threshold, narrowed));
  if (past.length > 0) return { code: EXIT.gate, reasons: past };
  const gaps = missing(cards, notices, narrowed);
  return { code: gaps.length > 0 ? EXIT.incomplete : EXIT.ok, reasons: gaps };
}

/** What is wrong with a configuration, after its place. */
function placed({ path, range, message }: Notice): string {
  return path === undefined ? message : `${range ? placeText({ path, range }) : path}: ${message}`;
}

function failing(card: ReportCard, threshold: Exclude<Threshold, 'never'>, narrowed: boolean): readonly string[] {
  const name = card.project.name;
  if (threshold === 'blocker') {
    const blockers = card.counts.blockers;
    if (blockers > 0) return [`${name}: ${count(blockers, 'open finding')} must be gone before it ships (--fail-on blocker).`];
    return card.verdict.value === 'NOT READY' && !narrowed ? [`${name}: the verdict is NOT READY (--fail-on blocker).`] : [];
  }
  const past = atLeast(card, threshold);
  return past > 0 ? [`${name}: ${count(past, 'open finding')} ${threshold === 'critical' ? 'of severity critical' : `of severity ${threshold} or worse`} (--fail-on ${threshold}).`] : [];
}

/** Open findings of this severity or a worse one. What is only possible never fails a run, as it never blocks. */
function atLeast(card: ReportCard, threshold: Severity): number {
  const worse = SEVERITIES.slice(0, SEVERITIES.indexOf(threshold) + 1);
  return card.results.flatMap((result) => result.findings).filter((one) => worse.includes(one.severity) && one.confidence !== 'possible').length;
}

function missing(cards: readonly ReportCard[], notices: readonly Notice[], narrowed: boolean): readonly string[] {
  const undecided = narrowed ? [] : cards.filter((card) => card.verdict.value === 'INCONCLUSIVE');
  return [
    ...notices.filter((notice) => notice.incomplete).map((notice) => notice.message),
    ...undecided.map((card) => `${card.project.name}: too little could be checked for a verdict.`),
  ];
}
