/** Edits of compose files that keep their indentation and quotes. */
import type { Service } from './files';
import type { Edit, Source } from './fix';
import { insert } from './fix';

/**
 * Lines under a service, after all it has; undefined where it is written on one line, or is another service under a second name.
 * `lines` begin at the service's own keys: deeper ones bring their blanks.
 */
export function addedToService(service: Service, source: Source, lines: readonly string[]): readonly Edit[] | undefined {
  const indent = serviceIndent(service, source);
  if (indent === undefined) return undefined;
  return [insert(source.lineEnd(service.at.end), lines.map((line) => `\n${indent}${line}`).join(''))];
}

/** The blanks before a service's own keys. */
export function serviceIndent({ at, nameAt }: Service, source: Source): string | undefined {
  const head = source.slice({ start: nameAt.end, end: source.lineEnd(nameAt.end) });
  if (!/^["']?[ \t]*:[ \t]*(?:#.*)?$/.test(head) || source.line(at.end) === source.line(nameAt.end)) return undefined;
  const body = source.slice({ start: source.lineEnd(nameAt.end), end: at.end });
  return /^(?:\r?\n[ \t]*(?:#[^\n]*)?)*\r?\n([ \t]+)[^\s#]/.exec(body)?.[1];
}

/** The line of a list's item or of a key, with its line break; undefined where it shares the line with others. */
export function lineOfItem(at: { readonly start: number; readonly end: number }, source: Source): Edit | undefined {
  const start = source.lineStart(at.start);
  const end = source.lineEnd(at.end);
  if (!/^[ \t]*(?:-[ \t]+)?["']?$/.test(source.slice({ start, end: at.start })) || !/^["']?[ \t]*(?:#.*)?$/.test(source.slice({ start: at.end, end }))) return undefined;
  return { start, end: Math.min(end + source.newline.length, source.length), text: '' };
}
