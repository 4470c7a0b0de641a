/** Markdown: headings, code and links. What stands in comments and front matter is not read. */
import type { Markdown, Span } from '../../rules/kit';
import { markupComments } from './comments';
import { head } from './head';
import type { Line } from './lines';
import { lines } from './lines';

type Heading = Markdown['headings'][number];
type Code = Markdown['code'][number];

export function readMarkdown(path: string, text: string): Markdown {
  const shown = text.replace(/^---\r?\n[\s\S]*?\r?\n(?:---|\.\.\.)(?=\r?\n|$)|<!--[\s\S]*?(?:-->|$)/g, (hidden) => hidden.replace(/[^\r\n]/g, ' '));
  const all = lines(shown);
  const { blocks, prose } = codeBlocks(all, shown);
  return {
    kind: 'markdown', ...head(path, text, true, markupComments(text)),
    headings: headings(prose),
    code: [...blocks, ...prose.flatMap((line) => inlineCode(line))].sort((a, b) => a.at.start - b.at.start),
    links: prose.flatMap((line) => linksOf(line)),
  };
}

/** Fenced and indented blocks, and the lines that are left. */
function codeBlocks(all: readonly Line[], text: string): { readonly blocks: readonly Code[]; readonly prose: readonly Line[] } {
  const blocks: Code[] = [];
  const prose: Line[] = [];
  let list = false;
  for (let index = 0; index < all.length; index += 1) {
    const line = all[index];
    if (!line) break;
    const fence = /^\s*(?:>\s*)*(?<fence>`{3,}(?!.*`)|~{3,})\s*(?<language>[\w+#.-]*)/.exec(line.text)?.groups;
    const last = fence ? fenceEnd(all, index, fence.fence ?? '') : indentedEnd(all, index, list);
    if (last === undefined) {
      if (/^\s*(?:[-*+]|\d+[.)])\s/.test(line.text)) list = true;
      else if (/^\S/.test(line.text)) list = false;
      prose.push(line);
      continue;
    }
    const closing = fence && last < all.length ? 1 : 0;
    const inner = all.slice(fence ? index + 1 : index, last);
    blocks.push({ block: true, language: fence?.language?.toLowerCase() ?? '', text: inner.map((one) => one.text).join('\n'), at: { start: line.start, end: all[last - 1 + closing]?.end ?? text.length } });
    index = last - 1 + closing;
  }
  return { blocks, prose };
}

/** Index of the line that closes a fence (as many signs or more); that after the last one when none does. */
function fenceEnd(all: readonly Line[], start: number, fence: string): number {
  for (let index = start + 1; index < all.length; index += 1) {
    const signs = all[index]?.text.replace(/^\s*(?:>\s*)*/, '').trimEnd() ?? '';
    if (signs.length >= fence.length && signs === fence.charAt(0).repeat(signs.length)) return index;
  }
  return all.length;
}

/** Index after the last line of a block indented by four, which begins after an empty line and outside of lists. */
function indentedEnd(all: readonly Line[], start: number, list: boolean): number | undefined {
  const code = (line: Line | undefined) => line !== undefined && /^(?: {4}|\t)\s*\S/.test(line.text);
  if (list || !code(all[start]) || (all[start - 1]?.text.trim() ?? '') !== '') return undefined;
  let end = start + 1;
  while (code(all[end])) end += 1;
  return end;
}

function headings(prose: readonly Line[]): readonly Heading[] {
  return prose.flatMap((line, index): Heading[] => {
    const marked = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?[ \t]*#*[ \t]*$/.exec(line.text);
    if (marked) return [{ level: marked[1]?.length ?? 1, text: marked[2] ?? '', at: trimmed(line) }];
    const under = prose[index + 1];
    const follows = under && /^ {0,3}(?:=+|-+)[ \t]*$/.test(under.text) && under.start - line.end <= 2;
    if (!follows || !/^ {0,3}[^\s>|#*+-]/.test(line.text)) return [];
    return [{ level: under.text.trim().startsWith('=') ? 1 : 2, text: line.text.trim(), at: trimmed(line) }];
  });
}

function trimmed(line: Line): Span {
  return { start: line.start + line.text.search(/\S|$/), end: line.start + line.text.trimEnd().length };
}

function inlineCode(line: Line): readonly Code[] {
  return [...line.text.matchAll(/(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)/g)].map((found) => ({
    block: false, language: '', text: (found[2] ?? '').trim(), at: { start: line.start + found.index, end: line.start + found.index + found[0].length },
  }));
}

function linksOf(line: Line): Markdown['links'] {
  const named = /^\s*\[(?<text>[^\]]+)\]:\s*<?(?<target>[^\s>]+)>?/.exec(line.text);
  const bare = [...line.text.matchAll(/<(?<target>https?:[^\s<>]+)>/g)];
  const whole = [...(named ? [named] : []), ...bare].map((found) => ({
    text: found.groups?.text ?? '', target: found.groups?.target ?? '', at: { start: line.start + found.index + found[0].search(/\S/), end: line.start + found.index + found[0].length },
  }));
  return [...whole, ...[...line.text.matchAll(/\]\(/g)].flatMap((found) => inlineLink(line, found.index))].sort((a, b) => a.at.start - b.at.start);
}

/** Longer links are none: a line may be a whole data set. */
const LINK = { text: 300, target: 1_000 };

/** `[text](target "title")` around the `](` at an offset of the line. Images may stand in the text. */
function inlineLink(line: Line, middle: number): Markdown['links'] {
  const before = line.text.slice(Math.max(middle - LINK.text, 0), middle);
  const text = /\[((?:[^[\]]|\[[^[\]]*\])*)$/.exec(before)?.[1];
  const close = line.text.slice(middle + 2, middle + 2 + LINK.target).indexOf(')');
  if (text === undefined || close < 0) return [];
  const target = line.text.slice(middle + 2, middle + 2 + close).trim().split(/\s/)[0] ?? '';
  return [{ text, target: target.replace(/^<|>$/g, ''), at: { start: line.start + middle - text.length - 1, end: line.start + middle + 3 + close } }];
}
