/** What rules may ask about the whole project: one deployable application, or a library. Answers come from engine/project. */
import type { Unit, UnitOf, Kind } from './files';
import type { MappedModel, Migration } from './model';
import type { Assignment, Call, Class, Func, Module, Route, Standing, VariableRead } from './module';
import type { Place, Span } from './place';
import type { TestSuite } from './tests';
import type { Value } from './value';
import type { Flow } from './ways';

export type Framework = 'flask' | 'fastapi' | 'starlette' | 'django' | 'quart' | 'express' | 'fastify' | 'koa' | 'nest' | 'next';

/** A piece of proof: where, and what it shows in a few words. Text never holds a secret's value. */
export interface Evidence extends Place { readonly text: string }

/** The object that serves requests, and where it is made. */
export interface Application extends Place {
  readonly framework: Framework;
  /** Name it is bound to: `app`; Django: the settings module. */
  readonly name: string;
  /** Scope of the factory that makes it, empty at module level. */
  readonly factory: string;
  /** A command by which production starts a server names it: `gunicorn shop.wsgi:app`. */
  readonly served: boolean;
}

/** One way a setting is given its value, with all that decides whether production sees it. */
export interface Setting extends Place {
  /** The setting's plain name: `SECRET_KEY`, whatever the way it was set. */
  readonly name: string;
  readonly module: Module;
  readonly assignment: Assignment;
  readonly value: Value;
  /** Class it is an attribute of, if any. */
  readonly owner?: string;
  /** False when the project shows which configuration production uses and it is not this one, or when it is overridden there. */
  readonly selected: boolean;
  /** Only development or test configuration (by the name of its class, module or guard). */
  readonly development: boolean;
  /** A check that stops the program when the value is missing or the default, and that really runs. */
  readonly refusal?: Place;
  /** The refusal only runs when a variable says production, and nothing deployed sets it. */
  readonly refusalUnproved: boolean;
}

/** How many processes serve the application's requests, by what production starts. Nothing here is guessed: no start command is `unknown`. */
export interface Workers {
  readonly count: 'one' | 'several' | 'unknown';
  /** One, and the file that starts it says so (`-w 1`, `replicas: 1`) or the server cannot do otherwise; false for a default. */
  readonly fixed: boolean;
  /** The line that decides. */
  readonly evidence?: Evidence;
  /** How many, where all of it is written in figures. */
  readonly processes?: number;
  /** Threads of one process, where they are written in figures. */
  readonly threads?: number;
}

/** A folder that a tool filled: packages, a virtual environment, compiled files. */
export interface InstalledFolder { readonly path: string; readonly kind: 'packages' | 'environment' | 'cache'; readonly count: number }

/** A read of variables by names that only the running program knows; of all that begin with `prefix` where that is known. */
export interface UnnamedRead extends Place { readonly prefix?: string }

/** A variable of the environment: who reads it, and who says that it exists. */
export interface Variable {
  /** `FLASK_*` for all that begin so, which a library takes in without naming them. */
  readonly name: string;
  /** Reads in source of production, through functions of the project too. */
  readonly reads: readonly VariableReading[];
  readonly declarations: readonly VariableDeclaration[];
}
export interface VariableReading extends Place { readonly module: Module; readonly read: VariableRead }
export interface VariableDeclaration extends Place {
  /**
   * Given by a file that production runs from; by one for development or tests (`.env.test`, `compose.override.yml`, CI); while an image is built; listed in an example
   * meant to be copied; named in a document; named in another file (a chart, a playbook, a Makefile).
   */
  readonly kind: 'production' | 'development' | 'ci' | 'build' | 'example' | 'documentation' | 'mention';
  /** As written, where the file says it. */
  readonly value?: string;
}

export interface Project {
  /** Workspace-relative folder, empty for the root. */
  readonly root: string;
  readonly name: string;
  readonly units: readonly Unit[];
  /** Every path the workspace holds under the root, read or not (folders not listed). */
  readonly paths: readonly string[];
  of<K extends Kind>(kind: K): readonly UnitOf<K>[];
  unit(path: string): Unit | undefined;
  /** Source modules that run in production. */
  readonly modules: readonly Module[];
  /** Text of a file, while it is at hand; undefined when it was not read. */
  text(path: string): string | undefined;
  /** A stretch of a file's text, empty where there is none: what is told from it need not be told again when the file changes elsewhere. */
  written(path: string, at: Span): string;
  /**
   * The answer to a question that a stretch of a file's text answers by itself. While the file is edited there, the question is asked again,
   * and whoever asked it only where the answer is another: it must rest on nothing but the text, and have an answer that JSON can hold.
   */
  told<T>(path: string, at: Span, question: (text: string) => T): T;
  /** Whether a file's text has a match; false for a file that was not read. Told from this, an answer stands until an edit makes it another. No pattern with `g` or `y`. */
  mentions(path: string, pattern: RegExp): boolean;

