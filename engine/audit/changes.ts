/** What is another than before: nothing, nothing but the texts of open files, or anything. */
export type Changes = 'nothing' | 'anything' | { readonly edited: ReadonlySet<string> };

/** What is another after both. */
export function both(one: Changes, other: Changes): Changes {
  if (one === 'nothing' || other === 'anything') return other;
  return other === 'nothing' || one === 'anything' ? one : { edited: new Set([...one.edited, ...other.edited]) };
}
