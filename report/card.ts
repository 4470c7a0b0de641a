/** The report card as plain data: every output and the panel are drawn from this and from nothing else. */
import type { Category, Confidence, Effort, Severity } from '../rules/kit';
import type { Content } from './content';
import type { Comparison } from './comparison/compare';
import type { PlanOrder } from './plan';
import type { HistoryPoint } from './history/points';
import type { Trend } from './history/trend';
import type { Inventory } from '../engine/audit/inventory';
import type { Customisation } from '../engine/workspace/customised';
import type { Attested, Audit, EvidencePlace, Finding, Notice, RuleCard, Silenced, State } from '../engine/audit/outcome';
import type { SignoffCard } from './signoff-card';

/** `?`: too little was checked to say. `-`: nothing of it applies here. */
export type Grade = 'A+' | 'A' | 'A-' | 'B+' | 'B' | 'B-' | 'C+' | 'C' | 'C-' | 'D+' | 'D' | 'D-' | 'F' | '?' | '-';
export type Verdict = 'READY' | 'MOSTLY READY' | 'NOT READY' | 'INCONCLUSIVE';

export interface ReportCard {
  readonly schemaVersion: '1.0';
  readonly tool: { readonly name: 'shipworthy'; readonly version: string };
  readonly scoring: 1;
  readonly ruleset: string;
  /** ISO day the card is made for; an input, never the clock. */
  readonly asOf: string;
  /** `commit`, `branch` and `dirty` tell what of the repository was looked at; each is missing where there is nothing to tell. */
  readonly project: Audit['project'];
  readonly profile: { readonly exposure: 'public' | 'internal'; readonly data: readonly string[]; readonly stage: 'production' | 'pilot' };
  /** How many settings of `shipworthy.json` differ from what they would be without it. */
  readonly customised: number;
  /** Which. */
  readonly customisations: readonly Customisation[];
  readonly verdict: Decision;
  readonly score: Score;
  /** All categories, in the order of the catalogue. */
  readonly categories: readonly CategoryCard[];
  /** One per rule that was asked, in the order of the registry. */
  readonly results: readonly Result[];
  /** Rules by state; findings that are open, by severity; open findings that block. */
  readonly counts: {
    readonly holds: number; readonly open: number; readonly accepted: number; readonly attested: number; readonly notApplicable: number; readonly notChecked: number;
    readonly findings: Readonly<Record<Severity, number>>; readonly blockers: number;
  };
  /** Every control, in the order of the catalogue; none where nobody was asked. */
  readonly signoffs: readonly SignoffCard[];
  /** All four phases, also empty ones. */
  readonly plan: readonly Phase[];
  /** What comes first within a phase of it; missing for the usual order, `unlocks`. */
  readonly planOrder?: PlanOrder;
  readonly notices: readonly Notice[];
  /** What a report says beside the numbers. */
  readonly content: Content;
  /** What it is made of: routes, variables, jobs, models and the like. */
  readonly inventory: Inventory;
  readonly files: { readonly seen: number; readonly read: number; readonly parsed: number; readonly lines: number; readonly routes: number };
  /** What is new against a base; missing where nothing was compared. */
  readonly comparison?: Comparison;
  /** The score before this one, where a history or an earlier commit tells it. */
  readonly trend?: Trend;
  /** Earlier runs of this application, the oldest first, at most a hundred. */
  readonly history?: readonly HistoryPoint[];
}

/** A card before its own words are part of it. */
export type Told = Omit<ReportCard, 'content'>;

export interface Decision {
  readonly value: Verdict;
  /** Why it is this verdict and no better one; for READY, what it rests on. Each with what is risked by it, a sentence. */
  readonly reasons: readonly (Reason & { readonly risk: string })[];
  /** What READY or MOSTLY READY is said with: ids of rules (open high ones, accepted risks), of failed controls and of categories under 60. */
  readonly conditions: readonly string[];
  /** The shortest list of rules that would have to hold for READY, and after them the controls to sign. What neither can mend is a reason without rules. */
  readonly toReady: readonly string[];
}

export type ReasonCode =
  | 'blocking-findings' | 'score-failing' | 'category-failing' | 'nothing-checked' | 'coverage-unknown' | 'score-low' | 'category-low'
  | 'accepted-critical' | 'signoff-failed' | 'signoffs-open' | 'high-open' | 'coverage-low' | 'analysis-incomplete' | 'ready';
export interface Reason {
  readonly code: ReasonCode;
  /** A whole sentence. */
  readonly text: string;
  readonly rules: readonly string[];
  /** Of reasons about sign-offs. */
  readonly controls?: readonly string[];
}

export interface Score {
  /** 0 to 100, floored to 0.1. Null when too little was checked for any number (never 100 for an empty folder, nor 0). */
  readonly value: number | null;
  readonly grade: Grade;
  /** Before the caps of the whole; the caps of categories stay. */
  readonly uncapped: number | null;
  /** As if nothing were silenced: accepted risks and false positives count as open. */
  readonly unsuppressed: number | null;
  readonly caps: readonly Cap[];
  /** How far to trust the number; never part of it. */
  readonly confidence: 'high' | 'medium' | 'low';
  /** Share of the applicable points that was really checked, 0 to 1, floored to 0.01. */
  readonly coverage: number;
}

