/** A history for the terminal: a line of bars, and a row for each run. */
import { line } from '../escape';
import { pad } from '../terminal';
import { gradeText, number, severities } from '../words';
import type { Grade } from '../card';
import type { HistoryPoint } from './points';
import { runsOf } from './trend';

const BARS = '▁▂▃▄▅▆▇█';
const SHORT = 10;

/** One application's history as text, ending with a line break. Runs that do not compare are kept apart. */
export function historyText(name: string, points: readonly HistoryPoint[], unicode: boolean): string {
  const runs = runsOf(points);
  const bars = unicode ? [`  ${runs.map(spark).join(' | ')}`] : [];
  const rows = runs.flatMap((run, index) => [...(index === 0 ? [] : [`  -- ${versions(run)}: earlier scores do not compare --`]), ...run.map((point, at) => row(point, run[at - 1], unicode))]);
  return [`${line(name)} (${points.length === 1 ? '1 run' : `${points.length} runs`})`, ...bars, ...rows].map((one) => `${one}\n`).join('');
}

/** A bar for each run, from 0 to 100; a dot where there was no score. */
function spark(run: readonly HistoryPoint[]): string {
  return run.map(({ score }) => (score === null ? '·' : BARS.charAt(Math.min(BARS.length - 1, Math.floor((score / 100) * BARS.length))))).join('');
}

function row(point: HistoryPoint, before: HistoryPoint | undefined, unicode: boolean): string {
  const delta = before && before.score !== null && point.score !== null ? Math.round(point.score * 10) - Math.round(before.score * 10) : 0;
  const minus = unicode ? '−' : '-';
  const change = delta === 0 ? '' : `${delta > 0 ? '+' : minus}${(Math.abs(delta) / 10).toFixed(1)}`;
  const score = point.score === null ? 'not scored' : `${pad(gradeText(point.grade as Grade), 2)} ${number(point.score)}`;
  const commit = `${(point.commit ?? '').slice(0, SHORT)}${point.dirty === true ? '+' : ''}`;
  return `  ${[point.asOf, pad(line(commit), SHORT + 1), pad(unicode ? score : score.replace('−', '-'), 10), pad(change, 6, 'end'), pad(point.verdict, 12), severities(point.findings)].join('  ')}`.trimEnd();
}

function versions([first]: readonly HistoryPoint[]): string {
  return first ? line(`scoring ${first.scoring}, rules ${first.ruleset}`) : '';
}
