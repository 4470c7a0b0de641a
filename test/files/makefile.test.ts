import assert from 'node:assert/strict';
import { covered, outline, text, unitOf } from './facts';

describe('Makefiles', () => {
  const targets = (path: string, source: string) => unitOf('plain', path, source).targets ?? [];

  it('have targets with what they need and run', () => {
    const source = text('PY := python', '.PHONY: ci lint', 'ci: lint | build  # everything', '\t@$(PY) -m pytest -q \\', '\t  --cov', '\t-rm -f x', '', 'lint build: ; @echo ${PY}', 'ifdef CI', 'b:', '\ttrue', 'endif', '# c:', 'URL ::= http://x:1/');
    const found = targets('Makefile', source);
    assert.deepEqual(found.map((one) => [one.name, one.needs, outline(one.commands)]), [
      ['ci', ['lint', 'build'], ['${PY} -m pytest -q --cov', 'rm -f x']], ['lint', [], []], ['build', [], []], ['b', [], ['true']],
    ]);
    assert.equal(covered(source, found[0]?.commands[1]?.at), 'rm -f x');
  });

  it('of just are read alike, parameters and all', () => {
    assert.deepEqual(targets('justfile', text('set shell := ["bash", "-c"]', 'default: test', '', 'test *args: build', '    uv run pytest {{args}}', 'alias t := test')).map((one) => [one.name, one.needs, one.commands.length]), [
      ['default', ['test'], 0], ['test', ['build'], 1], ['*args', ['build'], 1],
    ]);
  });

  it('that are none give nothing, and long ones end', () => {
    assert.deepEqual(targets('Makefile', '\0\t:\n\t\n: :\n'), []);
    assert.equal(targets('Makefile', 'a:\n\tb\n'.repeat(20_000)).length, 20_000);
  });
});

describe('tox.ini', () => {
  it('has the commands of its environments', () => {
    const unit = unitOf('ini', 'tox.ini', text('[tox]', 'envlist = py312', 'commands = no', '[testenv]', 'commands =', '    pytest {posargs}', '    coverage xml', '[testenv:lint]', 'commands = ruff check .'));
    assert.deepEqual(unit.sections.map((one) => [one.name, outline(one.commands)]), [['tox', []], ['testenv', ['pytest {posargs}', 'coverage xml']], ['testenv:lint', ['ruff check .']]]);
  });
});
