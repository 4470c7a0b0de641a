/** The list to go through before, at and after a deployment, and the controls every audit asks for first. */
import { CATEGORIES } from '../../rules/kit';
import type { ReportCard } from '../card';
import { HORIZONS, HORIZON_WORDS, otherControls, SIGNED } from '../checklist';
import type { CheckItem } from '../checklist';
import type { Control } from '../controls';
import { htmlText } from '../escape';
import { headline } from '../listing';
import { numbersOf } from '../short-names';
import { CATEGORY_TITLES, count, SIGNOFF_WORDS } from '../words';
import { part, place, prose, ruleName, shortName, table } from './parts';
import type { Mode } from './parts';
import { boxShape } from './shapes';

const BOX_WORDS: Readonly<Record<CheckItem['box'], string>> = { done: 'Done', open: 'Open', partly: 'Partly done', accepted: 'Accepted', unknown: 'Not known' };
const DECIDED_WORDS: Readonly<Record<CheckItem['decided'], string>> = { rule: 'by a rule', 'sign-off': 'by a person', both: 'by a rule or a person' };

export function checklist(card: ReportCard, mode: Mode): string {
  const items = card.content.checklist;
  const done = items.filter((one) => one.box === 'done').length;
  const horizons = HORIZONS.map((horizon) => {
    const mine = items.filter((one) => one.horizon === horizon);
    const open = mine.filter((one) => one.box !== 'done' && one.box !== 'accepted').length;
    const rows = CATEGORIES.flatMap((category) => mine.filter((one) => one.category === category).map((one) => [
      `<span class="state">${boxShape(one.box)}${BOX_WORDS[one.box]}</span>`, `${htmlText(one.title)}${one.findings > 1 ? ` <span class="about">${count(one.findings, 'finding')}</span>` : ''}`, CATEGORY_TITLES[category], DECIDED_WORDS[one.decided],
      one.decided === 'sign-off' ? `<code class="rule">${htmlText(one.id)}</code>` : ruleName(one.id, mode),
    ]));
    const title = `<h3>${HORIZON_WORDS[horizon]} <span class="count">${open} of ${mine.length} to do</span></h3>`;
    return title + (rows.length === 0 ? '<p class="none">Nothing.</p>' : table(HORIZON_WORDS[horizon], ['State', 'What', 'Category', 'Decided', 'Id'], rows, 'lines checks'));
  });
  const more = otherControls(card);
  const others = more === 0 ? '' : ` ${count(more, 'more control')} can be signed off: <code>shipworthy signoff</code> lists them.`;
  return part('checklist', 'Checklist', `<p>${done} of ${count(items.length, 'item')} are done.${others}</p>\n${signoffs(card)}${horizons.join('\n')}`);
}

/** What people signed, and what the profile requires them to. */
function signoffs(card: ReportCard): string {
  const rows = card.signoffs.filter((one) => one.required || one.state !== 'missing').map((one) => {
    const who = one.by === undefined ? '–' : `${htmlText(one.by)}${one.on === undefined ? '' : `, ${one.on}`}${one.reviewedBy === undefined ? '' : `, reviewed by ${htmlText(one.reviewedBy)}`}`;
    const says = [one.statement, one.evidence, one.remark].filter((text) => text !== undefined && text !== '').map((text) => htmlText(text ?? '')).join('<br>') || `<span class="about">${htmlText(`${one.question} Evidence: ${one.evidenceExpected}`)}</span>`;
    return [htmlText(one.title), `<span class="state">${boxShape(SIGNED[one.state])}${SIGNOFF_WORDS[one.state]}</span>${one.required ? ' <span class="about">required</span>' : ''}`, who, one.expires ?? '–', says, `<code class="rule">${htmlText(one.control)}</code>`];
  });
  return rows.length === 0 ? '' : `<h3>Sign-offs</h3>${table('Statements of people about what no program can decide', ['Control', 'State', 'By', 'Until', 'What it says, or what is asked', 'Id'], rows, 'lines checks')}\n`;
}

const CONTROL_WORDS: Readonly<Record<Control['state'], readonly [CheckItem['box'], string]>> = {
  wired: ['done', 'In place'], partly: ['partly', 'Partly done'], missing: ['open', 'Missing'], accepted: ['accepted', 'Accepted'], 'not-needed': ['unknown', 'Does not apply'], unknown: ['unknown', 'Not checked'],
};

/** Each control with what it is made of here. */
export function controls(card: ReportCard, mode: Mode): string {
  const numbers = numbersOf(card);
  const open = (rule: string) => {
    const [number, result] = [numbers.get(rule), card.results.find((one) => one.rule === rule)];
    return number === undefined || !result ? htmlText(rule) : `${shortName(mode)(number, rule)} ${prose(headline(result))}`;
  };
  const rows = card.content.controls.map((one) => {
    const [box, word] = CONTROL_WORDS[one.state];
    const by = one.by.map((each) => `${htmlText(each.text)} ${place(each, mode)}`).join('<br>');
    return [htmlText(one.name), `<span class="state">${boxShape(box)}${word}</span>`, [...(by === '' ? [] : [by]), ...one.open.map(open), ...(by === '' && one.reason !== undefined ? [htmlText(one.reason)] : [])].join('<br>') || '–'];
  });
  return part('controls', 'Controls', rows.length === 0 ? '' : table('What protects the application, and where it is', ['Control', 'State', 'What it is, or what is missing'], rows));
}
