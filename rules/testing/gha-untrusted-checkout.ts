import type { Job, Selector, Step, Variation, Workflow } from '../kit';
import { isActive, rule } from '../kit';

/** A privileged job that takes the code of a pull request, and the step that then runs it. */
interface Taken { readonly unit: Workflow; readonly job: Job; readonly step: Step; readonly runs: Step }

const PRIVILEGED = /^(?:pull_request_target|workflow_run|issue_comment)$/;
const HEAD = /github\.event\.pull_request\.head\.(?:sha|ref)|github\.head_ref|refs\/pull\/|github\.event\.workflow_run\.head_(?:sha|branch|commit)|github\.event\.number|github\.event\.pull_request\.number|github\.event\.issue\.number/;
/** Words that take code of the change or of its own configuration and run it. */
const EXECUTES = /\b(?:npm|yarn|pnpm|bun) (?!config|view|whoami)\w|\b(?:pip3?|uv|poetry|pdm|pipenv|hatch) (?:install|sync|run|build|pip)|\bpython[\d.]* |\b(?:make|tox|nox|pytest|just|gradle|mvn|cargo|go|rake|bundle|docker(?: compose| buildx)?|docker-compose) ?(?:build|run|test|up|install|exec)?|(?:^|\s)\.\/|\b(?:ba)?sh \S+\.sh|\bnode |\bnpx |\bpre-commit\b|\bruff\b|\beslint\b/m;
const RUNS_ACTIONS = /^(?:docker\/build-push-action|pre-commit\/action|cypress-io\/|\.\/)/;

export default rule({
  id: 'gha-untrusted-checkout',
  title: 'Privileged workflows do not run the code of pull requests',
  severity: 'high', confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: `The token can write to the repository and read its secrets while the pull request decides what runs. One fork is enough to publish a malicious release.`,
  how: `Use pull_request for code, and a separate privileged workflow that only handles results.`,
  links: ['https://docs.github.com/en/actions/security-guides/security-hardening-for-github-actions', 'https://docs.zizmor.sh/audits/'],
  anchors: ['zizmor dangerous-triggers', 'semgrep pull-request-target-code-checkout', 'CWE-94'],

  on: taken(),
  check: grade,
  message: ({ unit, job }) => `Job ${job.id} runs on ${unit.triggers.filter((each) => PRIVILEGED.test(each)).join(' and ')} with a token that may write, checks out the code of the pull request and runs it.`,
  underline: ({ step }) => step.usesAt ?? step.runAt ?? step.at,
  related: ({ unit, runs }) => [{ path: unit.path, ...(runs.runAt ?? runs.usesAt ?? runs.at), text: 'the code is run here' }],
  nothing: 'No privileged workflow checks out the code of a pull request.',

  examples: () => ({
    'tests with the token of the repository': { bad: { '.github/workflows/pr.yml': 'on: pull_request_target\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n        with: {ref: "${{ github.event.pull_request.head.sha }}"}\n      - run: npm ci && npm test\n' } },
    'a comment starts it': { bad: { '.github/workflows/comment.yml': 'on: issue_comment\njobs:\n  run:\n    runs-on: ubuntu-latest\n    steps:\n      - run: gh pr checkout 1 && make test\n' } },
    'a step later': { bad: { '.github/workflows/pr.yml': 'on:\n  pull_request_target:\n    types: [opened]\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          ref: refs/pull/${{ github.event.number }}/merge\n      - uses: actions/setup-python@v5\n      - run: pip install -e .\n' } },
    'after somebody set a label': { bad: { '.github/workflows/pr.yml': 'on:\n  pull_request_target:\n    types: [labeled]\njobs:\n  build:\n    if: contains(github.event.pull_request.labels.*.name, \'safe\')\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          ref: ${{ github.event.pull_request.head.sha }}\n      - run: make test\n' }, severity: 'medium' },
    'an ordinary pull request': { good: { '.github/workflows/pr.yml': 'on: pull_request\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm ci && npm test\n' } },
    'no code is run': { good: { '.github/workflows/label.yml': 'on: pull_request_target\njobs:\n  label:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/labeler@v5\n' } },
    'the code of the main branch': { good: { '.github/workflows/pr.yml': 'on: pull_request_target\njobs:\n  check:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm ci && npm run label\n' } },
    'read, not run': { good: { '.github/workflows/pr.yml': 'on: pull_request_target\njobs:\n  size:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          ref: ${{ github.event.pull_request.head.sha }}\n      - run: git diff --stat origin/main\n' } },
    'of this repository only': { good: { '.github/workflows/pr.yml': 'on: pull_request_target\njobs:\n  build:\n    if: github.event.pull_request.head.repo.full_name == github.repository\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          ref: ${{ github.event.pull_request.head.sha }}\n      - run: make test\n' } },
    'after the tests of a push to main': { good: { '.github/workflows/deploy.yml': 'on:\n  workflow_run:\n    workflows: [test]\n    branches: [main]\n    types: [completed]\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          ref: ${{ github.event.workflow_run.head_sha }}\n      - run: make deploy\n' } },
  }),
});

