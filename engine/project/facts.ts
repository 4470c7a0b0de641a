/** The project as rules see it: answers computed once each, when first asked for. */
import type { Application, Assignment, Call, Class, Evidence, Flow, Framework, Func, InstalledFolder, Kind, MappedModel, Migration, Module, Place, Project, Route, Setting, Span, Standing, TestSuite, UnnamedRead, Unit, UnitOf, Value, Variable, Workers } from '../../rules/kit';
import { calls, givenVariables, lastName } from '../../rules/kit';
import { applicationsOf, cookieAuthOf, declaration, deployableOf, frameworksOf, hostedFiles, htmlOf } from './applications';
import { commands, productionUnits, serverOf, variablesOf } from './deployment';
import { installedFolders } from './installed';
import { movedFrom, rootOf } from '../python/still';
import { linkModule } from './link';
import type { Looks } from './looks';
import { lookAgain, lookAt, lookAtPart, lookFor, lookToTell, looking } from './looks';
import { ModuleIndex } from './module-index';
import { ProjectModels } from './models';
import { ProjectNames, qualified, sameNames } from './names';
import { flowOf } from './flow';
import { followed } from './following';
import type { Site } from './flow/sites';
import { siteIndexOf } from './flow/sites';
import { Reach } from './reach';
import type { RefusalIndex } from './refusals';
import { refusalIndexOf } from './refusals';
import { routesOf } from './routes';
import { djangoRouting, textOf } from './route-settings';
import { routeWays } from './route-ways';
import type { RouteWays } from './route-ways';
import { Settings, settingsIn } from './settings';
import { testSuite } from './tests';
import { workersOf } from './workers';
import { selectedModules, selectionOf } from './selection';
import { environmentOf, unnamedReads } from './variables';
import { developmentName } from './words';

export interface ProjectInput {
  readonly root: string;
  readonly name: string;
  readonly units: readonly Unit[];
  readonly paths: readonly string[];
  readonly text: (path: string) => string | undefined;
  readonly tracked: (path: string) => boolean | undefined;
  /** Paths that git holds, those of installed packages too; without an index, those that are there. */
  readonly held?: () => Iterable<string>;
  readonly ignored: (path: string) => boolean;
}

export function projectFacts(input: ProjectInput): Project {
  return new Facts(input);
}

/**
 * The same project after an edit of one file, for judging that file at once: names are followed anew in it alone, what they mean in other
 * files is right again after the next full build. Undefined where it is a file of another kind now, or a new one: then everything is made anew.
 */
export function renewedFacts(project: Project, unit: Unit): Project | undefined {
  return project instanceof Facts ? project.renewed(unit) : undefined;
}

/** The same project with nothing taken over from before its last edits: answers that outlast those are right again. */
export function rebuiltFacts(project: Project): Project {
  return project instanceof Facts ? project.rebuilt() : project;
}

/** Answers that an edit of one file rarely changes: right again after the next full build. */
const LASTING: readonly string[] = [
  'places',
  'installed',
  'loadedModules',
  'idleModules',
  'importers',
  'classes named',
  'modulesByTail',
  'frameworks',
  'applications',
  'production',
  'server',
  'workers',
  'deployable',
  'cookieAuth',
  'html',
  'anchor',
  'reach',
  'running',
  'startedFunctions',
  'variables',
  'routeWays',
  'entries',
];

/** Indexes that take an edited file's facts in. */
const INDEXES = ['callIndex', 'settingIndex', 'functionIndex', 'siteIndex', 'refusalIndex'];

class Facts implements Project {
  readonly root: string;
  readonly name: string;
  readonly units: readonly Unit[];
  readonly paths: readonly string[];
  readonly modules: readonly Module[];
  readonly names: ProjectNames;
  private readonly kept = new Map<string, unknown>();
  /** The file that was edited last: as it was read, with the names of other files followed, and that at the places it has now. */
  private linkedLast: { readonly root: Module; readonly linked: Module; readonly placed: Module } | undefined;
  /** Of what is kept: the texts it rests on. */
  private readonly looks = new Map<string, Looks>();
  /** Of what is kept: the modules it rests on, where it does not rest on all. */
  private readonly concerned = new Map<string, (module: Module) => boolean>();
  /** Routes of modules, by the module: those of a file that no edit touched stay. */
  private readonly served: WeakMap<Module, readonly Route[]>;

