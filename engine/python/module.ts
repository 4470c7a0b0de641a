/** From a Python program to its module: the facts that its statements give, and those that only all of them together do. */
import type { Module } from '../../rules/kit';
import { markersIn } from '../files/markers';
import { settled } from '../lists';
import { COMPOSED } from './composed';
import type { Draft, ModuleInput } from './draft';
import { draftOf } from './draft';
import { looksLikeMigration, migrationOf } from './migrations';
import { readPieces, rereading } from './remembering';
import type { Place } from './standing';
import { behind, topOf } from './standing';
import type { States } from './state';
import { statesOf, written } from './state';
import { block } from './statements';
import { span } from './value-parts';

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
  if (memory) memory.take(read && { text, module, scopes, states, pieces: read.map((each) => each.remembered), again: rereading(draft, read, states) });
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

function assembled({ input, name, package: inPackage, scopes, found, beside, modelFile }: Draft, states: States, does: ReadonlySet<string>): Module {
  const { program, path, role, text, suppressions } = input;
  const first = program.body[0];
  const migration = looksLikeMigration(program.body) ? migrationOf(program, { ...modelFile, scopes }) : undefined;
  const lists = { ...found, ...beside };
  const body = () => program.body;
  const docstring = first?.k === 'expression' && first.value.k === 'text' ? span(first) : undefined;
  return {
    markers: settled(markersIn(text, program.comments)),
    kind: 'module', path, language: 'python', role, name, package: inPackage, lines: lineCount(text), whole: program.whole, routing: COMPOSED.routing(lists, body),
    states: settled(written(states)),
    imports: settled(found.imports), classes: settled(found.classes), functions: COMPOSED.functions(lists, body), assignments: settled(found.assignments), calls: settled(found.calls), passes: settled(found.passes),
    comparisons: settled(found.comparisons), handlers: settled(found.handlers), drops: settled(found.drops), routes: COMPOSED.routes(lists, body), refusals: settled(found.refusals), statuses: settled(found.statuses),
    idle: settled(found.idle), loops: COMPOSED.loops(lists, body), environment: COMPOSED.environment(lists, body),
    tasks: COMPOSED.tasks(lists, body), models: COMPOSED.models(lists, body), ...(migration && { migration }), stars: settled(scopes.stars), suppressions,
    does: settled([...does]),
    ...(docstring && { docstring }),
  };
}

function lineCount(text: string): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return text.endsWith('\n') ? count - 1 : count;
}
