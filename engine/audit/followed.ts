/** What was said of a file, after its text was edited: at its new place, as long as the edit did not touch it. */
import { lineAt, lineStarts } from '../files/lines';
import { stretchBetween } from '../syntax/stretch';
import type { SaidOfFile } from './kept';
import type { Finding, Location, Position, Range, Silenced } from './outcome';

/**
 * @param said of the text `before`, whose path is `path`
 * @returns the same of the text `now`. What stands where the two differ is left out: only judging can tell whether it still holds.
 */
export function followed(said: SaidOfFile, path: string, before: string, now: string): SaidOfFile {
  const move = mover(before, now);
  const place = (location: Location): Location | undefined => {
    if (location.path !== path) return location;
    const range = move(location.range);
    return range && { ...location, range };
  };
  const finding = (each: Finding): Finding | undefined => {
    const range = each.path === path ? move(each.range) : each.range;
    return range && { ...each, range, related: each.related.flatMap((one) => { const there = place(one); return there ? [{ ...one, ...there }] : []; }) };
  };
  const silenced = (each: Silenced): Silenced | undefined => {
    const there = finding(each.finding);
    const where = place(each.where);
    return there && where && { ...each, finding: there, where };
  };
  return {
    findings: said.findings.flatMap((each) => finding(each) ?? []),
    silenced: said.silenced.flatMap((each) => silenced(each) ?? []),
    notices: said.notices.flatMap((each) => {
      if (!each.range) return [each];
      const range = move(each.range);
      return range ? [{ ...each, range }] : [];
    }),
  };
}

/** From ranges of one text to those of another; undefined for what was edited. */
function mover(before: string, now: string): (range: Range) => Range | undefined {
  const { start, end, by } = stretchBetween(before, now);
  const [from, to] = [lineStarts(before), lineStarts(now)];
  const offset = ({ line, character }: Position) => (from[line] ?? before.length) + character;
  const position = (at: number): Position => { const line = lineAt(to, at); return { line, character: at - (to[line] ?? 0) }; };
  return (range) => {
    const [first, last] = [offset(range.start), offset(range.end)];
    if (last <= start) return range;
    return first >= end ? { start: position(first + by), end: position(last + by) } : undefined;
  };
}
