/**
 * The way from an application to its routes, over all files: which prefixes and gates a blueprint, router or list of URLs inherits from where it is
 * registered, and which view stands behind a URL. Plain data, so that it survives an edit that does not change it.
 */
import type { Func, Module, RouteEntry, RouteHook, Value } from '../../rules/kit';
import { onlyInDevelopment } from '../../rules/kit';
import { listedNames } from '../python/routing-lists';
import type { ProjectNames } from './names';
import { qualified } from './names';
import { joinPath } from './route-paths';

/** What the join asks of the project. */
export interface RouteSources {
  readonly names: ProjectNames;
  readonly modules: readonly Module[];
  func(qualified: string): { readonly module: Module; readonly func: Func } | undefined;
  /** A constant's text, with names and settings followed. */
  text(value: Value, module: Module): string | undefined;
  /** ROOT_URLCONF, MIDDLEWARE and REST framework's default permissions, where production sets them. */
  readonly django: { readonly root?: string; readonly middleware: readonly string[]; readonly permissions: readonly string[] };
}

export interface Way { readonly prefix: string; readonly gates: readonly string[]; readonly hooks: readonly string[]; readonly traced: boolean }

/** A route without a decorator, with the view it leads to: `definition` is its dotted place in the module, or undefined for a library's view. */
export interface Entered { readonly entry: RouteEntry; readonly from: string; readonly path: string; readonly way: Way; readonly definition?: string; readonly target: string; readonly gates: readonly string[] }

export interface RouteWays {
  /** By own name of what routes hang on. */
  readonly ways: ReadonlyMap<string, Way>;
  readonly entered: ReadonlyMap<string, readonly Entered[]>;
  readonly permissions: readonly string[];
  readonly everywhere: readonly string[];
}

const APPLICATION = /(^|\.)(Flask|Quart|APIFlask|OpenAPI|FlaskApp|FastAPI|Starlette)$/;
const NOWHERE: Way = { prefix: '', gates: [], hooks: [], traced: false };

interface Owner { readonly made: string; readonly prefix: string; readonly gates: readonly string[]; readonly application: boolean; /** Made by a class of the project with a constructor of its own, which may add gates that are not seen. */ readonly opaque: boolean; readonly module: Module; readonly scope: string }
interface Mount { readonly parent: string; readonly prefix: string | undefined; readonly replaces: boolean; readonly gates: readonly string[]; readonly development: boolean }

export function routeWays(sources: RouteSources): RouteWays {
  return new Joining(sources).read();
}

class Joining {
  private readonly owners = new Map<string, Owner>();
  private readonly mounts = new Map<string, Mount[]>();
  private readonly hooks = new Map<string, string[]>();
  private readonly everywhere: { readonly owner: string; readonly runs: string }[] = [];
  private readonly ways = new Map<string, Way>();
  private readonly root: string | undefined;

  constructor(private readonly sources: RouteSources) {
    for (const module of sources.modules) this.takeOwners(module);
    const { root } = sources.django;
    const home = root === undefined ? undefined : sources.modules.find((each) => each.name === root || each.name.endsWith(`.${root}`));
    this.root = home && `${home.name}.urlpatterns`;
  }

  read(): RouteWays {
    const { modules, django } = this.sources;
    for (const module of modules) { this.takeMounts(module); for (const hook of module.routing.hooks) this.takeHook(hook, module); }
    const anywhere = modules.find((each) => each.routing.owners.length > 0) ?? modules[0];
    if (anywhere) for (const name of django.middleware) for (const runs of this.refusing(name, anywhere)) this.everywhere.push({ owner: '@app', runs });
    for (const name of [...this.owners.keys(), ...this.mounts.keys()]) this.way(name, new Set());
    const entered = new Map<string, Entered[]>();
    for (const module of modules) for (const entry of module.routing.entries) this.enter(entry, module, entered);
    return { ways: this.ways, entered, permissions: django.permissions, everywhere: this.everywhere.map((each) => each.runs) };
  }

  // ---- what there is

  private takeOwners(module: Module): void {
    for (const one of module.routing.owners) {
      const made = this.sources.names.expand(one.made, module);
      this.owners.set(one.name, { made, module, scope: one.scope, prefix: (one.prefix && this.sources.text(one.prefix, module)) ?? '', gates: this.expanded(one.gates, module), application: APPLICATION.test(made) || this.derives(made, module), opaque: this.sources.func(`${made}.__init__`) !== undefined });
    }
  }

  private derives(made: string, module: Module): boolean {
    const found = this.sources.names.definition(made, module)?.definition;
    return found?.kind === 'class' && found.class.bases.some((each) => APPLICATION.test(each));
  }

  private takeMounts(module: Module): void {
    for (const one of module.routing.mounts) {
      const mount: Mount = {
        parent: resolveOwner(one.parent, module, this.sources.names, this.known), prefix: one.prefix && this.sources.text(one.prefix, module), replaces: one.replaces,
        gates: this.expanded(one.gates, module), development: onlyInDevelopment(one),
      };
      for (const child of this.children(one.child, module)) this.mounts.set(child, [...(this.mounts.get(child) ?? []), mount]);
    }
  }

