/**
 * Ways of a visitor's data through the project's functions. Forwards, into what a function gives back; backwards, from a parameter to what
 * the calls of its function give to it. Everything is made of plain facts, when a rule first asks, and kept for as long as the facts hold.
 *
 * Bounds: a way crosses at most MOST_CALLS calls, MOST_WAYS ways are known of one parameter, and one question looks at no more than
 * MOST_STEPS functions. Past a bound there is no way, so that nothing is said; never the other way round.
 */
import type { Func, Leg, Module, Parameter, Project, Result, Span, Tainted, Value, Way } from '../../../rules/kit';
import { cannotCarryText, classByPath, lastName } from '../../../rules/kit';
import type { ProjectNames } from '../names';
import { qualified } from '../names';
import type { Entries } from './entries';
import { fieldOfForm } from './forms';
import type { Leaf } from './leaves';
import { leavesOf } from './leaves';
import type { CallSites, Target } from './sites';
import { givenTo } from './sites';

const MOST_CALLS = 6;
const MOST_WAYS = 8;
const MOST_STEPS = 200;

export interface Where { readonly module: Module; readonly scope: string; readonly at: Span; readonly calls?: string }

/** What such functions give back is taken for clean, whatever they do. */
const CLEANS = /^_*(sanitize|sanitise|escape|quote|clean|validate|validated|check|ensure|slugify|secure|safe|normalize|mask|redact|hash|encrypt|whitelist|allow)(_|$|[A-Z])|(_|^)(safe|escaped|sanitized|quoted|cleaned)$/;

export class Ways {
  /** By parameter: the ways into it, each ending at a call of its function. */
  private readonly into = new Map<string, readonly Way[]>();
  private readonly asking = new Set<string>();
  private steps = 0;
  /** A loop or a bound was met since the outermost question: such an answer is not kept. */
  private cut = false;

  constructor(private readonly project: Project, private readonly names: ProjectNames, private readonly sites: CallSites, private readonly entries: Entries) {}

  to(value: Value, where: Where, through?: RegExp): readonly Way[] {
    this.steps = 0;
    return this.waysTo(value, [], where, through, 0);
  }

  private waysTo(value: Value, path: readonly string[], where: Where, through: RegExp | undefined, calls: number): readonly Way[] {
    const ways: Way[] = [];
    for (const leaf of leavesOf(value, path, through)) {
      if (ways.length >= MOST_WAYS) break;
      ways.push(...this.ofLeaf(leaf, value, where, through, calls));
    }
    return shortest(ways);
  }

  private ofLeaf(leaf: Leaf, whole: Value, where: Where, through: RegExp | undefined, calls: number): readonly Way[] {
    const leg: Leg = { module: where.module, scope: where.scope, value: leaf, whole, at: where.at, ...(where.calls !== undefined && { calls: where.calls }) };
    switch (leaf.kind) {
      case 'tainted': return [{ taint: leaf, ...this.sourceOf(leaf, where.module), legs: [leg] }];
      case 'reference': {
        if (!fieldOfForm(leaf.name, where.module, this.names)) return [];
        const taint: Tainted = { kind: 'tainted', source: lastName(leaf.name), at: leaf.at };
        return [{ taint, ...this.sourceOf(taint, where.module), legs: [leg] }];
      }
      case 'parameter': return this.ofParameter(leaf, through, calls).map((way) => ({ ...way, legs: [...way.legs, leg] }));
      case 'result': return this.ofResult(leaf, where, through, calls).map((way) => ({ ...way, legs: [...way.legs, leg] }));
    }
  }

  private sourceOf(taint: Tainted, module: Module): Pick<Way, 'source' | 'read'> {
    const { start, end } = taint.from ?? taint.at;
    const written = this.project.written(module.path, { start, end });
    return { source: { path: module.path, start, end }, read: written !== '' && written.length <= 60 && !written.includes('\n') ? written : taint.source };
  }

  // ---- backwards

