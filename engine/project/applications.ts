/** Frameworks, the objects that serve requests, and what kind of application they make. */
import type { Application, Evidence, Framework, Module, Unit } from '../../rules/kit';
import { loadedFrom, modulesByTail } from '../../rules/kit';
import type { ProjectNames } from './names';
import { fileName } from './deployment';
import { packageName } from './words';

const CONSTRUCTORS: Readonly<Record<string, Framework>> = {
  'flask.Flask': 'flask', 'flask.app.Flask': 'flask', 'flask_openapi3.OpenAPI': 'flask', 'apiflask.APIFlask': 'flask', 'connexion.FlaskApp': 'flask', 'fastapi.FastAPI': 'fastapi', 'fastapi.applications.FastAPI': 'fastapi',
  'starlette.applications.Starlette': 'starlette', 'quart.Quart': 'quart',
};
const IMPORTS: readonly (readonly [RegExp, Framework])[] = [
  [/^(flask|flask_\w+)(\.|$)/, 'flask'], [/^fastapi(\.|$)/, 'fastapi'], [/^starlette(\.|$)/, 'starlette'], [/^django(\.|$)/, 'django'], [/^quart(\.|$)/, 'quart'],
];
/** Whether calling this makes an application object. */
export function isApplicationConstructor(callee: string): boolean {
  return callee in CONSTRUCTORS;
}

/** Last names of the calls this file asks modules for. */
export const APPLICATION_CALLEES: readonly string[] = ['Flask', 'FastAPI', 'Starlette', 'Quart', 'OpenAPI', 'APIFlask', 'FlaskApp'];

export function frameworksOf(modules: readonly Module[]): ReadonlySet<Framework> {
  const found = new Set<Framework>();
  for (const module of modules) for (const one of module.imports) for (const [pattern, framework] of IMPORTS) if (pattern.test(one.target)) found.add(framework);
  if (found.has('fastapi')) found.delete('starlette');
  return found;
}

/** How production starts: command lines (`gunicorn shop.wsgi:app`), and files that a platform serves by their path. */
export interface Served { readonly commands: readonly string[]; readonly files: readonly string[] }

/** Application objects: the one that production starts first, then those of the most central files. */
export function applicationsOf(modules: readonly Module[], names: ProjectNames, started: Served): readonly Application[] {
  const found: Omit<Application, 'served'>[] = [];
  for (const module of modules) {
    for (const call of module.calls) {
      const framework = CONSTRUCTORS[call.callee] ?? derived(call.callee, module, names);
      if (framework) found.push({ framework, name: call.boundTo ?? 'app', factory: call.scope, path: module.path, start: call.at.start, end: call.at.end });
    }
  }
  const django = djangoSettings(modules);
  if (django) found.push({ framework: 'django', name: django.name, factory: '', path: django.path, start: 0, end: 0 });
  const isServed = servedBy(modules, found, started);
  return found.map((each) => ({ ...each, served: each.framework !== 'django' && isServed(each) }))
    .sort((a, b) => Number(b.served) - Number(a.served) || rank(a) - rank(b) || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.start - b.start));
}

/** What is named itself, or loaded by a file that is named and makes no application of its own: `python run.py`. */
function servedBy(modules: readonly Module[], found: readonly Omit<Application, 'served'>[], { commands, files }: Served): (app: Omit<Application, 'served'>) => boolean {
  const targets = [...commands.flatMap(targetsOf), ...files.map((file): Target => ({ file: file.replace(/\.py$/, '') }))];
  const names = (path: string, target: Target) => `/${path}`.endsWith(`/${target.file}.py`) || `/${path}`.endsWith(`/${target.file}/__init__.py`);
  const makers = new Set(found.map((each) => each.path));
  const starters = targets.length === 0 ? [] : modules.filter((module) => !makers.has(module.path) && targets.some((target) => names(module.path, target)));
  const loaded = starters.length === 0 ? new Set<string>() : loadedFrom(starters, modulesByTail(modules));
  return (app) => loaded.has(app.path) || targets.some((target) => (target.name === undefined || target.name === app.name || app.factory === target.name) && names(app.path, target));
}

interface Target { readonly file: string; readonly name?: string }

