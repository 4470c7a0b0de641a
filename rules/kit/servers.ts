/** Servers of Python applications, by which word, variable or file each is told how many processes it starts, and the commands that start them. */
import { baseImage, isInfrastructure, ownCommands, starts } from './container';
import { servicesOf } from './compose-purpose';
import { shippedStages } from './published';
import { fileName } from './edge';
import type { Command, Service, Stage, Unit } from './files';
import type { Span } from './place';
import type { Project } from './project';
import { deployedServices } from './services';

export interface Server {
  readonly options: readonly string[];
  readonly variables: readonly string[];
  /** A word that must follow: `run` of `fastapi run`. */
  readonly command?: string;
  /** It starts one process, whatever it is told. */
  readonly single?: true;
}

export const SERVERS: Readonly<Record<string, Server>> = {
  gunicorn: { options: ['-w', '--workers'], variables: ['WEB_CONCURRENCY'] },
  uvicorn: { options: ['--workers'], variables: ['UVICORN_WORKERS', 'WEB_CONCURRENCY'] },
  fastapi: { options: ['--workers'], variables: ['WEB_CONCURRENCY'], command: 'run' },
  litestar: { options: ['-W', '--wc', '--web-concurrency'], variables: ['WEB_CONCURRENCY'], command: 'run' },
  hypercorn: { options: ['-w', '--workers'], variables: [] },
  granian: { options: ['--workers'], variables: ['GRANIAN_WORKERS'] },
  uwsgi: { options: ['-p', '--processes', '--workers'], variables: ['UWSGI_PROCESSES', 'UWSGI_WORKERS'] },
  sanic: { options: ['-w', '--workers'], variables: ['SANIC_WORKERS'] },
  'mod_wsgi-express': { options: ['--processes'], variables: [], command: 'start-server' },
  'waitress-serve': { options: [], variables: [], single: true },
  daphne: { options: [], variables: [], single: true },
};

