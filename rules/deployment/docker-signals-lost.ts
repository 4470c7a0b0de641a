import type { Command, Dockerfile, Instruction, Project, Selector, Shell, Span, Stage } from '../kit';
import { baseImage, deployedServices, effective, fileName, isInfrastructure, ownCommands, replace, rule, saidOf, servicesOf, shippedStages } from '../kit';

/** What starts a process that should be stopped by a signal. */
type Start =
  | { readonly kind: 'instruction'; readonly file: Dockerfile; readonly instruction: Instruction; readonly command: Command; readonly lost: 'shell' | 'npm' | undefined }
  | { readonly kind: 'script'; readonly script: Shell; readonly command: Command; readonly lost: boolean };

export default rule<Start>({
  id: 'docker-signals-lost',
  title: 'The server process receives stop signals',
  severity: 'low', points: 2, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'On every deploy the container waits for the kill timeout, and running requests are cut. Clean-up code never runs.',
  how: 'Start the server with exec, so that it is process 1.',
  links: ['https://docs.docker.com/reference/dockerfile/#shell-form-entrypoint-example', 'https://12factor.net/disposability'],
  anchors: ['hadolint DL3025', 'semgrep prefer-json-notation'],

  on: startsOf(),
  check: (start) => start.lost !== undefined && start.lost !== false,
  message(start) {
    const program = programOf(start.command);
    if (start.kind === 'script') return `${fileName(start.script.path)} starts ${program} without exec: the shell stays process 1 and keeps the stop signal.`;
    return start.lost === 'npm' ? `${start.command.words.slice(0, 2).join(' ')} stands between Docker and the server, and does not hand the stop signal on.` : `${start.instruction.keyword} starts ${program} through a shell, which keeps the stop signal.`;
  },
  underline: (start) => start.kind === 'script' ? start.command.at : start.instruction.at,
  holds: (start) => start.kind === 'script' ? `exec ${programOf(start.command)}` : `${start.instruction.keyword} starts ${programOf(start.command)} without a shell`,
  nothing: 'No container that is described here starts a server.',

  fix: {
    title: 'Start it with exec', safety: 'safe',
    edit: (start) => {
      if (start.kind === 'script') return [replace({ start: start.command.at.start, end: start.command.at.start }, 'exec ')];
      return start.lost === 'shell' ? written(start.instruction, start.command) : undefined;
    },
  },

  examples: () => ({
    'the shell form': {
      bad: { Dockerfile: 'FROM python:3.12-slim\nCMD gunicorn app:app\n' },
      good: { Dockerfile: 'FROM python:3.12-slim\nCMD ["gunicorn", "app:app"]\n' },
    },
    'the shell form with a variable': {
      bad: { Dockerfile: 'FROM python:3.12-slim\nCMD gunicorn --bind 0.0.0.0:$PORT app:app\n' },
      good: { Dockerfile: 'FROM python:3.12-slim\nCMD exec gunicorn --bind 0.0.0.0:$PORT app:app\n' },
    },
    'after other commands': {
      bad: { Dockerfile: 'FROM python:3.12-slim\nCMD flask db upgrade && gunicorn app:app\n' },
      good: { Dockerfile: 'FROM python:3.12-slim\nCMD flask db upgrade && exec gunicorn app:app\n' },
    },
    'a shell in the JSON form': { bad: { Dockerfile: 'FROM python:3.12-slim\nCMD ["sh", "-c", "gunicorn --bind 0.0.0.0:$PORT app:app"]\n' } },
    'an entry script': {
      bad: { Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nENTRYPOINT ["./entrypoint.sh"]\n', 'entrypoint.sh': '#!/bin/sh\nset -e\nflask db upgrade\ngunicorn app:app\n' },
      good: { Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nENTRYPOINT ["./entrypoint.sh"]\n', 'entrypoint.sh': '#!/bin/sh\nset -e\nflask db upgrade\nexec gunicorn app:app\n' },
    },
    'npm': { bad: { Dockerfile: 'FROM node:22-slim\nCOPY . .\nCMD ["npm", "start"]\n' } },
    'the JSON form': { good: { Dockerfile: 'FROM python:3.12-slim\nCMD ["gunicorn", "app:app"]\n' } },
    'exec': { good: { Dockerfile: 'FROM python:3.12-slim\nCMD exec gunicorn --bind 0.0.0.0:$PORT app:app\n', 'b/Dockerfile': 'FROM python:3.12-slim\nCMD ["sh", "-c", "flask db upgrade && exec gunicorn app:app"]\n' } },
    'a process that hands signals on': { good: { Dockerfile: 'FROM python:3.12-slim\nENTRYPOINT ["tini", "--"]\nCMD gunicorn app:app\n' } },
    'bash, which gives way to a lone command': { good: { Dockerfile: 'FROM python:3.12-slim\nSHELL ["/bin/bash", "-c"]\nCMD gunicorn app:app\n' } },
    'compose starts it with a process that hands signals on': { good: { Dockerfile: 'FROM python:3.12-slim\nCMD gunicorn app:app\n', 'docker-compose.yml': 'services:\n  web:\n    build: .\n    init: true\n' } },
    'a script that hands the signal on, and one that gives way': { good: { Dockerfile: 'FROM python:3.12-slim\nENTRYPOINT ["./a.sh"]\n', 'a.sh': '#!/bin/bash\ngunicorn app:app &\npid=$!\ntrap "kill -TERM $pid" TERM\nwait $pid\n', 'b/Dockerfile': 'FROM python:3.12-slim\nENTRYPOINT ["/b.sh"]\nCMD ["gunicorn", "app:app"]\n', 'b/b.sh': '#!/bin/sh\nset -e\nflask db upgrade\nexec "$@"\n' } },
    'a script that nothing starts': { good: { 'scripts/start.sh': '#!/bin/sh\ngunicorn app:app\n', Procfile: 'web: gunicorn app:app\n' } },
    'work that ends': { good: { Dockerfile: 'FROM python:3.12-slim\nCMD python manage.py migrate\n' } },
    'a health check': { good: { Dockerfile: 'FROM python:3.12-slim\nHEALTHCHECK CMD curl -f http://localhost/ || exit 1\nCMD ["gunicorn", "app:app"]\n' } },
  }),
});

const SERVERS = /^(gunicorn|uvicorn|hypercorn|daphne|waitress-serve|uwsgi|granian|celery|rq|dramatiq|huey_consumer(\.py)?|arq|node|nodejs|supervisord|fastapi|flask|streamlit|hypercorn)$/;
const RUNNERS = /^(poetry|pipenv|uv|pdm|hatch|ddtrace-run|newrelic-admin|opentelemetry-instrument|env|python[\d.]*|run|-m|run-program|--)$/;
const INIT = /^(tini|tini-static|dumb-init|catatonit|s6-svscan|init|my_init|docker-init|supervisord|pid1)$/;

/** The server among the first words of a command, behind the programs that start it. */
function programOf({ words }: Command): string {
  const names = words.map(fileName).filter((word) => word !== 'exec');
  const first = names.findIndex((word) => !RUNNERS.test(word));
  return names[first] ?? names[0] ?? '';
}

function isServer(command: Command): boolean {
  const name = programOf(command);
  if (name === 'flask' || name === 'fastapi') return command.words.includes('run');
  return SERVERS.test(name) || (/\.py$/.test(name) && /^python/.test(fileName(command.words.find((word) => word !== 'exec') ?? '')) && !/manage\.py$|migrat|seed|init|setup|wait|ping|check|create|load|pre_?start/i.test(name));
}

function startsOf(): Selector<Start> {
  return {
    kinds: ['dockerfile', 'shell'], callees: [],
    *select(unit, project) {
      if (unit.role !== 'production') return;
      if (unit.kind === 'dockerfile' && project.production.some((each) => each.path === unit.path)) yield* inImage(unit, project);
      if (unit.kind === 'shell' && entryScripts(project).has(unit)) yield* inScript(unit);
    },
  };
}

interface Image { readonly file: Dockerfile; readonly chain: readonly Stage[]; readonly commands: readonly Command[] }

/** Images of the application that no process in front hands signals on for. */
function images(project: Project): readonly Image[] {
  return project.once('images that stop by a signal', () => project.production.flatMap((file): readonly Image[] => {
    if (file.kind !== 'dockerfile' || file.role !== 'production' || !file.whole) return [];
    const services = servicesOf(file, project);
    const chain = shippedStages(file, project);
    const commands = ownCommands(chain, services);
    const deployed = deployedServices(project).filter((each) => each.service.build?.dockerfile === file.path);
    const handed = (deployed.length > 0 && deployed.every((each) => saidOf(each, 'init')?.value === 'true')) || commands.some((command) => command.words.some((word) => INIT.test(fileName(word))));
    return handed || isInfrastructure(baseImage(chain)) ? [] : [{ file, chain, commands }];
  }));
}

function* inImage(file: Dockerfile, project: Project): Iterable<Start> {
  const image = images(project).find((each) => each.file === file);
  if (!image) return;
  const entry = effective(image.chain, 'ENTRYPOINT');
  const instruction = entry && !entry.exec ? entry : effective(image.chain, 'CMD') ?? entry;
  if (!instruction || !image.chain.some((stage) => stage.instructions.includes(instruction)) || (entry?.exec && instruction !== entry && !instruction.exec)) return;
  const last = instruction.commands.at(-1);
  if (!last) return;
  const lone = instruction.commands.filter((each) => each.depth === last.depth).length === 1;
  const bash = /bash/.test(effective(image.chain, 'SHELL')?.text ?? '') || (instruction.exec !== undefined && /bash$/.test(instruction.exec[0] ?? ''));
  if (instruction.exec && last.depth === 0) {
    const npm = /^(npm|yarn|pnpm)$/.test(fileName(last.words[0] ?? '')) && last.words.some((word) => /^(start|run)$/.test(word)) && !last.words.some((word) => /dev|build|test/.test(word));
    if (npm || isServer(last)) yield { kind: 'instruction', file, instruction, command: last, lost: npm ? 'npm' : undefined };
    return;
  }
  if (!isServer(last)) return;
  const gives = last.words[0] === 'exec' || (bash && lone && last.assignments.length === 0);
  yield { kind: 'instruction', file, instruction, command: last, lost: gives ? undefined : 'shell' };
}

/** Scripts that a container starts as its first process. */
function entryScripts(project: Project): ReadonlySet<Shell> {
  return project.once('entry scripts', () => {
    const found = new Set<Shell>();
    for (const { chain, commands } of images(project)) {
      const entry = effective(chain, 'ENTRYPOINT') ?? effective(chain, 'CMD');
      const words = [...(entry?.commands ?? []), ...commands.filter((each) => each.depth === 0)].filter((each) => each.then === '').flatMap((each) => each.words.slice(0, 2));
      for (const name of words.map((word) => originOf(fileName(word), chain))) {
        for (const unit of project.of('shell')) if (fileName(unit.path) === name && /\.sh$|entry/.test(name)) found.add(unit);
      }
    }
    return found;
  });
}

/** The name of a script before it was copied: `entry.sh` of `COPY docker/entry.sh /run.sh`. */
function originOf(name: string, chain: readonly Stage[]): string {
  const copy = chain.flatMap((stage) => stage.instructions).find((each) => (each.keyword === 'COPY' || each.keyword === 'ADD') && (each.exec ?? each.text.split(/\s+/)).length === 2 && fileName((each.exec ?? each.text.split(/\s+/))[1] ?? '') === name);
  return copy ? fileName((copy.exec ?? copy.text.split(/\s+/))[0] ?? name) : name;
}

function* inScript(script: Shell): Iterable<Start> {
  const traps = script.commands.some((each) => each.words[0] === 'trap');
  const servers = script.commands.filter((each) => each.depth === 0 && !each.condition && isServer(each));
  const last = servers.at(-1);
  if (!last || traps || servers.some((each) => each.then === '&')) return;
  // What stands in a pipe or before another command is not the script's own process in any case.
  yield { kind: 'script', script, command: last, lost: last.words[0] !== 'exec' && last.then !== '|' && last.then !== '||' && script.commands.filter((each) => each.depth === 0).at(-1) === last };
}

/** The JSON form where nothing needs a shell, else `exec` before the command. */
function written(instruction: Instruction, command: Command): ReturnType<typeof replace>[] | undefined {
  if (instruction.exec) return undefined;
  const plain = instruction.commands.length === 1 && command.assignments.length === 0 && command.redirects.length === 0 && command.words.every((word) => /^[\w./:@=,+%^-]+$/.test(word));
  const body: Span = { start: instruction.commands[0]?.at.start ?? instruction.at.start, end: instruction.at.end };
  return plain ? [replace(body, `[${command.words.map((word) => JSON.stringify(word)).join(', ')}]`)] : [replace({ start: command.at.start, end: command.at.start }, 'exec ')];
}
