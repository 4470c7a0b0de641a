import * as vscode from 'vscode';
import { ACCEPT_COMMAND, EXPLAIN_COMMAND, FALSE_POSITIVE_COMMAND, IGNORE_COMMAND, OPEN_REPORT_COMMAND, RESCAN, SIGN_OFF_COMMAND, SWITCH_OFF_COMMAND, WRITE_BASELINE } from '../server/protocol';
import type { DecideCommand, Lane, WriteBaselineParams } from '../server/protocol';
import { record } from './apply';
import { atCursor } from './at-cursor';
import { cardAt, openFinding } from './cards';
import type { OpenFinding, PlacedCard } from './cards';
import { about } from './command-arguments';
import type { About } from './command-arguments';
import { fix, fixEverywhere, ignore } from './corrections';
import type { CurrentReport } from './current-report';
import { acceptRisk, markFalsePositive, switchOff } from './deciding';
import { explain } from './explanation';
import { exportReport } from './export';
import type { LanguageServer } from './language-server';
import { fileOf } from './places';
import type { ReportPanel } from './report-panel';
import { TREE_VIEW } from './report-tree';
import type { ReportTree } from './report-tree';
import { signOff } from './signing';
import { asked } from './signoff-words';
import { choices } from './view-choice';
import type { Choice } from './view-choice';
import { headline } from './words';

interface Parts {
  readonly server: LanguageServer;
  readonly report: CurrentReport;
  readonly tree: ReportTree;
  readonly panel: ReportPanel;
  readonly log: vscode.LogOutputChannel;
}

/** Registers every command of package.json. */
export function registerCommands(parts: Parts): vscode.Disposable {
  const { server, tree, panel, log } = parts;
  const handlers: Readonly<Record<string, (argument: unknown) => unknown>> = {
    [OPEN_REPORT_COMMAND]: (argument) => openReport(parts, about(argument)),
    'shipworthy.checkFolder': (argument) => checkFolder(parts, about(argument)),
    'shipworthy.nextFinding': () => panel.step(1),
    'shipworthy.previousFinding': () => panel.step(-1),
    'shipworthy.rescan': () => rescan(server),
    [EXPLAIN_COMMAND]: (argument) => explainRule(parts, ruleMeant(argument).rule),
    'shipworthy.showLog': () => log.show(),
    'shipworthy.restart': () => server.start(),
    'shipworthy.filter': () => chooseView(tree),
    'shipworthy.fix': (argument) => fixFinding(parts, about(argument)),
    'shipworthy.fixEverywhere': (argument) => fixRule(parts, about(argument)),
    [IGNORE_COMMAND]: (argument) => ignoreFinding(parts, meant(argument)),
    [FALSE_POSITIVE_COMMAND]: (argument) => decideFinding(parts, about(argument), 'false-positive'),
    [ACCEPT_COMMAND]: (argument) => decideFinding(parts, about(argument), 'accepted-risk'),
    [SWITCH_OFF_COMMAND]: (argument) => switchRuleOff(parts, ruleMeant(argument)),
    [SIGN_OFF_COMMAND]: (argument) => sign(parts, about(argument)),
    'shipworthy.exportReport': (argument) => exportCard(parts, about(argument).card),
    'shipworthy.writeBaseline': () => writeBaseline(parts),
    'shipworthy.copyId': (argument) => copyId(about(argument).rule),
  };
  return vscode.Disposable.from(...Object.entries(handlers).map(([id, handler]) => vscode.commands.registerCommand(id, handler)));
}

/** Reads everything again, with a sign of it at the view. */
export async function rescan(server: LanguageServer): Promise<void> {
  await vscode.window.withProgress({ location: { viewId: TREE_VIEW } }, () => server.request(RESCAN));
}

/** Applies a fix of a finding that may be gone by now. */
export async function fixFinding({ server, report }: Pick<Parts, 'server' | 'report'>, named: About): Promise<void> {
  const open = found(report, named);
  if (open) await fix(server, open, named.index);
}

/** Writes the report of one application into a file that is asked for. */
export async function exportCard({ server, report }: Pick<Parts, 'server' | 'report'>, key: string | undefined, form?: string): Promise<void> {
  const { cards } = report.known;
  const chosen = cards.find((placed) => placed.key === key) ?? await pickCard(cards);
  if (cards.length === 0) void vscode.window.showInformationMessage('There is no report to export yet.');
  if (chosen) await exportReport(server, chosen, form);
}

async function openReport({ server, report, panel }: Parts, { card: key, resource }: About): Promise<void> {
  const { cards, scanning } = report.known;
  const { state } = server;
  if (cards.length === 0 && (state.kind === 'stopped' || !scanning)) {
    void vscode.window.showInformationMessage(`There is no report. ${state.kind === 'stopped' ? state.reason : 'Nothing here could be read.'}`);
    return;
  }
  const near = resource === undefined ? undefined : cardAt(cards, resource, (folder, path) => fileOf(folder, path).toString());
  const chosen = cards.find((placed) => placed.key === key) ?? near ?? await pickCard(cards);
  if (chosen || cards.length === 0) await panel.show(chosen);
}

/** Reads everything again and shows the report of the application that a folder is about. */
async function checkFolder(parts: Parts, named: About): Promise<void> {
  await rescan(parts.server);
  await openReport(parts, named);
}

