/** Services of compose files as production runs them: with what they extend, what is laid over them, and without those meant for developers. */
import { fileName } from './edge';
import { isInfrastructure } from './container';
import { isDevelopmentService } from './environment';
import type { Command, Compose, Dockerfile, Leaf, Pair, Service } from './files';
import type { Span } from './place';
import type { Project } from './project';

/** What one file says of a service. */
export interface Layer { readonly file: Compose; readonly service: Service }

export interface Deployed extends Layer {
  /** All that have a say, the strongest first; `file` and `service` are one of them: where it is said what the service is made of. */
  readonly layers: readonly Layer[];
  /** All of it was understood and found: what is not there is missing. */
  readonly whole: boolean;
}

/** `127.0.0.1:5432:5432/tcp`; `target` is the container's. `host` is absent where it listens on every interface; `published` where Docker picks one. */
export interface Port extends Layer { readonly host?: string; readonly published?: string; readonly target: string; readonly text: string; readonly at: Span }
/** `source` is absent for a volume without a name. */
export interface Mount extends Layer { readonly source?: string; readonly target: string; readonly readOnly: boolean; readonly text: string; readonly at: Span }

/** Services that production's compose files start, each once, in the order of their files. */
export function deployedServices(project: Project): readonly Deployed[] {
  return project.once('deployed services', () => servicesWithout(project, (each) => isForDevelopers(each, project) || (laysSource(each, project) && !isConsciousProduction(each))));
}

/** The same, with those of files that lay the source over the image and say nothing else of whom they are for. */
export function mountedServices(project: Project): readonly Deployed[] {
  return project.once('services with the source', () => servicesWithout(project, isForDevelopers));
}

/** A folder of this project that holds code, laid over a folder of the container. */
export function isSourceMount({ source, target, file }: Mount, project: Project): boolean {
  if (!source?.startsWith('.') || /nginx|caddy|www|html/.test(target)) return false;
  const path = resolvedPath(file.path, source);
  return path !== undefined && !project.paths.includes(path) && project.modules.some((each) => path === '' || each.path.startsWith(`${path}/`)) && (path === '' || !/(^|\/)(migrations?|plugins|themes|custom|scripts|config|conf|settings|locale|data|media|static|uploads)$/.test(path));
}

function laysSource(deployed: Deployed, project: Project): boolean {
  return (deployed.service.build !== undefined || !isInfrastructure(deployed.service.image ?? '')) && mountsOf(deployed).some((each) => isSourceMount(each, project));
}

/** The same, with those of files that start a developer's server: for who asks whether production does. */
export function composeServices(project: Project): readonly Deployed[] {
  return project.once('services of compose files', () => servicesWithout(project, saysDevelopment));
}

function servicesWithout(project: Project, aside: (deployed: Deployed, project: Project) => boolean): readonly Deployed[] {
  const found = allServices(project);
  const files = new Set(filesForDevelopers(found, project, aside));
  return found.filter((each) => !files.has(each.file) && !each.layers.some((layer) => layer.service.profiles.some(isAsideName) || isAsideName(layer.service.name)));
}

/** Names of profiles and services that production leaves out. */
function isAsideName(name: string): boolean {
  return /(^|[-_])(dev|development|tests?|testing|debug|local|ci|e2e|playwright|cypress|mailhog|mailpit|mailcatcher|storybook)($|[-_])/i.test(name);
}

function allServices(project: Project): readonly Deployed[] {
  const files = withIncluded(project.production.filter((unit): unit is Compose => unit.kind === 'compose' && unit.role === 'production'), project);
  const overlays = files.filter((file) => file.services.some((each) => isPartial(each)));
  const bases = new Map(overlays.map((file) => [file, baseOf(file, project)]));
  const roots = [...new Set([...files.filter((file) => !bases.get(file)), ...overlays.flatMap((file) => bases.get(file) ?? [])])];
  return roots.flatMap((root) => {
    const over = overlays.filter((file) => bases.get(file) === root);
    const names = new Set([root, ...over].flatMap((file) => file.services.map((each) => each.name)));
    return [...names].flatMap((name) => {
      const layers = [...over.toReversed(), root].flatMap((file) => file.services.filter((each) => each.name === name).flatMap((service) => extended({ file, service }, project)));
      const main = layers.find(({ service }) => service.image !== undefined || service.build) ?? layers.at(-1);
      const missing = layers.some((layer) => extendsFile(layer.service) !== undefined && !baseLayer(layer, project));
      return main ? [{ ...main, layers, whole: !missing && layers.every((each) => each.file.whole) }] : [];
    });
  });
}

