import type { ReportCard } from './card';

/** The reading order of a card's own keys. */
const TOP = [
  'schemaVersion', 'tool', 'scoring', 'ruleset', 'asOf', 'project', 'profile', 'customised',
  'verdict', 'score', 'counts', 'categories', 'results', 'plan', 'notices', 'files',
] as const satisfies readonly (keyof ReportCard)[];

/** Fails to compile when a key of the card is missing above. */
type Missing = Exclude<keyof ReportCard, (typeof TOP)[number]>;
type Complete = [Missing] extends [never] ? typeof TOP : never;

/**
 * The card as JSON, ending with a line break: the card itself and all of it, so that it can be read back. The card's own keys
 * are in reading order and all others in alphabetical order, whatever the order they were made in. Everything but ASCII's
 * printable letters in strings is left to the reader's terminal to trust: control characters are escaped by JSON itself.
 */
export function json(card: ReportCard): string {
  const keys: Complete = TOP;
  const ordered = Object.fromEntries(keys.map((key) => [key, sorted(card[key])]));
  return `${JSON.stringify(ordered, undefined, 2)}\n`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]));
}
