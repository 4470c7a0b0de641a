import * as vscode from 'vscode';
import { REPORT_CHANGED } from '../server/protocol';
import { followCursor } from './at-cursor';
import { decideFinding, exportCard, fixFinding, registerCommands, rescan } from './commands';
import { CurrentReport } from './current-report';
import type { Known } from './current-report';
import { explain, registerExplanations } from './explanation';
import { LanguageServer } from './language-server';
import type { ServerState, ServerWorld } from './language-server';
import { registerModelTools } from './model-tools';
import { ReportPanel } from './report-panel';
import { ReportTree } from './report-tree';
import type { Status } from './status-words';
import { StatusItems } from './status';
import type { TreeNode, TreeView } from './tree-model';

/** What a test inside the editor can see and cannot ask the editor for. */
export interface TestView {
  server(): { readonly state: ServerState; readonly pid: number | undefined };
  report(): Known;
  tree(): { readonly roots: readonly TreeNode[]; readonly badge: vscode.ViewBadge | undefined; readonly view: TreeView };
  item(node: TreeNode): vscode.TreeItem;
  choose(view: TreeView): Promise<void>;
  panel(): ReportPanel['state'];
  status(): Status | undefined;
  /** Where the server keeps what it found. */
  readonly storage: vscode.Uri | undefined;
  /** Where it keeps its code. */
  readonly codeStorage: vscode.Uri;
}

/** Puts everything on its place and starts the server, without waiting for it. */
export function begin(context: vscode.ExtensionContext, world: ServerWorld): TestView {
  const log = vscode.window.createOutputChannel('Shipworthy', { log: true });
  const server = new LanguageServer(world, log, [REPORT_CHANGED]);
  const report = new CurrentReport(server, log);
  const tree = new ReportTree(report, server, context.workspaceState);
  const status = new StatusItems(report, server);
  const panel = new ReportPanel(report, context.workspaceState, vscode.Uri.joinPath(context.extensionUri, 'media/icon.png'), {
    fix: (fix) => fixFinding({ server, report }, fix),
    decide: (finding, lane) => decideFinding({ server, report }, finding, lane),
    explain,
    export: ({ card, form }) => exportCard({ server, report }, card, form),
    rescan: () => rescan(server),
  });
  context.subscriptions.push(
    panel, status, tree, report, server, log, followCursor(), registerExplanations(server), registerModelTools(server, report),
    registerCommands({ server, report, tree, panel, log }),
  );
  void server.start();
  return {
    server: () => ({ state: server.state, pid: server.pid }),
    report: () => report.known,
    tree: () => ({ roots: tree.roots, badge: tree.badge, view: tree.view }),
    item: (node) => tree.getTreeItem(node),
    choose: (view) => tree.choose(view),
    panel: () => panel.state,
    status: () => status.status,
    storage: context.storageUri,
    codeStorage: context.globalStorageUri,
  };
}
