import * as vscode from 'vscode';
import { REPORT } from '../server/protocol';
import type { ReportAnswer } from '../server/protocol';
import { placedCards } from './cards';
import type { PlacedCard } from './cards';
import type { LanguageServer } from './language-server';

/** What is known now: everything on screen is drawn from this. */
export interface Known {
  /** Worst first. Only what the running server said: a report of one that has ended would be stale. */
  readonly cards: readonly PlacedCard[];
  /** The one that speaks for all of them. */
  readonly worst: PlacedCard | undefined;
  /** The server has not read everything yet, or has not answered. */
  readonly scanning: boolean;
}
const NOTHING: Known = { cards: [], worst: undefined, scanning: true };

/** The server's report, asked for again whenever it may have changed. */
export class CurrentReport implements vscode.Disposable {
  readonly #server: LanguageServer;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<Known>();
  readonly #subscriptions: readonly vscode.Disposable[];
  #known = NOTHING;
  #asking = false;
  #askAgain = false;

  readonly onDidChange = this.#changed.event;

  constructor(server: LanguageServer, log: vscode.LogOutputChannel) {
    this.#server = server;
    this.#log = log;
    this.#subscriptions = [
      server.onNotification(() => void this.#ask()),
      server.onDidChangeState(({ kind }) => {
        if (kind === 'running') void this.#ask();
        else this.#become(NOTHING);
      }),
    ];
  }

  get known(): Known {
    return this.#known;
  }

  dispose(): void {
    this.#changed.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** One question at a time: what changes meanwhile is asked for after the answer, once. */
  async #ask(): Promise<void> {
    this.#askAgain = true;
    if (this.#asking) return;
    this.#asking = true;
    try {
      while (this.#askAgain) {
        this.#askAgain = false;
        const answer = await this.#server.request<ReportAnswer>(REPORT);
        if (answer) this.#become(known(answer));
      }
    } catch (error) {
      this.#log.error('The report could not be had.', error);
    } finally {
      this.#asking = false;
    }
  }

  #become(known: Known): void {
    this.#known = known;
    this.#changed.fire(known);
  }
}

function known({ folders, scanning }: ReportAnswer): Known {
  const cards = placedCards(folders);
  return { cards, worst: cards[0], scanning };
}