async function pickCard(cards: readonly PlacedCard[]): Promise<PlacedCard | undefined> {
  if (cards.length < 2) return cards[0];
  const items = cards.map((placed) => ({
    label: placed.card.project.name, description: headline(placed.card), detail: placed.card.project.root, placed,
  }));
  return (await vscode.window.showQuickPick(items, { title: 'Whose report?', matchOnDetail: true }))?.placed;
}

async function explainRule({ report }: Parts, rule: string | undefined): Promise<void> {
  const chosen = rule ?? await pickRule(report.known.cards);
  if (chosen !== undefined) await explain(chosen);
}

async function pickRule(cards: readonly PlacedCard[], title = 'Explain a rule'): Promise<string | undefined> {
  const titles = new Map(cards.flatMap(({ card }) => card.results.map(({ rule, title }) => [rule, title])));
  const items = [...titles].map(([rule, title]) => ({ label: title, description: rule, rule }));
  if (items.length === 0) void vscode.window.showInformationMessage('There are no rules to choose from yet: nothing has been read.');
  return items.length === 0 ? undefined : (await vscode.window.showQuickPick(items, { title, matchOnDescription: true }))?.rule;
}

async function chooseView(tree: ReportTree): Promise<void> {
  const { groups, shown } = choices(tree.view);
  const picked = await vscode.window.showQuickPick([
    { label: 'Group', kind: vscode.QuickPickItemKind.Separator, change: {} }, ...groups.map(line),
    { label: 'Show', kind: vscode.QuickPickItemKind.Separator, change: {} }, ...shown.map(line),
  ], { title: 'Report card' });
  if (picked) await tree.choose({ ...tree.view, ...picked.change });
}

function line({ label, detail, change, current }: Choice): vscode.QuickPickItem & Pick<Choice, 'change'> {
  return { label: `${current ? '$(check)' : '$(blank)'} ${label}`, detail, change };
}

async function copyId(rule: string | undefined): Promise<void> {
  if (rule !== undefined) await vscode.env.clipboard.writeText(rule);
}

async function fixRule({ server, report }: Parts, { card, rule }: About): Promise<void> {
  const placed = report.known.cards.find(({ key }) => key === card);
  if (placed && rule !== undefined) await fixEverywhere(server, placed.folder, rule);
}

async function ignoreFinding({ server, report }: Parts, named: About): Promise<void> {
  const finding = decided(report, named);
  const { reach } = named;
  if (finding) await ignore(server, { ...finding, ...(reach && { reach }) });
}

/** Silences a finding, that may be gone by now, as somebody answers. */
export async function decideFinding({ server, report }: Pick<Parts, 'server' | 'report'>, named: About, lane: Lane): Promise<void> {
  const finding = decided(report, named);
  if (finding) await (lane === 'false-positive' ? markFalsePositive : acceptRisk)(server, finding);
}

async function switchRuleOff({ server, report }: Parts, { uri, card, rule }: About): Promise<void> {
  const { cards } = report.known;
  const folder = uri ?? cards.find(({ key }) => key === card)?.folder ?? (await pickCard(cards))?.folder;
  const chosen = folder === undefined ? undefined : rule ?? await pickRule(cards.filter((placed) => placed.folder === folder), 'Switch a rule off');
  if (folder !== undefined && chosen !== undefined) await switchOff(server, { uri: folder, rule: chosen });
}

/** Writes down what is open in a folder, which is asked for where there are several. */
async function writeBaseline({ server, report }: Parts): Promise<void> {
  const { cards } = report.known;
  const folders = [...new Set(cards.map(({ folder }) => folder))];
  if (folders.length === 0) void vscode.window.showInformationMessage('There is nothing to write down yet: nothing has been read.');
  const items = folders.map((folder) => ({ label: vscode.workspace.asRelativePath(vscode.Uri.parse(folder)), folder }));
  const chosen = items.length < 2 ? items[0] : await vscode.window.showQuickPick(items, { title: 'Whose findings are to be written down?' });
  if (chosen) await record(server, WRITE_BASELINE, { uri: chosen.folder } satisfies WriteBaselineParams);
}

async function sign({ server, report }: Parts, named: About): Promise<void> {
  const { cards } = report.known;
  if (cards.length === 0) void vscode.window.showInformationMessage('There is nothing to sign off yet: nothing has been read.');
  const placed = asked(cards, named) ?? await pickCard(cards);
  if (placed) await signOff(server, placed, cards, named.control);
}

/** What a command is about: without an argument that says so, the finding at the cursor. */
function meant(argument: unknown): About {
  const named = about(argument);
  return named.fingerprint === undefined ? atCursor() ?? named : named;
}

function ruleMeant(argument: unknown): About {
  const named = about(argument);
  return named.rule === undefined ? atCursor() ?? named : named;
}

/** A finding that somebody decides about. What a code action names may be too new for the report. */
function decided(report: CurrentReport, named: About): DecideCommand | undefined {
  const open = found(report, named);
  const uri = named.uri ?? open?.placed.folder;
  const rule = named.rule ?? open?.finding.rule;
  const { fingerprint } = named;
  return uri === undefined || rule === undefined || fingerprint === undefined ? undefined : { uri, rule, fingerprint };
}

function found(report: CurrentReport, { fingerprint, card }: About): OpenFinding | undefined {
  return fingerprint === undefined ? undefined : openFinding(report.known.cards, { fingerprint, ...(card !== undefined && { card }) });
}
