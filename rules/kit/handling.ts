/** What clauses that catch exceptions do, in words and edits that several rules share. */
import type { Edit, Source } from './fix';
import { insert, replace } from './fix';
import type { Deed, Handler, Module } from './module';
import type { Project } from './project';
import type { Variation } from './rule';
import { lastName } from './select';
import { servesRoute } from './serving';

const SILENT: ReadonlySet<Deed> = new Set(['pass', 'continue', 'break', 'constant', 'return-constant', 'rollback']);

/** Nothing is left of the exception: it is not logged, not answered, not passed on. */
export function discards(one: Handler): boolean {
  return one.does.length > 0 && one.does.every((each) => SILENT.has(each)) && !one.usesBound;
}

/** What may fail without anybody missing it. */
const CLEANS_UP = /(^|[._])(close|aclose|wait_closed|unlink|remove|rmtree|rmdir|cleanup|clean_up|terminate|kill|shutdown|disconnect|release|dispose|quit|stop|invalidate|expire|clear|incr|inc|observe|gauge|histogram|timing|request_gc)$|(cache|storage)\w*\.delete\w*$|^gc\.collect$/;
/** The file of a field of Django, and not its row. */
const FIELD_FILE = /\.delete\(\s*save\s*=/;
const HARMLESS = /^(os\.path\.\w+|len|str|int|getattr|hasattr|isinstance|list|dict|set|tuple|sorted|sum|min|max|any|all|range|enumerate|print|pathlib\.Path(\.\w+)?|Path(\.\w+)?|time\.\w+)$/;
const CONVERTS = /^(int|float|str|bool|Decimal|decimal\.Decimal|(json|orjson|ast|re|urllib\.parse|ipaddress|base64|datetime|dateutil\.parser|uuid)(\.\w+)+|urlparse|UUID|round|.*\.([lr]?strip|lower|upper|title|replace|r?split|startswith|endswith|remove(prefix|suffix)|build_absolute_uri|get|keys|items|decode|encode|translate|join|strptime|fromisoformat|group|isoformat|strftime|setdefault|(un|de)serialize|unsign|parse_url))$/;
/** `get` of what is elsewhere: a row, an answer, an entry of a cache. */
const FETCHES = /(^|[._])(?<!\b(flask|quart|request)\.)(objects|query|requests|httpx|session|client|http|api|cache|redis|db|store|storage|s3)\.get$/i;
/** What somebody waits for, by the words of the call's own name: sent, kept, paid, or set going. */
const EFFECTS = /(^|_)(send\w*|save\w*|commit|flush|insert\w*|update\w*|create\w*|upsert|store|persist|write\w*|publish\w*|emit|post|put|patch|delete\w*|execute\w*|executemany|charge\w*|pay|capture|refund\w*|transfer|notify\w*|enqueue\w*|dispatch\w*|delay|apply_async|upload\w*|deliver\w*|migrate\w*|upgrade|downgrade|sync|import|export|submit|run|start|process|handle|call|revoke|grant|register|record|audit|bulk_\w+|add_all|merge|job|work|task)(_|$)/;
const ADDS_A_ROW = /(^|[._])(session|db|database|tx|transaction|conn|connection|repo|repository|uow)\.(\w+\.)*add$/i;

/** By its name, a `get` that goes to a database, a service or a cache. */
export function fetches(callee: string): boolean {
  return FETCHES.test(callee);
}

/** By its name, a call that asks about what is there and changes nothing. */
export function isHarmless(callee: string): boolean {
  return HARMLESS.test(callee);
}

/** By its name, a call that brings a value into another form. */
export function isConversion(callee: string): boolean {
  return CONVERTS.test(callee) && !FETCHES.test(callee);
}

/** Only something is tidied up: closed, removed, counted. */
export function cleansUp(one: Handler, source: Source): boolean {
  const tidies = (each: string) => CLEANS_UP.test(each) || (each.endsWith('.delete') && FIELD_FILE.test(source.slice(one.tryBody)));
  return one.cleanup || (one.tries.some(tidies) && one.tries.every((each) => tidies(each) || HARMLESS.test(each)));
}

/** Only a value is read or brought into another form, and a row is neither skipped nor rolled back for it. */
export function onlyConverts(one: Handler): boolean {
  return one.tries.length > 0 && one.tries.every((each) => isConversion(each) || HARMLESS.test(each)) && !one.does.some((each) => each === 'continue' || each === 'rollback');
}

/** Something is lost with the exception: what was to be sent, kept or set going, as far as the names of the calls tell. */
export function losesWork(one: Handler): boolean {
  return one.does.includes('rollback') || one.tries.some(isLost);
}

function isLost(callee: string): boolean {
  return !CONVERTS.test(callee) && !HARMLESS.test(callee) && !CLEANS_UP.test(callee) && (ADDS_A_ROW.test(callee) || EFFECTS.test(lastName(callee)));
}

/** What tells people or machines at once what they find out anyway: pushes, chats, events for open pages, copies in a cache. */
const NOTICES = /(^|[._])(push|web_?push|fcm|apns|telegram|slack|discord|broadcast|web_?sockets?|ws|socket_?io|sio|emit|pub_?sub|realtime|cache|caches)(_|\.|$)|(push|telegram|slack|discord|broadcast|websocket|socketio|cache)\w*\.\w+$/i;

/** Functions that tell the makers of a program how it is used, or ask them for a newer one. */
const TELLS_HOME = /(^|_)(telemetry|phone_home|call_home|usage_(stats|statistics|report)|analytics|beacon)(_|$)|(^|_)(check|look|ask|poll)_?(for_?)?(a_?)?(new_?|newer_?|latest_?)?(version|updates?|release)s?$|^(version|update)_check(er)?$/;

/**
 * What a clause that discards everything costs, as a variation; undefined where it is as grave as such a clause can be.
 * @param project for signals, whose receivers cannot be seen
 */
export function costOf(one: Handler, module: Module, source: Source, project: Project): Variation | undefined {
  if (!losesWork(one)) return asksOnly(one, module, source) ? QUESTION : { severity: 'medium', because: 'nothing that is sent, kept or set going is seen to be lost' };
  if (one.does.includes('rollback')) return undefined;
  if (one.repeats && /\b(break|return)\b/.test(source.slice(one.tryBody))) return { severity: 'medium', because: 'it is tried again' };
  // What is handed to an executor and waited for here is a computation: its result is missed, and nothing goes on unseen.
  const awaited = one.tries.some((each) => /(^|\.)result$/.test(each));
  const lost = one.tries.filter((each) => isLost(each) && !(awaited && /(^|\.)submit$/.test(each)));
  if (lost.length === 0) return { severity: 'medium', because: 'nothing that is sent, kept or set going is seen to be lost' };
  if (TELLS_HOME.test(lastName(one.scope))) return { severity: 'low', because: 'only word to the makers of the program is lost' };
  const aside = (each: string) => NOTICES.test(each) || isSignal(each, module, project) || /(^|_)(invalidate|broadcast|caches?)(_|$)/.test(lastName(one.scope));
  return lost.every(aside) ? { severity: 'medium', because: 'only a notice beside the work is lost' } : undefined;
}

const QUESTION: Variation = { severity: 'low', because: 'only a value is asked for, and another stands in for it' };
/** By its name, a call that goes to a database, a service or a file. */
const GOES_OUT = /(^|[._])(db|database|session|client|conn|connection|cursor|redis|cache|collection|requests|httpx|http|api|objects|query|repo|repository|store|storage|s3|service|gateway)\.|(^|[._])(find|fetch|load|execute|filter|read|open|request|post|send)(_\w+)?$/i;
/** A line that is nothing but a call: what it is for is done, and not asked. */
const COMMAND = /^[ \t]*(?:await\s+)?(?!(?:return|if|while|for|with|assert|except|print|setattr)\b)[A-Za-z_][\w.]*\(/m;
const TAKES_DOWN = /^[ \t]*[\w.]+\.(append|add|extend|update|setdefault|debug|info|trace|warning)\(/gm;

/** By its name, a call that leaves the process. */
export function goesOut(callee: string): boolean {
  return GOES_OUT.test(callee);
}

/** The block asks this process for a value: it commands nothing, skips no row, and no route answers with what is missing. */
export function asksOnly(one: Handler, module: Module, source: Source): boolean {
  return !losesWork(one) && !one.does.includes('continue') && !one.repeats && !one.tries.some(goesOut)
    && !COMMAND.test(source.slice(one.tryBody).replace(TAKES_DOWN, '')) && !servesRoute(one.scope, module);
}

/** `order_paid.send(shop)` of Django's and blinker's signals. */
function isSignal(callee: string, module: Module, project: Project): boolean {
  const owner = /^(.+)\.send(_robust|_async)?$/.exec(callee)?.[1];
  if (owner === undefined) return false;
  const value = project.resolve({ kind: 'reference', name: owner, at: { start: 0, end: 0 } }, module);
  return /(^|\.)(signal|Signal)$/.test(value.kind === 'result' ? value.callee : owner) || /(^|[._])signals?\./.test(owner);
}

/** Its whole body is `pass` or `...`. */
export function onlyPasses(one: Handler): boolean {
  return one.does.length === 1 && one.does[0] === 'pass';
}

/** Where a clause stands, for the end of a sentence: `in send()`, `at module level`. */
export function placeOf(one: Handler): string {
  return one.scope ? `in ${lastName(one.scope)}()` : 'at module level';
}

/** What was tried, by its first call as written: `mailer.send`; else the function the clause stands in. */
export function attempted(one: Handler, source: Source): string {
  for (const found of source.slice(one.tryBody).replace(/"[^"\n]*"|'[^'\n]*'|#[^\n]*/g, '').matchAll(/([A-Za-z_][\w.]*)\(/g)) {
    if (found[1] !== undefined && found[1].length <= 40 && !/^(if|while|for|return|and|or|not|in|await|with|print|len|str|int|list|dict|open)$/.test(found[1])) return found[1];
  }
  return one.scope ? lastName(one.scope) : 'this';
}

/** The edits that log the exception first, in place of a lone `pass`. */
export function logging(one: Handler, logger: string, what: string, source: Source): readonly Edit[] {
  const line = `${logger}.exception("${what} failed")`;
  const { start } = one.body;
  const first = /^(pass|\.\.\.)(?=\s|$|#|;)/.exec(source.slice({ start, end: one.body.end + 1 }))?.[1];
  if (first && onlyPasses(one)) return [replace({ start, end: start + first.length }, line)];
  if (source.line(start) !== source.line(one.keyword.start)) return [insert(start, `${line}\n${source.indentation(start)}`)];
  const indentation = `${source.indentation(one.keyword.start)}    `;
  const gap = /[ \t]*$/.exec(source.slice({ start: one.keyword.start, end: start }))?.[0].length ?? 0;
  return [replace({ start: start - gap, end: start }, `\n${indentation}${line}\n${indentation}`)];
}
