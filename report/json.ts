import type { ReportCard } from './card';

/** The reading order of a card's own keys. */
const TOP = [
  'schemaVersion', 'tool', 'scoring', 'ruleset', 'asOf', 'project', 'profile', 'customised', 'customisations',
  'content', 'verdict', 'score', 'trend', 'comparison', 'counts', 'categories', 'results', 'signoffs', 'plan', 'planOrder', 'notices', 'inventory', 'files', 'history',
] as const satisfies readonly (keyof ReportCard)[];

/** Fails to compile when a key of the card is missing above. */
type Missing = Exclude<keyof ReportCard, (typeof TOP)[number]>;
type Complete = [Missing] extends [never] ? typeof TOP : never;

/**
 * The card as JSON, ending with a line break: the card itself and all of it, so that it can be read back. The card's own keys
 * are in reading order and all others in alphabetical order, whatever the order they were made in.
 */
export function json(card: ReportCard): string {
  const keys: Complete = TOP;
  return printed(Object.fromEntries(keys.map((key) => [key, sorted(card[key])])));
}

/**
 * A value as JSON that ends with a line break, keys as they are. Controls and direction marks that JSON lets pass are written by
 * their number, for those who print it on a terminal: the value is the same.
 */
export function printed(value: unknown): string {
  const escaped = JSON.stringify(value, undefined, 2).replace(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `${escaped}\n`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]));
}
