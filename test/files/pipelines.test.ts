import assert from 'node:assert/strict';
import { covered, outline, text, unitOf } from './facts';

describe('workflows', () => {
  const source = text(
    'name: CI', 'on: {push: {branches: [main]}, pull_request: }', 'permissions: {}', 'env: {A: 1}',
    'jobs:', '  test:', '    runs-on: ubuntu-latest', '    needs: lint', '    env: {TOKEN: "${{ secrets.T }}"}', '    container: {image: "node:20"}', '    steps:',
    '      - uses: actions/checkout@v4', '        with: {ref: "${{ github.head_ref }}", fetch-depth: 0}',
    '      - name: Run 🧪', '        run: |', '          pip install -r requirements.txt', '', '          pytest || true', '        continue-on-error: true', '        env:', '          X: y',
    '      - run: "echo \\"a b\\"; exit 0"', '      - {run: print(1), shell: python}', '      - just text',
    '  call: {uses: ./.github/workflows/x.yml, needs: [test, lint]}',
  );
  const unit = unitOf('workflow', '.github/workflows/ci.yml', source);
  const [test, call] = unit.jobs;

  it('have triggers, jobs and what stands beside them', () => {
    assert.deepEqual([unit.name, unit.triggers, unit.jobs.map((one) => one.id)], ['CI', ['push', 'pull_request'], ['test', 'call']]);
    assert.deepEqual(unit.entries.map((one) => [one.key, one.value]), [['name', 'CI'], ['on.push.branches.0', 'main'], ['on.pull_request', ''], ['permissions', '{}'], ['env.A', '1']]);
    assert.deepEqual([test?.needs, call?.needs, call?.uses, covered(source, call?.usesAt)], [['lint'], ['test', 'lint'], './.github/workflows/x.yml', './.github/workflows/x.yml']);
    assert.ok(test?.entries.some((one) => one.key === 'container.image' && one.value === 'node:20'));
    assert.deepEqual(test?.env.map((one) => [one.name, one.value]), [['TOKEN', '${{ secrets.T }}']]);
  });

  it('have steps with what they use and run', () => {
    const [checkout, run, quoted, python] = test?.steps ?? [];
    assert.equal(test?.steps.length, 4);
    assert.deepEqual([checkout?.uses, checkout?.with.map((one) => [one.name, one.value])], ['actions/checkout@v4', [['ref', '${{ github.head_ref }}'], ['fetch-depth', '0']]]);
    assert.deepEqual([run?.name, run?.continueOnError, run?.env.map((one) => one.value)], ['Run 🧪', true, ['y']]);
    assert.deepEqual(outline(run?.commands ?? []), ['pip install -r requirements.txt', 'pytest ||', 'true']);
    assert.deepEqual(run?.commands.map((one) => covered(source, one.at)), ['pip install -r requirements.txt', 'pytest', 'true']);
    assert.deepEqual(quoted?.commands.map((one) => [one.words, covered(source, one.at)]), [[['echo', 'a b'], 'echo \\"a b\\"'], [['exit', '0'], 'exit 0']]);
    assert.deepEqual([python?.run, python?.commands], ['print(1)', []]);
    assert.equal(covered(source, checkout?.at)?.startsWith('uses:'), true);
  });

  it('take one trigger or a list of them', () => {
    assert.deepEqual(unitOf('workflow', '.gitea/workflows/a.yaml', 'on: push\n').triggers, ['push']);
    assert.deepEqual(unitOf('workflow', '.forgejo/workflows/a.yaml', 'on: [push, schedule]\n').triggers, ['push', 'schedule']);
  });

  it('expressions of theirs are no templates', () => {
    assert.equal(unitOf('workflow', '.github/workflows/a.yml', 'jobs:\n  a:\n    if: ${{ github.actor }}\n    steps: [{run: "x ${{ a }}"}]\n').whole, true);
  });
});

describe('actions of a repository', () => {
  it('are workflows of one job, with their steps', () => {
    const unit = unitOf('workflow', '.github/actions/check/action.yml', text('name: Check', 'inputs: {path: {default: .}}', 'runs:', '  using: composite', '  steps:', '    - run: pytest', '      shell: bash', '    - uses: actions/cache@v4'));
    assert.deepEqual([unit.composite, unit.triggers, unit.jobs.map((job) => [job.id, job.steps.map((step) => step.run ?? step.uses)])], [true, [], [['runs', ['pytest', 'actions/cache@v4']]]]);
    assert.equal(unitOf('workflow', '.github/workflows/action.yml', 'on: push\njobs: {a: {steps: [{run: x}]}}\n').composite, false);
    assert.deepEqual(unitOf('workflow', 'action.yml', 'runs: {using: node20, main: dist/index.js}\n').jobs.map((job) => job.steps), [[]]);
  });
});

