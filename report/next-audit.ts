/** When to look again: statements of people end some day, and code changes. */
import type { Told } from './card';
import { addDays } from './days';
import { silenced } from './listing';
import { titleOf } from './short-names';

export interface NextAudit {
  /** ISO day. */
  readonly on: string;
  /** Completes "because …". */
  readonly because: string;
}

/** Days after which an audit is old, whatever it said. */
const OLD = 30;

/** The first end of an accepted risk or of a sign-off that is still to come, when it comes before the audit is old. */
export function nextAudit(card: Told): NextAudit {
  const old = addDays(card.asOf, OLD);
  const accepted = silenced(card).flatMap(({ until, finding }) => until === undefined ? [] : [{ on: until, because: `the risk accepted for “${titleOf(card, finding.rule)}” ends` }]);
  const signed = card.signoffs.flatMap(({ title, state, expires }) => expires === undefined || (state !== 'signed' && state !== 'expiring') ? [] : [{ on: expires, because: `the sign-off “${title}” ends` }]);
  const ends = [...accepted, ...signed].filter(({ on }) => on >= card.asOf).sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
  const [first] = ends;
  return first && first.on <= old ? first : { on: old, because: `this one is ${OLD} days old then` };
}
