/** What is not open: what holds, what does not apply, what was not checked, what was silenced; notices and method. */
import { CATEGORIES } from '../../rules/kit';
import type { Notice } from '../../engine/audit/outcome';
import { filesText } from '../arithmetic';
import type { ReportCard, Result } from '../card';
import { htmlText } from '../escape';
import { evidenceByText, first, inState, silenced, strengths } from '../listing';
import { CATEGORY_TITLES, LANE_WORDS, METHOD, NOT_SEEN, NOTICE_WORDS, STATE_WORDS, count, present } from '../words';
import { bullets, item, part, place, prose, ruleName } from './parts';
import type { Mode } from './parts';

const PROOFS = 4;
const PLACES = 3;

/** What holds, with what proves it. */
export function strengthList(card: ReportCard, mode: Mode): string {
  const strong = strengths(card);
  return part('strengths', 'Strengths', byCategory(strong, (result) => strength(result, mode)), strong.length);
}

/** What neither holds nor is open. */
export function outcomes(card: ReportCard, mode: Mode): string {
  return [reasons(card, 'not-applicable', mode), reasons(card, 'not-checked', mode), part('silenced', 'Silenced', silencedList(card, mode), silenced(card).length)].join('\n');
}

/** The run itself, and how the card comes about. */
export function about(card: ReportCard, mode: Mode): string {
  return [part('notices', 'Notices', noticeList(card, mode), card.notices.length), part('method', 'Method', [...METHOD, `${filesText(card)}.`].map((one) => `<p>${htmlText(one)}</p>`).join(''))].join('\n');
}

function reasons(card: ReportCard, state: 'not-applicable' | 'not-checked', mode: Mode): string {
  const results = inState(card, state);
  const row = (result: Result) => `${htmlText(result.title)} ${ruleName(result.rule, mode)}<br><span class="about">${prose(result.reason ?? '')}</span>`;
  const said = state === 'not-applicable' && results.length > 0 ? `<p class="about">${htmlText(NOT_SEEN)}</p>` : '';
  return part(state, STATE_WORDS[state], said + byCategory(results, row), results.length);
}

function byCategory(results: readonly Result[], show: (result: Result) => string): string {
  return CATEGORIES.map((category) => {
    const rows = results.filter((result) => result.category === category).map((result) => `<li ${item(result)}>${show(result)}</li>`);
    if (rows.length === 0) return '';
    const title = `<h3>${htmlText(CATEGORY_TITLES[category])} <span class="count">${rows.length}</span></h3>`;
    return `<div class="group" data-group>${title}<ul class="outcomes">${rows.join('\n')}</ul></div>`;
  }).join('');
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
    const how = present(LANE_WORDS[lane], tool !== 'shipworthy' && `honoured from ${tool}`, until !== undefined && `until ${until}`, by !== undefined && `by ${by}`);
    const about = `<span class="about">${htmlText(`${how.join(' ')}: ${reason}`)}</span>`;
    return `<li ${item({ ...finding, state: 'accepted' })}>${prose(finding.message)} ${ruleName(finding.rule, mode)}<br>${place(finding, mode)} ${about}</li>`;
  }).join('\n')}</ul>`;
}

function noticeList(card: ReportCard, mode: Mode): string {
  const incomplete = card.notices.filter((notice) => notice.incomplete).length;
  const warning = incomplete === 0 ? '' : `<p><strong>${count(incomplete, 'notice')} ${incomplete === 1 ? 'keeps' : 'keep'} this card from being complete.</strong></p>`;
  return warning + bullets(card.notices.map((notice) => {
    return `<b>${NOTICE_WORDS[notice.code]}${notice.incomplete ? ', incomplete' : ''}</b>${where(notice, mode)}: ${prose(notice.message)}`;
  }), 'outcomes');
}

function where({ path, range }: Notice, mode: Mode): string {
  if (path === undefined) return '';
  return range ? ` ${place({ path, range }, mode)}` : ` <code>${htmlText(path)}</code>`;
}
