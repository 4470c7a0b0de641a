import assert from 'node:assert/strict';
import type { Func, Module, Span } from '../../rules/kit';
import { classByPath, classesAround, functionAt, functionByPath, functionNamedAt, functionsAround, functionsIn, functionsOf, functionsWithin, outermostClass, outermostFunction, pathOf } from '../../rules/kit';
import { moduleOf } from '../support/python';

const TEXT = [
  'import os',
  '',
  'if os.name == "nt":',
  '    def start(path):',
  '        first(path)',
  'else:',
  '    def start(path):',
  '        second(path)',
  '',
  'class Api:',
  '    def get(self):',
  '        def inner(default=third()):',
  '            fourth()',
  '        return inner',
  '',
  'class Api:',
  '    @fifth()',
  '    def get(self):',
  '        sixth()',
  '',
  'seventh()',
  '',
].join('\n');

describe('the definitions a place stands in', () => {
  let module: Module;
  before(async () => { module = await moduleOf(TEXT); });

  const place = (name: string, scope: string): { scope: string; at: Span } => { const start = TEXT.indexOf(name); return { scope, at: { start, end: start + name.length } }; };
  const line = (one: { readonly nameAt: Span } | undefined) => one && TEXT.slice(0, one.nameAt.start).split('\n').length;
  const named = (all: readonly Func[]) => all.map((each) => `${pathOf(each)} ${line(each)}`);

  it('tells functions of one name apart by the place', () => {
    assert.equal(line(functionAt(module, place('first', 'start'))), 4);
    assert.equal(line(functionAt(module, place('second', 'start'))), 7);
    assert.equal(line(functionAt(module, place('sixth', 'Api.get'))), 18);
  });

  it('takes the first of a path where nothing says more', () => {
    assert.equal(line(functionByPath(module, 'start')), 4);
    assert.equal(line(functionByPath(module, 'start', place('seventh', '').at)), 4);
    assert.equal(functionByPath(module, 'stop'), undefined);
  });

  it('knows no function at module level or in a class', () => {
    assert.equal(functionAt(module, place('seventh', '')), undefined);
    assert.equal(functionAt(module, place('fifth', 'Api')), undefined);
  });

  it('goes along the scope, which leaves decorators and defaults outside', () => {
    assert.deepEqual(named(functionsOf(module, place('fourth', 'Api.get.inner'))), ['Api.get 11', 'Api.get.inner 12']);
    assert.deepEqual(named(functionsOf(module, place('third', 'Api.get'))), ['Api.get 11']);
    assert.equal(line(outermostFunction(module, place('fourth', 'Api.get.inner'))), 11);
    assert.equal(line(outermostClass(module, place('sixth', 'Api.get'))), 16);
    assert.equal(line(classByPath(module, 'Api', place('fourth', '').at)), 10);
  });

  it('goes by the text, innermost first', () => {
    assert.deepEqual(named(functionsAround(module, place('fourth', '').at)), ['Api.get.inner 12', 'Api.get 11']);
    assert.deepEqual(named(functionsAround(module, place('third', '').at)), ['Api.get.inner 12', 'Api.get 11']);
    assert.deepEqual(named(functionsAround(module, place('fifth', '').at)), ['Api.get 18']);
    assert.deepEqual(named(functionsAround(module, place('seventh', '').at)), []);
    assert.deepEqual(classesAround(module, place('sixth', '').at).map(line), [16]);
  });

  it('lists what a definition or a stretch holds', () => {
    assert.deepEqual(named(functionsIn(module, 'Api')), ['Api.get 11', 'Api.get 18']);
    const [first] = module.classes;
    assert.ok(first);
    assert.deepEqual(named(functionsWithin(module, first.at)), ['Api.get 11', 'Api.get.inner 12']);
    assert.deepEqual(named(functionsWithin(module, { start: 0, end: TEXT.length })), named(module.functions));
  });

  it('finds a function by where its name stands', () => {
    for (const each of module.functions) assert.equal(functionNamedAt(module, each.nameAt.start), each);
    assert.equal(functionNamedAt(module, 0), undefined);
  });
});
