/**
 * JavaScript and TypeScript as a module: imports and comments for now, which is what the facts of a project need of them. Rules about code
 * stay silent on what is not read.
 */
import type { Import, Module, Role, Suppression } from '../../rules/kit';
import { NO_ROUTING } from '../../rules/kit';
import type { Tree } from 'web-tree-sitter';

export interface ScriptInput {
  readonly path: string;
  readonly text: string;
  readonly tree: Tree;
  readonly role: Role;
  readonly suppressions: readonly Suppression[];
}

export function scriptModule({ path, text, tree, role, suppressions }: ScriptInput): Module {
  return {
    markers: [],
    kind: 'module', path, language: /\.[cm]?tsx?$/.test(path) ? 'typescript' : 'javascript', role, name: path.replace(/\.[cm]?[jt]sx?$/, '').replace(/\//g, '.'), package: false,
    lines: text.split('\n').length, whole: !tree.rootNode.hasError, imports: importsOf(tree, text), suppressions,
    routing: NO_ROUTING,
    states: [],
    classes: [], functions: [], assignments: [], calls: [], passes: [], comparisons: [], handlers: [], drops: [], routes: [], refusals: [], statuses: [], idle: [], environment: [], models: [], tasks: [], loops: [], does: [], stars: [],
  };
}

/** `import … from "x"` and `require("x")`: the package or path, under its own name. */
function importsOf(tree: Tree, text: string): Import[] {
  return tree.rootNode.descendantsOfType(['import_statement', 'call_expression']).flatMap((node): Import[] => {
    const written = text.slice(node.startIndex, Math.min(node.endIndex, node.startIndex + 2000));
    const target = /^import\b[^'"]*['"]([^'"]+)['"]/.exec(written)?.[1] ?? /^require\(\s*['"]([^'"]+)['"]\s*\)$/.exec(written)?.[1];
    return target ? [{ name: target, target, at: { start: node.startIndex, end: node.endIndex }, guards: [] }] : [];
  });
}
