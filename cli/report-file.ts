/** A JSON report that was written earlier. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { valueOf as member } from '../engine/records/document';
import { parseJson } from '../engine/workspace/reading';
import type { ReportCard } from '../report/card';
import { line } from '../report/escape';
import { readReport } from '../report/read-report';
import { UsageError } from './exit';

/** The cards of a report file. Throws UsageError with file, line and reason when it is none, or one of a later version. */
export function reportFile(given: string, cwd: string): readonly ReportCard[] {
  const shown = line(given);
  let text: string;
  try {
    text = readFileSync(path.resolve(cwd, given), 'utf8');
  } catch (error) {
    throw new UsageError(`${shown} could not be read: ${error instanceof Error ? line(error.message) : String(error)}.`);
  }
  const read = readReport(valueOf(text, shown));
  if ('cards' in read) return read.cards;
  const { at, reason } = read.fault;
  throw new UsageError(`${shown}, line ${lineAt(text, at)}: ${at.length === 0 ? 'the file' : `\`${named(at)}\``} ${reason}. It is a report when \`shipworthy check --format json\` wrote it.`);
}

function valueOf(text: string, shown: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${shown} is not valid JSON: ${error instanceof Error ? line(error.message) : String(error)}.`);
  }
}

function named(at: readonly (string | number)[]): string {
  return at.reduce<string>((name, one) => (typeof one === 'number' ? `${name}[${one}]` : name === '' ? one : `${name}.${one}`), '');
}

/** The line of the innermost part that is there, from 1. */
function lineAt(text: string, at: readonly (string | number)[]): number {
  const { root, range } = parseJson(text);
  let node = root;
  for (const one of at) {
    const inner = node && (typeof one === 'number' ? node.children?.[one] : member(node, one));
    if (!inner) break;
    node = inner;
  }
  return (node ? range(node).start.line : 0) + 1;
}