  /**
   * @param input all units, of which `edited` is another than in the facts before
   * @param earlier the facts before an edit of one file: what the edit leaves as it is, is taken over (and nothing else held)
   */
  constructor(private readonly input: ProjectInput, earlier?: { readonly facts: Facts; readonly at: number; readonly unit: Unit; readonly renamed: boolean }) {
    this.root = input.root;
    this.name = input.name;
    this.paths = input.paths;
    this.names = earlier?.facts.names ?? new ProjectNames(input.units.filter((each) => each.kind === 'module').filter((each) => each.role !== 'vendored'));
    this.units = earlier ? earlier.facts.units.with(earlier.at, this.linked(earlier.unit, earlier.facts)) : input.units.map((each) => this.linked(each));
    this.modules = this.units.filter((each): each is Module => each.kind === 'module' && each.role === 'production');
    this.served = earlier?.facts.served ?? new WeakMap();
    for (const key of LASTING) if (earlier) this.keep(key, earlier.facts);
    const edited = earlier && this.units[earlier.at];
    if (earlier && edited && !earlier.renamed) this.keepUnconcerned(earlier.facts, earlier.facts.unplaced(earlier.facts.units[earlier.at]), this.unplaced(edited));
    for (const key of INDEXES) {
      const index = earlier?.facts.kept.get(key);
      if (!(index instanceof ModuleIndex)) continue;
      if (edited?.kind === 'module' && edited.role === 'production') index.replace(edited);
      this.kept.set(key, index);
    }
  }

  /** @param earlier facts in which names of other files are followed already, of the same reading */
  private linked(unit: Unit, earlier?: Facts): Unit {
    if (unit.kind !== 'module') return unit;
    const move = movedFrom(unit);
    const root = rootOf(unit);
    const known = earlier?.linkedLast?.root === root ? earlier.linkedLast.linked : linkModule(root, this.names);
    const placed = move ? move.place(known) : known;
    if (earlier) this.linkedLast = { root, linked: known, placed };
    return placed;
  }

  /** The same facts where that costs nothing: of an edited file at the places it had when it was read. */
  private unplaced(unit: Unit | undefined): Unit | undefined {
    return unit && unit === this.linkedLast?.placed ? this.linkedLast.linked : unit;
  }

  renewed(unit: Unit): Facts | undefined {
    const at = this.places.get(unit.path) ?? -1;
    const before = this.input.units[at];
    if (!before || before.kind !== unit.kind) return undefined;
    const renamed = unit.kind === 'module' && before.kind === 'module' && rootOf(unit) !== rootOf(before) && !sameNames(before, unit);
    if (unit.kind === 'module') this.names.replace(unit, renamed);
    return new Facts({ ...this.input, units: this.input.units.with(at, unit) }, { facts: this, at, unit, renamed });
  }

  rebuilt(): Facts {
    return new Facts(this.input);
  }

  once<T>(key: string, compute: () => T, concerns?: (module: Module) => boolean): T {
    if (!this.kept.has(key)) {
      const { found, looks } = looking(compute);
      this.kept.set(key, found);
      if (looks) this.looks.set(key, looks);
      if (concerns) this.concerned.set(key, concerns);
    }
    lookAgain(this.looks.get(key));
    return this.kept.get(key) as T;
  }

  /** Takes over the answers that rest on neither what a unit was nor what it is. */
  private keepUnconcerned(earlier: Facts, before: Unit | undefined, edited: Unit | undefined): void {
    const rests = (unit: Unit | undefined, on: (module: Module) => boolean) => unit?.kind === 'module' && on(unit);
    for (const [key, concerns] of earlier.concerned) {
      if (rests(before, concerns) || rests(edited, concerns)) continue;
      this.keep(key, earlier);
      this.concerned.set(key, concerns);
    }
  }

  /** Takes over an answer. */
  private keep(key: string, { kept, looks }: Facts): void {
    if (!kept.has(key)) return;
    this.kept.set(key, kept.get(key));
    const rests = looks.get(key);
    if (rests) this.looks.set(key, rests);
  }

  private get callIndex(): ModuleIndex<Call> {
    return this.once('callIndex', () => new ModuleIndex(this.modules, (module) => module.calls.map((call) => [lastName(call.callee), call] as const)));
  }

