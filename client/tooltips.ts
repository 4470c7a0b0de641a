// Tooltips as Markdown. They hold the lines that add up to a number.
import type { Cap, CategoryCard, LedgerLine, ReportCard, Result } from '../report/card';
import { codeBlock, codeSpan, markdownProse as text } from '../report/escape';
import { count, EFFORT_WORDS, LANE_WORDS, number as points, percent, severities, STATE_WORDS } from '../report/words';
import type { Finding, Silenced } from './cards';
import { gradeWords, headline } from './words';

const paragraphs = (...parts: readonly (string | undefined)[]): string => parts.filter(Boolean).join('\n\n');
const bullets = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n');

/** Of a whole card: the verdict's reasons, and what would make it READY. */
export function cardTooltip(card: ReportCard): string {
  const { verdict, score, counts } = card;
  const findings = severities(counts.findings);
  return paragraphs(
    `**${text(card.project.name)}: ${text(headline(card))}**`,
    bullets(verdict.reasons.map((reason) => text(reason.text))),
    verdict.toReady.length > 0 ? `To become READY: ${verdict.toReady.map(codeSpan).join(' · ')}` : undefined,
    `${count(counts.blockers, 'blocker')} · open: ${findings || 'nothing'} · accepted: ${counts.accepted} · attested: ${counts.attested} · not checked: ${counts.notChecked}`,
    `Coverage ${percent(score.coverage)} · confidence ${score.confidence} · rules ${text(card.ruleset)}`,
    bullets(score.caps.filter(({ reached }) => reached).map(capLine)),
  );
}

/** Of a category: its ledger, down to the score. */
export function categoryTooltip(category: CategoryCard): string {
  const { title, status, grade, score, raw, ledger, compressed, effectiveWeight, holds, applicable } = category;
  if (status === 'not-applicable') return paragraphs(`**${text(title)}: not applicable**`, 'No rule of this category applies here. It counts neither way.');
  return paragraphs(
    `**${text(title)}: ${text(gradeWords(grade, score))}** · weight ${points(effectiveWeight)} % · ${holds} of ${applicable} hold`,
    bullets(ledger.map(ledgerLine)),
    ledger.length === 0 ? 'Nothing is deducted.' : compressed ? compression(raw) : `100 − ${points(raw)} = ${points(100 - raw)}`,
    bullets(category.caps.map(capLine)),
    status === 'not-assessed' ? 'Less than half of what applies could be checked, so there is no grade.' : undefined,
    `Coverage ${percent(category.coverage)}`,
  );
}

/** Beyond 60 points the scale bends, so that the hundredth finding still counts and the score never falls below 0. */
function compression(raw: number): string {
  return `−${points(raw)} in all, compressed beyond 60: 1600 ÷ (${points(raw)} − 20) = ${points(Math.floor(16_000 / (raw - 20)) / 10)}`;
}

function ledgerLine(line: LedgerLine): string {
  const remarks = [
    line.severity,
    line.occurrences > 1 ? count(line.occurrences, 'place') : undefined,
    line.accepted > 0 ? `${line.accepted} accepted` : undefined,
    line.factor !== 1 ? `${line.confidence}, counts × ${line.factor}` : undefined,
    line.blocks ? 'blocks' : undefined,
    line.bounded !== undefined ? `−${points(line.bounded)} alone, bounded by its ladder` : undefined,
  ].filter((remark) => remark !== undefined);
  return `−${points(line.cost)} ${codeSpan(line.rule)} (${text(remarks.join(', '))})`;
}

function capLine({ atMost, because, reached }: Cap): string {
  return `At most ${points(atMost)} because ${text(because)}${reached ? '' : ' (not reached)'}`;
}

/** Of a rule: why it matters, what it costs, how to set it right. */
export function ruleTooltip(result: Result): string {
  const cost = result.state === 'open'
    ? `Costs ${points(result.cost)} points of its category · effort ${EFFORT_WORDS[result.effort]}`
    : undefined;
  const score = result.whatIf?.score ?? undefined;
  const whatIf = result.whatIf && score !== undefined ? `If it held, the score would be ${points(score)}: ${text(result.whatIf.verdict)}` : undefined;
  return paragraphs(
    `**${text(result.title)}**`,
    `${STATE_WORDS[result.state]} · ${result.severity} · ${codeSpan(result.rule)}`,
    result.reason && text(result.reason),
    text(result.card.why),
    result.state === 'open' ? text(result.card.how) : undefined,
    cost,
    whatIf,
  );
}

/** Of an open place: what is wrong, with its code. */
export function findingTooltip(finding: Finding): string {
  return paragraphs(
    text(finding.message),
    finding.snippet && codeBlock(finding.snippet),
    `${finding.severity}${finding.because ? `, because ${text(finding.because)}` : ''} · ${finding.confidence}${finding.blocks ? ' · blocks' : ''}`,
    bullets(finding.fixes.map(({ title }) => `Fix: ${text(title)}`)),
    where(finding),
  );
}

/** Of a place that is silenced: by whom, why, until when. */
export function silencedTooltip({ finding, lane, reason, until, by, tool, where: marker }: Silenced): string {
  const terms = [by && `by ${by}`, until && `until ${until}`, tool !== 'shipworthy' && `by a comment for ${tool}`].filter(Boolean).join(' ');
  return paragraphs(
    text(finding.message),
    text([LANE_WORDS[lane], terms].filter(Boolean).join(' ') + `: ${reason || 'no reason is given'}`),
    where(marker),
  );
}

function where({ path, range }: Pick<Finding, 'path' | 'range'>): string {
  return `${codeSpan(path)} line ${range.start.line + 1}`;
}
