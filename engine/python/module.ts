/** From a Python program to its module: one walk over the statements, each with the conditions that dominate it. */
import { lastName } from '../../rules/kit';
import type { Assignment, Call, Class, Comparison, Decorator, Drop, Func, Guard, Handler, Idle, Import, Loop, Model, Module, Pass, Refusal, Role, Route, RouteEntry, RouteHook, RouteMount, RouteOwner, Span, Standing, Status, Suppression, Value, VariableRead } from '../../rules/kit';
import type { Argument, Block, Expr, FunctionStmt, HandlerNode, ClassStmt, Program, Stmt, TryStmt } from '../syntax/ast';
import { markersIn } from '../files/markers';
import { callFact, calledName } from './calls';
import { comparisonOf } from './comparisons';
import type { ModelFile } from './columns';
import { guardsOf } from './conditions';
import { alwaysRaises, deeds, leavesBlock, passesOn, usesBound } from './handlers';
import { idleKind } from './idle';
import { looksLikeMigration, migrationOf } from './migrations';
import { classModel, tableModel, withLooseIndexes } from './models';
import type { ModuleMemory, Remembered } from './memory';
import { sameAmbient } from './memory';
import type { Read } from './still';
import { Names } from './names';
import type { Piece } from './pieces';
import { handsOn, passOf, spreadsRequest } from './passes';
import { isRefusing, refusalOf } from './refusals';
import { readings } from './readings';
import type { BodyFacts, RouteContext } from './routes';
import { decoratedRoutes, importedFramework, injects } from './routes';
import { RoutingReader } from './routing';
import type { Scope, Scopes } from './scopes';
import { collectScopes } from './scopes';
import { configurationsField, isSettingsClass, settingsField } from './settings';
import { LoopAround } from './loops';
import { mayBeTask, taskCandidates } from './tasks';
import type { States } from './state';
import { statesIn, statesOf, written } from './state';
import { Values, span } from './values';
import { VariableReads } from './variables';
import { callsIn, eachPart, expressionsOf } from './walk';

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

/** What becomes of an expression's value. */
interface Use { readonly bound?: string | undefined; readonly discarded?: boolean; readonly awaited?: boolean; readonly managed?: boolean }

interface Around { readonly name: () => string; readonly outer: Around | undefined }

interface Place {
  readonly scope: Scope;
  /** Evaluated when a fact is found under them, which most conditions never see. */
  readonly guards: () => readonly Guard[];
  /** Calls and `with` statements around it, innermost first; named when somebody asks. */
  readonly within: Around | undefined;
  readonly cleanup: boolean;
  /** In a `while` loop of this scope. */
  readonly repeats: boolean;
  /** The innermost loop of this scope. */
  readonly loop?: LoopAround | undefined;
  /** Directly in an `async def`. */
  readonly onLoop?: boolean;
  /** What the functions around it call, innermost last: each call is added to all of them. */
  readonly does: readonly Set<string>[];
}

/** A piece as it was read, and where it stands: under which conditions of statements before it. */
interface Standpoint { readonly remembered: Remembered; readonly place: Place }

/** The facts of one Python file. */
export function pythonModule(input: ModuleInput): Module {
  return new ModuleReader(input).read();
}

class ModuleReader {
  private readonly name: string;
  private readonly package: boolean;
  private readonly names: Names;
  private readonly values: Values;
  private readonly scopes: Scopes;
  private readonly modelFile: ModelFile;
  private readonly refusing: ReadonlySet<string>;
  /** Classes of this file with a base that somebody asks for: `class Shop(Flask)`. Calls of them are kept like calls of it. */
  private readonly derived = new Set<string>();
  /** Every list that statements add facts to. A fact that belongs in none of them is lost on the next keystroke. */
  private readonly found = {
    imports: new Array<Import>(), classes: new Array<Class>(), functions: new Array<Func>(), assignments: new Array<Assignment>(), calls: new Array<Call>(),
    passes: new Array<Pass>(), comparisons: new Array<Comparison>(), handlers: new Array<Handler>(), drops: new Array<Drop>(), routes: new Array<Route>(), refusals: new Array<Refusal>(),
    statuses: new Array<Status>(), idle: new Array<Idle>(), loops: new Array<Loop>(), models: new Array<Model>(), environment: new Array<VariableRead>(),
  };
  /** The same for what becomes a fact only with others of its kind. */
  private readonly beside = { taskCalls: new Array<Call>(), owners: new Array<RouteOwner>(), mounts: new Array<RouteMount>(), entries: new Array<RouteEntry>(), hooks: new Array<RouteHook>() };
  private readonly lists: Readonly<Record<string, unknown[]>> = { ...this.found, ...this.beside };
  /** Every set that statements add names to, which later statements ask. */
  private readonly sets: Readonly<Record<string, Set<string>>>;
  private readonly variables: VariableReads;
  private context: RouteContext | undefined;
  private readonly routing: RoutingReader;

