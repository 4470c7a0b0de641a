/**
 * Code actions: the fixes of a finding, the ways to silence it, its explanation, what takes out needless comments and entries, and
 * fix-all when it is asked for by kind.
 *
 * The list is cheap and computes no edit: a client that can resolve gets the edit when an action is chosen, others get it
 * with the list. When actions are asked for by hand, findings anywhere on the lines of the cursor count; when the editor
 * asks by itself, only those under it, so that the light bulb stays quiet.
 *
 * Silencing wants a reason and a server cannot ask for one. A client that can prompt gets a command; any other gets an
 * edit whose reason says that it is still to be given. It silences, so its effect is seen, and nobody takes it for a reason
 * that somebody gave: not in a review of the change, and not on the report card, which lists it.
 */
import {
  CodeActionKind, CodeActionTriggerKind, LSPErrorCodes, ResponseError,
  type CancellationToken, type CodeAction, type CodeActionContext, type CodeActionParams, type Diagnostic, type WorkspaceEdit,
} from 'vscode-languageserver';
import type { Finding, FixOffer, Range } from '../engine/audit/outcome';
import type { Recording } from '../engine/audit/recording';
import type { Correction, Remedy, Session } from '../engine/audit/session';
import type { SignoffState } from '../report/signoff-card';
import { refuseCancelled } from './cancellation';
import { compare, sharesLine, touches } from './convert';
import { diagnostic, visibleFindings, type FindingTag } from './diagnostics';
import { workspaceEdit } from './edits';
import type { Placed } from './folders';
import { answer } from './log';
import {
  ACCEPT_COMMAND, EXPLAIN_COMMAND, FALSE_POSITIVE_COMMAND, IGNORE_COMMAND, SIGN_OFF_COMMAND, SWITCH_OFF_COMMAND,
  type DecideCommand, type ExplainParams, type IgnoreCommand, type Reach, type SignOffCommand, type SwitchOffCommand,
} from './protocol';
import type { Serving } from './serving';
import { auditsOn } from './today';

const FIX_ALL = `${CodeActionKind.SourceFixAll}.shipworthy`;
/** What the server says of its code actions. */
export const CODE_ACTIONS = { codeActionKinds: [CodeActionKind.QuickFix, FIX_ALL], resolveProvider: true };

const REASON_TO_COME = 'the reason is still to be given';
const REACHES: Readonly<Record<Reach, string>> = { line: 'on this line', file: 'in this file' };
const IN_PROJECT = 'in this project';

/** What is written to the team's records: it wants more than a reason, so only a client that can prompt gets these. */
const DECISIONS = [['Mark false positive…', FALSE_POSITIVE_COMMAND], ['Accept risk until…', ACCEPT_COMMAND]] as const;

/** States of a sign-off that signing again mends. */
const RENEWABLE: ReadonlySet<SignoffState> = new Set<SignoffState>(['expiring', 'expired', 'stale', 'failed', 'pending']);

/** What an action does, in a form that survives the way to the client and back. */
type Deed = { readonly uri: string } & (
  | { readonly deed: 'fix'; readonly fingerprint: string; readonly index: number; readonly review: boolean }
  | { readonly deed: 'ignore'; readonly fingerprint: string; readonly reach: Reach }
  | { readonly deed: 'switch-off'; readonly rule: string }
  | { readonly deed: 'remedy'; readonly line: number; readonly character: number }
  | { readonly deed: 'fix-all' });

export function serveCodeActions(serving: Serving): void {
  const { connection, log } = serving;
  connection.onCodeAction((params, token) => answer(log, `Listing actions for ${params.textDocument.uri}`, () => actions(serving, params, token)));
  connection.onCodeActionResolve((action) => answer(log, `Making the edit of "${action.title}"`, () => resolved(serving, action)));
}

async function actions(serving: Serving, { textDocument: { uri }, range, context }: CodeActionParams, token: CancellationToken): Promise<CodeAction[]> {
  const placed = serving.folders.nearest(uri);
  const session = await placed?.folder.ready();
  refuseCancelled(token);
  if (!placed || !session || !serving.client.actions) return [];
  const listed: CodeAction[] = [];
  if (asked(context, CodeActionKind.QuickFix)) {
    const near = context.triggerKind === CodeActionTriggerKind.Automatic ? touches : sharesLine;
    const findings = visibleFindings(session, placed.path, serving.host.today()).filter((finding) => near(finding.range, range));
    for (const finding of findings) listed.push(...fixes(serving, placed, session, uri, finding, context));
    for (const finding of findings) listed.push(...others(serving, placed, session, uri, finding, context));
    listed.push(...remedies(serving, session, placed.path).filter((remedy) => near(remedy.range, range)).map((remedy) => removal(uri, remedy, context)));
    if (serving.client.canPrompt) listed.push(...extensions(serving, session, placed.path, uri, context, (place) => near(place, range)));
    if (serving.client.canPrompt) listed.push(...renewals(serving, session, placed.path, uri, context, (place) => near(place, range)));
  }
  if (context.only && asked(context, FIX_ALL) && hasSafeFix(session, placed.path, serving.host.today())) {
    listed.push({ title: 'Fix everything that is safe to fix in this file', kind: FIX_ALL, ...defer({ uri, deed: 'fix-all' }) });
  }
  return serving.client.resolves ? listed : await withEdits(serving, listed, token);
}

