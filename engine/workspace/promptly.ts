/**
 * Calls to a disk. One that answers from memory, as most do, answers in a tenth of the time that node takes to ask it in the
 * background; one that takes its time must not hold everything else up.
 */
import { pause, SLICE } from '../audit/slices';

/** A call that takes longer is slow, in milliseconds. One alone may have met the garbage collector. */
const SLOW = 3;
const SLOW_IN_A_ROW = 3;
/** How long a slow disk is asked in the background before it is tried again, in milliseconds. */
const BACKGROUND = 1000;

/** When the event loop last had its turn, as far as is known here, by a clock that costs little to read. */
let turned = 0;
let turning: Promise<void> | undefined;
let slow = 0;
let backgroundUntil = 0;

/**
 * What a call gives, whichever of its two forms is made. Rejects with what it throws.
 * @param now waits for the disk
 * @param later asks it in the background
 */
export async function promptly<T>(now: () => T, later: () => Promise<T>): Promise<T> {
  let begun = Date.now();
  // A clock that is put back counts as a turn that is due.
  for (; begun - turned > SLICE || begun < turned; begun = Date.now()) await turn();
  if (begun < backgroundUntil) return later();
  try {
    return now();
  } finally {
    const ended = Date.now();
    slow = ended - begun > SLOW ? slow + 1 : 0;
    if (slow === SLOW_IN_A_ROW) {
      slow = 0;
      backgroundUntil = ended + BACKGROUND;
    }
  }
}

/** Many may wait for it. */
function turn(): Promise<void> {
  turning ??= pause().then(() => {
    turned = Date.now();
    turning = undefined;
  });
  return turning;
}
