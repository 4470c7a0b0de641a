/** Whether a parameter only ever receives the program's own values: then what is built from it is no danger, whoever wrote the function. */
import type { Harmless, Parameter, Project, Result } from '../../../rules/kit';
import { push } from '../../lists';
import { classByPath, isOwn, lastName, options } from '../../../rules/kit';
import type { Entries } from './entries';
import type { CallSites, Target } from './sites';
import { givenTo, targetOf } from './sites';

/** Decorators that change neither who calls a function nor with what. */
const PLAIN = /(^|\.)(staticmethod|classmethod|property|cache|cached|cached_property|lru_cache|contextmanager|asynccontextmanager|wraps|retry|timed|atomic|contextlib\.\w+|abstractmethod)$/;
/** Calls followed upwards from a function. */
const DEEPEST = 4;
const MOST_SITES = 60;

export class OwnValues {
  private readonly known = new Map<string, boolean>();
  private readonly asking = new Set<string>();

  constructor(private readonly project: Project, private readonly sites: CallSites, private readonly entries: Entries) {}

  /** What is asked for again while it is being answered depends on itself alone, and does not decide. */
  given(parameter: Parameter, also?: Harmless): boolean {
    const [root = '', ...path] = parameter.name.split('.');
    const key = `${parameter.function} ${root} ${also?.name ?? ''}`;
    if (this.asking.has(key)) return true;
    const before = this.known.get(key);
    if (before !== undefined) return before;
    if (this.asking.size >= DEEPEST || path.length > 0 && path[0] !== '*') return false;
    this.asking.add(key);
    const answer = this.decide(parameter.function, root, also);
    this.asking.delete(key);
    if (this.asking.size === 0) this.known.set(key, answer);
    return answer;
  }

  returned(result: Result): boolean {
    const found = this.project.func(result.callee);
    if (!found || found.func.returns.length === 0 || found.func.returns.length >= 10 || found.func.decorators.some((each) => !PLAIN.test(each.name)) || this.asking.size >= DEEPEST) return false;
    const key = `${result.callee}()`;
    if (this.asking.has(key)) return true;
    this.asking.add(key);
    const target = targetOf(found.module, found.func);
    const answer = found.func.returns.every((each) => {
      if (each.kind !== 'parameter' || each.function !== target.name) return isOwn(each, this.project);
      const given = givenTo(each.name, target, { args: result.args, keywords: result.keywords, at: result.at });
      return given !== undefined && isOwn(given, this.project);
    });
    this.asking.delete(key);
    return answer;
  }

  private decide(name: string, root: string, also: Harmless | undefined): boolean {
    const found = this.project.func(name);
    if (!found || this.entries.has(name) || !this.isOnlyCalled(targetOf(found.module, found.func))) return false;
    const target = targetOf(found.module, found.func);
    const sites = this.sites.of(target);
    return sites.length > 0 && sites.length <= MOST_SITES && sites.every((site) => {
      const given = givenTo(root, target, site);
      return given !== undefined && options(this.project.resolve(given, site.module)).every((each) => isOwn(each, this.project) || (also !== undefined && (also.is(each) || (each.kind === 'parameter' && this.given(each, also)))));
    });
  }

  /** No framework, library or callback calls it, and no call of its name is left unexplained. */
  private isOnlyCalled(target: Target): boolean {
    const { func, module, method } = target;
    if (func.decorators.some((each) => !PLAIN.test(each.name)) || (/^__/.test(func.name) && func.name !== '__init__')) return false;
    const klass = method ? classByPath(module, func.scope, func.at) : undefined;
    if (klass && !func.name.startsWith('_') && klass.bases.some((base) => !/^(object|ABC|abc\.ABC|typing\.\w+|Protocol|Generic)$/.test(base) && !this.sites.target(`${base}.${func.name}`, module))) return false;
    if (klass && func.name === '__init__' && klass.bases.length > 0) return false;
    if (this.project.deployable === undefined && !func.name.startsWith('_')) return false;
    return !this.isNamedElsewhere(target, klass?.name);
  }

  /** A call of this name by somebody else's object, or the function itself handed on as a value. */
  private isNamedElsewhere({ func, module, name }: Target, klass: string | undefined): boolean {
    const called = func.name === '__init__' && klass !== undefined ? klass : func.name;
    const stray = this.callees().get(called) ?? [];
    if (stray.some((each) => this.sites.target(each.callee, each.module)?.name !== name)) return true;
    const value = new RegExp(`(?<!\\bdef\\s+|\\bclass\\s+)\\b${called}\\b(?!\\s*[(:=])`);
    return [module, ...this.project.modules.filter((each) => each !== module && each.imports.some((one) => lastName(one.target) === called || one.target === module.name))]
      .some((each) => (this.project.text(each.path) ?? '').split('\n').some((line) => line.includes(called) && !/^\s*(from|import)\s/.test(line) && value.test(line.replace(/(["'])(?:(?!\1)[^\\\n]|\\.)*\1|#.*/g, ''))));
  }

  /** Everything any function calls, by its last name, with one module that calls it so. */
  private callees(): ReadonlyMap<string, readonly { readonly callee: string; readonly module: Project['modules'][number] }[]> {
    return this.project.once('flowCallees', () => {
      const all = new Map<string, { callee: string; module: Project['modules'][number] }[]>();
      const seen = new Set<string>();
      for (const module of this.project.modules) {
        for (const does of [module.does, ...module.functions.map((each) => each.does)]) {
          for (const callee of does) {
            if (seen.has(callee)) continue;
            seen.add(callee);
            push(all, lastName(callee), { callee, module });
          }
        }
      }
      return all;
    });
  }
}