  of<K extends Kind>(kind: K): readonly UnitOf<K>[] {
    return this.once(`of ${kind}`, () => this.units.filter((each): each is UnitOf<K> => each.kind === kind));
  }
  /** Where each path stands among the units, which edits leave as it is. */
  private get places(): ReadonlyMap<string, number> { return this.once('places', () => new Map(this.units.map((each, at) => [each.path, at]))); }
  unit(path: string): Unit | undefined { const at = this.places.get(path); return at === undefined ? undefined : this.units[at]; }
  text(path: string): string | undefined { lookAt(path); return this.input.text(path); }
  written(path: string, at: Span): string { lookAtPart(path, at); return this.input.text(path)?.slice(at.start, at.end) ?? ''; }
  told<T>(path: string, at: Span, question: (text: string) => T): T {
    const answer = question(this.input.text(path)?.slice(at.start, at.end) ?? '');
    lookToTell(path, at, question, answer);
    return answer;
  }
  mentions(path: string, pattern: RegExp): boolean {
    const found = pattern.test(this.input.text(path) ?? '');
    lookFor(path, pattern, found);
    return found;
  }
  tracked(path: string): boolean | undefined { return this.input.tracked(path); }
  get installed(): readonly InstalledFolder[] { return this.once('installed', () => installedFolders(this.input.held?.() ?? this.paths)); }
  ignored(path: string): boolean { return this.input.ignored(path); }
  developmentName(name: string): boolean { return developmentName(name); }

  get frameworks(): ReadonlySet<Framework> { return this.once('frameworks', () => frameworksOf(this.modules)); }
  get applications(): readonly Application[] { return this.once('applications', () => applicationsOf(this.modules, this.names, { commands: this.commands.map((each) => each.text), files: hostedFiles(this.production, this.modules) })); }
  get production(): readonly Unit[] { return this.once('production', () => productionUnits(this.units, (path) => this.tracked(path))); }
  get commands(): readonly Evidence[] { return this.once('commands', () => commands(this.production).map(({ path, text, at }) => ({ path, ...at, text }))); }
  get server(): Evidence | undefined { return this.once('server', () => serverOf(commands(this.production))); }
  get workers(): Workers {
    return this.once('workers', () => workersOf({ units: this.units, modules: this.modules, production: this.production, deployed: (name) => this.given(name) }));
  }
  get deployable(): Evidence | undefined { return this.once('deployable', () => deployableOf(this.units, this.production, this.modules, this.applications)); }
  get cookieAuth(): Evidence | undefined { return this.once('cookieAuth', () => cookieAuthOf(this.modules)); }
  get html(): Evidence | undefined { return this.once('html', () => htmlOf(this.units, this.modules)); }

  signs(what: 'sessions' | 'tokens'): boolean {
    if (what === 'tokens') return this.calls('jwt.encode', 'jwt.decode', 'jose.jwt.encode', 'jose.jwt.decode').length > 0 || this.settings('JWT_SECRET_KEY', 'JWT_SECRET').length > 0;
    return this.frameworks.has('flask') || this.frameworks.has('django') || this.frameworks.has('quart') || this.cookieAuth !== undefined;
  }

  get anchor(): Place {
    return this.once('anchor', () => {
      const app = this.applications[0];
      if (app) return app;
      const manifest = this.of('manifest').find((each) => !each.lock);
      const path = manifest?.path ?? this.units[0]?.path ?? this.paths[0] ?? 'README.md';
      return { path, start: 0, end: 0 };
    });
  }

  declares(name: string): Evidence | undefined { return declaration(this.units, name); }

  private get settingIndex(): ModuleIndex<Assignment> { return this.once('settingIndex', () => new ModuleIndex(this.modules, settingsIn)); }
  private get settingsIndex(): Settings {
    return this.once('settings', () => new Settings({
      modules: this.modules, index: this.settingIndex, names: this.names, reach: this.reach, selectedModules: selectedModules(this), refusals: () => this.refusalIndex,
      selection: () => selectionOf({
        modules: this.modules, names: this.names, resolve: (value, module) => this.resolve(value, module), func: (name) => this.func(name), callsOf: (name) => this.calls(name), deployed: (name) => this.deployedVariable(name)?.value,
      }),
      deployedVariable: (name) => this.deployedVariable(name) !== undefined, resolve: (value, module) => this.resolve(value, module),
    }));
  }
  private get refusalIndex(): RefusalIndex { return this.once('refusalIndex', () => refusalIndexOf(this.modules)); }
  runs(standing: Standing, module: Module): boolean { return this.reach.runs(standing, module); }
  private get reach(): Reach { return this.once('reach', () => new Reach(this.modules)); }

