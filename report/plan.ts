/** What to do, in which order, and how far each step gets. */
import { SEVERITIES } from '../rules/kit';
import type { Effort } from '../rules/kit';
import type { Phase, PlanItem, Result, Verdict } from './card';
import { isBlocking } from './scoring/weighed';
import { without } from './scoring';
import { byText } from './scoring/order';
import type { Weights } from './scoring/overall';
import { points } from './scoring/tenths';
import { verdictOf } from './scoring/verdict';
import type { Standing } from './scoring/verdict';

const TITLES = ['Blockers, before any deploy', 'Harden, within a week', 'Operate, within a month', 'Improve, when there is time'] as const;
const PHASES = [0, 1, 2, 3] as const;

const HOURS: Readonly<Record<Effort, number>> = { S: 0.5, M: 4, L: 16 };
/** An estimate made from a rule's size alone is worth no more than this: up to so many times as long. */
const SPREAD = 2;

/** Worst first; a later one is better. */
const VERDICTS: readonly Verdict[] = ['NOT READY', 'INCONCLUSIVE', 'MOSTLY READY', 'READY'];

/** What comes first within a phase. The phases stay: no order puts an improvement before a blocker. */
export const PLAN_ORDERS = ['unlocks', 'effort', 'points'] as const;
export type PlanOrder = (typeof PLAN_ORDERS)[number];

export const PLAN_ORDER_WORDS: Readonly<Record<PlanOrder, string>> = {
  unlocks: 'Within a phase, what by itself lifts the verdict comes first, then what regains most points an hour.',
  effort: 'Within a phase, what takes least time comes first.',
  points: 'Within a phase, what regains most points an hour comes first.',
};

type Hours = readonly [number, number];

/**
 * Open rules in four phases, ordered within each.
 * Scores and verdicts are exact and cumulative: each is the card's after this step and all before it.
 */
export function plan(results: readonly Result[], standing: Standing, weights: Weights, order: PlanOrder = 'unlocks'): readonly Phase[] {
  let now = standing;
  return PHASES.map((phase) => {
    const due = results.filter((result) => result.state === 'open' && phaseOf(result) === phase);
    const items = ordered(due, now, weights, order).map((result) => {
      const before = now;
      now = without(now, result.rule, weights);
      return item(result, before, now);
    });
    return { phase, title: TITLES[phase], items, hours: sum(items.map((one) => one.hours)) };
  });
}

/** From and to, in hours, rounded up to half hours. The k-th place of the same fault takes 1/k of the first: one learns. */
export function effort(size: Effort, places: number): Hours {
  let factor = 0;
  for (let k = 1; k <= places; k += 1) factor += 1 / k;
  const hours = Math.ceil(HOURS[size] * factor * 2 - 1e-9) / 2;
  return [hours, hours * SPREAD];
}

/** All phases together. */
export function total(phases: readonly Phase[]): Hours {
  return sum(phases.map((phase) => phase.hours));
}

function phaseOf(result: Result): Phase['phase'] {
  if (result.findings.some(isBlocking)) return 0;
  if (SEVERITIES.indexOf(result.severity) <= SEVERITIES.indexOf('high')) return 1;
  return result.severity === 'medium' ? 2 : 3;
}

function ordered(due: readonly Result[], from: Standing, weights: Weights, order: PlanOrder): readonly Result[] {
  const now = verdictOf(from);
  const ranked = due.map((result) => {
    const [spent] = effort(result.effort, result.findings.length);
    // To lift the verdict weighs nothing where nobody asked for it.
    const lifts = order === 'unlocks' && better(verdictOf(without(from, result.rule, weights)), now);
    return { result, spent: order === 'effort' ? spent : 0, lifts, rate: result.cost / spent };
  });
  return ranked.sort((a, b) => a.spent - b.spent || Number(b.lifts) - Number(a.lifts) || b.rate - a.rate || byText(a.result.rule, b.result.rule)).map((one) => one.result);
}

function item(result: Result, before: Standing, after: Standing): PlanItem {
  const verdict = verdictOf(after);
  const { value } = after.overall;
  return {
    rule: result.rule, title: result.title, severity: result.severity, findings: result.findings.length,
    hours: effort(result.effort, result.findings.length), ...(better(verdict, verdictOf(before)) && { unlocks: verdict }),
    score: value === undefined ? null : points(value),
  };
}

function better(a: Verdict, b: Verdict): boolean {
  return VERDICTS.indexOf(a) > VERDICTS.indexOf(b);
}

function sum(all: readonly Hours[]): Hours {
  return [all.reduce((total, [from]) => total + from, 0), all.reduce((total, [, to]) => total + to, 0)];
}
