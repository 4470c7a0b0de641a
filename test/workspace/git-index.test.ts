import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readIndex } from '../../engine/workspace/git-index';
import { REAL_INDEX, REAL_PATHS, indexOf } from './git';

function bytes(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

function paths(of: Uint8Array, hashLength?: 20 | 32): readonly string[] | string {
  const reading = readIndex(of, hashLength);
  return 'fault' in reading ? reading.fault : reading.entries.map((entry) => entry.path);
}

describe("git's index", () => {
  it('is read in every version git writes', () => {
    assert.deepEqual(paths(bytes(REAL_INDEX.version2)), REAL_PATHS);
    assert.deepEqual(paths(bytes(REAL_INDEX.version4)), REAL_PATHS);
    assert.deepEqual(paths(bytes(REAL_INDEX.version3)), ['a.txt', 'later.txt', 'src/app.py', 'src/appendix.py', 'src/deep/größe ü.txt', 'src/deep/z.py']);
    assert.deepEqual(paths(bytes(REAL_INDEX.sha256), 32), ['a.py']);
    assert.deepEqual(paths(indexOf([])), []);
  });

  it('tells submodules from files', () => {
    const reading = readIndex(indexOf(['a.py', 'lib/']));
    assert.ok('entries' in reading);
    assert.deepEqual(reading.entries.map(({ path, submodule }) => [path, submodule]), [['a.py', false], ['lib', true]]);
  });

  it('tells what git saw of each file', () => {
    const reading = readIndex(bytes(REAL_INDEX.version3));
    assert.ok('entries' in reading);
    const [first, later] = reading.entries;
    assert.deepEqual({ ...first, mtime: 0 }, { path: 'a.txt', submodule: false, mode: 0o100644, hash: '2e65efe2a145dda7ee51d1741299f848e5bf752e', size: 1, mtime: 0, unsettled: false, unwatched: false });
    assert.equal(new Date(first?.mtime ?? 0).toISOString().slice(0, 4), '2026');
    assert.deepEqual([later?.path, later?.unsettled], ['later.txt', true], 'only intended to be added');
  });

  it('has paths of any length', () => {
    const long = Array.from({ length: 20 }, (_, index) => `${'x'.repeat(index * 400)}/${index}.py`).sort();
    assert.deepEqual(paths(indexOf(long)), long);
  });

  it('is refused, with the reason, when it is something else', () => {
    assert.match(String(paths(new Uint8Array())), /not an index/);
    assert.match(String(paths(new TextEncoder().encode('x'.repeat(100)))), /not an index/);
    assert.match(String(paths(bytes(REAL_INDEX.split))), /splitIndex/);
    const odd = bytes(REAL_INDEX.version2);
    new DataView(odd.buffer).setUint32(4, 9);
    assert.match(String(paths(odd)), /version is 9/);
    const many = bytes(REAL_INDEX.version2);
    new DataView(many.buffer).setUint32(8, 0xFFFFFFFF);
    assert.match(String(paths(many)), /damaged/);
  });

  it('is refused when it is cut off, and never read beyond its end', () => {
    for (const version of [REAL_INDEX.version2, REAL_INDEX.version3, REAL_INDEX.version4]) {
      const whole = bytes(version);
      for (let length = 0; length < whole.length - 60; length += 1) assert.equal(typeof paths(whole.subarray(0, length)), 'string', `${length}`);
    }
  });

  it('bears any damage', () => {
    fc.assert(fc.property(fc.constantFrom(REAL_INDEX.version2, REAL_INDEX.version3, REAL_INDEX.version4, REAL_INDEX.split), fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), { maxLength: 8 }), (version, changes) => {
      const damaged = bytes(version);
      for (const [at, value] of changes) damaged[Math.min(8 + Math.floor(at * damaged.length), damaged.length - 1)] = value;
      assert.ok(Array.isArray(paths(damaged)) || typeof paths(damaged) === 'string');
    }), { numRuns: 2_000 });
  });
});
