/**
 * The card as GitHub shows it: below a job, and as a comment on a pull request. The verdict comes first, then what is new and what is gone,
 * and the rest is folded. GitHub drops a summary or a comment that is too long as a whole, so both are cut to fit.
 */
import type { ReportCard, Result } from '../card';
import type { Finding, Location } from '../../engine/audit/outcome';
import { isNew } from '../comparison/compare';
import { amounts, definition, mark } from '../comparison/words';
import { cell, codeSpan, htmlText, markdownProse, markdownText, pathLink } from '../escape';
import { beyondRules, inState, silenced, strengths } from '../listing';
import { byWeight } from '../scoring/order';
import { reasonText, titleOf } from '../short-names';
import { points, roundTenths } from '../scoring/tenths';
import { isBlocking } from '../scoring/weighed';
import { count, gradeText, gradingText, LANE_WORDS, NOTICE_WORDS, number, present, scoreText, severities, VERDICT_SENTENCES } from '../words';
import { fitting, type Section } from './fitting';

/** GitHub takes 1 MiB for a step and nothing of what is longer. */
const SUMMARY_BUDGET = 900 * 1024;
/** A comment has 65,536 characters. */
const COMMENT_BUDGET = 60_000;

/** Finds the comment again, so that it can be written anew instead of once more. */
const MARKER = '<!-- shipworthy -->\n';

/** `address` is put before a path to look at it in the browser: `https://github.com/owner/name/blob/0ea1ce2`. */
export interface Links { readonly address?: string }

/** For `$GITHUB_STEP_SUMMARY`. */
export function githubSummary(cards: readonly ReportCard[], links: Links): string {
  return fitting([...overview(cards), ...cards.flatMap((card) => [...opening(card, links), ...table(card)]), ...cards.flatMap((card) => details(card, cards.length > 1, links)), ...cards.slice(0, 1).map(origin)], SUMMARY_BUDGET);
}

/** For a comment on a pull request: the same without what has not changed by it. */
export function githubComment(cards: readonly ReportCard[], links: Links): string {
  const sections = cards.flatMap((card) => [...opening(card, links), ...folded(card, 'Report card', 'categories', table(card).flatMap((section) => section.items), TABLE_HEAD, cards.length > 1), ...openFolded(card, cards.length > 1, links)]);
  return MARKER + fitting([...overview(cards), ...sections, ...cards.slice(0, 1).map(origin)], COMMENT_BUDGET - MARKER.length);
}

/** Several applications at a glance. */
function overview(cards: readonly ReportCard[]): readonly Section[] {
  if (cards.length < 2) return [];
  const rows = cards.map((card) => row([markdownText(card.project.name), card.verdict.value, scoreText(card), String(card.counts.blockers), severities(card.counts.findings) || '–']));
  return [{ name: 'applications', head: '| Application | Verdict | Score | Block | Open findings |\n| --- | --- | --- | --- | --- |\n', items: rows, tail: '\n' }];
}

/** What a reader wants to know first: verdict, why, what is new, what is gone. */
function opening(card: ReportCard, links: Links): readonly Section[] {
  const { verdict, comparison } = card;
  const facts = present(`Confidence ${card.score.confidence}`, card.counts.blockers > 0 && `${count(card.counts.blockers, 'finding')} ${card.counts.blockers === 1 ? 'blocks' : 'block'}`, severities(card.counts.findings) && `open: ${severities(card.counts.findings)}`);
  const head = `### ${markdownText(card.project.name)}: ${verdict.value}, ${scoreText(card)}\n\n${VERDICT_SENTENCES[verdict.value]} ${markdownText(`${facts.join(', ')}.`)}\n\n`;
  const reasons: Section = { name: 'reasons', head, items: verdict.reasons.map((reason) => `- ${reasonText(card, reason, markdownText, (_, rule) => codeSpan(rule))}\n`), tail: '\n' };
  if (!comparison) return [reasons];
  const fresh = openOf(card).filter(({ finding }) => isNew(card, finding));
  const gone = comparison.fixed.map((one) => `- ${codeSpan(one.rule)} in ${codeSpan(one.path)}\n`);
  return [
    reasons, plain(`${markdownText(definition(comparison.base))} ${amounts(comparison)}.\n\n`),
    ...listed('new findings', `#### New (${fresh.length})\n\n`, fresh.map((one) => findingLine(one, card, links))),
    ...listed('findings that are gone', `#### Gone (${gone.length})\n\n`, gone),
  ];
}

