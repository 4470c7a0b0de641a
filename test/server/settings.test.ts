import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { Pause } from '../../server/pause';
import { DEFAULT_SETTINGS, SECTION, SETTINGS } from '../../server/protocol/settings';
import { readSettings } from '../../server/settings';

describe('declared settings', () => {
  it('have the defaults that the server falls back to', () => {
    const declared = new Map<string, unknown>(SETTINGS.map((one) => [one.key, one.default]));
    for (const [key, value] of Object.entries(DEFAULT_SETTINGS)) assert.deepEqual(declared.get(`${SECTION}.${key}`), value, key);
  });

  it('have a sentence for each of their values', () => {
    for (const one of SETTINGS) if ('enum' in one) assert.equal(one.enumDescriptions.length, one.enum.length, one.key);
  });

  it('are read from any answer', () => {
    const said: string[] = [];
    const log = { info: (text: string) => { said.push(text); } };
    for (const nothing of [undefined, null, 7, 'x', [], { enable: null }]) assert.deepEqual(readSettings(nothing, log), DEFAULT_SETTINGS);
    assert.deepEqual(readSettings({ enable: false, problems: 'workspace', other: 1 }, log), { enable: false, problems: 'workspace', defer: [], codeLens: false });
    assert.deepEqual(readSettings({ defer: ['Ruff', 'hadolint'] }, log).defer, ['ruff', 'hadolint']);
    assert.deepEqual(said, []);
    for (const wrong of ['ruff', [1], {}]) assert.deepEqual(readSettings({ defer: wrong }, log).defer, []);
    assert.equal(said.length, 3);
  });
});

describe('a pause', () => {
  // By a clock that only the test moves: a busy machine would add waits of its own.
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'] }));
  afterEach(() => mock.timers.reset());

  it('waits until it is quiet, but not for ever', () => {
    let done = 0;
    const pause = new Pause(60, () => { done += 1; }, 200);
    for (let at = 0; at < 10; at += 1) {
      pause.start();
      mock.timers.tick(30);
    }
    assert.equal(done, 1, 'the stream went on for 300 ms, the longest wait is 200');
    mock.timers.tick(29);
    assert.equal(done, 1);
    mock.timers.tick(1);
    assert.equal(done, 2);
    mock.timers.tick(1000);
    assert.equal(done, 2);
  });

  it('can be called off', () => {
    let done = 0;
    const pause = new Pause(10, () => { done += 1; });
    pause.start();
    pause.cancel();
    mock.timers.tick(1000);
    assert.equal(done, 0);
  });
});
