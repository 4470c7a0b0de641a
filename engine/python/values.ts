/**
 * The value lattice at work: what an expression may be when the program runs (rules/kit/value.ts).
 *
 * Names are followed through the assignments that can reach the place they are read at: the last one before it that always
 * runs ends the search, one inside a branch adds an option, `+=` joins. What comes from other files stays a reference, which the
 * project follows later. Depth and width are bounded; past the bound a value is `unknown`, never wrong.
 */
import type { Entry, Keyword, Span, Value } from '../../rules/kit';
import { environmentVariables } from '../../rules/kit';
import { made } from '../lists';
import type { Expr } from '../syntax/ast';
import { castOf, generates, secretStore } from './environment';
import { isEnvironment } from './environment-object';
import { environment, readerOf, schemeOf } from './environment-reads';
import type { Names } from './names';
import { selfClass } from './names';
import { isHarmless, isOperation, isProvided, isRequestValue } from './requests';
import type { Binding, Scope } from './scopes';
import { bindingsOf, isMadeAt } from './scopes';
import { ARITHMETIC, calculated, carriesTaint, depends, element, givesRequestValue, isNumeric, isPath, isText, joined, mayReadEnvironment, NUMERIC, part, pathJoined, placed, span, TAINT_KEEPING, tainted, WIDEST } from './value-parts';

const DEEPEST = 16;
const MOST_STEPS = 4000;
/** Values that a name may have at a place; what has more is a state machine, or made by one. Values lie in each other, and so do those who look at them. */
const MOST_WAYS = 60;

export class Values {
  private depth = 0;
  /** Evaluations since the outermost question: a fuse against values that multiply. */
  private steps = 0;
  /** Whether the fuse blew since the outermost question: such an answer is not kept. */
  private cut = false;
  private readonly known = new Map<Expr, Value>();

  constructor(private readonly names: Names) {}

  /** Forgets the values it knows: each is evaluated anew when it is asked for. */
  forget(): void {
    this.known.clear();
  }

  /** The value of an expression read in a scope. `given` fills in parameters, for helpers that are followed. */
  evaluate(expr: Expr, scope: Scope, given?: ReadonlyMap<string, Value>): Value {
    const known = given ? undefined : this.known.get(expr);
    if (known) return known;
    const at = span(expr);
    if (this.depth === 0) { this.steps = 0; this.cut = false; }
    if (this.depth > DEEPEST || this.steps++ > MOST_STEPS) { this.cut = true; return { kind: 'unknown', at }; }
    this.depth++;
    const value = this.kind(expr, scope, at, given);
    this.depth--;
    if (!given && !this.cut) this.known.set(expr, value);
    return value;
  }

  private kind(expr: Expr, scope: Scope, at: Span, given?: ReadonlyMap<string, Value>): Value {
    const value = (inner: Expr) => this.evaluate(inner, scope, given);
    switch (expr.k) {
      case 'text': return { kind: 'text', value: expr.value, at };
      case 'number': return { kind: 'number', value: expr.value, at };
      case 'bool': return { kind: 'bool', value: expr.value, at };
      case 'none': return { kind: 'none', at };
      case 'joined': return joined('f-string', expr.parts.map(value), at);
      case 'binary': return this.binary(expr, value(expr.left), value(expr.right), at);
      case 'logic': return { kind: 'choice', by: expr.op, options: [value(expr.left), value(expr.right)], at };
      case 'conditional': return { kind: 'choice', by: 'conditional', options: [value(expr.yes), value(expr.no)], test: value(expr.test), at };
      case 'not': return { kind: 'test', op: 'not', left: value(expr.of), at };
      case 'compare': return this.compare(expr, scope, at, given);
      case 'list': return { kind: 'list', items: expr.items.slice(0, WIDEST).map(value), at };
      case 'dict': return this.table(expr, value, at);
      case 'await': return value(expr.of);
      case 'walrus': return value(expr.value);
      case 'comprehension': return { kind: 'list', items: [value(expr.body)], at };
      case 'name': return this.name(expr.name, scope, at, given);
      case 'attribute': return this.attribute(expr, scope, at, given);
      case 'index': return this.index(expr, scope, at, given);
      case 'call': return this.call(expr, scope, at, given);
      default: return { kind: 'unknown', at };
    }
  }

