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
    ...one, findings: one.findings.map(finding), ...(one.unscored && { unscored: one.unscored.map(finding) }), evidence: one.evidence.map(place),
    silenced: one.silenced.map((each) => ({ ...each, finding: finding(each.finding), where: place(each.where) })),
  });
  const { content, inventory } = card;
  return {
    ...card, content: { ...content, controls: content.controls.map((one) => ({ ...one, by: one.by.map(place) })), closeUps: spotsMoved(content.closeUps, below) },
    project: { ...card.project, root: below(card.project.root) }, results: card.results.map(result),
    ...(card.comparison && { comparison: { ...card.comparison, fixed: card.comparison.fixed.map((one) => ({ ...one, path: below(one.path) })) } }),
    notices: card.notices.map((notice) => (notice.path === undefined ? notice : { ...notice, path: below(notice.path) })),
    inventory: spotsMoved({ ...inventory, flows: inventory.flows.map((flow) => ({ ...flow, tests: flow.tests.map(below) })) }, below),
  };
}

/** An inventory has many tables; what has a path and a line in it is a place in a file, and a path alone is a route's. */
function spotsMoved<Value>(value: Value, below: (path: string) => string): Value {
  if (Array.isArray(value)) return value.map((one: unknown) => spotsMoved(one, below)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([key, one]) => [key, spotsMoved(one, below)] as const);
  const isSpot = 'path' in value && typeof value.path === 'string' && 'line' in value && typeof value.line === 'number';
  return Object.fromEntries(fields.map(([key, one]) => [key, isSpot && key === 'path' ? below(String(one)) : one])) as Value;
}
