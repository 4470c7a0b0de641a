/** Functions and classes as facts, with the routes and models that they are. */
import type { Decorator, Func, Standing } from '../../rules/kit';
import { made, settled } from '../lists';
import type { ClassStmt, FunctionStmt, ParamNode, Stmt } from '../syntax/ast';
import type { Draft } from './draft';
import { ownName } from './draft';
import { decoratorFacts, variablesIn } from './expressions';
import { classModel } from './models';
import { readings } from './readings';
import type { BodyFacts } from './routes';
import { decoratedRoutes, injects } from './routes';
import type { Scope } from './scopes';
import type { Place } from './standing';
import { standing } from './standing';
import { span } from './value-parts';

/** Adds the facts of statements that stand in a place. */
export type Walk = (draft: Draft, body: readonly Stmt[], place: Place) => void;

/** What can be returned in more ways than this is no helper. */
const MOST_RETURNS = 10;

/** Adds a function with all that is in it. */
export function functionStatement(draft: Draft, one: FunctionStmt, place: Place, walk: Walk): void {
  const { names, values } = draft;
  const scope = draft.scopes.of(one);
  if (!scope) return;
  const decorators = decoratorFacts(draft, one.decorators, place);
  for (const each of one.parameters) if (each.fallback) variablesIn(draft, each.fallback, place);
  const stands = standing(place, one);
  const { does, reads } = bodyFacts(draft, one, { scope, decorators, stands }, place, walk);
  if (decorators.length > 0) draft.routing.decorated(one, decorators, scope, place.scope, stands);
  const answer = one.returns && names.annotated(one.returns, place.scope);
  const depends: string[] = [];
  draft.found.functions.push({
    scope: stands.scope, guards: stands.guards, at: stands.at,
    name: one.name, nameAt: { start: one.nameAt, end: one.nameAt + one.name.length }, body: { start: one.body.start, end: one.body.end }, async: one.async, decorators,
    parameters: made(one.parameters, (each) => {
      const injected = injects(each, scope, names);
      depends.push(...injected);
      return parameterFact(draft, each, injected.length > 0, place);
    }),
    ...(answer && { answer }), returns: made(scope.returns.slice(0, MOST_RETURNS), (each) => values.evaluate(each, scope)), does,
    reads, depends: settled(depends),
  });
}

function parameterFact({ names, values }: Draft, one: ParamNode, injected: boolean, { scope }: Place): Func['parameters'][number] {
  const annotation = one.annotation && names.annotated(one.annotation, scope);
  return { name: one.name, at: span(one), ...(injected && { injected: true as const }), ...(annotation && { annotation }), ...(one.fallback && { fallback: values.evaluate(one.fallback, scope) }), ...(one.stars && { stars: one.stars }) };
}

/** Adds a class with all that is in it. */
export function classStatement(draft: Draft, one: ClassStmt, place: Place, walk: Walk): void {
  const { names, found } = draft;
  const scope = draft.scopes.of(one);
  if (!scope) return;
  const decorators = decoratorFacts(draft, one.decorators, place);
  const stands = standing(place, one);
  const bases = one.bases.filter((each) => each.name === undefined && !each.stars).map((each) => names.qualify(each.value, place.scope) ?? names.written(each.value));
  if (bases.some((each) => draft.input.asked.callee(each))) draft.derived.add(ownName(draft, place.scope, one.name));
  found.classes.push({
    scope: stands.scope, guards: stands.guards, at: stands.at,
    name: one.name, nameAt: { start: one.nameAt, end: one.nameAt + one.name.length }, bases, body: { start: one.body.start, end: one.body.end }, decorators,
  });
  const model = classModel(one, scope, place.scope, stands, draft.modelFile);
  if (model) found.models.push(model);
  bodyFacts(draft, one, { scope, decorators, stands }, place, walk);
}

interface Definition { readonly scope: Scope; readonly decorators: readonly Decorator[]; readonly stands: Standing }

/** Adds what is in the body of a definition and the routes that it is, and gives back what it calls and reads, inner definitions included. */
function bodyFacts(draft: Draft, one: FunctionStmt | ClassStmt, { scope, decorators, stands }: Definition, place: Place, walk: Walk): BodyFacts {
  const called = new Set<string>();
  // What a class's body calls runs where the class is made; what a function's body calls, only when somebody calls it.
  const around = one.k === 'class' || place.scope.kind === 'function' ? place.does : [];
  walk(draft, one.body.body, { scope, guards: place.guards, within: undefined, cleanup: false, repeats: false, loop: undefined, onLoop: one.k === 'function' && one.async, does: [...around, called] });
  // Of a class they are asked for where it is a route itself.
  const reads = one.k === 'function' || decorators.length > 0 ? readings(one.body, scope, draft.names, draft.input.text) : [];
  const facts = { does: settled([...called]), reads: settled(reads) };
  if (decorators.length > 0) draft.found.routes.push(...decoratedRoutes(one, scope, place.scope, decorators, stands, facts, draft.routeContext));
  return facts;
}
