/** Where two texts differ: what is found is the shortest stretch, wherever it lies in texts that are compared in blocks. */
import assert from 'node:assert/strict';
import { stretchBetween } from '../../engine/syntax/stretch';

describe('the stretch between two texts', () => {
  const text = Array.from({ length: 600 }, (_, index) => `line ${index}\n`).join('');
  for (const [what, start, end, put] of [
    ['a letter put in', 3000, 3000, 'x'], ['a letter gone', 3000, 3001, ''], ['a letter in the place of another', 1023, 1024, 'x'], ['at the beginning', 0, 0, 'x'], ['at the end', text.length, text.length, 'x'],
    ['at the end of a block', 1024, 1024, 'x'], ['much gone', 100, 5000, ''], ['much put in', 2048, 2048, 'y'.repeat(3000)], ['nothing', 0, 0, ''],
  ] as const) {
    it(`is found: ${what}`, () => {
      const now = text.slice(0, start) + put + text.slice(end);
      const found = stretchBetween(text, now);
      assert.equal(text.slice(0, found.start) + now.slice(found.start, found.end + found.by) + text.slice(found.end), now);
      assert.equal(found.by, put.length - (end - start));
      assert.ok(found.end - found.start <= end - start);
    });
  }

  it('is no longer where the same letters stand on both of its sides', () => {
    const many = 'a'.repeat(5000);
    assert.deepEqual(stretchBetween(many, `${many}a`), { start: 5000, end: 5000, by: 1 });
    assert.deepEqual(stretchBetween(`${many}b${many}`, `${many}c${many}`), { start: 5000, end: 5001, by: 0 });
  });
});
