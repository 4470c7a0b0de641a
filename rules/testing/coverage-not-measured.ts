import type { Edit, Evidence, Judgement, Manifest, NewFile, Project } from '../kit';
import { gapPlace, hasTests, insert, projectRule, replace, runCommands, testCount } from '../kit';

export default projectRule({
  id: 'coverage-not-measured',
  title: 'Test coverage is measured',
  severity: 'low', points: 1, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: `Nobody knows which half is untested. The number matters less than the list of uncovered files.`,
  how: `Report it in CI, and look at what is missing in critical modules.`,
  links: ['https://coverage.readthedocs.io/', 'https://pytest-cov.readthedocs.io/'],
  ladder: { name: 'tests', rung: 5 },

  applies: (project) => hasTests(project) ? true : 'There are no tests.',
  project: judge,

  fix: { title: 'Measure coverage when pytest runs', safety: 'review', edit: (_gap, { project }) => measured(project), remains: 'Install pytest-cov where the tests run.' },

  examples: () => ({
    'pytest alone': { bad: { 'requirements.txt': 'flask==3.0.3\npytest==8.3.3\n', 'tests/test_a.py': 'def test_a():\n    assert True\n' } },
    'options of pytest': {
      bad: { 'pyproject.toml': '[tool.pytest.ini_options]\ntestpaths = ["tests"]\n', 'tests/test_a.py': 'def test_a():\n    assert True\n', 'shop/__init__.py': '' },
      good: { 'pyproject.toml': '[tool.pytest.ini_options]\naddopts = "--cov --cov-report=term-missing"\ntestpaths = ["tests"]\n' },
    },
    'options of pytest, with others': {
      bad: { 'pyproject.toml': '[tool.pytest.ini_options]\naddopts = "-ra -q"\n', 'tests/test_a.py': 'def test_a():\n    assert True\n' },
      good: { 'pyproject.toml': '[tool.pytest.ini_options]\naddopts = "-ra -q --cov --cov-report=term-missing"\n' },
    },
    'pytest is declared in a group': {
      bad: { 'pyproject.toml': '[project]\nname = "shop"\nversion = "1"\n\n[dependency-groups]\ndev = ["pytest"]\n\n[tool.pytest.ini_options]\nminversion = "8"\n', 'tests/test_a.py': 'def test_a():\n    assert True\n' },
      good: { 'pyproject.toml': '[project]\nname = "shop"\nversion = "1"\n\n[dependency-groups]\ndev = ["pytest", "pytest-cov"]\n\n[tool.pytest.ini_options]\naddopts = "--cov --cov-report=term-missing"\nminversion = "8"\n' },
    },
    'a comment is no measurement': { bad: { 'tox.ini': '[testenv]\n# coverage run -m pytest\ncommands = pytest\n', 'tests/test_a.py': 'def test_a():\n    assert True\n' } },
    'coverage of something else': { bad: { 'tests/test_area.py': 'def test_coverage():\n    assert area.coverage == 1\n', Makefile: 'test:\n\tpytest tests\n' } },
    'in the options of pytest': { good: { 'pyproject.toml': '[tool.pytest.ini_options]\naddopts = "--cov=app"\n', 'tests/test_a.py': 'def test_a():\n    assert True\n' } },
    'in CI alone': { good: { '.github/workflows/ci.yml': 'on: [pull_request]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest --cov=app\n', 'tests/test_a.py': 'def test_a():\n    assert True\n' } },
    'a service reports it': { good: { '.github/workflows/ci.yml': 'on: [pull_request]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make test\n      - uses: codecov/codecov-action@v4\n', 'tests/test_a.py': 'def test_a():\n    assert True\n' } },
    'by a Makefile': { good: { Makefile: 'test:\n\tcoverage run -m pytest && coverage report\n', 'tests/test_a.py': 'def test_a():\n    assert True\n' } },
    'by tox': { good: { 'tox.ini': '[testenv]\ncommands =\n    coverage run manage.py test\n    coverage report\n', 'tests/test_a.py': 'def test_a():\n    assert True\n' } },
    'by nox': { good: { 'noxfile.py': 'import nox\n\n@nox.session\ndef tests(session):\n    session.run("pytest", "--cov=shop")\n', 'tests/test_a.py': 'def test_a():\n    assert True\n' } },
    'its own configuration': { good: { '.coveragerc': '[run]\nsource = app\n', 'tests/test_a.py': 'def test_a():\n    assert True\n' } },
    'in setup.cfg': { good: { 'setup.cfg': '[coverage:run]\nsource = app\n', 'tests/test_a.py': 'def test_a():\n    assert True\n' } },
    'declared': { good: { 'requirements-dev.txt': 'pytest==8.3.3\npytest-cov==5.0.0\n', 'tests/test_a.py': 'def test_a():\n    assert True\n' } },
    'by a task of hatch': { good: { 'pyproject.toml': '[tool.hatch.envs.default.scripts]\ntest = "coverage run -m pytest"\n', 'tests/test_a.py': 'def test_a():\n    assert True\n' } },
    'in a script': { good: { 'scripts/test.sh': '#!/bin/sh\ncoverage run -m pytest\n', 'tests/test_a.py': 'def test_a():\n    assert True\n' } },
    'by a command of the application': { good: { 'app/cli.py': 'import coverage\n\ndef test():\n    cov = coverage.Coverage(branch=True)\n    cov.start()\n', 'tests/test_a.py': 'def test_a():\n    assert True\n' } },
    'nothing to measure': { good: { 'requirements.txt': 'pytest==8.3.3\n' } },
  }),
});

