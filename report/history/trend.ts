/** What became of a score: points that compare, and those that do not. */
import type { ReportCard } from '../card';
import { points as shown } from '../scoring/tenths';
import { number } from '../words';
import type { HistoryPoint } from './points';

/** The score before this one. */
export interface Trend {
  readonly previous: number;
  /** Points; only to be shown when both compare. */
  readonly delta: number;
  /** Both were scored by the same formula and the same rules. */
  readonly comparable: boolean;
  /** Day and commit of the previous one. */
  readonly asOf?: string;
  readonly commit?: string;
}

/** So many points go with a card. */
const MOST = 100;

/**
 * A card with the history of its application and the score before it: that of the commit it was compared with, else the last
 * point of another run.
 */
export function withTrend(card: ReportCard, all: readonly HistoryPoint[]): ReportCard {
  const history = ofApplication(all, card.project.root).slice(-MOST);
  const trend = trendOf(card, history);
  return { ...card, ...(trend && { trend }), ...(history.length > 0 && { history }) };
}

/** The points of one application, the oldest first. */
export function ofApplication(all: readonly HistoryPoint[], root: string): readonly HistoryPoint[] {
  return all.filter((point) => point.app === root).toSorted((a, b) => (a.asOf < b.asOf ? -1 : a.asOf > b.asOf ? 1 : 0));
}

function trendOf(card: ReportCard, history: readonly HistoryPoint[]): Trend | undefined {
  const now = card.score.value;
  if (now === null) return undefined;
  const stood = card.comparison?.stood?.score;
  const base = card.comparison?.base;
  if (stood !== undefined && stood !== null && base?.kind === 'commit') return { previous: stood, delta: difference(now, stood), comparable: true, commit: base.commit };
  const last = history.findLast((point) => point.score !== null && point.asOf <= card.asOf && (point.asOf !== card.asOf || point.commit !== card.project.commit));
  if (!last || last.score === null) return undefined;
  return { previous: last.score, delta: difference(now, last.score), comparable: compares(last, card), asOf: last.asOf, ...(last.commit !== undefined && { commit: last.commit }) };
}

function difference(now: number, before: number): number {
  return shown(Math.round(now * 10) - Math.round(before * 10));
}

/** Whether two scores come from the same formula and the same rules. */
export function compares(a: Pick<HistoryPoint, 'scoring' | 'ruleset'>, b: Pick<HistoryPoint, 'scoring' | 'ruleset'>): boolean {
  return a.scoring === b.scoring && a.ruleset === b.ruleset;
}

/** Points in runs that compare with each other: lines join the points of a run, and between two runs a version changed. */
export function runsOf(points: readonly HistoryPoint[]): readonly (readonly HistoryPoint[])[] {
  const runs: HistoryPoint[][] = [];
  for (const point of points) {
    const run = runs.at(-1);
    if (run?.[0] && compares(run[0], point)) run.push(point);
    else runs.push([point]);
  }
  return runs;
}

/** `+1.2 since 2026-11-01`, or that the two do not compare; undefined where there is nothing before. */
export function trendText({ trend }: ReportCard): string | undefined {
  if (!trend) return undefined;
  const since = trend.asOf ?? `commit ${(trend.commit ?? '').slice(0, 10)}`;
  if (!trend.comparable) return `${number(trend.previous)} on ${since} by other rules`;
  return trend.delta === 0 ? `unchanged since ${since}` : `${trend.delta > 0 ? '+' : '−'}${number(Math.abs(trend.delta))} since ${since}`;
}
