/** What functions hand to each other, for the rules about a visitor's data. */
import type { Flow, Module, Project } from '../../../rules/kit';
import type { ProjectNames } from '../names';
import { entriesOf } from './entries';
import { OwnValues } from './own';
import type { Site } from './sites';
import { CallSites } from './sites';
import { Ways } from './ways';

/** Calls by module: right for as long as the module's facts and the project's names are. */
export type KeptSites = WeakMap<Module, ReadonlyMap<string, readonly Site[]>>;

/** @param kept calls of modules found before, for the modules that an edit left as they are */
export function flowOf(project: Project, names: ProjectNames, kept: KeptSites): Flow {
  const sites = new CallSites(project.modules, names, kept);
  const entries = project.once('entries', () => entriesOf(project, sites));
  const ways = new Ways(project, names, sites, entries);
  const own = new OwnValues(project, sites, entries);
  return {
    ways: (value, place, through) => ways.to(value, { module: place.module, scope: place.scope, at: place.at }, through),
    givenOwn: (parameter, also) => own.given(parameter, also),
    returnsOwn: (result) => own.returned(result),
  };
}
