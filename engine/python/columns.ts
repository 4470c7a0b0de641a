/** Columns of models as their libraries declare them: by a call, an annotation, or both. */
import type { Call, Column, ColumnDefault, ColumnType, ForeignKey, Orm, Span, Standing, Value } from '../../rules/kit';
import { isLiteral } from '../../rules/kit';
import type { CallExpr, Expr, Stmt } from '../syntax/ast';
import { callFact, calledName, flag, keyword, positionals } from './calls';
import type { Names } from './names';
import type { Scope } from './scopes';
import type { Values } from './values';
import { span } from './value-parts';
import { eachPart } from './walk';

/** What the readers of models need of the file. */
export interface ModelFile {
  readonly names: Names;
  readonly values: Values;
  /** Modules imported with `*`. */
  readonly stars: readonly string[];
}

export interface ColumnPlace extends ModelFile {
  readonly scope: Scope;
  readonly standing: Standing;
}

/** A statement of a class body that gives one name a value, a type, or both. */
export interface Field {
  readonly name: string;
  readonly nameAt: Span;
  readonly at: Span;
  readonly value?: Expr;
  readonly annotation?: Expr;
}

export function fieldOf(one: Stmt): Field | undefined {
  const [target] = one.k === 'assign' ? one.targets : [];
  if (one.k !== 'assign' || target?.k !== 'name' || one.op !== undefined) return undefined;
  return { name: target.name, nameAt: span(target), at: span(one), ...(one.value && { value: one.value }), ...(one.annotation && { annotation: one.annotation }) };
}

const STARRED = /^(django\.db\.models|peewee|mongoengine|sqlalchemy(\.\w+)*|sqlmodel|tortoise\.(fields|models)|playhouse\.\w+)$/;

/** Qualified, with `from peewee import *` in mind. */
export function qualifiedIn({ names, stars }: ModelFile, expr: Expr, scope: Scope): string {
  const found = names.qualify(expr, scope) ?? names.written(expr);
  const star = found.includes('.') ? undefined : stars.find((each) => STARRED.test(each));
  return star === undefined ? found : `${star}.${found}`;
}

const NO_COLUMNS = /^(django_tables2|rich|prettytable|openpyxl|pandas|dash|docx|flask_table|textual|streamlit|pyarrow|great_expectations)\b/;

/** The library a call declares a column with; undefined for calls that declare none. */
export function columnOrm(callee: string): Orm | undefined {
  const last = callee.slice(callee.lastIndexOf('.') + 1);
  if (last === 'Column' || last === 'mapped_column') return NO_COLUMNS.test(callee) ? undefined : 'sqlalchemy';
  if (last === 'Field') return /^sqlmodel\./.test(callee) ? 'sqlmodel' : /^odmantic\./.test(callee) ? 'odmantic' : undefined;
  if (!/(Field|ForeignKey)$/.test(last)) return undefined;
  if (/^django\.(db\.models|contrib\.(postgres|gis))\./.test(callee)) return 'django';
  if (/^(peewee|playhouse)\./.test(callee)) return 'peewee';
  if (/^tortoise\./.test(callee)) return 'tortoise';
  return /^(mongoengine|flask_mongoengine)\./.test(callee) ? 'mongoengine' : undefined;
}

/** `deferred(Column(…))` is a column too. */
export function unwrappedCall(value: Expr | undefined): CallExpr | undefined {
  if (value?.k !== 'call') return undefined;
  const inner = calledName(value) === 'deferred' ? positionals(value)[0] : undefined;
  return inner?.k === 'call' ? inner : value;
}

/** A column of SQLAlchemy: `name = Column(…)`, `name: Mapped[str] = mapped_column(…)`, `name: Mapped[str]`. */
export function sqlalchemyColumn(field: Field, call: CallExpr | undefined, place: ColumnPlace): Column {
  const read = call && declaration(call, place);
  const typed = field.annotation && mappedType(field.annotation, place);
  const primaryKey = read?.primaryKey ?? false;
  return {
    name: field.name, nameAt: field.nameAt, at: field.at, ...read?.parts, ...(typed?.name && { annotation: typed.name }),
    nullable: read?.nullable ?? (primaryKey ? false : typed ? typed.optional : true), unique: read?.unique ?? false, index: read?.index ?? false, primaryKey,
  };
}

