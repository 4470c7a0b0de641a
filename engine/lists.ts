/** What is held for long is held small: nothing twice, and no room for more. */

/** The list of nothing. Most lists of facts are empty; they are all this one. */
export const NONE: readonly never[] = [];

/** A list that will not grow any more: V8 gives one that grew room for sixteen more. */
export function settled<T>(list: readonly T[]): readonly T[] {
  return list.length === 0 ? NONE : list.slice();
}

/** What is made of each in a list; nothing is made for nothing. */
export function made<A, B>(list: readonly A[], to: (one: A) => B): readonly B[] {
  return list.length === 0 ? NONE : list.map(to);
}

/** Adds to the list that a key has. */
export function push<K, T>(lists: Map<K, T[]>, key: K, one: T): void {
  const list = lists.get(key);
  if (list) list.push(one); else lists.set(key, [one]);
}

/** Whether a thing has these parts already. */
export function has<T extends object>(one: T, parts: Partial<T>): boolean {
  return (Object.keys(parts) as (keyof T)[]).every((key) => one[key] === parts[key]);
}

/** The thing with these parts of it; the thing itself where it has them already. */
export function changed<T extends object>(one: T, to: Partial<T>): T {
  // Not spread: V8 of Node 20 gives each copy a shape of its own where copies of many shapes are made in one place.
  return has(one, to) ? one : Object.assign({}, one, to);
}

/** What became of a list; the list itself where it has the same in it. */
export function same<T>(list: readonly T[], made: readonly T[]): readonly T[] {
  return made.length === list.length && made.every((one, at) => one === list[at]) ? list : made;
}

/** What becomes of a list; the list itself where nothing in it becomes another. */
export function mapped<T>(list: readonly T[], to: (one: T) => T): readonly T[] {
  return list.length === 0 ? list : same(list, list.map(to));
}

/** Two lists as one; the first itself where there is nothing in the second. */
export function joined<T>(list: readonly T[], more: readonly T[]): readonly T[] {
  return more.length === 0 ? list : [...list, ...more];
}
