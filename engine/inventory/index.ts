/** Facts of an application as the tables of its report: made once after a scan, and lasting until the next. */
import type { Marker, Project } from '../../rules/kit';
import { criticalFlows, testsOfFlow } from '../../rules/kit';
import type { FlowEntry, Inventory } from '../audit/inventory';
import { NO_INVENTORY } from '../audit/inventory';
import { jobs } from './jobs';
import { models } from './models';
import { routes } from './routes';
import { scale, scope } from './scope';
import type { Locate } from './spot';
import { stack } from './stack';
import { unnamed, variables } from './variables';

type Tables = Required<Omit<Inventory, 'failed'>>;

/** What makes each table. */
const TABLES: { readonly [K in keyof Tables]: (project: Project, locate: Locate) => Tables[K] } = {
  stack, scope, scale, routes, variables, unnamed, jobs, models, flows, tests: ({ tests }) => ({ cases: tests.cases, files: tests.files.length, tools: tests.tools }), markers, files,
};

const NOTHING: Tables = { ...NO_INVENTORY, unnamed: [] };

/**
 * Never throws: a table that fails is empty, and named.
 *
 * @param locate the line of an offset in a file
 */
export function inventoryOf(project: Project, locate: Locate): Inventory {
  const failed: string[] = [];
  const table = <K extends keyof Tables>(name: K): Tables[K] => {
    try {
      return TABLES[name](project, locate);
    } catch {
      failed.push(name);
      return NOTHING[name];
    }
  };
  const more = table('unnamed');
  return {
    stack: table('stack'), scope: table('scope'), scale: table('scale'), routes: table('routes'), variables: table('variables'), ...(more.length > 0 && { unnamed: more }), jobs: table('jobs'), models: table('models'),
    flows: table('flows'), tests: table('tests'), markers: table('markers'), files: table('files'), failed,
  };
}

function flows(project: Project, locate: Locate): readonly FlowEntry[] {
  return criticalFlows(project).map((flow) => ({ route: flow.text, at: locate(flow), tests: testsOfFlow(flow, project) }));
}

function markers({ modules }: Project): Inventory['markers'] {
  const all = modules.flatMap((module) => module.markers);
  const of = (...words: Marker['word'][]) => all.filter((each) => words.includes(each.word)).length;
  return { todo: of('TODO'), fixme: of('FIXME'), other: of('XXX', 'HACK'), files: modules.filter((module) => module.markers.length > 0).length };
}

/** Source by language and role, everything else by its kind. */
function files({ units }: Project): Inventory['files'] {
  const counts = new Map<string, number>();
  for (const unit of units) {
    const kind = unit.kind === 'module' ? `${unit.language}${unit.role === 'production' ? '' : `, ${unit.role}`}` : unit.kind === 'plain' ? unit.format : unit.kind;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => ({ kind, count })).sort((a, b) => b.count - a.count || (a.kind < b.kind ? -1 : 1));
}
