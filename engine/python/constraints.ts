/** Constraints and indexes that a model declares beside its columns: `__table_args__`, `Meta`, `meta`, `Settings`, and `Index(…)` after the class. */
import type { TableConstraint } from '../../rules/kit';
import type { CallExpr, ClassStmt, Expr, Stmt } from '../syntax/ast';
import { calledName, flag, keyword, positionals } from './calls';
import { fieldOf, lastOf, textOf } from './columns';
import { eachPart } from './walk';
import { span } from './value-parts';

export interface Constraints {
  readonly list: readonly TableConstraint[];
  /** Part of it is made at run time, or taken over from elsewhere. */
  readonly open: boolean;
}

const NOTHING: Constraints = { list: [], open: false };

export function joinedConstraints(all: readonly Constraints[]): Constraints {
  return { list: all.flatMap((each) => each.list), open: all.some((each) => each.open) };
}

// ---- SQLAlchemy

/** The value of `__table_args__`, or what its `declared_attr` returns. */
export function tableArguments(expr: Expr | undefined): Constraints {
  switch (expr?.k) {
    case undefined: case 'dict': case 'none': return NOTHING;
    case 'list': return joinedConstraints(expr.items.map(tableArguments));
    case 'call': { const found = constraintOf(expr); return found ? { list: [found], open: false } : { list: [], open: !/^(dict|tuple|list)$/.test(calledName(expr)) }; }
    case 'binary': return joinedConstraints([tableArguments(expr.left), tableArguments(expr.right)]);
    default: return { list: [], open: true };
  }
}

const KINDS: Readonly<Record<string, TableConstraint['kind']>> = {
  UniqueConstraint: 'unique', Index: 'index', CheckConstraint: 'check', ForeignKeyConstraint: 'foreign-key', PrimaryKeyConstraint: 'primary-key', ExcludeConstraint: 'exclude', ExclusionConstraint: 'exclude',
};

/** `UniqueConstraint("a", "b")`, `Index("ix", "a", unique=True)`, `models.UniqueConstraint(fields=["a"], name="u")`, `GinIndex(fields=["a"])`. */
export function constraintOf(call: CallExpr): TableConstraint | undefined {
  const name = calledName(call);
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : (/Index$/.test(name) ? 'index' : undefined);
  if (!kind) return undefined;
  const fields = keyword(call, 'fields')?.value;
  const given = fields?.k === 'list' ? fields.items : positionals(call);
  const named = kind === 'index' && !fields && /^Index$/.test(name) && given.length > 0 && (given[0]?.k === 'text' || given[0]?.k === 'none' || calledName(given[0]?.k === 'call' ? given[0] : call) === 'f') ? given.slice(1) : given;
  const listed = kind === 'foreign-key' && named[0]?.k === 'list' ? named[0].items : named;
  return {
    kind, columns: kind === 'check' ? [] : listed.flatMap(columnsIn), unique: kind === 'unique' || kind === 'primary-key' || flag(call, 'unique') === true,
    partial: call.args.some((each) => each.name !== undefined && /^condition$|_where$|^where$/.test(each.name)), expression: kind !== 'check' && listed.some(isExpression), expires: false, at: span(call),
  };
}

