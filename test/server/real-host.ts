/** The real engine and the real rules over texts in memory, on a day of one's own. */
import { openSession, ruleCards, ruleDocument } from '../../engine/audit/open';
import { cardSettings } from '../../engine/workspace/customised';
import { openMemory } from '../../engine/workspace/memory';
import { makeCard } from '../../report/make';
import type { Host } from '../../server/host';
import { testGrammars } from '../support/grammars';

export function realHost(files: Readonly<Record<string, string>>, more: Partial<Host> = {}): Host {
  return {
    version: '0.0.0', rules: ruleCards, document: ruleDocument, today: () => '2026-11-20',
    async open(_uri, name) {
      return openSession({ workspace: openMemory(files, { name }), grammars: await testGrammars() });
    },
    card: (audit, config, asOf) => makeCard(audit, { version: '0.0.0', asOf, ...cardSettings(config) }),
    ...more,
  };
}
