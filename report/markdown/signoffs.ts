/** What people said of what no program can decide, and what they are asked for. */
import type { ReportCard } from '../card';
import { otherControls } from '../checklist';
import { codeSpan, markdownText, pathLink, webLink } from '../escape';
import type { SignoffCard } from '../signoff-card';
import { SIGNOFF_WORDS, count, present } from '../words';
import { paragraphs, table } from './parts';

/** The required ones and those that somebody gave; empty where nobody was asked. */
export function signoffs(card: ReportCard): string {
  const asked = card.signoffs.filter((one) => one.required || one.state !== 'missing');
  const more = otherControls(card);
  return paragraphs(
    asked.length > 0 && table(['Control', 'State', 'By', 'Until', 'What was said, or what is asked'], asked.map((one) => [
      markdownText(one.title), `${SIGNOFF_WORDS[one.state]}${one.required ? ', required' : ''}`, by(one), one.expires ?? '–', said(one),
    ])),
    more > 0 && `${count(more, asked.length > 0 ? 'more control' : 'control')} can be signed off: \`shipworthy signoff\` lists them.`,
  );
}

/** `Ada on 2026-11-01`; a dash where nobody signed. */
export function by({ by: name, on, reviewedBy }: SignoffCard): string {
  if (name === undefined) return '–';
  return markdownText([name, ...present(on !== undefined && `on ${on}`, reviewedBy !== undefined && `reviewed by ${reviewedBy}`)].join(' '));
}

function said({ statement, evidence, remark, question, evidenceExpected }: SignoffCard): string {
  const words = present(statement !== undefined && markdownText(statement), evidence !== undefined && evidence !== '' && `Evidence: ${proof(evidence)}`, remark !== undefined && markdownText(remark));
  return (words.length > 0 ? words : [question, `Evidence: ${evidenceExpected}`].map(markdownText)).join(' ');
}

/** A path or an address leads there; anything else is said as it is. */
function proof(evidence: string): string {
  if (/^(?!\/)[\w./-]+\.\w+$/.test(evidence) && !evidence.split('/').includes('..')) return `[${codeSpan(evidence)}](${pathLink(evidence)})`;
  const address = webLink(evidence);
  return address === undefined ? markdownText(evidence) : `<${address}>`;
}
