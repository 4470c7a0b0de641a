import * as vscode from 'vscode';
import { body, html } from '../report/html';
import type { FromPanel, ToPanel } from '../report/panel-messages';
import type { Lane } from '../server/protocol';
import type { PlacedCard } from './cards';
import type { CurrentReport } from './current-report';
import { readPanelMessage } from './message-check';
import { goTo } from './places';

/** Also what package.json activates the extension by when an editor is restored. */
const VIEW_TYPE = 'shipworthy.report';
const TITLE = 'Shipworthy report';
const CARD_KEY = 'shipworthy.panel.card';

/** What a panel asks for and cannot do by itself. */
interface PanelActions {
  /** `card` is the key of the card on the page. */
  readonly fix: (fix: { readonly card: string; readonly fingerprint: string; readonly index: number }) => Promise<void>;
  readonly decide: (finding: { readonly card: string; readonly fingerprint: string }, lane: Lane) => Promise<void>;
  readonly explain: (rule: string) => Promise<void>;
  readonly export: (what: { readonly card: string; readonly form: string }) => Promise<void>;
  readonly rescan: () => Promise<void>;
}

/** The report of one application as a page, drawn anew whenever the report changes. There is one panel at most. */
export class ReportPanel implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #report: CurrentReport;
  readonly #memory: vscode.Memento;
  readonly #icon: vscode.Uri;
  readonly #actions: PanelActions;
  readonly #subscriptions: readonly vscode.Disposable[];
  #panel: vscode.WebviewPanel | undefined;
  /** What the page was made of. A panel that was hidden starts again from there. */
  #page: PlacedCard | undefined;
  /** What is on the page now; undefined until it has said that it is ready. */
  #shown: PlacedCard['card'] | undefined;

  /**
   * @param memory where it is kept which card was shown last
   * @param icon of the editor's tab
   */
  constructor(report: CurrentReport, memory: vscode.Memento, icon: vscode.Uri, actions: PanelActions) {
    this.#report = report;
    this.#memory = memory;
    this.#icon = icon;
    this.#actions = actions;
    this.#subscriptions = [report.onDidChange(() => this.#draw()), vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, this)];
  }

  /** Whether the panel is open, whether its page has said that it is ready, and which card is on it. */
  get state(): { readonly open: boolean; readonly ready: boolean; readonly card: string | undefined } {
    return { open: this.#panel !== undefined, ready: this.#shown !== undefined, card: this.#page?.key };
  }

  /** Opens the panel, or brings it to the front. Without a card it waits for the first one. */
  async show(placed: PlacedCard | undefined): Promise<void> {
    if (placed) await this.#memory.update(CARD_KEY, placed.key);
    if (!this.#panel) this.#adopt(vscode.window.createWebviewPanel(VIEW_TYPE, TITLE, vscode.ViewColumn.Active));
    this.#panel?.reveal();
    this.#draw();
  }

  /** Goes to another finding on the page: the next (1) or the one before (-1). */
  step(by: 1 | -1): void {
    void this.#panel?.webview.postMessage({ type: 'step', by } satisfies ToPanel);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.#adopt(panel);
    this.#draw();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#panel?.dispose();
  }

  #adopt(panel: vscode.WebviewPanel): void {
    this.#panel?.dispose();
    this.#panel = panel;
    panel.iconPath = this.#icon;
    panel.webview.options = { enableScripts: true, localResourceRoots: [] };
    panel.webview.html = WAITING;
    panel.webview.onDidReceiveMessage((message: unknown) => this.#obey(readPanelMessage(message)));
    panel.onDidChangeViewState(() => {
      if (!panel.visible) this.#shown = undefined;
    });
    panel.onDidDispose(() => {
      if (this.#panel !== panel) return;
      this.#panel = undefined;
      this.#page = undefined;
      this.#shown = undefined;
    });
  }

  /** A new page for another card, only its content for a newer state of the same one: filters and focus stay. */
  #draw(): void {
    const panel = this.#panel;
    const { cards, worst } = this.#report.known;
    const placed = cards.find(({ key }) => key === this.#memory.get(CARD_KEY)) ?? worst;
    if (!panel || !placed) return;
    panel.title = cards.length > 1 ? `${TITLE}: ${placed.card.project.name}` : TITLE;
    if (placed.key !== this.#page?.key) {
      this.#page = placed;
      this.#shown = undefined;
      panel.webview.html = html(placed.card, { mode: 'panel', nonce: crypto.randomUUID(), cspSource: panel.webview.cspSource });
    } else if (this.#shown && this.#shown !== placed.card) {
      this.#shown = placed.card;
      void panel.webview.postMessage({ type: 'card', body: body(placed.card, 'panel') } satisfies ToPanel);
    }
  }

  #obey(message: FromPanel | undefined): void {
    if (!message || !this.#page) return;
    switch (message.type) {
      case 'ready':
        this.#shown = this.#page.card;
        return this.#draw();
      case 'open': {
        const at = { line: message.line - 1, character: message.column - 1 };
        return void goTo(this.#page.folder, { path: message.path, range: { start: at, end: at } });
      }
      case 'fix':
        return void this.#actions.fix({ card: this.#page.key, fingerprint: message.fingerprint, index: message.index });
      case 'decide':
        return void this.#actions.decide({ card: this.#page.key, fingerprint: message.fingerprint }, message.lane);
      case 'explain':
        return void this.#actions.explain(message.rule);
      case 'export':
        return void this.#actions.export({ card: this.#page.key, form: message.form });
      case 'rescan':
        return void this.#actions.rescan();
    }
  }
}

/** Before the first report: after a restart of the editor, the panel is there sooner than the server. */
const WAITING = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${TITLE}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'"></head>
<body><p role="status">Shipworthy is reading the files of this workspace.</p></body></html>`;
