/** Boxes to tick before, at and after a deployment. */
import type { ReportCard } from '../card';
import { markdownText } from '../escape';
import { variables } from './inventory';
import { checklist } from './lists';
import { signoffs } from './signoffs';
import { paragraphs, section } from './parts';
import { summaryText, titleBlock } from './title';

export function checklistReport(card: ReportCard): readonly string[] {
  const { checklist: items, nextAudit } = card.content;
  const done = items.filter((item) => item.box === 'done' || item.box === 'accepted').length;
  return [
    titleBlock(card), section('Summary', summaryText(card)),
    section('Checklist', paragraphs(`${done} of ${items.length} boxes are ticked by what was found. A box that only a person can tick, or that could not be checked, is open.`, checklist(card, true))),
    section('Sign-offs', signoffs(card)), section('Variables to set', variables(card.inventory.variables)), section('Next audit', `${nextAudit.on}, because ${markdownText(nextAudit.because)}.`),
  ];
}
