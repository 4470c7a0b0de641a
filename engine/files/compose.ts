/** Compose files: services with what they build, start, publish and keep. */
import type { Compose, Service } from '../../rules/kit';
import { lineComments } from './comments';
import { folderOf, resolved } from './folders';
import { head } from './head';
import { commandText, commandsOf } from './scripts';
import type { Mapping, Member, Tree } from './tree';
import { get, items, leaves, member, members, pairs, scalar, scalars } from './tree';
import { parseYaml } from './yaml';

export function readCompose(path: string, text: string): Compose {
  const { roots, whole } = parseYaml(text);
  // Docker Compose lays the documents of one file over each other, as it does with several files.
  const root = roots.reduce<Tree | undefined>((base, over) => (base && over.kind === 'map' ? merged(base, over) : base ?? over), undefined);
  const services = members(member(root, 'services')?.value);
  return {
    kind: 'compose', ...head(path, text, whole, lineComments(text)),
    services: services.map((one) => service({ ...one, value: extended(one.value, services) }, folderOf(path), text)),
    entries: leaves(root, (key) => key === 'services'),
  };
}

function service(one: Member, folder: string, text: string): Service {
  const { value } = one;
  const image = scalar(value, 'image');
  const user = scalar(value, 'user');
  const [command, entrypoint] = [get(value, 'command'), get(value, 'entrypoint')];
  const started = commandText(command);
  const entered = commandText(entrypoint);
  const build = buildOf(get(value, 'build'), folder);
  const healthcheck = healthcheckOf(member(value, 'healthcheck'));
  const replicas = replicasOf(value);
  return {
    name: one.name, nameAt: one.nameAt, at: one.at,
    ...(image && { image: image.text, imageAt: image.at }),
    ...(user && { user: user.text, userAt: user.at }),
    ...(build && { build }),
    ...(command && started !== undefined && { command: started, commandAt: command.at }),
    ...(entered !== undefined && { entrypoint: entered }),
    ...(healthcheck && { healthcheck }),
    ...(replicas !== undefined && { replicas }),
    commands: [...commandsOf(entrypoint, text), ...commandsOf(command, text)],
    environment: pairs(get(value, 'environment'), text),
    envFiles: envFiles(get(value, 'env_file'), folder),
    ports: items(get(value, 'ports')).flatMap((port) => portOf(port)),
    volumes: items(get(value, 'volumes')).flatMap((volume) => volumeOf(volume)),
    profiles: scalars(get(value, 'profiles')).map((profile) => profile.text),
    labels: pairs(get(value, 'labels'), text),
    dependsOn: dependencies(get(value, 'depends_on')),
    resets: members(value).filter((each) => each.value.tag === '!reset' || each.value.tag === '!override').map((each) => each.name),
    entries: leaves(value),
  };
}

/** `extends` of a service of the same file: what the service does not say itself, the other says. */
function extended(value: Tree, services: readonly Member[], seen: readonly string[] = []): Tree {
  const named = get(value, 'extends');
  const name = named?.kind === 'scalar' ? named.text : get(named, 'file') ? undefined : scalar(named, 'service')?.text;
  const base = services.find((one) => one.name === name);
  if (value.kind !== 'map' || !base || seen.includes(base.name)) return value;
  return merged(extended(base.value, services, [...seen, base.name]), value);
}

/** Maps are merged and lists joined, but a command is taken or replaced as one. */
function merged(base: Tree, over: Mapping): Mapping {
  const inherited = members(base).filter((one) => !member(over, one.name));
  const own = over.members.map((one) => {
    const below = get(base, one.name);
    if (one.value.tag === '!override' || one.value.tag === '!reset') return one;
    if (one.value.kind === 'map' && below?.kind === 'map') return { ...one, value: merged(below, one.value) };
    const replaces = one.name === 'command' || one.name === 'entrypoint' || one.name === 'test';
    return one.value.kind === 'list' && below?.kind === 'list' && !replaces ? { ...one, value: { ...one.value, items: [...below.items, ...one.value.items] } } : one;
  });
  return { ...over, members: [...inherited, ...own] };
}

function buildOf(build: Tree | undefined, folder: string): Service['build'] {
  if (!build || (build.kind === 'scalar' && build.text === '')) return undefined;
  const context = resolved(folder, build.kind === 'scalar' ? build.text : scalar(build, 'context')?.text ?? '.');
  const dockerfile = resolved(context, scalar(build, 'dockerfile')?.text ?? 'Dockerfile');
  const target = scalar(build, 'target')?.text;
  return { context, dockerfile, ...(target && { target }) };
}

function healthcheckOf(one: Member | undefined): Service['healthcheck'] {
  if (!one) return undefined;
  const test = commandText(get(one.value, 'test')) ?? '';
  return { test, disabled: isTrue(get(one.value, 'disable')) || test === 'NONE', at: one.at };
}

/** YAML 1.1 and 1.2 both: compose files are older than the second. */
function isTrue(tree: Tree | undefined): boolean {
  return tree?.kind === 'scalar' && /^(?:true|yes|on)$/i.test(tree.text);
}

function replicasOf(value: Tree): number | undefined {
  const written = (scalar(value, 'deploy', 'replicas') ?? scalar(value, 'scale'))?.text;
  return written !== undefined && /^\d+$/.test(written) ? Number(written) : undefined;
}

function envFiles(tree: Tree | undefined, folder: string): Service['envFiles'] {
  return items(tree).flatMap((one) => {
    const path = one.kind === 'scalar' ? one : scalar(one, 'path');
    return path ? [{ path: resolved(folder, path.text), at: path.at }] : [];
  });
}

function portOf(port: Tree): Service['ports'] {
  if (port.kind === 'scalar') return [{ text: port.text, at: port.at }];
  const target = scalar(port, 'target')?.text;
  if (target === undefined) return [];
  const parts = [scalar(port, 'host_ip')?.text, scalar(port, 'published')?.text, target].filter((part) => part !== undefined);
  const protocol = scalar(port, 'protocol')?.text;
  return [{ text: parts.join(':') + (protocol ? `/${protocol}` : ''), at: port.at }];
}

function volumeOf(volume: Tree): Service['volumes'] {
  if (volume.kind === 'scalar') return [{ text: volume.text, at: volume.at }];
  const target = scalar(volume, 'target')?.text;
  if (target === undefined || scalar(volume, 'type')?.text === 'tmpfs') return [];
  const parts = [scalar(volume, 'source')?.text, target, isTrue(get(volume, 'read_only')) ? 'ro' : undefined].filter((part) => part !== undefined);
  return [{ text: parts.join(':'), at: volume.at }];
}

function dependencies(tree: Tree | undefined): readonly string[] {
  return tree?.kind === 'map' ? tree.members.map((one) => one.name) : scalars(tree).map((one) => one.text);
}