/** Whether a kind, or one that it is a part of, is asked for. */
function asked({ only }: CodeActionContext, kind: string): boolean {
  return !only || only.some((one) => one === CodeActionKind.Empty || one === kind || kind.startsWith(`${one}.`));
}

function hasSafeFix(session: Session, path: string, asOf: string): boolean {
  return visibleFindings(session, path, asOf).some((finding) => finding.fixes.some((fix) => fix.safety === 'safe'));
}

function fixes(serving: Serving, placed: Placed, session: Session, uri: string, finding: Finding, context: CodeActionContext): CodeAction[] {
  const diagnostics = [diagnosticIn(context, finding) ?? diagnostic(serving, placed, session, finding)];
  return finding.fixes.map((fix: FixOffer, position) => ({
    title: fix.title, kind: CodeActionKind.QuickFix, diagnostics, ...(position === 0 && { isPreferred: true }),
    ...defer({ uri, deed: 'fix', fingerprint: finding.fingerprint, index: fix.index, review: fix.safety !== 'safe' }),
  }));
}

/** The client's own copy of a diagnostic, by which it finds the squiggle an action belongs to. */
function diagnosticIn({ diagnostics }: CodeActionContext, finding: Finding): Diagnostic | undefined {
  return diagnostics.find(({ data, code, range }) => {
    const fingerprint = (data as Partial<FindingTag> | undefined)?.fingerprint;
    return fingerprint === undefined ? code === finding.rule && compare(range.start, finding.range.start) === 0 : fingerprint === finding.fingerprint;
  });
}

function others(serving: Serving, placed: Placed, session: Session, uri: string, finding: Finding, context: CodeActionContext): CodeAction[] {
  const { rule, fingerprint } = finding;
  const common = { kind: CodeActionKind.QuickFix, diagnostics: [diagnosticIn(context, finding) ?? diagnostic(serving, placed, session, finding)] };
  const reaches: readonly Reach[] = ['line', 'file'];
  if (!serving.client.canPrompt) {
    return [
      ...reaches.map((reach) => ({ ...common, title: `Ignore ${rule} ${REACHES[reach]}`, ...defer({ uri, deed: 'ignore', fingerprint, reach }) })),
      { ...common, title: `Ignore ${rule} ${IN_PROJECT}`, ...defer({ uri, deed: 'switch-off', rule }) },
    ];
  }
  const ignores = reaches.map((reach): CodeAction => {
    const title = `Ignore ${rule} ${REACHES[reach]}…`;
    return { ...common, title, command: { title, command: IGNORE_COMMAND, arguments: [{ uri, rule, fingerprint, reach } satisfies IgnoreCommand] } };
  });
  const everywhere = `Ignore ${rule} ${IN_PROJECT}…`;
  const off: CodeAction = { ...common, title: everywhere, command: { title: everywhere, command: SWITCH_OFF_COMMAND, arguments: [{ uri, rule } satisfies SwitchOffCommand] } };
  const decisions = DECISIONS.map(([title, command]): CodeAction => (
    { ...common, title, command: { title, command, arguments: [{ uri, rule, fingerprint } satisfies DecideCommand] } }));
  const title = `Explain ${rule}`;
  return [...ignores, off, ...decisions, { ...common, title, command: { title, command: EXPLAIN_COMMAND, arguments: [{ rule } satisfies ExplainParams] } }];
}

/** None while the answers are of an earlier run: to list them everything would have to be judged at once. */
function remedies({ host }: Serving, session: Session, path: string): readonly Remedy[] {
  return session.provisional ? [] : session.remedies(path, host.today());
}

/** Takes out what its diagnostic calls needless. */
function removal(uri: string, { range, correction }: Remedy, { diagnostics }: CodeActionContext): CodeAction {
  const own = diagnostics.filter(({ code, range: { start } }) => code === 'suppression' && compare(start, range.start) === 0);
  return {
    title: correction.title, kind: CodeActionKind.QuickFix, isPreferred: true, ...(own.length > 0 && { diagnostics: own }),
    ...defer({ uri, deed: 'remedy', ...range.start }),
  };
}

