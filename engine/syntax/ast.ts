/**
 * A program as plain objects, the same for every language we read: what the module is made from. It lives for the
 * length of one analysis. `start` and `end` are UTF-16 offsets.
 */
export type Expr =
  | Node<'name'> & { readonly name: string }
  | Node<'text'> & { readonly value: string }
  | Node<'number'> & { readonly value: number }
  | Node<'bool'> & { readonly value: boolean }
  | Node<'none'>
  | Node<'joined'> & { readonly how: 'f-string' | 'template'; readonly parts: readonly Expr[] }
  | Node<'attribute'> & { readonly of: Expr; readonly name: string }
  | Node<'index'> & { readonly of: Expr; readonly key: Expr }
  | CallExpr
  | Node<'binary'> & { readonly op: string; readonly left: Expr; readonly right: Expr }
  | Node<'logic'> & { readonly op: 'and' | 'or'; readonly left: Expr; readonly right: Expr }
  | Node<'not'> & { readonly of: Expr }
  | Node<'unary'> & { readonly op: string; readonly of: Expr }
  | Node<'compare'> & { readonly left: Expr; readonly op: string; readonly right: Expr }
  | Node<'conditional'> & { readonly test: Expr; readonly yes: Expr; readonly no: Expr }
  | Node<'list'> & { readonly items: readonly Expr[] }
  | Node<'dict'> & { readonly entries: readonly { readonly key?: Expr; readonly value: Expr }[] }
  | Node<'lambda'> & { readonly parameters: readonly ParamNode[]; readonly body: Expr }
  | Node<'comprehension'> & { readonly body: Expr; readonly clauses: readonly Expr[]; readonly targets: readonly Expr[] }
  | Node<'await'> & { readonly of: Expr }
  | Node<'spread'> & { readonly of: Expr; readonly stars: '*' | '**' }
  | Node<'walrus'> & { readonly target: Expr; readonly value: Expr }
  /** Anything else: its parts are still looked through for calls. */
  | Node<'other'> & { readonly parts: readonly Expr[] };

export interface Node<K extends string> { readonly k: K; readonly start: number; readonly end: number }

export type CallExpr = Node<'call'> & { readonly callee: Expr; readonly args: readonly Argument[]; readonly open: number };
/** `name` for keywords, `stars` for `*x` and `**x`. */
export interface Argument { readonly name?: string; readonly stars?: '*' | '**'; readonly value: Expr; readonly start: number; readonly end: number }
export interface ParamNode { readonly name: string; readonly annotation?: Expr; readonly fallback?: Expr; readonly start: number; readonly end: number; readonly stars?: '*' | '**' }

export type Stmt =
  | Node<'import'> & { readonly names: readonly ImportedName[] }
  | Node<'assign'> & { readonly targets: readonly Expr[]; readonly value?: Expr; readonly annotation?: Expr; /** `+` for `+=`. */ readonly op?: string }
  | Node<'expression'> & { readonly value: Expr }
  | Node<'return'> & { readonly value?: Expr }
  | Node<'raise'> & { readonly value?: Expr }
  | Node<'assert'> & { readonly test: Expr }
  | Node<'pass'> | Node<'continue'> | Node<'break'>
  | Node<'if'> & { readonly test: Expr; readonly body: Block; readonly orelse?: Block }
  | Node<'loop'> & { readonly target?: Expr; readonly over?: Expr; readonly body: Block; readonly orelse?: Block }
  | TryStmt
  | Node<'with'> & { readonly items: readonly { readonly value: Expr; readonly as?: Expr }[]; readonly body: Block }
  | Node<'match'> & { readonly subject: Expr; readonly cases: readonly Block[] }
  | FunctionStmt
  | ClassStmt
  | Node<'loose'> & { readonly parts: readonly Expr[] };

export interface Block { readonly start: number; readonly end: number; readonly body: readonly Stmt[] }
/** `from` holds the dots of a relative import as written: `..models`. A star import has the name `*`. */
export interface ImportedName { readonly module: string; readonly name?: string; readonly alias?: string; readonly start: number; readonly end: number }
export type TryStmt = Node<'try'> & { readonly body: Block; readonly handlers: readonly HandlerNode[]; readonly orelse?: Block; readonly final?: Block };
export interface HandlerNode { readonly start: number; readonly end: number; readonly keywordEnd: number; readonly type?: Expr; readonly bound?: string; readonly body: Block }
export type FunctionStmt = Node<'function'> & {
  readonly name: string; readonly nameAt: number; readonly parameters: readonly ParamNode[]; readonly decorators: readonly Expr[];
  readonly returns?: Expr; readonly body: Block; readonly async: boolean;
};
export type ClassStmt = Node<'class'> & {
  readonly name: string; readonly nameAt: number; readonly bases: readonly Argument[]; readonly decorators: readonly Expr[]; readonly body: Block;
};

/** A whole file. `whole` is false when the parser had to skip something. */
export interface Program { readonly body: readonly Stmt[]; readonly whole: boolean; readonly comments: readonly { readonly start: number; readonly end: number }[] }
