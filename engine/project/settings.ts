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
    for (const each of this.input.modules) {
      for (const refusal of each.refusals) {
        if (!this.concerns(refusal, name, assignment, value, each, module)) continue;
        if (!this.input.reach.runs(refusal, each)) continue;
        const limited = refusal.guards.filter((guard) => guard.means === 'production');
        if (refusal.guards.some((guard) => guard.means === 'development' || guard.means === 'tests')) continue;
        const proved = limited.every((guard) => guard.unset === true || (guard.variable !== undefined && this.input.deployedVariable(guard.variable)));
        if (proved) return { refusal: { path: each.path, start: refusal.raise.start, end: refusal.raise.end }, unproved: false };
        unproved = true;
      }
    }
    return { unproved };
  }

  /** Whether a check speaks of this setting and refuses the value it has by default. */
  private concerns(refusal: Refusal, name: string, assignment: Assignment, value: Value, home: Module, module: Module): boolean {
    const upper = name.toUpperCase();
    const variables = environmentVariables(value);
    const about = validates(refusal, upper, home) || refusal.about.some((each) => {
      const last = each.slice(each.lastIndexOf('.') + 1).toUpperCase();
      return last === upper || variables.includes(each) || (home === module && each === assignment.target);
    });
    if (!about) return false;
    if (variables.some((each) => refusal.missing.includes(each))) return true;
    const unset = whenUnset(value);
    if (unset === undefined || unset === 'refuses' || unset.kind !== 'text' || unset.value === '') return true;
    const text = unset.value;
    return refusal.against.some((each) => each === text || (each.length >= 4 && text.includes(each))) || refusal.about.some((each) => each.length >= 4 && text.startsWith(each))
      || (refusal.shorterThan !== undefined && text.length < refusal.shorterThan);
  }
}

/** In a validator of a settings class, which is called with the value of the fields it names. */
function validates(refusal: Refusal, upper: string, module: Module): boolean {
  const func = module.functions.find((each) => each.name !== '' && `${each.scope}.${each.name}` === refusal.scope);
  return func?.decorators.some((each) => /(^|[._])validator$/.test(each.name) && each.args.some((arg) => arg.kind === 'text' && (arg.value.toUpperCase() === upper || arg.value === '*'))) ?? false;
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
