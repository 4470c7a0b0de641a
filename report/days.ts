/** Days as ISO texts, counted in UTC so that no clock and no place changes them. */

/** @throws RangeError when `day` is none */
export function addDays(day: string, days: number): string {
  const date = dateOf(day);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** The day so many working days later; Saturdays and Sundays are none. */
export function addWorkingDays(day: string, days: number): string {
  const date = dateOf(day);
  for (let left = days; left > 0;) {
    date.setUTCDate(date.getUTCDate() + 1);
    if (isWorking(date)) left--;
  }
  return date.toISOString().slice(0, 10);
}

/** The day itself, or the Monday after it. */
export function workingDay(day: string): string {
  const date = dateOf(day);
  while (!isWorking(date)) date.setUTCDate(date.getUTCDate() + 1);
  return date.toISOString().slice(0, 10);
}

function isWorking(date: Date): boolean {
  return date.getUTCDay() !== 0 && date.getUTCDay() !== 6;
}

function dateOf(day: string): Date {
  const date = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) throw new RangeError(`${JSON.stringify(day)} is no day.`);
  return date;
}
