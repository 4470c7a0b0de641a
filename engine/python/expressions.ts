/** Every expression of a statement, part by part: calls, variables of the environment, comparisons, statuses, loops. */
import { lastName } from '../../rules/kit';
import type { Decorator } from '../../rules/kit';
import { made } from '../lists';
import type { Argument, CallExpr, Expr } from '../syntax/ast';
import { callFact, calledName } from './calls';
import { comparisonOf } from './comparisons';
import type { Draft } from './draft';
import { LoopAround } from './loops';
import { handsOn, passOf, spreadsRequest } from './passes';
import type { Place } from './standing';
import { inside, namesOf, standing } from './standing';
import { mayBeTask } from './tasks';
import { eachPart } from './walk';

/** What becomes of an expression's value. */
export interface Use { readonly bound?: string | undefined; readonly discarded?: boolean; readonly awaited?: boolean; readonly managed?: boolean }

/** Adds the facts of an expression and of all its parts. */
export function expression(draft: Draft, expr: Expr, place: Place, use?: Use): void {
  draft.variables.look(expr, place.scope, () => standing(place, expr));
  if (expr.k === 'number' && Number.isInteger(expr.value) && expr.value >= 400 && expr.value < 600) draft.found.statuses.push({ ...standing(place, expr), code: expr.value });
  if (expr.k === 'compare') {
    const compared = comparisonOf(expr, place.scope, draft.values);
    if (compared) draft.found.comparisons.push({ ...standing(place, expr), ...compared });
  }
  if (expr.k !== 'call') { compound(draft, expr, place, use); return; }
  call(draft, expr, place, use);
  expression(draft, expr.callee, place);
  if (expr.args.length === 0) return;
  const inner = inside(place, { within: { name: () => draft.names.written(expr.callee), outer: place.within } });
  for (const each of expr.args) expression(draft, each.value, inner);
}

function compound(draft: Draft, expr: Exclude<Expr, { k: 'call' }>, place: Place, use?: Use): void {
  if (expr.k === 'await') { expression(draft, expr.of, place, { ...use, awaited: true }); return; }
  if (expr.k === 'comprehension') { comprehension(draft, expr, place); return; }
  // A lambda's body runs when somebody calls it.
  const inner = expr.k === 'lambda' ? inside(place, { onLoop: false, loop: undefined }) : place;
  eachPart(expr, (part) => { expression(draft, part, inner); });
}

function comprehension(draft: Draft, expr: Extract<Expr, { k: 'comprehension' }>, place: Place): void {
  const [over, ...clauses] = expr.clauses;
  const inner = inside(place, { loop: loopAround(draft, expr, over, place) });
  expression(draft, expr.body, inner);
  if (over) expression(draft, over, place);
  for (const each of clauses) expression(draft, each, inner);
}

/**
 * A loop that becomes a fact when a call that somebody asks for stands in it.
 * @param over what it goes through; undefined where it goes through nothing
 */
export function loopAround({ values, found }: Draft, loop: ConstructorParameters<typeof LoopAround>[0], over: Expr | undefined, { scope, loop: outer }: Place): LoopAround {
  return new LoopAround(loop, scope.path, outer, () => over && values.evaluate(unsliced(over), scope), (fact) => { found.loops.push(fact); });
}

/** `rows` of `rows[:50]`: what is gone over is of the same kind. */
function unsliced(over: Expr): Expr {
  return over.k === 'index' && over.key.k === 'other' ? over.of : over;
}

/** Every call comes by: what nobody asks for is left at its name. */
function call(draft: Draft, expr: CallExpr, place: Place, use?: Use): void {
  const { callee } = expr;
  const { names, values, found, derived, input: { asked, role } } = draft;
  const last = calledName(expr);
  const qualified = names.callee(callee, place.scope);
  for (const set of place.does) set.add(qualified);
  draft.routing.call(expr, last, place.scope, () => standing(place, expr), use?.bound);
  const wanted = ((callee.k === 'name' || asked.last(last)) && asked.callee(qualified)) || derived.has(qualified);
  // The class of `from threading import Thread as Worker` is known by its qualified name.
  const task = mayBeTask(last) || (callee.k === 'name' && mayBeTask(lastName(qualified)));
  if (!wanted && role === 'production' && (handsOn(qualified, last, draft.name, asked.own) || spreadsRequest(expr, place.scope, values))) found.passes.push(passOf(expr, qualified, place.scope, names, values));
  if (!wanted && !task) return;
  const made = callFact(expr, qualified, place.scope, names, values, standing(place, expr), {
    within: namesOf(place.within), ...(use?.bound && { boundTo: use.bound }), ...(place.onLoop && { onLoop: true }), ...(use?.awaited && { awaited: true }), ...(use?.discarded && { discarded: true }), ...(use?.managed && { managed: true }),
  });
  if (task) draft.beside.taskCalls.push(made);
  if (!wanted) return;
  found.calls.push(made);
  place.loop?.keep();
}

/** Looks through an expression for variables of the environment alone, as is done for defaults of parameters. */
export function variablesIn(draft: Draft, expr: Expr, place: Place): void {
  draft.variables.look(expr, place.scope, () => standing(place, expr));
  eachPart(expr, (part) => { variablesIn(draft, part, place); });
}

/** The decorators of a definition as facts; adds those of their parts. */
export function decoratorFacts(draft: Draft, list: readonly Expr[], place: Place): readonly Decorator[] {
  const { names, values, variables } = draft;
  return made(list, (each) => {
    variables.look(each, place.scope, () => standing(place, each));
    eachPart(each, (part) => { expression(draft, part, place); });
    const callee = each.k === 'call' ? each.callee : each;
    const args: readonly Argument[] = each.k === 'call' ? each.args : [];
    return {
      name: names.callee(callee, place.scope), at: { start: each.start, end: each.end }, ...(callee.k === 'attribute' && { receiver: names.written(callee.of) }),
      args: args.filter((one) => one.name === undefined && !one.stars).map((one) => values.evaluate(one.value, place.scope)), keywords: values.keywords(args, place.scope),
    };
  });
}
