/**
 * Settings: one answer for all the ways of giving one a value, and which of them production sees.
 *
 * Selection: what `from_object` names (a class, an instance, a path, an entry of a table), what DJANGO_SETTINGS_MODULE names, a settings class
 * that is instantiated. Where the project shows a selection, what is not selected counts neither for nor against; where it shows none,
 * everything but development and test configuration does.
 */
import type { Assignment, Module, Place, Setting, Value } from '../../rules/kit';
import { environmentVariables } from '../../rules/kit';
import type { Reach } from './reach';
import type { RefusalIndex } from './refusals';
import { refusalsAbout, refuses } from './refusals';
import type { ModuleIndex } from './module-index';
import type { ProjectNames } from './names';
import { qualified } from './names';
import type { Selection } from './selection';
import { developmentName } from './words';

export interface SettingsInput {
  readonly modules: readonly Module[];
  /** Assignments by the setting they give a value (see settingsIn). */
  readonly index: ModuleIndex<Assignment>;
  readonly names: ProjectNames;
  readonly reach: Reach;
  readonly refusals: () => RefusalIndex;
  /** Names of settings modules that something deployed or the entry points select (DJANGO_SETTINGS_MODULE and the like). */
  readonly selectedModules: ReadonlySet<string>;
  /** Of classes and modules, by `from_object`. */
  readonly selection: () => Selection;
  readonly deployedVariable: (name: string) => boolean;
  readonly resolve: (value: Value, module: Module) => Value;
}

/** The assignments of a module that give a setting a value, by its name. */
export function settingsIn(module: Module): readonly (readonly [string, Assignment])[] {
  return module.assignments.flatMap((assignment) => { const name = settingName(assignment, module); return name ? [[name, assignment] as const] : []; });
}

export class Settings {
  private readonly answers = new Map<string, readonly Setting[]>();
  /** Names of the classes and modules that give a setting, by how they were selected and the setting. */
  private readonly giving = new Map<string, ReadonlySet<string>>();
  private readonly classes = new Map<string, ClassSettings | undefined>();
  private byEnding: ReadonlyMap<string, Module> | undefined;
  private known: Selection | undefined;
  private loaded: ReadonlySet<string> | undefined;

  constructor(private readonly input: SettingsInput) {}

  named(names: readonly string[]): readonly Setting[] {
    const key = names.join(' ');
    const known = this.answers.get(key);
    if (known) return known;
    const found = names.flatMap((name) => this.input.index.get(name.toUpperCase()).map((each) => this.setting(name, each.module, each.fact)));
    this.answers.set(key, found);
    return found;
  }

  private setting(name: string, module: Module, assignment: Assignment): Setting {
    const owner = ownerOf(assignment, module);
    const value = this.input.resolve(assignment.value, module);
    const guardedForDevelopment = assignment.guards.some((each) => each.means === 'development' || each.means === 'tests' || each.means === 'type-checking');
    const place = module.name.split('.').slice(-2).join('.');
    const { refusal, unproved } = this.refusal(name, assignment, value, module);
    return {
      name, module, assignment, value, path: module.path, start: assignment.at.start, end: assignment.at.end, ...(owner && { owner }),
      selected: this.selected(name, module, assignment, owner), development: guardedForDevelopment || developmentName(owner ?? '') || (owner === undefined && isSettingsModule(module) && developmentName(place)),
      ...(refusal && { refusal }), refusalUnproved: unproved,
    };
  }

  // ---- selection

  private selected(name: string, module: Module, assignment: Assignment, owner: string | undefined): boolean {
    if (this.overriddenLater(module, assignment)) return false;
    if (owner) {
      if (this.selection.classes.size === 0) return true;
      return this.classesGiving(name, assignment.target.startsWith('self.') ? 'instances' : 'classes').has(qualified(module, '', owner));
    }
    if (assignment.scope || !isSettingsModule(module)) return true;
    if (this.input.selectedModules.size > 0) return this.reaches('named', module, name);
    return this.selection.modules.size === 0 || this.isLoaded(module) || this.reaches('loaded', module, name);
  }

  private get selection(): Selection { return this.known ??= this.input.selection(); }

  /** Some module imports it: what is in it is used by its name, whatever `from_object` is handed. */
  private isLoaded(module: Module): boolean {
    this.loaded ??= new Set(this.input.modules.flatMap((each) => each.imports.filter((one) => one.name !== '*').flatMap((one) => { const found = this.input.names.definition(one.target, each)?.definition.module.name; return found === undefined || found === each.name ? [] : [found]; })));
    return this.loaded.has(module.name);
  }

  /** A later assignment of the same target in the same file that always runs, or a read of the environment over a plain default. */
  private overriddenLater(module: Module, assignment: Assignment): boolean {
    return module.assignments.some((each) => each !== assignment && each.at.start > assignment.at.end && each.target === assignment.target && each.scope === assignment.scope
      && each.guards.length <= assignment.guards.length && each.guards.every((guard) => assignment.guards.some((own) => own.at.start === guard.at.start && own.negated === guard.negated)));
  }

  /** Qualified names of the selected classes and of those they inherit a setting from without overriding it on the way. */
  private classesGiving(name: string, kind: 'classes' | 'instances'): ReadonlySet<string> {
    return this.kept(`${kind} ${name}`, () => {
      const upper = name.toUpperCase();
      return reached(this.selection[kind], (each) => {
        const found = this.classCalled(each);
        return !found || found.gives.has(upper) ? [] : found.bases;
      });
    });
  }

