import assert from 'node:assert/strict';
import { chmodSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { openDisk } from '../../engine/workspace/disk';
import { diskFiles } from '../../engine/workspace/disk-files';
import { makeFolder, onDisk, pathsOf } from './folder';

describe('files of a disk', () => {
  const disk = onDisk();

  it('are listed with their size and age, sorted by path', async () => {
    disk.made({ 'b.py': 'x = 1\n', 'a/c.py': '', 'README.md': '# x', 'logo.png': 'png' });
    const { entries, notices } = await disk.listed();
    assert.deepEqual(entries.map((one) => [one.path, one.size]), [['README.md', 3], ['a/c.py', 0], ['b.py', 6], ['logo.png', 0]]);
    assert.deepEqual(notices, []);
    const before = entries.find((one) => one.path === 'b.py')?.stamp;
    utimesSync(join(disk.folder.root, 'b.py'), new Date(1e12), new Date(1e12));
    assert.notEqual((await disk.listed()).entries.find((one) => one.path === 'b.py')?.stamp, before);
  });

  it('have the name of the folder, and no repository', async () => {
    disk.made({ 'a.py': '' });
    const workspace = openDisk(disk.folder.root);
    assert.deepEqual([workspace.name, workspace.root, await workspace.tracked(), (await workspace.revision())?.commit], [disk.folder.root.split('/').at(-1), disk.folder.root, undefined, undefined]);
  });

  it('are left out where they are installed or built', async () => {
    disk.made({
      'app.py': '', '.git/HEAD': 'x', 'node_modules/a/index.js': '', 'web/node_modules/b.js': '', 'bower_components/a.js': '', 'lib/site-packages/a.py': '', '__pycache__/a.pyc': '', '.tox/a.py': '', '.next/a.js': '', 'staticfiles/a.css': '',
      'myenv/pyvenv.cfg': '', 'myenv/lib/a.py': '', '.venv/pyvenv.cfg': '', '.venv/lib/b.py': '', 'web/.venv/c.py': '', 'env/settings.py': '', 'config/env/prod.py': '', 'dist/a.js': '',
    });
    assert.deepEqual(await disk.paths(), ['.venv/pyvenv.cfg', 'app.py', 'config/env/prod.py', 'dist/a.js', 'env/settings.py', 'myenv/pyvenv.cfg']);
  });

  it('are looked at when their folder is itself a virtual environment by mistake', async () => {
    disk.made({ 'pyvenv.cfg': '', 'app.py': '' });
    assert.deepEqual(await disk.paths(), ['app.py', 'pyvenv.cfg']);
  });

  it('are left out where they are excluded, tracked or not', async () => {
    disk.made({ 'a.py': '', 'legacy/b.py': '', 'x.sql': '', 'keep.sql': '' }).track('legacy/b.py', 'a.py');
    assert.deepEqual(pathsOf(await disk.listed({ exclude: ['legacy/', '*.sql', '!keep.sql'] })), ['a.py', 'keep.sql']);
  });

  it('are counted up to a limit, the deepest left out', async () => {
    disk.made({ 'a.py': '', 'b.py': '', 'd/c.py': '', 'd/e/f.py': '' });
    const { entries, notices } = await disk.listed({ limits: { files: 3 } });
    assert.deepEqual(entries.map((one) => one.path), ['a.py', 'b.py', 'd/c.py']);
    assert.deepEqual(notices.map((one) => [one.code, one.incomplete]), [['limit', true]]);
    assert.match(notices[0]?.message ?? '', /more than 3 files/);
    assert.deepEqual((await disk.listed({ limits: { files: 4 } })).notices, []);
  });

  it('need not all be there: what cannot be listed is said, the rest goes on', async () => {
    disk.made({ 'a.py': '', 'secret/b.py': '', 'c/d.py': '' });
    const { entries, notices } = await disk.listed({ files: disk.refusing('EACCES', 'secret') });
    assert.deepEqual(entries.map((one) => one.path), ['a.py', 'c/d.py']);
    assert.deepEqual(notices.map((one) => [one.code, one.path, one.incomplete]), [['unreadable', 'secret', true]]);
    assert.match(notices[0]?.message ?? '', /EACCES.*right to list it/);
  });

  it('that the account may not read are said', async function () {
    if (process.platform === 'win32') this.skip();
    disk.made({ 'a.py': 'x', 'locked/b.py': '' });
    chmodSync(disk.folder.root, 0o755);
    chmodSync(join(disk.folder.root, 'a.py'), 0);
    chmodSync(join(disk.folder.root, 'locked'), 0);
    // Nothing is forbidden to root, so it steps down to nobody meanwhile.
    const root = process.getuid?.() === 0;
    if (root) process.seteuid?.(65_534);
    try {
      assert.deepEqual([(await disk.refusal('a.py')).code, (await disk.listed()).notices.map((one) => [one.code, one.path])], ['unreadable', [['unreadable', 'locked']]]);
    } finally {
      if (root) process.seteuid?.(0);
      chmodSync(join(disk.folder.root, 'locked'), 0o755);
    }
  });

  it('of a folder that is gone are none, and it is said', async () => {
    disk.made();
    rmSync(disk.folder.root, { recursive: true });
    const { entries, notices } = await disk.listed();
    assert.deepEqual([entries, notices.map((one) => one.code)], [[], ['unreadable']]);
  });

  it('stop being listed when nobody waits any more', async () => {
    disk.made({ 'a/b/c.py': '' });
    const reason = new Error('enough');
    await assert.rejects(openDisk(disk.folder.root).list(AbortSignal.abort(reason)), reason);
    const controller = new AbortController();
    const listing = openDisk(disk.folder.root, { files: { ...diskFiles, async names(path) { controller.abort(reason); return diskFiles.names(path); } } }).list(controller.signal);
    await assert.rejects(listing, reason);
  });
});

describe('symbolic links', () => {
  const disk = onDisk();

  it('are followed to what is listed anyway', async () => {
    disk.made({ 'docker/Dockerfile.prod': 'FROM a', 'shared/a.py': 'x = 1', 'shared/deep/b.py': '' });
    disk.folder.link('Dockerfile', 'docker/Dockerfile.prod');
    disk.folder.link('api/shared', '../shared');
    const { entries, notices } = await disk.listed();
    assert.deepEqual(entries.map((one) => [one.path, one.real]), [
      ['Dockerfile', 'docker/Dockerfile.prod'], ['api/shared/a.py', 'shared/a.py'], ['api/shared/deep/b.py', 'shared/deep/b.py'], ['docker/Dockerfile.prod', undefined], ['shared/a.py', undefined], ['shared/deep/b.py', undefined],
    ]);
    assert.deepEqual([notices, await disk.text('api/shared/a.py')], [[], 'x = 1']);
  });

  it('are not followed out of the workspace, to nothing, or to what is left out', async () => {
    const outside = makeFolder({ 'a.py': 'outside' });
    disk.made({ 'node_modules/x/index.js': '', '.gitignore': 'data/\n', 'data/a.py': '' });
    disk.folder.link('out', outside.root);
    disk.folder.link('out.py', join(outside.root, 'a.py'));
    disk.folder.link('gone.py', 'nowhere.py');
    disk.folder.link('x', 'node_modules/x');
    disk.folder.link('d', 'data');
    const { entries, notices } = await disk.listed();
    assert.deepEqual([entries.map((one) => one.path), notices], [['.gitignore'], []]);
    for (const path of ['out/a.py', 'out.py', '../a.py', '/etc/passwd', 'a/../../x', '']) {
      const reading = await openDisk(disk.folder.root).read(path);
      assert.ok('notice' in reading && reading.notice.code === 'unreadable', path);
    }
    assert.equal((await disk.refusal('gone.py')).code, 'vanished');
    outside.remove();
  });

  it('that lead back are said, once', async () => {
    disk.made({ 'a/b.py': '' });
    disk.folder.link('a/up', '..');
    disk.folder.link('a/self', '../a');
    disk.folder.link('x', 'y');
    disk.folder.link('y', 'x');
    const { entries, notices } = await disk.listed();
    assert.deepEqual(entries.map((one) => one.path), ['a/b.py']);
    assert.deepEqual(notices.map((one) => one.code), ['link-loop']);
    assert.match(notices[0]?.message ?? '', /a\/self, a\/up, x, y lead back/);
    assert.equal((await disk.refusal('x')).code, 'link-loop');
  });
});
