import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run } from '../../cli/commands';
import { formats } from '../../cli/formats';
import { openSession, ruleCards } from '../../engine/audit/open';
import { openDisk } from '../../engine/workspace/disk';
import { testGrammars } from '../support/grammars';
import { sarifFaults } from '../report/sarif-schema';
import { fakeProduct, fakeSession, surroundings } from './fake';
import { temporaryFolder } from './folder';

interface Region { readonly startLine: number; readonly startColumn: number; readonly endLine: number; readonly endColumn: number }
interface Fix { readonly artifactChanges: readonly { readonly artifactLocation: { readonly uri: string }; readonly replacements: readonly { readonly deletedRegion: Region; readonly insertedContent?: { readonly text: string } }[] }[] }
interface Result { readonly ruleId: string; readonly kind: string; readonly fixes?: readonly Fix[] }

const SCRIPT = '#!/bin/bash\r\ngit pull\r\ntar czf build.tgz app\r\nscp build.tgz host:/srv/\r\nssh host sudo systemctl restart app\r\n';

describe('fixes in SARIF', () => {
  const folder = temporaryFolder();

  async function results(form: 'sarif' | 'sarif-full', ...words: readonly string[]): Promise<readonly Result[]> {
    const around = surroundings(folder.path);
    const grammars = await testGrammars();
    const product = { ...fakeProduct(fakeSession([])), formats, rules: ruleCards, open: async (root: string) => openSession({ workspace: openDisk(root), grammars }) };
    await run(['check', '--quiet', '--format', form, ...words], product, around);
    assert.deepEqual(sarifFaults(around.stdout.text), [], around.stderr.text);
    return JSON.parse(around.stdout.text).runs.flatMap((one: { results: readonly Result[] }) => one.results);
  }

  /** Makes the changes as a tool would that knows nothing but the standard: from the root of the repository, the last place first. */
  function apply({ artifactChanges }: Fix): void {
    for (const { artifactLocation, replacements } of artifactChanges) {
      const file = path.join(folder.path, decodeURIComponent(artifactLocation.uri));
      let text = readFileSync(file, 'utf8');
      const offset = (line: number, column: number) => text.split('\n').slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
      for (const { deletedRegion: { startLine, startColumn, endLine, endColumn }, insertedContent } of replacements.toReversed()) {
        text = text.slice(0, offset(startLine, startColumn)) + (insertedContent?.text ?? '') + text.slice(offset(endLine, endColumn));
      }
      writeFileSync(file, text);
    }
  }
  const fixesOf = (all: readonly Result[], rule: string) => all.filter((one) => one.ruleId === rule && one.kind === 'fail').flatMap((one) => one.fixes ?? []);

  it('are what a tool can make by itself: afterwards the finding is gone', async () => {
    folder.write('deploy.sh', SCRIPT);
    folder.write('app.py', 'from flask import Flask\n\napp = Flask(__name__)\n\nif __name__ == "__main__":\n    app.run(debug=True)\n');
    const before = await results('sarif-full');
    const [fix, ...more] = fixesOf(before, 'shell-errexit-missing');
    assert.ok(fix && more.length === 0);
    apply(fix);
    assert.equal(readFileSync(path.join(folder.path, 'deploy.sh'), 'utf8'), SCRIPT.replace('\r\n', '\r\nset -euo pipefail\r\n'));
    assert.equal((await results('sarif-full')).some((one) => one.ruleId === 'shell-errexit-missing' && one.kind === 'fail'), false);
  });

  it('name files from the root of the repository', async () => {
    mkdirSync(path.join(folder.path, '.git'));
    folder.write('services/api v2/deploy.sh', SCRIPT);
    const [fix] = fixesOf(await results('sarif-full', 'services/api v2'), 'shell-errexit-missing');
    assert.equal(fix?.artifactChanges[0]?.artifactLocation.uri, 'services/api%20v2/deploy.sh');
  });

  it('are none for code scanning, none that a person has to look at, none that create files', async () => {
    folder.write('deploy.sh', SCRIPT);
    folder.write('app.py', 'from flask import Flask\n\napp = Flask(__name__)\napp.secret_key = "correct horse battery"\n');
    assert.equal((await results('sarif')).some((one) => one.fixes), false);
    const all = await results('sarif-full');
    assert.ok(all.some((one) => one.ruleId === 'secret-key-hardcoded' && one.kind === 'fail'));
    assert.deepEqual(fixesOf(all, 'secret-key-hardcoded'), []);
    assert.deepEqual(fixesOf(all, 'security-policy-missing'), []);
  });
});
