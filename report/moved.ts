import type { Finding, Location } from '../engine/audit/outcome';
import type { ReportCard, Result } from './card';

/**
 * The card as it reads from a folder further up: `prefix` (with `/`, neither empty nor ending with one) is put before every path.
 * Fingerprints stay as they are.
 */
export function moved(card: ReportCard, prefix: string): ReportCard {
  const below = (path: string) => (path === '' ? prefix : `${prefix}/${path}`);
  const place = <Place extends Location>(at: Place): Place => ({ ...at, path: below(at.path) });
  const finding = (one: Finding): Finding => ({ ...place(one), related: one.related.map(place) });
  const result = (one: Result): Result => ({
    ...one, findings: one.findings.map(finding), evidence: one.evidence.map(place),
    silenced: one.silenced.map((each) => ({ ...each, finding: finding(each.finding), where: place(each.where) })),
  });
  return {
    ...card, project: { ...card.project, root: below(card.project.root) }, results: card.results.map(result),
    ...(card.comparison && { comparison: { ...card.comparison, fixed: card.comparison.fixed.map((one) => ({ ...one, path: below(one.path) })) } }),
    notices: card.notices.map((notice) => (notice.path === undefined ? notice : { ...notice, path: below(notice.path) })),
  };
}
