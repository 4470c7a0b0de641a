/**
 * The innermost statement that holds an edit, read again among the others as they were. A method may be hundreds of lines long, while what is
 * typed is one of them: of code that is whole, only that line is parsed and lowered, in whatever blocks it stands.
 *
 * What is read again is what reading everything gives: the statement's lines begin with it and end with it, and are whole by themselves, and
 * so no string, bracket or block of theirs reaches into the next.
 */
import type { Program, Stmt } from '../syntax/ast';
import type { Stretch } from '../syntax/stretch';
import { stretchBetween } from '../syntax/stretch';
import { shifted } from './shifted';
import { blocksOf } from './walk';

/** The text and what it was lowered to. */
export interface WasLowered { readonly text: string; readonly origin: Program }

/** Around statements that are indented, to read them by themselves. */
export const AROUND = 'class _:\n';

/** A statement among the others of its block, with its lines. */
interface Spot { readonly list: readonly Stmt[]; readonly index: number; readonly from: number; readonly to: number }

/**
 * What another text is made of, where one statement or some in its place are read anew: `broken` where they are not whole, undefined where
 * the difference is in no statement alone.
 * @param lower reads a text as if it were a file
 */
export function innermostAgain({ text: before, origin }: WasLowered, text: string, lower: (text: string) => Program): Program | 'broken' | undefined {
  if (!origin.whole) return undefined;
  const edit = stretchBetween(before, text);
  for (const spot of spotsOf(origin.body, before, edit).reverse()) {
    const written = text.slice(spot.from, spot.to + edit.by);
    if (/\\\s*$/.test(written)) return undefined;
    const read = lower(AROUND + written);
    if (!read.whole) return 'broken';
    const again = replaced(origin, spot, shiftedOut(read, spot.from, text, spot.to + edit.by), edit.by);
    if (again) return again;
  }
  return undefined;
}

/** Statements that hold an edit, each within the one before. Those of the top level are pieces of their own. */
function spotsOf(top: readonly Stmt[], text: string, edit: Stretch): Spot[] {
  const spots: Spot[] = [];
  for (let blocks = top.flatMap(blocksOf); ;) {
    const list = blocks.findLast(({ body: [first] }) => first && first.start <= edit.start)?.body ?? [];
    const index = list.findLastIndex((each) => each.start <= edit.start);
    const one = list[index];
    if (!one) return spots;
    const spot = spotOf(list, index, one, text);
    if (spot && edit.end < spot.to) spots.push(spot);
    blocks = [...blocksOf(one)];
  }
}

/** The lines of a statement, where nothing else stands on them. */
function spotOf(list: readonly Stmt[], index: number, one: Stmt, text: string): Spot | undefined {
  const from = text.lastIndexOf('\n', one.start - 1) + 1;
  const line = text.indexOf('\n', one.end);
  const to = line < 0 ? text.length : line + 1;
  const next = list[index + 1];
  const alone = /^[ \t]+$/.test(text.slice(from, one.start)) && (!next || next.start >= to) && !text.startsWith('elif', one.start);
  return alone ? { list, index, from, to } : undefined;
}

interface Reread { readonly body: readonly Stmt[]; readonly comments: Program['comments']; readonly end: number }

/** What was read by itself, at its place in a text; undefined where it is no statement any more, or where comments behind it may end a block. */
function shiftedOut({ body: [around, ...others], comments }: Program, from: number, text: string, to: number): Reread | undefined {
  const [first, last] = around?.k === 'class' ? [around.body.body[0], around.body.body.at(-1)] : [];
  if (around?.k !== 'class' || !first || !last || others.length > 0 || around.end !== around.body.end) return undefined;
  const by = from - AROUND.length;
  if (/\n[^]/.test(text.slice(last.end + by, to)) || isDeeper(text, to, first.start + by, blocksOf(last).length > 0)) return undefined;
  return { body: shifted(around.body.body, by), comments: shifted(comments, by), end: around.end + by };
}

/** Whether the next line that is not blank is indented further than a statement, and may be a part of it: a comment only where it has blocks. */
function isDeeper(text: string, at: number, statement: number, blocks: boolean): boolean {
  const line = /(?:[ \t]*\r?\n)*([ \t]*)(\S)/y;
  line.lastIndex = at;
  const [, indented = '', first] = line.exec(text) ?? [];
  return (blocks || first !== '#') && indented.length > statement - text.lastIndexOf('\n', statement - 1) - 1;
}

/** A program with other statements in the place of one. */
function replaced(origin: Program, { list, index, from, to }: Spot, read: Reread | undefined, by: number): Program | undefined {
  if (!read || read.body[0]?.start !== list[index]?.start) return undefined;
  const within = (value: unknown): unknown => {
    if (value === list) return [...list.slice(0, index), ...read.body, ...shifted(list.slice(index + 1), by)];
    if (Array.isArray(value)) return value.map(within);
    if (typeof value !== 'object' || value === null) return value;
    const { start, end } = value as { readonly start?: number; readonly end?: number };
    if (end !== undefined && end <= from) return value;
    if (start !== undefined && start >= to) return shifted(value, by);
    const copy = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, within(part)]));
    return end === undefined ? copy : { ...copy, end: end < to ? read.end : end + by };
  };
  return {
    whole: true, body: within(origin.body) as readonly Stmt[],
    comments: [...origin.comments.filter((each) => each.start < from), ...read.comments, ...shifted(origin.comments.filter((each) => each.start >= to), by)],
  };
}
