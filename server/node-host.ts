/** The world of a node process: folders on a disk, the engine over them, today by this machine's clock. */
import { fileURLToPath } from 'node:url';
import { openSession, ruleCards } from '../engine/audit/open';
import { grammarsIn } from '../engine/node/grammars';
import { DEFAULTS, type Config } from '../engine/workspace/config';
import { openDisk } from '../engine/workspace/disk';
import { makeCard } from '../report/make';
import type { Host } from './host';

/** A host of this version whose grammars are in a folder. They are read at once, for the first folder to be opened soon. */
export function nodeHost(grammarFolder: string, version: string): Host {
  const grammars = grammarsIn(grammarFolder);
  // Whoever opens a folder is told; until then nobody listens.
  grammars.catch(() => undefined);
  return {
    version, rules: ruleCards,
    today: () => new Date().toISOString().slice(0, 10),
    async open(uri) {
      if (!/^file:/i.test(uri)) throw new Error(`${uri} is not on a disk of this machine, and nothing else can be read from here.`);
      const workspace = openDisk(fileURLToPath(uri));
      const session = openSession({ workspace, grammars: await grammars });
      return {
        session,
        async read(path) {
          const reading = await workspace.read(path);
          return 'text' in reading ? reading.text : undefined;
        },
      };
    },
    card: (audit, config, asOf) => makeCard(audit, { version, asOf, weights: config.weights, profile: config.profile, customised: customised(config) }),
  };
}

/** How many settings differ from the defaults. */
function customised({ rules, weights, profile }: Config): number {
  const usual = DEFAULTS.profile;
  const profiled = [profile.exposure !== usual.exposure, profile.data.length > 0, profile.stage !== usual.stage].filter(Boolean).length;
  return Object.keys(rules).length + Object.keys(weights).length + profiled;
}
