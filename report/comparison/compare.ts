/**
 * Which open findings are new against a base: a baseline that the team wrote down, or an earlier commit. A comparison never
 * changes a score or a verdict; it marks findings, and gates may ask for what is new only.
 */
import type { Finding } from '../../engine/audit/outcome';
import { SEVERITIES } from '../../rules/kit';
import type { Severity } from '../../rules/kit';
import type { ReportCard, Verdict } from '../card';
import { byText } from '../scoring/order';
import { shapeOf } from './shape';

/** A finding as a base remembers it. */
export interface Known {
  readonly fingerprint: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly path: string;
  /** Of `shapeOf`: finds it again when its file or function got another name. */
  readonly shape: string;
}

/** What findings are compared with. */
export type Base =
  | { readonly kind: 'baseline'; readonly file: string; readonly entries: number }
  /** `ref` is what was asked for; `commit` is where HEAD and it part. */
  | { readonly kind: 'commit'; readonly ref: string; readonly commit: string };

/** How an application stood in the base; a baseline does not tell. */
export interface Stood {
  readonly score: number | null;
  readonly verdict: Verdict;
  /** By category; null where it was not scored. */
  readonly categories: Readonly<Record<string, number | null>>;
}

export interface Comparison {
  readonly base: Base;
  /** Fingerprints of open findings that the base does not have, or has at a lower severity. */
  readonly new: readonly string[];
  /** Those of them that are only worse than in the base. */
  readonly worsened: readonly string[];
  /** Open findings that the base has. */
  readonly known: number;
  /** What the base has and is gone. What is silenced now is not gone. */
  readonly fixed: readonly Known[];
  readonly stood?: Stood;
}

/** What a finding is to be remembered by. */
export function knownOf(finding: Finding): Known {
  const { fingerprint, rule, severity, path } = finding;
  return { fingerprint, rule, severity, path, shape: shapeOf(finding) };
}

/** Open findings of cards, each once: applications may share files. */
export function openFindings(cards: readonly ReportCard[]): readonly Finding[] {
  return [...new Map(cards.flatMap(findingsOf).map((finding) => [finding.fingerprint, finding])).values()];
}

/** What the cards of a repository are compared with. */
export interface Against {
  readonly base: Base;
  readonly known: readonly Known[];
  /** Whether a file of the base is not there any more: then its findings may have moved with it. */
  readonly gone: (path: string) => boolean;
  /** How the applications stood, by their folder. */
  readonly stood?: ReadonlyMap<string, Stood>;
}

/** The cards with what is new in them. Together, because a finding of the base may be in any of them. */
export function compared(cards: readonly ReportCard[], { base, known, gone, stood }: Against): readonly ReportCard[] {
  const before = matched(openFindings(cards), known, gone);
  const taken: ReadonlySet<Known> = new Set(before.values());
  const silenced = new Set(cards.flatMap((card) => card.results.flatMap((result) => result.silenced.map((one) => one.finding.fingerprint))));
  const lost = known.filter((one) => !taken.has(one) && !silenced.has(one.fingerprint)).toSorted((a, b) => byText(a.path, b.path) || byText(a.rule, b.rule) || byText(a.fingerprint, b.fingerprint));
  return cards.map((card) => {
    const open = [...new Map(findingsOf(card).map((finding) => [finding.fingerprint, finding])).values()];
    const worsened = open.filter((finding) => isWorse(finding, before.get(finding.fingerprint)));
    const fresh = open.filter((finding) => !before.has(finding.fingerprint) || worsened.includes(finding));
    const of = stood?.get(card.project.root);
    return {
      ...card,
      comparison: {
        base, new: printsOf(fresh), worsened: printsOf(worsened), known: open.length - fresh.length,
        fixed: lost.filter((one) => home(cards, one.path) === card), ...(of && { stood: of }),
      },
    };
  });
}

/** How a card stands, for cards to come. */
export function standOf(card: ReportCard): Stood {
  return { score: card.score.value, verdict: card.verdict.value, categories: Object.fromEntries(card.categories.map(({ id, score }) => [id, score])) };
}

/** Whether a finding is new against what its card was compared with; false where nothing was compared. */
export function isNew({ comparison }: ReportCard, finding: Finding): boolean {
  return comparison?.new.includes(finding.fingerprint) ?? false;
}

/**
 * What each finding was in the base, by its fingerprint now. The same fingerprint is the same finding; what is left is taken for
 * the same when rule and code are alike and its function was renamed, or its file is gone. Each of the base is taken once.
 */
export function matched<K extends Known>(findings: readonly Finding[], known: readonly K[], gone: (path: string) => boolean): ReadonlyMap<string, K> {
  const byPrint = new Map(known.map((one) => [one.fingerprint, one]));
  const found = new Map<string, K>();
  for (const { fingerprint } of findings) {
    const same = byPrint.get(fingerprint);
    if (same) found.set(fingerprint, same);
  }
  const left = new Map<string, K[]>();
  for (const one of known) if (found.get(one.fingerprint) !== one) left.set(keyOf(one), [...left.get(keyOf(one)) ?? [], one]);
  for (const finding of findings.filter((one) => !found.has(one.fingerprint))) {
    const candidates = left.get(keyOf(knownOf(finding))) ?? [];
    const was = candidates.find((one) => one.path === finding.path) ?? candidates.find((one) => gone(one.path));
    if (!was) continue;
    found.set(finding.fingerprint, was);
    candidates.splice(candidates.indexOf(was), 1);
  }
  return found;
}

function keyOf({ rule, shape }: Known): string {
  return `${rule} ${shape}`;
}

function isWorse(finding: Finding, was: Known | undefined): boolean {
  return was !== undefined && SEVERITIES.indexOf(finding.severity) < SEVERITIES.indexOf(was.severity);
}

function findingsOf(card: ReportCard): readonly Finding[] {
  return card.results.flatMap((result) => result.findings);
}

function printsOf(findings: readonly Finding[]): readonly string[] {
  return findings.map((finding) => finding.fingerprint).sort();
}

/** The card of the innermost application around a path; the first one where none is. */
function home(cards: readonly ReportCard[], path: string): ReportCard | undefined {
  const around = cards.filter(({ project: { root } }) => root === '' || path.startsWith(`${root}/`));
  return around.toSorted((a, b) => b.project.root.length - a.project.root.length)[0] ?? cards[0];
}