  /** @param given what is known of the whole file, where the program is a part of it */
  constructor(private readonly input: ModuleInput, given?: { readonly scopes: Scopes; readonly refusing: ReadonlySet<string> }) {
    this.package = /(^|\/)__init__\.pyi?$/.test(input.path);
    this.name = moduleName(input.path);
    this.names = new Names(this.name);
    this.values = new Values(this.names);
    this.variables = new VariableReads(this.names, this.values, this.found.environment);
    this.scopes = given?.scopes ?? collectScopes(input.program, (written) => absolute(written, this.name, this.package));
    this.modelFile = { names: this.names, values: this.values, stars: this.scopes.stars };
    this.refusing = given?.refusing ?? new Set(isRefusing(input.program.body));
    this.routing = new RoutingReader(this.names, this.values, this.beside);
    this.sets = { derived: this.derived, made: this.routing.made };
  }

  read(): Module {
    const { program, path, role, text, suppressions, memory } = this.input;
    const module = this.scopes.module;
    const does = new Set<string>();
    const place: Place = { scope: module, guards: () => [], within: undefined, cleanup: false, repeats: false, does: [does] };
    const kept = memory && program.pieces ? this.remembered(program.pieces, place, does, memory) : undefined;
    if (!kept) this.block(program.body, place);
    const first = program.body[0];
    const migration = looksLikeMigration(program.body) ? migrationOf(program, { ...this.modelFile, scopes: this.scopes }) : undefined;
    const docstring = first?.k === 'expression' && first.value.k === 'text' ? span(first) : undefined;
    const { found, beside: { taskCalls } } = this;
    const states = statesOf(program.body, { scopes: this.scopes, names: this.names, text });
    const made: Module = {
      markers: markersIn(text, program.comments),
      kind: 'module', path, language: 'python', role, name: this.name, package: this.package, lines: lineCount(text), whole: program.whole, routing: this.routing.read(),
      states: written(states),
      ...found, functions: inOrder(found.functions), routes: inOrder(found.routes), loops: inOrder(found.loops), environment: this.variables.settled(found.handlers),
      tasks: taskCandidates(taskCalls, found.functions, found.assignments), models: withLooseIndexes(found.models, program.body), ...(migration && { migration }), stars: this.scopes.stars, suppressions,
      does: [...does],
      ...(docstring && { docstring }),
    };
    if (memory) memory.read = kept && { text, module: made, scopes: this.scopes, states, pieces: kept.map((each) => each.remembered), again: (...asked) => this.again(kept, states, ...asked) };
    return made;
  }

  /** Reads one definition anew, in the place of another. */
  private again(read: readonly Standpoint[], states: States, piece: Piece, definition: FunctionStmt | ClassStmt, index: number, scopes: Scopes, text: string): ReturnType<Read['again']> {
    const there = read[index];
    if (!there) throw new RangeError(`There is no piece ${index}.`);
    const { piece: gone } = there.remembered;
    const reader = new ModuleReader({ ...this.input, text, program: { ...this.input.program, body: [definition] }, memory: undefined }, { scopes, refusing: this.refusing });
    for (const { remembered: { facts: { imports = [] }, added } } of read.slice(0, index)) {
      reader.found.imports.push(...imports as readonly Import[]);
      for (const [name, set] of Object.entries(reader.sets)) for (const each of added[name] ?? []) set.add(each);
    }
    const rest = new Map([...states].filter(([, { nameAt: { start } }]) => start < gone.start || gone.start + gone.text.length <= start));
    return { ...reader.recorded(piece, { ...there.place, scope: scopes.module }, new Set()), states: statesIn(definition, rest, { scopes, names: reader.names, text }) };
  }

