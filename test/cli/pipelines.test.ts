/** What pipelines are given: the action, the hook and the job, run as far as a machine without those services can. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { ROOT } from './built';
import { temporaryFolder } from './folder';

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>; readonly outputs: Readonly<Record<string, object>>;
  readonly runs: { readonly steps: readonly [{ readonly run: string; readonly env: Readonly<Record<string, string>> }] };
}

const text = (name: string) => readFileSync(path.join(ROOT, name), 'utf8');
const ACTION: Action = parse(text('action.yml'));
const { version: VERSION } = JSON.parse(text('package.json'));

/** What GitHub's own parser has to say against an action or a workflow. It is an ES module, which this file is not. */
async function faults(kind: 'action' | 'workflow', content: string): Promise<readonly string[]> {
  const { NoOperationTraceWriter, parseWorkflow } = await import('@actions/workflow-parser');
  const { parseAction } = await import('@actions/workflow-parser/actions/action-parser');
  const file = { name: `${kind}.yml`, content };
  const { context } = kind === 'action' ? parseAction(file, new NoOperationTraceWriter()) : parseWorkflow(file, new NoOperationTraceWriter());
  return context.errors.getErrors().map((error) => error.message);
}

describe('the action', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  const at = (...names: readonly string[]) => path.join(folder.path, ...names);

  beforeEach(() => {
    for (const name of ['bin', 'temp']) mkdirSync(at(name));
    // Stands in for the registry: installs the build.
    writeFileSync(at('bin/npm'), `#!/bin/sh\necho "$@" > '${at('npm-words')}'\nmkdir -p node_modules/shipworthy && ln -s '${path.join(ROOT, 'dist')}' node_modules/shipworthy/dist\n`, { mode: 0o755 });
    cpSync(path.join(ROOT, 'examples/not-ready'), at('workspace/shop'), { recursive: true });
    mkdirSync(at('workspace/.git'));
  });

  /** Runs its step as a runner does: the inputs put into the step's variables, the command given to bash. */
  function run(inputs: Readonly<Record<string, string>> = {}) {
    const [step] = ACTION.runs.steps;
    const env = Object.fromEntries(Object.entries(step.env).map(([name, value]) => {
      const input = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(value)?.[1] ?? assert.fail(value);
      return [name, inputs[input] ?? ACTION.inputs[input]?.default ?? assert.fail(input)];
    }));
    for (const name of ['summary', 'output']) writeFileSync(at(name), '');
    const { status, stdout, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], {
      cwd: at('workspace'), encoding: 'utf8',
      env: {
        ...env, PATH: `${at('bin')}:${process.env.PATH ?? ''}`, LANG: 'C.UTF-8', CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_ACTION_PATH: ROOT, GITHUB_WORKSPACE: at('workspace'),
        RUNNER_TEMP: at('temp'), GITHUB_STEP_SUMMARY: at('summary'), GITHUB_OUTPUT: at('output'),
      },
    });
    return { code: status, out: stdout, err: stderr, summary: readFileSync(at('summary'), 'utf8'), outputs: readFileSync(at('output'), 'utf8') };
  }

  it('is one that GitHub understands', async () => {
    assert.deepEqual(await faults('action', text('action.yml')), []);
    assert.notDeepEqual(await faults('action', text('action.yml').replace('using: composite', 'using: magic')), []);
  });

  it('hands inputs over as variables only, and each of them', () => {
    const [step] = ACTION.runs.steps;
    assert.doesNotMatch(step.run, /\$\{\{/);
    assert.deepEqual(Object.values(step.env).map((value) => /inputs\.([\w-]+)/.exec(value)?.[1]).sort(), Object.keys(ACTION.inputs).sort());
  });

  it('shows the card, marks lines, sets its outputs and fails as the command line does', () => {
    const { code, out, summary, outputs } = run({ folder: 'shop', output: 'report.html\n  gitlab:quality.json  \n\n' });
    assert.equal(code, 1);
    assert.match(summary, /^### .*: NOT READY, /);
    assert.match(outputs, /^exit-code=1\nverdict=NOT READY\nscore=\d+(?:\.\d)?\n$/);
    assert.match(out, /\n::error file=shop\/kayaks\/config\.py,line=\d+/);
    assert.match(readFileSync(at('workspace/report.html'), 'utf8'), /^<!DOCTYPE html>/);
    assert.ok(JSON.parse(readFileSync(at('workspace/quality.json'), 'utf8')).length > 0);
    assert.deepEqual(readdirSync(at('workspace')).sort(), ['.git', 'quality.json', 'report.html', 'shop']);
    assert.deepEqual(readdirSync(at('temp')), [], 'it cleans up');
    assert.match(readFileSync(at('npm-words'), 'utf8'), new RegExp(`--ignore-scripts .*shipworthy@${VERSION}\n`));
  });

  it('lets no line of the report be a command of the runner', () => {
    folder.write('workspace/shop/::error::forged/app.py', 'import os\nos.system("tar " + input())\n');
    const { out } = run({ folder: 'shop' });
    const token = /^::stop-commands::([\w-]{36})$/m.exec(out)?.[1] ?? assert.fail(out);
    const [before = '', after = ''] = out.split(`\n::${token}::\n`);
    assert.equal(before.split('\n')[0], `::stop-commands::${token}`);
    assert.ok(before.includes('NOT READY'));
    for (const line of after.split('\n').filter((one) => one !== '')) assert.match(line, /^::(?:error|notice) /);
  });

  it('leaves summary and marks out when they are not wanted, and passes when nothing is to fail', () => {
    const { code, out, summary, outputs } = run({ folder: 'shop', summary: 'false', annotations: 'false', 'fail-on': 'never' });
    assert.equal(code, 0);
    assert.equal(summary, '');
    assert.doesNotMatch(out, /^::error/m);
    assert.match(outputs, /^exit-code=0\n/);
  });

  it('takes no input for more than a value', () => {
    for (const inputs of [{ folder: '$(touch pwned)' }, { folder: '"; touch pwned; "' }, { folder: '--help' }, { 'fail-on': 'never --output pwned' }, { output: '$(touch pwned)/x.json' }]) {
      const { code } = run(inputs);
      assert.equal(code, 2, JSON.stringify(inputs));
      assert.ok(!existsSync(at('workspace/pwned')));
    }
    for (const inputs of [{ version: '1; touch pwned' }, { version: 'file:../evil' }, { summary: 'perhaps' }]) {
      const { code, out } = run({ folder: 'shop', ...inputs });
      assert.equal(code, 2);
      assert.match(out, /^::error title=Shipworthy::The input /);
    }
  });

  it('says so when the package cannot be installed', () => {
    writeFileSync(at('bin/npm'), '#!/bin/sh\necho "404 Not Found" >&2\nexit 1\n', { mode: 0o755 });
    const { code, out, err } = run({ folder: 'shop' });
    assert.equal(code, 2);
    assert.match(out, /::error title=Shipworthy::shipworthy@.* could not be installed, see the lines above\./);
    assert.match(err, /404/);
  });

  it('asks for what is new only, where there is a baseline', () => {
    const { code, err } = run({ folder: 'shop', baseline: 'true' });
    assert.equal(code, 2);
    assert.match(err, /baseline/);
  });
});

describe('the hook of pre-commit', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();

  it('fails a commit of what must not ship and passes the other one', () => {
    const [hook] = parse(text('.pre-commit-hooks.yaml')) as readonly { readonly entry: string; readonly pass_filenames: boolean }[];
    const words = (hook?.entry ?? '').split(' ');
    assert.deepEqual(words.slice(0, 3), ['npx', '--yes', `shipworthy@${VERSION}`]);
    assert.equal(hook?.pass_filenames, false);
    for (const [example, expected] of [['not-ready', 1], ['ready', 0]] as const) {
      const repository = path.join(folder.path, example);
      cpSync(path.join(ROOT, 'examples', example), repository, { recursive: true });
      for (const git of [['init', '-q'], ['add', '-A']]) assert.equal(spawnSync('git', git, { cwd: repository }).status, 0);
      const { status, stderr } = spawnSync(process.execPath, [path.join(ROOT, 'dist/cli.js'), ...words.slice(3)], { cwd: repository, encoding: 'utf8' });
      assert.equal(status, expected, stderr);
    }
  });
});

