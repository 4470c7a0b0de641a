import type { CiJob, CiStep, Edit, Project, Selector, Source, Variation } from '../kit';
import { before, ciJobs, firstOfJob, isManual, rule } from '../kit';

/** A step that deploys, in a job that tests nothing before. */
interface Deploy { readonly job: CiJob; readonly step: CiStep; readonly tested: boolean; readonly softened?: string }

export default rule({
  id: 'ci-deploy-untested',
  title: 'Deploys wait for the tests',
  severity: 'medium', points: 6, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: `A red build is deployed while the tests are still running. The pipeline exists and protects nothing.`,
  how: `Chain the jobs, or start the deploy from the finished test workflow.`,
  links: ['https://docs.github.com/en/actions/using-workflows/workflow-syntax-for-github-actions', 'https://sre.google/sre-book/release-engineering/'],
  ladder: { name: 'ci', rung: 3 },

  on: deploys(),
  check: ({ tested, softened }): boolean | Variation => !tested && (softened === undefined || { severity: 'low', because: softened }),
  message: ({ job }) => `Job ${job.id} deploys without waiting for any tests.`,
  underline: ({ step }) => step,
  holds: ({ job, tested }) => tested ? `job ${job.id} deploys after the tests` : undefined,
  nothing: 'No job of CI deploys by itself.',

  fix: { title: 'Wait for the tests', safety: 'safe', edit: ({ job }, { source, project }) => waiting(job, source, project) },

  examples: () => ({
    'to a cloud of its framework': { bad: { 'test_a.py': 'def test_a():\n    assert 1\n', '.github/workflows/deploy.yml': 'on: {push: {branches: [main]}}\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: uv run fastapi deploy\n' } },
    'deployed as it is pushed': { bad: { '.github/workflows/deploy.yml': 'on: {push: {branches: [main]}}\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: flyctl deploy\n' } },
    'beside the tests': {
      bad: { '.github/workflows/ci.yml': 'on: {push: {branches: [main]}}\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ssh deploy@host ./deploy.sh\n' },
      good: { '.github/workflows/ci.yml': 'on: {push: {branches: [main]}}\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n  deploy:\n    needs: test\n    runs-on: ubuntu-latest\n    steps:\n      - run: ssh deploy@host ./deploy.sh\n' },
    },
    'the tests are in another workflow': { bad: { '.github/workflows/test.yml': 'on: [push]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n', '.github/workflows/deploy.yml': 'on:\n  push:\n    branches: [main]\njobs:\n  ship:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: appleboy/ssh-action@v1\n        with:\n          host: example.invalid\n          script: cd /srv/shop && git pull && docker compose up -d\n' } },
    'with an environment that may ask somebody': { bad: { '.github/workflows/deploy.yml': 'on: {push: {branches: [main]}}\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    environment: production\n    steps:\n      - run: kubectl apply -f k8s/\n' }, severity: 'low' },
    'a release': { bad: { '.github/workflows/release.yml': 'on: {push: {tags: ["v*"]}}\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: flyctl deploy\n' }, severity: 'low' },
    'after a workflow, whatever its end': { bad: { '.github/workflows/deploy.yml': 'on:\n  workflow_run:\n    workflows: [test]\n    types: [completed]\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: flyctl deploy\n' } },
    'tests first, in the same job': { good: { '.github/workflows/deploy.yml': 'on: {push: {branches: [main]}}\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n      - run: flyctl deploy\n' } },
    'through a job in between': { good: { '.github/workflows/ci.yml': 'on: {push: {branches: [main]}}\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make test\n  image:\n    needs: [test]\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker build .\n  deploy:\n    needs: image\n    runs-on: ubuntu-latest\n    steps:\n      - run: ssh deploy@host ./deploy.sh\n', Makefile: 'test:\n\tpytest\n' } },
    'after a workflow that succeeded': { good: { '.github/workflows/deploy.yml': "on:\n  workflow_run:\n    workflows: [test]\n    types: [completed]\njobs:\n  deploy:\n    if: ${{ github.event.workflow_run.conclusion == 'success' }}\n    runs-on: ubuntu-latest\n    steps:\n      - run: flyctl deploy\n" } },
    'stages of GitLab': { good: { '.gitlab-ci.yml': 'stages: [test, deploy]\ntest: {stage: test, script: [pytest]}\ndeploy: {stage: deploy, script: [ssh deploy@host ./deploy.sh]}\n' } },
    'a preview of a pull request': { good: { '.github/workflows/preview.yml': 'on: [pull_request]\njobs:\n  preview:\n    runs-on: ubuntu-latest\n    steps:\n      - run: vercel deploy\n' } },
    'started by hand': { good: { '.github/workflows/deploy.yml': 'on: workflow_dispatch\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: flyctl deploy\n' } },
    'a job that a person starts': { good: { '.gitlab-ci.yml': 'deploy:\n  stage: deploy\n  script: [flyctl deploy]\n  when: manual\n' } },
    'checks of somebody else': { good: { '.github/workflows/ci.yml': 'on: {push: {branches: [main]}}\njobs:\n  checks:\n    uses: acme/workflows/.github/workflows/test.yml@v2\n  deploy:\n    needs: checks\n    runs-on: ubuntu-latest\n    steps:\n      - run: flyctl deploy\n' } },
    'pages of documentation': { good: { '.github/workflows/docs.yml': 'on: {push: {branches: [main]}}\njobs:\n  pages:\n    runs-on: ubuntu-latest\n    steps:\n      - run: mkdocs build\n      - uses: actions/deploy-pages@v4\n' } },
    'keys of a host': { good: { '.github/workflows/ci.yml': 'on: {push: {branches: [main]}}\njobs:\n  check:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ssh-keyscan host >> ~/.ssh/known_hosts\n' } },
  }),
});

