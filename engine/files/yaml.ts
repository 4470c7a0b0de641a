/** YAML with places, through the `yaml` package: anchors and merge keys followed, broken parts left out, never throwing. */
import { isAlias, isMap, isNode, isPair, isScalar, isSeq, parseAllDocuments, visit } from 'yaml';
import type { Alias, Document, ParsedNode, Scalar as YamlScalar, YAMLMap } from 'yaml';
import type { Span } from '../../rules/kit';
import { isFilledIn, unveiled, veiled } from './placeholders';
import type { Member, Parsed, Tree } from './tree';
import { isTooDeep } from './tree';

/**
 * Every document of a YAML text. `whole` is false when the text has errors, when an alias leads nowhere or into itself,
 * and when it is a template (`{{ … }}` where YAML wants a value): what is then missing proves nothing.
 */
export function parseYaml(text: string): Parsed {
  const shown = veiled(text);
  if (isTooDeep(shown)) return { roots: [], whole: false };
  const documents = parseAllDocuments(shown, { keepSourceTokens: false, logLevel: 'silent', prettyErrors: false, uniqueKeys: false, strict: false, stringKeys: false });
  if (!Array.isArray(documents)) return { roots: [], whole: true };
  const readings = documents.map((document) => new Reading(document, text));
  return { roots: readings.flatMap((reading) => reading.root ?? []), whole: readings.every((reading) => reading.whole) };
}

/** One document on its way to a tree. */
class Reading {
  readonly root: Tree | undefined;
  whole: boolean;
  private readonly anchors = new Map<string, ParsedNode[]>();
  private readonly done = new Map<unknown, Tree>();
  private readonly open = new Set<unknown>();

  constructor(document: Document.Parsed, private readonly text: string) {
    this.whole = document.errors.length === 0;
    if (text.includes('&')) {
      visit(document, { Node: (_, node) => { if (!isAlias(node) && node.anchor) this.anchored(node.anchor).push(node as ParsedNode); } });
    }
    this.root = document.contents ? this.tree(document.contents) : undefined;
  }

  /** The nodes under an anchor, which may be given again. */
  private anchored(name: string): ParsedNode[] {
    const known = this.anchors.get(name) ?? [];
    this.anchors.set(name, known);
    return known;
  }

  private tree(node: unknown): Tree {
    const known = this.done.get(node);
    if (known) return known;
    if (this.open.has(node)) return this.nothing(node);
    this.open.add(node);
    const made = this.make(node);
    this.open.delete(node);
    this.done.set(node, made);
    return made;
  }

  private make(node: unknown): Tree {
    if (isAlias(node)) return this.alias(node);
    const tagged = isNode(node) && node.tag?.startsWith('!') ? { tag: node.tag } : {};
    if (isMap(node)) return { kind: 'map', members: this.members(node), at: this.trimmed(node), ...tagged };
    if (isSeq(node)) return { kind: 'list', items: node.items.map((one) => this.tree(isPair(one) ? one.value : one)), at: this.trimmed(node), ...tagged };
    if (isScalar(node)) return { kind: 'scalar', text: this.textOf(node), quoted: node.type !== undefined && node.type !== 'PLAIN', at: this.at(node), ...tagged };
    return { kind: 'scalar', text: '', quoted: false, at: this.at(node) };
  }

  /** An anchor stands before its alias; the nearest one counts. */
  private alias(node: Alias): Tree {
    const target = this.anchored(node.source).findLast((one) => this.at(one).start < this.at(node).start);
    return target ? this.tree(target) : this.nothing(node);
  }

  private nothing(node: unknown): Tree {
    this.whole = false;
    return { kind: 'scalar', text: '', quoted: false, at: this.at(node) };
  }

  /** Members of a map, those it merges in first, so that its own win. */
  private members(node: YAMLMap): Member[] {
    const own: Member[] = [];
    const merged = new Map<string, Member>();
    for (const pair of node.items) {
      const name = isScalar(pair.key) ? this.textOf(pair.key) : this.source(pair.key);
      const value = this.tree(pair.value);
      if (name === '<<') {
        for (const one of mergedFrom(value)) if (!merged.has(one.name)) merged.set(one.name, one);
      } else {
        const nameAt = this.at(pair.key);
        const end = pair.value ? this.trimmed(pair.value).end : nameAt.end;
        own.push({ name, nameAt, value: pair.value ? value : { kind: 'scalar', text: '', quoted: false, at: { start: end, end } }, at: { start: nameAt.start, end: Math.max(end, nameAt.end) } });
      }
    }
    for (const one of own) merged.delete(one.name);
    return [...merged.values(), ...own];
  }

  /** `1.10` and `on` stay what they are; an empty value is the empty text. */
  private textOf(node: YamlScalar): string {
    const written = node.value === null || node.value === undefined ? '' : node.source ?? String(node.value);
    if (node.type === 'PLAIN' && isFilledIn(written)) this.whole = false;
    return unveiled(written);
  }

  private source(node: unknown): string {
    const { start, end } = this.at(node);
    return this.text.slice(start, end);
  }

  /** A block goes up to the next token: the line breaks and comments in between are not its own. */
  private trimmed(node: unknown): Span {
    const at = this.at(node);
    if (!(isMap(node) || isSeq(node)) || node.flow === true) return at;
    const written = this.text.slice(at.start, at.end).replace(/(?:\s|(?<=(?:^|\n)[ \t]*)#[^\r\n]*$)+$/, '');
    return { start: at.start, end: at.start + written.length };
  }

  private at(node: unknown): Span {
    const range = (node as { readonly range?: readonly number[] | null } | null | undefined)?.range;
    const start = Math.min(range?.[0] ?? 0, this.text.length);
    return { start, end: Math.min(Math.max(range?.[1] ?? start, start), this.text.length) };
  }
}

/** The first of several maps to merge wins. */
function mergedFrom(value: Tree): readonly Member[] {
  if (value.kind === 'map') return value.members;
  return value.kind === 'list' ? value.items.flatMap((one) => (one.kind === 'map' ? one.members : [])) : [];
}
