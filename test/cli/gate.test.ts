import assert from 'node:assert/strict';
import type { Notice } from '../../engine/audit/outcome';
import { judge, type Threshold } from '../../cli/gate';
import { conditions } from '../../cli/quality-gate';
import type { Gate } from '../../engine/workspace/gate';
import { card, HOLDING, incomplete, type RuleSpec } from '../report/fixture';

const CONFIG: Notice = { code: 'config', path: 'shipworthy.json', message: '`ruels` is no key of this file.', incomplete: false, range: { start: { line: 2, character: 4 }, end: { line: 2, character: 11 } } };

function code(rules: readonly RuleSpec[], threshold: Threshold, notices: readonly Notice[] = [], narrowed = false): number {
  return judge([card([...HOLDING, ...rules])], notices, { threshold, narrowed }).code;
}

describe('the gate', () => {
  const critical: RuleSpec = { rule: 'debug-enabled', category: 'configuration', severity: 'critical' };
  const high: RuleSpec = { rule: 'bare-except', category: 'code', severity: 'high' };
  const low: RuleSpec = { rule: 'healthcheck-missing', category: 'deployment', severity: 'low' };

  it('lets pass what has no finding', () => {
    for (const threshold of ['blocker', 'critical', 'high', 'medium', 'low', 'never'] as const) assert.equal(code([], threshold), 0);
  });

  it('blocker: fails on what blocks and lets the rest pass', () => {
    assert.equal(code([critical], 'blocker'), 1);
    assert.equal(code([{ ...high, blocks: true }], 'blocker'), 1);
    assert.equal(code([high, low], 'blocker'), 0);
  });

  it('blocker: fails on a verdict of NOT READY that no single finding causes', () => {
    const many = Array.from({ length: 8 }, (_, index): RuleSpec => ({ rule: `weak-${index}`, category: 'security', severity: 'medium' }));
    assert.equal(card([...HOLDING, ...many]).verdict.value, 'NOT READY');
    assert.equal(code(many, 'blocker'), 1);
    assert.equal(code(many, 'blocker', [], true), 0, 'a part of the results says nothing of the whole');
  });

  it('a severity fails on itself and on what is worse', () => {
    assert.equal(code([critical], 'high'), 1);
    assert.equal(code([high], 'high'), 1);
    assert.equal(code([high], 'critical'), 0);
    assert.equal(code([low], 'medium'), 0);
    assert.equal(code([low], 'low'), 1);
    assert.equal(code([{ ...low, severity: 'info' }], 'low'), 0);
  });

  it('lets pass what is only possible, and what was accepted', () => {
    assert.equal(code([{ ...high, confidence: 'possible' }], 'low'), 0);
    assert.equal(code([{ ...high, silenced: { lane: 'false-positive', reason: 'Never reached.' } }], 'low'), 0);
  });

  it('never: lets everything pass', () => assert.equal(code([critical, high], 'never'), 0));

  it('says what it counted and against what', () => {
    const judged = judge([card([...HOLDING, high, low])], [], { threshold: 'low', narrowed: false });
    assert.deepEqual(judged.reasons, ['bibliotheca: 2 open findings of severity low or worse (--fail-on low).']);
  });

  it('is incomplete when something was not looked at and nothing is past it', () => {
    assert.equal(code([], 'blocker', [incomplete('app.py')]), 3);
    assert.equal(code([], 'never', [incomplete('app.py')]), 3);
    assert.equal(code([critical], 'blocker', [incomplete('app.py')]), 1);
    assert.equal(code([], 'blocker', [{ ...incomplete('notes.bin'), incomplete: false }]), 0);
  });

  it('is incomplete when too little was checked for a verdict', () => {
    assert.equal(judge([card([])], [], { threshold: 'blocker', narrowed: false }).code, 3);
  });

  it('is a usage error when the configuration is wrong, whatever was found', () => {
    const judged = judge([card([...HOLDING, critical])], [incomplete('app.py'), CONFIG], { threshold: 'blocker', narrowed: false });
    assert.deepEqual(judged, { code: 2, reasons: ['shipworthy.json:3:5: `ruels` is no key of this file.'], remarks: [] });
  });

  it('fails when one project of several does', () => {
    const good = card(HOLDING, { project: { name: 'docs', root: 'docs', frameworks: [], deployable: false } });
    assert.equal(judge([good, card([...HOLDING, critical])], [], { threshold: 'blocker', narrowed: false }).code, 1);
  });
});

