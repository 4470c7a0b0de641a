/**
 * Models of a database out of classes and `Table(…)` objects. One file says what a class declares itself; whether a class with bases from
 * other files is a table after all, and what it inherits, the project finds out (engine/project/models.ts).
 */
import type { Column, Model, Orm, Relation, Standing } from '../../rules/kit';
import type { CallExpr, ClassStmt, Expr, Stmt } from '../syntax/ast';
import { calledName, flag, keyword, positionals } from './calls';
import type { ColumnPlace, Field, ModelFile } from './columns';
import { annotatedColumn, columnOrm, factOf, fieldColumn, fieldOf, lastOf, mappedType, qualifiedIn, sqlalchemyColumn, textOf, unwrappedCall } from './columns';
import type { Constraints } from './constraints';
import { constraintOf, documentIndexes, joinedConstraints, looseIndexes, metaConstraints, tableArguments } from './constraints';
import type { Scope } from './scopes';
import { span } from './value-parts';

/** Bases that make a class a model by themselves. */
const ROOTS: readonly (readonly [RegExp, Orm])[] = [
  [/^django\.(db\.models\.(\w+\.)?Model|contrib\.auth\.(base_user|models)\.(AbstractUser|AbstractBaseUser|PermissionsMixin|User|Group))$/, 'django'],
  [/^(sqlalchemy\.\S*(declarative_base|DeclarativeBase\w*|generate_base|automap_base)|flask_sqlalchemy\.\S*Model|flask_appbuilder\.Model|advanced_alchemy\.base\.\w+)$/, 'sqlalchemy'],
  [/^sqlmodel(\.\w+)*\.SQLModel$/, 'sqlmodel'],
  [/^(mongoengine|flask_mongoengine)(\.\w+)*\.(Dynamic)?(Embedded)?Document$/, 'mongoengine'],
  [/^beanie(\.\w+)*\.(Document|DocumentWithSoftDelete|View|UnionDoc)$/, 'beanie'],
  [/^odmantic(\.\w+)*\.(Model|EmbeddedModel)$/, 'odmantic'],
  [/^peewee\.Model$|^playhouse\.\w+\.Model$|^peewee\w*\.\w*Model$/, 'peewee'],
  [/^tortoise(\.models)?\.Model$/, 'tortoise'],
];

/** The library of a base class of this name; `db.Model` and `db.Document` are known by that writing when nothing else is known of `db`. */
export function rootOrm(qualified: string): Orm | undefined {
  const known = ROOTS.find(([pattern]) => pattern.test(qualified))?.[1];
  if (known) return known;
  return /(^|\.)(db|database|orm)\.Model$/.test(qualified) ? 'sqlalchemy' : /(^|\.)(db|me|mongo)\.(Dynamic|Embedded)?Document$/.test(qualified) ? 'mongoengine' : undefined;
}

/** Bases of libraries that add no columns and no constraints. */
const PLAIN = /^(object|abc\.ABC|typing\.(Generic|Protocol)|dataclasses\..*|sqlalchemy\..*|flask_sqlalchemy\..*|sqlmodel\..*|django\.db\.models\.Model|peewee\.\w*Model|tortoise\..*|mongoengine\..*|flask_mongoengine\..*|beanie\..*|odmantic\..*|pydantic\..*|flask_login\.UserMixin|[\w.]+\.(Base|BaseModel|Model|DeclarativeBase|Document))$/;

/** A base outside of the project that may bring columns and constraints of its own. */
export function bringsColumns(qualified: string): boolean {
  return /^[a-z]\w*\./i.test(qualified) && !PLAIN.test(qualified) && (rootOrm(qualified) === undefined || qualified.startsWith('django.contrib.'));
}

