/** Reading the findings that a team wrote down. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { baselineEntries, type BaselineEntry } from '../engine/records/baseline';
import type { Against } from '../report/comparison/compare';
import { line } from '../report/escape';
import { UsageError } from './exit';

/** The entries of a baseline that has to be there. Throws UsageError when it is not, and when any of it is not understood: half a baseline would call known findings new. */
export function readBaseline(file: string): readonly BaselineEntry[] {
  const entries = existingBaseline(file);
  if (!entries) throw new UsageError(`There is no baseline ${line(file)}. \`shipworthy baseline --write\` makes one.`);
  return entries;
}

/** The same, and undefined where there is none. */
export function existingBaseline(file: string): readonly BaselineEntry[] | undefined {
  if (!existsSync(file)) return undefined;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`The baseline ${line(file)} could not be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
  return baselineIn(text, file);
}

/** The entries of a baseline's text. Throws UsageError when any of it is not understood. */
export function baselineIn(text: string, file: string): readonly BaselineEntry[] {
  const read = baselineEntries(text, file, 'write the baseline anew after removing it');
  if ('problem' in read) throw new UsageError(line(read.problem));
  return read.entries;
}

/** What the cards of `folder` are to be compared with. */
export function againstBaseline(file: string, folder: string): Against {
  const known = readBaseline(file);
  return { base: { kind: 'baseline', file: path.relative(folder, file).split(path.sep).join('/'), entries: known.length }, known, gone: goneFrom(folder) };
}

/** Whether a path of a folder is not there any more. */
export function goneFrom(folder: string): (relative: string) => boolean {
  return (relative) => !existsSync(path.join(folder, relative));
}
