import assert from 'node:assert/strict';
import type { Package } from '../../rules/kit';
import { readSetupPy } from '../../engine/files/setup';
import { covered, outline, text, unitOf } from './facts';

/** A package in one line: name, range, then what is special about it. */
function line(one: Package): string {
  return [one.name, one.version ?? '-', one.dev ? 'dev' : '', one.group ?? '', one.extras.join('+'), one.marker ?? '', one.source ?? '', one.hashed ? 'hashed' : ''].filter((part) => part !== '').join(' ');
}

describe('requirements files', () => {
  const source = text(
    '-r base.txt', '--constraint=../constraints.txt', '--index-url https://example.com/simple', 'Flask==3.0.2  # web', 'requests[socks,security] >= 2.31, < 3 ; python_version < "3.12"', 'cryptography==42.0.5 \\', '    --hash=sha256:aa \\', '    --hash=sha256:bb',
    'git+https://github.com/pallets/click.git@8.1.7#egg=click', '-e ./packages/core', 'tomli @ https://example.com/tomli-2.0.1.whl ; os_name == "nt"', 'https://example.com/attrs-23.1.0-py3-none-any.whl', 'gunicorn', 'uvloop~=0.19 --no-binary uvloop', 'zope.interface===7.2',
  );
  const unit = unitOf('manifest', 'requirements/prod.txt', source);

  it('name packages, with ranges, extras, markers, sources and hashes', () => {
    assert.deepEqual([unit.ecosystem, unit.format, unit.whole], ['python', 'requirements', true]);
    assert.deepEqual(unit.packages.map(line), [
      'Flask ==3.0.2', 'requests >= 2.31, < 3 socks+security python_version < "3.12"', 'cryptography ==42.0.5 hashed', 'click - git+https://github.com/pallets/click.git@8.1.7#egg=click', 'core - ./packages/core',
      'tomli - os_name == "nt" https://example.com/tomli-2.0.1.whl', 'attrs - https://example.com/attrs-23.1.0-py3-none-any.whl', 'gunicorn -', 'uvloop ~=0.19', 'zope.interface ===7.2',
    ]);
    assert.deepEqual(unit.packages.slice(0, 3).map((one) => [covered(source, one.at), covered(source, one.versionAt)]), [
      ['Flask==3.0.2', '==3.0.2'], ['requests[socks,security] >= 2.31, < 3 ; python_version < "3.12"', '>= 2.31, < 3'], ['cryptography==42.0.5', '==42.0.5'],
    ]);
  });

  it('take in other files, beside themselves', () => {
    assert.deepEqual(unit.includes.map((one) => [one.path, one.constraint, covered(source, one.at)]), [['requirements/base.txt', false, 'base.txt'], ['constraints.txt', true, '../constraints.txt']]);
  });

  it('are for development by their name', () => {
    const dev = (path: string) => unitOf('manifest', path, 'x\n').packages[0]?.dev;
    for (const path of ['requirements-dev.txt', 'requirements/test.txt', 'dev-requirements.txt', 'requirements_docs.in', 'requirements/local.txt']) assert.equal(dev(path), true, path);
    for (const path of ['requirements.txt', 'requirements/base.txt', 'requirements-vercel.txt', 'test/requirements.txt', 'requirements/production.txt']) assert.equal(dev(path), false, path);
  });

  it('are not whole when a line is no requirement', () => {
    const broken = unitOf('manifest', 'requirements.txt', 'flask==\n???\nrequests\n');
    assert.equal(broken.whole, false);
    assert.deepEqual(broken.packages.map((one) => one.name).at(-1), 'requests');
    assert.equal(unitOf('manifest', 'constraints.txt', 'a==1\n').format, 'constraints');
  });
});

describe('pyproject.toml', () => {
  const source = text(
    '[project]', 'requires-python = ">=3.11"', 'dependencies = [', '  "flask>=3", # web', "  'uvicorn[standard]==0.29 ; sys_platform != \"win32\"',", ']', 'scripts = { serve = "app:run" }',
    '[project.optional-dependencies]', 'pg = ["psycopg"]', 'test = ["pytest>=8"]', '[dependency-groups]', 'dev = ["ruff", {include-group = "test"}]', 'prod = ["gunicorn"]',
    '[tool.poetry.dependencies]', 'python = "^3.11"', 'django = {version = "^5.0", extras = ["argon2"]}', 'lib = {git = "https://example.com/lib.git", tag = "v1"}', 'multi = [{version = "1", python = "<3.12"}, {version = "2"}]',
    '[tool.poetry.group.lint.dependencies]', 'mypy = "^1.8"', '[tool.uv]', 'dev-dependencies = ["ipython"]', '[tool.poe.tasks]', 'check = {shell = "ruff check . && mypy ."}', 'serve = "flask run"', '[tool.coverage.run]', 'branch = true',
  );
  const unit = unitOf('manifest', 'pyproject.toml', source);

  it('names packages of every tool', () => {
    assert.equal(unit.whole, true);
    assert.equal(unit.pythonVersion, '>=3.11');
    assert.deepEqual(unit.packages.map(line), [
      'flask >=3', 'uvicorn ==0.29 standard sys_platform != "win32"', 'psycopg - pg', 'pytest >=8 dev test', 'ruff - dev dev', 'gunicorn - prod',
      'django ^5.0 argon2', 'lib - https://example.com/lib.git@v1', 'multi 1 <3.12', 'mypy ^1.8 dev lint', 'ipython - dev dev',
    ]);
    const places = (name: string) => unit.packages.filter((one) => one.name === name).map((one) => [covered(source, one.at), covered(source, one.versionAt)]);
    assert.deepEqual(places('flask'), [['"flask>=3"', '>=3']]);
    assert.deepEqual(places('django'), [['django = {version = "^5.0", extras = ["argon2"]}', '"^5.0"']]);
  });

  it('names commands and keeps the settings of tools', () => {
    assert.deepEqual(unit.scripts.map((one) => [one.name, one.command, outline(one.commands)]), [['serve', 'app:run', ['app:run']], ['check', 'ruff check . && mypy .', ['ruff check . &&', 'mypy .']], ['serve', 'flask run', ['flask run']]]);
    assert.ok(unit.entries.some((one) => one.key === 'tool.coverage.run.branch' && one.value === 'true'));
  });

  it('is read as far as it goes while it is typed', () => {
    const half = unitOf('manifest', 'pyproject.toml', text('[project]', 'name = "app', 'dependencies = [', '  "flask",', '[tool.poetry.dependencies]', 'django = "^5"', '[tool.', 'lost = 1'));
    assert.equal(half.whole, false);
    assert.deepEqual(half.packages.map((one) => one.name), ['flask', 'django']);
    assert.ok(!half.entries.some((one) => one.key.endsWith('lost')));
  });
});