/** What `Column(…)` and its kin say by their arguments. */
function declaration(call: CallExpr, place: ColumnPlace) {
  const all = positionals(call);
  const [first] = all;
  const rest = first?.k === 'text' ? all.slice(1) : all;
  const column = first?.k === 'text' ? first.value : textOf(keyword(call, 'name')?.value);
  const key = rest.map((each) => each.k === 'call' && calledName(each) === 'ForeignKey' ? foreignKeyOf(each, place) : undefined).find((each) => each !== undefined);
  const given = keyword(call, 'type_')?.value ?? rest.find((each) => !NO_TYPE.test(lastOf(each)));
  const type = given && typeOf(given, place);
  const nullable = flag(call, 'nullable');
  const primaryKey = flag(call, 'primary_key') === true;
  return {
    nullable: nullable === 'unknown' ? undefined : nullable, unique: flag(call, 'unique') === true, index: flag(call, 'index') === true, primaryKey,
    parts: {
      ...(column !== undefined && column !== '' && { column }), call: factOf(call, place), ...(type && { type }), ...(key && { foreignKey: key }),
      ...defaultsOf(call, place, { default: ['default', 'insert_default'], onUpdate: ['onupdate'], server: ['server_default'] }), ...lengthOf(type),
    },
  };
}

const NO_TYPE = /^(ForeignKey|Identity|Computed|Sequence|CheckConstraint|FetchedValue|DefaultClause|)$/;

function lengthOf(type: ColumnType | undefined): { length?: number } {
  const given = type?.args[0] ?? type?.keywords.find((each) => each.name === 'length')?.value;
  return given?.kind === 'number' && /^(String|Unicode|VARCHAR|NVARCHAR|CHAR|AutoString|LargeBinary|VARBINARY)$/.test(type?.name ?? '') ? { length: given.value } : {};
}

/** A column of SQLModel or odmantic: an annotated field, with or without `Field(…)`. */
export function annotatedColumn(field: Field, place: ColumnPlace): Column | undefined {
  const call = field.value?.k === 'call' && /(^|\.)Field$/.test(qualifiedIn(place, field.value.callee, place.scope)) ? field.value : undefined;
  const inner = call && keyword(call, 'sa_column')?.value;
  const typed = field.annotation && fieldType(field.annotation, place);
  if (inner?.k === 'call') {
    const column = sqlalchemyColumn({ ...field, value: inner }, inner, place);
    const own = call ? defaultsOf(call, place, { default: ['default'], onUpdate: [], server: [] }) : {};
    return { ...column, ...own, ...(typed?.name && { annotation: typed.name }) };
  }
  const mark = typed?.mark;
  const key = call && textOf(keyword(call, 'foreign_key')?.value);
  const given = call && keyword(call, 'sa_type')?.value;
  const type = given && typeOf(given, place);
  const primaryKey = call !== undefined && flag(call, 'primary_key') === true;
  const nullable = call && flag(call, 'nullable');
  const length = numberOf(call && keyword(call, 'max_length')?.value);
  const direct = !call && field.value ? { default: { ...read(field.value, place), keywordAt: span(field.value) } } : {};
  return {
    name: field.name, nameAt: field.nameAt, at: field.at, ...(call && { call: factOf(call, place) }), ...(type && { type }), ...(typed?.name && { annotation: typed.name }),
    nullable: nullable === 'unknown' ? undefined : nullable ?? (primaryKey ? false : typed?.optional),
    unique: (call !== undefined && flag(call, 'unique') === true) || mark?.unique === true, index: (call !== undefined && flag(call, 'index') === true) || mark !== undefined, primaryKey,
    ...(key && call && { foreignKey: { target: key, at: span(call), ...onDelete(keyword(call, 'ondelete')?.value) } }), ...(length !== undefined && { length }), ...direct,
    ...(call && annotatedDefaults(call, place)),
  };
}

function annotatedDefaults(call: CallExpr, place: ColumnPlace) {
  const [first] = positionals(call);
  const factory = keyword(call, 'default_factory');
  const given = defaultsOf(call, place, { default: ['default'], onUpdate: [], server: [] });
  if (factory) return { ...given, default: { ...read(factory.value, place), keywordAt: span(factory) } };
  return first && first.k !== 'other' && !given.default ? { ...given, default: { ...read(first, place), keywordAt: span(first) } } : given;
}

