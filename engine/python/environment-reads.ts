/** What a read of the environment gives: its variable, with everything that the reader was told beforehand about it. */
import type { Environment, Span, Value } from '../../rules/kit';
import { whenUnset } from '../../rules/kit';
import type { CallExpr, Expr } from '../syntax/ast';
import type { Reader } from './environment';
import { castOf, environmentReader } from './environment';
import { isEnvironment } from './environment-object';
import type { Names } from './names';
import type { Scope } from './scopes';

/** Names in a list that is gone through; longer ones are data. */
const MOST_NAMES = 60;

/**
 * The value of a variable whose name is itself a value: a text, a parameter (`{name}`), or one of a list of names.
 *
 * @param fallback what it is when the variable is not set
 */
export function environment(key: Value, at: Span, strict: boolean, fallback?: Value, cast?: Environment['cast'], prefix = ''): Value {
  const known = key.kind === 'result' ? whenUnset(key) : key;
  if (typeof known === 'object' && known.kind === 'choice' && known.by === 'conditional' && known.options.length <= MOST_NAMES && known.options.every((each) => each.kind === 'text')) {
    return { kind: 'choice', by: 'conditional', options: known.options.map((each) => environment(each, at, strict, fallback, cast, prefix)), at };
  }
  const variable = typeof known === 'object' && known.kind === 'text' ? prefix + known.value : key.kind === 'parameter' ? `{${key.name}}` : '';
  if (!variable) return { kind: 'unknown', at };
  return { kind: 'environment', variable, required: strict && !fallback, at, ...(fallback && { fallback }), ...(cast && { cast }) };
}

/** What the object that reads was made with: `Env(DEBUG=(bool, False))` knows a default, `Config(env_prefix="APP_")` a prefix. */
export interface Scheme { readonly prefix: string; readonly fallback?: Expr; readonly cast?: Environment['cast'] }

const PLAIN: Scheme = { prefix: '' };

/** The scheme for one variable of the reader behind a call such as `env("DEBUG")` or `env.bool("DEBUG")`. */
export function schemeOf(call: CallExpr, variable: Value, scope: Scope, names: Names, evaluate: (expr: Expr) => Value): Scheme {
  const reader = call.callee.k === 'attribute' ? call.callee.of : call.callee;
  const binding = reader.k === 'name' ? names.binding(reader.name, scope, reader.start) : undefined;
  if (binding?.kind !== 'value' || binding.value.k !== 'call') return PLAIN;
  const made = names.callee(binding.value.callee, scope);
  const keyword = (name: string) => binding.value.k === 'call' ? binding.value.args.find((each) => each.name === name)?.value : undefined;
  if (made === 'starlette.config.Config') {
    const prefix = keyword('env_prefix');
    return prefix?.k === 'text' ? { prefix: prefix.value } : PLAIN;
  }
  if (!/^environ\.(Env|FileAwareEnv)$/.test(made) || variable.kind !== 'text') return PLAIN;
  const given = keyword(variable.value);
  if (!given) return PLAIN;
  const [type, fallback] = given.k === 'list' ? given.items : [given];
  const cast = type && castOf(evaluate(type));
  return { prefix: '', ...(fallback && { fallback }), ...(cast && cast !== 'other' && { cast }) };
}

/** How a call reads the environment: by what it calls, or as `get` of a table that holds the environment. Undefined when it does not. */
export function readerOf(call: CallExpr, callee: string, scope: Scope, names: Names): Reader | undefined {
  const known = environmentReader(callee);
  if (known || call.callee.k !== 'attribute' || call.callee.name !== 'get') return known;
  return isEnvironment(call.callee.of, scope, names) ? environmentReader('os.environ.get') : undefined;
}
