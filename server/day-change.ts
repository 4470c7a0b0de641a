/** Tells when the day has changed: acceptances end and sign-offs expire by it, although nobody edits a file. */

import { later } from './later';

/** Milliseconds. */
const DAY = 86_400_000;
/** The longest wait: the timers of a machine that sleeps sleep too, and midnight may pass meanwhile. Looking costs nothing. */
const LONGEST = 3_600_000;

export class DayChange {
  #day: string;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Begins to watch.
   * @param today ISO day in UTC, as the host has it
   * @param changed is called once after every change; must not throw
   */
  constructor(private readonly today: () => string, private readonly changed: () => void) {
    this.#day = today();
    this.#wait();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(): void {
    const untilMidnight = DAY - Date.now() % DAY;
    this.#timer = later(() => this.#look(), Math.min(untilMidnight, LONGEST));
  }

  #look(): void {
    this.#wait();
    const day = this.today();
    if (day === this.#day) return;
    this.#day = day;
    this.changed();
  }
}
