/** What changes about the workspace itself: which folders it has, and what their settings are. */
import { DidChangeConfigurationNotification, type WorkspaceFolder } from 'vscode-languageserver';
import { attempt } from './log';
import { SECTION } from './protocol/settings';
import type { Serving } from './serving';
import type { SettingsSource } from './settings';
import type { Watching } from './watching';

/**
 * Adds the first folders when the client is ready, and follows it from then on. `settled` is called whenever what is said
 * of files may have changed by it.
 */
export function followWorkspace(serving: Serving, first: readonly WorkspaceFolder[], settings: SettingsSource, watching: Watching, settled: () => void): void {
  const { client, connection, folders, log } = serving;
  connection.onInitialized(() => attempt(log, 'Starting', async () => {
    if (client.folderChanges) {
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => attempt(log, 'Changing folders', () => change(added, removed)));
    }
    if (client.registersConfiguration) {
      const registration = connection.client.register(DidChangeConfigurationNotification.type, { section: SECTION });
      void attempt(log, 'Asking for changed settings', () => registration);
    }
    await change(first, []);
  }));
  connection.onDidChangeConfiguration(({ settings: sent }) => attempt(log, 'Taking in settings', async () => {
    settings.receive(sent);
    await Promise.all(folders.all.map(async (folder) => folder.apply(await settings.of(folder.uri))));
    settled();
  }));

  async function change(added: readonly WorkspaceFolder[], removed: readonly WorkspaceFolder[]): Promise<void> {
    const gone = removed.map((place) => folders.remove(place));
    for (const place of added) folders.add(place);
    watching.register();
    settled();
    await Promise.all([...gone, ...folders.all.map((folder) => folder.ready())]);
    settled();
  }
}
