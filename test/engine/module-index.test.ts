import assert from 'node:assert/strict';
import { ModuleIndex } from '../../engine/project/module-index';
import type { Module } from '../../rules/kit';

const module = (path: string, ...does: readonly string[]): Module => ({ path, does } as unknown as Module);

describe('an index over modules', () => {
  const index = () => new ModuleIndex([module('b.py', 'x', 'y'), module('a.py', 'x', 'x')], (each) => each.does.map((name, at) => [name, `${each.path}:${at}`] as const));
  const facts = (of: ModuleIndex<string>, key: string) => of.get(key).map((each) => each.fact);

  it('gives facts by path, then in their order', () => {
    assert.deepEqual(facts(index(), 'x'), ['a.py:0', 'a.py:1', 'b.py:0']);
    assert.deepEqual(facts(index(), 'z'), []);
  });

  it('takes a module instead of the one of its path, and leaves the others', () => {
    const of = index();
    const after = module('a.py', 'y', 'z');
    of.replace(after);
    assert.deepEqual(facts(of, 'x'), ['b.py:0']);
    assert.deepEqual(facts(of, 'y'), ['a.py:0', 'b.py:1']);
    assert.equal(of.get('z')[0]?.module, after);
  });

  it('keeps the order of keys where the only module of one loses it and has it again', () => {
    const of = index();
    of.replace(module('b.py', 'x'));
    assert.deepEqual(facts(of, 'y'), []);
    of.replace(module('b.py', 'x', 'y'));
    of.replace(module('c.py', 'y'));
    assert.deepEqual(facts(of, 'y'), ['b.py:1', 'c.py:0']);
    assert.deepEqual([...of.keys()], ['x', 'y']);
  });

  it('takes a module it did not know', () => {
    const of = index();
    of.replace(module('c.py', 'x'));
    assert.deepEqual(facts(of, 'x'), ['a.py:0', 'a.py:1', 'b.py:0', 'c.py:0']);
  });
});
