/** Where an application begins, how it knows its visitors, whom it talks to, and what its deployment can carry. */
import type { Evidence, Project } from '../../rules/kit';
import { databases, fronts, idleModules, networkedDriver } from '../../rules/kit';
import type { Scale, Scope, Spot } from '../audit/inventory';
import { CREDENTIALS, SERVICES } from './known';
import type { Locate } from './spot';
import { byText, once, shown } from './spot';

type Named = Spot & { readonly text: string };

export function scope(project: Project, locate: Locate): Scope {
  return { entries: entries(project, locate), auth: auth(project, locate), services: services(project, locate), fronts: once(fronts(project).map((each) => ({ ...locate(each), text: each.name }))) };
}

export function scale(project: Project, locate: Locate): Scale {
  const { count, processes, threads, evidence } = project.workers;
  const server = evidence ?? project.server;
  return {
    workers: count, ...(processes !== undefined && { processes }), ...(threads !== undefined && { threads }), ...(server && { server: shown(server, locate) }), database: databaseOf(project),
  };
}

function databaseOf(project: Project): Scale['database'] {
  const found = databases(project);
  // A file stands in where nobody names another, and the driver of another is there.
  const stand = networkedDriver(project) !== undefined && found.every((each) => each.engine !== 'sqlite' || each.replaceable);
  const engines = found.map((each) => each.engine === 'sqlite' && stand ? 'unknown' : each.engine);
  if (stand && found.some((each) => each.engine === 'sqlite') && !engines.includes('networked')) return 'unknown';
  if (engines.includes('networked') || (engines.includes('unknown') && networkedDriver(project))) return 'networked';
  if (engines.includes('sqlite')) return 'file';
  return engines.length > 0 || project.models.length > 0 ? networkedDriver(project) ? 'networked' : 'unknown' : 'none';
}

/** Applications that production starts; all of them where no command names one. */
function entries(project: Project, locate: Locate): readonly Named[] {
  const served = project.applications.filter((each) => each.served);
  const all = (served.length > 0 ? served : project.applications).map((each) => ({ ...locate(each), text: each.framework === 'django' ? 'settings' : each.factory === '' ? each.name : `${each.factory}()` }));
  return all.filter((each, index) => all.findIndex((other) => other.path === each.path) === index);
}

function auth(project: Project, locate: Locate): readonly Named[] {
  const cookie = project.cookieAuth;
  const named = imported(project, locate, CREDENTIALS);
  return once([...(cookie && !named.some((each) => each.text.startsWith('session cookie')) ? [{ ...locate(cookie), text: 'session cookie' }] : []), ...named]);
}

function services(project: Project, locate: Locate): readonly Named[] {
  return once([...imported(project, locate, SERVICES), ...hosts(project, locate)]).toSorted((a, b) => byText(a.text, b.text));
}

/** The first import of each, in modules that an application loads. */
function imported(project: Project, locate: Locate, known: readonly (readonly [RegExp, string])[]): readonly Named[] {
  const all = project.once('first imports', () => firstImports(project));
  return known.flatMap(([pattern, text]) => {
    const found = all.find((one) => pattern.test(one.text));
    return found ? [{ ...locate(found), text }] : [];
  });
}

/** What is imported, each target once; the project's own modules are none. */
function firstImports(project: Project): readonly Evidence[] {
  const idle = idleModules(project);
  const own = new Set(project.modules.map((each) => each.name.split('.')[0] ?? ''));
  const found = new Map<string, Evidence>();
  for (const module of project.modules) {
    if (idle.has(module.path)) continue;
    for (const one of module.imports) if (!found.has(one.target) && !own.has(one.target.split('.')[0] ?? '')) found.set(one.target, { path: module.path, ...one.at, text: one.target });
  }
  return [...found.values()];
}

const REQUESTS = ['requests.*', 'httpx.*', 'aiohttp.*', 'urllib.request.urlopen', 'urllib.request.Request'] as const;

/** Hosts that are written in the source, of requests the application sends; its own machine is none. */
function hosts(project: Project, locate: Locate): readonly Named[] {
  return project.calls(...REQUESTS).flatMap(({ module, call }) => [...call.args.slice(0, 2), ...call.keywords.filter((each) => each.name === 'url').map((each) => each.value)].flatMap((value): readonly Named[] => {
    const known = project.resolve(value, module);
    const first = known.kind === 'joined' ? known.parts[0] : known;
    const host = first?.kind === 'text' ? /^https?:\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?=[/:?]|$)/i.exec(first.value)?.[1] : undefined;
    return host === undefined || /^(127\.|10\.|192\.168\.|0\.0\.0\.0|localhost)|(^|\.)example\.(com|org|net)$/i.test(host) ? [] : [{ ...locate({ path: module.path, ...call.at }), text: host.toLowerCase() }];
  }));
}
