/** Why a category has its letter and what is risked by each reason of the verdict, in a sentence each. Titles and reasons are the catalogue's; nothing is text of the repository. */
import type { Cap, CategoryCard, LedgerLine, Reason, ReasonCode, Result } from './card';
import { byText } from './scoring/order';
import { count, list, number, percent, present } from './words';

/** So many strengths and deductions are named in the sentence. */
const NAMED = 2;
/** So many deductions are named where there is room for a line. */
const LISTED = 3;

type Judged = Omit<CategoryCard, 'justification'>;

/** The strongest of what holds and the largest of what is deducted: `7 of 9 hold, among them "…" and "…"; csp-missing (−6.0) costs most.` */
export function justification(category: Judged, results: readonly Result[]): string {
  if (category.status === 'not-applicable') return 'Nothing of it applies here.';
  if (category.status === 'not-assessed') return unread(category) ? 'No file could be analysed, so there is no letter.' : `Only ${percent(category.coverage)} of what applies could be checked, too little for a letter.`;
  return `${held(category, results)}; ${deducted(category)}.`;
}

/** The same in a line, for a table: `sql-injection −40.0, csp-missing −3.6 and 4 more; at most 52.9: a critical finding is open`. Empty where nothing is deducted. */
export function deductions(category: Pick<CategoryCard, 'ledger' | 'caps' | 'status' | 'coverage' | 'holds' | 'applicable'>): string {
  if (category.status === 'not-assessed') return unread(category) ? 'no file could be analysed' : `only ${percent(category.coverage)} could be checked`;
  const costing = costs(category);
  const shown = costing.length <= LISTED + 1 ? costing : costing.slice(0, LISTED);
  const more = costing.length - shown.length;
  const named = `${shown.map((line) => `${line.rule} −${number(line.cost)}`).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  const cap = lowest(category);
  return present(named, cap && `at most ${number(cap.atMost)}: ${cap.because}`).join('; ');
}

/** All that applies ran, and covers nothing: there is no file that it could have looked at. */
export function unread({ coverage, holds, applicable }: Pick<CategoryCard, 'coverage' | 'holds' | 'applicable'>): boolean {
  return coverage === 0 && holds === applicable;
}

function costs({ ledger }: Pick<CategoryCard, 'ledger'>): readonly LedgerLine[] {
  return ledger.filter((line) => line.cost > 0);
}

/** Of the caps that decide, the one that decides most. */
function lowest({ caps }: Pick<CategoryCard, 'caps'>): Cap | undefined {
  return caps.filter((one) => one.reached).toSorted((a, b) => a.atMost - b.atMost)[0];
}

function held({ id, holds, applicable }: Judged, results: readonly Result[]): string {
  const proved = results.filter((one) => one.category === id && one.state === 'holds' && one.evidence.length > 0).toSorted((a, b) => b.card.points - a.card.points || byText(a.rule, b.rule));
  const named = list(proved.slice(0, NAMED).map((one) => `“${one.title}”`));
  const many = holds === 0 ? `None of ${applicable} rules holds` : holds === applicable ? (applicable === 2 ? 'Both rules hold' : `All ${applicable} rules hold`) : `${holds} of ${applicable} rules ${holds === 1 ? 'holds' : 'hold'}`;
  const all = applicable > 1 ? many : holds === 0 ? 'Its one rule does not hold' : 'Its one rule holds';
  if (applicable === 1) return named === '' ? all : `${all}, ${named}`;
  return named === '' ? all : `${all}, ${holds > 1 ? 'among them ' : ''}${named}`;
}

function deducted(category: Judged): string {
  const costing = costs(category);
  const most = list(costing.slice(0, NAMED).map((line) => `${line.rule} (−${number(line.cost)})`));
  const sum = costing.length === 0 ? 'nothing is deducted' : costing.length > NAMED ? `${most} cost most of ${count(costing.length, 'deduction')}` : `${most} ${costing.length === 1 ? 'is' : 'are'} deducted`;
  const cap = lowest(category);
  return cap ? `${sum}, and it is at most ${number(cap.atMost)} because ${cap.because}` : sum;
}

const UNSEEN = 'What was not looked at may hold a blocker.';

/** What a reason risks by itself; null: what its worst rule is for. */
const RISKS: Readonly<Record<ReasonCode, string | null>> = {
  'blocking-findings': null, 'category-failing': null, 'category-low': null, 'accepted-critical': null, 'high-open': null,
  'signoff-failed': 'Somebody tried it and it did not work: in production it will not work either.',
  'signoffs-open': 'What only people can see was looked at by nobody, or too long ago to rely on.',
  'score-failing': 'With so much open at once, one failure meets the next, and no single control can be relied on.',
  'score-low': 'Nothing of it is fatal alone; together it makes incidents likelier, longer and harder to understand.',
  'nothing-checked': UNSEEN, 'coverage-unknown': UNSEEN, 'coverage-low': UNSEEN, 'analysis-incomplete': UNSEEN,
  ready: 'Files do not show everything: what only people and machines know stays a risk of its own.',
};

/** What happens when it ships all the same: a sentence. Of a reason with rules, what the heaviest of them is for. */
export function riskOf({ code, rules }: Pick<Reason, 'code' | 'rules'>, results: readonly Result[]): string {
  const own = RISKS[code];
  if (own !== null) return own;
  const meant = new Set(rules);
  const worst = results.filter((one) => meant.has(one.rule)).toSorted((a, b) => b.cost - a.cost || byText(a.rule, b.rule))[0];
  return worst ? `${firstSentence(worst.card.why)} (${worst.rule})` : UNSEEN;
}

/** Up to the first full stop that ends a sentence; abbreviations and versions have a letter or figure after theirs. */
function firstSentence(text: string): string {
  return /^.*?[.!?](?=\s+[A-Z“"']|\s*$)/s.exec(text)?.[0] ?? text;
}
