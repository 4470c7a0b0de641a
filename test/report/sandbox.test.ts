import assert from 'node:assert/strict';
import type { Audit } from '../../engine/audit/outcome';
import { makeCard } from '../../report/make';
import { isNewer } from '../../rules/kit';
import { HOLDING, OPTIONS, audit } from './fixture';

/** An audit in which these rules came with version 2027.1. */
function withNew(...rules: readonly string[]): Audit {
  const made = audit([
    ...HOLDING, { rule: 'old', severity: 'medium' }, { rule: 'new-open', severity: 'critical', findings: 2 }, { rule: 'new-holds', state: 'holds', evidence: ['it does'] },
    { rule: 'new-elsewhere', state: 'not-applicable', reason: 'No forms.' },
  ]);
  return { ...made, rules: Object.fromEntries(Object.entries(made.rules).map(([id, card]) => [id, rules.includes(id) ? { ...card, since: '2027.1' } : card])) };
}

describe('rules newer than the rule set that counts', () => {
  const newer = withNew('new-open', 'new-holds', 'new-elsewhere');

  it('are reported and not scored', () => {
    const made = makeCard(newer, { ...OPTIONS, ruleset: '1' });
    assert.deepEqual([made.verdict.value, made.counts.blockers, made.counts.findings.critical, made.score.value], ['READY', 0, 0, 97.6]);
    const open = made.results.find((one) => one.rule === 'new-open');
    assert.deepEqual([open?.state, open?.reason, open?.findings.length, open?.unscored?.length], ['not-applicable', 'New in rule set 2027.1, not scored: it has 2 findings. shipworthy.json counts rules up to 1.', 0, 2]);
    assert.match(made.results.find((one) => one.rule === 'new-holds')?.reason ?? '', /not scored: it finds nothing/);
    assert.equal(made.results.find((one) => one.rule === 'new-elsewhere')?.reason, 'No forms.');
    assert.ok(made.plan.every((phase) => phase.items.every((item) => item.rule !== 'new-open')));
  });

  it('give the card that would be made without them', () => {
    const before = { ...newer, outcomes: newer.outcomes.filter((one) => !one.rule.startsWith('new-')) };
    const [pinned, without] = [makeCard(newer, { ...OPTIONS, ruleset: '1' }), makeCard(before, OPTIONS)];
    assert.deepEqual([pinned.score, pinned.verdict, pinned.categories, pinned.plan], [without.score, without.verdict, without.categories, without.plan]);
  });

  it('count when the version is raised, or none is named', () => {
    for (const made of [makeCard(newer, OPTIONS), makeCard(newer, { ...OPTIONS, ruleset: '2027.1' })]) assert.equal(made.verdict.value, 'NOT READY');
  });
});

describe('versions of the rule set', () => {
  it('are compared as numbers', () => {
    for (const [a, b] of [['2', '1'], ['2027.1', '1'], ['2027.10', '2027.9'], ['1.1', '1']] as const) assert.deepEqual([isNewer(a, b), isNewer(b, a)], [true, false], `${a} ${b}`);
    for (const [a, b] of [['1', '1'], ['1', '1.0']] as const) assert.equal(isNewer(a, b), false);
  });
});
