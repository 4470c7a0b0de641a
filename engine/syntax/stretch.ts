/** Where two texts of one file differ. */

/** `start…end` of a text is replaced by `by` more characters (or fewer). */
export interface Stretch { readonly start: number; readonly end: number; readonly by: number }

/** The stretch in which two texts differ. */
export function stretchBetween(before: string, now: string): Stretch {
  const most = Math.min(before.length, now.length);
  let start = 0;
  while (start + BLOCK <= most && before.slice(start, start + BLOCK) === now.slice(start, start + BLOCK)) start += BLOCK;
  while (start < most && before.charCodeAt(start) === now.charCodeAt(start)) start++;
  let behind = 0;
  const alike = most - start;
  while (behind + BLOCK <= alike && endBlock(before, behind) === endBlock(now, behind)) behind += BLOCK;
  while (behind < alike && before.charCodeAt(before.length - 1 - behind) === now.charCodeAt(now.length - 1 - behind)) behind++;
  return { start, end: before.length - behind, by: now.length - before.length };
}

/** Characters that are compared at once, which is many times as fast as one by one. */
const BLOCK = 1024;

function endBlock(text: string, behind: number): string {
  return text.slice(text.length - behind - BLOCK, text.length - behind);
}
