/** Markers of unfinished work in comments: TODO and FIXME anywhere, XXX and HACK where a comment begins with them. */
import type { Marker, Span } from '../../rules/kit';
import { lineOf } from './lines';

/** What any marker holds. */
export const MAY_MARK = /TODO|FIXME|XXX|HACK|todo|fixme/;
const ANYWHERE = /(?<![\w-])(?:(TODO|FIXME)(?![\w-])|(todo|fixme)(?=:|\())/;
const FIRST = /^(?:#+!?|\/\/+|\/\*+|<!--)\s*(XXX|HACK)(?=[\s:(])/;

/** @param comments where the comments of the text are, with their signs */
export function markersIn(text: string, comments: readonly Span[]): Marker[] {
  if (!MAY_MARK.test(text)) return [];
  let line: ReturnType<typeof lineOf> | undefined;
  return comments.flatMap((at): Marker[] => {
    const comment = text.slice(at.start, at.end);
    const found = ANYWHERE.exec(comment) ?? FIRST.exec(comment);
    const word = (found?.[1] ?? found?.[2])?.toUpperCase();
    if (!found || word === undefined) return [];
    const says = comment.slice(found.index + found[0].length).replace(/^[\s:–—-]+|\s*(\*\/|-->)$/g, '');
    return [{ word: word as Marker['word'], text: says, line: (line ??= lineOf(text))(at.start + found.index), at: { start: at.start, end: at.end } }];
  });
}
