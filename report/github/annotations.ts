/** Workflow commands that mark lines of a pull request: https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
import type { Finding } from '../../engine/audit/outcome';
import type { ReportCard } from '../card';
import { isNew, openFindings } from '../comparison/compare';
import { line } from '../escape';
import { byWeight } from '../scoring/order';
import { isBlocking } from '../scoring/weighed';
import { count } from '../words';

/** GitHub shows so many of one kind for each step, and drops the rest without a word. */
const MOST = 10;

/** An error for each finding that blocks, the worst first; only for what is new where the cards were compared. Empty when there is none. */
export function githubAnnotations(cards: readonly ReportCard[]): string {
  const counted = cards.map((card) => ({ ...card, results: card.results.map((result) => ({ ...result, findings: result.findings.filter((one) => counts(card, one)) })) }));
  const blocking = openFindings(counted).toSorted(byWeight);
  const more = blocking.length - MOST;
  return [
    ...blocking.slice(0, MOST).map(annotation),
    ...(more > 0 ? [`::notice title=Shipworthy::${value(`${count(more, 'more finding')} must be gone before this ships. The summary of this job has them all.`)}`] : []),
  ].map((one) => `${one}\n`).join('');
}

function counts(card: ReportCard, finding: Finding): boolean {
  return isBlocking(finding) && (card.comparison === undefined || isNew(card, finding));
}

function annotation({ path, range: { start, end }, rule, message }: Finding): string {
  // Columns are for one line: GitHub ignores them where a range goes on over several.
  const columns = start.line === end.line && end.character > start.character ? [`col=${start.character + 1}`, `endColumn=${end.character + 1}`] : [];
  const properties = [`file=${property(path)}`, `line=${start.line + 1}`, `endLine=${end.line + 1}`, ...columns, `title=${property(`Shipworthy: ${rule}`)}`];
  return `::error ${properties.join(',')}::${value(message)}`;
}

/** A command ends with its line, and `%` begins what GitHub decodes. */
function value(text: string): string {
  return line(text).replaceAll('%', '%25');
}

function property(text: string): string {
  return value(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
