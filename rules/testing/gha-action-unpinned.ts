import type { Job, Selector, Span, Step, Variation, Workflow } from '../kit';
import { isActive, rule } from '../kit';

/** An action or workflow of somebody else, at the first place where a file uses it. */
interface Used { readonly unit: Workflow; readonly job: Job; readonly step?: Step; readonly name: string; readonly ref: string; readonly at: Span; readonly pinned: boolean }

/** Those who run the platform, the clouds that people deploy to, and the registry of Python. */
const KNOWN: ReadonlySet<string> = new Set(['actions', 'github', 'docker', 'aws-actions', 'azure', 'google-github-actions', 'hashicorp', 'pypa']);
const BRANCH = /^(?:main|master|develop|dev|trunk|latest|head|stable|edge|nightly|canary|next)$/i;

export default rule({
  id: 'gha-action-unpinned',
  title: 'Third-party actions are pinned',
  severity: 'low', points: 2, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: `Whoever takes over that repository or moves the tag runs code with your secrets. It has happened to widely used actions.`,
  how: `Pin third-party actions to a commit and let a bot update them.`,
  links: ['https://docs.github.com/en/actions/security-guides/security-hardening-for-github-actions', 'https://docs.zizmor.sh/audits/', 'https://cwe.mitre.org/data/definitions/829.html'],
  anchors: ['zizmor unpinned-uses', 'semgrep third-party-action-not-pinned-to-commit-sha', 'CWE-829'],
  ladder: { name: 'ci', rung: 6 },

  on: used(),
  check: (match) => !match.pinned && grade(match),
  message: ({ name, ref }) => ref === '' ? `${name} names no version at all.` : `${name} is taken at ${ref}, which its owner can move.`,
  underline: ({ at }) => at,
  holds: ({ name, pinned }) => pinned ? `${name} is pinned to a commit` : undefined,
  summary: (count) => count === 1 ? 'The only third-party action is pinned to a commit' : `${count} third-party actions, all pinned to a commit`,
  nothing: 'No workflow uses an action of a third party.',

  examples: () => ({
    'a branch, with a secret': { bad: { '.github/workflows/deploy.yml': 'on: {push: {branches: [main]}}\njobs:\n  d:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: example-org/ssh-deploy@main\n        with: {key: "${{ secrets.SSH_KEY }}"}\n' }, severity: 'medium' },
    'a tag': { bad: { '.github/workflows/ci.yml': 'on: [push]\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: example-org/setup-tool@v1\n' } },
    'a tag, with a secret': { bad: { '.github/workflows/ci.yml': 'on: [push]\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: example-org/report@v4\n        with:\n          token: ${{ secrets.REPORT_TOKEN }}\n' }, severity: 'medium' },
    'used three times in a file': { bad: { '.github/workflows/ci.yml': 'on: [push]\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: example-org/setup-tool@v1\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: example-org/setup-tool@v1\n      - uses: example-org/setup-tool@v1\n' } },
    'a workflow of somebody else': { bad: { '.github/workflows/ci.yml': 'on: [push]\njobs:\n  t:\n    uses: example-org/workflows/.github/workflows/test.yml@v2\n' } },
    'a token that may write': { bad: { '.github/workflows/release.yml': 'on: [push]\njobs:\n  r:\n    runs-on: ubuntu-latest\n    permissions:\n      contents: write\n    steps:\n      - uses: example-org/release@v2\n' }, severity: 'medium' },
    'pinned': { good: { '.github/workflows/ci.yml': 'on: [push]\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - uses: example-org/setup-tool@0123456789abcdef0123456789abcdef01234567 # v1.2.0\n' } },
    'of this repository': { good: { '.github/workflows/ci.yml': 'on: [push]\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: ./.github/actions/setup\n' } },
    'of the platform': { good: { '.github/workflows/ci.yml': 'on: [push]\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: github/codeql-action/init@v3\n      - uses: docker/build-push-action@v6\n' } },
    'an image by its digest': { good: { '.github/workflows/ci.yml': 'on: [push]\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: docker://alpine@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n' } },
  }),
});

function used(): Selector<Used> {
  return {
    kinds: ['workflow'], callees: [],
    *select(unit, project) {
      if (unit.kind !== 'workflow' || !isActive(unit, project)) return;
      const seen = new Set<string>();
      for (const job of unit.jobs) {
        const all = [...(job.uses !== undefined && job.usesAt ? [{ uses: job.uses, at: job.usesAt, step: undefined }] : []), ...job.steps.flatMap((step) => step.uses !== undefined && step.usesAt ? [{ uses: step.uses, at: step.usesAt, step }] : [])];
        for (const { uses, at, step } of all) {
          const [name = '', ref = ''] = uses.split('@');
          if (seen.has(uses) || uses.startsWith('.') || uses.startsWith('docker://') || uses.includes('${{') || KNOWN.has(name.split('/')[0]?.toLowerCase() ?? '')) continue;
          seen.add(uses);
          yield { unit, job, ...(step && { step }), name, ref, at, pinned: /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/i.test(ref) };
        }
      }
    },
  };
}

function grade({ unit, job, step, ref }: Used): true | Variation {
  if (BRANCH.test(ref) || ref === '') return { severity: 'medium', because: 'a branch changes with every commit of its owner' };
  const handed = [...unit.entries.filter((each) => each.key.startsWith('env.')), ...job.entries.filter((each) => /^(?:env\.|secrets)/.test(each.key)), ...(step?.entries ?? [])];
  if (handed.some((each) => /\bsecrets\.(?!GITHUB_TOKEN\b)\w/.test(each.value) || (each.key === 'secrets' && each.value === 'inherit'))) return { severity: 'medium', because: 'it is handed a secret' };
  return writes(unit, job) ? { severity: 'medium', because: 'its token may write' } : true;
}

/** The rights of the job, which replace those of the workflow. */
function writes(unit: Workflow, job: Job): boolean {
  const own = job.entries.filter((each) => /^permissions(?:\.|$)/.test(each.key));
  return (own.length > 0 ? own : unit.entries.filter((each) => /^permissions(?:\.|$)/.test(each.key))).some((each) => /\bwrite/.test(each.value));
}
