/**
 * Stands in for `node:crypto` where there is no node: the build of the web worker takes this file in its place. It has what the engine asks
 * of it and no more.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** A digest that is made of texts, as UTF-8, in the order in which they come. */
interface TextHash {
  update(text: string): TextHash;
  digest(as: 'hex'): string;
}

/** As `createHash` of node, for texts. @throws where node would make another digest: there is SHA-256 alone */
export function createHash(algorithm: string): TextHash {
  if (algorithm !== 'sha256') throw new Error(`There is no ${algorithm} in a web worker.`);
  const hash = sha256.create();
  const made: TextHash = {
    update(text) {
      hash.update(utf8ToBytes(text));
      return made;
    },
    digest: () => bytesToHex(hash.digest()),
  };
  return made;
}
