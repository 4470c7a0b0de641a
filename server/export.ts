/** A report as a file holds it: the same forms as on the command line, for one application. */
import { sha256 } from '../engine/records/digest';
import type { ReportCard } from '../report/card';
import { csv } from '../report/csv';
import { page } from '../report/html';
import { withTrend } from '../report/history/trend';
import { json } from '../report/json';
import { markdown } from '../report/markdown';
import { sarif } from '../report/sarif';
import { answer } from './log';
import { EXPORT, type ExportAnswer, type ExportParams } from './protocol';
import type { Serving } from './serving';

const FORMS: Readonly<Record<string, (card: ReportCard) => string>> = {
  html: (card) => page(card, sha256),
  markdown: (card) => markdown(card), json: (card) => json(card), sarif: (card) => sarif([card], 'github'), csv: (card) => csv([card]),
};

/** Cards of the panel lack code from near and what fixes change, which cost too much after every keystroke: the card is made anew. */
export function serveExports(serving: Serving): void {
  const { connection, folders, host, log } = serving;
  connection.onRequest(EXPORT, ({ uri, root, form }: ExportParams): Promise<ExportAnswer | null> => answer(log, 'Writing a report', async () => {
    const folder = folders.named(uri);
    const write = Object.hasOwn(FORMS, form) ? FORMS[form] : undefined;
    const session = await folder?.judged();
    const audit = session?.audits().find((one) => one.project.root === root);
    if (!folder || !session || !audit || !write) return null;
    const points = await host.history?.(folder.uri) ?? [];
    const card = host.card(audit, session.config, host.today(), (fingerprint, fixed) => session.closeUp(fingerprint, fixed));
    return { text: write(withTrend(card, points)) };
  }));
}
