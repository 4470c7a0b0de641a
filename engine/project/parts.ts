/** Parts of what a name stands for in another file: an attribute of a class or of an object made there, an entry of a table. */
import type { Module, Value } from '../../rules/kit';
import { lookup } from '../../rules/kit';
import type { ProjectNames } from './names';
import { madeBy, qualified } from './names';

/** Bases over bases; longer chains are loops. */
const DEEPEST = 8;

type Found = NonNullable<ReturnType<ProjectNames['definition']>>;
type Follow = (value: Value, module: Module) => Value;

/** The value of `settings.secret_key`, `get_settings().secret_key`, `Config.SECRET_KEY`, `TABLE["key"]` by what stands behind the first name. */
export function attributeOf({ definition, rest }: Found, names: ProjectNames, follow: Follow): Value | undefined {
  switch (definition.kind) {
    case 'class': return inClass(qualified(definition.module, definition.class.scope, definition.class.name), rest, definition.module, names, follow, 0);
    case 'func': {
      const made = definition.func.returns.map(madeBy).find((each) => each !== undefined);
      return made === undefined ? undefined : inClass(names.expand(made, definition.module), rest, definition.module, names, follow, 0);
    }
    case 'value': {
      const { value } = definition.assignment;
      if (value.kind === 'dict') { const entry = lookup(value, rest); return entry && follow(entry, definition.module); }
      return value.kind === 'result' ? inClass(names.expand(value.callee, definition.module), rest, definition.module, names, follow, 0) : undefined;
    }
    default: return undefined;
  }
}

function inClass(name: string, attribute: string, from: Module, names: ProjectNames, follow: Follow, depth: number): Value | undefined {
  const home = depth > DEEPEST || attribute.includes('.') ? undefined : names.definition(name, from);
  if (home?.definition.kind !== 'class' || home.rest) return undefined;
  const { module, class: one } = home.definition;
  const own = module.assignments.filter((each) => each.scope === (one.scope ? `${one.scope}.${one.name}` : one.name) && each.target === attribute).at(-1);
  if (own) return follow(own.value, module);
  for (const base of one.bases) {
    const inherited = inClass(base, attribute, module, names, follow, depth + 1);
    if (inherited) return inherited;
  }
  return undefined;
}

/** The entry of a table under a key, or any of them where the key is not known. */
export function elementOf(table: Extract<Value, { kind: 'dict' }>, { args: [key], at }: Extract<Value, { kind: 'result' }>): Value {
  const entry = key?.kind === 'text' ? lookup(table, key.value) : undefined;
  return entry ? { ...entry, at } : { kind: 'choice', by: 'conditional', options: table.entries.map((each) => each.value), at };
}