const PACKAGES = ['pytest-cov', 'coverage', 'django-coverage-plugin', 'codecov', 'coveralls', 'nyc', 'c8', '@vitest/coverage-v8', '@vitest/coverage-istanbul', 'vite-plugin-istanbul', '@cypress/code-coverage'] as const;
const ACTIONS = /^(codecov\/|coverallsapp\/|paambaati\/codeclimate|py-cov-action\/|orgoro\/coverage|irongut\/CodeCoverageSummary|MishaKav\/pytest-coverage|insightsengineering\/coverage|davelosert\/vitest-coverage|SonarSource\/|codacy\/)/i;
const COMMANDS = /(^|[\s"'])(--cov(\b|=)|--coverage\b|--with-coverage\b|--collectCoverage\b|nyc\b|c8\b|codecov\b|coveralls\b)|\bcoverage3?\s+(run|report|xml|html|combine)\b|\bcoverage\s*,?\s*run\b/;
const FILES = /(^|\/)(\.coveragerc|\.?codecov\.ya?ml|\.coveralls\.ya?ml|\.nycrc(\.json|\.ya?ml)?|\.c8rc(\.json)?|sonar-project\.properties)$/;

function judge(project: Project): Judgement {
  const found = [...configured(project), ...run(project)];
  if (found.length > 0) return { holds: found.slice(0, 3) };
  return { open: [{ at: gapPlace(project), message: `${testCount(project)} ${project.tests.cases === 1 ? 'runs' : 'run'} without coverage, so nobody knows what they leave out.` }] };
}

function configured(project: Project): readonly Evidence[] {
  const file = project.paths.find((path) => FILES.test(path));
  const declared = PACKAGES.map((name) => project.declares(name)).find((each) => each !== undefined);
  const entry = project.of('manifest').flatMap((unit) => unit.entries.filter((each) => /^(tool\.coverage\b|coverage:|nyc\.|c8\.|jest\.collectCoverage)/.test(each.key) || /(^|\s)--cov(\b|=)|\bcoverage\s+run\b/.test(each.value)).map((each) => ({ path: unit.path, ...each.at, text: each.key })))[0];
  const section = project.of('ini').flatMap((unit) => unit.sections.filter((each) => /^coverage:/.test(each.name) || each.entries.some((one) => /(^|\s)--cov(\b|=)/.test(one.value ?? ''))).map((each) => ({ path: unit.path, ...each.at, text: `[${each.name}]` })))[0];
  const imported = project.of('module').flatMap((module) => module.imports.filter((each) => /^coverage(\.|$)/.test(each.target)).map((each) => ({ path: module.path, ...each.at, text: 'coverage is started in code' })))[0];
  return [...(file === undefined ? [] : [{ path: file, start: 0, end: 0, text: file }]), ...[entry, section, declared, imported].flatMap((each) => each ? [each] : [])];
}

function run(project: Project): readonly Evidence[] {
  const commands = runCommands(project).filter((each) => COMMANDS.test(each.text)).map(({ path, start, end, text }) => ({ path, start, end, text: text.slice(0, 60) }));
  const actions = project.of('workflow').flatMap((unit) => unit.jobs.flatMap((job) => job.steps.flatMap((step) => step.uses && ACTIONS.test(step.uses) ? [{ path: unit.path, start: step.usesAt?.start ?? step.at.start, end: step.usesAt?.end ?? step.at.end, text: step.uses }] : [])));
  return [...commands.slice(0, 2), ...actions.slice(0, 1)];
}

// ---- the fix

const OPTIONS = '--cov --cov-report=term-missing';

/** Only where pytest's options are in pyproject.toml already: other places are read by other tools too. */
function measured(project: Project): readonly (Edit | NewFile)[] | undefined {
  const manifest = project.of('manifest').find((each) => each.format === 'pyproject' && each.entries.some((entry) => entry.key.startsWith('tool.pytest.ini_options.')));
  const text = manifest && project.text(manifest.path);
  const header = text === undefined ? null : /^\[tool\.pytest\.ini_options\][ \t]*\r?\n/m.exec(text);
  if (!manifest || !header) return undefined;
  const options = manifest.entries.find((each) => each.key === 'tool.pytest.ini_options.addopts');
  const edit = options === undefined ? insert(header.index + header[0].length, `addopts = "${OPTIONS}"\n`) : extended(options.value, options.valueAt, text ?? '');
  return edit && [{ ...edit, path: manifest.path }, ...declaring(manifest, text ?? '')];
}

/** A list of options stays as it is: how it is laid out is not ours to say. */
function extended(value: string, at: { readonly start: number; readonly end: number }, text: string): Edit | undefined {
  const written = text.slice(at.start, at.end);
  return /^"[^"\n]*"$/.test(written) ? replace(at, `"${value === '' ? '' : `${value} `}${OPTIONS}"`) : undefined;
}

/** `pytest-cov` beside `pytest`, where that is a text of a list. */
function declaring(manifest: Manifest, text: string): readonly Edit[] {
  const pytest = manifest.packages.find((each) => each.name.toLowerCase() === 'pytest');
  const written = pytest && text.slice(pytest.at.start, pytest.at.end);
  const quoted = written !== undefined && /^(["'])[^"']*\1$/.test(written);
  return pytest && quoted ? [{ ...insert(pytest.at.end, ', "pytest-cov"'), path: manifest.path }] : [];
}