  /** The arguments that have a name or stars. */
  keywords(args: readonly { readonly name?: string; readonly stars?: '*' | '**'; readonly value: Expr; readonly start: number; readonly end: number }[], scope: Scope, given?: ReadonlyMap<string, Value>): readonly Keyword[] {
    const keywords = args.filter((each) => each.name !== undefined || each.stars !== undefined);
    return made(keywords, (each) => ({ name: each.name ?? each.stars ?? '', value: this.evaluate(each.value, scope, given), at: span(each) }));
  }

  /** `"X" in os.environ` asks like `os.environ.get("X")` does, but for variables that are empty. */
  private compare(expr: Extract<Expr, { k: 'compare' }>, scope: Scope, at: Span, given?: ReadonlyMap<string, Value>): Value {
    const left = this.evaluate(expr.left, scope, given);
    if (/^(not )?in$/.test(expr.op) && isEnvironment(expr.right, scope, this.names)) {
      const set = environment(left, at, false);
      return expr.op === 'in' ? set : { kind: 'test', op: 'not', left: set, at };
    }
    return { kind: 'test', op: expr.op, left, right: this.evaluate(expr.right, scope, given), at };
  }

  private table(expr: Extract<Expr, { k: 'dict' }>, value: (inner: Expr) => Value, at: Span): Value {
    const entries: Entry[] = [];
    let open = expr.entries.length > WIDEST;
    for (const each of expr.entries.slice(0, WIDEST)) {
      if (each.key) { entries.push({ key: value(each.key), value: value(each.value) }); continue; }
      const spread = value(each.value.k === 'spread' ? each.value.of : each.value);
      if (spread.kind === 'dict') { entries.push(...spread.entries); open ||= spread.open; } else open = true;
    }
    return { kind: 'dict', entries, open, at };
  }

  private binary(expr: Extract<Expr, { k: 'binary' }>, left: Value, right: Value, at: Span): Value {
    const number = calculated(expr.op, left, right);
    if (number !== undefined) return { kind: 'number', value: number, at };
    if (expr.op === '/' && isPath(left)) return pathJoined(left, right, at);
    if ((NUMERIC.has(expr.op) && !isText(right)) || (/^[*+]$/.test(expr.op) && isNumeric(left) && isNumeric(right))) return { kind: 'result', callee: ARITHMETIC, args: [left, right], keywords: [], at };
    if (expr.op === '*') return left.kind === 'text' || left.kind === 'list' ? placed(left, at) : right.kind === 'text' || right.kind === 'list' ? placed(right, at) : { kind: 'unknown', at };
    if (expr.op === '%' && isText(left)) return joined('percent', [left, ...(right.kind === 'list' ? right.items : right.kind === 'dict' ? right.entries.map((each) => each.value) : [right])], at);
    if (expr.op === '+') {
      if (left.kind === 'list' && right.kind === 'list') return { kind: 'list', items: [...left.items, ...right.items].slice(0, WIDEST), at };
      if (isText(left) || isText(right) || carriesTaint(left) || carriesTaint(right)) return joined('concatenation', [left, right], at);
    }
    // `BASE_DIR / "media"` reads like os.path.join.
    if (expr.op === '/' && isText(right)) return pathJoined(left, right, at);
    if (expr.op === '|' && left.kind === 'dict' && right.kind === 'dict') return { kind: 'dict', entries: [...left.entries, ...right.entries], open: left.open || right.open, at };
    return { kind: 'unknown', at };
  }

  // ---- names

  private name(name: string, scope: Scope, at: Span, given?: ReadonlyMap<string, Value>): Value {
    const passed = given?.get(name);
    if (passed) return placed(passed, at);
    const found = bindingsOf(name, scope);
    if (!found) return { kind: 'reference', name, at };
    const own = found.scope === scope;
    const list = own ? found.bindings.filter((each) => each.kind === 'parameter' || (each.at < at.start && !isMadeAt(each, at.start))) : found.bindings;
    const blocks = own ? found.scope.blocks.filter((each) => each.start <= at.start && at.start < each.end).map((each) => each.id) : [];
    return this.reaching(name, list.length > 0 ? list : found.bindings.slice(0, 1), found.scope, blocks, at, given);
  }

