/**
 * Rules that are newer than the rule set a team pinned. They are asked and what they find is reported, but nothing of it is
 * scored: an update of the tool must not fail the build of a team that changed nothing. Raising `ruleset` lets them count.
 */
import { isNewer } from '../../rules/kit';
import type { Audit, Finding, Outcome } from '../../engine/audit/outcome';
import { count } from '../words';

export interface Sandboxed {
  /** The audit in which newer rules do not apply, each with the reason. */
  readonly audit: Audit;
  /** What newer rules find, by rule. */
  readonly unscored: ReadonlyMap<string, readonly Finding[]>;
}

/** Takes what is newer than a version out of an audit; all of it counts where none is named. */
export function sandboxed(audit: Audit, ruleset: string | undefined): Sandboxed {
  const unscored = new Map<string, readonly Finding[]>();
  if (ruleset === undefined) return { audit, unscored };
  const outcomes = audit.outcomes.map((outcome): Outcome => {
    const since = audit.rules[outcome.rule]?.since;
    if (since === undefined || outcome.state === 'not-applicable' || !isNewer(since, ruleset)) return outcome;
    if (outcome.findings.length > 0) unscored.set(outcome.rule, outcome.findings);
    const found = outcome.findings.length > 0 ? `it has ${count(outcome.findings.length, 'finding')}` : outcome.state === 'not-checked' ? 'it could not be checked' : 'it finds nothing';
    return { ...outcome, state: 'not-applicable', findings: [], silenced: [], evidence: [], judged: 0, reason: `New in rule set ${since}, not scored: ${found}. shipworthy.json counts rules up to ${ruleset}.` };
  });
  return { audit: { ...audit, outcomes }, unscored };
}
