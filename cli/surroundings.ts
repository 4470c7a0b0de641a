import type { Audit, RuleCard, RuleDocument } from '../engine/audit/outcome';
import type { Session } from '../engine/audit/session';
import type { CommitFiles } from '../engine/node/git/history';
import type { Config } from '../engine/workspace/config';
import type { ReportCard } from '../report/card';
import type { MarkdownOptions } from '../report/markdown';
import type { CardOptions } from '../report/make';
import type { Fixes } from '../report/sarif/fix';
import type { Look } from './terminal';

/** The world around a command, as it finds it. */
export interface Surroundings {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Absolute. */
  readonly cwd: string;
  readonly signals: Signals;
  /** Milliseconds that only go forward. */
  readonly clock: () => number;
  /** ISO day, in UTC. */
  readonly today: () => string;
}

export type Stream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

export interface Signals {
  on(event: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(event: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

export const FORMATS = [
  'text', 'json', 'markdown', 'html', 'sarif', 'sarif-full', 'csv', 'lines', 'junit', 'gitlab', 'github-summary', 'github-comment', 'github-annotations',
  'badge', 'badge-json',
] as const;
export type Format = (typeof FORMATS)[number];

/**
 * How a report is to look: `verbose` lists what holds and what does not apply as well; `all` every finding of a rule that has many; `asOf` is the ISO day it is shown on;
 * `address` leads to the files of the commit in a browser; `fixes` makes the edits of a finding's fixes, with paths from the repository's root.
 */
export type Style = Look & { readonly verbose: boolean; readonly all?: boolean; readonly asOf: string; readonly address?: string; readonly fixes?: Fixes; readonly markdown?: MarkdownOptions };

/** What the commands use of the engine and the report. */
export interface Product {
  readonly version: string;
  readonly ruleset: string;
  /** In the order of the registry. */
  readonly rules: readonly RuleCard[];
  /** What a rule has for its page. */
  document(rule: string): RuleDocument | undefined;
  /** Who works in an absolute folder, `NAME <MAIL>`, as git would write it; undefined where it knows nobody. */
  identity(folder: string, env: Surroundings['env']): Promise<string | undefined>;
  /** Opens an absolute folder. With `cache`, another absolute folder, answers are kept there from run to run. */
  open(folder: string, cache?: string): Promise<Session>;
  /** Opens the files of an earlier commit of that folder, to be judged by today's configuration. */
  earlier(folder: string, commit: CommitFiles, config: Config): Promise<Session>;
  /** The report card of an audit on one day (ISO), on which accepted risks have expired or not; with `near`, a card to be read as a document. */
  card(audit: Audit, config: Config, asOf: string, more?: Pick<CardOptions, 'near' | 'planOrder'>): ReportCard;
  readonly formats: Readonly<Record<Format, (cards: readonly ReportCard[], style: Style) => string>>;
}
