/** Findings of two cards of one application, each with what it was or became. */
import type { Finding, Silenced } from '../../engine/audit/outcome';
import { SEVERITIES } from '../../rules/kit';
import type { ReportCard, Result } from '../card';
import { knownOf, matched } from './compare';

export interface Stand {
  readonly finding: Finding;
  readonly rule: string;
  /** Set when it does not count as open. */
  readonly silenced?: Silenced;
}

/** One finding before and after; either is missing where there was none. */
export interface Pair { readonly before?: Stand; readonly after?: Stand }

export function pairsOf(before: ReportCard, after: ReportCard): readonly Pair[] {
  const was = before.results.flatMap(standsOf);
  const is = after.results.flatMap(standsOf);
  const there = new Set(after.results.flatMap((result) => [...result.findings, ...result.silenced.map((one) => one.finding), ...result.evidence]).map((one) => one.path));
  const byPrint = new Map(was.map((stand) => [stand.finding.fingerprint, stand]));
  const found = matched(is.map((stand) => stand.finding), was.map((stand) => knownOf(stand.finding)), (path) => !there.has(path));
  const taken = new Set([...found.values()].map((one) => one.fingerprint));
  const pairs = is.map((stand): Pair => {
    const known = found.get(stand.finding.fingerprint);
    const earlier = known && byPrint.get(known.fingerprint);
    return { after: stand, ...(earlier && { before: earlier }) };
  });
  return [...pairs, ...was.filter((stand) => !taken.has(stand.finding.fingerprint)).map((stand) => ({ before: stand }))];
}

function standsOf(result: Result): readonly Stand[] {
  return [
    ...result.findings.map((finding) => ({ finding, rule: result.rule })),
    ...result.silenced.map((silenced) => ({ finding: silenced.finding, rule: result.rule, silenced })),
  ];
}

export type Change = 'new' | 'fixed' | 'unchanged' | 'moved' | 'severity-up' | 'severity-down' | 'suppressed' | 'unsuppressed' | 'expired' | 'now-not-applicable';

/**
 * What became of a finding. Whether it counts comes first, then how much, then where it is.
 * @param day of the later card: acceptances that ended before it have expired
 * @param applies whether the rule of a finding that is gone still applies
 */
export function changeOf({ before, after }: Pair, day: string, applies: (rule: string) => boolean): Change {
  if (!before) return 'new';
  if (!after) return applies(before.rule) ? 'fixed' : 'now-not-applicable';
  if (!before.silenced && after.silenced) return 'suppressed';
  if (before.silenced && !after.silenced) return before.silenced.until !== undefined && before.silenced.until < day ? 'expired' : 'unsuppressed';
  const worse = SEVERITIES.indexOf(before.finding.severity) - SEVERITIES.indexOf(after.finding.severity);
  if (worse !== 0) return worse > 0 ? 'severity-up' : 'severity-down';
  return before.finding.path === after.finding.path && before.finding.range.start.line === after.finding.range.start.line ? 'unchanged' : 'moved';
}
