/** What the sections of the Markdown report are put together from. */
import type { Spot } from '../../engine/audit/inventory';
import type { Location } from '../../engine/audit/outcome';
import type { ReportCard } from '../card';
import { cell, codeSpan, pathLink } from '../escape';
import { count } from '../words';

/** A heading of the second level with what stands under it. */
export function section(title: string, content: string): string {
  return `## ${title}\n\n${content === '' ? 'None.' : content}`;
}

/** Where an open rule stands, to be led to by `refs`: hosts make other anchors of headings, each its own way. */
export function anchor(card: Owner, number: string): string {
  return `<a id="${target(card, number)}"></a>`;
}

/** Makes links of the short names of a card's open rules, to where each stands. */
export function refs(card: Owner): (number: string) => string {
  return (number) => `[${number}](#${target(card, number)})`;
}

type Owner = Pick<ReportCard, 'project'>;

/** With the folder of the application before it: several may share a document, and each has a C1. */
function target({ project: { root } }: Owner, number: string): string {
  return [...root.toLowerCase().split(/[^a-z0-9]+/), number.toLowerCase()].filter((part) => part !== '').join('-');
}

/** Paragraphs that say something, an empty line between them. */
export function paragraphs(...all: readonly (string | false | undefined)[]): string {
  return all.filter((one) => typeof one === 'string' && one !== '').join('\n\n');
}

/** Rows of cells as a table; cells are Markdown already. */
export function table(heads: readonly string[], body: readonly (readonly string[])[]): string {
  return [heads, heads.map(() => '---'), ...body].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');
}

export function bullets(items: readonly string[]): string {
  return items.map((one) => `- ${one}`).join('\n');
}

/** What is long stands behind a line that opens it; renderers without that show all of it. */
export function folded(title: string, content: string): string {
  return `<details>\n<summary>${title}</summary>\n\n${content}\n\n</details>`;
}

/** A table that is folded when it has more rows than people read in passing, and cut when it has more than they look through. */
export function longTable(name: string, heads: readonly string[], body: readonly (readonly string[])[]): string {
  const shown = body.slice(0, MOST);
  const whole = paragraphs(table(heads, shown), body.length > MOST && `… and ${count(body.length - MOST, 'more row')}, which the JSON report has.`);
  return body.length > FEW ? folded(`${name} (${body.length})`, whole) : whole;
}
const FEW = 25;
const MOST = 300;

/** A place as a link to its line: app/models.py:12. */
export function placeLink(at: Location): string {
  return spotLink({ path: at.path, line: at.range.start.line });
}

export function spotLink({ path, line }: Spot): string {
  return `[${codeSpan(`${path}:${line + 1}`)}](${pathLink(path)}#L${line + 1})`;
}

/** Links to some places, and how many there are besides. */
export function spotLinks(spots: readonly Spot[], most: number): string {
  const more = spots.length - most;
  return [...spots.slice(0, most).map(spotLink), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
