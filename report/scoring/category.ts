/** The score of one category: 100 minus what its ledger deducts, and no more than its caps allow. */
import type { Category } from '../../rules/kit';
import type { Grade } from '../card';
import { byCost, groups, keyOf, lines } from './ledger';
import type { Line } from './ledger';
import { byText } from './order';
import { floorRatio } from './tenths';
import type { Tenths } from './tenths';
import { GATING } from './weights';
import type { Weighed } from './weighed';

/** An upper limit and the rules that set it. */
export interface Limit { readonly atMost: Tenths; readonly because: string; readonly rules: readonly string[] }

/** How much of what applies was checked: `checked` of `applicable`, in points. */
export interface Coverage { readonly checked: number; readonly applicable: number }

export interface CategoryScore {
  readonly id: Category;
  readonly gating: boolean;
  /** All that apply. */
  readonly rules: readonly Weighed[];
  readonly lines: readonly Line[];
  readonly raw: Tenths;
  readonly uncapped: Tenths;
  readonly limits: readonly Limit[];
  /** Of what was seen, whether or not that is enough for a letter. */
  readonly score: Tenths;
  readonly coverage: Coverage;
  readonly status: 'scored' | 'not-applicable' | 'not-assessed';
}

/** Up to here a deduction is plain subtraction. */
const STRAIGHT = 600;

/** Share of files that could be understood: a file that could not be read was checked by no rule of any category. */
export interface Understood { readonly files: number; readonly of: number }

/** Scores a category from the rules that apply to the project. */
export function scoreCategory(id: Category, rules: readonly Weighed[], understood: Understood): CategoryScore {
  const ledger = groups(rules).flatMap((group) => lines(group)).toSorted(byCost);
  const raw = ledger.reduce((sum, line) => sum + line.cost, 0);
  const limits = limitsOf(rules);
  const uncapped = remaining(raw);
  const coverage = coverageOf(rules, understood);
  return {
    id, gating: GATING.has(id), rules, lines: ledger, raw, uncapped, limits,
    score: Math.min(uncapped, ...limits.map((limit) => limit.atMost)), coverage, status: statusOf(rules, coverage),
  };
}

/** More than 60 points were deducted. */
export function isCompressed(raw: Tenths): boolean {
  return raw > STRAIGHT;
}

/**
 * What is left of 100. Above 60 the rest x = raw - 60 counts as 40x / (x + 40): the slope goes on from 1 and 100 is never
 * reached, so that a fix still shows in a bad category. 100 - 60 - 40x / (x + 40) is 1600 / (x + 40).
 */
export function remaining(raw: Tenths): Tenths {
  return isCompressed(raw) ? floorRatio(160_000, raw - STRAIGHT + 400) : 1000 - raw;
}

/** Upper limits by the number of open rules at least likely; a ladder is one rule. */
export const CATEGORY_CAPS = { critical: 529, severalCritical: 399, blocking: 699, high: 899, severalHigh: 799 } as const;
/** From this many distinct high rules on, `severalHigh` holds. */
export const SEVERAL_HIGH = 3;

function limitsOf(rules: readonly Weighed[]): readonly Limit[] {
  const critical = rules.filter((rule) => rule.caps === 'critical');
  const blocking = rules.filter((rule) => rule.blocks);
  const high = rules.filter((rule) => rule.caps === 'high');
  const limits: Limit[] = [];
  const limit = (atMost: Tenths, because: string, by: readonly Weighed[]) => limits.push({ atMost, because, rules: by.map((rule) => rule.rule).sort(byText) });
  if (distinct(critical) >= 2) limit(CATEGORY_CAPS.severalCritical, 'two critical rules are open', critical);
  if (critical.length > 0) limit(CATEGORY_CAPS.critical, 'a critical finding is open', critical);
  if (blocking.length > 0) limit(CATEGORY_CAPS.blocking, 'a blocking finding is open', blocking);
  if (distinct(high) >= SEVERAL_HIGH) limit(CATEGORY_CAPS.severalHigh, 'three high rules are open', high);
  if (high.length > 0) limit(CATEGORY_CAPS.high, 'a high finding is open', high);
  return limits;
}

function distinct(rules: readonly Weighed[]): number {
  return new Set(rules.map(keyOf)).size;
}

/** Points of the rules that ran, of those that apply; where all of them are worth nothing, their number. */
export function coverageOf(all: readonly Weighed[], understood: Understood): Coverage {
  const rules = asked(all);
  const worth = rules.some((rule) => rule.worth > 0) ? (rule: Weighed) => rule.worth : () => 1;
  const sum = (some: readonly Weighed[]) => some.reduce((total, rule) => total + worth(rule), 0);
  return { checked: sum(rules.filter((rule) => rule.ran)) * understood.files, applicable: sum(rules) * understood.of };
}

/** Rules, without failed sign-offs: what a person says makes no category apply and covers nothing. */
export function asked(rules: readonly Weighed[]): readonly Weighed[] {
  return rules.filter((rule) => !rule.signoff);
}

/** Whether at least this percentage was checked. What does not apply is wholly checked. */
export function covers({ checked, applicable }: Coverage, percent: number): boolean {
  return checked * 100 >= applicable * percent;
}

function statusOf(rules: readonly Weighed[], coverage: Coverage): CategoryScore['status'] {
  if (asked(rules).length === 0) return 'not-applicable';
  return covers(coverage, 50) ? 'scored' : 'not-assessed';
}

const LETTERS: readonly (readonly [Tenths, Grade])[] = [
  [970, 'A+'], [930, 'A'], [900, 'A-'], [850, 'B+'], [800, 'B'], [750, 'B-'], [700, 'C+'], [650, 'C'], [600, 'C-'], [530, 'D+'], [470, 'D'], [400, 'D-'],
];

/** The letter of a score as shown. */
export function letter(score: Tenths): Grade {
  return LETTERS.find(([least]) => score >= least)?.[1] ?? 'F';
}

/** Below this a category is F. */
export const FAILING = 400;
