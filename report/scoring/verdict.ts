/**
 * The verdict is no function of the number: the number says how much is wrong, the verdict looks at the worst that is.
 * Both come from the same findings and the caps keep them from contradicting each other: beside a blocker there is no A or B.
 */
import type { Reason, ReasonCode, Verdict } from '../card';
import type { SignoffCard, SignoffState } from '../signoff-card';
import { CATEGORY_TITLES, count, list, number } from '../words';
import { covers } from './category';
import type { CategoryScore, Coverage } from './category';
import { byText } from './order';
import { costing, open } from './overall';
import type { Overall } from './overall';
import { points } from './tenths';
import type { Tenths } from './tenths';

/** All that the verdict rests on. */
export interface Standing {
  readonly categories: readonly CategoryScore[];
  readonly overall: Overall;
  readonly coverage: Coverage;
  /** Files and rules whose failure keeps the card from being complete. */
  readonly incomplete: number;
  /** READY asks that every open high finding be mended or accepted. */
  readonly strict: boolean;
  /** Required sign-offs that nobody has given, or that no longer count. */
  readonly unsigned: readonly SignoffCard[];
}

/** Per verdict: the least overall score, score of a gating and of any other category, in tenths; coverage in per cent. */
export const LEAST = {
  ready: { overall: 850, gating: 750, other: 500, coverage: 80 },
  mostly: { overall: 600, gating: 600, coverage: 50 },
} as const;

/** So many rules are named in a sentence. */
export const NAMED = 5;

/** The verdict with everything that kept it from being a better one. */
export function judge(standing: Standing): { readonly value: Verdict; readonly reasons: readonly Reason[] } {
  const steps: readonly (readonly [Verdict, (standing: Standing) => readonly Reason[]])[] = [['NOT READY', against], ['INCONCLUSIVE', unknown], ['MOSTLY READY', short]];
  for (const [value, reasonsOf] of steps) {
    const reasons = reasonsOf(standing);
    if (reasons.length > 0) return { value, reasons: value === 'MOSTLY READY' ? reasons : [...reasons, ...unfinished(standing)] };
  }
  return { value: 'READY', reasons: [readiness(standing)] };
}

/** The verdict alone, for the hundreds of cards that could be: with a blocker it is decided, and nobody asks for its reasons. */
export function verdictOf(standing: Standing): Verdict {
  return standing.categories.some(({ rules }) => rules.some((rule) => rule.blocks)) ? 'NOT READY' : judge(standing).value;
}

function against({ categories, overall }: Standing): readonly Reason[] {
  const reasons: Reason[] = [];
  const blocking = open(categories, (rule) => rule.blocks && !rule.signoff);
  if (blocking.length > 0) {
    const are = blocking.length === 1 ? 'is' : 'are';
    reasons.push({ code: 'blocking-findings', text: `${count(blocking.length, 'rule')} that must hold before this ships ${are} open: ${list(blocking, NAMED)}.`, rules: blocking });
  }
  const failed = open(categories, (rule) => rule.blocks && rule.signoff === true);
  if (failed.length > 0) {
    const text = `${count(failed.length, 'sign-off')} that must hold before this ships ${failed.length === 1 ? 'says that it has' : 'say that they have'} failed: ${list(failed, NAMED)}.`;
    reasons.push({ code: 'signoff-failed', text, rules: [], controls: failed });
  }
  if (overall.uncapped !== undefined && overall.uncapped < LEAST.mostly.overall) {
    const text = `The overall score would be ${shown(overall.uncapped)} even without caps; below ${shown(LEAST.mostly.overall)} nothing ships.`;
    reasons.push({ code: 'score-failing', text, rules: [] });
  }
  for (const category of gating(categories, LEAST.mostly.gating)) reasons.push(low('category-failing', category, LEAST.mostly.gating));
  return reasons;
}

function unknown({ categories, overall }: Standing): readonly Reason[] {
  if (overall.value === undefined) {
    return [{ code: 'nothing-checked', text: 'Nothing that decides about shipping could be checked here, so there is no score.', rules: [] }];
  }
  return categories.filter((category) => category.gating && category.status === 'not-assessed').map((category) => ({
    code: 'coverage-unknown' as const, rules: unchecked([category]),
    text: `Of ${CATEGORY_TITLES[category.id]}, less than ${LEAST.mostly.coverage} % could be checked.`,
  }));
}

