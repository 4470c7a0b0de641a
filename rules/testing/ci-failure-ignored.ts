import type { Command, Edit, Job, Leaf, Lenient, Manifest, Pipeline, Place, Project, Selector, Shell, Source, Span, Step, Variation, Work, Workflow } from '../kit';
import { isActive, isManual, lenientAction, lenientCommand, replace, rule, withoutKey, workOfAction, worksOf } from '../kit';

/** A check that is run so that it cannot fail. */
interface Ignored extends Place {
  /** What is checked, as one reads it: `pytest`. */
  readonly check: string;
  readonly works: ReadonlySet<Work>;
  /** Why it cannot fail. */
  readonly by: string;
  /** Removing this lets it fail. */
  readonly remove?: Span;
  readonly key?: true;
  /** Nothing of the workflow runs, so nothing can fail. */
  readonly refused?: true;
  /** It passes by its own options, not by what stands around it. */
  readonly lenient?: Lenient;
}

const GATES: readonly Work[] = ['test', 'lint', 'types', 'scan', 'audit', 'build'];

export default rule({
  id: 'ci-failure-ignored',
  title: 'A failing check fails the pipeline',
  severity: 'medium', points: 4, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: `The badge is green and the tests are red. People stop reading a pipeline that always passes.`,
  how: `Let the check fail, and mend or delete it.`,
  links: ['https://docs.github.com/en/actions/using-workflows/workflow-syntax-for-github-actions', 'https://docs.gitlab.com/ci/yaml/'],
  ladder: { name: 'ci', rung: 4 },

  on: ignored(),
  check: ({ works, lenient, refused }): true | Variation => {
    if (refused) return true;
    if (lenient && lenient.instead === undefined) return { severity: 'low', because: 'it reports, and nobody said that it shall pass' };
    return [...works].every((work) => work === 'audit') ? { severity: 'low', because: 'only a list of known flaws is passed over' } : true;
  },
  message: ({ check, by, refused }) => refused ? `${by}.` : `${check} cannot fail the pipeline: ${by}.`,
  underline: (match) => match,
  nothing: 'No check of a pipeline is passed over.',

  fix: { title: 'Let it fail', safety: 'safe', edit: ({ remove, key, lenient }, { source }) => lenient ? lenient.instead === undefined ? undefined : [replace(lenient.at, lenient.instead)] : remove && (key ? withoutKey(remove, source) : [without(remove, source)]) },

  examples: () => ({
    'tests or true': { bad: { '.github/workflows/ci.yml': workflow('- run: pytest || true') }, good: { '.github/workflows/ci.yml': workflow('- run: pytest') } },
    'an echo in place of a failure': { bad: { '.github/workflows/ci.yml': workflow('- name: Lint', '  run: |', '    ruff check . || echo "please mend"') }, good: { '.github/workflows/ci.yml': workflow('- name: Lint', '  run: |', '    ruff check .') } },
    'the step goes on': { bad: { '.github/workflows/ci.yml': workflow('- run: mypy app', '  continue-on-error: true', '- run: pytest') }, good: { '.github/workflows/ci.yml': workflow('- run: mypy app', '- run: pytest') } },
    'a job of GitLab that may fail': { bad: { '.gitlab-ci.yml': 'test:\n  script: [pytest]\n  allow_failure: true\n' }, good: { '.gitlab-ci.yml': 'test:\n  script: [pytest]\n' } },
    'a linter told to pass': { bad: { '.github/workflows/ci.yml': workflow('- run: flake8 app --exit-zero') }, good: { '.github/workflows/ci.yml': workflow('- run: flake8 app') } },
    'a script of npm': { bad: { 'package.json': '{\n  "scripts": {\n    "test": "jest --ci || true"\n  }\n}\n' }, good: { 'package.json': '{\n  "scripts": {\n    "test": "jest --ci"\n  }\n}\n' } },
    'a list of flaws alone': { bad: { '.github/workflows/ci.yml': workflow('- run: pip-audit || true') }, good: { '.github/workflows/ci.yml': workflow('- run: pip-audit') }, severity: 'low' },
    'a whole job': { bad: { '.github/workflows/ci.yml': 'on: [push]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    continue-on-error: true\n    steps:\n      - run: make test\n', Makefile: 'test:\n\tpytest\n' }, good: { '.github/workflows/ci.yml': 'on: [push]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make test\n' } },
    'an action that scans': { severity: 'low', bad: { '.github/workflows/ci.yml': workflow('- uses: snyk/actions/node@master', '  continue-on-error: true', '- run: npm test') }, good: { '.github/workflows/ci.yml': workflow('- uses: snyk/actions/node@master', '- run: npm test') } },
    'an action that installs a scanner': { good: { '.github/workflows/ci.yml': workflow('- uses: snyk/actions/setup@master', '  continue-on-error: true', '- run: npm test') } },
    'an upload may fail': { good: { '.github/workflows/ci.yml': workflow('- run: pytest', '- run: codecov upload || true', '- uses: codecov/codecov-action@v5', '  continue-on-error: true') } },
    'it says so and fails': { good: { '.github/workflows/ci.yml': workflow('- run: ruff check . || (echo "run ruff --fix" && exit 1)', '- run: pytest || { echo failed; exit 1; }', '- run: pytest tests || exit 1') } },
    'a report first, then the check': { good: { '.github/workflows/ci.yml': workflow('- run: |', '    eslint . --format json --output-file report.json || true', '    eslint .') } },
    'a report of a script first': { good: { '.github/workflows/ci.yml': workflow('- run: |', '    pnpm lint --format json --output-file report.json || true', '    pnpm lint') } },
    'warnings after the errors': { good: { '.github/workflows/ci.yml': workflow('- run: |', '    flake8 . --select=E9,F63,F7,F82', '    flake8 . --exit-zero --max-complexity=10') } },
    'its outcome is asked for later': { good: { '.github/workflows/ci.yml': workflow('- id: unit', '  run: pytest', '  continue-on-error: true', '- if: steps.unit.outcome == \'failure\'', '  run: exit 1') } },
    'its status is kept': { good: { '.github/workflows/ci.yml': workflow('- run: |', '    pytest || status=$?', '    ./upload.sh', '    exit $status') } },
    'a matrix that tries what comes': { good: { '.github/workflows/ci.yml': 'on: [push]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    continue-on-error: ${{ matrix.experimental }}\n    steps:\n      - run: pytest\n' } },
    'clean-up': { good: { '.github/workflows/ci.yml': workflow('- run: docker rm -f db || true', '- run: docker build .') } },
    'a job that a person starts': { good: { '.gitlab-ci.yml': 'load:\n  script: [locust --headless]\n  when: manual\n  allow_failure: true\n' } },
    'a scanner told to pass': { bad: { '.github/workflows/ci.yml': workflow('- uses: aquasecurity/trivy-action@0.33.1', '  with:', '    image-ref: shop:1', "    exit-code: '0'") }, good: { '.github/workflows/ci.yml': workflow('- uses: aquasecurity/trivy-action@0.33.1', '  with:', '    image-ref: shop:1', "    exit-code: '1'") } },
    'a scanner that passes unless it is told not to': { severity: 'low', bad: { '.github/workflows/ci.yml': workflow('- uses: aquasecurity/trivy-action@0.33.1', '  with: {image-ref: shop:1}') } },
    'a scanner on the command line': { severity: 'low', bad: { '.gitlab-ci.yml': 'scan:\n  image: aquasec/trivy\n  script: [trivy image --severity HIGH shop:1]\n' } },
    'a scanner on the command line, told to pass': { bad: { '.github/workflows/ci.yml': workflow('- run: trivy image --exit-code 0 shop:1') }, good: { '.github/workflows/ci.yml': workflow('- run: trivy image --exit-code 1 shop:1') } },
    'a review that only warns': { severity: 'low', bad: { '.github/workflows/ci.yml': workflow('- uses: actions/dependency-review-action@v4', '  with:', '    warn-only: true') }, good: { '.github/workflows/ci.yml': workflow('- uses: actions/dependency-review-action@v4', '  with:', '    warn-only: false') } },
    'a scanner whose report the platform shows': { good: { '.github/workflows/ci.yml': workflow('- uses: aquasecurity/trivy-action@0.33.1', '  with: {image-ref: shop:1, format: sarif, output: trivy.sarif, exit-code: "0"}', '- uses: github/codeql-action/upload-sarif@v3', '  with: {sarif_file: trivy.sarif}') } },
    'a scanner that reports all, then fails for what is grave': { good: { '.github/workflows/ci.yml': workflow('- uses: aquasecurity/trivy-action@0.33.1', '  with: {image-ref: shop:1, exit-code: "0"}', '- uses: aquasecurity/trivy-action@0.33.1', '  with: {image-ref: shop:1, exit-code: "1", severity: CRITICAL}', '- run: trivy fs . && trivy fs --exit-code 1 --severity CRITICAL .') } },
    'a scanner whose exit code stands elsewhere': { good: { '.github/workflows/ci.yml': workflow('- uses: aquasecurity/trivy-action@0.33.1', '  env: {TRIVY_EXIT_CODE: 1}', '  with: {image-ref: shop:1}', '- uses: aquasecurity/trivy-action@0.33.1', '  with: {image-ref: shop:1, exit-code: "${{ inputs.code }}"}', '- run: trivy image shop:1') } },
    'a bill of materials': { good: { '.github/workflows/ci.yml': workflow('- uses: aquasecurity/trivy-action@0.33.1', '  with: {scan-type: fs, format: cyclonedx, output: sbom.json}', '- run: trivy image --download-db-only && trivy image --format spdx-json -o sbom.json shop:1') } },
    'a condition that GitHub refuses': { bad: { '.github/workflows/ci.yml': workflow('- run: pytest', "- if: ${{ secrets.COV_TOKEN != '' }}", '  run: ./upload.sh') } },
    'a job that asks for its environment': { bad: { '.github/workflows/ci.yml': "on: [push]\nenv: {E2E: 1}\njobs:\n  e2e:\n    if: env.E2E == '1'\n    runs-on: ubuntu-latest\n    steps:\n      - run: playwright test\n" } },
    'conditions that GitHub takes': { good: { '.github/workflows/ci.yml': "on: [push]\njobs:\n  test:\n    if: github.ref == 'refs/heads/main' && vars.E2E != 'env.x' && !inputs.env\n    runs-on: ubuntu-latest\n    env: {TOKEN: '${{ secrets.TOKEN }}'}\n    steps:\n      - run: pytest\n      - if: env.TOKEN != '' && github.event_name != 'secrets.x' && matrix.secrets != 1\n        run: ./upload.sh\n" } },
    'a script that has no tests yet fails': { good: { 'package.json': '{ "scripts": { "test": "echo \\"Error: no test specified\\" && exit 1" } }\n' } },
  }),
});

