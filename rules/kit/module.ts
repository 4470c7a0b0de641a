/**
 * A source file as facts: what it imports, defines, sets, calls, serves and catches. Plain data with offsets, no tree.
 * One shape for Python and for JavaScript / TypeScript, so that one rule can speak of both.
 */
import type { Migration, Model } from './model';
import type { Marker } from './marker';
import type { Span } from './place';
import type { Routing } from './routing';
import type { State } from './state';
import type { Loop, Task } from './task';
import type { TestFile } from './tests';
import type { Keyword, Value } from './value';

/** What a file is for. Rules run on `production` unless they say otherwise. */
export type Role = 'production' | 'test' | 'example' | 'script' | 'migration' | 'vendored' | 'generated';

export interface Module {
  readonly kind: 'module';
  readonly path: string;
  readonly language: 'python' | 'javascript' | 'typescript';
  readonly role: Role;
  /** Dotted name as an import would write it, from the nearest source root: `app.models`; a package is its folder. */
  readonly name: string;
  readonly package: boolean;
  readonly lines: number;
  /** Comments that say something is not done. */
  readonly markers: readonly Marker[];
  /** False when the parser had to skip text: absence of something then proves nothing. */
  readonly whole: boolean;
  readonly imports: readonly Import[];
  readonly classes: readonly Class[];
  readonly functions: readonly Func[];
  readonly assignments: readonly Assignment[];
  /** Calls somebody asks for: those whose last name is in the rules' vocabulary. */
  readonly calls: readonly Call[];
  /** The other calls of what may be the project's own functions, for following what they are given. */
  readonly passes: readonly Pass[];
  /** Comparisons of what is called like a secret. */
  readonly comparisons: readonly Comparison[];
  readonly handlers: readonly Handler[];
  /** Statements of a `finally` that leave it, and drop what was raised. */
  readonly drops: readonly Drop[];
  /** Routes this file writes with decorators, as it writes them; with prefixes and gates of other files: `Project.routesOf`. */
  readonly routes: readonly Route[];
  readonly routing: Routing;
  readonly refusals: readonly Refusal[];
  readonly statuses: readonly Status[];
  readonly idle: readonly Idle[];
  /** Variables of the environment it asks for, in order. */
  readonly environment: readonly VariableRead[];
  /** Work beside the request: what is defined, scheduled, started and handed on. Whoever asks. */
  readonly tasks: readonly Task[];
  /** Loops around the calls above; see `loopsAround`. */
  readonly loops: readonly Loop[];
  /** Models of a database that it declares, without what they inherit from other files: see `Project.models`. */
  readonly models: readonly Model[];
  readonly migration?: Migration;
  /** Qualified names of what the module's own statements call when it is imported. */
  readonly does: readonly string[];
  /** What the process keeps in memory between requests, and who touches it. */
  readonly states: readonly State[];
  /** Modules imported with `from m import *`. */
  readonly stars: readonly string[];
  readonly suppressions: readonly Suppression[];
  readonly docstring?: Span;
  /** For files that may hold tests, by their role or their name. */
  readonly tests?: TestFile;
}

export interface Import {
  /** The local name; `*` for a star import. */
  readonly name: string;
  /** What it stands for: `flask.Flask`, `app.db`; relative imports are resolved to the module's own package. */
  readonly target: string;
  readonly at: Span;
  readonly guards: readonly Guard[];
}

/** Where in the program a fact stands. */
export interface Standing {
  /** Enclosing definitions, outermost first, joined by dots: `Config`, `create_app`, `Api.get`; empty at module level. */
  readonly scope: string;
  /** Conditions that hold whenever it is reached, outermost first. */
  readonly guards: readonly Guard[];
  readonly at: Span;
}

/** A condition that dominates a statement, as far as it is understood. */
export interface Guard {
  readonly means: 'development' | 'production' | 'tests' | 'main' | 'set' | 'unset' | 'type-checking' | 'unknown';
  /** The environment variable or setting it rests on, when there is one. */
  readonly variable?: string;
  /** Whether it holds where no variable is set, when that can be told. */
  readonly unset?: boolean;
  /** What is under it runs where the condition at `at` is false: in its `else`, or after a branch that leaves. */
  readonly negated?: true;
  readonly at: Span;
}

