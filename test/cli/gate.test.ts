import assert from 'node:assert/strict';
import type { Notice } from '../../engine/audit/outcome';
import { judge, type Threshold } from '../../cli/gate';
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
    assert.deepEqual(judged, { code: 2, reasons: ['shipworthy.json:3:5: `ruels` is no key of this file.'] });
  });

  it('fails when one project of several does', () => {
    const good = card(HOLDING, { project: { name: 'docs', root: 'docs', frameworks: [], deployable: false } });
    assert.equal(judge([good, card([...HOLDING, critical])], [], { threshold: 'blocker', narrowed: false }).code, 1);
  });
});