function workflow(...steps: readonly string[]): string {
  return `on: [push]\njobs:\n  check:\n    runs-on: ubuntu-latest\n    steps:\n${steps.map((line) => `      ${line}`).join('\n')}\n`;
}

function ignored(): Selector<Ignored> {
  return {
    kinds: ['workflow', 'pipeline', 'manifest', 'shell'], callees: [],
    *select(unit, project) {
      switch (unit.kind) {
        case 'workflow': if (isActive(unit, project)) yield* ofWorkflow(unit, project); break;
        case 'pipeline': yield* ofPipeline(unit, project); break;
        case 'manifest': if (!unit.lock) yield* ofScripts(unit, project); break;
        case 'shell': if (CHECKS.test(unit.path)) yield* ofCommands(unit.commands, unit, project); break;
        default:
      }
    },
  };
}

/** Scripts by which checks are run, here and in CI. */
const CHECKS = /(^|\/)(run[-_])?(ci|check|checks|test|tests|lint)([-_][\w-]+)?\.(sh|bash)$/;

function* ofWorkflow(unit: Workflow, project: Project): Iterable<Ignored> {
  const outcomes = new Set([...(project.text(unit.path) ?? '').matchAll(/steps\.([\w-]+)\.(?:outcome|conclusion|outputs)/g)].map((one) => one[1]));
  for (const job of unit.jobs) {
    yield* refused(job.entries, ['secrets', 'env', 'runner', 'steps', 'job', 'matrix', 'strategy'], unit, 'job');
    const aside = job.entries.find((each) => each.key === 'continue-on-error' && each.value === 'true');
    for (const step of job.steps) {
      yield* refused(step.entries, ['secrets'], unit, 'step');
      const action = checkOf(step);
      const works = action ? new Set([action]) : worksIn(step.commands, project);
      const id = step.entries.find((each) => each.key === 'id')?.value;
      const goes = step.entries.find((each) => each.key === 'continue-on-error' && each.value === 'true');
      const flag = goes ?? aside;
      if (flag && isGate(works) && !(id !== undefined && outcomes.has(id))) yield { path: unit.path, ...flag.at, check: action ? (step.uses ?? '').replace(/@.*/, '') : nameOf(step.commands, project), works, by: 'continue-on-error lets it go on', remove: flag.at, key: true };
      else if (step.uses !== undefined) yield* ofAction(step, job, unit, action);
      else yield* ofCommands(step.commands, unit, project);
      if (flag && flag === aside && isGate(works)) break;
    }
  }
}

