/** A rule's page: the same sections in the documentation, in the editor and in a terminal. */
import type { RuleCard, RuleDocument } from '../engine/audit/outcome';
import { codeSpan, markdownProse, markdownText, webLink } from './escape';
import { CATEGORY_TITLES, CONFIDENCE_WORDS, count, EFFORT_WORDS, SAFETY_WORDS, SEVERITY_WORDS } from './words';

/** A heading with its prose; code is in backticks, a list has a line for each item. */
export interface RuleSection { readonly heading: string; readonly lines: readonly string[] }

/** What is said of a rule, sections without anything to say left out. */
export function ruleSections({ card, fixes }: Omit<RuleDocument, 'examples'>): readonly RuleSection[] {
  const sections: readonly RuleSection[] = [
    { heading: 'Why', lines: [card.why] },
    { heading: 'How', lines: [card.how] },
    { heading: 'Fixes', lines: fixes.map((fix) => `${fix.title} (${SAFETY_WORDS[fix.safety]})${fix.remains ? `. Then: ${fix.remains}` : ''}`) },
    { heading: 'What it costs', lines: costs(card) },
    { heading: 'Known elsewhere as', lines: card.anchors.length > 0 ? [card.anchors.join(', ')] : [] },
    { heading: 'Read on', lines: card.links.flatMap((address) => webLink(address) ?? []) },
    { heading: 'Silence one place', lines: [`\`shipworthy: ignore ${card.id} -- the reason\` in a comment at the end of its line, or alone on the line above.`] },
  ];
  return sections.filter(({ lines }) => lines.length > 0);
}

/** The page in Markdown. Ends with a line break. */
export function rulePage(document: RuleDocument): string {
  const { card, examples } = document;
  const head = [`# ${markdownText(card.title)}`, '', `${codeSpan(card.id)} · ${markdownText(CATEGORY_TITLES[card.category])} · since rule set ${markdownText(card.since)}`, ''];
  const sections = ruleSections(document).flatMap(({ heading, lines }) => [`## ${heading}`, '', ...written(heading, lines), '']);
  const shown = examples.flatMap(({ title, bad, good }) => [`### ${markdownText(title)}`, '', ...files('Bad', bad), ...files('Good', good)]);
  return [...head, ...sections, ...(shown.length > 0 ? ['## Examples', '', ...shown] : [])].join('\n').trimEnd() + '\n';
}

/** What is said of a rule as Markdown, for tools that show it beside a finding. */
export function ruleHelp(card: RuleCard): string {
  return ruleSections({ card, fixes: [] }).flatMap(({ heading, lines }) => [`## ${heading}`, '', ...written(heading, lines), '']).join('\n').trimEnd();
}

/** The table of all rules, category by category. */
export function ruleIndex(documents: readonly RuleDocument[]): string {
  const row = ({ card, fixes }: RuleDocument) => `| [\`${card.id}\`](${card.id}.md) | ${card.title} | ${card.severity} | ${card.points} | ${fixes.length > 0 ? 'yes' : ''} |`;
  const categories = [...new Set(documents.map(({ card }) => card.category))];
  return ['# Rules', '', ...categories.flatMap((category) => [
    `## ${CATEGORY_TITLES[category]}`, '', '| rule | when it holds | severity | points | fix |', '| --- | --- | --- | --- | --- |',
    ...documents.filter(({ card }) => card.category === category).map(row), '',
  ])].join('\n');
}

function written(heading: string, lines: readonly string[]): readonly string[] {
  if (heading === 'Read on') return lines.map((line) => `- <${line}>`);
  return lines.length > 1 ? lines.map((line) => `- ${markdownProse(line)}`) : lines.map(markdownProse);
}

function costs(card: RuleCard): readonly string[] {
  return [
    `${SEVERITY_WORDS[card.severity]}, ${CONFIDENCE_WORDS[card.confidence].toLowerCase()}: ${count(card.points, 'point')} of the category for the first place, less for each further one.`,
    `About the work: ${EFFORT_WORDS[card.effort]}.`,
    blocks(card.blocks),
    ...(card.ladder ? [`Rung ${card.ladder.rung} of ${card.ladder.name}: rules about one control together never cost more than its first rung.`] : []),
    ...(card.hides.length > 0 ? [`Speaks instead of ${card.hides.map((id) => `\`${id}\``).join(', ')} where both would.`] : []),
    ...(card.attestable ? [`When the control lives outside the repository, the sign-off \`${card.attestable}\` can stand for it.`] : []),
  ];
}

function blocks(when: string): string {
  if (when === 'always') return 'It blocks: an open finding must be gone before the application ships.';
  return when === 'never' ? 'It does not block by itself.' : `It blocks when this holds: ${when}.`;
}

function files(kind: string, all: Readonly<Record<string, string>> | undefined): readonly string[] {
  return Object.entries(all ?? {}).flatMap(([path, text]) => {
    const fence = text.includes('```') ? '````' : '```';
    return [`${kind}, ${codeSpan(path)}:`, '', `${fence}${language(path)}`, text.replace(/\n$/, ''), fence, ''];
  });
}

const LANGUAGES: Readonly<Record<string, string>> = { py: 'python', js: 'js', ts: 'ts', yml: 'yaml', yaml: 'yaml', json: 'json', toml: 'toml', sh: 'sh', md: 'md', html: 'html' };

function language(path: string): string {
  return LANGUAGES[/\.(\w+)$/.exec(path)?.[1] ?? ''] ?? (/dockerfile/i.test(path) ? 'dockerfile' : '');
}
