/** What runs without anybody asking for it: when the application starts, when the database is migrated, when a container comes up. */
import { fileName } from './edge';
import type { Hook } from './hooks';
import { closure } from './hooks';
import { loadedModules } from './loading';
import type { Func, Module, Standing } from './module';
import type { Project } from './project';
import { functionsAround, pathOf, qualifiedPath } from './scopes';
import { lastName } from './select';
import { onlyAsProgram, onlyInDevelopment } from './standing';

const STARTS = /^(create_app|make_app|get_app|build_app|application_factory|lifespan|on_startup|startup|startup_event|ready|init_app|before_first_request)$/;
const START_DECORATORS = /(^|\.)(on_event|before_first_request|on_startup|before_serving|record_once|listens_for)$/;

/** Why a statement runs by itself, as the end of "it runs …"; undefined when somebody has to start it. */
export function runsByItself(standing: Standing, module: Module, project: Project): string | undefined {
  if (onlyAsProgram(standing) || onlyInDevelopment(standing)) return undefined;
  if (module.role === 'migration') return 'when the database is migrated';
  const command = startedByCommand(module, standing, project);
  if (command !== undefined) return `when production runs ${command}`;
  if (module.role !== 'production') return undefined;
  if (standing.scope === '') return loadedModules(project).has(module.path) ? 'when the module is imported' : undefined;
  const started = project.once('startedFunctions', () => startedFunctions(project));
  return functionsAround(module, standing.at).some((func) => started.has(keyOf(module, func))) ? 'when the application starts' : undefined;
}

function keyOf(module: Module, func: Func): string {
  return `${module.path} ${pathOf(func)}`;
}

/** Kept while the project's facts hold; an edit of one file renews it with the next full build. */
function startedFunctions(project: Project): ReadonlySet<string> {
  const called = new Set(project.modules.flatMap((module) => module.does));
  const first = project.modules.flatMap((module): readonly Hook[] => module.functions
    .filter((func) => STARTS.test(func.name) || func.decorators.some((each) => START_DECORATORS.test(each.name)) || called.has(qualifiedPath(module, func)))
    .map((func) => ({ module, func })));
  return new Set(closure(project, first.filter(({ func }) => !onlyInDevelopment(func))).map(({ module, func }) => keyOf(module, func)));
}

/** Its file, module or command is named where production starts its processes. */
function startedByCommand(module: Module, standing: Standing, project: Project): string | undefined {
  const names = [fileName(module.path), module.name.includes('.') ? `-m ${module.name}` : `-m ${lastName(module.name)}`, ...commandNames(module, standing)];
  return project.commands.flatMap((each) => names.filter((name) => new RegExp(`(^|[\\s/"'])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?=$|[\\s"';&|])`).test(each.text) && !/\b(flask|uvicorn|gunicorn|hypercorn|daphne)\b.*\b(run|\w+:\w+)\b/.test(each.text)))[0];
}

/** `flask seed` of `@app.cli.command("seed")`, `manage.py seed` of a management command. */
function commandNames(module: Module, standing: Standing): readonly string[] {
  const management = /(^|\/)management\/commands\/(\w+)\.py$/.exec(module.path)?.[2];
  const click = [...functionsAround(module, standing.at)].reverse().flatMap((func) => func.decorators.filter((each) => /(^|\.)command$/.test(each.name)).flatMap((each) => {
    const [first] = each.args;
    return first?.kind === 'text' ? [`flask ${first.value}`] : [`flask ${func.name.replace(/_/g, '-')}`];
  }));
  return [...(management ? [`manage.py ${management}`] : []), ...click];
}
