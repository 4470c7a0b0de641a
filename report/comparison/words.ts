/** A comparison in words: against what, what is new, what is gone. */
import type { Finding } from '../../engine/audit/outcome';
import type { ReportCard } from '../card';
import { count } from '../words';
import type { Base, Comparison } from './compare';

/** So many digits of a commit's name tell it from all others of its repository. */
const SHORT = 10;

/** `.shipworthy/baseline.json` or `commit 0ea1ce2f31, where HEAD and main part`. */
export function baseText(base: Base): string {
  return base.kind === 'baseline' ? `the baseline ${base.file} (${count(base.entries, 'finding')})` : `commit ${base.commit.slice(0, SHORT)}, where HEAD and ${base.ref} part`;
}

/** What "new" means here, in a whole sentence. */
export function definition(base: Base): string {
  const lacks = base.kind === 'baseline' ? 'not in the baseline, or there at a lower severity' : 'not in that commit, or there at a lower severity';
  return `Compared with ${baseText(base)}: new is what is ${lacks}.`;
}

/** `2 new (1 of them worse than before), 136 known, 3 gone` */
export function amounts(comparison: Comparison): string {
  const { worsened, known, fixed } = comparison;
  const worse = worsened.length > 0 ? ` (${worsened.length} of them worse than before)` : '';
  return `${comparison.new.length} new${worse}, ${known} known, ${fixed.length} gone`;
}

/** What a finding is marked with: `new`, `worse than before`, or nothing. */
export function mark({ comparison }: ReportCard, { fingerprint }: Finding): string | undefined {
  if (!comparison?.new.includes(fingerprint)) return undefined;
  return comparison.worsened.includes(fingerprint) ? 'worse than before' : 'new';
}
