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
  const decides = categories.some((category) => category.gating && category.status !== 'not-applicable');
  if (weight === 0 || !decides) return { value: undefined, uncapped: undefined, weight };
  const uncapped = floorRatio(scored.reduce((sum, category) => sum + weights[category.id] * category.score, 0), weight);
  return { value: Math.min(uncapped, ...holding(categories).map((limit) => limit.atMost)), uncapped, weight };
}

/** What limits the whole, and whose names the card then prints. */
interface Condition {
  readonly atMost: Tenths;
  readonly because: string;
  /** A rule that is so limits the whole. */
  readonly rule?: (rule: Weighed) => boolean;
  /** A category that is so does, with all that costs it something. */
  readonly category?: (category: CategoryScore) => boolean;
}

const CONDITIONS: readonly Condition[] = [
  { atMost: OVERALL_CAPS.critical, because: 'a critical finding is open', rule: (rule) => rule.caps === 'critical' },
  { atMost: OVERALL_CAPS.blocking, because: 'a blocking finding is open', rule: (rule) => rule.blocks },
  { atMost: OVERALL_CAPS.category, because: 'a category that decides is below 60', category: (category) => category.gating && category.score < OVERALL_CAPS.gatingLeast },
  { atMost: OVERALL_CAPS.category, because: 'a category is F', category: (category) => category.score < FAILING },
];

/** Faults that were seen count here also where too little was seen for a letter. */
function holding(categories: readonly CategoryScore[]): readonly Condition[] {
  return CONDITIONS.filter(({ rule, category }) => categories.some((one) => (rule && one.rules.some(rule)) || category?.(one)));
}

/** The upper limits of the whole, with the rules that set them: only asked for the card itself, not for what could be. */
export function overallLimits(categories: readonly CategoryScore[]): readonly Limit[] {
  return holding(categories).map(({ atMost, because, rule, category }) => ({ atMost, because, rules: rule ? open(categories, rule) : costing(categories.filter((one) => category?.(one))) }));
}

/** Rules of all categories for which `is` holds, by name. */
export function open(categories: readonly CategoryScore[], is: (rule: Weighed) => boolean): readonly string[] {
  return categories.flatMap((category) => category.rules.filter(is)).map((rule) => rule.rule).sort(byText);
}

/** Rules that cost these categories something, by name. */
export function costing(categories: readonly CategoryScore[]): readonly string[] {
  return categories.flatMap((category) => category.lines.map((line) => line.rule.rule)).sort(byText);
}