  /** A class of the project with the names of its bases, and of what is assigned in it in capitals. */
  private classCalled(own: string): ClassSettings | undefined {
    const { modules: [first], names } = this.input;
    if (!this.classes.has(own)) {
      const found = first && names.definition(own, first)?.definition;
      this.classes.set(own, found?.kind !== 'class' ? undefined : {
        bases: found.class.bases.map((base) => names.expand(base, found.module)),
        gives: new Set(found.module.assignments.flatMap((each) => each.scope === found.class.name ? [each.target.toUpperCase()] : [])),
      });
    }
    return this.classes.get(own);
  }

  /** Whether one of these modules is this one, or takes this setting over from it by star imports without overriding it on the way. */
  private reaches(selected: 'named' | 'loaded', module: Module, name: string): boolean {
    const found = this.kept(`${selected} ${name}`, () => reached(selected === 'named' ? this.input.selectedModules : this.selection.modules, (each) => {
      const from = this.moduleCalled(each);
      return !from || from.assignments.some((one) => one.target === name && !one.scope && one.guards.length === 0) ? [] : from.stars;
    }));
    return endings(module.name).some((each) => found.has(each));
  }

  /** The first module of that name, or whose name ends so. */
  private moduleCalled(name: string): Module | undefined {
    this.byEnding ??= new Map([...this.input.modules].reverse().flatMap((each) => endings(each.name).map((ending) => [ending, each] as const)));
    return this.byEnding.get(name);
  }

  private kept(key: string, find: () => ReadonlySet<string>): ReadonlySet<string> {
    const known = this.giving.get(key) ?? find();
    this.giving.set(key, known);
    return known;
  }

  // ---- refusal

  private refusal(name: string, assignment: Assignment, value: Value, module: Module): { refusal?: Place; unproved: boolean } {
    let unproved = false;
    const variables = environmentVariables(value);
    for (const { refusal, module: home } of refusalsAbout(this.input.refusals(), { upper: name.toUpperCase(), variables, module, target: assignment.target })) {
      if (!refuses(refusal, variables, value)) continue;
      if (!this.input.reach.runs(refusal, home)) continue;
      const limited = refusal.guards.filter((guard) => guard.means === 'production');
      if (refusal.guards.some((guard) => guard.means === 'development' || guard.means === 'tests')) continue;
      const proved = limited.every((guard) => guard.unset === true || (guard.variable !== undefined && this.input.deployedVariable(guard.variable)));
      if (proved) return { refusal: { path: home.path, start: refusal.raise.start, end: refusal.raise.end }, unproved: false };
      unproved = true;
    }
    return { unproved };
  }
}

/** A class of the project: names of its bases, and what is assigned in it, in capitals. */
interface ClassSettings {
  readonly bases: readonly string[];
  readonly gives: ReadonlySet<string>;
}

/** What is reached from these by any number of steps, these included. */
function reached(from: Iterable<string>, further: (name: string) => readonly string[]): ReadonlySet<string> {
  const found = new Set(from);
  // A set is gone through in the order in which it grows.
  for (const each of found) for (const next of further(each)) found.add(next);
  return found;
}

/** A dotted name, and what is left of it without its first parts. */
function endings(name: string): readonly string[] {
  const parts = name.split('.');
  return parts.map((_, at) => parts.slice(at).join('.'));
}

/** The plain name of a setting, upper case, or undefined for a variable that is none. */
function settingName(assignment: Assignment, module: Module): string | undefined {
  const { target, scope, how } = assignment;
  const last = target.slice(target.lastIndexOf('.') + 1);
  if (how !== 'statement') return last.toUpperCase();
  if (target.includes('.')) {
    if (/(^|\.)(config|conf|settings)\.\w+$/i.test(target) || /(^|\.)(app|application|server|api)\.(secret_key|debug|testing|env|permanent_session_lifetime)$/.test(target)) return last.toUpperCase();
    if (madeInstance(assignment, module)) return last;
    return /^flask\.Flask\.(secret_key|debug|testing)$/.test(assignment.qualified) ? last.toUpperCase() : undefined;
  }
  if (!scope) return last.toUpperCase();
  return module.classes.some((each) => each.name === scope && each.scope === '') ? last.toUpperCase() : undefined;
}

/** `self.SECRET_KEY = …` in the `__init__` of a configuration class. */
function madeInstance({ target, scope }: Assignment, module: Module): string | undefined {
  const owner = /^(\w+)\.__init__$/.exec(scope)?.[1];
  return owner !== undefined && /^self\.[A-Z][A-Z0-9_]+$/.test(target) && /config|settings/i.test(owner) && module.classes.some((each) => each.name === owner && each.scope === '') ? owner : undefined;
}

function ownerOf(assignment: Assignment, module: Module): string | undefined {
  const made = madeInstance(assignment, module);
  if (made) return made;
  if (!assignment.scope || assignment.target.includes('.')) return undefined;
  return module.classes.find((each) => each.name === assignment.scope && each.scope === '')?.name;
}

/** A module that mostly gives names in capitals their values, or is called one. */
export function isSettingsModule(module: Module): boolean {
  if (/(^|\.)(settings|config|configuration|conf)(\.|$)/i.test(module.name)) return true;
  if (/(^|\.)((settings|config|conf)_ENV|ENV_(settings|config|conf))$/.test(module.name.replace(/(?<=^|[._])(dev(el(opment)?)?|local|debug|test(ing)?|ci|staging|prod(uction)?|base|common|default)(?=$|[._])/gi, 'ENV'))) return true;
  const capitals = module.assignments.filter((each) => !each.scope && /^[A-Z][A-Z0-9_]+$/.test(each.target)).length;
  return module.assignments.some((each) => each.target === 'INSTALLED_APPS') || (capitals >= 8 && module.functions.length <= 2);
}
