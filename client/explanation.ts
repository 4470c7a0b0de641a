import * as vscode from 'vscode';
import { EXPLAIN } from '../server/protocol';
import type { ExplainAnswer, ExplainParams } from '../server/protocol';
import type { LanguageServer } from './language-server';

const SCHEME = 'shipworthy-rule';

/** Offers every rule's page as a read-only document, so that the editor's own Markdown preview can show it. */
export function registerExplanations(server: LanguageServer): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    async provideTextDocumentContent({ path }) {
      const rule = path.replace(/^\/|\.md$/g, '');
      const params: ExplainParams = { rule };
      const answer = await server.request<ExplainAnswer>(EXPLAIN, params);
      return answer?.markdown ?? `# ${rule}\n\nShipworthy's server does not run, so there is nobody to ask.\n`;
    },
  });
}

/** Shows a rule's page: as a preview, or as plain text where the editor's Markdown extension is switched off. */
export async function explain(rule: string): Promise<void> {
  const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${rule}.md` });
  try {
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  } catch {
    await vscode.window.showTextDocument(uri, { preview: true });
  }
}