  // ---- statements

  private block(body: readonly Stmt[], place: Place): void {
    let here = place;
    for (const one of body) {
      this.statement(one, here);
      here = this.behind(one, here);
    }
  }

  /** `if not app.debug: return` guards all that follows it in the block. */
  private behind(one: Stmt, place: Place): Place {
    if (one.k !== 'if' || one.orelse || !leaves(one.body, place.scope)) return place;
    return this.under(one.test, true, place, (guard) => guard.means !== 'unknown' && guard.means !== 'main');
  }

  /** The top level of an open file: pieces that mean what they meant are not read again. */
  private remembered(pieces: readonly Piece[], place: Place, does: Set<string>, memory: ModuleMemory): readonly Standpoint[] {
    const { path, role } = this.input;
    const { standing, known } = memory.recall(pieces, this.scopes, [path, role, ...this.scopes.stars, ...this.refusing].join('\0'));
    let here = place;
    let ambient: Remembered['ambient'] = [];
    let conditions: ReadonlySet<string> = new Set();
    const read = pieces.map((piece, index): Standpoint => {
      const before = known[index];
      const from = here;
      const { binds = [], seen } = standing[index] ?? {};
      const kept = before && sameAmbient(before.ambient, ambient) ? before : { piece, binds, seen, ambient, ...this.recorded(piece, here, conditions) };
      this.take(kept, before === kept, does);
      for (const one of piece.body) {
        const next = this.behind(one, here);
        if (next !== here) { ambient = [...ambient, { text: piece.text, start: one.start }]; conditions = new Set([...conditions, ...kept.asked]); }
        here = next;
      }
      return { remembered: kept, place: from };
    });
    if (memory.remember(read.map((each) => each.remembered))) return read;
    for (const list of Object.values(this.lists)) list.length = 0;
    for (const set of Object.values(this.sets)) set.clear();
    does.clear();
    return this.remembered(pieces, place, does, memory);
  }

  /** Reads a piece, and says what it added and what it asked for. */
  private recorded(piece: Piece, place: Place, conditions: ReadonlySet<string>): Pick<Remembered, 'asked' | 'facts' | 'does' | 'added'> {
    const marks = sizes(this.lists, (list) => list.length);
    const before = sizes(this.sets, (set) => set.size);
    const does = new Set<string>();
    const asked = new Set<string>();
    // What is known from another piece would hide the names it rests on.
    this.values.forget();
    this.names.forget();
    this.scopes.module.asked = asked;
    this.block(piece.body, { ...place, does: [does] });
    this.scopes.module.asked = undefined;
    for (const name of conditions) asked.add(name);
    return {
      asked, does: [...does], facts: Object.fromEntries(Object.entries(this.lists).map(([name, list]) => [name, list.slice(marks[name])])),
      added: Object.fromEntries(Object.entries(this.sets).map(([name, set]) => [name, [...set].slice(before[name])])),
    };
  }

  /** @param facts whether its facts are still to be added */
  private take(kept: Remembered, facts: boolean, does: Set<string>): void {
    for (const each of kept.does) does.add(each);
    if (!facts) return;
    for (const [name, set] of Object.entries(this.sets)) for (const each of kept.added[name] ?? []) set.add(each);
    for (const [name, list] of Object.entries(this.lists)) list.push(...kept.facts[name] ?? []);
  }

  private statement(one: Stmt, place: Place): void {
    const target = one.k === 'assign' ? one.targets[0] : undefined;
    if (one.k === 'assign') for (const each of one.targets) this.variables.given(each);
    if (one.k === 'loop') { this.loop(one, place); return; }
    const use: Use = { bound: target && this.names.written(target), discarded: one.k === 'expression', awaited: one.k === 'with' && this.isAsync(one), managed: one.k === 'with' };
    for (const expr of expressionsOf(one)) this.expression(expr, place, use);
    switch (one.k) {
      case 'import': this.importStatement(one, place); break;
      case 'assign': this.assignment(one, place); this.tableStatement(one, place); break;
      case 'expression': this.settingCall(one.value, place); this.refusalCall(one.value, place); this.idleStatement(one.value, place); break;
      case 'assert': this.refuse(one.test, one, one, place, true); break;
      case 'if': this.branch(one, place); break;
      case 'try': this.tryStatement(one, place); break;
      case 'with': {
        let { within } = place;
        for (const { value } of one.items) if (value.k === 'call') within = { name: () => this.names.callee(value.callee, place.scope), outer: within };
        this.block(one.body.body, { ...place, within });
        break;
      }
      case 'match': for (const each of one.cases) this.block(each.body, place); break;
      case 'function': this.functionStatement(one, place); break;
      case 'class': this.classStatement(one, place); break;
    }
  }

