/** Which checks speak of a setting, and whether they refuse the value it has by default. */
import type { Module, Refusal, Value } from '../../rules/kit';
import { whenUnset } from '../../rules/kit';
import { push } from '../lists';

/** A check that refuses to start. */
interface Check {
  readonly module: Module;
  readonly refusal: Refusal;
  /** Among all checks. */
  readonly place: number;
}

/** All checks that refuse to start, by what they speak of. */
export class Refusals {
  /** By names of settings in capitals, and of fields whose validator they stand in; `*` for those of all fields. */
  private readonly byName = new Map<string, Check[]>();
  private readonly byVariable = new Map<string, Check[]>();
  private count = 0;

  constructor(modules: readonly Module[]) {
    for (const module of modules) if (module.refusals.length > 0) this.take(module);
  }

  private take(module: Module): void {
    const validators = validatorsOf(module);
    for (const refusal of module.refusals) {
      const check = { module, refusal, place: this.count++ };
      const names = refusal.about.map((each) => each.slice(each.lastIndexOf('.') + 1).toUpperCase());
      for (const name of new Set([...names, ...validators.get(refusal.scope) ?? []])) push(this.byName, name, check);
      for (const each of new Set(refusal.about)) push(this.byVariable, each, check);
    }
  }

  /**
   * Those that speak of a setting, in the order in which they stand.
   * @param upper its name in capitals
   * @param variables of the environment that it is read from
   * @param target what it is called in its module
   */
  about(upper: string, variables: readonly string[], module: Module, target: string): readonly Check[] {
    const of = (by: ReadonlyMap<string, readonly Check[]>, name: string) => by.get(name) ?? [];
    const found = new Set([...of(this.byName, upper), ...of(this.byName, '*'), ...variables.flatMap((each) => of(this.byVariable, each)), ...of(this.byVariable, target).filter((each) => each.module === module)]);
    return [...found].sort((a, b) => a.place - b.place);
  }
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
