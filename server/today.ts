/** What a session says today: day by day acceptances end and sign-offs expire, and squiggles have to agree with the card. */
import type { Audit, Finding, Notice } from '../engine/audit/outcome';
import type { Session } from '../engine/audit/session';
import { onDay, type Day } from '../report/scoring';
import { compare } from './convert';

/** Audits are made anew whenever they may be others, so what one says on a day is worked out once. */
const made = new WeakMap<Audit, { readonly asOf: string; readonly day: Day }>();

/** The audits of a session on one day, in their order. */
export function auditsOn(session: Session, asOf: string): readonly Day[] {
  return session.audits().map((audit) => {
    const known = made.get(audit);
    if (known?.asOf === asOf) return known.day;
    const day = onDay(audit, asOf);
    made.set(audit, { asOf, day });
    return day;
  });
}

/**
 * Open findings of one file on one day, in order of place: those of acceptances that have ended come back, and those that a
 * sign-off stands for in every application that has them are left out.
 */
export function findingsOn(session: Session, path: string, asOf: string): readonly Finding[] {
  const findings = session.findings(path);
  const outcomes = auditsOn(session, asOf).flatMap((day) => day.outcomes);
  const attested = new Set(outcomes.flatMap((outcome) => outcome.attested?.findings ?? []).map(({ fingerprint }) => fingerprint));
  const silenced = new Set(session.silenced(path).map(({ finding }) => finding.fingerprint));
  if (attested.size === 0 && silenced.size === 0) return findings;
  const open = new Map(outcomes.flatMap((outcome) => outcome.findings).map((finding) => [finding.fingerprint, finding]));
  const known = new Set(findings.map(({ fingerprint }) => fingerprint));
  const reopened = [...silenced].flatMap((fingerprint) => known.has(fingerprint) ? [] : open.get(fingerprint) ?? []);
  const standing = findings.filter(({ fingerprint }) => open.has(fingerprint) || !attested.has(fingerprint));
  return reopened.length === 0 ? standing : [...standing, ...reopened].sort((a, b) => compare(a.range.start, b.range.start));
}

/** What is said of the session's files on one day, each thing once: applications may share some. */
export function noticesOn(session: Session, asOf: string): readonly Notice[] {
  const all = [...session.audits(), ...auditsOn(session, asOf)].flatMap(({ notices }) => notices);
  return [...new Map(all.map((notice) => [JSON.stringify(notice), notice])).values()];
}
