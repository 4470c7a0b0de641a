import assert from 'node:assert/strict';
import { dayNumber } from '../../rules/kit';
import { HOLDING, audit, card, OPTIONS, TODAY } from './fixture';
import type { RuleSpec } from './fixture';
import type { Silenced } from '../../engine/audit/outcome';
import { makeCard } from '../../report/make';

/** TODAY is 2026-11-20. */
const accepted = (silenced: Partial<Silenced>, severity: 'high' | 'critical' = 'high') => card([...HOLDING, { rule: 'a', severity, silenced }]);
const state = (silenced: Partial<Silenced>, severity: 'high' | 'critical' = 'high') => accepted(silenced, severity).results.find((result) => result.rule === 'a')?.state;

describe('an accepted risk', () => {
  it('still costs, but neither caps nor blocks', () => {
    const made = card([...HOLDING, { rule: 'a', severity: 'high', blocks: true, silenced: {} }]);
    const security = made.categories.find((one) => one.id === 'security');
    assert.deepEqual([security?.score, security?.caps, made.verdict.value, made.counts.accepted], [85, [], 'READY', 1]);
    assert.deepEqual(security?.ledger.map((line) => [line.rule, line.accepted, line.blocks, line.cost]), [['a', 1, false, 15]]);
  });
  it('shares the harmonic sum with open findings of its rule', () => {
    const made = card([...HOLDING, { rule: 'a', findings: [{}, { silenced: {} }] }]);
    const line = made.categories[0]?.ledger[0];
    assert.deepEqual([line?.occurrences, line?.accepted, line?.cost], [2, 1, 9]);
  });
  it('lasts through its last day and not a day longer', () => {
    assert.equal(state({ until: TODAY }), 'accepted');
    assert.equal(state({ until: '2026-11-19' }), 'open');
  });
  it('lasts half a year at most, a critical one a month', () => {
    assert.equal(state({ until: '2027-05-19' }), 'accepted');
    assert.equal(state({ until: '2027-05-20' }), 'open');
    assert.equal(state({ until: '2026-12-20' }, 'critical'), 'accepted');
    assert.equal(state({ until: '2026-12-21' }, 'critical'), 'open');
  });
  it('does not count without a reason, a name or a real day, and says so where it stands', () => {
    for (const broken of [{ reason: ' ' }, { by: '' }, { until: '2026-02-30' }, { until: 'soon' }, { until: '2026-11-32' }]) {
      const made = accepted(broken);
      assert.equal(made.results.find((result) => result.rule === 'a')?.state, 'open', JSON.stringify(broken));
      const notice = made.notices.find((one) => one.code === 'suppression');
      assert.match(notice?.message ?? '', /^This acceptance of a does not count: /);
      assert.equal(notice?.path, 'app.py');
    }
  });
  it('of another tool is taken as it is: its comments have no slot for an end', () => {
    const made = makeCard(withoutEnd('bandit'), OPTIONS);
    assert.equal(made.results.find((result) => result.rule === 'a')?.state, 'accepted');
    assert.equal(makeCard(withoutEnd('shipworthy'), OPTIONS).results.find((result) => result.rule === 'a')?.state, 'open');
  });
  it('gives two weeks\' warning of its end', () => {
    const said = (until: string) => accepted({ until }).notices.map((notice) => notice.message).join();
    assert.match(said('2026-12-04'), /ends in 14 days/);
    assert.match(said('2026-11-21'), /ends tomorrow/);
    assert.match(said(TODAY), /ends today/);
    assert.equal(said('2026-12-05'), '');
  });
});

describe('a false positive', () => {
  it('costs nothing and needs no end', () => {
    const made = accepted({ lane: 'false-positive' });
    assert.deepEqual([made.score.value, made.counts.accepted, made.notices], [100, 1, []]);
    assert.ok((made.score.unsuppressed ?? 100) < 100);
  });
});

describe('the day of a card', () => {
  it('must be a day', () => {
    for (const asOf of ['', 'today', '2026-13-01', '2026-02-29', '20261120']) assert.throws(() => card(HOLDING, {}, { asOf }), RangeError);
  });
  it('counts across months and leap years', () => {
    assert.equal((dayNumber('2024-03-01') ?? 0) - (dayNumber('2024-02-28') ?? 0), 2);
    assert.equal(dayNumber('1970-01-01'), 0);
  });
});

function withoutEnd(tool: string) {
  const rule: RuleSpec = { rule: 'a', severity: 'high', silenced: { tool } };
  const made = audit([...HOLDING, rule]);
  return { ...made, outcomes: made.outcomes.map((outcome) => ({ ...outcome, silenced: outcome.silenced.map(({ finding, lane, reason, where }) => ({ finding, lane, tool, reason, where })) })) };
}
