/** What is new since a team wrote its findings down in `.shipworthy/baseline.json`, and the edit that writes them down. */
import { CancellationToken, type WorkspaceEdit } from 'vscode-languageserver';
import type { Session } from '../engine/audit/session';
import { BASELINE, BASELINE_PATH, baselineEntries } from '../engine/records/baseline';
import { formatDocument } from '../engine/records/document';
import type { ReportCard } from '../report/card';
import { compared } from '../report/comparison/compare';
import { baselineProblem, nextBaseline } from '../report/comparison/next-baseline';
import { count } from '../report/words';
import { cannotCreate, placeOf, refused } from './decisions';
import { workspaceEdit } from './edits';
import { answer } from './log';
import { WRITE_BASELINE, type WriteBaselineParams } from './protocol';
import type { Reports } from './reports';
import type { Serving } from './serving';

const INSTEAD = 'remove the file to write it anew';

/** Fingerprints of the open findings of a folder that its baseline does not have; undefined when half of it or none can be understood: known findings would be called new. */
export function newSince(text: string, session: Session, cards: readonly ReportCard[]): readonly string[] | undefined {
  const read = baselineEntries(text, BASELINE_PATH, INSTEAD);
  if ('problem' in read) return undefined;
  const { entries: known } = read;
  const gone = (path: string): boolean => session.text(path) === undefined;
  const all = compared(cards, { base: { kind: 'baseline', file: BASELINE_PATH, entries: known.length }, known, gone });
  return [...new Set(all.flatMap(({ comparison }) => comparison?.new ?? []))].sort();
}

/** Answers who wants the findings of a folder written down. */
export function serveBaseline(serving: Serving, reports: Pick<Reports, 'cards'>): void {
  const { connection, log } = serving;
  connection.onRequest(WRITE_BASELINE, (params: WriteBaselineParams) => answer(log, 'Writing findings down', () => written(serving, reports, params)));
}

async function written(serving: Serving, reports: Pick<Reports, 'cards'>, { uri }: WriteBaselineParams): Promise<WorkspaceEdit> {
  const { folder, session } = await placeOf(serving, uri);
  const text = serving.documents.get(folder.uriOf(BASELINE_PATH))?.getText() ?? await serving.host.baseline?.(folder.uri);
  const read = text === undefined || text.trim() === '' ? { entries: [] } : baselineEntries(text, BASELINE_PATH, INSTEAD);
  if ('problem' in read) throw refused(read.problem);
  const before = read.entries;
  const notices = session.notices();
  const problem = baselineProblem(notices);
  if (problem !== undefined) throw refused(problem);
  const cards = await reports.cards(folder, CancellationToken.None);
  const { entries, fresh, fixed } = nextBaseline(before, { cards, notices, gone: (path) => session.text(path) === undefined, asOf: serving.host.today() });
  const now = formatDocument(BASELINE, entries);
  if (text === now || (text !== undefined && fresh + fixed === 0 && entries.length === before.length)) throw refused(`${BASELINE_PATH} is up to date with ${count(entries.length, 'finding')}.`);
  const correction = text === undefined
    ? { title: '', edits: {}, creates: { [BASELINE_PATH]: now } }
    : { title: '', edits: { [BASELINE_PATH]: [{ start: 0, end: text.length, text: now }] }, creates: {} };
  const edit = await workspaceEdit(serving, folder, correction, false, () => text);
  if (!edit) throw cannotCreate([BASELINE_PATH]);
  return edit;
}
