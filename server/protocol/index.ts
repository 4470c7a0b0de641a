/** Every message the language server has beyond LSP. Client and server share these words and no others. */
import type { Signoff } from '../../engine/audit/signed';
import type { ReportCard } from '../../report/card';

/** What a client says of itself in `initializationOptions`. Every key is optional, so that any LSP client will do. */
export interface InitializationOptions {
  /** It answers the three requests for files below, so that folders which are on no disk can be read. */
  readonly readsFiles?: boolean;
  /** It has the commands below and asks its user itself. Without it, code actions are edits only. */
  readonly canPrompt?: boolean;
  /** Absolute path of a folder that the server may write to: what is found is kept there, and shown at once the next time. */
  readonly keepIn?: string;
}

/** Begins an argument of the server's process, before the path of a folder that nobody else can write to: the server's compiled code is kept there, and it starts faster the next time. */
export const CODE_CACHE = '--code-cache=';

/** Request, no parameters: the report cards of all folders, worst first in each folder. */
export const REPORT = 'shipworthy/report';
export interface ReportAnswer { readonly version: number; readonly scanning: boolean; readonly folders: readonly FolderReport[] }
export interface FolderReport {
  readonly uri: string;
  readonly name: string;
  readonly cards: readonly ReportCard[];
  /** Fingerprints of open findings that the team's baseline does not have; missing without a baseline. */
  readonly fresh?: readonly string[];
}

/** Notification, server to client: ask again. Bursts are merged. */
export const REPORT_CHANGED = 'shipworthy/reportChanged';
export interface ReportChanged { readonly version: number; readonly scanning: boolean }

/** Request: a rule's page as Markdown, and as offered in the editor. */
export const EXPLAIN = 'shipworthy/explain';
export interface ExplainParams { readonly rule: string }
export interface ExplainAnswer { readonly title: string; readonly markdown: string }

/** Request: a report as a file holds it, with code from near and fixes worked out; null when there is no such card or form. */
export const EXPORT = 'shipworthy/export';
/** `root` is the folder of the card's application in the workspace folder `uri`. */
export interface ExportParams { readonly uri: string; readonly root: string; readonly form: string }
export interface ExportAnswer { readonly text: string }

/** Request, no parameters: read everything again. Answered when that is done. */
export const RESCAN = 'shipworthy/rescan';

/** Request: the edit of a fix or of an ignore comment as an LSP WorkspaceEdit, or null when the finding is gone. */
export const CORRECTION = 'shipworthy/correction';
export type CorrectionParams = FixParams | IgnoreParams | EverywhereParams;

/** Any URI of the folder, or in it. Two folders may hold the same finding: without it the first that has it is meant. */
interface In { readonly uri?: string }
/** A fix of a finding: `index` is that of its offer. */
interface FixParams extends In { readonly fingerprint: string; readonly index: number }
/** The comment that silences a finding. */
interface IgnoreParams extends In { readonly fingerprint: string; readonly reach: Reach; readonly reason: string }
/** All safe fixes of one rule in the whole folder (in all folders without a `uri`); the client is asked to show them first. */
interface EverywhereParams extends In { readonly rule: string }
export type Reach = 'line' | 'file';

/**
 * Command of the client with one IgnoreCommand: asks for the reason, then requests CORRECTION and applies it. In code actions
 * only when the client can prompt: a server has nobody to ask.
 */
export const IGNORE_COMMAND = 'shipworthy.ignore';
export interface IgnoreCommand { readonly uri: string; readonly rule: string; readonly fingerprint: string; readonly reach: Reach }

/** Request: what the server fills in or bounds where somebody decides something. Null when a finding is named and it is gone. */
export const DECIDING = 'shipworthy/deciding';
export interface DecidingParams { readonly uri: string; readonly fingerprint?: string }
export interface DecidingAnswer {
  /** Who works here, by git's settings: `NAME <MAIL>`. Missing when git knows nobody. */
  readonly by?: string;
  /** ISO day. */
  readonly today: string;
  /** ISO day, the last until which the risk of the finding may be accepted. */
  readonly latest?: string;
}

