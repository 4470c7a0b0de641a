/** CI of other systems: what it runs, read out of whatever shape each gives its scripts. */
import type { Pipeline } from '../../rules/kit';
import { lineComments, slashComments } from './comments';
import { gitlabJobs } from './gitlab';
import { head } from './head';
import { aligned } from './piece';
import { commandText, commandsOf, scriptOf } from './scripts';
import { shellScript } from './shell-script';
import type { Tree } from './tree';
import { get, items, leaves, nested } from './tree';
import { parseYaml } from './yaml';

type Runs = Pipeline['commands'][number];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/gitlab/, 'GitLab CI'], [/circleci/, 'CircleCI'], [/azure/, 'Azure Pipelines'], [/jenkinsfile/, 'Jenkins'], [/bitbucket/, 'Bitbucket Pipelines'],
  [/drone/, 'Drone'], [/woodpecker/, 'Woodpecker'], [/travis/, 'Travis CI'], [/buildkite/, 'Buildkite'], [/cloudbuild/, 'Cloud Build'],
  [/buildspec/, 'CodeBuild'], [/appveyor/, 'AppVeyor'], [/cirrus/, 'Cirrus CI'], [/semaphore/, 'Semaphore'], [/codefresh/, 'Codefresh'], [/codeship/, 'Codeship'],
];

/** Keys under which one of these systems puts a script or a list of them. */
const SCRIPTS: ReadonlySet<string> = new Set([
  'script', 'before_script', 'after_script', 'run', 'command', 'commands', 'bash', 'before_install', 'install', 'after_success',
  'after_failure', 'before_deploy', 'after_deploy', 'build_script', 'test_script', 'deploy_script', 'inlineScript',
]);

export function readPipeline(path: string, text: string): Pipeline {
  const system = SYSTEMS.find(([pattern]) => pattern.test(path.toLowerCase()))?.[1] ?? 'CI';
  if (system === 'Jenkins') return jenkins(path, text);
  const { roots, whole } = parseYaml(text);
  const gitlab = system === 'GitLab CI' ? gitlabJobs(roots, text) : undefined;
  return {
    kind: 'pipeline', ...head(path, text, whole, lineComments(text)), system,
    commands: roots.flatMap((root) => found(root, '', text, { depth: 0, left: { nodes: MOST } })),
    entries: roots.flatMap((root) => leaves(root)),
    ...(gitlab && { jobs: gitlab.jobs }), stages: gitlab?.stages ?? [], outside: gitlab?.outside ?? false,
  };
}

/** Bounds what aliases of aliases may unfold to. */
const MOST = 20_000;
interface Bounds { readonly depth: number; readonly left: { nodes: number } }

/** Every script below a node, with the name of the job (a key, or the `name` of a list's item) it stands in. */
function found(tree: Tree, job: string, text: string, { depth, left }: Bounds): readonly Runs[] {
  left.nodes -= 1;
  if (tree.kind === 'scalar' || depth > 20 || left.nodes < 0) return [];
  const below = { depth: depth + 1, left };
  if (tree.kind === 'list') return tree.items.flatMap((one) => found(one, named(one) ?? job, text, below));
  const args = get(tree, 'args');
  if (args?.kind === 'list' && get(tree, 'name')) return [cloudBuildStep(tree, args, job, text)];
  return tree.members.flatMap((one) => {
    const script = SCRIPTS.has(one.name) && one.value.kind !== 'map' && items(one.value).every((item) => item.kind !== 'map');
    if (script) return nested(one.value).map((each) => ({ ...scriptOf(each, text), job }));
    return found(one.value, PARTS.has(one.name) ? named(one.value) ?? job : one.name, text, below);
  });
}

/** Words of the formats themselves, which name no job. */
const PARTS: ReadonlySet<string> = new Set(['jobs', 'steps', 'stages', 'pipeline', 'pipelines', 'step', 'phases', 'tasks', 'run', 'default', 'services', 'strategy', 'runOnce', 'parallel', 'workflow']);

function named(tree: Tree): string | undefined {
  for (const key of ['job', 'stage', 'deployment', 'name', 'label', 'id', 'displayName']) {
    const node = get(tree, key);
    if (node?.kind === 'scalar' && node.text !== '') return node.text;
  }
  return undefined;
}

/** `name: gcr.io/…, entrypoint: bash, args: [-c, …]` */
function cloudBuildStep(tree: Tree, args: Tree, job: string, text: string): Runs {
  const entrypoint = get(tree, 'entrypoint');
  const words: readonly Tree[] = entrypoint?.kind === 'scalar' ? [entrypoint, ...items(args)] : items(args);
  const list: Tree = { kind: 'list', items: words, at: args.at };
  return { text: commandText(list) ?? '', at: args.at, commands: commandsOf(list, text), job: named(tree) ?? job };
}

/** A Jenkinsfile is a program in Groovy; its `sh` steps are read, nothing else is. */
function jenkins(path: string, text: string): Pipeline {
  const stages = [...text.matchAll(/\bstage\s*\(?\s*(['"])(.*?)\1/g)].map((one) => ({ at: one.index, name: one[2] ?? '' }));
  const steps = text.matchAll(/\b(?:sh|bat)\b\s*\(?\s*(?:[^'"\n]*\bscript\s*:\s*)?(?:'''(?<a>[\s\S]*?)'''|"""(?<b>[\s\S]*?)"""|'(?<c>(?:\\.|[^'\\\n])*)'|"(?<d>(?:\\.|[^"\\\n])*)")/dg);
  const commands = [...steps].flatMap((one): Runs[] => {
    const [start, end] = ['a', 'b', 'c', 'd'].map((name) => one.indices?.groups?.[name]).find((range) => range !== undefined) ?? [0, 0];
    const script = text.slice(start, end);
    const piece = aligned(script.replace(/\\(?=['"])/g, ''), script, start);
    return [{ text: piece.text, at: { start, end }, commands: shellScript(piece).commands, job: stages.findLast((stage) => stage.at < one.index)?.name ?? '' }];
  });
  return { kind: 'pipeline', ...head(path, text, true, slashComments(text)), system: 'Jenkins', commands, entries: [], stages: [], outside: false };
}