function short(standing: Standing): readonly Reason[] {
  const { categories, overall, coverage } = standing;
  const reasons: Reason[] = [];
  if (overall.value !== undefined && overall.value < LEAST.ready.overall) {
    reasons.push({ code: 'score-low', text: `The overall score is ${shown(overall.value)}; READY starts at ${shown(LEAST.ready.overall)}.`, rules: [] });
  }
  for (const category of gating(categories, LEAST.ready.gating)) reasons.push(low('category-low', category, LEAST.ready.gating));
  for (const category of categories.filter((one) => !one.gating && one.score < LEAST.ready.other)) reasons.push(low('category-low', category, LEAST.ready.other));
  const accepted = open(categories, (rule) => rule.acceptedCritical);
  if (accepted.length > 0) reasons.push({ code: 'accepted-critical', text: `A critical risk is accepted, not gone: ${list(accepted, NAMED)}.`, rules: accepted });
  if (!covers(coverage, LEAST.ready.coverage)) {
    reasons.push({ code: 'coverage-low', text: `Less than ${LEAST.ready.coverage} % of what applies could be checked.`, rules: unchecked(categories) });
  }
  return [...reasons, ...strictly(standing), ...unsigned(standing), ...unfinished(standing)];
}

/** The strict preset takes no open high finding for granted: it is mended, or somebody accepts it by name and until a day. */
function strictly({ categories, strict }: Standing): readonly Reason[] {
  const high = strict ? open(categories, (rule) => rule.caps === 'high') : [];
  const are = high.length === 1 ? 'is' : 'are';
  return high.length === 0 ? [] : [{ code: 'high-open', text: `${count(high.length, 'high rule')} ${are} neither mended nor accepted, which the strict preset asks for: ${list(high, NAMED)}.`, rules: high }];
}

const OPEN_WORDS: Partial<Readonly<Record<SignoffState, string>>> = { missing: 'missing', pending: 'waiting for a second person', expired: 'expired', stale: 'stale' };

/** `3 required sign-offs are open: restore-drill and tls-at-edge missing; alert-reaches-human expired.` */
function unsigned({ unsigned: cards }: Standing): readonly Reason[] {
  if (cards.length === 0) return [];
  const parts = Object.entries(OPEN_WORDS).flatMap(([state, word]) => {
    const named = cards.filter((card) => card.state === state).map(({ control }) => control);
    return named.length > 0 ? [`${list(named, NAMED)} ${word}`] : [];
  });
  return [{ code: 'signoffs-open', text: `${count(cards.length, 'required sign-off')} ${cards.length === 1 ? 'is' : 'are'} open: ${parts.join('; ')}.`, rules: [], controls: cards.map(({ control }) => control) }];
}

/** A file that was not understood may hide anything: without this, a syntax error would make a card better. */
function unfinished({ incomplete }: Standing): readonly Reason[] {
  if (incomplete === 0) return [];
  const text = `${count(incomplete, 'part')} of the application could not be analysed; the notices name ${incomplete === 1 ? 'it' : 'them'}.`;
  return [{ code: 'analysis-incomplete', text, rules: [] }];
}

function readiness({ categories, overall }: Standing): Reason {
  const lowest = categories.filter((category) => category.gating && category.status === 'scored').toSorted((a, b) => a.score - b.score || byText(a.id, b.id))[0];
  const deciding = lowest ? ` and no category that decides is below ${shown(lowest.score)}` : '';
  return { code: 'ready', text: `Nothing blocks, the overall score is ${shown(overall.value ?? 0)}${deciding}.`, rules: [] };
}

function low(code: ReasonCode, category: CategoryScore, least: Tenths): Reason {
  const purpose = code === 'category-failing' ? `below ${shown(least)} nothing ships` : `READY asks for ${shown(least)}`;
  return { code, text: `${CATEGORY_TITLES[category.id]} is at ${shown(category.score)}; ${purpose}.`, rules: costing([category]) };
}

function gating(categories: readonly CategoryScore[], least: Tenths): readonly CategoryScore[] {
  return categories.filter((category) => category.gating && category.score < least);
}

function unchecked(categories: readonly CategoryScore[]): readonly string[] {
  return open(categories, (rule) => !rule.ran);
}

function shown(tenths: Tenths): string {
  return number(points(tenths));
}

/** What a READY or MOSTLY READY is said with: open high rules, accepted risks, and categories under 60. */
export function conditions({ categories }: Standing): readonly string[] {
  const rules = open(categories, (rule) => rule.caps === 'high' || rule.accepted > 0);
  return [...rules, ...categories.filter((category) => category.score < LEAST.mostly.gating).map((category) => category.id)];
}
