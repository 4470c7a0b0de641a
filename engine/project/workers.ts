/**
 * Whether several processes serve the application's requests. Read from what production starts (see servers.ts) and from what multiplies
 * it: replicas, instances, machines. What cannot be told is unknown, never many.
 */
import type { Call, Evidence, Module, Unit, Workers } from '../../rules/kit';
import { baseImage, effective, isInfrastructure, lineage, programs } from '../../rules/kit';
import type { Lookup } from './amounts';
import { valueAmount, writtenAmount } from './amounts';
import { fileName } from './deployment';
import type { Processes } from './servers';
import { processesOf } from './servers';
import type { Start } from './starts';
import { servicesIn, startsOf } from './starts';

/** Last names of the calls this file asks modules for. */
export const WORKER_CALLEES: readonly string[] = ['uvicorn.run', 'uvicorn.Config', 'waitress.serve', 'granian.Granian', '*.run', 'serve_forever'];

interface WorkersInput {
  readonly units: readonly Unit[];
  readonly modules: readonly Module[];
  readonly production: readonly Unit[];
  readonly deployed: Lookup;
}

/** One statement about the number of processes; without a number something decides when it starts. */
interface Count extends Evidence { readonly number: number | undefined; readonly fixed: boolean; readonly unseen?: true; readonly threads?: number }

export function workersOf(input: WorkersInput): Workers {
  const starts = startsOf(input.production, input.units);
  const servers = [...starts.flatMap((each) => { const found = processesOf(each, input.units, input.deployed); return found ? [countOf(found)] : []; }), ...launched(starts, input), ...images(input), ...programmatic(input)];
  const copies = [...services(input), ...clusters(input.production), ...platforms(input.production, input.deployed)];
  const several = [...servers, ...copies].find((each) => each.unseen === undefined && each.number !== 1 && each.number !== 0);
  const threads = servers.find((each) => each.threads !== undefined)?.threads;
  const more = threads === undefined ? {} : { threads };
  if (several) return { count: 'several', fixed: false, evidence: evidenceOf(several), ...processesIn(servers, copies), ...more };
  const unseen = servers.find((each) => each.unseen);
  const [server] = servers;
  if (!server || unseen) return { count: 'unknown', fixed: false, ...(server && { evidence: evidenceOf(unseen ?? server) }), ...more };
  const one = copies.find((each) => each.fixed && each.number === 1);
  const fixed = servers.every((each) => each.fixed) || (one !== undefined && copies.every((each) => each.fixed));
  return { count: 'one', fixed, evidence: evidenceOf(fixed ? servers.find((each) => each.fixed) ?? one ?? server : server), processes: 1, ...more };
}

function evidenceOf({ path, start, end, text }: Evidence): Evidence {
  return { path, start, end, text };
}

/** The largest number of processes that is written down: those of a server times its copies. */
function processesIn(servers: readonly Count[], copies: readonly Count[]): { readonly processes?: number } {
  const largest = (all: readonly Count[]) => all.some((each) => each.number === undefined) ? undefined : Math.max(1, ...all.map((each) => each.number ?? 1));
  const [each, times] = [largest(servers), largest(copies)];
  return each === undefined || times === undefined || servers.length === 0 ? {} : { processes: each * times };
}

function countOf({ server, amount, how, path, at, threads }: Processes): Count {
  const said = amount.number === undefined ? `${server} with as many workers as it finds fit` : `${server} with ${amount.number === 1 ? 'one worker' : `${amount.number} workers`}`;
  const text = how === 'default' || how === 'unseen' ? `${server}, without a number of workers` : how === 'single' ? `${server}, which is one process` : said;
  return { path, ...at, text, number: amount.number, fixed: amount.fixed, ...(how === 'unseen' && { unseen: true as const }), ...(threads !== undefined && { threads }) };
}

// ---- programs that start the server themselves

/** `python run.py` whose file starts a server, or hands that on to another of the project. */
function launched(starts: readonly Start[], input: WorkersInput): readonly Count[] {
  return starts.flatMap((start) => {
    const program = programOf(start.words, input.modules);
    const others = program?.imports.length ? input.modules.filter((each) => each.role === 'production') : [];
    const module = program && [program, ...others].find((each) => each.calls.some(isServing));
    const call = module?.calls.find(isServing);
    return module && call ? [served(module, call, input.deployed)] : [];
  });
}

function isServing(call: Call): boolean {
  return /^(uvicorn\.(run|Config)|waitress\.serve|granian\.Granian)$/.test(call.callee) || /(^|\.)(app|application|server|socketio|SocketIO|Flask|FastAPI)\.run$|\.serve_forever$/.test(call.callee);
}

