/** From a Python program to its module: the facts that its statements give, and those that only all of them together do. */
import type { Module, Span } from '../../rules/kit';
import { markersIn } from '../files/markers';
import { NONE, settled } from '../lists';
import type { Draft, ModuleInput } from './draft';
import { draftOf } from './draft';
import { looksLikeMigration, migrationOf } from './migrations';
import { withLooseIndexes } from './models';
import { readPieces, rereading } from './remembering';
import { routingOf } from './routing';
import type { Place } from './standing';
import { behind, topOf } from './standing';
import type { States } from './state';
import { statesOf, written } from './state';
import { block } from './statements';
import { taskCandidates } from './tasks';
import { span } from './values';

/** The facts of one Python file. What there is to remember of it goes into the input's memory. */
export function pythonModule(input: ModuleInput): Module {
  const draft = draftOf(input);
  const { program, text, memory } = input;
  const { scopes, names } = draft;
  const does = new Set<string>();
  const top = topOf(scopes.module, does);
  const read = memory && program.pieces ? readPieces(draft, program.pieces, top, does, memory) : undefined;
  if (!read) readAtOnce(draft, top);
  const states = statesOf(program.body, { scopes, names, text });
  const module = assembled(draft, states, does);
  if (memory) memory.read = read && { text, module, scopes, states, pieces: read.map((each) => each.remembered), again: rereading(draft, read, states) };
  return module;
}

/** Each line that begins a statement begins with nothing known, as a piece does that is read alone: how far a value is followed does not rest on what was followed before. */
function readAtOnce(draft: Draft, top: Place): void {
  const { input: { program, text }, values, names } = draft;
  let here = top;
  for (const one of program.body) {
    if (text.slice(text.lastIndexOf('\n', one.start - 1) + 1, one.start).trim() === '') { values.forget(); names.forget(); }
    block(draft, [one], here);
    here = behind(one, here, values);
  }
}

function assembled({ input, name, package: inPackage, scopes, variables, found, beside, modelFile }: Draft, states: States, does: ReadonlySet<string>): Module {
  const { program, path, role, text, suppressions } = input;
  const first = program.body[0];
  const migration = looksLikeMigration(program.body) ? migrationOf(program, { ...modelFile, scopes }) : undefined;
  const docstring = first?.k === 'expression' && first.value.k === 'text' ? span(first) : undefined;
  return {
    markers: settled(markersIn(text, program.comments)),
    kind: 'module', path, language: 'python', role, name, package: inPackage, lines: lineCount(text), whole: program.whole, routing: routingOf(beside),
    states: settled(written(states)),
    imports: settled(found.imports), classes: settled(found.classes), functions: inOrder(found.functions), assignments: settled(found.assignments), calls: settled(found.calls), passes: settled(found.passes),
    comparisons: settled(found.comparisons), handlers: settled(found.handlers), drops: settled(found.drops), routes: inOrder(found.routes), refusals: settled(found.refusals), statuses: settled(found.statuses),
    idle: settled(found.idle), loops: inOrder(found.loops), environment: settled(variables.settled(found.handlers)),
    tasks: settled(taskCandidates(beside.taskCalls, found.functions, found.assignments)), models: settled(withLooseIndexes(found.models, program.body)), ...(migration && { migration }), stars: settled(scopes.stars), suppressions,
    does: does.size === 0 ? NONE : [...does],
    ...(docstring && { docstring }),
  };
}

/** Outer definitions before inner ones, as they are written. */
function inOrder<T extends { readonly at: Span }>(found: readonly T[]): readonly T[] {
  return found.length === 0 ? NONE : [...found].sort((a, b) => a.at.start - b.at.start || b.at.end - a.at.end);
}

function lineCount(text: string): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return text.endsWith('\n') ? count - 1 : count;
}
