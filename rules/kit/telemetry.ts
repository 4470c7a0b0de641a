/** Tools that watch a running application: which are started, and which are only declared. */
import { middlewares } from './hooks';
import { idleModules } from './loading';
import type { Evidence, Project } from './project';
import { lastName } from './select';
import { onlyInDevelopment, seenInProduction } from './standing';
import type { Value } from './value';

export interface Tool {
  readonly name: string;
  /** As a manifest declares it. */
  readonly packages: readonly string[];
  /** Qualified names of the calls that start it. */
  readonly calls: readonly string[];
  /** What it is called among Django's applications and among middleware. */
  readonly listed?: RegExp;
  /** The program that starts the application with it. */
  readonly command?: RegExp;
  /** Imports that start it by themselves. */
  readonly imported?: RegExp;
}

/** Where these tools are started for production; what only development or a copy of the application does, is left out. */
export function toolsInUse(project: Project, tools: readonly Tool[]): readonly Evidence[] {
  const idle = idleModules(project);
  const listed = [...middlewares(project).map((each) => ({ ...each, text: each.name })), ...installedApps(project)];
  return tools.flatMap((tool): readonly Evidence[] => [
    ...project.calls(...tool.calls).filter(({ module, call }) => !onlyInDevelopment(call) && !idle.has(module.path)).map(({ module, call }) => ({ path: module.path, ...call.at, text: `${tool.name}: ${call.written}` })),
    ...(tool.listed ? listed.filter((each) => tool.listed?.test(each.text)).map(({ path, start, end, text }) => ({ path, start, end, text: `${tool.name}: ${text}` })) : []),
    ...(tool.command ? project.commands.filter((each) => tool.command?.test(each.text)).map((each) => ({ ...each, text: `${tool.name} starts the server` })) : []),
    ...(tool.imported ? project.modules.flatMap((module) => idle.has(module.path) ? [] : module.imports.filter((one) => tool.imported?.test(one.target)).map((one) => ({ path: module.path, ...one.at, text: `${tool.name}: ${one.target}` }))) : []),
  ]);
}

/** The first of these tools that a manifest declares, as the manifest names it. */
export function declaredTool(project: Project, tools: readonly Tool[]): (Evidence & { readonly name: string }) | undefined {
  for (const name of tools.flatMap((each) => each.packages)) {
    const found = project.declares(name);
    if (found) return { ...found, name };
  }
  return undefined;
}

/** Entries of INSTALLED_APPS that production sees. */
function installedApps(project: Project): readonly Evidence[] {
  return project.settings('INSTALLED_APPS', 'THIRD_PARTY_APPS').filter((each) => seenInProduction(each, project))
    .flatMap((each) => textsIn(each.value).map((one) => ({ path: each.path, start: one.at.start, end: one.at.end, text: one.value })));
}

/** Every text in a value, however deep. */
export function textsIn(value: Value): readonly Extract<Value, { kind: 'text' }>[] {
  switch (value.kind) {
    case 'text': return [value];
    case 'list': return value.items.flatMap(textsIn);
    case 'choice': return value.options.flatMap(textsIn);
    case 'joined': return value.parts.flatMap(textsIn);
    case 'dict': return value.entries.flatMap((each) => [...textsIn(each.key), ...textsIn(each.value)]);
    case 'result': return [...(value.of ? textsIn(value.of) : []), ...value.args.flatMap(textsIn)];
    default: return [];
  }
}

/** Tables that `logging.config.dictConfig` is given, by whatever way: Django's LOGGING, gunicorn's settings, an argument. */
export function loggingTables(project: Project): readonly (Evidence & { readonly table: Extract<Value, { kind: 'dict' }> })[] {
  const set = project.settings('LOGGING', 'LOGGING_CONFIG', 'LOG_CONFIG', 'LOGCONFIG_DICT').filter((each) => seenInProduction(each, project)).map((each) => ({ path: each.path, start: each.start, end: each.end, text: each.name, value: each.value }));
  const given = project.calls('logging.config.dictConfig').filter(({ call }) => !onlyInDevelopment(call)).flatMap(({ module, call }) => {
    const [table] = call.args;
    return table ? [{ path: module.path, ...call.at, text: lastName(call.callee), value: project.resolve(table, module) }] : [];
  });
  return [...set, ...given].flatMap(({ value, ...place }) => value.kind === 'dict' ? [{ ...place, table: value }] : []);
}
/** What a rule that asks for the tables of logging must list in its `reads`. */
export const LOGGING_TABLE_CALLS: readonly string[] = ['logging.config.dictConfig'];
