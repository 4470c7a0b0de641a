/** Queries that code sends through SQLAlchemy, Django's ORM and MongoDB's drivers, by the names they are called with. */
import type { Call, Module } from './module';
import type { Project } from './project';
import { lastName } from './select';
import type { Value } from './value';

export interface Query {
  readonly call: Call;
  readonly module: Module;
  /** Last name of the model or collection, where it is known. */
  readonly model?: string;
  /** Methods between the model and the end: `filter_by`, `order_by`, `all`. */
  readonly chain: readonly string[];
  readonly library: 'sqlalchemy' | 'django' | 'mongo';
  /** It answers with one row, a number or a truth; else with any number of rows. */
  readonly single: boolean;
}

const ENDS = ['all', 'first', 'first_or_404', 'one', 'one_or_404', 'one_or_none', 'get', 'get_or_404', 'get_one', 'count', 'exists', 'scalar', 'scalar_one', 'scalar_one_or_none', 'scalars', 'execute', 'exec', 'find', 'find_one', 'to_list', 'count_documents', 'aggregate', 'filter', 'exclude', 'order_by', 'last', 'latest', 'values', 'values_list'] as const;
const ENDING: ReadonlySet<string> = new Set(ENDS);
const SINGLE: ReadonlySet<string> = new Set(['first', 'first_or_404', 'one', 'one_or_404', 'one_or_none', 'get', 'get_or_404', 'get_one', 'count', 'exists', 'scalar', 'scalar_one', 'scalar_one_or_none', 'find_one', 'count_documents', 'last', 'latest']);

/** Names of calls by which `queriesIn` answers; those of the project's own models are kept with them. */
export const QUERY_CALLS: readonly string[] = [...['sqlalchemy', 'flask_sqlalchemy', 'sqlmodel', 'django'].flatMap((owner) => ENDS.map((name) => `${owner}.${name}`)), '*.find_one', '*.to_list', '*.all', '*.count', '*.get_or_404', '*.first_or_404', 'django.get_object_or_404', 'django.get_list_or_404'];

/** Queries of a file, each once: of a chain of calls the last one. */
export function queriesIn(module: Module, project: Project): readonly Query[] {
  return project.once(`queries ${module.path}`, () => {
    const found = module.calls.flatMap((call): Query[] => { const query = queryOf(call, module, project); return query ? [query] : []; });
    return outermost(found);
  });
}

/** Of calls that are made on what others gave back only the last. */
function outermost(found: readonly Query[]): readonly Query[] {
  const kept: Query[] = [];
  let callee = { start: 0, end: -1 };
  for (const one of [...found].sort((a, b) => a.call.at.start - b.call.at.start || b.call.at.end - a.call.at.end)) {
    const { at, calleeAt } = one.call;
    if (callee.start <= at.start && at.end <= callee.end) continue;
    kept.push(one);
    if (calleeAt.end > callee.end) callee = calleeAt;
  }
  return kept;
}

