/** Reading one file in a test, and looking at what its spans cover. */
import assert from 'node:assert/strict';
import type { Command, Kind, Span, UnitOf } from '../../rules/kit';
import { readUnit } from '../../engine/files/read';

/** The unit of a file, which must be of this kind. */
export function unitOf<K extends Exclude<Kind, 'module'>>(kind: K, path: string, text: string): UnitOf<K> {
  const unit = readUnit(path, text);
  assert.equal(unit?.kind, kind);
  return unit as UnitOf<K>;
}

/** What a span covers. */
export function covered(text: string, span: Span | undefined): string | undefined {
  return span && text.slice(span.start, span.end);
}

/** Commands as one line each, two blanks for each depth, with what joins them to the next. */
export function outline(commands: readonly Command[]): readonly string[] {
  return commands.map((one) => `${'  '.repeat(one.depth)}${one.assignments.map((pair) => `${pair.name}=${pair.value} `).join('')}${one.words.join(' ')}${one.then === '' ? '' : ` ${one.then}`}`);
}

/** Lines joined to a text that ends in a line break. */
export function text(...lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
