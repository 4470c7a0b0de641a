/** What an application is made of, as plain data: the tables a reader of the report looks things up in. It judges nothing. */

/** A line of a file, counted from 0 as in `Location`. */
export interface Spot { readonly path: string; readonly line: number }

export interface Inventory {
  /** What it is built with, in the order of `StackPart`. */
  readonly stack: readonly StackEntry[];
  readonly scope: Scope;
  readonly scale: Scale;
  /** By path, then by method. */
  readonly routes: readonly RouteEntry[];
  /** Variables of the environment that code of production reads, by name. */
  readonly variables: readonly VariableEntry[];
  /** Where more are read, by names that only the running program knows, or all that begin with `prefix`; missing where all are known. */
  readonly unnamed?: readonly (Spot & { readonly prefix?: string })[];
  readonly jobs: readonly JobEntry[];
  /** Tables and collections, by name. */
  readonly models: readonly ModelEntry[];
  /** Routes where a mistake costs money, data or an account, and the tests that name them. */
  readonly flows: readonly FlowEntry[];
  readonly tests: { readonly cases: number; readonly files: number; readonly tools: readonly string[] };
  /** Comments that say something is not done. */
  readonly markers: { readonly todo: number; readonly fixme: number; readonly other: number; readonly files: number };
  /** Files that were read, by what they are, most first. */
  readonly files: readonly { readonly kind: string; readonly count: number }[];
  /** Tables above that could not be made, which is a fault of ours. */
  readonly failed: readonly string[];
}

export const STACK_PARTS = ['language', 'framework', 'server', 'database', 'data access', 'cache or queue', 'authentication', 'front end', 'operation'] as const;
export type StackPart = (typeof STACK_PARTS)[number];

export interface StackEntry {
  /** As people call it: `Flask`. */
  readonly name: string;
  readonly part: StackPart;
  /** `3.1.2` of a lock file, a pin or an image's tag; else the range as written. */
  readonly version?: string;
  /** The version is what is installed, and no range. */
  readonly exact: boolean;
  readonly at: Spot;
}

export interface Scope {
  /** Files in which an application object is made or named; those that production starts first. */
  readonly entries: readonly (Spot & { readonly text: string })[];
  /** How visitors prove who they are. */
  readonly auth: readonly (Spot & { readonly text: string })[];
  /** Whom the application talks to: services by the library used for them, others by host. */
  readonly services: readonly (Spot & { readonly text: string })[];
  /** What stands between visitors and the application. */
  readonly fronts: readonly (Spot & { readonly text: string })[];
}

/** What the deployment can carry, as far as its files say. */
export interface Scale {
  readonly workers: 'one' | 'several' | 'unknown';
  readonly processes?: number;
  readonly threads?: number;
  /** The line that decides. */
  readonly server?: Spot & { readonly text: string };
  readonly database: 'file' | 'networked' | 'unknown' | 'none';
}

export interface RouteEntry {
  /** Upper case; empty where the framework takes any. */
  readonly methods: readonly string[];
  readonly path: string;
  readonly handler: string;
  readonly at: Spot;
  /**
   * `guarded`: a gate before it asks who is there, which `by` names; `inside`: its body, what it calls or a hook of the application may ask;
   * `public`: open by what it is for, or because the code says so, which `by` names; `open`: nothing asks.
   */
  readonly auth: 'guarded' | 'inside' | 'public' | 'open';
  readonly by?: string;
  /** `own`: a limit of this route; `all`: one that every request meets; `none`. */
  readonly limit: 'own' | 'all' | 'none';
  /** `checked`, `exempt` from a check that others meet, `unchecked` although a cookie says who asks; `not-needed` where no cookie does, or nothing is changed. */
  readonly csrf: 'checked' | 'exempt' | 'unchecked' | 'not-needed';
}

export interface VariableEntry {
  readonly name: string;
  /** `required`: the program refuses to go without; `expected`: it goes on with nothing in its place; `optional`: the code has a default. */
  readonly need: 'required' | 'expected' | 'optional';
  /** What the code makes of its text. */
  readonly type?: 'bool' | 'int' | 'float' | 'list' | 'json';
  /** Its name says that it holds a secret. */
  readonly secret: boolean;
  readonly reads: readonly Spot[];
  /** Where a file says that it exists; never with a value. */
  readonly declared: readonly (Spot & { readonly kind: 'production' | 'development' | 'ci' | 'build' | 'example' | 'documentation' | 'mention' })[];
}

export interface JobEntry {
  /** The function or command that runs. */
  readonly name: string;
  /** `every 5 min`, `cron`, `on demand`, or the schedule as a crontab writes it. */
  readonly when: string;
  /** `APScheduler`, `Celery`, `cron`. */
  readonly by: string;
  readonly at: Spot;
}

export interface ModelEntry {
  readonly name: string;
  readonly table?: string;
  readonly at: Spot;
  readonly columns: number;
  /** Columns of each index, unique ones and those of primary keys among them; unique ones say so. */
  readonly indexes: readonly { readonly columns: readonly string[]; readonly unique: boolean }[];
  /** Names of models that its foreign keys and relationships lead to, without repeats. */
  readonly relations: readonly string[];
}

export interface FlowEntry {
  /** `POST /login` */
  readonly route: string;
  readonly at: Spot;
  /** Files of tests that visit its path or name its handler; empty: none does. */
  readonly tests: readonly string[];
}

/** Of an application that was not looked at. */
export const NO_INVENTORY: Inventory = {
  stack: [], scope: { entries: [], auth: [], services: [], fronts: [] }, scale: { workers: 'unknown', database: 'none' }, routes: [], variables: [], jobs: [], models: [], flows: [],
  tests: { cases: 0, files: 0, tools: [] }, markers: { todo: 0, fixme: 0, other: 0, files: 0 }, files: [], failed: [],
};
