/** `shipworthy explain`: a rule's page in the terminal. */
import pc from 'picocolors';
import type { RuleCard } from '../engine/audit/outcome';
import { wrap } from '../report/terminal';
import { EFFORT_WORDS } from '../report/words';
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
  await send(around.stdout, page(card, look(around.stdout, around.env, around.platform, colour)));
  return EXIT.ok;
}

export function unknownRule(id: string, cards: readonly RuleCard[]): UsageError {
  return new UsageError(`There is no rule ${JSON.stringify(id)}.${suggestion(id, cards.map((card) => card.id))} \`shipworthy list\` shows them all.`);
}

/** The page of a rule as text that ends with a line break. */
export function page(card: RuleCard, look: Look): string {
  const { bold, dim } = pc.createColors(look.colour);
  const width = Math.min(look.width, READABLE);
  const dot = look.unicode ? '·' : '|';
  const facts = [`${paint(card.severity, look.colour)(card.severity)} ${card.points}`, card.confidence, card.category, `${EFFORT_WORDS[card.effort]} to mend`];
  const sections: readonly (readonly [string, string])[] = [
    ['Why', card.why],
    ['How', card.how],
    ['Blocks', blocks(card.blocks)],
    ['Ladder', card.ladder ? `${card.ladder.name}, rung ${card.ladder.rung}: rules of one control together never cost more than its first rung.` : ''],
    ['Speaks instead of', card.hides.join(', ')],
    ['Sign-off', card.attestable ? `${card.attestable}, when the control lives outside the repository.` : ''],
    ['Known elsewhere as', card.anchors.join(', ')],
    ['Read on', card.links.join('\n')],
    ['Silence one place', `shipworthy: ignore ${card.id} -- the reason`],
  ];
  const paragraphs = (text: string) => text.split('\n').flatMap((part) => wrap(part, width - 2)).map((line) => `  ${line}`.trimEnd());
  return [
    ...wrap(card.title, width).map(bold), `${bold(card.id)}  ${facts.join(` ${dot} `)}`,
    ...sections.filter(([, text]) => text).flatMap(([heading, text]) => ['', dim(heading), ...paragraphs(text)]),
  ].join('\n') + '\n';
}

function blocks(said: string): string {
  if (said === 'always') return 'Always: an open finding must be gone before the application ships.';
  return said === 'never' ? 'Never.' : `When: ${said}.`;
}

/** The colour of a severity. It never stands alone: the word is always printed. */
export function paint(severity: Severity, colour: boolean): (text: string) => string {
  const { red, yellow, blue, dim, bold } = pc.createColors(colour);
  const colours: Readonly<Record<Severity, (text: string) => string>> = { critical: (text) => bold(red(text)), high: red, medium: yellow, low: blue, info: dim };
  return colours[severity];
}
