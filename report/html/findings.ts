/** Open rules by severity, each with its places, reasons and fixes; and the filters over everything that is listed. */
import { CATEGORIES, SEVERITIES } from '../../rules/kit';
import type { CloseUp, LineChange } from '../../engine/audit/close-up';
import type { Finding, FixOffer } from '../../engine/audit/outcome';
import { whatIfText } from '../arithmetic';
import { commandsOf } from '../commands';
import type { ReportCard, Result } from '../card';
import { attribute, htmlBlock, htmlText } from '../escape';
import { blockReason, first, fixOffers, headline, openBySeverity } from '../listing';
import type { Numbered } from '../listing';
import { mark } from '../comparison/words';
import { effort } from '../plan';
import { isBlocking } from '../scoring/weighed';
import { CATEGORY_TITLES, CONFIDENCE_WORDS, SAFETY_WORDS, SEVERITY_WORDS, STATE_WORDS, count, gradingText, hours, number, present } from '../words';
import { bullets, item, link, place, prose, ruleName, severity } from './parts';
import type { Mode } from './parts';

/** So many places of one rule are on the page at once; the rest is folded away. */
const PLACES = 10;

/** The section of the findings. */
export function findings(card: ReportCard, mode: Mode): string {
  const groups = openBySeverity(card).map(({ severity: of, rules }) => {
    const articles = rules.length === 0 ? none(card, of) : rules.map((one, index) => article(one, index, card, mode)).join('\n');
    return `<div class="group" data-group="${of}"><h3>${severity(of)} <span class="count">${rules.length}</span></h3>\n${articles}</div>`;
  });
  return `<section id="findings" aria-labelledby="findings-title">
<h2 id="findings-title" tabindex="-1">Findings</h2>
<div data-part="open">
<div class="ordered"></div>
${groups.join('\n')}
</div>
</section>`;
}

function none(card: ReportCard, of: Finding['severity']): string {
  const held = card.results.filter((result) => result.state === 'holds' && result.card.severity === of).length;
  return `<p class="none">None. ${count(held, 'rule')} of this severity ${held === 1 ? 'was' : 'were'} checked and ${held === 1 ? 'holds' : 'hold'}.</p>`;
}

/** What narrows every list of the report. Shown by the script: without it they could do nothing. */
export function filters({ comparison }: ReportCard): string {
  const compared = comparison !== undefined;
  const select = (name: string, title: string, all: string, options: readonly (readonly [string, string])[]) => {
    const choices = [['', all] as const, ...options].map(([value, word]) => `<option value="${value}">${word}</option>`);
    return `<label>${title}<select name="${name}">${choices.join('')}</select></label>`;
  };
  return `<form class="filters" role="search" aria-label="Filter the report" hidden>
<label>Search<input type="search" name="text" autocomplete="off" spellcheck="false" placeholder="rule, path or words"></label>
${select('severity', 'Severity', 'Any severity', SEVERITIES.map((one) => [one, SEVERITY_WORDS[one]]))}
${select('category', 'Category', 'Any category', CATEGORIES.map((one) => [one, htmlText(CATEGORY_TITLES[one])]))}
${select('state', 'State', 'Any state', Object.entries(STATE_WORDS))}
${select('order', 'Order', 'By severity', [['cost', 'Costs most first'], ['effort', 'Least work first'], ['path', 'By file']])}
${compared ? '<label class="tick"><input type="checkbox" name="new"> Only new</label>\n' : ''}<button type="reset">Clear</button>
<output class="shown"></output>
</form>`;
}

function article({ number: id, result, blocks }: Numbered, at: number, card: ReportCard, mode: Mode): string {
  const { rule, findings: found } = result;
  const confidences = [...new Set(found.map((one) => one.confidence))].map((one) => CONFIDENCE_WORDS[one]).join(' or ').toLowerCase();
  const marks = present(
    severity(result.severity), blocks && '<strong class="blocks">Blocks shipping</strong>', htmlText(CATEGORY_TITLES[result.category]), confidences,
    result.cost > 0 && `costs ${number(result.cost)}`, hours(effort(result.effort, found.length)), ruleName(rule, mode),
  );
  return `<article class="finding tone-${result.severity}" id="rule-${attribute(rule)}" ${item(result)} data-at="${SEVERITIES.indexOf(result.severity) * 1000 + at}" ${ordering(result, card)} aria-labelledby="rule-${attribute(rule)}-title">
<h4 id="rule-${attribute(rule)}-title"><span class="id">${id}</span> ${prose(headline(result))}</h4>
<p class="marks">${marks.join(' · ')}</p>
${places(found, rule, card, mode)}
<dl class="words">${words(result, blocks, card, mode)}</dl>
</article>`;
}

/** What the script orders and picks by. */
function ordering({ findings: found, cost, effort: one }: Result, { comparison }: ReportCard): string {
  const fresh = comparison !== undefined && found.some((each) => comparison.new.includes(each.fingerprint));
  return `data-cost="${cost}" data-effort="${effort(one, found.length)[1]}" data-path="${attribute(found[0]?.path ?? '')}"${fresh ? ' data-new' : ''}`;
}

