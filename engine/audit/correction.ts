/** From a fix to edits of files: newlines as the file has them, no overlaps, nothing overwritten. */
import type { Edit, NewFile } from '../../rules/kit';
import type { Judged } from './judge';
import type { Finding } from './outcome';
import type { Correction } from './session';
import type { SourceText } from './source';

type Sources = (path: string) => SourceText | undefined;

export function correctionOf(judged: Judged, index: number, source: Sources, exists: (path: string) => boolean): Correction | undefined {
  const fix = judged.fixes[index];
  const made = fix?.edit(judged.match, judged.context);
  if (!fix || !made || made.length === 0) return undefined;
  return gathered(fix.title, made, judged.finding.path, source, exists, fix.remains);
}

/** All safe fixes of these findings together; a fix that would touch what another has touched waits for the next round. */
export function allSafe(list: readonly Judged[], source: Sources, exists: (path: string) => boolean): Correction | undefined {
  const taken: Edit[] = [];
  let path = '';
  for (const judged of list) {
    const offer = judged.finding.fixes.find((each) => each.safety === 'safe');
    const made = offer && judged.fixes[offer.index]?.edit(judged.match, judged.context);
    const edits = made?.filter((each): each is Edit => !('create' in each)) ?? [];
    if (!made || edits.length !== made.length || edits.some((each) => each.path !== undefined && each.path !== judged.finding.path)) continue;
    const fresh = edits.filter((each) => !taken.some((other) => sameEdit(each, other)));
    if (fresh.some((each) => taken.some((other) => overlaps(each, other)))) continue;
    taken.push(...fresh);
    path = judged.finding.path;
  }
  return taken.length > 0 ? gathered('Fix all that is safe to fix', taken, path, source, exists) : undefined;
}

function gathered(title: string, made: readonly (Edit | NewFile)[], home: string, source: Sources, exists: (path: string) => boolean, remains?: string): Correction | undefined {
  const edits: Record<string, Edit[]> = {};
  const creates: Record<string, string> = {};
  for (const each of made) {
    if ('create' in each) {
      if (exists(each.path)) return undefined;
      creates[each.path] = each.create;
      continue;
    }
    const path = each.path ?? home;
    const newline = source(path)?.newline ?? '\n';
    (edits[path] ??= []).push({ start: each.start, end: each.end, text: newline === '\n' ? each.text : each.text.replace(/\r?\n/g, newline) });
  }
  for (const list of Object.values(edits)) list.sort((a, b) => a.start - b.start || a.end - b.end);
  return { title, edits, creates, ...(remains && { remains }) };
}

/** The comment that silences a finding, in the file's own syntax; undefined where the format has no comments. `accepted`: it is a risk somebody answers for. */
export function ignoreComment(finding: Finding, reach: 'line' | 'file', reason: string, source: SourceText, accepted?: { readonly until: string; readonly owner: string }): Correction | undefined {
  const marks = commentMarks(finding.path);
  const said = reason.replace(/[\r\n]+/g, ' ').trim();
  if (!marks || said === '') return undefined;
  const what = accepted ? `accept ${finding.rule} until ${accepted.until} by ${accepted.owner}` : `${reach === 'file' ? 'ignore-file' : 'ignore'} ${finding.rule}`;
  const comment = `${marks.open}shipworthy: ${what} -- ${said}${marks.close}`;
  const { newline, text } = source;
  const lineStart = offsetOf(source, finding.range.start.line);
  if (reach === 'file') {
    const at = /^\uFEFF?(?:#![^\n]*\n)?(?:#.*coding[:=][^\n]*\n)?/.exec(text)?.[0].length ?? 0;
    return { title: `Ignore ${finding.rule} in this file`, edits: { [finding.path]: [{ start: at, end: at, text: comment + newline }] }, creates: {} };
  }
  const indentation = source.indentation(lineStart);
  return { title: `${accepted ? 'Accept' : 'Ignore'} ${finding.rule} on this line`, edits: { [finding.path]: [{ start: lineStart, end: lineStart, text: indentation + comment + newline }] }, creates: {} };
}

function commentMarks(path: string): { open: string; close: string } | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (/\.(json|lock)$/.test(name)) return undefined;
  if (/\.(js|ts|mjs|cjs|jsx|tsx|mts|cts)$/.test(name)) return { open: '// ', close: '' };
  if (/\.(md|markdown|html?|jinja2?|j2|vue|xml|svg)$/.test(name)) return { open: '<!-- ', close: ' -->' };
  if (/\.sql$/.test(name)) return { open: '-- ', close: '' };
  return { open: '# ', close: '' };
}

function offsetOf(source: SourceText, line: number): number {
  let low = 0;
  let high = source.text.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (source.line(middle) < line) low = middle + 1; else high = middle;
  }
  return low;
}

function sameEdit(a: Edit, b: Edit): boolean {
  return a.start === b.start && a.end === b.end && a.text === b.text;
}

function overlaps(a: Edit, b: Edit): boolean {
  return a.start < b.end && b.start < a.end || (a.start === b.start && a.end === b.end);
}
