/** The engine and the report as the commands use them: the only file of this room that knows how they are put together. */
import { createHash } from 'node:crypto';
import { openSession, RULESET, ruleCards, ruleDocument } from '../engine/audit/open';
import { grammarsIn } from '../engine/node/grammars';
import { customised } from '../engine/workspace/config';
import { openDisk } from '../engine/workspace/disk';
import type { ReportCard } from '../report/card';
import { line } from '../report/escape';
import { html } from '../report/html';
import { json } from '../report/json';
import { makeCard } from '../report/make';
import { markdown } from '../report/markdown';
import { text } from '../report/text';
import { UsageError } from './exit';
import type { Product } from './surroundings';

/** Put in by the build, from package.json. */
declare const __SHIPWORTHY_VERSION__: string;

/** The product, with its grammars in the folder `grammars`. */
export function product(grammars: string): Product {
  const version = __SHIPWORTHY_VERSION__;
  return {
    version, ruleset: RULESET, rules: ruleCards, document: ruleDocument,
    open: async (folder) => openSession({ workspace: openDisk(folder), grammars: await grammarsIn(grammars) }),
    card: (audit, config, asOf) => makeCard(audit, { version, asOf, weights: config.weights, profile: config.profile, customised: customised(config) }),
    formats: {
      text: (cards, style) => cards.map((card) => text(card, style)).join('\n'),
      markdown: (cards) => cards.map(markdown).join('\n---\n\n'),
      json: (cards) => cards.length === 1 ? cards.map(json).join('') : `[\n${cards.map((card) => json(card).trimEnd()).join(',\n')}\n]\n`,
      html: (cards) => page(cards),
    },
  };
}

/** One document. Its nonce follows from what is in it, so that the same card gives the same bytes and nobody can know it while writing the code. */
function page(cards: readonly ReportCard[]): string {
  const [card] = cards;
  if (!card || cards.length > 1) {
    throw new UsageError(`A page is about one application, and here are ${cards.length}. Check one of them: ${cards.map((one) => line(one.project.root)).join(', ')}.`);
  }
  return html(card, { mode: 'page', nonce: createHash('sha256').update(json(card)).digest('hex').slice(0, 32) });
}
