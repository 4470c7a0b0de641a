/** What lets a run pass: `--fail-on`, the team's gate, and whether everything was looked at. */
import type { Finding, Notice } from '../engine/audit/outcome';
import type { Gate } from '../engine/workspace/gate';
import type { ReportCard } from '../report/card';
import { isBlocking } from '../report/scoring/weighed';
import { count, placeText } from '../report/words';
import { SEVERITIES, type Severity } from '../rules/kit';
import { EXIT } from './exit';
import { conditions } from './quality-gate';

/** `blocker`: the verdict. A severity: open findings of it or worse. `never`: nothing fails. */
export const THRESHOLDS = ['blocker', 'critical', 'high', 'medium', 'low', 'never'] as const;
export type Threshold = (typeof THRESHOLDS)[number];

export interface Judged {
  /** A number of `EXIT`. */
  readonly code: number;
  /** Why it is not 0, in whole sentences for the terminal. */
  readonly reasons: readonly string[];
  /** What is to be said without failing the run: conditions of the gate that only warn, and those that there is nothing to judge by. */
  readonly remarks: readonly string[];
}

export interface Asked {
  readonly threshold: Threshold;
  /** The cards hold only some of a project's results: the verdict, which speaks of all, is then left aside. */
  readonly narrowed: boolean;
  /** What failed already, in whole sentences. */
  readonly failures?: readonly string[];
  /** The team's own conditions. They speak of whole projects, so of a part they are not asked. */
  readonly gate?: Gate;
}

/**
 * The exit code of a run. A wrong configuration, or a file of records of which nothing counts, wins over everything, because
 * nothing below it was done as decided; then come findings past the threshold, then what could not be looked at. Where a card was compared, only what is new counts.
 */
export function judge(cards: readonly ReportCard[], notices: readonly Notice[], { threshold, narrowed, failures = [], gate = {} }: Asked): Judged {
  const wrong = notices.filter((notice) => notice.code === 'config' || (notice.code === 'record' && notice.incomplete));
  if (wrong.length > 0) return { code: EXIT.usage, reasons: wrong.map(placed), remarks: [] };
  const asked = narrowed ? [] : cards.flatMap((card) => conditions(card, gate));
  const remarks = asked.filter((one) => one.result === 'warned' || one.result === 'unknown').map((one) => one.text);
  const past = [...failures, ...asked.filter((one) => one.result === 'failed').map((one) => one.text), ...(threshold === 'never' ? [] : cards.flatMap((card) => failing(card, threshold, narrowed)))];
  if (past.length > 0) return { code: EXIT.gate, reasons: past, remarks };
  const gaps = missing(cards, notices, narrowed);
  return { code: gaps.length > 0 ? EXIT.incomplete : EXIT.ok, reasons: gaps, remarks };
}

/** What is wrong with a configuration, after its place. */
function placed({ path, range, message }: Notice): string {
  return path === undefined ? message : `${range ? placeText({ path, range }) : path}: ${message}`;
}

function failing(card: ReportCard, threshold: Exclude<Threshold, 'never'>, narrowed: boolean): readonly string[] {
  const name = card.project.name;
  const what = card.comparison ? 'new finding' : 'open finding';
  if (threshold === 'blocker') {
    const blockers = counted(card).filter(isBlocking).length;
    if (blockers > 0) return [`${name}: ${count(blockers, what)} must be gone before it ships (--fail-on blocker).`];
    return becameUnready(card) && !narrowed ? [`${name}: the verdict is NOT READY (--fail-on blocker).`] : [];
  }
  const past = atLeast(card, threshold);
  return past > 0 ? [`${name}: ${count(past, what)} ${threshold === 'critical' ? 'of severity critical' : `of severity ${threshold} or worse`} (--fail-on ${threshold}).`] : [];
}

/** The findings that count: all open ones, or where the card was compared, the new ones. */
function counted(card: ReportCard): readonly Finding[] {
  const open = card.results.flatMap((result) => result.findings);
  const fresh = card.comparison && new Set(card.comparison.new);
  return fresh ? open.filter((finding) => fresh.has(finding.fingerprint)) : open;
}

/** NOT READY, and where that can be told, not already in the base. A baseline was written by people who knew. */
function becameUnready({ verdict, comparison }: ReportCard): boolean {
  if (verdict.value !== 'NOT READY') return false;
  return comparison === undefined || (comparison.stood !== undefined && comparison.stood.verdict !== 'NOT READY');
}

/** Open findings of this severity or a worse one. What is only possible never fails a run, as it never blocks. */
function atLeast(card: ReportCard, threshold: Severity): number {
  const worse = SEVERITIES.slice(0, SEVERITIES.indexOf(threshold) + 1);
  return counted(card).filter((one) => worse.includes(one.severity) && one.confidence !== 'possible').length;
}

function missing(cards: readonly ReportCard[], notices: readonly Notice[], narrowed: boolean): readonly string[] {
  const undecided = narrowed ? [] : cards.filter((card) => card.verdict.value === 'INCONCLUSIVE');
  return [
    ...notices.filter((notice) => notice.incomplete).map((notice) => notice.message),
    ...undecided.map((card) => `${card.project.name}: too little could be checked for a verdict.`),
  ];
}
