/** Settings classes of pydantic, versions 1 and 2: fields that are read from the environment by their name. */
import type { Value } from '../../rules/kit';
import type { ClassStmt, Expr, Stmt } from '../syntax/ast';
import type { Names } from './names';
import type { Scope } from './scopes';
import { bindingsOf } from './scopes';
import type { Values } from './values';
import { span } from './value-parts';

/** Bases over bases; longer chains are loops. */
const DEEPEST = 8;

/** How a settings class names the variables of its fields. */
export interface SettingsOptions {
  readonly prefix: string;
  /** Names are taken as they are written; else in capitals. */
  readonly caseSensitive: boolean;
  /** What stands between the name of a field and those inside of it: `DB__HOST`. */
  readonly nested?: string;
  /** Version 1, in which a field that may be None is none without a default. */
  readonly old: boolean;
}

/** Whether a class is filled from the environment: a BaseSettings, or a class of this file that derives from one. */
export function isSettingsClass(scope: Scope, names: Names, depth = 0): boolean {
  if (scope.statement?.k !== 'class' || depth > DEEPEST) return false;
  return basesOf(scope, names).some(({ qualified, local }) => /(^|\.)Base\w*Settings$/.test(qualified) || (local !== undefined && isSettingsClass(local, names, depth + 1)));
}

function basesOf(scope: Scope, names: Names): { readonly qualified: string; readonly local?: Scope }[] {
  if (scope.statement?.k !== 'class') return [];
  const outer = scope.parent ?? scope;
  return scope.statement.bases.filter((base) => base.name === undefined && !base.stars).map((base) => {
    const bound = base.value.k === 'name' ? bindingsOf(base.value.name, outer)?.bindings.at(-1) : undefined;
    const local = bound?.kind === 'definition' && bound.scope !== scope ? bound.scope : undefined;
    return { qualified: names.qualify(base.value, outer) ?? '', ...(local && { local }) };
  });
}

/** Options of `model_config` or of an inner `Config`, with those of the bases in this file where the class says nothing of its own. */
export function settingsOptions(scope: Scope, names: Names, depth = 0): SettingsOptions {
  const bases = depth > DEEPEST ? [] : basesOf(scope, names);
  const inherited = bases.flatMap(({ local }) => local ? [settingsOptions(local, names, depth + 1)] : [])[0];
  const own = scope.statement?.k === 'class' ? optionsIn(scope.statement.body.body) : new Map<string, Expr>();
  const text = (key: string) => { const given = own.get(key); return given?.k === 'text' ? given.value : undefined; };
  const flag = own.get('case_sensitive');
  const nested = text('env_nested_delimiter') ?? inherited?.nested;
  return {
    prefix: text('env_prefix') ?? inherited?.prefix ?? '', caseSensitive: flag?.k === 'bool' ? flag.value : inherited?.caseSensitive ?? false,
    ...(nested !== undefined && { nested }), old: bases.some(({ qualified }) => qualified === 'pydantic.BaseSettings') || (inherited?.old ?? false),
  };
}

/** `SettingsConfigDict(env_prefix=…)`, `{"env_prefix": …}`, `class Config: env_prefix = …`, and keywords of the class itself. */
function optionsIn(body: readonly Stmt[]): Map<string, Expr> {
  const found = new Map<string, Expr>();
  for (const one of body) {
    if (one.k === 'class' && one.name === 'Config') for (const [key, value] of constants(one)) found.set(key, value);
    const target = one.k === 'assign' && one.targets[0]?.k === 'name' ? one.targets[0].name : '';
    if (one.k !== 'assign' || target !== 'model_config' || !one.value) continue;
    if (one.value.k === 'call') for (const each of one.value.args) if (each.name !== undefined) found.set(each.name, each.value);
    if (one.value.k === 'dict') for (const each of one.value.entries) if (each.key?.k === 'text') found.set(each.key.value, each.value);
  }
  return found;
}

function constants(one: ClassStmt): [string, Expr][] {
  return one.body.body.flatMap((each): [string, Expr][] => each.k === 'assign' && each.value && each.targets[0]?.k === 'name' ? [[each.targets[0].name, each.value]] : []);
}

export interface FieldVariable {
  readonly value: Extract<Value, { kind: 'environment' }>;
  /** Other names it is taken from. */
  readonly aliases: readonly string[];
  /** What stands before the names of variables inside of it: `DB__`. */
  readonly inside?: string;
  /** Made of settings or a model of its own: there is no variable of its name. */
  readonly composed: boolean;
}

/** The environment variable behind a field, with its default as fallback; undefined for what is no field. */
export function settingsField(name: string, given: Expr | undefined, annotation: Expr | undefined, scope: Scope, values: Values, names: Names): FieldVariable | undefined {
  if (!annotation || name.startsWith('_') || name === 'model_config') return undefined;
  if (/(^|\.)ClassVar$/.test(names.qualify(annotation.k === 'index' ? annotation.of : annotation, scope) ?? '')) return undefined;
  const options = settingsOptions(scope, names);
  const at = span(given ?? annotation);
  const value = given && values.evaluate(given, scope);
  const field = value?.kind === 'result' && /(^|\.)(Field|PrivateAttr)$/.test(value.callee) ? value : undefined;
  const aliases = field ? aliasesOf(field) : [];
  const named = [...renamed(name, scope), ...aliases];
  const spelled = (text: string) => options.caseSensitive ? text : text.toUpperCase();
  const variable = named[0] ?? spelled(options.prefix + name);
  const optional = options.old && mayBeNone(annotation, names, scope);
  const fallback = field ? defaultOf(field) : value ?? (optional ? { kind: 'none' as const, at } : undefined);
  const composed = isComposed(annotation, value, scope, names);
  return {
    value: { kind: 'environment', variable, required: !fallback, at, ...(fallback && { fallback }) }, aliases: named.slice(1), composed,
    ...(composed && options.nested !== undefined && { inside: spelled(`${options.prefix}${name}${options.nested}`) }),
  };
}