describe('the guide to pipelines', () => {
  const guide = text('docs/ci.md');
  const blocks = [...guide.matchAll(/```yaml\n([^]*?)```/g)].map(([, yaml = '']) => yaml);

  it('has a workflow that GitHub understands', async () => {
    const [workflow = ''] = blocks;
    assert.deepEqual(await faults('workflow', workflow), []);
    assert.notDeepEqual(await faults('workflow', workflow.replace('runs-on', 'runs')), []);
  });

  it('names inputs and outputs that the action has, and all of them', () => {
    const listed = [...(/\| input \|[^]*?\n\n/.exec(guide)?.[0] ?? '').matchAll(/^\|([^|]*)\|/gm)].flatMap(([, cell = '']) => [...cell.matchAll(/`([\w-]+)`/g)].map((match) => match[1]));
    assert.deepEqual(listed.sort(), Object.keys(ACTION.inputs).sort());
    for (const output of Object.keys(ACTION.outputs)) assert.ok(guide.includes(`\`${output}\``), output);
    for (const block of blocks) parse(block);
  });

  it('has a job for GitLab that hands over what it writes', () => {
    const { shipworthy } = parse(text('docs/ci/gitlab-ci.yml'));
    const [script] = shipworthy.script as readonly string[];
    for (const file of [shipworthy.artifacts.reports.codequality, shipworthy.artifacts.reports.junit, ...shipworthy.artifacts.paths]) assert.match(script ?? '', new RegExp(`--output (?:\\w+:)?${file}(?:\\s|$)`));
  });

  it('is about this version', () => {
    for (const name of ['action.yml', '.pre-commit-hooks.yaml', 'docs/ci.md', 'docs/ci/gitlab-ci.yml']) {
      const named = [...text(name).matchAll(/shipworthy@v?(\d+\.\d+\.\d+)|(?:default|rev): v?(\d+\.\d+\.\d+)/g)].map((match) => match[1] ?? match[2]);
      assert.ok(named.length > 0, name);
      assert.deepEqual([...new Set(named)], [VERSION], name);
    }
  });
});