function taken(): Selector<Taken> {
  return {
    kinds: ['workflow'], callees: [],
    *select(unit, project) {
      if (unit.kind !== 'workflow' || !isActive(unit, project) || !unit.triggers.some((each) => PRIVILEGED.test(each))) return;
      for (const job of unit.jobs) {
        const index = job.steps.findIndex(checksOut);
        const step = job.steps[index];
        const runs = step && job.steps.slice(step.run === undefined ? index + 1 : index).find((each) => EXECUTES.test(afterCheckout(each.run ?? '')) || RUNS_ACTIONS.test(each.uses ?? ''));
        if (step && runs) yield { unit, job, step, runs };
      }
    },
  };
}

function checksOut(step: Step): boolean {
  if (step.uses?.startsWith('actions/checkout@')) return step.with.some((pair) => (pair.name === 'ref' || pair.name === 'repository') && HEAD.test(pair.value ?? ''));
  return /\bgh pr checkout\b|\bgit (?:fetch|checkout|pull)\b.*(?:refs\/pull\/|pull\/\S*\/(?:head|merge))/.test(step.run ?? '') || (/\bgit (?:fetch|checkout|pull)\b/.test(step.run ?? '') && HEAD.test(step.run ?? ''));
}

function afterCheckout(run: string): string {
  return run.replace(/^[\s\S]*?\b(?:gh pr checkout|git checkout|git fetch)\b[^\n&;]*/, '');
}

function grade({ unit, job }: Taken): boolean | Variation {
  const condition = job.entries.find((each) => each.key === 'if')?.value ?? '';
  if (/head\.repo\.full_name\s*==\s*github\.repository|head_repository\.full_name\s*==\s*github\.repository|\.event\s*==\s*'push'|head_branch\s*==/.test(condition) || onlyMain(unit)) return false;
  if (unit.entries.some((each) => each.key === 'permissions' && each.value === '{}') && !hasSecrets(unit, job)) return false;
  const gated = /labels|author_association|permission|github\.actor\s*==|label\.name/.test(condition) || job.entries.some((each) => /^environment(?:\.name)?$/.test(each.key)) || unit.entries.some((each) => /^on\.pull_request_target\.types/.test(each.key) && each.value === 'labeled');
  return gated ? { severity: 'medium', because: 'somebody of the repository has to let it run' } : true;
}

/** A `workflow_run` of the main branch alone is no pull request's. */
function onlyMain({ triggers, entries }: Workflow): boolean {
  const branches = entries.filter((each) => /^on\.workflow_run\.branches(?:\.\d+)?$/.test(each.key));
  return branches.length > 0 && !triggers.some((each) => each === 'pull_request_target' || each === 'issue_comment');
}

function hasSecrets(unit: Workflow, job: Job): boolean {
  return [...unit.entries, ...job.entries, ...job.steps.flatMap((step) => step.entries)].some((each) => /\bsecrets\./.test(each.value));
}
