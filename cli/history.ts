/** The history file: read with care, added to so that nothing of it is lost. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ReportCard } from '../report/card';
import { line } from '../report/escape';
import { added, HISTORY_PATH, pointOf, readHistory, type HistoryPoint } from '../report/history/points';
import { UsageError } from './exit';
import { outputFile, writeWhole } from './output';

export function historyFile(folder: string): string {
  return path.join(folder, HISTORY_PATH);
}

/** The points of a history; none where there is no file. Throws UsageError with file, line and reason when it is not understood. */
export function historyIn(file: string): readonly HistoryPoint[] {
  return read(file).points;
}

/** Adds a point for each card. Of one commit and day there is one run: a later one takes its place. Throws UsageError and leaves the file as it is when that is not understood. */
export function addToHistory(file: string, cards: readonly ReportCard[]): void {
  const { text } = read(file);
  const addition = added(text, cards.map(pointOf));
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    // Lines at the end are written at once: two runs at the same time do not lose each other's.
    if ('append' in addition) appendFileSync(outputFile(file, '/'), addition.append);
    else writeWhole(file, addition.whole);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`The history could not be written to ${line(file)}: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

function read(file: string): { readonly text: string; readonly points: readonly HistoryPoint[] } {
  if (!existsSync(file)) return { text: '', points: [] };
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`The history ${line(file)} could not be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
  const found = readHistory(text);
  if ('points' in found) return { text, points: found.points };
  throw new UsageError(`${line(file)}, line ${found.fault.line}: ${line(found.fault.reason)} The file is left as it is.`);
}
