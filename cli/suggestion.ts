import { nearest } from '../engine/workspace/nearest';

/** ` Did you mean a or b?` for a name that is not among `names`: those that begin like it, at most three, else the nearest one. Empty when none is near. */
export function suggestion(typed: string, names: readonly string[]): string {
  const beginning = typed.length > 2 ? names.filter((name) => name.startsWith(typed.toLowerCase())).slice(0, 3) : [];
  const near = beginning.length > 0 ? beginning : [nearest(typed, names)].filter((name) => name !== undefined);
  return near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : '';
}
