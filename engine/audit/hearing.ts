/** What rules said when they were asked, and what they say after an edit, when only some of them are asked again. */
import type { Rule } from '../../rules/kit';
import type { Looks } from '../project/looks';
import type { Verdict } from './judge';

/** By rule. Of rules that have nothing to say no verdict is kept, but still what they looked at. */
export interface Hearing {
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** The texts that each looked at, where it looked at any. */
  readonly looks: ReadonlyMap<string, Looks>;
}

/** Asks all rules. */
export function hear<R extends Rule>(rules: readonly R[], ask: (rule: R) => Verdict): Hearing {
  const verdicts = new Map<string, Verdict>();
  const looks = new Map<string, Looks>();
  for (const rule of rules) {
    const verdict = ask(rule);
    if (verdict.looks) looks.set(rule.id, verdict.looks);
    const kept = keptOf(verdict);
    if (kept) verdicts.set(rule.id, kept);
  }
  return { verdicts, looks };
}

/** What was said before an edit, and which rules may say something else now. */
export interface Earlier { readonly before: ReadonlyMap<string, Verdict>; readonly stale: ReadonlySet<string> }

/** What all rules say, of which only those that are stale are asked: the others say what they said before. */
export function hearAgain<R extends Rule>(rules: readonly R[], { before, stale }: Earlier, ask: (rule: R) => Verdict): ReadonlyMap<string, Verdict> {
  const verdicts = new Map<string, Verdict>();
  for (const rule of rules) {
    const kept = stale.has(rule.id) ? keptOf(ask(rule)) : before.get(rule.id);
    if (kept) verdicts.set(rule.id, kept);
  }
  return verdicts;
}

/** What there is to keep of a verdict. It is kept for long; what it looked at, where an edit may ask for it. */
function keptOf(verdict: Verdict): Verdict | undefined {
  if (verdict.places === 0 && verdict.notices.length === 0) return undefined;
  return verdict.looks ? withoutLooks(verdict) : verdict;
}

function withoutLooks({ looks: _, ...verdict }: Verdict): Verdict {
  return verdict;
}
