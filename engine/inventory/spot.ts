/** From the places of facts to lines, as a report names them. */
import type { Evidence, Place } from '../../rules/kit';
import type { Spot } from '../audit/inventory';

/** The line a place begins in; the first one where the file's text is not at hand. */
export type Locate = (at: Place) => Spot;

/** The line, with what it shows. */
export function shown(at: Evidence, locate: Locate): Spot & { readonly text: string } {
  return { ...locate(at), text: at.text };
}

/** Each text once, at the first of its places. */
export function once<T extends { readonly text: string }>(all: readonly T[]): readonly T[] {
  const found = new Map<string, T>();
  for (const one of all) if (!found.has(one.text)) found.set(one.text, one);
  return [...found.values()];
}

/** Texts in the order of their letters, upper case first. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
