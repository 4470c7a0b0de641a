import assert from 'node:assert/strict';
import { HOLDING, TODAY, card, signed } from './fixture';
import type { RuleSpec, SignoffSpec } from './fixture';

/** TODAY is 2026-11-20; a sign-off of the first lasts 90 days, until 2027-01-30. */
const made = (specs: readonly SignoffSpec[], rules: readonly RuleSpec[] = [], asOf = TODAY) => card([...HOLDING, ...rules], { signoffs: signed(specs) }, { asOf });
const drill: SignoffSpec = { control: 'restore-drill', required: true, status: 'passed' };
const only = (spec: SignoffSpec, asOf = TODAY) => {
  const [one] = made([spec], [], asOf).signoffs;
  assert.ok(one);
  return one;
};

describe('a sign-off', () => {
  it('is missing, pending, signed, expiring, expired, stale, failed or not applicable', () => {
    const states: readonly (readonly [Partial<SignoffSpec>, string, string?])[] = [
      [{ status: undefined }, 'missing'], [{}, 'signed'], [{}, 'expiring', '2027-01-16'], [{}, 'expiring', '2027-01-30'], [{}, 'expired', '2027-01-31'],
      [{ changed: 'yes' }, 'stale'], [{ changed: 'unknown' }, 'signed'], [{ status: 'failed' }, 'failed'], [{ status: 'failed', changed: 'yes' }, 'failed', '2028-01-01'],
      [{ status: 'not-applicable' }, 'not-applicable'], [{ status: 'not-applicable' }, 'expired', '2027-01-31'], [{ twoPerson: true }, 'pending'],
      [{ twoPerson: true, reviewedBy: 'Grace <grace@example.org>' }, 'signed'], [{ on: '2026-11-21' }, 'missing'], [{ expires: '2026-11-30' }, 'expiring'], [{ expires: '2026-11-19' }, 'expired'],
    ];
    for (const [spec, state, asOf] of states) assert.equal(only({ ...drill, ...spec }, asOf).state, state, JSON.stringify([spec, asOf]));
  });

  it('ends on its own day, and on the control\'s at the latest', () => {
    assert.deepEqual([only(drill).expires, only(drill).daysLeft], ['2027-01-30', 71]);
    assert.equal(only({ ...drill, expires: '2026-12-24' }).expires, '2026-12-24');
    const long = only({ ...drill, expires: '2099-01-01' });
    assert.deepEqual([long.expires, long.remark], ['2027-01-30', 'It counts until 2027-01-30: this control lasts at most 90 days.']);
  });

  it('shows all there is to know', () => {
    const one = only({ ...drill, environment: 'staging', commit: '0ea1ce2' });
    assert.deepEqual([one.control, one.title, one.category, one.question, one.evidenceExpected, one.by, one.on, one.evidence, one.statement, one.environment, one.commit, one.where?.path],
      ['restore-drill', 'restore-drill was done', 'deployment', 'Was restore-drill done?', 'A note.', 'Ada <ada@example.org>', '2026-11-01', 'docs/note.md', 'It was.', 'staging', '0ea1ce2', '.shipworthy/signoffs.json']);
  });

  it('is spoken of at its line when it ends soon, has ended, is stale, pending, failed, or cannot be told', () => {
    const said = (spec: Partial<SignoffSpec>, asOf = TODAY) => made([{ ...drill, ...spec }], [], asOf).notices.map(({ code, path, range, message }) => { assert.deepEqual([code, path, range?.start.line], ['signoff', '.shipworthy/signoffs.json', 2]); return message; }).join();
    assert.equal(said({}), '');
    assert.match(said({}, '2027-01-29'), /ends tomorrow\. Renew it\./);
    assert.match(said({}, '2027-02-01'), /ended on 2027-01-30/);
    assert.match(said({ changed: 'yes' }), /is stale/);
    assert.match(said({ changed: 'unknown' }), /cannot be told: it has no digest/);
    assert.match(said({ twoPerson: true }), /waits for a second person/);
    assert.match(said({ status: 'failed' }), /signed as failed/);
    assert.match(said({ on: '2026-12-01' }), /yet to come/);
  });
});

