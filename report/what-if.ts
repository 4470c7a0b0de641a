/**
 * What mending something would change, exactly: the card is added up again without it.
 *
 * One recount for each finding would take the square of their number, so findings are taken together that are graded alike:
 * a rule's cost, its caps and whether it blocks depend on nothing else of a finding, so mending one of them is mending any.
 * A rule with 5,000 findings has a handful of grades, and each is counted once.
 */
import type { Finding, Outcome, RuleCard } from '../engine/audit/outcome';
import type { GradedWhatIf, Result, WhatIf } from './card';
import type { Scoring } from './scoring';
import { changed, without } from './scoring';
import { points } from './scoring/tenths';
import type { Standing } from './scoring/verdict';
import { verdictOf } from './scoring/verdict';
import { weigh } from './scoring/weighed';

/** What the card would say if an open rule held. */
export function whatIfHeld({ rule, category }: Outcome, { standing, weights }: Scoring): WhatIf {
  return said(without(standing, rule, weights), category);
}

/** What it would say if one finding of an open rule were mended, for each way its findings are graded; the heaviest first. */
export function whatIfMended(outcome: Outcome, card: RuleCard, { standing, weights }: Scoring): readonly GradedWhatIf[] {
  const byGrade = new Map<string, Finding[]>();
  for (const finding of outcome.findings) {
    const alike = byGrade.get(gradeOf(finding));
    if (alike) alike.push(finding);
    else byGrade.set(gradeOf(finding), [finding]);
  }
  return [...byGrade.values()].flatMap((alike) => {
    const [finding] = alike;
    if (!finding) return [];
    const left = { ...outcome, findings: outcome.findings.filter((one) => one !== finding) };
    const { severity, points: worth, confidence, blocks } = finding;
    const after = changed(standing, outcome.rule, (before) => weigh(left, card) ?? before, weights);
    return [{ severity, points: worth, confidence, blocks, findings: alike.length, ...said(after, outcome.category) }];
  });
}

/** What mending this open finding of a result would change; undefined for one that is not open. */
export function whatIfOf({ whatIfOne = [], findings }: Result, finding: Finding): WhatIf | undefined {
  if (!findings.some((one) => one.fingerprint === finding.fingerprint)) return undefined;
  return whatIfOne.find((one) => gradeOf(one) === gradeOf(finding));
}

function gradeOf({ severity, points: worth, confidence, blocks }: Pick<Finding, 'severity' | 'points' | 'confidence' | 'blocks'>): string {
  return [severity, worth, confidence, blocks].join(' ');
}

function said(after: Standing, id: Outcome['category']): WhatIf {
  const category = after.categories.find((one) => one.id === id);
  const { value } = after.overall;
  return { score: value === undefined ? null : points(value), category: category?.status === 'scored' ? points(category.score) : null, verdict: verdictOf(after) };
}