/** A column of Django, peewee, tortoise or mongoengine: `name = CharField(…)`. */
export function fieldColumn(field: Field, call: CallExpr, orm: Orm, place: ColumnPlace): Column {
  const qualified = qualifiedIn(place, call.callee, place.scope);
  const name = calledName(call);
  const key = /^(ForeignKey|OneToOne|ForeignKeyField|OneToOneField|ReferenceField|LazyReferenceField)/.test(name) ? foreignKeyOf(call, place) : undefined;
  const unique = flag(call, 'unique') === true || name.startsWith('OneToOne') || keyword(call, 'unique_with') !== undefined;
  const index = flag(call, 'db_index', 'index');
  const nullable = orm === 'mongoengine' ? negated(flag(call, 'required') ?? false) : flag(call, 'null') ?? false;
  const length = numberOf(keyword(call, 'max_length')?.value ?? (orm === 'tortoise' && name === 'CharField' ? positionals(call)[0] : undefined));
  const column = textOf(keyword(call, 'db_column', 'column_name', 'db_field', 'source_field')?.value);
  const fact = factOf(call, place);
  return {
    name: field.name, nameAt: field.nameAt, at: field.at, ...(column && { column }), call: fact,
    type: { name, qualified, args: fact.args, keywords: fact.keywords, at: fact.calleeAt },
    nullable: nullable === 'unknown' ? undefined : nullable, unique, index: index === undefined ? (key !== undefined && (orm === 'django' || orm === 'peewee')) || name === 'SlugField' : index === true,
    primaryKey: flag(call, 'primary_key', 'pk') === true || /^(Big|Small)?AutoField$|^PrimaryKeyField$|^IdentityField$/.test(name), ...(key && { foreignKey: key }), ...(length !== undefined && { length }),
    ...defaultsOf(call, place, { default: ['default'], onUpdate: [], server: ['db_default'] }),
  };
}

function negated(value: boolean | 'unknown'): boolean | 'unknown' {
  return value === 'unknown' ? value : !value;
}

// ---- parts

/** A call in the body of a model. */
export function factOf(call: CallExpr, place: ColumnPlace): Call {
  const callee = qualifiedIn(place, call.callee, place.scope);
  return callFact(call, callee, place.scope, place.names, place.values, { scope: place.standing.scope, guards: place.standing.guards, at: span(call) }, { within: [] });
}

function typeOf(given: Expr, place: ColumnPlace): ColumnType | undefined {
  const callee = given.k === 'call' ? given.callee : given;
  if (callee.k !== 'name' && callee.k !== 'attribute') return undefined;
  const qualified = qualifiedIn(place, callee, place.scope);
  return {
    name: callee.name, qualified, at: span(given),
    args: given.k === 'call' ? positionals(given).map((each) => place.values.evaluate(each, place.scope)) : [], keywords: given.k === 'call' ? place.values.keywords(given.args, place.scope) : [],
  };
}

function foreignKeyOf(call: CallExpr, place: ColumnPlace): ForeignKey {
  const target = positionals(call)[0] ?? keyword(call, 'to', 'model', 'model_name', 'document_type')?.value;
  const written = textOf(target) ?? (target ? qualifiedIn(place, target, place.scope) : '');
  return { target: written, at: span(call), ...onDelete(keyword(call, 'ondelete', 'on_delete', 'reverse_delete_rule')?.value ?? (/^(ForeignKey|OneToOneField)$/.test(calledName(call)) ? nameful(positionals(call)[1]) : undefined)) };
}

function nameful(expr: Expr | undefined): Expr | undefined {
  return expr?.k === 'attribute' || expr?.k === 'name' ? expr : undefined;
}

function onDelete(given: Expr | undefined): { onDelete?: string } {
  const written = textOf(given) ?? (given ? lastOf(given) : '');
  return written ? { onDelete: written } : {};
}

function defaultsOf(call: CallExpr, place: ColumnPlace, words: { readonly default: readonly string[]; readonly onUpdate: readonly string[]; readonly server: readonly string[] }): { default?: ColumnDefault; onUpdate?: ColumnDefault; serverDefault?: Value } {
  const given = (names: readonly string[]) => { const found = keyword(call, ...names); return found && { ...read(found.value, place), keywordAt: span(found) }; };
  const start = given(words.default);
  const update = given(words.onUpdate);
  const server = keyword(call, ...words.server)?.value;
  return { ...(start && { default: start }), ...(update && { onUpdate: update }), ...(server && { serverDefault: place.values.evaluate(server, place.scope) }) };
}

