/** By domain, as a consultant writes it: what is there, what is missing and what to do, then gaps and next steps from small to large. */
import { CATEGORIES } from '../../rules/kit';
import type { CategoryCard, ReportCard, Result } from '../card';
import { codeSpan, markdownProse, markdownText } from '../escape';
import { headline, inState, openBySeverity, silenced, strengths } from '../listing';
import { effort } from '../plan';
import { byText } from '../scoring/order';
import { CATEGORY_TITLES, count, gradeText, gradeWord, hours, number } from '../words';
import { scope } from './inventory';
import { numbersOf } from '../short-names';
import { strength } from './lists';
import { anchor, bullets, paragraphs, placeLink, refs, section } from './parts';
import { signoffs } from './signoffs';
import { summaryText, titleBlock } from './title';

/** So many strengths of a domain are named. */
const STRENGTHS = 6;

export function consultant(card: ReportCard): readonly string[] {
  const domains = card.categories.filter((category) => category.applicable > 0).map((category) => domain(category, card));
  return [
    titleBlock(card), section('Summary', summaryText(card)), section('Scope', scope(card)), section('Readiness by domain', domains.join('\n\n')), section('Sign-offs', signoffs(card)), section(`Known gaps (observed ${card.asOf})`, gaps(card)),
    section('Suggested next steps (small → impactful)', steps(card)), section('Conclusion', card.content.conclusion.map(markdownText).join(' ')),
  ];
}

function domain(category: CategoryCard, card: ReportCard): string {
  const position = CATEGORIES.indexOf(category.id) + 1;
  const there = strengths(card).filter((result) => result.category === category.id);
  const missing = openBySeverity(card).flatMap((group) => group.rules).filter((one) => one.result.category === category.id);
  const unknown = inState(card, 'not-checked').filter((result) => result.category === category.id);
  const named = [...there.slice(0, STRENGTHS).map(strength), ...(there.length > STRENGTHS ? [`and ${there.length - STRENGTHS} more`] : [])];
  return paragraphs(
    `### ${position}) ${category.title}: ${gradeText(category.grade)} ${gradeWord(category.grade)}${category.score === null ? '' : `, ${number(category.score)}`}`,
    there.length > 0 && `What exists:\n\n${bullets(named)}`, missing.length > 0 && `What is missing, and what to do:\n\n${bullets(missing.map((one) => `${anchor(card, one.number)}**${one.number}** ${gap(one.result)} ${markdownProse(one.result.card.how)}`))}`,
    unknown.length > 0 && `To be looked at by a person:\n\n${bullets(unknown.map((result) => `${markdownText(result.title)}: ${markdownProse(result.reason ?? '')}`))}`, there.length + missing.length + unknown.length === 0 && 'Nothing to say.',
  );
}

function gap(result: Result): string {
  const [place] = result.findings;
  return `${markdownProse(headline(result))}${place ? ` (${placeLink(place)}${result.findings.length > 1 ? ` and ${result.findings.length - 1} more` : ''})` : ''}`;
}

/** What is open, worst first, in a line each: what to do about it stands under its domain. And what was accepted until a day. */
function gaps(card: ReportCard): string {
  const ref = refs(card);
  const open = openBySeverity(card).flatMap((group) => group.rules).filter((one) => one.result.severity !== 'info' && one.result.severity !== 'low');
  const accepted = silenced(card).filter((one) => one.lane === 'accepted-risk').map((one) => `Accepted${one.until === undefined ? '' : ` until ${markdownText(one.until)}`}: ${codeSpan(one.finding.rule)} in ${placeLink(one.finding)}: ${markdownText(one.reason)}`);
  const rest = card.counts.open - open.length;
  return bullets([...open.map(({ number: id, result, blocks }) => `${ref(id)} ${markdownProse(headline(result))} (${CATEGORY_TITLES[result.category]}${blocks ? ', **blocks**' : ''})`), ...(rest > 0 ? [`and ${rest} of low severity or for information, which stand under their domains`] : []), ...accepted]);
}

/** By effort, then by what is regained. */
function steps(card: ReportCard): string {
  const ref = refs(card);
  const numbers = numbersOf(card);
  const open = card.results.filter((result) => result.state === 'open' && result.cost > 0).map((result) => ({ result, spent: effort(result.effort, result.findings.length) }));
  const sorted = open.toSorted((a, b) => a.spent[0] - b.spent[0] || b.result.cost - a.result.cost || byText(a.result.rule, b.result.rule)).slice(0, 20);
  const more = open.length - sorted.length;
  return `${sorted.map(({ result, spent }, index) => `${index + 1}. ${ref(numbers.get(result.rule) ?? '')} ${markdownText(result.title)}: ${markdownProse(result.card.how)} (${hours(spent)}; ${regained(result, card)})`).join('\n')}${more > 0 ? `\n\n… and ${count(more, 'more step')} that ${more === 1 ? 'takes' : 'take'} longer or ${more === 1 ? 'regains' : 'regain'} less.` : ''}`;
}

/** `Security 43.2 → 83.2`: exactly, for what a rule costs is not what its category regains where others cap or compress it. */
function regained({ category, whatIf }: Result, card: ReportCard): string {
  const now = card.categories.find((one) => one.id === category)?.score ?? null;
  const then = whatIf?.category ?? null;
  return now === then ? `${CATEGORY_TITLES[category]} stays at ${number(now)} by this alone` : `${CATEGORY_TITLES[category]} ${number(now)} → ${number(then)}`;
}
