// `npm start`, as far as it goes without a person: what it refuses, and that a started workbench answers.
// Takes shipworthy.vsix as it is (npm run package), because tests may not install or build under each other.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hostsFolder, startGroup, until, within } from '../../scripts/host.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const START = join(ROOT, 'scripts/start.mjs');
const FOLDER = join(ROOT, 'test/editor/workspace');

const start = (...args) => spawnSync(process.execPath, [START, ...args], { encoding: 'utf8', timeout: 170_000 });

describe('npm start', function () {
  this.timeout(180_000);

  const refusals = {
    'a port that is none': [['--port', 'http'], '--port is "http": say a number from 1 to 65535.'],
    'a host that is none': [['--host-version', 'latest'], '"latest" is not a host: say newest or oldest.'],
    'two folders': [['one', 'two'], 'One folder can be opened, not 2: one, two.'],
    'a folder that is not there': [[join(ROOT, 'nowhere')], `There is no folder ${join(ROOT, 'nowhere')}.`],
    'a file': [[START], `${START} is not a folder.`],
  };
  for (const [what, [args, sentence]] of Object.entries(refusals)) {
    it(`refuses ${what} in one sentence`, () => {
      const { status, stderr } = start(...args);
      assert.equal(stderr.trim(), sentence);
      assert.equal(status, 1);
    });
  }

  it('refuses a port that is taken', async () => {
    const other = createServer();
    await new Promise((listening) => other.listen(0, '127.0.0.1', listening));
    try {
      const { port } = other.address();
      // Not spawnSync: the other server is in this very process.
      const group = startGroup(process.execPath, [START, FOLDER, '--no-build', '--port', String(port)]);
      await within('npm start', group.ended, 60_000);
      assert.match(group.output(), new RegExp(`Port ${port} of 127.0.0.1 is taken by another program.`));
    } finally {
      other.close();
    }
  });

  it('opens a workbench that answers, with Shipworthy in it, and leaves nothing behind', () => {
    const before = readdirSync(hostsFolder());
    const { status, stdout, stderr } = start(FOLDER, '--no-build', '--check');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^Shipworthy is open at http:\/\/127\.0\.0\.1:\d+\/\?folder=/m);
    assert.deepEqual(readdirSync(hostsFolder()), before);
  });

  it('stays open until Ctrl-C, and then stops everything', async () => {
    const group = startGroup(process.execPath, [START, FOLDER, '--no-build', '--host-version', 'newest']);
    try {
      const url = await until('the address', () => {
        assert.ok(!group.hasEnded(), group.output());
        return /open at (http:\S+)/.exec(group.output())?.[1];
      }, { limit: 60_000 });
      const { status } = await fetch(url, { redirect: 'manual' });
      assert.equal(status, 302, 'the address lets a browser in: it gets a cookie in exchange for the token');
      group.signal('SIGINT');
      assert.equal(await within('stopping', group.ended, 15_000), undefined, group.output());
      await assert.rejects(fetch(url), 'nobody listens any more');
    } finally {
      await group.stop();
    }
  });
});
