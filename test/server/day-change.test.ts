import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { DayChange } from '../../server/day-change';
import { RESCAN } from '../../server/protocol';
import { OLD, start, VSCODE } from './editor';
import { realHost } from './real-host';

const HOUR = 3_600_000;
const EVENING = Date.parse('2026-12-15T21:30:00Z');
const today = (): string => new Date().toISOString().slice(0, 10);

describe('the change of the day', () => {
  let changes: string[];
  const watch = (day = today): DayChange => new DayChange(day, () => changes.push(today()));
  beforeEach(() => {
    changes = [];
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now: EVENING });
  });
  afterEach(() => mock.timers.reset());

  it('is told at midnight, not before, once, and again a day later', () => {
    const watched = watch();
    mock.timers.tick(2.5 * HOUR - 1);
    assert.deepEqual(changes, []);
    mock.timers.tick(1);
    assert.deepEqual(changes, ['2026-12-16']);
    mock.timers.tick(24 * HOUR - 1);
    assert.deepEqual(changes, ['2026-12-16']);
    mock.timers.tick(1);
    assert.deepEqual(changes, ['2026-12-16', '2026-12-17']);
    watched.end();
  });

  it('is what the host says, within the hour, as after a machine has slept through midnight', () => {
    let day = '2026-11-20';
    const watched = watch(() => day);
    mock.timers.tick(48 * HOUR);
    assert.deepEqual(changes, []);
    day = '2026-11-21';
    mock.timers.tick(HOUR);
    assert.equal(changes.length, 1);
    watched.end();
  });

  it('is no longer told after the end', () => {
    watch().end();
    mock.timers.tick(48 * HOUR);
    assert.deepEqual(changes, []);
  });
});

describe('an acceptance that ends at midnight', () => {
  const APP = 'file:///app/app.py';
  const RULE = 'secret-key-hardcoded';
  const FILES = {
    'app.py': `from flask import Flask\n\napp = Flask(__name__)\napp.config["SECRET_KEY"] = "a-key-7391-in-source"  # shipworthy: accept ${RULE} until 2026-12-15 by Ada -- moves\n`,
    'requirements.txt': 'flask==3.1.2\ngunicorn==23.0.0\n',
    Procfile: 'web: gunicorn app:app\n',
  };
  afterEach(() => mock.timers.reset());

  /** Lets the faked time pass in steps, so that whatever waits for it has its turn. Real sleeps are faked too. */
  const passing = async (holds: () => unknown, what: string): Promise<void> => {
    for (let steps = 100_000; !holds(); steps--) {
      if (steps === 0) throw new Error(`Waited in vain for ${what}.`);
      mock.timers.tick(1);
      await new Promise(setImmediate);
    }
  };

  for (const [kind, capabilities] of [['that pulls', VSCODE], ['that is pushed to', OLD]] as const) {
    it(`is told to a client ${kind}, with nobody asking`, async () => {
      mock.timers.enable({ apis: ['setTimeout', 'Date'], now: EVENING });
      const editor = await start({ capabilities, host: realHost(FILES, { today }) });
      await editor.open(APP, FILES['app.py']);
      let read = false;
      void editor.connection.sendRequest(RESCAN).then(() => { read = true; });
      await passing(() => read, 'the first scan');
      const pushed = () => editor.published.findLast(({ uri }) => uri === APP)?.diagnostics ?? [];
      const shown = async () => (capabilities === VSCODE ? await editor.diagnostics(APP) : pushed()).map(({ code }) => code);
      if (capabilities === OLD) await passing(() => pushed().length > 0, 'the first diagnostics');
      assert.ok(!(await shown()).includes(RULE));
      await passing(() => editor.told.length > 0, 'the first report');
      const quiet = Date.now() + 1000;
      await passing(() => Date.now() > quiet, 'all to be said');
      const { refreshes, told: { length: told } } = editor;

      mock.timers.tick(Date.parse('2026-12-16T00:00:00Z') - Date.now());
      await passing(() => capabilities === VSCODE ? editor.refreshes > refreshes : pushed().some(({ code }) => code === RULE), 'word of the new day');
      assert.ok((await shown()).includes(RULE));
      await passing(() => editor.told.length > told, 'the report of the new day');
      mock.timers.reset();
      await editor.quit();
    });
  }
});