  private ofParameter(leaf: Parameter, through: RegExp | undefined, calls: number): readonly Way[] {
    const found = this.project.func(leaf.function);
    if (!found) return [];
    const [root = '', ...path] = leaf.name.split('.');
    const parameter = found.func.parameters.find((each) => each.name === root);
    if (!parameter || cannotCarryText(path.length > 0 && path[0] !== '*' ? `${root}.${path[0] ?? ''}` : root, found.func, this.project)) return [];
    const entry = this.entries.parameter(leaf.function, root);
    if (entry === 'number') return [];
    if (entry === 'text') {
      const taint: Tainted = { kind: 'tainted', source: root, at: leaf.at };
      return [{ taint, source: { path: found.module.path, ...parameter.at }, read: root, legs: [] }];
    }
    const ways = this.waysInto(found, root, path, through, calls);
    // An upload is a visitor's, whoever hands it on.
    if (ways.length > 0 || !/(^|\.)UploadFile$/.test(parameter.annotation ?? '')) return ways;
    const taint: Tainted = { kind: 'tainted', source: leaf.name, at: leaf.at };
    return [{ taint, source: { path: found.module.path, ...parameter.at }, read: root, legs: [] }];
  }

  private waysInto(found: { readonly module: Module; readonly func: Func }, root: string, path: readonly string[], through: RegExp | undefined, calls: number): readonly Way[] {
    const name = qualified(found.module, found.func.scope, found.func.name);
    const key = `${name} ${root} ${path.join('.')} ${through?.source ?? ''}`;
    const known = this.into.get(key);
    if (known) return known.filter((each) => each.legs.length + calls <= MOST_CALLS);
    if (calls >= MOST_CALLS || this.asking.has(key) || this.steps++ > MOST_STEPS) { this.cut = true; return []; }
    const before = this.cut;
    this.cut = false;
    this.asking.add(key);
    const method = classByPath(found.module, found.func.scope) !== undefined;
    const target: Target = { name, module: found.module, func: found.func, method };
    const ways: Way[] = [];
    for (const site of this.sites.of(target)) {
      if (ways.length >= MOST_WAYS) break;
      const given = givenTo(root, target, site);
      if (given) ways.push(...this.waysTo(given, path, { module: site.module, scope: site.scope, at: site.at, calls: site.written }, through, calls + 1));
    }
    this.asking.delete(key);
    const all = shortest(ways);
    if (!this.cut) this.into.set(key, all);
    this.cut ||= before;
    return all;
  }

  // ---- forwards

  private ofResult(leaf: Result, where: Where, through: RegExp | undefined, calls: number): readonly Way[] {
    if (CLEANS.test(lastName(leaf.callee)) || calls >= MOST_CALLS || this.steps++ > MOST_STEPS) return [];
    const target = this.sites.target(leaf.callee, where.module, where.scope);
    if (!target || target.func.name === '__init__' || target.func.decorators.some((each) => !/(^|\.)(staticmethod|classmethod|cache|cached|lru_cache|memoize|property|contextmanager)$/.test(each.name))) return [];
    return shortest(target.func.returns.flatMap((given) => leavesOf(given, [], through).flatMap((inner): readonly Way[] => {
      const back: Where = { module: target.module, scope: [target.func.scope, target.func.name].filter(Boolean).join('.'), at: given.at };
      if (inner.kind !== 'parameter' || inner.function !== target.name) return inner.kind === 'result' && inner.callee === leaf.callee ? [] : this.ofLeaf(inner, given, back, through, calls + 1);
      const [root = '', ...path] = inner.name.split('.');
      const passed = cannotCarryText(root, target.func, this.project) ? undefined : givenTo(root, target, { args: leaf.args, keywords: leaf.keywords, at: leaf.at });
      return passed ? this.waysTo(passed, path, { ...where, calls: lastName(leaf.callee) }, through, calls + 1).map((way) => ({ ...way, legs: [...way.legs, { ...back, value: inner, whole: given }] })) : [];
    })));
  }
}

function shortest(ways: readonly Way[]): readonly Way[] {
  return ways.length < 2 ? ways : [...ways].sort((a, b) => a.legs.length - b.legs.length).slice(0, MOST_WAYS);
}
