/** Whether what a container writes is still there after the next one took its place. */
import { fileName } from './edge';
import { isInfrastructure } from './container';
import type { Datastore } from './datastores';
import type { Project } from './project';
import type { Deployed, Mount } from './services';
import { deployedServices, isOneShot, mountsOf, saidOf, variablesOfService } from './services';

/** The folder a datastore's image writes to, by its version and its variables; undefined where it keeps nothing. */
export function dataFolder({ service }: Deployed, store: Datastore): string | undefined {
  if (store.name !== 'PostgreSQL') return store.folders[0];
  return (postgresVersion(service.image) ?? 0) >= 18 ? '/var/lib/postgresql' : store.folders[0];
}

function postgresVersion(image: string | undefined): number | undefined {
  const found = /(?:^|\/)postgres:(\d+)/.exec(image ?? '')?.[1];
  return found === undefined ? undefined : Number(found);
}

/** What keeps a datastore's data: a volume with a name, or a folder of the host. */
export function keptBy(deployed: Deployed, store: Datastore): Mount | undefined {
  const moved = variablesOfService(deployed).filter(({ pair }) => /^(PGDATA|MYSQL_DATADIR|MONGO_DATA|MINIO_VOLUMES)$/.test(pair.name)).flatMap(({ pair }) => pair.value ?? []);
  const version = postgresVersion(deployed.service.image);
  // Up to 17 the image declares a volume of its own under the folder above: what is mounted there stays empty.
  const folders = store.name === 'PostgreSQL' && version !== undefined && version < 18 && moved.length === 0 ? store.folders.filter((each) => each !== '/var/lib/postgresql') : [...moved, ...store.folders];
  return mountsOf(deployed).find((mount) => mount.source !== undefined && (mount.target.includes('$') || folders.some((folder) => covers(mount.target, folder, moved.length > 0))));
}

function covers(target: string, folder: string, any: boolean): boolean {
  return target === folder || target.startsWith(`${folder}/`) || (any && folder.startsWith(`${target}/`));
}

/** Somebody wants it to be lost: a folder in memory. */
export function isThrownAway(deployed: Deployed): boolean {
  return deployed.layers.some(({ service }) => service.entries.some((each) => /^tmpfs(\.|$)/.test(each.key) || (/^volumes\.\d+\.type$/.test(each.key) && each.value === 'tmpfs')));
}

/** A cache is kept where its command says so. */
export function wantsKept(deployed: Deployed, store: Datastore): boolean {
  if (!store.cache) return true;
  const words = deployed.layers.flatMap(({ service }) => service.commands.flatMap((command) => command.words));
  const after = (option: string) => words[words.indexOf(option) + 1];
  return words.includes('--appendonly') && /^["']?yes/.test(after('--appendonly') ?? '');
}

/** Services of the application, none of which has a place that lasts; undefined where one has, or may have. */
export function forgetful(project: Project): Deployed | undefined {
  const all = deployedServices(project);
  const own = all.filter((each) => (each.service.build || !isInfrastructure(each.service.image ?? '')) && !isOneShot(each, all));
  const lasting = own.some((each) => !each.whole || mountsOf(each).some((mount) => !mount.readOnly && !/docker\.sock$|\.\w+$/.test(fileName(mount.target))) || saidOf(each, 'volumes_from.0'));
  return lasting ? undefined : own.find((each) => each.service.build) ?? own[0];
}
