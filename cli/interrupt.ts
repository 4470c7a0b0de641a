import { Interrupted } from './exit';
import type { Signals } from './surroundings';

/**
 * Runs `work` with a signal that is aborted by Ctrl+C or by a request to end; rejects with `Interrupted` then, after `work`
 * has come to its end. A second Ctrl+C finds no listener and ends the process at once.
 */
export async function interruptible<T>(signals: Signals, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const onInt = () => stop('SIGINT');
  const onTerm = () => stop('SIGTERM');
  const release = () => {
    signals.off('SIGINT', onInt);
    signals.off('SIGTERM', onTerm);
  };
  const stop = (name: 'SIGINT' | 'SIGTERM') => {
    release();
    controller.abort(new Interrupted(name));
  };
  signals.on('SIGINT', onInt);
  signals.on('SIGTERM', onTerm);
  try {
    const result = await work(controller.signal);
    controller.signal.throwIfAborted();
    return result;
  } catch (error) {
    controller.signal.throwIfAborted();
    throw error;
  } finally {
    release();
  }
}
