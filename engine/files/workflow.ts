/** Workflows of GitHub Actions and its kin, and actions made of steps. */
import type { Job, Step, Workflow } from '../../rules/kit';
import { lineComments } from './comments';
import { head } from './head';
import { scriptOf } from './scripts';
import type { Member, Tree } from './tree';
import { get, items, leaves, member, members, pairs, scalar, scalars } from './tree';
import { parseYaml } from './yaml';

export function readWorkflow(path: string, text: string): Workflow {
  const { roots, whole } = parseYaml(text);
  const root = roots[0];
  const name = scalar(root, 'name')?.text;
  const on = get(root, 'on');
  const runs = isAction(path) ? member(root, 'runs') : undefined;
  return {
    kind: 'workflow', ...head(path, text, whole, lineComments(text)), composite: isAction(path), ...(name && { name }),
    triggers: on?.kind === 'map' ? on.members.map((one) => one.name) : scalars(on).map((one) => one.text),
    jobs: (runs ? [runs] : members(get(root, 'jobs'))).map((one) => job(one, text)),
    entries: leaves(root, (key) => key === 'jobs'),
  };
}

function isAction(path: string): boolean {
  return /(?:^|\/)action\.ya?ml$/i.test(path) && !/\/workflows\/[^/]*$/.test(path);
}

function job(one: Member, text: string): Job {
  const uses = scalar(one.value, 'uses');
  return {
    id: one.name, at: one.at, ...(uses && { uses: uses.text, usesAt: uses.at }),
    needs: scalars(get(one.value, 'needs')).map((need) => need.text),
    env: pairs(get(one.value, 'env'), text),
    steps: items(get(one.value, 'steps')).filter((tree) => tree.kind === 'map').map((tree) => step(tree, text)),
    entries: leaves(one.value, (key) => key === 'steps'),
  };
}

function step(tree: Tree, text: string): Step {
  const [name, uses, run] = [scalar(tree, 'name'), scalar(tree, 'uses'), scalar(tree, 'run')];
  return {
    ...(name && { name: name.text }), ...(uses && { uses: uses.text, usesAt: uses.at }), ...(run && { run: run.text, runAt: run.at }),
    commands: run && runsShell(scalar(tree, 'shell')?.text) ? scriptOf(run, text).commands : [],
    env: pairs(get(tree, 'env'), text),
    with: pairs(get(tree, 'with'), text),
    continueOnError: scalar(tree, 'continue-on-error')?.text === 'true',
    entries: leaves(tree),
    at: tree.at,
  };
}

/** Python and PowerShell are no shell scripts. */
function runsShell(shell: string | undefined): boolean {
  return shell === undefined || /\b(?:ba|z|da|k)?sh\b/.test(shell.replace(/pwsh/g, ''));
}
