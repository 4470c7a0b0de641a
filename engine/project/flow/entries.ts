/** Where a framework calls the project's functions with parts of the address: parameters that hold a visitor's text without anybody passing it. */
import type { Call, Module, Project } from '../../../rules/kit';
import { calls, callsNamed, classesNamed, functionsIn, lastName, pathOf } from '../../../rules/kit';
import type { CallSites, Target } from './sites';
import { targetOf } from './sites';

/** `text`: anything a visitor likes; `number`: of a type or an alphabet that carries nothing. */
export type Entry = 'text' | 'number';

/** Functions that a framework calls, with the parameters it fills from the address. */
export interface Entries { readonly has: (name: string) => boolean; readonly parameter: (name: string, parameter: string) => Entry | undefined }

export const ADDRESS_CALLS: readonly string[] = ['django.urls.path', 'django.urls.re_path', 'django.conf.urls.url', 'add_url_rule', 'add_resource', 'add_api_route'];
const ADDRESSING: ReadonlySet<string> = new Set(ADDRESS_CALLS.map(lastName));
const VERBS = /^(get|post|put|patch|delete|head|options|dispatch_request|dispatch)$/;

export function entriesOf(project: Project, sites: CallSites): Entries {
  const found = new Map<string, Map<string, Entry>>();
  const enter = (name: string, parts: ReadonlyMap<string, Entry>) => {
    const known = found.get(name) ?? new Map<string, Entry>();
    found.set(name, known);
    for (const [part, entry] of parts) if (known.get(part) !== 'text') known.set(part, entry);
  };
  const enterView = (view: string, module: Module, parts: ReadonlyMap<string, Entry>) => {
    const target = sites.target(view, module);
    if (target && target.func.name !== '__init__') enter(target.name, parts);
    for (const method of methodsOf(view, project, module)) enter(method.name, parts);
  };
  for (const { module, route } of project.routes) {
    enterView(`${module.name}.${route.handler}`, module, partsOf(route.path));
    if (route.framework === 'fastapi') enterDependency(sites.target(`${module.name}.${route.handler}`, module), enter);
  }
  for (const module of project.modules) {
    for (const call of callsNamed(module, ADDRESSING)) {
      if (!ADDRESS_CALLS.some((each) => calls(call.callee, each.includes('.') ? each : `*.${each}`))) continue;
      const view = viewOf(call);
      const paths = call.args.filter((each) => each.kind === 'text');
      if (view !== undefined) enterView(view, module, new Map(paths.flatMap((each) => each.kind === 'text' ? [...partsOf(each.value)] : [])));
    }
    for (const func of module.functions) for (const name of func.depends) enterDependency(sites.target(name, module), enter);
  }
  return { has: (name) => found.has(name), parameter: (name, parameter) => found.get(name)?.get(parameter) };
}

/** FastAPI fills a dependency's own parameters from the request, as it does a handler's. */
function enterDependency(target: Target | undefined, enter: (name: string, parts: ReadonlyMap<string, Entry>) => void): void {
  if (!target) return;
  const own = target.func.parameters.filter((each) => each.name !== 'self' && !each.stars && !each.injected && isPlain(each.annotation));
  enter(target.name, new Map(own.map((each) => [each.name, 'text'] as const)));
}

/** A type that FastAPI reads from the address or a header; an alias of a class may be a dependency of its own. */
function isPlain(annotation: string | undefined): boolean {
  return annotation !== undefined && /^(str|bytes)$/.test(annotation);
}

/** `<int:id>`, `<slug:name>`, `{name}`, `(?P<name>\d+)` and what each can hold. */
function partsOf(path: string): ReadonlyMap<string, Entry> {
  const parts = new Map<string, Entry>();
  for (const each of path.matchAll(/\(\?P<(\w+)>((?:\[[^\]]*\]|\\.|[^)])*)\)/g)) parts.set(each[1] ?? '', /^(\\d|\[0-9\]|\[\\w-\]|\\w|\[-\\w\]|\[-\w\]|\[a-z0-9-_]*\])[+*{]/i.test(each[2] ?? '') ? 'number' : 'text');
  for (const each of path.replace(/\(\?P<\w+>/g, '').matchAll(/<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>|\{(\w+)(?::(\w+))?\}/g)) {
    const type = each[1] ?? each[4] ?? '';
    parts.set(each[2] ?? each[3] ?? '', /^(int|float|uuid|slug|any)$/.test(type) ? 'number' : 'text');
  }
  return parts;
}

function viewOf({ args, keywords, callee }: Call): string | undefined {
  const given = keywords.find((each) => /^(view|view_func|endpoint|resource)$/.test(each.name) && each.value.kind !== 'text')?.value ?? args.find((each) => each.kind !== 'text');
  if (given?.kind === 'reference') return given.name;
  return given?.kind === 'result' && /\.as_view$/.test(given.callee) ? given.callee.slice(0, -'.as_view'.length) : lastName(callee) === 'add_resource' && given?.kind === 'result' ? given.callee : undefined;
}

/** The methods by which a class of views answers. */
function methodsOf(view: string, project: Project, module: Module): readonly Target[] {
  const name = lastName(view);
  const homes = classesNamed(name, project).filter((each) => (each.module === module || view.startsWith(each.module.name) || module.imports.some((one) => lastName(one.target) === name || lastName(each.module.name) === lastName(one.target))));
  return homes.flatMap((home) => functionsIn(home.module, pathOf(home.class)).filter((func) => VERBS.test(func.name)).map((func) => targetOf(home.module, func)));
}