function words(result: Result, blocks: boolean, card: ReportCard, mode: Mode): string {
  const commands = commandsOf(result);
  const fixes = mode === 'panel' ? [] : fixOffers(result.findings).map((fix) => `${htmlText(fix.title)} ${aboutFix(fix)}`);
  const word = (name: string, text: string, kind = '') => (text === '' ? '' : `<div${kind}><dt>${name}</dt><dd>${text}</dd></div>`);
  return [
    word('Why it matters', prose(result.card.why)), word('How to fix it', prose(result.card.how)), word(fixes.length === 1 ? 'Quick fix' : 'Quick fixes', fixes.join('<br>')),
    word('Once done', htmlText(whatIfText(result, card))), word('Blocks shipping', blocks ? `Yes, ${htmlText(blockReason(result))}` : 'No'),
    word(commands.length === 1 ? 'Command' : 'Commands', commands.map((command) => `<code>${htmlText(command)}</code>`).join('<br>')), word('More', result.card.links.map(link).join('<br>'), ' class="more"'),
  ].join('');
}

function places(found: readonly Finding[], rule: string, card: ReportCard, mode: Mode): string {
  const several = new Set(found.map((one) => one.message)).size > 1;
  const graded = new Set(found.map((one) => gradingText(one, isBlocking(one)))).size > 1;
  const { shown, more } = first(found, PLACES);
  const rows = (some: readonly Finding[]) => `<ol class="places">${some.map((one) => `<li>${placeRow(one, several, graded, card, mode)}</li>`).join('\n')}</ol>`;
  if (more === 0) return rows(shown);
  return `${rows(shown)}<details data-key="more-${attribute(rule)}"><summary>${count(more, 'more place')}</summary>${rows(found.slice(shown.length))}</details>`;
}

function placeRow(one: Finding, several: boolean, graded: boolean, card: ReportCard, mode: Mode): string {
  const fresh = mark(card, one);
  const about = present(
    place(one, mode), fresh !== undefined && `<strong class="new">${fresh}</strong>`, graded && gradingText(one, isBlocking(one)), several && prose(one.message), one.because !== undefined && `because ${htmlText(one.because)}`,
  );
  const related = bullets(one.related.map((other) => `${place(other, mode)} ${prose(other.text)}`), 'related');
  const near = card.content.closeUps[one.fingerprint];
  const code = near ? closeUp(near) : one.snippet === '' ? '' : `<pre><code>${htmlBlock(one.snippet)}</code></pre>`;
  return `<p>${about.join(' · ')}</p>${related}${code}${mode === 'panel' ? fixButtons(one) + decideButtons(one) : ''}`;
}

/** The code around, each line with its number, the finding's own ones marked; and what its fix would leave. */
function closeUp({ line, code, own, fix }: CloseUp): string {
  const lines = code.map((text, index) => {
    const numbered = `<span class="line">${line + index + 1}</span>${htmlBlock(text)}`;
    return index >= own[0] && index <= own[1] ? `<mark>${numbered}</mark>` : numbered;
  });
  return `<pre class="near"><code>${lines.join('\n')}</code></pre>${fix ? `<details class="change" data-key="change-${line}-${attribute(fix.title)}"><summary>With the fix “${htmlText(fix.title)}”</summary>${fix.changes.map(change).join('')}</details>` : ''}`;
}

function change({ path, line, before, after, created }: LineChange): string {
  const rows = [...before.map((text) => `<del>− ${htmlBlock(text)}</del>`), ...after.map((text) => `<ins>+ ${htmlBlock(text)}</ins>`)];
  return `<p class="about">${htmlText(path)}${created ? ', a new file' : `, line ${line + 1}`}</p><pre class="near"><code>${rows.join('\n')}</code></pre>`;
}

/** In the panel each place has its own fixes; on a page, where none can be applied, they are said once for the rule. */
function fixButtons(one: Finding): string {
  return bullets(one.fixes.map((fix) => {
    const button = `<button type="button" class="fix" data-fix="${attribute(`${one.fingerprint}:${fix.index}`)}">Fix: ${htmlText(fix.title)}</button>`;
    return `${button} ${aboutFix(fix)}`;
  }), 'fixes');
}

/** What else can be done about a finding than mend it. */
function decideButtons({ fingerprint }: Finding): string {
  const button = (lane: string, title: string) => `<button type="button" data-decide="${attribute(`${lane}:${fingerprint}`)}">${title}…</button>`;
  return `<p class="decide">${button('accepted-risk', 'Accept risk')} ${button('false-positive', 'False positive')}</p>`;
}

function aboutFix(fix: FixOffer): string {
  return `<span class="about">${SAFETY_WORDS[fix.safety]}${fix.remains === undefined ? '' : `; left to do: ${htmlText(fix.remains)}`}</span>`;
}