  private loop(one: Extract<Stmt, { k: 'loop' }>, place: Place): void {
    const { over, target } = one;
    const around = new LoopAround(one, place.scope.path, place.loop, () => over && target && this.values.evaluate(unsliced(over), place.scope), (loop) => { this.found.loops.push(loop); });
    const inside = { ...place, loop: around, repeats: place.repeats || !target };
    // The condition of a `while` is asked each time, the collection of a `for` once.
    if (over) this.expression(over, target ? place : inside, { awaited: this.isAsync(one) });
    if (target) this.expression(target, place);
    this.block(one.body.body, inside);
    this.block(one.orelse?.body ?? [], place);
  }

  private comprehension(expr: Extract<Expr, { k: 'comprehension' }>, place: Place): void {
    const [over, ...clauses] = expr.clauses;
    const around = new LoopAround(expr, place.scope.path, place.loop, () => over && this.values.evaluate(unsliced(over), place.scope), (loop) => { this.found.loops.push(loop); });
    const inside = { ...place, loop: around };
    this.expression(expr.body, inside);
    if (over) this.expression(over, place);
    for (const each of clauses) this.expression(each, inside);
  }

  private isAsync(one: Stmt): boolean {
    return this.input.text.startsWith('async', one.start);
  }

  private branch(one: Extract<Stmt, { k: 'if' }>, place: Place): void {
    if (alwaysRaises(one.body)) this.refuse(one.test, one, one.body, place, false);
    this.block(one.body.body, this.under(one.test, false, place));
    if (one.orelse) {
      if (alwaysRaises(one.orelse) && one.orelse.body[0]?.k !== 'if') this.refuse(one.test, one, one.orelse, place, true);
      this.block(one.orelse.body, this.under(one.test, true, place));
    }
  }

  private under(test: Expr, negated: boolean, place: Place, wanted: (guard: Guard) => boolean = () => true): Place {
    let made: readonly Guard[] | undefined;
    return { ...place, guards: () => made ??= [...place.guards(), ...this.guards(test, place.scope, negated).filter(wanted)] };
  }

  private guards(test: Expr, scope: Scope, negated: boolean): Guard[] {
    const found = guardsOf(this.values.evaluate(test, scope), negated, span(test));
    return negated ? found.map((each) => ({ ...each, negated: true as const })) : found;
  }

  private importStatement(one: Extract<Stmt, { k: 'import' }>, place: Place): void {
    for (const each of one.names) {
      const module = each.name === undefined ? each.module : absolute(each.module, this.name, this.package);
      const target = each.name === undefined || each.name === '*' ? module : `${module}.${each.name}`;
      const name = each.alias ?? each.name ?? (each.module.split('.')[0] ?? '');
      this.found.imports.push({ name, target: each.name === undefined && !each.alias ? name : target, at: span(one), guards: place.guards() });
    }
  }

  private assignment(one: Extract<Stmt, { k: 'assign' }>, place: Place): void {
    const { scope } = place;
    const settings = scope.kind === 'class' && isSettingsClass(scope, this.names);
    for (const target of one.targets) {
      if (one.value) this.routing.assigned(target, one.value, scope, () => this.standing(place, one));
      if (target.k === 'name' && scope.kind === 'function') continue;
      if (target.k === 'list') { this.unpacked(target.items, one.value, one, place); continue; }
      const field = settings && target.k === 'name' ? settingsField(target.name, one.value, one.annotation, scope, this.values, this.names) : undefined;
      if (!one.value && !field) continue;
      if (field) this.variables.field(field, () => this.standing(place, one));
      const value = field?.value ?? (one.value && target.k === 'name' && scope.kind === 'class' ? this.configured(target.name, one.value, place) : undefined) ?? (one.value ? this.values.evaluate(one.value, scope) : undefined);
      if (value) this.assign(target, value, one, place, 'statement', one.annotation);
      if (one.op === '|' && one.value?.k === 'dict') this.entriesOf(target, one.value, place);
    }
  }

