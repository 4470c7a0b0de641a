/** Wired, not declared: whether an extension of a web framework was really given the application. */
import type { Call, Module } from './module';
import type { Place } from './place';
import type { Evidence, Project } from './project';
import { qualifiedPath } from './scopes';
import { lastName } from './select';
import { onlyInDevelopment } from './standing';
import type { Value } from './value';

export interface Wiring {
  /** Constructor calls with the application, or `init_app` on what they made. */
  readonly wired: readonly (Evidence & { readonly module: Module; readonly call: Call })[];
  /** Constructor calls of objects that are never given an application. */
  readonly idle: readonly (Evidence & { readonly module: Module; readonly call: Call })[];
}

/**
 * What becomes of the objects these constructors make. `init_app` in a loop over extensions cannot be told apart, and counts.
 * @param libraries qualified names of the classes, `flask_talisman.Talisman`; classes of the project that derive from them count as they do
 */
export function wiring(project: Project, ...libraries: readonly string[]): Wiring {
  const constructors = [...libraries, ...derivedFrom(project, libraries)];
  const made = project.calls(...constructors).filter(({ call }) => !onlyInDevelopment(call)).map(({ module, call }) => ({ module, call, path: module.path, ...call.at, text: `${lastName(call.callee)}(…)` }));
  const later = project.calls('*.init_app').filter(({ call }) => !onlyInDevelopment(call) && (constructors.some((name) => call.callee === `${name}.init_app`) || (made.length > 0 && call.callee === call.written && !/^(app|self)\./.test(call.callee))))
    .map(({ module, call }) => ({ module, call, path: module.path, ...call.at, text: `${call.written}(…)` }));
  const given = made.filter(({ call }) => takesApplication(call));
  return { wired: [...given, ...later], idle: later.length > 0 ? [] : made.filter((each) => !given.includes(each)) };
}

function derivedFrom(project: Project, names: readonly string[], depth = 0): readonly string[] {
  const found = depth > 4 ? [] : project.classes.filter((each) => each.class.bases.some((base) => names.includes(base))).map(({ module, class: one }) => qualifiedPath(module, one));
  return found.length > 0 ? [...found, ...derivedFrom(project, found, depth + 1)] : [];
}

/** An application among the arguments: the keyword `app`, or a first argument that is no function of a key. */
function takesApplication(call: Call): boolean {
  if (call.keywords.some((each) => each.name === 'app' && each.value.kind !== 'none') || call.keywords.some((each) => each.name === '**') || call.open) return true;
  const [first] = call.args;
  return first !== undefined && first.kind !== 'none' && !isKeyFunction(first);
}

/** `get_remote_address`, a lambda or a function: what limiters count by. */
function isKeyFunction(value: Value): boolean {
  return value.kind === 'unknown' || (value.kind === 'reference' && /get_remote_address|get_ipaddr|(^|[._])(key|ip|address|user|client)\w*$|_(key|func|id|ip)$/i.test(value.name));
}

/** Python web frameworks among the applications of the project. */
export function webFrameworks(project: Project): ReadonlySet<string> {
  return new Set(project.applications.map((each) => each.framework).filter((each) => PYTHON.has(each)));
}
const PYTHON: ReadonlySet<string> = new Set(['flask', 'quart', 'fastapi', 'starlette', 'django']);

/** Where a missing control would be added: the application's constructor call, in Django the setting it belongs to. */
export function gapPlace(project: Project, ...settings: readonly string[]): Place {
  const first = project.applications.find((each) => PYTHON.has(each.framework));
  if (first?.framework !== 'django') return first ? { path: first.path, start: first.start, end: first.end } : project.anchor;
  const setting = project.settings(...settings).find((each) => each.selected && !each.development);
  return setting ? { path: setting.path, ...setting.assignment.targetAt } : { path: first.path, start: first.start, end: first.end };
}

/** The application's name as a message says it: `app`. */
export function applicationName(project: Project): string {
  const first = project.applications.find((each) => PYTHON.has(each.framework));
  return first?.framework === 'django' ? 'The project' : first?.name.slice(first.name.lastIndexOf('.') + 1) ?? 'The application';
}
