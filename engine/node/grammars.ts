/** Grammars from the folder of a bundle, where the build puts them beside the code. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GrammarName, Grammars } from '../syntax/grammars';
import { loadGrammars } from '../syntax/grammars';

const FILES: Readonly<Record<'python' | 'javascript' | 'typescript' | 'tsx', string>> = {
  python: 'tree-sitter-python.wasm', javascript: 'tree-sitter-javascript.wasm', typescript: 'tree-sitter-typescript.wasm', tsx: 'tree-sitter-tsx.wasm',
};

/** @throws when a file is missing, naming it: the installation is broken then. */
export async function grammarsIn(folder: string): Promise<Grammars> {
  const read = async (file: string) => {
    try {
      return new Uint8Array(await readFile(join(folder, file)));
    } catch (reason) {
      throw new Error(`The grammar ${file} is missing from ${folder}. Reinstall Shipworthy, or run \`npm run build\` in a checkout.`, { cause: reason });
    }
  };
  const [core, ...languages] = await Promise.all([read('web-tree-sitter.wasm'), ...Object.entries(FILES).map(async ([name, file]) => [name as GrammarName, await read(file)] as const)]);
  return loadGrammars({ core, languages: Object.fromEntries(languages) });
}
