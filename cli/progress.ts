import type { Progress } from '../engine/audit/session';
import { line } from '../report/escape';
import { columns } from '../report/terminal';

/** A scan shorter than this shows nothing; a longer one is redrawn this often. In milliseconds. */
const PATIENCE = 500;
const INTERVAL = 80;

/** Columns of a path that still tell something. */
const LEAST_PATH = 12;

const CLEAR = '\r\u001b[2K';

/**
 * One line at the bottom of a terminal that says how far a scan is. Time is read when the scan reports, so that a scan
 * that keeps the thread busy is shown as well.
 */
export class ProgressLine {
  readonly #write: (text: string) => void;
  readonly #columns: number;
  readonly #clock: () => number;
  readonly #began: number;
  #drawn: number | undefined;

  /** `clock` in milliseconds; `columns` of the terminal that `write` writes to. */
  constructor(write: (text: string) => void, columns: number, clock: () => number) {
    this.#write = write;
    this.#columns = columns;
    this.#clock = clock;
    this.#began = clock();
  }

  show(at: Progress): void {
    const now = this.#clock();
    if (now - this.#began < PATIENCE || (this.#drawn !== undefined && now - this.#drawn < INTERVAL)) return;
    this.#drawn = now;
    this.#write(CLEAR + progressText(at, this.#columns));
  }

  /** Leaves the terminal as it was. */
  clear(): void {
    if (this.#drawn !== undefined) this.#write(CLEAR);
    this.#drawn = undefined;
  }
}

/** `Reading 12/340 app/models.py`, the beginning of the path cut off so that the line never wraps. */
export function progressText(at: Progress, width: number): string {
  const text = at.total > 0 ? `Reading ${at.done}/${at.total}` : 'Reading';
  const room = width - columns(text) - 2;
  if (!at.path || room < LEAST_PATH) return text.slice(0, Math.max(0, width - 1));
  const path = line(at.path);
  return `${text} ${columns(path) > room ? `...${ending(path, room - 3)}` : path}`;
}

function ending(text: string, width: number): string {
  const letters = [...text];
  while (columns(letters.join('')) > width) letters.shift();
  return letters.join('');
}
