import * as vscode from 'vscode';
import type { CurrentReport } from './current-report';
import { documentsOf } from './documents';
import type { LanguageServer } from './language-server';
import { schemes } from './schemes';
import { statusOf } from './status-words';
import type { Status } from './status-words';

const SEVERITIES: Readonly<Record<Status['severity'], vscode.LanguageStatusSeverity>> = {
  none: vscode.LanguageStatusSeverity.Information,
  warning: vscode.LanguageStatusSeverity.Warning,
  error: vscode.LanguageStatusSeverity.Error,
};

/** The grade in the status bar, and the same with its reasons among the language status of the files we read. */
export class StatusItems implements vscode.Disposable {
  readonly #report: CurrentReport;
  readonly #server: LanguageServer;
  readonly #bar = vscode.window.createStatusBarItem('shipworthy.grade', vscode.StatusBarAlignment.Left);
  readonly #language = vscode.languages.createLanguageStatusItem('shipworthy.status', documentsOf(schemes()));
  readonly #subscriptions: readonly vscode.Disposable[];
  #status: Status | undefined;

  constructor(report: CurrentReport, server: LanguageServer) {
    this.#report = report;
    this.#server = server;
    this.#bar.name = 'Shipworthy';
    this.#language.name = 'Shipworthy';
    this.#subscriptions = [report.onDidChange(() => this.#draw()), server.onDidChangeState(() => this.#draw())];
    this.#draw();
  }

  get status(): Status | undefined {
    return this.#status;
  }

  dispose(): void {
    for (const one of [this.#bar, this.#language, ...this.#subscriptions]) one.dispose();
  }

  #draw(): void {
    this.#status = statusOf(this.#server.state, this.#report.known);
    if (this.#status) this.#show(this.#status);
    else this.#hide();
  }

  #show({ text, detail, tooltip, spoken, severity, busy, command }: Status): void {
    const said = new vscode.MarkdownString(tooltip);
    said.isTrusted = { enabledCommands: ['shipworthy.restart', 'shipworthy.showLog'] };
    this.#bar.text = text;
    this.#bar.tooltip = said;
    this.#bar.command = command.id;
    this.#bar.accessibilityInformation = { label: spoken };
    this.#bar.backgroundColor = severity === 'warning' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.#bar.show();
    this.#language.text = text;
    this.#language.detail = detail;
    this.#language.severity = SEVERITIES[severity];
    this.#language.busy = busy;
    this.#language.command = { title: command.title, command: command.id };
    this.#language.accessibilityInformation = { label: spoken };
  }

  /** A language status item cannot be hidden: it says in words that there is nothing. */
  #hide(): void {
    this.#bar.hide();
    this.#language.text = '$(shield) Shipworthy';
    this.#language.detail = 'There is nothing here that Shipworthy knows.';
    this.#language.severity = SEVERITIES.none;
    this.#language.busy = false;
    this.#language.command = undefined;
  }
}
