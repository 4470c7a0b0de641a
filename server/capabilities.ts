/** What the client at the other end can do, read once. Clients differ widely; what is not said is not to be had. */
import { MarkupKind, type InitializeParams, type WorkspaceFolder } from 'vscode-languageserver';
import { lastName } from './convert';
import type { InitializationOptions } from './protocol';

export interface Client {
  /** It asks for diagnostics and can be told to ask again; otherwise they are pushed, for a stale answer would stay. */
  readonly pulls: boolean;
  readonly registersPulls: boolean;
  readonly related: boolean;
  readonly codeDescription: boolean;
  /** Shows what is needless as such. */
  readonly tags: boolean;
  /** Takes code actions with a kind; older ones only know commands. */
  readonly actions: boolean;
  /** Asks for the edit of a code action when it is chosen. */
  readonly resolves: boolean;
  readonly versionedEdits: boolean;
  readonly createsFiles: boolean;
  /** Shows an edit and asks before it is made. */
  readonly confirms: boolean;
  readonly markdown: boolean;
  /** Asks what may be written. */
  readonly completes: boolean;
  /** Takes what is to be written with places to type over. */
  readonly snippets: boolean;
  readonly labelDetails: boolean;
  /** Shows what is said of such an item as Markdown. */
  readonly markdownItems: boolean;
  readonly lenses: boolean;
  /** Can be told that lenses are others. */
  readonly refreshesLenses: boolean;
  readonly links: boolean;
  readonly linkTooltips: boolean;
  readonly configuration: boolean;
  readonly registersConfiguration: boolean;
  readonly watches: boolean;
  readonly relativePatterns: boolean;
  readonly folderChanges: boolean;
  readonly canPrompt: boolean;
  readonly readsFiles: boolean;
  /** What it says of where to keep what is found. */
  readonly keepIn: unknown;
}

/** Reads the capabilities of an initialize request. */
export function readClient({ capabilities, initializationOptions }: InitializeParams): Client {
  const { textDocument, workspace } = capabilities;
  const action = textDocument?.codeAction;
  const edit = workspace?.workspaceEdit;
  const item = textDocument?.completion?.completionItem;
  const pulls = textDocument?.diagnostic !== undefined && workspace?.diagnostics?.refreshSupport === true;
  const diagnostic = pulls ? textDocument.diagnostic : textDocument?.publishDiagnostics;
  return {
    pulls,
    registersPulls: pulls && textDocument.diagnostic?.dynamicRegistration === true,
    related: diagnostic?.relatedInformation === true,
    // Whoever pulls is of a time when tags were old.
    tags: pulls || textDocument?.publishDiagnostics?.tagSupport !== undefined,
    codeDescription: diagnostic?.codeDescriptionSupport === true,
    actions: action?.codeActionLiteralSupport !== undefined,
    resolves: action?.dataSupport === true && action.resolveSupport?.properties.includes('edit') === true,
    versionedEdits: edit?.documentChanges === true,
    createsFiles: edit?.documentChanges === true && edit.resourceOperations?.includes('create') === true,
    confirms: edit?.documentChanges === true && edit.changeAnnotationSupport !== undefined,
    markdown: textDocument?.hover?.contentFormat?.[0] === MarkupKind.Markdown,
    completes: textDocument?.completion !== undefined,
    snippets: item?.snippetSupport === true,
    labelDetails: item?.labelDetailsSupport === true,
    markdownItems: item?.documentationFormat?.[0] === MarkupKind.Markdown,
    lenses: textDocument?.codeLens !== undefined,
    refreshesLenses: workspace?.codeLens?.refreshSupport === true,
    links: textDocument?.documentLink !== undefined,
    linkTooltips: textDocument?.documentLink?.tooltipSupport === true,
    configuration: workspace?.configuration === true,
    registersConfiguration: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    watches: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    relativePatterns: workspace?.didChangeWatchedFiles?.relativePatternSupport === true,
    folderChanges: workspace?.workspaceFolders === true,
    canPrompt: options(initializationOptions).canPrompt === true,
    readsFiles: options(initializationOptions).readsFiles === true,
    keepIn: options(initializationOptions).keepIn,
  };
}

function options(given: unknown): InitializationOptions {
  return typeof given === 'object' && given !== null ? given : {};
}

/** The folders a client starts with: several, one (older clients), or none. */
export function firstFolders({ workspaceFolders, rootUri }: InitializeParams): readonly WorkspaceFolder[] {
  if (workspaceFolders) return workspaceFolders;
  if (!rootUri) return [];
  return [{ uri: rootUri, name: lastName(rootUri) }];
}
