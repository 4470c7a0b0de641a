/**
 * Settings: one answer for all the ways of giving one a value, and which of them production sees.
 *
 * Selection: what `from_object` names (a class, an instance, a path, an entry of a table), what DJANGO_SETTINGS_MODULE names, a settings class
 * that is instantiated. Where the project shows a selection, what is not selected counts neither for nor against; where it shows none,
 * everything but development and test configuration does.
 */
import type { Assignment, Module, Place, Refusal, Setting, Value } from '../../rules/kit';
import { environmentVariables, whenUnset } from '../../rules/kit';
import type { Reach } from './reach';
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
  private known: Selection | undefined;
  private loaded: ReadonlySet<string> | undefined;
  private checks: readonly Check[] | undefined;

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
      const selected = assignment.target.startsWith('self.') ? this.selection.instances : this.selection.classes;
      if (this.selection.classes.size === 0) return true;
      const own = qualified(module, '', owner);
      return [...selected].some((each) => this.inherits(each, own, name));
    }
    if (assignment.scope || !isSettingsModule(module)) return true;
    if (this.input.selectedModules.size > 0) return [...this.input.selectedModules].some((each) => this.reaches(each, module, name));
    return this.selection.modules.size === 0 || this.isLoaded(module) || [...this.selection.modules].some((each) => this.reaches(each, module, name));
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

  /** Whether `selected` is the class `own`, or inherits this setting from it without overriding it on the way. */
  private inherits(selected: string, own: string, name: string, depth = 0): boolean {
    if (selected === own) return true;
    if (depth > 8) return false;
    const first = this.input.modules[0];
    const found = first && this.input.names.definition(selected, first)?.definition;
    if (found?.kind !== 'class') return false;
    const given = found.module.assignments.some((each) => each.scope === found.class.name && each.target.toUpperCase() === name.toUpperCase());
    return !given && found.class.bases.some((base) => this.inherits(this.input.names.expand(base, found.module), own, name, depth + 1));
  }

  private reaches(selected: string, module: Module, name: string, depth = 0): boolean {
    if (selected === module.name || module.name.endsWith(`.${selected}`)) return true;
    if (depth > 8) return false;
    const from = this.input.modules.find((each) => each.name === selected || each.name.endsWith(`.${selected}`));
    if (!from || from.assignments.some((each) => each.target === name && !each.scope && each.guards.length === 0)) return false;
    return from.stars.some((star) => this.reaches(star, module, name, depth + 1));
  }

  // ---- refusal

  private refusal(name: string, assignment: Assignment, value: Value, module: Module): { refusal?: Place; unproved: boolean } {
    let unproved = false;
    const variables = environmentVariables(value);
    for (const check of this.checks ??= this.input.modules.flatMap(checksIn)) {
      const { refusal, module: home } = check;
      if (!speaksOf(check, name.toUpperCase(), variables, home === module ? assignment.target : undefined) || !refuses(refusal, variables, value)) continue;
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

/** A check that refuses to start, with what it speaks of made ready for being asked about many settings. */
interface Check {
  readonly module: Module;
  readonly refusal: Refusal;
  readonly about: ReadonlySet<string>;
  /** The last parts of the same, in capitals. */
  readonly names: ReadonlySet<string>;
  /** Fields, in capitals, whose values the validator it stands in is called with; `*` for all. */
  readonly validates: ReadonlySet<string>;
}

function checksIn(module: Module): readonly Check[] {
  if (module.refusals.length === 0) return [];
  const validators = new Map<string, ReadonlySet<string>>(module.functions.flatMap((func) => {
    const fields = func.decorators.filter((each) => /(^|[._])validator$/.test(each.name)).flatMap((each) => each.args.flatMap((arg) => arg.kind === 'text' ? [arg.value.toUpperCase()] : []));
    return func.name !== '' && fields.length > 0 ? [[`${func.scope}.${func.name}`, new Set(fields)] as const] : [];
  }));
  return module.refusals.map((refusal) => ({
    module, refusal, about: new Set(refusal.about), names: new Set(refusal.about.map((each) => each.slice(each.lastIndexOf('.') + 1).toUpperCase())), validates: validators.get(refusal.scope) ?? NOTHING,
  }));
}

const NOTHING: ReadonlySet<string> = new Set();

/** @param target what the setting is called in the file of the check, where it stands in the same */
function speaksOf({ about, names, validates }: Check, upper: string, variables: readonly string[], target: string | undefined): boolean {
  return names.has(upper) || validates.has(upper) || validates.has('*') || (target !== undefined && about.has(target)) || variables.some((each) => about.has(each));
}

/** Whether a check refuses the value that a setting has by default. */
function refuses(refusal: Refusal, variables: readonly string[], value: Value): boolean {
  if (variables.some((each) => refusal.missing.includes(each))) return true;
  const unset = whenUnset(value);
  if (unset === undefined || unset === 'refuses' || unset.kind !== 'text' || unset.value === '') return true;
  const text = unset.value;
  return refusal.against.some((each) => each === text || (each.length >= 4 && text.includes(each))) || refusal.about.some((each) => each.length >= 4 && text.startsWith(each))
    || (refusal.shorterThan !== undefined && text.length < refusal.shorterThan);
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
