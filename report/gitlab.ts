/** Open findings as GitLab's Code Quality report, which merge requests show: https://docs.gitlab.com/ci/testing/code_quality/ */
import type { Severity } from '../rules/kit';
import type { ReportCard } from './card';
import { openFindings } from './comparison/compare';
import { line } from './escape';
import { printed } from './json';
import { byPlace } from './scoring/order';

const SEVERITIES: Readonly<Record<Severity, 'blocker' | 'critical' | 'major' | 'minor' | 'info'>> = {
  critical: 'blocker', high: 'critical', medium: 'major', low: 'minor', info: 'info',
};

/** The open findings of all cards as one JSON array, by place; a file that several applications share is listed once. */
export function gitlab(cards: readonly ReportCard[]): string {
  return printed(openFindings(cards).toSorted(byPlace).map((finding) => ({
    description: line(finding.message), check_name: finding.rule, fingerprint: finding.fingerprint, severity: SEVERITIES[finding.severity],
    location: { path: finding.path, lines: { begin: finding.range.start.line + 1, end: finding.range.end.line + 1 } },
  })));
}