  /**
   * From the last binding backwards, until one that always runs before the place.
   * @param count how many of the bindings are left
   */
  private reaching(name: string, list: readonly Binding[], home: Scope, blocks: readonly number[], at: Span, given?: ReadonlyMap<string, Value>, count = list.length): Value {
    const last = list[count - 1];
    if (!last || list.length - count > MOST_WAYS) return { kind: 'unknown', at };
    const before = () => this.reaching(name, list, home, blocks, at, given, count - 1);
    if (this.steps++ > MOST_STEPS) { this.cut = true; return { kind: 'unknown', at }; }
    const value = placed(this.bound(name, last, home, at, given), at);
    if (last.kind === 'value' && last.op !== undefined) {
      const earlier = count > 1 ? before() : { kind: 'unknown', at } as const;
      return last.op === '+' && (isText(earlier) || isText(value) || carriesTaint(value)) ? joined('concatenation', [earlier, value], at) : { kind: 'unknown', at };
    }
    const always = last.blocks.every((each) => blocks.includes(each));
    if (always || count === 1) return value;
    return { kind: 'choice', by: 'conditional', options: [value, before()], at };
  }

  private bound(name: string, binding: Binding, home: Scope, at: Span, given?: ReadonlyMap<string, Value>): Value {
    switch (binding.kind) {
      case 'value': return this.evaluate(binding.value, home, home.kind === 'function' ? given : undefined);
      case 'import': return isRequestValue(binding.target) ? tainted(name, at) : { kind: 'reference', name: binding.target, at };
      case 'definition': return { kind: 'reference', name: this.qualified(binding.scope), at };
      case 'element': return part(element(this.evaluate(binding.over, home, given), at), binding.index);
      case 'unpacked': return element(this.evaluate(binding.value, home, given), at);
      case 'parameter': return this.parameter(binding.parameter.name, home, at);
      case 'declared': return { kind: 'unknown', at };
    }
  }

  private parameter(name: string, home: Scope, at: Span): Value {
    const fn = home.statement;
    const plain: Value = { kind: 'parameter', name, function: this.qualified(home), at };
    if (fn?.k !== 'function') return plain;
    const parameter = fn.parameters.find((each) => each.name === name);
    const annotation = parameter?.annotation && this.names.annotated(parameter.annotation, home);
    const routes = fn.decorators.map((each) => this.names.callee(each.k === 'call' ? each.callee : each, home.parent ?? home));
    if (routes.some(isOperation)) {
      if (name === 'self' || (annotation && isProvided(annotation)) || depends(parameter?.fallback) || depends(parameter?.annotation) || this.isDependency(parameter?.annotation, home)) return plain;
      return annotation && isHarmless(annotation) ? { kind: 'result', callee: annotation, args: [tainted(name, at)], keywords: [], at } : tainted(name, at);
    }
    const converter = fn.decorators.map((each, index) => this.converterOf(name, each, routes[index] ?? '')).find((each) => each !== undefined);
    if (converter === undefined) return plain;
    return /^(int|float|uuid)$/.test(converter) ? { kind: 'result', callee: converter, args: [tainted(name, at)], keywords: [], at } : tainted(name, at);
  }

  /** `int` of `@app.route("/items/<int:name>")`, empty without one; undefined where the path has no such part. */
  private converterOf(name: string, decorator: Expr, route: string): string | undefined {
    if (decorator.k !== 'call' || !/(?:^|\.)(?:route|get|post|put|patch|delete)$/.test(route) || !/(Flask|Quart|Blueprint|(^|\.)app|(^|\.)bp|blueprint)\.\w+$/i.test(route)) return undefined;
    const path = decorator.args[0]?.value;
    const found = path?.k === 'text' ? new RegExp(`<(?:(\\w+)(?:\\([^)]*\\))?:)?${name}>`).exec(path.value) : null;
    return found ? found[1] ?? '' : undefined;
  }

  /** `CurrentUser = Annotated[User, Depends(current_user)]`, here or in another file by the name that such aliases have. */
  private isDependency(annotation: Expr | undefined, home: Scope): boolean {
    if (annotation?.k !== 'name') return false;
    const alias = this.names.binding(annotation.name, home.parent ?? home, annotation.start);
    return alias?.kind === 'value' ? depends(alias.value) : alias?.kind === 'import' && /(Deps?|Depends|Dependency)$|^Current[A-Z]/.test(annotation.name);
  }

