import assert from 'node:assert/strict';
import { nearest, suggestion } from '../../cli/nearest';

const NAMES = ['secret-key-default', 'secret-key-hardcoded', 'sql-injection', 'csrf-missing', 'ci-missing'];

describe('names close to a mistyped one', () => {
  for (const [typed, expected] of [
    ['sql-injektion', 'sql-injection'], ['sqlinjection', 'sql-injection'], ['csfr-missing', 'csrf-missing'], ['CSRF-MISSING', 'csrf-missing'], ['ci-mising', 'ci-missing'],
  ] as const) {
    it(`${typed} is near ${expected}`, () => assert.equal(nearest(typed, NAMES)[0], expected));
  }

  it('takes the beginning of a name for the name', () => {
    assert.deepEqual(nearest('secret', NAMES), ['secret-key-default', 'secret-key-hardcoded']);
  });

  it('puts the nearer one first', () => {
    assert.deepEqual(nearest('abd-onw', ['abc-one', 'abd-one']), ['abd-one', 'abc-one']);
  });

  it('says nothing when nothing is close', () => {
    assert.deepEqual(nearest('kubernetes', NAMES), []);
    assert.deepEqual(nearest('', NAMES), []);
    assert.equal(suggestion('kubernetes', NAMES), '');
  });

  it('names at most three', () => {
    assert.equal(nearest('rule', ['rule-a', 'rule-b', 'rule-c', 'rule-d']).length, 3);
  });

  it('asks a question', () => {
    assert.equal(suggestion('secret-key', NAMES), ' Did you mean secret-key-default or secret-key-hardcoded?');
  });
});
