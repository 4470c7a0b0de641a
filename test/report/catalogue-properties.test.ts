/** What must be true of every card, over audits made of the rules there are: their own categories, points, ladders and grades. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { registryOf } from '../../engine/audit/registry';
import type { Audit, Finding, Outcome, RuleCard } from '../../engine/audit/outcome';
import { makeCard } from '../../report/make';
import type { ReportCard } from '../../report/card';
import { rules } from '../../rules';
import { CONFIDENCES, POINTS, SEVERITIES } from '../../rules/kit';
import { OPTIONS, at, audit } from './fixture';

const { cards, byId } = registryOf(rules);
const VERDICTS = ['NOT READY', 'INCONCLUSIVE', 'MOSTLY READY', 'READY'];
const RUNS = { numRuns: 150 };

/** How a place is graded: as its rule's card says, or lower as a variation of it would. */
interface Grade { readonly lower: 0 | 1 | 2; readonly unsure: 0 | 1 | 2; readonly conditionHolds: boolean; readonly accepted: boolean }
interface Judged { readonly card: RuleCard; readonly grades: readonly Grade[]; readonly checked: boolean }

function findingOf({ id, category, severity: usual, points, confidence: sure, blocks, effort }: RuleCard, grade: Grade, index: number): Finding {
  const severity = SEVERITIES[Math.min(SEVERITIES.length - 1, SEVERITIES.indexOf(usual) + grade.lower)] ?? usual;
  const confidence = CONFIDENCES[Math.min(CONFIDENCES.length - 1, CONFIDENCES.indexOf(sure) + grade.unsure)] ?? sure;
  const blocking = severity === 'critical' || (severity === 'high' && (blocks === 'always' || (blocks !== 'never' && grade.conditionHolds)));
  return {
    ...at('app.py', index + 1), rule: id, category, message: '', severity, points: severity === usual ? points : POINTS[severity].usual, confidence,
    blocks: blocking && confidence !== 'possible', effort, fingerprint: `${id}-${index}`, snippet: '', symbol: '', related: [], fixes: [],
  };
}

function outcomeOf({ card, grades, checked }: Judged): Outcome {
  const all = grades.map((grade, index) => ({ finding: findingOf(card, grade, index), accepted: grade.accepted }));
  const findings = all.filter((one) => !one.accepted).map((one) => one.finding);
  const silenced = all.filter((one) => one.accepted).map(({ finding }) => ({ finding, lane: 'accepted-risk' as const, tool: 'shipworthy', reason: 'For now.', by: 'A. Person', until: '2026-12-10', where: at('app.py', 1) }));
  const state = !checked ? 'not-checked' : findings.length > 0 ? 'open' : silenced.length > 0 ? 'accepted' : 'holds';
  return { rule: card.id, category: card.category, state, findings: checked ? findings : [], silenced: checked ? silenced : [], evidence: [], judged: 1 };
}

function auditOf(judged: readonly Judged[]): Audit {
  return { ...audit([]), outcomes: judged.map(outcomeOf), rules: byId };
}

const made = (judged: readonly Judged[]) => makeCard(auditOf(judged), OPTIONS);

const grade: fc.Arbitrary<Grade> = fc.record({
  lower: fc.constantFrom(0, 0, 0, 1, 2), unsure: fc.constantFrom(0, 0, 1, 2), conditionHolds: fc.boolean(), accepted: fc.constantFrom(false, false, true),
});
const judgement = (card: RuleCard) => fc.record({ card: fc.constant(card), grades: fc.array(grade, { maxLength: 4 }), checked: fc.integer({ max: 9, min: 0 }).map((n) => n > 0) });
const audits = fc.uniqueArray(fc.constantFrom(...cards), { minLength: 1, maxLength: 40, selector: (card) => card.id }).chain((some) => fc.tuple(...some.map(judgement)));

/** Where the first card says more than nothing, the second never says better. */
function assertNoBetter(before: ReportCard, after: ReportCard): void {
  assert.ok(VERDICTS.indexOf(after.verdict.value) <= VERDICTS.indexOf(before.verdict.value), `${before.verdict.value} became ${after.verdict.value}`);
  assert.ok((after.score.value ?? 0) <= (before.score.value ?? 0), `${before.score.value} became ${after.score.value}`);
  for (const [index, one] of before.categories.entries()) assert.ok((after.categories[index]?.score ?? 0) <= (one.score ?? 0), `${one.id}: ${one.score} became ${after.categories[index]?.score}`);
}

