/** Grammars from the folder of a bundle, where the build puts them beside the code. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { grammarsFrom } from '../syntax/grammar-files';
import type { Grammars } from '../syntax/grammars';

/** @throws when a file is missing, naming it: the installation is broken then. */
export function grammarsIn(folder: string): Promise<Grammars> {
  return grammarsFrom(async (file) => {
    try {
      return new Uint8Array(await readFile(join(folder, file)));
    } catch (reason) {
      throw new Error(`The grammar ${file} is missing from ${folder}. Reinstall Shipworthy, or run \`npm run build\` in a checkout.`, { cause: reason });
    }
  });
}