/** The query a call sends; undefined for all other calls. */
export function queryOf(call: Call, module: Module, project: Project): Query | undefined {
  const { callee } = call;
  const last = lastName(callee);
  if (/(^|\.)get_(object|list)_or_404$/.test(callee) && callee.startsWith('django.')) return { call, module, library: 'django', chain: [last], single: last === 'get_object_or_404', ...named(call.args[0]) };
  const manager = /^(.+?)\.(query|objects)\.(.+)$/.exec(callee);
  if (manager?.[1] !== undefined && manager[3] !== undefined && !(manager[2] === 'query' && /(^|\.)(Session|\w*session|sessionmaker|SQLAlchemy)$/.test(manager[1])) && ENDING.has(last) && /^[A-Z]\w*$|^\w*(user_model|model)$/.test(lastName(manager[1]))) {
    return { call, module, library: manager[2] === 'query' ? 'sqlalchemy' : 'django', model: lastName(manager[1]), chain: manager[3].split('.'), single: SINGLE.has(last) };
  }
  const session = /(^|\.)(\w*[sS]ession|scoped_session|sessionmaker|SQLAlchemy\.session|db)\.((?:query|execute|exec|scalars|scalar|get|get_one)(?:\.\w+)*)$/.exec(callee);
  if (session?.[3] !== undefined && isSession(callee)) {
    const chain = session[3].split('.');
    // What `result.scalars().all()` reads was sent for before.
    if ((chain[0] === 'query' && chain.length === 1) || (chain[0] !== 'query' && !new RegExp(`\\b${chain[0] ?? ''}\\b`).test(call.written))) return undefined;
    const root = rootOf(call, chain.length);
    const statement = root[0] && project.resolve(root[0], module);
    // `execute(insert(…))` changes rows, and so does an `update`.
    if (statement?.kind === 'result' && /(^|\.)(insert|update|delete|pg_insert)(\.|$)/.test(statement.callee)) return undefined;
    return { call, module, library: 'sqlalchemy', chain: [...chain, ...stepsOf(statement)], single: SINGLE.has(last) || (chain[0] === 'get'), ...named(chain[0] === 'query' || chain[0] === 'get' ? statement : selectedBy(statement)) };
  }
  if (/\.(find_one|to_list|count_documents)$/.test(callee) && !/\.(query|objects)\./.test(callee)) {
    const collection = /\.?(\w+)\.(find_one|find|aggregate|count_documents)(\.\w+)*$/.exec(callee)?.[1];
    return { call, module, library: 'mongo', chain: callee.slice(callee.search(/\.(find|aggregate|count)/) + 1).split('.'), single: SINGLE.has(last), ...(collection !== undefined && { model: collection }) };
  }
  return undefined;
}

/** A session by its class or by what it is called; `requests.Session` and cookies are none. */
function isSession(callee: string): boolean {
  return !/^(requests|httpx|aiohttp|flask\.session|starlette|fastapi|boto3|botocore)\b/.test(callee) && (/^(sqlalchemy|sqlmodel|flask_sqlalchemy)\./.test(callee) || /(^|\.)(db\.session|db_session|dbsession|session)\.(query|execute|scalars|scalar)\b/.test(callee) || /(^|\.)db\.query\./.test(callee));
}

/** Arguments of the first call of a chain that is `length` calls long. */
function rootOf(call: Call, length: number): readonly Value[] {
  let { args } = call as { args: readonly Value[] };
  let at: Value | undefined = call.receiver;
  for (let step = length; step > 1 && at?.kind === 'result'; step--) { ({ args } = at); at = at.of; }
  return args;
}

/** Methods of a `select(…)` statement: `where`, `limit`. */
function stepsOf(statement: Value | undefined): readonly string[] {
  return statement?.kind === 'result' && /(^|\.)select\b/.test(statement.callee) ? statement.callee.split('.').slice(statement.callee.split('.').lastIndexOf('select') + 1) : [];
}

/** The model a `select(Order)…` begins with. */
function selectedBy(statement: Value | undefined): Value | undefined {
  let at = statement;
  while (at?.kind === 'result' && at.of && lastName(at.callee) !== 'select') at = at.of;
  return at?.kind === 'result' && lastName(at.callee) === 'select' ? at.args[0] : undefined;
}

function named(value: Value | undefined): { readonly model?: string } {
  const name = value?.kind === 'reference' ? /(?:^|\.)([A-Z]\w*)(?:\.\w+)?$/.exec(value.name)?.[1] : undefined;
  return name === undefined ? {} : { model: name };
}

const NARROWS: ReadonlySet<string> = new Set(['with_entities', 'values_list', 'limit', 'paginate', 'slice', 'fetchmany', 'first', 'batch', 'page', 'with_for_update']);
const FILTERS: ReadonlySet<string> = new Set(['filter', 'filter_by', 'where', 'exclude', 'having', 'in_bulk']);

/** Something limits the number of rows, or what is read of each. */
export function isLimited(query: Query): boolean {
  return query.chain.some((each) => NARROWS.has(each));
}

/** Something chooses among the rows. */
export function isFiltered(query: Query): boolean {
  return query.chain.some((each) => FILTERS.has(each));
}
