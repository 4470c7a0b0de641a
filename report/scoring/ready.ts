/**
 * The shortest list of rules that would have to hold for READY.
 *
 * All blockers and accepted criticals are on it, and with the strict preset all open high rules. What is left to reach are thresholds: one for each category, one for the whole.
 * Within a category, a table says for every number of fixes the best score they can buy; it is exact although ladders are
 * bounded (fixing one rung of three may buy nothing) and high rules cap, because it is built group by group over all
 * choices in a group. A second table chooses how many fixes each category gets. Both are the knapsack of the textbooks,
 * over numbers of fixes instead of weights.
 */
import { CATEGORY_CAPS, SEVERAL_HIGH, remaining } from './category';
import type { CategoryScore } from './category';
import { costOfGroup, groups } from './ledger';
import type { Group } from './ledger';
import { byText } from './order';
import type { Weights } from './overall';
import type { Tenths } from './tenths';
import { LEAST } from './verdict';
import type { Standing } from './verdict';
import { holding } from './weighed';
import type { Weighed } from './weighed';

/** A way to spend fixes: which rules, and what comes of it. */
interface Choice { readonly fixed: readonly string[]; readonly gain: number }

/** Ids of rules, those that block first. Reaches every threshold that fixes can reach, coverage excepted. */
export function toReady({ categories, overall, strict }: Standing, weights: Weights): readonly string[] {
  const isUrgent = (rule: Weighed) => rule.blocks || rule.acceptedCritical || (strict && rule.caps === 'high');
  const urgent = categories.flatMap((category) => category.rules.filter(isUrgent)).map((rule) => rule.rule).sort(byText);
  const tables = categories.map((category) => {
    const counts = overall.weight > 0 && category.status === 'scored' ? weights[category.id] : 0;
    return categoryTable(category, counts, isUrgent);
  });
  const wanted = LEAST.ready.overall * overall.weight;
  return [...urgent, ...[...spend(tables, wanted)].sort(byText)];
}

/** The cheapest way to the wanted gain, one choice from each table; the best there is when it cannot be reached. */
function spend(tables: readonly (readonly Choice[])[], wanted: number): readonly string[] {
  let best: readonly (Choice | undefined)[] = [{ fixed: [], gain: 0 }];
  for (const table of tables) {
    const next: (Choice | undefined)[] = [];
    for (const before of best) for (const choice of table) {
      if (before) keepBest(next, { fixed: [...before.fixed, ...choice.fixed], gain: before.gain + choice.gain });
    }
    best = next;
  }
  const all = best.filter((choice) => choice !== undefined);
  return (all.find((choice) => choice.gain >= wanted) ?? all.toSorted((a, b) => b.gain - a.gain)[0])?.fixed ?? [];
}

/** At the index of its number of fixes; the first found stays where two are equal. */
function keepBest(choices: (Choice | undefined)[], choice: Choice): void {
  const held = choices[choice.fixed.length];
  if (!held || choice.gain > held.gain) choices[choice.fixed.length] = choice;
}

/** For each number of further fixes that reaches the category's own threshold: the most it adds to the weighted sum. */
function categoryTable(category: CategoryScore, weight: number, isUrgent: (rule: Weighed) => boolean): readonly Choice[] {
  const rest = category.rules.map((rule) => (isUrgent(rule) ? holding(rule) : rule));
  const least = category.gating ? LEAST.ready.gating : LEAST.ready.other;
  const reached: (Choice | undefined)[] = [];
  for (const state of states(groups(rest))) {
    const score = Math.min(remaining(state.raw), highCap(state.high));
    if (score >= least) keepBest(reached, { fixed: state.fixed, gain: score * weight });
  }
  return reached.filter((choice) => choice !== undefined);
}

/** Some groups decided: what was fixed, what is left to deduct, how many distinct high rules are left (three stand for more). */
interface State { readonly fixed: readonly string[]; readonly raw: Tenths; readonly high: number }

/** Per number of fixes and of high rules left, the state with the least to deduct. */
function states(all: readonly Group[]): readonly State[] {
  let known = new Map<string, State>([['0 0', { fixed: [], raw: 0, high: 0 }]]);
  for (const group of all.filter((one) => one.rules.some((rule) => rule.cost > 0 || rule.caps === 'high'))) {
    const options = optionsOf(group);
    const next = new Map<string, State>();
    for (const state of known.values()) for (const option of options) {
      const merged = { fixed: [...state.fixed, ...option.fixed], raw: state.raw + option.raw, high: Math.min(SEVERAL_HIGH, state.high + option.high) };
      const key = `${merged.fixed.length} ${merged.high}`;
      const held = next.get(key);
      if (!held || merged.raw < held.raw) next.set(key, merged);
    }
    known = next;
  }
  return [...known.values()];
}

/** Every choice of rules to fix in a group: at most a ladder's length, so a few dozen. */
function optionsOf(group: Group): readonly State[] {
  let subsets: readonly (readonly Weighed[])[] = [[]];
  for (const rule of group.rules.filter((one) => one.cost > 0 || one.caps === 'high')) subsets = subsets.flatMap((subset) => [subset, [...subset, rule]]);
  return subsets.map((fixed) => {
    const left = group.rules.filter((rule) => !fixed.includes(rule));
    return { fixed: fixed.map((rule) => rule.rule), raw: costOfGroup(group, left), high: left.some((rule) => rule.caps === 'high') ? 1 : 0 };
  });
}

function highCap(high: number): Tenths {
  if (high === 0) return 1000;
  return high >= SEVERAL_HIGH ? CATEGORY_CAPS.severalHigh : CATEGORY_CAPS.high;
}