describe('other manifests', () => {
  it('Pipfile', () => {
    const unit = unitOf('manifest', 'Pipfile', text('[packages]', 'flask = "*"', 'x = {version = ">=2", markers = "os_name == \'nt\'"}', '[dev-packages]', 'pytest = "==8"', '[requires]', 'python_version = "3.12"', '[scripts]', 'serve = "flask run"'));
    assert.deepEqual([unit.packages.map(line), unit.pythonVersion, unit.scripts.map((one) => one.command)], [['flask *', "x >=2 os_name == 'nt'", 'pytest ==8 dev dev'], '3.12', ['flask run']]);
  });

  it('setup.cfg, when it describes a package', () => {
    const source = text('[metadata]', 'name = a', '[options]', 'python_requires = >=3.9', 'install_requires =', '    flask>=2 ; python_version < "4"', '    # no', '    requests # yes', '[options.extras_require]', 'test = pytest', 'pg =', '    psycopg>=3', '[tool:pytest]', 'addopts = -q');
    const unit = unitOf('manifest', 'setup.cfg', source);
    assert.deepEqual(unit.packages.map(line), ['flask >=2 python_version < "4"', 'requests -', 'pytest - dev test', 'psycopg >=3 pg']);
    assert.deepEqual(unit.packages.map((one) => covered(source, one.at)), ['flask>=2 ; python_version < "4"', 'requests', 'pytest', 'psycopg>=3']);
    assert.ok(unit.entries.some((one) => one.key === 'tool:pytest.addopts'));
    assert.equal(unitOf('ini', 'setup.cfg', '[flake8]\nignore = E1\n').sections.length, 1);
  });

  it('setup.py, when it calls setup with lists', () => {
    const source = text('from setuptools import setup', 'REQS = [', '    "flask>=2",  # web', "    'requests',", ']', 'setup(name="a", install_requires=REQS, python_requires=">=3.9", tests_require=["pytest"], extras_require={"pg": ["psycopg"], "docs": ["sphinx"]})');
    const unit = readSetupPy('setup.py', source);
    assert.deepEqual([unit?.packages.map(line), unit?.pythonVersion, unit?.whole], [['flask >=2', 'requests -', 'pytest - dev tests', 'psycopg - pg', 'sphinx - dev docs'], '>=3.9', true]);
    assert.equal(covered(source, unit?.packages[0]?.at), '"flask>=2"');
    assert.equal(readSetupPy('setup.py', 'from setuptools import setup\nsetup(install_requires=open("r").read())\n')?.whole, false);
    assert.equal(readSetupPy('app/setup.py', 'def setup(app):\n    pass\nsetup(1)\n'), undefined);
  });

  it('package.json', () => {
    const source = '{\n "engines": {"node": ">=20"},\n "scripts": {"start": "node \\"a b.js\\" && x"},\n "dependencies": {"express": "^4", "left": "github:a/b", "own": "workspace:*"},\n "devDependencies": {"vitest": "1.0.0"}\n}\n';
    const unit = unitOf('manifest', 'web/package.json', source);
    assert.deepEqual([unit.packages.map(line), unit.nodeVersion, unit.ecosystem], [['express ^4', 'left - github:a/b', 'own - workspace:*', 'vitest 1.0.0 dev dev'], '>=20', 'node']);
    assert.equal(covered(source, unit.packages[0]?.versionAt), '"^4"');
    assert.deepEqual(unit.scripts[0]?.commands.map((one) => [one.words, covered(source, one.at)]), [[['node', 'a b.js'], 'node \\"a b.js\\"'], [['x'], 'x']]);
    assert.equal(unitOf('manifest', 'package.json', '{"dependencies": {"a": "1"').whole, false);
    assert.deepEqual(unitOf('manifest', 'package.json', '{"dependencies": {"a": "1"').packages.map(line), ['a 1']);
  });

  it('lock files are only there', () => {
    for (const [path, ecosystem] of [['package-lock.json', 'node'], ['yarn.lock', 'node'], ['pnpm-lock.yaml', 'node'], ['bun.lockb', 'node'], ['poetry.lock', 'python'], ['uv.lock', 'python'], ['Pipfile.lock', 'python'], ['pdm.lock', 'python'], ['pylock.toml', 'python']] as const) {
      const unit = unitOf('manifest', `web/${path}`, '');
      assert.deepEqual([unit.lock, unit.ecosystem, unit.whole], [true, ecosystem, true], path);
    }
  });
});
