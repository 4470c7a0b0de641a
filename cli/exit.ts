/** Exit codes, and the errors that lead to them. They are an interface: scripts and pipelines rely on these numbers. */

export const EXIT = {
  ok: 0,
  /** Something is open that `--fail-on` does not let pass. */
  gate: 1,
  /** The command line or `shipworthy.json` is wrong. */
  usage: 2,
  /** Nothing is past the gate, but something could not be looked at. */
  incomplete: 3,
} as const;

/** What was asked cannot be done as it was asked: a path, an option, a file to write. The message says what, where and what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The person at the terminal, or a supervisor, ended the run. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly code: number;

  /** 128 and the signal's number, as shells count. */
  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super(`Stopped by ${signal}.`);
    this.code = signal === 'SIGINT' ? 130 : 143;
  }
}
