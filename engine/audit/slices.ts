/** Long work in slices, between which requests are answered and cancelled. */

/** Longest time the event loop is held, in milliseconds. */
export const SLICE = 12;

/** Lets the event loop breathe. */
export function pause(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') return void setImmediate(resolve);
    // A web worker has no such call, and its timers wait four milliseconds after a few of them.
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', () => { port1.close(); resolve(); });
    port1.start();
    port2.postMessage(undefined);
  });
}

/** Says when it is time for a pause. */
export class Breath {
  #since = performance.now();

  constructor(private readonly signal?: AbortSignal) {}

  get due(): boolean {
    return performance.now() - this.#since > SLICE;
  }

  /** Pauses. Rejects with the signal's reason when it was aborted meanwhile. */
  async take(): Promise<void> {
    await pause();
    this.#since = performance.now();
    this.signal?.throwIfAborted();
  }
}

/** Runs through a list in slices. Stops with the signal's reason. */
export async function inSlices<T>(list: readonly T[], each: (one: T) => void, signal?: AbortSignal): Promise<void> {
  const breath = new Breath(signal);
  for (const one of list) {
    if (breath.due) await breath.take();
    each(one);
  }
}
