/**
 * The progress of a scan, started by the server because VS Code sends no token with workspace diagnostics. It is shown
 * only when the scan takes long: most are over before anybody could read it.
 */
import type { RemoteWindow, WorkDoneProgressServerReporter } from 'vscode-languageserver';
import type { Progress } from '../engine/audit/session';
import type { Log } from './log';

/** Milliseconds before anything is shown. */
const PATIENCE = 1000;

export class ScanProgress {
  #reporter: WorkDoneProgressServerReporter | undefined;
  #ended = false;
  #percentage = 0;
  readonly #timer: ReturnType<typeof setTimeout>;

  /** `cancelled` is called when the person at the editor cancels. */
  constructor(private readonly window: RemoteWindow, private readonly title: string, private readonly cancelled: () => void, private readonly log: Log) {
    this.#timer = setTimeout(() => void this.#show(), PATIENCE);
  }

  report({ done, total, path }: Progress): void {
    const percentage = total === 0 ? 0 : Math.floor((done / total) * 100);
    if (percentage === this.#percentage) return;
    this.#percentage = percentage;
    this.#reporter?.report(percentage, path ?? '');
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#ended = true;
    this.#reporter?.done();
    this.#reporter = undefined;
  }

  async #show(): Promise<void> {
    try {
      const reporter = await this.window.createWorkDoneProgress();
      reporter.begin(this.title, this.#percentage, undefined, true);
      if (this.#ended) return reporter.done();
      reporter.token.onCancellationRequested(this.cancelled);
      this.#reporter = reporter;
    } catch (reason) {
      this.log.failed('Showing the progress of the scan', reason);
    }
  }
}
