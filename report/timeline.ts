/** The plan on a calendar: one person, six hours of a working day, one phase after the other. */
import type { Phase } from './card';
import { addWorkingDays, workingDay } from './days';

export interface DatedPhase { readonly phase: Phase; /** ISO days, both included; missing where there is nothing to do. */ readonly dates?: readonly [string, string] }

const HOURS_A_DAY = 6;

/** Hours as days of one person, to be put behind them: `, 3–5 working days of one person`; empty where they are few. */
export function workingDays([from, to]: readonly [number, number]): string {
  if (from < 2 * HOURS_A_DAY) return '';
  const [least, most] = [Math.ceil(from / HOURS_A_DAY), Math.ceil(to / HOURS_A_DAY)];
  return `, ${least === most ? least : `${least}–${most}`} working days of one person`;
}

/** `on 2026-12-01` or `from 2026-12-01 to 2026-12-04`. */
export function daysText([from, to]: readonly [string, string]): string {
  return from === to ? `on ${from}` : `from ${from} to ${to}`;
}

/**
 * The upper end of each estimate decides, so that a date is one that can be kept.
 *
 * @param start ISO day of the first phase
 * @throws RangeError when it is no day
 */
export function timeline(phases: readonly Phase[], start: string): readonly DatedPhase[] {
  let next = workingDay(start);
  return phases.map((phase): DatedPhase => {
    const days = Math.ceil(phase.hours[1] / HOURS_A_DAY);
    if (days === 0) return { phase };
    const dates = [next, addWorkingDays(next, days - 1)] as const;
    next = addWorkingDays(dates[1], 1);
    return { phase, dates };
  });
}
