/** Look-ups of rows: which table a query reads, and by which columns. */
import type { MappedModel } from './model';
import type { Call, Func, Module } from './module';
import type { Project } from './project';
import { functionsAround } from './scopes';
import { callsNamed, lastName } from './select';
import type { Value } from './value';

/** Names of the calls the look-ups below are read from. */
export const LOOKUP_CALLS: readonly string[] = ['*.filter_by', '*.filter', '*.where'];

export interface Lookup {
  readonly module: Module;
  /** The last of the calls that narrow the query down. */
  readonly call: Call;
  readonly func: Func;
  readonly table: MappedModel;
  /** Attributes compared with `==`, in order. */
  readonly columns: readonly string[];
  /** There are no other conditions. */
  readonly whole: boolean;
}

/** Queries of a file that look for rows of one table by values of its columns, inside of functions. */
export function lookupsIn(module: Module, project: Project): readonly Lookup[] {
  return project.once(`look-ups in ${module.path}`, () => {
    const all = callsNamed(module, NARROWING);
    // `query.filter(a).filter(b)` is one query, and begins where its parts begin.
    const longest = new Map(all.map((call) => [call.at.start, call]));
    for (const call of all) if (call.at.end > (longest.get(call.at.start)?.at.end ?? 0)) longest.set(call.at.start, call);
    return [...longest.values()].flatMap((call): Lookup[] => {
      const table = tableOf(call, module, project);
      const [func] = table ? functionsAround(module, call.at) : [];
      if (!table || !func) return [];
      const { parts, whole } = chain(call);
      const conditions = parts.map((each) => conditionsOf(each, table, module, project));
      const columns = [...new Set(conditions.flatMap((each) => each.columns))];
      return columns.length > 0 ? [{ module, call, func, table, columns, whole: whole && conditions.every((each) => each.whole) }] : [];
    });
  });
}

const NARROWING: ReadonlySet<string> = new Set(LOOKUP_CALLS.map(lastName));

type Part = Pick<Call, 'callee' | 'args' | 'keywords'>;

/** The call and those before it in the same query; not whole where the query began elsewhere, in one way or another. */
function chain(call: Call): { readonly parts: readonly Part[]; readonly whole: boolean } {
  const parts: Part[] = [call];
  let at = call.receiver;
  for (; at?.kind === 'result'; at = at.of) parts.unshift(at);
  return { parts: parts.filter((each) => /(^|\.)(filter|filter_by|where|exclude)$/.test(each.callee)), whole: at === undefined || at.kind === 'reference' || at.kind === 'parameter' };
}

/** `User` of `User.query.filter_by(…)`, `session.query(User).filter(…)`, `select(User).where(…)`, `User.objects.filter(…)`. */
function tableOf(call: Call, module: Module, project: Project): MappedModel | undefined {
  const own = project.model(call.callee, module)?.mapped;
  if (own) return own;
  for (let at: Value | undefined = call.receiver; at; at = at.kind === 'result' ? at.of : undefined) {
    if (at.kind !== 'result') continue;
    const found = project.model(at.callee, module)?.mapped ?? at.args.map((each) => each.kind === 'reference' ? project.model(each.name, module) : undefined).find((each) => each !== undefined)?.mapped;
    if (found) return found;
  }
  return undefined;
}

function conditionsOf(part: Part, { model }: MappedModel, module: Module, project: Project): { readonly columns: readonly string[]; readonly whole: boolean } {
  const plain = part.keywords.map((each) => each.name.replace(/__(exact|iexact)$/, ''));
  const named = plain.filter((each) => model.columns.some((column) => column.name === each || `${column.name}_id` === each));
  const given = part.args.map((each) => compared(each, module, project));
  const columns = [...named, ...given.filter((each) => each !== undefined)];
  return part.callee.endsWith('exclude') ? { columns: [], whole: false } : { columns, whole: named.length === plain.length && given.every((each) => each !== undefined) };
}

function compared(value: Value, module: Module, project: Project): string | undefined {
  if (value.kind !== 'test' || value.op !== '==' || value.left.kind !== 'reference') return undefined;
  const rest = project.model(value.left.name, module)?.rest;
  return rest && !rest.includes('.') ? rest : undefined;
}

/** Where a row of a table is made in a text: `Booking(…)` or `Booking.objects.create(…)`, with its arguments as written. */
export function insertIn(text: string, name: string): { readonly at: { readonly start: number; readonly end: number }; readonly given: string } | undefined {
  if (name === '') return undefined;
  const making = /(?:\.objects\.create|\.create|\.insert)?\(/y;
  // The name is looked for first: an expression for all of it would be tried at every word of the text.
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    making.lastIndex = at + name.length;
    const start = making.test(text) ? wholeNameStart(text, at) : undefined;
    if (start === undefined) continue;
    const given = text.slice(making.lastIndex, closing(text, making.lastIndex));
    if (/\w\s*=[^=]|\*\*/.test(given)) return { at: { start, end: making.lastIndex - 1 }, given };
  }
  return undefined;
}

/** Where a name begins that stands alone or behind one other, as `models.Booking` does; undefined where it is the end of something else. */
function wholeNameStart(text: string, at: number): number | undefined {
  const before = /(?:^|[^\w.])(\w+\.)?$/.exec(text.slice(Math.max(0, at - LONGEST), at));
  return before ? at - (before[1]?.length ?? 0) : undefined;
}

/** Characters before a name that are looked at: names are no longer. */
const LONGEST = 100;

function closing(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    const letter = text[at];
    if (letter === '(' || letter === '[' || letter === '{') depth++;
    else if (letter === ')' || letter === ']' || letter === '}') { depth--; if (depth === 0) return at; }
  }
  return text.length;
}
