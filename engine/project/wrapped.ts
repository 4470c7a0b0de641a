/** Variables of the environment that are read through something another file defines: a reader made there, or a function that is told the name. */
import type { Func, Module, Value } from '../../rules/kit';
import { castOf, importedReader } from '../python/environment';
import { environment } from '../python/environment-reads';

type Result = Extract<Value, { kind: 'result' }>;

/** The read that a call with followed names is, or undefined when it is none. */
export function readElsewhere(value: Result, func: (qualified: string) => { readonly module: Module; readonly func: Func } | undefined): Value | undefined {
  const [name] = value.args;
  if (name?.kind !== 'text' || !/^[A-Za-z_][\w.-]*$/.test(name.value)) return undefined;
  const keyword = (key: string) => value.keywords.find((each) => each.name === key)?.value;
  const reader = value.callee.includes('.') ? importedReader(value.callee) : undefined;
  if (reader) {
    const position = reader.fallback.position;
    return environment(name, value.at, reader.strict, keyword(reader.fallback.keyword) ?? (position === undefined ? undefined : value.args[position]), reader.cast ?? castOf(keyword('cast')));
  }
  const found = func(value.callee)?.func;
  if (!found || found.decorators.length > 0 || found.returns.length === 0 || found.returns.length > 4 || !found.returns.some(isTold)) return undefined;
  const given = new Map<string, Value>();
  for (const [index, each] of found.parameters.filter(({ name: own }) => own !== 'self' && own !== 'cls').entries()) {
    const passed = keyword(each.name) ?? value.args[index] ?? each.fallback;
    if (passed) given.set(each.name, passed);
  }
  const options = found.returns.map((each) => filled(each, given));
  return options.length === 1 && options[0] ? { ...options[0], at: value.at } : { kind: 'choice', by: 'conditional', options, at: value.at };
}

/** It reads a variable that a parameter names. */
function isTold(value: Value): boolean {
  switch (value.kind) {
    case 'environment': return value.variable.startsWith('{');
    case 'choice': return value.options.some(isTold);
    case 'result': return (value.of !== undefined && isTold(value.of)) || value.args.some(isTold);
    case 'test': return isTold(value.left);
    default: return false;
  }
}

/** A function's result with the arguments of a call put in. */
function filled(value: Value, given: ReadonlyMap<string, Value>): Value {
  const fill = (each: Value) => filled(each, given);
  switch (value.kind) {
    case 'parameter': return given.get(value.name) ?? value;
    case 'environment': {
      const name = given.get(value.variable.slice(1, -1));
      const fallback = value.fallback && fill(value.fallback);
      const none = fallback === undefined || (value.fallback?.kind === 'parameter' && fallback.kind === 'none');
      return { kind: 'environment', variable: name?.kind === 'text' ? name.value : value.variable, required: value.required && none, at: value.at, ...(value.cast && { cast: value.cast }), ...(!none && { fallback }) };
    }
    case 'choice': return { ...value, options: value.options.map(fill), ...(value.test && { test: fill(value.test) }) };
    case 'joined': return { ...value, parts: value.parts.map(fill) };
    case 'test': return { ...value, left: fill(value.left), ...(value.right && { right: fill(value.right) }) };
    case 'result': return { ...value, args: value.args.map(fill), ...(value.of && { of: fill(value.of) }) };
    default: return value;
  }
}
