import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { promptly } from '../../engine/workspace/promptly';

/** Keeps the processor busy. */
function busy(milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end;);
}

describe('calls to a disk', () => {
  let asked: string[];
  const call = (milliseconds: number) => promptly(() => { asked.push('now'); busy(milliseconds); return 'it'; }, async () => { asked.push('later'); return 'it'; });
  beforeEach(async () => {
    asked = [];
    // What other tests did to it is over.
    await sleep(1100);
  });

  it('are made at once while they are answered at once', async () => {
    for (let count = 0; count < 50; count++) assert.equal(await call(0), 'it');
    assert.deepEqual(new Set(asked), new Set(['now']));
  });

  it('let others have their turn', async () => {
    let turns = 0;
    let done = false;
    const turn = (): void => { turns++; if (!done) setImmediate(turn); };
    setImmediate(turn);
    await Promise.all(Array.from({ length: 100 }, () => call(1)));
    done = true;
    assert.ok(turns >= 4, `${turns} turns in 100 ms`);
  });

  it('are made in the background when the disk is slow, for a while', async () => {
    for (let count = 0; count < 5; count++) await call(6);
    assert.deepEqual(asked, ['now', 'now', 'now', 'later', 'later']);
    await sleep(1100);
    await call(0);
    assert.equal(asked.at(-1), 'now');
  });

  it('that are slow now and then change nothing', async () => {
    for (let count = 0; count < 4; count++) { await call(6); await call(0); }
    assert.deepEqual(new Set(asked), new Set(['now']));
  });

  it('fail with what they throw', async () => {
    await assert.rejects(promptly(() => { throw Object.assign(new Error('not there'), { code: 'ENOENT' }); }, async () => 0), { code: 'ENOENT' });
  });
});
