/** Days as ISO text, counted without a clock or a time zone. */

/** Whole days since 1970 of an ISO day such as 2026-11-20; undefined for anything else, 2026-02-30 included. */
export function dayNumber(day: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined;
  const time = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== day) return undefined;
  return time / 86_400_000;
}

/** The ISO day of a number of whole days since 1970. */
export function dayText(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}