/** Words that make what follows them an argument, not a start. */
const NO_START = /^(pip\d?|pipx|conda|apt|apt-get|apk|yum|dnf|brew|install|add|remove|systemctl|service|supervisorctl|pkill|killall|kill|pgrep|ps|which|command|type|hash|echo|printf|rm|cp|mv|ln|mkdir|touch|chown|chmod|test|\[|\[\[|cat|tail|grep|sed|awk|find|id|useradd|adduser|usermod|journalctl|logger|curl|wget|stop|restart|reload|status)$/;

/** The server that a command's words start, and where its arguments begin; undefined where they start none. */
export function serverIn(words: readonly string[]): { readonly name: string; readonly server: Server; readonly at: number; readonly args: readonly string[] } | undefined {
  const at = words.findIndex((word) => Object.hasOwn(SERVERS, fileName(word)));
  const name = fileName(words[at] ?? '');
  const server = SERVERS[name];
  if (!server || words.slice(0, at).some((word) => NO_START.test(fileName(word)))) return undefined;
  const args = words.slice(at + 1);
  return (server.command && !args.includes(server.command)) || /^(--version|--help|-h)$/.test(args[0] ?? '') ? undefined : { name, server, at, args };
}

/** The value of an option: `-w 4`, `-w4`, `--workers=4`. */
export function optionValue(args: readonly string[], names: readonly string[]): string | undefined {
  return optionAt(args, names)?.value;
}

/** The same with the index of the word it stands in, and where in that word it begins. */
export function optionAt(args: readonly string[], names: readonly string[]): { readonly value: string; readonly word: number; readonly from: number } | undefined {
  for (const [index, word] of args.entries()) {
    for (const name of names) {
      const next = args[index + 1];
      if (word === name) return next === undefined ? undefined : { value: next, word: index + 1, from: 0 };
      if (word.startsWith(`${name}=`)) return { value: word.slice(name.length + 1), word: index, from: name.length + 1 };
      if (/^-\w$/.test(name) && word.startsWith(name) && /^["']?[\d$]/.test(word.slice(2))) return { value: word.slice(2), word: index, from: 2 };
    }
  }
  return undefined;
}

/** A command by which production starts something that stays, where it stands, and whether a shell reads it. */
export interface Started {
  readonly path: string;
  readonly command: Command;
  /** `words`: a list of words; `shell`: a shell's line; `compose`: compose fills in variables itself; `systemd`: fills in names only. */
  readonly form: 'words' | 'shell' | 'compose' | 'systemd';
  /** Kind of its file. */
  readonly by: 'dockerfile' | 'compose' | 'procfile' | 'ini' | 'platform' | 'shell';
  /** A script that no other file starts: its name alone says what it is for. */
  readonly alone?: true;
}

/** What production starts: containers, services, processes, units and the scripts among the files production runs from. */
export function startedCommands(project: Project): readonly Started[] {
  return project.once('started commands', () => startedBy(project, namedScripts(project)));
}

function startedBy(project: Project, named: ReadonlySet<string>): readonly Started[] {
  return [
    ...project.production.filter((unit) => unit.role === 'production').flatMap((unit) => startedIn(unit, project, named)),
    ...deployedServices(project).flatMap((deployed) => deployed.layers.flatMap(({ file, service }) => service.commands.map((command): Started => ({ path: file.path, command, form: 'compose', by: 'compose' })))),
    ...project.of('shell').filter((unit) => unit.role === 'production' && !project.production.includes(unit) && /\.sh$/.test(unit.path) && named.has(fileName(unit.path)))
      .flatMap((unit) => unit.commands.map((command): Started => ({ path: unit.path, command, form: 'shell', by: 'shell' }))),
  ];
}

function startedIn(unit: Unit, project: Project, named: ReadonlySet<string>): readonly Started[] {
  const of = (commands: readonly Command[], form: Started['form'], by: Started['by']) => commands.map((command) => ({ path: unit.path, command, form, by }));
  switch (unit.kind) {
    case 'dockerfile': {
      const services = servicesOf(unit, project);
      const chain = shippedStages(unit, project);
      // Where every service that is made of it starts something else, what the image starts is nobody's.
      if (isInfrastructure(baseImage(chain)) || (services.length > 0 && services.every((each) => each.command !== undefined || each.entrypoint !== undefined))) return [];
      return starts(chain).flatMap((one) => of(one.commands, one.exec && one.commands.length === 1 ? 'words' : 'shell', 'dockerfile'));
    }
    case 'procfile': return unit.processes.filter((each) => each.name !== 'release').flatMap((each) => of(each.commands, 'shell', 'procfile'));
    case 'ini': return unit.sections.filter((each) => each.name === 'Service').flatMap((each) => of(each.commands, 'systemd', 'ini'));
    case 'platform': return unit.commands.filter((each) => !/dev|install|build|release|deploy/i.test(each.key)).flatMap((each) => of(each.commands, 'shell', 'platform'));
    case 'shell': return of(unit.commands, 'shell', 'shell').map((each) => named.has(fileName(unit.path)) ? each : { ...each, alone: true as const });
    default: return [];
  }
}

/** Names of scripts that containers, services, processes and units start. */
function namedScripts(project: Project): ReadonlySet<string> {
  const commands = project.production.flatMap((unit): readonly Pick<Command, 'words'>[] => {
    switch (unit.kind) {
      case 'dockerfile': return namedByImage(shippedStages(unit, project), servicesOf(unit, project));
      case 'compose': return unit.services.flatMap((each) => each.commands);
      case 'procfile': return unit.processes.flatMap((each) => each.commands);
      case 'ini': return unit.sections.flatMap((each) => each.commands);
      case 'platform': return unit.commands.flatMap((each) => each.commands);
      default: return [];
    }
  });
  return new Set(commands.flatMap((each) => each.words.map(fileName)));
}

/** What an image starts, and what a script was called before it was copied: `COPY docker/entry.sh /run.sh`. */
function namedByImage(chain: readonly Stage[], services: readonly Service[]): readonly Pick<Command, 'words'>[] {
  const started = ownCommands(chain, services);
  const names = new Set(started.flatMap((each) => each.words.map(fileName)));
  const copies = chain.flatMap((stage) => stage.instructions).filter((each) => each.keyword === 'COPY').map((each) => each.exec ?? each.text.split(/\s+/)).filter((words) => words.length === 2 && names.has(fileName(words[1] ?? '')));
  return [...started, ...copies.map((words) => ({ words }))];
}

/** The commands among them that start a server. */
export function startedServers(project: Project): readonly (Started & { readonly server: string; readonly at: number; readonly args: readonly string[] })[] {
  return startedCommands(project).flatMap((each) => {
    const found = serverIn(each.command.words);
    return found ? [{ ...each, server: found.name, at: found.at, args: found.args }] : [];
  });
}

/** The place of a part of a word of a command, quotes left out. */
export function placeInWord({ words, wordsAt, at }: Command, index: number, from: number): Span {
  const span = wordsAt[index] ?? at;
  const word = words[index] ?? '';
  const quote = span.end - span.start > word.length ? 1 : 0;
  return { start: span.start + quote + from, end: span.end - quote };
}
