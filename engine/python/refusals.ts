/** Checks that stop the program: what they speak of, and what they compare it with. */
import type { Refusal, Value } from '../../rules/kit';
import { environmentVariables, isTrue, whenUnset } from '../../rules/kit';
import type { Expr, Stmt } from '../syntax/ast';
import { alwaysRaises } from './handlers';
import type { Names } from './names';
import type { Scope } from './scopes';
import type { Values } from './values';
import { eachPart, inner, partsOf } from './walk';

/**
 * Names and texts in the condition of a refusal, which holds where `test` does not when it is `negated` (`assert`, `else`). Environment variables count by their own name. Texts count only where something is
 * compared with them: `if not KEY` refuses no default.
 */
export function refusalOf(test: Expr, negated: boolean, scope: Scope, names: Names, values: Values): Pick<Refusal, 'about' | 'against' | 'missing' | 'shorterThan'> {
  const about = new Set<string>();
  const against = new Set<string>();
  let shorterThan: number | undefined;
  const look = (expr: Expr, depth: number): void => {
    if (depth > 8) return;
    if (expr.k === 'name' || expr.k === 'attribute' || expr.k === 'index' || expr.k === 'call') {
      about.add(names.written(expr));
      const qualified = names.qualify(expr, scope);
      if (qualified) about.add(qualified);
      variables(values.evaluate(expr, scope), about, 0);
    }
    if (expr.k === 'text') about.add(expr.value);
    const key = expr.k === 'index' ? expr.key : expr.k === 'call' && expr.callee.k === 'attribute' && expr.callee.name === 'get' ? expr.args[0]?.value : undefined;
    // `for key in ("A", "B"): if not app.config.get(key): raise` speaks of all of them.
    if (key?.k === 'name') { const keys = values.evaluate(key, scope); if (keys.kind === 'choice') for (const each of keys.options) if (each.kind === 'text') about.add(each.value); }
    if (expr.k === 'compare') for (const side of [expr.left, expr.right]) texts(values.evaluate(side, scope), against);
    shorterThan ??= leastLength(expr, values, scope);
    eachPart(expr, (part) => { look(part, depth + 1); });
  };
  look(test, 0);
  return { about: [...about], against: [...against], missing: [...new Set(missing(test, negated, scope, values))], ...(shorterThan !== undefined && { shorterThan }) };
}

/** Variables without which a part of the condition is true: `not os.getenv("KEY")`, `KEY == DEFAULT`. */
function missing(test: Expr, negated: boolean, scope: Scope, values: Values): readonly string[] {
  if (test.k === 'not') return missing(test.of, !negated, scope, values);
  if (test.k === 'logic') return [...missing(test.left, negated, scope, values), ...missing(test.right, negated, scope, values)];
  const value = values.evaluate(test, scope);
  const unset = whenUnset(value);
  return unset === undefined || unset === 'refuses' || isTrue(unset) === negated ? [] : environmentVariables(value);
}

/** `len(key) < 32` refuses what is shorter than 32. */
function leastLength(expr: Expr, values: Values, scope: Scope): number | undefined {
  if (expr.k !== 'compare' || (expr.op !== '<' && expr.op !== '<=') || expr.left.k !== 'call' || expr.left.callee.k !== 'name' || expr.left.callee.name !== 'len') return undefined;
  const bound = values.evaluate(expr.right, scope);
  return bound.kind === 'number' ? bound.value + (expr.op === '<=' ? 1 : 0) : undefined;
}

function texts(value: Value, into: Set<string>): void {
  if (value.kind === 'text') into.add(value.value);
  if (value.kind === 'list') for (const each of value.items) texts(each, into);
  if (value.kind === 'dict') for (const each of value.entries) texts(each.key, into);
}

function variables(value: Value, into: Set<string>, depth: number): void {
  if (depth > 6) return;
  const all = (list: readonly Value[]) => { for (const each of list) variables(each, into, depth + 1); };
  switch (value.kind) {
    case 'environment': into.add(value.variable); break;
    case 'reference': into.add(value.name); break;
    case 'choice': all(value.options); break;
    case 'list': all(value.items); break;
    case 'test': all(value.right ? [value.left, value.right] : [value.left]); break;
    case 'result': all(value.of ? [value.of, ...value.args] : value.args); break;
  }
}

/** Names of the functions of a file whose body raises under a condition that speaks of one of their parameters. */
export function isRefusing(body: readonly Stmt[]): string[] {
  return body.flatMap((one): string[] => {
    if (one.k === 'class') return isRefusing(one.body.body);
    if (one.k !== 'function') return isRefusing(inner(one));
    const parameters = new Set(one.parameters.map((each) => each.name).filter((each) => each !== 'self' && each !== 'cls'));
    return checks(one.body.body, parameters) ? [one.name] : [];
  });
}

function checks(body: readonly Stmt[], parameters: ReadonlySet<string>): boolean {
  return body.some((one) => (one.k === 'if' && speaksOf(one.test, parameters) && raisesSomewhere([...one.body.body, ...(one.orelse?.body ?? [])])) || checks(inner(one), parameters));
}

function raisesSomewhere(body: readonly Stmt[]): boolean {
  return alwaysRaises({ start: 0, end: 0, body }) || body.some((one) => one.k === 'raise' || raisesSomewhere(inner(one)));
}

function speaksOf(expr: Expr, names: ReadonlySet<string>): boolean {
  return (expr.k === 'name' && names.has(expr.name)) || partsOf(expr).some((each) => speaksOf(each, names));
}
