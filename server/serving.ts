/** What every kind of request is answered from. */
import type { Connection } from 'vscode-languageserver';
import type { RuleCard } from '../engine/audit/outcome';
import type { Session } from '../engine/audit/session';
import type { Client } from './capabilities';
import type { Folders } from './folders';
import type { Host } from './host';
import type { Log } from './log';
import type { OpenDocuments } from './open-documents';

export interface Serving {
  readonly connection: Connection;
  readonly client: Client;
  readonly host: Host;
  readonly log: Log;
  readonly documents: OpenDocuments;
  readonly folders: Folders;
}

/** The card of a rule: one of ours, or one that the audited folder brings itself. */
export function ruleCard(id: string, host: Host, sessions: readonly (Session | undefined)[]): RuleCard | undefined {
  const own = host.rules.find((card) => card.id === id);
  if (own) return own;
  for (const session of sessions) {
    for (const audit of session?.audits() ?? []) if (audit.rules[id]) return audit.rules[id];
  }
  return undefined;
}
