import assert from 'node:assert/strict';
import { compared } from '../../report/comparison/compare';
import { moved } from '../../report/moved';
import { demo } from './demo';

/** Every value under a key of this name, anywhere in a value. */
function under(value: unknown, key: string): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => [...(name === key ? [one] : []), ...under(one, key)]);
}

describe('a card seen from a folder further up', () => {
  const card = moved(demo(), 'services/library');

  it('has every path from there, and none left out', () => {
    assert.deepEqual(under(card, 'path'), under(demo(), 'path').map((path) => `services/library/${String(path)}`));
    assert.ok(under(card, 'path').length > 30);
  });
  it('has what is gone and what it is made of there, and routes where they were', () => {
    const spot = { path: 'app.py', line: 3 };
    const route = { methods: ['GET'], path: '/books', handler: 'books', at: spot, auth: 'open', limit: 'none', csrf: 'not-needed' } as const;
    const gone = { fingerprint: 'f'.repeat(16), rule: 'a', severity: 'low', path: 'old.py', shape: '' } as const;
    const [one = assert.fail()] = compared([{ ...demo(), inventory: { ...demo().inventory, routes: [route] } }], { base: { kind: 'baseline', file: 'b.json', entries: 1 }, known: [gone], gone: () => false });
    const there = moved(one, 'a/b');
    assert.deepEqual(there.inventory.routes, [{ ...route, at: { path: 'a/b/app.py', line: 3 } }]);
    assert.deepEqual(there.comparison?.fixed.map(({ path }) => path), ['a/b/old.py']);
  });
  it('has its root there', () => assert.equal(card.project.root, 'services/library'));
  it('keeps what it says', () => {
    assert.deepEqual(under(card, 'fingerprint'), under(demo(), 'fingerprint'));
    assert.deepEqual(card.verdict, demo().verdict);
  });
});
