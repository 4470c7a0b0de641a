/** Response headers as they are written in one file, wherever that is: hooks, handlers, tables, proxies. */
import { edgeLines } from './edge';
import type { Unit } from './files';
import type { Module, Standing } from './module';
import type { Span } from './place';
import type { Project } from './project';
import { lastName } from './select';
import { onlyInDevelopment } from './standing';
import type { Value } from './value';

export interface WrittenHeader {
  /** Lower case. */
  readonly header: string;
  /** As far as it is a text in the source. */
  readonly value?: string;
  /** The statement, call, entry or line that writes it. */
  readonly at: Span;
  readonly how: 'statement' | 'call' | 'entry' | 'line';
  /** Where in the code, for statements and calls. */
  readonly standing?: Standing;
}

const KEY = /(?:^|\.)([A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)+)$/;
const NAME = /^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)+$/;
const WRITES = /^(setdefault|set|add|append|add_header|__setitem__|insert)$/;
/** What requests are made with: their headers go to others. */
const REQUESTS = /(^|\.)(session|client|request|req|requests|httpx|opener|http)(\.headers)?\./i;

/** Headers of responses; those of requests to others and those that only development sends are left out. */
export function headersWrittenIn(unit: Unit, project: Project): readonly WrittenHeader[] {
  switch (unit.kind) {
    case 'module': return unit.language === 'python' ? ofModule(unit) : [];
    case 'nginx': case 'plain': case 'compose': case 'platform': case 'kubernetes': case 'ini': return ofLines(unit.path, project);
    default: return [];
  }
}

function ofModule(module: Module): readonly WrittenHeader[] {
  const assigned = module.assignments.flatMap((one): WrittenHeader[] => {
    if (onlyInDevelopment(one)) return [];
    const header = one.how === 'statement' && one.target.includes('-') && !REQUESTS.test(one.target) ? KEY.exec(one.target)?.[1] : undefined;
    return header ? [written(header, one.value, one.at, 'statement', one)] : entries(one.value);
  });
  const called = module.calls.flatMap((call): WrittenHeader[] => {
    const [name, value] = call.args;
    if (name?.kind !== 'text' || !name.value.includes('-') || !WRITES.test(lastName(call.callee)) || onlyInDevelopment(call) || REQUESTS.test(call.written)) return [];
    return NAME.test(name.value) ? [written(name.value, value, call.at, 'call', call)] : [];
  });
  return [...assigned, ...called];
}

/** Tables of several headers: what is sent to others is rarely one of those asked for here. */
function entries(value: Value): WrittenHeader[] {
  if (value.kind !== 'dict' || value.at.path !== undefined) return [];
  return value.entries.flatMap((each) => each.key.kind === 'text' && NAME.test(each.key.value) ? [written(each.key.value, each.value, { start: each.key.at.start, end: each.value.at.end }, 'entry')] : []);
}

function written(header: string, value: Value | undefined, at: Span, how: WrittenHeader['how'], standing?: Standing): WrittenHeader {
  return { header: header.toLowerCase(), ...(value?.kind === 'text' && { value: value.value }), at: { start: at.start, end: at.end }, how, ...(standing && { standing }) };
}

function ofLines(path: string, project: Project): readonly WrittenHeader[] {
  return edgeLines(project).filter((line) => line.path === path).flatMap((line): WrittenHeader[] => {
    const [, header, value] = /^(?:add_header|more_set_headers|Header\s+(?:always\s+)?(?:set|append|add)|header|http-response\s+(?:set|add)-header)\s+["']?\+?([A-Za-z]+(?:-[A-Za-z]+)+)\b["']?:?\s*(.*)$/i.exec(line.text) ?? [];
    return header === undefined ? [] : [{ header: header.toLowerCase(), value: (value ?? '').replace(/\s+always$/, '').replace(/^(["'])(.*)\1$/, '$2'), at: { start: line.start, end: line.end }, how: 'line' }];
  });
}