/** Request: the edit that writes a decision about a finding to `.shipworthy/suppressions.json`; null when the finding is gone. Fails with a sentence for people where nothing can be written. */
export const SUPPRESS = 'shipworthy/suppress';
export interface SuppressParams {
  readonly uri: string;
  readonly fingerprint: string;
  readonly lane: Lane;
  readonly reason: string;
  /** Of an accepted risk, and so is its last day (ISO). */
  readonly owner?: string;
  readonly until?: string;
}
export type Lane = 'false-positive' | 'accepted-risk';

/** Request: the edit that switches a rule off in `shipworthy.json`. Fails with a sentence for people where nothing can be written. */
export const SWITCH_OFF = 'shipworthy/switchOff';
export interface SwitchOffParams extends SwitchOffCommand { readonly reason: string }

/** Command of the client with one SwitchOffCommand: asks for the reason, then requests SWITCH_OFF and applies it. In code actions only when the client can prompt. */
export const SWITCH_OFF_COMMAND = 'shipworthy.switchOff';
/** `uri` is that of the folder, or of a file in it. */
export interface SwitchOffCommand { readonly uri: string; readonly rule: string }

/**
 * Request: the edit that writes a sign-off to `.shipworthy/signoffs.json`. Day, commit, and the person when git knows one, are filled
 * in. Fails with a sentence for people where nothing can be written.
 */
export const SIGN = 'shipworthy/sign';
export interface SignParams extends Pick<Signoff, 'control' | 'app' | 'status' | 'statement' | 'evidence' | 'environment' | 'reviewedBy'> {
  readonly uri: string;
  readonly by?: string;
}

/**
 * Request: the edit that writes the open findings of a folder down as known, in `.shipworthy/baseline.json`. They stay open and keep their cost; new ones can be told from
 * them. Fails with a sentence for people where nothing can be written, or nothing is to be.
 */
export const WRITE_BASELINE = 'shipworthy/writeBaseline';
/** Any URI of the folder, or in it. */
export interface WriteBaselineParams { readonly uri: string }

/** Commands of the client with one DecideCommand: ask, then request SUPPRESS and apply it. In code actions only when the client can prompt. */
export const FALSE_POSITIVE_COMMAND = 'shipworthy.markFalsePositive';
export const ACCEPT_COMMAND = 'shipworthy.acceptRisk';
export interface DecideCommand { readonly uri: string; readonly rule: string; readonly fingerprint: string }

/** Command of the client with one SignOffCommand, or none: asks which control and what came of it, then requests SIGN and applies it. */
export const SIGN_OFF_COMMAND = 'shipworthy.signOff';
/** `app` is the folder of the application that the record is about. */
export interface SignOffCommand { readonly uri: string; readonly control: string; readonly app?: string }

/** Command of the client with one OpenReportCommand: opens the report of the application that a file is about. In lenses only when the client can prompt. */
export const OPEN_REPORT_COMMAND = 'shipworthy.openReport';
export interface OpenReportCommand { readonly resource: string }

/** Command of the client with one ExplainParams: shows the rule's page. In code actions only when the client can prompt. */
export const EXPLAIN_COMMAND = 'shipworthy.explain';

/**
 * Requests of the server, for folders that are on no disk of its machine: a repository that the editor shows from afar, or any folder where the
 * server is a web worker. What cannot be had is a fault, by the code that a file system gives it (`ENOENT`, `EACCES`…).
 */
export const READ_FOLDER = 'shipworthy/readFolder';
export const FILE_STAT = 'shipworthy/fileStat';
export const READ_FILE = 'shipworthy/readFile';
export interface FileParams { readonly uri: string }
/** Files of more bytes than `limit` are a fault, `TOO_LARGE`. */
export interface ReadFileParams extends FileParams { readonly limit: number }
export type FileKind = 'file' | 'folder' | 'link' | 'other';
export interface FolderNames { readonly names: readonly { readonly name: string; readonly kind: FileKind }[] }
/** Bytes, and the milliseconds of its last change. */
export interface FileStat { readonly kind: FileKind; readonly size: number; readonly mtime: number }
/** Base64: it goes through every kind of connection. */
export interface FileBytes { readonly bytes: string }
export interface FileFault { readonly fault: string }

/** Request of a server that has no disk at all: a grammar that came with the client, by the name of its file. */
export const READ_GRAMMAR = 'shipworthy/readGrammar';
export interface GrammarParams { readonly file: string }
