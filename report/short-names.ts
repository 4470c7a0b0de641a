/** The short names of a card, C1 and H2: how one part of a report speaks of what stands in another. */
import type { Reason, ReportCard } from './card';
import { openBySeverity } from './listing';
import { NAMED } from './scoring/verdict';
import { list } from './words';

/** The short name of each open rule, by its id. */
export function numbersOf(card: Pick<ReportCard, 'results'>): ReadonlyMap<string, string> {
  return new Map(openBySeverity(card).flatMap((group) => group.rules).map((one) => [one.result.rule, one.number]));
}

/** What an id of a rule or of a control is called. */
export function titleOf({ results, signoffs }: Pick<ReportCard, 'results' | 'signoffs'>, id: string): string {
  return results.find((result) => result.rule === id)?.title ?? signoffs.find((one) => one.control === id)?.title ?? id;
}

/** An id within a sentence. */
const ID = /\b[a-z][a-z0-9]*(?:-[a-z0-9]+)+\b/g;

/**
 * A sentence of the card with short names of open rules and titles of controls in the place of ids: a reader of a report has those before him.
 *
 * @param text escaped already, for the output that `show` writes for
 * @param show the short name of a rule, as a link where there is something to lead to
 */
export function spoken(card: Pick<ReportCard, 'results' | 'signoffs'>, text: string, show: (number: string, rule: string) => string = (number) => number): string {
  const numbers = numbersOf(card);
  return text.replace(ID, (id) => {
    const number = numbers.get(id);
    if (number !== undefined) return show(number, id);
    const control = card.signoffs.find((one) => one.control === id);
    return control ? `“${control.title}”` : id;
  });
}

/** So many short names fit into a sentence. */
const MOST = 12;

/**
 * A reason of the verdict with the short names of its rules, in the order of the report.
 *
 * @param escape for the output that `show` writes for
 */
export function reasonText(card: Pick<ReportCard, 'results' | 'signoffs'>, { text, rules }: Reason, escape: (text: string) => string, show: (number: string, rule: string) => string = (number) => number): string {
  const end = `: ${list(rules, NAMED)}.`;
  if (rules.length === 0 || !text.endsWith(end)) return spoken(card, escape(text), show);
  const numbers = numbersOf(card);
  const named = inOrder(card, rules).map((rule) => {
    const number = numbers.get(rule);
    return number === undefined ? escape(rule) : show(number, rule);
  });
  return `${escape(text.slice(0, -end.length))}: ${list(named, MOST)}.`;
}

/** Ids of open rules in the order of the report, and after them the others as they come. */
export function inOrder(card: Pick<ReportCard, 'results'>, ids: readonly string[]): readonly string[] {
  const open = [...numbersOf(card).keys()].filter((rule) => ids.includes(rule));
  return [...open, ...ids.filter((id) => !open.includes(id))];
}

/** Ids with the short name before each: for sums, whose lines are called by the ids. */
export function numbered(card: Pick<ReportCard, 'results'>, text: string, show: (number: string, rule: string) => string = (number) => number): string {
  const numbers = numbersOf(card);
  return text.replace(ID, (id) => {
    const number = numbers.get(id);
    return number === undefined ? id : `${show(number, id)} ${id}`;
  });
}
