/**
 * The score and the verdict: a pure function of the audit, the profile, the weights and the day. The pieces are in scoring/:
 * what findings cost (weighed), ladders (ledger), categories with their caps (category), the whole (overall), the verdict
 * (verdict) and what would make it READY (ready).
 */
import { CATEGORIES, dayNumber } from '../rules/kit';
import type { Category } from '../rules/kit';
import type { Audit, Notice, Outcome } from '../engine/audit/outcome';
import { settle, unsilenced } from './scoring/acceptance';
import { coverageOf, covers, scoreCategory } from './scoring/category';
import type { Understood } from './scoring/category';

import { byText } from './scoring/order';
import { scoreOverall } from './scoring/overall';
import { attest, failed, judgeSignoffs, openSignoffs } from './scoring/signoffs';
import type { Weights } from './scoring/overall';
import type { Tenths } from './scoring/tenths';
import type { Standing } from './scoring/verdict';
import type { SignoffCard } from './signoff-card';
import { holding, weigh } from './scoring/weighed';
import type { Weighed } from './scoring/weighed';
import { weightsOf } from './scoring/weights';

/** An audit on the day of a card. */
export interface Day {
  readonly outcomes: readonly Outcome[];
  /** Every control. */
  readonly signoffs: readonly SignoffCard[];
  /** What there is to say about acceptances and sign-offs. */
  readonly notices: readonly Notice[];
}

export interface Scoring extends Day {
  readonly weights: Weights;
  readonly standing: Standing;
  /** As if nothing were silenced. */
  readonly unsuppressed: Tenths | undefined;
  readonly confidence: 'high' | 'medium' | 'low';
}

/**
 * Scores an audit.
 *
 * @param asOf ISO day the card is made for
 * @param weights a team's own weights, by category; the others keep the usual ones
 * @param strict READY asks that every open high finding be mended or accepted
 * @throws RangeError when `asOf` is no day
 */
export function score(audit: Audit, { asOf, weights: own = {}, strict = false }: { readonly asOf: string; readonly weights?: Readonly<Partial<Record<Category, number>>>; readonly strict?: boolean }): Scoring {
  const day = onDay(audit, asOf);
  const weights = weightsOf(own);
  const standing = stand(audit, day.outcomes, day.signoffs, weights, strict);
  return {
    ...day, weights, standing,
    unsuppressed: stand(audit, unsilenced(day.outcomes), day.signoffs, weights, strict).overall.value, confidence: confidence(audit, standing),
  };
}

/**
 * What an audit says on one day, without the score: acceptances that have ended are open again, rules that somebody attests are not.
 * @param asOf ISO day
 * @throws RangeError when `asOf` is no day
 */
export function onDay(audit: Audit, asOf: string): Day {
  const today = dayNumber(asOf);
  if (today === undefined) throw new RangeError(`The day of a card must be an ISO day such as 2026-11-20, not ${JSON.stringify(asOf)}.`);
  const settled = settle(audit, today);
  const signed = judgeSignoffs(audit, today);
  return { outcomes: attest(settled.outcomes, audit.rules, signed.cards), signoffs: signed.cards, notices: [...settled.notices, ...signed.notices] };
}

/** The standing once this rule holds, everything else being as it is: exact, not estimated. */
export function without(standing: Standing, rule: string, weights: Weights): Standing {
  return changed(standing, rule, holding, weights);
}

/** The standing with one rule weighed anew. Only its category and the whole are added up again. */
export function changed(standing: Standing, rule: string, change: (one: Weighed) => Weighed, weights: Weights): Standing {
  const categories = standing.categories.map((category) => {
    if (!category.rules.some((one) => one.rule === rule)) return category;
    const left = category.rules.map((one) => (one.rule === rule ? change(one) : one));
    return { ...scoreCategory(category.id, left, WHOLE), coverage: category.coverage, status: category.status };
  });
  return { ...standing, categories, overall: scoreOverall(categories, weights) };
}

const WHOLE: Understood = { files: 1, of: 1 };

function stand(audit: Audit, outcomes: readonly Outcome[], signoffs: readonly SignoffCard[], weights: Weights, strict: boolean): Standing {
  const weighed = outcomes.map((outcome) => {
    const card = audit.rules[outcome.rule];
    if (!card) throw new RangeError(`The audit of ${audit.project.name} has an outcome of ${outcome.rule} but no card for it.`);
    return weigh(outcome, card);
  }).filter((rule): rule is Weighed => rule !== undefined);
  const rules = [...weighed, ...failed(signoffs)].sort((a, b) => byText(a.rule, b.rule));
  const incomplete = incompleteParts(audit);
  const understood = understanding(audit, incomplete);
  const categories = CATEGORIES.map((id) => scoreCategory(id, rules.filter((rule) => rule.category === id), understood));
  return { categories, overall: scoreOverall(categories, weights), coverage: coverageOf(rules, understood), incomplete, strict, unsigned: openSignoffs(signoffs) };
}

/** Files that could not be analysed, and failures that concern no file. */
function incompleteParts({ notices }: Audit): number {
  const incomplete = notices.filter((notice) => notice.incomplete);
  return new Set(incomplete.map((notice) => notice.path ?? notice.message)).size;
}

/** An empty folder was understood by nobody; otherwise each file that was not counts as much as one that was. */
function understanding({ files }: Audit, incomplete: number): Understood {
  if (files.read === 0) return { files: 0, of: 1 };
  return incomplete === 0 ? WHOLE : { files: files.parsed, of: files.parsed + incomplete };
}

/** How far to trust the number: by how much was checked, by how sure the deductions are, and by whether everything ran. */
function confidence({ notices }: Audit, { categories, coverage, overall, incomplete }: Standing): Scoring['confidence'] {
  const lines = categories.filter((category) => category.status === 'scored').flatMap((category) => category.lines);
  const cost = lines.reduce((sum, line) => sum + line.cost, 0);
  // Of what a ladder's bound lets through, the share that is sure is the rule's own.
  const sure = cost === 0 ? 1 : lines.reduce((sum, line) => sum + (line.cost * line.rule.sure) / line.rule.cost, 0) / cost;
  const failed = incomplete > 0 || notices.some((notice) => notice.code === 'rule-failed');
  if (overall.value === undefined) return 'low';
  if (covers(coverage, 90) && sure >= 0.8 && !failed) return 'high';
  return covers(coverage, 70) && sure >= 0.5 ? 'medium' : 'low';
}