/** What a class declares as a model; undefined for classes that are none. */
export function classModel(one: ClassStmt, scope: Scope, outer: Scope, standing: Standing, file: ModelFile): Model | undefined {
  const bases = one.bases.filter((each) => each.name === undefined && !each.stars).map((each) => qualifiedIn(file, each.value, outer));
  const fields = one.body.body.flatMap((each) => fieldOf(each) ?? []);
  const orm = ormOf(one, bases, fields, scope, file);
  if (!orm) return undefined;
  const place: ColumnPlace = { ...file, scope, standing: { ...standing, scope: scope.path } };
  const columns = [...fields.flatMap((each) => columnOf(each, orm, place) ?? []), ...declaredColumns(one, scope, place)];
  const meta = one.body.body.find((each) => each.k === 'class' && (each.name === 'Meta' || each.name === 'Settings' || each.name === 'Collection'));
  const own = constraintsOf(orm, fields, meta?.k === 'class' ? meta : undefined, one, scope);
  const table = tableOf(orm, fields, meta?.k === 'class' ? meta : undefined);
  return {
    scope: standing.scope, guards: standing.guards, at: standing.at, name: one.name, nameAt: { start: one.nameAt, end: one.nameAt + one.name.length }, orm, ...(table !== undefined && { table }), bases,
    abstract: isAbstract(one, orm, bases, fields, meta?.k === 'class' ? meta : undefined), foreign: isForeign(fields, meta?.k === 'class' ? meta : undefined, bases),
    open: own.open,
    columns, constraints: own.list, relations: fields.flatMap((each) => relationOf(each, place) ?? []),
  };
}

function ormOf(one: ClassStmt, bases: readonly string[], fields: readonly Field[], scope: Scope, file: ModelFile): Orm | undefined {
  const known = bases.map(rootOrm).find((each) => each !== undefined);
  if (known) return known;
  // Serializers, forms and tables of other libraries have fields of the same names.
  if (bases.some((each) => /^django\.db\.models\.|(Serializer|Form|FilterSet|Schema|Table|Factory|Resource|Admin|Config|Settings|Enum|TypedDict|NamedTuple|Exception)$/.test(each))) return undefined;
  if (one.bases.some((each) => each.name === 'table' && each.value.k === 'bool' && each.value.value)) return 'sqlmodel';
  for (const field of fields) {
    const call = unwrappedCall(field.value);
    const declared = call && columnOrm(qualifiedIn(file, call.callee, scope));
    if (declared) return declared;
    if (field.annotation && mappedType(field.annotation, { ...file, scope, standing: { scope: '', guards: [], at: span(one) } })) return 'sqlalchemy';
  }
  if (fields.some((each) => each.name === '__tablename__')) return 'sqlalchemy';
  return one.body.body.some((each) => each.k === 'function' && declaredCall(each, scope, file) !== undefined) ? 'sqlalchemy' : undefined;
}

function columnOf(field: Field, orm: Orm, place: ColumnPlace): Column | undefined {
  if (/^(__\w+__|model_config|meta|objects|query|query_class|_\w+_cls)$/.test(field.name)) return undefined;
  const call = unwrappedCall(field.value);
  const callee = call && qualifiedIn(place, call.callee, place.scope);
  switch (orm) {
    case 'sqlalchemy': {
      if (call && callee !== undefined && columnOrm(callee) === 'sqlalchemy') return sqlalchemyColumn(field, call, place);
      if (call ? RELATIONS.test(calledName(call)) : field.value && field.value.k !== 'name' && field.value.k !== 'attribute') return undefined;
      return !call && field.annotation && !isCollection(field.annotation, place) && mappedType(field.annotation, place) ? sqlalchemyColumn(field, undefined, place) : undefined;
    }
    case 'sqlmodel': case 'odmantic': case 'beanie': {
      if (call && RELATIONS.test(calledName(call))) return undefined;
      if (call && columnOrm(callee ?? '') === 'sqlalchemy') return sqlalchemyColumn(field, call, place);
      const plain = field.annotation && !/(^|\.)ClassVar$/.test(qualifiedIn(place, field.annotation.k === 'index' ? field.annotation.of : field.annotation, place.scope));
      return plain ? annotatedColumn(field, place) : undefined;
    }
    default: return call && callee !== undefined && isFieldCall(callee, orm) ? fieldColumn(field, call, orm, place) : undefined;
  }
}

const RELATIONS = /^(relationship|Relationship|dynamic_loader|relation|backref|association_proxy|ManyToManyField|ManyToManyRelation|ReverseRelation|GenericForeignKey|GenericRelation|hybrid_property|column_property|composite|synonym|query_expression)$/;

/** In a class that is a model, fields of any library are columns: `PhoneNumberField(…)`, `MoneyField(…)`. */
function isFieldCall(callee: string, orm: Orm): boolean {
  const last = callee.slice(callee.lastIndexOf('.') + 1);
  if (RELATIONS.test(last)) return false;
  return orm === 'tortoise' ? /(^|\.)fields\.|Field$/.test(callee) : /(Field|ForeignKey|OneToOne\w*|DateTime\w*)$/.test(last);
}