/** Version 1: `class Config: fields = {"name": {"env": "VARIABLE"}}`. */
function renamed(name: string, scope: Scope): string[] {
  const body: readonly Stmt[] = scope.statement?.k === 'class' ? scope.statement.body.body : [];
  const fields = optionsIn(body).get('fields');
  const entry = fields?.k === 'dict' ? fields.entries.find((each) => each.key?.k === 'text' && each.key.value === name)?.value : undefined;
  const env = entry?.k === 'dict' ? entry.entries.find((each) => each.key?.k === 'text' && each.key.value === 'env')?.value : entry;
  const all = env?.k === 'list' ? env.items : env ? [env] : [];
  return all.flatMap((each) => each.k === 'text' ? [each.value] : []);
}

function aliasesOf(field: Extract<Value, { kind: 'result' }>): string[] {
  const keyword = (key: string) => field.keywords.find((each) => each.name === key)?.value;
  return [keyword('validation_alias'), keyword('alias'), keyword('env')].map(textsOf).find((each) => each.length > 0) ?? [];
}

function textsOf(value: Value | undefined): string[] {
  if (value?.kind === 'text') return [value.value];
  if (value?.kind === 'list') return value.items.flatMap(textsOf);
  // `AliasPath("a", 0)` leads into another value: it names no variable.
  if (value?.kind === 'result') return /AliasPath$/.test(value.callee) ? [] : value.args.flatMap(textsOf);
  return [];
}

function defaultOf(field: Extract<Value, { kind: 'result' }>): Value | undefined {
  const keyword = (key: string) => field.keywords.find((each) => each.name === key)?.value;
  const first = field.args[0];
  const factory = keyword('default_factory');
  const given = keyword('default');
  // `...` says that there is none.
  return (given?.kind === 'unknown' ? undefined : given) ?? (factory ? generatedBy(factory) : undefined) ?? (first && first.kind !== 'unknown' ? first : undefined);
}

/** A factory makes it at run time. */
function generatedBy(factory: Value): Value {
  return { kind: 'generated', by: factory.kind === 'reference' ? factory.name : 'a factory', at: factory.at };
}

/** `Optional[str]`, `str | None`. */
function mayBeNone(annotation: Expr, names: Names, scope: Scope): boolean {
  if (annotation.k === 'index') return /(^|\.)Optional$/.test(names.qualify(annotation.of, scope) ?? '');
  return annotation.k === 'binary' && (annotation.right.k === 'none' || annotation.left.k === 'none');
}

/** A field of another settings class or model: by a class of this file, or by the name that such classes have. */
function isComposed(annotation: Expr, value: Value | undefined, scope: Scope, names: Names): boolean {
  const type = names.annotated(annotation, scope) ?? '';
  const made = value?.kind === 'result' ? value.callee : '';
  if (/(Settings|Config|Configuration|Options|Model)$/.test(type) || /Settings$/.test(made)) return true;
  const bound = annotation.k === 'name' ? bindingsOf(annotation.name, scope)?.bindings.at(-1) : undefined;
  return bound?.kind === 'definition' && bound.scope.kind === 'class' && basesOf(bound.scope, names).some(({ qualified }) => !/(^|\.)(Str|Int)?Enum$/.test(qualified));
}

/** A class of django-configurations: `KEY = values.SecretValue()` is read from `DJANGO_KEY`. */
export function configurationsField(name: string, given: Expr, scope: Scope, values: Values, names: Names): Value | undefined {
  if (given.k !== 'call' || !/(^|\.)configurations\.values\.\w*Value$/.test(names.callee(given.callee, scope))) return undefined;
  const value = values.evaluate(given, scope);
  if (value.kind !== 'result') return undefined;
  const keyword = (key: string) => value.keywords.find((each) => each.name === key)?.value;
  const named = keyword('environ_name');
  const prefix = keyword('environ_prefix');
  const demanded = keyword('environ_required');
  const required = /Secret\w*Value$/.test(value.callee) || (demanded?.kind === 'bool' && demanded.value);
  const before = prefix?.kind === 'none' || (prefix?.kind === 'text' && prefix.value === '') ? '' : `${prefix?.kind === 'text' ? prefix.value : 'DJANGO'}_`;
  const fallback = value.args[0] ?? keyword('default');
  const bool = /Boolean/.test(value.callee) ? 'bool' as const : undefined;
  return { kind: 'environment', variable: before + (named?.kind === 'text' ? named.value : name), required, at: span(given), ...(fallback && { fallback }), ...(bool && { cast: bool }) };
}
