// The runner itself: a suite that goes wrong in any way must never look like one that went well.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));

function run(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(HERE, 'run.mjs'), ...args], { encoding: 'utf8', timeout: 170_000 });
  return { status, stdout, stderr, last: stdout.trim().split('\n').at(-1) };
}

function runBroken(name, ...args) {
  return run('--host', 'newest', '--extension', join(HERE, 'broken'), '--suites', join(HERE, 'broken', name), ...args);
}

describe('the runner of suites inside VS Code', function () {
  this.timeout(180_000);

  it('counts what passed, failed and was skipped, and ends with 1', () => {
    const { status, stdout, last } = runBroken('failing');
    assert.equal(last, '1 passed, 1 failed, 1 skipped');
    assert.match(stdout, /^FAIL failing fails\n\s+Error: deliberately/m);
    assert.equal(status, 1);
  });

  it('runs only the tests that were asked for', () => {
    const { status, last } = runBroken('failing', '--grep', 'passes');
    assert.equal(last, '1 passed, 0 failed, 0 skipped');
    assert.equal(status, 0);
  });

  it('sees a host that dies, and names the test it died in', () => {
    const { status, stdout, last } = runBroken('crashing');
    assert.equal(last, '1 passed, 1 failed, 0 skipped');
    assert.match(stdout, /^FAIL crashing kills its host\n.*SIGKILL/m);
    assert.equal(status, 96);
  });

  it('does not take silence for success', () => {
    const { status, last } = runBroken('empty');
    assert.equal(last, '0 passed, 1 failed, 0 skipped');
    assert.equal(status, 97);
  });

  it('ends a suite that does not end', () => {
    const { status, stdout, last } = runBroken('hanging', '--time-limit', '10');
    assert.equal(last, '0 passed, 1 failed, 0 skipped');
    assert.match(stdout, /did not end within 10 s/);
    assert.equal(status, 98);
  });

  it('says what is wrong with an argument', () => {
    const { status, stderr } = run('--host', 'middle');
    assert.equal(stderr.trim(), '"middle" is not a host: say newest or oldest.');
    assert.equal(status, 1);
  });
});
