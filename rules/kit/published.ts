/** Images that CI builds and pushes: somebody runs them, whatever the compose files beside them are for. */
import { fileName } from './edge';
import type { Command, Dockerfile, Pair, Stage, Step } from './files';
import type { Span } from './place';
import { copiedSources } from './build-context';
import { isActive } from './ci';
import { servicesOf } from './compose-purpose';
import { lineage } from './container';
import type { Evidence, Project } from './project';
import { resolvedPath } from './services';

/** An image that is pushed to a registry. */
export interface Published {
  readonly file: Dockerfile;
  /** The stage it stops at, where one is named. */
  readonly target?: string;
  /** What pushes it. */
  readonly by: Evidence;
}

/** One build as it is written: places relative to the repository, with expressions where they are computed. */
interface Build { readonly context?: string; readonly dockerfile?: string; readonly target?: string; readonly at: Span }

/** The image of this Dockerfile that CI pushes to a registry, if it does. */
export function publishedImage(file: Dockerfile, project: Project): Published | undefined {
  return publishedImages(project).find((each) => each.file === file);
}

/** The stages of the image that production runs: those up to the one compose or CI builds, else the last. */
export function shippedStages(file: Dockerfile, project: Project): readonly Stage[] {
  return lineage(file, servicesOf(file, project)[0]?.build?.target ?? publishedImage(file, project)?.target);
}

/** What publishes an image that holds the application and leaves it to others what is started in it. */
export function publishedWithoutStart(file: Dockerfile, project: Project): Evidence | undefined {
  const published = publishedImage(file, project);
  if (!published || shippedStages(file, project).some((stage) => stage.instructions.some((each) => each.keyword === 'CMD' || each.keyword === 'ENTRYPOINT'))) return undefined;
  const sources = copiedSources(file).map((each) => under(each) ?? each);
  const code = project.applications.some((app) => sources.some((source) => source === '' || app.path === source || app.path.startsWith(`${source}/`) || app.path.includes(`/${source}/`)));
  return code ? published.by : undefined;
}

/** Every image that a workflow or a pipeline builds from this project and pushes, once for each Dockerfile. */
function publishedImages(project: Project): readonly Published[] {
  return project.once('published images', () => project.units.flatMap((unit): readonly Published[] => {
    if (unit.kind === 'workflow' && isActive(unit, project)) return unit.jobs.flatMap((job) => {
      const choices = job.entries.filter((each) => each.key.startsWith('strategy.matrix.')).map((each) => each.value);
      return found([...job.steps.flatMap(ofAction), ...ofCommands(job.steps.flatMap((step) => step.commands))], unit.path, choices, project);
    });
    if (unit.kind === 'pipeline') return [...new Set(unit.commands.map((each) => each.job))]
      .flatMap((job) => found(ofCommands(unit.commands.filter((each) => each.job === job).flatMap((each) => each.commands)), unit.path, [], project));
    return [];
  }));
}

/** The Dockerfiles of builds; one that is computed is taken from what the matrix offers, else it is the only one there is. */
function found(builds: readonly Build[], path: string, choices: readonly string[], project: Project): readonly Published[] {
  return builds.flatMap((build) => filesOf(build, choices, project).map((file) => ({
    file, by: { path, ...build.at, text: `${fileName(path)} pushes it` }, ...(build.target && !COMPUTED.test(build.target) && { target: build.target }),
  })));
}

const COMPUTED = /\$/;

