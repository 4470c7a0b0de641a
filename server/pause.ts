import { later } from './later';

/** Does something once after a burst of requests for it: when they pause, or at the latest `most` after the first of them. */
export class Pause {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #first = 0;

  /** Both in milliseconds. `work` must not throw. */
  constructor(private readonly wait: number, private readonly work: () => void, private readonly most = Infinity) {}

  start(): void {
    const now = Date.now();
    if (this.#timer === undefined) this.#first = now;
    clearTimeout(this.#timer);
    this.#timer = later(() => {
      this.#timer = undefined;
      this.work();
    }, Math.max(0, Math.min(this.wait, this.#first + this.most - now)));
  }

  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
