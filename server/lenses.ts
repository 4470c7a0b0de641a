/** Grade and verdict of an application above the file that describes it, for those who asked for it. */
import { CodeLensRefreshRequest, type CancellationToken, type CodeLens, type CodeLensParams } from 'vscode-languageserver';
import { scoreText } from '../report/words';
import { refuseCancelled } from './cancellation';
import { answer } from './log';
import { OPEN_REPORT_COMMAND, type OpenReportCommand } from './protocol';
import type { Reports } from './reports';
import type { Serving } from './serving';

/** Files that describe an application, the first that it has in its folder counts. */
const MANIFESTS = ['pyproject.toml', 'package.json', 'Pipfile', 'requirements.txt', 'manage.py'];

export function serveLenses(serving: Serving, reports: Reports): void {
  serving.connection.onCodeLens((params, token) => answer(serving.log, `Lenses of ${params.textDocument.uri}`, () => lenses(serving, reports, params, token)));
}

/** Asks for lenses anew where somebody has some. */
export async function refreshLenses({ client, connection, folders }: Serving): Promise<void> {
  if (client.refreshesLenses && folders.all.some(({ settings }) => settings?.codeLens === true)) await connection.sendRequest(CodeLensRefreshRequest.type);
}

async function lenses({ client, folders }: Serving, reports: Reports, { textDocument: { uri } }: CodeLensParams, token: CancellationToken): Promise<CodeLens[]> {
  const placed = folders.nearest(uri);
  const session = await placed?.folder.ready();
  refuseCancelled(token);
  if (!placed || !session || placed.folder.settings?.codeLens !== true || !MANIFESTS.includes(nameOf(placed.path))) return [];
  const own = (root: string): string | undefined => MANIFESTS.map((name) => (root === '' ? name : `${root}/${name}`)).find((path) => session.text(path) !== undefined);
  const cards = (await reports.cards(placed.folder, token)).filter(({ project, files }) => files.read > 0 && own(project.root) === placed.path);
  const top = { line: 0, character: 0 };
  return cards.map((card) => {
    const title = `Shipworthy: ${scoreText(card)} · ${card.verdict.value}`;
    const command = client.canPrompt ? { title, command: OPEN_REPORT_COMMAND, arguments: [{ resource: uri } satisfies OpenReportCommand] } : { title, command: '' };
    return { range: { start: top, end: top }, command };
  });
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
