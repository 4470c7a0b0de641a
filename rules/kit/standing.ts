/** Where a value stands in what production runs: questions that several rules about configuration ask. */
import { environmentVariables } from './environment';
import { isImported } from './loading';
import type { Guard, Standing } from './module';
import type { Project, Setting } from './project';
import type { Variation } from './rule';
import { lastName } from './select';

/** Whether production sees this setting: it is selected, and not for development alone (unless development is all that is selected). */
export function seenInProduction(setting: Setting, project: Project): boolean {
  if (!setting.selected || setting.assignment.guards.some(isDevelopment) || isUnused(setting, project)) return false;
  return !setting.development || developmentIsSelected(setting, project);
}

/** Production sees it, or would where servers select `settings/production.py` by a variable that no file here sets. */
export function mayServeProduction(setting: Setting, project: Project): boolean {
  return seenInProduction(setting, project) || (setting.owner === undefined && setting.assignment.scope === '' && /^(prod|production|live)$/.test(lastName(setting.module.name)));
}

/** A class of a module that nothing imports, while the application is elsewhere and loads no configuration object: left over. */
function isUnused({ owner, module }: Setting, project: Project): boolean {
  if (owner === undefined || project.applications.every((each) => each.path === module.path) || project.calls('*.from_object').length > 0) return false;
  const last = lastName(module.name);
  return !isImported(module, project) && !project.modules.some((other) => other !== module && other.stars.some((each) => lastName(each) === last));
}

/** A guard that keeps what is under it out of production. */
function isDevelopment(guard: Guard): boolean {
  return guard.means === 'development' || guard.means === 'tests' || guard.means === 'type-checking';
}

/** The code only runs while developing or testing. */
export function onlyInDevelopment(standing: Standing): boolean {
  return standing.guards.some(isDevelopment);
}

/** The code only runs when its file is started by hand. */
export function onlyAsProgram(standing: Standing): boolean {
  return standing.guards.some((guard) => guard.means === 'main');
}

/** `app.config.from_object("config.DevelopmentConfig")` and nothing else: then that class is production's. */
function developmentIsSelected(setting: Setting, project: Project): boolean {
  const { owner } = setting;
  if (owner === undefined) return false;
  const selections = project.calls('*.from_object').filter(({ call }) => !onlyInDevelopment(call)).map(({ module, call }) => {
    const value = call.args[0] && project.resolve(call.args[0], module);
    return value?.kind === 'text' ? value.value : value?.kind === 'reference' ? value.name : undefined;
  });
  return selections.length > 0 && selections.every((each) => each !== undefined && lastName(each.replace(':', '.')) === owner);
}

/** The same setting is given another value in this file where the program runs in production. */
export function replacedInProduction(setting: Setting, project: Project): boolean {
  return project.settings(setting.name).some((other) => other.assignment !== setting.assignment && other.path === setting.path && other.assignment.target === setting.assignment.target && other.start > setting.end
    && other.assignment.guards.some((guard) => guard.means === 'production' && (guard.unset === true || (guard.variable !== undefined && project.deployedVariable(guard.variable) !== undefined))));
}

/**
 * How much a secret's literal in a setting weighs, by the setting's place in the project: false where production never sees it, true where
 * it does, and a lighter grade where something stands between.
 */
export function standsInProduction(setting: Setting, project: Project): boolean | Variation {
  if (setting.refusal) return false;
  if (!seenInProduction(setting, project)) return replacedByProduction(setting, project) && { severity: 'medium', because: 'the settings module that production selects replaces it from the environment' };
  if (replacedInProduction(setting, project)) return false;
  if (setting.refusalUnproved) return { severity: 'high', because: 'it is refused where a variable says production, but nothing that is deployed sets that variable' };
  return mayBeReplaced(setting, project) ? { severity: 'high', because: 'a configuration file that is not in the repository may replace it' } : true;
}

/** Django: this base module's key is replaced by the module that star-imports it and that production selects. */
function replacedByProduction(setting: Setting, project: Project): boolean {
  if (setting.owner !== undefined || setting.development) return false;
  return project.settings(setting.name).some((other) => other.selected && other.path !== setting.path && environmentVariables(other.value).length > 0
    && other.module.stars.some((star) => star === setting.module.name || setting.module.name.endsWith(`.${star}`)));
}

/** Calls that read a file or the environment into a configuration, over what it holds. */
export const CONFIGURATION_READERS = ['*.from_pyfile', '*.from_envvar', '*.from_prefixed_env', '*.from_file'] as const;

/** A local settings module or a configuration file is read after it. */
export function mayBeReplaced(setting: Setting, project: Project): boolean {
  const local = setting.module.stars.some((star) => /(^|[._])(local|secret|private|prod|production|instance)\w*$/i.test(star) && !project.modules.some((each) => each.name === star || each.name.endsWith(`.${star}`)));
  if (local && setting.owner === undefined) return true;
  return project.calls(...CONFIGURATION_READERS).some(({ module, call }) => module.path === setting.path && call.scope === setting.assignment.scope && call.at.start > setting.end);
}
