/** Which configuration the project gives its applications: what `from_object` is handed, however it gets there. */
import type { Module, Project, Value } from '../../rules/kit';
import { lookup } from '../../rules/kit';
import type { ProjectNames } from './names';
import { qualified } from './names';
import { developmentName } from './words';

export interface SelectionInput {
  readonly modules: readonly Module[];
  readonly names: ProjectNames;
  readonly resolve: (value: Value, module: Module) => Value;
  readonly func: Project['func'];
  /** Calls of a name. */
  readonly callsOf: (qualified: string) => ReturnType<Project['calls']>;
  /** What a deployed file sets a variable to. */
  readonly deployed: (variable: string) => string | undefined;
}

export interface Selection {
  /** Qualified names of classes. */
  readonly classes: ReadonlySet<string>;
  /** Those of them that are instantiated, so that what their `__init__` does counts. */
  readonly instances: ReadonlySet<string>;
  /** Names of modules. */
  readonly modules: ReadonlySet<string>;
}

/** Values that lead to values; longer chains are loops. */
const DEEPEST = 8;

interface Found { readonly kind: 'class' | 'instance' | 'module'; readonly name: string }

/** Development and test configuration counts only where there is nothing else. */
export function selectionOf(input: SelectionInput): Selection {
  const found = input.callsOf('*.from_object').flatMap(({ module, call }) => call.args.slice(0, 1).flatMap((arg) => chosen(arg, module, input, 0)));
  const production = found.filter((each) => !developmentName(each.name.slice(each.name.lastIndexOf('.') + 1)));
  const counting = production.length > 0 ? production : found;
  const named = (...kinds: readonly Found['kind'][]) => new Set(counting.filter((each) => kinds.includes(each.kind)).map((each) => each.name));
  return { classes: named('class', 'instance'), instances: named('instance'), modules: named('module') };
}

/** Settings modules that DJANGO_SETTINGS_MODULE names: in deployed files, else in wsgi and asgi, else in manage. */
export function selectedModules(project: Pick<Project, 'calls' | 'deployedVariable'>): ReadonlySet<string> {
  const deployed = project.deployedVariable('DJANGO_SETTINGS_MODULE')?.value;
  if (deployed) return new Set([deployed]);
  const named = project.calls('os.environ.setdefault').flatMap(({ module, call: { args: [name, value] } }) => name?.kind === 'text' && name.value === 'DJANGO_SETTINGS_MODULE' && value?.kind === 'text' ? [{ module, value: value.value }] : []);
  const others = named.filter(({ module }) => !/manage\.py$/.test(module.path));
  return new Set((others.length > 0 ? others : named.slice(0, 1)).map((each) => each.value));
}

function chosen(written: Value, module: Module, input: SelectionInput, depth: number): readonly Found[] {
  if (depth > DEEPEST) return [];
  const value = input.resolve(written, module);
  const further = (each: Value, home = module) => chosen(each, home, input, depth + 1);
  switch (value.kind) {
    case 'text': return defined(value.value.replace(':', '.'), module, input, false, depth);
    case 'reference': return value.name === '__name__' ? [{ kind: 'module', name: module.name }] : defined(value.name, module, input, false, depth);
    case 'choice': return value.options.flatMap((each) => further(each));
    case 'environment': {
      const set = input.deployed(value.variable);
      return set ? defined(set.replace(':', '.'), module, input, false, depth) : value.fallback ? further(value.fallback) : [];
    }
    case 'joined': return matching(value, input);
    case 'parameter': return given(value, input, depth);
    case 'result': return called(value, module, input, depth);
    default: return [];
  }
}

function defined(name: string, module: Module, input: SelectionInput, instance: boolean, depth: number): readonly Found[] {
  const found = input.names.definition(name, module);
  if (!found || found.rest) return [];
  const { definition } = found;
  switch (definition.kind) {
    case 'class': return [{ kind: instance ? 'instance' : 'class', name: qualified(definition.module, definition.class.scope, definition.class.name) }];
    case 'module': return [{ kind: 'module', name: definition.module.name }];
    case 'func': return instance ? definition.func.returns.flatMap((each) => chosen(each, definition.module, input, depth + 1)) : [];
    case 'value': return chosen(definition.assignment.value, definition.module, input, depth + 1);
  }
}

/** `Config()`, `get_config()`, `configs.get(name, …)`, `import_string("config.Config")`. */
function called(value: Extract<Value, { kind: 'result' }>, module: Module, input: SelectionInput, depth: number): readonly Found[] {
  const further = (each: Value) => chosen(each, module, input, depth + 1);
  if (value.of?.kind === 'dict' && /\.(get|__getitem__)$/.test(value.callee)) {
    const [key, fallback] = value.args;
    const entry = key?.kind === 'text' ? lookup(value.of, key.value) : undefined;
    return entry ? further(entry) : [...value.of.entries.flatMap((each) => further(each.value)), ...(fallback ? further(fallback) : [])];
  }
  if (/(^|\.)(import_string|import_module)$/.test(value.callee)) return value.args.slice(0, 1).flatMap(further);
  return defined(value.callee, module, input, true, depth);
}

/** What a factory's parameter is: its default, and what callers hand in. */
function given(value: Extract<Value, { kind: 'parameter' }>, input: SelectionInput, depth: number): readonly Found[] {
  const found = input.func(value.function);
  const index = found?.func.parameters.findIndex((each) => each.name === value.name) ?? -1;
  const fallback = found?.func.parameters[index]?.fallback;
  const own = found && fallback ? chosen(fallback, found.module, input, depth + 1) : [];
  if (!found || index < 0) return [];
  return [...own, ...input.callsOf(value.function).flatMap(({ module, call }) => {
    const argument = call.keywords.find((each) => each.name === value.name)?.value ?? call.args[index];
    return argument ? chosen(argument, module, input, depth + 1) : [];
  })];
}

/** `f"config.{name}Config"`: every class and module whose name it may be. */
function matching(value: Extract<Value, { kind: 'joined' }>, input: SelectionInput): readonly Found[] {
  if (!value.parts.some((each) => each.kind === 'text' && each.value.includes('.'))) return [];
  const pattern = value.how === 'percent' || value.how === 'format' ? value.parts[0]?.kind === 'text' ? escaped(value.parts[0].value).replace(/%s|\\\{\w*\\\}/g, '\\w+') : undefined
    : value.parts.map((each) => each.kind === 'text' ? escaped(each.value.replace(':', '.')) : '\\w+').join('');
  if (pattern === undefined || !/\w/.test(pattern.replace(/\\w\+/g, ''))) return [];
  const test = new RegExp(`(^|\\.)${pattern}$`);
  return input.modules.flatMap((module): readonly Found[] => [
    ...(test.test(module.name) ? [{ kind: 'module' as const, name: module.name }] : []),
    ...module.classes.filter((each) => each.scope === '' && test.test(`${module.name}.${each.name}`)).map((each) => ({ kind: 'class' as const, name: `${module.name}.${each.name}` })),
  ]);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
