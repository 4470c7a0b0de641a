/** Facts of a file by where they stand: those in a stretch of its text, without going through all of them. */
import type { Span } from './place';

interface Placed { readonly at: Span }

const ordered = new WeakMap<readonly Placed[], readonly Placed[]>();

/** Facts of a list that lie in a stretch with all of their text, by where they begin. The order found once is kept for as long as the list. */
export function within<Fact extends Placed>(facts: readonly Fact[], at: Span): readonly Fact[] {
  if (facts.length === 0) return facts;
  const list = inOrder(facts);
  const found: Fact[] = [];
  for (let position = firstFrom(list, at.start); position < list.length; position++) {
    const one = list[position];
    if (!one || one.at.start > at.end) break;
    if (one.at.end <= at.end) found.push(one);
  }
  return found;
}

/** Position of the first fact that begins at an offset or behind it. */
export function firstFrom(list: readonly Placed[], offset: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.at.start ?? 0) < offset) low = middle + 1; else high = middle;
  }
  return low;
}

/** Most lists are in order as they were read. */
function inOrder<Fact extends Placed>(facts: readonly Fact[]): readonly Fact[] {
  const known = ordered.get(facts) as readonly Fact[] | undefined;
  if (known) return known;
  const made = facts.every((each, position) => position === 0 || (facts[position - 1]?.at.start ?? 0) <= each.at.start) ? facts : [...facts].sort((a, b) => a.at.start - b.at.start);
  ordered.set(facts, made);
  return made;
}
