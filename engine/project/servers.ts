/** Servers of Python applications: by which word, variable or file each is told how many processes it starts. */
import type { Module, Span, Unit } from '../../rules/kit';
import { optionValue as option, serverIn } from '../../rules/kit';
import type { Amount, Lookup } from './amounts';
import { valueAmount, writtenAmount } from './amounts';
import { fileName } from './deployment';
import type { Start } from './starts';

/** Arguments that a variable or the caller adds: what they say cannot be told. */
const UNSEEN_ARGUMENTS = /^["']?\$(@|\*|\{@\}|\{?\w*(ARGS|ARGUMENTS|OPTS|OPTIONS|FLAGS|PARAMS)\w*)|^["']?\$\{\w+\[@\]\}/i;

/** How many processes one command starts; `default` when nothing says a number, `unseen` when what says it is not here. */
export interface Processes { readonly server: string; readonly amount: Amount; readonly how: 'said' | 'default' | 'single' | 'unseen'; readonly path: string; readonly at: Span; readonly threads?: number }

/** Undefined where the command starts no server, or one that reloads for a developer. */
export function processesOf(start: Start, units: readonly Unit[], deployed: Lookup): Processes | undefined {
  const found = serverIn(start.words);
  if (!found || start.words.includes('--reload')) return undefined;
  const lookup: Lookup = (name) => start.script.get(name) ?? deployed(name);
  const place = { server: found.name, path: start.path, at: start.at };
  const file = found.name === 'gunicorn' ? gunicornFile(found.args, units) : undefined;
  const threads = threadsOf(found.args, file, lookup);
  const more = threads === undefined ? {} : { threads };
  if (found.server.single) return { ...place, ...more, amount: { number: 1, fixed: true }, how: 'single' };
  const said = option(found.args, found.server.options);
  if (said !== undefined) return { ...place, ...more, amount: writtenAmount(said, lookup), how: 'said' };
  if (found.name === 'sanic' && found.args.includes('--fast')) return { ...place, amount: { number: undefined, fixed: false }, how: 'said' };
  const elsewhere = found.name === 'uwsgi' ? uwsgiFile(found.args, units, lookup) : gunicornSays(file, lookup);
  if (elsewhere) return { ...place, ...more, ...elsewhere, how: 'said' };
  const given = fromVariables(found.server.variables, found.name, start, deployed);
  if (given) return { ...place, ...more, amount: given, how: 'said' };
  const unseen = found.args.some((word) => UNSEEN_ARGUMENTS.test(word)) || namesUnseenFile(found.name, found.args, units);
  return { ...place, ...more, amount: { number: 1, fixed: false }, how: unseen ? 'unseen' : 'default' };
}

function fromVariables(names: readonly string[], server: string, start: Start, deployed: Lookup): Amount | undefined {
  const lookup: Lookup = (name) => start.script.get(name) ?? deployed(name);
  const more = server === 'gunicorn' ? lookup('GUNICORN_CMD_ARGS') : undefined;
  const said = more === undefined ? undefined : option(more.replace(/^["']|["']$/g, '').split(/\s+/), ['-w', '--workers']);
  if (said !== undefined) return writtenAmount(said, lookup);
  const name = names.find((each) => lookup(each) !== undefined);
  return name === undefined ? undefined : writtenAmount(`$${name}`, lookup);
}

// ---- files of settings

/** gunicorn's settings: the file its `-c` names, else the one it finds by itself. */
function gunicornFile(args: readonly string[], units: readonly Unit[]): Module | undefined {
  const named = option(args, ['-c', '--config'])?.replace(/^(file:|python:)/, (prefix) => prefix === 'python:' ? prefix : '') ?? args.find((word) => /^-c[\w./]/.test(word))?.slice(2);
  const path = named?.startsWith('python:') ? `${named.slice(7).replace(/\./g, '/')}.py` : named;
  const wanted = fileName(path ?? 'gunicorn.conf.py');
  const modules = units.filter((each): each is Module => each.kind === 'module' && fileName(each.path) === wanted);
  return modules.find((each) => path !== undefined && path.endsWith(each.path)) ?? modules.toSorted((a, b) => a.path.length - b.path.length)[0];
}

/** Settings are in a file that is not here, or of a kind that is not read. */
function namesUnseenFile(server: string, args: readonly string[], units: readonly Unit[]): boolean {
  if (server === 'gunicorn') return option(args, ['-c', '--config']) !== undefined && gunicornFile(args, units) === undefined;
  if (server !== 'uwsgi') return false;
  const files = args.filter((word) => /\.(ini|ya?ml|json|xml)$|^--emperor/.test(word));
  return files.some((word) => !units.some((unit) => unit.kind === 'ini' && fileName(unit.path) === fileName(word.replace(/^--ini=/, ''))));
}

function gunicornSays(file: Module | undefined, lookup: Lookup): { readonly amount: Amount; readonly path: string; readonly at: Span } | undefined {
  const found = file?.assignments.findLast((each) => each.scope === '' && each.target === 'workers');
  return file && found && { amount: valueAmount(found.value, lookup), path: file.path, at: found.at };
}

function uwsgiFile(args: readonly string[], units: readonly Unit[], lookup: Lookup): { readonly amount: Amount; readonly path: string; readonly at: Span } | undefined {
  const names = args.filter((word) => word.endsWith('.ini')).map((word) => fileName(word.replace(/^--ini=/, '')));
  for (const unit of units) {
    if (unit.kind !== 'ini' || !names.includes(fileName(unit.path))) continue;
    const found = unit.sections.filter((each) => each.name === 'uwsgi').flatMap((each) => each.entries).findLast((each) => /^(processes|workers|p)$/.test(each.name));
    if (found?.value !== undefined) return { amount: writtenAmount(found.value, lookup), path: unit.path, at: found.at };
  }
  return undefined;
}

function threadsOf(args: readonly string[], file: Module | undefined, lookup: Lookup): number | undefined {
  const said = option(args, ['--threads']);
  if (said !== undefined) return writtenAmount(said, lookup).number;
  const set = file?.assignments.findLast((each) => each.scope === '' && each.target === 'threads');
  return set && valueAmount(set.value, lookup).number;
}