  private configured(name: string, given: Expr, place: Place): Value | undefined {
    const value = configurationsField(name, given, place.scope, this.values, this.names);
    if (value?.kind === 'environment') this.variables.field({ value, aliases: [], composed: false }, () => this.standing(place, given));
    return value;
  }

  private unpacked(targets: readonly Expr[], value: Expr | undefined, one: Stmt, place: Place): void {
    if (value?.k !== 'list' || value.items.length !== targets.length || place.scope.kind === 'function') return;
    for (const [index, target] of targets.entries()) {
      const item = value.items[index];
      if (item) this.assign(target, this.values.evaluate(item, place.scope), one, place, 'statement');
    }
  }

  private assign(target: Expr, value: Value, at: { start: number; end: number }, place: Place, how: Assignment['how'], annotation?: Expr): void {
    const written = this.names.written(target);
    const qualified = target.k === 'name' ? this.own(place.scope, target.name) : this.names.qualify(target, place.scope) ?? written;
    const typed = annotation && this.names.annotated(annotation, place.scope);
    this.found.assignments.push({ ...this.standing(place, at), target: written, qualified, targetAt: span(target), value, how, ...(typed && { annotation: typed }) });
  }

  private own(scope: Scope, name: string): string {
    return [this.name, scope.path, name].filter(Boolean).join('.');
  }

  /** `app.config.update(K=v)`, `from_mapping(K=v)`, `update({"K": v})`, `settings.configure(K=v)`. */
  private settingCall(expr: Expr, place: Place): void {
    if (expr.k !== 'call' || expr.callee.k !== 'attribute' || !['update', 'from_mapping', 'configure', 'setdefault'].includes(expr.callee.name)) return;
    const object = expr.callee.name === 'from_mapping' || expr.callee.name === 'configure' || isConfigObject(this.names.written(expr.callee.of)) ? expr.callee.of : undefined;
    if (!object) return;
    const [first, second] = expr.args;
    if (expr.callee.name === 'setdefault' && first?.value.k === 'text' && second) {
      this.entry(object, first.value.value, span(first), this.values.evaluate(second.value, place.scope), expr, place, 'entry');
      return;
    }
    for (const each of expr.args) {
      if (each.name !== undefined) this.entry(object, each.name, { start: each.start, end: each.start + each.name.length }, this.values.evaluate(each.value, place.scope), each, place, 'keyword');
      else if (each.value.k === 'dict') this.entriesOf(object, each.value, place);
      else this.entriesByName(object, each, place);
    }
  }

  /** A table that stands elsewhere in the file, or `dict(K=v)`: what is set here is what it holds. */
  private entriesByName(object: Expr, given: Argument, place: Place): void {
    const table = this.values.evaluate(given.value, place.scope);
    const entries = table.kind === 'dict' ? table.entries.flatMap(({ key, value }) => key.kind === 'text' ? [{ name: key.value, value }] : []) : table.kind === 'result' && table.callee === 'dict' ? table.keywords.filter((each) => each.name !== '**') : [];
    for (const each of entries) this.entry(object, each.name, span(given), each.value, given, place, 'entry');
  }

  private entriesOf(object: Expr, table: Extract<Expr, { k: 'dict' }>, place: Place): void {
    for (const each of table.entries) {
      if (each.key?.k === 'text') this.entry(object, each.key.value, span(each.key), this.values.evaluate(each.value, place.scope), { start: each.key.start, end: each.value.end }, place, 'entry');
    }
  }

  private entry(object: Expr, key: string, targetAt: Span, value: Value, at: { start: number; end: number }, place: Place, how: Assignment['how']): void {
    const written = `${this.names.written(object)}.${key}`;
    const qualified = this.names.qualify(object, place.scope);
    this.found.assignments.push({ ...this.standing(place, at), target: written, qualified: qualified ? `${qualified}.${key}` : written, targetAt, value, how });
  }

