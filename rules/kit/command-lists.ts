/** Commands that run one after another in one shell, wherever a repository writes them. */
import { fileName } from './edge';
import type { Command, Kind, Unit } from './files';
import type { Project } from './project';

/** Commands of one script, step, target or instruction, in their order. */
export interface CommandList {
  readonly unit: Unit;
  readonly commands: readonly Command[];
  /** What people call it: `deploy.sh`, `make deploy`, `the RUN instruction`. */
  readonly name: string;
}

/** Kinds of files that hold commands. */
export const COMMAND_KINDS: readonly Kind[] = ['shell', 'dockerfile', 'workflow', 'pipeline', 'compose', 'procfile', 'crontab', 'ini', 'platform', 'plain', 'manifest'];

/** Everything a file runs. In a Dockerfile and in a Makefile's target the shell starts anew with every line; a target is taken whole all the same. */
export function commandLists(unit: Unit): readonly CommandList[] {
  const list = (name: string, commands: readonly Command[]): readonly CommandList[] => commands.length > 0 ? [{ unit, commands, name }] : [];
  switch (unit.kind) {
    case 'shell': return list(fileName(unit.path), unit.commands);
    case 'dockerfile': return unit.stages.flatMap((stage) => stage.instructions.flatMap((each) => list(`the ${each.keyword} instruction`, each.commands)));
    case 'workflow': return unit.jobs.flatMap((job) => job.steps.flatMap((step) => list(`job ${job.id}`, step.commands)));
    case 'pipeline': return unit.commands.flatMap((each) => list(each.job === '' ? fileName(unit.path) : `job ${each.job}`, each.commands));
    case 'compose': return unit.services.flatMap((service) => list(`service ${service.name}`, service.commands));
    case 'procfile': return unit.processes.flatMap((each) => list(`process ${each.name}`, each.commands));
    case 'crontab': return unit.jobs.flatMap((each) => list(fileName(unit.path), each.commands));
    case 'ini': return unit.sections.flatMap((section) => list(section.name, section.commands));
    case 'platform': return unit.commands.flatMap((each) => list(each.key, each.commands));
    case 'plain': return unit.targets?.flatMap((target) => list(`${/justfile/i.test(fileName(unit.path)) ? 'just' : 'make'} ${target.name}`, target.commands)) ?? [];
    case 'manifest': return unit.scripts.flatMap((each) => list(`script ${each.name}`, each.commands));
    default: return [];
  }
}

/** Tools of one developer and of tests, by the names of their files and folders. */
export function isForDevelopers(path: string, project: Project): boolean {
  return project.developmentName(path) || /(^|\/)\.(devcontainer|vscode|husky|githooks|codespaces)\//.test(path) || /playwright|cypress|selenium|vagrant|(^|[/_.-])(e2e|lint|format|examples?|samples?)([/_.-]|$)/i.test(path);
}

/** Programs that start another with the rest of their words, and their options that take a value. */
const PREFIX: Readonly<Record<string, RegExp>> = {
  sudo: /^-[ugphCDRTU]$/, doas: /^-[Cu]$/, env: /^-[uC]$/, nice: /^-n$/, ionice: /^-[cnp]$/, stdbuf: /^-[ioe]$/, 'xvfb-run': /^-[efnpsw]$/,
  exec: /^-a$/, time: /^-[fo]$/, nohup: /^(?!)/, command: /^(?!)/,
};

/** The words of a command from its program on: without `sudo -E`, `env X=1` and their like. The program's folder is kept. */
export function programWords(command: Pick<Command, 'words'>): readonly string[] {
  return command.words.slice(programIndex(command));
}

/** Where the program stands among a command's words. */
export function programIndex({ words }: Pick<Command, 'words'>): number {
  let at = 0;
  for (;;) {
    const name = fileName(words[at] ?? '');
    const valued = Object.hasOwn(PREFIX, name) ? PREFIX[name] : undefined;
    if (!valued) return at;
    for (at += 1; /^-|^\w+=/.test(words[at] ?? ''); at += 1) if (valued.test(words[at] ?? '')) at += 1;
  }
}

/** The program's plain name, empty for assignments alone. */
export function programOf(command: Command): string {
  return fileName(programWords(command)[0] ?? '');
}