function isCollection(annotation: Expr, place: ColumnPlace): boolean {
  const inner = annotation.k === 'index' ? annotation.key : annotation;
  return inner.k === 'text' || (inner.k === 'index' && /(^|\.)(list|List|set|Set|dict|Dict|Sequence|WriteOnlyMapped|DynamicMapped)$/.test(qualifiedIn(place, inner.of, place.scope)) && inner.key.k === 'text');
}

// ---- columns of functions

/** `@declared_attr def user_id(cls): return Column(…)`. */
function declaredColumns(one: ClassStmt, scope: Scope, place: ColumnPlace): Column[] {
  return one.body.body.flatMap((each) => {
    const call = each.k === 'function' ? declaredCall(each, scope, place) : undefined;
    return each.k === 'function' && call ? [sqlalchemyColumn({ name: each.name, nameAt: { start: each.nameAt, end: each.nameAt + each.name.length }, at: span(each), value: call }, call, place)] : [];
  });
}

function declaredCall(one: Extract<Stmt, { k: 'function' }>, scope: Scope, file: ModelFile): CallExpr | undefined {
  const returned = isDeclared(one) ? returnedBy(one) : undefined;
  const call = unwrappedCall(returned);
  return call && columnOrm(qualifiedIn(file, call.callee, scope)) === 'sqlalchemy' ? call : undefined;
}

function isDeclared(one: Extract<Stmt, { k: 'function' }>): boolean {
  return one.decorators.some((each) => lastOf(each) === 'declared_attr' || (each.k === 'attribute' && lastOf(each.of) === 'declared_attr'));
}

function returnedBy(one: Extract<Stmt, { k: 'function' }>): Expr | undefined {
  const last = one.body.body.at(-1);
  return last?.k === 'return' ? last.value : undefined;
}

function relationOf(field: Field, place: ColumnPlace): Relation | undefined {
  const call = field.value?.k === 'call' ? field.value : undefined;
  if (!call || !/^(relationship|Relationship|ManyToManyField|dynamic_loader)$/.test(calledName(call))) return undefined;
  const [first] = positionals(call);
  const target = textOf(first) ?? (first && qualifiedIn(place, first, place.scope));
  return { name: field.name, ...(target !== undefined && { target }), call: factOf(call, place) };
}

// ---- the class as a whole

function constraintsOf(orm: Orm, fields: readonly Field[], meta: ClassStmt | undefined, one: ClassStmt, scope: Scope): Constraints {
  const value = (name: string) => fields.find((each) => each.name === name)?.value;
  const declared = one.body.body.find((each) => each.k === 'function' && each.name === '__table_args__' && isDeclared(each));
  const inBody = (orm === 'sqlalchemy' || orm === 'sqlmodel') ? fields.flatMap((each) => each.value?.k === 'call' && !/Field$/.test(calledName(each.value)) ? constraintOf(each.value) ?? [] : []) : [];
  const settings = meta && meta.name === 'Settings' ? documentIndexes(meta.body.body.map(fieldOf).find((each) => each?.name === 'indexes')?.value ?? { k: 'list', ...span(meta), items: [] }) : undefined;
  const entries = value('meta');
  const indexes = entries?.k === 'dict' ? entries.entries.find((each) => textOf(each.key) === 'indexes')?.value : undefined;
  return joinedConstraints([
    tableArguments(resolved(value('__table_args__') ?? (declared?.k === 'function' ? returnedBy(declared) : undefined), scope)), { list: inBody, open: false },
    ...(meta && meta.name === 'Meta' ? [metaConstraints(meta)] : []), ...(settings ? [settings] : []), ...(indexes ? [documentIndexes(indexes)] : []),
  ]);
}

/** A name that stands for the constraints, followed one step. */
function resolved(expr: Expr | undefined, scope: Scope): Expr | undefined {
  if (expr?.k !== 'name') return expr;
  for (let at: Scope | undefined = scope; at; at = at.parent) {
    const binding = at.bindings.get(expr.name)?.at(-1);
    if (binding) return binding.kind === 'value' ? binding.value : expr;
  }
  return expr;
}