  private tryStatement(one: TryStmt, place: Place): void {
    this.block(one.body.body, place);
    const tries = [...new Set(callsIn(one.body.body).map((each) => this.names.callee(each.callee, place.scope)))];
    for (const each of one.handlers) {
      this.handler(each, one, tries, place);
      this.block(each.body.body, place);
    }
    this.block(one.orelse?.body ?? [], place);
    const left = one.final && leavesBlock(one.final.body);
    if (left && one.handlers.every((each) => deeds(each.body.body).includes('raise'))) this.found.drops.push({ ...this.standing(place, left), tries, tryBody: span(one.body) });
    this.block(one.final?.body ?? [], { ...place, cleanup: true });
  }

  private handler(one: HandlerNode, statement: TryStmt, tries: readonly string[], place: Place): void {
    const types = one.type ? (one.type.k === 'list' ? one.type.items : [one.type]) : [];
    this.found.handlers.push({
      ...this.standing(place, one), keyword: { start: one.start, end: one.keywordEnd }, catches: types.map((each) => this.names.qualify(each, place.scope) ?? this.names.written(each)),
      ...(one.type && { catchesAt: span(one.type) }), ...(one.bound && { bound: one.bound }), body: { start: one.body.start, end: one.body.end }, does: deeds(one.body.body),
      tries, tryBody: { start: statement.body.start, end: statement.body.end }, reraises: alwaysRaises(one.body), usesBound: usesBound(one, this.input.text), passesOn: passesOn(one), repeats: place.repeats,
      cleanup: place.cleanup || /(^|\.)(__del__|__exit__|__aexit__)$/.test(place.scope.path),
    });
  }

  // ---- definitions

  private functionStatement(one: FunctionStmt, place: Place): void {
    const scope = this.scopes.of(one);
    if (!scope) return;
    const decorators = this.decorators(one.decorators, place);
    for (const each of one.parameters) if (each.fallback) this.variableIn(each.fallback, place);
    const standing = this.standing(place, one);
    const { does, reads } = this.body(one, scope, place, decorators, standing);
    if (decorators.length > 0) this.routing.decorated(one, decorators, scope, place.scope, standing);
    const answer = one.returns && this.names.annotated(one.returns, place.scope);
    const depends: string[] = [];
    this.found.functions.push({
      ...standing, name: one.name, nameAt: { start: one.nameAt, end: one.nameAt + one.name.length }, body: { start: one.body.start, end: one.body.end }, async: one.async, decorators,
      parameters: one.parameters.map((each) => {
        const annotation = each.annotation && this.names.annotated(each.annotation, place.scope);
        const injected = injects(each, scope, this.names);
        depends.push(...injected);
        return { name: each.name, at: span(each), ...(injected.length > 0 && { injected: true as const }), ...(annotation && { annotation }), ...(each.fallback && { fallback: this.values.evaluate(each.fallback, place.scope) }), ...(each.stars && { stars: each.stars }) };
      }),
      ...(answer && { answer }), returns: scope.returns.slice(0, 10).map((each) => this.values.evaluate(each, scope)), does,
      reads, depends,
    });
  }

  /** Defaults of parameters are looked through for variables alone. */
  private variableIn(expr: Expr, place: Place): void {
    this.variables.look(expr, place.scope, () => this.standing(place, expr));
    eachPart(expr, (part) => { this.variableIn(part, place); });
  }

  private classStatement(one: ClassStmt, place: Place): void {
    const scope = this.scopes.of(one);
    if (!scope) return;
    const decorators = this.decorators(one.decorators, place);
    const standing = this.standing(place, one);
    const bases = one.bases.filter((each) => each.name === undefined && !each.stars).map((each) => this.names.qualify(each.value, place.scope) ?? this.names.written(each.value));
    if (bases.some((each) => this.input.asked.callee(each))) this.derived.add(this.own(place.scope, one.name));
    this.found.classes.push({ ...standing, name: one.name, nameAt: { start: one.nameAt, end: one.nameAt + one.name.length }, bases, body: { start: one.body.start, end: one.body.end }, decorators });
    const model = classModel(one, scope, place.scope, standing, this.modelFile);
    if (model) this.found.models.push(model);
    this.body(one, scope, place, decorators, standing);
  }

  private tableStatement(one: Stmt, place: Place): void {
    if (one.k !== 'assign' || one.value?.k !== 'call' || calledName(one.value) !== 'Table') return;
    const model = tableModel(one, place.scope, this.standing(place, one), this.modelFile);
    if (model) this.found.models.push(model);
  }