export interface Class extends Standing {
  readonly name: string;
  /** Qualified names of its bases. */
  readonly bases: readonly string[];
  readonly nameAt: Span;
  readonly body: Span;
  readonly decorators: readonly Decorator[];
}

export interface Func extends Standing {
  readonly name: string;
  readonly nameAt: Span;
  readonly body: Span;
  readonly async: boolean;
  readonly parameters: readonly FuncParameter[];
  readonly decorators: readonly Decorator[];
  /** Type it says it returns. */
  readonly answer?: string;
  /** Values of its `return` statements, in order. */
  readonly returns: readonly Value[];
  /** Qualified names of what its body calls, nested functions included, without repeats. */
  readonly does: readonly string[];
  /** Qualified names of request and session data its body reads: `flask.request.headers.Origin`, `flask.session.user_id`. */
  readonly reads: readonly string[];
  /** Qualified names of what FastAPI's `Depends` and `Security` name in its parameters. */
  readonly depends: readonly string[];
}
export interface FuncParameter { readonly name: string; readonly annotation?: string; readonly fallback?: Value; /** `*args`, `**kwargs`. */ readonly stars?: '*' | '**'; /** `Depends` or `Security` fills it. */ readonly injected?: true; readonly at: Span }

/** `name` is qualified: `flask.Flask.route` for `@app.route("/")`; `args` only when it is called. */
export interface Decorator { readonly name: string; readonly receiver?: string; readonly args: readonly Value[]; readonly keywords: readonly Keyword[]; readonly at: Span }

/** A value given to a name, an attribute or a key. */
export interface Assignment extends Standing {
  /** `SECRET_KEY`, `self.session`, `app.config.SECRET_KEY` (a constant key reads like an attribute). */
  readonly target: string;
  /** The same with its first name resolved: `flask.Flask.config.SECRET_KEY`. */
  readonly qualified: string;
  readonly targetAt: Span;
  readonly value: Value;
  readonly annotation?: string;
  /** How it is written: a statement, a keyword of a call such as `config.update(K=…)`, or an entry of a table. */
  readonly how: 'statement' | 'keyword' | 'entry';
}

export interface Call extends Standing {
  /** Qualified as far as it is known: `requests.get`, `flask.Flask.run`; else as written. */
  readonly callee: string;
  /** As written: `app.run`. */
  readonly written: string;
  readonly calleeAt: Span;
  /** From `(` to `)`. */
  readonly argumentsAt: Span;
  readonly args: readonly Value[];
  readonly keywords: readonly Keyword[];
  /** `*args` or `**kwargs` among the arguments: an absent keyword proves nothing. */
  readonly open: boolean;
  /** `**kwargs` evaluated, when it is a known table. */
  readonly receiver?: Value;
  /** Awaited inside a call such as asyncio.wait_for, or in a `with asyncio.timeout(…)`. */
  readonly within: readonly string[];
  /** The name its result is given to: `app`, `self.session`. */
  readonly boundTo?: string;
  /** Runs on the event loop: directly in the body of an `async def`, not in an inner function or a lambda. */
  readonly onLoop?: true;
  /** Waited for: behind `await`, or what an `async with` or `async for` is over. */
  readonly awaited?: true;
  /** What it returns is thrown away: the call is a statement of its own. */
  readonly discarded?: true;
  /** The context of a `with` or `async with`. */
  readonly managed?: true;
}

/** A call of which no more is known than what it hands on. `callee` is as this file knows it; `*x` and `**x` stand among the keywords under `*` and `**`. */
export interface Pass {
  readonly scope: string;
  readonly callee: string;
  readonly written: string;
  readonly at: Span;
  readonly args: readonly Value[];
  readonly keywords: readonly Keyword[];
}

/** `==` or `!=` between two values, one of which is called like a secret. */
export interface Comparison extends Standing { readonly op: '==' | '!='; readonly left: Value; readonly right: Value }

/** A `return` in a `finally` whose exceptions no clause has caught: the exception on its way out is dropped. */
export interface Drop extends Standing {
  readonly tries: readonly string[];
  readonly tryBody: Span;
}