  private readonly known = (name: string) => this.owners.has(name);

  /** What is mounted; a function stands for all that it makes. */
  private children(name: string, module: Module): readonly string[] {
    // A blueprint given to a function: what the function calls it.
    const given = /^@(.+)#(\w+)$/.exec(name);
    if (given) {
      const found = this.sources.names.definition(given[1] ?? '', module);
      const parameters = found?.definition.kind === 'func' && !found.rest ? found.definition.func.parameters : [];
      const parameter = parameters.find((each, index) => String(index) === given[2] || each.name === given[2]);
      return parameter && found?.definition.kind === 'func' ? [`@${qualified(found.definition.module, found.definition.func.scope, found.definition.func.name)}#${parameter.name}`] : [];
    }
    const key = resolveOwner(name, module, this.sources.names, this.known);
    if (this.owners.has(key)) return [key];
    return [...this.owners].filter(([own, owner]) => own.startsWith(`${key}.`) && qualified(owner.module, '', owner.scope) === key).map(([own]) => own);
  }

  /** Gates by their full names; a list of dependencies in another file by what is in it. */
  private expanded(gates: readonly string[], module: Module): readonly string[] {
    return gates.flatMap((gate) => {
      const found = this.sources.names.definition(gate, module);
      const value = found?.definition.kind === 'value' && !found.rest ? found.definition : undefined;
      if (value?.assignment.value.kind === 'list') return listedNames(value.assignment.value).map((each) => this.sources.names.expand(each, value.module));
      return [this.sources.names.expand(gate, module)];
    });
  }

  // ---- hooks

  private takeHook(hook: RouteHook, module: Module): void {
    if (onlyInDevelopment(hook)) return;
    const owner = resolveOwner(hook.owner, module, this.sources.names, this.known);
    for (const runs of this.refusing(hook.runs, module)) {
      if (hook.everywhere) this.everywhere.push({ owner, runs }); else this.hooks.set(owner, [...(this.hooks.get(owner) ?? []), runs]);
    }
  }

  /** The functions behind a hook or a middleware that may refuse; a library's middleware when it is about signing in. */
  private refusing(name: string, module: Module): readonly string[] {
    const { names } = this.sources;
    const full = names.expand(name, module);
    const found = names.definition(name, module)?.definition;
    if (found?.kind === 'func') return this.mayRefuse(full, 0) ? [full] : [];
    if (found?.kind === 'class') return ['dispatch', '__call__', 'process_request', 'process_view'].map((each) => `${full}.${each}`).filter((each) => this.mayRefuse(each, 0));
    return LIBRARY_GATE.test(full) ? [full] : [];
  }

  private mayRefuse(name: string, depth: number): boolean {
    const found = this.sources.func(name);
    if (!found) return false;
    const { func, module } = found;
    const path = [func.scope, func.name].filter(Boolean).join('.');
    return func.returns.some((each) => each.kind !== 'none' && !handsOn(each)) || func.does.some((each) => REFUSES.test(each)) || module.refusals.some((each) => each.scope === path && each.raise.start !== each.at.start)
      || (depth < 2 && func.does.some((each) => this.mayRefuse(each, depth + 1)));
  }

  // ---- ways

  private way(name: string, seen: Set<string>): Way {
    const known = this.ways.get(name);
    if (known) return known;
    if (seen.has(name)) return NOWHERE;
    seen.add(name);
    const owner = this.owners.get(name);
    const mounts = this.mounts.get(name) ?? [];
    const real = mounts.some((each) => !each.development) ? mounts.filter((each) => !each.development) : mounts;
    const own = [...owner?.gates ?? [], ...this.hooks.get(name) ?? []];
    const root = name === '@app' || name === this.root || (owner?.application === true && mounts.length === 0) || (owner?.made === 'list' && this.root === undefined && mounts.length === 0);
    const found = root || real.length === 0
      ? { prefix: owner?.prefix ?? '', gates: own, hooks: this.appHooks(root && owner?.application ? name : '@app'), traced: root && (owner?.opaque !== true || owner.application) }
      : together(real.map((mount) => this.through(mount, owner, own, seen)));
    seen.delete(name);
    this.ways.set(name, found);
    return found;
  }

  private through(mount: Mount, owner: Owner | undefined, own: readonly string[], seen: Set<string>): Way {
    const above = this.way(mount.parent, seen);
    const prefix = mount.replaces ? mount.prefix ?? '' : joinPath(mount.prefix ?? '', owner?.prefix ?? '', owner?.made === 'list');
    return { prefix: joinPath(above.prefix, prefix, owner?.made === 'list' || /Router$/.test(owner?.made ?? '')), gates: [...above.gates, ...mount.gates, ...own], hooks: above.hooks, traced: above.traced && owner?.opaque !== true };
  }

