/** Which checks speak of a setting, and whether they refuse the value it has by default. */
import type { Module, Refusal, Value } from '../../rules/kit';
import { whenUnset } from '../../rules/kit';
import { ModuleIndex } from './module-index';

/** A check that refuses to start. */
interface Check {
  readonly refusal: Refusal;
  /** Among those of its module. */
  readonly place: number;
}

/** A check with the module it stands in. */
interface Refusing { readonly module: Module; readonly refusal: Refusal }

/** Checks that refuse to start, by what they speak of. */
export type RefusalIndex = ModuleIndex<Check>;

/** All checks that refuse to start. */
export function refusalIndexOf(modules: readonly Module[]): RefusalIndex {
  return new ModuleIndex(modules, refusalsIn);
}

const ofName = (name: string) => `name ${name}`;
const ofVariable = (name: string) => `variable ${name}`;

/** By names of settings in capitals, and of fields whose validator they stand in (`*` for those of all fields); and by variables. */
function* refusalsIn(module: Module): Iterable<readonly [string, Check]> {
  if (module.refusals.length === 0) return;
  const validators = validatorsOf(module);
  for (const [place, refusal] of module.refusals.entries()) {
    const check = { refusal, place };
    const names = refusal.about.map((each) => each.slice(each.lastIndexOf('.') + 1).toUpperCase());
    for (const name of new Set([...names, ...validators.get(refusal.scope) ?? []])) yield [ofName(name), check];
    for (const each of new Set(refusal.about)) yield [ofVariable(each), check];
  }
}

/**
 * Those that speak of a setting, in the order in which they stand.
 * @param upper its name in capitals
 * @param variables of the environment that it is read from
 * @param target what it is called in its module
 */
export function refusalsAbout(index: RefusalIndex, { upper, variables, module, target }: { readonly upper: string; readonly variables: readonly string[]; readonly module: Module; readonly target: string }): readonly Refusing[] {
  const own = index.get(ofVariable(target)).filter((each) => each.module === module);
  const all = [...index.get(ofName(upper)), ...index.get(ofName('*')), ...variables.flatMap((each) => index.get(ofVariable(each))), ...own];
  const found = [...new Map(all.map((each) => [each.fact, each])).values()];
  return found.sort((a, b) => a.module.path < b.module.path ? -1 : a.module.path > b.module.path ? 1 : a.fact.place - b.fact.place).map(({ module: home, fact }) => ({ module: home, refusal: fact.refusal }));
}

/** Names in capitals of the fields that a function is the validator of, by its scope. */
function validatorsOf({ functions }: Module): ReadonlyMap<string, readonly string[]> {
  return new Map(functions.flatMap((func) => {
    const fields = func.decorators.filter((each) => /(^|[._])validator$/.test(each.name)).flatMap((each) => each.args.flatMap((arg) => arg.kind === 'text' ? [arg.value.toUpperCase()] : []));
    return func.name !== '' && fields.length > 0 ? [[`${func.scope}.${func.name}`, fields] as const] : [];
  }));
}

/** Whether a check refuses the value that a setting has by default. */
export function refuses(refusal: Refusal, variables: readonly string[], value: Value): boolean {
  if (variables.some((each) => refusal.missing.includes(each))) return true;
  const unset = whenUnset(value);
  if (unset === undefined || unset === 'refuses' || unset.kind !== 'text' || unset.value === '') return true;
  const text = unset.value;
  return refusal.against.some((each) => each === text || (each.length >= 4 && text.includes(each))) || refusal.about.some((each) => each.length >= 4 && text.startsWith(each))
    || (refusal.shorterThan !== undefined && text.length < refusal.shorterThan);
}
