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
import { DEEPEST, ExpressionLowering } from './lower-expressions';

/** Alternatives that lie in each other as `else` of the one before. Those of longer chains, which programs write, stand behind each other. */
const LONGEST_CHAIN = 100;

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

class Lowering extends ExpressionLowering {
  program(root: TreeNode): Program {
    const body = this.statements(root);
    return { body, whole: !(this.broken || root.hasError), comments: this.comments.sort((a, b) => a.start - b.start) };
  }

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

}

/** Node types that may stand alone where a statement is expected, as they do inside ERROR nodes. */
const EXPRESSIONS = new Set([
  'identifier', 'string', 'concatenated_string', 'integer', 'float', 'true', 'false', 'none', 'attribute', 'call', 'subscript', 'list', 'tuple', 'set',
  'dictionary', 'binary_operator', 'boolean_operator', 'comparison_operator', 'not_operator', 'unary_operator', 'conditional_expression', 'lambda', 'await',
  'list_comprehension', 'set_comprehension', 'generator_expression', 'dictionary_comprehension', 'parenthesized_expression', 'named_expression', 'expression_list', 'argument_list',
]);
