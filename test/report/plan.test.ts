import assert from 'node:assert/strict';
import { effort } from '../../report/plan';
import { HOLDING, card, incomplete } from './fixture';
import type { RuleSpec } from './fixture';

const RULES: readonly RuleSpec[] = [
  ...HOLDING, { rule: 'low', severity: 'low' }, { rule: 'medium-long', effort: 'L' }, { rule: 'medium-short' }, { rule: 'high', severity: 'high', category: 'data', effort: 'M' },
  { rule: 'critical', severity: 'critical', category: 'configuration' }, { rule: 'blocking', severity: 'high', category: 'auth', blocks: true }, { rule: 'guess', severity: 'critical', confidence: 'possible', category: 'testing' },
  { rule: 'info', severity: 'info', points: 0 },
];

describe('the plan', () => {
  it('puts blockers first, then high, medium and the rest', () => {
    const made = card(RULES);
    assert.deepEqual(made.plan.map((phase) => phase.items.map((item) => item.rule)), [['critical', 'blocking'], ['guess', 'high'], ['medium-short', 'medium-long'], ['low', 'info']]);
  });

  it('says the score after each step and all before it, ending at 100', () => {
    const made = card(RULES);
    const scores = made.plan.flatMap((phase) => phase.items).map((item) => item.score ?? 0);
    assert.deepEqual(scores, scores.toSorted((a, b) => a - b));
    assert.equal(scores.at(-1), 100);
    const two = card(RULES.map((rule) => (['critical', 'blocking'].includes(rule.rule) ? { ...rule, state: 'holds', findings: 0 } : rule)));
    assert.equal(scores[1], two.score.value);
  });

  it('names the verdict a step reaches, once', () => {
    const reached = card(RULES).plan.flatMap((phase) => phase.items).filter((item) => item.unlocks);
    assert.deepEqual(reached.map((item) => [item.rule, item.unlocks]), [['blocking', 'READY']]);
  });

  it('puts what lifts the verdict by itself before what gives more points', () => {
    // Authentication is at 74.5: one small fix lifts it over 75, while the other category has more to gain.
    const made = card([...HOLDING, { rule: 'small', category: 'auth', severity: 'medium', points: 3 }, ...['a', 'b', 'c', 'd'].map((rule): RuleSpec => ({ rule, category: 'auth', effort: 'L' })), { rule: 'big', category: 'testing', points: 12 }]);
    assert.equal(made.verdict.value, 'MOSTLY READY');
    const first = made.plan[2]?.items[0];
    assert.notEqual(first?.rule, 'big');
    assert.equal(first?.unlocks, 'READY');
  });

  it('can be ordered by what takes least and by what regains most an hour, within the same phases', () => {
    // Authentication is at 74.5: the small fix lifts it over 75.
    const rules: readonly RuleSpec[] = [...HOLDING, { rule: 'small', category: 'auth', severity: 'medium', points: 3, effort: 'M' }, ...['a', 'b', 'c', 'd'].map((rule): RuleSpec => ({ rule, category: 'auth', effort: 'L' })), { rule: 'big', category: 'testing', points: 12, effort: 'M' }, { rule: 'quick', category: 'testing', points: 1, effort: 'S' }];
    const first = (planOrder?: 'unlocks' | 'effort' | 'points') => card(rules, {}, planOrder && { planOrder }).plan[2]?.items[0]?.rule;
    assert.deepEqual([first('effort'), first('points')], ['quick', 'big']);
    assert.ok(!['big', 'quick'].includes(first() ?? ''));
    assert.equal(first('unlocks'), first());
    for (const planOrder of ['effort', 'points'] as const) {
      const { plan, planOrder: said } = card(RULES, {}, { planOrder });
      assert.equal(said, planOrder);
      assert.deepEqual(plan.map((phase) => phase.items.map((item) => item.rule).toSorted()), card(RULES).plan.map((phase) => phase.items.map((item) => item.rule).toSorted()));
      assert.equal(plan.flatMap((phase) => phase.items).at(-1)?.score, 100);
    }
    const steps = card(RULES, {}, { planOrder: 'effort' }).plan.map((phase) => phase.items.map((item) => item.hours[0]));
    assert.deepEqual(steps, steps.map((hours) => hours.toSorted((a, b) => a - b)));
    assert.equal(card(RULES, {}, { planOrder: 'unlocks' }).planOrder, undefined);
  });

  it('estimates a range that grows with the places, but not in step with them', () => {
    assert.deepEqual([effort('S', 1), effort('M', 1), effort('L', 1)], [[0.5, 1], [4, 8], [16, 32]]);
    assert.deepEqual(effort('S', 10), [1.5, 3]);
    assert.deepEqual(effort('M', 2), [6, 12]);
    const made = card(RULES);
    assert.deepEqual(made.plan[0]?.hours, [1, 2]);
  });

  it('has four phases even when there is nothing to do', () => assert.deepEqual(card(HOLDING).plan.map((phase) => [phase.phase, phase.items.length, phase.hours]), [[0, 0, [0, 0]], [1, 0, [0, 0]], [2, 0, [0, 0]], [3, 0, [0, 0]]]));
});

describe('what if a rule held', () => {
  it('is the card that would be made of it', () => {
    const made = card(RULES, { notices: [incomplete('a.py')] });
    for (const result of made.results.filter((one) => one.state === 'open')) {
      const then = card(RULES.map((rule) => (rule.rule === result.rule ? { ...rule, state: 'holds', findings: 0 } : rule)), { notices: [incomplete('a.py')] });
      assert.deepEqual(result.whatIf, { score: then.score.value, category: then.categories.find((one) => one.id === result.category)?.score, verdict: then.verdict.value }, result.rule);
    }
  });
  it('is asked of open rules only', () => assert.ok(card(RULES).results.every((result) => (result.state === 'open') === (result.whatIf !== undefined))));
});
