/**
 * From a tree-sitter tree of Python to plain objects, in one walk.
 *
 * Crossing from JavaScript into WASM is what costs here (a named node takes two to three crossings), so the walk asks as little as
 * it can: leaves are read from the text, fields by position, and `namedChildren` fetches all children of a node in one crossing.
 * Broken code: what stands inside ERROR nodes is lowered as far as it goes, and the program is marked as not whole.
 */
import type { Language, Node as TreeNode, Tree } from 'web-tree-sitter';
import type { Argument, Block, ClassStmt, Expr, FunctionStmt, HandlerNode, ImportedName, ParamNode, Program, Stmt, TryStmt } from '../syntax/ast';
import { headRunsOn, lineEndsIn } from './cuts';
import { unescapePython } from './strings';

/** Deeper nesting is nobody's program; it would only overflow our own stack. */
const DEEPEST = 150;
/** Alternatives that lie in each other as `else` of the one before. Those of longer chains, which programs write, stand behind each other. */
const LONGEST_CHAIN = 100;

/** A line ends in a string of one line, not continued, and before anything is put into it: the parser takes a line end right behind the quote for a part of the string. */
const BROKEN_OFF = /^[^{\n]*(?<!\\\r?)\n/;

type Typed = TreeNode & { kind?: string };

/** The parser takes the line below for what is still to be typed: `x =`, `user.`. */
function runsOn(one: Stmt | undefined, text: string): boolean {
  switch (one?.k) {
    case 'assign': case 'expression': case 'return': case 'raise': case 'assert': case 'import': case 'loose': return lineEndsIn(text, one.start, one.end);
    case 'if': case 'loop': return headRunsOn(text, one.start) || (one.orelse !== undefined && clauseRunsOn(text, one.body.end, one.orelse));
    case 'try': return [one, ...one.handlers].some(({ start }) => headRunsOn(text, start)) || [one.orelse, one.final].some((each) => each && clauseRunsOn(text, each === one.final && one.orelse ? one.orelse.end : one.handlers.at(-1)?.end ?? one.body.end, each));
    case 'with': case 'match': return headRunsOn(text, one.start);
    case 'function': case 'class': return headRunsOn(text, one.nameAt);
    default: return false;
  }
}

/** The same of what leads to another block of a statement: `elif user.`, `else`. */
function clauseRunsOn(text: string, end: number, { start, body: [first] }: Block): boolean {
  return first?.start === start && text.startsWith('elif', start) ? headRunsOn(text, start) : /\b(?:else|finally)\s*\n\s*:/.test(text.slice(end, start));
}

/** A walker for trees of this language; make it once. */
export function pythonLowering(language: Language): (tree: Tree, text: string) => Program {
  const names = language.types;
  return (tree, text) => new Lowering(names, text).program(tree.rootNode);
}

class Lowering {
  private depth = 0;
  private broken = false;
  private readonly comments: { readonly start: number; readonly end: number }[] = [];

  constructor(private readonly types: readonly string[], private readonly text: string) {}

  program(root: TreeNode): Program {
    const body = this.statements(root);
    return { body, whole: !(this.broken || root.hasError), comments: this.comments.sort((a, b) => a.start - b.start) };
  }

  /** Asked once per node: the answer is kept on the node itself, which saves a third of all crossings. */
  private type(node: Typed): string {
    return node.kind ??= this.types[node.typeId] ?? 'ERROR';
  }

  private named(node: TreeNode): TreeNode[] {
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

  private slice(node: TreeNode): string {
    return this.text.slice(node.startIndex, node.endIndex);
  }

  /** End of an identifier, read from the text; the tree is asked only for names outside of ASCII. */
  private identifierEnd(node: TreeNode): number {
    let at = node.startIndex;
    for (;;) {
      const code = this.text.charCodeAt(at);
      if (code > 127) return node.endIndex;
      if (!((code >= 97 && code <= 122) || code === 95 || (code >= 65 && code <= 90) || (code >= 48 && code <= 57))) return at;
      at++;
    }
  }

  // ---- statements

  private statements(node: TreeNode): Stmt[] {
    const body: Stmt[] = [];
    for (const child of this.named(node)) this.statement(child, body);
    return body;
  }

  private block(node: TreeNode | undefined, fallback: TreeNode): Block {
    if (!node) return { start: fallback.endIndex, end: fallback.endIndex, body: [] };
    return { start: node.startIndex, end: node.endIndex, body: this.statements(node) };
  }

  private statement(node: TreeNode, out: Stmt[]): void {
    if (++this.depth > DEEPEST) { this.broken = true; this.depth--; return; }
    const start = node.startIndex;
    const type = this.type(node);
    const before = out.length;
    switch (type) {
      case 'expression_statement': this.expressionStatement(node, out); break;
      case 'import_statement': case 'future_import_statement': case 'import_from_statement': out.push({ k: 'import', start, end: node.endIndex, names: this.imports(node, type) }); break;
      case 'if_statement': out.push(this.ifStatement(node)); break;
      case 'for_statement': case 'while_statement': out.push(this.loop(node, type)); break;
      case 'try_statement': out.push(this.tryStatement(node)); break;
      case 'with_statement': out.push(this.withStatement(node)); break;
      case 'match_statement': out.push(this.matchStatement(node)); break;
      case 'decorated_definition': this.decorated(node, out); break;
      case 'function_definition': out.push(this.functionDefinition(node, [], start)); break;
      case 'class_definition': out.push(this.classDefinition(node, [], start)); break;
      case 'return_statement': { const value = this.named(node)[0]; out.push({ k: 'return', start, end: node.endIndex, ...(value && { value: this.expr(value) }) }); break; }
      case 'raise_statement': { const value = this.named(node)[0]; out.push({ k: 'raise', start, end: node.endIndex, ...(value && { value: this.expr(value) }) }); break; }
      case 'assert_statement': { const test = this.named(node)[0]; if (test) out.push({ k: 'assert', start, end: node.endIndex, test: this.expr(test) }); break; }
      case 'pass_statement': out.push({ k: 'pass', start, end: node.endIndex }); break;
      case 'continue_statement': out.push({ k: 'continue', start, end: node.endIndex }); break;
      case 'break_statement': out.push({ k: 'break', start, end: node.endIndex }); break;
      case 'global_statement': case 'nonlocal_statement': case 'type_alias_statement': if (lineEndsIn(this.text, start, node.endIndex)) this.broken = true; break;
      case 'ERROR': this.broken = true; for (const child of this.named(node)) this.statement(child, out); break;
      case 'block': for (const child of this.named(node)) this.statement(child, out); break;
      case 'delete_statement': case 'print_statement': case 'exec_statement':
        out.push({ k: 'loose', start, end: node.endIndex, parts: this.named(node).map((each) => this.expr(each)) }); break;
      default: if (EXPRESSIONS.has(type)) out.push({ k: 'expression', start, end: node.endIndex, value: this.expr(node) });
    }
    for (let at = before; at < out.length; at++) if (runsOn(out[at], this.text)) this.broken = true;
    this.depth--;
  }

  private expressionStatement(node: TreeNode, out: Stmt[]): void {
    for (const child of this.named(node)) {
      const type = this.type(child);
      if (type === 'assignment') out.push(this.assignment(child));
      else if (type === 'augmented_assignment') {
        const [target, value] = this.named(child);
        if (target && value) {
          const op = this.text.slice(target.endIndex, value.startIndex).trim().replace(/=$/, '');
          out.push({ k: 'assign', start: child.startIndex, end: child.endIndex, targets: [this.expr(target)], value: this.expr(value), op });
        }
      } else out.push({ k: 'expression', start: child.startIndex, end: child.endIndex, value: this.expr(child) });
    }
  }

  /** `a = b = value` is nested to the right in the tree and one statement here. */
  private assignment(node: TreeNode): Stmt {
    const targets: Expr[] = [];
    let annotation: Expr | undefined;
    let value: Expr | undefined;
    let at: TreeNode | undefined = node;
    while (at) {
      const parts = this.named(at);
      at = undefined;
      for (const [index, part] of parts.entries()) {
        const type = this.type(part);
        if (index === 0) targets.push(this.expr(part));
        else if (type === 'type') annotation = this.annotation(part);
        else if (type === 'assignment') at = part;
        else value = this.expr(part);
      }
    }
    return { k: 'assign', start: node.startIndex, end: node.endIndex, targets, ...(value && { value }), ...(annotation && { annotation }) };
  }

  private imports(node: TreeNode, type: string): ImportedName[] {
    const parts = this.named(node);
    if (type === 'import_statement') return parts.map((part) => { const { name, ...rest } = this.importedName(part); return { module: name, ...rest }; });
    const module = type === 'future_import_statement' ? '__future__' : parts[0] ? this.slice(parts[0]).replace(/\s/g, '') : '';
    const rest = type === 'future_import_statement' ? parts : parts.slice(1);
    return rest.map((part) => this.type(part) === 'wildcard_import'
      ? { module, name: '*', start: part.startIndex, end: part.endIndex }
      : { module, ...this.importedName(part) });
  }

  private importedName(node: TreeNode): { name: string; alias?: string; start: number; end: number } {
    const at = { start: node.startIndex, end: node.endIndex };
    if (this.type(node) !== 'aliased_import') return { name: this.slice(node).replace(/\s/g, ''), ...at };
    const [name, alias] = this.named(node);
    return { name: name ? this.slice(name).replace(/\s/g, '') : '', ...(alias && { alias: this.slice(alias) }), ...at };
  }

  private ifStatement(node: TreeNode): Stmt {
    const [test, ...rest] = this.named(node);
    return this.branch(node.startIndex, node, test, rest, 0);
  }

  private branch(start: number, whole: TreeNode, test: TreeNode | undefined, rest: readonly TreeNode[], place: number): Stmt {
    const condition: Expr = test ? this.expr(test) : { k: 'other', start, end: start, parts: [] };
    const blockAt = rest.findIndex((each) => this.type(each) === 'block');
    const body = this.block(rest[blockAt], test ?? whole);
    const [next, ...others] = rest.slice(blockAt + 1);
    const orelse = next && this.alternative(next, others, whole, place + 1);
    return { k: 'if', start, end: whole.endIndex, test: condition, body, ...(orelse && { orelse }) };
  }

  /** @param place of the alternative in its chain, from 1 */
  private alternative(node: TreeNode, rest: readonly TreeNode[], whole: TreeNode, place: number): Block | undefined {
    // Asking for the parts of a node takes down the comments among them: once for each.
    if (this.type(node) === 'else_clause') return this.block(this.named(node).find((each) => this.type(each) === 'block'), node);
    if (this.type(node) !== 'elif_clause') return undefined;
    const body = place < LONGEST_CHAIN ? [this.elif(node, rest, whole, place)] : [node, ...rest].flatMap((each) => this.type(each) === 'elif_clause' ? [this.elif(each, [], each, place)] : this.alternative(each, [], whole, place)?.body ?? []);
    return { start: node.startIndex, end: whole.endIndex, body };
  }

  private elif(node: TreeNode, rest: readonly TreeNode[], whole: TreeNode, place: number): Stmt {
    const [test, ...body] = this.named(node);
    return this.branch(node.startIndex, whole, test, [...body, ...rest], place);
  }

  private loop(node: TreeNode, type: string): Stmt {
    const parts = this.named(node);
    const heads = parts.filter((each) => { const kind = this.type(each); return kind !== 'block' && kind !== 'else_clause'; });
    const body = this.block(parts.find((each) => this.type(each) === 'block'), node);
    const otherwise = parts.find((each) => this.type(each) === 'else_clause');
    const orelse = otherwise && this.block(this.named(otherwise)[0], otherwise);
    const [first, second] = heads;
    const head = type === 'while_statement' ? { ...(first && { over: this.expr(first) }) } : { ...(first && { target: this.expr(first) }), ...(second && { over: this.expr(second) }) };
    return { k: 'loop', start: node.startIndex, end: node.endIndex, ...head, body, ...(orelse && { orelse }) };
  }

  private tryStatement(node: TreeNode): TryStmt {
    let body: Block | undefined;
    const handlers: HandlerNode[] = [];
    let orelse: Block | undefined;
    let final: Block | undefined;
    for (const part of this.named(node)) {
      const type = this.type(part);
      if (type === 'block' && !body) body = this.block(part, node);
      else if (type === 'except_clause') handlers.push(this.handler(part));
      else if (type === 'else_clause') orelse = this.block(this.named(part)[0], part);
      else if (type === 'finally_clause') final = this.block(this.named(part)[0], part);
    }
    return { k: 'try', start: node.startIndex, end: node.endIndex, body: body ?? this.block(undefined, node), handlers, ...(orelse && { orelse }), ...(final && { final }) };
  }

  private handler(node: TreeNode): HandlerNode {
    const start = node.startIndex;
    const keywordEnd = start + (/^except\s*\*?/.exec(this.text.slice(start, start + 12))?.[0].trimEnd().length ?? 6);
    const parts = this.named(node);
    const body = this.block(parts.find((each) => this.type(each) === 'block'), node);
    const [head, second] = parts.filter((each) => this.type(each) !== 'block');
    if (!head) return { start, end: node.endIndex, keywordEnd, body };
    const [value, alias] = this.type(head) === 'as_pattern' ? this.named(head) : [head, second];
    return { start, end: node.endIndex, keywordEnd, ...(value && { type: this.expr(value) }), ...(alias && { bound: this.slice(alias) }), body };
  }

  private withStatement(node: TreeNode): Stmt {
    const parts = this.named(node);
    const items: { value: Expr; as?: Expr }[] = [];
    for (const clause of parts) {
      if (this.type(clause) !== 'with_clause') continue;
      for (const item of this.named(clause)) {
        const value = this.type(item) === 'with_item' ? this.named(item)[0] : item;
        if (!value) continue;
        if (this.type(value) !== 'as_pattern') items.push({ value: this.expr(value) });
        else {
          const [inner, target] = this.named(value);
          const alias = target && this.named(target)[0];
          if (inner) items.push({ value: this.expr(inner), ...(alias && { as: this.expr(alias) }) });
        }
      }
    }
    return { k: 'with', start: node.startIndex, end: node.endIndex, items, body: this.block(parts.find((each) => this.type(each) === 'block'), node) };
  }

  private matchStatement(node: TreeNode): Stmt {
    const parts = this.named(node);
    const subject: Expr = parts[0] ? this.expr(parts[0]) : { k: 'none', start: node.startIndex, end: node.startIndex };
    const cases: Block[] = [];
    for (const part of parts) {
      if (this.type(part) !== 'block') continue;
      for (const each of this.named(part)) cases.push(this.block(this.named(each).find((inner) => this.type(inner) === 'block'), each));
    }
    return { k: 'match', start: node.startIndex, end: node.endIndex, subject, cases };
  }

  private decorated(node: TreeNode, out: Stmt[]): void {
    const decorators: Expr[] = [];
    for (const part of this.named(node)) {
      const type = this.type(part);
      if (type === 'decorator') { const inner = this.named(part)[0]; if (inner) decorators.push(this.expr(inner)); }
      else if (type === 'function_definition') out.push(this.functionDefinition(part, decorators, node.startIndex));
      else if (type === 'class_definition') out.push(this.classDefinition(part, decorators, node.startIndex));
    }
  }

  private functionDefinition(node: TreeNode, decorators: Expr[], start: number): FunctionStmt {
    let name = ''; let nameAt = node.startIndex; let parameters: ParamNode[] = []; let returns: Expr | undefined; let body: TreeNode | undefined;
    for (const part of this.named(node)) {
      const type = this.type(part);
      if (type === 'identifier' && !name) { name = this.slice(part); nameAt = part.startIndex; }
      else if (type === 'parameters') parameters = this.parameters(part);
      else if (type === 'type') returns = this.annotation(part);
      else if (type === 'block') body = part;
    }
    const async = this.text.startsWith('async', node.startIndex);
    return { k: 'function', start, end: node.endIndex, name, nameAt, parameters, decorators, ...(returns && { returns }), body: this.block(body, node), async };
  }

  private classDefinition(node: TreeNode, decorators: Expr[], start: number): ClassStmt {
    let name = ''; let nameAt = node.startIndex; let bases: readonly Argument[] = []; let body: TreeNode | undefined;
    for (const part of this.named(node)) {
      const type = this.type(part);
      if (type === 'identifier' && !name) { name = this.slice(part); nameAt = part.startIndex; }
      else if (type === 'argument_list') bases = this.args(part);
      else if (type === 'block') body = part;
    }
    return { k: 'class', start, end: node.endIndex, name, nameAt, bases, decorators, body: this.block(body, node) };
  }

  private parameters(node: TreeNode): ParamNode[] {
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
  private annotation(node: TreeNode): Expr {
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

  // ---- expressions

  private expr(node: TreeNode): Expr {
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

  private args(node: TreeNode): Argument[] {
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

  private other(node: TreeNode, start: number, end: number): Expr {
    return { k: 'other', start, end, parts: this.named(node).map((each) => this.expr(each)) };
  }

  private between(left: TreeNode, right: TreeNode): string {
    return this.text.slice(left.endIndex, right.startIndex).replace(/#[^\n]*/g, '').replace(/[()\\]/g, '').trim();
  }
}

const PLAIN = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/;

/** Node types that may stand alone where a statement is expected, as they do inside ERROR nodes. */
const EXPRESSIONS = new Set([
  'identifier', 'string', 'concatenated_string', 'integer', 'float', 'true', 'false', 'none', 'attribute', 'call', 'subscript', 'list', 'tuple', 'set',
  'dictionary', 'binary_operator', 'boolean_operator', 'comparison_operator', 'not_operator', 'unary_operator', 'conditional_expression', 'lambda', 'await',
  'list_comprehension', 'set_comprehension', 'generator_expression', 'dictionary_comprehension', 'parenthesized_expression', 'named_expression', 'expression_list', 'argument_list',
]);
