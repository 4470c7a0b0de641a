/** What stands behind an edit, at its new place. */

const OFFSETS: ReadonlySet<string> = new Set(['start', 'end', 'nameAt', 'open', 'keywordEnd']);

/** A deep copy with all offsets moved; what has none is taken as it is. */
export function shifted<T>(value: T, by: number): T {
  if (by === 0 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.length === 0 ? value : value.map((each: unknown) => shifted(each, by)) as T;
  const copy = { ...value } as Record<string, unknown>;
  for (const key in copy) {
    const part = copy[key];
    if (typeof part === 'object') copy[key] = shifted(part, by);
    else if (typeof part === 'number' && OFFSETS.has(key)) copy[key] = part + by;
  }
  return copy as T;
}
