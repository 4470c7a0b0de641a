/** What was looked at, and by what: the block under the name of the project. */
import type { ReportCard } from '../card';
import { filesText } from '../arithmetic';
import { trendText } from '../history/trend';
import { htmlText } from '../escape';
import { customisedText, list, present, profileText } from '../words';

/** Digits of a commit that tell it from all others of its repository. */
const SHORT = 10;
/** So many parts of the stack are named. */
const STACK = 8;

/** A list of facts, a term and its value each. */
export function titleBlock(card: ReportCard): string {
  const { project, profile, inventory, tool } = card;
  const commit = project.commit === undefined ? undefined : `${project.commit.slice(0, SHORT)}${project.branch === undefined ? '' : ` on ${project.branch}`}${project.dirty === true ? ', with changes that are not committed' : ''}`;
  const stack = inventory.stack.map(({ name, version }) => (version === undefined ? name : `${name} ${version}`));
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['As of', card.asOf], ['Commit', commit], ['Folder', project.root || undefined], ['Built with', stack.length > 0 ? list(stack, STACK) : project.frameworks.join(', ') || undefined],
    ['Profile', profileText(profile)], ['Files', filesText(card)], ['Trend', trendText(card)], ['Customised', card.customised > 0 ? customisedText(card) : undefined],
    ['Made by', present(`${tool.name} ${tool.version}`, `rules ${card.ruleset}`, `scoring ${card.scoring}`).join(', ')], ['Next audit', `${card.content.nextAudit.on}, because ${card.content.nextAudit.because}`],
  ];
  return `<dl class="made" data-part="made">${facts.map(([name, value]) => (value === undefined ? '' : `<div><dt>${name}</dt><dd>${htmlText(value)}</dd></div>`)).join('')}</dl>`;
}
