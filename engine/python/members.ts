/**
 * Classes by their members. A class may be the most of a file, while what is typed is in one of its methods: of a class that is whole, only
 * that is parsed and lowered again, and stands among the others as they were. In one that is broken (an open bracket, most often) the damage
 * ends with the member it is in, as it does in a file with the statement (see pieces.ts).
 *
 * What is read again is what reading the whole class gives: the method is whole by itself, and so no string, bracket or line of it reaches
 * into the next.
 */
import type { ClassStmt, FunctionStmt, Program, Stmt } from '../syntax/ast';
import { headEnd, pieceEnd } from './cuts';
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

/**
 * A class that is broken, read member by member, so that the damage ends with the member it is in; undefined where its head is broken, or
 * where the text is not a class.
 */
export function classByMembers(text: string, lower: (text: string) => Program): Program | undefined {
  const from = headEnd(text);
  const indent = from === undefined ? undefined : /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*([ \t]+)[^\s#]/.exec(text.slice(from))?.[1];
  if (from === undefined || indent === undefined) return undefined;
  const head = lower(`${text.slice(0, from)}${indent}pass\n`);
  const [only, ...others] = head.body;
  if (!head.whole || only?.k !== 'class' || others.length > 0) return undefined;
  const members: Stmt[] = [];
  const comments = [...head.comments];
  for (let at = from; at < text.length;) {
    const end = pieceEnd(text, at, indent);
    const read = lower(AROUND + text.slice(at, end));
    members.push(...shifted(insideOf(read), at - AROUND.length));
    comments.push(...shifted(read.comments, at - AROUND.length));
    at = end;
  }
  const end = members.at(-1)?.end ?? only.end;
  return { whole: false, comments, body: [{ ...only, end, body: { start: members[0]?.start ?? only.body.start, end, body: members } }] };
}

/** What stands in the class around a text, also where it has fallen out of it. */
function insideOf({ body }: Program): readonly Stmt[] {
  return body.flatMap((each) => each.k === 'class' && each.start === 0 ? each.body.body : each.start < AROUND.length ? [] : [each]);
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