/** What a default is, by how it is written: the value of `utcnow()` and of `utcnow` may look alike once they are followed. */
function read(expr: Expr, place: ColumnPlace): Omit<ColumnDefault, 'keywordAt'> {
  const value = place.values.evaluate(expr, place.scope);
  const base = { value, at: span(expr), does: calledAtOnce(expr).map((each) => qualifiedIn(place, each.callee, place.scope)) };
  switch (expr.k) {
    case 'call': {
      const callee = qualifiedIn(place, expr.callee, place.scope);
      return { ...base, callee, how: /(^|\.)func\.|^sqlalchemy\.(text|sql\.)|^django\.db\.models\.functions\.|(^|\.)(text|literal_column|Sequence|partial)$/.test(callee) ? 'other' : 'call' };
    }
    case 'lambda': return { ...base, how: 'lambda' };
    case 'name': case 'attribute': return value.kind === 'reference' && !/^_?[A-Z0-9_]+$/.test(expr.name) ? { ...base, how: 'name', callee: value.name } : { ...base, how: value.kind === 'reference' || isLiteral(value) ? 'constant' : 'other' };
    case 'text': case 'number': case 'bool': case 'none': case 'list': case 'dict': case 'unary': return { ...base, how: 'constant' };
    default: return { ...base, how: 'other' };
  }
}

/** Calls in an expression that run when it is evaluated. */
function calledAtOnce(expr: Expr): CallExpr[] {
  if (expr.k === 'lambda') return [];
  const found: CallExpr[] = expr.k === 'call' ? [expr] : [];
  eachPart(expr, (part) => { found.push(...calledAtOnce(part)); });
  return found;
}

interface Typed { readonly name?: string; readonly optional: boolean | undefined; readonly mark?: { readonly unique: boolean } }

/** `Mapped[…]`; anything else in its place says nothing of the column. */
export function mappedType(annotation: Expr, place: ColumnPlace): Typed | undefined {
  if (annotation.k === 'text') return /^(\w+\.)?Mapped\[/.test(annotation.value) ? { optional: /Optional\[|None/.test(annotation.value) } : undefined;
  if (annotation.k !== 'index' || !/(^|\.)(Mapped|MappedColumn)$/.test(qualifiedIn(place, annotation.of, place.scope))) return undefined;
  return fieldType(annotation.key, place);
}

/** The class of a field, and whether it may be None. */
function fieldType(annotation: Expr, place: ColumnPlace): Typed {
  const mark = indexedIn(annotation);
  const optional = mayBeNone(annotation, place);
  const inner = annotation.k === 'call' ? positionals(annotation)[0] ?? annotation : annotation;
  const name = inner.k === 'text' && !/^[\w.]+$/.test(inner.value) ? undefined : place.names.annotated(inner, place.scope);
  return { ...(name && { name }), optional, ...(mark && { mark }) };
}

function mayBeNone(annotation: Expr, place: ColumnPlace): boolean {
  switch (annotation.k) {
    case 'none': return true;
    case 'text': return /Optional\[|\bNone\b/.test(annotation.value);
    case 'index': {
      const outer = lastOf(annotation.of);
      const keys = annotation.key.k === 'list' ? annotation.key.items : [annotation.key];
      return outer === 'Optional' || ((outer === 'Union' || outer === 'Annotated') && keys.some((each) => mayBeNone(each, place)));
    }
    case 'binary': return mayBeNone(annotation.left, place) || mayBeNone(annotation.right, place);
    case 'other': return annotation.parts.some((each) => mayBeNone(each, place));
    default: return false;
  }
}

/** Beanie's `Indexed(str, unique=True)`, alone or in `Annotated[…]`. */
function indexedIn(annotation: Expr): { unique: boolean } | undefined {
  if (annotation.k === 'call') return calledName(annotation) === 'Indexed' ? { unique: flag(annotation, 'unique') === true } : undefined;
  if (annotation.k === 'index') return (annotation.key.k === 'list' ? annotation.key.items : [annotation.key]).map(indexedIn).find((each) => each !== undefined);
  if (annotation.k === 'other') return annotation.parts.map(indexedIn).find((each) => each !== undefined);
  return annotation.k === 'binary' ? indexedIn(annotation.left) ?? indexedIn(annotation.right) : undefined;
}

/** Last name of a name, an attribute or a call. */
export function lastOf(expr: Expr): string {
  return expr.k === 'call' ? calledName(expr) : expr.k === 'attribute' || expr.k === 'name' ? expr.name : '';
}

export function textOf(expr: Expr | undefined): string | undefined {
  return expr?.k === 'text' ? expr.value : undefined;
}

function numberOf(expr: Expr | undefined): number | undefined {
  return expr?.k === 'number' ? expr.value : undefined;
}
