/**
 * Our own words in comments, each with its place: what silences findings, and what editors complete and explain.
 *
 *     shipworthy: ignore csrf-missing, hsts-missing -- token API only
 *     shipworthy: accept backup-missing until 2026-12-01 by Ada Lovelace -- moves to a managed database
 */

/** What may stand after the marker, with what it does: a sentence for editors. */
export const VERBS = {
  ignore: 'The finding is wrong here: on this line, or on the next where the comment stands alone.',
  'ignore-file': 'The rule is wrong in all of this file.',
  accept: 'The finding is right and can wait: until a day, and somebody answers for it.',
} as const;
export type Verb = keyof typeof VERBS;

/** A part of a text: offsets, `end` exclusive. */
interface Part { readonly text: string; readonly start: number; readonly end: number }

/** One saying of ours, from its marker to the end of its line. */
export interface OwnComment {
  readonly start: number;
  /** The first offset after the marker's colon. */
  readonly marked: number;
  readonly end: number;
  /** As it is written; undefined where nothing is yet. */
  readonly verb: Part | undefined;
  /** The rules it names; none where the verb is no word we know. */
  readonly ids: readonly Part[];
  /** Where rules, day and name end: at the dashes before the reason, or where the comment ends. */
  readonly head: number;
  /** As they are written, of an acceptance. */
  readonly until?: string;
  readonly by?: string;
  /** Empty without dashes, and without anything after them. */
  readonly reason: string;
  /** Whether there are dashes, with or without a reason. */
  readonly reasoned: boolean;
}

/** What ends a comment in formats whose comments have an end. */
const CLOSING = /\s*(?:\*+\/|--+>|#\}|%\}|%>|--\}\})\s*$/;

/** A comment without the marks that end it. */
export function unclosed(comment: string): string {
  return comment.replace(CLOSING, '');
}

export function isVerb(word: string): word is Verb {
  return Object.hasOwn(VERBS, word);
}

/**
 * What a comment says to us: `shipworthy:` anywhere in it with a word we know, or at its beginning with any.
 * @param comment its text with its marks, without those that end it
 */
export function ownComments(comment: string): readonly OwnComment[] {
  return [...comment.matchAll(/(?<before>^[\s#/*<!{%;-]*|.*?)\bshipworthy:(?<gap>[ \t]*)(?<verb>[\w-]+)?(?<rest>[^\r\n]*)/g)].flatMap((each): OwnComment[] => {
    const { before = '', gap = '', verb = '', rest = '' } = each.groups ?? {};
    if (!isVerb(verb) && /\w/.test(before)) return [];
    const start = each.index + before.length;
    const marked = start + 'shipworthy:'.length;
    const said = marked + gap.length + verb.length;
    const dashes = /(?:^|\s)(?:--+|—|–)(?:\s+|$)/.exec(rest);
    const head = rest.slice(0, dashes?.index);
    return [{
      start, marked, end: said + rest.length, verb: verb === '' ? undefined : { text: verb, start: said - verb.length, end: said },
      ...(isVerb(verb) ? named(head, said, verb) : { ids: [] }),
      head: said + head.trimEnd().length, reason: dashes ? rest.slice(dashes.index + dashes[0].length).trim() : '', reasoned: dashes !== null,
    }];
  });
}

/** @param at offset of the head in the comment */
function named(head: string, at: number, verb: Verb): Pick<OwnComment, 'ids' | 'until' | 'by'> {
  if (verb !== 'accept') return { ids: words(head, at) };
  const said = /^(?<ids>.*?)(?:\s+until(?:\s+(?<until>\S+)|$))?(?:\s+by(?:\s+(?<by>.+)|$))?$/.exec(head.trimEnd())?.groups;
  return { ids: words(said?.ids ?? '', at), ...(said?.until && { until: said.until }), ...(said?.by && { by: said.by.trim() }) };
}

function words(text: string, at: number): Part[] {
  return [...text.matchAll(/[^\s,]+/g)].map((each) => ({ text: each[0], start: at + each.index, end: at + each.index + each[0].length }));
}
