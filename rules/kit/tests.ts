/** What is known of a project's tests. Test files are read from their words alone: how many there are, what they ask, and what they name. */
import { commandLists } from './command-lists';
import type { Kind } from './files';
import type { Place, Span } from './place';
import type { Evidence, Project } from './project';

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

/** There are tests that can fail, in whatever language. */
export function hasTests(project: Project): boolean {
  const { cases, assertions, foreign } = project.tests;
  return (cases > 0 && assertions > 0) || foreign.length > 0;
}

/** `14 tests in 3 files (pytest)`. */
export function testCount(project: Project): string {
  const { cases, files, foreign, tools } = project.tests;
  if (cases === 0) return `${foreign.length} ${foreign.length === 1 ? 'suite' : 'suites'}`;
  return `${cases} ${cases === 1 ? 'test' : 'tests'} in ${files.length} ${files.length === 1 ? 'file' : 'files'}${tools.length > 0 ? ` (${tools.slice(0, 3).join(', ')})` : ''}`;
}

/** The command that runs the tests, as one types it: by what the most of them are written for. */
export function testCommand(project: Project): string {
  const [tool] = project.tests.tools;
  if (tool === 'django') return 'python manage.py test';
  if (tool === 'unittest') return 'python -m unittest';
  return tool === undefined || tool === 'pytest' ? 'pytest' : 'npm test';
}

/** A command that somebody or something runs against this project: CI, scripts, Makefiles, hooks, named tasks. */
export interface RunCommand extends Place { readonly words: readonly string[]; readonly text: string }

const TASKS = /(^|\/)(noxfile|tasks|fabfile|dodo)\.py$/;

/** Every command of CI, scripts, tasks and Makefiles, those of tests and development among them. */
export function runCommands(project: Project): readonly RunCommand[] {
  return project.once('runCommands', () => project.units.flatMap((unit): readonly RunCommand[] => {
    if (unit.kind === 'module') return TASKS.test(unit.path) ? linesOf(unit.path, project.text(unit.path) ?? '') : [];
    if (!RUN_KINDS.includes(unit.kind) && !/(^|\/)tox\.ini$/.test(unit.path)) return [];
    return commandLists(unit).flatMap((list) => list.commands.map((each) => ({ path: unit.path, ...each.at, words: each.words, text: each.words.join(' ') })));
  }));
}

/** Kinds of files whose commands are run against the project, not by what production starts. */
const RUN_KINDS: readonly Kind[] = ['workflow', 'pipeline', 'manifest', 'shell', 'plain'];

/** Lines of a program that runs tasks, words cut at blanks, quotes and commas. */
function linesOf(path: string, text: string): readonly RunCommand[] {
  return [...text.matchAll(/^[ \t]*(?!#)(\S[^\n]*)$/gm)].map((each) => ({
    path, start: each.index, end: each.index + each[0].length, text: each[1] ?? '', words: (each[1] ?? '').split(/[\s"',()[\]]+/).filter(Boolean),
  }));
}