  /** Walks the body of a definition and gives back what it calls and reads, inner definitions included. */
  private body(one: FunctionStmt | ClassStmt, scope: Scope, place: Place, decorators: readonly Decorator[], standing: Standing): BodyFacts {
    const called = new Set<string>();
    // What a class's body calls runs where the class is made; what a function's body calls, only when somebody calls it.
    const around = one.k === 'class' || place.scope.kind === 'function' ? place.does : [];
    this.block(one.body.body, { scope, guards: place.guards, within: undefined, cleanup: false, repeats: false, onLoop: one.k === 'function' && one.async, does: [...around, called] });
    // Of a class they are asked for where it is a route itself.
    const reads = one.k === 'function' || decorators.length > 0 ? readings(one.body, scope, this.names, this.input.text) : [];
    const facts = { does: [...called], reads };
    if (decorators.length > 0) this.found.routes.push(...decoratedRoutes(one, scope, place.scope, decorators, standing, facts, this.routeContext()));
    return facts;
  }

  /** Imports stand above what they are used for, so the framework is known by the first route. */
  private routeContext(): RouteContext {
    return this.context ??= { names: this.names, framework: importedFramework(this.found.imports.map((each) => each.target)) };
  }

  private decorators(list: readonly Expr[], place: Place): Decorator[] {
    return list.map((each) => {
      this.variables.look(each, place.scope, () => this.standing(place, each));
      eachPart(each, (part) => { this.expression(part, place); });
      const callee = each.k === 'call' ? each.callee : each;
      const args: readonly Argument[] = each.k === 'call' ? each.args : [];
      return {
        name: this.names.callee(callee, place.scope), at: span(each), ...(callee.k === 'attribute' && { receiver: this.names.written(callee.of) }),
        args: args.filter((one) => one.name === undefined && !one.stars).map((one) => this.values.evaluate(one.value, place.scope)), keywords: this.values.keywords(args, place.scope),
      };
    });
  }

  // ---- expressions

  private expression(expr: Expr, place: Place, use?: Use): void {
    this.variables.look(expr, place.scope, () => this.standing(place, expr));
    if (expr.k === 'number' && Number.isInteger(expr.value) && expr.value >= 400 && expr.value < 600) this.found.statuses.push({ ...this.standing(place, expr), code: expr.value });
    if (expr.k === 'compare') {
      const compared = comparisonOf(expr, place.scope, this.values);
      if (compared) this.found.comparisons.push({ ...this.standing(place, expr), ...compared });
    }
    if (expr.k !== 'call') { this.compound(expr, place, use); return; }
    this.call(expr, place, use);
    this.expression(expr.callee, place);
    if (expr.args.length === 0) return;
    const inner = { ...place, within: { name: () => this.names.written(expr.callee), outer: place.within } };
    for (const each of expr.args) this.expression(each.value, inner);
  }

  private compound(expr: Exclude<Expr, { k: 'call' }>, place: Place, use?: Use): void {
    if (expr.k === 'await') { this.expression(expr.of, place, { ...use, awaited: true }); return; }
    if (expr.k === 'comprehension') { this.comprehension(expr, place); return; }
    // A lambda's body runs when somebody calls it.
    const inside = expr.k === 'lambda' ? { ...place, onLoop: false, loop: undefined } : place;
    eachPart(expr, (part) => { this.expression(part, inside); });
  }

  private call(expr: Extract<Expr, { k: 'call' }>, place: Place, use?: Use): void {
    const { callee } = expr;
    const last = callee.k === 'attribute' || callee.k === 'name' ? callee.name : '';
    const { asked } = this.input;
    const qualified = this.names.callee(callee, place.scope);
    for (const set of place.does) set.add(qualified);
    this.routing.call(expr, last, place.scope, () => this.standing(place, expr), use?.bound);
    const wanted = ((callee.k === 'name' || asked.last(last)) && asked.callee(qualified)) || this.derived.has(qualified);
    // The class of `from threading import Thread as Worker` is known by its qualified name.
    const task = mayBeTask(last) || (callee.k === 'name' && mayBeTask(lastName(qualified)));
    if (!wanted && this.input.role === 'production' && (handsOn(qualified, last, this.name, asked.own) || spreadsRequest(expr, place.scope, this.values))) this.found.passes.push(passOf(expr, qualified, place.scope, this.names, this.values));
    if (!wanted && !task) return;
    const made = callFact(expr, qualified, place.scope, this.names, this.values, this.standing(place, expr), {
      within: namesOf(place.within), ...(use?.bound && { boundTo: use.bound }), ...(place.onLoop && { onLoop: true }), ...(use?.awaited && { awaited: true }), ...(use?.discarded && { discarded: true }), ...(use?.managed && { managed: true }),
    });
    if (task) this.beside.taskCalls.push(made);
    if (!wanted) return;
    this.found.calls.push(made);
    place.loop?.keep();
  }

