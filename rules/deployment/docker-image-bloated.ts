import type { Command, Dockerfile, Edit, Instruction, Project, Selector, Span, Stage } from '../kit';
import { baseImage, fileName, insert, isInfrastructure, publishedWithoutStart, rule, servesWeb, servicesOf, shippedStages, startCommands, starts } from '../kit';

type Kind = 'tools' | 'lists' | 'cache' | 'order' | 'recommends';
interface Problem { readonly kind: Kind; readonly what: string; readonly at: Span; readonly edit?: Edit }
interface Image { readonly file: Dockerfile; readonly problems: readonly Problem[]; readonly stages: number }

export default rule<Image>({
  id: 'docker-image-bloated',
  title: 'The final image holds only what runs',
  severity: 'low', points: 1, confidence: 'confirmed', blocks: 'never', effort: 'M', since: '1',
  why: 'Compilers and caches make pulls slow and give an intruder tools. Copying the source first rebuilds all dependencies on every change.',
  how: 'Build in one stage, copy the result into a slim one, and install dependencies before the source.',
  links: ['https://docs.docker.com/build/building/multi-stage/', 'https://docs.docker.com/build/building/best-practices/'],
  anchors: ['hadolint DL3009', 'hadolint DL3015', 'hadolint DL3042', 'trivy DS-0029', 'semgrep missing-pip-no-cache-dir'],

  on: images(),
  check: ({ problems }) => problems.length > 0 && (problems.some((each) => each.kind !== 'recommends') || { severity: 'info', because: 'only packages that are recommended come along' }),
  message: ({ problems }) => `The image is larger than it needs to be: ${[...new Set(problems.map((each) => each.what))].slice(0, 5).join('; ')}.`,
  underline: ({ problems, file }) => problems[0]?.at ?? file.stages[0]?.imageAt ?? { start: 0, end: 0 },
  holds: ({ stages }) => stages > 1 ? `built in ${stages} stages` : 'installs without caches and compilers',
  nothing: 'No Dockerfile makes an image of the application.',

  fix: {
    title: 'Tidy the install lines', safety: 'safe',
    edit: ({ problems }) => { const edits = problems.flatMap((each) => each.edit ?? []); return edits.length > 0 ? edits : undefined; },
  },

  examples: () => ({
    'a compiler, and the source before what it needs': { bad: { Dockerfile: 'FROM python:3.12-slim\nRUN apt-get update && apt-get install -y gcc libpq-dev\nCOPY . .\nRUN pip install -r requirements.txt\nCMD ["gunicorn", "app:app"]\n' } },
    'the cache of pip': {
      bad: { Dockerfile: 'FROM python:3.12-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\nCMD ["gunicorn", "app:app"]\n' },
      good: { Dockerfile: 'FROM python:3.12-slim\nCOPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt\nCOPY . .\nCMD ["gunicorn", "app:app"]\n' },
    },
    'the lists of packages': {
      bad: { Dockerfile: 'FROM python:3.12-slim\nRUN apt-get update && apt-get install -y libpq5\nCOPY app app\nCMD ["gunicorn", "app:app"]\n' },
      good: { Dockerfile: 'FROM python:3.12-slim\nRUN apt-get update && apt-get install --no-install-recommends -y libpq5 && rm -rf /var/lib/apt/lists/*\nCOPY app app\nCMD ["gunicorn", "app:app"]\n' },
    },
    'all of node in the image that serves': { bad: { Dockerfile: 'FROM node:22\nCOPY . .\nRUN npm ci && npm run build\nCMD ["node", "dist/server.js"]\n' } },
    'only what is recommended': { severity: 'info', bad: { Dockerfile: 'FROM python:3.12-slim\nRUN apt-get update && apt-get install -y libpq5 && rm -rf /var/lib/apt/lists/*\nCOPY app app\nCMD ["gunicorn", "app:app"]\n' } },
    'two stages': { good: { Dockerfile: 'FROM python:3.12 AS build\nRUN apt-get update && apt-get install -y gcc\nCOPY requirements.txt .\nRUN pip install --no-cache-dir --prefix=/x -r requirements.txt\nFROM python:3.12-slim\nCOPY --from=build /x /usr/local\nCOPY app/ ./app/\nCMD ["gunicorn", "app:app"]\n' } },
    'a slim one': { good: { Dockerfile: 'FROM python:3.12-slim\nCOPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt\nCOPY app/ ./app/\nCMD ["gunicorn", "app:app"]\n' } },
    'a variable, a mount and tools that are taken out again': { good: { Dockerfile: 'FROM python:3.12-slim\nENV PIP_NO_CACHE_DIR=1\nRUN apt-get update && apt-get install -y --no-install-recommends gcc && pip install -r requirements.txt && apt-get purge -y --auto-remove gcc && rm -rf /var/lib/apt/lists/*\nCMD ["gunicorn", "app:app"]\n', 'b/Dockerfile': 'FROM python:3.12-slim\nRUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt\nRUN --mount=type=cache,target=/var/lib/apt --mount=type=cache,target=/var/cache/apt apt-get update && apt-get install -y --no-install-recommends libpq5\nCMD ["gunicorn", "app:app"]\n' } },
    'the package itself is installed': { good: { Dockerfile: 'FROM python:3.12-slim\nCOPY . .\nRUN pip install --no-cache-dir .\nCMD ["gunicorn", "app:app"]\n' } },
    'tools that the application may run': { good: { Dockerfile: 'FROM python:3.12-slim\nRUN apt-get update && apt-get install -y --no-install-recommends git make rsync && rm -rf /var/lib/apt/lists/*\nCMD ["gunicorn", "app:app"]\n' } },
    'alpine, with a group of packages': { good: { Dockerfile: 'FROM python:3.12-alpine\nRUN apk add --no-cache --virtual .build gcc musl-dev && pip install --no-cache-dir -r r.txt && apk del .build\nCMD ["gunicorn", "app:app"]\n' } },
    'an image for developers and tests': { good: { 'Dockerfile.dev': 'FROM python:3.12\nRUN pip install -r requirements.txt\nCMD ["flask", "run"]\n', 'tests/Dockerfile': 'FROM python:3.12\nRUN pip install -r requirements.txt\nCMD ["pytest"]\n' } },
  }),
});

