/** The language server, put together. What each kind of request does is in its own file. */
import { TextDocumentSyncKind, type Connection, type InitializeParams, type ServerCapabilities } from 'vscode-languageserver';
import { readingAfar } from './afar';
import { serveBaseline } from './baseline';
import { firstFolders, readClient, type Client } from './capabilities';
import { CODE_ACTIONS, serveCodeActions } from './code-actions';
import { COMPLETION, serveCompletion } from './completion';
import { serveCorrections } from './corrections';
import { DayChange } from './day-change';
import { followDocuments } from './documents';
import { serveDecisions } from './decisions';
import { serveExplanations } from './explain';
import { serveExports } from './export';
import { Folder, type FolderWatcher } from './folder';
import { Folders } from './folders';
import type { Host } from './host';
import { serveHover } from './hover';
import { serveLenses } from './lenses';
import { serveLinks } from './links';
import { answer, clientLog, type Log } from './log';
import { ScanProgress } from './progress';
import { RESCAN } from './protocol';
import { OpenDocuments } from './open-documents';
import { Publishing } from './publishing';
import { Pulling, pullOptions } from './pulling';
import { Reports } from './reports';
import type { Serving } from './serving';
import { SettingsSource } from './settings';
import { FILE_OPERATIONS, Watching } from './watching';
import { followWorkspace } from './workspace';

/** Serves one client over a connection until it leaves. Starts to listen; returns at once. */
export function serve(connection: Connection, host: Host): void {
  const log = clientLog(connection.console);
  const documents = new OpenDocuments(connection);
  connection.onInitialize((params) => {
    const client = readClient(params);
    start(connection, host, log, documents, client, params);
    return { capabilities: capabilities(client), serverInfo: { name: 'Shipworthy', version: host.version } };
  });
  connection.listen();
}

function start(connection: Connection, alone: Host, log: Log, documents: OpenDocuments, client: Client, params: InitializeParams): void {
  const host = client.readsFiles ? readingAfar(alone, connection) : alone;
  const settings = new SettingsSource(connection, client, log);
  const settled = (): void => {
    delivery.settled();
    reports.changed();
  };
  const watcher: FolderWatcher = {
    settled,
    turned: () => {
      reports.turned();
      if (!folders.scanning) host.rested?.();
    },
    progress: (title, cancelled) => new ScanProgress(connection.window, title, cancelled, log),
  };
  const keepIn = placeToKeep(client, log);
  const world: Host = { ...host, open: (uri, name) => host.open(uri, name, keepIn) };
  const folders = new Folders((place) => new Folder(place, settings.of(place.uri), world, documents, watcher, log));
  const serving: Serving = { connection, client, host, log, documents, folders };
  const delivery = client.pulls ? new Pulling(serving) : new Publishing(serving);
  const reports = new Reports(serving);
  const days = new DayChange(() => host.today(), settled);
  followDocuments(serving, delivery);
  followWorkspace(serving, firstFolders(params), settings, new Watching(serving), settled);
  serveBaseline(serving, reports);
  serveCodeActions(serving);
  serveCompletion(serving);
  serveCorrections(serving);
  serveDecisions(serving);
  serveExplanations(serving);
  serveExports(serving);
  serveHover(serving);
  serveLenses(serving, reports);
  serveLinks(serving);
  connection.onRequest(RESCAN, () => answer(log, 'Reading everything again', async () => {
    await Promise.all(folders.all.map((folder) => folder.rescan()));
    return null;
  }));
  connection.onShutdown(() => answer(log, 'Shutting down', async () => {
    days.end();
    delivery.end();
    reports.end();
    await folders.end();
  }));
}

/** As Unix and as Windows write a path that is the same for every process. */
const ABSOLUTE = /^(?:[/\\]|[A-Za-z]:[/\\])/;

function placeToKeep({ keepIn }: Client, log: Log): string | undefined {
  if (typeof keepIn === 'string' && ABSOLUTE.test(keepIn)) return keepIn;
  if (keepIn !== undefined) log.info('The option keepIn has to be the absolute path of a folder. Until it is one, nothing is kept for the next time.');
  return undefined;
}

function capabilities(client: Client): ServerCapabilities {
  return {
    positionEncoding: 'utf-16',
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
    codeActionProvider: client.actions ? CODE_ACTIONS : false,
    ...(client.completes && { completionProvider: COMPLETION }),
    hoverProvider: true,
    ...(client.lenses && { codeLensProvider: {} }),
    ...(client.links && { documentLinkProvider: {} }),
    ...(client.pulls && !client.registersPulls && { diagnosticProvider: pullOptions(true) }),
    workspace: { workspaceFolders: { supported: true, changeNotifications: true }, fileOperations: FILE_OPERATIONS },
  };
}
