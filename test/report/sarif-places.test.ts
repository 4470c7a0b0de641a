/** Places and fingerprints of SARIF, from real files with the real rules. */
import assert from 'node:assert/strict';
import { openSession } from '../../engine/audit/open';
import type { Grammars } from '../../engine/syntax/grammars';
import { openMemory } from '../../engine/workspace/memory';
import { makeCard } from '../../report/make';
import { sarif } from '../../report/sarif';
import { testGrammars } from '../support/grammars';
import { OPTIONS } from './fixture';

interface Found { readonly ruleId: string; readonly fingerprint: string; readonly startLine: number; readonly text: string }
interface Result {
  readonly ruleId: string; readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly locations: readonly { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: { readonly startLine: number; readonly startColumn?: number; readonly endLine?: number; readonly endColumn?: number } } }[];
}

const APP = `import os
from flask import Flask

app = Flask(__name__)
other = 1


def keep(name):
    label = "🚢 ⚓"; os.system("tar " + name); print("é🚢")


if __name__ == "__main__":
    app.run(debug=True)
`;

describe('places in SARIF', () => {
  let grammars: Grammars;
  before(async () => { grammars = await testGrammars(); });

  /** What is found in app.py, with the text between its columns cut out of the file as a reader of SARIF would. */
  async function found(app: string): Promise<readonly Found[]> {
    const session = openSession({ workspace: openMemory({ 'app.py': app, 'requirements.txt': 'flask==3.0.0\n' }), grammars });
    try {
      await session.refresh();
      const text = sarif(session.audits().map((audit) => makeCard(audit, OPTIONS)), 'github');
      const results: readonly Result[] = JSON.parse(text).runs[0].results;
      return results.filter((one) => one.locations[0]?.physicalLocation.artifactLocation.uri === 'app.py').map((one) => ({
        ruleId: one.ruleId, fingerprint: one.partialFingerprints['shipworthy/v1'] ?? '', ...between(app, one),
      }));
    } finally {
      session.dispose();
    }
  }

  function between(text: string, { locations }: Result): { readonly startLine: number; readonly text: string } {
    const { startLine, startColumn = 1, endLine = startLine, endColumn } = locations[0]?.physicalLocation.region ?? assert.fail('no region');
    const lines = text.split(/\r\n|\n/).slice(startLine - 1, endLine);
    const last = lines.at(-1) ?? '';
    return { startLine, text: lines.length === 1 ? last.slice(startColumn - 1, endColumn === undefined ? undefined : endColumn - 1) : lines.join('\n') };
  }

  const debug = (all: readonly Found[]) => all.find((one) => one.ruleId === 'debug-enabled') ?? assert.fail('debug-enabled was not found');
  const marks = (all: readonly Found[]) => all.map((one) => `${one.ruleId} ${one.fingerprint}`).sort();

  it('are exact behind emoji, with either line ending', async () => {
    for (const app of [APP, APP.replaceAll('\n', '\r\n'), `# 🚢🚢 ships\n${APP}`]) {
      const all = await found(app);
      assert.match(debug(all).text, /^(?:debug=)?True$/);
      const line = app.split(/\r\n|\n/).findIndex((one) => one.includes('debug=True')) + 1;
      assert.equal(debug(all).startLine, line);
    }
  });

  it('keep their fingerprints when lines are put above them, when line endings change and when another name changes', async () => {
    const before = marks(await found(APP));
    assert.ok(before.length > 0);
    assert.deepEqual(marks(await found(`# a licence\n\n\n${APP}`)), before);
    assert.deepEqual(marks(await found(APP.replaceAll('\n', '\r\n'))), before);
    assert.deepEqual(marks(await found(APP.replace('other = 1', 'renamed = 1'))), before);
  });

  it('have another fingerprint when the code itself is another', async () => {
    const changed = debug(await found(APP.replace('debug=True', 'debug=True, port=80')));
    assert.notEqual(changed.fingerprint, debug(await found(APP)).fingerprint);
  });

  it('point at a call behind an emoji on its own line', async () => {
    const call = (await found(APP)).find((one) => one.ruleId === 'command-injection');
    assert.equal(call?.startLine, 9);
    assert.match(call?.text ?? '', /^"tar " \+ name$|^os\.system/);
  });
});
