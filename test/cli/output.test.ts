import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, chmodSync } from 'node:fs';
import path from 'node:path';
import { Writable } from 'node:stream';
import { UsageError } from '../../cli/exit';
import { outputFile, send, writeWhole } from '../../cli/output';
import { temporaryFolder } from './folder';

describe('a report as a file', () => {
  const folder = temporaryFolder();
  const at = (name: string) => path.join(folder.path, name);

  it('is written and leaves nothing beside it', () => {
    writeWhole(outputFile('report.md', folder.path), 'text\n');
    assert.equal(readFileSync(at('report.md'), 'utf8'), 'text\n');
    assert.deepEqual(readdirSync(folder.path), ['report.md']);
  });

  it('takes the place of an old one, with its rights', () => {
    folder.write('report.md', 'old');
    chmodSync(at('report.md'), 0o600);
    writeWhole(at('report.md'), 'new');
    assert.equal(readFileSync(at('report.md'), 'utf8'), 'new');
    assert.equal(statSync(at('report.md')).mode & 0o777, 0o600);
  });

  it('takes the place of a link instead of writing where it points', () => {
    folder.write('precious', 'untouched');
    symlinkSync('precious', at('report.md'));
    writeWhole(outputFile('report.md', folder.path), 'report');
    assert.equal(readFileSync(at('precious'), 'utf8'), 'untouched');
    assert.ok(lstatSync(at('report.md')).isFile());
  });

  it('leaves the old one and nothing else when it cannot be written', () => {
    mkdirSync(at('full'));
    folder.write('full/keep', 'old');
    assert.throws(() => writeWhole(at('full'), 'text'), UsageError);
    assert.throws(() => writeWhole(at('missing/report.md'), 'text'), UsageError);
    assert.deepEqual(readdirSync(folder.path), ['full']);
    assert.deepEqual(readdirSync(at('full')), ['keep']);
  });

  it('is refused before any work where no file can be made', () => {
    mkdirSync(at('folder'));
    assert.throws(() => outputFile('missing/report.md', folder.path), /the folder .*missing does not exist/);
    assert.throws(() => outputFile('folder', folder.path), /it is a folder/);
    assert.throws(() => outputFile('/dev/null', folder.path), /not a plain file/);
  });
});

describe('a report on standard output', () => {
  const broken = (code: string) => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error(`write ${code}`), { code })) });
    return stream.on('error', () => undefined);
  };

  it('is out when the promise resolves', async () => {
    const chunks: string[] = [];
    const slow = new Writable({ write: (chunk, _encoding, done) => setTimeout(() => { chunks.push(String(chunk)); done(); }, 5) });
    await send(slow, 'text');
    assert.deepEqual(chunks, ['text']);
  });

  it('does not mind a reader that has seen enough', () => send(broken('EPIPE'), 'text'));

  it('says that the disk is full', () => assert.rejects(send(broken('ENOSPC'), 'text'), (error) => error instanceof UsageError && /ENOSPC/.test(error.message)));
});
