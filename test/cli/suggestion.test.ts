import assert from 'node:assert/strict';
import { suggestion } from '../../cli/suggestion';

const NAMES = ['secret-key-default', 'secret-key-hardcoded', 'sql-injection', 'csrf-missing', 'ci-missing'];

describe('what somebody may have meant', () => {
  for (const [typed, expected] of [
    ['sql-injektion', 'sql-injection'], ['sqlinjection', 'sql-injection'], ['csfr-missing', 'csrf-missing'], ['CSRF-MISING', 'csrf-missing'], ['ci-mising', 'ci-missing'],
  ] as const) {
    it(`${typed}: ${expected}`, () => assert.equal(suggestion(typed, NAMES), ` Did you mean ${expected}?`));
  }

  it('is every name that begins like it, at most three', () => {
    assert.equal(suggestion('secret-key', NAMES), ' Did you mean secret-key-default or secret-key-hardcoded?');
    assert.equal(suggestion('rule', ['rule-a', 'rule-b', 'rule-c', 'rule-d']), ' Did you mean rule-a or rule-b or rule-c?');
  });

  it('is nothing when nothing is near', () => {
    assert.equal(suggestion('kubernetes', NAMES), '');
    assert.equal(suggestion('', NAMES), '');
  });
});
