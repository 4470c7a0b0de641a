/**
 * SQL as text: the calls that send it, and what is put into it. A place in a statement is told by the words before it, since what is
 * put where a value belongs can be bound, and what is put where a name belongs cannot.
 */
import type { Call, Module } from './module';
import type { Project } from './project';
import { pathOf } from './scopes';
import type { CallMatch, Selector } from './select';
import { call, lastName } from './select';
import type { Joined, Value } from './value';
import { options } from './value';

export interface SqlCall extends CallMatch {
  /** The statement, with names followed, and as this file says it. */
  readonly statement: Value;
  readonly written: Value;
  /** The library is known to speak SQL, so that the text need not look like it. */
  readonly known: boolean;
}

const LIBRARY = /^(sqlite3|psycopg2?|psycopg_pool|pymysql|MySQLdb|mysql\.connector|mariadb|asyncpg|aiomysql|aiosqlite|aiopg|cx_Oracle|oracledb|pyodbc|pymssql|duckdb|sqlalchemy|flask_sqlalchemy|sqlmodel|django\.db|databases|clickhouse_driver|snowflake|peewee|dataset|records|pandas)\./;
const MADE = ['sqlalchemy.text', 'sqlalchemy.sql.text', 'sqlalchemy.sql.expression.text', 'sqlmodel.text', 'flask_sqlalchemy.SQLAlchemy.text', 'sqlalchemy.literal_column', 'sqlalchemy.sql.literal_column', 'sqlalchemy.sql.expression.literal_column',
  'django.db.models.expressions.RawSQL', 'pandas.read_sql', 'pandas.read_sql_query'] as const;
const METHODS = ['execute', 'executemany', 'executescript', 'exec_driver_sql', 'execute_sql', 'mogrify', 'fetch', 'fetchrow', 'fetchval', 'fetch_all', 'fetch_one', 'fetch_val', 'raw', 'query', 'extra'] as const;
/** What projects call their own function that sends a statement; it counts when it does. */
const HELPERS = ['query_db', 'execute_query', 'run_query', 'run_sql', 'db_query', 'exec_query', 'execute_db', 'db_execute', 'sql_query', 'query_all', 'query_one', 'fetch_query'] as const;
const RECEIVER = /^(?:\w+_)?(?:c|cu?rs?|cursor|conn?|connection|db|database|session|sess|engine|tx|transaction|pool|objects|sqlite|postgres|mysql)\d?$/i;

/** Calls that send a statement as text: of libraries that speak SQL, of receivers that are called like one, of the project's own helpers. */
export function sqlCalls(): Selector<SqlCall> {
  const all = call(...MADE, ...[...METHODS, ...HELPERS].map((each) => `*.${each}`));
  return {
    kinds: all.kinds, callees: all.callees,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      // Several rules ask, and each answer takes a look at every call.
      yield* project.once(`SQL in ${unit.path}`, () => [...all.select(unit, project)].flatMap((match) => [...sqlOf(match, project)]));
    },
  };
}

function* sqlOf(match: CallMatch, project: Project): Iterable<SqlCall> {
  if (lastName(match.call.callee) === 'extra') { yield* conditionsOf(match, project); return; }
  const position = positionOf(match.call, project);
  const written = position === undefined ? undefined : match.call.args[position] ?? match.call.keywords.find((each) => /^(sql|query|statement|operation|text)$/.test(each.name))?.value;
  if (!written) return;
  const statement = project.resolve(written, match.module);
  const known = LIBRARY.test(match.call.callee);
  if (known ? options(statement).some(isText) : options(statement).some((each) => isText(each) && (each.kind === 'tainted' || looksLikeSql(each)))) yield { ...match, statement, written, known };
}

/** Django's `extra(where=[…], select={…})`: SQL in pieces. */
function* conditionsOf(match: CallMatch, project: Project): Iterable<SqlCall> {
  if (!project.frameworks.has('django') && !match.module.imports.some((each) => each.target.startsWith('django.'))) return;
  for (const name of ['where', 'select', 'tables', 'order_by']) {
    const given = match.call.keywords.find((each) => each.name === name)?.value;
    const pieces = given?.kind === 'list' ? given.items : given?.kind === 'dict' ? given.entries.map((each) => each.value) : [];
    for (const written of pieces) if (options(written).some(isText)) yield { ...match, statement: project.resolve(written, match.module), written, known: true };
  }
}

function isText(value: Value): boolean {
  return value.kind === 'text' || value.kind === 'joined' || value.kind === 'tainted';
}

