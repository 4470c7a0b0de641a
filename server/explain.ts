/** A rule's page as Markdown, from its card: the same words as the documentation, without a network. */
import { ErrorCodes, ResponseError } from 'vscode-languageserver';
import type { RuleCard } from '../engine/audit/outcome';
import { codeSpan, markdownProse, markdownText, webLink } from '../report/escape';
import { CATEGORY_TITLES, CONFIDENCE_WORDS, count, EFFORT_WORDS, SEVERITY_WORDS } from '../report/words';
import { answer } from './log';
import { EXPLAIN, type ExplainAnswer, type ExplainParams } from './protocol';
import { ruleCard, type Serving } from './serving';

export function serveExplanations(serving: Serving): void {
  const { connection, folders, host, log } = serving;
  connection.onRequest(EXPLAIN, ({ rule }: ExplainParams): Promise<ExplainAnswer> => answer(log, 'Explaining a rule', () => {
    const card = ruleCard(rule, host, folders.all.map((folder) => folder.session));
    if (!card) throw new ResponseError(ErrorCodes.InvalidParams, `There is no rule ${JSON.stringify(rule)}.`);
    return { title: card.title, markdown: page(card) };
  }));
}

/** The page of a rule. Ends with a line break. */
export function page(card: RuleCard): string {
  const sections: readonly (readonly [string, string])[] = [
    ['Why it matters', markdownProse(card.why)],
    ['What to do', markdownProse(card.how)],
    ['What it costs', costs(card)],
    ['Known elsewhere as', card.anchors.map(markdownText).join(', ')],
    ['Read on', card.links.flatMap((href) => webLink(href) ?? []).map((href) => `- <${href}>`).join('\n')],
    ['To silence one place', `${codeSpan(`shipworthy: ignore ${card.id} -- the reason`)} in a comment at the end of its line, or alone on the line above.`],
  ];
  const head = `# ${markdownText(card.title)}\n\n${codeSpan(card.id)} · ${markdownText(CATEGORY_TITLES[card.category])} · since rule set ${markdownText(card.since)}\n`;
  return head + sections.filter(([, text]) => text).map(([heading, text]) => `\n## ${heading}\n\n${text}\n`).join('');
}

function costs(card: RuleCard): string {
  return [
    `${SEVERITY_WORDS[card.severity]}, ${CONFIDENCE_WORDS[card.confidence].toLowerCase()}: ${count(card.points, 'point')} of the category for the first place, less for each further one.`,
    `About the work: ${EFFORT_WORDS[card.effort]}.`,
    blocks(card.blocks),
    ...(card.ladder ? [`Rules about ${card.ladder.name} together cost no more than the worst of them.`] : []),
    ...(card.hides.length > 0 ? [`Where it is found, ${card.hides.map(codeSpan).join(', ')} keeps quiet.`] : []),
    ...(card.attestable ? [`When the control lives outside the repository, the sign-off ${codeSpan(card.attestable)} can stand for it.`] : []),
  ].map((sentence) => `- ${sentence}`).join('\n');
}

function blocks(when: string): string {
  if (when === 'always') return 'It blocks: it must be gone before the application ships.';
  return when === 'never' ? 'It does not block.' : `It blocks when ${markdownProse(when)}.`;
}
