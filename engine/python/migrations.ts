/** What a revision of Alembic or a migration of Django does, step by step. */
import type { Column, Migration, Operation, Standing } from '../../rules/kit';
import type { Block, CallExpr, ClassStmt, Expr, FunctionStmt, Program, Stmt } from '../syntax/ast';
import { callFact, calledName, keyword, positionals } from './calls';
import type { ColumnPlace, ModelFile } from './columns';
import { fieldColumn, fieldOf, qualifiedIn, sqlalchemyColumn, textOf } from './columns';
import { alwaysRaises } from './handlers';
import type { Scope, Scopes } from './scopes';
import { span } from './value-parts';
import { callsIn } from './walk';

export interface MigrationFile extends ModelFile {
  readonly scopes: Scopes;
}

/** Functions of the same file that a step may stand in. */
const DEEPEST = 3;

export function migrationOf(program: Program, file: MigrationFile): Migration | undefined {
  const up = program.body.find((one): one is FunctionStmt => one.k === 'function' && one.name === 'upgrade');
  if (up) return alembic(program, up, file);
  const made = program.body.find((one): one is ClassStmt => one.k === 'class' && one.name === 'Migration' && one.bases.some((each) => /(^|\.)migrations\.Migration$|^django\.db\.migrations/.test(qualifiedIn(file, each.value, file.scopes.module))));
  return made && django(made, file);
}

// ---- Alembic

function alembic(program: Program, up: FunctionStmt, file: MigrationFile): Migration | undefined {
  const value = (name: string) => program.body.map(fieldOf).find((each) => each?.name === name)?.value;
  const revision = textOf(value('revision'));
  if (revision === undefined) return undefined;
  const down = program.body.find((one): one is FunctionStmt => one.k === 'function' && one.name === 'downgrade');
  const back = down && { how: effectOf(down.body), at: span(down.body), nameAt: nameAt(down) };
  return {
    framework: 'alembic', revision, parents: textsIn(value('down_revision')), nameAt: nameAt(up), upgrade: steps(up, file, program), downgrade: down ? steps(down, file, program) : [], ...(back && { back }),
  };
}

function nameAt(one: FunctionStmt | ClassStmt) {
  return { start: one.nameAt, end: one.nameAt + one.name.length };
}

/** A body of `pass`, a docstring or a lone `return` does nothing. */
function effectOf(block: Block): 'nothing' | 'raises' | 'something' {
  const rest = block.body.filter((one) => one.k !== 'pass' && !(one.k === 'expression' && (one.value.k === 'text' || (one.value.k === 'other' && one.value.parts.length === 0))) && !(one.k === 'return' && (!one.value || one.value.k === 'none')));
  if (rest.length === 0) return 'nothing';
  return alwaysRaises(block) ? 'raises' : 'something';
}

function textsIn(expr: Expr | undefined): readonly string[] {
  return expr?.k === 'text' ? [expr.value] : expr?.k === 'list' ? expr.items.flatMap(textsIn) : [];
}

/** Calls of `op` and of a batch in a function, and in those of the same file that it calls. */
function steps(one: FunctionStmt, file: MigrationFile, program: Program, depth = 0): readonly Operation[] {
  const scope = file.scopes.of(one);
  if (!scope) return [];
  return callsIn(one.body.body).flatMap((call): readonly Operation[] => {
    const callee = qualifiedIn(file, call.callee, scope);
    const name = calledName(call);
    const helper = call.callee.k === 'name' && depth < DEEPEST ? program.body.find((each): each is FunctionStmt => each.k === 'function' && each.name === name && each !== one) : undefined;
    if (helper) return steps(helper, file, program, depth + 1);
    const batched = /(^|\.)batch_alter_table\.\w+$/.test(callee);
    if (/^(batch_alter_table|f|get_bind|get_context|inline_literal)$/.test(name) || !(batched || /(^|\.)op\.\w+$/.test(callee))) return [];
    return [step(call, callee, batched, { ...file, scope, standing: placeOf(scope, call) })];
  });
}

function placeOf(scope: Scope, call: CallExpr): Standing {
  return { scope: scope.path, guards: [], at: span(call) };
}

/** Steps whose table is not their first argument: `create_index("ix", "table", …)`. */
const NAMED_FIRST = /^(create|drop)_(index|unique_constraint|check_constraint|foreign_key|primary_key|constraint|exclude_constraint)$/;

function step(call: CallExpr, callee: string, batched: boolean, place: ColumnPlace): Operation {
  const name = calledName(call);
  const fact = callFact(call, callee, place.scope, place.names, place.values, place.standing, { within: [] });
  const args = positionals(call);
  const own = keyword(call, 'table_name', 'source', 'source_table', 'old_table_name')?.value;
  const batch = fact.receiver?.kind === 'result' && fact.receiver.args[0]?.kind === 'text' ? fact.receiver.args[0].value : undefined;
  const table = batched ? batch : textOf(own ?? (NAMED_FIRST.test(name) ? args[1] : args[0]));
  const rest = args.slice(batched ? 0 : NAMED_FIRST.test(name) ? 2 : 1);
  const columns = [...args, ...call.args.filter((each) => each.name !== undefined).map((each) => each.value)].flatMap((each): Column[] => each.k === 'call' && calledName(each) === 'Column' ? [columnIn(each, place)] : []);
  const sql = /^(execute|run_sql|exec_driver_sql)$/.test(name) ? sqlOf(args[0], place) : undefined;
  const named = rest.flatMap((each) => /^(create_table|execute|bulk_insert)$/.test(name) ? [] : textsIn(each));
  const old = textOf(keyword(call, 'column_name')?.value);
  return { name, ...(table !== undefined && name !== 'execute' && { table }), columns, names: [...columns.map((each) => each.name), ...named, ...(old === undefined ? [] : [old])], ...(sql !== undefined && { sql }), call: fact };
}

