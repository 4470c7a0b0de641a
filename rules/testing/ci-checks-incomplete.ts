import type { Edit, Evidence, Judgement, Manifest, Project, Source, Work, Workflow } from '../kit';
import { appendedSteps, checkingWorkflows, ciJobs, doing, fileName, hasCi, hidden, projectRule } from '../kit';

/** A kind of check that belongs into CI. */
interface Kind { readonly name: string; readonly works: readonly Work[]; readonly wanted: (project: Project) => boolean; readonly elsewhere: (project: Project) => Evidence | undefined }

const KINDS: readonly Kind[] = [
  { name: 'lint or type check', works: ['lint', 'types'], wanted: () => true, elsewhere: (project) => hooked(project, /./) },
  { name: 'security scan', works: ['scan'], wanted: () => true, elsewhere: (project) => hooked(project, /bandit|semgrep|gitleaks|detect-secrets|trufflehog/) ?? linted(project) ?? watched(project) },
  { name: 'build of the front end', works: ['build'], wanted: (project) => front(project) !== undefined, elsewhere: () => undefined },
];

export default projectRule({
  id: 'ci-checks-incomplete',
  title: 'CI also lints, scans and builds the front end',
  severity: 'low', points: 2, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: `Linters and scanners find in seconds what review misses. A front end that does not build is otherwise found at deploy.`,
  how: `Add one fast job per kind.`,
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/CI_CD_Security_Cheat_Sheet.html', 'https://docs.github.com/en/actions/using-workflows/workflow-syntax-for-github-actions'],
  ladder: { name: 'ci', rung: 5 },

  applies: (project) => hasCi(project) || 'There is no CI.',
  project: judge,

  fix: { title: 'Add the missing steps', safety: 'review', remains: 'Mend what they find, then keep them green.', edit: (_gap, { unit, source, project }) => unit.kind === 'workflow' ? completed(unit, source, project) : undefined },

  examples: () => ({
    'hooks that an action runs': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', 'test_a.py': 'def test_a():\n    assert 1\n', '.pre-commit-config.yaml': 'repos:\n  - repo: https://example.test/hooks\n    rev: v1\n    hooks:\n      - id: ruff\n      - id: mypy\n      - id: gitleaks\n', '.github/workflows/ci.yml': 'on: [push, pull_request]\njobs:\n  hooks:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: j178/prek-action@v1\n      - run: pytest\n' } },
    'tests alone': {
      bad: { '.github/workflows/ci.yml': workflow('pytest'), 'app.py': 'x = 1\n', 'requirements-dev.txt': 'pytest\nruff\n' },
      good: { '.github/workflows/ci.yml': `${workflow('pytest')}      - run: ruff check .\n      - run: pipx run bandit -q -r . -x ./tests\n` },
    },
    'a front end that nobody builds': { bad: { '.gitlab-ci.yml': 'test:\n  image: node:22\n  script: [npm ci, npm test, npx eslint ., npx semgrep ci]\n', 'frontend/package.json': '{ "scripts": { "build": "vite build", "test": "vitest run" } }\n' } },
    'all of them': { good: { '.github/workflows/ci.yml': workflow('ruff check . && bandit -r app && pytest') } },
    'through hooks': { good: { '.github/workflows/ci.yml': 'on: [pull_request]\njobs:\n  check:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: pre-commit/action@v3.0.1\n      - run: semgrep ci\n      - run: pytest\n' } },
    'hooks that scan': { good: { '.github/workflows/ci.yml': workflow('uvx pre-commit run --all-files && pytest'), '.pre-commit-config.yaml': 'repos:\n  - repo: https://github.com/PyCQA/bandit\n    rev: 1.8.0\n    hooks:\n      - id: bandit\n' } },
    'a service that runs the hooks': { good: { '.github/workflows/ci.yml': workflow('pytest'), '.pre-commit-config.yaml': 'ci:\n  autoupdate_schedule: weekly\nrepos:\n  - repo: https://github.com/PyCQA/bandit\n    rev: 1.8.0\n    hooks:\n      - id: bandit\n' } },
    'JSHint of a fixed version, ESLint with rules about security': { good: { '.github/workflows/ci.yml': workflow('npx --no-install jshint@2.12.0 . && npx eslint . && npm test'), '.eslintrc.json': '{ "plugins": ["security"], "extends": ["plugin:security/recommended"] }\n' } },
    'a linter with the rules of bandit': { good: { '.github/workflows/ci.yml': workflow('ruff check . && pytest'), 'pyproject.toml': '[tool.ruff.lint]\nselect = ["E", "F", "S"]\n' } },
    'an analysis of its own workflow': { good: { '.github/workflows/ci.yml': workflow('flake8 && pytest'), '.github/workflows/codeql.yml': 'on:\n  schedule:\n    - cron: "0 3 * * 1"\njobs:\n  analyze:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: github/codeql-action/init@v3\n      - uses: github/codeql-action/analyze@v3\n' } },
    'templates of GitLab': { good: { '.gitlab-ci.yml': 'include:\n  - template: Jobs/SAST.gitlab-ci.yml\ntest:\n  script: [ruff check ., pytest]\n' } },
    'built in an image': { good: { '.github/workflows/ci.yml': workflow('docker build . && npx eslint . && gitleaks detect'), 'web/package.json': '{ "scripts": { "build": "vite build" } }\n' } },
    'a build through make': { good: { '.github/workflows/ci.yml': workflow('make all'), Makefile: 'all: lint scan web\nlint:\n\truff check .\nscan:\n\tbandit -r app\nweb:\n\tcd web && npm run build\n', 'web/package.json': '{ "scripts": { "build": "vite build" } }\n' } },
    'a workflow of another repository': { good: { '.github/workflows/ci.yml': 'on: [pull_request]\njobs:\n  checks:\n    uses: acme/workflows/.github/workflows/python.yml@v3\n' } },
    'no CI': { good: { 'app.py': 'x = 1\n' } },
  }),
});

