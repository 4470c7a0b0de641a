/**
 * The environment: every variable that code of production reads, against every place that says it exists. What a function of the project is
 * told by a parameter is read where that function is called.
 */
import type { Module, Project, UnnamedRead, Value, Variable, VariableDeclaration, VariableRead, VariableReading } from '../../rules/kit';
import { importedReader } from '../python/environment';
import { declarationsIn, namesIn } from './declarations';
import type { ProjectNames } from './names';
import { qualified } from './names';

/** Functions that hand a name on to other functions; longer chains are loops. */
const LONGEST = 4;

/** A function that reads the variable one of its parameters names. */
interface Wrapper { readonly read: VariableRead }

export function environmentOf(project: Pick<Project, 'modules' | 'units' | 'production' | 'text'>, names: ProjectNames, developmentName: (name: string) => boolean): ReadonlyMap<string, Variable> {
  const reads = readingsOf(project.modules, names);
  const declared = declarationsIn(project.units, new Set(project.production), developmentName);
  const found = new Map<string, { name: string; reads: VariableReading[]; declarations: VariableDeclaration[] }>();
  const of = (name: string) => { const known = found.get(name) ?? { name, reads: [], declarations: [] }; found.set(name, known); return known; };
  for (const reading of reads) of(reading.read.variable).reads.push(reading);
  for (const { name, declaration } of declared) of(name).declarations.push(declaration);
  const wanted = new Set([...found.keys(), ...reads.flatMap(({ read }) => read.aliases ?? [])]);
  for (const { name, declaration } of namesIn(project.units, wanted, (path) => project.text(path))) of(name).declarations.push(declaration);
  return found;
}

function readingsOf(modules: readonly Module[], names: ProjectNames): readonly VariableReading[] {
  const wrappers = wrappersOf(modules, names);
  return modules.flatMap((module) => module.environment.flatMap((read) => {
    const known = read.how === 'call' ? throughCall(read, module, names, wrappers) : read;
    return known && known.how !== 'computed' && !isParameter(known.variable) ? [{ module, read: known, path: module.path, start: read.at.start, end: read.at.end }] : [];
  }));
}

/**
 * Where the environment is read by names that only the running program knows: they are put together, come from a file, or are told to a
 * function by nobody who names one. With `prefix`, whatever begins so is read.
 */
export function unnamedReads({ modules }: Pick<Project, 'modules'>, names: ProjectNames): readonly UnnamedRead[] {
  const wrappers = wrappersOf(modules, names);
  const told = new Set(modules.flatMap((module) => module.environment.flatMap((read) => wrapperOf(read, module, names, wrappers) ?? [])));
  return modules.flatMap((module) => module.environment
    .filter(({ how, variable, scope }) => how === 'computed' || how === 'prefix' || (how !== 'call' && isParameter(variable) && !told.has(qualified(module, '', scope))))
    .map(({ at, how, variable }) => ({ path: module.path, start: at.start, end: at.end, ...(how === 'prefix' && variable !== '*' && { prefix: variable.replace(/\*$/, '') }) })));
}

/** The function of the project that a call names a variable to. */
function wrapperOf({ how, by = '' }: VariableRead, module: Module, names: ProjectNames, wrappers: ReadonlyMap<string, Wrapper>): string | undefined {
  if (how !== 'call') return undefined;
  const callee = names.expand(by, module);
  return [callee, `${callee}.__call__`].find((name) => wrappers.has(name));
}

function isParameter(variable: string): boolean {
  return variable.includes('{');
}

/** The functions of the project that read what they are told, those that hand it on to such a function among them. */
function wrappersOf(modules: readonly Module[], names: ProjectNames): ReadonlyMap<string, Wrapper> {
  const found = new Map<string, Wrapper>();
  const add = (module: Module, read: VariableRead) => {
    const refuses = module.refusals.some((each) => each.scope === read.scope && each.missing.includes(read.variable));
    if (read.scope) found.set(qualified(module, '', read.scope), { read: refuses && !constant(read.fallback) ? { ...read, required: true } : read });
  };
  const told = modules.flatMap((module) => module.environment.filter((each) => isParameter(each.variable)).map((read) => ({ module, read })));
  for (const { module, read } of told) if (read.how !== 'call') add(module, read);
  for (let round = 0, before = -1; round < LONGEST && found.size !== before; round++) {
    before = found.size;
    for (const { module, read } of told) {
      const known = read.how === 'call' && !found.has(qualified(module, '', read.scope)) ? throughCall(read, module, names, found) : undefined;
      if (known) add(module, known);
    }
  }
  return found;
}

/** A call that names a variable, as the read it is: by a library's reader that another file made, or by a function of the project. */
function throughCall(read: VariableRead, module: Module, names: ProjectNames, wrappers: ReadonlyMap<string, Wrapper>): VariableRead | undefined {
  const callee = names.expand(read.by ?? '', module);
  const reader = callee.includes('.') ? importedReader(callee) : undefined;
  if (reader) return { ...read, how: 'read', required: reader.strict && !read.fallback, ...(reader.cast && { cast: reader.cast }) };
  const wrapper = wrappers.get(wrapperOf(read, module, names, wrappers) ?? '');
  if (!wrapper) return undefined;
  const fallback = read.fallback ?? constant(wrapper.read.fallback);
  return { ...read, how: 'read', required: wrapper.read.required && !fallback, ...(fallback && { fallback }), ...(wrapper.read.cast && { cast: wrapper.read.cast }) };
}

/** A default that the wrapper itself gives, and not one it was told; None is none. */
function constant(value: Value | undefined): Value | undefined {
  return value && value.kind !== 'parameter' && value.kind !== 'none' ? value : undefined;
}