/** Nothing says what the service is made of: another file does. */
function isPartial(service: Service): boolean {
  return service.image === undefined && !service.build && !service.entries.some((each) => each.key === 'extends' || each.key.startsWith('extends.'));
}

/** The file another is laid over: one beside it, else one anywhere, that says what its services are made of. */
function baseOf(file: Compose, project: Project): Compose | undefined {
  const partial = file.services.filter((each) => isPartial(each)).map((each) => each.name);
  const able = project.of('compose').filter((each) => each !== file && each.services.some((one) => partial.includes(one.name) && !isPartial(one)));
  return able.find((each) => folder(each.path) === folder(file.path) && /^(docker-)?compose(\.base|\.common)?\.ya?ml$/.test(fileName(each.path))) ?? able.find((each) => folder(each.path) === folder(file.path)) ?? able[0];
}

/** Files that others take in by `include`, however they include each other. */
function withIncluded(files: readonly Compose[], project: Project): readonly Compose[] {
  const found = new Set(files);
  for (const file of found) {
    const paths = file.entries.filter((each) => /^include\.\d+(\.path(\.\d+)?)?$/.test(each.key)).map((each) => resolvedPath(file.path, each.value) ?? '');
    for (const path of paths) {
      const unit = project.unit(path);
      if (unit?.kind === 'compose') found.add(unit);
    }
  }
  return [...found];
}

/** A service with those of other files that it extends, nearest first. Those of its own file the reader has put into it. */
function extended(layer: Layer, project: Project): readonly Layer[] {
  const found: Layer[] = [];
  let next: Layer | undefined = layer;
  while (next && !found.some((each) => each.service === next?.service)) {
    found.push(next);
    next = baseLayer(next, project);
  }
  return found;
}

function extendsFile(service: Service): string | undefined {
  return service.entries.find((each) => each.key === 'extends.file')?.value;
}

function baseLayer({ file, service }: Layer, project: Project): Layer | undefined {
  const named = extendsFile(service);
  const unit = named === undefined ? undefined : project.unit(resolvedPath(file.path, named) ?? '');
  const name = service.entries.find((each) => each.key === 'extends.service')?.value ?? service.name;
  const base = unit?.kind === 'compose' ? unit.services.find((each) => each.name === name) : undefined;
  return base && unit?.kind === 'compose' ? { file: unit, service: base } : undefined;
}

const folder = (path: string) => path.slice(0, Math.max(path.lastIndexOf('/'), 0));

