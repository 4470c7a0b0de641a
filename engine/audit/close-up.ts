/**
 * A finding from near: the code around it, and the lines a fix would leave in its place. Edits of a fix are not part of a card that is made
 * after every keystroke: whoever writes a report asks for them, one finding at a time.
 */
import type { Edit } from '../../rules/kit';
import type { Finding } from './outcome';
import { alike, maskCode, maskLine, maskTaken } from './mask';
import type { Correction } from './session';

export interface CloseUp {
  /** Number of the first line of `code`, from 0. */
  readonly line: number;
  /** Three to seven lines, masked; of a secret outside of source, its own lines alone. */
  readonly code: readonly string[];
  /** The first and the last of those lines that are the finding's own. */
  readonly own: readonly [number, number];
  readonly fix?: FixPreview;
}

export interface FixPreview {
  readonly title: string;
  readonly changes: readonly LineChange[];
  /** Left to a person. */
  readonly remains?: string;
}

/** Lines that change together; `before` is empty where lines are added. Masked. */
export interface LineChange {
  readonly path: string;
  /** Number of the first line, from 0. */
  readonly line: number;
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** A file that is not there yet. */
  readonly created?: true;
}

/** Lines around a finding, lines at most, and characters of a line. */
const AROUND = 2;
const MOST = 7;
const WIDEST = 200;
/** Lines above a window that are masked with it, so that a call which begins there is known. */
const ABOVE = 8;
/** Lines of a change that are shown. */
const LONGEST = 24;

/** @param text of the finding's file */
export function closeUpOf(finding: Finding, secret: boolean, text: string): CloseUp {
  const lines = text.split(/\r\n|\r|\n/);
  const first = Math.min(finding.range.start.line, lines.length - 1);
  const end = finding.range.end;
  const last = Math.min(Math.max(first, end.character === 0 ? end.line - 1 : end.line), first + MOST - 1, lines.length - 1);
  const around = secret && !/\.pyw?$/.test(finding.path) ? 0 : AROUND;
  let from = Math.max(0, first - around);
  let to = Math.min(lines.length - 1, last + around);
  while (to - from + 1 > MOST) { if (to > last) to--; else from++; }
  while (from < first && (lines[from] ?? '').trim() === '') from++;
  while (to > last && (lines[to] ?? '').trim() === '') to--;
  return { line: from, code: masked(lines, from, to + 1, secret).map(narrow), own: [first - from, last - from] };
}

/** What a correction changes, file by file in its own order; lines alike at both ends of a change are left out. */
export function previewOf(correction: Correction, secret: boolean, textOf: (path: string) => string | undefined): FixPreview {
  const edited = Object.entries(correction.edits).flatMap(([path, edits]) => changesIn(path, edits, textOf(path) ?? '', secret));
  const created = Object.entries(correction.creates).map(([path, text]): LineChange => {
    const lines = text.replace(/\r?\n$/, '').split(/\r\n|\r|\n/);
    return { path, line: 0, before: [], after: short(masked(lines, 0, lines.length, secret)), created: true };
  });
  return { title: correction.title, changes: [...edited, ...created], ...(correction.remains !== undefined && { remains: correction.remains }) };
}

function changesIn(path: string, edits: readonly Edit[], text: string, secret: boolean): readonly LineChange[] {
  return together(edits, text).map((group): LineChange => {
    const first = group[0]?.start ?? 0;
    const start = first === 0 ? 0 : text.lastIndexOf('\n', first - 1) + 1;
    const rest = text.indexOf('\n', group.at(-1)?.end ?? 0);
    const end = rest < 0 ? text.length : text[rest - 1] === '\r' ? rest - 1 : rest;
    const old = text.slice(start, end);
    const fresh = group.toReversed().reduce((now, edit) => now.slice(0, edit.start - start) + edit.text + now.slice(edit.end - start), old);
    return trimmed(path, text.slice(0, start).split('\n').length - 1, old.split(/\r?\n/), fresh.split(/\r?\n/), secret);
  }).filter((change) => change.before.length > 0 || change.after.length > 0);
}

/** Edits that touch the same or neighbouring lines. */
function together(edits: readonly Edit[], text: string): readonly (readonly Edit[])[] {
  const groups: Edit[][] = [];
  for (const edit of edits) {
    const group = groups.at(-1);
    const before = group?.at(-1);
    if (group && before && text.slice(before.end, edit.start).split('\n').length <= 3) group.push(edit);
    else groups.push([edit]);
  }
  return groups;
}

function trimmed(path: string, line: number, before: readonly string[], after: readonly string[], secret: boolean): LineChange {
  const shortest = Math.min(before.length, after.length);
  let top = 0;
  while (top < shortest && before[top] === after[top]) top++;
  let bottom = 0;
  while (bottom < shortest - top && before[before.length - 1 - bottom] === after[after.length - 1 - bottom]) bottom++;
  const [old, fresh] = [before.slice(top, before.length - bottom), after.slice(top, after.length - bottom)];
  const [left = [], right = []] = alike(
    { lines: old, masked: masked(before, top, before.length - bottom, secret) },
    { lines: fresh, masked: secret ? fresh.map((each) => maskTaken(each, before)) : masked(after, top, after.length - bottom, secret) },
  );
  return { path, line: line + top, before: short(left), after: short(right) };
}

function narrow(line: string): string {
  return line.length > WIDEST ? `${line.slice(0, WIDEST)}…` : line;
}

function short(all: readonly string[]): readonly string[] {
  const lines = all.map(narrow);
  return lines.length <= LONGEST ? lines : [...lines.slice(0, LONGEST - 1), `… ${lines.length - LONGEST + 1} more lines`];
}

/** The lines with what is or may be a secret replaced. Of a rule about secrets each is masked by itself, and more of it. */
function masked(lines: readonly string[], from: number, to: number, secret: boolean): readonly string[] {
  const own = lines.slice(from, to);
  const above = secret ? [] : lines.slice(Math.max(0, from - ABOVE), from);
  const all = secret ? [] : maskCode([...above, ...own].join('\n')).split('\n').slice(above.length);
  return all.length === own.length ? all : own.map(maskLine);
}
