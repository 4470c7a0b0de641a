/** Open rules by severity, each with its places, reasons and fixes; and the filters over everything that is listed. */
import { CATEGORIES, SEVERITIES } from '../../rules/kit';
import type { Finding, FixOffer } from '../../engine/audit/outcome';
import { whatIfText } from '../arithmetic';
import type { ReportCard } from '../card';
import { attribute, htmlBlock, htmlText } from '../escape';
import { first, fixOffers, headline, openBySeverity } from '../listing';
import type { Numbered } from '../listing';
import { effort } from '../plan';
import { isBlocking } from '../scoring/weighed';
import { CATEGORY_TITLES, CONFIDENCE_WORDS, SAFETY_WORDS, SEVERITY_WORDS, STATE_WORDS, count, gradingText, hours, number } from '../words';
import { item, link, place, prose, ruleName, severity } from './parts';
import type { Mode } from './parts';

/** So many places of one rule are on the page at once; the rest is folded away. */
const PLACES = 10;

/** The section of the findings. The filters stand before what is replaced when the card changes, so they keep focus and content. */
export function findings(card: ReportCard, mode: Mode): string {
  const groups = openBySeverity(card).map(({ severity: of, rules }) => `<h3>${severity(of)} <span class="count">${rules.length}</span></h3>\n${rules.length === 0 ? none(card, of) : rules.map((one) => article(one, card, mode)).join('\n')}`);
  return `<section id="findings" aria-labelledby="findings-title">
<h2 id="findings-title" tabindex="-1">Findings</h2>
${filters()}
<div data-part="open">
${groups.map((group) => `<div class="group" data-group>${group}</div>`).join('\n')}
</div>
</section>`;
}

function none(card: ReportCard, of: Finding['severity']): string {
  const held = card.results.filter((result) => result.state === 'holds' && result.card.severity === of).length;
  return `<p class="none">None. ${count(held, 'rule')} of this severity ${held === 1 ? 'was' : 'were'} checked and ${held === 1 ? 'holds' : 'hold'}.</p>`;
}

/** Shown by the script: without it they could do nothing. */
function filters(): string {
  const select = (name: string, title: string, all: string, options: readonly (readonly [string, string])[]) =>
    `<label>${title}<select name="${name}"><option value="">${all}</option>${options.map(([value, word]) => `<option value="${value}">${word}</option>`).join('')}</select></label>`;
  return `<form class="filters" role="search" aria-label="Filter the report" hidden>
<label>Search<input type="search" name="text" autocomplete="off" spellcheck="false" placeholder="rule, path or words"></label>
${select('severity', 'Severity', 'Any severity', SEVERITIES.map((one) => [one, SEVERITY_WORDS[one]]))}
${select('category', 'Category', 'Any category', CATEGORIES.map((one) => [one, htmlText(CATEGORY_TITLES[one])]))}
${select('state', 'State', 'Any state', Object.entries(STATE_WORDS))}
<button type="reset">Clear</button>
<output class="shown"></output>
</form>`;
}

function article({ number: id, result, blocks }: Numbered, card: ReportCard, mode: Mode): string {
  const { rule, findings: found } = result;
  const confidences = [...new Set(found.map((one) => one.confidence))].map((one) => CONFIDENCE_WORDS[one]).join(' or ').toLowerCase();
  const marks = [
    ...(blocks ? ['<strong class="blocks">Blocks shipping</strong>'] : []), htmlText(CATEGORY_TITLES[result.category]), confidences, ...(result.cost > 0 ? [`costs ${number(result.cost)}`] : []), hours(effort(result.effort, found.length)),
  ];
  return `<article class="finding tone-${result.severity}" id="rule-${attribute(rule)}" ${item(result)} aria-labelledby="rule-${attribute(rule)}-title">
<h4 id="rule-${attribute(rule)}-title"><span class="id">${id}</span> ${prose(headline(result))}</h4>
<p class="marks">${severity(result.severity)} · ${marks.join(' · ')} · ${ruleName(rule, mode)}</p>
${places(found, rule, mode)}
<dl class="words"><div><dt>Why it matters</dt><dd>${prose(result.card.why)}</dd></div><div><dt>How to fix it</dt><dd>${prose(result.card.how)}</dd></div>${fixWords(found, mode)}${ifHeld(result, card)}${links(result.card.links)}</dl>
</article>`;
}

function places(found: readonly Finding[], rule: string, mode: Mode): string {
  const several = new Set(found.map((one) => one.message)).size > 1;
  const graded = new Set(found.map((one) => gradingText(one, isBlocking(one)))).size > 1;
  const { shown, more } = first(found, PLACES);
  const rows = (some: readonly Finding[]) => `<ol class="places">${some.map((one) => `<li>${placeRow(one, several, graded, mode)}</li>`).join('\n')}</ol>`;
  const rest = more === 0 ? '' : `<details data-key="more-${attribute(rule)}"><summary>${count(more, 'more place')}</summary>${rows(found.slice(shown.length))}</details>`;
  return rows(shown) + rest;
}

function placeRow(one: Finding, several: boolean, graded: boolean, mode: Mode): string {
  const about = [
    place(one, mode), ...(graded ? [gradingText(one, isBlocking(one))] : []), ...(several ? [prose(one.message)] : []), ...(one.because === undefined ? [] : [`because ${htmlText(one.because)}`]),
  ];
  const related = one.related.map((other) => `<li>${place(other, mode)} ${prose(other.text)}</li>`).join('');
  return `<p>${about.join(' · ')}</p>${related ? `<ul class="related">${related}</ul>` : ''}${one.snippet === '' ? '' : `<pre><code>${htmlBlock(one.snippet)}</code></pre>`}${mode === 'panel' ? fixes(one) : ''}`;
}

/** In the panel each place has its own fixes; on a page, where none can be applied, they are said once for the rule. */
function fixes(one: Finding): string {
  const buttons = one.fixes.map((fix) => `<li><button type="button" class="fix" data-fix="${attribute(`${one.fingerprint}:${fix.index}`)}">Fix: ${htmlText(fix.title)}</button> ${aboutFix(fix)}</li>`);
  return buttons.length === 0 ? '' : `<ul class="fixes">${buttons.join('')}</ul>`;
}

function fixWords(found: readonly Finding[], mode: Mode): string {
  const offers = mode === 'panel' ? [] : fixOffers(found);
  return offers.length === 0 ? '' : `<div><dt>${offers.length === 1 ? 'Quick fix' : 'Quick fixes'}</dt><dd>${offers.map((fix) => `${htmlText(fix.title)} ${aboutFix(fix)}`).join('<br>')}</dd></div>`;
}

function aboutFix(fix: FixOffer): string {
  return `<span class="about">${SAFETY_WORDS[fix.safety]}${fix.remains === undefined ? '' : `; left to do: ${htmlText(fix.remains)}`}</span>`;
}

function ifHeld(result: Numbered['result'], card: ReportCard): string {
  return `<div><dt>If it held</dt><dd>${htmlText(whatIfText(result, card))}</dd></div>`;
}

function links(all: readonly string[]): string {
  return all.length === 0 ? '' : `<div class="more"><dt>More</dt><dd>${all.map(link).join('<br>')}</dd></div>`;
}
