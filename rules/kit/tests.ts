/** What is known of a project's tests. Test files are read from their words alone: how many there are, what they ask, and what they name. */
import type { Span } from './place';
import type { Evidence } from './project';

/** A source file that may hold tests. */
export interface TestFile {
  /** `pytest`, `unittest`, `django`, `jest`, `vitest`, `mocha`, `playwright`, `cypress`, `node:test`; absent where nothing tells. */
  readonly tool?: string;
  /** Functions and calls that are one test each. */
  readonly cases: number;
  readonly assertions: number;
  /** Where it makes a client of the application, or sends a request through one. */
  readonly client?: Span & { readonly by: string };
  /** Paths of URLs in its texts, without hosts: `/login`. */
  readonly paths: readonly string[];
  /** Identifiers and words of its texts, without repeats; comments and docstrings left out. */
  readonly names: readonly string[];
}

/** All tests of a project together. */
export interface TestSuite {
  /** Files with at least one test case, helpers left out. */
  readonly files: readonly { readonly path: string; readonly tests: TestFile }[];
  readonly cases: number;
  readonly assertions: number;
  /** Tools by which they are run, most used first. */
  readonly tools: readonly string[];
  /** Suites in languages of their own: Gherkin, Robot, Hurl, Postman. */
  readonly foreign: readonly Evidence[];
  /** Where requests are sent to the application; one entry for each way of sending them, the most used first. */
  readonly clients: readonly (Evidence & { readonly files: number })[];
  /** A file of tests that names this: an identifier, or a word of one or of a text; any case. */
  mentions(name: string): string | undefined;
  /** A file of tests in which a text holds this path: its constant parts in order, parameters being anything. */
  visits(path: string): string | undefined;
}