  readonly frameworks: ReadonlySet<Framework>;
  readonly applications: readonly Application[];
  /** Proof that it is deployed or served: Dockerfile, Procfile, WSGI entry… Absent for a library. */
  readonly deployable: Evidence | undefined;
  /** Sessions, login cookies: proof that identity travels in a cookie. */
  readonly cookieAuth: Evidence | undefined;
  /** It renders HTML. */
  readonly html: Evidence | undefined;
  /** Signs sessions or tokens. */
  signs(what: 'sessions' | 'tokens'): boolean;
  /** Where a finding about something absent is put: the application object, else the first manifest, else the first file. */
  readonly anchor: Place;

  /** A package named in a manifest (any spelling of `-`, `_` and case). */
  declares(name: string): Evidence | undefined;
  settings(...names: readonly string[]): readonly Setting[];
  /** Calls in production modules whose resolved callee is one of `names`; `.*` at the end matches any rest. */
  calls(...names: readonly string[]): readonly { readonly module: Module; readonly call: Call }[];
  /** Every route with its full path, its handler's own module and all that stands before it, whatever file says so; one for each method of a class. */
  readonly routes: readonly { readonly module: Module; readonly route: Route }[];
  /** Those of them whose handler stands in this module. */
  routesOf(module: Module): readonly Route[];
  readonly classes: readonly { readonly module: Module; readonly class: Class }[];
  readonly tests: TestSuite;
  /** Tables and collections, each with what its class inherits; mixins and abstract bases are not among them. */
  readonly models: readonly MappedModel[];
  /** The model a name stands for, seen from a module, and what follows its name: `query` of `User.query`. */
  model(name: string, module: Module): { readonly mapped: MappedModel; readonly rest: string } | undefined;
  /** Revisions and migrations in the order of their paths. */
  readonly migrations: readonly { readonly module: Module; readonly migration: Migration }[];
  /** Definition behind a qualified name, in this project. */
  func(qualified: string): { readonly module: Module; readonly func: Func } | undefined;
  readonly flow: Flow;
  /** Whether the code at this place runs when the application is loaded or started, as far as the project shows; commands of its command line count too. */
  runs(standing: Standing, module: Module): boolean;
  /** The value with names from other files of the project followed. */
  resolve(value: Value, module: Module): Value;
  /** Where the files production runs from set or name an environment variable, with what they set it to when they say. */
  deployedVariable(name: string): (Evidence & { readonly value?: string }) | undefined;
  /** Every variable of the environment that code of production reads or a file declares, by name. */
  readonly environment: ReadonlyMap<string, Variable>;
  /** Where production reads variables that no name in the code tells. */
  readonly unnamedReads: readonly UnnamedRead[];
  /** Files from which production runs (Dockerfile, compose, Procfile…), development variants left out. */
  readonly production: readonly Unit[];
  /** Command lines by which those files start processes, in order; `text` is the command. */
  readonly commands: readonly Evidence[];
  /** A real server (gunicorn, uvicorn, waitress, uwsgi…) started by one of those files. */
  readonly server: Evidence | undefined;
  /** Processes that serve requests: state, locks and schedulers inside of one process are not shared where there are several. */
  readonly workers: Workers;
  /** Decided by git's index when there is one, else by .gitignore; `undefined` when neither can tell. */
  tracked(path: string): boolean | undefined;
  /** Folders of installed packages that git holds (without an index: virtual environments that nothing ignores), largest first. Nothing in them is read. */
  readonly installed: readonly InstalledFolder[];
  /** Whether git would ignore this path, by every .gitignore on the way. */
  ignored(path: string): boolean;
  /**
   * An answer that several rules need, computed when it is first asked for and kept for as long as this project's facts hold.
   * @param concerns where it rests on some modules alone: which. An edit of another leaves the answer as it is
   */
  once<T>(key: string, compute: () => T, concerns?: (module: Module) => boolean): T;
  /** Name that as a whole word says development or test: dev, local, test… */
  developmentName(name: string): boolean;
}
