import assert from 'node:assert/strict';
import { endProblem, firstEnd, missing } from '../../client/decision-words';

describe('what is asked before a decision', () => {
  it('takes last days that there are, from today to the latest', () => {
    const problem = (text: string) => endProblem(text, '2026-11-20', '2026-12-20');
    for (const day of ['2026-11-20', ' 2026-12-20 ', '2026-12-01']) assert.equal(problem(day), undefined, day);
    assert.equal(problem('2026-11-19'), '2026-11-19 is over.');
    assert.match(problem('2026-12-21') ?? '', /until 2026-12-20 at the latest/);
    for (const text of ['', 'soon', '2026-11-31', '2026-1-1', '20.12.2026', '2026-12-01T00:00']) assert.match(problem(text) ?? '', /YYYY-MM-DD/, text);
  });

  it('offers a quarter, or as long as is allowed', () => {
    assert.equal(firstEnd('2026-11-20', '2026-12-20'), '2026-12-20');
    assert.equal(firstEnd('2026-11-20', '2027-05-19'), '2027-02-18');
  });

  it('wants what is asked', () => {
    assert.equal(missing('Why?')(' \n'), 'Why?');
    assert.equal(missing('Why?')(' x '), undefined);
  });
});
