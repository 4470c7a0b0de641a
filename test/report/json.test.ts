import assert from 'node:assert/strict';
import { json } from '../../report/json';
import { demo } from './demo';
import { hostile } from './hostile';

/** The same value with every object's keys the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([key, one]) => [key, reversed(one)]));
}

describe('the JSON report', () => {
  it('is the card, and all of it', () => assert.deepEqual(JSON.parse(json(demo())), JSON.parse(JSON.stringify(demo()))));
  it('has the same bytes whatever the order of keys it was made with', () => {
    assert.equal(json(reversed(demo()) as ReturnType<typeof demo>), json(demo()));
    assert.deepEqual(Object.keys(JSON.parse(json(demo())) as object).slice(0, 6), ['schemaVersion', 'tool', 'scoring', 'ruleset', 'asOf', 'project']);
  });
  it('holds no raw control character, and loses none', () => {
    assert.doesNotMatch(json(hostile()), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ud800-\udfff]/u);
    assert.deepEqual(JSON.parse(json(hostile())), JSON.parse(JSON.stringify(hostile())));
  });
  it('has no number with noise', () => {
    for (const [number] of json(demo()).matchAll(/\d+\.\d{3,}/g)) assert.fail(number);
  });
});