  settings(...names: readonly string[]): readonly Setting[] { return this.settingsIndex.named(names); }

  calls(...names: readonly string[]): readonly { module: Module; call: Call }[] {
    return this.once(`calls ${names.join(' ')}`, () => names.flatMap((name) => {
      const last = lastName(name);
      const among = last === '*' ? [...this.callIndex.keys()].flatMap((key) => this.callIndex.get(key)) : this.callIndex.get(last);
      return among.filter((each) => calls(each.fact.callee, name)).map(({ module, fact }) => ({ module, call: fact }));
    }));
  }

  get environment(): ReadonlyMap<string, Variable> { return this.once('environment', () => environmentOf(this, this.names, developmentName)); }
  get unnamedReads(): readonly UnnamedRead[] { return this.once('unnamedReads', () => unnamedReads(this, this.names)); }
  get flow(): Flow { return this.once('flow', () => flowOf(this, this.names, () => this.siteIndex)); }
  private get siteIndex(): ModuleIndex<Site> { return this.once('siteIndex', () => siteIndexOf(this.modules, this.names)); }

  get routes(): readonly { module: Module; route: Route }[] {
    return this.once('routes', () => this.modules.flatMap((module) => this.routesOf(module).map((route) => ({ module, route }))));
  }
  routesOf(module: Module): readonly Route[] {
    const known = this.served.get(module);
    if (known) return known;
    const made = routesOf(module, this.ways, { names: this.names, module: (path) => { const unit = this.unit(path); return unit?.kind === 'module' ? unit : undefined; }, permissions: this.ways.permissions });
    this.served.set(module, made);
    return made;
  }
  private get ways(): RouteWays {
    return this.once('routeWays', () => routeWays({ names: this.names, modules: this.modules, func: (name) => this.func(name), text: (value, module) => textOf(value, module, this, this.names), django: djangoRouting(this) }));
  }
  get classes(): readonly { module: Module; class: Class }[] {
    return this.once('classes', () => this.modules.flatMap((module) => module.classes.map((each) => ({ module, class: each }))));
  }
  get tests(): TestSuite { return this.once('tests', () => testSuite(this.units, this.paths)); }

  private get modelIndex(): ProjectModels { return this.once('models', () => new ProjectModels(this.modules, this.names), (module) => module.models.length > 0); }
  get models(): readonly MappedModel[] { return this.modelIndex.all; }
  model(name: string, module: Module): { mapped: MappedModel; rest: string } | undefined { return this.modelIndex.named(name, module); }
  get migrations(): readonly { module: Module; migration: Migration }[] {
    return this.once('migrations', () => this.of('module').flatMap((module) => module.migration && module.role !== 'vendored' && module.role !== 'test' ? [{ module, migration: module.migration }] : []), (module) => module.migration !== undefined);
  }

  private get functionIndex(): ModuleIndex<Func> {
    return this.once('functionIndex', () => new ModuleIndex(this.modules, (module) => module.functions.map((func) => [qualified(module, func.scope, func.name), func] as const)));
  }
  func(name: string): { module: Module; func: Func } | undefined {
    const found = this.functionIndex.get(name).at(-1);
    return found && { module: found.module, func: found.fact };
  }

  resolve(value: Value, module: Module): Value { return followed(value, module, this); }

  private get variables(): ReturnType<typeof variablesOf> { return this.once('variables', () => variablesOf(this.production)); }
  /** What the files production runs from set a variable to. */
  private given(name: string): string | undefined {
    const index = this.once('given', () => new Map(this.production.flatMap((unit) => unit.kind === 'shell' ? [] : givenVariables(unit, true)).flatMap((each) => each.value === undefined ? [] : [[each.name, each.value] as const]).reverse()));
    return index.get(name) ?? this.deployedVariable(name)?.value;
  }

  deployedVariable(name: string): ReturnType<Project['deployedVariable']> { return this.variables.get(name); }
}
