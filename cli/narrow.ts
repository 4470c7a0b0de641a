import type { Finding } from '../engine/audit/outcome';
import type { ReportCard, Result } from '../report/card';
import { isBlocking, noFindings } from '../report/scoring/weighed';

/** What of a report is wanted. Neither changes grade or verdict: those are the whole project's. */
export interface Wanted {
  /** Ids of rules; undefined for all. */
  readonly rules?: ReadonlySet<string>;
  /** A workspace-relative path. */
  readonly file?: string;
}

export function isPart(wanted: Wanted): boolean {
  return wanted.rules !== undefined || wanted.file !== undefined;
}

/** The cards with only the wanted results, plan items and notices in them, and counts to match. Cards of other projects than the file's are left out. */
export function narrow(cards: readonly ReportCard[], wanted: Wanted): readonly ReportCard[] {
  if (!isPart(wanted)) return cards;
  return (wanted.file === undefined ? cards : holding(cards, wanted.file)).map((card) => narrowed(card, wanted));
}

/** The cards of the innermost project around a file; all of them when it is outside of every project. */
function holding(cards: readonly ReportCard[], file: string): readonly ReportCard[] {
  const around = cards.filter((card) => card.project.root === '' || file.startsWith(`${card.project.root}/`));
  const depth = Math.max(...around.map((card) => card.project.root.length));
  return around.length > 0 ? around.filter((card) => card.project.root.length === depth) : cards;
}

function narrowed(card: ReportCard, wanted: Wanted): ReportCard {
  const results = card.results.filter((result) => wanted.rules?.has(result.rule) ?? true).flatMap((result) => ofFile(result, wanted.file));
  const listed = new Set(results.map((result) => result.rule));
  const plan = card.plan.map((phase) => ({ ...phase, items: phase.items.filter((item) => listed.has(item.rule)) }));
  const notices = card.notices.filter((notice) => wanted.file === undefined || notice.path === undefined || notice.path === wanted.file);
  const shown = new Set(results.flatMap((result) => result.findings.map((finding) => finding.fingerprint)));
  const closeUps = Object.fromEntries(Object.entries(card.content.closeUps).filter(([fingerprint]) => shown.has(fingerprint)));
  return { ...card, results, plan, notices, counts: counts(results), content: { ...card.content, closeUps } };
}

/** A result with only what it says of this file; nothing when it says nothing of it. */
function ofFile(result: Result, file: string | undefined): readonly Result[] {
  if (file === undefined) return [result];
  const findings = result.findings.filter((finding) => finding.path === file);
  const silenced = result.silenced.filter((one) => one.finding.path === file);
  const evidence = result.evidence.filter((place) => place.path === file);
  if (findings.length + silenced.length + evidence.length === 0) return [];
  return [{ ...result, findings, silenced, evidence }];
}

function counts(results: readonly Result[]): ReportCard['counts'] {
  const of = (state: Result['state']) => results.filter((result) => result.state === state).length;
  const open = results.flatMap((result) => result.findings);
  return {
    holds: of('holds'), open: of('open'), accepted: of('accepted'), attested: of('attested'), notApplicable: of('not-applicable'), notChecked: of('not-checked'),
    findings: bySeverity(open), blockers: open.filter(isBlocking).length,
  };
}

function bySeverity(findings: readonly Finding[]): ReportCard['counts']['findings'] {
  const counts = noFindings();
  for (const finding of findings) counts[finding.severity] += 1;
  return counts;
}
