import assert from 'node:assert/strict';
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
  it('has its root there', () => assert.equal(card.project.root, 'services/library'));
  it('keeps what it says', () => {
    assert.deepEqual(under(card, 'fingerprint'), under(demo(), 'fingerprint'));
    assert.deepEqual(card.verdict, demo().verdict);
  });
});