/** Names of columns in an argument: `"email"`, `"-created"`, `User.email`, `func.lower(email)`, `text("lower(email)")`, `F("x").desc()`. */
function columnsIn(expr: Expr): readonly string[] {
  if (expr.k === 'text') return /^[-+#$]?\w+$/.test(expr.value) ? [expr.value.replace(/^[-+#$]/, '')] : expr.value.match(/[A-Za-z_]\w*/g)?.filter((each) => !/^(lower|upper|coalesce|desc|asc|nulls|last|first)$/i.test(each)) ?? [];
  if (expr.k === 'name') return [expr.name];
  if (expr.k === 'attribute') return [expr.name];
  if (expr.k === 'call') return [...(expr.callee.k === 'attribute' && /^(desc|asc|nulls_last|nulls_first|op|collate|label)$/.test(expr.callee.name) ? columnsIn(expr.callee.of) : []), ...positionals(expr).flatMap(columnsIn)];
  const found: string[] = [];
  eachPart(expr, (part) => { found.push(...columnsIn(part)); });
  return found;
}

function isExpression(expr: Expr): boolean {
  if (expr.k === 'text') return /\W/.test(expr.value.replace(/^[-+#$]/, ''));
  return expr.k === 'call' && !/^(desc|asc|F|OrderBy)$/.test(calledName(expr));
}

// ---- Django, peewee, tortoise

/** What an inner `class Meta` says. */
export function metaConstraints(meta: ClassStmt): Constraints {
  return joinedConstraints(meta.body.body.map((one): Constraints => {
    const field = fieldOf(one);
    switch (field?.name) {
      case 'unique_together': return together(field.value, true);
      case 'index_together': return together(field.value, false);
      case 'constraints': return tableArguments(field.value);
      case 'indexes': return peeweeIndexes(field.value) ?? (namesOnly(field.value) ? together(field.value, false) : tableArguments(field.value));
      default: return NOTHING;
    }
  }));
}

/** `("a", "b")`, or a list of such. */
function together(expr: Expr | undefined, unique: boolean): Constraints {
  if (expr?.k !== 'list') return { list: [], open: expr !== undefined };
  const groups = expr.items.every((each) => each.k === 'text') ? [expr] : expr.items;
  return joinedConstraints(groups.map((each): Constraints => each.k === 'list' && each.items.every((item) => item.k === 'text')
    ? { list: [plain(unique ? 'unique' : 'index', each.items.flatMap(columnsIn), unique, each)], open: false } : { list: [], open: true }));
}

/** Tortoise's `indexes = [("a", "b")]`. */
function namesOnly(expr: Expr | undefined): boolean {
  return expr?.k === 'list' && expr.items.length > 0 && expr.items.every((each) => each.k === 'list' && each.items.every((item) => item.k === 'text'));
}

/** Peewee's `((("a", "b"), True),)`. */
function peeweeIndexes(expr: Expr | undefined): Constraints | undefined {
  if (expr?.k !== 'list' || expr.items.length === 0 || !expr.items.every((each) => each.k === 'list' && each.items.length === 2 && each.items[0]?.k === 'list' && each.items[1]?.k === 'bool')) return undefined;
  return { list: expr.items.flatMap((each) => each.k === 'list' && each.items[0]?.k === 'list' ? [plain('index', each.items[0].items.flatMap(columnsIn), each.items[1]?.k === 'bool' && each.items[1].value, each)] : []), open: false };
}

function plain(kind: TableConstraint['kind'], columns: readonly string[], unique: boolean, at: { readonly start: number; readonly end: number }, expires = false): TableConstraint {
  return { kind, columns, unique, partial: false, expression: false, expires, at: span(at) };
}

// ---- MongoDB

/** `indexes` of mongoengine's `meta` and of beanie's `Settings`: names, lists of names or of pairs, tables, `IndexModel(…)`. */
export function documentIndexes(expr: Expr | undefined): Constraints {
  if (expr?.k !== 'list') return { list: [], open: expr !== undefined };
  return joinedConstraints(expr.items.map((each): Constraints => {
    switch (each.k) {
      case 'text': return { list: [plain('index', columnsIn(each), false, each)], open: false };
      case 'list': return { list: [plain('index', keysIn(each), false, each)], open: false };
      case 'dict': {
        const value = (key: string) => each.entries.find((entry) => textOf(entry.key) === key)?.value;
        const fields = value('fields');
        const unique = value('unique');
        return { list: [plain('index', fields ? keysIn(fields) : [], unique?.k === 'bool' && unique.value, each, value('expireAfterSeconds') !== undefined)], open: false };
      }
      case 'call': {
        const keys = positionals(each)[0] ?? keyword(each, 'keys')?.value;
        return keys && lastOf(each) === 'IndexModel' ? { list: [plain('index', keysIn(keys), flag(each, 'unique') === true, each, keyword(each, 'expireAfterSeconds') !== undefined)], open: false } : { list: [], open: true };
      }
      default: return { list: [], open: true };
    }
  }));
}

/** Keys of an index: `"a"`, `["a", "-b"]`, `[("a", 1), ("b", -1)]`. */
function keysIn(expr: Expr): readonly string[] {
  if (expr.k !== 'list') return columnsIn(expr);
  return expr.items.flatMap((each) => each.k === 'list' ? (each.items[0] ? columnsIn(each.items[0]) : []) : columnsIn(each));
}

// ---- after the class

/** `Index("ix", User.email)` among the statements of a module: the class each belongs to, with what it says. */
export function looseIndexes(body: readonly Stmt[]): readonly { readonly model: string; readonly constraint: TableConstraint }[] {
  return body.flatMap((one) => {
    const value = one.k === 'expression' || one.k === 'assign' ? one.value : undefined;
    if (value?.k !== 'call' || !/^(Index|UniqueConstraint)$/.test(calledName(value))) return [];
    const constraint = constraintOf(value);
    const model = positionals(value).map(ownerOf).find((each) => each !== undefined);
    return constraint && model ? [{ model, constraint }] : [];
  });
}

function ownerOf(expr: Expr): string | undefined {
  if (expr.k === 'attribute') return expr.of.k === 'name' ? expr.of.name : expr.of.k === 'attribute' && /^(c|columns|__table__)$/.test(expr.of.name) ? ownerOf({ ...expr.of }) : undefined;
  if (expr.k === 'call') return [...(expr.callee.k === 'attribute' ? [expr.callee.of] : []), ...positionals(expr)].map(ownerOf).find((each) => each !== undefined);
  return undefined;
}
