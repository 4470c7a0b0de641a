/** What a value is made of, as far as a visitor's data could be in it unchanged enough to be dangerous. */
import type { Parameter, Reference, Result, Tainted, Value } from '../../../rules/kit';
import { handsOn, keeps } from '../../../rules/kit';
import { isRequestValue } from '../../python/requests';

export type Leaf = Tainted | Parameter | Reference | Result;

/** More parts than this are data of the program's own. */
const MOST = 60;

/** @param path leads from the value to the element that is meant, outermost first: `["name"]` of `order.name`; `*` for any */
export function leavesOf(value: Value, path: readonly string[] = [], through?: RegExp): readonly Leaf[] {
  const found: Leaf[] = [];
  collect(value, path, through, found, 0);
  return found;
}

function collect(value: Value, path: readonly string[], through: RegExp | undefined, found: Leaf[], depth: number): void {
  if (found.length >= MOST || depth > 20) return;
  const each = (values: readonly Value[], rest: readonly string[]) => { for (const one of values) collect(one, rest, through, found, depth + 1); };
  const [first, ...rest] = path;
  switch (value.kind) {
    case 'tainted': found.push(path.some((part) => part !== '*') ? { ...value, source: [value.source, ...path.filter((part) => part !== '*')].join('.') } : value); break;
    case 'parameter': found.push(first === undefined ? value : { ...value, name: [value.name, ...path].join('.') }); break;
    case 'reference': {
      const name = [value.name, ...path.filter((part) => part !== '*')].join('.');
      found.push(isRequestValue(name) ? { kind: 'tainted', source: name.replace(/^.*?(?=request\.)/, ''), at: value.at, from: value.at } : { ...value, name });
      break;
    }
    case 'choice': each(value.options, path); break;
    case 'list': each(value.items, first === '*' || /^\d+$/.test(first ?? '') ? rest : path); break;
    case 'joined': each(value.parts, []); break;
    case 'dict': {
      const known = first === undefined || first === '*' ? undefined : value.entries.findLast((one) => one.key.kind === 'text' && one.key.value === first);
      if (known) each([known.value], rest);
      else if (first === undefined || first === '*' || value.open) each(value.entries.map((one) => one.value), first === undefined ? path : rest);
      break;
    }
    case 'result': ofResult(value, path, through, found, depth); break;
  }
}

function ofResult(value: Result, path: readonly string[], through: RegExp | undefined, found: Leaf[], depth: number): void {
  const into = (one: Value, rest: readonly string[]) => { collect(one, rest, through, found, depth + 1); };
  const [first, ...rest] = path;
  if (handsOn(value.callee) || through?.test(value.callee)) {
    const named = value.callee === 'dict' && first !== undefined ? value.keywords.find((each) => each.name === first) : undefined;
    if (named) { into(named.value, rest); return; }
    if (value.of) into(value.of, path);
    for (const each of [...value.args, ...(value.callee === 'dict' ? value.keywords.map((one) => one.value) : [])]) into(each, path);
    return;
  }
  if (value.of && keeps(value.callee)) {
    const key = /\.(get|pop|__getitem__)$/.test(value.callee) && value.args[0]?.kind === 'text' ? [value.args[0].value] : [];
    into(value.of, [...key, ...path]);
    return;
  }
  // A field of what a class of plain data was made with: `Search(text=q).text`.
  const field = first === undefined ? undefined : value.keywords.find((each) => each.name === first);
  if (field) { into(field.value, rest); return; }
  found.push(value);
}
