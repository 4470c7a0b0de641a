import assert from 'node:assert/strict';
import { narrow } from '../../cli/narrow';
import { card, HOLDING, incomplete, type RuleSpec } from '../report/fixture';

const RULES: readonly RuleSpec[] = [
  ...HOLDING,
  { rule: 'debug-enabled', severity: 'critical', findings: [{ path: 'a.py' }, { path: 'b.py' }] },
  { rule: 'csrf-missing', severity: 'high', findings: [{ path: 'b.py' }] },
];

function project(root: string, rules: readonly RuleSpec[] = RULES) {
  return card(rules, { project: { name: root || 'all', root, frameworks: [], deployable: true }, notices: [incomplete('a.py'), incomplete('b.py')] });
}

describe('a part of a report', () => {
  it('is the whole when nothing less is asked for', () => {
    const cards = [project('')];
    assert.equal(narrow(cards, {}), cards);
  });

  it('holds the wanted rules only, whether they are open or hold', () => {
    const [part] = narrow([project('')], { rules: new Set(['csrf-missing', 'auth-holds']) });
    assert.deepEqual(part?.results.map((result) => result.rule).toSorted(), ['auth-holds', 'csrf-missing']);
    assert.equal(part?.counts.findings.critical, 0);
    assert.equal(part?.counts.findings.high, 1);
    assert.equal(part?.counts.holds, 1);
    assert.deepEqual(part?.plan.flatMap((phase) => phase.items.map((item) => item.rule)), ['csrf-missing']);
  });

  it('keeps score and verdict of the whole', () => {
    const whole = project('');
    const [part] = narrow([whole], { rules: new Set(['auth-holds']) });
    assert.deepEqual(part?.score, whole.score);
    assert.deepEqual(part?.verdict, whole.verdict);
    assert.deepEqual(part?.categories, whole.categories);
  });

  it('holds one file only', () => {
    const [part] = narrow([project('')], { file: 'a.py' });
    assert.deepEqual(part?.results.flatMap((result) => result.findings.map((one) => `${one.rule} ${one.path}`)), ['debug-enabled a.py']);
    assert.equal(part?.counts.blockers, 1);
    assert.deepEqual(part?.notices.map((notice) => notice.path), ['a.py']);
  });

  it('holds one rule of one file', () => {
    const [part] = narrow([project('')], { file: 'b.py', rules: new Set(['debug-enabled']) });
    assert.deepEqual(part?.results.map((result) => [result.rule, result.findings.length]), [['debug-enabled', 1]]);
  });

  it('is about the innermost project around a file', () => {
    const cards = [project(''), project('shop'), project('shop-admin')];
    assert.deepEqual(narrow(cards, { file: 'shop/app.py' }).map((one) => one.project.root), ['shop']);
    assert.deepEqual(narrow(cards, { file: 'README.md' }).map((one) => one.project.root), ['']);
  });

  it('keeps all projects for a file outside of them', () => {
    assert.equal(narrow([project('shop'), project('admin')], { file: 'compose.yml' }).length, 2);
  });
});
