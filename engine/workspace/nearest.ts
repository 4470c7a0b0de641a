/** What somebody may have meant. */

/** The word that is fewest letters away from a misspelt one; undefined when none is near. Case does not count. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const most = Math.max(2, Math.floor(word.length / 3));
  const ranked = known.map((one) => ({ one, away: distance(word.toLowerCase(), one.toLowerCase(), most) })).filter(({ away }) => away <= most);
  return ranked.sort((a, b) => a.away - b.away)[0]?.one;
}

/** Letters to change, add or take out to make one word of the other (Levenshtein); more than `most` where the lengths say so. */
function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
