/** The card for a terminal: findings by file as linters print them, then the card, then one line that sums up. */
import colours from 'picocolors';
import { CATEGORIES } from '../rules/kit';
import type { Severity } from '../rules/kit';
import type { Finding } from '../engine/audit/outcome';
import { categoryText, filesText, lineText, overallText } from './arithmetic';
import type { CategoryCard, LedgerLine, ReportCard, Result, Verdict } from './card';
import { amounts, definition, mark } from './comparison/words';
import { line } from './escape';
import { trendText } from './history/trend';
import { byFile, conditionText, evidenceByText, first, inState, silenced, strengths } from './listing';
import { total } from './plan';
import { isBlocking } from './scoring/weighed';
import { columns, pad, wrap } from './terminal';
import {
  CATEGORY_TITLES, LANE_WORDS, NOTICE_WORDS, STATE_WORDS,
  checksText, count, customisedText, gradeText, gradeWord, hours, number, percent, placeText, present, scoreText, severities, shortFingerprint,
} from './words';

export interface TextOptions {
  /** Columns of the terminal; less than 40 is taken as 40. */
  readonly width: number;
  readonly colour: boolean;
  /** False keeps our own marks within ASCII. */
  readonly unicode: boolean;
  /** Also lists what holds, what does not apply and what was not checked, with their reasons. */
  readonly verbose?: boolean;
  /** Lists every finding of a rule; otherwise the first of those that have many. `verbose` does as well. */
  readonly all?: boolean;
}

type Paint = ReturnType<typeof colours.createColors>;
interface Page { readonly paint: Paint; readonly width: number; readonly verbose: boolean }
type File = ReturnType<typeof byFile>[number];

const WIDEST = 120;
const PLACES = 5;
/** So many findings of one rule are listed, and a few more where those are all. */
const OF_A_RULE = 10;
const A_FEW = 2;

/** The card as text, ending with a line break. Control characters of the repository's text are shown, not sent. */
export function text(card: ReportCard, options: TextOptions): string {
  const page: Page = { paint: colours.createColors(options.colour), width: Math.min(WIDEST, Math.max(40, options.width)), verbose: options.verbose ?? false };
  const { files, more } = options.all || page.verbose ? { files: byFile(card), more: new Map<string, number>() } : firstOfRules(card);
  const sections = [
    ...files.map((file) => fileLines(file, card, page)), moreLines(more, page), ...(page.verbose ? outcomeLists(card, page) : []), silencedLines(card, page), comparisonLines(card, page), noticeLines(card, page),
    verdictLines(card, page), categoryLines(card, page), summaryLines(card, page),
  ];
  const whole = sections.filter((section) => section.length > 0).map((section) => section.map((one) => `${one.trimEnd()}\n`).join('')).join('\n');
  return options.unicode ? whole : ascii(whole);
}

/** Our marks without Unicode; letters of the repository stay what they are. */
function ascii(all: string): string {
  const plain: Readonly<Record<string, string>> = { '−': '-', '–': '-', '×': 'x', '÷': '/', '…': '...', '·': '|', '─': '-', '→': '->' };
  return all.replace(/[−–×÷…·─→]/g, (mark) => plain[mark] ?? mark);
}

function bySeverity(severity: Severity, paint: Paint): (text: string) => string {
  if (severity === 'critical') return (word) => paint.bold(paint.red(word));
  return { high: paint.red, medium: paint.yellow, low: paint.blue, info: paint.dim }[severity];
}

function byVerdict(verdict: Verdict, paint: Paint): (text: string) => string {
  return { READY: paint.green, 'MOSTLY READY': paint.yellow, 'NOT READY': paint.red, INCONCLUSIVE: paint.magenta }[verdict];
}

/** Findings by file without those past the first of their rule, and how many those are, by rule. What is new against a base is always among them. */
function firstOfRules(card: ReportCard): { readonly files: readonly File[]; readonly more: ReadonlyMap<string, number> } {
  const seen = new Map<string, number>();
  const few = new Set(card.results.filter(({ findings }) => findings.length <= OF_A_RULE + A_FEW).map(({ rule }) => rule));
  const fresh = new Set(card.comparison?.new);
  const kept = byFile(card).map(({ path, findings }) => ({ path, findings: findings.filter(({ rule, fingerprint }) => {
    const before = seen.get(rule) ?? 0;
    const shown = before < OF_A_RULE || few.has(rule) || fresh.has(fingerprint);
    if (shown) seen.set(rule, before + 1);
    return shown;
  }) }));
  const of = (result: Result) => result.findings.length - (seen.get(result.rule) ?? 0);
  return { files: kept.filter(({ findings }) => findings.length > 0), more: new Map(card.results.flatMap((result) => (of(result) > 0 ? [[result.rule, of(result)] as const] : []))) };
}

function moreLines(more: ReadonlyMap<string, number>, page: Page): readonly string[] {
  if (more.size === 0) return [];
  return [heading('Not listed', page), ...[...more].flatMap(([rule, many]) => item(`and ${many} more: shipworthy check --rule ${rule}`, page)), ...item('all of them: shipworthy check --all', page)];
}

