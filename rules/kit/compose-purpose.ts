/** What compose files are there for: which of their services are made of the project's own images, and whether they start the application at all. */
import { isInfrastructure } from './container';
import { fileName } from './edge';
import type { Compose, Dockerfile, Service } from './files';
import type { Project } from './project';
import type { Variation } from './rule';
import { deployedServices, dockerfileOf } from './services';

/** Services that production builds from this Dockerfile: what names the build first, then what is laid over it. Those of files for developers are left out. */
export function servicesOf(file: Dockerfile, project: Project): readonly Service[] {
  const found = deployedServices(project).filter((each) => dockerfileOf(each, project) === file).flatMap(({ layers }) => {
    const built = layers.findIndex(({ service }) => service.build !== undefined);
    return layers.slice(0, built + 1).map(({ service }) => service);
  });
  return [...found.filter((each) => each.build), ...found.filter((each) => !each.build)];
}

/** Services that are neither datastores nor other people's tools. */
export function ownServices(unit: Compose): readonly Service[] {
  return unit.services.filter((each) => !isInfrastructure(each.image ?? '') && (each.build !== undefined || each.image !== undefined));
}

/**
 * A lower grade for faults of a compose file that gives developers their databases: it is not named for production, no compose file starts the
 * application, and the application is here and is started by something else. Undefined where the file may be what production runs.
 */
export function besideTheApplication(unit: Compose, project: Project): Variation | undefined {
  const aside = project.once('compose starts no application', () => isHere(project) && project.of('compose').every((each) => isDevelopmentContainer(each.path) || ownServices(each).length === 0));
  return aside && !/prod|deploy/i.test(fileName(unit.path)) ? { severity: 'low', points: 2, because: 'the file starts databases and no application: it is for developers, as far as can be seen' } : undefined;
}

function isDevelopmentContainer(path: string): boolean {
  return /(^|\/)\.(devcontainer|vscode|gitpod|codespaces)\//.test(path);
}

function isHere(project: Project): boolean {
  return project.applications.length > 0 || project.of('dockerfile').length > 0 || project.of('procfile').length > 0;
}
