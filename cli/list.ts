/** `shipworthy list`: every rule, by category. */
import pc from 'picocolors';
import type { RuleCard } from '../engine/audit/outcome';
import { count } from '../report/words';
import { CATEGORIES } from '../rules/kit';
import { EXIT, UsageError } from './exit';
import { paint } from './explain';
import { suggestion } from './suggestion';
import { send } from './output';
import type { Product, Surroundings } from './surroundings';
import { look, type Look } from './terminal';

export interface ListOptions {
  readonly format: 'text' | 'json';
  readonly category?: string;
  readonly colour?: boolean;
}

/** Writes the rules and resolves with the exit code. Throws UsageError for a category that does not exist. */
export async function list(options: ListOptions, product: Product, around: Surroundings): Promise<number> {
  const { category } = options;
  if (category !== undefined && !CATEGORIES.some((one) => one === category)) {
    throw new UsageError(`There is no category ${JSON.stringify(category)}.${suggestion(category, CATEGORIES)} The categories are ${CATEGORIES.join(', ')}.`);
  }
  const cards = product.rules.filter((card) => category === undefined || card.category === category);
  const text = options.format === 'json'
    ? `${JSON.stringify({ ruleset: product.ruleset, rules: cards }, undefined, 2)}\n`
    : table(cards, look(around.stdout, around.env, around.platform, options.colour));
  await send(around.stdout, text);
  return EXIT.ok;
}

/** One line for each rule: severity, id, title; a heading for each category. A title that does not fit is cut. */
function table(cards: readonly RuleCard[], look: Look): string {
  const { bold } = pc.createColors(look.colour);
  const idWidth = Math.max(0, ...cards.map((card) => card.id.length));
  const room = look.width - idWidth - 14;
  const groups = CATEGORIES.map((category) => ({ category, cards: cards.filter((card) => card.category === category) }));
  const blocks = groups.filter((group) => group.cards.length > 0).map((group) => [
    bold(`${group.category} (${group.cards.length})`),
    ...group.cards.map((card) => `  ${paint(card.severity, look.colour)(card.severity.padEnd(8))}  ${card.id.padEnd(idWidth)}  ${cut(card.title, room, look.unicode)}`.trimEnd()),
  ].join('\n'));
  return `${[...blocks, `${count(cards.length, 'rule')}. \`shipworthy explain <id>\` shows one.`].join('\n\n')}\n`;
}

/** Titles are cut only when enough is left to be read; a narrow terminal wraps them itself. */
function cut(title: string, room: number, unicode: boolean): string {
  if (title.length <= room || room < 20) return title;
  const mark = unicode ? '…' : '...';
  return `${title.slice(0, room - mark.length).trimEnd()}${mark}`;
}
