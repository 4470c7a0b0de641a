/**
 * The lines of a category: what each rule costs, with ladders bounded.
 *
 * Rules about one control stand on a ladder; its top is the absence of the control. Without a bound, fixing "no backups" could
 * reveal "local only", "never verified" and "not documented" and cost more than having none. So the rules of a ladder together
 * cost no more than its top would: one finding of it, graded as its card says, or what it really costs if that is more.
 */
import type { LedgerLine } from '../card';
import { bySeverity, byText } from './order';
import { points } from './tenths';
import type { Tenths } from './tenths';
import type { Weighed } from './weighed';

export interface Line { readonly rule: Weighed; readonly cost: Tenths }

/** Rules of one ladder, or a rule by itself. `bound` is absent for the latter. */
export interface Group { readonly key: string; readonly rules: readonly Weighed[]; readonly bound?: Tenths }

/** What the "distinct rules" of the caps count: a ladder is one. */
export function keyOf(rule: Weighed): string {
  return rule.ladder ? `ladder ${rule.ladder.name}` : rule.rule;
}

/** The rules of one category by ladder, the top of each first. Rules that hold take part: they may be the top. */
export function groups(rules: readonly Weighed[]): readonly Group[] {
  const byKey = new Map<string, Weighed[]>();
  for (const rule of rules) {
    const held = byKey.get(keyOf(rule));
    if (held) held.push(rule);
    else byKey.set(keyOf(rule), [rule]);
  }
  return [...byKey].map(([key, members]) => {
    const sorted = members.toSorted((a, b) => (a.ladder?.rung ?? 0) - (b.ladder?.rung ?? 0) || byText(a.rule, b.rule));
    const top = sorted[0];
    return top?.ladder ? { key, rules: sorted, bound: top.bound } : { key, rules: sorted };
  });
}

/** What a group costs when only these of its rules are open. */
export function costOfGroup(group: Group, open: readonly Weighed[]): Tenths {
  return lines(group, open).reduce((sum, line) => sum + line.cost, 0);
}

/** Every rule that costs something, by itself or as its ladder lets it: the top first, the others while there is room. */
export function lines(group: Group, open: readonly Weighed[] = group.rules): readonly Line[] {
  const costing = open.filter((rule) => rule.cost > 0);
  if (group.bound === undefined) return costing.map((rule) => ({ rule, cost: rule.cost }));
  const top = group.rules[0];
  let room = Math.max(group.bound, top && open.includes(top) ? heaviest(top) : 0);
  return costing.map((rule) => {
    const cost = Math.min(rule.cost, room);
    room -= cost;
    return { rule, cost };
  });
}

function heaviest(rule: Weighed): Tenths {
  const first = rule.parts[0];
  return first ? Math.round(first.points * first.factor * 10) : 0;
}

/** As the card prints it. */
export function ledgerLine({ rule, cost }: Line): LedgerLine {
  const first = rule.parts[0];
  return {
    rule: rule.rule, severity: rule.severity, blocks: rule.blocks, occurrences: rule.occurrences, accepted: rule.accepted,
    points: first?.points ?? 0, confidence: first?.confidence ?? 'confirmed', factor: first?.factor ?? 1, parts: rule.parts,
    cost: points(cost), ...(cost < rule.cost && { bounded: points(rule.cost) }), ...(rule.ladder && { ladder: rule.ladder.name }),
  };
}

/** Heaviest first, the worse of two first, then by name. */
export function byCost(a: Line, b: Line): number {
  return b.cost - a.cost || bySeverity(a.rule.severity, b.rule.severity) || byText(a.rule.rule, b.rule.rule);
}