const TABLE_HEAD = '| Category | Grade | Score | Lost | Open findings |\n| --- | --- | --- | --- | --- |\n';

function table(card: ReportCard): readonly Section[] {
  const items = card.categories.filter((category) => category.status !== 'not-applicable').map(({ title, gating, grade, score, findings }) => row([
    gating ? `**${title}**` : title, grade === '-' ? '–' : gradeText(grade), number(score), score === null ? '–' : number(points(roundTenths((100 - score) * 10))), severities(findings) || '–',
  ]));
  return [{ name: 'categories', head: TABLE_HEAD, items, tail: '\n' }];
}

function details(card: ReportCard, several: boolean, links: Links): readonly Section[] {
  const said = (result: Result, reason: string) => `- ${markdownText(result.title)} (${codeSpan(result.rule)})${reason}\n`;
  const ready = [...card.verdict.toReady.map((rule) => `- ${codeSpan(rule)}: ${markdownText(titleOf(card, rule))}\n`), ...beyondRules(card).map((reason) => `- ${markdownText(reason.text)}\n`)];
  return [
    ...openFolded(card, several, links),
    ...folded(card, 'What would make it READY', 'steps', ready, '', several),
    ...folded(card, 'Silenced', 'silenced findings', silenced(card).map(({ finding, lane, reason }) => `- ${place(finding, links)} ${codeSpan(finding.rule)}, ${LANE_WORDS[lane].toLowerCase()}: ${markdownText(reason)}\n`), '', several),
    ...folded(card, 'Not checked', 'rules that were not checked', inState(card, 'not-checked').map((one) => said(one, `: ${markdownProse(one.reason ?? '')}`)), '', several),
    ...folded(card, 'Notices', 'notices', card.notices.map((notice) => `- ${NOTICE_WORDS[notice.code]}: ${markdownText(notice.message)}\n`), '', several),
    ...folded(card, 'Strengths', 'strengths', strengths(card).map((one) => said(one, '')), '', several),
  ];
}

function openFolded(card: ReportCard, several: boolean, links: Links): readonly Section[] {
  return folded(card, 'Open findings', 'open findings', openOf(card).map((one) => findingLine(one, card, links)), '', several);
}

/** Nothing where there is nothing to fold. */
function folded(card: ReportCard, title: string, name: string, items: readonly string[], head: string, several: boolean): readonly Section[] {
  if (items.length === 0) return [];
  // Within these tags it is HTML, and no host links a mention in code.
  const of = several ? `<code>${htmlText(card.project.name)}</code>: ${title}` : title;
  return [{ name, head: `<details><summary>${of} (${items.length})</summary>\n\n${head}`, items, tail: '\n</details>\n\n' }];
}

function listed(name: string, head: string, items: readonly string[]): readonly Section[] {
  return items.length === 0 ? [] : [{ name, head, items, tail: '\n' }];
}

function plain(text: string): Section {
  return { name: '', head: text, items: [], tail: '' };
}

interface Open { readonly finding: Finding; readonly result: Result }

/** What blocks first, then the worst. */
function openOf(card: ReportCard): readonly Open[] {
  return card.results.flatMap((result) => result.findings.map((finding) => ({ finding, result })))
    .sort((a, b) => Number(isBlocking(b.finding)) - Number(isBlocking(a.finding)) || byWeight(a.finding, b.finding));
}

function findingLine({ finding }: Open, card: ReportCard, links: Links): string {
  const marks = present(gradingText(finding, isBlocking(finding)), mark(card, finding)).join(', ');
  return `- ${place(finding, links)} ${markdownProse(finding.message)} (${codeSpan(finding.rule)}: ${markdownText(marks)})\n`;
}

function place(at: Location, { address }: Links): string {
  const line = at.range.start.line + 1;
  const text = codeSpan(`${at.path}:${line}`);
  return address === undefined ? text : `[${text}](${address}/${pathLink(at.path).replace(/^\.\//, '')}#L${line})`;
}

function origin(card: ReportCard): Section {
  const made = present(`${card.tool.name} ${card.tool.version}`, `rules ${card.ruleset}`, `as of ${card.asOf}`, card.customised > 0 && count(card.customised, 'setting of your own', 'settings of your own'));
  return plain(`<sub>${markdownText(made.join(' · '))}</sub>\n`);
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(cell).join(' | ')} |\n`;
}
