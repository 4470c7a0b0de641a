import * as vscode from 'vscode';
import { line } from '../report/escape';
import { count } from '../report/words';
import { SIGN_OFF_COMMAND } from '../server/protocol';
import type { CurrentReport } from './current-report';
import type { LanguageServer } from './language-server';
import { fileOf, rangeOf } from './places';
import { treeOf } from './tree-model';
import type { TreeNode, TreeView } from './tree-model';
import { readView, viewWords } from './view-choice';

/** Id of the view in package.json. */
export const TREE_VIEW = 'shipworthy.report';
const VIEW_KEY = 'shipworthy.view';

/** The view "Report card" in the side bar. */
export class ReportTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly #report: CurrentReport;
  readonly #server: LanguageServer;
  readonly #memory: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #widget: vscode.TreeView<TreeNode>;
  readonly #subscriptions: readonly vscode.Disposable[];
  #roots: readonly TreeNode[] = [];
  /** The file that was in front last: the report's panel and the tree itself are none. */
  #front = vscode.window.activeTextEditor?.document.uri.toString();

  readonly onDidChangeTreeData = this.#changed.event;

  /** @param memory where the view a person chose is kept */
  constructor(report: CurrentReport, server: LanguageServer, memory: vscode.Memento) {
    this.#report = report;
    this.#server = server;
    this.#memory = memory;
    this.#widget = vscode.window.createTreeView(TREE_VIEW, { treeDataProvider: this, showCollapseAll: true });
    this.#subscriptions = [
      report.onDidChange(() => this.#draw()), server.onDidChangeState(() => this.#draw()), vscode.window.onDidChangeActiveTextEditor((editor) => this.#bring(editor)),
    ];
    this.#draw();
  }

  get roots(): readonly TreeNode[] {
    return this.#roots;
  }

  get badge(): vscode.ViewBadge | undefined {
    return this.#widget.badge;
  }

  get view(): TreeView {
    return readView(this.#memory.get(VIEW_KEY));
  }

  async choose(view: TreeView): Promise<void> {
    await this.#memory.update(VIEW_KEY, view);
    this.#draw();
  }

  getChildren(node?: TreeNode): TreeNode[] {
    return [...(node?.children ?? this.#roots)];
  }

  /** Paths and messages come from other people's files: what cannot be seen in them is shown by its number. */
  getTreeItem(node: TreeNode): vscode.TreeItem {
    const item = new vscode.TreeItem(line(node.label), collapsible(node));
    const { opens } = node.subject;
    item.id = node.id;
    item.description = line(node.description);
    item.tooltip = new vscode.MarkdownString(node.tooltip);
    item.contextValue = node.roles.join(' ');
    item.accessibilityInformation = { label: line(node.spoken) };
    item.iconPath = new vscode.ThemeIcon(node.icon.name, node.icon.color === undefined ? undefined : new vscode.ThemeColor(node.icon.color));
    if (opens) {
      item.command = { command: 'vscode.open', title: 'Open', arguments: [fileOf(opens.folder, opens.path), { selection: rangeOf(opens.range) }] };
    } else if (node.subject.rule !== undefined && node.children.length === 0) {
      item.command = { command: 'shipworthy.explain', title: 'Explain', arguments: [node.subject] };
    } else if (node.subject.control !== undefined) {
      item.command = { command: SIGN_OFF_COMMAND, title: 'Sign Off', arguments: [node.subject] };
    }
    return item;
  }

  dispose(): void {
    this.#changed.dispose();
    this.#widget.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #bring(editor: vscode.TextEditor | undefined): void {
    if (!editor) return;
    this.#front = editor.document.uri.toString();
    if (this.view.show === 'front') this.#draw();
  }

  #draw(): void {
    const { cards, scanning, worst } = this.#report.known;
    const { view } = this;
    this.#roots = treeOf(cards, { ...view, inFront: (folder, path) => fileOf(folder, path).toString() === this.#front });
    const blockers = cards.reduce((sum, { card }) => sum + card.counts.blockers, 0);
    this.#widget.badge = blockers > 0 ? { value: blockers, tooltip: count(blockers, 'blocker') } : undefined;
    // In the description and not in the message, which would push the tree down with every keystroke.
    this.#widget.description = [worst && scanning ? 'reading…' : '', viewWords(view)].filter(Boolean).join(' · ');
    this.#tellMenus(scanning, worst !== undefined, view);
    void vscode.commands.executeCommand('setContext', 'shipworthy.baseline', cards.some(({ fresh }) => fresh !== undefined));
    this.#changed.fire(undefined);
  }

  /** What the welcome texts and the menus in package.json ask for. */
  #tellMenus(scanning: boolean, known: boolean, { show }: TreeView): void {
    const server = this.#server.state.kind;
    const set = (key: string, value: unknown): void => void vscode.commands.executeCommand('setContext', `shipworthy.${key}`, value);
    set('state', server === 'running' ? (scanning && !known ? 'scanning' : 'ready') : server);
    set('known', known);
    set('show', show);
  }
}

function collapsible({ children, unfolded }: TreeNode): vscode.TreeItemCollapsibleState {
  if (children.length === 0) return vscode.TreeItemCollapsibleState.None;
  return unfolded ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed;
}
