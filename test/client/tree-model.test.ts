import assert from 'node:assert/strict';
import { DEFAULT_VIEW, treeOf } from '../../client/tree-model';
import type { TreeNode } from '../../client/tree-model';
import { category, finding, FIX, placed, result, silenced } from './cards';

const labels = (nodes: readonly TreeNode[]): string[] => nodes.map(({ label }) => label);
const all = (nodes: readonly TreeNode[]): TreeNode[] => nodes.flatMap((node) => [node, ...all(node.children)]);
function named(nodes: readonly TreeNode[], label: string): TreeNode {
  const found = all(nodes).find((node) => node.label === label);
  assert.ok(found, `There is no node "${label}" among: ${labels(all(nodes)).join(', ')}`);
  return found;
}

const MIXED = [
  result({ rule: 'not-decided', title: 'Backups are tried', state: 'not-checked', reason: 'No file of the project can say.' }),
  result({ rule: 'no-mail', title: 'Mail is encrypted', state: 'not-applicable', reason: 'Nothing sends mail.' }),
  result({ rule: 'debug-on', title: 'Debug mode is off', evidence: [{ path: 'shop/settings.py', range: finding().range, text: 'DEBUG is read from the environment' }], judged: 1 }),
  result({ rule: 'silent', title: 'Tokens end', state: 'accepted', silenced: [silenced()] }),
  result({ rule: 'weak', title: 'Cookies are marked', severity: 'medium', findings: [finding({ rule: 'weak', line: 20, severity: 'medium' })] }),
  result({ findings: [finding({ fixes: [FIX] }), finding({ line: 5, path: 'shop/other.py' })] }),
];

