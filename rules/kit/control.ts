import type { Category, Severity } from './grading';

/** Something that only a person can confirm, once in a while, about the application as it runs. */
export interface Control {
  /** `restore-drill`: what records and settings call it. */
  readonly id: string;
  /** The sentence that a sign-off makes true. */
  readonly title: string;
  readonly category: Category;
  /** Of a finding when the sign-off says that it failed. */
  readonly severity: Severity;
  /** What the person is asked. */
  readonly question: string;
  /** What proves the answer. */
  readonly evidence: string;
  /** Days a sign-off lasts at most. */
  readonly maxAgeDays: number;
  /** The verdict asks for it unless the team decided otherwise. */
  readonly required: boolean;
  /** It takes a second person to confirm the first. */
  readonly twoPerson: boolean;
  /** gitignore patterns of files it speaks about: a sign-off is stale when one of them is another than when it was signed. */
  readonly staleWhenChanged: readonly string[];
  readonly since: string;
}
