import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { openDisk } from '../../engine/workspace/disk';
import { onDisk } from './folder';

describe('the text of a file', () => {
  const disk = onDisk();

  it('is what an editor shows: no byte order mark, UTF-16 decoded', async () => {
    const utf16 = (words: string, big: boolean) => Uint8Array.from([...`\uFEFF${words}`].flatMap((letter) => {
      const code = letter.charCodeAt(0);
      return big ? [code >> 8, code & 0xFF] : [code & 0xFF, code >> 8];
    }));
    disk.made({ 'a.py': '\uFEFFx = "ü🚢"\r\n', 'le.md': utf16('größe', false), 'be.md': utf16('größe', true), 'plain.md': '' });
    assert.deepEqual([await disk.text('a.py'), await disk.text('le.md'), await disk.text('be.md'), await disk.text('plain.md')], ['x = "ü🚢"\r\n', 'größe', 'größe', '']);
  });

  it('is in the encoding that a Python file names', async () => {
    const latin = (head: string) => Buffer.from(`${head}x = "gr\u00FC\u00DFe"\n`, 'latin1');
    disk.made({ 'a.py': latin('#!/usr/bin/python\n# -*- coding: latin-1 -*-\n'), 'b.py': latin('# vim: set fileencoding=iso-8859-15 :\n'), 'c.py': Buffer.from([...Buffer.from('# coding: cp1251\nx = "'), 0xEF, 0xF0, 0x22]), 'd.py': Buffer.from('# coding: utf-8\nx = "ü"\n') });
    assert.match(await disk.text('a.py'), /grüße/);
    assert.match(await disk.text('b.py'), /grüße/);
    assert.match(await disk.text('c.py'), /"пр"/);
    assert.match(await disk.text('d.py'), /"ü"/);
    const reading = await openDisk(disk.folder.root).read('a.py');
    assert.deepEqual(Object.keys(reading), ['text']);
  });

  it('is Windows-1252 where it is no UTF-8, which is said', async () => {
    disk.made({ 'a.py': Buffer.from('x = "caf\u00E9"\n', 'latin1'), 'b.py': Buffer.from('# one\n# two\n# coding: latin-1\nx = "\u00E9"\n', 'latin1'), 'c.py': Buffer.from('# coding: klingon\nx = "\u00E9"\n', 'latin1'), 'd.md': Buffer.from('\u0093x\u0094', 'latin1') });
    for (const [path, shown] of [['a.py', 'café'], ['b.py', 'é'], ['c.py', 'é'], ['d.md', '“x”']] as const) {
      const reading = await openDisk(disk.folder.root).read(path);
      assert.ok('text' in reading && reading.text.includes(shown), path);
      assert.deepEqual([reading.remark?.code, reading.remark?.path, reading.remark?.incomplete], ['encoding', path, false]);
    }
  });

  it('is none where the file is binary, too large, built, gone or no file', async function () {
    disk.made({ 'a.md': 'x\0y', 'late.md': `${'x'.repeat(9_000)}\0`, 'big.json': 'x'.repeat(1_500_000), 'big.py': 'x'.repeat(1_500_000), 'app.js': `${'a();'.repeat(500)}\n`, 'folder/b.py': '' });
    assert.equal((await disk.refusal('a.md')).code, 'binary');
    assert.equal(await disk.text('late.md').then((found) => found.length), 9_001);
    const large = await disk.refusal('big.json');
    assert.deepEqual([large.code, large.incomplete], ['too-large', false]);
    assert.deepEqual([(await disk.refusal('big.py')).incomplete], [true]);
    assert.match(large.message, /1\.5 MB.*1 MB/);
    assert.equal((await disk.refusal('a.md', { limits: { bytes: 2 } })).code, 'too-large');
    const built = await disk.refusal('app.js');
    assert.deepEqual([built.code, built.incomplete], ['not-parsed', false]);
    assert.equal((await disk.refusal('nothing.py')).code, 'vanished');
    assert.equal((await disk.refusal('a.md/nothing.py')).code, 'vanished');
    assert.equal((await disk.refusal('folder')).code, 'unreadable');
  });

  it('is not waited for in pipes and sockets', async function () {
    if (process.platform === 'win32') this.skip();
    disk.made({ 'a.py': '' });
    execFileSync('mkfifo', [join(disk.folder.root, 'pipe.py')]);
    const server = createServer();
    await new Promise<void>((resolve) => { server.listen(join(disk.folder.root, 'socket.py'), resolve); });
    try {
      assert.deepEqual(await disk.paths(), ['a.py']);
      assert.equal((await disk.refusal('pipe.py')).code, 'unreadable');
      assert.equal((await disk.refusal('socket.py')).code, 'unreadable');
    } finally {
      await new Promise((resolve) => { server.close(resolve); });
    }
  });

  it('is none where the system refuses, with what to do', async () => {
    disk.made({ 'a.py': 'x' });
    const notice = await disk.refusal('a.py', { files: disk.refusing('EACCES', 'a.py') });
    assert.deepEqual([notice.code, notice.incomplete], ['unreadable', true]);
    assert.match(notice.message, /EACCES.*right to read it/);
    assert.match((await disk.refusal('a.py', { files: disk.refusing('EIO', 'a.py') })).message, /EIO/);
    assert.equal((await disk.refusal('a.py', { files: disk.refusing('ENOENT', 'a.py') })).code, 'vanished');
  });

  it('is empty in lock files that are too large or no text, without a word', async () => {
    disk.made({ 'package-lock.json': 'x'.repeat(2_000_000), 'bun.lockb': '\0\0\0', 'uv.lock': 'x' });
    assert.deepEqual([await disk.text('package-lock.json'), await disk.text('bun.lockb'), await disk.text('uv.lock')], ['', '', 'x']);
  });
});
