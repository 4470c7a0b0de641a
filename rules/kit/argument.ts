/** Edits of the arguments of a call. */
import type { Edit, Source } from './fix';
import { insert, replace } from './fix';
import type { Call } from './module';
import type { Span } from './place';

/** Takes one argument out, with the comma that set it off; undefined where a comment would go with it, or where `*args` hide what stands beside it. */
export function withoutArgument(one: Call, at: Span, source: Source): readonly Edit[] | undefined {
  if (one.open && !one.keywords.some((each) => each.name === '**')) return undefined;
  const all = argumentSpans(one);
  const next = all.find((each) => each.start >= at.end);
  const before = all.findLast((each) => each.end <= at.start);
  const cut = next ? { start: at.start, end: next.start } : { start: before?.end ?? at.start, end: at.end };
  return source.slice(cut).includes('#') ? undefined : [replace(cut, '')];
}

/** Adds a keyword behind the last argument, on a line of its own where each argument has one; undefined for calls with `*args`. */
export function withArgument(one: Call, written: string, source: Source): readonly Edit[] | undefined {
  if (one.open) return undefined;
  const last = argumentSpans(one).at(-1);
  if (!last) return [insert(one.argumentsAt.start + 1, written)];
  const alone = source.lineStart(last.start) + source.indentation(last.start).length === last.start;
  return [insert(last.end, alone && source.line(one.argumentsAt.end) > source.line(last.end) ? `,\n${source.indentation(last.start)}${written}` : `, ${written}`)];
}

function argumentSpans(one: Call): readonly Span[] {
  return [...one.args.map((arg) => arg.at), ...one.keywords.map((each) => each.at)].sort((a, b) => a.start - b.start);
}
