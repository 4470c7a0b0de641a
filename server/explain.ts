/** A rule's page as Markdown: the same words as the documentation, without a network. */
import { ErrorCodes, ResponseError } from 'vscode-languageserver';
import { rulePage } from '../report/rule-page';
import { answer } from './log';
import { EXPLAIN, type ExplainAnswer, type ExplainParams } from './protocol';
import { ruleCard, type Serving } from './serving';

export function serveExplanations(serving: Serving): void {
  const { connection, folders, host, log } = serving;
  connection.onRequest(EXPLAIN, ({ rule }: ExplainParams): Promise<ExplainAnswer> => answer(log, 'Explaining a rule', () => {
    const card = ruleCard(rule, host, folders.all.map((folder) => folder.session));
    if (!card) throw new ResponseError(ErrorCodes.InvalidParams, `There is no rule ${JSON.stringify(rule)}.`);
    return { title: card.title, markdown: rulePage(host.document(rule) ?? { card, fixes: [], examples: [] }) };
  }));
}