describe("a team's gate", () => {
  const stood = (score: number, categories = {}) => ({ base: { kind: 'commit' as const, ref: 'main', commit: '0ea1ce2f31' }, new: [], worsened: [], known: 0, fixed: [], stood: { score, verdict: 'READY' as const, categories } });
  const high: RuleSpec = { rule: 'bare-except', category: 'code', severity: 'high' };
  const one = card([...HOLDING, high]);
  /** What is said of conditions that are not met. */
  const said = (gate: Gate, of = one) => conditions(of, gate).filter((each) => each.result !== 'met').map((each) => `${each.result} ${each.text}`);

  it('asks nothing by default', () => assert.deepEqual(conditions(one, {}), []));

  it('asks for a verdict and for scores, and says what is and what should be', () => {
    const { value } = one.score;
    assert.deepEqual(said({ verdict: { atLeast: 'MOSTLY_READY' } }), []);
    assert.deepEqual(said({ verdict: { atLeast: 'READY' } }, card([...HOLDING, { ...high, severity: 'critical' }])), ['failed bibliotheca: the verdict is NOT READY, and at least READY is asked for (gate.verdict.atLeast).']);
    assert.deepEqual(said({ verdict: { atLeast: 'MOSTLY_READY' } }, card([]))[0], 'failed bibliotheca: the verdict is INCONCLUSIVE, and at least MOSTLY READY is asked for (gate.verdict.atLeast).');
    assert.deepEqual(said({ score: { overall: { min: value ?? 0 } } }), [], 'the least passes');
    assert.deepEqual(said({ score: { overall: { min: 99.9 }, code: { min: 90 }, frontend: { min: 90 } } }), [
      `failed bibliotheca: the overall score is ${value?.toFixed(1)}, and at least 99.9 is asked for (gate.score.overall.min).`, 'failed bibliotheca: the score of code is 85.0, and at least 90.0 is asked for (gate.score.code.min).',
    ]);
  });

  it('measures a drop against the base, and says when there is none', () => {
    const gate: Gate = { score: { overall: { maxDrop: 1, target: 'auto' }, code: { maxDrop: 0 } } };
    const now = one.score.value ?? 0;
    assert.deepEqual(said(gate).map((text) => text.slice(0, 22)), Array.from({ length: 3 }, () => 'unknown Not evaluated:'));
    assert.match(said(gate)[0] ?? '', /there is no base whose score is known; give --since <ref> \(gate\.score\.overall\.maxDrop\)\.$/);
    assert.deepEqual(said(gate, { ...one, comparison: stood(now, { code: 85 }) }), []);
    assert.deepEqual(said(gate, { ...one, comparison: stood(now + 1, { code: 85 }) }), [`failed bibliotheca: the overall score is ${now.toFixed(1)}, and at least the ${(now + 1).toFixed(1)} of the base is asked for (gate.score.overall.target).`]);
    assert.equal(said(gate, { ...one, comparison: stood(now + 1.1, { code: 85.1 }) }).length, 3);
    assert.match(said({ score: { code: { maxDrop: 1 } } }, { ...one, comparison: stood(now, { code: null }) })[0] ?? '', /^unknown .* the base has no score/);
  });

  it('counts what is new', () => {
    const gate: Gate = { new: { high: 0, critical: 0, medium: 3 } };
    const print = one.results.flatMap((result) => result.findings)[0]?.fingerprint ?? '';
    assert.equal(said(gate).filter((text) => text.startsWith('unknown Not evaluated')).length, 3);
    assert.deepEqual(said(gate, { ...one, comparison: stood(90) }), []);
    assert.deepEqual(said(gate, { ...one, comparison: { ...stood(90), new: [print] } }), ['failed bibliotheca: 1 new high finding, and at most 0 are allowed (gate.new.high).']);
  });

  it('limits what is silenced, and warns or fails when an acceptance is over', () => {
    const over = card([...HOLDING, { ...high, findings: [{ silenced: { until: '2026-11-01' } }, { silenced: {} }] }]);
    assert.deepEqual(said({ suppressions: { max: 1 } }, over), []);
    assert.deepEqual(said({ suppressions: { max: 0 } }, over), ['failed bibliotheca: 1 finding is silenced, and at most 0 are allowed (gate.suppressions.max).']);
    for (const [level, result] of [['error', 'failed'], ['warn', 'warned']] as const) {
      assert.deepEqual(said({ suppressions: { expired: level } }, over), [`${result} bibliotheca: 1 acceptance is over, and none is allowed to be (gate.suppressions.expired).`]);
    }
    assert.deepEqual(said({ suppressions: { expired: 'off' } }, over), []);
  });

  it('asks for sign-offs, and warns of those that end soon', () => {
    const signed = { ...one, signoffs: [
      { control: 'restore-drill', state: 'missing', required: true }, { control: 'tls-at-edge', state: 'expiring', required: true, daysLeft: 5 }, { control: 'load-test', state: 'expired', required: false, daysLeft: -1 },
    ] };
    const asked = (gate: Gate) => conditions(signed as unknown as typeof one, gate).filter((each) => each.result !== 'met').map((each) => `${each.result} ${each.text}`);
    assert.deepEqual(asked({ signoffs: { required: 'error', expiringWithinDays: 14 } }), [
      'failed bibliotheca: 1 required sign-off is open, and none may be: restore-drill (missing) (gate.signoffs.required).',
      'warned bibliotheca: 1 sign-off ends within 14 days: tls-at-edge (5 days left) (gate.signoffs.expiringWithinDays).',
    ]);
    assert.match(asked({ signoffs: { required: 'warn', expiringWithinDays: 4 } }).join(), /^warned [^,]+, and none may be: restore-drill \(missing\)/);
    assert.deepEqual(asked({ signoffs: { required: 'off' } }), []);
  });

  it('asks how much was checked', () => {
    assert.match(said({ analysis: { coverage: { min: 0.8 } } }, card([...HOLDING, { ...high, state: 'not-checked' }]))[0] ?? '', /^failed bibliotheca: \d+ % of what applies could be checked, and at least 80 % is asked for/);
  });

  it('fails a run with 1, only says so when it is informational, and never fails for what it cannot judge', () => {
    const run = (gate: Gate) => judge([one], [], { threshold: 'blocker', narrowed: false, gate });
    assert.equal(run({ score: { overall: { min: 100 } } }).code, 1);
    const told = run({ informational: true, score: { overall: { min: 100 } } });
    assert.deepEqual([told.code, told.reasons.length, told.remarks.length], [0, 0, 1]);
    assert.deepEqual([run({ score: { overall: { maxDrop: 0 } } }).code, run({ score: { overall: { maxDrop: 0 } } }).remarks.length], [0, 1]);
    assert.equal(judge([one], [], { threshold: 'never', narrowed: true, gate: { score: { overall: { min: 100 } } } }).code, 0, 'a part says nothing of the whole');
    assert.equal(judge([one], [CONFIG], { threshold: 'never', narrowed: false, gate: { score: { overall: { min: 100 } } } }).code, 2);
  });
});
