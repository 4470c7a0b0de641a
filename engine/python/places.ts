/** Facts of a file at other places than they were found at. */

import type { Stretch } from '../syntax/stretch';

export type End = 'start' | 'end';

/** What is inserted may belong to the token before it, to the token behind it, or to neither. */
export type Joins = 'neither' | 'before' | 'behind';

/** Where a place is after an edit. */
export function moves({ start, end, by }: Stretch, joins: Joins): (at: number, end: End) => number {
  return (at, which) => {
    const touches = at === end && (start < end || (which === 'start' ? joins !== 'behind' : joins === 'before'));
    return at > end || touches ? at + by : at;
  };
}

/** Keys of names that may end in the place where a nameless object is made: `shop.@120`. */
const NAMES: ReadonlySet<string> = new Set(['name', 'parent', 'child', 'owner']);
const PLACE = /@(\d+)(?=@|$)/g;

/** Moves every place of what it is given. What holds no place that moves is taken as it is, the rest is copied. */
export function mover(moved: (at: number, end: End) => number): <T>(facts: T) => T {
  const list = (all: readonly unknown[]): readonly unknown[] => {
    let copy: unknown[] | undefined;
    for (let index = 0; index < all.length; index++) {
      const each = all[index];
      const there = typeof each === 'object' && each !== null ? move(each) : each;
      if (there !== each) (copy ??= [...all])[index] = there;
    }
    return copy ?? all;
  };
  const move = (value: object): unknown => {
    if (Array.isArray(value)) return list(value);
    let copy: Record<string, unknown> | undefined;
    for (const key in value) {
      const here = (value as Record<string, unknown>)[key];
      let there = here;
      // Written out here: this is gone through for every part of every fact behind an edit.
      if (typeof here === 'object') { if (here !== null) there = move(here); }
      else if (typeof here === 'number') { if (key === 'start' || key === 'end') there = moved(here, key); }
      else if (typeof here === 'string' && here.includes('@') && NAMES.has(key)) there = here.replace(PLACE, (_, at: string) => `@${moved(Number(at), 'start')}`);
      if (there !== here) (copy ??= { ...value })[key] = there;
    }
    return copy ?? value;
  };
  return <T>(facts: T) => (typeof facts === 'object' && facts !== null ? move(facts) : facts) as T;
}

/** Whether facts are those of before, at the places that the old ones move to. */
export function alikeButMoved(before: unknown, now: unknown, moved: (at: number, end: End) => number, key = ''): boolean {
  if (typeof before === 'number') return (key === 'start' || key === 'end' ? moved(before, key) : before) === now;
  if (typeof before === 'string' && before.includes('@') && NAMES.has(key)) return before.replace(PLACE, (_, at: string) => `@${moved(Number(at), 'start')}`) === now;
  if (typeof before !== 'object' || before === null) return before === now;
  if (typeof now !== 'object' || now === null || Array.isArray(before) !== Array.isArray(now)) return false;
  if (Array.isArray(before)) return areAlikeButMoved(before, now as readonly unknown[], moved);
  let count = 0;
  for (const each in before) {
    if (!(each in now) || !alikeButMoved((before as Record<string, unknown>)[each], (now as Record<string, unknown>)[each], moved, each)) return false;
    count++;
  }
  return count === Object.keys(now).length;
}

function areAlikeButMoved(before: readonly unknown[], now: readonly unknown[], moved: (at: number, end: End) => number): boolean {
  if (before.length !== now.length) return false;
  for (let at = 0; at < before.length; at++) if (!alikeButMoved(before[at], now[at], moved)) return false;
  return true;
}
