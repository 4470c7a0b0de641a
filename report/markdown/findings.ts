/** The findings of the Markdown report: by severity, each rule once with its places, its code and what a fix makes of it. */
import type { CloseUp, FixPreview } from '../../engine/audit/close-up';
import type { Finding } from '../../engine/audit/outcome';
import { whatIfText } from '../arithmetic';
import type { ReportCard, Result } from '../card';
import { commandsOf } from '../commands';
import { mark } from '../comparison/words';
import { NEAR } from '../content';
import { codeBlock, codeSpan, markdownProse, markdownText, pathLink, webLink } from '../escape';
import { blockReason, fixOffers, headline, openBySeverity } from '../listing';
import type { Numbered } from '../listing';
import { effort } from '../plan';
import { isBlocking } from '../scoring/weighed';
import { CATEGORY_TITLES, CONFIDENCE_WORDS, SAFETY_WORDS, SEVERITY_WORDS, count, gradingText, hours, present } from '../words';
import { anchor, paragraphs, placeLink } from './parts';

/** So many files, and lines of one, are named where places are not shown. */
const FILES = 12;
const LINES = 12;

/** A heading for every severity, also where there is nothing, and under it the open rules. */
export function findingSections(card: ReportCard): string {
  const seen = new Set<string>();
  return openBySeverity(card).map(({ severity, rules }) => {
    const held = card.results.filter((result) => result.state === 'holds' && result.card.severity === severity).length;
    const none = `None. ${count(held, 'rule')} of this severity ${held === 1 ? 'was' : 'were'} checked and ${held === 1 ? 'holds' : 'hold'}.`;
    const brief = severity === 'low' || severity === 'info';
    return paragraphs(`### ${SEVERITY_WORDS[severity]}`, ...(rules.length === 0 ? [none] : brief ? [rules.map((one) => short(one, card)).join('\n')] : rules.map((one) => finding(one, card, seen))));
  }).join('\n\n');
}

/** What costs little is three lines: what and where, why, what to do. */
function short({ number, result }: Numbered, card: ReportCard): string {
  const spent = hours(effort(result.effort, result.findings.length));
  const confidences = [...new Set(result.findings.map((one) => CONFIDENCE_WORDS[one.confidence].toLowerCase()))].join(' or ');
  return `- ${anchor(card, number)}**${number}. ${markdownProse(headline(result))}** (${codeSpan(result.rule)}, ${CATEGORY_TITLES[result.category]}, ${confidences}, ${spent}) ${[...present(...result.findings.map((one) => mark(card, one))).slice(0, 1), where(result.findings)].join(' · ')}\\\n  ${markdownProse(firstSentence(result.card.why))}\\\n  **To do:** ${markdownProse(result.card.how)}`;
}

function finding(one: Numbered, card: ReportCard, seen: Set<string>): string {
  const { number, result } = one;
  const fix = result.findings.map((each) => card.content.closeUps[each.fingerprint]?.fix).find((each) => each !== undefined);
  const links = result.card.links.map(webLink).filter((link) => link !== undefined);
  const fields = present(
    `**Why it matters:** ${markdownProse(result.card.why)}`, `**How to fix:** ${markdownProse(result.card.how)}`, ...(fix ? [] : offers(result)),
    `**Effort:** ${hours(effort(result.effort, result.findings.length))}. **Once done:** ${whatIfText(result, card)}.`, links.length > 0 && `**More:** ${links.map((link) => `<${link}>`).join(', ')}`,
  );
  const commands = commandsOf(result);
  return paragraphs(
    `#### ${anchor(card, number)}${number}. ${markdownProse(headline(result))}`, about(one), places(result.findings, card, seen), fields.map((field) => `- ${field}`).join('\n'), fix && preview(fix, result),
    commands.length > 0 && `Commands:\n\n${codeBlock(commands.join('\n'), '', 'sh').trimEnd()}`,
  );
}

/** The fixed fields on one line: area, severity, confidence, whether it blocks and why, rule. */
function about({ result, blocks }: Numbered): string {
  const confidences = [...new Set(result.findings.map((one) => CONFIDENCE_WORDS[one.confidence].toLowerCase()))].join(' or ');
  return [CATEGORY_TITLES[result.category], SEVERITY_WORDS[result.severity], confidences, blocks ? `**Blocks shipping:** yes, ${markdownText(blockReason(result))}` : '**Blocks shipping:** no', codeSpan(result.rule)].join(' · ');
}

