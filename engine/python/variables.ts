/** Every variable of the environment that a file asks for, in whatever way, and every call that may ask for one through a function of the project. */
import type { Handler, Standing, Value, VariableRead } from '../../rules/kit';
import type { CallExpr, Expr } from '../syntax/ast';
import { isEnvironment } from './environment-object';
import { readerOf } from './environment-reads';
import type { Names } from './names';
import type { Scope } from './scopes';
import type { FieldVariable } from './settings';
import type { Values } from './values';

/** As variables are called. */
const NAME = /^[A-Z][A-Z0-9_]+$/;
/** Parameters by which a function is told which variable to read. */
const NAME_PARAMETER = /^(name|key|var|variable|env|env_?var|var_?name|env_?name|env_?key|setting)$/i;
/** Calls that are given names in capitals for other reasons. */
const NO_READER = /^(getattr|setattr|hasattr|delattr|print|isinstance|str|Field|TypeVar|NewType|namedtuple)$/;
/** What is caught where a variable is not set. */
const CATCHES_UNSET = /(^|\.)(KeyError|LookupError|Exception|BaseException|ImproperlyConfigured|UndefinedValueError|EnvError|ValidationError)$/;
/** Libraries that take in all variables of a prefix, with the prefix they have when none is given. */
const PREFIXES: Readonly<Record<string, { readonly keyword: string; readonly usual: string; readonly position?: number }>> = {
  from_prefixed_env: { keyword: 'prefix', usual: 'FLASK', position: 0 }, Dynaconf: { keyword: 'envvar_prefix', usual: 'DYNACONF' },
  FlaskDynaconf: { keyword: 'ENVVAR_PREFIX_FOR_DYNACONF', usual: 'FLASK' }, DjangoDynaconf: { keyword: 'ENVVAR_PREFIX_FOR_DYNACONF', usual: 'DJANGO' },
};

type Place = () => Standing;

export class VariableReads {
  private readonly written = new Set<Expr>();
  /** What stands behind an `or`, by what stands before it. */
  private readonly alternatives = new Map<Expr, Expr>();
  /** Names that comprehensions give to what they go through, innermost last. */
  private readonly comprehended: { readonly name: string; readonly start: number; readonly end: number; readonly element: Value }[] = [];

  /** @param found where reads are put, in the order they are come upon */
  constructor(private readonly names: Names, private readonly values: Values, private readonly found: VariableRead[]) {}

  /** `os.environ["X"] = …` gives it a value, and asks for none. */
  given(target: Expr): void {
    if (target.k === 'index') this.written.add(target);
  }

  /** Looks at one expression; its parts are looked at when their turn comes. */
  look(expr: Expr, scope: Scope, place: Place): void {
    switch (expr.k) {
      case 'logic': this.alternative(expr); break;
      case 'index': if (!this.written.has(expr) && expr.key.k !== 'number' && isEnvironment(expr.of, scope, this.names)) this.keep(expr, this.values.evaluate(expr, scope, this.elements(expr)), 'read', scope, place); break;
      case 'compare': if (/^(not )?in$/.test(expr.op) && isEnvironment(expr.right, scope, this.names)) this.tested(expr, scope, place); break;
      case 'call': this.call(expr, scope, place); break;
      case 'comprehension': this.comprehension(expr, scope); break;
    }
  }

  field({ value, aliases, inside, composed }: FieldVariable, place: Place): void {
    if (inside !== undefined) this.found.push({ ...place(), at: value.at, variable: `${inside}*`, required: false, how: 'prefix' });
    if (composed) return;
    this.found.push({ ...place(), at: value.at, variable: value.variable, required: value.required, how: 'field', ...(value.fallback && { fallback: value.fallback }), ...(aliases.length > 0 && { aliases }) });
  }

  private comprehension(expr: Extract<Expr, { k: 'comprehension' }>, scope: Scope): void {
    const [target] = expr.targets;
    const [over] = expr.clauses;
    const list = target?.k === 'name' && over ? this.values.evaluate(over, scope) : undefined;
    if (target?.k !== 'name' || list?.kind !== 'list') return;
    this.comprehended.push({ name: target.name, start: expr.start, end: expr.end, element: { kind: 'choice', by: 'conditional', options: list.items, at: list.at } });
  }

  /** What the names of comprehensions around an expression stand for. */
  private elements(expr: Expr): ReadonlyMap<string, Value> | undefined {
    const around = this.comprehended.filter((each) => each.start <= expr.start && expr.end <= each.end);
    return around.length > 0 ? new Map(around.map((each) => [each.name, each.element])) : undefined;
  }

