/** What is not open: strengths, what does not apply, what was not checked, what was silenced; notices and method. */
import { CATEGORIES } from '../../rules/kit';
import { filesText } from '../arithmetic';
import type { ReportCard, Result } from '../card';
import { htmlText } from '../escape';
import { evidenceByText, first, inState, silenced, strengths } from '../listing';
import { CATEGORY_TITLES, LANE_WORDS, METHOD, NOTICE_WORDS, count } from '../words';
import { bullets, item, part, place, prose, ruleName } from './parts';
import type { Mode } from './parts';

const PROOFS = 4;
const PLACES = 3;

/** The sections after the findings and the plan, in the order of a hand-written audit. */
export function outcomes(card: ReportCard, mode: Mode): string {
  return [
    part('strengths', 'Strengths', byCategory(strengths(card), (result) => strength(result, mode)), strengths(card).length), reasons(card, 'not-applicable', 'Not applicable', mode),
    reasons(card, 'not-checked', 'Not checked', mode), part('silenced', 'Silenced', silencedList(card, mode), silenced(card).length),
    part('notices', 'Notices', noticeList(card, mode), card.notices.length), part('method', 'Method', [...METHOD, `${filesText(card)}.`].map((one) => `<p>${htmlText(one)}</p>`).join('')),
  ].join('\n');
}

function reasons(card: ReportCard, state: 'not-applicable' | 'not-checked', title: string, mode: Mode): string {
  const results = inState(card, state);
  return part(state, title, byCategory(results, (result) => `${htmlText(result.title)} ${ruleName(result.rule, mode)}<br><span class="about">${prose(result.reason ?? '')}</span>`), results.length);
}

function byCategory(results: readonly Result[], show: (result: Result) => string): string {
  return CATEGORIES.map((category) => ({ category, mine: results.filter((result) => result.category === category) })).filter(({ mine }) => mine.length > 0).map(({ category, mine }) =>
    `<div class="group" data-group><h3>${htmlText(CATEGORY_TITLES[category])} <span class="count">${mine.length}</span></h3><ul class="outcomes">${mine.map((result) => `<li ${item(result)}>${show(result)}</li>`).join('\n')}</ul></div>`).join('\n');
}

function strength(result: Result, mode: Mode): string {
  const { shown, more } = first(evidenceByText(result), PROOFS);
  const proofs = shown.map(({ text, places }) => {
    const rest = places.length > PLACES ? ` and ${places.length - PLACES} more` : '';
    return `${prose(text)} ${places.slice(0, PLACES).map((at) => place(at, mode)).join(' ')}${rest}`;
  });
  return `<span class="holds">${htmlText(result.title)}</span> ${ruleName(result.rule, mode)}${bullets([...proofs, ...(more > 0 ? [`and ${more} more`] : [])], 'proofs')}`;
}

function silencedList(card: ReportCard, mode: Mode): string {
  const all = silenced(card);
  if (all.length === 0) return '';
  return `<ul class="outcomes">${all.map(({ finding, lane, reason, by, until, tool }) => {
    const kind = `${LANE_WORDS[lane]}${until === undefined ? '' : ` until ${htmlText(until)}`}${by === undefined ? '' : ` by ${htmlText(by)}`}${tool === 'shipworthy' ? '' : `, honoured from ${htmlText(tool)}`}`;
    return `<li ${item({ severity: finding.severity, category: finding.category, state: 'accepted' })}>${prose(finding.message)} ${ruleName(finding.rule, mode)}<br>${place(finding, mode)} <span class="about">${kind}: ${htmlText(reason)}</span></li>`;
  }).join('\n')}</ul>`;
}

function noticeList(card: ReportCard, mode: Mode): string {
  const incomplete = card.notices.filter((notice) => notice.incomplete).length;
  const warning = incomplete === 0 ? '' : `<p><strong>${count(incomplete, 'notice')} ${incomplete === 1 ? 'keeps' : 'keep'} this card from being complete.</strong></p>`;
  return warning + bullets(card.notices.map((notice) => {
    const where = notice.path === undefined ? '' : notice.range ? ` ${place({ path: notice.path, range: notice.range }, mode)}` : ` <code>${htmlText(notice.path)}</code>`;
    return `<b>${NOTICE_WORDS[notice.code]}${notice.incomplete ? ', incomplete' : ''}</b>${where}: ${prose(notice.message)}`;
  }), 'outcomes');
}
