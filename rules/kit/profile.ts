/** What an application is, as far as no file tells: its team says so, and the condition under which a rule blocks may depend on it. */

export interface Profile {
  /** Who can reach it: everybody, or only people of one's own network. */
  readonly exposure: 'public' | 'internal';
  /** Kinds of data it keeps that deserve more care. */
  readonly data: readonly ('personal' | 'payment')[];
  /** It serves everybody it is meant for, or a few first users who know that it is new. */
  readonly stage: 'production' | 'pilot';
}

/** What is assumed of an application of which nobody said anything. */
export const USUAL_PROFILE: Profile = { exposure: 'public', data: [], stage: 'production' };
