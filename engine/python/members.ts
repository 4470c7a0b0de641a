/**
 * Definitions by what stands in them. In a definition that is broken (an open bracket, most often) the damage ends with the statement it is
 * in, as it does in a file (see pieces.ts).
 */
import type { ClassStmt, FunctionStmt, Program, Stmt } from '../syntax/ast';
import { headEnd, pieceEnd } from './cuts';
import { AROUND } from './innermost';
import { shifted } from './shifted';

/** What stands in a definition from one of its statements to the next, from its own beginning. */
export type Part = Pick<Program, 'body' | 'comments' | 'whole'>;

/** How parts are read, and what is known of them. */
export interface Parts {
  /** Reads a text as if it were a file. */
  readonly lower: (text: string) => Program;
  /** What is known of a part, by its text. */
  readonly known: (text: string) => Part | undefined;
  /** Told of every part that is used. */
  readonly keep: (text: string, part: Part) => void;
}

/** A definition in parts, which is never whole; and whether the part is broken where it was suspected to be. */
export interface InParts { readonly read: Program; readonly brokenThere: boolean }

/**
 * A definition that is broken, read statement by statement, and what is broken among them likewise where it is a definition: so the damage
 * ends with the statement it is in. Undefined where the head is broken, or where the text is no definition.
 * @param suspect where something is broken most likely: definitions around it are not read at once before
 */
export function byStatements(text: string, suspect: number | undefined, parts: Parts): InParts | undefined {
  return definitionBy(text, '', suspect, parts);
}

/** Where the statements of a definition begin, and what stands before each. */
function insideAt(text: string, indent: string): { readonly from: number; readonly inner: string } | undefined {
  const from = headEnd(text, indent);
  const inner = from === undefined ? undefined : /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*([ \t]+)[^\s#]/.exec(text.slice(from))?.[1];
  return from === undefined || inner === undefined || inner.length <= indent.length ? undefined : { from, inner };
}

/** @param indent what stands before the definition */
function definitionBy(text: string, indent: string, suspect: number | undefined, parts: Parts): InParts | undefined {
  const inside = insideAt(text, indent);
  if (!inside) return undefined;
  const { from, inner } = inside;
  const head = partOf(`${text.slice(0, from)}${inner}pass\n`, indent === '' ? '' : AROUND, parts);
  const [only, ...others] = head.body;
  if (!head.whole || (only?.k !== 'class' && only?.k !== 'function') || others.length > 0) return undefined;
  const body: Stmt[] = [];
  const comments = [...head.comments];
  let brokenThere = false;
  for (let at = from; at < text.length;) {
    const end = pieceEnd(text, at, inner);
    const there = suspect !== undefined && at <= suspect && suspect < end;
    const read = statementsOf(text.slice(at, end), inner, there ? suspect - at : undefined, parts);
    brokenThere ||= there && !read.whole;
    body.push(...shifted(read.body, at));
    comments.push(...shifted(read.comments, at));
    at = end;
  }
  const end = body.at(-1)?.end ?? only.end;
  return { brokenThere, read: { whole: false, comments, body: [{ ...only, end, body: { start: body[0]?.start ?? only.body.start, end, body } }] } };
}

/** What stands in a definition from one of its statements to the next. */
function statementsOf(text: string, indent: string, suspect: number | undefined, parts: Parts): Part {
  const known = parts.known(text);
  const first = known || suspect === undefined ? undefined : definitionBy(text, indent, suspect, parts);
  const read = known ?? (first?.brokenThere ? first.read : atOnce(text, indent, parts));
  parts.keep(text, read);
  return read;
}

function atOnce(text: string, indent: string, parts: Parts): Part {
  const read = aroundless(parts.lower(AROUND + text));
  return read.whole ? read : definitionBy(text, indent, undefined, parts)?.read ?? read;
}

function partOf(text: string, around: '' | typeof AROUND, parts: Parts): Part {
  const read = parts.known(text) ?? (around === '' ? parts.lower(text) : aroundless(parts.lower(AROUND + text)));
  parts.keep(text, read);
  return read;
}

/** What stands in the class around a text, also where it has fallen out of it. */
function aroundless({ body, comments, whole }: Program): Part {
  const inside = body.flatMap((each) => each.k === 'class' && each.start === 0 ? each.body.body : each.start < AROUND.length ? [] : [each]);
  return { body: shifted(inside, -AROUND.length), comments: shifted(comments, -AROUND.length), whole };
}

/**
 * The parts of a definition that is whole, as if each had been read by itself; of the one that holds an edit, also the parts of its own.
 * @param at where the text is going to differ
 */
export function partsOf({ text, origin }: { readonly text: string; readonly origin: Program }, at: number): ReadonlyMap<string, Part> {
  const parts = new Map<string, Part>();
  const [only, ...others] = origin.body;
  if (origin.whole && others.length === 0 && (only?.k === 'class' || only?.k === 'function')) cut(text, '', only, origin.comments, at, parts);
  return parts;
}

/** Places are those of the text. */
function cut(text: string, indent: string, { body }: ClassStmt | FunctionStmt, comments: Program['comments'], at: number, parts: Map<string, Part>): void {
  const inside = insideAt(text, indent);
  if (!inside) return;
  for (let from = inside.from; from < text.length;) {
    const end = pieceEnd(text, from, inside.inner);
    const here = <T extends { readonly start: number; readonly end: number }>(each: T) => from <= each.start && each.end <= end;
    const part = text.slice(from, end);
    const read = { body: shifted(body.body.filter(here), -from), comments: shifted(comments.filter(here), -from), whole: true };
    parts.set(part, read);
    const [only, ...others] = read.body;
    if (from <= at && at < end && others.length === 0 && (only?.k === 'class' || only?.k === 'function')) cut(part, inside.inner, only, read.comments, at - from, parts);
    from = end;
  }
}