function columnIn(call: CallExpr, place: ColumnPlace): Column {
  const title = positionals(call)[0];
  return sqlalchemyColumn({ name: textOf(title) ?? '', nameAt: span(title ?? call), at: span(call), value: call }, call, place);
}

/** The constant text of `op.execute("…")`, `op.execute(sa.text("…"))`; of what is put together, its constant parts. */
function sqlOf(expr: Expr | undefined, place: ColumnPlace): string | undefined {
  if (!expr) return undefined;
  if (expr.k === 'call') return sqlOf(positionals(expr)[0], place);
  const value = place.values.evaluate(expr, place.scope);
  if (value.kind === 'text') return value.value;
  return value.kind === 'joined' ? value.parts.map((each) => each.kind === 'text' ? each.value : '?').join('') : undefined;
}

// ---- Django

function django(made: ClassStmt, file: MigrationFile): Migration | undefined {
  const scope = file.scopes.of(made);
  if (!scope) return undefined;
  const value = (name: string) => made.body.body.map(fieldOf).find((each) => each?.name === name)?.value;
  const dependencies = value('dependencies');
  const parents = dependencies?.k === 'list' ? dependencies.items.flatMap((each) => each.k === 'list' ? [textsIn(each).join('.')] : []) : [];
  const first = value('initial');
  const operations = value('operations');
  const all = operations?.k === 'list' ? operations.items : [];
  return {
    framework: 'django', revision: file.names.module.slice(file.names.module.lastIndexOf('.') + 1), nameAt: nameAt(made), downgrade: [],
    parents: first?.k === 'bool' && first.value ? [] : parents, upgrade: all.flatMap((each) => operationsOf(each, { ...file, scope, standing: { scope: scope.path, guards: [], at: span(each) } })),
  };
}

function operationsOf(expr: Expr, place: ColumnPlace): readonly Operation[] {
  if (expr.k !== 'call') return [];
  const name = calledName(expr);
  const args = positionals(expr);
  if (name === 'SeparateDatabaseAndState') {
    const database = keyword(expr, 'database_operations')?.value ?? args[0];
    return database?.k === 'list' ? database.items.flatMap((each) => operationsOf(each, place)) : [];
  }
  const onModel = /^(AddField|RemoveField|AlterField|RenameField|AddIndex|RemoveIndex|AddConstraint|RemoveConstraint|AddIndexConcurrently|RemoveIndexConcurrently|RenameIndex)$/.test(name);
  const table = textOf(keyword(expr, onModel ? 'model_name' : 'name', 'old_name')?.value ?? (/^Run/.test(name) ? undefined : args[0]));
  const title = textOf(keyword(expr, 'old_name')?.value ?? keyword(expr, 'name')?.value ?? args[1]);
  const field = keyword(expr, 'field')?.value ?? args[2];
  const columns = [...(field?.k === 'call' && onModel ? [djangoColumn(title ?? '', field, place)] : []), ...(name === 'CreateModel' ? createdFields(keyword(expr, 'fields')?.value ?? args[1], place) : [])];
  const sql = name === 'RunSQL' ? sqlOf(keyword(expr, 'sql')?.value ?? args[0], place) : undefined;
  return [{
    name, ...(table !== undefined && { table }), columns, names: onModel && title !== undefined ? [title] : columns.map((each) => each.name), ...(sql !== undefined && { sql }),
    call: callFact(expr, qualifiedIn(place, expr.callee, place.scope), place.scope, place.names, place.values, place.standing, { within: [] }),
  }];
}

function djangoColumn(name: string, call: CallExpr, place: ColumnPlace): Column {
  return fieldColumn({ name, nameAt: span(call), at: span(call), value: call }, call, 'django', place);
}

function createdFields(expr: Expr | undefined, place: ColumnPlace): Column[] {
  return expr?.k !== 'list' ? [] : expr.items.flatMap((each): Column[] => {
    const [title, field] = each.k === 'list' ? each.items : [];
    return title?.k === 'text' && field?.k === 'call' && !/^ManyToMany/.test(calledName(field)) ? [djangoColumn(title.value, field, place)] : [];
  });
}

/** Whether a file may be a migration: the cheap question, asked of every file. */
export function looksLikeMigration(body: readonly Stmt[]): boolean {
  return body.some((one) => (one.k === 'function' && one.name === 'upgrade') || (one.k === 'class' && one.name === 'Migration'));
}
