/** Who calls whom: the calls of the project's own functions, by the function that then runs. */
import type { Func, Keyword, Module, Span, Value } from '../../../rules/kit';
import { classByPath, functionByPath, lastName, pathOf } from '../../../rules/kit';
import { HANDS_OVER } from '../../python/passes';
import { ModuleIndex } from '../module-index';
import type { ProjectNames } from '../names';
import { qualified } from '../names';

/** A function of the project, with the class it is a method of. */
export interface Target { readonly name: string; readonly module: Module; readonly func: Func; readonly method: boolean }

/** A call of a function of the project. */
export interface Site {
  readonly module: Module;
  readonly scope: string;
  readonly written: string;
  readonly at: Span;
  readonly args: readonly Value[];
  readonly keywords: readonly Keyword[];
}

/** Ways of calling a task later with the arguments given here. */
const LATER = /^(delay|apply_async|s|si|signature|send|send_with_options|defer|defer_async|kiq|enqueue|spawn|map)$/;
/** Bases followed from class to class. */
const MOST_BASES = 8;

export class CallSites {
  private readonly targets: Targets;

  /** @param index the calls of all modules, by the name of what they call */
  constructor(names: ProjectNames, private readonly index: () => ModuleIndex<Site>) {
    this.targets = new Targets(names);
  }

  /** Calls after which this function runs: of itself, or of a method that it overrides. */
  of(target: Target): readonly Site[] {
    const overridden = this.targets.overridden(target);
    const own = this.index().get(target.name).map(({ fact }) => fact);
    if (overridden.length === 0) return own;
    // One file after the other, in each those of the function itself first.
    return [...own, ...overridden.flatMap((name) => this.index().get(name).map(({ fact }) => fact))].sort((x, y) => x.module.path < y.module.path ? -1 : x.module.path > y.module.path ? 1 : 0);
  }

  /** The function behind a callee, as a module knows it. */
  target(callee: string, from: Module, scope = ''): Target | undefined {
    return this.targets.target(callee, from, scope);
  }
}

/** The functions of the project by what they are called. */
class Targets {
  private readonly known = new Map<string, Target | undefined>();

  constructor(private readonly names: ProjectNames) {}

  /** The function behind a callee, as a module knows it: through imports, instances, classes and their bases. */
  target(callee: string, from: Module, scope = ''): Target | undefined {
    const key = `${from.path} ${callee.startsWith('super.') ? scope : ''} ${callee}`;
    if (this.known.has(key)) return this.known.get(key);
    const found = callee.startsWith('super.') ? this.inherited(callee, from, scope) : this.named(callee, from) ?? this.renamed(callee, from);
    this.known.set(key, found);
    return found;
  }

  private renamed(callee: string, from: Module): Target | undefined {
    const expanded = this.names.expand(callee, from);
    return expanded === callee ? undefined : this.named(expanded, from);
  }

  private named(callee: string, from: Module): Target | undefined {
    const found = this.names.definition(callee, from);
    if (!found) return undefined;
    const { definition, rest } = found;
    if (definition.kind === 'func') return rest === '' || LATER.test(rest) ? targetOf(definition.module, definition.func) : undefined;
    const [name = '', later, ...more] = rest.split('.');
    const isCall = more.length === 0 && (later === undefined || LATER.test(later));
    return definition.kind === 'class' && isCall ? this.method(definition.module, pathOf(definition.class), name || '__init__') : undefined;
  }

  private inherited(callee: string, from: Module, scope: string): Target | undefined {
    const owner = from.classes.find((each) => scope.startsWith(`${[each.scope, each.name].filter(Boolean).join('.')}.`));
    return owner?.bases.map((base) => this.methodOf(base, from, callee.slice('super.'.length), 0)).find((each) => each !== undefined);
  }

  private methodOf(klass: string, from: Module, name: string, depth: number): Target | undefined {
    const found = depth < MOST_BASES ? this.names.definition(klass, from) : undefined;
    return found?.definition.kind === 'class' && found.rest === '' ? this.method(found.definition.module, pathOf(found.definition.class), name, depth + 1) : undefined;
  }

  private method(module: Module, path: string, name: string, depth = 0): Target | undefined {
    const func = functionByPath(module, `${path}.${name}`);
    if (func) return targetOf(module, func);
    const klass = classByPath(module, path);
    return klass?.bases.map((base) => this.methodOf(base, module, name, depth)).find((each) => each !== undefined);
  }

