/** The first page of the Markdown report: what was looked at, the summary, the verdict with what blocks, and what is new. */
import type { ReportCard } from '../card';
import { amounts, definition, mark } from '../comparison/words';
import { codeSpan, markdownProse, markdownText } from '../escape';
import { beyondRules, blockReason, conditionText, first, headline, openBySeverity } from '../listing';
import { inOrder, numbersOf, reasonText, spoken, titleOf } from '../short-names';
import type { Numbered } from '../listing';
import { trendText } from '../history/trend';
import { frameworks } from '../summary';
import { VERDICT_SENTENCES, count, customisedText, gradeText, gradeWord, number, percent, present, profileText } from '../words';
import { firstSentence } from './findings';
import { bullets, paragraphs, placeLink, refs, section, table } from './parts';

/** So many findings that are new, and so many that are gone, are named, and blockers on the first page. */
const GONE = 15;
const BLOCKERS = 8;

/** Title, and the facts that an audit begins with. */
export function titleBlock(card: ReportCard): string {
  const { project, score, profile, tool } = card;
  const graded = `${gradeText(score.grade)} ${number(score.value)} of 100 (${gradeWord(score.grade)}), confidence ${score.confidence}, coverage ${percent(score.coverage)}`;
  const made = present(`${tool.name} ${tool.version}`, `rules ${card.ruleset}`, `scoring ${card.scoring}`, card.customised > 0 && `customised: ${markdownText(customisedText(card))}`);
  const facts = present(
    `**Verdict:** ${card.verdict.value}`, `**Score:** ${score.value === null ? 'not scored' : graded}`, `**As of:** ${card.asOf}`, card.trend !== undefined && `**Trend:** ${markdownText(trendText(card) ?? '')}`,
    commit(card), project.root !== '' && `**Folder:** ${codeSpan(project.root)}`,
    project.frameworks.length > 0 && `**Built with:** ${markdownText(frameworks(card))}`, `**Profile:** ${markdownText(profileText(profile))}`,
    `**Made by:** ${markdownText(made.join(', '))}`,
  );
  return `# Production readiness: ${markdownText(project.name)}\n\n${bullets(facts)}`;
}

/** `0ea1ce2` on `main`, with changes that are not committed */
function commit({ project: { commit: id, branch, dirty } }: ReportCard): string | undefined {
  if (id === undefined) return undefined;
  return `**Commit:** ${codeSpan(id)}${branch === undefined ? '' : ` on ${codeSpan(branch)}`}${dirty === true ? ', with changes that are not committed' : dirty === false ? ', clean' : ''}`;
}

/** At most six sentences, whom it suits, and the hard blockers or their absence. */
export function summaryText(card: ReportCard): string {
  const { summary, suitability } = card.content;
  const blockers = openBySeverity(card).flatMap((group) => group.rules).filter((one) => one.blocks);
  const { shown, more } = first(blockers, BLOCKERS);
  const named = [...shown.map((one) => `**${one.number}** ${markdownProse(headline(one.result))}`), ...(more > 0 ? [`and ${count(more, 'more rule')}`] : [])];
  return paragraphs(
    summary.map(markdownProse).join(' '), suitability !== undefined && `**Suits:** ${markdownText(suitability)}`,
    blockers.length === 0 ? '**Hard blockers:** None.' : `**Hard blockers:**\n\n${bullets(named)}`,
  );
}

