/** What an image is built from: the folder that is sent to the builder, what keeps files out of it, and what is taken from it. */
import { fileName } from './edge';
import { lineage } from './container';
import type { Dockerfile, Ignore, Instruction } from './files';
import type { Project } from './project';
import { resolvedPath } from './services';

export interface BuildContext {
  readonly file: Dockerfile;
  /** Empty for the root of the project. */
  readonly folder: string;
  /** `<Dockerfile>.dockerignore`, else the `.dockerignore` of the folder. */
  readonly ignore: Ignore | undefined;
  /** Instructions that copy all of it into the image. */
  readonly whole: readonly Instruction[];
}

/** The context of every Dockerfile of production. */
export function buildContexts(project: Project): readonly BuildContext[] {
  return project.once('build contexts', () => project.production.flatMap((file) => {
    if (file.kind !== 'dockerfile' || file.role !== 'production' || !file.whole) return [];
    const service = project.production.flatMap((unit) => unit.kind === 'compose' ? unit.services.filter((each) => each.build?.dockerfile === file.path) : [])[0];
    const folder = service?.build?.context ?? folderOf(file, project);
    const named = [`${file.path}.dockerignore`, folder === '' ? '.dockerignore' : `${folder}/.dockerignore`].map((path) => project.unit(path));
    const ignore = named.find((unit): unit is Ignore => unit?.kind === 'ignore');
    const chain = lineage(file, service?.build?.target);
    return [{ file, folder, ignore, whole: chain.flatMap((stage) => stage.instructions.filter((each) => copiesAll(each))) }];
  }));
}

function copiesAll({ keyword, flags, text, exec }: Instruction): boolean {
  if ((keyword !== 'COPY' && keyword !== 'ADD') || flags.from !== undefined || flags.exclude !== undefined) return false;
  return (exec ?? text.split(/\s+/)).slice(0, -1).some((word) => /^\.?\/?\*?$/.test(word) && word !== '');
}

/** Paths that instructions take from the context, as written. */
export function copiedSources(file: Dockerfile): readonly string[] {
  return file.stages.flatMap((stage) => stage.instructions.flatMap((each) => {
    const mounts = [...(each.flags.mount ?? '').matchAll(/(?:^|[, ])(?:source|src)=([^, ]+)/g)].map((one) => one[1] ?? '');
    if ((each.keyword !== 'COPY' && each.keyword !== 'ADD') || each.flags.from !== undefined || each.text.startsWith('<<')) return mounts;
    return [...mounts, ...(each.exec ?? each.text.split(/\s+/)).slice(0, -1)];
  }));
}

/** Where nothing names the context: the folder in which what is copied is found, the Dockerfile's own first. */
function folderOf(file: Dockerfile, project: Project): string {
  const own = file.path.slice(0, Math.max(file.path.lastIndexOf('/'), 0));
  const sources = copiedSources(file).filter((each) => !/^\.?\/?\*?$/.test(each) && !/[*$?[]|:\/\//.test(each)).map((each) => each.replace(/^\.?\//, '').replace(/\/$/, ''));
  const found = (folder: string) => sources.filter((each) => {
    const path = folder === '' ? each : `${folder}/${each}`;
    return project.paths.includes(path) || project.paths.some((one) => one.startsWith(`${path}/`));
  }).length;
  if (own === '') return '';
  if (sources.length > 0) return found(own) >= found('') && found(own) > 0 ? own : '';
  return /^(\.?docker|deploy\w*|build|containers?|ops|infra|\.devops)$/.test(fileName(own)) ? '' : own;
}

/** Whether a path of the context (relative to it) is kept out, as Docker reads its patterns: by itself or by a folder around it. */
export function isKeptOut(path: string, patterns: Ignore['patterns']): boolean {
  const parts = path.split('/');
  const names = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  let out = false;
  for (const { pattern, negated } of patterns) {
    const matches = expression(pattern);
    if (names.some((name) => matches.test(name))) out = !negated;
  }
  return out;
}

function expression(pattern: string): RegExp {
  const plain = pattern.trim().replace(/^\.?\//, '').replace(/\/+$/, '');
  const source = plain.replace(/[.+^${}()|\\]/g, '\\$&').replace(/\*\*\/|\*\*|\*|\?/g, (sign) => sign === '**/' ? '(?:.*/)?' : sign === '**' ? '.*' : sign === '*' ? '[^/]*' : '[^/]');
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return /^(?!)/;
  }
}

/** A path of the context, from the root of the project on. */
export function inContext({ folder }: Pick<BuildContext, 'folder'>, path: string): string {
  return resolvedPath(folder === '' ? 'x' : `${folder}/x`, path) ?? path;
}