function filesOf({ context = '.', dockerfile }: Build, choices: readonly string[], project: Project): readonly Dockerfile[] {
  const all = project.of('dockerfile').filter((each) => each.role === 'production');
  const local = /^\$\{\{\s*github\.workspace\s*\}\}\/?|^\$(?:CI_PROJECT_DIR|\{CI_PROJECT_DIR\}|GITHUB_WORKSPACE|\{GITHUB_WORKSPACE\}|PWD|\(pwd\))\/?/;
  const [folder, name] = [context.replace(local, './'), dockerfile?.replace(local, '')];
  if (COMPUTED.test(folder) || COMPUTED.test(name ?? '')) {
    const offered = all.filter((each) => choices.some((choice) => under(choice) === each.path || under(`${choice}/Dockerfile`) === each.path));
    return offered.length > 0 ? offered : all.length === 1 ? all : [];
  }
  // The action looks for the file from the root of the repository, `docker build` from where it stands: one of the two is there.
  const paths = name === undefined ? [under(`${folder}/Dockerfile`)] : [under(name), under(`${folder}/${name}`)];
  return all.filter((each) => paths.includes(each.path)).slice(0, 1);
}

/** A path from the root of the project on. */
function under(path: string): string | undefined {
  return resolvedPath('', path);
}

const given = (pairs: readonly Pair[], name: string) => pairs.find((each) => each.name === name)?.value;
const isOff = (value: string | undefined) => value === undefined || /^["']?(false|no|)["']?$/i.test(value.trim());

/** Actions that build, with what they push. */
function ofAction(step: Step): readonly Build[] {
  const action = /^(docker\/build-push-action|redhat-actions\/buildah-build|int128\/kaniko-action|aevea\/action-kaniko|macbre\/push-to-ghcr|mr-smith\/docker-build-push|elgohr\/Publish-Docker-Github-Action)@/i.exec(step.uses ?? '')?.[1];
  if (action === undefined) return [];
  const { with: inputs } = step;
  const pushes = /build-push-action|int128/.test(action) ? !isOff(given(inputs, 'push')) || /type=registry|push=true/.test(given(inputs, 'outputs') ?? '') : true;
  if (!pushes) return [];
  const [context, dockerfile, target] = [given(inputs, 'context'), given(inputs, 'file') ?? given(inputs, 'dockerfile'), given(inputs, 'target')];
  return [{ at: step.usesAt ?? step.at, ...(context !== undefined && !/^(https?|git):/.test(context) && { context }), ...(dockerfile !== undefined && { dockerfile }), ...(target !== undefined && { target }) }];
}

/** `docker build` with `docker push` beside it, `buildx build --push`, kaniko, buildah. */
function ofCommands(commands: readonly Command[]): readonly Build[] {
  const pushes = commands.some(({ words }) => /^(docker|podman|buildah|nerdctl)$/.test(fileName(words[0] ?? '')) && words.includes('push'));
  return commands.flatMap(({ words, at }): readonly Build[] => {
    const program = fileName(words[0] ?? '');
    if (program === 'executor' || program === 'kaniko') return words.includes('--no-push') ? [] : [buildOf(words.slice(1), at)];
    const verb = words.findIndex((word, index) => index > 0 && /^(build|bud)$/.test(word));
    if (!/^(docker|podman|buildah|nerdctl)$/.test(program) || verb < 0 || words.includes('compose')) return [];
    return pushes || words.some((word) => /^--push(=true)?$|type=registry|push=true/.test(word)) ? [buildOf(words.slice(verb + 1), at)] : [];
  });
}

/** Options of `docker build` that take no value. */
const FLAG = /^(--(pull|push|load|no-cache|rm|force-rm|quiet|squash|compress|layers|cleanup|no-push)|-q)$/;

function buildOf(words: readonly string[], at: Span): Build {
  const said = new Map<string, string>();
  const plain: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    const [name = '', value] = word.startsWith('-') ? word.split(/=(.*)/s) : [''];
    if (name === '') plain.push(word);
    else if (value !== undefined || FLAG.test(name)) said.set(name, value ?? '');
    else said.set(name, words[++index] ?? '');
  }
  const [context, dockerfile, target] = [said.get('--context') ?? plain.at(-1), said.get('--dockerfile') ?? said.get('--file') ?? said.get('-f'), said.get('--target')];
  return { at, ...(context !== undefined && context !== '-' && { context: context.replace(/^dir:\/\//, '') }), ...(dockerfile !== undefined && { dockerfile }), ...(target !== undefined && { target }) };
}
