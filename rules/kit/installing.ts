/** Which manifests of Python packages production installs, by the commands that install them. */
import { fileName } from './edge';
import type { Command, Manifest, Stage } from './files';
import type { Place } from './place';
import type { Project } from './project';

export interface Installed {
  /** Manifests with those they take in, constraints among them. */
  readonly manifests: readonly Manifest[];
  /** The command that installs them; absent where only their name says that they are production's. */
  readonly by?: Place;
}

/** A command of production, and the file it is in. */
interface Running { readonly command: Command; readonly path: string }

/** Commands of images, scripts and platforms that production is built with; stages for development and tests are left out. */
export function buildCommands(project: Project): readonly Running[] {
  return project.once('buildCommands', () => project.production.flatMap((unit): Running[] => {
    const of = (commands: readonly Command[]) => commands.map((command) => ({ command, path: unit.path }));
    switch (unit.kind) {
      case 'dockerfile': return unit.stages.filter((stage) => !isAside(stage, project)).flatMap((stage) => stage.instructions.filter((each) => each.keyword === 'RUN').flatMap((each) => of(each.commands)));
      case 'shell': return of(unit.commands);
      case 'platform': return unit.commands.flatMap((each) => of(each.commands));
      case 'procfile': return unit.processes.flatMap((each) => of(each.commands));
      default: return [];
    }
  }));
}

function isAside(stage: Stage, project: Project): boolean {
  return stage.name !== undefined && project.developmentName(stage.name);
}

/** What production installs from requirements files. */
export function installedRequirements(project: Project): Installed {
  return project.once('installedRequirements', () => {
    const all = project.of('manifest').filter((each) => each.ecosystem === 'python' && !each.lock && (each.format === 'requirements' || each.format === 'constraints'));
    for (const { command, path } of buildCommands(project)) {
      const names = requirementFiles(command);
      const found = names.flatMap((name) => all.filter((each) => `/${each.path}`.endsWith(`/${name.replace(/^(\.\/|\/(app|src|code|srv|tmp|usr\/src\/app)\/)/, '')}`) || fileName(each.path) === fileName(name)).sort((a, b) => closeness(b.path, path) - closeness(a.path, path)).slice(0, 1));
      if (found.length > 0) return { manifests: withIncluded(found, project), by: { path, ...command.at } };
    }
    const usual = all.filter((each) => each.format === 'requirements' && each.role === 'production' && !each.packages.every((one) => one.dev) && /(^|\/)(requirements(\.txt|[/_-](prod|production|base)\.txt)|(prod|production)[_-]requirements\.txt)$/.test(each.path)).sort((a, b) => a.path.split('/').length - b.path.split('/').length || a.path.length - b.path.length);
    const heroku = project.production.find((unit) => unit.kind === 'procfile' || (unit.kind === 'platform' && /heroku|appengine|render/.test(unit.platform)));
    const [first] = usual;
    return first ? { manifests: withIncluded([first], project), ...(heroku && first.path === 'requirements.txt' && { by: { path: heroku.path, start: 0, end: 0 } }) } : { manifests: [] };
  });
}

/** Folders that two paths share. */
function closeness(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  let count = 0;
  while (count < left.length - 1 && left[count] === right[count]) count++;
  return count;
}

/** `pip install -r requirements.txt`, `uv pip install --requirement=x.txt`. */
function requirementFiles({ words }: Command): readonly string[] {
  if (!words.some((each) => /(^|\/)(pip3?(\.\d+)?|uv)$/.test(each)) || !words.some((each) => each === 'install' || each === 'wheel' || each === 'sync')) return [];
  return words.flatMap((word, index) => {
    if (word === '-r' || word === '--requirement') return words[index + 1] ?? [];
    const glued = /^(?:-r|--requirement=)(.+)$/.exec(word)?.[1];
    return glued ?? (word.endsWith('.txt') && words.includes('sync') ? word : []);
  });
}

function withIncluded(manifests: readonly Manifest[], project: Project): readonly Manifest[] {
  const found = new Map<string, Manifest>();
  const add = (each: Manifest) => {
    if (found.has(each.path)) return;
    found.set(each.path, each);
    for (const { path } of each.includes) { const unit = project.unit(path); if (unit?.kind === 'manifest') add(unit); }
  };
  for (const each of manifests) add(each);
  return [...found.values()];
}

/** Packages that a command installs, or builds to be installed, by name: `pip install flask gunicorn==22.0`. */
export function namedPackages({ words, wordsAt }: Command): readonly { readonly text: string; readonly at: { readonly start: number; readonly end: number } }[] {
  const pip = words.findIndex((each) => /(^|\/)pip3?(\.\d+)?$/.test(each));
  if (pip < 0 || !/^(install|wheel|download)$/.test(words[pip + 1] ?? '') || words.some((each) => /^(-t|--target|--user|-e|--editable)$/.test(each))) return [];
  return words.flatMap((word, index) => {
    const at = wordsAt[index];
    if (index < pip + 2 || !at || /^(-r|-c|--requirement|--constraint|--index-url|-i|--extra-index-url|-f|--find-links|--prefix|--timeout|--retries|--cache-dir|--wheel-dir|-w|--dest|-d|--trusted-host|--no-binary|--only-binary|--root-user-action)$/.test(words[index - 1] ?? '')) return [];
    return /^[A-Za-z][\w.-]*(\[[\w,-]+\])?([=<>~!].*)?$/.test(word) ? [{ text: word, at }] : [];
  });
}
