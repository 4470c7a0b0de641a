/** Pieces that several sections of the page are made of. All text that comes in is escaped here. */
import type { Category, Severity } from '../../rules/kit';
import type { Location, State } from '../../engine/audit/outcome';
import { attribute, htmlProse, htmlText, webLink } from '../escape';
import { SEVERITY_WORDS, placeText } from '../words';
import { severityShape } from './shapes';

/** `panel`: in the editor, where places open and fixes apply. `page`: a file that anybody may read or print. */
export type Mode = 'panel' | 'page';

/** A section with its heading; the panel replaces it as a whole when the card changes. */
export function part(id: string, title: string, content: string, count?: number): string {
  const amount = count === undefined ? '' : ` <span class="count">${count}</span>`;
  return `<section id="${id}" data-part="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title" tabindex="-1">${title}${amount}</h2>
${content === '' ? '<p>None.</p>' : content}
</section>`;
}

/** A place: a button that opens it in the editor, or its text on a page. `short` leaves out the column. */
export function place(at: Location, mode: Mode, short = false): string {
  const exact = `${at.path}:${at.range.start.line + 1}:${at.range.start.character + 1}`;
  const shown = htmlText(short ? placeText(at).replace(/:\d+$/, '') : placeText(at)).replaceAll('/', '/<wbr>');
  return mode === 'panel' ? `<button type="button" class="place" data-open="${attribute(exact)}">${shown}</button>` : `<code class="place">${shown}</code>`;
}

/** A rule's id: a button that shows its page in the editor, or its text on a page. */
export function ruleName(rule: string, mode: Mode): string {
  const shown = htmlText(rule);
  if (mode === 'page') return `<code class="rule">${shown}</code>`;
  return `<button type="button" class="rule" data-explain="${attribute(rule)}" aria-label="Explain ${shown}">${shown}</button>`;
}

/** The short name of an open rule: on a page it leads to where the rule stands, which in the panel is behind another tab. */
export function shortName(mode: Mode): (number: string, rule: string) => string {
  return (number, rule) => (mode === 'page' ? `<a href="#rule-${attribute(rule)}">${number}</a>` : number);
}

/** Severity as shape and word. */
export function severity(of: Severity): string {
  return `<span class="severity">${severityShape(of)}${SEVERITY_WORDS[of]}</span>`;
}

/** What the filters of the page look at. */
export function item(of: { readonly severity: Severity; readonly category: Category; readonly state: State }): string {
  return `data-item data-severity="${of.severity}" data-category="${of.category}" data-state="${of.state}"`;
}

/** Paragraphs' worth of text with `code` in it. */
export function prose(text: string): string {
  return htmlProse(text);
}

/** A link to the web, or its text where it is no address. */
export function link(address: string): string {
  const safe = webLink(address);
  return safe === undefined ? htmlText(address) : `<a href="${attribute(safe)}" rel="noreferrer noopener">${htmlText(safe)}</a>`;
}

/** A list, or nothing. */
export function bullets(items: readonly string[], kind = ''): string {
  return items.length === 0 ? '' : `<ul${kind ? ` class="${kind}"` : ''}>${items.map((one) => `<li>${one}</li>`).join('')}</ul>`;
}

/** A table with its caption and heads; the first cell of a row names it. Cells are HTML. */
export function table(caption: string, heads: readonly string[], rows: readonly (readonly string[])[], kind = 'lines'): string {
  const body = rows.map(([name = '', ...cells]) => `<tr><th scope="row">${name}</th>${cells.map((one) => `<td>${one}</td>`).join('')}</tr>`).join('\n');
  const head = `<thead><tr>${heads.map((one) => `<th scope="col">${one}</th>`).join('')}</tr></thead>`;
  return `<div class="wide" role="region" aria-label="${caption}" tabindex="0"><table class="${kind}"><caption>${caption}</caption>\n${head}\n<tbody>${body}</tbody></table></div>`;
}
