import assert from 'node:assert/strict';
import { letter, remaining } from '../../report/scoring/category';
import { WEIGHTS } from '../../rules/kit';
import { HOLDING, card, category, incomplete } from './fixture';
import type { RuleSpec } from './fixture';

const scoreOf = (rules: readonly RuleSpec[]) => category(card(rules)).score;

describe('the score of a category', () => {
  it('is plain subtraction up to 60, as in the worked example', () => {
    const security = category(card([
      { rule: 'csrf-missing', severity: 'high', blocks: true }, { rule: 'upload-unvalidated', severity: 'high', blocks: true },
      { rule: 'https-not-enforced', severity: 'high', confidence: 'likely' }, { rule: 'headers-missing' }, { rule: 'rate-limit-missing' },
      { rule: 'sql-string', severity: 'high', confidence: 'possible' },
    ]));
    assert.deepEqual(security.ledger.map((line) => [line.rule, line.cost]), [
      ['csrf-missing', 15], ['upload-unvalidated', 15], ['https-not-enforced', 9], ['headers-missing', 6], ['rate-limit-missing', 6], ['sql-string', 4.5],
    ]);
    assert.equal(security.raw, 55.5);
    assert.equal(security.score, 44.5);
    assert.equal(security.grade, 'D-');
    assert.equal(security.compressed, false);
    const blocker = security.caps.find((cap) => cap.because === 'a blocking finding is open');
    assert.deepEqual(blocker, { atMost: 69.9, because: 'a blocking finding is open', rules: ['csrf-missing', 'upload-unvalidated'], reached: false });
  });

  it('is compressed above 60, and still moves at 200', () => {
    const left = (raw: number) => remaining(raw * 10) / 10;
    assert.deepEqual([55.5, 60, 100, 120, 200].map(left), [44.5, 40, 20, 16, 8.8]);
    assert.ok(left(200) > left(202));
    const three = category(card([{ rule: 'a', severity: 'critical' }, { rule: 'b', severity: 'critical' }, { rule: 'c', severity: 'critical' }]));
    assert.deepEqual([three.raw, three.score, three.grade, three.compressed], [120, 16, 'F', true]);
  });

  it('lets repeated findings of one rule cost less and less', () => {
    const costs = [1, 2, 5, 10, 50, 100, 500].map((findings) => category(card([{ rule: 'a', findings }])).ledger[0]?.cost);
    assert.deepEqual(costs, [6, 9, 13.7, 17.6, 27, 31.1, 40.8]);
  });

  it('takes the heaviest occurrence whole, whatever the order', () => {
    const findings = [{ confidence: 'possible' }, { severity: 'high' }, { confidence: 'likely' }, { confidence: 'likely' }] as const;
    const lines = [findings, findings.toReversed()].map((some) => category(card([{ rule: 'a', findings: some }])).ledger[0]);
    // 15 + 3.6/2 + 3.6/3 + 1.8/4
    assert.equal(lines[0]?.cost, 18.5);
    assert.deepEqual(lines[0], lines[1]);
    assert.deepEqual(lines[0]?.parts, [
      { occurrences: 1, points: 15, confidence: 'confirmed', factor: 1 }, { occurrences: 2, points: 6, confidence: 'likely', factor: 0.6 },
      { occurrences: 1, points: 6, confidence: 'possible', factor: 0.3 },
    ]);
    assert.deepEqual([lines[0]?.severity, lines[0]?.points, lines[0]?.factor], ['high', 15, 1]);
  });

  it('adds tenths without binary noise: the printed lines are the sum', () => {
    for (let rules = 1; rules < 40; rules += 1) {
      const one = category(card(Array.from({ length: rules }, (_, index): RuleSpec => ({ rule: `r${index}`, severity: 'low', points: 1, confidence: index % 2 ? 'likely' : 'possible', findings: 1 + (index % 7) }))));
      const tenths = one.ledger.reduce((sum, line) => sum + Math.round(line.cost * 10), 0);
      assert.equal(one.raw, tenths / 10);
      if (!one.compressed) assert.equal(one.score, (1000 - tenths) / 10);
      assert.match(String(one.score), /^\d+(\.\d)?$/);
    }
    // 10.7 in three lines of 0.3 x something: 100 - 10.7 is 89.3, where floating point would floor to 89.2
    assert.equal(scoreOf([{ rule: 'a', severity: 'high', points: 8 }, { rule: 'b', severity: 'low', points: 3, confidence: 'likely' }, { rule: 'c', severity: 'medium', points: 3, confidence: 'possible' }]), 89.3);
  });

  it('costs nothing for what holds, does not apply, was not checked, or is only information', () => {
    const one = category(card([
      { rule: 'a', state: 'holds' }, { rule: 'b', state: 'not-applicable', reason: 'No mail is sent.' }, { rule: 'c', severity: 'info', points: 0 },
      { rule: 'd', severity: 'low', state: 'not-checked', reason: 'The file was not found.' },
    ]));
    assert.deepEqual([one.score, one.ledger, one.holds, one.applicable], [100, [], 1, 3]);
  });
});

