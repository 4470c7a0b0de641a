import assert from 'node:assert/strict';
import { base64 } from '../../client/base64';
import { bytesOf } from '../../server/client-files';

describe('bytes between client and server', () => {
  it('arrive as they were', () => {
    for (const length of [0, 1, 2, 3, 0x7fff, 0x8000, 0x8001, 1_000_000]) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 7 + 13) % 256);
      assert.equal(base64(bytes), Buffer.from(bytes).toString('base64'));
      assert.deepEqual(bytesOf(base64(bytes)), bytes);
    }
  });
});
