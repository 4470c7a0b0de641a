/** Which edits of an open file are told to leave its facts as they are. That they are right is the memory's test. */
import assert from 'node:assert/strict';
import { unitReader } from '../../engine/audit/read';
import type { UnitReader } from '../../engine/audit/read';
import { registryOf } from '../../engine/audit/registry';
import { movedFrom } from '../../engine/python/still';
import { Documents } from '../../engine/syntax/documents';
import type { Grammars } from '../../engine/syntax/grammars';
import { rules } from '../../rules';
import { testGrammars } from '../support/grammars';

const PROGRAM = `import os
LIMIT = 10
CACHE = {}
def helper(value):
    return value
class Shop:
    def go(self, name):
        title = "none"
        self.count = 1
def show(name):
    message = "hello"
    count = name
    # a remark
    CACHE[name] = 1
    return helper(name)
def last():
    answer = os.environ["ANSWER"]
    return answer
`;

describe('an edit that moves facts and changes none', () => {
  const { interest } = registryOf(rules);
  const roots: ReadonlySet<string> = new Set(['app']);
  let documents: Documents;
  let grammars: Grammars;
  let reader: UnitReader;
  before(async () => { grammars = await testGrammars(); documents = new Documents(grammars); });
  beforeEach(() => { reader = unitReader(grammars, documents, interest, () => roots); });
  after(() => { documents.dispose(); });

  const isStill = (from: string, to: string) => {
    assert.equal(PROGRAM.split(from).length, 2, `${from} stands there once`);
    reader.read('app.py', PROGRAM, true);
    const text = PROGRAM.replace(from, () => to);
    const unit = reader.read('app.py', text, true);
    assert.deepEqual(unit, reader.read('app.py', text, false));
    return unit?.kind === 'module' && movedFrom(unit) !== undefined;
  };

  const still: Readonly<Record<string, readonly [from: string, to: string]>> = {
    'a local name that grows': ['    message =', '    messages ='],
    'a local name that shrinks': ['    message =', '    mess ='],
    'a text': ['"hello"', '"hello there"'],
    'a remark': ['# a remark', '# a longer remark'],
    'in a method': ['        title =', '        titles ='],
    'blanks': ['return helper(name)', 'return  helper(name)'],
  };
  for (const [what, [from, to]] of Object.entries(still)) it(`is: ${what}`, () => { assert.equal(isStill(from, to), true); });

  const not: Readonly<Record<string, readonly [from: string, to: string]>> = {
    'a line more': ['    message =', '    print(1)\n    message ='],
    'a value of the module': ['LIMIT = 10', 'LIMIT = 100'],
    'a variable of the environment': ['"ANSWER"', '"ANSWERS"'],
    'what a helper that others use gives back': ['return value', 'return values'],
    'an attribute': ['self.count = 1', 'self.counts = 1'],
    'use of state': ['CACHE[name]', 'CACHED[name]'],
    'a name of a definition': ['def last():', 'def lasting():'],
    'a remark that says something': ['# a remark', '# shipworthy: ignore all'],
    'a call': ['return helper(name)', 'return helpers(name)'],
    'a bracket that is left open': ['return helper(name)', 'return helper(name'],
  };
  for (const [what, [from, to]] of Object.entries(not)) it(`is not: ${what}`, () => { assert.equal(isStill(from, to), false); });

  it('is nothing, and its taking back', () => {
    const before = reader.read('app.py', PROGRAM, true);
    reader.read('app.py', PROGRAM.replace('# a remark', '# a longer remark'), true);
    assert.equal(reader.read('app.py', PROGRAM, true), before);
  });
});
