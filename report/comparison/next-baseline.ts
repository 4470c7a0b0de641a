/** A baseline brought up to the findings of today: what `shipworthy baseline` compares and writes, and the editor too. */
import type { Notice } from '../../engine/audit/outcome';
import type { ReportCard } from '../card';
import { compared, knownOf, matched, openFindings, type Known } from './compare';

/** A finding with the ISO day on which it was first written down. */
export interface Written extends Known { readonly since: string }

export interface NextBaseline {
  readonly entries: readonly Written[];
  /** How many of today were not in it, and how many of it are gone. */
  readonly fresh: number;
  readonly fixed: number;
  /** Entries of files of which nothing is known today: their findings are not gone but unseen, and stay in it. */
  readonly kept: number;
}

export interface Today {
  /** Of all applications of the folder. */
  readonly cards: readonly ReportCard[];
  readonly notices: readonly Notice[];
  /** Whether a file of the baseline is not there any more. */
  readonly gone: (path: string) => boolean;
  /** ISO day, for new entries. */
  readonly asOf: string;
}

/** @param before the baseline as it is; empty where there is none */
export function nextBaseline(before: readonly Written[], { cards, notices, gone, asOf }: Today): NextBaseline {
  const comparisons = compared(cards, { base: { kind: 'baseline', file: '', entries: before.length }, known: before, gone }).flatMap((card) => card.comparison ?? []);
  const fixed = comparisons.flatMap((one) => one.fixed);
  const unread = unreadable(notices);
  const kept = before.filter((entry) => fixed.some((one) => one.fingerprint === entry.fingerprint) && unread(entry.path));
  const open = openFindings(cards);
  // A finding that was written down before keeps its day, also when its file had another name then.
  const was = matched(open, before, gone);
  return {
    entries: [...open.map((finding): Written => ({ ...knownOf(finding), since: was.get(finding.fingerprint)?.since ?? asOf })), ...kept],
    fresh: new Set(comparisons.flatMap((one) => one.new)).size, fixed: fixed.length - kept.length, kept: kept.length,
  };
}

/** Why a baseline of today would hold other findings, as a sentence: a configuration that is not understood. */
export function baselineProblem(notices: readonly Notice[]): string | undefined {
  const wrong = notices.find((notice) => notice.code === 'config');
  return wrong && `${wrong.message} Mend it first: the baseline would hold other findings.`;
}

/** Whether nothing is known of a file today. */
function unreadable(notices: readonly Notice[]): (file: string) => boolean {
  const paths = notices.filter((notice) => notice.incomplete).flatMap((notice) => notice.path ?? []);
  return (file) => paths.some((one) => file === one || file.startsWith(`${one}/`));
}
