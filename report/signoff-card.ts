/** One control on the card: what is asked, and what somebody signed. */
import type { Location } from '../engine/audit/outcome';
import type { Signoff } from '../engine/audit/signed';
import type { Category, Severity } from '../rules/kit';

/**
 * `missing`: nobody has signed. `pending`: signed by one of two. `expiring`: signed, and it ends within 14 days. `stale`: files
 * it speaks about have changed since. `failed`: somebody says that it does not hold.
 */
export type SignoffState = 'missing' | 'pending' | 'signed' | 'expiring' | 'expired' | 'stale' | 'failed' | 'not-applicable';

/** States in which a control is answered for. The others are open; one that failed is a finding beside. */
export const ANSWERED: ReadonlySet<SignoffState> = new Set<SignoffState>(['signed', 'expiring', 'not-applicable']);

export interface SignoffCard extends Partial<Omit<Signoff, 'control'>> {
  readonly control: string;
  /** The sentence that a sign-off makes true. */
  readonly title: string;
  readonly category: Category;
  readonly severity: Severity;
  readonly question: string;
  /** What proves the answer. */
  readonly evidenceExpected: string;
  readonly maxAgeDays: number;
  readonly twoPerson: boolean;
  readonly required: boolean;
  readonly state: SignoffState;
  /** ISO day, the last it counts on: the record's own end, or the control's. */
  readonly expires?: string;
  /** Days until then; 0 on the last, negative when it is over. */
  readonly daysLeft?: number;
  /** What else is to be known of it: a whole sentence. */
  readonly remark?: string;
  /** Rules it stands for when they are open because the control is outside the repository. */
  readonly resolves: readonly string[];
  /** Files it speaks about, at most twenty. */
  readonly watches: readonly string[];
  /** The record. */
  readonly where?: Location;
}

/** Those that READY waits for: required, and not answered for. */
export function waiting(signoffs: readonly SignoffCard[]): readonly SignoffCard[] {
  return signoffs.filter((one) => one.required && !ANSWERED.has(one.state));
}
