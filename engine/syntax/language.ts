import type { GrammarName } from './grammars';

/** The grammar that reads a source file, by its name; undefined for what is no source file. */
export function grammarOf(path: string): GrammarName | undefined {
  const ending = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase();
  switch (ending) {
    case 'py': case 'pyw': return 'python';
    case 'js': case 'mjs': case 'cjs': case 'jsx': return 'javascript';
    case 'ts': case 'mts': case 'cts': return 'typescript';
    case 'tsx': return 'tsx';
    default: return undefined;
  }
}