/** Files that platforms start by their path: `builds` of Vercel, else its folder `api`. */
export function hostedFiles(production: readonly Unit[], modules: readonly Module[]): readonly string[] {
  return production.flatMap((unit) => {
    if (unit.kind !== 'platform' || unit.platform !== 'vercel') return [];
    const folder = unit.path.slice(0, unit.path.lastIndexOf('/') + 1);
    const built = unit.entries.filter((each) => /^builds\.\d+\.src$/.test(each.key)).map((each) => folder + each.value.replace(/^\.?\//, ''));
    return built.length > 0 ? built.filter((each) => each.endsWith('.py')) : modules.filter((each) => each.path.startsWith(`${folder}api/`)).map((each) => each.path);
  });
}

/** What a command starts: `shop.wsgi:app` of gunicorn and uvicorn, `app/main.py` of `fastapi run` and `python`. */
function targetsOf(command: string): readonly Target[] {
  const objects = [...command.matchAll(/(?:^|[\s"'=])((?:[\w-]+[./])*[\w-]+):([A-Za-z_]\w*)(?=[\s"'(]|$)/g)].map((one) => ({ file: (one[1] ?? '').replace(/\./g, '/'), name: one[2] ?? '' }));
  const files = [...command.matchAll(/\b(?:fastapi run|python[\d.]*)\s+(?:-\S+\s+)*([\w./-]+)\.py\b/g)].map((one) => ({ file: (one[1] ?? '').replace(/^\.?\//, '') }));
  return [...objects, ...files];
}

/** A class of the project that derives from a framework's application class (`class CTFdFlask(Flask)`). */
function derived(callee: string, module: Module, names: ProjectNames): Framework | undefined {
  const found = names.definition(callee, module);
  if (found?.definition.kind !== 'class' || found.rest) return undefined;
  return found.definition.class.bases.map((each) => CONSTRUCTORS[each]).find((each) => each !== undefined);
}

export function djangoSettings(modules: readonly Module[]): Module | undefined {
  return modules.filter((each) => each.assignments.some((one) => one.target === 'INSTALLED_APPS' || one.target === 'ROOT_URLCONF')).sort((a, b) => a.path.length - b.path.length)[0];
}

function rank(app: Application): number {
  return /(^|\/)(wsgi|asgi|app|main|__init__|server|application)\.py$/.test(app.path) ? 0 : 1;
}

/** Proof that the project is deployed or served. */
export function deployableOf(units: readonly Unit[], production: readonly Unit[], modules: readonly Module[], applications: readonly Application[]): Evidence | undefined {
  for (const kind of ['dockerfile', 'procfile', 'platform', 'compose', 'kubernetes', 'ini'] as const) {
    const unit = production.find((each) => each.kind === kind);
    if (unit) return { path: unit.path, start: 0, end: 0, text: `deployed by ${fileName(unit.path)}` };
  }
  const entry = modules.find((each) => /(^|\/)(wsgi|asgi|passenger_wsgi)\.py$/.test(each.path));
  if (entry) return { path: entry.path, start: 0, end: 0, text: `served through ${fileName(entry.path)}` };
  const app = applications[0];
  if (app) return { ...app, text: `${app.framework} application object` };
  const start = units.find((each) => each.kind === 'manifest' && each.scripts.some((script) => script.name === 'start'));
  return start && { path: start.path, start: 0, end: 0, text: 'npm start' };
}

/** Identity travels in a cookie. */
export function cookieAuthOf(modules: readonly Module[]): Evidence | undefined {
  for (const module of modules) {
    for (const call of module.calls) {
      if (/^(flask_login\.(LoginManager|login_user)|django\.contrib\.auth\.(login|authenticate)|starlette\.middleware\.sessions\.SessionMiddleware|flask_security\.Security|flask_session\.Session)$/.test(call.callee)) {
        return { path: module.path, ...call.at, text: call.written };
      }
      const first = call.args[0];
      if (/\.set_cookie$/.test(call.callee) && first?.kind === 'text' && /sess|token|auth|jwt|sid\b|login/i.test(first.value)) return { path: module.path, ...call.at, text: 'sets a login cookie' };
      if (/\.add_middleware$/.test(call.callee) && first?.kind === 'reference' && /SessionMiddleware$/.test(first.name)) return { path: module.path, ...call.at, text: 'SessionMiddleware' };
    }
    for (const one of module.assignments) {
      if (/(^|\.)(flask|quart)\.session\.\w*(user|uid|login|logged|auth|account|member|admin|id)\w*$/i.test(one.qualified)) return { path: module.path, ...one.at, text: 'identity kept in the session' };
    }
  }
  return undefined;
}
export const COOKIE_CALLEES: readonly string[] = ['LoginManager', 'login_user', 'login', 'SessionMiddleware', 'Security', 'Session', 'set_cookie', 'add_middleware'];

/** It renders HTML. */
export function htmlOf(units: readonly Unit[], modules: readonly Module[]): Evidence | undefined {
  for (const module of modules) {
    for (const call of module.calls) if (/(^|\.)(render_template|render_template_string|TemplateResponse|render)$/.test(call.callee)) return { path: module.path, ...call.at, text: call.written };
  }
  const template = units.find((each) => each.kind === 'template' && each.engine !== 'other');
  return template && { path: template.path, start: 0, end: 0, text: 'HTML template' };
}
export const HTML_CALLEES: readonly string[] = ['render_template', 'render_template_string', 'TemplateResponse', 'render'];

/** The first manifest that names a package, development dependencies included. */
export function declaration(units: readonly Unit[], name: string): Evidence | undefined {
  const wanted = packageName(name);
  for (const unit of units) {
    if (unit.kind !== 'manifest' || unit.lock) continue;
    const found = unit.packages.find((each) => packageName(each.name) === wanted);
    if (found) return { path: unit.path, ...found.at, text: `declared in ${fileName(unit.path)}` };
  }
  return undefined;
}
