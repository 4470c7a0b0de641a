/** Why a category has its letter and what is risked by each reason of the verdict, in a sentence each. Titles and reasons are the catalogue's; nothing is text of the repository. */
import type { CategoryCard, Reason, ReasonCode, Result } from './card';
import { byText } from './scoring/order';
import { count, list, number, percent } from './words';

/** So many strengths and deductions are named. */
const NAMED = 2;

type Judged = Omit<CategoryCard, 'justification'>;

/** The strongest of what holds and the largest of what is deducted: `7 of 9 hold, among them "…" and "…"; csp-missing (−6.0) costs most.` */
export function justification(category: Judged, results: readonly Result[]): string {
  if (category.status === 'not-applicable') return 'Nothing of it applies here.';
  if (category.status === 'not-assessed') return `Only ${percent(category.coverage)} of what applies could be checked, too little for a letter.`;
  return `${held(category, results)}; ${deducted(category)}.`;
}

function held({ id, holds, applicable }: Judged, results: readonly Result[]): string {
  const proved = results.filter((one) => one.category === id && one.state === 'holds' && one.evidence.length > 0).toSorted((a, b) => b.card.points - a.card.points || byText(a.rule, b.rule));
  const named = list(proved.slice(0, NAMED).map((one) => `“${one.title}”`));
  const many = holds === 0 ? `None of ${applicable} rules holds` : holds === applicable ? `All ${applicable} rules hold` : `${holds} of ${applicable} rules hold`;
  const all = applicable > 1 ? many : holds === 0 ? 'Its one rule does not hold' : 'Its one rule holds';
  if (applicable === 1) return named === '' ? all : `${all}, ${named}`;
  return named === '' ? all : `${all}, among them ${named}`;
}

function deducted({ ledger, caps }: Judged): string {
  const costing = ledger.filter((line) => line.cost > 0);
  const most = list(costing.slice(0, NAMED).map((line) => `${line.rule} (−${number(line.cost)})`));
  const sum = costing.length === 0 ? 'nothing is deducted' : costing.length > NAMED ? `${most} cost most of ${count(costing.length, 'deduction')}` : `${most} ${costing.length === 1 ? 'is' : 'are'} deducted`;
  const cap = caps.filter((one) => one.reached).toSorted((a, b) => a.atMost - b.atMost)[0];
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
