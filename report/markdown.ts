/**
 * The card as Markdown to keep beside the code: in the order of a hand-written audit, the same bytes for the same card, every
 * place a link relative to the report. Text of the repository is escaped: it cannot mark, link, mention or embed.
 */
import { CATEGORIES } from '../rules/kit';
import { categoryText, filesText, lineText, overallText } from './arithmetic';
import type { CategoryCard, Grade, ReportCard, Result } from './card';
import { amounts, definition } from './comparison/words';
import { cell, codeSpan, markdownProse, markdownText } from './escape';
import { beyondRules, conditionText, evidenceByText, first, inState, silenced, strengths } from './listing';
import { findingSections, placeLink } from './markdown-findings';
import { total } from './plan';
import { trendText } from './history/trend';
import { frameworks, summary } from './summary';
import {
  CATEGORY_TITLES, EXACT, LANE_WORDS, METHOD, NOTICE_WORDS, SEVERITY_WORDS, VERDICT_SENTENCES,
  customisedText, gradeText, gradeWord, hours, number, percent, placeText, present, profileText, severities,
} from './words';

/** So many pieces of evidence of one strength, and places of each, are written out. */
const PROOFS = 5;
const PLACES = 3;

/** The card as a Markdown document, ending with a line break. At the root of the workspace its links lead to the code. */
export function markdown(card: ReportCard): string {
  const sections = [
    titleBlock(card), section('Summary', summary(card).map(markdownText).join(' ')), verdict(card), ...comparisonSection(card), section('Report card', table(card)),
    section('How the score adds up', breakdown(card)), section('Strengths', strengthList(card)), section('Findings', findingSections(card)),
    section('Plan', plan(card)), section('Not applicable', reasons(card, 'not-applicable')), section('Not checked', reasons(card, 'not-checked')),
    section('Silenced', silencedTable(card)), section('Notices', notices(card)), section('Method', method(card)),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** Rows of cells as a table; cells are Markdown already. */
function rows(head: readonly string[], body: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');
}

function bullets(items: readonly string[]): string {
  return items.map((one) => `- ${one}`).join('\n');
}

function section(title: string, content: string): string {
  return `## ${title}\n\n${content === '' ? 'None.' : content}`;
}

/** What is new and what is gone, where the card was compared with something. */
function comparisonSection({ comparison }: ReportCard): readonly string[] {
  if (!comparison) return [];
  const { shown, more } = first(comparison.fixed, PROOFS * PLACES);
  const gone = shown.map((one) => `Gone: ${codeSpan(one.rule)} in ${codeSpan(one.path)}`);
  return [section('New and gone', [`${markdownText(definition(comparison.base))} ${amounts(comparison)}.`, bullets([...gone, ...(more > 0 ? [`and ${more} more gone`] : [])])].filter((one) => one !== '').join('\n\n'))];
}

function titleBlock(card: ReportCard): string {
  const { project, score, profile, tool } = card;
  const graded = `${gradeText(score.grade)} ${number(score.value)} of 100 (${gradeWord(score.grade)}), confidence ${score.confidence}, coverage ${percent(score.coverage)}`;
  const made = present(`${tool.name} ${tool.version}`, `rules ${card.ruleset}`, `scoring ${card.scoring}`, card.customised > 0 && `customised: ${markdownText(customisedText(card))}`);
  const facts = present(
    `**Verdict:** ${card.verdict.value}`, `**Score:** ${score.value === null ? 'not scored' : graded}`, `**As of:** ${card.asOf}`, card.trend !== undefined && `**Trend:** ${markdownText(trendText(card) ?? '')}`,
    project.commit !== undefined && `**Commit:** ${codeSpan(project.commit)}`, project.root !== '' && `**Folder:** ${codeSpan(project.root)}`,
    project.frameworks.length > 0 && `**Built with:** ${markdownText(frameworks(card))}`, `**Profile:** ${markdownText(profileText(profile))}`,
    `**Made by:** ${markdownText(made.join(', '))}`,
  );
  return `# Production readiness: ${markdownText(project.name)}\n\n${bullets(facts)}`;
}

function verdict(card: ReportCard): string {
  const { value, reasons: why, conditions, toReady } = card.verdict;
  const steps = [
    ...toReady.map((rule) => `${codeSpan(rule)}: ${markdownText(titleOf(card, rule))}`),
    ...beyondRules(card).map((reason) => `Beyond what rules can mend: ${markdownText(reason.text)}`),
  ];
  return [
    `## Verdict: ${value}`, VERDICT_SENTENCES[value], bullets(why.map((reason) => markdownText(reason.text))),
    ...(conditions.length > 0 ? ['### Conditions', bullets(conditions.map((condition) => markdownText(conditionText(card, condition))))] : []),
    ...(steps.length > 0 ? ['### What would make it READY', bullets(steps)] : []),
  ].join('\n\n');
}

function titleOf(card: ReportCard, rule: string): string {
  return card.results.find((result) => result.rule === rule)?.title ?? rule;
}

function table({ categories, score }: ReportCard): string {
  const body = categories.map((category) => [
    category.gating ? `**${category.title}**` : category.title, graded(category.grade), number(category.score),
    category.status === 'scored' ? `${number(category.effectiveWeight)} %` : '–', category.applicable === 0 ? '–' : `${category.holds} of ${category.applicable}`,
    severities(category.findings) || '–', markdownText(category.justification),
  ]);
  const whole = ['**Overall**', `**${graded(score.grade)}**`, `**${number(score.value)}**`, '', '', '', score.caps.find((cap) => cap.reached)?.because ?? ''];
  const heads = ['Category', 'Grade', 'Score', 'Weight', 'Hold', 'Open findings', 'Because'];
  return `${rows(heads, [...body, whole])}\n\nCategories in bold decide by themselves whether this may ship.`;
}

function graded(grade: Grade): string {
  return grade === '-' ? '–' : `${gradeText(grade)} ${gradeWord(grade)}`;
}

function breakdown(card: ReportCard): string {
  const costing = card.categories.filter((category) => category.ledger.length > 0 || category.status === 'not-assessed');
  const parts = costing.flatMap((category) => present(
    `### ${category.title}: ${gradeText(category.grade)} ${number(category.score)}`, category.ledger.length > 0 && ledger(category), bullets(categoryText(category).map(markdownText)),
  ));
  const whole = [...overallText(card).map(markdownText), ...unsuppressed(card)];
  return [...parts, `### Overall: ${gradeText(card.score.grade)} ${number(card.score.value)}`, bullets(whole)].join('\n\n');
}

function unsuppressed({ score }: ReportCard): readonly string[] {
  return score.unsuppressed === score.value ? [] : [`With nothing silenced it would be ${number(score.unsuppressed)}.`];
}

function ledger(category: CategoryCard): string {
  return rows(['Rule', 'Severity', 'Findings', 'How', 'Cost'], category.ledger.map((line) => [
    codeSpan(line.rule), present(SEVERITY_WORDS[line.severity], line.blocks && 'blocks').join(', '), String(line.occurrences),
    markdownText(lineText(line)), `−${number(line.cost)}`,
  ]));
}

function byCategory(results: readonly Result[], show: (result: Result) => string): string {
  return CATEGORIES.map((category) => ({ category, mine: results.filter((result) => result.category === category) })).filter(({ mine }) => mine.length > 0)
    .map(({ category, mine }) => `### ${CATEGORY_TITLES[category]}\n\n${mine.map((result) => `- ${show(result)}`).join('\n')}`).join('\n\n');
}

function strengthList(card: ReportCard): string {
  return byCategory(strengths(card), (result) => {
    const { shown, more } = first(evidenceByText(result), PROOFS);
    const proofs = shown.map(({ text, places }) => {
      const rest = places.length > PLACES ? ` and ${places.length - PLACES} more` : '';
      return `  - ${markdownProse(text)} (${places.slice(0, PLACES).map(placeLink).join(', ')}${rest})`;
    });
    return [`**${markdownText(result.title)}** (${codeSpan(result.rule)})`, ...proofs, ...(more > 0 ? [`  - and ${more} more`] : [])].join('\n');
  });
}

function plan(card: ReportCard): string {
  const phases = card.plan.map(({ phase, title, items, hours: spent }) => {
    const head = `### Phase ${phase}: ${title}`;
    if (items.length === 0) return `${head}\n\nNothing to do.`;
    return `${head}\n\n${rows(['Make it so', 'Rule', 'Severity', 'Findings', 'Effort', 'Score after', 'Reaches'], items.map((item) => [
      markdownText(item.title), codeSpan(item.rule), SEVERITY_WORDS[item.severity], String(item.findings), hours(item.hours), number(item.score), item.unlocks ?? '',
    ]))}\n\nTogether ${hours(spent)}.`;
  });
  return [...phases, `All phases together: ${hours(total(card.plan))}. ${EXACT}`].join('\n\n');
}

function reasons(card: ReportCard, state: 'not-applicable' | 'not-checked'): string {
  return byCategory(inState(card, state), (result) => `${markdownText(result.title)} (${codeSpan(result.rule)}): ${markdownProse(result.reason ?? '')}`);
}

function silencedTable(card: ReportCard): string {
  const all = silenced(card);
  if (all.length === 0) return '';
  return rows(['Place', 'Rule', 'Kind', 'Reason', 'By', 'Until'], all.map(({ finding, lane, reason, by, until, tool }) => [
    placeLink(finding), codeSpan(finding.rule), LANE_WORDS[lane] + (tool === 'shipworthy' ? '' : ` (${markdownText(tool)})`),
    markdownText(reason), markdownText(by ?? '–'), markdownText(until ?? '–'),
  ]));
}

function notices({ notices: all }: ReportCard): string {
  return bullets(all.map((notice) => {
    const where = notice.path === undefined ? '' : ` ${notice.range ? codeSpan(placeText({ path: notice.path, range: notice.range })) : codeSpan(notice.path)}`;
    const kind = notice.incomplete ? `**${NOTICE_WORDS[notice.code]}, the card is incomplete**` : NOTICE_WORDS[notice.code];
    return `${kind}${where}: ${markdownText(notice.message)}`;
  }));
}

function method(card: ReportCard): string {
  return [...METHOD, `Files: ${filesText(card)}.`].map(markdownText).join('\n\n');
}