/** The first sentence of a few. */
export function firstSentence(text: string): string {
  return /^[\s\S]*?[.!?](?=\s|$)/.exec(text)?.[0] ?? text;
}

function offers(result: Result): readonly string[] {
  return fixOffers(result.findings).map((fix) => `**Quick fix:** ${markdownText(fix.title)} (${SAFETY_WORDS[fix.safety]})${fix.remains === undefined ? '' : `. Left to do: ${markdownText(fix.remains)}`}`);
}

/** The first places with their code, the others by file. Code that was shown already is not shown again: many controls lack at the same line. */
function places(findings: readonly Finding[], card: ReportCard, seen: Set<string>): string {
  const several = new Set(findings.map((one) => one.message)).size > 1;
  const graded = new Set(findings.map((one) => gradingText(one, isBlocking(one)))).size > 1;
  // One more place costs as much as the line that says there is one more.
  const shown = findings.length <= NEAR + 1 ? findings : findings.slice(0, NEAR);
  const listed = shown.map((one) => {
    const said = present(placeLink(one), mark(card, one), graded && gradingText(one, isBlocking(one)), several && markdownProse(one.message), one.because !== undefined && `because ${markdownText(one.because)}`);
    const related = one.related.filter((other) => other.path !== one.path || other.range.start.line !== one.range.start.line).slice(0, 5).map((other) => `  - ${placeLink(other)}: ${markdownProse(other.text)}\n`).join('');
    const place = `${one.path}:${one.range.start.line}`;
    const code = seen.has(place) ? '' : codeOf(one, card.content.closeUps[one.fingerprint]);
    seen.add(place);
    return `- ${said.join(' · ')}\n${related}${code}`;
  });
  const rest = findings.slice(shown.length);
  return `${listed.join('')}${rest.length > 0 ? `- and ${count(rest.length, 'more place')}: ${where(rest)}` : ''}`.trimEnd();
}

function codeOf(one: Finding, near: CloseUp | undefined): string {
  if (!near) return one.snippet === '' ? '' : `\n${codeBlock(one.snippet, '  ')}`;
  const width = String(near.line + near.code.length).length;
  const lines = near.code.map((line, index) => `${index >= near.own[0] && index <= near.own[1] ? '>' : ' '} ${String(near.line + index + 1).padStart(width)}  ${line}`.trimEnd());
  return `\n${codeBlock(lines.join('\n'), '  ')}`;
}

/** `app/api.py` (12, 40), `app/admin.py` (3) and 2 more files. */
function where(findings: readonly Finding[]): string {
  const files = new Map<string, number[]>();
  for (const { path, range } of findings) files.set(path, [...(files.get(path) ?? []), range.start.line + 1]);
  const named = [...files].slice(0, FILES).map(([path, lines]) => {
    const links = [...new Set(lines)].slice(0, LINES).map((line) => `[${line}](${pathLink(path)}#L${line})`);
    return `${codeSpan(path)} (${[...links, ...(lines.length > LINES ? ['…'] : [])].join(', ')})`;
  });
  return [...named, ...(files.size > FILES ? [`${files.size - FILES} more files`] : [])].join(', ');
}

/** Before and after on the real lines, as a diff. */
function preview({ title, changes, remains }: FixPreview, result: Result): string {
  const blocks = changes.slice(0, 4).map((change) => {
    const head = `${change.created ? 'New file ' : ''}${codeSpan(`${change.path}${change.created ? '' : `:${change.line + 1}`}`)}:`;
    return `${head}\n\n${codeBlock([...change.before.map((line) => `- ${line}`), ...change.after.map((line) => `+ ${line}`)].join('\n'), '', 'diff').trimEnd()}`;
  });
  const safety = fixOffers(result.findings)[0]?.safety;
  const others = result.findings.length > 1 ? ' It is shown for the first place; the others are mended alike.' : '';
  return paragraphs(
    `Fix here: ${markdownText(title)}${safety === undefined ? '' : ` (${SAFETY_WORDS[safety]})`}.${others}`, ...blocks, changes.length > 4 && `… and ${count(changes.length - 4, 'more change')}.`,
    remains !== undefined && `Left to do: ${markdownText(remains)}`,
  );
}
