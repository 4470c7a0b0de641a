/** What people signed, as data: read from `.shipworthy/signoffs.json`, judged on the day of the card. */
import type { Control } from '../../rules/kit';
import type { Location } from './outcome';

/** A record as people and the command write it. */
export interface Signoff {
  readonly control: string;
  /** Folder of the application it is about; the whole workspace when absent. */
  readonly app?: string;
  readonly status: 'passed' | 'failed' | 'not-applicable';
  /** `NAME <MAIL>` or a name. */
  readonly by: string;
  /** ISO day. */
  readonly on: string;
  /** ISO day, the last it counts on. Absent: as long as the control allows. */
  readonly expires?: string;
  readonly statement: string;
  /** Path in the workspace, or an address. */
  readonly evidence?: string;
  readonly commit?: string;
  readonly environment?: string;
  readonly reviewedBy?: string;
  /** In place of those of the control. */
  readonly staleWhenChanged?: readonly string[];
  /** Of the files those patterns match, when it was signed. */
  readonly digest?: string;
}

/**
 * Whether files that a sign-off speaks about are others than when it was signed. `unknown`: it has no digest, and its commit
 * is not the one that is checked out.
 */
export type Changed = 'no' | 'yes' | 'unknown';

export interface Signed {
  readonly record: Signoff;
  /** Of the record in its file. */
  readonly where: Location;
  readonly changed: Changed;
}

/** All there is to say about sign-offs of one application. */
export interface SignedAudit {
  /** In the order of the catalogue. */
  readonly controls: readonly AskedControl[];
  /** At most one of each control: the one for this application, else the one for the whole workspace. */
  readonly signed: readonly Signed[];
}

export interface AskedControl extends Control {
  /** For this team: by its settings, else by default. */
  readonly required: boolean;
  /** Rules that it may stand for. */
  readonly resolves: readonly string[];
  /** Files that its patterns match now, at most twenty. */
  readonly watches: readonly string[];
}