/** Which argument is the statement; undefined for calls that send none. */
function positionOf(one: Call, project: Project): number | undefined {
  const name = lastName(one.callee);
  if (MADE.some((each) => each === one.callee)) return 0;
  if (HELPERS.some((each) => each === name)) return helperPosition(one, project);
  if (LIBRARY.test(one.callee)) return 0;
  const receiver = lastName(one.written.slice(0, -name.length - 1)).replace(/\(\)$/, '').replace(/^_+/, '');
  return RECEIVER.test(receiver) ? 0 : undefined;
}

/** The parameter that a function of the project hands to a call that sends it. */
function helperPosition(one: Call, project: Project): number | undefined {
  const found = project.func(one.callee);
  if (!found) return undefined;
  const scope = pathOf(found.func);
  for (const inner of found.module.calls) {
    const given = inner.scope === scope && METHODS.some((each) => each === lastName(inner.callee)) ? inner.args[0] : undefined;
    if (given?.kind !== 'parameter') continue;
    const parameters = found.func.parameters.filter((each) => each.name !== 'self' && each.name !== 'cls');
    const position = parameters.findIndex((each) => each.name === given.name);
    if (position >= 0) return position;
  }
  return undefined;
}

const VERB = /^[\s(]*(select|insert\s+(or\s+\w+\s+)?into|update|delete\s+from|create|alter|drop|with|pragma|truncate|replace\s+into|merge\s+into|call|exec|execute|grant|revoke|explain|show|describe|vacuum|copy|attach|set|kill)\s/i;

/** The text begins like a statement. */
function looksLikeSql(value: Value): boolean {
  if (value.kind === 'text') return VERB.test(`${value.value} `);
  return value.kind === 'joined' && value.how !== 'join' && value.parts[0] !== undefined && options(value.parts[0]).some(looksLikeSql);
}

/** A part of a statement that is only known at run time, and where it is put. */
export interface Inserted { readonly value: Value; readonly before: string; readonly position: 'value' | 'name' | 'clause' }

/** The parts of a statement that are no constants, in order. */
export function insertedInto(statement: Joined): readonly Inserted[] {
  if (statement.how === 'percent' || statement.how === 'format') return filledIn(statement);
  let before = '';
  return statement.parts.flatMap((value): Inserted[] => {
    const constant = constantText(value);
    if (constant !== undefined) { before += constant; return []; }
    const inserted = { value, before, position: positionAfter(before) };
    before += '?';
    return [inserted];
  });
}

/** `"… %s" % x` and `"… {}".format(x)`: each value with the text before its placeholder, as far as they can be matched. */
function filledIn(statement: Joined): readonly Inserted[] {
  const [first, ...values] = statement.parts;
  const template = first && constantText(first);
  if (template === undefined) return values.map((value) => ({ value, before: '', position: 'clause' as const }));
  const marks = [...template.matchAll(statement.how === 'percent' ? /%(?!%)(?:\(\w+\))?[-+ #0]*\d*(?:\.\d+)?([a-zA-Z])/g : /\{(?!\{)[^{}]*\}/g)];
  const inOrder = marks.length === values.length && !marks.some((mark) => /[A-Za-z_]\w*[)}]/.test(mark[0].replace(/![rsa]\}$/, '}')));
  return values.flatMap((value, index): Inserted[] => {
    const own = inOrder ? marks.slice(index, index + 1) : marks;
    // `%d` takes nothing but a number.
    if (own.length > 0 && own.every((mark) => mark[1] !== undefined && /[dioxXeEfFgGu]/.test(mark[1]))) return [];
    const places = own.map((mark) => template.slice(0, mark.index));
    const found = places.find((text) => positionAfter(text) === 'value') ?? places[0] ?? '';
    return constantText(value) === undefined ? [{ value, before: found, position: positionAfter(found) }] : [];
  });
}

/** The text of a constant, or of the first of several constants. */
function constantText(value: Value): string | undefined {
  if (value.kind === 'text') return value.value;
  if (value.kind === 'choice') { const all = value.options.map(constantText); return all.every((each) => each !== undefined) ? all[0] : undefined; }
  if (value.kind === 'joined' && value.how !== 'join') { const all = value.parts.map(constantText); return all.every((each) => each !== undefined) ? all.join('') : undefined; }
  return undefined;
}

const OPERATOR = /(=|<|>|\|\||\b(not\s+)?i?like|\bregexp|\brlike|\bglob|\bmatch|\bbetween|\blimit|\boffset|\bthen|\belse|\bin|\binterval|\btop)\s*\(?\s*$/i;
const CLAUSES = /\b(select|from|join|into|update|table|by|set|where|values|having|on|index|view|database|schema|pragma|column|returning|using|and|or|returns|exists)\b/gi;

function positionAfter(before: string): Inserted['position'] {
  if ((before.match(/'/g)?.length ?? 0) % 2 === 1) return 'value';
  if ((before.match(/"/g)?.length ?? 0) % 2 === 1 || (before.match(/`/g)?.length ?? 0) % 2 === 1 || /\[$/.test(before)) return 'name';
  if (OPERATOR.test(before)) return 'value';
  const word = [...before.matchAll(CLAUSES)].at(-1);
  const last = word?.[0].toLowerCase();
  const between = word ? before.slice(word.index + word[0].length) : before;
  if (last === undefined) return 'clause';
  if (last === 'values') return 'value';
  if (last === 'and' && /\bbetween\b[^()]*$/i.test(before.slice(0, word?.index))) return 'value';
  if (['where', 'having', 'and', 'or'].includes(last)) return /\(\s*$|,\s*$/.test(between) && /\bin\s*\([^()]*$/i.test(between) ? 'value' : 'clause';
  if (last === 'set' || last === 'returning') return 'clause';
  return /[\s(,.]$/.test(before) && !/\)\s*$/.test(before) && (between.trim() === '' || /[(,.]\s*$/.test(between)) ? 'name' : 'clause';
}

const CASTS = /^(arithmetic|int|float|bool|len|abs|round|hash|ord|sum|range|uuid\.UUID|UUID|decimal\.Decimal|Decimal|uuid\.uuid[14]|datetime\.\w+(\.\w+)*|time\.time|math\.\w+|hashlib\.\w+\.hexdigest|secrets\.\w+)$/;
const QUOTES = /(^|\.)(Identifier|quote_ident|quote_name|quote_identifier|quoted_name|escape_identifier|quote_plus_ident|isoformat|strftime|timestamp|hexdigest|total_seconds|identifier_preparer\.\w+|qn)$/;

/** Cannot carry SQL of somebody else's: a constant, a number, a quoted name, a setting, a run of placeholders. */
export function cannotCarrySql(value: Value, module: Module, project: Project): boolean {
  const all = (values: readonly Value[]) => values.every((each) => cannotCarrySql(each, module, project));
  switch (value.kind) {
    case 'text': case 'number': case 'bool': case 'none': case 'environment': case 'generated': case 'secret-store': case 'test': return true;
    case 'choice': return all(value.options);
    case 'list': return all(value.items);
    case 'joined': return value.how === 'percent' || value.how === 'format' || value.how === 'join' ? all(value.parts) : insertedInto(value).every((each) => isBindName(each.before) || cannotCarrySql(each.value, module, project));
    case 'reference': return /(^|\.)(_{0,2}[A-Z][A-Z0-9_]*|__tablename__|__table__(\.\w+)*|db_table|_meta\.\w+|tablename|fullname)$/.test(value.name);
    case 'parameter': return isTypedHarmless(value.name, value.function, project) || /(^|\.)(_meta\.db_table|__tablename__)$/.test(value.name) || project.flow.givenOwn(value);
    case 'result': return CASTS.test(value.callee) || (value.callee === 'map' && value.args.length === 2 && value.args[0]?.kind === 'reference' && (/^(int|float)$/.test(value.args[0].name) || (/^(str|repr)$/.test(value.args[0].name) && all(value.args.slice(1))))) || QUOTES.test(value.callee) || (/^(str|repr|tuple|list|sorted|set|reversed)$/.test(value.callee) && value.args.length > 0 && all(value.args))
      || (/(^|\.)(get|pop)$/.test(value.callee) && value.of?.kind === 'dict' && !value.of.open && all([...value.of.entries.map((each) => each.value), ...value.args.slice(1)]))
      || project.flow.returnsOwn(value);
    default: return false;
  }
}

/** What comes next is the name of a bound parameter: `:id{…}`, `${…}`, `%(id{…}`. */
export function isBindName(before: string): boolean {
  return /(^|[^:]):\w*$|[$@]\w*$|%\(\w*$/.test(before) && (before.match(/'/g)?.length ?? 0) % 2 === 0;
}

function isTypedHarmless(name: string, func: string, project: Project): boolean {
  const parameter = project.func(func)?.func.parameters.find((each) => each.name === name);
  return parameter?.annotation !== undefined && /(^|\.)(int|float|bool|UUID\d?|Decimal|datetime|date|time|timedelta|Enum|Literal)$/.test(parameter.annotation);
}