export function verdictSection(card: ReportCard): string {
  const { value, reasons, conditions, toReady } = card.verdict;
  const ref = refs(card);
  const numbers = numbersOf(card);
  const goal = (id: string) => {
    const number = numbers.get(id);
    const before = number !== undefined ? `${ref(number)} ` : card.signoffs.some((one) => one.control === id) ? 'Sign-off: ' : '';
    return `${before}${markdownText(titleOf(card, id))} (${codeSpan(id)})`;
  };
  const steps = [...inOrder(card, toReady).map(goal), ...beyondRules(card).map((reason) => `Beyond what rules can mend: ${markdownText(reason.text)}`)];
  const blockers = openBySeverity(card).flatMap((group) => group.rules).filter((one) => one.blocks);
  const { shown, more } = first(steps, 10);
  return paragraphs(
    `## Verdict: ${value}`, VERDICT_SENTENCES[value], bullets(reasons.map((reason) => reasonText(card, reason, markdownText, ref))),
    blockers.length > 0 && `### What blocks, and what can happen\n\n${risks(blockers, ref)}`,
    conditions.length > 0 && `### Conditions\n\n${inOrder(card, conditions).map((condition, index) => `${index + 1}. ${spoken(card, markdownText(conditionText(card, condition)), ref)}`).join('\n')}`,
    steps.length > 0 && `### What would make it READY\n\n${bullets([...shown, ...(more > 0 ? [`and ${count(more, 'more step')}, which the plan lists`] : [])])}`,
  );
}

/** The verdict on a page that has no findings to lead to: why, and with what conditions. */
export function reasonSection(card: ReportCard): string {
  const { value, reasons, conditions } = card.verdict;
  return paragraphs(
    `## Verdict: ${value}`, bullets(reasons.map((reason) => reasonText(card, reason, markdownText))),
    conditions.length > 0 && `Conditions:\n\n${inOrder(card, conditions).map((condition, index) => `${index + 1}. ${spoken(card, markdownText(conditionText(card, condition)))}`).join('\n')}`,
  );
}

/** The risk of leaving each as it is. */
function risks(blockers: readonly Numbered[], ref: (number: string) => string): string {
  return table(['', 'What', 'Where', 'While it is open', 'Blocks'], blockers.map(({ number: id, result }) => {
    const [place] = result.findings;
    return [ref(id), markdownProse(headline(result)), place ? `${placeLink(place)}${result.findings.length > 1 ? ` and ${result.findings.length - 1} more` : ''}` : '–', markdownProse(firstSentence(result.card.why)), markdownText(blockReason(result))];
  }));
}

/** What is new and what is gone, where the card was compared with something. `show` makes a link of a short name where there is something to lead to. */
export function comparisonSection(card: ReportCard, show: (number: string) => string = (name) => name): readonly string[] {
  const { comparison } = card;
  if (!comparison) return [];
  const numbers = numbersOf(card);
  const fresh = card.results.flatMap(({ findings }) => findings).filter((one) => comparison.new.includes(one.fingerprint));
  const some = (title: string, all: readonly string[]) => {
    const { shown, more } = first(all, GONE);
    return all.length > 0 && `${title}\n\n${bullets([...shown, ...(more > 0 ? [`and ${more} more`] : [])])}`;
  };
  return [section('New and gone', paragraphs(
    `${markdownText(definition(comparison.base))} ${amounts(comparison)}.`,
    some('New:', fresh.map((one) => `${show(numbers.get(one.rule) ?? '')} ${markdownProse(one.message)} (${placeLink(one)}${mark(card, one) === 'new' ? '' : ', worse than before'})`)),
    some('Gone:', comparison.fixed.map((one) => `✅ ${markdownText(titleOf(card, one.rule))} (${codeSpan(one.rule)} in ${codeSpan(one.path)})${now(card, one.rule)}`)),
  ))];
}

/** What became of the rule of a finding that is gone: what proves it, or how much of it is left. */
function now({ results }: ReportCard, rule: string): string {
  const result = results.find((one) => one.rule === rule);
  const [proof] = result?.evidence ?? [];
  if (result?.state === 'open') return `; ${count(result.findings.length, 'place')} of it ${result.findings.length === 1 ? 'is' : 'are'} left`;
  return result?.state === 'holds' && proof ? `: ${markdownProse(proof.text)} (${placeLink(proof)})` : '';
}
