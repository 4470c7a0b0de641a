/** `shipworthy explain`: a rule's page in the terminal. */
import pc from 'picocolors';
import type { RuleCard, RuleDocument } from '../engine/audit/outcome';
import { ruleSections } from '../report/rule-page';
import { wrap } from '../report/terminal';
import type { Severity } from '../rules/kit';
import { EXIT, UsageError } from './exit';
import { suggestion } from './suggestion';
import { send } from './output';
import type { Product, Surroundings } from './surroundings';
import { look, type Look } from './terminal';

/** Long lines of prose are hard to read, however wide the terminal is. */
const READABLE = 100;

/** Writes the page of the rule `id` and resolves with the exit code. Throws UsageError, with the nearest ids, when there is no such rule. */
export async function explain(id: string, colour: boolean | undefined, product: Product, around: Surroundings): Promise<number> {
  const card = product.rules.find((one) => one.id === id);
  if (!card) throw unknownRule(id, product.rules);
  await send(around.stdout, page(product.document(id) ?? { card, fixes: [], examples: [] }, look(around.stdout, around.env, around.platform, colour)));
  return EXIT.ok;
}

export function unknownRule(id: string, cards: readonly RuleCard[]): UsageError {
  return new UsageError(`There is no rule ${JSON.stringify(id)}.${suggestion(id, cards.map((card) => card.id))} \`shipworthy list\` shows them all.`);
}

/** The page of a rule as text that ends with a line break. */
export function page(document: RuleDocument, look: Look): string {
  const { card } = document;
  const { bold, dim } = pc.createColors(look.colour);
  const width = Math.min(look.width, READABLE);
  const dot = look.unicode ? '·' : '|';
  const facts = [`${paint(card.severity, look.colour)(card.severity)} ${card.points}`, card.confidence, card.category];
  const paragraphs = (text: string) => text.split('\n').flatMap((part) => wrap(part, width - 2)).map((line) => `  ${line}`.trimEnd());
  return [
    ...wrap(card.title, width).map(bold), `${bold(card.id)}  ${facts.join(` ${dot} `)}`,
    ...ruleSections(document).flatMap(({ heading, lines }) => ['', dim(heading), ...lines.flatMap((text) => paragraphs(text.replace(/`/g, '')))]),
  ].join('\n') + '\n';
}

/** The colour of a severity. It never stands alone: the word is always printed. */
export function paint(severity: Severity, colour: boolean): (text: string) => string {
  const { red, yellow, blue, dim, bold } = pc.createColors(colour);
  const colours: Readonly<Record<Severity, (text: string) => string>> = { critical: (text) => bold(red(text)), high: red, medium: yellow, low: blue, info: dim };
  return colours[severity];
}
