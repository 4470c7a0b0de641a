/** The engine and the report as the commands use them: the only file of this room that knows how they are put together. */
import { homedir } from 'node:os';
import { basename } from 'node:path';
import { openSession, ruleCards, ruleDocument } from '../engine/audit/open';
import { commitWorkspace } from '../engine/node/git/commit-workspace';
import { grammarsIn } from '../engine/node/grammars';
import { editionOf, keepingIn } from '../engine/node/keeping';
import { cardSettings } from '../engine/workspace/customised';
import { openDisk } from '../engine/workspace/disk';
import { diskFiles, posix } from '../engine/workspace/disk-files';
import { gitIdentity } from '../engine/workspace/identity';
import { makeCard } from '../report/make';
import { RULESET } from '../rules/kit';
import { formats } from './formats';
import type { Product } from './surroundings';

/** Put in by the build, from package.json. */
declare const __SHIPWORTHY_VERSION__: string;

/** The product, with its grammars in the folder `grammars`. */
export function product(grammars: string): Product {
  const version = __SHIPWORTHY_VERSION__;
  return {
    version, ruleset: RULESET, rules: ruleCards, document: ruleDocument,
    identity: (folder, env) => gitIdentity(diskFiles, posix(folder), posix(homedir()), env),
    open: async (folder, cache) => openSession({
      workspace: openDisk(folder), grammars: await grammarsIn(grammars), ...(cache !== undefined && { keeping: keepingIn(cache, folder, await editionOf(version, __filename)) }),
    }),
    earlier: async (folder, commit, config) => openSession({ workspace: commitWorkspace(basename(folder), commit), grammars: await grammarsIn(grammars), config }),
    card: (audit, config, asOf, more) => makeCard(audit, { version, asOf, ...cardSettings(config), ...more }),
    formats,
  };
}
