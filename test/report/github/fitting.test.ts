import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bytes, fitting } from '../../../report/github/fitting';

const section = (name: string, items: readonly string[]) => ({ name, head: `<${name}>\n`, items, tail: `</${name}>\n` });
const size = (text: string) => Buffer.byteLength(text, 'utf8');

describe('a document with a limit', () => {
  it('is all of it when it fits', () => assert.equal(fitting([section('a', ['1\n', '2\n']), section('b', [])], 5000), '<a>\n1\n2\n</a>\n<b>\n</b>\n'));

  it('ends its sections when it is cut, and says what is missing', () => {
    const text = fitting([section('apples', Array.from({ length: 100 }, (_, index) => `${index}\n`.padStart(20))), section('pears', ['one more than fits\n'.repeat(60)])], 1500);
    assert.match(text, /^<apples>\n[^]*<\/apples>\n\n> \[!NOTE\]/);
    assert.match(text, /there is room for 1 KiB here: 7\d apples, 1 pears\./);
    assert.ok(!text.includes('<pears>'));
  });

  it('never takes more than the limit, in bytes and not in letters', () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 }).map((one) => `${one}\n`);
    fc.assert(fc.property(fc.array(fc.record({ items: fc.array(text, { maxLength: 40 }) }), { maxLength: 8 }), fc.integer({ min: 1100, max: 6000 }), (all, budget) => {
      assert.ok(size(fitting(all.map(({ items }, index) => section(`part ${index % 3}`, items)), budget)) <= budget);
    }));
  });

  it('counts as UTF-8 does', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => assert.equal(bytes(text), size(text))));
  });
});
