/**
 * Calls of functions that may be this project's own, kept for what they are given: a visitor's data is followed through them from file to
 * file. Which names are the project's is known only when all files are read, so the first part of the name decides here; calls of models'
 * queries and of loggers, the most frequent by far, end in a library and are left out.
 */
import type { Pass } from '../../rules/kit';
import { made } from '../lists';
import type { CallExpr } from '../syntax/ast';
import { positionals } from './calls';
import type { Names } from './names';
import type { Scope } from './scopes';
import type { Values } from './values';
import { carriesTaint, span } from './value-parts';

/** Calls that are given a function to call with what follows it. */
export const HANDS_OVER: ReadonlySet<string> = new Set(['submit', 'add_task', 'enqueue', 'enqueue_in', 'enqueue_at', 'run_in_threadpool', 'run_in_executor', 'to_thread', 'start_soon', 'run_sync', 'partial', 'Thread', 'Process', 'Timer', 'create_task', 'map', 'add_job']);
const OF_A_LIBRARY = /\.(objects|query|session|_meta|_default_manager|logger|log)\.|(Error|Exception|Warning)$/;

/** @param module the file's own name; @param own whether a name's first part may be something of this project */
export function handsOn(qualified: string, last: string, module: string, own?: (root: string) => boolean): boolean {
  if (HANDS_OVER.has(last)) return true;
  if (OF_A_LIBRARY.test(qualified)) return false;
  const root = qualified.slice(0, Math.max(0, qualified.indexOf('.')));
  return root === 'super' || qualified.startsWith(`${module}.`) || own?.(root) === true;
}

/** The call is given a visitor's data as keywords: `Order(**request.json)`. */
export function spreadsRequest(expr: CallExpr, scope: Scope, values: Values): boolean {
  return expr.args.some((each) => each.stars === '**' && carriesTaint(values.evaluate(each.value, scope)));
}

export function passOf(expr: CallExpr, callee: string, scope: Scope, names: Names, values: Values): Pass {
  return {
    scope: scope.path, callee, written: names.written(expr.callee), at: span(expr),
    args: made(positionals(expr), (each) => values.evaluate(each, scope)), keywords: values.keywords(expr.args, scope),
  };
}
