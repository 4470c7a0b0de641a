/** From the lists that statements have filled to those of the module: some facts only all of a list give. */
import type { Module, Span } from '../../rules/kit';
import { NONE, settled } from '../lists';
import type { Stmt } from '../syntax/ast';
import type { Draft } from './draft';
import { withLooseIndexes } from './models';
import { routingOf } from './routing';
import { taskCandidates } from './tasks';
import { settledReads } from './variables';

/** Everything that statements add facts to. */
export type Lists = Draft['found'] & Draft['beside'];

/** @param body the statements of the file */
type Compose<T> = (lists: Lists, body: () => readonly Stmt[]) => T;

/** Facts of a module by how they are made of the lists. */
export const COMPOSED: { readonly [K in 'functions' | 'routes' | 'loops' | 'environment' | 'tasks' | 'models' | 'routing']: Compose<Module[K]> } = {
  functions: ({ functions }) => inOrder(functions),
  routes: ({ routes }) => inOrder(routes),
  loops: ({ loops }) => inOrder(loops),
  environment: ({ environment, handlers }) => settled(settledReads(environment, handlers)),
  tasks: ({ taskCalls, functions, assignments }) => settled(taskCandidates(taskCalls, functions, assignments)),
  models: ({ models }, body) => models.length === 0 ? NONE : settled(withLooseIndexes(models, body())),
  routing: (lists) => routingOf(lists),
};

/** Outer definitions before inner ones, as they are written. */
function inOrder<T extends { readonly at: Span }>(found: readonly T[]): readonly T[] {
  return found.length === 0 ? NONE : [...found].sort((a, b) => a.at.start - b.at.start || b.at.end - a.at.end);
}
