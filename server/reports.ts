/** The report cards of all folders, and the word that they may have changed. */
import { CancellationToken } from 'vscode-languageserver';
import type { ReportCard } from '../report/card';
import { withTrend } from '../report/history/trend';
import { worstFirst } from '../report/repository';
import { newSince } from './baseline';
import { refuseCancelled } from './cancellation';
import type { Folder } from './folder';
import { refreshLenses } from './lenses';
import { answer, attempt } from './log';
import { Pause } from './pause';
import { REPORT, REPORT_CHANGED, type FolderReport, type ReportAnswer, type ReportChanged } from './protocol';
import type { Serving } from './serving';

/** Milliseconds in which changes are told as one, and the longest that a stream of them puts it off. */
const MERGED = 100;
const LONGEST = 1000;

/** The cards of a folder as they were made: for one version of its session, on one day. */
interface Made { readonly version: number; readonly asOf: string; readonly cards: readonly ReportCard[] }

export class Reports {
  readonly #made = new WeakMap<object, Made>();
  readonly #pause = new Pause(MERGED, () => void this.#tell(), LONGEST);
  #version = 1;
  #told: ReportChanged = { version: 0, scanning: false };

  constructor(private readonly serving: Serving) {
    const { connection, log } = serving;
    // Without parameters the token comes first; clients that send an empty object or null all the same are served too.
    connection.onRequest(REPORT, (...given: readonly unknown[]): Promise<ReportAnswer> =>
      answer(log, 'Making the report', () => this.#answer(given.find(CancellationToken.is) ?? CancellationToken.None)));
  }

  /** What the report says may have changed. */
  changed(): void {
    this.#version += 1;
    this.#pause.start();
  }

  /** A scan began or ended. */
  turned(): void {
    this.#pause.start();
  }

  end(): void {
    this.#pause.cancel();
  }

  async #tell(): Promise<void> {
    const now: ReportChanged = { version: this.#version, scanning: this.serving.folders.scanning };
    if (now.version === this.#told.version && now.scanning === this.#told.scanning) return;
    this.#told = now;
    await attempt(this.serving.log, 'Telling that the report changed', () => this.serving.connection.sendNotification(REPORT_CHANGED, now));
    await attempt(this.serving.log, 'Telling that lenses changed', () => refreshLenses(this.serving));
  }

  async #answer(token: CancellationToken): Promise<ReportAnswer> {
    const folders: FolderReport[] = [];
    for (const folder of this.serving.folders.all) {
      await folder.ready();
      refuseCancelled(token);
      const cards = await this.cards(folder, token);
      const fresh = await this.#fresh(folder, cards);
      folders.push({ uri: folder.uri, name: folder.name, cards, ...(fresh && { fresh }) });
    }
    return { version: this.#version, scanning: this.serving.folders.scanning, folders };
  }

  async #fresh({ uri, session }: Folder, cards: readonly ReportCard[]): Promise<readonly string[] | undefined> {
    const text = await this.serving.host.baseline?.(uri);
    return session && text !== undefined ? newSince(text, session, cards) : undefined;
  }

  /** The cards of one folder, worst first; none while it cannot be read. */
  async cards(folder: Folder, token: CancellationToken): Promise<readonly ReportCard[]> {
    const session = folder.session;
    if (!session) return [];
    const { version } = session;
    const asOf = this.serving.host.today();
    const made = this.#made.get(session);
    if (made?.version === version && made.asOf === asOf) return made.cards;
    const points = await this.serving.host.history?.(folder.uri) ?? [];
    const cards: ReportCard[] = [];
    for (const audit of session.audits()) {
      cards.push(withTrend(this.serving.host.card(audit, session.config, asOf), points));
      await new Promise((resolve) => setTimeout(resolve, 0));
      refuseCancelled(token);
    }
    cards.sort(worstFirst);
    this.#made.set(session, { version, asOf, cards });
    return cards;
  }
}
