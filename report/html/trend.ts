/** How the score went, as a line and as a table; and what is new against what the card was compared with. */
import type { Grade, ReportCard } from '../card';
import { amounts, definition } from '../comparison/words';
import { htmlText } from '../escape';
import { compares, runsOf, trendText } from '../history/trend';
import { first } from '../listing';
import { titleOf } from '../short-names';
import { gradeText, number, severities } from '../words';
import { bullets, part, ruleName, table } from './parts';
import type { Mode } from './parts';
import { line } from './shapes';

/** So many of what is gone are named. */
const GONE = 15;

export function trend(card: ReportCard): string {
  const history = card.history ?? [];
  const said = trendText(card);
  const now = said === undefined ? '' : `<p>${htmlText(said)}.</p>`;
  if (history.length === 0) return part('trend', 'Trend', `${now}<p>There is no history of this application yet. <code>shipworthy history --add</code> leaves a point of it in the repository, best after every merge.</p>`);
  const runs = runsOf(history);
  const label = `Overall score of ${history.length} runs, from ${history[0]?.asOf ?? ''} to ${history.at(-1)?.asOf ?? ''}.`;
  const about = runs.length > 1 ? ' Where the line breaks, the rules or the formula changed, and scores before and after do not compare.' : '';
  const rows = [...history].reverse().map((point, index, all) => {
    const older = all[index + 1];
    const change = older && older.score !== null && point.score !== null && compares(older, point) ? Math.round(point.score * 10) - Math.round(older.score * 10) : 0;
    return [point.asOf, htmlText((point.commit ?? '–').slice(0, 10)), gradeText(point.grade as Grade), number(point.score), change === 0 ? '' : `${change > 0 ? '+' : '−'}${number(Math.abs(change) / 10)}`, point.verdict, severities(point.findings) || '–'];
  });
  return part('trend', 'Trend', `${now}<figure>${line(label, runs.map((run) => run.map((point) => point.score)))}<figcaption>${label}${about} The table holds the same numbers.</figcaption></figure>
${table('Earlier runs, the newest first', ['Day', 'Commit', 'Grade', 'Score', 'Change', 'Verdict', 'Open findings'], rows)}`);
}

/** Empty where nothing was compared. */
export function changes(card: ReportCard, mode: Mode): string {
  const { comparison } = card;
  if (!comparison) return '';
  const { shown, more } = first(comparison.fixed, GONE);
  const gone = [...shown.map((one) => `${htmlText(titleOf(card, one.rule))} ${ruleName(one.rule, mode)} in <code>${htmlText(one.path)}</code>`), ...(more > 0 ? [`and ${more} more`] : [])];
  return part('changes', 'New and gone', `<p>${htmlText(definition(comparison.base))} ${htmlText(amounts(comparison))}.</p>${gone.length > 0 ? `<h3>Gone</h3>${bullets(gone)}` : ''}`);
}
