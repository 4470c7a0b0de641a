import assert from 'node:assert/strict';
import { metaHeaders } from '../../engine/files/meta';

describe('headers a page gives itself', () => {
  it('reads names and contents where they stand, whatever the quotes', () => {
    const text = "<meta charset=utf-8><META content='default-src \"x\"' http-equiv=Content-Security-Policy>";
    const [found, ...others] = metaHeaders(text);
    assert.equal(others.length, 0);
    assert.equal(found?.name, 'Content-Security-Policy');
    assert.equal(found.value, 'default-src "x"');
    assert.equal(text.slice(found.valueAt?.start, found.valueAt?.end), "'default-src \"x\"'");
  });
  it('leaves out comments, other tags and broken ones', () => {
    assert.deepEqual(metaHeaders('<!-- <meta http-equiv="refresh" content="1"> -->{# <meta http-equiv="refresh"> #}'), []);
    assert.deepEqual(metaHeaders('<meta name="x" content="http-equiv">'), []);
    assert.deepEqual(metaHeaders('<meta http-equiv="refresh'), []);
  });
});