function fileLines({ path, findings }: File, card: ReportCard, page: Page): readonly string[] {
  const places = findings.map(({ range }) => `${range.start.line + 1}:${range.start.character + 1}`);
  const widest = Math.max(...places.map(columns));
  return [page.paint.underline(line(path)), ...findings.flatMap((finding, index) => findingLines(finding, pad(places[index] ?? '', widest, 'end'), card, page))];
}

function findingLines(finding: Finding, place: string, card: ReportCard, { paint, width, verbose }: Page): readonly string[] {
  const word = pad(finding.severity, 8);
  const indent = 2 + columns(place) + 2 + 8 + 2;
  const marks = present(mark(card, finding), isBlocking(finding) && 'blocks', finding.confidence !== 'confirmed' && finding.confidence, finding.because !== undefined && `because ${line(finding.because)}`, verbose && shortFingerprint(finding.fingerprint));
  const fix = finding.fixes[0];
  const said = wrap(line(finding.message), Math.max(20, width - indent));
  const about = wrap([finding.rule, ...marks].join(' · '), Math.max(20, width - indent));
  const fixed = fix ? wrap(`fix: ${line(fix.title)}`, Math.max(20, width - indent)) : [];
  return [
    ...said.map((one, index) => (index === 0 ? `  ${paint.dim(place)}  ${bySeverity(finding.severity, paint)(word)}  ${one}` : ' '.repeat(indent) + one)),
    ...[...about, ...fixed].map((one) => ' '.repeat(indent) + paint.dim(one)),
  ];
}

function heading(title: string, { paint }: Page): string {
  return paint.bold(title);
}

/** A hanging paragraph: the mark at the left, the text beside it. */
function item(text: string, { width }: Page, indent = 2, mark = '-'): readonly string[] {
  const left = indent + columns(mark) + 1;
  return wrap(text, width - left).map((one, index) => (index === 0 ? `${' '.repeat(indent)}${mark} ${one}` : ' '.repeat(left) + one));
}

function outcomeLists(card: ReportCard, page: Page): readonly (readonly string[])[] {
  const reason = (result: Result) => item(`${line(result.title)} (${result.rule}): ${line(result.reason ?? '')}`, page);
  const reasons = (state: 'not-checked' | 'not-applicable') => listed(inState(card, state), STATE_WORDS[state], page, reason);
  return [listed(strengths(card), 'Strengths', page, (result) => strengthLines(result, page)), reasons('not-checked'), reasons('not-applicable')];
}

function listed(results: readonly Result[], title: string, page: Page, show: (result: Result) => readonly string[]): readonly string[] {
  if (results.length === 0) return [];
  return [heading(`${title} (${results.length})`, page), ...CATEGORIES.flatMap((category) => {
    const mine = results.filter((result) => result.category === category);
    return mine.length === 0 ? [] : [`  ${page.paint.underline(CATEGORY_TITLES[category])}`, ...mine.flatMap(show)];
  })];
}

function strengthLines(result: Result, page: Page): readonly string[] {
  const { shown, more } = first(evidenceByText(result), PLACES);
  return [
    ...item(`${line(result.title)} (${result.rule})`, page),
    ...shown.flatMap(({ text, places }) => item(`${line(text)} (${line(places.slice(0, 3).map(placeText).join(', '))})`, page, 4, '·')),
    ...(more > 0 ? item(`and ${more} more`, page, 4, '·') : []),
  ];
}

function silencedLines(card: ReportCard, page: Page): readonly string[] {
  const all = silenced(card);
  if (all.length === 0) return [];
  const { shown, more } = first(all, page.verbose ? Infinity : PLACES);
  return [heading(`Silenced (${all.length})`, page), ...shown.flatMap(({ finding, lane, reason, until, by, tool }) => {
    const how = present(LANE_WORDS[lane].toLowerCase(), tool !== 'shipworthy' && `honoured from ${tool}`, until !== undefined && `until ${until}`, by !== undefined && `by ${by}`);
    return item(line(`${placeText(finding)} ${finding.rule}: ${how.join(' ')}: ${reason}`), page);
  }), ...(more > 0 ? item(`and ${more} more`, page) : [])];
}

function comparisonLines({ comparison }: ReportCard, page: Page): readonly string[] {
  if (!comparison) return [];
  const { shown, more } = first(comparison.fixed, page.verbose ? Infinity : PLACES);
  return [
    heading(`New and gone (${amounts(comparison)})`, page), ...wrap(line(definition(comparison.base)), page.width - 2).map((one) => `  ${one}`),
    ...shown.flatMap((one) => item(line(`gone: ${one.rule} in ${one.path}`), page)), ...(more > 0 ? item(`and ${more} more gone`, page) : []),
  ];
}

function noticeLines(card: ReportCard, page: Page): readonly string[] {
  if (card.notices.length === 0) return [];
  const { shown, more } = first(card.notices, page.verbose ? Infinity : PLACES);
  return [heading(`Notices (${card.notices.length})`, page), ...shown.flatMap((notice) => item(
    `${NOTICE_WORDS[notice.code]}${notice.path === undefined ? '' : ` ${line(notice.path)}`}: ${line(notice.message)}`, page, 2, notice.incomplete ? '!' : '-',
  )), ...(more > 0 ? item(`and ${more} more`, page) : [])];
}