  private attribute(expr: Extract<Expr, { k: 'attribute' }>, scope: Scope, at: Span, given?: ReadonlyMap<string, Value>): Value {
    const owner = expr.of.k === 'name' ? selfClass(expr.of.name, scope) ?? this.classNamed(expr.of.name, scope) : undefined;
    if (owner) {
      const constant = owner.bindings.get(expr.name);
      if (constant?.length) return this.reaching(expr.name, constant, owner, [], at);
      const own = owner.attributes.get(expr.name);
      if (own && own.scope !== scope) return placed(this.evaluate(own.value, own.scope), at);
    }
    const qualified = this.names.qualify(expr, scope);
    if (qualified && isRequestValue(qualified)) return tainted(this.names.written(expr), at, this.rootOf(expr, scope, given));
    const of = this.evaluate(expr.of, scope, given);
    if (carriesTaint(of)) return tainted(this.names.written(expr), at, of);
    if (of.kind === 'parameter') return { kind: 'parameter', name: `${of.name}.${expr.name}`, function: of.function, at };
    return qualified ? { kind: 'reference', name: qualified, at } : { kind: 'unknown', at };
  }

  private index(expr: Extract<Expr, { k: 'index' }>, scope: Scope, at: Span, given?: ReadonlyMap<string, Value>): Value {
    const qualified = this.names.qualify(expr.of, scope);
    const key = this.evaluate(expr.key, scope, given);
    if (isEnvironment(expr.of, scope, this.names)) return environment(key, at, true);
    // An alias such as `CurrentUser = Annotated[User, Depends(get_current_user)]` keeps what it names, for who imports it.
    if (qualified && /^typing(?:_extensions)?\.Annotated$/.test(qualified)) return { kind: 'result', callee: qualified, args: key.kind === 'list' ? key.items : [key], keywords: [], at };
    if (qualified && isRequestValue(qualified)) return tainted(this.names.written(expr), at, this.rootOf(expr, scope, given));
    const of = this.evaluate(expr.of, scope, given);
    if (carriesTaint(of)) return tainted(this.names.written(expr), at, of);
    if (of.kind === 'dict' && key.kind === 'text') {
      const entry = of.entries.findLast((each) => each.key.kind === 'text' && each.key.value === key.value);
      if (entry) return placed(entry.value, at);
    }
    if (of.kind === 'dict' && !of.open && of.entries.length > 0) return { kind: 'choice', by: 'conditional', options: of.entries.map((each) => each.value), at };
    if (of.kind === 'list' && key.kind === 'number') { const item = of.items.at(key.value); if (item) return placed(item, at); }
    if (of.kind === 'parameter') return { ...of, name: `${of.name}.${key.kind === 'text' && /^\w+$/.test(key.value) ? key.value : '*'}`, at };
    const named = this.names.qualify(expr, scope);
    if (named && key.kind === 'text') return { kind: 'reference', name: named, at };
    return of.kind === 'reference' ? { kind: 'result', callee: `${of.name}.__getitem__`, of, args: [key], keywords: [], at } : { kind: 'unknown', at };
  }

  /** What the name that an expression begins with stands for: `data` of `data["x"].strip()`. */
  private rootOf(expr: Expr, scope: Scope, given?: ReadonlyMap<string, Value>): Value | undefined {
    let at = expr;
    while (at.k === 'attribute' || at.k === 'index' || at.k === 'call' || at.k === 'await') at = at.k === 'call' ? at.callee : at.of;
    return at.k === 'name' ? this.evaluate(at, scope, given) : undefined;
  }

  // ---- calls

