/** The code of a program that is kept: taken when it is whole and of this program, made anew when it is not, and never in the way. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runKept } from '../../server/kept-code';

const PROGRAM = `const path = require('node:path');
exports.says = () => 'one';
exports.where = [path.basename(__filename), path.basename(__dirname), require('./beside.json').found];
exports.fail = () => { throw new Error('as planned'); };
`;

describe('kept code', () => {
  let folder = '';
  const at = (name: string): string => join(folder, name);
  const code = (): string => at('code/server.code');
  const run = (place = at('code')) => runKept(at('program.js'), place);
  const runUnkept = () => runKept(at('program.js'), undefined);
  const says = ({ exports }: { exports: unknown }): string => (exports as { says(): string }).says();
  /** Whether a run needed no new code: then there is none to keep. */
  const taken = (): boolean => {
    const before = readFileSync(code());
    const running = run();
    rmSync(code());
    running.keep();
    const made = existsSync(code());
    if (!made) writeFileSync(code(), before);
    return !made;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'shipworthy-code-'));
    writeFileSync(at('program.js'), PROGRAM);
    writeFileSync(at('beside.json'), '{ "found": "beside" }');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('runs as a module does, also when it is taken', () => {
    run().keep();
    for (const { exports } of [runUnkept(), run()]) {
      const { where, fail } = exports as { where: unknown; fail(): void };
      assert.deepEqual(where, ['program.js', folder.slice(folder.lastIndexOf('shipworthy-code-')), 'beside']);
      assert.throws(fail, (error: Error) => error.message === 'as planned' && error.stack?.includes(`${at('program.js')}:4:30`) === true);
    }
  });

  it('is taken by the next run, in one file', () => {
    run().keep();
    assert.deepEqual(readdirSync(at('code')), ['server.code']);
    assert.ok(taken());
  });

  it('is written once by a run', () => {
    const running = run();
    running.keep();
    rmSync(code());
    running.keep();
    assert.ok(!existsSync(code()));
  });

  it('is not taken for another text, of which V8 compares the length alone, and gives its place to that', () => {
    run().keep();
    writeFileSync(at('program.js'), PROGRAM.replace(`'one'`, `'two'`));
    const running = run();
    assert.equal(says(running), 'two');
    running.keep();
    assert.deepEqual(readdirSync(at('code')), ['server.code']);
    assert.equal(says(run()), 'two');
    assert.ok(taken());
  });

  it('is made anew when it has come to harm', () => {
    run().keep();
    const whole = readFileSync(code());
    const flipped = (place: number): Buffer => {
      const bytes = Buffer.from(whole);
      bytes.writeUInt8(bytes.readUInt8(place) ^ 0xff, place);
      return bytes;
    };
    const harmed = [
      ...[0, 4, 20, whole.length >> 1, whole.length - 5, whole.length - 1].map(flipped), whole.subarray(0, -1), whole.subarray(1), whole.subarray(0, whole.length >> 1), whole.subarray(0, 3), Buffer.alloc(0),
      Buffer.alloc(whole.length), Buffer.concat([whole, whole]), Buffer.from('not code at all'),
    ];
    for (const [which, bytes] of harmed.entries()) {
      writeFileSync(code(), bytes);
      assert.equal(says(run()), 'one');
      assert.ok(!taken(), `variant ${which} was taken`);
      run().keep();
      assert.ok(taken(), `nothing good came after variant ${which}`);
    }
  });

  it('is no failure where there is no place for it', () => {
    mkdirSync(code(), { recursive: true });
    for (const place of [at('code'), at('program.js'), at('program.js/below'), '/dev/null/x', 'a\0b']) {
      const running = run(place);
      running.keep();
      assert.equal(says(running), 'one', place);
    }
    assert.equal(readFileSync(at('program.js'), 'utf8'), PROGRAM);
  });

  it('is not kept when nobody says where', () => {
    runUnkept().keep();
    assert.deepEqual(readdirSync(folder).sort(), ['beside.json', 'program.js']);
  });

  it('passes on what the program throws when it begins, with its place', () => {
    writeFileSync(at('program.js'), '\n\n  throw new Error("at once");');
    assert.throws(() => run(), (error: Error) => error.stack?.includes(`${at('program.js')}:3:9`) === true);
  });
});