/** An `except` or `catch` clause. */
export interface Handler extends Standing {
  readonly keyword: Span;
  /** Qualified names of what it catches; empty when it is bare. */
  readonly catches: readonly string[];
  readonly catchesAt?: Span;
  readonly bound?: string;
  readonly body: Span;
  readonly does: readonly Deed[];
  /** What the `try` block does, by the callees it calls. */
  readonly tries: readonly string[];
  readonly tryBody: Span;
  /** The whole clause may only pass the exception on. */
  readonly reraises: boolean;
  readonly usesBound: boolean;
  /** The exception itself is given to a call, a name or a table: what becomes of it is decided elsewhere. */
  readonly passesOn: boolean;
  /** In the body of a `while` loop of the same function. */
  readonly repeats: boolean;
  /** In a `finally`, a `__del__` or an atexit hook. */
  readonly cleanup: boolean;
}
export type Deed = 'pass' | 'continue' | 'break' | 'return' | 'return-constant' | 'constant' | 'log' | 'raise' | 'rollback' | 'answer' | 'other';

export interface Route extends Standing {
  readonly framework: string;
  /** As written, with the parameters in the framework's notation; prefixes are joined in when they are known. */
  readonly path: string;
  readonly methods: readonly string[];
  /** Name of the handling function or class; scope included. */
  readonly handler: string;
  readonly handlerAt: Span;
  /** The application, blueprint or router it hangs on, as written and resolved. */
  readonly owner: string;
  /** The owner's own qualified name: `shop.auth.bp`; with an `@` in front where it is a parameter. */
  readonly router: string;
  readonly decorators: readonly Decorator[];
  /** Qualified names of everything that must pass before the body runs: decorators, dependencies, permission classes, mixins, hooks of its blueprint. */
  readonly gates: readonly string[];
  /** Hooks and middleware of the whole application that may refuse before the body runs; they may let some routes through. */
  readonly hooks: readonly string[];
  /** The way from the application to the handler was followed to its end, so that gates and path lack nothing. */
  readonly traced: boolean;
  /** Type of its answer: a response model, else what the function says it returns. */
  readonly answer?: string;
  /** Qualified callees of the body, in order, without repeats. */
  readonly does: readonly string[];
  /** Request and session data the body reads, as in `Func.reads`. */
  readonly reads: readonly string[];
  readonly body: Span;
}

/** A check that stops the program: raise, sys.exit, abort, assert after a condition. */
export interface Refusal extends Standing {
  /** Names and settings its condition speaks of, as written and resolved. */
  readonly about: readonly string[];
  /** Texts its condition compares with. */
  readonly against: readonly string[];
  /** Environment variables that it refuses to go without: some part of its condition holds when they are not set. */
  readonly missing: readonly string[];
  /** It refuses texts of fewer characters than this. */
  readonly shorterThan?: number;
  readonly raise: Span;
}

/** A comment that silences rules, ours or another tool's. */
export interface Suppression {
  readonly tool: string;
  readonly ids: readonly string[];
  readonly reach: 'line' | 'next' | 'file';
  /** The line it speaks of, from 0. */
  readonly line: number;
  readonly reason?: string;
  readonly lane: 'false-positive' | 'accepted-risk';
  readonly until?: string;
  readonly by?: string;
  readonly at: Span;
}

/** An HTTP status between 400 and 599 that the code answers with. */
export interface Status extends Standing { readonly code: number }

/** A statement that computes something and throws it away; `at` is the expression. */
export interface Idle extends Standing { readonly what: 'comparison' | 'name' | 'attribute' | 'element' | 'literal' | 'arithmetic' | 'call' }

/** A variable of the environment that the code asks for. */
export interface VariableRead extends Standing {
  /** `DATABASE_URL`; `FLASK_*` for all that begin so; `{name}` for what a parameter of the function around it says; empty for a name that is made up while the program runs. */
  readonly variable: string;
  /** Other names the same value may come under. */
  readonly aliases?: readonly string[];
  /** Fails there and then when it is not set. */
  readonly required: boolean;
  /** What stands in for it, behind an `or` too. */
  readonly fallback?: Value;
  readonly cast?: Extract<Value, { kind: 'environment' }>['cast'];
  /**
   * Taken by its name (`read`), as a field of a settings class, as one of a list that is gone through (`listed`), with all others of its prefix,
   * asked only whether it is set (`test`), named to a function of the project (`call`), which `by` says and which may read it, or by a name
   * that only the running program knows (`computed`).
   */
  readonly how: 'read' | 'field' | 'listed' | 'prefix' | 'test' | 'call' | 'computed';
  readonly by?: string;
}
