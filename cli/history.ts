/** The history file: read with care, added to so that nothing of it is lost. */
import { appendFileSync, lstatSync } from 'node:fs';
import type { ReportCard } from '../report/card';
import { line } from '../report/escape';
import { added, HISTORY_PATH, pointOf, readHistory, type HistoryPoint } from '../report/history/points';
import { UsageError } from './exit';
import { readRecordFile, recordPlace, writeRecordFile } from './record-file';

/** The points of a folder's history; none where there is no file. Throws UsageError with line and reason when it is not understood. */
export function historyIn(folder: string): readonly HistoryPoint[] {
  return read(folder).points;
}

/** Adds a point for each card. Of one commit and day there is one run: a later one takes its place. Throws UsageError and leaves the file as it is when that is not understood. */
export function addToHistory(folder: string, cards: readonly ReportCard[]): void {
  const { text } = read(folder);
  const addition = added(text, cards.map(pointOf));
  const file = recordPlace(folder, HISTORY_PATH);
  // A link is replaced, not followed.
  if ('whole' in addition || lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()) return writeRecordFile(folder, HISTORY_PATH, 'whole' in addition ? addition.whole : text + addition.append);
  try {
    // Lines at the end are written at once: two runs at the same time do not lose each other's.
    appendFileSync(file, addition.append);
  } catch (error) {
    throw new UsageError(`The history could not be written to ${line(file)}: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

function read(folder: string): { readonly text: string; readonly points: readonly HistoryPoint[] } {
  const text = readRecordFile(folder, HISTORY_PATH) ?? '';
  const found = readHistory(text);
  if ('points' in found) return { text, points: found.points };
  throw new UsageError(`${HISTORY_PATH}, line ${found.fault.line}: ${line(found.fault.reason)} The file is left as it is.`);
}
