/**
 * Which texts of files are looked at while something is found out. What rests on facts alone stays true while an edit only moves them;
 * what rests on a text has to be found out again when the edit is in it.
 */
import type { Span } from '../../rules/kit';
import { push } from '../lists';
import type { Stretch } from '../syntax/stretch';

export interface Looks {
  /** Files whose whole text was looked at. */
  readonly whole: Set<string>;
  /** Stretches of files that were looked at, by path. */
  readonly parts: Map<string, Span[]>;
  /** Whether texts of files had a match of something, by path. */
  readonly answers: Map<string, Answer[]>;
  /** What questions to stretches of texts were answered, by path. */
  readonly told: Map<string, Told[]>;
  /** What was looked at for kept answers that were given again. */
  readonly through: Set<Looks>;
}

interface Told { readonly at: Span; readonly question: (text: string) => unknown; readonly answer: string | undefined }

interface Answer { readonly pattern: RegExp; readonly found: boolean }

function noLooks(): Looks {
  return { whole: new Set(), parts: new Map(), answers: new Map(), told: new Map(), through: new Set() };
}

/** What is being found out just now. Most of it looks at no text, and then nothing is made for it. */
let current: { looks: Looks | undefined } | undefined;

/** Runs `find` and says at which texts it looked, directly or through answers that were kept; undefined when at none. */
export function looking<T>(find: () => T): { readonly found: T; readonly looks: Looks | undefined } {
  const outer = current;
  const own: NonNullable<typeof current> = { looks: undefined };
  current = own;
  try {
    return { found: find(), looks: own.looks };
  } finally {
    current = outer;
  }
}

/** Notes that somebody looks at all of a file's text. */
export function lookAt(path: string): void {
  if (current) (current.looks ??= noLooks()).whole.add(path);
}

/** Notes that somebody looks at a stretch of a file's text. */
export function lookAtPart(path: string, { start, end }: Span): void {
  if (!current) return;
  const { whole, parts } = current.looks ??= noLooks();
  if (whole.has(path)) return;
  push(parts, path, { start, end });
}

/** Notes that somebody asks only whether a file's text has a match. */
export function lookFor(path: string, pattern: RegExp, found: boolean): void {
  if (!current) return;
  const { whole, answers } = current.looks ??= noLooks();
  if (whole.has(path)) return;
  const known = answers.get(path);
  if (!known) answers.set(path, [{ pattern, found }]);
  else if (!known.some((each) => String(each.pattern) === String(pattern))) known.push({ pattern, found });
}

/** Notes that somebody asks something of a stretch of a file's text, and what the answer is. */
export function lookToTell(path: string, { start, end }: Span, question: (text: string) => unknown, answer: unknown): void {
  if (!current) return;
  const { whole, told } = current.looks ??= noLooks();
  if (whole.has(path)) return;
  push(told, path, { at: { start, end }, question, answer: JSON.stringify(answer) });
}

/** Notes what was looked at for an answer that is given again. */
export function lookAgain(looks: Looks | undefined): void {
  if (looks && current) (current.looks ??= noLooks()).through.add(looks);
}

/** Whether anything was looked at beside this file. */
export function looksElsewhere({ whole, parts, answers, told, through }: Looks, path: string): boolean {
  return [...whole, ...parts.keys(), ...answers.keys(), ...told.keys()].some((each) => each !== path) || [...through].some((each) => looksElsewhere(each, path));
}

/**
 * Whether an edit of a file changes what was looked at.
 * @param edit where its text is another than it was, by the places it had
 * @param text of the file as it is now
 */
export function lookedAt({ whole, parts, answers, told, through }: Looks, path: string, edit: Stretch, text: string): boolean {
  const touched = ({ start, end }: Span) => start <= edit.end && edit.start <= end;
  return whole.has(path) || (parts.get(path) ?? []).some(touched) || (told.get(path) ?? []).some((each) => touched(each.at) && isToldOtherwise(each, edit, text))
    || (answers.get(path) ?? []).some((each) => each.pattern.test(text) !== each.found) || [...through].some((each) => lookedAt(each, path, edit, text));
}

/** Whether the edit is not all within the stretch, or the answer is another for what the stretch says now. */
function isToldOtherwise({ at: { start, end }, question, answer }: Told, edit: Stretch, text: string): boolean {
  return edit.start <= start || end <= edit.end || JSON.stringify(question(text.slice(start, end + edit.by))) !== answer;
}
