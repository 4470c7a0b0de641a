/**
 * One workspace folder under audit, from the first scan through every edit. Both skins (server, command line) talk to
 * this and to nothing below it, so they cannot disagree.
 */
import type { Edit, Suppression } from '../../rules/kit';
import type { Config } from '../workspace/config';
import type { CloseUp } from './close-up';
import type { Audit, Finding, Notice, Range, Silenced } from './outcome';
import type { Recording, Suppressing } from './recording';
import type { Signoff } from './signed';

export interface Progress { readonly done: number; readonly total: number; readonly path?: string }

/** Text edits by path, each path's edits sorted and without overlap, and files to create. */
export interface Correction {
  readonly title: string;
  readonly edits: Readonly<Record<string, readonly Edit[]>>;
  readonly creates: Readonly<Record<string, string>>;
  readonly remains?: string;
}

/** An edit that mends what a notice speaks of, by the notice's place. */
export interface Remedy { readonly range: Range; readonly correction: Correction }

export interface Session {
  /** Goes up whenever an answer below may have changed. */
  readonly version: number;
  readonly config: Config;
  /**
   * The answers are those of an earlier run; the next `refresh` works them out anew. Where files are others than then, what there is is said of
   * those that are the same, and there are no audits yet.
   */
  readonly provisional: boolean;

  /**
   * Lists, reads, analyses and judges what changed since the last call; cheap when nothing did. Aborts with the signal's reason, keeping what
   * is done. `version` goes up in between, and `progress` is told, when there is something to say of open files ahead of all others.
   */
  refresh(progress?: (at: Progress) => void, signal?: AbortSignal): Promise<void>;

  /** Keeps the answers for the next run over the same files, where there is a place for that. Resolves to a sentence when it could not be done. */
  keep(): Promise<string | undefined>;

  /** The editor's text of a file, which wins over the disk until `close`. Judged at once: `findings` is up to date on return. */
  edit(path: string, text: string): void;
  close(path: string): void;
  /** Files that changed behind the editor (or all of them); read again by the next `refresh`. */
  touch(paths?: readonly string[]): void;

  /** The text of a file as findings and corrections see it: the editor's, else the disk's when it was last read. */
  text(path: string): string | undefined;

  /** Open findings of one file, in order of place: what squiggles. */
  findings(path: string): readonly Finding[];
  /** Findings of one file that are silenced, acceptances that may have ended by now among them. */
  silenced(path: string): readonly Silenced[];
  /** Comments of one file that silence something or try to, those of other tools among them. */
  suppressions(path: string): readonly Suppression[];
  /** Everything said of one file, in words, such as "not read: 20 MB". */
  notices(path?: string): readonly Notice[];
  /** One per deployable application; one for the whole folder when there is none. */
  audits(): readonly Audit[];

  /**
   * Edits for what notices of one file say: comments and records that silence nothing are taken out.
   * @param asOf ISO day; with it also acceptances that ended before it
   */
  remedies(path: string, asOf?: string): readonly Remedy[];
  /** The edits of a finding's fix, or undefined when the finding is gone. */
  fix(fingerprint: string, index: number): Correction | undefined;
  /**
   * An open finding from near, for a report; undefined when it is gone.
   * @param fixed also what its first fix would change, which is worked out anew each time
   */
  closeUp(fingerprint: string, fixed: boolean): CloseUp | undefined;
  /** All `safe` fixes of one file at once, without overlaps; `rule` keeps to one rule. */
  fixAll(path: string, rule?: string): Correction | undefined;
  /** The edit that silences this finding with a comment in the file's own syntax. */
  ignore(fingerprint: string, reach: 'line' | 'file', reason: string): Correction | undefined;

  /** The edit that silences this finding as somebody decided; undefined when the finding is gone. */
  suppress(fingerprint: string, how: Suppressing): Recording | undefined;
  /** The edit that switches a rule off for the whole project, in `shipworthy.json`; refused where there is no such rule or no reason. */
  switchOff(rule: string, reason: string): Recording;
  /** The edit that puts a sign-off into `.shipworthy/signoffs.json`; commit and digest are filled in where they are missing. */
  sign(record: Signoff): Recording;

  /** Frees trees and parsers. */
  dispose(): void;
}

