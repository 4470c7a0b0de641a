/** What an audit says, as plain data: the input of the report card, of the editor and of every output. */
import type { Card, Category, Confidence, Effort, Safety, Severity } from '../../rules/kit';
import type { Inventory } from './inventory';
import type { SignedAudit } from './signed';

/** Zero-based, UTF-16 columns, `end` exclusive: as LSP counts. */
export interface Position { readonly line: number; readonly character: number }
export interface Range { readonly start: Position; readonly end: Position }

export interface Location {
  /** Workspace-relative, with `/`. */
  readonly path: string;
  readonly range: Range;
}

export interface Finding extends Location {
  readonly rule: string;
  readonly category: Category;
  /** Says what is wrong here. Never holds a secret's value. */
  readonly message: string;
  readonly severity: Severity;
  readonly points: number;
  readonly confidence: Confidence;
  readonly blocks: boolean;
  readonly effort: Effort;
  /** Why it is graded other than the rule's default. */
  readonly because?: string;
  /** Stable while lines move: hash of rule, path, enclosing symbol, masked snippet and ordinal. 16 hex digits. */
  readonly fingerprint: string;
  /** The line or lines of code, masked, at most a few. */
  readonly snippet: string;
  readonly symbol: string;
  readonly related: readonly (Location & { readonly text: string })[];
  readonly fixes: readonly FixOffer[];
}

/** A fix that can be had for a finding; its edits are computed on demand by the session. */
export interface FixOffer { readonly title: string; readonly safety: Safety; readonly remains?: string; readonly index: number }

/** A fix as edits by line and column. */
export interface FixEdits {
  readonly title: string;
  /** By path, each with what is replaced, in order of place and without overlaps. */
  readonly files: readonly { readonly path: string; readonly edits: readonly { readonly range: Range; readonly text: string }[] }[];
}

export interface EvidencePlace extends Location { readonly text: string }

/** A finding that does not count as open, and why. */
export interface Silenced {
  readonly finding: Finding;
  readonly lane: 'false-positive' | 'accepted-risk';
  /** `shipworthy` or the foreign tool whose marker is honoured. */
  readonly tool: string;
  readonly reason: string;
  readonly until?: string;
  readonly by?: string;
  readonly where: Location;
}

export type State = 'holds' | 'open' | 'accepted' | 'attested' | 'not-applicable' | 'not-checked';

/** What one rule says of one project. */
export interface Outcome {
  readonly rule: string;
  readonly category: Category;
  readonly state: State;
  /** Open findings, worst first, then by path and line. */
  readonly findings: readonly Finding[];
  readonly silenced: readonly Silenced[];
  readonly evidence: readonly EvidencePlace[];
  /** For `holds`: how many places were judged. */
  readonly judged: number;
  /** For `not-applicable` and `not-checked`: a whole sentence. */
  readonly reason?: string;
  /** For `attested`: who says that the control is provided outside the repository, and what was found without it. */
  readonly attested?: Attested;
}

/** A rule that a sign-off stands for. */
export interface Attested {
  readonly control: string;
  readonly by: string;
  /** ISO day, the last it counts on. */
  readonly until: string;
  readonly statement: string;
  readonly where: Location;
  readonly findings: readonly Finding[];
}

/** Something the reader must know about the run itself: a file that was not read, a rule that failed. */
export interface Notice {
  readonly code:
    | 'too-large' | 'binary' | 'unreadable' | 'encoding' | 'link-loop' | 'not-parsed' | 'partly-parsed' | 'rule-failed' | 'config'
    | 'record' | 'signoff' | 'suppression' | 'vanished' | 'limit' | 'empty';
  readonly path?: string;
  readonly range?: Range;
  /** What, where, and what to do: a whole sentence. */
  readonly message: string;
  /** It is about an acceptance whose last day is over. */
  readonly ended?: true;
  /** It keeps the card from being complete (an unparsed production file), not just from being pretty. */
  readonly incomplete: boolean;
  /** What stands there does nothing and can go. */
  readonly unnecessary?: true;
}

/** All outcomes of one project, before scoring. */
export interface Audit {
  readonly project: {
    readonly name: string;
    /** Workspace-relative folder, empty for the root. */
    readonly root: string;
    readonly frameworks: readonly string[];
    readonly deployable: boolean;
    /** Where a workspace holds several applications: folders of packages beside them, which are read as code that all share and have no card. */
    readonly libraries?: readonly string[];
    /** Commit of the working tree when there is a repository. */
    readonly commit?: string;
    /** Missing when no branch is checked out. */
    readonly branch?: string;
    /** Whether tracked files differ from the commit; missing when that could not be told. */
    readonly dirty?: boolean;
  };
  /** One per rule, in the order of the registry. */
  readonly outcomes: readonly Outcome[];
  readonly notices: readonly Notice[];
  readonly files: { readonly seen: number; readonly read: number; readonly parsed: number; readonly lines: number; readonly routes: number };
  readonly inventory: Inventory;
  /** Cards of all rules that were asked, by id. */
  readonly rules: Readonly<Record<string, RuleCard>>;
  readonly ruleset: string;
  /** Absent where nobody was asked to sign anything. */
  readonly signoffs?: SignedAudit;
}

/** Everything that can be read about a rule: its card, and what only its page shows. */
export interface RuleDocument {
  readonly card: RuleCard;
  readonly fixes: readonly Omit<FixOffer, 'index'>[];
  /** By title; files by path. */
  readonly examples: readonly { readonly title: string; readonly bad?: Readonly<Record<string, string>>; readonly good?: Readonly<Record<string, string>> }[];
}

/** A rule's card as data: what outputs and the editor show of it. */
export type RuleCard = Omit<Card, 'blocks'> & { readonly blocks: string };
