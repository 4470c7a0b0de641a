import type { Edit, Job, Leaf, Selector, Source, Span, Step, Variation, Workflow } from '../kit';
import { insert, isActive, replace, rule } from '../kit';

/** What is wrong with the rights of a workflow's token; `fine` when nothing is. */
interface Rights { readonly unit: Workflow; readonly at: Span; readonly problem: 'all' | 'none' | 'fine' | { readonly scope: string; readonly job?: string }; readonly leaf?: Leaf; readonly silent: number }

export default rule({
  id: 'gha-permissions-excessive',
  title: 'The workflow token has only the rights it needs',
  severity: 'low', points: 1, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: `A compromised dependency in a test job can then push to the repository. Most jobs only read.`,
  how: `Start with contents: read and add rights job by job.`,
  links: ['https://docs.github.com/en/actions/security-guides/security-hardening-for-github-actions', 'https://docs.zizmor.sh/audits/'],
  anchors: ['zizmor excessive-permissions', 'checkov CKV2_GHA_1', 'CWE-250'],
  ladder: { name: 'ci', rung: 7 },

  on: rights(),
  check: ({ problem }): boolean | Variation => {
    if (problem === 'fine') return false;
    if (problem === 'all') return { severity: 'medium', points: 4, because: 'its token may do everything' };
    return problem === 'none' ? { severity: 'info', because: 'what it may do is a setting of the repository, which no file shows' } : true;
  },
  message: ({ problem, silent }) => {
    if (problem === 'all') return 'The token of this workflow may write everything.';
    if (problem === 'none' || problem === 'fine') return silent > 1 ? `This workflow and ${silent - 1} more do not say what their token may do.` : 'This workflow does not say what its token may do.';
    return `${problem.scope}: write is granted${problem.job === undefined ? '' : ` to job ${problem.job}`}, and no step needs it.`;
  },
  underline: ({ at, problem }, { source }) => problem === 'none' || problem === 'fine' ? events(at, source) : at,
  holds: ({ problem }) => problem === 'fine' ? 'rights are named' : undefined,
  summary: (count) => count === 1 ? 'The only workflow names the rights of its token' : `${count} workflows name the rights of their token`,
  nothing: 'There are no workflows of GitHub.',

  fix: { title: 'Let it read only', safety: 'review', edit: ({ unit, leaf, problem }, { source }) => problem === 'none' ? named(unit, source) : readOnly(leaf, problem, source), remains: 'Grant what single jobs need in those jobs.' },

  examples: () => ({
    'everything': {
      bad: { '.github/workflows/ci.yml': 'on: [pull_request]\npermissions: write-all\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n' },
      good: { '.github/workflows/ci.yml': 'on: [pull_request]\npermissions:\n  contents: read\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n' },
      severity: 'medium',
    },
    'writing that no step needs': {
      bad: { '.github/workflows/ci.yml': 'on: [pull_request]\npermissions: {contents: write}\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: pytest\n' },
      good: { '.github/workflows/ci.yml': 'on: [pull_request]\npermissions: {contents: read}\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: pytest\n' },
    },
    'nothing said': {
      bad: { '.github/workflows/ci.yml': 'on: [pull_request]\n\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n' },
      good: { '.github/workflows/ci.yml': 'on: [pull_request]\n\npermissions:\n  contents: read\n\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n' },
      severity: 'info',
    },
    'several that say nothing are one finding': { bad: { '.github/workflows/a.yml': 'on: [push]\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n', '.github/workflows/b.yml': 'on: [push]\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ruff check .\n' }, severity: 'info' },
    'packages without a push': { bad: { '.github/workflows/ci.yml': 'on: [pull_request]\njobs:\n  t:\n    runs-on: ubuntu-latest\n    permissions:\n      contents: read\n      packages: write\n    steps:\n      - run: pytest\n' } },
    'reading': { good: { '.github/workflows/ci.yml': 'on: [pull_request]\npermissions: {contents: read}\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n' } },
    'none at all': { good: { '.github/workflows/ci.yml': 'on: [pull_request]\npermissions: {}\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n' } },
    'a release': { good: { '.github/workflows/release.yml': 'on: {push: {tags: ["v*"]}}\npermissions: {contents: write}\njobs:\n  r:\n    runs-on: ubuntu-latest\n    steps:\n      - run: gh release create "$GITHUB_REF_NAME"\n' } },
    'each job for itself': { good: { '.github/workflows/ci.yml': 'on: [push]\njobs:\n  t:\n    permissions: {contents: read}\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n  image:\n    permissions: {packages: write}\n    runs-on: ubuntu-latest\n    steps:\n      - uses: docker/build-push-action@v6\n        with: {push: true}\n' } },
    'an action that may need it': { good: { '.github/workflows/note.yml': 'on: [push]\npermissions: {contents: write}\njobs:\n  n:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: example-org/changelog@v1\n' } },
    'a commit that is pushed': { good: { '.github/workflows/format.yml': 'on: [push]\npermissions: {contents: write}\njobs:\n  n:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          black .\n          git commit -am format\n          git push\n' } },
    'an action of its own has no rights to name': { good: { '.github/actions/setup/action.yml': 'runs:\n  using: composite\n  steps:\n    - run: pip install uv\n      shell: bash\n' } },
  }),
});

