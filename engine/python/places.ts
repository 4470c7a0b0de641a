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
  const part = (key: string, value: unknown): unknown => {
    switch (typeof value) {
      case 'object': return value === null ? value : move(value);
      case 'number': return key === 'start' || key === 'end' ? moved(value, key) : value;
      case 'string': return NAMES.has(key) && value.includes('@') ? value.replace(PLACE, (_, at: string) => `@${moved(Number(at), 'start')}`) : value;
      default: return value;
    }
  };
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
      const there = part(key, here);
      if (there !== here) (copy ??= { ...value })[key] = there;
    }
    return copy ?? value;
  };
  return <T>(facts: T) => part('', facts) as T;
}

/** Whether facts are those of before, at the places that the old ones move to. */
export function alikeButMoved(before: unknown, now: unknown, moved: (at: number, end: End) => number, key = ''): boolean {
  if (typeof before === 'number') return (key === 'start' || key === 'end' ? moved(before, key) : before) === now;
  if (typeof before === 'string' && NAMES.has(key) && before.includes('@')) return before.replace(PLACE, (_, at: string) => `@${moved(Number(at), 'start')}`) === now;
  if (typeof before !== 'object' || before === null) return before === now;
  if (typeof now !== 'object' || now === null || Array.isArray(before) !== Array.isArray(now)) return false;
  if (Array.isArray(before)) return before.length === (now as readonly unknown[]).length && before.every((each, index) => alikeButMoved(each, (now as readonly unknown[])[index], moved));
  const keys = Object.keys(before);
  return keys.length === Object.keys(now).length && keys.every((each) => each in now && alikeButMoved((before as Record<string, unknown>)[each], (now as Record<string, unknown>)[each], moved, each));
}