function tableOf(orm: Orm, fields: readonly Field[], meta: ClassStmt | undefined): string | undefined {
  if (orm === 'sqlalchemy' || orm === 'sqlmodel') {
    const table = fields.find((each) => each.name === '__table__')?.value;
    return textOf(fields.find((each) => each.name === '__tablename__')?.value) ?? (table?.k === 'call' ? textOf(positionals(table)[0]) : undefined);
  }
  const entries = fields.find((each) => each.name === 'meta')?.value;
  if (entries?.k === 'dict') return textOf(entries.entries.find((each) => textOf(each.key) === 'collection')?.value);
  return textOf(meta?.body.body.map(fieldOf).find((each) => each !== undefined && /^(db_table|table_name|table|name)$/.test(each.name))?.value);
}

function isAbstract(one: ClassStmt, orm: Orm, bases: readonly string[], fields: readonly Field[], meta: ClassStmt | undefined): boolean {
  const says = (name: string, list: readonly (Field | undefined)[]) => list.some((each) => each?.name === name && each.value?.k === 'bool' && each.value.value);
  if (says('__abstract__', fields) || says('abstract', meta?.body.body.map(fieldOf) ?? [])) return true;
  const entries = fields.find((each) => each.name === 'meta')?.value;
  if (entries?.k === 'dict' && entries.entries.some((each) => textOf(each.key) === 'abstract' && each.value.k === 'bool' && each.value.value)) return true;
  switch (orm) {
    case 'sqlmodel': return !one.bases.some((each) => each.name === 'table' && each.value.k === 'bool' && each.value.value);
    case 'sqlalchemy': return !fields.some((each) => each.name === '__tablename__' || each.name === '__table__') && (bases.length === 0 || bases.some((each) => /^sqlalchemy\..*DeclarativeBase/.test(each)));
    case 'mongoengine': case 'odmantic': return bases.some((each) => /Embedded(Document|Model)$/.test(each));
    default: return bases.length === 0;
  }
}

/** Defined by somebody else: a view, a table that is only reflected, `managed = False`. */
function isForeign(fields: readonly Field[], meta: ClassStmt | undefined, bases: readonly string[]): boolean {
  const unmanaged = meta?.body.body.map(fieldOf).some((each) => each?.name === 'managed' && each.value?.k === 'bool' && !each.value.value) ?? false;
  const reflected = fields.some((each) => (each.name === '__table__' && each.value?.k === 'call' && (keyword(each.value, 'autoload', 'autoload_with') !== undefined || flag(each.value, 'autoload') === true)) || (each.name === 'is_view' && each.value?.k === 'bool'));
  return unmanaged || reflected || bases.some((each) => /(^|\.)(View|DeferredReflection|automap_base|MaterializedView|PGMaterializedView|PgView)$/.test(each));
}

// ---- Table(…)

/** `users = Table("users", metadata, Column(…), …)`. */
export function tableModel(one: Stmt, scope: Scope, standing: Standing, file: ModelFile): Model | undefined {
  const value = one.k === 'assign' ? one.value : undefined;
  const target = one.k === 'assign' ? one.targets[0] : undefined;
  if (value?.k !== 'call' || calledName(value) !== 'Table' || (target?.k !== 'name' && target?.k !== 'attribute')) return undefined;
  const [name, , ...parts] = positionals(value);
  if (name?.k !== 'text') return undefined;
  const place: ColumnPlace = { ...file, scope, standing };
  const columns = parts.flatMap((each): Column[] => {
    const title = each.k === 'call' && calledName(each) === 'Column' ? positionals(each)[0] : undefined;
    return each.k === 'call' && title?.k === 'text' ? [sqlalchemyColumn({ name: title.value, nameAt: span(title), at: span(each), value: each }, each, place)] : [];
  });
  const own = joinedConstraints(parts.filter((each) => !(each.k === 'call' && calledName(each) === 'Column')).map(tableArguments));
  const reflected = keyword(value, 'autoload', 'autoload_with') !== undefined;
  if (columns.length === 0 && !reflected) return undefined;
  return {
    ...standing, name: target.name, nameAt: span(target), orm: 'sqlalchemy', table: name.value, bases: [], abstract: false, foreign: reflected, open: own.open || value.args.some((each) => each.stars !== undefined),
    columns, constraints: own.list, relations: [],
  };
}

/** Models with the indexes that stand after their classes. */
export function withLooseIndexes(models: readonly Model[], body: readonly Stmt[]): readonly Model[] {
  const loose = models.length > 0 ? looseIndexes(body) : [];
  if (loose.length === 0) return models;
  return models.map((each) => ({ ...each, constraints: [...each.constraints, ...loose.filter((one) => one.model === each.name && !each.scope).map((one) => one.constraint)] }));
}