describe('jobs of GitLab', () => {
  const source = text(
    'stages: [check, ship]', 'default:', '  before_script: [pip install tox]', 'include:', '  - local: /ci/more.yml', '.base: &base', '  stage: check', '  script: [tox]', '  rules:', '    - if: $CI_PIPELINE_SOURCE == "merge_request_event"',
    'unit:', '  extends: .base', '  allow_failure: true', 'anchored:', '  <<: *base', '  before_script: []', 'ship.it:', '  stage: ship', '  needs: [unit, {job: anchored}]', '  script:', '    - - ./a.sh', '      - ./b.sh', '  after_script: [rm x]', 'loop: {extends: loop, script: [x]}', 'variables: {A: b}',
  );
  const unit = unitOf('pipeline', '.gitlab-ci.yml', source);

  it('take what they extend, and what the file gives to all', () => {
    assert.deepEqual(unit.jobs?.map((job) => [job.id, job.stage, job.needs, job.scripts.map((script) => script.text)]), [
      ['unit', 'check', [], ['pip install tox', 'tox']], ['anchored', 'check', [], ['tox']],
      ['ship.it', 'ship', ['unit', 'anchored'], ['pip install tox', './a.sh', './b.sh', 'rm x']], ['loop', 'test', [], ['pip install tox', 'x']],
    ]);
    assert.deepEqual(unit.jobs?.[0]?.entries.filter((each) => /rules|allow/.test(each.key)).map((each) => `${each.key}=${each.value}`), ['allow_failure=true', 'rules.0.if=$CI_PIPELINE_SOURCE == "merge_request_event"']);
    assert.equal(covered(source, unit.jobs?.[2]?.idAt), 'ship.it');
  });

  it('know their stages, and whether something of it is elsewhere', () => {
    assert.deepEqual([unit.stages, unit.outside], [['.pre', 'check', 'ship', '.post'], false]);
    for (const include of ['include: {template: Jobs/SAST.gitlab-ci.yml}', 'include: [{project: a/b, file: c.yml}]', 'include: https://example.invalid/a.yml']) assert.equal(unitOf('pipeline', '.gitlab-ci.yml', text(include, 'a: {script: [b]}')).outside, true, include);
    assert.equal(unitOf('pipeline', '.gitlab-ci.yml', text('include: /a.yml', 'a: {script: [b]}')).outside, false);
    assert.equal(unitOf('pipeline', 'Jenkinsfile', 'node { }').jobs, undefined);
  });
});

describe('pipelines of other systems', () => {
  const commands = (path: string, ...lines: readonly string[]) => {
    const source = text(...lines);
    const unit = unitOf('pipeline', path, source);
    for (const one of unit.commands) for (const inner of one.commands) assert.equal(covered(source, inner.at)?.split(/\s/)[0]?.replace(/['"]/g, ''), inner.words[0]);
    return { system: unit.system, runs: unit.commands.map((one) => `${one.job}: ${one.text.trim()}`), unit };
  };

  it('GitLab: scripts in lists, lists of lists and blocks', () => {
    const { system, runs, unit } = commands('.gitlab-ci.yml', 'image: python:3.12', 'default: {before_script: [pip install tox]}', 'test:', '  script:', '    - tox', '    - - a', '      - b', '  allow_failure: true', 'deploy:', '  script: |', '    ./deploy.sh', '    ./check.sh', '  after_script: [rm x]');
    assert.equal(system, 'GitLab CI');
    assert.deepEqual(runs, [': pip install tox', 'test: tox', 'test: a', 'test: b', 'deploy: ./deploy.sh\n./check.sh', 'deploy: rm x']);
    assert.deepEqual(unit.commands[4]?.commands.map((one) => one.words), [['./deploy.sh'], ['./check.sh']]);
    assert.deepEqual(unit.entries.filter((one) => /image|allow/.test(one.key)).map((one) => `${one.key}=${one.value}`), ['image=python:3.12', 'test.allow_failure=true']);
  });

  it('CircleCI, Azure, Bitbucket, Drone, Woodpecker, Travis, Buildkite, CodeBuild', () => {
    assert.deepEqual(commands('.circleci/config.yml', 'jobs:', '  build:', '    steps:', '      - checkout', '      - run: pytest', '      - run: {name: Lint, command: ruff check}').runs, ['build: pytest', 'Lint: ruff check']);
    assert.deepEqual(commands('azure-pipelines.yml', 'stages:', '- stage: Build', '  jobs:', '  - job: Test', '    steps:', '    - script: pytest', '      displayName: Tests', '    - bash: ./x.sh').runs, ['Tests: pytest', 'Test: ./x.sh']);
    assert.deepEqual(commands('bitbucket-pipelines.yml', 'pipelines:', '  default:', '    - step: {name: Test, script: [pytest]}').runs, ['Test: pytest']);
    assert.deepEqual(commands('.drone.yml', 'kind: pipeline', 'steps:', '- name: test', '  commands: [pytest, "make lint"]').runs, ['test: pytest', 'test: make lint']);
    assert.deepEqual(commands('.woodpecker/test.yaml', 'steps:', '  test: {image: a, commands: [pytest]}').runs, ['test: pytest']);
    assert.deepEqual(commands('.travis.yml', 'install: pip install tox', 'script: [tox]').runs, [': pip install tox', ': tox']);
    assert.deepEqual(commands('.buildkite/pipeline.yml', 'steps:', '  - label: Test', '    command: pytest').runs, ['Test: pytest']);
    assert.deepEqual(commands('buildspec.yml', 'phases:', '  build:', '    commands: [make, make test]').runs, ['build: make', 'build: make test']);
  });

  it('Cloud Build: words with their entry point', () => {
    const { runs, unit } = commands('cloudbuild.yaml', 'steps:', '  - name: gcr.io/cloud-builders/docker', '    entrypoint: bash', '    args: ["-c", "pytest && echo ok"]');
    assert.deepEqual(runs, ['gcr.io/cloud-builders/docker: bash -c "pytest && echo ok"']);
    assert.deepEqual(outline(unit.commands[0]?.commands ?? []), ['bash -c pytest && echo ok', '  pytest &&', '  echo ok']);
  });

  it('Jenkins: its sh steps and their stages', () => {
    const { system, runs } = commands('Jenkinsfile', "pipeline { stages {", "  stage('Test') { steps { sh 'pytest -q' } }", '  stage("Deploy") { steps { sh(script: """', '    ./deploy.sh', '  """, returnStatus: true) } }', '} }');
    assert.deepEqual([system, runs], ['Jenkins', ['Test: pytest -q', 'Deploy: ./deploy.sh']]);
  });
});
