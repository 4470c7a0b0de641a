import assert from 'node:assert/strict';
import { ABANDONED_NODE, ABANDONED_PYTHON, PRODUCTS, TABLE_DATE } from '../../rules/kit';

describe('the table of what ages', () => {
  it('names a source for every entry', () => {
    const entries = [...Object.entries(PRODUCTS), ...Object.entries(ABANDONED_PYTHON), ...Object.entries(ABANDONED_NODE)];
    assert.deepEqual(entries.filter(([, each]) => !URL.canParse(each.source)).map(([name]) => name), []);
  });

  it('holds days of the calendar, and was compared on one', () => {
    const days = [TABLE_DATE, ...Object.values(PRODUCTS).flatMap((each) => Object.values(each.ends))];
    assert.deepEqual(days.filter((day) => !/^\d{4}-\d\d-\d\d$/.test(day) || new Date(day).toISOString().slice(0, 10) !== day), []);
  });

  it('proposes a release that still gets fixes', () => {
    for (const [name, { next, ends }] of Object.entries(PRODUCTS)) if (next !== undefined) assert.ok((ends[next] ?? '') > TABLE_DATE, name);
  });
});
