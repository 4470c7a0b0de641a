/** When V8 compiles: the flags are those of this node, and no other version is given one that it may not know. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { compileLater } from '../../engine/node/compiling';

function flagsFor(version: string): readonly string[] {
  const flags: string[] = [];
  compileLater(version, (flag) => { flags.push(flag); });
  return flags;
}

describe('compiling later', () => {
  it('gives a flag to the versions that compile too early, and to no other', () => {
    assert.deepEqual(['11.3.244.8-node.33', '12.4.254.21-node.57', '13.6.233.17-node.53', '111.0', ''].map((version) => flagsFor(version).length), [1, 1, 0, 0, 0]);
  });

  it('gives this node a flag that it knows', () => {
    const script = `require('node:v8').setFlagsFromString(process.argv[1]); process.stdout.write('ran')`;
    for (const flag of flagsFor(process.versions.v8)) {
      const { stdout, stderr } = spawnSync(process.execPath, ['-e', script, '--', flag], { encoding: 'utf8' });
      assert.deepEqual([stdout, stderr], ['ran', '']);
    }
  });
});
