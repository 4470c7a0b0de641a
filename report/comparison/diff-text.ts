/** A difference of two reports for a terminal and as Markdown. */
import { cell, codeSpan, line, markdownProse, markdownText } from '../escape';
import { gradeText, list, number } from '../words';
import type { Grade } from '../card';
import type { Part } from './attribution';
import { CHANGES, type Difference, type Fate, type ReportDiff, type Side } from './diff';
import type { Change } from './pairs';

const CHANGE_WORDS: Readonly<Record<Change, string>> = {
  new: 'New', fixed: 'Fixed', unchanged: 'Unchanged', moved: 'Moved', 'severity-up': 'More severe', 'severity-down': 'Less severe',
  suppressed: 'Silenced', unsuppressed: 'No longer silenced', expired: 'Acceptance ended', 'now-not-applicable': 'No longer applicable',
};

const PART_WORDS: Readonly<Record<Part['name'], string>> = {
  formula: 'formula changed', rules: 'rules changed', profile: 'profile and coverage changed', silenced: 'silenced or no longer', fixed: 'findings fixed', added: 'findings added',
};

/** Changes that are counted and not listed. */
const SILENT: ReadonlySet<Change> = new Set(['unchanged', 'moved']);
/** Rules named beside a part. */
const NAMED = 4;

/** For a terminal, ending with a line break; `all` lists what only moved and what did not change as well. */
export function diffText(diff: ReportDiff, all: boolean): string {
  const blocks = [...diff.applications.map((one) => applicationText(one, all)), onlyIn(diff).map(line)].filter((one) => one.length > 0);
  return blocks.map((lines) => lines.map((one) => `${one}\n`).join('')).join('\n');
}

function applicationText(one: Difference, all: boolean): readonly string[] {
  const rows = partRows(one);
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return [
    `${line(one.name)}: ${headline(one)}`, ...rows.map(([name, delta, about]) => `  ${name.padEnd(width)}  ${delta.padStart(6)}  ${line(about)}`.trimEnd()), ...remarks(one).map((text) => `  ${text}`),
    counts(one), ...shown(one, all).map((fate) => `  ${CHANGE_WORDS[fate.change]}: ${line(fateText(fate))}`),
  ];
}

/** As Markdown, ending with a line break. */
export function diffMarkdown(diff: ReportDiff, all: boolean): string {
  const blocks = [...diff.applications.flatMap((one) => applicationMarkdown(one, all)), ...onlyIn(diff).map(markdownText)];
  return `${blocks.join('\n\n')}\n`;
}

function applicationMarkdown(one: Difference, all: boolean): readonly string[] {
  const rows = partRows(one).map(([name, delta, about]) => `| ${[name, delta, about === '' ? '' : markdownText(about)].map(cell).join(' | ')} |`);
  const fates = shown(one, all).map((fate) => `- **${CHANGE_WORDS[fate.change]}:** ${codeSpan(fate.rule)} (${fate.severity}) ${codeSpan(`${fate.path}:${fate.line}`)} ${markdownProse(fate.message)}${markdownText(wasText(fate))}`);
  return [
    `### ${markdownText(one.name)}: ${headline(one)}`, ...(rows.length > 0 ? [['| What changed | Points | |', '| --- | ---: | --- |', ...rows].join('\n')] : []),
    ...remarks(one), counts(one), ...(fates.length > 0 ? [fates.join('\n')] : []),
  ];
}

/** `87.9 → 84.2 (−3.7), READY → MOSTLY READY` */
function headline({ before, after, delta }: Difference): string {
  const verdict = before.verdict === after.verdict ? after.verdict : `${before.verdict} → ${after.verdict}`;
  return `${sideText(before)} → ${sideText(after)}${delta === undefined ? '' : ` (${signed(delta)})`}, ${verdict}`;
}

function sideText({ grade, score }: Side): string {
  return score === null ? 'not scored' : `${gradeText(grade as Grade)} ${number(score)}`;
}

/** The parts that changed something; each with its points and its rules. */
function partRows({ parts = [] }: Difference): readonly (readonly [string, string, string])[] {
  return parts.filter((part) => part.points !== 0 || part.rules.length > 0).map((part) => [PART_WORDS[part.name], signed(part.points), list(part.rules, NAMED)]);
}

function remarks({ before, after, parts, delta }: Difference): readonly string[] {
  return [
    ...(before.ruleset === after.ruleset && before.scoring === after.scoring ? [] : [`Rule set ${before.ruleset} → ${after.ruleset}, scoring ${before.scoring} → ${after.scoring}: the parts are scored like for like, by today's formula.`].map(line)),
    ...(delta !== undefined && !parts ? ['What the change is made of cannot be told: a step between the two has no score.'] : []),
  ];
}

function counts({ counts: by }: Difference): string {
  const some = CHANGES.filter((change) => by[change] > 0).map((change) => `${by[change]} ${CHANGE_WORDS[change].toLowerCase()}`);
  return some.length > 0 ? `Findings: ${some.join(', ')}` : 'There is no open finding in either report.';
}

function shown({ findings }: Difference, all: boolean): readonly Fate[] {
  return findings.filter((fate) => all || !SILENT.has(fate.change));
}

function fateText(fate: Fate): string {
  return `${fate.path}:${fate.line} ${fate.severity} ${fate.message} [${fate.rule}]${wasText(fate)}`;
}

function wasText({ was, severity }: Fate): string {
  if (!was) return '';
  return was.severity === severity ? ` (was at ${was.path}:${was.line})` : ` (was ${was.severity})`;
}

function onlyIn({ gone, added }: ReportDiff): readonly string[] {
  const named = (roots: readonly string[]) => list(roots.map((root) => root || 'the root'));
  return [
    ...(gone.length > 0 ? [`Only the earlier report has an application in ${named(gone)}.`] : []),
    ...(added.length > 0 ? [`Only the later report has an application in ${named(added)}.`] : []),
  ];
}

/** `+1.6`, `−3.7`, `0.0` */
export function signed(value: number): string {
  return value === 0 ? '0.0' : `${value > 0 ? '+' : '−'}${Math.abs(value).toFixed(1)}`;
}