function deploys(): Selector<Deploy> {
  return {
    kinds: ['workflow', 'pipeline'], callees: [],
    *select(unit, project) {
      if ((unit.kind !== 'workflow' && unit.kind !== 'pipeline') || !unit.whole) return;
      for (const job of ciJobs(project)) {
        if (job.unit !== unit || !byItself(job)) continue;
        const index = job.steps.findIndex((step) => step.works.has('deploy'));
        const step = job.steps[index];
        if (!step || step.path !== unit.path) continue;
        const softened = softening(job);
        yield { job, step, tested: isTested(job, index, project), ...(softened !== undefined && { softened }) };
      }
    },
  };
}

/** Nobody has to start it, and it is no preview of a change. */
function byItself({ unit, onMain, entries }: CiJob): boolean {
  if (unit.kind === 'pipeline') return !isManual(entries) && unit.jobs !== undefined && onMain;
  return onMain || unit.triggers.includes('release') || unit.entries.some((each) => each.key.startsWith('on.push.tags'));
}

function isTested(job: CiJob, index: number, project: Project): boolean {
  const earlier = before(job, project);
  const condition = job.entries.find((each) => each.key === 'if')?.value ?? '';
  return job.steps.slice(0, index + 1).some((step) => step.works.has('test') || step.opaque && !step.works.has('deploy'))
    || earlier.some((each) => each.opaque || each.steps.some((step) => step.works.has('test') || step.opaque))
    || /workflow_run\.conclusion\s*==\s*'success'/.test(condition) || job.steps.some((step) => /workflow_run\.conclusion\s*==\s*'success'/.test(step.step?.entries.find((each) => each.key === 'if')?.value ?? ''));
}

function softening({ unit, entries, onMain }: CiJob): string | undefined {
  if (unit.kind === 'workflow' && !onMain) return 'it deploys releases, which are made from a branch that was tested';
  return entries.some((each) => /^environment(?:\.name)?$/.test(each.key)) && unit.kind === 'workflow' ? 'its environment may ask somebody first' : undefined;
}

/** Only where one job of the file tests, and the job waits for nothing yet. */
function waiting(job: CiJob, source: Source, project: Project): readonly Edit[] | undefined {
  if (job.unit.kind !== 'workflow' || job.needs.length > 0) return undefined;
  const testing = ciJobs(project).filter((each) => each.unit === job.unit && each.id !== job.id && each.steps.some((step) => step.works.has('test')));
  const own = job.unit.jobs.find((each) => each.id === job.id);
  const [only] = testing;
  return own && only && testing.length === 1 && !only.needs.includes(job.id) ? firstOfJob(own, `needs: ${only.id}`, source) : undefined;
}