describe('the tree of the report card', () => {
  it('shows a lone card without a root: the verdict, then its categories', () => {
    const roots = treeOf([placed()], DEFAULT_VIEW);
    assert.deepEqual(labels(roots), ['MOSTLY READY', 'Configuration & secrets']);
    assert.equal(roots[0]?.description, 'B+ 87.9');
    assert.deepEqual(labels(roots[0]?.children ?? []), ['The score is below 85.']);
  });

  it('gives each of several cards a root with its headline, and unfolds only the first', () => {
    const roots = treeOf([placed(), placed({ project: { name: 'api', root: 'services/api', frameworks: [], deployable: true } })], DEFAULT_VIEW);
    assert.deepEqual(labels(roots), ['shop', 'api']);
    assert.equal(roots[1]?.description, 'B+ 87.9 · MOSTLY READY · services/api');
    assert.deepEqual(roots.map(({ unfolded }) => unfolded), [true, false]);
  });

  it('says grade, fraction and what is open beside a category', () => {
    const findings = { critical: 0, high: 1, medium: 2, low: 0, info: 0 };
    const node = named(treeOf([placed({ categories: [category({ findings })] })], DEFAULT_VIEW), 'Configuration & secrets');
    assert.equal(node.description, 'A 93.4 · 7 of 9 hold · 1 high, 2 medium');
    assert.equal(node.spoken, 'Configuration & secrets: grade A, 93.4 of 100, 7 of 9 rules hold, 1 high, 2 medium open');
  });

  it('does not invent a grade where there is none', () => {
    const categories = [category({ score: null, grade: '?', status: 'not-assessed', holds: 0 }), category({ id: 'data', title: 'Data', score: null, grade: '-', status: 'not-applicable' })];
    const roots = treeOf([placed({ categories, results: [result(), result({ category: 'data', state: 'not-applicable', reason: 'No database.' })] })], DEFAULT_VIEW);
    assert.equal(named(roots, 'Configuration & secrets').description, 'not assessed · 0 of 9 hold');
    assert.equal(named(roots, 'Data').description, 'not applicable');
  });

  it('lists open rules first, worst first, then accepted, holding, not applicable and not checked ones', () => {
    const node = named(treeOf([placed({ results: MIXED })], DEFAULT_VIEW), 'Configuration & secrets');
    assert.deepEqual(node.children.map(({ subject }) => subject.rule), ['secret-key-default', 'weak', 'silent', 'debug-on', 'no-mail', 'not-decided']);
    assert.deepEqual(node.children.map(({ description }) => description), [
      'secret-key-default · critical · 2 places', 'weak · medium', 'silent · accepted in 1 place', 'debug-on · holds in 1 place',
      'no-mail · not applicable: Nothing sends mail.', 'not-decided · not checked: No file of the project can say.',
    ]);
  });

  it('tells states apart by shape, not by colour alone', () => {
    const node = named(treeOf([placed({ results: MIXED })], DEFAULT_VIEW), 'Configuration & secrets');
    const shapes = node.children.map(({ icon }) => icon.name);
    assert.equal(new Set(shapes).size, shapes.length, shapes.join(', '));
  });

  it('leads from a place to its code, and says all of it to a screen reader', () => {
    const place = named(treeOf([placed({ results: MIXED })], DEFAULT_VIEW), 'settings.py:3');
    assert.deepEqual(place.subject, {
      card: 'file:///work/shop##shop', rule: 'secret-key-default', fingerprint: '0000000000000002',
      opens: { folder: 'file:///work/shop', path: 'shop/settings.py', range: finding().range },
    });
    assert.equal(place.spoken, 'Open, critical: SECRET_KEY falls back to a value that anybody can read here. settings.py line 3, can be fixed');
    assert.deepEqual(place.roles, ['rule', 'open', 'fixable']);
  });

  it('offers a fix only where there is one, and fixing everywhere only where it is safe', () => {
    const roots = treeOf([placed({ results: MIXED })], DEFAULT_VIEW);
    assert.deepEqual(named(roots, 'other.py:6').roles, ['rule', 'open']);
    assert.deepEqual(named(roots, 'The signing key has no fallback in the source').roles, ['rule']);
    const safe = [result({ findings: [finding({ fixes: [{ ...FIX, safety: 'safe' }] })] })];
    assert.deepEqual(named(treeOf([placed({ results: safe })], DEFAULT_VIEW), 'The signing key has no fallback in the source').roles, ['rule', 'sweepable']);
  });

  it('gives the reason of what is silenced, and no way to ignore it again', () => {
    const place = named(treeOf([placed({ results: MIXED })], DEFAULT_VIEW), 'settings.py:9');
    assert.equal(place.description, 'false positive: only used in the demo');
    assert.deepEqual(place.roles, ['rule']);
  });

  it('shows only open rules, and nothing at all when all is clear', () => {
    const view = { ...DEFAULT_VIEW, show: 'open' } as const;
    assert.deepEqual(named(treeOf([placed({ results: MIXED })], view), 'Configuration & secrets').children.map(({ subject }) => subject.rule), ['secret-key-default', 'weak']);
    assert.deepEqual(treeOf([placed()], view), []);
  });

  it('leaves out an application in which nothing is open', () => {
    const other = placed({ project: { name: 'api', root: 'api', frameworks: [], deployable: true }, results: MIXED });
    assert.deepEqual(labels(treeOf([placed(), other], { ...DEFAULT_VIEW, show: 'open' })), ['api']);
  });

  it('shows only places with a fix', () => {
    const roots = treeOf([placed({ results: MIXED })], { ...DEFAULT_VIEW, show: 'fixable' });
    assert.deepEqual(labels(all(roots).filter(({ roles }) => roles.includes('open'))), ['settings.py:3']);
  });

  it('groups by severity, worst first, without empty groups', () => {
    const roots = treeOf([placed({ results: MIXED })], { ...DEFAULT_VIEW, group: 'severity' });
    assert.deepEqual(labels(roots), ['MOSTLY READY', 'Critical', 'Medium']);
    assert.equal(roots[1]?.description, '1 of 5 open');
  });

  it('groups by file: the worst file first, its messages as labels, what is accepted last', () => {
    const roots = treeOf([placed({ results: MIXED })], { ...DEFAULT_VIEW, group: 'file' });
    assert.deepEqual(labels(roots), ['MOSTLY READY', 'settings.py', 'other.py']);
    assert.equal(roots[1]?.description, '1 critical, 1 medium · shop');
    assert.deepEqual(roots[1]?.children.map(({ description }) => description), [
      'line 3 · secret-key-default', 'line 21 · weak', 'line 9 · silent',
    ]);
  });

  it('groups by rule: the rules alone, open ones first and worst first', () => {
    const roots = treeOf([placed({ results: MIXED })], { group: 'rule', show: 'open' });
    assert.deepEqual(roots.map(({ subject }) => subject.rule), [undefined, 'secret-key-default', 'weak']);
    assert.ok(roots.slice(1).every(({ children }) => children.length > 0));
  });

  it('shows only what is new since the baseline, and nothing without one', () => {
    const one = finding({ fingerprint: '1111111111111111' });
    const two = finding({ fingerprint: '2222222222222222', line: 8 });
    const known = result({ rule: 'known', findings: [finding({ rule: 'known', fingerprint: '3333333333333333' })] });
    const card = placed({ results: [result({ findings: [one, two] }), known] });
    const view = { ...DEFAULT_VIEW, show: 'new' } as const;
    const fresh = { ...card, fresh: new Set(['2222222222222222']) };
    const shown = all(treeOf([fresh], view)).filter(({ roles }) => roles.includes('open'));
    assert.deepEqual(shown.map(({ subject }) => subject.fingerprint), ['2222222222222222']);
    assert.deepEqual(all(treeOf([fresh], { group: 'file', show: 'new' })).flatMap(({ subject }) => subject.fingerprint ?? []), ['2222222222222222']);
    assert.deepEqual(treeOf([{ ...card, fresh: new Set<string>() }], view), []);
    assert.deepEqual(treeOf([card], view), []);
  });

  it('shows only the file in front, whatever it is grouped by, and nothing where there is none', () => {
    const results = [result({ findings: [finding({ path: 'a.py', fingerprint: '1111111111111111' }), finding({ path: 'b.py', fingerprint: '2222222222222222' })] })];
    const card = placed({ results });
    const inFront = (folder: string, path: string) => folder === card.folder && path === 'b.py';
    for (const group of ['category', 'severity', 'file', 'rule'] as const) {
      const shown = all(treeOf([card], { group, show: 'front', inFront })).flatMap(({ subject }) => subject.fingerprint ?? []);
      assert.deepEqual(shown, ['2222222222222222'], group);
    }
    assert.deepEqual(treeOf([card], { ...DEFAULT_VIEW, show: 'front', inFront: () => false }), []);
    assert.deepEqual(treeOf([card], { ...DEFAULT_VIEW, show: 'front' }), []);
  });

  it('never gives two nodes one id, however the tree is grouped', () => {
    const awkward = [...MIXED, result({ rule: 'odd', findings: [finding({ rule: 'odd', path: 'verdict:' }), finding({ rule: 'odd', path: 'reason:0', line: 7 })] })];
    for (const group of ['category', 'severity', 'file', 'rule'] as const) {
      const ids = all(treeOf([placed({ results: awkward })], { group, show: 'everything' })).map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length, `${group}: ${ids.join('\n')}`);
    }
  });

  it('keeps ids when lines move, so that what is unfolded stays unfolded', () => {
    const moved = finding({ fingerprint: finding().fingerprint, line: 40 });
    const ids = (one: ReturnType<typeof finding>): string[] => all(treeOf([placed({ results: [result({ findings: [one] })] })], DEFAULT_VIEW)).map(({ id }) => id);
    assert.deepEqual(ids(finding()), ids(moved));
  });
});
