/** What the team decided about a rule in `shipworthy.json`, and what follows for its outcome. */
import type { Category, Rule, Severity } from '../../rules/kit';
import type { Config, RuleSetting } from '../workspace/config';
import { isMeant } from './meant';
import type { Outcome } from './outcome';

/** The severity its findings get; `off` when it is not asked, undefined when nothing was decided. */
export function severityOf(rule: Rule, config: Config): Severity | 'off' | undefined {
  return isTakenOut(rule.category, config) ? 'off' : settingOf(rule, config)?.severity;
}

/** Why a rule that is `off` is not asked: a sentence. */
export function reasonOff(rule: Rule, config: Config): string {
  const taken = isTakenOut(rule.category, config) ? config.applicability[rule.category] : undefined;
  if (taken) return `Its category does not apply, says shipworthy.json: ${taken.reason}`;
  const reason = settingOf(rule, config)?.reason;
  return reason === undefined ? 'Switched off in shipworthy.json.' : `Switched off in shipworthy.json: ${reason}`;
}

/** The id itself counts before a pattern, and of several patterns the last. */
function settingOf(rule: Rule, config: Config): RuleSetting | undefined {
  const own = config.rules[rule.id];
  return own ?? Object.entries(config.rules).findLast(([pattern]) => isMeant(rule.id, pattern))?.[1];
}

function isTakenOut(category: Category, { applicability }: Config): boolean {
  return applicability[category]?.value === false;
}

/**
 * The outcomes once categories of which nothing was found, and which apply all the same, count as not checked. Without that a
 * control that this tool cannot see would be as good as one that is not needed.
 */
export function insisted(outcomes: readonly Outcome[], { applicability }: Config): readonly Outcome[] {
  const unseen = (category: Category) => outcomes.every((one) => one.category !== category || one.state === 'not-applicable');
  const meant = (Object.keys(applicability) as Category[]).filter((category) => applicability[category]?.value === true && unseen(category));
  if (meant.length === 0) return outcomes;
  return outcomes.map((outcome) => meant.includes(outcome.category)
    ? { ...outcome, state: 'not-checked', reason: `Nothing of it was found, and shipworthy.json says that its category applies: ${applicability[outcome.category]?.reason ?? ''}` }
    : outcome);
}