describe('caps', () => {
  const capped = (rules: readonly RuleSpec[]) => {
    const made = card([...rules, ...HOLDING]);
    return [category(made).score, made.score.value];
  };
  // A weight of 20 alone would leave the whole high: so the overall cap is what is seen.
  it('keep a critical finding at D', () => assert.deepEqual(capped([{ rule: 'a', severity: 'critical' }]), [52.9, 59.9]));
  it('keep two distinct critical rules at F', () => assert.deepEqual(capped([{ rule: 'a', severity: 'critical', points: 30 }, { rule: 'b', severity: 'critical', points: 30 }]), [39.9, 59.9]));
  it('count a ladder of criticals once', () => {
    const ladder = (rung: number) => ({ name: 'signing-key', rung });
    assert.deepEqual(capped([{ rule: 'a', severity: 'critical', ladder: ladder(1) }, { rule: 'b', severity: 'critical', ladder: ladder(2) }]), [52.9, 59.9]);
  });
  it('keep a blocking high at C', () => assert.deepEqual(capped([{ rule: 'a', severity: 'high', blocks: true }]), [69.9, 74.9]));
  it('keep an open high out of A', () => {
    const [security, overall] = capped([{ rule: 'a', severity: 'high', points: 8 }]);
    assert.equal(security, 89.9);
    assert.equal(overall, 96.1);
  });
  it('keep three distinct high rules out of B', () => {
    const three = ['a', 'b', 'c'].map((rule): RuleSpec => ({ rule, severity: 'high', points: 8, confidence: 'likely' }));
    assert.equal(capped(three)[0], 79.9);
    assert.equal(capped(three.slice(1))[0], 89.9);
    assert.equal(capped(three.map((rule, index) => ({ ...rule, ladder: { name: 'x', rung: index + 1 } })))[0], 89.9);
  });
  it('are not set by what is only possible', () => assert.deepEqual(capped([{ rule: 'a', severity: 'critical', confidence: 'possible' }]), [88, 95.3]));
  it('are not set by accepted risks, which still cost', () => assert.equal(capped([{ rule: 'a', severity: 'high', points: 8, silenced: {} }])[0], 92));
  it('pull the whole down when a category that decides is below 60', () => {
    const weak: RuleSpec[] = [...HOLDING, ...Array.from({ length: 7 }, (_, index): RuleSpec => ({ rule: `m${index}`, category: 'data' }))];
    const made = card(weak);
    assert.equal(category(made, 'data').score, 58);
    assert.equal(made.score.value, 74.9);
    assert.ok((made.score.uncapped ?? 0) > 74.9);
  });
  it('pull the whole down when any category is F', () => {
    const made = card([...HOLDING, ...Array.from({ length: 11 }, (_, index): RuleSpec => ({ rule: `m${index}`, category: 'frontend' }))]);
    assert.equal(category(made, 'frontend').grade, 'F');
    assert.equal(made.score.value, 74.9);
  });
});

describe('letters', () => {
  it('change where the table says', () => {
    const table = [
      ['A+', 97, 100], ['A', 93, 96.9], ['A-', 90, 92.9], ['B+', 85, 89.9], ['B', 80, 84.9], ['B-', 75, 79.9], ['C+', 70, 74.9],
      ['C', 65, 69.9], ['C-', 60, 64.9], ['D+', 53, 59.9], ['D', 47, 52.9], ['D-', 40, 46.9], ['F', 0, 39.9],
    ] as const;
    for (const [grade, least, most] of table) assert.deepEqual([letter(Math.round(least * 10)), letter(Math.round(most * 10))], [grade, grade], grade);
  });
});

describe('ladders', () => {
  const rung = (of: number) => ({ name: 'backups', rung: of });
  it('cost no more together than their top', () => {
    const one = category(card([
      { rule: 'missing', severity: 'high', state: 'holds', ladder: rung(1) }, { rule: 'local', severity: 'high', points: 12, ladder: rung(2) },
      { rule: 'unverified', ladder: rung(3) }, { rule: 'undocumented', severity: 'low', ladder: rung(4) },
    ]));
    assert.equal(one.raw, 15);
    assert.deepEqual(one.ledger.map((line) => [line.rule, line.cost, line.bounded, line.ladder]), [
      ['local', 12, undefined, 'backups'], ['unverified', 3, 6, 'backups'], ['undocumented', 0, 2, 'backups'],
    ]);
  });
  it('weigh their top by its confidence, so that weak never costs more than absent', () => {
    const top = { rule: 'missing', severity: 'high', confidence: 'likely', ladder: rung(1) } as const;
    const absent = scoreOf([top]);
    const weak = scoreOf([{ ...top, state: 'holds' }, ...[12, 10, 8].map((points, index): RuleSpec => ({ rule: `w${index}`, severity: 'high', confidence: 'likely', points, ladder: rung(index + 2) }))]);
    assert.deepEqual([absent, weak], [89.9, 89.9]);
  });
});

