import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync, utimesSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { openDisk } from '../../engine/workspace/disk';
import { diskFiles } from '../../engine/workspace/disk-files';
import type { Files } from '../../engine/workspace/files';
import { fault } from '../../engine/workspace/files';
import type { Notice } from '../../engine/audit/outcome';
import type { Folder } from './folder';
import { makeFolder, pathsOf } from './folder';
import { COMMIT } from './git';

let folder: Folder;
const made = (...args: Parameters<typeof makeFolder>) => (folder = makeFolder(...args));
const listed = async (...args: Parameters<typeof openDisk> extends [string, ...infer Rest] ? Rest : never) => openDisk(folder.root, ...args).list();
const paths = async () => pathsOf(await listed());
const text = async (path: string) => {
  const reading = await openDisk(folder.root).read(path);
  assert.ok('text' in reading, 'notice' in reading ? reading.notice.message : '');
  return reading.text;
};
const refusal = async (path: string, ...args: Parameters<typeof openDisk> extends [string, ...infer Rest] ? Rest : never): Promise<Notice> => {
  const reading = await openDisk(folder.root, ...args).read(path);
  assert.ok('notice' in reading, 'it was read');
  assert.equal(reading.notice.path, path);
  assert.ok(reading.notice.message.includes(path) && reading.notice.message.endsWith('.'), reading.notice.message);
  return reading.notice;
};
/** The disk, with some paths that the system refuses. */
const refusing = (code: string, ...refused: readonly string[]): Files => {
  const check = (path: string) => {
    if (refused.some((one) => path === `${folder.root}/${one}`)) throw fault(code, path);
  };
  return {
    ...diskFiles,
    async names(path) { check(path); return diskFiles.names(path); },
    async read(path, limit) { check(path); return diskFiles.read(path, limit); },
  };
};