function images(): Selector<Image> {
  return {
    kinds: ['dockerfile'], callees: [],
    *select(unit, project) {
      if (unit.kind !== 'dockerfile' || unit.role !== 'production' || !unit.whole || !project.production.some((each) => each.path === unit.path)) return;
      const services = servicesOf(unit, project);
      const chain = shippedStages(unit, project);
      if ((starts(chain).length === 0 && services.length === 0 && !publishedWithoutStart(unit, project)) || isInfrastructure(baseImage(chain)) || !isApplication(chain, unit, project)) return;
      yield { file: unit, problems: problemsOf(chain), stages: unit.stages.length };
    },
  };
}

function isApplication(chain: readonly Stage[], file: Dockerfile, project: Project): boolean {
  const services = servicesOf(file, project);
  return publishedWithoutStart(file, project) !== undefined || servesWeb(chain, services, project) || startCommands(chain, services, project).some((command) => command.words.some((word) => /^(python[\d.]*|celery|rq|gunicorn|uvicorn|node)$/.test(fileName(word))));
}

function problemsOf(chain: readonly Stage[]): readonly Problem[] {
  const all = chain.toReversed().flatMap((stage) => stage.instructions);
  const runs = all.filter((each) => each.keyword === 'RUN');
  const variables = new Set(all.flatMap((each) => each.keyword === 'ENV' || each.keyword === 'ARG' ? each.pairs.map((pair) => pair.name) : []));
  return [
    ...runs.flatMap((run) => tools(run)), ...runs.flatMap((run) => lists(run)), ...runs.flatMap((run) => pipCache(run, variables)),
    ...chain.flatMap((stage) => order(stage)), ...runs.flatMap((run) => recommends(run)),
  ];
}

const COMPILERS = /^(gcc|g\+\+|clang|build-essential|build-base|cmake|cargo|rustc|gfortran|musl-dev|python3-dev)$/;

function installs(command: Command): readonly string[] | undefined {
  const [program, ...rest] = command.words.map(fileName).filter((word) => word !== 'sudo');
  const at = rest.findIndex((word) => word === 'install' || word === 'add');
  return /^(apt-get|apt|apk|yum|dnf|microdnf)$/.test(program ?? '') && at >= 0 && rest.slice(0, at).every((word) => word.startsWith('-')) ? rest.slice(at + 1) : undefined;
}