function workflow(run: string): string {
  return `on: [pull_request]\njobs:\n  check:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ${run}\n`;
}

function judge(project: Project): Judgement {
  const wanted = KINDS.filter((kind) => kind.wanted(project));
  const missing = lacking(project);
  if (missing.length === 0) {
    return { holds: wanted.flatMap((kind) => {
      const found = doing(project, ...kind.works)[0] ?? kind.elsewhere(project);
      return found ? [{ path: found.path, start: found.start, end: found.end, text: `${kind.name}: ${found.text}` }] : [];
    }) };
  }
  const closed = hidden(project);
  if (closed) return { notChecked: `${fileName(closed.path)} calls something that is not in this repository; whether it has a ${list(missing)} cannot be seen.` };
  const checking = checkingWorkflows(project);
  const job = ciJobs(project).find((each) => each.unit.kind === 'pipeline' || checking.includes(each.unit)) ?? ciJobs(project)[0];
  return { open: [{ at: job ? { path: job.path, start: job.start, end: job.end } : project.anchor, message: `CI has no ${list(missing)}.` }] };
}

function lacking(project: Project): readonly Kind[] {
  return KINDS.filter((kind) => kind.wanted(project) && doing(project, ...kind.works).length === 0 && !kind.elsewhere(project));
}

function list(kinds: readonly Kind[]): string {
  const names = kinds.map((kind) => kind.name);
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', no ')} and no ${names.at(-1) ?? ''}`;
}

/** Hooks that a service runs on every pull request. */
function hooked(project: Project, hook: RegExp): Evidence | undefined {
  const path = project.paths.find((each) => /(^|\/)\.pre-commit-config\.ya?ml$/.test(each));
  const text = path === undefined ? '' : project.text(path) ?? '';
  return path !== undefined && /^ci:/m.test(text) && [...text.matchAll(/\bid:\s*["']?([\w-]+)/g)].some((one) => hook.test(one[1] ?? '')) ? { path, start: 0, end: 0, text: 'pre-commit.ci' } : undefined;
}

/** Ruff with the rules of bandit, or ESLint with those of a plugin for security, where CI runs it. */
function linted(project: Project): Evidence | undefined {
  const run = doing(project, 'lint')[0];
  if (!run) return undefined;
  const entry = project.of('manifest').flatMap((unit) => unit.entries.filter((each) => /^tool\.ruff(\.lint)?\.(extend-)?select(\.\d+)?$/.test(each.key) && /^(S|ALL)\d*$/.test(each.value)).map((each) => ({ path: unit.path, ...each.at, text: 'ruff with the rules of bandit' })))[0];
  const file = project.paths.find((path) => /(^|\/)\.?ruff\.toml$/.test(path) && /select\s*=\s*\[[^\]]*["'](S|ALL)["']/.test(project.text(path) ?? ''));
  if (entry || file !== undefined) return entry ?? { path: file ?? '', start: 0, end: 0, text: 'ruff with the rules of bandit' };
  const plugin = project.paths.find((path) => /(^|\/)(\.eslintrc(\.\w+)?|eslint\.config\.[cm]?[jt]s)$/.test(path) && /\bplugin:(security|sonarjs)\b|\beslint-plugin-(security|sonarjs)\b|@microsoft\/sdl\b/.test(project.text(path) ?? ''));
  return plugin === undefined ? undefined : { path: plugin, start: 0, end: 0, text: 'ESLint with rules about security' };
}

/** Services that watch the repository by themselves. */
function watched(project: Project): Evidence | undefined {
  const path = project.paths.find((each) => /(^|\/)(sonar-project\.properties|\.sonarcloud\.properties|\.deepsource\.toml|\.codacy\.ya?ml|\.snyk|\.semgrep\.ya?ml|\.gitguardian\.ya?ml|\.github\/codeql\/[^/]+\.ya?ml)$/.test(each));
  return path === undefined ? undefined : { path, start: 0, end: 0, text: fileName(path) };
}

/** A front end with a build of its own. */
function front(project: Project): Manifest | undefined {
  return project.of('manifest').find((unit) => unit.format === 'package.json' && unit.role === 'production' && unit.scripts.some((each) => each.name === 'build'));
}

// ---- the fix

function completed(unit: Workflow, source: Source, project: Project): readonly Edit[] | undefined {
  const job = unit.jobs.find((each) => each.steps.length > 0);
  const python = project.modules.some((each) => each.language === 'python');
  const steps = lacking(project).flatMap(({ name }): readonly (readonly string[])[] => {
    if (name === 'build of the front end') return built(project);
    if (!python) return [];
    return name === 'security scan' ? [['run: pipx run bandit -q -r . -x ./tests']] : [[`run: ${project.declares('flake8') ? 'flake8' : project.declares('ruff') ? 'ruff check .' : 'pipx run ruff check .'}`]];
  });
  return job && steps.length > 0 ? appendedSteps(job, steps, source) : undefined;
}

function built(project: Project): readonly (readonly string[])[] {
  const folder = front(project)?.path.replace(/\/?package\.json$/, '') ?? '';
  const lock = project.paths.some((path) => path === `${folder === '' ? '' : `${folder}/`}package-lock.json`);
  return lock ? [['run: npm ci && npm run build', ...(folder === '' ? [] : [`working-directory: ${folder}`])]] : [];
}