/** The module a command runs: `python app/main.py`, `python -m app`. */
function programOf(words: readonly string[], modules: readonly Module[]): Module | undefined {
  const at = words.findIndex((word) => /^python[\d.]*$/.test(fileName(word)));
  const rest = at < 0 ? [] : words.slice(at + 1);
  const name = rest[rest.indexOf('-m') + 1];
  const tails = rest.includes('-m') && name !== undefined ? [`${name.replace(/\./g, '/')}.py`, `${name.replace(/\./g, '/')}/__main__.py`] : [(rest.find((word) => word.endsWith('.py')) ?? '').replace(/^\.\//, '')].filter(Boolean);
  return modules.find((module) => tails.some((tail) => module.path === tail || module.path.endsWith(`/${tail}`) || tail.endsWith(`/${module.path}`)));
}

/** How many processes a call starts: what its `workers` says, else one. */
function served(module: Module, call: Call, deployed: Lookup): Count {
  const said = call.keywords.find((each) => each.name === 'workers' || each.name === 'processes');
  const amount = said ? valueAmount(said.value, deployed) : { number: 1, fixed: !call.callee.startsWith('uvicorn.') };
  return { path: module.path, ...(said?.at ?? call.at), text: said ? `${call.written} with ${said.name}` : `${call.written}, which is one process`, ...amount };
}

/** A call or a gunicorn application of the project's own that starts several, whoever runs its file. */
function programmatic({ modules, deployed }: WorkersInput): readonly Count[] {
  return modules.flatMap((module): readonly Count[] => {
    const own = module.imports.some((one) => one.target.startsWith('gunicorn.app.')) ? module.assignments.filter((one) => one.how !== 'statement' && /(^|\.)workers$/.test(one.target)).map((one) => ({ path: module.path, ...one.at, text: 'gunicorn, started by the program', ...valueAmount(one.value, deployed) })) : [];
    const calls = module.calls.filter((each) => /^uvicorn\.(run|Config)$/.test(each.callee) && each.guards.every((guard) => guard.means !== 'development' && guard.means !== 'tests')).map((each) => served(module, each, deployed));
    return [...own, ...calls.filter((each) => each.number !== undefined && each.number > 1)];
  });
}

// ---- what is started by images and multiplied by those who run them

/** Images that bring a server along and start as many workers as there are processors. */
function images({ production, deployed }: WorkersInput): readonly Count[] {
  return production.flatMap((unit): readonly Count[] => {
    if (unit.kind !== 'dockerfile') return [];
    const chain = lineage(unit);
    const stage = chain.at(-1);
    if (!stage || !/(^|\/)tiangolo\/(uvicorn-gunicorn|meinheld-gunicorn|uwsgi-nginx)/.test(baseImage(chain)) || effective(chain, 'CMD')) return [];
    const variable = ['WEB_CONCURRENCY', 'MAX_WORKERS', 'UWSGI_PROCESSES'].find((name) => deployed(name) !== undefined);
    const amount = variable ? writtenAmount(`$${variable}`, deployed) : { number: undefined, fixed: false };
    return [{ path: unit.path, ...stage.imageAt, text: 'an image that starts a worker for each processor', ...amount }];
  });
}

/** Programs that do their work beside the web: as many of them as one likes. */
const BESIDE = /^(celery|rq|rqworker|dramatiq|huey_consumer(\.py)?|arq|taskiq|cron|crond|supercronic|beat|qcluster|rqscheduler|flower)$/;

function services({ production, deployed }: WorkersInput): readonly Count[] {
  return servicesIn(production).flatMap(({ unit, service }): readonly Count[] => {
    if (isInfrastructure(service.image ?? '') || programs(service.commands).some((name) => BESIDE.test(name)) || /worker|celery|beat|cron|queue/i.test(service.name)) return [];
    const said = service.entries.find((each) => each.key === 'deploy.replicas' || each.key === 'scale');
    return said ? [{ path: unit.path, ...said.at, text: `${service.name} has ${said.value} replicas`, ...writtenAmount(said.value, deployed) }] : [];
  });
}

function clusters(production: readonly Unit[]): readonly Count[] {
  return production.flatMap((unit) => unit.kind !== 'kubernetes' ? [] : unit.objects.flatMap((object): readonly Count[] => {
    const entry = (pattern: RegExp) => object.entries.find((each) => pattern.test(each.key));
    const words = object.entries.filter((each) => /\.(command|args)\b/.test(each.key)).flatMap((each) => each.value.split(/\s+/));
    const image = entry(/containers\.\d+\.image$/)?.value ?? '';
    if (isInfrastructure(image) || words.some((word) => BESIDE.test(fileName(word))) || /worker|celery|beat|cron|queue|redis|postgres|mysql|mongo|nginx|frontend/i.test(object.name)) return [];
    const said = object.type === 'HorizontalPodAutoscaler' ? entry(/^spec\.maxReplicas$/) : /^(Deployment|StatefulSet|ReplicaSet|Rollout)$/.test(object.type) ? entry(/^spec\.replicas$/) : entry(/autoscaling\.knative\.dev\/maxScale$|^spec\.scale\.maxReplicas$/);
    return said ? [{ path: unit.path, ...said.at, text: `${object.name || object.type} has ${said.value} replicas`, ...writtenAmount(said.value, () => undefined) }] : [];
  }));
}

const INSTANCES = /(^|\.)(numInstances|instance_count|numReplicas|max_instances|maxInstances|min_instances|minInstances|min_machines_running|formation\.web\.quantity|manual_scaling\.instances|scaling\.(min|max)Instances)$/;

/** Instances a platform is asked for, or starts by itself: one for every request that finds none free. */
function platforms(production: readonly Unit[], deployed: Lookup): readonly Count[] {
  return production.flatMap((unit) => {
    if (unit.kind !== 'platform') return [];
    const said = unit.entries.filter((each) => INSTANCES.test(each.key) && !/^(workers|jobs)\./.test(each.key)).map((each): Count => ({ path: unit.path, ...each.at, text: `${each.key.slice(each.key.lastIndexOf('.') + 1)} is ${each.value}`, ...writtenAmount(each.value, deployed) }));
    const functions = unit.platform === 'vercel' && unit.entries.some((each) => /@vercel\/python|\.py$/.test(each.value));
    const automatic = unit.platform === 'appengine' && unit.entries.some((each) => each.key === 'runtime') && !unit.entries.some((each) => /(max_instances|manual_scaling\.instances)$/.test(each.key));
    return functions || automatic ? [...said, { path: unit.path, start: 0, end: 0, text: `${unit.platform} starts as many as it finds fit`, number: undefined, fixed: false }] : said;
  });
}
