/** Two reports side by side: each finding's fate, and what the score's change is made of. */
import type { ReportCard, Verdict } from '../card';
import { byText } from '../scoring/order';
import { points } from '../scoring/tenths';
import { attribution, type Part } from './attribution';
import { changeOf, pairsOf, type Change } from './pairs';

/** In the order they are listed: what asks for attention first. */
export const CHANGES: readonly Change[] = ['new', 'severity-up', 'expired', 'unsuppressed', 'fixed', 'severity-down', 'suppressed', 'now-not-applicable', 'moved', 'unchanged'];

export interface Side { readonly asOf: string; readonly commit?: string; readonly scoring: number; readonly ruleset: string; readonly score: number | null; readonly grade: string; readonly verdict: Verdict }

export interface Fate {
  readonly change: Change;
  readonly rule: string;
  readonly severity: string;
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
  /** Where and how severe it was, when that is another. */
  readonly was?: { readonly severity: string; readonly path: string; readonly line: number };
}

export interface Difference {
  readonly name: string;
  readonly root: string;
  readonly before: Side;
  readonly after: Side;
  /** Points; missing where a card has no score. */
  readonly delta?: number;
  /** Adds up to `delta`; missing where it cannot be told. */
  readonly parts?: readonly Part[];
  readonly counts: Readonly<Record<Change, number>>;
  /** By change, then by place. */
  readonly findings: readonly Fate[];
}

export interface ReportDiff {
  readonly schemaVersion: '1.0';
  readonly applications: readonly Difference[];
  /** Folders of applications that only one of the reports has. */
  readonly gone: readonly string[];
  readonly added: readonly string[];
}

/** Compares reports; applications are told apart by their folders, and two single ones are taken for the same. */
export function diff(before: readonly ReportCard[], after: readonly ReportCard[]): ReportDiff {
  const single = before.length === 1 && after.length === 1;
  const earlier = (card: ReportCard) => (single ? before[0] : before.find((one) => one.project.root === card.project.root));
  const pairs = after.flatMap((card) => { const was = earlier(card); return was ? [[was, card] as const] : []; });
  return {
    schemaVersion: '1.0', applications: pairs.map(([was, is]) => difference(was, is)),
    gone: before.filter((card) => !pairs.some(([was]) => was === card)).map((card) => card.project.root),
    added: after.filter((card) => !pairs.some(([, is]) => is === card)).map((card) => card.project.root),
  };
}

function difference(before: ReportCard, after: ReportCard): Difference {
  const applies = (rule: string) => after.results.find((result) => result.rule === rule)?.state !== 'not-applicable';
  const fates = pairsOf(before, after)
    // A finding that was silenced all along is no news, whatever became of it.
    .filter((pair) => !((pair.before?.silenced ?? !pair.before) && (pair.after?.silenced ?? !pair.after)))
    .map((pair): Fate => {
      const change = changeOf(pair, after.asOf, applies);
      const { finding, rule } = pair.after ?? pair.before ?? fault();
      const was = pair.before && pair.after && (change === 'moved' || change.startsWith('severity')) ? pair.before.finding : undefined;
      return {
        change, rule, severity: finding.severity, path: finding.path, line: finding.range.start.line + 1, message: finding.message,
        ...(was && { was: { severity: was.severity, path: was.path, line: was.range.start.line + 1 } }),
      };
    })
    .sort((a, b) => CHANGES.indexOf(a.change) - CHANGES.indexOf(b.change) || byText(a.path, b.path) || a.line - b.line || byText(a.rule, b.rule));
  const parts = attribution(before, after);
  const [from, to] = [before.score.value, after.score.value];
  return {
    name: after.project.name, root: after.project.root, before: sideOf(before), after: sideOf(after),
    ...(from !== null && to !== null && { delta: points(Math.round(to * 10) - Math.round(from * 10)) }), ...(parts && { parts }),
    counts: Object.fromEntries(CHANGES.map((change) => [change, fates.filter((one) => one.change === change).length])) as Record<Change, number>, findings: fates,
  };
}

function fault(): never {
  throw new RangeError('A pair of findings holds one of them at least.');
}

function sideOf({ asOf, project, scoring, ruleset, score, verdict }: ReportCard): Side {
  return { asOf, ...(project.commit !== undefined && { commit: project.commit }), scoring, ruleset, score: score.value, grade: score.grade, verdict: verdict.value };
}