/** Compilers that no command of the same layer takes out again. */
function tools(run: Instruction): readonly Problem[] {
  const removes = run.commands.some((command) => /^(apt-get|apt|apk|yum|dnf)$/.test(fileName(command.words[0] ?? '')) && command.words.some((word) => /^(purge|remove|autoremove|del|erase)$/.test(word)));
  if (removes) return [];
  const found = run.commands.flatMap((command) => (installs(command) ?? []).filter((word) => COMPILERS.test(word)));
  return found.length > 0 ? [{ kind: 'tools', what: `${found.slice(0, 3).join(', ')} ${found.length > 1 ? 'stay' : 'stays'} in it`, at: run.at }] : [];
}

function isApt(command: Command): boolean {
  return /^apt(-get)?$/.test(fileName(command.words[0] ?? '')) && installs(command) !== undefined;
}

/** Lists that `apt-get update` brought, which nothing of the same layer deletes. */
function lists(run: Instruction): readonly Problem[] {
  const last = run.commands.findLast((command) => isApt(command));
  if (!last || /\/var\/lib\/apt|distclean/.test(run.text) || /\/var\/(lib|cache)\/apt/.test(run.flags.mount ?? '')) return [];
  const update = run.commands.some((command) => command.words.includes('update'));
  return update ? [{ kind: 'lists', what: 'the lists of apt stay in it', at: run.at, ...(last.depth === 0 && { edit: insert(last.at.end, ' && rm -rf /var/lib/apt/lists/*') }) }] : [];
}

function recommends(run: Instruction): readonly Problem[] {
  return run.commands.filter((command) => isApt(command) && !command.words.some((word) => /^--no-install-recommends$|Install-Recommends/.test(word))).flatMap((command) => {
    const word = command.words.findIndex((each) => each === 'install');
    const at = command.wordsAt[word];
    return [{ kind: 'recommends' as const, what: 'apt brings what is only recommended', at: run.at, ...(at && { edit: insert(at.end, ' --no-install-recommends') }) }];
  });
}

function pipCache(run: Instruction, variables: ReadonlySet<string>): readonly Problem[] {
  if (variables.has('PIP_NO_CACHE_DIR') || /type=cache/.test(run.flags.mount ?? '') || /\.cache|--no-cache|PIP_NO_CACHE_DIR|pip cache purge/.test(run.text)) return [];
  return run.commands.flatMap((command): readonly Problem[] => {
    const at = pipInstall(command);
    const place = at === undefined ? undefined : command.wordsAt[at];
    return place ? [{ kind: 'cache', what: 'pip keeps its downloads in it', at: run.at, edit: insert(place.end, ' --no-cache-dir') }] : [];
  });
}

/** The index of `install` in a command of pip. */
function pipInstall({ words }: Command): number | undefined {
  const names = words.map(fileName);
  const pip = names.findIndex((word) => /^pip[\d.]*$/.test(word));
  const before = names.slice(0, Math.max(pip, 0));
  return pip >= 0 && words[pip + 1] === 'install' && before.every((word) => /^(python[\d.]*|-m|sudo)$/.test(word)) ? pip + 1 : undefined;
}

/** The whole source, and then what it needs: every change of the source installs everything anew. */
function order(stage: Stage): readonly Problem[] {
  const copy = stage.instructions.findIndex((each) => each.keyword === 'COPY' && each.flags.from === undefined && /^(\.\/?|\.\/\*)\s/.test(each.text));
  const before = stage.instructions.slice(0, Math.max(copy, 0));
  const needs = /\b(pip3?\s+install\b[^&;|]*\s-r|npm\s+(ci|install)|yarn(\s+install)?\s+--|pnpm\s+install|poetry\s+install|pipenv\s+(install|sync)|uv\s+(sync|pip\s+install\s+-r))/;
  if (copy < 0 || before.some((each) => each.keyword === 'RUN' && needs.test(each.text))) return [];
  const late = stage.instructions.slice(copy + 1).find((each) => each.keyword === 'RUN' && needs.test(each.text) && !/type=cache/.test(each.flags.mount ?? ''));
  return late ? [{ kind: 'order', what: 'every change of the source installs all packages anew', at: late.at }] : [];
}

