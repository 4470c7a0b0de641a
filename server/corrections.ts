/** The request for a correction by name: from the tree, the panel and the commands, where no code action is at hand. */
import { ErrorCodes, ResponseError, type WorkspaceEdit } from 'vscode-languageserver';
import type { Finding } from '../engine/audit/outcome';
import type { Correction, Session } from '../engine/audit/session';
import { workspaceEdit } from './edits';
import type { Folder } from './folder';
import { answer } from './log';
import { CORRECTION, type CorrectionParams } from './protocol';
import type { Serving } from './serving';

/** Answers the request for the edit of a fix, of an ignore comment, or of everything safe that mends one rule. */
export function serveCorrections(serving: Serving): void {
  serving.connection.onRequest(CORRECTION, (params: CorrectionParams): Promise<WorkspaceEdit | null> =>
    answer(serving.log, 'Making a correction', () => requested(serving, params)));
}

async function requested(serving: Serving, params: CorrectionParams): Promise<WorkspaceEdit | null> {
  const folders = await asked(serving, params.uri);
  if ('rule' in params) return everywhere(serving, folders, params.rule);
  for (const folder of folders) {
    const session = folder.session;
    const found = session && correctionOf(session, params);
    if (found) return await workspaceEdit(serving, folder, found.correction, found.review) ?? null;
  }
  return null;
}

/** The folders a request may mean, once they can answer. */
async function asked({ folders }: Serving, uri: string | undefined): Promise<readonly Folder[]> {
  const named = uri === undefined ? undefined : folders.named(uri) ?? folders.nearest(uri)?.folder;
  if (uri !== undefined && !named) throw new ResponseError(ErrorCodes.InvalidParams, `${uri} is in no workspace folder.`);
  const meant = named ? [named] : folders.all;
  await Promise.all(meant.map((folder) => folder.judged()));
  return meant;
}

function correctionOf(session: Session, params: Exclude<CorrectionParams, { rule: string }>): { readonly correction: Correction; readonly review: boolean } | undefined {
  if ('index' in params) {
    const correction = session.fix(params.fingerprint, params.index);
    return correction && { correction, review: needsReview(session, params.fingerprint, params.index) };
  }
  const reason = params.reason.trim();
  if (!reason) throw new ResponseError(ErrorCodes.InvalidParams, 'Ignoring a finding needs a reason.');
  const correction = session.ignore(params.fingerprint, params.reach, reason);
  return correction && { correction, review: false };
}

/** Whether a fix is to be looked at before it is made. What cannot be found out is. */
function needsReview(session: Session, fingerprint: string, index: number): boolean {
  const offer = openFindings(session).find((finding) => finding.fingerprint === fingerprint)?.fixes.find((fix) => fix.index === index);
  return offer?.safety !== 'safe';
}

function openFindings(session: Session): readonly Finding[] {
  return session.audits().flatMap((audit) => audit.outcomes.flatMap((outcome) => outcome.findings));
}

/** All safe fixes of one rule as one edit, to be confirmed. A file that two of them would change keeps the first: asking again does the rest. */
async function everywhere(serving: Serving, folders: readonly Folder[], rule: string): Promise<WorkspaceEdit | null> {
  let all: WorkspaceEdit | undefined;
  for (const folder of folders) {
    const session = folder.session;
    if (!session) continue;
    const paths = new Set(openFindings(session).filter((finding) => finding.rule === rule).map(({ path }) => path));
    const corrections = [...paths].flatMap((path) => session.fixAll(path, rule) ?? []);
    const merged = corrections.reduce<Correction | undefined>((sum, one) => (sum ? join(sum, one) : one), undefined);
    const edit = merged && await workspaceEdit(serving, folder, merged, true);
    all = all && edit ? together(all, edit) : all ?? edit;
  }
  return all ?? null;
}

function join(sum: Correction, one: Correction): Correction {
  const taken = [...Object.keys(one.edits), ...Object.keys(one.creates)].some((path) => path in sum.edits || path in sum.creates);
  return taken ? sum : { ...sum, edits: { ...sum.edits, ...one.edits }, creates: { ...sum.creates, ...one.creates } };
}

function together(a: WorkspaceEdit, b: WorkspaceEdit): WorkspaceEdit {
  return {
    ...(a.changes && { changes: { ...a.changes, ...b.changes } }),
    ...(a.documentChanges && { documentChanges: [...a.documentChanges, ...(b.documentChanges ?? [])] }),
    ...(a.changeAnnotations && { changeAnnotations: a.changeAnnotations }),
  };
}
