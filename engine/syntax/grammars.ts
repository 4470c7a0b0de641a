/**
 * The grammars, loaded once per process and all together: loading them one by one stalls between parses (0.4 s).
 * Bytes come from the host (a disk, an editor's file system), so that this room knows no files.
 */
import { Language, Parser } from 'web-tree-sitter';

export type GrammarName = 'python' | 'javascript' | 'typescript' | 'tsx';
export interface GrammarBytes { readonly core: Uint8Array; readonly languages: Readonly<Partial<Record<GrammarName, Uint8Array>>> }

export interface Grammars {
  readonly language: (name: GrammarName) => Language;
  /** A new parser of that language; the caller deletes it. */
  readonly parser: (name: GrammarName) => Parser;
}

/** @throws when a grammar's bytes are not of an ABI this runtime reads; names the grammar. */
export async function loadGrammars(bytes: GrammarBytes): Promise<Grammars> {
  await Parser.init({ wasmBinary: bytes.core });
  const loaded = new Map<GrammarName, Language>();
  await Promise.all(Object.entries(bytes.languages).map(async ([name, wasm]) => {
    loaded.set(name as GrammarName, await Language.load(wasm));
  }));
  const language = (name: GrammarName) => {
    const found = loaded.get(name);
    if (!found) throw new Error(`The grammar for ${name} is not among those loaded (${[...loaded.keys()].join(', ')}).`);
    return found;
  };
  return { language, parser: (name) => new Parser().setLanguage(language(name)) };
}
