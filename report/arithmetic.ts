/** The sums of a card in words: whoever reads them can do them again by hand. */
import type { Cap, CategoryCard, LedgerLine, ReportCard, Result } from './card';
import { unread } from './justify';
import { remaining } from './scoring/category';
import { points, roundTenths } from './scoring/tenths';
import { CATEGORY_TITLES, count, list, number, percent, present } from './words';

/** Terms of a sum that are written out; of more, the first two and the last are. */
const TERMS = 4;

/** How a line of the ledger comes to its cost: `40.0 + 9.0/2; 15.0 × 0.6, likely`. Empty when it is one finding at full cost. */
export function lineText(line: LedgerLine): string {
  return present(
    line.occurrences > 1 && terms(line), factors(line), line.accepted > 0 && `${line.accepted} accepted`,
    line.bounded !== undefined && `${number(line.bounded)} alone, bounded by the ladder ${line.ladder ?? ''}`,
  ).join('; ');
}

function terms(line: LedgerLine): string {
  const all = line.parts.flatMap((part) => Array.from({ length: part.occurrences }, () => part.points * part.factor));
  const term = (cost: number, k: number) => (k === 0 ? number(cost) : `${number(cost)}/${k + 1}`);
  const written = all.map(term);
  const shown = written.length <= TERMS ? written : [...written.slice(0, 2), '…', written.at(-1)];
  return shown.join(' + ');
}

function factors(line: LedgerLine): string {
  const seen = new Set(line.parts.filter((part) => part.factor !== 1).map((part) => `${number(part.points)} × ${part.factor}, ${part.confidence}`));
  return [...seen].join('; ');
}

/** How a category comes to its score, a sentence each; caps that do not bind only when `all` is asked for. */
export function categoryText(category: CategoryCard, all = true): readonly string[] {
  if (category.status === 'not-applicable') return ['Nothing of this applies here, so its weight is shared among the others.'];
  const left = number(points(remaining(roundTenths(category.raw * 10))));
  const raw = number(category.raw);
  const sum = category.compressed ? `Above 60 deductions are compressed: 1600 ÷ (${raw} − 20) = ${left}.` : `100 − ${raw} = ${left}.`;
  const short = unread(category) ? 'No file could be analysed, so there is no letter and no part in the overall score.' : `Only ${percent(category.coverage)} of what applies could be checked, so there is no letter and no part in the overall score.`;
  return present(sum, ...capTexts(category.caps, all), category.status === 'not-assessed' && short);
}

function capTexts(caps: readonly Cap[], all: boolean): readonly string[] {
  return caps.filter((cap) => all || cap.reached).map(capText);
}

function capText(cap: Cap): string {
  return `At most ${number(cap.atMost)} because ${cap.because} (${list(cap.rules, 3)})${cap.reached ? '' : '; not reached'}.`;
}

/** How the overall score comes about, a sentence each; caps that do not bind only when `all` is asked for. */
export function overallText(card: ReportCard, all = true): readonly string[] {
  const { score } = card;
  if (score.uncapped === null) return ['There is no overall score.'];
  const { rows, weight } = weighted(card);
  const sum = rows.map(({ category }) => `${category.weight} × ${number(category.score)}`).join(' + ');
  return [`(${sum}) ÷ ${weight} = ${number(score.uncapped)}, rounded down.`, ...capTexts(score.caps, all)];
}

/** The same below a table of the products. */
export function totalText(card: ReportCard): readonly string[] {
  const { weight, total } = weighted(card);
  return card.score.uncapped === null ? ['There is no overall score.'] : [`${number(total)} ÷ ${weight} = ${number(card.score.uncapped)}, rounded down.`, ...capTexts(card.score.caps, true)];
}

/** The overall score before caps as a table: what each scored category gives, and what all of them are divided by. */
export interface Weighted {
  readonly rows: readonly { readonly category: CategoryCard; readonly product: number }[];
  readonly weight: number;
  readonly total: number;
}

/** Each score times its weight, exactly: scores have one decimal and weights none. */
export function weighted({ categories }: Pick<ReportCard, 'categories'>): Weighted {
  const rows = categories.filter((category) => category.status === 'scored' && category.weight > 0)
    .map((category) => ({ category, product: points(roundTenths((category.score ?? 0) * 10) * category.weight) }));
  return { rows, weight: rows.reduce((sum, row) => sum + row.category.weight, 0), total: points(roundTenths(rows.reduce((sum, row) => sum + row.product * 10, 0))) };
}

/** What the card would say if an open rule held: `Overall stays at 59.9, Security 37.1 → 81.4, still NOT READY`. Empty for other rules. */
export function whatIfText({ whatIf, category }: Result, card: ReportCard): string {
  if (!whatIf) return '';
  const now = card.categories.find((one) => one.id === category);
  const verdict = whatIf.verdict === card.verdict.value ? `still ${whatIf.verdict}` : `then ${whatIf.verdict}`;
  return `Overall ${change(card.score.value, whatIf.score)}, ${CATEGORY_TITLES[category]} ${change(now?.score ?? null, whatIf.category)}, ${verdict}`;
}

function change(from: number | null, to: number | null): string {
  return from === to ? `stays at ${number(to)}` : `${number(from)} → ${number(to)}`;
}

/** What the card rests on: `128 files seen, 120 read, 100 analysed; 9,000 lines, 42 routes`. */
export function filesText({ files }: ReportCard): string {
  return `${count(files.seen, 'file')} seen, ${files.read} read, ${files.parsed} analysed; ${linesText(files.lines)}, ${count(files.routes, 'route')}`;
}

/** `9,000 lines` */
export function linesText(lines: number): string {
  return `${String(lines).replace(/\B(?=(\d{3})+$)/g, ',')} ${lines === 1 ? 'line' : 'lines'}`;
}
