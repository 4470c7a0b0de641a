/** Edits of workflows that keep how they are written. Where YAML is in its flow form (`{…}`, `[…]`) nothing is offered. */
import type { Job } from './files';
import type { Edit, Source } from './fix';
import { insert, replace } from './fix';
import type { Span } from './place';

/** Steps behind the last one of a job, each as its lines: `['run: pytest']`. */
export function appendedSteps(job: Job, steps: readonly (readonly string[])[], source: Source): readonly Edit[] | undefined {
  const last = job.steps.at(-1);
  const dash = last && dashOf(last.at.start, source);
  if (!last || dash === undefined || steps.length === 0) return undefined;
  const written = steps.map((lines) => lines.map((line, index) => `\n${dash}${index === 0 ? '- ' : '  '}${line}`).join('')).join('');
  return [insert(source.lineEnd(last.at.end), written)];
}

/** White space before the `- ` that begins an item, when the item begins its line. */
export function dashOf(start: number, source: Source): string | undefined {
  return /^([ \t]*)- +$/.exec(source.slice({ start: source.lineStart(start), end: start }))?.[1];
}

/** A job's key takes another line as its first: `needs: test`. */
export function firstOfJob(job: Job, line: string, source: Source): readonly Edit[] | undefined {
  const end = source.lineEnd(job.at.start);
  const next = source.slice({ start: end + source.newline.length, end: source.length });
  const indentation = /^[ \t]+(?=[\w"'])/.exec(next)?.[0];
  if (!/^[ \t]*["']?[\w-]+["']?:[ \t]*(?:#.*)?$/.test(source.slice({ start: source.lineStart(job.at.start), end })) || indentation === undefined) return undefined;
  return [insert(end, `\n${indentation}${line}`)];
}

/** A key with its value that has its lines for itself, taken out with them. */
export function withoutKey(at: Span, source: Source): readonly Edit[] | undefined {
  const start = source.lineStart(at.start);
  const end = source.lineEnd(at.end);
  if (!/^[ \t]*$/.test(source.slice({ start, end: at.start })) || !/^[ \t]*(?:#.*)?$/.test(source.slice({ start: at.end, end }))) return undefined;
  return [replace({ start, end: Math.min(end + source.newline.length, source.length) }, '')];
}
