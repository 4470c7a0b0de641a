/** The documents the editor has open, found by any spelling of their URI. */
import { TextDocuments, type Connection } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { canonical } from './convert';

export class OpenDocuments {
  readonly #texts = new TextDocuments(TextDocument);
  /** By canonical URI, the URI as the editor spells it. */
  readonly #spelled = new Map<string, string>();

  constructor(connection: Connection) {
    this.#texts.onDidOpen(({ document: { uri } }) => this.#spelled.set(canonical(uri), uri));
    this.#texts.onDidClose(({ document: { uri } }) => this.#spelled.delete(canonical(uri)));
    this.#texts.listen(connection);
  }

  /** Opening is told before the first change; a change is told of every new text, the first included. */
  readonly onDidOpen = this.#texts.onDidOpen;
  readonly onDidChange = this.#texts.onDidChangeContent;
  readonly onDidClose = this.#texts.onDidClose;

  get all(): readonly TextDocument[] {
    return this.#texts.all();
  }

  get(uri: string): TextDocument | undefined {
    return this.#texts.get(this.spelled(uri));
  }

  /** The URI as the editor spells it when the document is open, else as it is given. */
  spelled(uri: string): string {
    return this.#spelled.get(canonical(uri)) ?? uri;
  }
}
