/** The grammars by the files that the build puts beside its bundles. */
import type { GrammarName, Grammars } from './grammars';
import { loadGrammars } from './grammars';

const CORE = 'web-tree-sitter.wasm';
const LANGUAGES: Readonly<Record<GrammarName, string>> = {
  python: 'tree-sitter-python.wasm', javascript: 'tree-sitter-javascript.wasm', typescript: 'tree-sitter-typescript.wasm', tsx: 'tree-sitter-tsx.wasm',
};

/** Names of all of them. */
export const GRAMMAR_FILES: readonly string[] = [CORE, ...Object.values(LANGUAGES)];

/** Reads and loads them. @throws what `read` throws, and where a file is no grammar that can be read here */
export async function grammarsFrom(read: (file: string) => Promise<Uint8Array>): Promise<Grammars> {
  const [core, ...languages] = await Promise.all([read(CORE), ...Object.entries(LANGUAGES).map(async ([name, file]) => [name as GrammarName, await read(file)] as const)]);
  return loadGrammars({ core, languages: Object.fromEntries(languages) });
}