  private call(expr: Extract<Expr, { k: 'call' }>, scope: Scope, at: Span, given?: ReadonlyMap<string, Value>): Value {
    const callee = this.names.callee(expr.callee, scope);
    const positional = expr.args.filter((each) => each.name === undefined && !each.stars);
    const args = () => made(positional.slice(0, WIDEST), (each) => this.evaluate(each.value, scope, given));
    const reader = readerOf(expr, callee, scope, this.names);
    const name = positional[0] ?? expr.args.find((each) => /^(key|var|name)$/.test(each.name ?? ''));
    if (reader && name) {
      const key = this.evaluate(name.value, scope, given);
      const scheme = schemeOf(expr, key, scope, this.names, (type) => this.evaluate(type, scope));
      const fallback = expr.args.find((each) => each.name === reader.fallback.keyword)?.value ?? (reader.fallback.position === undefined ? undefined : positional[reader.fallback.position]?.value) ?? scheme.fallback;
      const cast = expr.args.find((each) => each.name === 'cast')?.value;
      const type = reader.cast ?? (cast && castOf(this.evaluate(cast, scope, given))) ?? scheme.cast;
      return environment(key, at, reader.strict, fallback && this.evaluate(fallback, scope, given), type, scheme.prefix);
    }
    if (generates(callee)) return { kind: 'generated', by: callee, at };
    const store = secretStore(callee);
    if (store) return { kind: 'secret-store', store, at };
    if (isRequestValue(callee) && givesRequestValue(callee)) {
      const value = tainted(this.names.written(expr), at, this.rootOf(expr, scope, given));
      const type = expr.args.find((each) => each.name === 'type')?.value;
      const cast = type && this.names.qualify(type, scope);
      return cast !== undefined && isHarmless(cast) ? { kind: 'result', callee: cast, args: [value], keywords: [], at } : value;
    }
    if (expr.callee.k === 'attribute') return this.method(expr, expr.callee, callee, scope, at, args(), given);
    return this.helper(expr, scope, given) ?? { kind: 'result', callee, args: args(), keywords: this.keywords(expr.args, scope, given), at };
  }

  private method(expr: Extract<Expr, { k: 'call' }>, method: Extract<Expr, { k: 'attribute' }>, callee: string, scope: Scope, at: Span, args: readonly Value[], given?: ReadonlyMap<string, Value>): Value {
    const of = this.evaluate(method.of, scope, given);
    if (method.name === 'format' && isText(of)) return joined('format', [of, ...args, ...this.keywords(expr.args, scope, given).map((each) => each.value)], at);
    if (method.name === 'join' && isText(of)) return joined('join', [of, ...(args[0]?.kind === 'list' ? args[0].items : args)], at);
    if (method.name === 'get' && of.kind === 'dict' && args[0]?.kind === 'text') {
      const key = args[0].value;
      const entry = of.entries.findLast((each) => each.key.kind === 'text' && each.key.value === key);
      if (entry) return placed(entry.value, at);
    }
    if (carriesTaint(of) && TAINT_KEEPING.has(method.name)) return tainted(this.names.written(method.of), at, of);
    return { kind: 'result', callee, of, args, keywords: this.keywords(expr.args, scope, given), at };
  }

  /** A function of this file that is one `return`: its value with the arguments put in. Longer ones only when they read a variable that the call names. */
  private helper(expr: Extract<Expr, { k: 'call' }>, scope: Scope, given?: ReadonlyMap<string, Value>): Value | undefined {
    if (expr.callee.k !== 'name') return undefined;
    const binding = this.names.binding(expr.callee.name, scope, expr.start);
    if (binding?.kind !== 'definition' || binding.scope.statement?.k !== 'function') return undefined;
    const fn = binding.scope.statement;
    const { returns } = binding.scope;
    const body = fn.body.body.filter((each) => !(each.k === 'expression' && each.value.k === 'text'));
    const plain = returns.length === 1 && body.length <= 2;
    if (returns.length === 0 || fn.decorators.length > 0 || !(plain || mayReadEnvironment(expr, body.length, returns.length))) return undefined;
    const passed = new Map<string, Value>();
    let position = 0;
    for (const parameter of fn.parameters) {
      const keyword = expr.args.find((each) => each.name === parameter.name);
      const positional = keyword ? undefined : expr.args.filter((each) => !each.name && !each.stars)[position++];
      const value = keyword?.value ?? positional?.value;
      if (value) passed.set(parameter.name, this.evaluate(value, scope, given));
      else if (parameter.fallback) passed.set(parameter.name, this.evaluate(parameter.fallback, binding.scope));
    }
    const at = span(expr);
    const values = returns.map((each) => this.evaluate(each, binding.scope, passed));
    const value: Value | undefined = values.length === 1 && values[0] ? placed(values[0], at) : { kind: 'choice', by: 'conditional', options: values, at };
    return plain || environmentVariables(value).length > 0 ? value : undefined;
  }

  private classNamed(name: string, scope: Scope): Scope | undefined {
    const binding = this.names.binding(name, scope, Number.MAX_SAFE_INTEGER);
    return binding?.kind === 'definition' && binding.scope.kind === 'class' ? binding.scope : undefined;
  }

  private qualified(scope: Scope): string {
    return this.names.module ? `${this.names.module}.${scope.path}` : scope.path;
  }
}
