/** What somebody decides in the editor, as edits of the team's records: a finding is silenced, a rule is switched off, a control is signed. */
import { ErrorCodes, LSPErrorCodes, ResponseError, type WorkspaceEdit } from 'vscode-languageserver';
import type { Finding } from '../engine/audit/outcome';
import type { Recording } from '../engine/audit/recording';
import type { Session } from '../engine/audit/session';
import type { Signoff } from '../engine/audit/signed';
import { longestAcceptance } from '../report/scoring/acceptance';
import { dayNumber, dayText } from '../rules/kit';
import { workspaceEdit } from './edits';
import type { Folder } from './folder';
import { answer } from './log';
import {
  DECIDING, SIGN, SUPPRESS, SWITCH_OFF, type DecidingAnswer, type DecidingParams, type SignParams, type SuppressParams, type SwitchOffParams,
} from './protocol';
import type { Serving } from './serving';

/** Answers what a client asks before somebody decides, and makes the edits of what was decided. */
export function serveDecisions(serving: Serving): void {
  const { connection, log } = serving;
  connection.onRequest(DECIDING, (params: DecidingParams) => answer(log, 'Looking up who decides', () => deciding(serving, params)));
  connection.onRequest(SUPPRESS, (params: SuppressParams) => answer(log, 'Silencing a finding', () => suppressed(serving, params)));
  connection.onRequest(SWITCH_OFF, (params: SwitchOffParams) => answer(log, 'Switching a rule off', () => switchedOff(serving, params)));
  connection.onRequest(SIGN, (params: SignParams) => answer(log, 'Signing a control', () => signed(serving, params)));
}

export interface Place { readonly folder: Folder; readonly session: Session }

/** The folder that a URI names or is in, with everything in it judged. @throws an error for the client where there is none */
export async function placeOf({ folders }: Serving, uri: string): Promise<Place> {
  const folder = folders.named(uri) ?? folders.nearest(uri)?.folder;
  if (!folder) throw new ResponseError(ErrorCodes.InvalidParams, `${uri} is in no workspace folder.`);
  const session = await folder.judged();
  if (!session) throw refused(`${folder.name} is switched off or cannot be read, so nothing can be decided in it.`);
  return { folder, session };
}

async function deciding(serving: Serving, { uri, fingerprint }: DecidingParams): Promise<DecidingAnswer | null> {
  const { folder, session } = await placeOf(serving, uri);
  const today = serving.host.today();
  const finding = fingerprint === undefined ? undefined : findingOf(session, folder.pathOf(uri), fingerprint);
  if (fingerprint !== undefined && !finding) return null;
  const by = await serving.host.identity?.(folder.uri);
  return { today, ...(by !== undefined && { by }), ...(finding && { latest: dayText((dayNumber(today) ?? 0) + longestAcceptance(finding.severity)) }) };
}

/** Silenced ones too: an acceptance that has ended may be renewed. */
function findingOf(session: Session, path: string | undefined, fingerprint: string): Finding | undefined {
  const outcomes = session.audits().flatMap((audit) => audit.outcomes);
  const all = [...outcomes.flatMap(({ findings }) => findings), ...outcomes.flatMap(({ silenced }) => silenced).map(({ finding }) => finding)];
  return [...(path === undefined ? [] : session.findings(path)), ...all].find((finding) => finding.fingerprint === fingerprint);
}

async function suppressed(serving: Serving, { uri, fingerprint, ...how }: SuppressParams): Promise<WorkspaceEdit | null> {
  const { folder, session } = await placeOf(serving, uri);
  const made = session.suppress(fingerprint, { ...how, place: 'finding' });
  return made ? editOf(serving, folder, made) : null;
}

async function switchedOff(serving: Serving, { uri, rule, reason }: SwitchOffParams): Promise<WorkspaceEdit> {
  const { folder, session } = await placeOf(serving, uri);
  return editOf(serving, folder, session.switchOff(rule, reason));
}

async function signed(serving: Serving, { uri, by: named, ...said }: SignParams): Promise<WorkspaceEdit> {
  const { folder, session } = await placeOf(serving, uri);
  const by = named ?? await serving.host.identity?.(folder.uri);
  if (by === undefined) throw refused('Git knows nobody here, and a sign-off needs somebody who signs.');
  return editOf(serving, folder, session.sign({ ...lasting(session, said), ...said, by, on: serving.host.today() }));
}

/** What the record before says of the control itself and not of that one time. */
function lasting(session: Session, { control, app }: Pick<Signoff, 'control' | 'app'>): Pick<Signoff, 'environment' | 'staleWhenChanged'> {
  const records = session.audits().flatMap((audit) => audit.signoffs?.signed ?? []).map(({ record }) => record);
  const { environment, staleWhenChanged } = records.find((record) => record.control === control && record.app === app) ?? {};
  return { ...(environment !== undefined && { environment }), ...(staleWhenChanged && { staleWhenChanged }) };
}

async function editOf(serving: Serving, folder: Folder, made: Recording): Promise<WorkspaceEdit> {
  if ('refused' in made) throw refused(made.refused);
  const edit = await workspaceEdit(serving, folder, made, false);
  if (!edit) throw cannotCreate(Object.keys(made.creates));
  return edit;
}

/** What a client without the right to create files is told. */
export function cannotCreate(paths: readonly string[]): ResponseError<void> {
  return refused(`This editor cannot create files. Create an empty ${paths.join(', ')} and try again.`);
}

/** Why nothing is written, as a sentence for the person at the editor. */
export function refused(sentence: string): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestFailed, sentence);
}
