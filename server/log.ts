/** Failures: told to the person at the editor with what and where, and kept from taking anything else down. */
import { ErrorCodes, ResponseError } from 'vscode-languageserver';
import { mask } from '../engine/audit/mask';

export interface Log {
  info(text: string): void;
  /** `what` completes "… failed": `The hover of file:///app.py`. */
  failed(what: string, reason: unknown): void;
}

/** A log that writes to the output channel of the client. */
export function clientLog(console: { info(message: string): void; error(message: string): void }): Log {
  return {
    info: (text) => console.info(text),
    failed: (what, reason) => console.error(mask(`${what} failed: ${reason instanceof Error ? reason.stack ?? reason.message : String(reason)}`)),
  };
}

/** Answers a request. A failure is logged and becomes the error the client sees; an error meant for the client passes. */
export async function answer<T>(log: Log, what: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (reason) {
    if (reason instanceof ResponseError) throw reason;
    log.failed(what, reason);
    throw new ResponseError(ErrorCodes.InternalError, mask(`${what} failed: ${reason instanceof Error ? reason.message : String(reason)}`));
  }
}

/** Does what nobody waits for: a failure is logged and that is all. */
export async function attempt(log: Log, what: string, work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (reason) {
    log.failed(what, reason);
  }
}