describe('the verdict and sign-offs', () => {
  it('is READY with all that are required, and MOSTLY READY with one that is open, whatever way', () => {
    assert.equal(made([drill, { control: 'load-test' }]).verdict.value, 'READY');
    const open = made([{ ...drill, status: undefined }, { control: 'tls-at-edge', required: true, status: 'passed', on: '2026-01-01' }, { control: 'b', required: true, status: 'passed', changed: 'yes' }]).verdict;
    assert.equal(open.value, 'MOSTLY READY');
    assert.deepEqual(open.reasons.map(({ code, text, controls }) => ({ code, text, controls })), [{ code: 'signoffs-open', text: '3 required sign-offs are open: restore-drill missing; tls-at-edge expired; b stale.', controls: ['b', 'restore-drill', 'tls-at-edge'] }]);
    assert.deepEqual(open.toReady, ['b', 'restore-drill', 'tls-at-edge']);
    assert.equal(made([{ ...drill, status: 'not-applicable' }]).verdict.value, 'READY');
  });

  it('is not worse than that for them, and better for nothing they say', () => {
    const bad: RuleSpec = { rule: 'a', severity: 'critical' };
    assert.deepEqual([made([drill], [bad]).verdict.value, made([drill], [bad]).score.value], ['NOT READY', card([...HOLDING, bad]).score.value]);
  });

  it('is NOT READY when a required one failed, with its cost, its cap and a reason', () => {
    const card = made([{ ...drill, status: 'failed' }], [{ rule: 'd', category: 'deployment', state: 'holds' }]);
    assert.deepEqual([card.verdict.value, card.verdict.reasons[0]?.code, card.verdict.reasons[0]?.controls, card.verdict.toReady, card.counts.blockers], ['NOT READY', 'signoff-failed', ['restore-drill'], ['restore-drill'], 0]);
    const deployment = card.categories.find(({ id }) => id === 'deployment');
    assert.deepEqual([deployment?.ledger.map(({ rule, cost }) => [rule, cost]), deployment?.score, deployment?.applicable], [[['restore-drill', 15]], 69.9, 1]);
  });

  it('takes a failed one that is not required for a finding of its severity', () => {
    const after = (severity: 'critical' | 'high' | 'low') => made([{ control: 'a', status: 'failed', severity, category: 'security' }]);
    assert.deepEqual([after('critical').verdict.value, after('high').verdict.value, after('low').verdict.value], ['NOT READY', 'READY', 'READY']);
    assert.deepEqual([after('high').categories[0]?.score, after('high').verdict.conditions, after('low').categories[0]?.score], [85, ['a'], 98]);
  });

  it('does not let a failed one make a category apply', () => {
    const card = made([{ control: 'a', status: 'failed', category: 'frontend' }]);
    assert.deepEqual([card.categories.find(({ id }) => id === 'frontend')?.status, card.score.value], ['not-applicable', 100]);
  });
});

describe('a rule that a sign-off stands for', () => {
  const https: RuleSpec = { rule: 'https-not-enforced', severity: 'high', blocks: true, attestable: 'tls-at-edge' };
  const tls: SignoffSpec = { control: 'tls-at-edge', status: 'passed' };

  it('is attested and returns its points, until the sign-off ends', () => {
    const card = made([tls], [https]);
    const result = card.results.find(({ rule }) => rule === 'https-not-enforced');
    assert.deepEqual([result?.state, result?.findings, result?.cost, result?.attested?.control, result?.attested?.until, result?.attested?.findings.length, card.score.value, card.counts.attested, card.verdict.value],
      ['attested', [], 0, 'tls-at-edge', '2027-01-30', 1, 100, 1, 'READY']);
    assert.equal(made([tls], [https], '2027-01-31').verdict.value, 'NOT READY');
  });

  it('stays open when the sign-off is anything but passed and fresh', () => {
    for (const other of [{ status: 'failed' }, { status: 'not-applicable' }, { changed: 'yes' }, { twoPerson: true }, { status: undefined }, { on: '2027-01-01' }] as const) {
      assert.equal(made([{ ...tls, ...other }], [https]).results.find(({ rule }) => rule === 'https-not-enforced')?.state, 'open', JSON.stringify(other));
    }
    assert.equal(made([{ ...tls, control: 'other' }], [https]).counts.attested, 0);
  });

  it('is never one that could not be checked, holds or does not apply', () => {
    const state = (rule: RuleSpec['state']) => made([tls], [{ ...https, findings: 0, ...(rule && { state: rule }) }]).results.find((one) => one.rule === 'https-not-enforced')?.state;
    assert.deepEqual([state('not-checked'), state('holds'), state('not-applicable')], ['not-checked', 'holds', 'not-applicable']);
  });
});
