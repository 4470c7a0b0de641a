/**
 * A class that is read again by the one method that changed in it. A class may be the most of a file, while what is typed is in one of its
 * methods: only that is parsed and lowered again, and stands among the others as they were.
 *
 * It is what reading the whole class gives: the method is whole by itself, and so no string, bracket or line of it reaches into the next.
 */
import type { ClassStmt, FunctionStmt, Program } from '../syntax/ast';
import type { Stretch } from './stretch';
import { shifted, stretchBetween } from './stretch';

/** The text and what it was lowered to. */
export interface WasLowered { readonly text: string; readonly origin: Program }

const AROUND = 'class _:\n';

/**
 * What another text of a class is made of; undefined where the difference is in no method alone, or the class is not whole.
 * @param lower reads a text as if it were a file
 */
export function classAgain({ text: before, origin }: WasLowered, text: string, lower: (text: string) => Program): Program | undefined {
  const [only, ...others] = origin.body;
  if (only?.k !== 'class' || others.length > 0 || !origin.whole) return undefined;
  const edit = stretchBetween(before, text);
  const place = methodAt(only, before, edit);
  if (!place) return undefined;
  const { index, from, to } = place;
  const written = text.slice(from, to + edit.by);
  if (/\\\s*$/.test(written)) return undefined;
  const read = lower(AROUND + written);
  const method = read.whole ? methodOf(read) : undefined;
  if (!method) return undefined;
  const here = from - AROUND.length;
  const members = [...only.body.body.slice(0, index), shifted(method, here), ...shifted(only.body.body.slice(index + 1), edit.by)];
  const end = index + 1 < only.body.body.length ? only.end + edit.by : method.end + here;
  return {
    whole: true,
    body: [{ ...only, end, body: { ...only.body, end, body: members } }],
    comments: [...origin.comments.filter((each) => each.start < from), ...shifted(read.comments, here), ...shifted(origin.comments.filter((each) => each.start >= to), edit.by)],
  };
}

/** The method whose lines, down to the next member, hold all of the edit. */
function methodAt({ end, body }: ClassStmt, text: string, edit: Stretch): { readonly index: number; readonly from: number; readonly to: number } | undefined {
  const members = body.body;
  const index = members.findLastIndex((each) => each.start < edit.start);
  const member = members[index];
  const next = members[index + 1];
  if (member?.k !== 'function' || (!next && (member.end !== end || body.end !== end))) return undefined;
  const from = lineStart(text, member.start);
  const to = next ? lineStart(text, next.start) : text.length;
  return edit.end < to && /^[ \t]+$/.test(text.slice(from, member.start)) && (!next || /^[ \t]+$/.test(text.slice(to, next.start))) ? { index, from, to } : undefined;
}

function methodOf({ body: [around, ...others] }: Program): FunctionStmt | undefined {
  if (around?.k !== 'class' || others.length > 0) return undefined;
  const [method, ...more] = around.body.body;
  return method?.k === 'function' && more.length === 0 && around.end === method.end && around.body.end === method.end ? method : undefined;
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}
