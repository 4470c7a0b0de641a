/** What functions hand to each other, for the rules about a visitor's data. */
import type { Flow, Project } from '../../../rules/kit';
import type { ModuleIndex } from '../module-index';
import type { ProjectNames } from '../names';
import { entriesOf } from './entries';
import { OwnValues } from './own';
import type { Site } from './sites';
import { CallSites } from './sites';
import { Ways } from './ways';

/** @param index the calls of all modules (see `siteIndexOf`), made when it is first asked for */
export function flowOf(project: Project, names: ProjectNames, index: () => ModuleIndex<Site>): Flow {
  const sites = new CallSites(names, index);
  const entries = project.once('entries', () => entriesOf(project, sites));
  const ways = new Ways(project, names, sites, entries);
  const own = new OwnValues(project, sites, entries);
  return {
    ways: (value, place, through) => ways.to(value, { module: place.module, scope: place.scope, at: place.at }, through),
    givenOwn: (parameter, also) => own.given(parameter, also),
    returnsOwn: (result) => own.returned(result),
  };
}