/** An `if` that asks for what it may not see: GitHub then refuses the file, and none of its jobs run. */
function* refused(entries: readonly Leaf[], unknown: readonly string[], unit: Workflow, of: 'job' | 'step'): Iterable<Ignored> {
  const condition = unit.path.startsWith('.github/') ? entries.find((each) => each.key === 'if') : undefined;
  const asked = condition && unknown.find((name) => new RegExp(String.raw`(?<![\w.-])${name}\s*[.[]`).test(condition.value.replace(/'(?:[^']|'')*'/g, "''")));
  if (condition && asked !== undefined) yield { path: unit.path, ...condition.valueAt, check: '', works: new Set(), by: `GitHub refuses this workflow and runs none of it: the if of a ${of} may not ask for ${asked}`, refused: true };
}

/** A scanner that passes whatever it finds, and whose report goes nowhere: neither to the platform, nor to a second run that may fail. */
function* ofAction(step: Step, job: Job, unit: Workflow, work: Work | undefined): Iterable<Ignored> {
  const lenient = work && lenientAction(step);
  const name = (step.uses ?? '').replace(/@.*/, '');
  if (!lenient || job.steps.some((each) => each.uses?.startsWith('github/codeql-action/upload-sarif') === true || (each !== step && each.uses?.startsWith(`${name}@`) === true && !lenientAction(each)))) return;
  yield { path: unit.path, ...lenient.at, check: name, works: new Set([work]), by: lenient.by, lenient };
}

/** What an action checks: one that only installs its tool checks nothing. */
function checkOf({ uses }: Step): Work | undefined {
  return uses === undefined || /\/setup[\w-]*@/.test(uses) ? undefined : workOfAction(uses);
}

function* ofPipeline(unit: Pipeline, project: Project): Iterable<Ignored> {
  for (const job of unit.jobs ?? []) {
    const commands = job.scripts.flatMap((script) => script.commands);
    const works = worksIn(commands, project);
    const allowed = job.entries.find((each) => each.key === 'allow_failure' && each.value === 'true');
    const manual = isManual(job.entries);
    if (allowed && isGate(works) && !manual) yield { path: unit.path, ...allowed.at, check: nameOf(commands, project), works, by: `job ${job.id} is allowed to fail`, remove: allowed.at, key: true };
    else if (!manual) yield* ofCommands(commands, unit, project);
  }
  if (!unit.jobs) for (const each of unit.commands) yield* ofCommands(each.commands, unit, project);
}

function* ofScripts(unit: Manifest, project: Project): Iterable<Ignored> {
  for (const script of unit.scripts) if (/^(?:test|lint|type-?check|check|ci|build)(?:$|[:_-])/.test(script.name)) yield* ofCommands(script.commands, unit, project);
}

/** `pytest || true`, `flake8 --exit-zero`: unless the same tool runs again beside it and may fail there. */
function* ofCommands(commands: readonly Command[], unit: Workflow | Pipeline | Manifest | Shell, project: Project): Iterable<Ignored> {
  for (const [index, command] of commands.entries()) {
    const found = swallowed(command, commands.slice(index + 1)) ?? flagged(command) ?? lenientIn(command, unit, project);
    const works = found && worksOf(command, project).works;
    if (!found || !works || !isGate(works) || commands.some((other) => other !== command && sameTool(other, command) && !swallowed(other, commands.slice(commands.indexOf(other) + 1)) && !flagged(other) && !lenientCommand(other))) continue;
    yield { path: unit.path, start: command.at.start, end: Math.max(found.at.end, command.at.end), check: label(command), works, by: found.by, remove: found.at, ...(found.lenient && { lenient: found.lenient }) };
  }
}

interface Swallowed { readonly at: Span; readonly by: string; readonly lenient?: Lenient }

/** What follows `||` succeeds, whatever happened. */
function swallowed(command: Command, rest: readonly Command[]): Swallowed | undefined {
  const next = rest.find((each) => each.depth <= command.depth + 1);
  if (command.then !== '||' || !next || command.condition) return undefined;
  const by = next.words.join(' ');
  if (!/^(?:true|:|echo\b.*|printf\b.*|exit 0)$/.test(by) || next.redirects.some((each) => each.target.includes('GITHUB_'))) return undefined;
  if (/^(?:echo|printf)/.test(by) && next.then !== '' && rest.slice(rest.indexOf(next) + 1, rest.indexOf(next) + 4).some((each) => /^(?:exit [1-9$]|exit$|false$|return [1-9])/.test(each.words.join(' ')))) return undefined;
  return { at: { start: command.at.end, end: next.at.end }, by: `what follows || always succeeds` };
}

function flagged(command: Command): Swallowed | undefined {
  const index = command.words.findIndex((word) => word === '--exit-zero' || word === '--no-fail');
  const at = command.wordsAt[index];
  const before = command.wordsAt[index - 1];
  return at && before ? { at: { start: before.end, end: at.end }, by: `${command.words[index] ?? ''} makes it pass` } : undefined;
}

/** A file of settings or a variable may name the exit code. */
function lenientIn(command: Command, { path }: { readonly path: string }, project: Project): Swallowed | undefined {
  const lenient = lenientCommand(command);
  if (!lenient || project.paths.some((each) => /(^|\/)(trivy\.yaml|\.?grype\.ya?ml)$/.test(each)) || /TRIVY_EXIT_CODE|GRYPE_FAIL_ON_SEVERITY/.test(project.text(path) ?? '')) return undefined;
  return { at: lenient.at, by: lenient.by, lenient };
}

/** Only what a person would have written behind a command is taken out. */
function without(at: Span, source: Source): Edit {
  const closing = /^["']/.exec(source.slice({ start: at.end, end: at.end + 1 })) && /["']$/.test(source.slice(at)) ? 1 : 0;
  return replace({ start: at.start, end: at.end - closing }, '');
}

function sameTool(a: Command, b: Command): boolean {
  const [first, second] = [label(a), label(b)];
  return first.split(' ')[0] === second.split(' ')[0] && (a.words[1]?.startsWith('-') === true || b.words[1]?.startsWith('-') === true || first === second || !/^(?:npm|yarn|pnpm|uv|poetry|make|python)/.test(first));
}

function worksIn(commands: readonly Command[], project: Project): ReadonlySet<Work> {
  return new Set(commands.flatMap((each) => [...worksOf(each, project).works]));
}

function isGate(works: ReadonlySet<Work>): boolean {
  return GATES.some((work) => works.has(work));
}

function nameOf(commands: readonly Command[], project: Project): string {
  const gate = commands.find((each) => isGate(worksOf(each, project).works));
  return gate ? label(gate) : 'This check';
}

/** `ruff check`, `pytest`, `npm run lint`: its first words. */
function label({ words }: Command): string {
  const plain = words.filter((word) => !word.startsWith('-'));
  const length = /^(?:uv|poetry|pipenv|python|docker)$/.test(plain[0] ?? '') || plain[1] === 'run' ? 3 : /^(?:npm|yarn|pnpm)$/.test(plain[0] ?? '') ? 2 : /^(?:ruff|make|tox|nox|npx|manage\.py)$/.test(plain[0] ?? '') ? 2 : 1;
  return plain.slice(0, length).join(' ');
}
