/**
 * When a session refreshes: once after every burst of changes, never twice at a time, and not at all while nothing changes.
 * A scan that the person at the editor cancels keeps what it has read and rests until a rescan is asked for; what is being
 * edited is judged all the same, for that needs no scan.
 */
import type { Session } from '../engine/audit/session';
import { attempt, type Log } from './log';
import { Pause } from './pause';
import type { ScanProgress } from './progress';

/** Milliseconds without a change before the project is judged again, and the longest that a stream of changes puts it off. */
const QUIET = 300;
const LONGEST = 5000;

interface ScanWatcher {
  /** A scan began or all are over. */
  turned(): void;
  /** The session's answers may differ from those at the last call. */
  settled(): void;
  progress(cancelled: () => void): ScanProgress;
}

export class Scan {
  readonly #pause = new Pause(QUIET, () => void this.#next(), LONGEST);
  #current: Promise<void> = Promise.resolve();
  #queued: Promise<void> | undefined;
  #running: AbortController | undefined;
  /** Refreshes that run or wait: at most one of each. */
  #active = 0;
  #resting = false;
  #ended = false;
  #version: number;

  /** `name` is the folder's, for messages. */
  constructor(private readonly session: Session, private readonly name: string, private readonly watcher: ScanWatcher, private readonly log: Log) {
    this.#version = session.version;
  }

  get scanning(): boolean {
    return this.#active > 0;
  }

  /** Something changed: refreshes when it has been quiet for a while. */
  soon(): void {
    if (!this.#resting && !this.#ended) this.#pause.start();
  }

  /** Refreshes now. Resolves when everything that had changed by this call is judged, or the scan failed or was ended. */
  now(): Promise<void> {
    this.#resting = false;
    this.#pause.cancel();
    return this.#next();
  }

  /** Ends what is running; nothing runs afterwards. Resolves when the session is at rest. */
  end(): Promise<void> {
    this.#ended = true;
    this.#pause.cancel();
    this.#running?.abort(new Error(`The scan of ${this.name} was ended.`));
    return this.#queued ?? this.#current;
  }

  #next(): Promise<void> {
    if (this.#queued) return this.#queued;
    this.#active += 1;
    if (this.#active === 1) void attempt(this.log, 'Telling that a scan began', () => this.watcher.turned());
    this.#queued = this.#current.then(() => {
      this.#queued = undefined;
      this.#current = this.#run();
      return this.#current;
    });
    return this.#queued;
  }

  async #run(): Promise<void> {
    const read = !this.#ended && await this.#refresh();
    // What an earlier run left is shown first; what can follow edits is worked out behind it.
    if (read && this.session.provisional && !this.#ended) void this.#next();
    this.#active -= 1;
    if (this.#ended) return;
    this.#tell();
    await attempt(this.log, 'Telling that a scan ended', () => { if (this.#active === 0) this.watcher.turned(); });
  }

  #tell(): void {
    const { version } = this.session;
    if (this.#version === version) return;
    this.#version = version;
    void attempt(this.log, 'Telling what a scan found', () => this.watcher.settled());
  }

  /** False when it was stopped or failed. */
  async #refresh(): Promise<boolean> {
    const running = new AbortController();
    this.#running = running;
    const progress = this.watcher.progress(() => {
      this.#resting = true;
      running.abort(new Error(`The scan of ${this.name} was cancelled.`));
    });
    try {
      await this.session.refresh((at) => { progress.report(at); this.#tell(); }, running.signal);
      return true;
    } catch (reason) {
      this.#failed(reason);
      return false;
    } finally {
      progress.end();
      this.#running = undefined;
    }
  }

  #failed(reason: unknown): void {
    if (this.#ended) return;
    if (!this.#resting) return this.log.failed(`The scan of ${this.name}`, reason);
    this.#pause.cancel();
    this.log.info(`The scan of ${this.name} was cancelled. What was read is kept; the next rescan goes on from there.`);
  }
}
