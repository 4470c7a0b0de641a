/** The overall score: the weighted mean of the categories, and no more than the caps of the whole allow. */
import type { Category } from '../../rules/kit';
import { FAILING } from './category';
import type { CategoryScore, Limit } from './category';
import { byText } from './order';
import { floorRatio } from './tenths';
import type { Tenths } from './tenths';
import type { Weighed } from './weighed';

export interface Overall {
  /** Undefined when there is nothing to score. */
  readonly value: Tenths | undefined;
  readonly uncapped: Tenths | undefined;
  readonly limits: readonly Limit[];
  /** Sum of the weights of the categories that were scored. */
  readonly weight: number;
}

export type Weights = Readonly<Record<Category, number>>;

/** Upper limits of the whole. Below `gatingLeast` a gating category pulls the whole down. */
const OVERALL_CAPS = { critical: 599, blocking: 749, category: 749, gatingLeast: 600 } as const;

/**
 * Adds the categories up. Weights of categories that do not apply or were not assessed are left out, so the others share them.
 * Where no category that decides applies, what is left (a README, a licence) is no application, and there is no score.
 */
export function scoreOverall(categories: readonly CategoryScore[], weights: Weights): Overall {
  const scored = categories.filter((category) => category.status === 'scored');
  const weight = scored.reduce((sum, category) => sum + weights[category.id], 0);
  const limits = limitsOf(categories);
  const decides = categories.some((category) => category.gating && category.status !== 'not-applicable');
  if (weight === 0 || !decides) return { value: undefined, uncapped: undefined, limits, weight };
  const uncapped = floorRatio(scored.reduce((sum, category) => sum + weights[category.id] * category.score, 0), weight);
  return { value: Math.min(uncapped, ...limits.map((limit) => limit.atMost)), uncapped, limits, weight };
}

/** Faults that were seen count here also where too little was seen for a letter. */
function limitsOf(categories: readonly CategoryScore[]): readonly Limit[] {
  const limits: Limit[] = [];
  const critical = open(categories, (rule) => rule.caps === 'critical');
  const blocking = open(categories, (rule) => rule.blocks);
  const gating = categories.filter((category) => category.gating && category.score < OVERALL_CAPS.gatingLeast);
  const failing = categories.filter((category) => category.score < FAILING);
  if (critical.length > 0) limits.push({ atMost: OVERALL_CAPS.critical, because: 'a critical finding is open', rules: critical });
  if (blocking.length > 0) limits.push({ atMost: OVERALL_CAPS.blocking, because: 'a blocking finding is open', rules: blocking });
  if (gating.length > 0) limits.push({ atMost: OVERALL_CAPS.category, because: 'a category that decides is below 60', rules: costing(gating) });
  if (failing.length > 0) limits.push({ atMost: OVERALL_CAPS.category, because: 'a category is F', rules: costing(failing) });
  return limits;
}

/** Rules of all categories for which `is` holds, by name. */
export function open(categories: readonly CategoryScore[], is: (rule: Weighed) => boolean): readonly string[] {
  return categories.flatMap((category) => category.rules.filter(is)).map((rule) => rule.rule).sort(byText);
}

/** Rules that cost these categories something, by name. */
export function costing(categories: readonly CategoryScore[]): readonly string[] {
  return categories.flatMap((category) => category.lines.map((line) => line.rule.rule)).sort(byText);
}
