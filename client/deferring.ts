// Where another tool underlines the same line for the same reason, ours need not. Only the editor sees what all of them say, so our
// findings are held back here; the report card keeps them.
import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient';
import { isTwin } from './twins';
import type { Said } from './twins';

const SOURCE = 'shipworthy';

/** Holds back findings whose twins speak, and asks for them anew when what other tools say of a file changes. */
export class Deferring implements vscode.Disposable {
  /** By file, what twins could be found in when our findings were last shown. */
  readonly #heard = new Map<string, string>();
  readonly #subscription: vscode.Disposable;

  /** @param again asks the server for the diagnostics of all open files once more */
  constructor(again: () => void) {
    this.#subscription = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
      if (uris.some((uri) => this.#heard.has(uri.toString()) && this.#heard.get(uri.toString()) !== signature(uri))) again();
    });
  }

  readonly provideDiagnostics: NonNullable<Middleware['provideDiagnostics']> = async (document, previous, token, next) => {
    const uri = document instanceof vscode.Uri ? document : document.uri;
    const tools = vscode.workspace.getConfiguration('shipworthy', uri).get<readonly string[]>('defer', []);
    if (tools.length === 0) {
      this.#heard.delete(uri.toString());
      return next(document, previous, token);
    }
    // What was held back is not known from an answer that says "unchanged".
    const report = await next(document, undefined, token);
    this.#heard.set(uri.toString(), signature(uri));
    return report && 'items' in report ? { ...report, items: report.items.filter((item) => !isDoubled(item, uri)) } : report;
  };

  dispose(): void {
    this.#subscription.dispose();
  }
}

function isDoubled(ours: vscode.Diagnostic, uri: vscode.Uri): boolean {
  const { twins } = (('data' in ours ? ours.data : undefined) ?? {}) as { readonly twins?: readonly string[] };
  return twins !== undefined && others(uri).some((said) => said.lines[0] <= ours.range.end.line && ours.range.start.line <= said.lines[1] && twins.some((twin) => isTwin(twin, said)));
}

function others(uri: vscode.Uri): readonly (Said & { readonly lines: readonly [number, number] })[] {
  return vscode.languages.getDiagnostics(uri).flatMap(({ source, code, range }) => {
    const value = typeof code === 'object' ? code.value : code;
    return source === undefined || source === SOURCE || value === undefined ? [] : [{ source, code: String(value), lines: [range.start.line, range.end.line] }];
  });
}

/** The same text as long as other tools say the same. */
function signature(uri: vscode.Uri): string {
  return JSON.stringify(others(uri));
}