function rights(): Selector<Rights> {
  return {
    kinds: ['workflow'], callees: [],
    *select(unit, project) {
      if (unit.kind !== 'workflow' || !unit.path.includes('.github/') || !isRead(unit) || !isActive(unit, project)) return;
      const found = problemOf(unit);
      // A dozen workflows that say nothing are one finding: at the first of them.
      const silent = found.problem === 'none' ? project.of('workflow').filter((each) => isRead(each) && isActive(each, project) && problemOf(each).problem === 'none') : [];
      if (silent.length === 0 || silent[0] === unit) yield { ...found, silent: silent.length };
    },
  };
}

function isRead(unit: Workflow): boolean {
  return !unit.composite && unit.jobs.length > 0 && unit.whole;
}

function problemOf(unit: Workflow): Omit<Rights, 'silent'> {
  const top = permissions(unit.entries);
  const own = unit.jobs.map((job) => ({ job, leaves: permissions(job.entries) }));
  const all = [...top, ...own.flatMap((each) => each.leaves)].find((each) => each.key === 'permissions' && each.value === 'write-all');
  if (all) return { unit, at: all.at, problem: 'all', leaf: all };
  if (top.length === 0 && own.some((each) => each.leaves.length === 0)) return { unit, at: place(unit), problem: 'none' };
  const idle = top.find((leaf) => isIdle(leaf, own.filter((each) => each.leaves.length === 0).map((each) => each.job)));
  if (idle) return { unit, at: idle.at, problem: { scope: scopeOf(idle) }, leaf: idle };
  for (const { job, leaves } of own) {
    const leaf = leaves.find((each) => isIdle(each, [job]));
    if (leaf) return { unit, at: leaf.at, problem: { scope: scopeOf(leaf), job: job.id }, leaf };
  }
  return { unit, at: place(unit), problem: 'fine' };
}

function permissions(entries: readonly Leaf[]): readonly Leaf[] {
  return entries.filter((each) => /^permissions(?:\.|$)/.test(each.key));
}

/** The word that names its events, above the first of them: the rights of the token would stand beside it. */
function events(at: Span, source: Source): Span {
  const found = /^["']?on["']?(?=[ \t]*:)/m.exec(source.slice({ start: 0, end: at.end }));
  return found ? { start: found.index, end: found.index + found[0].length } : at;
}

/** Where its first event is named. */
function place(unit: Workflow): Span {
  const on = unit.entries.find((each) => /^on(?:\.|$)/.test(each.key))?.at ?? unit.jobs[0]?.at ?? { start: 0, end: 0 };
  return { start: on.start, end: Math.min(on.end, on.start + 40) };
}

function scopeOf(leaf: Leaf): string {
  return leaf.key.slice('permissions.'.length);
}

/** Actions that are known to write nothing to the repository and its packages. */
const READING = /^(?:actions\/(?:checkout|setup-[\w-]+|cache(?:\/\w+)?|upload-artifact|download-artifact)|astral-sh\/setup-uv|pnpm\/action-setup|docker\/(?:setup-[\w-]+-action|metadata-action)|codecov\/codecov-action|hadolint\/hadolint-action|psf\/black|oven-sh\/setup-bun|pre-commit\/action)@/;
const NEEDS: Readonly<Record<string, RegExp>> = {
  contents: /\bgit\s+(?:push|tag|commit)\b|\bgh\s+(?:release|api|repo|workflow|pr)\b|semantic-release|npm version|lerna|changeset|goreleaser|mkdocs gh-deploy|gh-pages|release|twine|poetry version|bump/,
  packages: /\bpush\b|publish|ghcr|buildx|npm|deploy/,
};

/** A right to write that nothing in these jobs can make use of, as far as all of their steps are known. */
function isIdle(leaf: Leaf, jobs: readonly Job[]): boolean {
  const needs = NEEDS[scopeOf(leaf)];
  return leaf.value === 'write' && needs !== undefined && jobs.length > 0 && jobs.every((job) => job.uses === undefined && job.steps.length > 0 && job.steps.every((step) => isKnown(step) && !needs.test(step.run ?? '')));
}

/** A script of the repository may do anything. */
function isKnown(step: Step): boolean {
  return step.uses === undefined ? !/(?:^|\s)(?:\.{0,2}\/\S+|\S+\.(?:sh|py|js|mjs)|make|just|npm run|yarn|pnpm|nox|tox)\b/m.test(step.run ?? '') : READING.test(step.uses);
}

// ---- the fixes

function readOnly(leaf: Leaf | undefined, problem: Rights['problem'], source: Source): readonly Edit[] | undefined {
  if (!leaf) return undefined;
  return problem === 'all' ? [replace(leaf.valueAt, `\n${source.indentation(leaf.at.start)}  contents: read`), ...blank(leaf, source)] : [replace(leaf.valueAt, 'read')];
}

/** The blank that stood before the value. */
function blank(leaf: Leaf, source: Source): readonly Edit[] {
  const gap = /[ \t]+$/.exec(source.slice({ start: leaf.at.start, end: leaf.valueAt.start }))?.[0].length ?? 0;
  return gap > 0 ? [replace({ start: leaf.valueAt.start - gap, end: leaf.valueAt.start }, '')] : [];
}

/** Before `jobs:`, set off as that is. */
function named(unit: Workflow, source: Source): readonly Edit[] | undefined {
  const jobs = /^jobs:/m.exec(source.text);
  if (!jobs || unit.jobs.some((job) => permissions(job.entries).length > 0)) return undefined;
  const apart = /\n[ \t]*\r?\n$/.test(source.slice({ start: 0, end: jobs.index }));
  return [insert(jobs.index, `permissions:\n  contents: read\n${apart ? '\n' : ''}`)];
}
