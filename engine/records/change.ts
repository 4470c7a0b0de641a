/** Changes to files of ours as edits of their text, so that comments and the way people laid them out stay as they are. */
import type { Node } from 'jsonc-parser';
import { parseTree } from 'jsonc-parser';
import type { Edit } from '../../rules/kit';
import type { Notice } from '../audit/outcome';
import { byText, formatDocument, readDocument, recordLine, valueOf, type Entry, type Form } from './document';

/** Edits of a text, sorted and without overlap; or why the file is better left alone. */
export type Change = { readonly edits: readonly Edit[] } | { readonly refused: Notice };

/**
 * Puts a record into a file: in the place of the same record where it has it, else where it sorts.
 * @param text the file as it is; empty or undefined for a new one
 */
export function putRecord<T extends object>(text: string | undefined, path: string, form: Form<T>, record: T): Change {
  if (text === undefined || text.trim() === '') return { edits: [{ start: 0, end: text?.length ?? 0, text: formatDocument(form, [record]) }] };
  const read = readDocument(text, path, form);
  if ('refused' in read) return read;
  const list = listOf(text, form);
  const line = recordLine(form, record);
  const key = form.key(record);
  const same = read.entries.find((entry) => form.key(entry.value) === key);
  const node = same && list.children?.[same.index];
  if (node) return { edits: [{ start: node.offset, end: node.offset + node.length, text: line }] };
  return { edits: inserted(text, list, placeFor(key, read.entries, form, list), line, '    ') };
}

/** Takes the record with this number out of a file, with its line. */
export function dropRecord<T extends object>(text: string, path: string, form: Form<T>, index: number): Change {
  const read = readDocument(text, path, form);
  if ('refused' in read) return read;
  const list = listOf(text, form);
  return { edits: dropped(text, list.children ?? [], index) };
}

/** The text with the edits made. */
export function edited(text: string, edits: readonly Edit[]): string {
  return edits.toReversed().reduce((now, { start, end, text: fresh }) => now.slice(0, start) + fresh + now.slice(end), text);
}

function listOf<T extends object>(text: string, { list }: Form<T>): Node {
  const root = parseTree(text, [], { allowTrailingComma: true, disallowComments: false });
  const node = root && valueOf(root, list);
  if (!node) throw new Error(`A file that could be read has no list ${list}.`);
  return node;
}

/** Before the first record that sorts after it. */
function placeFor<T extends object>(key: string, entries: readonly Entry<T>[], form: Form<T>, list: Node): number {
  return entries.find((entry) => byText(form.key(entry.value), key) > 0)?.index ?? list.children?.length ?? 0;
}

/**
 * Puts a line into a list or an object of a text that can be read, before its item with this number or at its end, on a line of its own.
 * @param usual how far it is indented where there is nothing to go by; what holds it is then two less
 */
export function inserted(text: string, list: Node, index: number, line: string, usual: string): Edit[] {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const items = list.children ?? [];
  const before = items[index - 1];
  const next = items[index];
  const at = (offset: number, fresh: string): Edit => ({ start: offset, end: offset, text: fresh });
  const indent = indentOf(text, items[0]) ?? usual;
  if (!before) {
    const opening = list.offset + 1;
    const rest = endOfLine(text, opening);
    if (next && next.offset < rest) return [at(opening, `${newline}${indent}${line},${newline}${indent}`)];
    const open = list.offset + list.length - 1 > rest;
    return [at(open ? rest : opening, `${newline}${indent}${line}${next ? ',' : ''}${open ? '' : `${newline}${usual.slice(2)}`}`)];
  }
  const end = before.offset + before.length;
  const comma = commaAfter(text, end);
  const rest = endOfLine(text, comma ?? end);
  const closing = list.offset + list.length - 1;
  const crowded = (next?.offset ?? closing) < rest;
  if (crowded) return [at(end, `,${newline}${indent}${line}`)];
  return [...(comma === undefined ? [at(end, ',')] : []), at(rest, `${newline}${indent}${line}${next ? ',' : ''}`)];
}

function dropped(text: string, items: readonly Node[], index: number): Edit[] {
  const node = items[index];
  if (!node) return [];
  const end = node.offset + node.length;
  const comma = commaAfter(text, end);
  const previous = items[index - 1];
  const orphan = previous && index === items.length - 1 ? commaAfter(text, previous.offset + previous.length) : undefined;
  const before = text.slice(0, node.offset);
  const lineStart = Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1;
  const after = comma === undefined ? end : comma + 1;
  const lineEnd = endOfLine(text, after);
  const alone = /^[ \t]*$/.test(text.slice(lineStart, node.offset)) && isBlankOrComment(text.slice(after, lineEnd));
  const whole = alone ? { start: lineStart, end: lineEnd + (/^\r?\n|^\r/.exec(text.slice(lineEnd))?.[0].length ?? 0), text: '' } : { start: node.offset, end: after, text: '' };
  return orphan === undefined ? [whole] : [{ start: orphan, end: orphan + 1, text: '' }, whole];
}

/** Where the comma after an item is, comments between them passed over. */
function commaAfter(text: string, end: number): number | undefined {
  const between = /^(?:\s|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)*,/.exec(text.slice(end))?.[0];
  return between === undefined ? undefined : end + between.length - 1;
}

function endOfLine(text: string, from: number): number {
  const found = /[\r\n]/.exec(text.slice(from));
  return found ? from + found.index : text.length;
}

function isBlankOrComment(text: string): boolean {
  return /^\s*(?:\/\/.*|\/\*[^*]*\*\/\s*)?$/.test(text);
}

/** The blanks before an item that is the first on its line; undefined where something stands before it, or there is none. */
export function indentOf(text: string, item: Node | undefined): string | undefined {
  if (!item) return undefined;
  return /(?:^|[\r\n])([ \t]*)$/.exec(text.slice(0, item.offset))?.[1];
}
