import assert from 'node:assert/strict';
import { DEFAULT_VIEW } from '../../client/tree-model';
import { choices, readView, viewWords } from '../../client/view-choice';

describe('the choice of a view', () => {
  it('marks what is chosen in each group', () => {
    const { groups, shown } = choices({ group: 'file', show: 'open' });
    assert.deepEqual(groups.filter(({ current }) => current).map(({ label }) => label), ['By file']);
    assert.deepEqual(shown.filter(({ current }) => current).map(({ label }) => label), ['Only open']);
  });

  it('changes one side and leaves the other', () => {
    for (const { change } of [...choices(DEFAULT_VIEW).groups, ...choices(DEFAULT_VIEW).shown]) assert.equal(Object.keys(change).length, 1);
  });

  it('survives what another version has kept', () => {
    assert.deepEqual(readView({ group: 'file', show: 'open' }), { group: 'file', show: 'open' });
    for (const kept of [undefined, null, 'file', {}, { group: 'words', show: 'old' }, { group: 'toString' }]) assert.deepEqual(readView(kept), DEFAULT_VIEW);
  });

  it('is named in the head of the tree unless it is the usual one', () => {
    assert.equal(viewWords(DEFAULT_VIEW), '');
    assert.equal(viewWords({ group: 'file', show: 'open' }), 'only open · by file');
  });
});
