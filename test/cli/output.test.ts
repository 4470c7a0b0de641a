import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { lstatSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Writable } from 'node:stream';
import { UsageError } from '../../cli/exit';
import { outputFile, send, writeWhole } from '../../cli/output';
import { readRecordFile, writeRecordFile } from '../../cli/record-file';
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

describe('a file that is written while the process is killed', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  const OLD = 'the old file\n';
  /** Large enough to be caught in the middle of. */
  const LENGTH = 100_000_000;

  /** Kills a process with SIGKILL as soon as its draft is there; true when the draft was half written by then. */
  const killed = (file: string): Promise<boolean> => new Promise((resolve, reject) => {
    const script = `import(${JSON.stringify(path.join(__dirname, '../../cli/output.ts'))}).then((it) => (it.writeWhole ?? it.default.writeWhole)(${JSON.stringify(file)}, 'x'.repeat(${LENGTH})))`;
    const child = spawn(process.execPath, ['--import=tsx', '-e', script], { stdio: 'ignore' });
    const drafts = () => readdirSync(folder.path).filter((name) => name.endsWith('.tmp')).map((name) => path.join(folder.path, name));
    const watch = setInterval(() => { if (drafts().length > 0) child.kill('SIGKILL'); }, 1);
    child.on('error', reject);
    child.on('close', (_code, signal) => {
      clearInterval(watch);
      const half = drafts().some((name) => statSync(name).size < LENGTH);
      for (const name of drafts()) rmSync(name);
      resolve(signal === 'SIGKILL' && half);
    });
  });

  it('is the old file, whole', async function () {
    if (process.platform === 'win32') this.skip();
    const file = folder.write('signoffs.json', OLD);
    let caught = 0;
    for (let round = 0; round < 10 && caught < 2; round += 1) {
      const half = await killed(file);
      if (!half && readFileSync(file, 'utf8') !== OLD) folder.write('signoffs.json', OLD);
      else { caught += Number(half); assert.equal(readFileSync(file, 'utf8'), OLD); }
    }
    assert.ok(caught > 0, 'no process was caught in the middle of its writing');
  });
});

describe('a file of records on the disk', () => {
  const folder = temporaryFolder();

  it('is written with its folder, and read again', () => {
    assert.equal(readRecordFile(folder.path, '.shipworthy/x.json'), undefined);
    writeRecordFile(folder.path, '.shipworthy/x.json', 'text\n');
    assert.equal(readRecordFile(folder.path, '.shipworthy/x.json'), 'text\n');
    assert.deepEqual(readdirSync(path.join(folder.path, '.shipworthy')), ['x.json']);
  });

  it('is not taken for a missing one when it cannot be read', () => {
    mkdirSync(path.join(folder.path, '.shipworthy/x.json'), { recursive: true });
    assert.throws(() => readRecordFile(folder.path, '.shipworthy/x.json'), UsageError);
    writeFileSync(path.join(folder.path, '.shipworthy/y.json'), Buffer.from([0x7B, 0xFF, 0x7D]));
    assert.throws(() => readRecordFile(folder.path, '.shipworthy/y.json'), /not UTF-8/);
  });

  it('is not written out of the project', () => {
    mkdirSync(path.join(folder.path, 'project'));
    mkdirSync(path.join(folder.path, 'elsewhere'));
    symlinkSync('../elsewhere', path.join(folder.path, 'project/.shipworthy'));
    assert.throws(() => writeRecordFile(path.join(folder.path, 'project'), '.shipworthy/x.json', 'text'), /leads out of the project/);
    assert.deepEqual(readdirSync(path.join(folder.path, 'elsewhere')), []);
    folder.write('plain/.shipworthy', 'a file');
    assert.throws(() => writeRecordFile(path.join(folder.path, 'plain'), '.shipworthy/x.json', 'text'), UsageError);
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
