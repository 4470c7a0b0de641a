/** What the server needs of the world it runs in: a node process or a web worker. */
import type { Audit, RuleCard, RuleDocument } from '../engine/audit/outcome';
import type { Session } from '../engine/audit/session';
import type { Grammars } from '../engine/syntax/grammars';
import type { Config } from '../engine/workspace/config';
import type { ReportCard } from '../report/card';
import type { Near } from '../report/content';
import type { HistoryPoint } from '../report/history/points';

export interface Host {
  readonly version: string;
  /** Cards of all rules, in the order of the registry. */
  readonly rules: readonly RuleCard[];
  /**
   * Opens a workspace folder by its URI. Rejects when this world cannot read it, with a sentence that says so.
   * @param keepIn absolute path of a folder in which answers are kept for the next time; without it, nothing is
   */
  open(uri: string, name: string, keepIn?: string): Promise<Session>;
  /** Where folders may be on no disk of this machine: which it reads by itself, and the grammars for those that the client reads for it. */
  readonly afar?: { readonly isNear: (uri: string) => boolean; readonly grammars: () => Promise<Grammars> };
  /** What a rule of ours has for its page; undefined for one that the audited folder brings itself. */
  document(rule: string): RuleDocument | undefined;
  /** The report card of an audit on one day (ISO); with `near`, one to be read as a document. */
  card(audit: Audit, config: Config, asOf: string, near?: Near): ReportCard;
  /** Tells which files of a workspace folder are not as in the commit that is checked out; undefined where that cannot be told. */
  changes?(uri: string): Promise<((path: string) => boolean) | undefined>;
  /** Earlier runs that were left in a workspace folder, of all its applications; none where there is no history or it is not understood. */
  history?(uri: string): Promise<readonly HistoryPoint[]>;
  /** The text of the findings that the team of a workspace folder wrote down; undefined when there are none. */
  baseline?(uri: string): Promise<string | undefined>;
  /** Who works in a workspace folder, by git's settings: `NAME <MAIL>`; undefined when git knows nobody. */
  identity?(uri: string): Promise<string | undefined>;
  /** ISO day, in UTC as on the command line. */
  today(): string;
  /** Is called when all scans are through, each time. */
  rested?(): void;
}
