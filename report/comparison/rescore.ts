/** Cards scored again: a card holds its findings with their grading, and that is all the arithmetic needs. */
import type { Category } from '../../rules/kit';
import type { Audit, Outcome } from '../../engine/audit/outcome';
import type { ReportCard, Result } from '../card';
import { makeCard } from '../make';

/** The audit that a card was made of, as it stood on the card's day. Rules that were not scored stay out of it. */
export function auditOf(card: ReportCard): Audit {
  return {
    project: card.project, ruleset: card.ruleset, inventory: card.inventory, files: card.files, outcomes: card.results.map(outcomeOf),
    // What is said of acceptances is said anew.
    notices: card.notices.filter((notice) => notice.code !== 'suppression'),
    rules: Object.fromEntries(card.results.map((result) => [result.rule, result.card])),
  };
}

/** The card by today's formula, on its own day and by its own rules, profile and weights. What was found beside the score stays beside it. */
export function rescored(card: ReportCard): ReportCard {
  const strict = card.customisations.some(({ key, value }) => key === 'extends' && value === 'strict');
  const again = makeCard(auditOf(card), { version: card.tool.version, asOf: card.asOf, weights: weightsIn(card), profile: card.profile, strict, customisations: card.customisations });
  const unscored = new Map(card.results.map((result) => [result.rule, result.unscored]));
  const results = again.results.map((result) => { const newer = unscored.get(result.rule); return newer ? { ...result, unscored: newer } : result; });
  return {
    ...again, results, content: { ...again.content, closeUps: card.content.closeUps },
    ...(card.comparison && { comparison: card.comparison }), ...(card.history && { history: card.history }), notices: card.notices,
  };
}

/** The weights a card was scored with. */
export function weightsIn(card: ReportCard): Readonly<Partial<Record<Category, number>>> {
  return Object.fromEntries(card.categories.map(({ id, weight }) => [id, weight]));
}

function outcomeOf(result: Result): Outcome {
  const { rule, category, state, findings, silenced, evidence, judged, reason } = result;
  return { rule, category, state, findings, silenced, evidence, judged, ...(reason !== undefined && { reason }) };
}