  /** Names of the methods that a method overrides. */
  overridden({ module, func, method }: Target): readonly string[] {
    if (!method || func.name === '__init__') return [];
    const klass = classByPath(module, func.scope, func.at);
    return klass?.bases.flatMap((base) => this.methodOf(base, module, func.name, 0)?.name ?? []) ?? [];
  }
}

/** The calls of all modules by the function that then runs. It outlives the facts it is made for, and holds nothing of them but the modules' own. */
export function siteIndexOf(modules: readonly Module[], names: ProjectNames): ModuleIndex<Site> {
  return new ModuleIndex(modules, (module) => sitesIn(module, names));
}

/** The calls of functions of the project that a module makes, each under the name of the function that then runs. */
function sitesIn(module: Module, names: ProjectNames): readonly (readonly [callee: string, site: Site])[] {
  const targets = new Targets(names);
  const found: (readonly [string, Site])[] = [];
  const add = (target: Target | undefined, site: Site) => { if (target) found.push([target.name, site]); };
  for (const { scope, callee, written, at, args, keywords } of [...module.calls, ...module.passes]) {
    const last = lastName(callee);
    const site = { module, scope, written, at, args, keywords };
    if (HANDS_OVER.has(last)) for (const handed of handedOver(site)) add(targets.target(handed.to, module, scope), handed.site);
    add(targets.target(callee, module, scope), last === 'apply_async' ? unpacked(site) : site);
  }
  return found;
}

export function targetOf(module: Module, func: Func): Target {
  const method = classByPath(module, func.scope) !== undefined;
  return { name: qualified(module, func.scope, func.name), module, func, method };
}

/** `Thread(target=f, args=(x,))`, `pool.submit(f, x)`, `tasks.add_task(f, x)`: the call of `f` with what it will be given. */
function handedOver(site: Site): readonly { readonly to: string; readonly site: Site }[] {
  const target = site.keywords.find((each) => /^(target|func|function|f)$/.test(each.name))?.value;
  if (target?.kind === 'reference') return [{ to: target.name, site: unpacked(site) }];
  const at = site.args.findIndex((each) => each.kind === 'reference');
  const func = site.args[at];
  return func?.kind === 'reference' ? [{ to: func.name, site: { ...site, args: site.args.slice(at + 1) } }] : [];
}

/** `args=(x,), kwargs={"y": 1}` are the arguments. */
function unpacked(site: Site): Site {
  const under = (name: string, position: number) => site.keywords.find((each) => each.name === name)?.value ?? site.args[position];
  const [list, table] = [under('args', 0), under('kwargs', 1)];
  const keywords = table?.kind === 'dict' ? table.entries.flatMap((each) => each.key.kind === 'text' ? [{ name: each.key.value, value: each.value, at: each.value.at }] : []) : [];
  return { ...site, args: list?.kind === 'list' ? list.items : [], keywords };
}

/** What a call gives to a parameter; undefined when that cannot be told, or nothing is given and there is no default. */
export function givenTo(name: string, { func, method }: Pick<Target, 'func' | 'method'>, { args, keywords, at }: Pick<Site, 'args' | 'keywords' | 'at'>): Value | undefined {
  const bound = method && !func.decorators.some((each) => each.name === 'staticmethod');
  const parameters = bound ? func.parameters.slice(1) : func.parameters;
  const index = parameters.findIndex((each) => each.name === name);
  const parameter = parameters[index];
  if (!parameter) return undefined;
  const spread = keywords.filter((each) => each.name === '*' || each.name === '**').map((each) => each.value);
  if (parameter.stars === '*') return { kind: 'list', items: [...args.slice(index), ...spread], at };
  if (parameter.stars === '**') {
    const others = keywords.filter((each) => !parameters.some((one) => one.name === each.name) && each.name !== '*');
    return { kind: 'dict', entries: others.map((each) => ({ key: { kind: 'text', value: each.name, at: each.at }, value: each.value })), open: spread.length > 0, at };
  }
  const own = keywords.find((each) => each.name === name)?.value ?? args[index];
  if (own) return own;
  return spread.length > 0 ? { kind: 'choice', by: 'conditional', options: [...spread, ...(parameter.fallback ? [parameter.fallback] : [])], at } : parameter.fallback;
}
