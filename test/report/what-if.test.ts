import assert from 'node:assert/strict';
import { makeCard } from '../../report/make';
import { whatIfOf } from '../../report/what-if';
import { CATEGORIES } from '../../rules/kit';
import { HOLDING, OPTIONS, audit, card } from './fixture';
import type { FindingSpec, RuleSpec } from './fixture';

const GRADES: readonly FindingSpec[] = [
  { severity: 'critical' }, { severity: 'critical', confidence: 'possible' }, { severity: 'high', blocks: true }, { severity: 'high' }, { severity: 'medium', confidence: 'likely' }, { severity: 'medium' }, { severity: 'medium' },
];
const rules: readonly RuleSpec[] = [
  ...HOLDING, { rule: 'mixed', category: 'auth', severity: 'critical', findings: GRADES }, { rule: 'one', category: 'auth', severity: 'high' },
  { rule: 'partly-accepted', category: 'data', severity: 'high', findings: [{}, { silenced: {} }, {}] },
];

/** Milliseconds of this process for the best of three runs: what other processes do meanwhile does not count. */
function busy(run: () => unknown): number {
  return Math.min(...[0, 1, 2].map(() => { const from = process.cpuUsage().user; run(); return (process.cpuUsage().user - from) / 1_000; }));
}

describe('what if one finding were mended', () => {
  it('is the card that would be made without it, for every finding', () => {
    const whole = audit(rules);
    const made = makeCard(whole, OPTIONS);
    for (const result of made.results) for (const finding of result.findings) {
      const outcomes = whole.outcomes.map((outcome) => ({ ...outcome, findings: outcome.findings.filter((one) => one.fingerprint !== finding.fingerprint) }));
      const then = makeCard({ ...whole, outcomes }, OPTIONS);
      const { score, category, verdict } = whatIfOf(result, finding) ?? {};
      assert.deepEqual({ score, category, verdict }, { score: then.score.value, category: then.categories.find((one) => one.id === result.category)?.score, verdict: then.verdict.value }, `${finding.rule} ${finding.severity} ${finding.confidence}`);
    }
  });

  it('is counted once for findings that are graded alike', () => {
    const mixed = card(rules).results.find((result) => result.rule === 'mixed');
    assert.deepEqual(mixed?.whatIfOne?.map((one) => one.findings), [1, 1, 1, 1, 1, 2]);
  });

  it('is asked of open findings only', () => {
    const made = card(rules);
    const result = made.results.find((one) => one.rule === 'partly-accepted');
    assert.ok(result);
    const [silenced] = result.silenced;
    assert.ok(silenced);
    assert.equal(whatIfOf(result, silenced.finding), undefined);
    assert.ok(made.results.every((one) => (one.state === 'open') === (one.whatIfOne !== undefined)));
  });

  it('costs little more for ten times the findings of one rule', () => {
    const time = (findings: number) => {
      const whole = audit([...HOLDING, { rule: 'a', findings: Array.from({ length: findings }, (_, index): FindingSpec => ({ ...GRADES[index % GRADES.length] })) }]);
      return busy(() => makeCard(whole, OPTIONS));
    };
    time(500);
    // Square growth would be a hundredfold; sorting grows by a little more than ten.
    assert.ok(time(20_000) < 40 * Math.max(time(2_000), 1));
  });
});

describe('a card of 5,000 findings', () => {
  it('is made well within a second', () => {
    const many = Array.from({ length: 200 }, (_, index): RuleSpec => ({
      rule: `rule-${index}`, category: CATEGORIES[index % CATEGORIES.length] ?? 'code', ...(index % 4 === 0 && { ladder: { name: `l${index % 13}`, rung: index } }),
      findings: Array.from({ length: 25 }, (__, at): FindingSpec => ({ ...GRADES[(index + at) % GRADES.length] })),
    }));
    const whole = audit(many);
    assert.equal(whole.outcomes.reduce((sum, { findings }) => sum + findings.length, 0), 5_000);
    const time = busy(() => makeCard(whole, OPTIONS));
    assert.ok(time < 1_000, `${time} ms`);
  });
});