describe('a workspace on a disk', () => {
  afterEach(() => folder.remove());

  describe('files of a disk', () => {
    it('are listed with their size and age, sorted by path', async () => {
      made({ 'b.py': 'x = 1\n', 'a/c.py': '', 'README.md': '# x', 'logo.png': 'png' });
      const { entries, notices } = await listed();
      assert.deepEqual(entries.map((one) => [one.path, one.size]), [['README.md', 3], ['a/c.py', 0], ['b.py', 6], ['logo.png', 0]]);
      assert.deepEqual(notices, []);
      const before = entries.find((one) => one.path === 'b.py')?.stamp;
      utimesSync(join(folder.root, 'b.py'), new Date(1e12), new Date(1e12));
      assert.notEqual((await listed()).entries.find((one) => one.path === 'b.py')?.stamp, before);
    });

    it('have the name of the folder, and no repository', async () => {
      made({ 'a.py': '' });
      const workspace = openDisk(folder.root);
      assert.deepEqual([workspace.name, workspace.root, await workspace.tracked(), await workspace.commit()], [folder.root.split('/').at(-1), folder.root, undefined, undefined]);
    });

    it('are left out where they are installed or built', async () => {
      made({
        'app.py': '', '.git/HEAD': 'x', 'node_modules/a/index.js': '', 'web/node_modules/b.js': '', 'bower_components/a.js': '', 'lib/site-packages/a.py': '', '__pycache__/a.pyc': '', '.tox/a.py': '', '.next/a.js': '', 'staticfiles/a.css': '',
        'myenv/pyvenv.cfg': '', 'myenv/lib/a.py': '', '.venv/pyvenv.cfg': '', '.venv/lib/b.py': '', 'env/settings.py': '', 'config/env/prod.py': '', 'dist/a.js': '',
      });
      assert.deepEqual(await paths(), ['.venv/pyvenv.cfg', 'app.py', 'config/env/prod.py', 'dist/a.js', 'env/settings.py', 'myenv/pyvenv.cfg']);
    });

    it('are looked at when their folder is itself a virtual environment by mistake', async () => {
      made({ 'pyvenv.cfg': '', 'app.py': '' });
      assert.deepEqual(await paths(), ['app.py', 'pyvenv.cfg']);
    });

    it('are left out where they are excluded, tracked or not', async () => {
      made({ 'a.py': '', 'legacy/b.py': '', 'x.sql': '', 'keep.sql': '' }).track('legacy/b.py', 'a.py');
      assert.deepEqual(pathsOf(await listed({ exclude: ['legacy/', '*.sql', '!keep.sql'] })), ['a.py', 'keep.sql']);
    });

    it('are counted up to a limit, the deepest left out', async () => {
      made({ 'a.py': '', 'b.py': '', 'd/c.py': '', 'd/e/f.py': '' });
      const { entries, notices } = await listed({ limits: { files: 3 } });
      assert.deepEqual(entries.map((one) => one.path), ['a.py', 'b.py', 'd/c.py']);
      assert.deepEqual(notices.map((one) => [one.code, one.incomplete]), [['limit', true]]);
      assert.match(notices[0]?.message ?? '', /more than 3 files/);
      assert.deepEqual((await listed({ limits: { files: 4 } })).notices, []);
    });

    it('need not all be there: what cannot be listed is said, the rest goes on', async () => {
      made({ 'a.py': '', 'secret/b.py': '', 'c/d.py': '' });
      const { entries, notices } = await listed({ files: refusing('EACCES', 'secret') });
      assert.deepEqual(entries.map((one) => one.path), ['a.py', 'c/d.py']);
      assert.deepEqual(notices.map((one) => [one.code, one.path, one.incomplete]), [['unreadable', 'secret', true]]);
      assert.match(notices[0]?.message ?? '', /EACCES.*right to list it/);
    });

    it('that the account may not read are said', async function () {
      if (process.platform === 'win32') this.skip();
      made({ 'a.py': 'x', 'locked/b.py': '' });
      chmodSync(folder.root, 0o755);
      chmodSync(join(folder.root, 'a.py'), 0);
      chmodSync(join(folder.root, 'locked'), 0);
      // Nothing is forbidden to root, so it steps down to nobody meanwhile.
      const root = process.getuid?.() === 0;
      if (root) process.seteuid?.(65_534);
      try {
        assert.deepEqual([(await refusal('a.py')).code, (await listed()).notices.map((one) => [one.code, one.path])], ['unreadable', [['unreadable', 'locked']]]);
      } finally {
        if (root) process.seteuid?.(0);
        chmodSync(join(folder.root, 'locked'), 0o755);
      }
    });

    it('of a folder that is gone are none, and it is said', async () => {
      made();
      rmSync(folder.root, { recursive: true });
      const { entries, notices } = await listed();
      assert.deepEqual([entries, notices.map((one) => one.code)], [[], ['unreadable']]);
    });

    it('stop being listed when nobody waits any more', async () => {
      made({ 'a/b/c.py': '' });
      const reason = new Error('enough');
      await assert.rejects(openDisk(folder.root).list(AbortSignal.abort(reason)), reason);
      const controller = new AbortController();
      const listing = openDisk(folder.root, { files: { ...diskFiles, async names(path) { controller.abort(reason); return diskFiles.names(path); } } }).list(controller.signal);
      await assert.rejects(listing, reason);
    });
  });

  describe('what git ignores', () => {
    it('is left out, by every .gitignore on the way', async () => {
      made({
        '.gitignore': '*.log\n/build/\ntmp/\n!important.log\n', 'a.log': '', 'important.log': '', 'build/x.py': '', 'src/build/y.py': '', 'src/tmp/z.py': '', 'src/a.py': '',
        'web/.gitignore': '*.gen.ts\n!*.log\n/local\n', 'web/a.gen.ts': '', 'web/b.log': '', 'web/local/c.ts': '', 'web/deep/local/d.ts': '', 'web/deep/e.gen.ts': '',
      });
      assert.deepEqual(await paths(), ['.gitignore', 'important.log', 'src/a.py', 'src/build/y.py', 'web/.gitignore', 'web/b.log', 'web/deep/local/d.ts']);
    });

    it('may be taken back nearer by, folders too', async () => {
      made({ '.gitignore': 'logs/\n*.pyc\n', 'a/.gitignore': '!logs/\n', 'a/logs/keep.py': '', 'a/logs/b.pyc': '', 'b/logs/x.py': '' });
      const found = await paths();
      assert.ok(found.includes('a/logs/keep.py') && !found.includes('b/logs/x.py'));
    });

    it('is also what .git/info/exclude says', async () => {
      made({ 'a.py': '', 'mine.py': '', '.git/info/exclude': 'mine.py\n' }).track('a.py');
      assert.deepEqual(await paths(), ['a.py']);
    });

    it('counts all the same when git tracks it', async () => {
      made({ '.gitignore': '.env\nbuild/\n*.log\n', '.env': 'A=1', 'build/deep/kept.py': '', 'build/other.py': '', 'build/deep/x.py': '', 'a.log': '' }).track('.env', 'build/deep/kept.py', '.gitignore');
      assert.deepEqual(await paths(), ['.env', '.gitignore', 'build/deep/kept.py']);
      assert.equal(await text('.env'), 'A=1');
    });

    it('is said of .env files, which are never read', async () => {
      made({ '.gitignore': '.env*\n!.env.example\nsecrets/\n', '.env': 'KEY=private', 'web/.env.local': 'KEY=private', '.env.example': 'KEY=', 'secrets/prod.env': 'KEY=private', 'note.txt': '' });
      folder.link('settings.txt', '.env');
      const { ignoredEnvFiles, entries } = await listed();
      assert.deepEqual(ignoredEnvFiles, ['.env', 'web/.env.local']);
      assert.deepEqual(entries.map((one) => one.path), ['.env.example', '.gitignore', 'note.txt']);
      for (const path of ['.env', 'web/.env.local', 'secrets/prod.env', 'settings.txt']) {
        const notice = await refusal(path);
        assert.equal(notice.code, 'unreadable');
        assert.ok(!notice.message.includes('private') || notice.message.includes('what is in it is private'), path);
      }
      assert.equal(await text('.env.example'), 'KEY=');
    });

    it('is nothing where there is no .gitignore: an .env is listed and read', async () => {
      made({ '.env': 'A=1' });
      assert.deepEqual([await paths(), await text('.env')], [['.env'], 'A=1']);
    });

    it('is decided by the repository around a workspace, too', async () => {
      made({ '.gitignore': 'packages/api/out/\n*.log\n', 'packages/.gitignore': '*.tmp.py\n', 'packages/api/a.py': '', 'packages/api/out/b.py': '', 'packages/api/c.log': '', 'packages/api/d.tmp.py': '', 'other.py': '' }).track('packages/api/a.py', 'packages/api/c.log', 'other.py');
      const api = openDisk(join(folder.root, 'packages/api'));
      assert.deepEqual(pathsOf(await api.list()), ['a.py', 'c.log']);
      assert.deepEqual([...await api.tracked() ?? []].sort(), ['a.py', 'c.log']);
      assert.equal(await api.commit(), COMMIT);
    });

    it('does not make a workspace vanish that the repository around it ignores', async () => {
      made({ '.gitignore': '*\n', 'projects/app/a.py': '', 'projects/app/.gitignore': '*.log\n', 'projects/app/x.log': '' }).track();
      assert.deepEqual(pathsOf(await openDisk(join(folder.root, 'projects/app')).list()), ['.gitignore', 'a.py']);
    });
  });

  describe('what git tracks', () => {
    it('comes from the index, submodules included', async () => {
      made({ 'a.py': '', 'lib/b.py': '', '.git/modules/lib/HEAD': COMMIT }).track('a.py', 'lib/');
      folder.write({ 'lib/.git': 'gitdir: ../.git/modules/lib\n', '.git/modules/lib/index': (await import('./git')).indexOf(['b.py']) });
      assert.deepEqual([...await openDisk(folder.root).tracked() ?? []].sort(), ['a.py', 'lib/b.py']);
    });

    it('comes from its own index in a worktree, commits from the shared refs', async () => {
      const { indexOf } = await import('./git');
      made({
        'main/.git/HEAD': 'ref: refs/heads/main\n', 'main/.git/packed-refs': `# pack-refs with: peeled\n${COMMIT} refs/heads/topic\n^${COMMIT}\n`,
        'main/.git/worktrees/topic/HEAD': 'ref: refs/heads/topic\n', 'main/.git/worktrees/topic/commondir': '../..\n', 'main/.git/worktrees/topic/index': indexOf(['x.py']),
      });
      folder.write({ 'topic/.git': `gitdir: ${folder.root}/main/.git/worktrees/topic\r\n`, 'topic/x.py': '' });
      const workspace = openDisk(join(folder.root, 'topic'));
      assert.deepEqual([[...await workspace.tracked() ?? []], await workspace.commit()], [['x.py'], COMMIT]);
    });

    it('is nothing before the first git add, and no commit before the first', async () => {
      made({ '.git/HEAD': 'ref: refs/heads/main\n', 'a.py': '' });
      const workspace = openDisk(folder.root);
      assert.deepEqual([[...await workspace.tracked() ?? ['?']], await workspace.commit()], [[], undefined]);
    });

    it('is unknown where the index makes no sense, and that is said', async () => {
      made({ '.git/HEAD': COMMIT, '.git/index': 'nonsense', 'a.py': '' });
      const workspace = openDisk(folder.root);
      const { notices, entries } = await workspace.list();
      assert.deepEqual([await workspace.tracked(), notices.map((one) => [one.code, one.path]), entries.length], [undefined, [['not-parsed', '.git/index']], 1]);
      assert.equal(await workspace.commit(), COMMIT);
    });

    it('stays inside the repository, wherever HEAD points', async () => {
      for (const head of ['ref: refs/../../outside', 'ref: refs/heads/loop', 'nonsense', '', 'ref: ']) {
        made({ '.git/HEAD': head, '.git/refs/heads/loop': 'ref: refs/heads/loop', 'outside': COMMIT });
        assert.equal(await openDisk(folder.root).commit(), undefined, head);
        folder.remove();
      }
      made({ '.git': 'gitdir: ../nowhere\n' });
      assert.equal(await openDisk(folder.root).tracked(), undefined);
    });
  });

  describe('symbolic links', () => {
    it('are followed to what is listed anyway', async () => {
      made({ 'docker/Dockerfile.prod': 'FROM a', 'shared/a.py': 'x = 1', 'shared/deep/b.py': '' });
      folder.link('Dockerfile', 'docker/Dockerfile.prod');
      folder.link('api/shared', '../shared');
      const { entries, notices } = await listed();
      assert.deepEqual(entries.map((one) => [one.path, one.real]), [
        ['Dockerfile', 'docker/Dockerfile.prod'], ['api/shared/a.py', 'shared/a.py'], ['api/shared/deep/b.py', 'shared/deep/b.py'], ['docker/Dockerfile.prod', undefined], ['shared/a.py', undefined], ['shared/deep/b.py', undefined],
      ]);
      assert.deepEqual([notices, await text('api/shared/a.py')], [[], 'x = 1']);
    });

    it('are not followed out of the workspace, to nothing, or to what is left out', async () => {
      const outside = makeFolder({ 'a.py': 'outside' });
      made({ 'node_modules/x/index.js': '', '.gitignore': 'data/\n', 'data/a.py': '' });
      folder.link('out', outside.root);
      folder.link('out.py', join(outside.root, 'a.py'));
      folder.link('gone.py', 'nowhere.py');
      folder.link('x', 'node_modules/x');
      folder.link('d', 'data');
      const { entries, notices } = await listed();
      assert.deepEqual([entries.map((one) => one.path), notices], [['.gitignore'], []]);
      for (const path of ['out/a.py', 'out.py', '../a.py', '/etc/passwd', 'a/../../x', '']) {
        const reading = await openDisk(folder.root).read(path);
        assert.ok('notice' in reading && reading.notice.code === 'unreadable', path);
      }
      assert.equal((await refusal('gone.py')).code, 'vanished');
      outside.remove();
    });

    it('that lead back are said, once', async () => {
      made({ 'a/b.py': '' });
      folder.link('a/up', '..');
      folder.link('a/self', '../a');
      folder.link('x', 'y');
      folder.link('y', 'x');
      const { entries, notices } = await listed();
      assert.deepEqual(entries.map((one) => one.path), ['a/b.py']);
      assert.deepEqual(notices.map((one) => one.code), ['link-loop']);
      assert.match(notices[0]?.message ?? '', /a\/self, a\/up, x, y lead back/);
      assert.equal((await refusal('x')).code, 'link-loop');
    });
  });

  describe('the text of a file', () => {
    it('is what an editor shows: no byte order mark, UTF-16 decoded', async () => {
      const utf16 = (words: string, big: boolean) => Uint8Array.from([...`\uFEFF${words}`].flatMap((letter) => {
        const code = letter.charCodeAt(0);
        return big ? [code >> 8, code & 0xFF] : [code & 0xFF, code >> 8];
      }));
      made({ 'a.py': '\uFEFFx = "ü🚢"\r\n', 'le.md': utf16('größe', false), 'be.md': utf16('größe', true), 'plain.md': '' });
      assert.deepEqual([await text('a.py'), await text('le.md'), await text('be.md'), await text('plain.md')], ['x = "ü🚢"\r\n', 'größe', 'größe', '']);
    });

    it('is in the encoding that a Python file names', async () => {
      const latin = (head: string) => Buffer.from(`${head}x = "gr\u00FC\u00DFe"\n`, 'latin1');
      made({ 'a.py': latin('#!/usr/bin/python\n# -*- coding: latin-1 -*-\n'), 'b.py': latin('# vim: set fileencoding=iso-8859-15 :\n'), 'c.py': Buffer.from([...Buffer.from('# coding: cp1251\nx = "'), 0xEF, 0xF0, 0x22]), 'd.py': Buffer.from('# coding: utf-8\nx = "ü"\n') });
      assert.match(await text('a.py'), /grüße/);
      assert.match(await text('b.py'), /grüße/);
      assert.match(await text('c.py'), /"пр"/);
      assert.match(await text('d.py'), /"ü"/);
      const reading = await openDisk(folder.root).read('a.py');
      assert.deepEqual(Object.keys(reading), ['text']);
    });

    it('is Windows-1252 where it is no UTF-8, which is said', async () => {
      made({ 'a.py': Buffer.from('x = "caf\u00E9"\n', 'latin1'), 'b.py': Buffer.from('# one\n# two\n# coding: latin-1\nx = "\u00E9"\n', 'latin1'), 'c.py': Buffer.from('# coding: klingon\nx = "\u00E9"\n', 'latin1'), 'd.md': Buffer.from('\u0093x\u0094', 'latin1') });
      for (const [path, shown] of [['a.py', 'café'], ['b.py', 'é'], ['c.py', 'é'], ['d.md', '“x”']] as const) {
        const reading = await openDisk(folder.root).read(path);
        assert.ok('text' in reading && reading.text.includes(shown), path);
        assert.deepEqual([reading.remark?.code, reading.remark?.path, reading.remark?.incomplete], ['encoding', path, false]);
      }
    });

    it('is none where the file is binary, too large, built, gone or no file', async function () {
      made({ 'a.md': 'x\0y', 'late.md': `${'x'.repeat(9_000)}\0`, 'big.json': 'x'.repeat(1_500_000), 'app.js': `${'a();'.repeat(500)}\n`, 'folder/b.py': '' });
      assert.equal((await refusal('a.md')).code, 'binary');
      assert.equal(await text('late.md').then((found) => found.length), 9_001);
      const large = await refusal('big.json');
      assert.deepEqual([large.code, large.incomplete], ['too-large', true]);
      assert.match(large.message, /1\.5 MB.*1 MB/);
      assert.equal((await refusal('a.md', { limits: { bytes: 2 } })).code, 'too-large');
      const built = await refusal('app.js');
      assert.deepEqual([built.code, built.incomplete], ['not-parsed', false]);
      assert.equal((await refusal('nothing.py')).code, 'vanished');
      assert.equal((await refusal('a.md/nothing.py')).code, 'vanished');
      assert.equal((await refusal('folder')).code, 'unreadable');
    });

    it('is not waited for in pipes and sockets', async function () {
      if (process.platform === 'win32') this.skip();
      made({ 'a.py': '' });
      execFileSync('mkfifo', [join(folder.root, 'pipe.py')]);
      const server = createServer();
      await new Promise<void>((resolve) => { server.listen(join(folder.root, 'socket.py'), resolve); });
      try {
        assert.deepEqual(await paths(), ['a.py']);
        assert.equal((await refusal('pipe.py')).code, 'unreadable');
        assert.equal((await refusal('socket.py')).code, 'unreadable');
      } finally {
        await new Promise((resolve) => { server.close(resolve); });
      }
    });

    it('is none where the system refuses, with what to do', async () => {
      made({ 'a.py': 'x' });
      const notice = await refusal('a.py', { files: refusing('EACCES', 'a.py') });
      assert.deepEqual([notice.code, notice.incomplete], ['unreadable', true]);
      assert.match(notice.message, /EACCES.*right to read it/);
      assert.match((await refusal('a.py', { files: refusing('EIO', 'a.py') })).message, /EIO/);
      assert.equal((await refusal('a.py', { files: refusing('ENOENT', 'a.py') })).code, 'vanished');
    });

    it('is empty in lock files, however large', async () => {
      made({ 'package-lock.json': 'x'.repeat(2_000_000), 'uv.lock': 'x' });
      assert.deepEqual([await text('package-lock.json'), await text('uv.lock')], ['', '']);
    });
  });
});
