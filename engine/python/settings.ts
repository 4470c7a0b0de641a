/** Settings classes of pydantic: fields that are read from the environment by their name. */
import type { Value } from '../../rules/kit';
import type { Expr, Stmt } from '../syntax/ast';
import type { Names } from './names';
import type { Scope } from './scopes';
import { bindingsOf } from './scopes';
import type { Values } from './values';
import { span } from './values';

/** Whether a class is filled from the environment: a BaseSettings, or a class of this file that derives from one. */
export function isSettingsClass(scope: Scope, names: Names, depth = 0): boolean {
  if (scope.statement?.k !== 'class' || depth > 8) return false;
  return scope.statement.bases.some((base) => {
    if (base.name !== undefined || base.stars) return false;
    const qualified = names.qualify(base.value, scope.parent ?? scope) ?? '';
    if (/(^|\.)BaseSettings$/.test(qualified)) return true;
    const local = base.value.k === 'name' ? bindingsOf(base.value.name, scope.parent ?? scope)?.bindings.at(-1) : undefined;
    return local?.kind === 'definition' && local.scope !== scope && isSettingsClass(local.scope, names, depth + 1);
  });
}

/** The prefix its variables have: `env_prefix` of `model_config` or of an inner `Config`. */
export function settingsPrefix(body: readonly Stmt[]): string {
  for (const one of body) {
    if (one.k === 'assign' && one.value?.k === 'call') {
      const prefix = one.value.args.find((each) => each.name === 'env_prefix')?.value;
      if (prefix?.k === 'text') return prefix.value;
    }
    if (one.k === 'class' && one.name === 'Config') {
      for (const each of one.body.body) if (each.k === 'assign' && each.value?.k === 'text' && each.targets[0]?.k === 'name' && each.targets[0].name === 'env_prefix') return each.value.value;
    }
  }
  return '';
}

/** The environment variable behind a field, with its default as fallback; undefined for what is no field. */
export function settingsField(name: string, given: Expr | undefined, annotation: Expr | undefined, prefix: string, scope: Scope, values: Values, names: Names): Value | undefined {
  if (!annotation || name.startsWith('_') || name === 'model_config') return undefined;
  if (/(^|\.)ClassVar$/.test(names.qualify(annotation.k === 'index' ? annotation.of : annotation, scope) ?? '')) return undefined;
  const at = span(given ?? annotation);
  const plain = (variable: string, fallback?: Value): Value => ({ kind: 'environment', variable, required: !fallback, at, ...(fallback && { fallback }) });
  if (!given) return plain((prefix + name).toUpperCase());
  const value = values.evaluate(given, scope);
  if (value.kind !== 'result' || !/(^|\.)(Field|PrivateAttr)$/.test(value.callee)) return plain((prefix + name).toUpperCase(), value);
  const keyword = (key: string) => value.keywords.find((each) => each.name === key)?.value;
  const alias = [keyword('validation_alias'), keyword('alias'), keyword('env')].map(firstText).find((each) => each !== undefined);
  const first = value.args[0];
  const required = first?.kind === 'unknown' || first?.kind === 'none';
  const factory = keyword('default_factory');
  const fallback = keyword('default') ?? (factory ? generatedBy(factory) : undefined) ?? (first && !required ? first : undefined);
  return plain(alias ?? (prefix + name).toUpperCase(), fallback);
}

function firstText(value: Value | undefined): string | undefined {
  if (value?.kind === 'text') return value.value;
  if (value?.kind === 'list') return value.items.map(firstText).find((each) => each !== undefined);
  if (value?.kind === 'result') return value.args.map(firstText).find((each) => each !== undefined);
  return undefined;
}

/** A factory makes it at run time. */
function generatedBy(factory: Value): Value {
  return { kind: 'generated', by: factory.kind === 'reference' ? factory.name : 'a factory', at: factory.at };
}