  private alternative(expr: Extract<Expr, { k: 'logic' }>): void {
    if (expr.op !== 'or') return;
    const after = this.alternatives.get(expr);
    this.alternatives.set(expr.left, expr.right);
    if (after) this.alternatives.set(expr.right, after);
  }

  private tested(expr: Extract<Expr, { k: 'compare' }>, scope: Scope, place: Place): void {
    const left = this.values.evaluate(expr.left, scope);
    if (left.kind === 'text') this.found.push({ ...place(), at: at(expr), variable: left.value, required: false, how: 'test' });
  }

  private call(expr: CallExpr, scope: Scope, place: Place): void {
    const { callee } = expr;
    const last = callee.k === 'attribute' || callee.k === 'name' ? callee.name : '';
    const option = expr.args.find((each) => each.name === 'envvar');
    if (option) for (const each of option.value.k === 'list' ? option.value.items : [option.value]) if (each.k === 'text') this.found.push({ ...place(), at: at(expr), variable: each.value, required: false, how: 'read' });
    if (Object.hasOwn(PREFIXES, last)) { this.prefixed(expr, last, place); return; }
    const first = expr.args[0];
    if (!first || first.stars) return;
    const qualified = this.names.callee(callee, scope);
    if (readerOf(expr, qualified, scope, this.names)) { this.keep(expr, this.values.evaluate(expr, scope, this.elements(expr)), 'read', scope, place); return; }
    if (NO_READER.test(last)) return;
    const named = first.value.k === 'text' ? NAME.test(first.value.value) ? first.value.value : undefined : first.value.k === 'name' && NAME_PARAMETER.test(first.value.name) ? `{${first.value.name}}` : undefined;
    if (named === undefined) return;
    const value = callee.k === 'name' ? this.values.evaluate(expr, scope) : undefined;
    if (value?.kind === 'environment' && value.variable === named) { this.keep(expr, value, 'read', scope, place); return; }
    const second = expr.args.find((each) => each.name === 'default')?.value ?? (expr.args[1]?.name === undefined && !expr.args[1]?.stars ? expr.args[1]?.value : undefined);
    const fallback = second ?? this.alternatives.get(expr);
    this.found.push({ ...place(), at: at(expr), variable: named, required: false, how: 'call', by: qualified, ...(fallback && { fallback: this.values.evaluate(fallback, scope) }) });
  }

  private prefixed(expr: CallExpr, last: string, place: Place): void {
    const known = PREFIXES[last];
    const given = known && (expr.args.find((each) => each.name === known.keyword)?.value ?? (known.position === undefined ? undefined : expr.args.filter((each) => each.name === undefined)[known.position]?.value));
    const prefix = given?.k === 'text' ? given.value : given === undefined ? known?.usual : given.k === 'bool' ? '' : undefined;
    this.found.push({ ...place(), at: at(expr), variable: prefix ? `${prefix}_*` : '*', required: false, how: 'prefix' });
  }

  private keep(expr: Expr, value: Value, how: VariableRead['how'], scope: Scope, place: Place): void {
    if (value.kind === 'choice') { for (const each of value.options) this.keep(expr, each, 'listed', scope, place); return; }
    if (value.kind === 'unknown') this.found.push({ ...place(), at: at(expr), variable: '', required: false, how: 'computed' });
    if (value.kind !== 'environment') return;
    const after = this.alternatives.get(expr);
    const fallback = after ? this.values.evaluate(after, scope) : value.fallback;
    this.found.push({ ...place(), at: at(expr), variable: value.variable, required: value.required && !after, how, ...(fallback && { fallback }), ...(value.cast && { cast: value.cast }) });
  }
}

/** The reads in order of place. What fails where somebody catches it, or has asked before whether it is set, is not required. */
export function settledReads(found: readonly VariableRead[], handlers: readonly Handler[]): readonly VariableRead[] {
  const catching = handlers.filter((each) => !each.reraises && (each.catches.length === 0 || each.catches.some((name) => CATCHES_UNSET.test(name))));
  const asked = new Set(found.filter((each) => each.how === 'test').map((each) => `${each.scope} ${each.variable}`));
  return found.map((each) => {
    const caught = each.required && each.how !== 'field' && (asked.has(`${each.scope} ${each.variable}`) || catching.some((one) => one.tryBody.start <= each.at.start && each.at.end <= one.tryBody.end));
    return caught ? { ...each, required: false } : each;
  }).sort((a, b) => a.at.start - b.at.start);
}

function at(expr: Expr): { readonly start: number; readonly end: number } {
  return { start: expr.start, end: expr.end };
}
