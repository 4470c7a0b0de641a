/**
 * Models of a database as facts: classes and tables with their columns, keys, indexes and constraints, whatever the library they are
 * written with; and the steps of migrations. What a class inherits from other files is joined in by the project (`Project.models`).
 */
import type { Call, Module, Standing } from './module';
import type { Span } from './place';
import type { Keyword, Value } from './value';

export type Orm = 'sqlalchemy' | 'sqlmodel' | 'django' | 'peewee' | 'tortoise' | 'mongoengine' | 'beanie' | 'odmantic';

export interface Model extends Standing {
  /** The class, or the name a `Table(…)` object is given to. */
  readonly name: string;
  readonly nameAt: Span;
  readonly orm: Orm;
  /** Table or collection, when it is written. */
  readonly table?: string;
  /** Qualified names of its bases. */
  readonly bases: readonly string[];
  /** No table of its own: a mixin, an abstract base, a schema of SQLModel that is not mapped, an embedded document. */
  readonly abstract: boolean;
  /** A view, a reflected table, `managed = False`: somebody else defines its columns. */
  readonly foreign: boolean;
  /** Some of its columns or constraints cannot be seen: it derives from a class of a library, or builds them at run time. */
  readonly open: boolean;
  readonly columns: readonly Column[];
  readonly constraints: readonly TableConstraint[];
  readonly relations: readonly Relation[];
}

export interface Column {
  /** Of the attribute in the class; for `Table(…)` that of the column. */
  readonly name: string;
  readonly nameAt: Span;
  /** Name in the database, where it is another one. */
  readonly column?: string;
  /** The statement, or the column among a table's arguments. */
  readonly at: Span;
  /** `Column(…)`, `mapped_column(…)`, `models.CharField(…)`, `Field(…)`; absent for `name: Mapped[str]` alone. */
  readonly call?: Call;
  readonly type?: ColumnType;
  /** Qualified class of its annotation, without `Mapped`, `Optional` and `Annotated`: `str`, `datetime.datetime`. */
  readonly annotation?: string;
  /** Undefined where it cannot be told. */
  readonly nullable: boolean | undefined;
  readonly unique: boolean;
  /** An index of its own; unique columns and primary keys have one too, which is not said here. */
  readonly index: boolean;
  readonly primaryKey: boolean;
  readonly default?: ColumnDefault;
  readonly onUpdate?: ColumnDefault;
  readonly serverDefault?: Value;
  readonly foreignKey?: ForeignKey;
  /** Greatest number of characters. */
  readonly length?: number;
  /** The class that declares it, and its file, where that is not the model's own. */
  readonly from?: { readonly path: string; readonly model: string };
}

export interface ColumnType {
  /** Last name: `String`, `Numeric`, `FloatField`. */
  readonly name: string;
  readonly qualified: string;
  readonly args: readonly Value[];
  readonly keywords: readonly Keyword[];
  readonly at: Span;
}

/** `how`: evaluated once, when the class is made (`call`); given as a function (`lambda`, or its `name`, which may also be a constant of another file); a constant; or something else. */
export interface ColumnDefault {
  readonly how: 'call' | 'name' | 'lambda' | 'constant' | 'other';
  readonly value: Value;
  /** Qualified name of what is called or named. */
  readonly callee?: string;
  /** Qualified names of what is called when the class is made; the bodies of lambdas are not. */
  readonly does: readonly string[];
  readonly at: Span;
  /** Keyword with its value: `default=utcnow`. */
  readonly keywordAt: Span;
}

/** `target` as written or as far as it is known: `user.id`, `app.models.User`, `auth.User`. */
export interface ForeignKey { readonly target: string; readonly onDelete?: string; readonly at: Span }

export interface TableConstraint {
  readonly kind: 'unique' | 'index' | 'check' | 'foreign-key' | 'primary-key' | 'exclude';
  /** In order; those within expressions too. */
  readonly columns: readonly string[];
  /** A unique constraint or a unique index. */
  readonly unique: boolean;
  /** Holds for some rows only. */
  readonly partial: boolean;
  /** Over an expression such as `lower(email)`. */
  readonly expression: boolean;
  /** Deletes the rows after their time. */
  readonly expires: boolean;
  readonly at: Span;
}

/** `relationship("Order", …)`. */
export interface Relation { readonly name: string; readonly target?: string; readonly call: Call }

/** A model as the project knows it: with what it inherits. */
export interface MappedModel { readonly module: Module; readonly model: Model; /** Qualified name. */ readonly name: string }

/** A revision of Alembic, or a migration of Django. */
export interface Migration {
  readonly framework: 'alembic' | 'django';
  readonly revision: string;
  /** Revisions it comes after; empty for the first. */
  readonly parents: readonly string[];
  readonly upgrade: readonly Operation[];
  /** What is done to go back; Alembic only. */
  readonly downgrade: readonly Operation[];
  /** The body of `downgrade`: absent (Django, or no such function), holds nothing, raises, or does something. */
  readonly back?: { readonly how: 'nothing' | 'raises' | 'something'; readonly at: Span; readonly nameAt: Span };
  /** Where the file says what it is: the name of `upgrade`, or of the class. */
  readonly nameAt: Span;
}

/** One step: `op.add_column(…)`, `migrations.AddField(…)`, in the words of its library. */
export interface Operation {
  readonly name: string;
  readonly table?: string;
  /** Columns it makes, takes away or changes, as far as they are described. */
  readonly columns: readonly Column[];
  /** Names of columns, described or not. */
  readonly names: readonly string[];
  /** Text it sends, for `op.execute` and `RunSQL`. */
  readonly sql?: string;
  readonly call: Call;
}