/** A path that a file names, from the root of the project on; undefined where it leads out of it. */
export function resolvedPath(file: string, path: string): string | undefined {
  if (path.startsWith('/')) return undefined;
  const parts = folder(file) === '' ? [] : folder(file).split('/');
  for (const part of path.split('/')) {
    if (part === '..' && parts.pop() === undefined) return undefined;
    if (part !== '..' && part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

// ---- for developers

/** Files whose services say that a developer starts them: an environment's name, a development image or script, a server that reloads. */
function filesForDevelopers(services: readonly Deployed[], project: Project, aside: (deployed: Deployed, project: Project) => boolean): readonly Compose[] {
  const files = [...new Set(services.map((each) => each.file))];
  return files.filter((file) => {
    const own = services.filter((each) => each.file === file);
    const made = own.filter((each) => each.service.build || !isInfrastructure(each.service.image ?? ''));
    if (made.length === 0) return own.every((each) => !restarts(each));
    return made.some((each) => aside(each, project)) && !made.some((each) => namesProduction(each));
  });
}

function namesProduction({ layers }: Deployed): boolean {
  return layers.some(({ service }) => service.environment.some((pair) => /(^|_)ENV(IRONMENT)?$/.test(pair.name) && /^["']?prod/i.test(pair.value ?? '')));
}

/** A service of production by its file's name, its environment or its policy to come back. */
export function isConsciousProduction(deployed: Deployed): boolean {
  return restarts(deployed) !== undefined || namesProduction(deployed) || deployed.layers.some(({ file }) => /prod/i.test(fileName(file.path)));
}

function isForDevelopers(deployed: Deployed, project: Project): boolean {
  return saysDevelopment(deployed, project) || deployed.layers.some(({ service }) => service.commands.some((command) => servesDevelopers(command)));
}

function saysDevelopment({ layers }: Deployed, project: Project): boolean {
  return layers.some(({ service }) => {
    const { build, commands } = service;
    const args = service.entries.filter((each) => each.key.startsWith('build.args.'));
    return isDevelopmentService(service)
      || (build !== undefined && (project.developmentName(fileName(build.dockerfile)) || (build.target !== undefined && project.developmentName(build.target))))
      || args.some((each) => /requirements[/._-]?(dev|test|local)\w*\.|^(\w+=)?(dev|development|test|local)$|(^|=)\w*(NODE_ENV|APP_ENV)\w*=dev/i.test(each.value))
      || commands.some((command) => command.words.some((word) => /[._-]dev\b|\bdev[._-]?(server|entrypoint|start)/.test(fileName(word))));
  });
}

/** A command that serves one developer: `runserver`, `--reload`, `flask run`, `fastapi dev`, `npm run dev`. */
export function servesDevelopers({ words }: Command): boolean {
  const names = words.map(fileName);
  const follows = (first: string, second: RegExp) => { const at = names.indexOf(first); return at >= 0 && names.slice(at + 1).some((word) => second.test(word)); };
  return names.includes('runserver') || names.includes('runserver_plus') || words.includes('--reload') || follows('flask', /^run$/) || follows('fastapi', /^dev$/) || names.includes('nodemon')
    || (/^(npm|yarn|pnpm|bun)$/.test(names[0] ?? '') && names.some((word) => /^(dev|start:dev|watch)$/.test(word)));
}

// ---- what is said

/** The value of a key (`restart`, `depends_on.db.condition`) by the strongest file that has one. */
export function saidOf({ layers }: Deployed, key: string): (Leaf & Layer) | undefined {
  for (const layer of layers) {
    const leaf = layer.service.entries.findLast((each) => each.key === key);
    if (leaf) return { ...leaf, ...layer };
  }
  return undefined;
}

/** The policy by which a service comes back after it stopped; undefined where it stays down. */
export function restarts(deployed: Deployed): (Leaf & Layer) | undefined {
  const said = saidOf(deployed, 'restart');
  if (said) return /^["']?no["']?$/i.test(said.value) || said.value === 'false' ? undefined : said;
  return deployed.layers.flatMap((layer) => layer.service.entries.filter((each) => each.key.startsWith('deploy.restart_policy') && each.value !== 'none').map((each) => ({ ...each, ...layer })))[0];
}

/** Layers down to the first that says that those under it do not count. */
function counting(layers: readonly Layer[], key: string): readonly Layer[] {
  const last = layers.findIndex((each) => each.service.resets.includes(key));
  return last < 0 ? layers : layers.slice(0, last + 1);
}

/** Ports of all layers: compose joins the lists. */
export function portsOf({ layers }: Deployed): readonly Port[] {
  return counting(layers, 'ports').flatMap((layer) => layer.service.ports.flatMap((port): readonly Port[] => {
    const parts = /^(?:(?<host>\[[^\]]*\]|\$\{[^}]*\}|[^:[\]]*[.a-z][^:[\]]*):)?(?:(?<published>\$\{[^}]*\}|[^:]*):)?(?<target>\$\{[^}]*\}|[^:/]+)(?:\/\w+)?$/i.exec(port.text.trim())?.groups;
    if (!parts?.target) return [];
    // `${PORT}:8000` is a port, not an address.
    const { host, published, target } = parts.host !== undefined && parts.published === undefined && !/^(\[|\d+\.|localhost)/.test(parts.host) ? { host: undefined, published: parts.host, target: parts.target } : { host: parts.host, published: parts.published, target: parts.target };
    return [{ ...layer, target, text: port.text, at: port.at, ...(host && { host }), ...(published && { published }) }];
  }));
}

/** Only this machine, or no network at all, reaches it; an address that a variable gives counts as one of somebody's choice. */
export function isLocalPort({ host }: Port): boolean {
  return host !== undefined && !/^(0\.0\.0\.0|\[::\]|\[0:0:0:0:0:0:0:0\]|\$\{[^}]*:?-0\.0\.0\.0\})$/.test(host);
}

export function mountsOf({ layers }: Deployed): readonly Mount[] {
  return counting(layers, 'volumes').flatMap((layer) => layer.service.volumes.flatMap((volume): readonly Mount[] => {
    const text = volume.text.replace(/\$\{[^}]*\}/g, (one) => one.replace(/:/g, '\u0001'));
    const parts = text.split(':').map((part) => part.replace(/\u0001/g, ':'));
    const [first = '', second] = parts;
    const options = parts[2] ?? '';
    const target = second === undefined ? first : second;
    return [{ ...layer, ...(second !== undefined && { source: first }), target: target.replace(/(?<=.)\/+$/, ''), readOnly: /(^|,)ro(,|$)/.test(options), text: volume.text, at: volume.at }];
  }));
}

/** Variables of all layers, the strongest of each name. */
export function variablesOfService({ layers }: Deployed): readonly (Layer & { readonly pair: Pair })[] {
  const found = new Map<string, Layer & { readonly pair: Pair }>();
  for (const layer of layers) for (const pair of layer.service.environment) if (!found.has(pair.name)) found.set(pair.name, { ...layer, pair });
  return [...found.values()];
}

/** The Dockerfile a service is built from, where it is in the project. */
export function dockerfileOf({ layers }: Deployed, project: Project): Dockerfile | undefined {
  const build = layers.find((each) => each.service.build)?.service.build;
  const unit = build && project.unit(build.dockerfile);
  return unit?.kind === 'dockerfile' ? unit : undefined;
}

/** Work that ends: migrations, seeds, backups, what prepares folders or buckets for others. */
export function isOneShot({ service, layers }: Deployed, all: readonly Deployed[]): boolean {
  const words = layers.flatMap((each) => each.service.commands.flatMap((command) => command.words));
  return /(^|[-_])(migrat\w*|init\w*|seed\w*|setup|backup|restore|fixtures?|prestart|bootstrap|createbuckets?|create[-_]\w+|certbot|permissions?|build(er)?|assets|collectstatic|provision\w*|wait\w*|import|export)($|[-_])/i.test(service.name)
    || words.some((word) => /^(migrate|collectstatic|chown|chmod|createsuperuser|loaddata|seed|pg_dump|mysqldump)$/.test(fileName(word)) && !words.some((each) => /^(gunicorn|uvicorn|uwsgi|daphne|hypercorn|runserver|celery)$/.test(fileName(each))))
    || /\b(db upgrade|upgrade head)\b/.test(words.join(' ')) && !words.some((each) => /^(gunicorn|uvicorn|uwsgi|daphne|hypercorn|celery)$/.test(fileName(each)))
    || all.some((other) => other.layers.some((layer) => layer.service.entries.some((each) => each.key === `depends_on.${service.name}.condition` && each.value === 'service_completed_successfully')));
}

/** The compose files are what production runs: their services come back by themselves, and no platform or cluster starts the application. */
export function composeIsProduction(project: Project): boolean {
  return deployedServices(project).some((each) => restarts(each) !== undefined) && !project.production.some((unit) => unit.kind === 'platform' || unit.kind === 'kubernetes' || unit.kind === 'procfile');
}
