/** How parts of a text are written for a client: as Markdown, or plain for those that show none. */
import { MarkupKind, type MarkupContent } from 'vscode-languageserver';
import { codeSpan, line, markdownProse, markdownText } from '../report/escape';

/** `prose` may hold code in backticks. */
export interface Ink {
  readonly plain: (text: string) => string;
  readonly prose: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly code: (text: string) => string;
  readonly link: (href: string) => string;
  readonly rule: string;
  readonly content: (parts: string) => MarkupContent;
}

const MARKDOWN: Ink = {
  plain: markdownText, prose: markdownProse, code: codeSpan, strong: (text) => `**${markdownProse(text)}**`,
  link: (href) => `<${href}>`, rule: '\n\n---\n\n', content: (value) => ({ kind: MarkupKind.Markdown, value }),
};
const PLAIN: Ink = { plain: line, prose: line, code: line, strong: line, link: line, rule: '\n\n', content: (value) => ({ kind: MarkupKind.PlainText, value }) };

export function inkFor(markdown: boolean): Ink {
  return markdown ? MARKDOWN : PLAIN;
}
