/** What a report says beside the numbers: sentences, controls, the checklist, code from near, and when to look again. */
import type { CloseUp } from '../engine/audit/close-up';
import type { Result, Told } from './card';
import { checklist } from './checklist';
import type { CheckItem } from './checklist';
import { controls } from './controls';
import type { Control } from './controls';
import { nextAudit } from './next-audit';
import type { NextAudit } from './next-audit';
import { conclusion, suitability, summary } from './summary';

export interface Content {
  /** At most six sentences. */
  readonly summary: readonly string[];
  /** For whom the deployment suits, as far as its files show; missing for what is not deployed. */
  readonly suitability?: string;
  /** How it stands, and how long it takes to be ready. */
  readonly conclusion: readonly string[];
  readonly controls: readonly Control[];
  /** By horizon, then by category. */
  readonly checklist: readonly CheckItem[];
  readonly nextAudit: NextAudit;
  /** Of open findings, by fingerprint: the first few of each rule. Empty where nobody asked for them. */
  readonly closeUps: Readonly<Record<string, CloseUp>>;
}

/** Shows a finding from near, with what its first fix would change when that is asked for. */
export type Near = (fingerprint: string, fixed: boolean) => CloseUp | undefined;

/** So many findings of a rule are seen from near; outputs show no more of its code. */
export const NEAR = 3;

/** @param near missing where nobody reads code: what is looked at while somebody types */
export function contentOf(card: Told, near?: Near): Content {
  const fits = suitability(card);
  return {
    summary: summary(card), ...(fits !== undefined && { suitability: fits }), conclusion: conclusion(card), controls: controls(card), checklist: checklist(card),
    nextAudit: nextAudit(card), closeUps: near ? Object.fromEntries(card.results.flatMap((result) => closeUps(result, near))) : {},
  };
}

/** A fix is worked out for the first finding that has one: the others of its rule are mended alike. */
function closeUps({ state, findings }: Result, near: Near): readonly (readonly [string, CloseUp])[] {
  if (state !== 'open') return [];
  const fixed = findings.slice(0, NEAR).find((finding) => finding.fixes.length > 0);
  return findings.slice(0, NEAR).flatMap((finding) => {
    const seen = near(finding.fingerprint, finding === fixed);
    return seen ? [[finding.fingerprint, seen] as const] : [];
  });
}
