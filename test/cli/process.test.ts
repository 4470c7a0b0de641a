/** What only a process shows: signals, pipes and streams, with a made-up product behind the command line. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';

const ENTRY = path.join(__dirname, 'fake-cli.ts');

interface Ended { readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly out: string; readonly err: string }

/** Runs the command line; `meanwhile` sees the child while it runs. */
function shipworthy(words: readonly string[], meanwhile: (child: ReturnType<typeof spawn>) => void = () => undefined, stdout: 'pipe' | number = 'pipe'): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import=tsx', ENTRY, ...words], { stdio: ['ignore', stdout, 'pipe'] });
    let out = '';
    let err = '';
    child.stdout?.on('data', (chunk) => { out += String(chunk); });
    child.stderr?.on('data', (chunk) => { err += String(chunk); });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, out, err }));
    meanwhile(child);
  });
}

describe('the command line as a process', function () {
  this.timeout(30_000);

  it('keeps the report and the messages apart', async () => {
    const { code, out, err } = await shipworthy(['fast', 'check']);
    assert.equal(code, 1);
    assert.match(out, /^text bibliotheca NOT READY [^\n]*\n$/);
    assert.match(err, /^bibliotheca: 1 open finding must be gone before it ships/);
  });

  it('prints a long report to its last line', async () => {
    const { code, out } = await shipworthy(['large', 'check', '--fail-on', 'never']);
    assert.equal(code, 0);
    assert.equal(out.length, 200_000 * 'a line of a long report\n'.length);
  });

  it('ends in peace, with the code of what it found, when the reader has seen enough', async () => {
    const { code, signal, err } = await shipworthy(['large', 'check', '--quiet'], (child) => child.stdout?.once('data', () => child.stdout?.destroy()));
    assert.deepEqual([code, signal, err], [1, null, '']);
  });

  it('says that the disk is full', async function () {
    if (process.platform !== 'linux') this.skip();
    const full = openSync('/dev/full', 'w');
    const { code, err } = await shipworthy(['fast', 'check'], undefined, full).finally(() => closeSync(full));
    assert.equal(code, 2);
    assert.match(err, /^shipworthy: The report could not be written: .*ENOSPC/);
  });

  for (const [name, expected] of [['SIGINT', 130], ['SIGTERM', 143]] as const) {
    it(`stops the scan on ${name} and ends with ${expected}, without a report`, async () => {
      const { code, out, err } = await shipworthy(['slow', 'check'], (child) => child.stderr?.once('data', () => child.kill(name)));
      assert.equal(code, expected);
      assert.equal(out, '');
      assert.equal(err, 'scanning\n');
    });
  }
});