function replaced(judged: readonly Judged[], index: number, change: (one: Judged) => Judged): readonly Judged[] {
  return judged.map((one, where) => (where === index ? change(one) : one));
}

/** Checks a change that must not make a card better, of one rule that was checked. */
function neverBetter(change: (one: Judged, extra: Grade) => Judged): void {
  fc.assert(fc.property(audits, fc.nat(), grade, (judged, pick, extra) => {
    const index = pick % judged.length;
    if (!judged[index]?.checked) return;
    assertNoBetter(made(judged), made(replaced(judged, index, (one) => change(one, extra))));
  }), RUNS);
}

describe('for every audit by the rules there are', () => {
  it('one finding more never makes the card better', () => neverBetter((one, extra) => ({ ...one, grades: [...one.grades, extra] })));

  it('one finding mended never makes it worse', () => {
    fc.assert(fc.property(audits, fc.nat(), (judged, pick) => {
      const index = pick % judged.length;
      if (!judged[index]?.checked || judged[index].grades.length === 0) return;
      assertNoBetter(made(replaced(judged, index, (one) => ({ ...one, grades: one.grades.slice(1) }))), made(judged));
    }), RUNS);
  });

  it('a finding that is worse, surer, blocking or no longer accepted never makes it better', () => {
    neverBetter((one) => ({ ...one, grades: one.grades.map((each) => ({ ...each, lower: each.lower === 2 ? 1 : 0 })) }));
    neverBetter((one) => ({ ...one, grades: one.grades.map((each) => ({ ...each, unsure: each.unsure === 2 ? 1 : 0 })) }));
    neverBetter((one) => ({ ...one, grades: one.grades.map((each) => ({ ...each, conditionHolds: true })) }));
    neverBetter((one) => ({ ...one, grades: one.grades.map((each) => ({ ...each, accepted: false })) }));
  });

  it('the order of rules and findings makes no difference', () => {
    fc.assert(fc.property(audits.chain((judged) => fc.tuple(fc.constant(judged), fc.shuffledSubarray([...judged], { minLength: judged.length }))), ([judged, shuffled]) => {
      const [a, b] = [made(judged), made(shuffled.map((one) => ({ ...one, grades: one.grades.toReversed() })))];
      assert.deepEqual([a.score, a.verdict, a.counts, a.plan], [b.score, b.verdict, b.counts, b.plan]);
      assert.deepEqual(a.categories, b.categories);
    }), RUNS);
  });

  it('a control that is there and weak is never worse than one that is absent', () => {
    const tops = cards.filter((card) => card.ladder?.rung === 1 && cards.some((other) => other.ladder?.name === card.ladder?.name && other !== card));
    const weak = tops.map((top) => ({ top, lower: cards.filter((card) => card.ladder?.name === top.ladder?.name && card !== top) }));
    const rung = fc.record({ lower: fc.constant(0 as const), unsure: fc.constant(0 as const), conditionHolds: fc.constant(true), accepted: fc.constant(false) });
    const ladder = fc.constantFrom(...weak).chain(({ top, lower }) => fc.tuple(fc.constant(top), fc.tuple(...lower.map((card) => fc.array(rung, { maxLength: 5 }).map((grades): Judged => ({ card, grades, checked: true }))))));
    fc.assert(fc.property(audits, ladder, (judged, [top, lower]) => {
      const rest = judged.filter(({ card }) => card.ladder?.name !== top.ladder?.name);
      const asIs: Grade = { lower: 0, unsure: 0, conditionHolds: true, accepted: false };
      const absent = [...rest, { card: top, grades: [asIs], checked: true }, ...lower.map((one) => ({ ...one, grades: [] }))];
      const present = [...rest, { card: top, grades: [], checked: true }, ...lower];
      assertNoBetter(made(present), made(absent));
    }), RUNS);
  });

  it('no A or B stands beside a blocker, nor beside NOT READY', () => {
    fc.assert(fc.property(audits, (judged) => {
      const card = made(judged);
      if (card.counts.blockers > 0) assert.equal(card.verdict.value, 'NOT READY');
      if (card.verdict.value === 'NOT READY') assert.match(card.score.grade, /^[CDF?]/);
      for (const category of card.categories) if (category.ledger.some((line) => line.blocks)) assert.match(category.grade, /^[CDF?]/);
    }), RUNS);
  });
});