/** Acceptances written in this file that end soon, to be accepted for longer. One that covers several findings is edited by hand: it is about them all. */
function extensions({ host }: Serving, session: Session, path: string, uri: string, { diagnostics }: CodeActionContext, isNear: (range: Range) => boolean): CodeAction[] {
  const all = auditsOn(session, host.today()).flatMap(({ outcomes }) => outcomes.flatMap(({ silenced }) => silenced)).filter(({ where, lane }) => lane === 'accepted-risk' && where.path === path && isNear(where.range));
  const silenced = [...new Map(all.map((one) => [one.finding.fingerprint, one])).values()];
  return silenced.flatMap(({ finding: { rule, fingerprint }, where: { range } }): CodeAction[] => {
    const own = diagnostics.filter(({ code, range: { start } }) => code === 'suppression' && compare(start, range.start) === 0);
    if (own.length === 0 || silenced.filter((one) => compare(one.where.range.start, range.start) === 0).length > 1) return [];
    const title = `Accept the risk of ${rule} for longer…`;
    return [{ title, kind: CodeActionKind.QuickFix, diagnostics: own, command: { title, command: ACCEPT_COMMAND, arguments: [{ uri, rule, fingerprint } satisfies DecideCommand] } }];
  });
}

/** Sign-offs of this file that do not count, or not for long, to be signed again. Applications may share a record. */
function renewals({ host }: Serving, session: Session, path: string, uri: string, { diagnostics }: CodeActionContext, isNear: (range: Range) => boolean): CodeAction[] {
  const all = auditsOn(session, host.today()).flatMap(({ signoffs }) => signoffs).filter(({ state, where }) => where?.path === path && RENEWABLE.has(state) && isNear(where.range));
  const cards = [...new Map(all.map((card) => [JSON.stringify(card.where), card])).values()];
  return cards.map(({ control, app, where }) => {
    const title = `Renew the sign-off of ${control}…`;
    const own = diagnostics.filter(({ code, range: { start } }) => code === 'signoff' && where && compare(start, where.range.start) === 0);
    return {
      title, kind: CodeActionKind.QuickFix, ...(own.length > 0 && { diagnostics: own }),
      command: { title, command: SIGN_OFF_COMMAND, arguments: [{ uri, control, ...(app !== undefined && { app }) } satisfies SignOffCommand] },
    };
  });
}

function defer(deed: Deed): { readonly data: Deed } {
  return { data: deed };
}

async function withEdits(serving: Serving, listed: readonly CodeAction[], token: CancellationToken): Promise<CodeAction[]> {
  const ready: CodeAction[] = [];
  for (const { data, ...action } of listed) {
    const edit = data ? await editOf(serving, data as Deed) : undefined;
    refuseCancelled(token);
    if (edit) ready.push({ ...action, edit });
    else if (action.command) ready.push(action);
  }
  return ready;
}

async function resolved(serving: Serving, action: CodeAction): Promise<CodeAction> {
  if (!action.data || action.edit) return action;
  const edit = await editOf(serving, action.data as Deed);
  if (!edit) throw new ResponseError(LSPErrorCodes.ContentModified, 'The finding is gone, or its fix cannot be made from here.');
  return { ...action, edit };
}

async function editOf(serving: Serving, deed: Deed): Promise<WorkspaceEdit | undefined> {
  const placed = serving.folders.nearest(deed.uri);
  const session = await placed?.folder.judged();
  if (!placed || !session) return undefined;
  const correction = correctionFor(serving, session, placed.path, deed);
  return correction && workspaceEdit(serving, placed.folder, correction, deed.deed === 'fix' && deed.review);
}

function correctionFor(serving: Serving, session: Session, path: string, deed: Deed): Correction | undefined {
  switch (deed.deed) {
    case 'fix': return session.fix(deed.fingerprint, deed.index);
    case 'ignore': return session.ignore(deed.fingerprint, deed.reach, REASON_TO_COME);
    case 'switch-off': return made(session.switchOff(deed.rule, REASON_TO_COME));
    case 'remedy': return remedies(serving, session, path).find(({ range }) => compare(range.start, deed) === 0)?.correction;
    case 'fix-all': return session.fixAll(path);
  }
}

/** Why something cannot be written is said where somebody can be told: an action without an edit is not offered, or says that it cannot be made. */
function made(recording: Recording): Correction | undefined {
  return 'refused' in recording ? undefined : recording;
}
