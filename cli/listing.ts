/** A part of a report for the terminal: one line for each finding, as compilers and linters print them. */
import pc from 'picocolors';
import type { ReportCard, Result } from '../report/card';
import { mark } from '../report/comparison/words';
import { line } from '../report/escape';
import { byFile } from '../report/listing';
import { count, placeText, present, scoreText, STATE_WORDS } from '../report/words';
import { paint } from './explain';
import type { Wanted } from './narrow';
import type { Look } from './terminal';

/** The findings in `cards`, which hold only what is wanted, then what the other wanted rules say, then the whole projects in short. Ends with a line break. */
export function listing(cards: readonly ReportCard[], wanted: Wanted, look: Look): string {
  return [
    ...cards.flatMap((card) => findingLines(card, look)),
    ...(wanted.rules ? cards.flatMap((card) => card.results.filter((result) => result.findings.length === 0).map((result) => otherLine(result, look))) : []),
    ...cards.map((card) => closing(card, wanted)),
  ].map((one) => `${one}\n`).join('');
}

function findingLines(card: ReportCard, look: Look): readonly string[] {
  const { dim } = pc.createColors(look.colour);
  return byFile(card).flatMap((file) => file.findings).map((finding) =>
    `${line(placeText(finding))} ${paint(finding.severity, look.colour)(finding.severity)} ${line(finding.message)} ${dim([`[${finding.rule}]`, ...present(mark(card, finding))].join(' '))}`);
}

/** A rule without findings to list: it holds, does not apply, or could not be checked. */
function otherLine(result: Result, look: Look): string {
  const { dim } = pc.createColors(look.colour);
  const why = result.reason ?? (result.state === 'holds' && result.judged > 0 ? `${count(result.judged, 'place')} judged.` : '');
  return `${STATE_WORDS[result.state]}: ${line(result.title)}${why ? `. ${line(why)}` : ''} ${dim(`[${result.rule}]`)}`;
}

function closing(card: ReportCard, wanted: Wanted): string {
  const found = Object.values(card.counts.findings).reduce((sum, some) => sum + some, 0);
  const name = line(card.project.name);
  return `${count(found, 'finding')} in ${line(wanted.file ?? name)}; ${name} as a whole is ${card.verdict.value}, ${scoreText(card)}.`;
}
