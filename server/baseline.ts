/** What is new since a team wrote its findings down in `.shipworthy/baseline.json`. What is wrong with that file is for the command line to say. */
import type { Session } from '../engine/audit/session';
import { BASELINE, BASELINE_PATH } from '../engine/records/baseline';
import { readDocument } from '../engine/records/document';
import type { ReportCard } from '../report/card';
import { compared } from '../report/comparison/compare';

/** Fingerprints of the open findings of a folder that its baseline does not have; undefined when half of it or none can be understood: known findings would be called new. */
export function newSince(text: string, session: Session, cards: readonly ReportCard[]): readonly string[] | undefined {
  const read = readDocument(text, BASELINE_PATH, BASELINE);
  if ('refused' in read || read.notices.length > 0) return undefined;
  const known = read.entries.map(({ value }) => value);
  const gone = (path: string): boolean => session.text(path) === undefined;
  const all = compared(cards, { base: { kind: 'baseline', file: BASELINE_PATH, entries: known.length }, known, gone });
  return [...new Set(all.flatMap(({ comparison }) => comparison?.new ?? []))].sort();
}
