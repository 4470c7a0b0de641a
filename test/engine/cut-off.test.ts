/**
 * The engine reads any prefix of any Python file: a property over files nobody here wrote, cut at random places, judged by every rule.
 * Each run takes a sample; SHIPWORTHY_CUTS=all takes every file of the standard library, and SHIPWORTHY_SEED repeats a run.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openSession } from '../../engine/audit/open';
import type { Grammars } from '../../engine/syntax/grammars';
import { openMemory } from '../../engine/workspace/memory';
import { testGrammars } from '../support/grammars';
import { random } from '../support/random';

const all = process.env['SHIPWORTHY_CUTS'] === 'all';
const seed = Number(process.env['SHIPWORTHY_SEED'] ?? Date.now() % 1_000_000);
const SAMPLE = 24;
const CUTS = 3;
const LARGEST = 400_000;

/** Folders of a standard library on this machine; the examples of this repository stand in where there is none. */
function libraries(): readonly string[] {
  const versions = (folder: string, inner: string) => existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name, inner)) : [];
  const homes = [...versions('/root/.pyenv/versions', 'lib'), ...versions(join(process.env['HOME'] ?? '/root', '.pyenv/versions'), 'lib'), '/usr/lib', '/usr/local/lib'];
  const found = homes.filter((home) => existsSync(home)).flatMap((home) => readdirSync(home).filter((name) => /^python3\.\d+$/.test(name)).map((name) => join(home, name)));
  return found.length > 0 ? found.slice(0, 1) : ['examples'];
}

function pythonFiles(): readonly string[] {
  return libraries().flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.py') && !name.includes('site-packages')).map((name) => join(folder, name)));
}

describe('any prefix of any Python file', function () {
  this.timeout(all ? 3_600_000 : 60_000);
  let grammars: Grammars;
  before(async () => { grammars = await testGrammars(); });

  it(`is read and judged without an error (seed ${seed})`, async () => {
    const chance = random(seed);
    const files = pythonFiles();
    assert.ok(files.length > 5);
    const chosen = all ? files : Array.from({ length: SAMPLE }, () => files[Math.floor(chance() * files.length)] ?? '');
    for (const path of chosen) {
      const bytes = readFileSync(path).subarray(0, LARGEST);
      const session = openSession({ workspace: openMemory({ 'app.py': bytes.toString('utf8'), 'requirements.txt': 'flask\n' }), grammars });
      await session.refresh();
      for (let round = 0; round < CUTS; round++) {
        const at = Math.floor(chance() * bytes.length);
        const where = `${path} cut at byte ${at} (SHIPWORTHY_SEED=${seed})`;
        // A cut in the middle of a character leaves a replacement character, as an editor would show it.
        assert.doesNotThrow(() => { session.edit('app.py', bytes.subarray(0, at).toString('utf8')); session.findings('app.py'); }, where);
        assert.deepEqual(session.notices().filter((each) => each.code === 'rule-failed').map((each) => each.message), [], where);
      }
      session.dispose();
    }
  });
});
