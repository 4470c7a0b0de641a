/** What is the same in every world that the server runs in. */
import { ruleCards, ruleDocument } from '../engine/audit/open';
import { cardSettings } from '../engine/workspace/customised';
import { makeCard } from '../report/make';
import type { Host } from './host';

/** The parts of a host that need no files. Today is by this machine's clock. */
export function plainHost(version: string): Pick<Host, 'version' | 'rules' | 'document' | 'today' | 'card'> {
  return {
    version, rules: ruleCards, document: ruleDocument,
    today: () => new Date().toISOString().slice(0, 10),
    card: (audit, config, asOf, near) => makeCard(audit, { version, asOf, ...cardSettings(config), ...(near && { near }) }),
  };
}