/** An upper limit that open findings set. `because` completes "at most 59.9 because …". */
export interface Cap { readonly atMost: number; readonly because: string; readonly rules: readonly string[]; readonly reached: boolean }

export interface CategoryCard {
  readonly id: Category;
  readonly title: string;
  /** Why it has its letter, in a sentence: the strongest of what holds, the largest of what is deducted. */
  readonly justification: string;
  /** `not-assessed`: less than half of what applies could be checked; left out of the overall score. */
  readonly status: 'scored' | 'not-applicable' | 'not-assessed';
  readonly gating: boolean;
  /** Null unless scored. */
  readonly score: number | null;
  readonly grade: Grade;
  /** As configured. */
  readonly weight: number;
  /** Per cent of the overall score after the weights of unscored categories were shared out, to 0.1; 0 when not scored. */
  readonly effectiveWeight: number;
  /** Sum of the ledger's costs. */
  readonly raw: number;
  /** More than 60 was deducted, so the rest was compressed: what is left is 1600 / (raw - 20). */
  readonly compressed: boolean;
  readonly caps: readonly Cap[];
  readonly coverage: number;
  /** Heaviest first. */
  readonly ledger: readonly LedgerLine[];
  /** "7 of 9 hold". */
  readonly holds: number;
  readonly applicable: number;
  /** Open findings. */
  readonly findings: Readonly<Record<Severity, number>>;
}

/** One deduction: `occurrences` findings of one rule cost `cost` points together. */
export interface LedgerLine {
  readonly rule: string;
  /** Of the worst of them. */
  readonly severity: Severity;
  readonly blocks: boolean;
  readonly occurrences: number;
  /** How many of the occurrences are accepted risks: deducted, but neither blocking nor capping. */
  readonly accepted: number;
  /** Points, confidence and factor of the heaviest occurrence. */
  readonly points: number;
  readonly confidence: Confidence;
  readonly factor: number;
  /** All occurrences, heaviest first: the k-th of all costs points x factor / k. */
  readonly parts: readonly LedgerPart[];
  /** To 0.1: the lines of a category add up to its `raw`. */
  readonly cost: number;
  /** Set when a ladder's top bounds it: what it would have cost alone. */
  readonly bounded?: number;
  /** Rules about one control share a ladder and together cost no more than its top. */
  readonly ladder?: string;
}
export interface LedgerPart { readonly occurrences: number; readonly points: number; readonly confidence: Confidence; readonly factor: number }

/** An outcome with its rule's words: what the tree and the panel list. */
export interface Result {
  readonly rule: string;
  readonly category: Category;
  readonly title: string;
  readonly state: State;
  /** Of the worst open finding; else the rule's own. */
  readonly severity: Severity;
  readonly effort: Effort;
  readonly card: RuleCard;
  /** Open ones, lapsed acceptances among them. */
  readonly findings: readonly Finding[];
  readonly silenced: readonly Silenced[];
  readonly evidence: readonly EvidencePlace[];
  readonly judged: number;
  readonly reason?: string;
  /** For `attested`: the sign-off that stands for it. */
  readonly attested?: Attested;
  /** Points deducted from the category. */
  readonly cost: number;
  /** What the card would say if this rule held; only for open rules. */
  readonly whatIf?: WhatIf;
  /** What it would say if one finding were mended, for each way findings are graded; only for open rules. `whatIfOf` finds the one for a finding. */
  readonly whatIfOne?: readonly GradedWhatIf[];
  /** Findings of a rule that is newer than the rule set that counts: reported, not scored. */
  readonly unscored?: readonly Finding[];
}

export interface WhatIf {
  readonly score: number | null;
  /** Score of the rule's category. */
  readonly category: number | null;
  readonly verdict: Verdict;
}

/** The same for each of `findings` that are graded alike. */
export interface GradedWhatIf extends WhatIf {
  readonly severity: Severity;
  readonly points: number;
  readonly confidence: Confidence;
  readonly blocks: boolean;
  readonly findings: number;
}

export interface Phase {
  /** 0 before any deploy, 1 within a week, 2 within a month, 3 when there is time. */
  readonly phase: 0 | 1 | 2 | 3;
  readonly title: string;
  readonly items: readonly PlanItem[];
  /** From, to. */
  readonly hours: readonly [number, number];
}
export interface PlanItem {
  readonly rule: string;
  readonly title: string;
  readonly severity: Severity;
  readonly findings: number;
  readonly hours: readonly [number, number];
  /** The verdict this step reaches, when it is better than before the step. */
  readonly unlocks?: Verdict;
  /** Overall score once this and every step before it are done: the staircase. */
  readonly score: number | null;
}
