/** One file in, its facts out. */
import type { Module, Suppression, Unit } from '../../rules/kit';
import { NO_ROUTING } from '../../rules/kit';
import { lineOf } from '../files/lines';
import { readUnit } from '../files/read';
import { readSetupPy } from '../files/setup';
import { roleOf } from '../files/role';
import { mayHoldTests, readTestFile } from '../files/test-file';
import type { Comment } from '../files/suppression';
import { MAY_SILENCE, suppressions } from '../files/suppression';
import { scriptModule } from '../javascript/module';
import { pythonLowering } from '../python/lower';
import { ModuleMemory } from '../python/memory';
import { pythonModule } from '../python/module';
import { Pieces } from '../python/pieces';
import { editedModule } from '../python/still';
import type { Program } from '../syntax/ast';
import type { Documents } from '../syntax/documents';
import type { Grammars } from '../syntax/grammars';
import type { Interest } from './registry';
import { grammarOf } from '../syntax/language';

export interface UnitReader {
  /** The facts of a file, or undefined when it is of a kind we do not read. `open` keeps its tree for the next edit. */
  read(path: string, text: string, open: boolean): Unit | undefined;
  /** Forgets what is kept of an open document. */
  close(path: string): void;
}

/** What is kept of an open Python file. */
interface Open { readonly roots: ReadonlySet<string>; readonly pieces: Pieces; readonly memory: ModuleMemory }

/**
 * Source files of a role that no rule asks for (tests, mostly) are not parsed: they are known by their path.
 * @param roots what a name's first part may be of this project: its folders and files. Another set means that all is read anew
 */
export function unitReader(grammars: Grammars, documents: Documents, interest: Interest, roots: () => ReadonlySet<string>): UnitReader {
  const own = (root: string) => roots().has(root);
  const asked = { last: interest.last, callee: (qualified: string) => interest.callee(qualified, own), own };
  const lowerPython = pythonLowering(grammars.language('python'));
  const kept = new Map<string, Open>();
  const lowered = (text: string) => documents.with('python', text, (tree) => lowerPython(tree, text)) ?? NOTHING;
  const python = (path: string, text: string, open: boolean): Module => {
    const before = kept.get(path);
    const document = open ? before?.roots === roots() ? before : { roots: roots(), pieces: new Pieces(lowered), memory: new ModuleMemory() } : undefined;
    if (document) kept.set(path, document);
    const edited = document && editedModule(document.memory, text, (part, before) => document.pieces.lowered(part, before));
    if (edited) return edited;
    const program = document ? document.pieces.read(text) : whole(lowered(text)) ?? new Pieces(lowered).read(text);
    return pythonModule({ path, text, program, role: roleOf(path), asked, suppressions: commentsSay(text, program.comments), memory: document?.memory });
  };
  const read = (path: string, text: string, open: boolean): Unit | undefined => {
    const grammar = grammarOf(path);
    if (!grammar) return readUnit(path, text);
    const setup = /(^|\/)setup\.py$/.test(path) ? readSetupPy(path, text) : undefined;
    if (setup) return setup;
    if (!interest.roles.has(roleOf(path))) return unread(path, text, true);
    if (grammar === 'python') return python(path, text, open);
    return documents.with(grammar, text, (tree) => scriptModule({ path, text, tree, role: roleOf(path), suppressions: scriptComments(text, tree.rootNode.descendantsOfType('comment')) }), open ? path : undefined) ?? unread(path, text, false);
  };
  const close = (path: string) => { kept.delete(path); documents.close(path); };
  return {
    close,
    read(path, text, open) {
      let unit: Unit | undefined;
      try {
        unit = read(path, text, open);
      } catch (reason) {
        // What was kept of the file may be half of it.
        close(path);
        throw reason;
      }
      return unit?.kind === 'module' && (unit.role === 'test' || (unit.role !== 'vendored' && mayHoldTests(path))) ? { ...unit, tests: readTestFile(path, text) } : unit;
    },
  };
}

/** What a parser that gives up leaves. */
const NOTHING: Program = { body: [], comments: [], whole: false };

function whole(program: Program): Program | undefined {
  return program.whole ? program : undefined;
}

/** A file that is there, and of which nothing else is known. */
function unread(path: string, text: string, whole: boolean): Module {
  return {
    markers: [],
    kind: 'module', path, language: languageOf(path), role: roleOf(path), name: '', package: false, lines: text.split('\n').length, whole, imports: [], classes: [], functions: [], assignments: [],
    routing: NO_ROUTING,
    states: [],
    calls: [], passes: [], comparisons: [], handlers: [], drops: [], routes: [], refusals: [], statuses: [], idle: [], environment: [], models: [], tasks: [], loops: [], suppressions: [], does: [], stars: [],
  };
}

function languageOf(path: string): Module['language'] {
  const grammar = grammarOf(path);
  return grammar === 'python' || grammar === 'javascript' ? grammar : 'typescript';
}

function scriptComments(text: string, nodes: readonly { readonly startIndex: number; readonly endIndex: number }[]): Suppression[] {
  return commentsSay(text, nodes.map((each) => ({ start: each.startIndex, end: each.endIndex })));
}

function commentsSay(text: string, places: readonly { readonly start: number; readonly end: number }[]): Suppression[] {
  const comments = places.map((at): Comment => ({ text: text.slice(at.start, at.end), at, alone: /(^|\n)[ \t]*$/.test(text.slice(Math.max(0, at.start - 200), at.start)) }))
    .filter((each) => MAY_SILENCE.test(each.text));
  return comments.length > 0 ? suppressions(comments, lineOf(text)) : [];
}