  private idleStatement(expr: Expr, place: Place): void {
    const what = idleKind(expr, (called) => this.names.callee(called, place.scope));
    if (what) this.found.idle.push({ ...this.standing(place, expr), what });
  }

  // ---- refusals

  private refuse(test: Expr, at: Stmt, raise: { start: number; end: number }, place: Place, negated: boolean): void {
    const own = this.guards(test, place.scope, negated).filter((each) => each.means === 'production' || each.means === 'development' || each.means === 'tests');
    this.found.refusals.push({ ...this.standing(place, at), guards: [...place.guards(), ...own], ...refusalOf(test, negated, place.scope, this.names, this.values), raise: span(raise) });
  }

  /** A call of a function of this file that raises on its arguments refuses like the check in it. */
  private refusalCall(expr: Expr, place: Place): void {
    if (expr.k !== 'call') return;
    const name = expr.callee.k === 'attribute' || expr.callee.k === 'name' ? expr.callee.name : '';
    if (!this.refusing.has(name) || expr.args.length === 0) return;
    const all: Expr = { k: 'list', start: expr.start, end: expr.end, items: expr.args.map((each) => each.value) };
    this.found.refusals.push({ ...this.standing(place, expr), ...refusalOf(all, false, place.scope, this.names, this.values), raise: span(expr) });
  }

  private standing(place: Place, at: { start: number; end: number }): Standing {
    return { scope: place.scope.path, guards: place.guards(), at: span(at) };
  }
}

function sizes<T>(of: Readonly<Record<string, T>>, size: (one: T) => number): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(of).map(([name, one]) => [name, size(one)]));
}

/** Outer definitions before inner ones, as they are written. */
function inOrder<T extends { readonly at: Span }>(found: readonly T[]): T[] {
  return [...found].sort((a, b) => a.at.start - b.at.start || b.at.end - a.at.end);
}

/** `rows` of `rows[:50]`: what is gone over is of the same kind. */
function unsliced(over: Expr): Expr {
  return over.k === 'index' && over.key.k === 'other' ? over.of : over;
}

/** Outermost first. */
function namesOf(around: Around | undefined): string[] {
  const names: string[] = [];
  for (let at = around; at; at = at.outer) names.unshift(at.name());
  return names;
}

function isConfigObject(written: string): boolean {
  return /(^|\.)(config|conf|settings)$|^(globals|locals|vars)\(\)$/i.test(written);
}

/** The block always ends by leaving it: return, raise, continue, break. A module has nothing to return from, unless its syntax is broken. */
function leaves(block: Block, scope: Scope): boolean {
  const last = block.body.at(-1);
  return last !== undefined && ((last.k === 'return' && scope.kind !== 'module') || last.k === 'continue' || last.k === 'break' || alwaysRaises(block));
}

/** `backend/app/models/__init__.py` is `backend.app.models`; `src` folders are source roots and leave no trace. */
export function moduleName(path: string): string {
  return path.replace(/\.pyw?i?$/, '').replace(/(^|\/)__init__$/, '').split('/').filter((each, index) => !(each === 'src' && index === 0)).join('.');
}

/** An import's module as an absolute name: `..models` in `app.auth.routes` is `app.models`. */
export function absolute(written: string, module: string, isPackage: boolean): string {
  const dots = /^\.+/.exec(written)?.[0].length ?? 0;
  if (dots === 0) return written;
  const parts = module.split('.');
  const base = parts.slice(0, parts.length - dots + (isPackage ? 1 : 0));
  const rest = written.slice(dots);
  return [...base, ...(rest ? [rest] : [])].join('.');
}

function lineCount(text: string): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return text.endsWith('\n') ? count - 1 : count;
}