function verdictLines(card: ReportCard, page: Page): readonly string[] {
  const { paint, width } = page;
  const { value, reasons, conditions, toReady } = card.verdict;
  const titled = `${value}  ${scoreText(card)}`;
  const about = [...present(gradeWord(card.score.grade), trendText(card)), `confidence ${card.score.confidence}`, checksText(card), `coverage ${percent(card.score.coverage)}`].join(' · ');
  return [
    paint.dim('─'.repeat(width)), `${paint.bold(line(card.project.name))}  ${paint.bold(byVerdict(value, paint)(titled))}`,
    ...wrap(about, width).map(paint.dim), ...reasons.flatMap((reason) => item(line(reason.text), page)),
    ...(conditions.length > 0 ? ['Conditions', ...conditions.flatMap((condition) => item(line(conditionText(card, condition)), page))] : []),
    ...(toReady.length > 0 ? [`To be READY, ${toReady.length === 1 ? 'this' : `these ${toReady.length}`} must hold`, ...item(toReady.join(', '), page)] : []),
  ];
}

function categoryLines(card: ReportCard, page: Page): readonly string[] {
  const scored = card.categories.filter((category) => category.status !== 'not-applicable' || page.verbose);
  if (scored.length === 0) return [];
  const title = Math.max(...scored.map((category) => columns(category.title)), 8) + 2;
  const head = `${pad('Category', title)}${pad('Grade', 7)}${pad('Score', 6, 'end')}${pad('Weight', 9, 'end')}${pad('Hold', 8, 'end')}  Open`;
  return [
    page.paint.dim(head), ...scored.flatMap((category) => [categoryRow(category, title, page), ...ledgerLines(category, page)]),
    ...overallText(card, page.verbose).flatMap((one) => item(`Overall: ${line(one)}`, page, 0, '·')),
  ];
}

function categoryRow(category: CategoryCard, title: number, { paint }: Page): string {
  const hold = category.applicable === 0 ? '–' : `${category.holds}/${category.applicable}`;
  const weight = category.status === 'scored' ? `${number(category.effectiveWeight)} %` : '–';
  const numbers = `${pad(number(category.score), 6, 'end')}${pad(weight, 9, 'end')}${pad(hold, 8, 'end')}`;
  return `${pad(category.title, title)}${paint.bold(pad(gradeText(category.grade), 7))}${numbers}  ${severities(category.findings)}`;
}

/** What was deducted and how; nothing where nothing was. */
function ledgerLines(category: CategoryCard, page: Page): readonly string[] {
  const { paint, width } = page;
  const caps = category.caps.some((cap) => cap.reached);
  if (category.ledger.length === 0 && category.status !== 'not-assessed' && !caps) return [];
  const name = Math.min(Math.max(...category.ledger.map((one) => columns(one.rule)), 0) + 2, Math.max(20, width - 27));
  return [
    ...category.ledger.flatMap((one) => ledgerRow(one, name, page)),
    ...categoryText(category, page.verbose).flatMap((one) => item(line(one), page, 2, '·')).map(paint.dim),
  ];
}

function ledgerRow(one: LedgerLine, name: number, { paint, width }: Page): readonly string[] {
  const graded = bySeverity(one.severity, paint)(pad(one.severity, 9));
  const start = `  ${pad(one.rule, name - 1)} ${graded}${pad(one.blocks ? 'blocks' : '', 7)}${pad(`−${number(one.cost)}`, 7, 'end')}`;
  const how = lineText(one);
  if (how === '') return [start];
  const left = 2 + name + 9 + 7 + 7 + 2;
  if (left + columns(how) <= width) return [`${start}  ${paint.dim(how)}`];
  return [start, ...wrap(how, width - 6).map((part) => `      ${paint.dim(part)}`)];
}

function summaryLines(card: ReportCard, { paint, width }: Page): readonly string[] {
  const { counts } = card;
  const findings = Object.values(counts.findings).reduce((sum, some) => sum + some, 0);
  const parts = present(
    `${card.verdict.value} ${scoreText(card)}`, `${count(counts.open, 'rule')} open with ${count(findings, 'finding')}${findings > 0 ? ` (${severities(counts.findings)})` : ''}`,
    count(counts.blockers, 'blocker'), `${counts.holds} hold`, `${counts.accepted} accepted`, ...(counts.attested > 0 ? [`${counts.attested} attested`] : []), `${counts.notApplicable} not applicable`,
    `${counts.notChecked} not checked`, counts.open > 0 && `estimated ${hours(total(card.plan))}`,
  );
  const about = present(filesText(card), `as of ${card.asOf}`, `rules ${line(card.ruleset)}`, card.customised > 0 && `customised: ${line(customisedText(card))}`);
  return [...wrap(parts.join(' · '), width).map(paint.bold), ...wrap(about.join(' · '), width).map(paint.dim)];
}
