/** A module in the making: what the statements of a file are understood with, and the lists that their facts are put in. */
import type { Assignment, Call, Class, Comparison, Drop, Func, Handler, Idle, Import, Loop, Model, Pass, Refusal, Role, Route, RouteEntry, RouteHook, RouteMount, RouteOwner, Status, Suppression, VariableRead } from '../../rules/kit';
import type { Program } from '../syntax/ast';
import type { ModelFile } from './columns';
import type { ModuleMemory } from './memory';
import { absolute, isPackage, moduleName } from './module-name';
import { Names } from './names';
import type { Piece } from './pieces';
import { isRefusing } from './refusals';
import type { RouteContext } from './routes';
import { importedFramework } from './routes';
import type { OwnerGuard } from './routing';
import { RoutingReader } from './routing';
import type { Scope, Scopes } from './scopes';
import { collectScopes } from './scopes';
import { Values } from './values';
import { VariableReads } from './variables';

export interface ModuleInput {
  readonly path: string;
  readonly text: string;
  readonly program: Program & { readonly pieces?: readonly Piece[] };
  readonly role: Role;
  /** Whether somebody asks for calls of this qualified name; by the last name alone first, since most are dropped there. */
  readonly asked: { readonly last: (name: string) => boolean; readonly callee: (qualified: string) => boolean; /** Whether a name's first part may be something of this project. */ readonly own?: (root: string) => boolean };
  readonly suppressions: readonly Suppression[];
  /** Of an open file: what is known of it from before, and will be for the next time. */
  readonly memory?: ModuleMemory | undefined;
}

/** What is known of a whole file, where the program is a part of it. */
export interface Whole { readonly scopes: Scopes; readonly refusing: ReadonlySet<string> }

export interface Draft extends Whole {
  readonly input: ModuleInput;
  /** Of the module, dotted. */
  readonly name: string;
  readonly package: boolean;
  readonly names: Names;
  readonly values: Values;
  readonly variables: VariableReads;
  readonly routing: RoutingReader;
  readonly modelFile: ModelFile;
  /** What routes are read with. The framework is the same for all of a file, in whatever order they are read. */
  readonly routeContext: RouteContext;
  /** Classes of this file with a base that somebody asks for: `class Shop(Flask)`. Calls of them are kept like calls of it. */
  readonly derived: Set<string>;
  /** Every list that statements add facts to. A fact that belongs in none of them is lost on the next keystroke. */
  readonly found: ReturnType<typeof factLists>;
  /** The same for what becomes a fact only with others of its kind. */
  readonly beside: ReturnType<typeof sideLists>;
  /** All of these lists by name. */
  readonly lists: Readonly<Record<string, unknown[]>>;
  /** Every set that statements add names to, which later statements ask. */
  readonly sets: Readonly<Record<string, Set<string>>>;
}

/** A draft in which nothing is found yet. */
export function draftOf(input: ModuleInput, whole?: Whole): Draft {
  const name = moduleName(input.path);
  const inPackage = isPackage(input.path);
  const names = new Names(name);
  const values = new Values(names);
  const found = factLists();
  const beside = sideLists();
  const scopes = whole?.scopes ?? collectScopes(input.program, (written) => absolute(written, name, inPackage));
  const routing = new RoutingReader(names, values, beside);
  const derived = new Set<string>();
  return {
    input, name, package: inPackage, names, values, scopes, routing, derived, found, beside,
    refusing: whole?.refusing ?? new Set(isRefusing(input.program.body)),
    variables: new VariableReads(names, values, found.environment), modelFile: { names, values, stars: scopes.stars },
    routeContext: { names, framework: importedFramework(scopes.imported.map(({ target }) => target)) },
    lists: { ...found, ...beside }, sets: { derived, made: routing.made },
  };
}

/** The qualified name of what a scope of the file calls `name`. */
export function ownName(draft: Draft, scope: Scope, name: string): string {
  return [draft.name, scope.path, name].filter(Boolean).join('.');
}

function factLists() {
  return {
    imports: new Array<Import>(), classes: new Array<Class>(), functions: new Array<Func>(), assignments: new Array<Assignment>(), calls: new Array<Call>(),
    passes: new Array<Pass>(), comparisons: new Array<Comparison>(), handlers: new Array<Handler>(), drops: new Array<Drop>(), routes: new Array<Route>(), refusals: new Array<Refusal>(),
    statuses: new Array<Status>(), idle: new Array<Idle>(), loops: new Array<Loop>(), models: new Array<Model>(), environment: new Array<VariableRead>(),
  };
}

function sideLists() {
  return { taskCalls: new Array<Call>(), owners: new Array<RouteOwner>(), mounts: new Array<RouteMount>(), entries: new Array<RouteEntry>(), hooks: new Array<RouteHook>(), guards: new Array<OwnerGuard>() };
}