describe('the overall score', () => {
  it('is the weighted mean, floored', () => {
    const made = card([...HOLDING, { rule: 'a' }, { rule: 'b', category: 'auth', severity: 'low' }]);
    // (20 x 94 + 12 x 100 + 10 x 98 + 10 x 100) / 52 = 97.307...
    assert.equal(made.score.value, 97.3);
    assert.equal(made.score.grade, 'A+');
  });
  it('shares the weight of categories that do not apply among the others, and says how', () => {
    const made = card(HOLDING);
    assert.deepEqual(made.categories.filter((one) => one.status === 'scored').map((one) => [one.id, one.weight, one.effectiveWeight]), [
      ['security', 20, 38.5], ['configuration', 12, 23.1], ['auth', 10, 19.2], ['data', 10, 19.2],
    ]);
    assert.deepEqual([category(made, 'testing').grade, category(made, 'testing').score, category(made, 'testing').effectiveWeight], ['-', null, 0]);
  });
  it('uses a team\'s weights, and ignores senseless ones', () => {
    const rules: RuleSpec[] = [...HOLDING, { rule: 'a' }];
    assert.equal(card(rules, {}, { weights: { configuration: 0, auth: 0, data: 0 } }).score.value, 94);
    assert.equal(card(rules, {}, { weights: { configuration: -5, auth: NaN } }).score.value, card(rules).score.value);
  });
  it('has weights that add up to 100', () => assert.equal(Object.values(WEIGHTS).reduce((sum, weight) => sum + weight, 0), 100));
  it('shows what it would be if nothing were silenced', () => {
    const made = card([...HOLDING, { rule: 'a', severity: 'critical', silenced: { lane: 'false-positive' } }, { rule: 'b', silenced: {} }]);
    assert.equal(made.score.value, 97.6);
    assert.equal(made.score.unsuppressed, 59.9);
  });
});

describe('coverage', () => {
  it('leaves a category out when less than half of its points could be checked', () => {
    const made = card([...HOLDING, { rule: 'a', category: 'testing' }, { rule: 'b', category: 'testing', severity: 'high', state: 'not-checked', reason: 'No CI file.' }]);
    const testing = category(made, 'testing');
    assert.deepEqual([testing.status, testing.grade, testing.score, testing.coverage], ['not-assessed', '?', null, 0.28]);
    assert.equal(made.score.value, 100);
  });
  it('does not count what does not apply', () => {
    assert.equal(card([...HOLDING, { rule: 'a', state: 'holds' }, { rule: 'b', severity: 'high', state: 'not-applicable', reason: 'No forms.' }]).score.coverage, 1);
  });
  it('falls with every file that could not be analysed', () => {
    const files = { seen: 4, read: 4, parsed: 3, lines: 10, routes: 1 };
    const made = card([...HOLDING, { rule: 'a', state: 'holds' }], { files, notices: [incomplete('a.py')] });
    assert.equal(made.score.coverage, 0.75);
    assert.notEqual(made.score.confidence, 'high');
  });
  it('counts a file with two notices once', () => {
    const files = { seen: 4, read: 4, parsed: 3, lines: 10, routes: 1 };
    assert.equal(card(HOLDING, { files, notices: [incomplete('a.py'), incomplete('a.py')] }).score.coverage, 0.75);
  });
});

describe('confidence', () => {
  const confidence = (rules: readonly RuleSpec[]) => card([...HOLDING, ...rules]).score.confidence;
  it('is high when all was checked and what is deducted is confirmed', () => assert.equal(confidence([{ rule: 'a' }]), 'high'));
  it('is medium when a good part of what is deducted is only likely', () => assert.equal(confidence([{ rule: 'a' }, { rule: 'b', confidence: 'likely' }]), 'medium'));
  it('is low when most of it is', () => assert.equal(confidence([{ rule: 'b', confidence: 'likely' }]), 'low'));
  it('never changes the number', () => {
    const failed = { code: 'rule-failed', message: 'A rule failed.', incomplete: false } as const;
    assert.equal(card([...HOLDING, { rule: 'a' }], { notices: [failed] }).score.value, card([...HOLDING, { rule: 'a' }]).score.value);
    assert.equal(card([...HOLDING, { rule: 'a' }], { notices: [failed] }).score.confidence, 'medium');
  });
});
