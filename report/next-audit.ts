/** When to look again: statements of people end some day, and code changes. */
import type { Told } from './card';
import { addDays } from './days';
import { silenced } from './listing';

export interface NextAudit {
  /** ISO day. */
  readonly on: string;
  /** Completes "because …". */
  readonly because: string;
}

/** Days after which an audit is old, whatever it said. */
const OLD = 30;

/** The first end of an accepted risk that is still to come, when it comes before the audit is old. */
export function nextAudit(card: Told): NextAudit {
  const old = addDays(card.asOf, OLD);
  const ends = silenced(card).flatMap(({ until, finding }) => until === undefined || until < card.asOf ? [] : [{ on: until, rule: finding.rule }]).sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
  const [first] = ends;
  return first && first.on <= old ? { on: first.on, because: `the accepted risk of ${first.rule} ends` } : { on: old, because: `this one is ${OLD} days old then` };
}
