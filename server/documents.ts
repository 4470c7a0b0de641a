/** Open documents: every edit goes to the sessions at once, and to whoever shows diagnostics. */
import type { Delivery } from './delivery';
import { attempt } from './log';
import type { Serving } from './serving';

export function followDocuments({ documents, folders, log }: Serving, delivery: Delivery): void {
  documents.onDidOpen(({ document: { uri } }) => {
    if (!folders.nearest(uri)) log.info(`${uri} is in no folder of the workspace, so nothing is checked in it. Open its folder to have it checked.`);
  });
  documents.onDidChange(({ document }) => attempt(log, `Judging ${document.uri}`, () => {
    const text = document.getText();
    for (const { folder, path } of folders.around(document.uri)) folder.edit(path, text);
    delivery.edited(document.uri);
  }));
  documents.onDidClose(({ document: { uri } }) => attempt(log, `Closing ${uri}`, () => {
    for (const { folder, path } of folders.around(uri)) folder.close(path);
    delivery.closed(uri);
  }));
}
