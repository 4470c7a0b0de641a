/**
 * Definitions by what stands in them. A class may be the most of a file, while what is typed is in one of its methods: of a class that is
 * whole, only that is parsed and lowered again, and stands among the others as they were. In a definition that is broken (an open bracket,
 * most often) the damage ends with the statement it is in, as it does in a file (see pieces.ts).
 *
 * What is read again is what reading the whole class gives: the method is whole by itself, and so no string, bracket or line of it reaches
 * into the next.
 */
import type { ClassStmt, FunctionStmt, Program, Stmt } from '../syntax/ast';
import { headEnd, pieceEnd } from './cuts';
import type { Stretch } from '../syntax/stretch';
import { stretchBetween } from '../syntax/stretch';
import { shifted } from './shifted';

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
 * A definition that is broken, read statement by statement, and what is broken among them likewise where it is a definition: so the damage
 * ends with the statement it is in. Undefined where the head is broken, or where the text is no definition.
 * @param lower reads a text as if it were a file
 */
export function byStatements(text: string, lower: (text: string) => Program): Program | undefined {
  return definitionBy(text, '', lower);
}

/** @param indent what stands before the definition */
function definitionBy(text: string, indent: string, lower: (text: string) => Program): Program | undefined {
  const from = headEnd(text, indent);
  const inner = from === undefined ? undefined : /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*([ \t]+)[^\s#]/.exec(text.slice(from))?.[1];
  if (from === undefined || inner === undefined || inner.length <= indent.length) return undefined;
  const around = indent === '' ? '' : AROUND;
  const head = lower(`${around}${text.slice(0, from)}${inner}pass\n`);
  const [only, ...others] = shifted(around === '' ? head.body : insideOf(head), -around.length);
  if (!head.whole || (only?.k !== 'class' && only?.k !== 'function') || others.length > 0) return undefined;
  const body: Stmt[] = [];
  const comments = [...shifted(head.comments, -around.length)];
  for (let at = from; at < text.length;) {
    const end = pieceEnd(text, at, inner);
    const read = statementsOf(text.slice(at, end), inner, lower);
    body.push(...shifted(read.body, at));
    comments.push(...shifted(read.comments, at));
    at = end;
  }
  const end = body.at(-1)?.end ?? only.end;
  return { whole: false, comments, body: [{ ...only, end, body: { start: body[0]?.start ?? only.body.start, end, body } }] };
}

/** What stands in a definition from one of its statements to the next. */
function statementsOf(text: string, indent: string, lower: (text: string) => Program): Pick<Program, 'body' | 'comments'> {
  const read = lower(AROUND + text);
  const deeper = read.whole ? undefined : definitionBy(text, indent, lower);
  return deeper ?? { body: shifted(insideOf(read), -AROUND.length), comments: shifted(read.comments, -AROUND.length) };
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
