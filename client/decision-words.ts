// The words of decisions, and what is wrong with an answer. Nothing here knows an editor.

/** A check that something was typed; `why` is what is said when nothing was. */
export function missing(why: string): (text: string) => string | undefined {
  return (text) => text.trim() === '' ? why : undefined;
}

/**
 * What is wrong with the last day of an acceptance; undefined when nothing is. ISO days sort as text.
 * @param today ISO day, which may be the last
 * @param latest ISO day
 */
export function endProblem(text: string, today: string, latest: string): string | undefined {
  const day = text.trim();
  if (!isDay(day)) return `Write a day as YYYY-MM-DD, such as ${latest}.`;
  if (day < today) return `${day} is over.`;
  return day > latest ? `For this severity a risk can be accepted until ${latest} at the latest.` : undefined;
}

/** The day that is offered: as far away as allowed, but no further than 90 days, which is a quarter. */
export function firstEnd(today: string, latest: string): string {
  const quarter = new Date(Date.parse(`${today}T00:00:00Z`) + 90 * 86_400_000).toISOString().slice(0, 10);
  return quarter < latest ? quarter : latest;
}

/** An ISO day that there is: 2026-02-30 is none. */
function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === text;
}