  /** Hooks of one application; those of an application that is not told apart count for all. */
  private appHooks(application: string): readonly string[] {
    return [...new Set(this.everywhere.filter((each) => application === '@app' || each.owner === application || !this.owners.get(each.owner)?.application).map((each) => each.runs))];
  }

  // ---- entries

  private enter(entry: RouteEntry, module: Module, into: Map<string, Entered[]>): void {
    if (onlyInDevelopment(entry)) return;
    const key = resolveOwner(entry.owner, module, this.sources.names, this.known);
    const way = this.way(key, new Set());
    const written = this.sources.text(entry.path, module) ?? '{…}';
    const view = this.view(entry.target, module, 0);
    const one: Entered = {
      entry, from: module.path, way, path: joinPath(way.prefix, entry.set && written ? `${written}/` : written, entry.framework === 'django'), target: view.target, gates: [...this.expanded(entry.gates, module), ...view.gates],
      ...(view.definition !== undefined && { definition: view.definition }),
    };
    const home = view.home ?? module.path;
    into.set(home, [...(into.get(home) ?? []), one]);
  }

  private view(name: string, module: Module, depth: number): { readonly home?: string; readonly definition?: string; readonly target: string; readonly gates: readonly string[] } {
    const { names } = this.sources;
    const found = name && depth < 5 ? names.definition(name, module) : undefined;
    if (found && !found.rest && found.definition.kind !== 'module' && found.definition.kind !== 'value') {
      const { definition } = found;
      const one = definition.kind === 'func' ? definition.func : definition.class;
      return { home: definition.module.path, definition: [one.scope, one.name].filter(Boolean).join('.'), target: names.expand(name, module), gates: [] };
    }
    if (found?.definition.kind === 'value' && !found.rest) {
      const { value } = found.definition.assignment;
      const home = found.definition.module;
      if (value.kind === 'reference') return this.view(value.name, home, depth + 1);
      if (value.kind === 'result' && value.callee.endsWith('.as_view')) return this.view(value.callee.slice(0, -'.as_view'.length), home, depth + 1);
      const inner = value.kind === 'result' ? value.args.map((each) => each.kind === 'reference' ? each.name : each.kind === 'result' ? each.callee.replace(/\.as_view$/, '') : undefined).find((each) => each !== undefined) : undefined;
      if (value.kind === 'result' && inner !== undefined) { const behind = this.view(inner, home, depth + 1); return { ...behind, gates: [names.expand(value.callee, home), ...behind.gates] }; }
    }
    return { target: names.expand(name, module), gates: [] };
  }
}

/** Registered several times: only what stands before it everywhere stands before it. */
function together(all: readonly Way[]): Way {
  const first = all.find((each) => each.traced) ?? all[0] ?? NOWHERE;
  return { ...first, gates: first.gates.filter((gate) => all.every((each) => each.gates.includes(gate))), traced: all.some((each) => each.traced) };
}

/** The own name of what routes hang on, through imports and other names for it. */
export function resolveOwner(name: string, module: Module, names: ProjectNames, known: (name: string) => boolean, depth = 0): string {
  if (name.startsWith('@') || known(name) || depth > 5) return name;
  const found = names.definition(name, module);
  if (!found) return name;
  const { definition, rest } = found;
  switch (definition.kind) {
    case 'module': return rest ? name : `${definition.module.name}.urlpatterns`;
    case 'func': return qualified(definition.module, definition.func.scope, definition.func.name);
    case 'class': return [qualified(definition.module, definition.class.scope, definition.class.name), rest].filter(Boolean).join('.');
    case 'value': {
      const own = [qualified(definition.module, definition.assignment.scope, definition.assignment.target), rest].filter(Boolean).join('.');
      const { value } = definition.assignment;
      if (known(own)) return own;
      if (value.kind === 'reference' && value.name !== name) return resolveOwner(value.name, definition.module, names, known, depth + 1);
      return value.kind === 'result' && value.callee !== name ? resolveOwner(value.callee, definition.module, names, known, depth + 1) : own;
    }
  }
}

/** What the rest of the chain answers is no refusal. */
function handsOn(value: Value): boolean {
  if (value.kind === 'choice') return value.options.every(handsOn);
  const [first] = value.kind === 'result' ? value.args : [];
  if (value.kind === 'result' && value.args.length === 1 && first?.kind === 'parameter' && first.name === 'request') return true;
  return value.kind === 'result' && /(^|\.)(call_next|get_response|__call__|app|super\.\w+)$/.test(value.callee);
}

const REFUSES = /(^|\.)(abort|redirect|HTTPException|Forbidden|Unauthorized|PermissionDenied|NotAuthenticated|HttpResponse(Forbidden|Redirect)|RedirectResponse|JSONResponse|PlainTextResponse|redirect_to_login|unauthorized)$/;
const LIBRARY_GATE = /login_?required|(^|[._])(jwt|oidc|saml|basic_?auth|bearer|api_?key)\w*middleware|LoginRequired\w*|authentication\.AuthenticationMiddleware$/i;
