/** The half of the lowering that knows expressions; statements are in lower.ts, where it is said how the walk goes. */
import type { Node as TreeNode } from 'web-tree-sitter';
import type { Argument, Expr, ParamNode } from '../syntax/ast';
import { unescapePython } from './strings';

/** Deeper nesting is nobody's program; it would only overflow our own stack. */
export const DEEPEST = 150;

/** A line ends in a string of one line, not continued, and before anything is put into it: the parser takes a line end right behind the quote for a part of the string. */
const BROKEN_OFF = /^[^{\n]*(?<!\\\r?)\n/;

type Typed = TreeNode & { kind?: string };

/** Walks the nodes of one text. */
export class ExpressionLowering {
  protected depth = 0;
  protected broken = false;
  protected readonly comments: { readonly start: number; readonly end: number }[] = [];

  constructor(private readonly types: readonly string[], protected readonly text: string) {}

  /** Asked once per node: the answer is kept on the node itself, which saves a third of all crossings. */
  protected type(node: Typed): string {
    return node.kind ??= this.types[node.typeId] ?? 'ERROR';
  }

  protected named(node: TreeNode): TreeNode[] {
    const all = node.namedChildren;
    let extras = false;
    for (const each of all) {
      const type = this.type(each);
      if (type === 'comment') this.comments.push({ start: each.startIndex, end: each.endIndex });
      else if (type !== 'line_continuation') continue;
      extras = true;
    }
    return extras ? all.filter((each) => { const type = this.type(each); return type !== 'comment' && type !== 'line_continuation'; }) : all;
  }

  protected slice(node: TreeNode): string {
    return this.text.slice(node.startIndex, node.endIndex);
  }

  /** End of an identifier, read from the text; the tree is asked only for names outside of ASCII. */
  protected identifierEnd(node: TreeNode): number {
    let at = node.startIndex;
    for (;;) {
      const code = this.text.charCodeAt(at);
      if (code > 127) return node.endIndex;
      if (!((code >= 97 && code <= 122) || code === 95 || (code >= 65 && code <= 90) || (code >= 48 && code <= 57))) return at;
      at++;
    }
  }

  protected parameters(node: TreeNode): ParamNode[] {
    return this.named(node).flatMap((part) => {
      const parameter = this.parameter(part, { start: part.startIndex, end: part.endIndex });
      return parameter ? [parameter] : [];
    });
  }

  private parameter(part: TreeNode, { start, end }: { readonly start: number; readonly end: number }): ParamNode | undefined {
    const type = this.type(part);
    if (type === 'identifier') return { name: this.slice(part), start, end };
    if (type === 'list_splat_pattern' || type === 'dictionary_splat_pattern') {
      return { name: this.slice(part).replace(/^\*+\s*/, ''), start, end, stars: type === 'list_splat_pattern' ? '*' : '**' };
    }
    const [name, ...rest] = this.named(part);
    if (!name) return undefined;
    if (type === 'default_parameter' && rest[0]) return { name: this.slice(name), fallback: this.expr(rest[0]), start, end };
    if (type === 'typed_parameter' && rest[0]) {
      const { name: own, stars } = this.parameter(name, { start, end }) ?? { name: this.slice(name) };
      return { name: own, annotation: this.annotation(rest[0]), start, end, ...(stars && { stars }) };
    }
    if (type === 'typed_default_parameter' && rest[0] && rest[1]) return { name: this.slice(name), annotation: this.annotation(rest[0]), fallback: this.expr(rest[1]), start, end };
    return undefined;
  }

  /** A `type` node: generic types become index expressions, so that `Annotated[Session, Depends(db)]` reads like any other code. */
  protected annotation(node: TreeNode): Expr {
    const type = this.type(node);
    const at = { start: node.startIndex, end: node.endIndex };
    if (type === 'type') { const inner = this.named(node)[0]; return inner ? this.annotation(inner) : { k: 'other', ...at, parts: [] }; }
    if (type === 'generic_type') {
      const [of, parameters] = this.named(node);
      const keys = parameters ? this.named(parameters).map((each) => this.annotation(each)) : [];
      if (of) return { k: 'index', ...at, of: this.expr(of), key: keys.length === 1 && keys[0] ? keys[0] : { k: 'list', ...at, items: keys } };
    }
    if (type === 'union_type') return { k: 'other', ...at, parts: this.named(node).map((each) => this.annotation(each)) };
    return this.expr(node);
  }

  protected expr(node: TreeNode): Expr {
    const start = node.startIndex;
    const type = this.type(node);
    if (type === 'identifier') { const end = this.identifierEnd(node); return { k: 'name', start, end, name: this.text.slice(start, end) }; }
    if (++this.depth > DEEPEST) { this.broken = true; this.depth--; return { k: 'other', start, end: node.endIndex, parts: [] }; }
    const made = this.compound(node, type, start, node.endIndex);
    this.depth--;
    return made;
  }

  private compound(node: TreeNode, type: string, start: number, end: number): Expr {
    switch (type) {
      case 'string': return this.string(node, start, end);
      case 'concatenated_string': return this.concatenated(node, start, end);
      case 'integer': case 'float': return { k: 'number', start, end, value: Number(this.text.slice(start, end).replace(/_/g, '')) };
      case 'true': return { k: 'bool', start, end, value: true };
      case 'false': return { k: 'bool', start, end, value: false };
      case 'none': return { k: 'none', start, end };
      case 'attribute': {
        const dotted = this.dotted(start, end);
        if (dotted) return dotted;
        const [of, name] = this.named(node);
        return of && name ? { k: 'attribute', start, end, of: this.expr(of), name: this.text.slice(name.startIndex, end) } : this.other(node, start, end);
      }
      case 'call': {
        const [callee, args] = this.named(node);
        if (!callee || !args) return this.other(node, start, end);
        const list = this.type(args) === 'argument_list' ? this.args(args) : [{ value: this.expr(args), start: args.startIndex, end: args.endIndex }];
        return { k: 'call', start, end, callee: this.expr(callee), args: list, open: args.startIndex };
      }
      case 'subscript': {
        const [of, ...keys] = this.named(node);
        if (!of || !keys[0]) return this.other(node, start, end);
        const key: Expr = keys.length === 1 ? this.expr(keys[0]) : { k: 'list', start: keys[0].startIndex, end, items: keys.map((each) => this.expr(each)) };
        return { k: 'index', start, end, of: this.expr(of), key };
      }
      case 'parenthesized_expression': {
        const parts = this.named(node);
        return parts.length === 1 && parts[0] ? { ...this.expr(parts[0]), start, end } : this.other(node, start, end);
      }
      case 'list': case 'tuple': case 'set': case 'expression_list': case 'pattern_list': case 'tuple_pattern': case 'list_pattern':
        return { k: 'list', start, end, items: this.named(node).map((each) => this.expr(each)) };
      case 'dictionary': return { k: 'dict', start, end, entries: this.entries(node) };
      default: return this.operation(node, type, start, end);
    }
  }

  /** `self.client.get` read from the text: half of all attributes are plain, and their nodes need not be fetched. */
  private dotted(start: number, end: number): Expr | undefined {
    const text = this.text.slice(start, end);
    if (!PLAIN.test(text)) return undefined;
    let dot = text.indexOf('.');
    let made: Expr = { k: 'name', start, end: start + dot, name: text.slice(0, dot) };
    while (dot >= 0) {
      const next = text.indexOf('.', dot + 1);
      const stop = next < 0 ? text.length : next;
      made = { k: 'attribute', start, end: start + stop, of: made, name: text.slice(dot + 1, stop) };
      dot = next;
    }
    return made;
  }

  private operation(node: TreeNode, type: string, start: number, end: number): Expr {
    const parts = this.named(node);
    const [first, second, third] = parts;
    if (!first) return { k: 'other', start, end, parts: [] };
    switch (type) {
      case 'binary_operator': if (second) return { k: 'binary', start, end, op: this.between(first, second), left: this.expr(first), right: this.expr(second) }; break;
      case 'boolean_operator': if (second) return { k: 'logic', start, end, op: this.between(first, second) === 'and' ? 'and' : 'or', left: this.expr(first), right: this.expr(second) }; break;
      case 'comparison_operator': if (second) return this.comparison(parts, start, end); break;
      case 'not_operator': return { k: 'not', start, end, of: this.expr(first) };
      case 'unary_operator': return { k: 'unary', start, end, op: this.text[start] ?? '', of: this.expr(first) };
      case 'conditional_expression': if (second && third) return { k: 'conditional', start, end, yes: this.expr(first), test: this.expr(second), no: this.expr(third) }; break;
      case 'await': return { k: 'await', start, end, of: this.expr(first) };
      case 'list_splat': case 'list_splat_pattern': return { k: 'spread', start, end, stars: '*', of: this.expr(first) };
      case 'dictionary_splat': return { k: 'spread', start, end, stars: '**', of: this.expr(first) };
      case 'named_expression': if (second) return { k: 'walrus', start, end, target: this.expr(first), value: this.expr(second) }; break;
      case 'lambda': return this.lambda(parts, start, end);
      case 'list_comprehension': case 'set_comprehension': case 'generator_expression': case 'dictionary_comprehension': return this.comprehension(parts, start, end);
      case 'ERROR': this.broken = true; break;
    }
    return { k: 'other', start, end, parts: parts.map((each) => this.expr(each)) };
  }

  /** `a < b < c` becomes `a < b and b < c`. */
  private comparison(parts: readonly TreeNode[], start: number, end: number): Expr {
    const operands = parts.map((each) => this.expr(each));
    let whole: Expr | undefined;
    for (let at = 1; at < operands.length; at++) {
      const left = operands[at - 1]; const right = operands[at]; const before = parts[at - 1]; const after = parts[at];
      if (!left || !right || !before || !after) continue;
      const one: Expr = { k: 'compare', start, end, left, op: this.between(before, after).replace(/\s+/g, ' '), right };
      whole = whole ? { k: 'logic', start, end, op: 'and', left: whole, right: one } : one;
    }
    return whole ?? { k: 'other', start, end, parts: operands };
  }

  private lambda(parts: readonly TreeNode[], start: number, end: number): Expr {
    const [first, second] = parts;
    const body = second ?? first;
    const parameters = second && first ? this.parameters(first) : [];
    return { k: 'lambda', start, end, parameters, body: body ? this.expr(body) : { k: 'none', start: end, end } };
  }

  private comprehension(parts: readonly TreeNode[], start: number, end: number): Expr {
    const [first, ...clauses] = parts;
    const targets: Expr[] = [];
    const inner = clauses.flatMap((clause) => {
      const pieces = this.named(clause).map((each) => this.expr(each));
      if (this.type(clause) === 'for_in_clause') { const target = pieces.shift(); if (target) targets.push(target); }
      return pieces;
    });
    const body: Expr = first ? (this.type(first) === 'pair' ? this.other(first, first.startIndex, first.endIndex) : this.expr(first)) : { k: 'none', start, end };
    return { k: 'comprehension', start, end, body, clauses: inner, targets };
  }

  protected args(node: TreeNode): Argument[] {
    return this.named(node).map((part): Argument => {
      const at = { start: part.startIndex, end: part.endIndex };
      const type = this.type(part);
      if (type === 'keyword_argument') {
        const [name, value] = this.named(part);
        if (name && value) return { name: this.slice(name), value: this.expr(value), ...at };
      }
      const value = this.expr(part);
      return value.k === 'spread' ? { stars: value.stars, value: value.of, ...at } : { value, ...at };
    });
  }

  private entries(node: TreeNode): { key?: Expr; value: Expr }[] {
    return this.named(node).flatMap((part) => {
      const [first, second] = this.named(part);
      if (!first) return [];
      return this.type(part) === 'pair' && second ? [{ key: this.expr(first), value: this.expr(second) }] : [{ value: this.expr(first) }];
    });
  }

  private string(node: TreeNode, start: number, end: number): Expr {
    const raw = this.text.slice(start, end);
    const [, prefix = '', quote = ''] = /^([a-zA-Z]*)("""|'''|"|')/.exec(raw) ?? [];
    const rawString = /r/i.test(prefix);
    if (quote.length === 1 && BROKEN_OFF.test(raw)) this.broken = true;
    const from = start + prefix.length + quote.length;
    const to = raw.length >= prefix.length + 2 * quote.length && raw.endsWith(quote) ? end - quote.length : end;
    if (!/[ft]/i.test(prefix)) return { k: 'text', start, end, value: rawString ? this.text.slice(from, to) : unescapePython(this.text.slice(from, to)) };
    return { k: 'joined', how: 'f-string', start, end, parts: this.interpolated(node, from, to, rawString) };
  }

  private interpolated(node: TreeNode, from: number, to: number, rawString: boolean): Expr[] {
    const parts: Expr[] = [];
    const constant = (start: number, end: number) => {
      if (end <= start) return;
      const written = this.text.slice(start, end).replace(/\{\{/g, '{').replace(/\}\}/g, '}');
      parts.push({ k: 'text', start, end, value: rawString ? written : unescapePython(written) });
    };
    let at = from;
    for (const child of this.named(node)) {
      if (this.type(child) !== 'interpolation') continue;
      constant(at, child.startIndex);
      const inner = this.named(child)[0];
      if (inner) parts.push(this.expr(inner));
      at = child.endIndex;
    }
    constant(at, to);
    return parts;
  }

  private concatenated(node: TreeNode, start: number, end: number): Expr {
    const parts = this.named(node).map((each) => this.expr(each));
    if (parts.every((each) => each.k === 'text')) return { k: 'text', start, end, value: parts.map((each) => each.k === 'text' ? each.value : '').join('') };
    return { k: 'joined', how: 'f-string', start, end, parts: parts.flatMap((each) => each.k === 'joined' ? each.parts : [each]) };
  }

  protected other(node: TreeNode, start: number, end: number): Expr {
    return { k: 'other', start, end, parts: this.named(node).map((each) => this.expr(each)) };
  }

  protected between(left: TreeNode, right: TreeNode): string {
    return this.text.slice(left.endIndex, right.startIndex).replace(/#[^\n]*/g, '').replace(/[()\\]/g, '').trim();
  }
}

const PLAIN = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/;
