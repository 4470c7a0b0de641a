/**
 * The card as Markdown to keep beside the code: in the order of a hand-written audit, the same bytes for the same card, every
 * place a link relative to the report. Text of the repository is escaped: it cannot mark, link, mention or embed.
 */
import type { ReportCard } from './card';
import { markdownText } from './escape';
import { brief } from './markdown/brief';
import { checklistReport } from './markdown/checklist';
import { consultant } from './markdown/consultant';
import { findingSections } from './markdown/findings';
import { flows, inventory, scope } from './markdown/inventory';
import { checklist, controlTable, notices, plan, reasons, silencedTable, strengthList } from './markdown/lists';
import { paragraphs, refs, section } from './markdown/parts';
import { breakdown, categoryTable, justifications } from './markdown/score';
import { signoffs } from './markdown/signoffs';
import { comparisonSection, summaryText, titleBlock, verdictSection } from './markdown/title';
import { METHOD } from './words';

export const MARKDOWN_STYLES = ['audit', 'brief', 'checklist', 'consultant'] as const;
/** `audit`: everything, in the order of one; `brief`: a page for whoever decides; `checklist`: boxes to tick; `consultant`: by domain, what is there, what is missing, what next. */
export type MarkdownStyle = (typeof MARKDOWN_STYLES)[number];

export interface MarkdownOptions {
  /** Default: `audit`. */
  readonly style?: MarkdownStyle;
  /** ISO day on which the work begins: phases of the plan have dates then. */
  readonly start?: string;
}

/** The card as a Markdown document, ending with a line break. At the root of the workspace its links lead to the code. */
export function markdown(card: ReportCard, { style = 'audit', start }: MarkdownOptions = {}): string {
  const sections = { audit, brief, checklist: checklistReport, consultant }[style](card, start);
  return `${sections.join('\n\n')}\n`;
}

function audit(card: ReportCard, start?: string): readonly string[] {
  return [
    titleBlock(card), section('Summary', summaryText(card)), verdictSection(card), ...comparisonSection(card, refs(card)), section('Scope', scope(card)), section('Report card', paragraphs(categoryTable(card, refs(card)), justifications(card, refs(card)))),
    section('Strengths', strengthList(card)), section('Findings', findingSections(card)), section('Controls', controlTable(card)), section('Critical flows', flows(card)),
    section('Checklist', checklist(card, false)), section('Sign-offs', signoffs(card)), section('Plan', plan(card, start)), section('Conclusion', card.content.conclusion.map(markdownText).join(' ')), section('Inventory', inventory(card)),
    section('How the score adds up', breakdown(card)), section('Not applicable', reasons(card, 'not-applicable')), section('Not checked', reasons(card, 'not-checked')),
    section('Silenced', silencedTable(card)), section('Notices', notices(card)), section('Method', method(card)),
  ];
}

function method(card: ReportCard): string {
  const { on, because } = card.content.nextAudit;
  return paragraphs(...METHOD.map(markdownText), `**Next audit:** ${on}, because ${markdownText(because)}.`, markdownText(`Prepared by ${card.tool.name} ${card.tool.version} with rule set ${card.ruleset} on ${card.asOf}.`));
}
