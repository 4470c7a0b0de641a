/** What stands in for node's digests in a web worker makes the same ones: fingerprints in records are told by them. */
import assert from 'node:assert/strict';
import { createHash as ofNode } from 'node:crypto';
import { createHash } from '../../engine/web/crypto';

describe('digests in a web worker', () => {
  const TEXTS = ['', 'a', 'ä€😀', '\ud800 alone', 'x'.repeat(55), 'x'.repeat(56), 'x'.repeat(63), 'x'.repeat(64), 'x'.repeat(65), 'é\n'.repeat(50_000)];

  it('are those of node', () => {
    for (const text of TEXTS) assert.equal(createHash('sha256').update(text).digest('hex'), ofNode('sha256').update(text).digest('hex'), `${text.length} letters`);
  });

  it('go on from text to text', () => {
    const [ours, nodes] = [createHash('sha256'), ofNode('sha256')];
    for (const text of TEXTS) { ours.update(text); nodes.update(text); }
    assert.equal(ours.digest('hex'), nodes.digest('hex'));
  });

  it('are of the one kind that is asked for', () => assert.throws(() => createHash('sha1'), /no sha1 in a web worker/));
});
