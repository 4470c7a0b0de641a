/** Where a value stands in what production runs: questions that several rules about configuration ask. */
import type { Guard, Standing } from './module';
import type { Project, Setting } from './project';
import { lastName } from './select';

/** Whether production sees this setting: it is selected, and not for development alone (unless development is all that is selected). */
export function seenInProduction(setting: Setting, project: Project): boolean {
  if (!setting.selected || setting.assignment.guards.some(isDevelopment)) return false;
  return !setting.development || developmentIsSelected(setting, project);
}

/** A guard that keeps what is under it out of production. */
export function isDevelopment(guard: Guard): boolean {
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
  return project.settings(setting.name).some((other) => other !== setting && other.path === setting.path && other.assignment.target === setting.assignment.target && other.start > setting.end
    && other.assignment.guards.some((guard) => guard.means === 'production' && (guard.unset === true || (guard.variable !== undefined && project.deployedVariable(guard.variable) !== undefined))));
}
