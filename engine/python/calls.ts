/** A call as a fact, with its arguments evaluated. */
import type { Call, Standing } from '../../rules/kit';
import { made } from '../lists';
import type { Argument, CallExpr, Expr } from '../syntax/ast';
import type { Names } from './names';
import type { Scope } from './scopes';
import type { Values } from './values';
import { span } from './value-parts';

/** What only the place of a call can tell. */
type Around = Pick<Call, 'within'> & Partial<Pick<Call, 'boundTo' | 'onLoop' | 'awaited' | 'discarded' | 'managed'>>;

/** @param callee its qualified name, which the caller has worked out already */
export function callFact(expr: CallExpr, callee: string, scope: Scope, names: Names, values: Values, standing: Standing, more: Around): Call {
  return {
    scope: standing.scope, guards: standing.guards, at: standing.at, callee, written: names.written(expr.callee), calleeAt: span(expr.callee), argumentsAt: { start: expr.open, end: expr.end },
    args: made(positionals(expr), (each) => values.evaluate(each, scope)), keywords: values.keywords(expr.args, scope),
    open: expr.args.some((each) => each.stars !== undefined),
    ...(expr.callee.k === 'attribute' && { receiver: values.evaluate(expr.callee.of, scope) }), ...more,
  };
}

/** Arguments without a name and without stars. */
export function positionals(expr: CallExpr): readonly Expr[] {
  return expr.args.filter((each) => each.name === undefined && each.stars === undefined).map((each) => each.value);
}

export function keyword(expr: CallExpr, ...names: readonly string[]): Argument | undefined {
  return expr.args.find((each) => each.name !== undefined && names.includes(each.name));
}

/** A keyword that is `True`, `False`, or something that only the running program knows; undefined where it is not given. */
export function flag(expr: CallExpr, ...names: readonly string[]): boolean | 'unknown' | undefined {
  const given = keyword(expr, ...names)?.value;
  return given === undefined ? undefined : given.k === 'bool' ? given.value : 'unknown';
}

/** What follows the last dot of what is called. */
export function calledName(expr: CallExpr): string {
  return expr.callee.k === 'attribute' || expr.callee.k === 'name' ? expr.callee.name : '';
}
