/** Opens a workspace for audit. */
import { rules as allRules } from '../../rules';
import type { SessionOptions } from './live';
import { LiveSession } from './live';
import type { RuleCard, RuleDocument } from './outcome';
import { RememberingSession } from './remembering';
import { documentOf, registryOf } from './registry';
import type { Session } from './session';

/** Cards of all rules in the order of the registry. */
export const ruleCards: readonly RuleCard[] = registryOf(allRules).cards;

/** The document of a rule of ours, for its page. */
export function ruleDocument(id: string): RuleDocument | undefined {
  const rule = allRules.find((each) => each.id === id);
  return rule && documentOf(rule);
}

/** Nothing is read before the first `refresh`. */
export function openSession(options: SessionOptions): Session {
  const session = new LiveSession(options);
  return options.keeping ? new RememberingSession(session, options.keeping) : session;
}
